"""Appeals, reviews, notices and suits for programs: what is open, what was begun, and every step of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import path

from requests_app.actions import orders, remedy_costs, remedy_letters
from requests_app.actions import remedies as acting
from requests_app.actions.refusals import Refused
from requests_app.models import Remedy
from requests_app.queries.days import day_in
from requests_app.queries.remedies import RemediesPage, RemedyNow, load

from .base import ApiView, operation, page_of
from .events import EffectShape, effect_shown
from .paging import Place, Walked, paged, walk
from .problems import Conflict
from .remedy_shapes import (
    CostGiven,
    CostShape,
    DecideGiven,
    FileGiven,
    MeetGiven,
    OpenGiven,
    OrderGiven,
    RemediesShape,
    RemedyAsked,
    RemedyLetterShape,
    RemedyRow,
    RemedyShape,
    StepShape,
    WriteGiven,
    cost_shown,
    remedy_shown,
    row_shown,
    window_shown,
)

NEWEST = ("-created_at", "public_id")
ORDERED = ("what", "owes", "due_on", "dated_on", "received_on", "entry", "moves")


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
