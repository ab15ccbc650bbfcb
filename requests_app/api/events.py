"""Events of a request for programs: the ledger, one more line, what it would change, and taking one back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import audit, correspondence
from requests_app.actions.correspondence import Recorded
from requests_app.actions.effects import Effect
from requests_app.actions.event_checks import TIMES
from requests_app.actions.refusals import Refused
from requests_app.clock.events import Kind, Outcome
from requests_app.clock.standing import Standing
from requests_app.laws.questions import of_event
from requests_app.laws.registry import library
from requests_app.models import Event, RecordsRequest
from requests_app.queries import everything
from requests_app.queries.days import day_in
from requests_app.queries.request_page import Line, load

from .base import ApiView, Given, Words, operation
from .law_facts import FIELD, facts_given
from .problems import Conflict

TEXT_MAX = 50_000
NOTE_MAX = 5_000
KINDS = sorted(kind.value for kind in Kind if kind not in (Kind.sent, Kind.retracted, Kind.law_applied))
DAYS = ("names_received_on", "until", "due_on")
FACTS = (*DAYS, "days", "unit", "about", "basis", "clock", "event", "of")
BASES = ("portal", "return_receipt", "certified_post", "email_accepted")
# What others read of the facts; who asked, and what was said of them, is ours.
TOLD = ("names_received_on", "until", "days", "unit", "basis", "channel")
ABOUT = ("records", "fees", "suit", "grounds", "mediation")


class EventShape(serializers.Serializer[Any]):
    """One event at the viewer's own level: words and amounts from correspondence on, notes and names ours alone."""

    id = serializers.CharField()
    kind = serializers.CharField()
    on = serializers.DateField(help_text="The day it counts from.")
    dated_on = serializers.DateField(allow_null=True)
    sent_on = serializers.DateField(allow_null=True)
    received_on = serializers.DateField(allow_null=True)
    dated_at = serializers.TimeField(allow_null=True)
    sent_at = serializers.TimeField(allow_null=True)
    received_at = serializers.TimeField(allow_null=True)
    parts = serializers.ListField(child=serializers.CharField())
    outcome = serializers.CharField(allow_null=True)
    facts = serializers.DictField()
    recorded_at = serializers.DateTimeField()
    retracted_by = serializers.CharField(allow_null=True, help_text="The event that took it back.")
    text = serializers.CharField(required=False)
    amount = serializers.DecimalField(required=False, allow_null=True, max_digits=10, decimal_places=2)
    note = serializers.CharField(required=False)
    recorded_by = serializers.CharField(required=False, allow_null=True)


class EventsShape(serializers.Serializer[Any]):
    """The whole ledger: it is short, and a part of it would be a ledger of something else."""

    items = EventShape(many=True)
    version = serializers.IntegerField(required=False, help_text="Ours: send it back as seen_version.")


class EventGiven(Given):
    kind = serializers.ChoiceField(KINDS)
    seen_version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="The version of the request you read."
    )
    dated_on = serializers.DateField(required=False, allow_null=True, help_text="Date on the letter.")
    sent_on = serializers.DateField(required=False, allow_null=True)
    received_on = serializers.DateField(required=False, allow_null=True)
    dated_at = serializers.TimeField(required=False, allow_null=True, help_text="Local time of the agency.")
    sent_at = serializers.TimeField(required=False, allow_null=True)
    received_at = serializers.TimeField(required=False, allow_null=True)
    parts = serializers.ListField(
        child=Words(max_length=12), required=False, max_length=200, help_text="None: the whole request."
    )
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome], required=False)
    text = Words(required=False, allow_blank=True, default="", max_length=TEXT_MAX, trim_whitespace=False)
    note = Words(required=False, allow_blank=True, default="", max_length=NOTE_MAX, help_text="Ours alone.")
    amount = serializers.DecimalField(
        required=False, allow_null=True, max_digits=10, decimal_places=2, min_value=0
    )
    tracking_number = Words(required=False, allow_blank=True, default="", max_length=120)
    names_received_on = serializers.DateField(required=False, help_text="Receipt as the agency names it.")
    until = serializers.DateField(
        required=False, help_text="Day promised, or until which more time is taken."
    )
    days = serializers.IntegerField(required=False, min_value=1, max_value=10_000)
    unit = serializers.ChoiceField(["business_days", "calendar_days"], required=False)
    reason_given = serializers.BooleanField(required=False, help_text="The letter gives a reason.")
    due_on = serializers.DateField(required=False, help_text="override: the day that shall stand.")
    clock = Words(required=False, max_length=200, help_text="override, waived: key of the clock.")
    about = serializers.ChoiceField(ABOUT, required=False)
    basis = serializers.ChoiceField(BASES, required=False, help_text="receipt_confirmed: the proof.")
    event = Words(required=False, max_length=12, help_text="disputed: the event that is contested.")
    of = Words(required=False, max_length=12, help_text="bounced: the event that did not arrive.")
    law_facts = serializers.DictField(required=False, help_text="What this law asks of such an event.")


