"""The share board of a campaign or a request for programs: read by its own people, changed by owners, by session."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import share_board as acts
from requests_app.actions.guest_mail import NAME_MAX
from requests_app.models import Share, Tier
from requests_app.models.invitations import MailState
from requests_app.queries import share_board as queries
from requests_app.queries.share_board import LEVELS, Level, Line, Subject

from .base import Answer, ApiView, Given, Words, operation
from .owners import must_be_fresh

CODES = ["nothing", *(code for code in LEVELS if code)]
KINDS = {
    Share.Grantee.PUBLIC: "public", Share.Grantee.COALITION: "coalition",
    Share.Grantee.ORGANISATION: "partner", Share.Grantee.PERSON: "guest", Share.Grantee.GUEST: "guest",
}  # fmt: skip
TIERS = {Tier.OBSERVER: "observer", Tier.MEMBER: "member", Tier.STEERING: "steering"}


class ShareRow(serializers.Serializer[Any]):
    """Somebody it is, or could be, shared with. `given` by the grant of this row, `sees` by all of them together."""

    grantee = serializers.CharField()
    kind = serializers.ChoiceField(sorted(set(KINDS.values())))
    name = serializers.CharField(help_text="Empty for the public.")
    tier = serializers.ChoiceField(list(TIERS.values()), allow_null=True, help_text="It and those above.")
    given = serializers.ChoiceField(CODES)
    sees = serializers.ChoiceField(CODES)
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    granted_by = serializers.CharField()
    reason = serializers.CharField()
    mail = serializers.ChoiceField(
        MailState.values, allow_null=True, help_text="How the mail to a guest fares; owners read it."
    )


class SharesShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField()
    held_back = serializers.IntegerField()
    seen = serializers.CharField(
        help_text="Send it with a change: it is then refused if others changed it first."
    )
    items = ShareRow(many=True)


class ShareChangeShape(serializers.Serializer[Any]):
    grantee = serializers.CharField()
    given = serializers.ChoiceField(CODES)
    then_given = serializers.ChoiceField(CODES)
    sees = serializers.ChoiceField(CODES)
    then_sees = serializers.ChoiceField(CODES)
    until = serializers.DateTimeField(allow_null=True)


class ShareChangesShape(serializers.Serializer[Any]):
    seen = serializers.CharField()
    changes = ShareChangeShape(many=True)


class ShareWishGiven(Given):
    grantee = Words(max_length=60)
    level = serializers.ChoiceField(CODES)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class SharesGiven(Given):
    changes = ShareWishGiven(many=True, max_length=acts.MOST)  # type: ignore[call-arg]
    reason = Words(max_length=acts.REASON_MAX, required=False, allow_blank=True, default="")
    seen = Words(max_length=40, required=False, allow_blank=True, default="")


class GuestGiven(Given):
    email = Words(max_length=254)
    level = serializers.ChoiceField([code for code in CODES if code != "nothing"])
    until = serializers.DateTimeField()
    shown_as = Words(
        max_length=NAME_MAX,
        required=False,
        allow_blank=True,
        default="",
        help_text="Your organization, as the guest reads it.",
    )
    reason = Words(max_length=acts.REASON_MAX, required=False, allow_blank=True, default="")


EXAMPLE = {
    "changes": [{"grantee": "o-7h3kq2m9x4ap", "level": "status", "until": None}],
    "reason": "Joint release",
}


class BoardView(ApiView):
    kind = "campaign"

    def subject(self, pid: str, *, acting: bool = False) -> Subject:
        found = queries.subject_of(self.viewer, self.kind, pid)
        if found is None:
            raise Http404
        if acting and self.viewer.may_own(found.organisation_id):
            must_be_fresh(self)
        return found

    def shown(self, subject: Subject) -> Answer:
        found = queries.load(self.viewer, subject, now=self.now)
        return {
            "requests": found.requests,
            "held_back": found.held_total,
            "seen": found.seen,
            "items": [_row(line) for line in found.lines],
        }


class CampaignSharesView(BoardView):
    @operation("campaign-shares", "Who sees a campaign of yours", answer=SharesShape, signed_in=True)
    def get(self, pid: str) -> Answer:
        """Everybody it is or could be shared with."""
        return self.shown(self.subject(pid))

    @operation(
        "campaign-shares-change",
        "Change who sees a campaign",
        body=SharesGiven,
        answer=SharesShape,
        example=EXAMPLE,
    )
    def put(self, given: dict[str, Any], pid: str) -> Answer:
        """All of it or nothing. Owners, after a fresh proof. `nothing` ends a share; who is not named stays as is."""
        return _settle(self, given, pid)


class RequestSharesView(BoardView):
    kind = "request"

    @operation("request-shares", "Who sees a request of yours", answer=SharesShape, signed_in=True)
    def get(self, pid: str) -> Answer:
        """Everybody it is or could be shared with; `sees` counts what comes through its campaign, too."""
        return self.shown(self.subject(pid))

    @operation(
        "request-shares-change",
        "Change who sees a request",
        body=SharesGiven,
        answer=SharesShape,
        example=EXAMPLE,
    )
    def put(self, given: dict[str, Any], pid: str) -> Answer:
        """All of it or nothing. Owners, after a fresh proof. `nothing` ends a share; who is not named stays as is."""
        return _settle(self, given, pid)


class CampaignPreviewView(BoardView):
    @operation(
        "campaign-shares-preview", "What a change of shares would show to whom", body=SharesGiven,
        answer=ShareChangesShape, plain=True, example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Nothing is written."""
        return _preview(self, given, pid)


