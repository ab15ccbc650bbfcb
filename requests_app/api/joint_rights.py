"""Rights to do for programs: read by the organization's own people, given and taken back by owners, by session."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import joint_rights as acts
from requests_app.models import JointRight
from requests_app.queries import joint_rights as queries
from requests_app.queries import share_board
from requests_app.queries.share_board import Subject

from .base import Answer, Given, Words, operation
from .share_board import BoardView

KINDS = [*JointRight.Kind.values, *acts.NEVER]


class RightShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField(help_text="Of the partner, as partners read it; of a guest, the address.")
    right = serializers.ChoiceField(JointRight.Kind.values)
    counts = serializers.BooleanField(help_text="False while nothing is shared with them here.")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    granted_by = serializers.CharField()
    reason = serializers.CharField()


class RightsShape(serializers.Serializer[Any]):
    items = RightShape(many=True)


class RightGiven(Given):
    grantee = Words(max_length=60, help_text="As the share board names it: a partner or a guest.")
    right = serializers.ChoiceField(KINDS)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)
    reason = Words(max_length=acts.REASON_MAX, required=False, allow_blank=True, default="")


EXAMPLE = {"grantee": "o-7h3kq2m9x4ap", "right": "comment", "until": None, "reason": "They know the file"}


class RightsView(BoardView):
    def told(self, subject: Subject) -> Answer:
        lines = share_board.load(self.viewer, subject, now=self.now).lines
        return {"items": [_shown(one) for one in queries.standing(self.viewer, subject, lines, now=self.now)]}


class CampaignRightsView(RightsView):
    @operation("campaign-rights", "Who may do what with a campaign", answer=RightsShape, signed_in=True)
    def get(self, pid: str) -> Answer:
        """Rights that stand; a right lets nobody see."""
        return self.told(self.subject(pid))

    @operation(
        "campaign-right-give", "Let a partner or a guest do something", body=RightGiven, answer=RightsShape,
        status=201, example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Owners, after a fresh proof. It covers the campaign's requests, too, but those held back."""
        return _give(self, given, pid)


class RequestRightsView(RightsView):
    kind = "request"

    @operation("request-rights", "Who may do what with a request", answer=RightsShape, signed_in=True)
    def get(self, pid: str) -> Answer:
        """Rights of its own that stand; those of its campaign are listed there."""
        return self.told(self.subject(pid))

    @operation(
        "request-right-give", "Let a partner or a guest do something", body=RightGiven, answer=RightsShape,
        status=201, example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Owners, after a fresh proof."""
        return _give(self, given, pid)


class CampaignRightView(RightsView):
    @operation("campaign-right-end", "Take a right back", answer=RightsShape)
    def delete(self, pid: str, key: str) -> Answer:
        """What was done by it stands."""
        return _end(self, pid, key)


class RequestRightView(RightsView):
    kind = "request"

    @operation("request-right-end", "Take a right back", answer=RightsShape)
    def delete(self, pid: str, key: str) -> Answer:
        """What was done by it stands."""
        return _end(self, pid, key)


def _give(view: RightsView, given: dict[str, Any], pid: str) -> Answer:
    subject = view.subject(pid, acting=True)
    acts.grant_right(
        viewer=view.viewer, subject=subject, grantee=given["grantee"], kind=given["right"], actor=view.actor,
        now=view.now, until=given["until"], reason=given["reason"],
    )  # fmt: skip
    return view.told(subject)


def _end(view: RightsView, pid: str, key: str) -> Answer:
    subject = view.subject(pid, acting=True)
    rows = JointRight.objects.visible_to(view.viewer).filter(
        queries.of(subject), organisation=subject.organisation_id
    )
    acts.revoke_right(viewer=view.viewer, right=view.found(rows, public_id=key), actor=view.actor)
    return view.told(subject)


def _shown(held: queries.Held) -> Answer:
    right, note = held.right, getattr(held.right, "note", None)
    return {
        "id": right.public_id,
        "name": held.name,
        "right": right.kind,
        "counts": not held.idle,
        "since": right.from_at,
        "until": right.until_at,
        "granted_by": str(note.granted_by or "") if note else "",
        "reason": note.reason if note else "",
    }


_VIEWS: dict[str, tuple[type[RightsView], type[RightsView]]] = {
    "campaign": (CampaignRightsView, CampaignRightView),
    "request": (RequestRightsView, RequestRightView),
}
urlpatterns = [
    made
    for kind, (all_of_them, one) in _VIEWS.items()
    for made in (
        path(f"{kind}s/<slug:pid>/rights/", all_of_them.door(), name=f"api-{kind}-rights"),
        path(f"{kind}s/<slug:pid>/rights/<slug:key>/", one.door(), name=f"api-{kind}-right"),
    )
]
