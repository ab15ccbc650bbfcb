"""Log an event, or take one back: the effect is shown first, then saved."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import correspondence
from requests_app.clock.events import Kind
from requests_app.laws.errors import Refused
from requests_app.laws.questions import of_event
from requests_app.laws.registry import library
from requests_app.models import Deadline, Event, RecordsRequest
from requests_app.models.ids import public_id

from .effects import effect_context
from .event_form import NOTE_LIMIT, EventForm
from .event_specs import SPECS, kind_words
from .requests import invented
from .shell import Looking
from .templatetags.look import day_mid


def _editable(request: Looking, pid: str) -> RecordsRequest:
    rows = RecordsRequest.objects.visible_to(request.viewer).editable_by(request.viewer)
    found: RecordsRequest = get_object_or_404(rows.select_related("agency"), public_id=pid)
    return found


def _clock_choices(request: Looking, records_request: RecordsRequest, kind: str) -> list[tuple[str, str]]:
    """Dates that the event may be about: windows of ours to let go, any date to set or release."""
    rows = (
        Deadline.objects.visible_to(request.viewer)
        .standing()
        .filter(request=records_request, met_on=None, ended_on=None)
    )
    if kind == "waived":
        rows = rows.filter(owner="requester")
    found = rows.order_by("due_on").values_list("clock_key", "name", "scope", "due_on")
    return [
        (key, f"{name}{'' if scope == 'request' else f' ({scope})'}{f', {day_mid(due)}' if due else ''}")
        for key, name, scope, due in found
    ]


def _heading(records_request: RecordsRequest) -> dict[str, Any]:
    return {
        "public_id": records_request.public_id,
        "title": records_request.public_title,
        "agency": records_request.agency.name,
        "is_sample": invented(records_request),
        "url": reverse("request", args=[records_request.public_id]),
    }


def legal_day(request: Looking, records_request: RecordsRequest) -> dt.date:
    return request.now.astimezone(ZoneInfo(records_request.zone)).date()


def refuse(form: forms.Form, refusal: Refused) -> str:
    """Put a refusal beside its field; one that names no field of this form is said above all."""
    if refusal.field and refusal.field in form.fields and not form.fields[refusal.field].widget.is_hidden:
        form.add_error(refusal.field, refusal.sentence)
        return ""
    return refusal.sentence


@login_required
@require_http_methods(["GET", "POST"])
def event_new(request: Looking, pid: str, kind: str) -> HttpResponse:
    records_request = _editable(request, pid)
    spec = SPECS.get(kind)
    if spec is None:
        raise Http404
    parts = list(records_request.parts.values_list("label", "title"))
    start = {"once": public_id(), "seen_version": records_request.ledger_version}
    clocks = _clock_choices(request, records_request, kind) if "clock" in spec.extras else []
    asks = of_event(library().law(records_request.law_id).current, Kind(kind))
    form = EventForm(spec, parts, request.POST or None, initial=start, clocks=clocks, asks=asks)
    refused, effect, status = "", None, 200
    if request.method == "POST":
        if form.is_valid():
            act = {
                "viewer": request.viewer,
                "records_request": records_request,
                "actor": request.user,
                "today": legal_day(request, records_request),
                **form.act(),
            }
            try:
                if request.POST.get("step") == "save":
                    recorded = correspondence.record_event(**act)
                    said = _("Saved: %(kind)s.") % {"kind": kind_words(kind)}
                    messages.success(request, " ".join([said, *(w.sentence for w in recorded.warnings)]))
                    return redirect("request", pid=pid)
                effect = effect_context(correspondence.preview_event(**act), [name for name, _title in parts])
            except Refused as refusal:
                refused = refuse(form, refusal)
                status = getattr(refusal, "status", 400)
        else:
            status = 400
    context = {
        "records_request": _heading(records_request),
        "kind_words": spec.words,
        "kind_hint": spec.hint,
        "form": form,
        "refused": refused,
        "form_failed": status >= 400,
        "effect": effect,
        "other_kinds": [
            {"url": reverse("event-new", args=[pid, other.kind]), "words": other.words}
            for other in SPECS.values()
            if other.group == spec.group and other.kind != kind
        ],
        "has_sample": invented(records_request),
        "noindex": True,
    }
    return render(request, "event_form.html", context, status=status)


class RetractForm(forms.Form):
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why is it taken back?"),
        help_text=gettext_lazy(
            "Only your organization reads it. The event stays on the timeline, struck through."
        ),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why this event is taken back.")},
    )


@login_required
@require_http_methods(["GET", "POST"])
def event_retract(request: Looking, pid: str, uid: str) -> HttpResponse:
    records_request = _editable(request, pid)
    event = get_object_or_404(
        Event.objects.visible_to(request.viewer).filter(request=records_request), uid=uid
    )
    once = public_id()
    whole = list(records_request.parts.values_list("label", flat=True))
    start = {"once": once, "seen_version": records_request.ledger_version}
    form = RetractForm(request.POST or None, initial=start)
    refused, effect, status = "", None, 200
    act = {
        "viewer": request.viewer,
        "records_request": records_request,
        "event": event,
        "today": legal_day(request, records_request),
    }
    try:
        if request.method == "POST" and form.is_valid():
            correspondence.retract_event(**act, actor=request.user, **form.cleaned_data)
            messages.success(request, _("Taken back: %(kind)s.") % {"kind": kind_words(event.kind)})
            return redirect("request", pid=pid)
        if request.method == "POST":
            status = 400
        effect = effect_context(correspondence.preview_retraction(**act, once=once), whole)
    except Refused as refusal:
        refused = refuse(form, refusal)
        status = getattr(refusal, "status", 400)
    context = {
        "records_request": _heading(records_request),
        "event": {
            "on": event.sent_on or event.dated_on or event.received_on,
            "title": kind_words(event.kind),
            "text": "",
            "recorded_at": event.recorded_at,
        },
        "form": form,
        "refused": refused,
        "form_failed": status >= 400,
        "effect": effect,
        "has_sample": invented(records_request),
        "noindex": True,
    }
    return render(request, "event_retract.html", context, status=status)
