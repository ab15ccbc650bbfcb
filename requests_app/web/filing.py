"""File a request: one agency, one custodian, one law. The dates are shown before anything is saved."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Value, When
from django.db.models.functions import Length
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import filing
from requests_app.clock.rules import Owner
from requests_app.intake.agency_match import suggest, take_apart
from requests_app.laws.deadline import answer
from requests_app.laws.errors import Refused
from requests_app.laws.questions import of_request
from requests_app.laws.registry import library
from requests_app.models import Agency, Campaign, Organisation, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.queries.partner_requests import partner_names

from .agency_words import told
from .calculator import law_words
from .event_form import NOTE_LIMIT, DayField
from .events import refuse
from .law_questions import facts_from, fields_for
from .partner_warnings import partner_warnings
from .shell import Looking

CHANNELS = (
    ("email", gettext_lazy("E-mail")),
    ("portal", gettext_lazy("The agency’s portal")),
    ("post", gettext_lazy("Ordinary mail")),
    ("certified_post", gettext_lazy("Certified mail")),
    ("fax", gettext_lazy("Fax")),
    ("hand", gettext_lazy("By hand")),
    ("in_person", gettext_lazy("Asked in person, in words")),
    ("phone", gettext_lazy("Asked by telephone")),
)
BASES = (
    ("", gettext_lazy("Not known yet")),
    ("email_accepted", gettext_lazy("Its mail server accepted the e-mail")),
    ("portal", gettext_lazy("The agency’s portal says so")),
    ("return_receipt", gettext_lazy("Return receipt")),
    ("by_hand", gettext_lazy("Handed over")),
)
SUGGESTIONS = 12
MOST_PARTS = 40


class RequestForm(forms.Form):
    """Asked in the order in which a person knows it: whom, under which law, what, when."""

    organisation = forms.ChoiceField(label=gettext_lazy("Who asks"))
    agency = forms.CharField(
        label=gettext_lazy("Agency"),
        max_length=300,
        help_text=gettext_lazy("Its name, or part of it, and its state: Springfield Police, IL."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Name the agency that is asked.")},
    )
    agency_pick = forms.ChoiceField(
        label=gettext_lazy("Which of these"), required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of these, or write more of the name.")},
    )  # fmt: skip
    custodian = forms.ChoiceField(
        label=gettext_lazy("Custodian"),
        required=False,
        help_text=gettext_lazy("Who legally holds the records. Each custodian gets a request of its own."),
    )
    law_id = forms.ChoiceField(
        label=gettext_lazy("Law"),
        required=False,
        help_text=gettext_lazy("Left open, it is the one that governs the custodian, else the agency."),
    )
    public_title = forms.CharField(
        label=gettext_lazy("Public title"),
        max_length=filing.TITLE_MAX,
        help_text=gettext_lazy("Partners and the public read it once the request is shared."),
        error_messages={
            "required": gettext_lazy("Give the request a public title."),
            "max_length": gettext_lazy(
                "A title has at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )
    working_title = forms.CharField(
        label=gettext_lazy("Working title"),
        max_length=filing.TITLE_MAX,
        required=False,
        help_text=gettext_lazy("Only your organization reads it."),
    )
    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), required=False)
    parts = forms.CharField(
        label=gettext_lazy("Numbered parts"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=gettext_lazy(
            "One a line: A1 Contracts and sharing agreements. Each part gets its own outcome."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sent_on = DayField(label=gettext_lazy("Day it was sent"))
    channel = forms.ChoiceField(label=gettext_lazy("Sent by"), choices=CHANNELS)
    received_on = DayField(label=gettext_lazy("Day the agency received it"), required=False)
    receipt_basis = forms.ChoiceField(
        label=gettext_lazy("How the day of receipt is known"), choices=BASES, required=False
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("The agency’s number"), max_length=120, required=False
    )
    letter = forms.CharField(
        label=gettext_lazy("The letter"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)

    def __init__(self, request: Looking, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        viewer = request.viewer
        own = [(o.public_id, o.name) for o in Organisation.objects.editable_by(viewer).order_by("name")]
        self.fields["organisation"].choices = own  # type: ignore[attr-defined]
        if len(own) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.initial.setdefault("organisation", own[0][0])
        campaigns = Campaign.objects.editable_by(viewer).order_by("public_title")
        self.fields["campaign"].choices = [("", "–"), *((c.public_id, c.public_title) for c in campaigns)]  # type: ignore[attr-defined]
        self.suggestions: list[Agency] = []
        self.more = 0
        self.chosen = self._agency()
        if self.suggestions:
            pick = self.fields["agency_pick"]
            pick.choices = [(agency.slug, told(agency)) for agency in self.suggestions]  # type: ignore[attr-defined]
            if self.more:
                pick.help_text = _("%(n)d more match. Write more of the name, or its state.") % {
                    "n": self.more
                }
        else:
            del self.fields["agency_pick"]
        custodians = list(self.chosen.custodians.order_by("pk")) if self.chosen else []
        self.fields["custodian"].choices = [  # type: ignore[attr-defined]
            ("", _("The agency itself")),
            *((str(c.pk), c.name) for c in custodians),
        ]
        if not custodians:
            self.fields["custodian"].widget = forms.HiddenInput()
        self.custodians = {str(c.pk): c for c in custodians}
        governing = [one.law_id for one in self.chosen.laws.all()] if self.chosen else []
        laws = sorted(library().laws, key=lambda entry: (entry.id not in governing, entry.id))
        # The agency is typed on this very page: a law chosen beforehand would be the wrong one unawares.
        self.fields["law_id"].choices = [  # type: ignore[attr-defined]
            ("", _("The one that governs them")),
            *((entry.id, law_words(entry)) for entry in laws),
        ]
        self.governing = governing
        law_id = str(self["law_id"].value() or "") or self._governs(str(self["custodian"].value() or ""))
        entry = next((one for one in laws if one.id == law_id), None)
        self.asks = of_request(entry.current) if entry else ()
        asked = fields_for(self.asks)
        self.fields.update(asked)
        self.order_fields(["organisation", "agency", "agency_pick", "custodian", "law_id", *asked])

    def _agency(self) -> Agency | None:
        # Read before the field is cleaned: the list of custodians hangs on it.
        words = str(self["agency"].value() or "").replace("\x00", "").strip()[:300]
        if not words:
            return None
        one = Agency.objects.select_related("merged_into").filter(slug=words).first()
        if one is not None:
            return one.merged_into or one
        # By name alone it is taken only where no other bears the name: there are Springfields in twenty states.
        named = list(Agency.objects.surviving().filter(name__iexact=words).order_by("slug")[:2])
        if len(named) == 1:
            return named[0]
        found, total = self._matching(words)
        if total == 1:
            return found[0]
        if not total:
            # Never taken unasked, even where there is but one: a likeness is not a name.
            found = self._alike(words)
        self.suggestions, self.more = found, max(0, total - len(found))
        # Not by the bound field, which would keep the hint and the choices of now.
        picked = self.data.get("agency_pick", "")
        return next((agency for agency in found if agency.slug == picked), None)

    def _matching(self, words: str) -> tuple[list[Agency], int]:
        """Those that hold every word, in the state that stands at its end: the first of them, and how many."""
        asked = take_apart(words)
        matching = Agency.objects.surviving().matching(asked.cored or words)
        if asked.place:
            matching = matching.filter(jurisdiction=asked.place)
        # Real ones first, then those of this very name; else the one with the fewest words that nobody asked for.
        same = Case(When(name__iexact=asked.cored, then=Value(0)), default=Value(1))
        found = list(
            matching.order_by("is_sample", same, Length("name"), "jurisdiction", "slug")[:SUGGESTIONS]
        )
        return found, len(found) if len(found) < SUGGESTIONS else matching.count()

    def _alike(self, words: str) -> list[Agency]:
        slugs = [one.slug for one in suggest([words])[words]]
        found = {agency.slug: agency for agency in Agency.objects.filter(slug__in=slugs)}
        return [found[slug] for slug in slugs]

    def clean_agency(self) -> Agency:
        if self.chosen is not None:
            return self.chosen
        if self.suggestions:
            raise forms.ValidationError(
                _("Choose the agency below, or write more of its name.")
                if len(self.suggestions) > 1
                else _("No agency has this name. Choose the one below if you mean it.")
            )
        raise forms.ValidationError(
            _("No agency has this name. Look it up under Agencies, and copy its name.")
        )

    def law_of(self, custodian: str) -> str:
        return self.custodians[custodian].law_id if custodian in self.custodians else ""

    def _governs(self, custodian: str) -> str:
        """The law where none is chosen: the custodian's, else the agency's only one."""
        return self.law_of(custodian) or (self.governing[0] if len(self.governing) == 1 else "")

    def law_facts(self) -> dict[str, Any]:
        return facts_from(self.asks, self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("law_id") or data.get("agency") is None:
            return data
        law_id = self._governs(data.get("custodian", ""))
        if not law_id:
            self.add_error("law_id", _("Several laws may govern them, or none is known. Choose one."))
        elif law_id not in {entry.id for entry in library().laws}:
            self.add_error(
                "law_id",
                _("The law that governs them (%(law)s) is not in the library yet: no date can be computed.")
                % {"law": law_id},
            )
        data["law_id"] = law_id
        return data

    def clean_parts(self) -> list[tuple[str, str]]:
        rows = [line.strip() for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        if len(rows) > MOST_PARTS:
            raise forms.ValidationError(_("A letter has at most %(n)d parts.") % {"n": MOST_PARTS})
        found = []
        for line in rows:
            label, _space, title = line.partition(" ")
            found.append((label.rstrip(".:"), title.strip()))
        return found


@login_required
@require_http_methods(["GET", "POST"])
def request_new(request: Looking) -> HttpResponse:
    if not request.viewer.editable:
        raise Http404
    start = {
        "once": public_id(),
        "agency": request.GET.get("agency", ""),
        "sent_on": None,
        "channel": "email",
    }
    form = RequestForm(request, request.POST or None, initial=start)
    refused, effect, status = "", None, 200
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("step") == "save":
                made = _file(request, form)
                messages.success(request, _("Filed. Its clocks are below."))
                return redirect("request", pid=made.public_id)
            effect = _effect(request, form)
        except Refused as refusal:
            refused = refuse(form, refusal)
            status = getattr(refusal, "status", 400)
    elif request.method == "POST":
        status = 400
    context = {
        "form": form,
        "refused": refused,
        "form_failed": status >= 400,
        "effect": effect,
        "duplicates": _asked_before(request, form.chosen),
        "partners": _partners(request, form) if effect is not None else None,
        "noindex": True,
    }
    return render(request, "request_form.html", context, status=status)


def _today(request: Looking, agency: Agency) -> dt.date:
    return request.now.astimezone(ZoneInfo(agency.zone)).date()


def _file(request: Looking, form: RequestForm) -> RecordsRequest:
    data = form.cleaned_data
    viewer = request.viewer
    campaign = None
    if data["campaign"]:
        campaign = Campaign.objects.editable_by(viewer).get(public_id=data["campaign"])
    agency = data["agency"]
    return filing.file_request(
        viewer=viewer,
        organisation=Organisation.objects.editable_by(viewer).get(public_id=data["organisation"]),
        agency=agency,
        custodian=form.custodians.get(data["custodian"]),
        law_id=data["law_id"],
        public_title=data["public_title"],
        working_title=data["working_title"],
        campaign=campaign,
        parts=data["parts"],
        sent_on=data["sent_on"],
        channel=data["channel"],
        received_on=data["received_on"],
        receipt_basis=data["receipt_basis"] or None,
        tracking_number=data["tracking_number"],
        letter=data["letter"],
        law_facts=form.law_facts(),
        assignee=request.user,
        actor=request.user,
        once=data["once"],
        today=_today(request, agency),
        is_sample=agency.is_sample,
    )


def _effect(request: Looking, form: RequestForm) -> dict[str, Any]:
    """The clocks that filing opens, as the calculator would count them for this agency."""
    data = form.cleaned_data
    agency = data["agency"]
    today = _today(request, agency)
    if data["sent_on"] > today:
        raise Refused("in_the_future", _("This day has not come yet."), field="sent_on")
    found = answer(
        data["law_id"],
        received_on=data["received_on"] or data["sent_on"],
        sent_on=data["sent_on"],
        on=today,
        facts={
            "agency_kind": agency.kind,
            "channel": data["channel"],
            "agency": agency.slug,
            **form.law_facts(),
        },
    )
    changes = []
    for clock in found.clocks:
        words = _("opens if nobody answers before") if clock.conditional else ""
        if clock.due_on is None:
            words = clock.unknown or _("no number in the law")
        tone = "ours" if clock.owner == Owner.requester.value.capitalize() else ""
        changes.append(
            {"what": clock.name, "words": words, "old_on": None, "new_on": clock.due_on, "tone": tone}
        )
    warnings = []
    if data["received_on"] is None:
        warnings.append(_("The day of receipt is taken as the day of sending until it is proved."))
    if data["law_id"] not in {form.law_of(data["custodian"]), *form.governing}:
        warnings.append(_("This law is not among those noted for this agency."))
    under = _("%(agency)s. Counted under %(law)s.") % {"agency": agency.name, "law": found.law_name}
    return {"headline": under, "changes": changes, "nothing": not changes, "warnings": warnings}


def _asked_before(request: Looking, agency: Agency | None) -> list[dict[str, Any]]:
    """Requests already put to this agency that the viewer may see: nobody is asked twice unawares."""
    if agency is None:
        return []
    seen = RecordsRequest.objects.visible_to(request.viewer)
    rows = seen.filter(agency__in=Agency.objects.together(agency.slug)).order_by("-filed_on")[:5]
    partners: dict[int, str] = {}
    for home in request.viewer.editable:
        partners |= partner_names(request.viewer, home)
    return [
        {
            "url": reverse("request", args=[row.public_id]),
            "title": row.public_title,
            "filed_on": row.filed_on,
            "who": request.viewer.names.get(row.organisation_id)
            or partners.get(row.organisation_id, _("another organization")),
        }
        for row in rows
    ]


def _partners(request: Looking, form: RequestForm) -> dict[str, Any] | None:
    """By the kit of the campaign that it is filed under; a request of no campaign has none to compare."""
    data = form.cleaned_data
    rows = Campaign.objects.editable_by(request.viewer).filter(public_id=data["campaign"] or "-")
    campaign = rows.first()
    if campaign is None:
        return None
    pair = (data["agency"].pk, campaign.kit)
    return partner_warnings(request, campaign.organisation_id, [pair]).get(pair)
