"""What is shown, over the other levels, to whom all of a request is shared: words that were written for our own
people. Nothing privileged: no share reaches that."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from requests_app.models import EventNote, RequestPrivate
from requests_app.models.visibility import Viewer

from .masking import Identity, identities_of, masked
from .request_page import RequestPage


@dataclass(frozen=True, slots=True)
class Inside:
    """Of a request. Whoever asked is blotted out of it as of everything else; who works on it is named, unless that
    is a protected identity."""

    working_title: str
    notes: str
    assignee: str
    backup: str


def of_request(viewer: Viewer, page: RequestPage) -> tuple[RequestPage, Inside | None]:
    """The page with the notes beside its events, and what stands beside it; as it was where less is shared, or where
    it is the reader's own. One query, three where all of it is shared; none for the public."""
    found = page.request
    if page.ours or viewer.kind not in ("person", "token", "as-if"):
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
    )
    return dataclasses.replace(page, lines=lines), inside


def _named(person: Any, who: tuple[Identity, ...]) -> str | None:
    return masked(str(person), [one for one in who if one.protected]) if person is not None else None
