"""Write a first letter: whom, which kit, in whose name. It is looked at before it is kept, and kept before it goes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import letters
from requests_app.kits.shapes import Kit
from requests_app.laws.errors import Refused
from requests_app.models import AgencyContact, Campaign, Letter, LetterKind, Organisation, RequesterProfile
from requests_app.models.ids import public_id
from requests_app.queries import letter_words, own_kits
from requests_app.queries import letters as query

from .current import current_organisation
from .events import refuse
from .filing import RequestForm, _today
from .letters import warned
from .partner_warnings import partner_warnings
from .shell import Looking

NOT_HERE = (
    "public_title", "working_title", "parts", "sent_on", "channel", "received_on", "receipt_basis",
    "tracking_number", "letter",
)  # fmt: skip


class ComposeForm(RequestForm):
    """Whom and under which law as for any request; the rest is the kit's."""

    def __init__(self, request: Looking, here: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        for name in NOT_HERE:
            self.fields.pop(name, None)
        self.here = here
        self.fields["organisation"] = forms.CharField(widget=forms.HiddenInput(), required=False)
        self.fields["kit"] = forms.ChoiceField(
            label=gettext_lazy("Kit"),
            choices=[
                (one.ref, f"{one.name} ({_('ours')})" if one.own else one.name)
                for one in own_kits.offered(request.viewer, here.pk)
            ],
        )
        profiles = RequesterProfile.objects.visible_to(request.viewer).filter(
            organisation=here, retired_at=None
        )
        named = [(one.public_id, f"{one.name}, {one.signs_as}" if one.signs_as else one.name)
                 for one in profiles.order_by("-is_default", "name")]  # fmt: skip
        self.fields["requester"] = forms.ChoiceField(
            label=gettext_lazy("Requester of record"), required=False,
            choices=named or [("", here.name)],
        )  # fmt: skip
        if len(named) < 2:
            self.fields["requester"].widget = forms.HiddenInput()
        self.loaded = self._kit(request)
        if self.loaded is not None and self.chosen is not None:
            self.fields["chosen"] = forms.MultipleChoiceField(
                label=gettext_lazy("Parts"),
                choices=[(part.label, f"{part.label} {part.title}") for part in self.loaded.parts],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=[part.label for part in self.loaded.parts],
                help_text=gettext_lazy("None chosen asks for all."),
            )
        first = ["kit", "agency", "agency_pick", "custodian", "law_id", *self.asked_fields]
        self.order_fields([*first, "chosen", "requester", "campaign"])

    @property
    def asked_fields(self) -> list[str]:
        return [name for name in self.fields if name.startswith("fact_")]

    def _kit(self, request: Looking) -> Kit | None:
        ref = str(self["kit"].value() or "")
        if ref not in dict(self.fields["kit"].choices):  # type: ignore[attr-defined]
            return None
        return own_kits.load(request.viewer, ref)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Looking) -> HttpResponse:
    here_id = current_organisation(request)
    if here_id is None or not request.viewer.may_edit(here_id):
        raise Http404
    here = Organisation.objects.get(pk=here_id)
    start = {
        "once": public_id(),
        "agency": request.GET.get("agency", "")[:300],
        "kit": request.GET.get("kit", "")[:80],
    }
    form = ComposeForm(request, here, request.POST or None, initial=start)
    refused, look, status = "", None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = _written(request, here, form)
                if request.POST.get("step") == "save":
                    kept = _keep(request, here, form, made)
                    return redirect(f"/letters/{kept.public_id}/?view=preview")
                look, status = _look(request, here, form, made), 200
            except Refused as refusal:
                refused, status = refuse(form, refusal), getattr(refusal, "status", 400)
    context = {
        "form": form,
        "refused": refused,
        "form_failed": status >= 400,
        "look": look,
        "kit": form.loaded,
        "noindex": True,
    }
    return render(request, "letter_new.html", context, status=status)


def _written(request: Looking, here: Organisation, form: ComposeForm) -> letter_words.Written:
    data = form.cleaned_data
    agency = data["agency"]
    contacts = list(AgencyContact.objects.filter(agency=agency))
    askers = letter_words.askers_of(request.viewer, here, request.user, data.get("requester", ""))
    assert form.loaded is not None
    return letter_words.write(
        form.loaded,
        agency=agency,
        custodian=form.custodians.get(data["custodian"]),
        law_id=data["law_id"],
        asker=askers.under(data["law_id"]),
        on=_today(request, agency),
        channel=query.best_address(contacts)[0],
        contacts=contacts,
        chosen=data.get("chosen", ()),
    )


def _facts(form: ComposeForm, made: letter_words.Written) -> dict[str, Any]:
    facts = form.law_facts()
    if made.asker.standing:
        facts["requester"] = sorted({*facts.get("requester", ()), *made.asker.standing})
    return facts


def _keep(request: Looking, here: Organisation, form: ComposeForm, made: letter_words.Written) -> Letter:
    data = form.cleaned_data
    assert form.loaded is not None
    campaign = None
    if data.get("campaign"):
        campaign = Campaign.objects.editable_by(request.viewer).get(public_id=data["campaign"])
    return letters.compose(
        viewer=request.viewer,
        organisation=here,
        agency=data["agency"],
        custodian=form.custodians.get(data["custodian"]),
        campaign=campaign,
        law_id=data["law_id"],
        subject=made.subject,
        body=made.body,
        public_title=form.loaded.name,
        kit=data["kit"],
        kit_version=form.loaded.version,
        parts=made.parts,
        facts=_facts(form, made),
        requester=made.asker.told,
        dated=made.dated,
        actor=request.user,
        once=data["once"],
    )


def _look(
    request: Looking, here: Organisation, form: ComposeForm, made: letter_words.Written
) -> dict[str, Any]:
    """The letter as it would be kept, with what stands in its way. Nothing is written."""
    data = form.cleaned_data
    agency = data["agency"]
    channel, address = letters.address_of(agency)
    custodian = form.custodians.get(data["custodian"])
    row = Letter(
        pk=0, organisation=here, agency=agency, custodian=custodian, kind=LetterKind.REQUEST, kit=data["kit"],
        law_id=data["law_id"], channel=channel, address=address, facts=_facts(form, made), body=made.body,
        subject=made.subject,
    )  # fmt: skip
    return {
        "letter": {
            "from_": made.asker.told.get("organisation") or here.name,
            "reply_to": made.asker.told.get("email", ""),
            "recipient": custodian.name if custodian else agency.name,
            "address": address,
            "channel_words": row.get_channel_display(),
        },
        "subject": made.subject,
        "body": made.body,
        "due": made.due,
        "warnings": [warned(one) for one in query.warnings_of(request.viewer, [row])[0]],
        "partners": partner_warnings(request, here.pk, [(agency.pk, row.kit)]).get((agency.pk, row.kit)),
    }


urlpatterns = [path("letters/new/", new, name="letter-new")]
