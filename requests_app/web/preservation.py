"""Keeping records alive: demands, days of destruction, and our own legal holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import legal_holds, preservation
from requests_app.actions.preservation import CITATION_MAX, PERIOD_MAX, SOURCE_MAX
from requests_app.actions.refusals import Refused
from requests_app.models import Campaign, LegalHold, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.models.preservation import PeriodUnit
from requests_app.queries import preservation as query

from .event_form import NOTE_LIMIT, DayField
from .events import refuse
from .shell import Looking
from .withholdings import heading, legal_day, of_ours

HALVES = ("begins_on", "period", "unit")


class ByPart(forms.Form):
    """What both forms ask: which parts, which schedule, what we note; and the keys of the act."""

    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    citation = forms.CharField(
        label=gettext_lazy("Retention schedule"), required=False, max_length=CITATION_MAX,
        help_text=gettext_lazy("Its citation, such as Local Records Schedule 14-052, item 7."),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Our note"), required=False, max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("Only your organization reads it."),
    )  # fmt: skip

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(parts) > 1:
            self.fields["parts"] = forms.MultipleChoiceField(
                required=False, label=_("Parts"), help_text=_("Choose none for the whole request."),
                choices=[(label, f"{label} {title}".strip()) for label, title in parts],
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        self.order_fields(self.order)

    order: tuple[str, ...] = ()

    def act(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "parts": tuple(data.get("parts") or ()),
            **{name: data[name] for name in ("citation", "note", "once", "seen_version")},
        }


class DemandForm(ByPart):
    sent_on = DayField(label=gettext_lazy("Day we sent it"))
    text = forms.CharField(
        label=gettext_lazy("What we said"), required=False, max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("May be shared later with partners who see correspondence."),
    )  # fmt: skip
    order = ("sent_on", "parts", "citation", "text", "note")

    def act(self) -> dict[str, Any]:
        return super().act() | {"sent_on": self.cleaned_data["sent_on"], "text": self.cleaned_data["text"]}


class DestructionForm(ByPart):
    source = forms.CharField(
        label=gettext_lazy("Where this is known from"), max_length=SOURCE_MAX,
        help_text=gettext_lazy("The page of the schedule, the policy, or who said it and when."),
        error_messages={"required": gettext_lazy("Say where this was read, or who said it.")},
    )  # fmt: skip
    destroys_on = DayField(
        label=gettext_lazy("Day of destruction"), required=False,
        help_text=gettext_lazy("If it is named. Else give the period below."),
    )  # fmt: skip
    begins_on = DayField(label=gettext_lazy("The period begins on"), required=False)
    period = forms.IntegerField(
        label=gettext_lazy("How long"), required=False, min_value=1, max_value=PERIOD_MAX
    )
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), required=False, choices=PeriodUnit.choices)
    order = ("parts", "citation", "source", "destroys_on", "begins_on", "period", "unit", "note")

    def act(self) -> dict[str, Any]:
        return super().act() | {name: self.cleaned_data[name] for name in ("source", "destroys_on", *HALVES)}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=legal_holds.REASON_MAX, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only your organization reads it."),
        error_messages={"required": gettext_lazy("Give the reason.")},
    )  # fmt: skip


@login_required
@require_safe
def request_preservation(request: Looking, pid: str) -> HttpResponse:
    found = of_ours(request, pid)
    today = legal_day(request, found)
    kept = query.preservation_of(request.viewer, found, today=today)
    coming = kept.next_alarm(today)
    context = heading(request, found) | {
        "coming": coming,
        "alarms": [
            {
                "on": one.retention.destroys_on,
                "ask_by": one.ask_by,
                "state": one.state,
                "parts": ", ".join(one.retention.event.parts),
                "citation": one.retention.citation,
                "source": one.retention.source,
                "period": _period(one.retention),
                "begins_on": one.retention.begins_on,
                "retract_url": reverse("event-retract", args=[pid, one.retention.event.uid]),
            }
            for one in kept.alarms
        ],
        "demands": [
            {
                "on": event.sent_on,
                "parts": ", ".join(event.parts),
                "text": event.correspondence.text if hasattr(event, "correspondence") else "",
                "retract_url": reverse("event-retract", args=[pid, event.uid]),
            }
            for event in kept.demands
        ],
        "holds": kept.holds,
        "held": {
            "request": any(hold.request_id for hold in kept.holds),
            "campaign": any(hold.campaign_id for hold in kept.holds),
        },
        "may_lift": request.viewer.may_own(found.organisation_id),
        "campaign": found.campaign,
    }
    return render(request, "request_preservation.html", context)


def _period(retention: Any) -> str:
    if not retention.period:
        return ""
    return _("%(n)s %(unit)s from") % {"n": retention.period, "unit": PeriodUnit(retention.unit).label}


def _dated(request: Looking, pid: str, kind: type[ByPart], words: dict[str, Any], act: Any) -> HttpResponse:
    """One form of a demand or a day of destruction."""
    found = of_ours(request, pid, edit=True)
    start = {
        "once": public_id(), "seen_version": found.ledger_version, "sent_on": legal_day(request, found),
        "parts": request.GET.getlist("part"),
    }  # fmt: skip
    parts = list(found.parts.values_list("label", "title"))
    form = kind(request.POST or None, initial=start, parts=parts)
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                act(
                    viewer=request.viewer, records_request=found, actor=request.user,
                    today=legal_day(request, found), **form.act(),
                )  # fmt: skip
                messages.success(request, words["done"])
                return redirect("request-preservation", pid=pid)
            except Refused as refusal:
                status = refusal.status
                if refusal.code == "stale":
                    typed = request.POST.copy()
                    typed["seen_version"] = str(found.ledger_version)
                    form = kind(typed, parts=parts)
                refused = refuse(form, refusal)
    context = heading(request, found) | words | {"form": form, "refused": refused, "form_failed": status >= 400}
    return render(request, "preservation_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def preservation_demand(request: Looking, pid: str) -> HttpResponse:
    words = {
        "title": _("Log a preservation demand"),
        "lead": _(
            "We asked the agency to keep the records, whatever its schedule says. It answers each alarm of its parts."
        ),
        "done": _("Demand logged."),
    }  # fmt: skip
    return _dated(request, pid, DemandForm, words, preservation.demand_preservation)


@login_required
@require_http_methods(["GET", "POST"])
def preservation_date(request: Looking, pid: str) -> HttpResponse:
    words = {
        "title": _("Note when records are destroyed"),
        "lead": _(
            "From a schedule, a policy or somebody’s word. We remind you to ask again before it. Nobody outside your "
            "organization sees it."
        ),
        "done": _("Day of destruction noted."),
    }  # fmt: skip
    return _dated(request, pid, DestructionForm, words, preservation.schedule_destruction)


@login_required
@require_http_methods(["GET", "POST"])
def request_hold(request: Looking, pid: str) -> HttpResponse:
    found = of_ours(request, pid, edit=True)
    hold = LegalHold.objects.visible_to(request.viewer).filter(request=found, lifted_at=None).first()
    return _hold(request, found, hold, reverse("request-preservation", args=[pid]), found.agency.name)


@login_required
@require_http_methods(["GET", "POST"])
def campaign_hold(request: Looking, pid: str) -> HttpResponse:
    rows = Campaign.objects.of_organisation(request.viewer).editable_by(request.viewer)
    found = get_object_or_404(rows.select_related("organisation"), public_id=pid)
    hold = LegalHold.objects.visible_to(request.viewer).filter(campaign=found, lifted_at=None).first()
    return _hold(request, found, hold, reverse("campaign", args=[pid]), found.public_title)


def _hold(
    request: Looking, subject: RecordsRequest | Campaign, hold: LegalHold | None, back: str, name: str
) -> HttpResponse:
    """Set a hold where there is none; lift the one there is. The form says which it means, so that a second press or an
    old page does not do the opposite."""
    form = ReasonForm(request.POST or None)
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                if request.POST.get("step") == "lift":
                    if hold is None:
                        raise Refused("lifted_before", _("This hold was lifted already."), status=409)
                    legal_holds.lift_hold(viewer=request.viewer, hold=hold, reason=reason, actor=request.user)
                    messages.success(request, _("The hold is lifted."))
                else:
                    legal_holds.set_hold(
                        viewer=request.viewer, subject=subject, reason=reason, actor=request.user
                    )
                    messages.success(request, _("The hold stands."))
                return redirect(back)
            except Refused as refusal:
                status, refused = refusal.status, refuse(form, refusal)
    context = {
        "form": form, "refused": refused, "form_failed": status >= 400, "hold": hold, "back": back, "name": name,
        "title": subject.public_title, "of_campaign": isinstance(subject, Campaign),
        "may_lift": request.viewer.may_own(subject.organisation_id), "has_sample": subject.is_sample, "noindex": True,
    }  # fmt: skip
    return render(request, "legal_hold.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("requests/<slug:pid>/preservation/", request_preservation, name="request-preservation"),
    path("requests/<slug:pid>/preservation/demand/", preservation_demand, name="preservation-demand"),
    path("requests/<slug:pid>/preservation/date/", preservation_date, name="preservation-date"),
    path("requests/<slug:pid>/hold/", request_hold, name="request-hold"),
    path("campaigns/<slug:pid>/hold/", campaign_hold, name="campaign-hold"),
]