class RequestPreviewView(BoardView):
    kind = "request"

    @operation(
        "request-shares-preview", "What a change of shares would show to whom", body=SharesGiven,
        answer=ShareChangesShape, plain=True, example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Nothing is written."""
        return _preview(self, given, pid)


class CampaignGuestView(BoardView):
    @operation(
        "campaign-shares-guest",
        "Share a campaign with a guest",
        body=GuestGiven,
        answer=SharesShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """It reaches whoever has confirmed that address, for at most 90 days. One mail goes there, without a title."""
        return _guest(self, given, pid)


class RequestGuestView(BoardView):
    kind = "request"

    @operation(
        "request-shares-guest",
        "Share a request with a guest",
        body=GuestGiven,
        answer=SharesShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """It reaches whoever has confirmed that address, for at most 90 days. One mail goes there, without a title."""
        return _guest(self, given, pid)


def _settle(view: BoardView, given: dict[str, Any], pid: str) -> Answer:
    subject = view.subject(pid, acting=True)
    acts.settle(
        viewer=view.viewer, subject=subject, wishes=_wishes(given), actor=view.actor, now=view.now,
        reason=given["reason"], seen=given["seen"],
    )  # fmt: skip
    return view.shown(subject)


def _preview(view: BoardView, given: dict[str, Any], pid: str) -> Answer:
    told = acts.preview(viewer=view.viewer, subject=view.subject(pid), wishes=_wishes(given), now=view.now)
    return {
        "seen": told.seen,
        "changes": [
            {
                "grantee": change.grantee.key,
                "given": _code(change.given),
                "then_given": _code(change.then_given),
                "sees": _code(change.sees),
                "then_sees": _code(change.then_sees),
                "until": change.then_until,
            }
            for change in told.changes
        ],
    }


def _guest(view: BoardView, given: dict[str, Any], pid: str) -> Answer:
    subject = view.subject(pid, acting=True)
    words = given | {"level": LEVELS[given["level"]]}
    acts.share_with_guest(viewer=view.viewer, subject=subject, actor=view.actor, now=view.now, **words)
    return view.shown(subject)


def _wishes(given: dict[str, Any]) -> list[acts.Wish]:
    return [
        acts.Wish(one["grantee"], LEVELS["" if one["level"] == "nothing" else one["level"]], one["until"])
        for one in given["changes"]
    ]


def _code(level: Level) -> str:
    return level.code or "nothing"


def _row(line: Line) -> Answer:
    one, share, note = line.grantee, line.share, getattr(line.share, "note", None)
    mail = getattr(share, "guest_mail", None)
    return {
        "grantee": one.key,
        "kind": KINDS[Share.Grantee(one.kind)],
        "name": one.name,
        "tier": TIERS[Tier(one.tier)] if one.tier else None,
        "given": _code(line.given),
        "sees": _code(line.sees),
        "since": share.from_at if share else None,
        "until": line.until,
        "granted_by": str(note.granted_by or "") if note else "",
        "reason": note.reason if note else "",
        "mail": mail.mail_state if mail else None,
    }


_VIEWS: dict[str, tuple[type[BoardView], type[BoardView], type[BoardView]]] = {
    "campaign": (CampaignSharesView, CampaignPreviewView, CampaignGuestView),
    "request": (RequestSharesView, RequestPreviewView, RequestGuestView),
}
urlpatterns = [
    made
    for kind, (whole, preview, guest) in _VIEWS.items()
    for made in (
        path(f"{kind}s/<slug:pid>/shares/", whole.door(), name=f"api-{kind}-shares"),
        path(f"{kind}s/<slug:pid>/shares/preview/", preview.door(), name=f"api-{kind}-shares-preview"),
        path(f"{kind}s/<slug:pid>/shares/guests/", guest.door(), name=f"api-{kind}-shares-guest"),
    )
]
