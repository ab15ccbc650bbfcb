"""The screen's words for what the clock says in its own: stages, moves, owners, outcomes, kinds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .event_specs import OUTCOME_WORDS, Words

STAGES: dict[str, Words] = {
    "sent": _("Sent"),
    "received": _("Received"),
    "acknowledged": _("Acknowledged"),
    "answered_in_part": _("Answered in part"),
    "answered": _("Answered"),
    "appeal_open": _("Appeal window open"),
    "appeal_pending": _("Appeal pending"),
    "appeal_decided": _("Appeal decided"),
    "review": _("Outside review"),
    "suit": _("In court"),
    "closed": _("Closed"),
}
MOVES: dict[str, Words] = {
    "agency": _("the agency’s move"),
    "requester": _("our move"),
    "reviewer": _("the reviewer’s move"),
    "court": _("the court’s move"),
    "third_party": _("a third party’s move"),
    "nobody": _("nobody’s move"),
}
OWNERS: dict[str, Words] = {
    "agency": _("Agency"),
    "requester": _("Ours"),
    "reviewer": _("Reviewer"),
    "court": _("Court"),
    "third_party": _("Third party"),
    "nobody": _("A wait"),
}
CONFIDENCE: dict[str, Words] = {
    "high": _("Confidence: high, two readings agree"),
    "medium": _("Confidence: medium"),
    "low": _("Confidence: low"),
}


def stage_words(stage: str) -> str:
    return str(STAGES[str(stage)])


def move_words(move: str) -> str:
    return str(MOVES[str(move)])


def owner_words(owner: str) -> str:
    return str(OWNERS[str(owner)])


def outcome_words(outcome: str | None) -> str:
    return str(OUTCOME_WORDS[str(outcome)]) if outcome else ""
