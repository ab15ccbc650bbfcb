"""What the tests of letters share: the cast with an agency that has an address, and a draft."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from requests_app.actions import letter_queue, letters
from requests_app.models import AgencyContact, Letter, LetterSending
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from tests import builders

TODAY = dt.date(2026, 3, 10)
ADDRESS = "records@sangamon-bend.example"


def with_address(cast: builders.Cast, value: str = ADDRESS, **fields: Any) -> builders.Cast:
    told = {"purpose": "records", "channel": "email", "source": "test", **fields}
    AgencyContact.objects.create(agency=cast.agency, value=value, **told)
    return cast


def draft(cast: builders.Cast, **fields: Any) -> Letter:
    """A first letter of Edgar's to the agency of the cast."""
    given: dict[str, Any] = {
        "subject": "Request for records: plate readers", "body": "Dear records officer,\n\nPlease send the lists.",
        "public_title": "Plate readers", "law_id": "us-il", "parts": [("A1", "Contracts"), ("A2", "Lists")],
        "agency": cast.agency, "organisation": cast.harbor, "once": f"draft-{builders._numbers.__next__()}",
    }  # fmt: skip
    with viewing_as(cast.edgar) as viewer:
        return letters.compose(viewer=viewer, actor=cast.edgar, **{**given, **fields})


def queued(cast: builders.Cast, **fields: Any) -> Letter:
    made = draft(cast, **fields)
    with viewing_as(cast.edgar) as viewer:
        return letter_queue.queue(
            viewer=viewer, letter=made, actor=cast.edgar, now=timezone.now(), accepted=["asked_before"]
        )


def again(letter: Letter, cast: builders.Cast) -> Letter:
    """The row as it stands now."""
    with viewing_as(cast.edgar):
        return Letter.objects.select_related("request", "agency").get(pk=letter.pk)


def stage(letter: Letter, cast: builders.Cast) -> str:
    with viewing_as(cast.edgar):
        return Letter.objects.get(pk=letter.pk).stage


def sendings() -> dict[str, str]:
    with viewing(SCHEDULE):
        return {row.message_id: row.state for row in LetterSending.objects.order_by("pk")}
