"""What was recorded since a form was opened, each with what it changed: the other half of a refused save."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from requests_app.models import Event as EventRow
from requests_app.models import RecordsRequest
from requests_app.models.visibility import Viewer
from requests_app.queries.ledger import book_of, ledger_of

from .effects import Effect, effect_of
from .rights import must_edit


@dataclass(frozen=True, slots=True)
class Since:
    """One event of somebody else's, in the order of recording. text: what the letter said; note: ours."""

    event: EventRow
    who: str
    text: str
    note: str
    effect: Effect


def recorded_since(
    *, viewer: Viewer, records_request: RecordsRequest, seen_version: int, today: dt.date
) -> list[Since]:
    must_edit(viewer, records_request.organisation_id)
    rows = list(
        EventRow.objects.filter(request=records_request)
        .select_related("note__actor", "correspondence")
        .in_order()
    )
    ledger = ledger_of(rows)
    book = book_of([records_request.agency_id])
    found = []
    for place in range(max(min(seen_version, len(rows)), 1), len(rows)):
        row = rows[place]
        note, said = getattr(row, "note", None), getattr(row, "correspondence", None)
        found.append(
            Since(
                event=row,
                who=str(note.actor) if note and note.actor else "",
                text=said.text if said else "",
                note=note.text if note else "",
                effect=effect_of(ledger[:place], ledger[place], book=book, on=today),
            )
        )
    return found
