"""A page of somebody's inbox. What a line is about is read with it: what may not be seen any more says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from requests_app.models import (
    Absence,
    InboxItem,
    NoteMention,
    Person,
    Proposal,
    Publication,
    PublicReport,
    RecordsRequest,
    Reminder,
    ReminderAnswer,
    RevisionOffer,
    Webhook,
)
from requests_app.models.visibility import Viewer

from . import proposals
from .proposals import Shown as Proposed

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """request, about: None where they are gone, or no longer the reader's to see."""

    item: InboxItem
    request: RecordsRequest | None
    about: (
        Reminder | NoteMention | RevisionOffer | ReminderAnswer | Absence | Webhook | Publication | PublicReport
        | Proposed | None
    )  # fmt: skip

    @property
    def origin(self) -> str:
        return str(self.item.source).partition(":")[0].partition("|")[0]


def items(
    viewer: Viewer, person: Person, organisation_id: int, *, kind: str = "", unread: bool = False
) -> Any:
    rows = InboxItem.objects.of(viewer, person).filter(organisation=organisation_id)
    if kind:
        rows = rows.filter(kind=kind)
    if unread:
        rows = rows.filter(read_at=None)
    return rows.order_by("-pk")


def lines(viewer: Viewer, rows: Sequence[InboxItem]) -> list[Line]:
    """In a fixed number of queries, whatever the number of lines."""
    requests = _by_id(
        RecordsRequest.objects.of_organisation(viewer).select_related("agency"),
        (one.request_id for one in rows),
    )
    reminders = _by_id(
        Reminder.objects.visible_to(viewer).select_related("deadline"), (one.reminder_id for one in rows)
    )
    named: dict[str, dict[int, Any]] = {
        "mention": _by_id(
            NoteMention.objects.visible_to(viewer).select_related("note__author"), _ids(rows, "mention")
        ),
        "offer": _by_id(RevisionOffer.objects.visible_to(viewer), _ids(rows, "offer")),
        "handed": _by_id(
            ReminderAnswer.objects.visible_to(viewer).select_related("person"), _ids(rows, "handed")
        ),
        "absence": _by_id(
            Absence.objects.visible_to(viewer).select_related("person", "cover"), _ids(rows, "absence")
        ),
        "publication": _by_id(
            Publication.objects.visible_to(viewer).select_related("request", "campaign"), _ids(rows, "publication")
        ),
        "report": _by_id(PublicReport.objects.visible_to(viewer), _ids(rows, "report")),
        "proposal": _proposals(viewer, _ids(rows, "proposal")),
        # Owners alone read of webhooks; whoever was one reads no more of them.
        "webhook": _by_id(
            Webhook.objects.visible_to(viewer).filter(organisation__in=viewer.owned), _ids(rows, "webhook")
        ),
    }
    found = []
    for one in rows:
        origin, number = _named(one)
        about = reminders.get(one.reminder_id or 0)
        if origin in named and number.isdigit():
            about = named[origin].get(int(number))
        found.append(Line(one, requests.get(one.request_id or 0), about))
    return found


def _proposals(viewer: Viewer, ids: list[int]) -> dict[int, Any]:
    rows = Proposal.objects.visible_to(viewer).filter(pk__in=ids) if ids else ()
    return {one.row.pk: one for one in proposals.shown(viewer, rows)}


def _ids(rows: Sequence[InboxItem], origin: str) -> list[int]:
    split = (_named(one) for one in rows)
    return [int(number) for name, number in split if name == origin and number.isdigit()]


def _named(item: InboxItem) -> tuple[str, str]:
    """What a line comes from: its sort, and its number where it has one."""
    origin, _colon, rest = item.source.partition(":")
    return origin, rest.partition(":")[0]


def _by_id(rows: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {one for one in ids if one}
    return rows.in_bulk(wanted) if wanted else {}
