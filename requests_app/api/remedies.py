"""Appeals, reviews, notices and suits for programs: what is open, what was begun, and every step of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import orders, remedy_costs, remedy_letters
from requests_app.actions import remedies as acting
from requests_app.actions.refusals import Refused
from requests_app.actions.remedies import BASES, DECISIONS, LIMITS
from requests_app.clock.orders import THINGS
from requests_app.models import Remedy, RemedyCost
from requests_app.queries.days import day_in
from requests_app.queries.remedies import RemediesPage, RemedyNow, Window, load

from .base import ApiView, Given, Words, operation, page_of
from .events import EffectShape, effect_shown
from .paging import PageAsked, Place, Walked, paged, walk
from .problems import Conflict

KINDS = list(Remedy.Kind.values)
NEWEST = ("-created_at", "public_id")
TEXT_MAX = 50_000
ORDERED = ("what", "owes", "due_on", "dated_on", "received_on", "entry", "moves")


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
    owes = serializers.ChoiceField(list(orders.OWES))
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


class RemedyBase(ApiView):
    """Ours alone: no share reaches a remedy, whatever it shows of the request."""

    def page(self, pid: str) -> RemediesPage:
        found = load(self.viewer, pid, now=self.now)
        if found is None:
            raise Http404
        return found

    def of(self, pid: str) -> tuple[RemediesPage, RemedyNow]:
        row = self.found(Remedy.objects.visible_to(self.viewer).select_related("request"), public_id=pid)
        found = self.page(row.request.public_id)
        one = found.remedy(pid)
        if one is None:
            raise Http404
        return found, one

    def editable(self, pid: str) -> tuple[RemediesPage, RemedyNow]:
        found, one = self.of(pid)
        if not found.page.may_edit:
            raise Http404
        return found, one

    def step(
        self, found: RemediesPage, one: RemedyNow, given: Mapping[str, Any], *names: str
    ) -> dict[str, Any]:
        said = {name: given[name] for name in names if name in given}
        today = day_in(found.page.request.zone, self.now)
        return said | {
            "viewer": self.viewer, "remedy": one.remedy, "once": self.once, "today": today,
            "seen_version": given["seen_version"],
        }  # fmt: skip

    def done(self, pid: str, filed: acting.Filed) -> dict[str, Any]:
        found, one = self.of(pid)
        return {
            "remedy": remedy_shown(found, one), "event": filed.recorded.event.uid, "warnings": list(filed.warnings),
        }  # fmt: skip


class RequestRemediesView(RemedyBase):
    @operation(
        "request-remedies", "Windows and remedies of one request", answer=RemediesShape, signed_in=True
    )
    def get(self, pid: str) -> dict[str, Any]:
        """Windows of ours for appeal, review, notice and suit, the soonest first, and what was begun."""
        found = self.page(pid)
        return {
            "windows": [window_shown(window) for window in found.windows],
            "remedies": [remedy_shown(found, one) for one in found.remedies],
        }

    @operation("remedy-open", "Begin an appeal, a review, a notice or a suit", body=OpenGiven, answer=RemedyShape,
               status=201, example={"kind": "review", "clock": "review-by|event:k3v9…|r1"})  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """A page with a letter drafted from ledger and law. Nothing is filed by it."""
        found = self.page(pid)
        made = acting.open_remedy(
            viewer=self.viewer, records_request=found.page.request, kind=given["kind"], actor=self.actor,
            once=self.once, now=self.now, clock_key=given["clock"], parts=tuple(given.get("parts", ())),
            body=given["body"], level=given["level"], adopts=given["adopts"],
        )  # fmt: skip
        return remedy_shown(*self.of(made.public_id))


class RemediesView(RemedyBase):
    @operation("remedies", "Everything your organizations began", asked=RemedyAsked, answer=page_of(RemedyRow),
               signed_in=True)  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first. What was put aside is left out."""
        rows = Remedy.objects.visible_to(self.viewer).filter(dropped_at=None).select_related("request")
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, row_shown)


