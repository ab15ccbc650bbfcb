"""Newer readings of the law for programs: what is offered, which dates it would move, and an owner's decision."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import revisions as acts
from requests_app.actions.refusals import Refused
from requests_app.models import OfferedMove, RevisionOffer
from requests_app.queries import revisions as queries

from .base import ApiView, Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-created_at", "-public_id")
# Windows of ours first, as on the page.
MOVES = ("-ours", "request__public_id")
DECISIONS = OfferedMove.Decision


class LawChangeShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    organisation = serializers.CharField()
    law = serializers.CharField()
    revision = serializers.IntegerField(help_text="The publication that is offered.")
    state = serializers.CharField(help_text="counting, ready or applying.")
    created_at = serializers.DateTimeField()
    counted = serializers.IntegerField(help_text="Requests looked at so far.")
    total = serializers.IntegerField()
    moved = serializers.IntegerField(help_text="Requests with a date that it moves.")
    waiting = serializers.IntegerField(help_text="Of those, how many wait for a decision.")


class ReadingShape(serializers.Serializer[Any]):
    due = serializers.DateField(allow_null=True)
    earliest = serializers.DateField(allow_null=True)
    latest = serializers.DateField(allow_null=True)
    standard = serializers.CharField()
    unknown = serializers.CharField()


class MovedClockShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    owner = serializers.CharField()
    days = serializers.IntegerField(allow_null=True, help_text="Negative: earlier.")
    old = ReadingShape()
    new = ReadingShape()


class OfferedMoveShape(serializers.Serializer[Any]):
    request = serializers.CharField()
    title = serializers.CharField()
    agency = serializers.CharField()
    sample = serializers.BooleanField()
    from_revision = serializers.IntegerField()
    decision = serializers.ChoiceField(DECISIONS.values)
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    changes = MovedClockShape(many=True)


class MovesAsked(PageAsked):
    decision = serializers.ChoiceField(
        [*DECISIONS.values, "all"], required=False, help_text="waiting unless told."
    )
    ours = serializers.BooleanField(required=False, default=False, help_text="Only windows of ours.")


class LawDecisionGiven(Given):
    accept = serializers.BooleanField(help_text="false: the dates stay as they are.")
    requests = serializers.ListField(
        child=Words(max_length=12), required=False, max_length=500, help_text="Left out: all that wait."
    )


class LawDecidedShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField(help_text="How many were decided about.")
    law_change = LawChangeShape()


class OfferView(ApiView):
    def offer(self, pid: str) -> Any:
        return self.found(queries.offers(self.viewer), public_id=pid)


class LawChangesView(OfferView):
    @operation(
        "law-changes", "Newer readings of laws offered to you", asked=PageAsked, answer=page_of(LawChangeShape),
        signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first. Until an owner decides, the dates stand, and reminders keep to the earlier of the two."""
        rows = queries.offers(self.viewer)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, offer_shown)


class LawChangeView(OfferView):
    @operation("law-change", "One newer reading of a law", answer=LawChangeShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """With how many requests it moves."""
        return offer_shown(self.offer(pid))


class LawMovesView(OfferView):
    @operation("law-change-moves", "The dates it would move", asked=MovesAsked, answer=page_of(OfferedMoveShape),
               signed_in=True)  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Request by request, windows of ours first."""
        decision = "" if asked.get("decision") == DECISIONS.WAITING else asked.get("decision", "")
        rows = queries.moves(self.offer(pid), decision=decision, ours=asked["ours"])

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, MOVES, place, limit)

        def of(row: OfferedMove, name: str) -> Any:
            return row.request.public_id if name == "request__public_id" else getattr(row, name)

        return paged(self.request, asked, MOVES, read, move_shown, of=of)


class LawDecisionView(OfferView):
    @operation(
        "law-change-decide", "Apply a newer reading, or leave the dates", body=LawDecisionGiven, answer=LawDecidedShape,
        example={"accept": True, "requests": ["7h3kq2m9x4ap"]},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """For some requests that wait, or for all. Owners, by session: a token never decides."""
        offer: RevisionOffer = self.offer(pid)
        if self.viewer.kind == "token":
            raise Refused("people_only", "A token never decides about a reading of the law.", status=403)
        done = acts.decide(
            viewer=self.viewer, offer=offer, actor=self.actor, accept=given["accept"],
            requests=given.get("requests"), now=self.now,
        )  # fmt: skip
        return {"requests": done.requests, "law_change": offer_shown(self.offer(pid))}


def offer_shown(offer: Any) -> dict[str, Any]:
    return {
        "id": offer.public_id,
        "organisation": offer.organisation.public_id,
        "law": offer.law_id,
        "revision": offer.revision,
        "state": offer.state,
        "created_at": offer.created_at,
        "counted": offer.counted,
        "total": offer.total,
        "moved": offer.moved,
        "waiting": offer.waiting,
    }


def move_shown(row: OfferedMove) -> dict[str, Any]:
    move = queries.read(row)
    return {
        "request": move.public_id,
        "title": move.title,
        "agency": move.agency,
        "sample": move.is_sample,
        "from_revision": move.from_revision,
        "decision": move.decision,
        "decided_by": move.decided_by,
        "decided_at": move.decided_at,
        "changes": [
            {
                "name": change.name,
                "parts": list(change.parts),
                "owner": change.owner,
                "days": change.days,
                "old": dates_shown(change.old),
                "new": dates_shown(change.new),
            }
            for change in move.changes
        ],
    }


def dates_shown(dates: queries.Dates) -> dict[str, Any]:
    return {
        "due": dates.due,
        "earliest": dates.earliest,
        "latest": dates.latest,
        "standard": dates.standard,
        "unknown": dates.unknown,
    }


urlpatterns = [
    path("law-changes/", LawChangesView.door(), name="api-law-changes"),
    path("law-changes/<slug:pid>/", LawChangeView.door(), name="api-law-change"),
    path("law-changes/<slug:pid>/moves/", LawMovesView.door(), name="api-law-change-moves"),
    path("law-changes/<slug:pid>/decision/", LawDecisionView.door(), name="api-law-change-decision"),
]
