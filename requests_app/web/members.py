"""Who belongs to an organization, what each may do, and who is asked in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from requests_app.actions import invitations
from requests_app.actions import organisations as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Invitation, Membership, Organisation, Role
from requests_app.queries import memberships as queries

from .organisations import add_refusal, own, owned, redirect
from .paging import page_number, shown
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_zone

MAY = {
    Role.VIEWER: gettext_lazy("Reads everything of the organization, drafts and notes too. Changes nothing."),
    Role.EDITOR: gettext_lazy("Files requests, logs answers, sends letters and appeals, imports logs."),
    Role.OWNER: gettext_lazy(
        "All of that. Decides on members, sharing and publishing, tokens, exports and newer readings of laws."
    ),
}
NAMES = {
    Role.VIEWER: gettext_lazy("Viewer"),
    Role.EDITOR: gettext_lazy("Editor"),
    Role.OWNER: gettext_lazy("Owner"),
}
ROLES = [(role, NAMES[role]) for role in (Role.VIEWER, Role.EDITOR, Role.OWNER)]


class InviteForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the address of the person.")},
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial=Role.EDITOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)
    seen_role = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role, f"{NAMES[role]}. {MAY[role]}") for role, _name in ROLES]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class RemoveForm(forms.Form):
    successor = forms.ChoiceField(label=gettext_lazy("Who takes over their requests"), required=False)

    def __init__(self, *args: Any, others: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one.public_id, str(one.person)) for one in others]
        self.fields["successor"].choices = [  # type: ignore[attr-defined]
            ("", _("The backup of each, else nobody: every editor and owner is reminded")),
            *names,
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def members(request: Looking, pid: str) -> HttpResponse:
    found = own(request, pid)
    form, status = InviteForm(), 200
    if request.method == "POST":
        if not request.viewer.may_own(found.pk):
            raise Http404
        form, status = InviteForm(request.POST), 400
        if form.is_valid():
            try:
                made = invitations.invite(
                    viewer=request.viewer,
                    organisation=found,
                    actor=request.user,
                    now=request.now,
                    **form.cleaned_data,
                )
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(
                    request, _("An invitation to %(email)s is on its way.") % {"email": made.email}
                )
                return redirect("members", found.public_id)
    return _page(request, found, form, status)


def _page(request: Looking, found: Organisation, form: InviteForm, status: int) -> HttpResponse:
    zone, number = reader_zone(request), page_number(request)
    rows = queries.members(request.viewer, found)
    total = rows.count()
    start = (number - 1) * queries.PAGE
    may_own = request.viewer.may_own(found.pk)
    people = [
        {
            "id": one.public_id,
            "name": str(one.person),
            "email": one.person.email,
            "role": NAMES[Role(one.role)],
            "may": MAY[Role(one.role)],
            "since": one.since.astimezone(zone),
            "second_factor": one.has_factor,
            "me": one.person_id == request.viewer.id,
        }
        for one in rows[start : start + queries.PAGE]
    ]
    open_ones = [
        {
            "id": one.public_id,
            "email": one.email,
            "role": NAMES[Role(one.role)],
            "until": one.expires_at.astimezone(zone),
            "over": one.expires_at <= request.now,
            "mail": one.mail_state,
            "sent": one.mail_sent_at.astimezone(zone) if one.mail_sent_at else None,
            "why": one.mail_outcome,
            "by": str(one.invited_by or ""),
        }
        for one in queries.open_invitations(request.viewer, found)
    ]
    context = {
        "organisation": found,
        "may_own": may_own,
        "page": shown(people, total=total, number=number, size=queries.PAGE),
        "roles": [{"name": NAMES[role], "may": MAY[role]} for role, _name in ROLES],
        "invitations": open_ones,
        "form": form,
        "form_failed": status != 200,
    }
    return render(request, "members.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def member(request: Looking, pid: str, key: str) -> HttpResponse:
    found = owned(request, pid)
    one = queries.members(request.viewer, found).filter(public_id=key).first()
    if one is None or one.person_id == request.viewer.id:
        raise Http404
    others = [
        other
        for other in queries.members(request.viewer, found)[:500]
        if other.pk != one.pk and other.role != Role.VIEWER
    ]
    role_form = RoleForm(initial={"role": one.role, "seen_role": one.role})
    remove_form = RemoveForm(others=others)
    refused_words, status = "", 200
    if request.method == "POST" and request.POST.get("act") == "protect":
        protected = "protected" in request.POST
        acts.protect_member(viewer=request.viewer, membership=one, protected=protected, actor=request.user)
        words = _("%(person)s is a protected identity.") if protected else _("%(person)s is no protected identity.")
        messages.success(request, words % {"person": one.person})
        return redirect("member", found.public_id, one.public_id)
    if request.method == "POST":
        removing = request.POST.get("act") == "remove"
        form: forms.Form = RemoveForm(request.POST, others=others) if removing else RoleForm(request.POST)
        status = 400
        if form.is_valid():
            try:
                _act(request, found, one, form, others, removing=removing)
            except NotYours:
                raise Http404 from None
            except Refused as refused:
                refused_words, status = refused.sentence, refused.status
            else:
                return redirect("members", found.public_id)
        if removing:
            remove_form = form  # type: ignore[assignment]
        else:
            role_form = form  # type: ignore[assignment]
    context = {
        "organisation": found,
        "member": one,
        "role_name": NAMES[Role(one.role)],
        "role_form": role_form,
        "remove_form": remove_form,
        "form": remove_form if remove_form.errors else role_form,
        "refused": refused_words,
        "form_failed": status != 200,
        "assigned": acts.assigned_to(organisation=found, person=one.person),
    }
    return render(request, "member.html", context, status=status)


def _act(
    request: Looking,
    found: Organisation,
    one: Membership,
    form: forms.Form,
    others: list[Membership],
    *,
    removing: bool,
) -> None:
    given = form.cleaned_data
    if removing:
        chosen = next((other.person for other in others if other.public_id == given["successor"]), None)
        moved = acts.end_membership(
            viewer=request.viewer, membership=one, actor=request.user, successor=chosen
        )
        words = _("%(person)s is removed and signed out everywhere.") % {"person": one.person}
        if moved:
            to = str(chosen) if chosen else _("the backup of each, or nobody")
            words += " " + _("Requests handed on: %(n)d, to %(to)s.") % {"n": moved, "to": to}
        messages.success(request, words)
        return
    if given["seen_role"] and given["seen_role"] != one.role:
        raise Refused(
            "stale",
            _("Somebody changed this role meanwhile: it was %(seen)s and is %(now)s. Choose again.")
            % {"seen": NAMES.get(given["seen_role"], given["seen_role"]), "now": NAMES[Role(one.role)]},
            status=409,
        )
    acts.change_role(viewer=request.viewer, membership=one, role=given["role"], actor=request.user)
    says = _("%(person)s is now: %(role)s.") % {"person": one.person, "role": NAMES[Role(given["role"])]}
    messages.success(request, says)


@require_POST
@login_required
@fresh_sign_in
def invitation_act(request: Looking, pid: str, key: str) -> HttpResponse:
    found = owned(request, pid)
    row: Invitation | None = (
        Invitation.objects.visible_to(request.viewer)
        .select_related("organisation")
        .filter(organisation=found, public_id=key)
        .first()
    )
    if row is None:
        raise Http404
    try:
        if request.POST.get("act") == "revoke":
            invitations.revoke(viewer=request.viewer, invitation=row, actor=request.user)
            messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": row.email})
        else:
            invitations.resend(viewer=request.viewer, invitation=row, actor=request.user, now=request.now)
            messages.success(
                request,
                _("A new link is on its way to %(email)s. The old one is dead.") % {"email": row.email},
            )
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("members", found.public_id)
