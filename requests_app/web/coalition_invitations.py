"""Asking an organization into a coalition, and the page behind the link of such an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from requests_app.actions import coalition_invitations as acts
from requests_app.actions import coalitions
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import CoalitionInvitation, Organisation, Tier

from .coalitions import MEANS, TIERS, coordinated, owned_ones
from .current import current_organisation, work_in
from .invitations import too_often
from .organisations import add_refusal, redirect
from .reauthentication import fresh_sign_in, proof_first
from .shell import Looking, reader_zone


class InviteForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("Address of an owner of that organization"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the address of an owner.")},
    )
    tier = forms.TypedChoiceField(label=gettext_lazy("Tier"), choices=TIERS, coerce=int, initial=Tier.MEMBER)
    message = forms.CharField(
        label=gettext_lazy("A message to them"),
        max_length=acts.MESSAGE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It stands in the mail and on the page behind the link."),
    )


class JoinForm(forms.Form):
    organisation = forms.ChoiceField(
        label=gettext_lazy("Which of your organizations joins"),
        error_messages={"required": gettext_lazy("Choose which of the organizations that you own joins.")},
    )
    shown_as = forms.CharField(
        label=gettext_lazy("The name that partners read"),
        max_length=coalitions.NAME_MAX,
        error_messages={"required": gettext_lazy("Write the name that partners read.")},
    )

    def __init__(self, *args: Any, owned: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(one.public_id, one.name) for one in owned]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def invite(request: Looking, pid: str) -> HttpResponse:
    found, _stays = coordinated(request, pid)
    form, status = InviteForm(), 200
    if request.method == "POST":
        form, status = InviteForm(request.POST), 400
        if form.is_valid():
            try:
                made = acts.invite(
                    viewer=request.viewer, coalition=found, actor=request.user, now=request.now, **form.cleaned_data
                )
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("An invitation to %(email)s is on its way.") % {"email": made.email})
                return redirect("coalition", found.public_id)
    context = {"coalition": found, "form": form, "form_failed": status != 200, "means": MEANS}
    return render(request, "coalitions/invite.html", context, status=status)


@require_POST
@login_required
@fresh_sign_in
def invitation_act(request: Looking, pid: str, key: str) -> HttpResponse:
    found, _stays = coordinated(request, pid)
    row: CoalitionInvitation | None = (
        CoalitionInvitation.objects.visible_to(request.viewer)
        .select_related("organisation", "coalition")
        .filter(coalition=found, public_id=key)
        .first()
    )
    if row is None and request.POST.get("act") == "withdraw":
        try:
            acts.withdraw_of_another(viewer=request.viewer, coalition=found, key=key)
        except NotYours:
            raise Http404 from None
        messages.success(request, _("The invitation is withdrawn. Who sent it reads of it in the audit."))
        return redirect("coalition", found.public_id)
    if row is None:
        raise Http404
    try:
        if request.POST.get("act") == "withdraw":
            acts.withdraw(viewer=request.viewer, invitation=row, actor=request.user)
            messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": row.email})
        else:
            acts.resend(viewer=request.viewer, invitation=row, actor=request.user, now=request.now)
            messages.success(
                request, _("A new link is on its way to %(email)s. The old one is dead.") % {"email": row.email}
            )
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("coalition", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: Looking, token: str) -> HttpResponse:
    """Who holds the link reads who asks and to what, and nothing of who else is there."""
    if too_often(request):
        return render(request, "429.html", status=429)
    signed_in = request.viewer.kind == "person"
    if request.method == "POST" and not signed_in:
        return redirect_to_login(request.get_full_path())
    if signed_in and request.POST.get("act") != "decline" and (asked_first := proof_first(request)):
        return asked_first
    owned = owned_ones(request) if signed_in else []
    here = next((one for one in owned if one.pk == current_organisation(request)), owned[0] if owned else None)
    start = {"organisation": here.public_id, "shown_as": here.name[: coalitions.NAME_MAX]} if here else {}
    form, status = JoinForm(initial=start, owned=owned), 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "decline":
                acts.decline(viewer=request.viewer, token=token)
                messages.success(request, _("The invitation is declined. Whoever asked is not told why."))
                return redirect("coalitions")
            form, status = JoinForm(request.POST, owned=owned), 400
            if form.is_valid():
                return _join(request, token, form, owned)
        except NotYours:
            raise Http404 from None
        except Refused as refused:
            if refused.field is None or refused.field not in form.fields:
                return _gone(request, refused)
            add_refusal(form, refused)
            status = refused.status
    asked = acts.look(token)
    if asked is None:
        return _gone(request, acts.gone())
    context = {
        "asked": asked,
        "until": asked.expires_at.astimezone(reader_zone(request)),
        "tier": Tier(asked.tier).label,
        "means": dict(MEANS)[Tier(asked.tier).label],
        "signed_in": signed_in,
        "owns": bool(owned),
        "form": form,
        "form_failed": status != 200,
        "noindex": True,
    }
    return render(request, "coalitions/invitation.html", context, status=status)


invitation.own_refusals = True  # type: ignore[attr-defined]


def _join(request: Looking, token: str, form: JoinForm, owned: list[Organisation]) -> HttpResponse:
    given = form.cleaned_data
    home = next(one for one in owned if one.public_id == given["organisation"])
    member, new = acts.join(
        viewer=request.viewer, token=token, organisation=home, shown_as=given["shown_as"], actor=request.user
    )
    work_in(request, home.pk)
    said = _("%(name)s is in %(coalition)s. It shares nothing until you share it.")
    if not new:
        said = _("%(name)s is in %(coalition)s already.")
    messages.success(request, said % {"name": member.shown_as, "coalition": member.coalition.name})
    return redirect("coalition", member.coalition.public_id)


def _gone(request: Looking, refused: Refused) -> HttpResponse:
    context = {"refused": refused.sentence, "other": refused.code == "other_address", "noindex": True}
    return render(request, "invitation_gone.html", context, status=refused.status)
