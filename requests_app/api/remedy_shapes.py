"""What remedies look like to programs: how they are shown, and what may be given."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from requests_app.actions.orders import OWES
from requests_app.actions.remedies import BASES, DECISIONS, LIMITS
from requests_app.clock.orders import THINGS
from requests_app.models import Remedy, RemedyCost
from requests_app.queries.remedies import RemediesPage, RemedyNow, Window

from .base import Given, Words
from .paging import PageAsked

KINDS = list(Remedy.Kind.values)
TEXT_MAX = 50_000


class RemedyWindowShape(serializers.Serializer[Any]):
    """A window of ours. state: open, locked, coming, closed, used or gone."""

    clock = serializers.CharField(help_text="Key of the clock.")
    name = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    body = serializers.CharField(help_text="Who hears it.")
    parts = serializers.ListField(child=serializers.CharField())
    opens_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text="The day to act by: the earlier reading.")
    latest = serializers.DateField(allow_null=True, help_text="The other reading.")
    days_left = serializers.IntegerField(allow_null=True)
    standard = serializers.CharField(help_text="The law’s words where it has no number.")
    citation = serializers.CharField()
    verified = serializers.BooleanField()
    needs = serializers.ListField(child=serializers.CharField(), help_text="What must come first.")
    ends = serializers.ListField(child=serializers.CharField(), help_text="What using it ends.")
    ended_by = serializers.ListField(child=serializers.CharField())
    does_not_stop = serializers.ListField(child=serializers.CharField())
    forums = serializers.ListField(child=serializers.CharField(), help_text="More than one: file with each.")


class SectionShape(serializers.Serializer[Any]):
    part = serializers.CharField(allow_blank=True)
    section = serializers.CharField()
    basis = serializers.CharField()


class OrderShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Of the event.")
    name = serializers.CharField()
    owner = serializers.CharField(help_text="agency, or requester: us.")
    due_on = serializers.DateField(allow_null=True)
    state = serializers.CharField()
    met_on = serializers.DateField(allow_null=True)
    citation = serializers.CharField()


class CostShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    what = serializers.CharField()
    amount = serializers.DecimalField(max_digits=10, decimal_places=2)
    on = serializers.DateField()
    taken_out = serializers.BooleanField()


class RemedyRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    request = serializers.CharField()
    kind = serializers.CharField()
    level = serializers.IntegerField()
    round = serializers.IntegerField()
    body = serializers.CharField()
    court = serializers.CharField()
    docket = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


class RemedyShape(RemedyRow):
    """stage: draft, filed, decided, remanded or dropped."""

    version = serializers.IntegerField(help_text="Send it back as seen_version.")
    request_version = serializers.IntegerField(help_text="Of the ledger, for the steps.")
    stage = serializers.CharField()
    judge = serializers.CharField()
    counsel = serializers.CharField()
    grounds = serializers.CharField()
    relief = serializers.CharField()
    subject = serializers.CharField()
    letter = serializers.CharField()
    letter_id = serializers.CharField(allow_null=True)
    notes = serializers.CharField()
    challenged = SectionShape(many=True)
    filed_on = serializers.DateField(allow_null=True)
    late_by = serializers.IntegerField(allow_null=True, help_text="Days after its window.")
    decided_on = serializers.DateField(allow_null=True)
    outcome = serializers.CharField(allow_null=True)
    answer_due_on = serializers.DateField(allow_null=True, help_text="Of whoever must decide.")
    orders = OrderShape(many=True)
    costs = CostShape(many=True)
    total = serializers.DecimalField(max_digits=12, decimal_places=2)


class RemediesShape(serializers.Serializer[Any]):
    windows = RemedyWindowShape(many=True)
    remedies = RemedyShape(many=True)


class StepShape(serializers.Serializer[Any]):
    remedy = RemedyShape()
    event = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())


class RemedyLetterShape(serializers.Serializer[Any]):
    letter = serializers.CharField(help_text="Its id among the letters.")


class RemedyAsked(PageAsked):
    kind = serializers.ChoiceField(KINDS, required=False)


class OpenGiven(Given):
    kind = serializers.ChoiceField(KINDS)
    clock = Words(
        required=False, allow_blank=True, default="", max_length=200, help_text="Key of its window."
    )
    parts = serializers.ListField(child=Words(max_length=12), required=False, max_length=200)
    body = Words(required=False, allow_blank=True, default="", max_length=LIMITS["body"])
    level = serializers.IntegerField(required=False, default=1, min_value=1, max_value=9)
    adopts = Words(
        required=False, allow_blank=True, default="", max_length=12, help_text="A filing already logged."
    )


class SectionGiven(Given):
    part = Words(required=False, allow_blank=True, default="", max_length=12)
    section = Words(max_length=300)
    basis = serializers.ChoiceField(BASES, required=False, default="records_law")


def _text(name: str) -> Words:
    return Words(required=False, allow_blank=True, max_length=LIMITS[name], trim_whitespace=False)


class WriteGiven(Given):
    seen_version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    level = serializers.IntegerField(required=False, min_value=1, max_value=9)
    parts = serializers.ListField(child=Words(max_length=12), required=False, max_length=200)
    challenged = SectionGiven(many=True, required=False)
    body, grounds, relief = _text("body"), _text("grounds"), _text("relief")
    subject, letter, notes = _text("subject"), _text("letter"), _text("notes")
    court, docket, judge, counsel = _text("court"), _text("docket"), _text("judge"), _text("counsel")


class StepGiven(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="Of the request.")


class FileGiven(StepGiven):
    sent_on = serializers.DateField()
    received_on = serializers.DateField(required=False, allow_null=True)
    note = Words(required=False, allow_blank=True, default="", max_length=5_000)


class DecideGiven(StepGiven):
    outcome = serializers.ChoiceField(DECISIONS)
    dated_on = serializers.DateField()
    sent_on = serializers.DateField(required=False, allow_null=True)
    received_on = serializers.DateField(required=False, allow_null=True)
    remanded = serializers.BooleanField(required=False, default=False, help_text="Round two begins.")
    text = Words(required=False, allow_blank=True, default="", max_length=TEXT_MAX)
    note = Words(required=False, allow_blank=True, default="", max_length=5_000)


class OrderGiven(StepGiven):
    what = serializers.ChoiceField(list(THINGS))
    owes = serializers.ChoiceField(list(OWES))
    due_on = serializers.DateField()
    dated_on = serializers.DateField(help_text="Of the order.")
    received_on = serializers.DateField(required=False, allow_null=True)
    entry = Words(required=False, allow_blank=True, default="", max_length=20, help_text="On the docket.")
    moves = Words(
        required=False, allow_blank=True, default="", max_length=12, help_text="Moves this order’s day."
    )
    text = Words(required=False, allow_blank=True, default="", max_length=TEXT_MAX)


class MeetGiven(StepGiven):
    sent_on = serializers.DateField()
    text = Words(required=False, allow_blank=True, default="", max_length=TEXT_MAX)


class CostGiven(Given):
    what = Words(max_length=200)
    amount = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=0)
    on = serializers.DateField()


def window_shown(window: Window) -> dict[str, Any]:
    clock = window.clock
    return {
        "clock": clock.key, "name": clock.name, "kind": window.kind.value, "state": window.state, "body": window.body,
        "parts": list(clock.parts), "opens_on": clock.opens_on, "due_on": clock.due_on, "latest": clock.latest,
        "days_left": window.days_left, "standard": clock.standard or "", "citation": clock.citation,
        "verified": clock.verified, "needs": list(window.needs), "ends": list(window.ends),
        "ended_by": list(window.ended_by), "does_not_stop": list(window.runs_on),
        "forums": [forum.body for forum in window.forums],
    }  # fmt: skip


def row_shown(remedy: Remedy) -> dict[str, Any]:
    return {
        "id": remedy.public_id, "request": remedy.request.public_id, "kind": remedy.kind, "level": remedy.level,
        "round": remedy.round, "body": remedy.body, "court": remedy.court, "docket": remedy.docket,
        "parts": list(remedy.parts), "created_at": remedy.created_at,
    }  # fmt: skip


def remedy_shown(found: RemediesPage, one: RemedyNow) -> dict[str, Any]:
    said, today = one.remedy, found.page.today
    said.request = found.page.request
    letter = one.letter
    return row_shown(said) | {
        "version": said.version, "request_version": found.page.request.ledger_version, "stage": one.stage,
        "judge": said.judge, "counsel": said.counsel, "grounds": said.grounds, "relief": said.relief,
        "subject": letter.subject if letter else said.subject, "letter": letter.body if letter else said.letter,
        "letter_id": said.letter_pid or None, "notes": said.notes,
        "challenged": [
            {"part": row.get("part", ""), "section": row["section"], "basis": row["basis"]} for row in said.challenged
        ],
        "filed_on": one.filed.on if one.filed else None, "late_by": one.late_by,
        "decided_on": one.decided.on if one.decided else None,
        "outcome": one.decided.event.outcome if one.decided else None,
        "answer_due_on": one.answer.due_on if one.answer else None,
        "orders": [
            {
                "id": order.line.event.uid, "name": order.clock.name, "owner": order.clock.owner.value,
                "due_on": order.clock.due_on, "state": order.clock.state(today).value, "met_on": order.clock.met_on,
                "citation": order.clock.citation,
            }
            for order in one.orders if order.clock is not None
        ],
        "costs": [cost_shown(cost) for cost in one.costs],
        "total": f"{one.total:.2f}",
    }  # fmt: skip


def cost_shown(cost: RemedyCost) -> dict[str, Any]:
    return {
        "id": cost.public_id, "what": cost.what, "amount": f"{cost.amount:.2f}", "on": cost.on,
        "taken_out": cost.taken_back_at is not None,
    }  # fmt: skip
