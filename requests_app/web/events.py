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

from requests_app.actions import contact_log, correspondence
from requests_app.actions.correspondence import Recorded
from requests_app.actions.meanwhile import Since, recorded_since
from requests_app.actions.withholdings import ASSERTS, WITHHOLDS
from requests_app.clock.events import Kind
from requests_app.laws.errors import Refused
from requests_app.laws.questions import of_event
from requests_app.laws.registry import library
from requests_app.models import Event, LoggedContact, RecordsRequest
from requests_app.models.ids import public_id

from .effects import effect_context
from .event_choices import choices_of
from .event_form import NOTE_LIMIT, EventForm
from .event_specs import DATES, SPECS, Spec, kind_words
from .requests import invented
from .shell import Looking
from .templatetags.look import day_mid
from .words import outcome_words


def _editable(request: Looking, pid: str) -> RecordsRequest:
    rows = RecordsRequest.objects.visible_to(request.viewer).editable_by(request.viewer)
    found: RecordsRequest = get_object_or_404(rows.select_related("agency"), public_id=pid)
    return found


def heading_of(records_request: RecordsRequest) -> dict[str, Any]:
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
    if kind == "closed" and request.method == "GET":
        return redirect("request-close", pid=pid)
    parts = list(records_request.parts.values_list("label", "title"))
    contact = _contact(request, records_request)
    start = _start(request, records_request, spec, contact)
    asks = of_event(library().law(records_request.law_id).current, Kind(kind))
    choices = choices_of(request, records_request, spec)
    form = EventForm(spec, parts, request.POST or None, initial=start, choices=choices, asks=asks)
    refused, effect, since, status = "", None, [], 200
    today, whole = legal_day(request, records_request), [name for name, _title in parts]
    if request.method == "POST":
        if form.is_valid():
            act = {
                "viewer": request.viewer, "records_request": records_request, "actor": request.user,
                "today": today, **form.act(),
            }  # fmt: skip
            try:
                if request.POST.get("step") == "save":
                    recorded = correspondence.record_event(**act)
                    if contact is not None:
                        contact_log.became(viewer=request.viewer, contact=contact, event=recorded.event)
                    return _saved(request, pid, kind, recorded)
                effect = effect_context(correspondence.preview_event(**act), whole)
            except Refused as refusal:
                status = getattr(refusal, "status", 400)
                if refusal.code == "stale":
                    # Nothing typed is lost: the same words, on top of what stands now, with what they would change.
                    since = recorded_since(
                        viewer=request.viewer, records_request=records_request, today=today,
                        seen_version=act["seen_version"],
                    )  # fmt: skip
                    form, effect, refused = _again(form, act, parts, records_request, choices, asks, whole)
                else:
                    refused = refuse(form, refusal)
        else:
            status = 400
    context = {
        "records_request": heading_of(records_request),
        "kind_words": spec.words,
        "kind_hint": spec.hint,
        "form": form,
        "refused": refused,
        "form_failed": status >= 400,
        "effect": effect,
        "since": [_told_since(one, whole) for one in since],
        "same": any(_same(one.event, form) for one in since),
        "typed": _typed(form) if since else [],
        "contact": contact,
        "other_kinds": [
            {"url": reverse("event-new", args=[pid, other.kind]), "words": other.words}
            for other in SPECS.values()
            if other.group == spec.group and other.kind != kind
        ],
        "has_sample": invented(records_request),
        "noindex": True,
    }
    return render(request, "event_form.html", context, status=status)


def _saved(request: Looking, pid: str, kind: str, recorded: Recorded) -> HttpResponse:
    messages.success(request, _("Saved: %(kind)s.") % {"kind": kind_words(kind)})
    for warned in recorded.warnings:
        messages.warning(request, warned.sentence)
    if recorded.event.kind in ASSERTS and recorded.event.outcome in WITHHOLDS:
        # A denial leads straight on to its grounds: the letter is still in the hand.
        return redirect(f"{reverse('withholding-new', args=[pid])}?event={recorded.event.uid}")
    return redirect("request", pid=pid)


def _contact(request: Looking, records_request: RecordsRequest) -> LoggedContact | None:
    """The call or visit that this event is made of."""
    pid = (request.POST if request.method == "POST" else request.GET).get("contact", "")[:12]
    if not pid or "\x00" in pid:
        return None
    rows = LoggedContact.objects.visible_to(request.viewer).filter(request=records_request, struck_at=None)
    found: LoggedContact | None = rows.filter(public_id=pid).first()
    return found