class RetractionGiven(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    reason = Words(max_length=NOTE_MAX, help_text="Ours alone.")


class EventWarningShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()


class StandingThen(serializers.Serializer[Any]):
    stage = serializers.CharField()
    outcome = serializers.CharField(allow_null=True)
    whose_move = serializers.CharField()
    late = serializers.BooleanField()


class ChangeShape(serializers.Serializer[Any]):
    clock = serializers.CharField(help_text="Key of the clock.")
    name = serializers.CharField()
    owner = serializers.CharField()
    what = serializers.CharField(
        help_text="opened, gone, met, met_late, reopened, ended, paused, resumed, moved, promised, changed."
    )
    old_due_on = serializers.DateField(allow_null=True)
    new_due_on = serializers.DateField(allow_null=True)
    earliest = serializers.DateField(allow_null=True)
    latest = serializers.DateField(allow_null=True)


class EffectShape(serializers.Serializer[Any]):
    """What an event changes: standing before and after on the request's own day, and clock by clock."""

    on = serializers.DateField()
    changes_nothing = serializers.BooleanField()
    before = StandingThen()
    after = StandingThen()
    clocks = ChangeShape(many=True)
    warnings = EventWarningShape(many=True)


class RecordedShape(serializers.Serializer[Any]):
    event = serializers.CharField(help_text="Id of the event.")
    version = serializers.IntegerField(help_text="Of the request, after it.")
    effect = EffectShape(allow_null=True)


EXAMPLE = {
    "kind": "determined", "seen_version": 3, "dated_on": "2026-03-09", "received_on": "2026-03-11",
    "parts": ["A1"], "outcome": "denied", "text": "Denied under section 7(1)(d).",
}  # fmt: skip


class LedgerView(ApiView):
    """Base of the views of one request's ledger."""

    def editable(self, pid: str) -> RecordsRequest:
        rows = RecordsRequest.objects.visible_to(self.viewer).editable_by(self.viewer)
        found: RecordsRequest = self.found(rows.select_related("agency"), public_id=pid)
        return found

    def act(self, records_request: RecordsRequest, given: Mapping[str, Any]) -> dict[str, Any]:
        """Keyword arguments of `record_event` and `preview_event`."""
        asks = of_event(library().law(records_request.law_id).current, Kind(given["kind"]))
        asked = [ask for ask in asks if ask.fact not in FACTS]
        facts: dict[str, Any] = facts_given(asked, given.get(FIELD, {}))
        for name in FACTS:
            if given.get(name) is not None:
                facts[name] = given[name].isoformat() if name in DAYS else given[name]
        if "days" in facts:
            facts.setdefault("unit", "business_days")
        if given.get("reason_given"):
            facts["reason"] = "given"
        return {
            "viewer": self.viewer,
            "records_request": records_request,
            "actor": self.actor,
            "today": day_in(records_request.zone, self.now),
            "kind": given["kind"],
            "seen_version": given["seen_version"],
            "dated_on": given.get("dated_on"),
            "sent_on": given.get("sent_on"),
            "received_on": given.get("received_on"),
            "times": {name: given.get(name) for name in TIMES},
            "parts": tuple(given.get("parts", ())),
            "outcome": given.get("outcome"),
            "facts": facts,
            "text": given["text"],
            "note": given["note"],
            "amount": given.get("amount"),
            "tracking_number": given["tracking_number"],
        }

    def stale(self, refused: Refused, pid: str, given: Mapping[str, Any]) -> Refused:
        """Both versions: the one that was written from, and the one that stands, with what came in between."""
        if refused.code != "stale":
            return refused
        page = load(self.viewer, pid, now=self.now)
        assert page is not None, "who edits a request sees it"
        seen = given["seen_version"]
        return Conflict(
            refused,
            seen_version=seen,
            current_version=page.request.ledger_version,
            current={"since": [event_shown(line, ours=True) for line in page.lines[seen:]]},
        )


class EventsView(LedgerView):
    @operation("events", "The ledger of one request", answer=EventsShape)
    def get(self, pid: str) -> dict[str, Any]:
        """In the order of recording. What was taken back names the event that did it, where you may see both."""
        page = load(self.viewer, pid, now=self.now)
        if page is None:
            raise Http404
        page, inside = everything.of_request(self.viewer, page)
        if inside is not None:
            audit.read_everything(self.viewer, page.request, self.actor, self.now.date())
        shown: dict[str, Any] = {"items": [event_shown(line, ours=page.ours) for line in page.lines]}
        return shown | {"version": page.request.ledger_version} if page.ours else shown

    @operation(
        "event-record", "Record an event", body=EventGiven, answer=RecordedShape, status=201, example=EXAMPLE
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The dates are derived again, and the answer says what changed. 409 with both versions where somebody recorded
        something since `seen_version`."""
        records_request = self.editable(pid)
        try:
            recorded = correspondence.record_event(**self.act(records_request, given), once=self.once)
        except Refused as refused:
            raise self.stale(refused, pid, given) from None
        return recorded_shown(recorded, records_request)


class EventPreviewView(LedgerView):
    @operation(
        "event-preview",
        "What an event would change",
        body=EventGiven,
        answer=EffectShape,
        plain=True,
        example=EXAMPLE,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The same words as for recording. Nothing is written. With the `Idempotency-Key` that the recording will have,
        even the ids of what it opens are those of the recording."""
        records_request = self.editable(pid)
        try:
            return effect_shown(
                correspondence.preview_event(**self.act(records_request, given), once=self.once)
            )
        except Refused as refused:
            raise self.stale(refused, pid, given) from None


class RetractionView(LedgerView):
    @operation(
        "event-retract", "Take an event back", body=RetractionGiven, answer=RecordedShape, status=201,
        example={"seen_version": 4, "reason": "Recorded for the wrong request."},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str, uid: str) -> dict[str, Any]:
        """It stays in the ledger, struck through. A retraction may itself be taken back."""
        records_request = self.editable(pid)
        event: Event = self.found(
            Event.objects.visible_to(self.viewer).filter(request=records_request), uid=uid
        )
        try:
            recorded = correspondence.retract_event(
                viewer=self.viewer, records_request=records_request, event=event, reason=given["reason"],
                actor=self.actor, once=self.once, today=day_in(records_request.zone, self.now),
                seen_version=given["seen_version"],
            )  # fmt: skip
        except Refused as refused:
            raise self.stale(refused, pid, given) from None
        return recorded_shown(recorded, records_request)


def event_shown(line: Line, *, ours: bool) -> dict[str, Any]:
    event = line.event
    facts = event.facts or {}
    shown: dict[str, Any] = {
        "id": event.uid,
        "kind": event.kind,
        "on": line.on,
        "dated_on": event.dated_on,
        "sent_on": event.sent_on,
        "received_on": event.received_on,
        "dated_at": event.dated_at,
        "sent_at": event.sent_at,
        "received_at": event.received_at,
        "parts": list(event.parts),
        "outcome": event.outcome or None,
        "facts": facts if ours else {name: facts[name] for name in TOLD if name in facts},
        "recorded_at": event.recorded_at,
        "retracted_by": line.retracted_by.uid if line.retracted_by else None,
    }
    if line.text is not None:
        shown |= {"text": line.text, "amount": None if line.amount is None else f"{line.amount:.2f}"}
    if line.note is not None:
        shown |= {"note": line.note, "recorded_by": line.actor}
    return shown


def recorded_shown(recorded: Recorded, records_request: RecordsRequest) -> dict[str, Any]:
    return {
        "event": recorded.event.uid,
        "version": records_request.ledger_version,
        "effect": effect_shown(recorded.effect) if recorded.effect else None,
    }


def effect_shown(effect: Effect) -> dict[str, Any]:
    return {
        "on": effect.on,
        "changes_nothing": effect.changes_nothing,
        "before": _then(effect.before),
        "after": _then(effect.after),
        "clocks": [
            {
                "clock": change.key,
                "name": change.clock.name,
                "owner": change.clock.owner.value,
                "what": change.what,
                "old_due_on": change.old_due,
                "new_due_on": change.new_due,
                "earliest": change.clock.earliest,
                "latest": change.clock.latest,
            }
            for change in effect.clocks
        ],
        "warnings": [{"code": warned.code, "sentence": warned.sentence} for warned in effect.warnings],
    }


def _then(standing: Standing) -> dict[str, Any]:
    return {
        "stage": standing.stage.value,
        "outcome": standing.outcome.value if standing.outcome else None,
        "whose_move": standing.whose_move.value,
        "late": standing.late,
    }


urlpatterns = [
    path("requests/<slug:pid>/events/", EventsView.door(), name="api-events"),
    path("requests/<slug:pid>/events/preview/", EventPreviewView.door(), name="api-event-preview"),
    path("requests/<slug:pid>/events/<slug:uid>/retract/", RetractionView.door(), name="api-event-retract"),
]
