"""Starting an organization, its name and rules, handing it on, leaving it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import organisations as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Membership, Organisation, Role
from requests_app.models.visibility import look_as

from .current import work_in
from .reauthentication import fresh_sign_in
from .shell import Looking


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the organization"),
        max_length=acts.NAME_MAX,
        help_text=gettext_lazy("As it signs its letters. It can be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


ONE_ASKED = gettext_lazy(
    "Two persons still publish: another owner has to switch it off here, too, within 14 days. They are told."
)


class OrganisationForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=acts.NAME_MAX)
    requires_second_factor = forms.BooleanField(
        label=gettext_lazy("Editors and owners need a second factor"),
        required=False,
        help_text=gettext_lazy(
            "Without a passkey or the codes of an app they read, and change nothing. Viewers are not asked."
        ),
    )
    two_to_publish = forms.BooleanField(
        label=gettext_lazy("Two persons publish"),
        required=False,
        help_text=gettext_lazy(
            "Nothing becomes public before somebody else than who proposed it has agreed. To switch this off takes two "
            "owners, too; an only owner does it alone, and every member is told."
        ),
    )


class OwnershipForm(forms.Form):
    member = forms.ChoiceField(label=gettext_lazy("Who becomes an owner"))
    then = forms.ChoiceField(
        label=gettext_lazy("What you are afterwards"),
        choices=[(Role.EDITOR, gettext_lazy("Editor")), (Role.VIEWER, gettext_lazy("Viewer"))],
        initial=Role.EDITOR,
    )

    def __init__(self, *args: Any, others: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one.public_id, f"{one.person} ({one.person.email})") for one in others]
        self.fields["member"].choices = [("", _("Choose a member")), *names]  # type: ignore[attr-defined]


def own(request: Looking, pid: str) -> Organisation:
    """One the viewer belongs to. Missing and strange are one answer."""
    found: Organisation | None = Organisation.objects.visible_to(request.viewer).filter(public_id=pid).first()
    if found is None:
        raise Http404
    return found


def owned(request: Looking, pid: str) -> Organisation:
    found = own(request, pid)
    if not request.viewer.may_own(found.pk):
        raise Http404
    return found


def add_refusal(form: forms.Form, refused: Refused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)


def redirect(name: str, *args: object) -> HttpResponseRedirect:
    response = HttpResponseRedirect(reverse(name, args=args))
    response.status_code = 303
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Looking) -> HttpResponse:
    if not settings.SIGNUP_OPEN and not request.user.is_staff:
        return render(request, "organisation_new.html", {"closed": True})
    form = NameForm(request.POST or None)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.create_organisation(
                viewer=request.viewer, name=form.cleaned_data["name"], actor=request.user
            )
        except Refused as refused:
            add_refusal(form, refused)
            status = refused.status
        else:
            work_in(request, made.pk)
            messages.success(request, _("%(name)s is started. You are its owner.") % {"name": made.name})
            if made.pk in look_as(request.user).waiting:
                return redirect("second-factor")
            return redirect("members", made.public_id)
    return render(
        request, "organisation_new.html", {"form": form, "form_failed": status != 200}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def organisation(request: Looking, pid: str) -> HttpResponse:
    found = own(request, pid)
    may_own = request.viewer.may_own(found.pk)
    start = {"name": found.name, "requires_second_factor": found.requires_second_factor}
    start["two_to_publish"] = found.two_to_publish
    form, status = OrganisationForm(initial=start), 200
    if request.method == "POST":
        if not may_own:
            raise Http404
        form, status = OrganisationForm(request.POST), 400
        if form.is_valid():
            try:
                acts.change_organisation(
                    viewer=request.viewer, organisation=found, actor=request.user, **form.cleaned_data
                )
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                asked = found.two_to_publish and not form.cleaned_data["two_to_publish"]
                messages.success(request, ONE_ASKED if asked else _("The organization is changed."))
                return redirect("organisation", found.public_id)
    context = {"organisation": found, "form": form, "form_failed": status != 200, "may_own": may_own}
    if may_own and found.two_to_publish:
        context |= {"one_asked_by": str(found.one_asked_by or ""), "one_asked_at": found.one_asked_at}
    return render(request, "organisation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def ownership(request: Looking, pid: str) -> HttpResponse:
    found = owned(request, pid)
    others = list(
        Membership.objects.filter(organisation=found, ended_at=None)
        .exclude(person=request.user)
        .select_related("person", "organisation")
        .order_by("person__name", "pk")[:500]
    )
    form = OwnershipForm(request.POST or None, others=others)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in others if one.public_id == form.cleaned_data["member"])
        try:
            acts.transfer_ownership(
                viewer=request.viewer, membership=chosen, then=form.cleaned_data["then"], actor=request.user
            )
        except Refused as refused:
            add_refusal(form, refused)
            status = refused.status
        else:
            says = _("%(person)s owns %(name)s now.") % {"person": chosen.person, "name": found.name}
            messages.success(request, says)
            return redirect("members", found.public_id)
    context = {"organisation": found, "form": form, "form_failed": status != 200, "others": others}
    return render(request, "ownership.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def leave(request: Looking, pid: str) -> HttpResponse:
    found = own(request, pid)
    refused_words, status = "", 200
    if request.method == "POST":
        try:
            acts.leave(viewer=request.viewer, organisation=found, actor=request.user)
        except NotYours:
            raise Http404 from None
        except Refused as refused:
            refused_words, status = refused.sentence, refused.status
        else:
            messages.success(request, _("You have left %(name)s.") % {"name": found.name})
            return redirect("settings")
    context = {
        "organisation": found,
        "assigned": acts.assigned_to(organisation=found, person=request.user),
        "refused": refused_words,
        "form_failed": bool(refused_words),
    }
    return render(request, "organisation_leave.html", context, status=status)