class RemedyView(RemedyBase):
    @operation("remedy", "One appeal, review, notice or suit", answer=RemedyShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """With its orders and costs."""
        return remedy_shown(*self.of(pid))

    @operation(
        "remedy-write",
        "Change what is written about it",
        body=WriteGiven,
        example={"seen_version": 1, "grounds": "The section does not reach contracts."},
        answer=RemedyShape,
    )
    def patch(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Only the fields that are sent. 409 where somebody saved since `seen_version`."""
        _found, one = self.editable(pid)
        changes = {name: value for name, value in given.items() if name != "seen_version"}
        try:
            acting.save_remedy(
                viewer=self.viewer, remedy=one.remedy, seen_version=given["seen_version"], changes=changes
            )
        except Refused as refused:
            if refused.code != "stale":
                raise
            raise Conflict(
                refused, seen_version=given["seen_version"], current_version=one.remedy.version,
                current=remedy_shown(*self.of(pid)),
            ) from None  # fmt: skip
        return remedy_shown(*self.of(pid))

    @operation("remedy-drop", "Put a draft aside", answer=RemedyShape)
    def delete(self, pid: str) -> dict[str, Any]:
        """It stays on record as put aside. 409 once it was filed."""
        _found, one = self.editable(pid)
        acting.drop_remedy(viewer=self.viewer, remedy=one.remedy, actor=self.actor)
        return remedy_shown(*self.of(pid))


class RemedyLetterView(RemedyBase):
    @operation("remedy-letter", "Make a letter of it", answer=RemedyLetterShape, status=201)
    def post(self, pid: str) -> dict[str, Any]:
        """To be sent or printed. Once it has gone out, the filing is recorded by itself."""
        _found, one = self.editable(pid)
        made = remedy_letters.hand_over(viewer=self.viewer, remedy=one.remedy, actor=self.actor, now=self.now)
        return {"letter": made.public_id}


class RemedyFileView(RemedyBase):
    @operation(
        "remedy-file",
        "Record that it was filed",
        body=FileGiven,
        example={"sent_on": "2026-03-12", "seen_version": 3},
        answer=StepShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Starts the time of whoever must decide. A late one is recorded as late, with a warning."""
        act = self.step(*self.editable(pid), given, "sent_on", "received_on", "note")
        return self.done(pid, acting.file_remedy(**act, actor=self.actor, now=self.now))


class RemedyFilePreviewView(RemedyBase):
    @operation(
        "remedy-file-preview",
        "What filing would change",
        body=FileGiven,
        example={"sent_on": "2026-03-12", "seen_version": 3},
        answer=EffectShape,
        plain=True,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The same words as for filing. Nothing is written."""
        act = self.step(*self.editable(pid), given, "sent_on", "received_on")
        return effect_shown(acting.preview_filing(**act, now=self.now))


class RemedyDecideView(RemedyBase):
    @operation(
        "remedy-decide",
        "Record the decision",
        body=DecideGiven,
        example={"outcome": "reversed", "dated_on": "2026-04-20", "seen_version": 4},
        answer=StepShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """With `remanded` round two begins."""
        names = ("outcome", "dated_on", "sent_on", "received_on", "remanded", "text", "note")
        act = self.step(*self.editable(pid), given, *names)
        return self.done(pid, acting.decide_remedy(**act, actor=self.actor))


class RemedyOrderView(RemedyBase):
    @operation(
        "remedy-order",
        "A date that a court set",
        body=OrderGiven,
        example={
            "what": "production",
            "owes": "agency",
            "due_on": "2026-06-01",
            "dated_on": "2026-05-04",
            "seen_version": 4,
        },
        answer=StepShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """A clock with reminders; with `moves` the day of an earlier order moves."""
        act = self.step(*self.editable(pid), given, *ORDERED, "text")
        return self.done(pid, orders.record_order(**act, actor=self.actor))


class RemedyOrderMetView(RemedyBase):
    @operation(
        "remedy-order-met",
        "Done as ordered",
        body=MeetGiven,
        example={"sent_on": "2026-05-29", "seen_version": 5},
        answer=StepShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str, uid: str) -> dict[str, Any]:
        """The order by the id of its event."""
        act = self.step(*self.editable(pid), given, "sent_on", "text")
        return self.done(pid, orders.meet_order(**act, order=uid, actor=self.actor))


class RemedyCostsView(RemedyBase):
    @operation(
        "remedy-cost",
        "Add a cost",
        body=CostGiven,
        example={"what": "Filing fee", "amount": "402.00", "on": "2026-05-02"},
        answer=CostShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """One line of what was spent."""
        _found, one = self.editable(pid)
        return cost_shown(
            remedy_costs.add_cost(viewer=self.viewer, remedy=one.remedy, once=self.once, **given)
        )


class RemedyCostView(RemedyBase):
    @operation("remedy-cost-back", "Take a cost out of the sum", answer=CostShape)
    def delete(self, pid: str, cost: str) -> dict[str, Any]:
        """It stays, struck through."""
        _found, one = self.editable(pid)
        return cost_shown(
            remedy_costs.take_back_cost(
                viewer=self.viewer, remedy=one.remedy, public_id=cost, actor=self.actor
            )
        )


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


urlpatterns = [
    path("requests/<slug:pid>/remedies/", RequestRemediesView.door(), name="api-request-remedies"),
    path("remedies/", RemediesView.door(), name="api-remedies"),
    path("remedies/<slug:pid>/", RemedyView.door(), name="api-remedy"),
    path("remedies/<slug:pid>/letter/", RemedyLetterView.door(), name="api-remedy-letter"),
    path("remedies/<slug:pid>/file/", RemedyFileView.door(), name="api-remedy-file"),
    path("remedies/<slug:pid>/file/preview/", RemedyFilePreviewView.door(), name="api-remedy-file-preview"),
    path("remedies/<slug:pid>/decide/", RemedyDecideView.door(), name="api-remedy-decide"),
    path("remedies/<slug:pid>/orders/", RemedyOrderView.door(), name="api-remedy-order"),
    path(
        "remedies/<slug:pid>/orders/<slug:uid>/done/", RemedyOrderMetView.door(), name="api-remedy-order-met"
    ),
    path("remedies/<slug:pid>/costs/", RemedyCostsView.door(), name="api-remedy-costs"),
    path("remedies/<slug:pid>/costs/<slug:cost>/", RemedyCostView.door(), name="api-remedy-cost"),
]
