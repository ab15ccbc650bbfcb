"""What is shown, over the other levels, to whom all of a request or a campaign is shared: words that were written for
our own people. Nothing privileged: no share reaches that."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from requests_app.models import (
    Campaign,
    CampaignPrivate,
    EventNote,
    Letter,
    RecordsRequest,
    RequestNote,
    RequestPrivate,
)
from requests_app.models.visibility import Level, Viewer

from .masking import Identity, Outside, identities_of, masked
from .request_page import RequestPage

READERS = ("person", "token", "as-if")
PAGE = 20


@dataclass(frozen=True, slots=True)
class Inside:
    """Of a request. Whoever asked is blotted out of it as of everything else; who works on it is named, unless that
    is a protected identity. drafts, notes_written: how many there are to read."""

    working_title: str
    notes: str
    assignee: str
    backup: str
    drafts: int
    notes_written: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that has not gone out. by: who changed it last."""

    public_id: str
    kind: str
    state: str
    subject: str
    body: str
    by: str
    edited_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Note:
    public_id: str
    text: str
    by: str
    written_at: dt.datetime
    edited_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Strategy:
    """Of a campaign. lead: who leads it, unless that is a protected identity."""

    working_title: str
    strategy: str
    lead: str


def of_request(viewer: Viewer, page: RequestPage) -> tuple[RequestPage, Inside | None]:
    """The page with the notes beside its events, and what stands beside it; as it was where less is shared, or where
    it is the reader's own. One query, five where all of it is shared; none for the public."""
    found = page.request
    if page.ours or viewer.kind not in READERS:
        return page, None
    rows = RequestPrivate.objects.visible_to(viewer).filter(pk=found.pk).select_related("assignee", "backup")
    private = rows.first()
    if private is None:
        return page, None
    who = identities_of([found.pk])[found.pk]
    rows = EventNote.objects.visible_to(viewer).filter(request=found.pk).select_related("actor")
    by_event = {note.event_id: note for note in rows}
    lines = tuple(
        dataclasses.replace(line, note=masked(note.text, who) or None, actor=_named(note.actor, who))
        if (note := by_event.get(line.event.pk)) is not None
        else line
        for line in page.lines
    )
    inside = Inside(
        working_title=masked(private.working_title, who),
        notes=masked(private.notes, who),
        assignee=_named(private.assignee, who) or "",
        backup=_named(private.backup, who) or "",
        drafts=drafts(viewer, found).count(),
        notes_written=notes(viewer, found).count(),
    )
    return dataclasses.replace(page, lines=lines), inside


def request_of(viewer: Viewer, public_id: str) -> RecordsRequest | None:
    """One of which everything is shown: to its own people, too. None where there is nothing to see."""
    if viewer.kind not in READERS:
        return None
    rows = RecordsRequest.objects.visible_to(viewer, at_least=Level.EVERYTHING).select_related("agency", "custodian")
    found = rows.filter(public_id=public_id).first()
    if found is not None and not viewer.belongs_to(found.organisation_id):
        found.public_title = masked(found.public_title, identities_of([found.pk])[found.pk])
    return found


def drafts(viewer: Viewer, request: RecordsRequest) -> QuerySet[Letter]:
    rows = Letter.objects.visible_to(viewer, at_least=Level.EVERYTHING).open()
    return rows.filter(request=request).select_related("edited_by").order_by("-edited_at", "-pk")


def notes(viewer: Viewer, request: RecordsRequest) -> QuerySet[RequestNote]:
    rows = RequestNote.objects.visible_to(viewer, at_least=Level.EVERYTHING)
    found: QuerySet[RequestNote] = rows.filter(request=request, privileged=False, deleted_at=None)
    return found.select_related("author").order_by("-written_at", "-pk")


class AsRead:
    """Drafts and notes of one request as partners read them; to its own people, too, so that they see what is seen."""

    def __init__(self, request: RecordsRequest) -> None:
        self._who = identities_of([request.pk])[request.pk]

    def draft(self, row: Letter) -> Draft:
        return Draft(
            row.public_id, row.kind, row.state, masked(row.subject, self._who), masked(row.body, self._who, ours=True),
            _named(row.edited_by, self._who) or "", row.edited_at,
        )  # fmt: skip

    def note(self, row: RequestNote) -> Note:
        by = _named(row.author, self._who) or ""
        return Note(row.public_id, masked(row.text, self._who), by, row.written_at, row.edited_at)


def of_campaign(viewer: Viewer, campaign: Campaign) -> Strategy | None:
    """For its own people as it stands. One query, one more where it is another's."""
    if viewer.kind not in READERS:
        return None
    rows = CampaignPrivate.objects.visible_to(viewer).filter(pk=campaign.pk).select_related("lead")
    found = rows.first()
    if found is None:
        return None
    home = campaign.organisation_id
    outside = Outside(viewer, campaigns=[(campaign.pk, home)])
    return Strategy(
        outside(found.working_title, home), outside(found.strategy, home), outside.named(found.lead, home)
    )


def _named(person: Any, who: tuple[Identity, ...]) -> str | None:
    return masked(str(person), [one for one in who if one.protected]) if person is not None else None