def _start(
    request: Looking, records_request: RecordsRequest, spec: Spec, contact: LoggedContact | None
) -> dict[str, Any]:
    """What the form begins with: what the address names, and what the logged call already says."""
    start: dict[str, Any] = {"once": public_id(), "seen_version": records_request.ledger_version}
    asked = request.GET.getlist("part")
    if asked:
        start["parts"] = asked
    for name in ("clock", "of", "event"):
        if request.GET.get(name):
            start[name] = request.GET[name]
    if contact is not None:
        start[spec.dates[0][0]] = contact.on
        start["text" if spec.direction == "in" else "note"] = contact.said
    elif spec.group == DATES:
        start[spec.dates[0][0]] = legal_day(request, records_request)
    return start


def _again(
    form: EventForm,
    act: dict[str, Any],
    parts: list[tuple[str, str]],
    records_request: RecordsRequest,
    choices: Any,
    asks: Any,
    whole: list[str],
) -> tuple[EventForm, Any, str]:
    """The same form over the ledger as it stands now, so that saving it again is a choice made knowingly."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["seen_version"] = str(records_request.ledger_version)
    fresh = EventForm(form.spec, parts, data, choices=choices, asks=asks)
    fresh.is_valid()
    try:
        effect = correspondence.preview_event(**{**act, "seen_version": records_request.ledger_version})
    except Refused as refusal:
        return fresh, None, refuse(fresh, refusal)
    return fresh, effect_context(effect, whole), ""


def _told_since(since: Since, whole: list[str]) -> dict[str, Any]:
    event = since.event
    return {
        "title": kind_words(event.kind),
        "outcome": outcome_words(event.outcome),
        "parts": ", ".join(event.parts),
        "on": event.sent_on or event.dated_on or event.received_on,
        "who": since.who,
        "text": since.text,
        "note": since.note,
        "effect": effect_context(since.effect, whole),
    }


def _same(event: Event, form: EventForm) -> bool:
    """Whether what came meanwhile is what this form tells: the same kind, on the same day, for the same parts."""
    told = form.act()
    days = ("dated_on", "sent_on", "received_on")
    return (
        event.kind == told["kind"]
        and any(told[day] and told[day] == getattr(event, day) for day in days)
        and set(event.parts) == set(told["parts"])
    )


def _typed(form: EventForm) -> list[tuple[str, str]]:
    """What I wrote, field by field, in the words of the form."""
    rows = []
    for field in form.visible_fields():
        value = form.cleaned_data.get(field.name)
        if value in (None, "", [], False):
            continue
        if isinstance(value, dt.date):
            said = day_mid(value)
        elif isinstance(value, list):
            said = ", ".join(map(str, value))
        elif isinstance(field.field, forms.ChoiceField):
            said = str(dict(field.field.choices).get(value, value))  # type: ignore[arg-type]
        else:
            said = _("yes") if value is True else str(value)
        rows.append((str(field.label), said))
    return rows


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
        Event.objects.visible_to(request.viewer).filter(request=records_request).select_related("retracts"),
        uid=uid,
    )
    # Taking back what took an event back restores that event: the page then speaks of it.
    restores = event.kind == "retracted"
    about: Event = event.retracts if restores and event.retracts is not None else event
    once = public_id()
    whole = list(records_request.parts.values_list("label", flat=True))
    start = {"once": once, "seen_version": records_request.ledger_version}
    form = RetractForm(request.POST or None, initial=start)
    if restores:
        form.fields["reason"].label = _("Why does it stand after all?")
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
            said = _("Restored: %(kind)s.") if restores else _("Taken back: %(kind)s.")
            messages.success(request, said % {"kind": kind_words(about.kind)})
            return redirect("request", pid=pid)
        if request.method == "POST":
            status = 400
        effect = effect_context(correspondence.preview_retraction(**act, once=once), whole)
    except Refused as refusal:
        refused = refuse(form, refusal)
        status = getattr(refusal, "status", 400)
    context = {
        "records_request": heading_of(records_request),
        "event": {
            "on": about.sent_on or about.dated_on or about.received_on,
            "title": kind_words(about.kind),
            "restores": restores,
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
