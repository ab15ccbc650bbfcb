"""A clock of a request for programs: its day in both readings, and every step that led there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from requests_app.clock import codec, words
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock
from requests_app.clock.trail import Reading


class ClockShape(serializers.Serializer[Any]):
    """One clock on the request's own day. `due_on` is the day to act by: the earlier reading for the requester, the
    later for everybody else."""

    key = serializers.CharField()
    rule = serializers.CharField(help_text="Id of the rule in the law.")
    name = serializers.CharField()
    owner = serializers.CharField(help_text="Who must act: agency, requester, reviewer, court, third_party.")
    scope = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    state = serializers.CharField(
        help_text="not_open, running, paused, met, met_late, lapsed, superseded, not_needed, unknown."
    )
    opens_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    earliest = serializers.DateField(allow_null=True)
    latest = serializers.DateField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True, help_text="0 on the day, negative after it.")
    met_on = serializers.DateField(allow_null=True)
    paused_since = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    promised_on = serializers.DateField(allow_null=True)
    conditional = serializers.BooleanField(
        help_text="It opens only if the clock before it runs out unanswered."
    )
    standard = serializers.CharField(allow_null=True, help_text="The law's words where it has no number.")
    unknown = serializers.CharField(allow_null=True, help_text="Why there is no date.")
    law_ref = serializers.CharField()
    calendar_ref = serializers.CharField()
    citation = serializers.CharField()
    verified = serializers.BooleanField()
    confidence = serializers.CharField()
    doubts = serializers.ListField(child=serializers.CharField())
    extensions = serializers.ListField(
        child=serializers.DictField(), help_text="Claims of more time, with their verdicts."
    )
    paragraph = serializers.CharField(
        help_text="The steps as a paragraph for a letter; empty without steps."
    )
    trail = serializers.ListField(
        child=serializers.DictField(),
        help_text="The steps, in order, as /deadline/ tells them. None where one leans on an event you do not read.",
    )
    follow_up_on = serializers.DateField(
        allow_null=True, required=False, help_text="Ours alone: when we ask again."
    )
    override = serializers.DictField(
        required=False, help_text="Ours alone: a day set by hand, with the counted ones."
    )


def clock_shown(clock: Clock, on: dt.date, *, ours: bool) -> dict[str, Any]:
    stored = codec.to_json(clock)
    reading = Reading.early if clock.owner is Owner.requester else Reading.late
    shown: dict[str, Any] = {
        "key": clock.key,
        "rule": clock.rule_id,
        "name": clock.name,
        "owner": clock.owner.value,
        "scope": clock.scope,
        "parts": list(clock.parts),
        "state": clock.state(on).value,
        "opens_on": clock.opens_on,
        "due_on": clock.due_on,
        "earliest": clock.earliest,
        "latest": clock.latest,
        "days_left": clock.days_left(on),
        "met_on": clock.met_on,
        "paused_since": clock.paused_since,
        "ended_on": clock.ended_on,
        "promised_on": clock.promised_on,
        "conditional": clock.conditional,
        "standard": clock.standard,
        "unknown": clock.unknown,
        "law_ref": clock.law_ref,
        "calendar_ref": clock.calendar_ref,
        "citation": clock.citation,
        "verified": clock.verified,
        "confidence": clock.confidence.value,
        "doubts": list(clock.doubts),
        "extensions": stored.get("extensions", []),
        "paragraph": words.paragraph(clock.trail, reading),
        "trail": stored.get("trail", []),
    }
    if ours:
        shown["follow_up_on"] = clock.follow_up_on
        if clock.override is not None:
            shown["override"] = stored["override"]
    return shown
