"""The documents of one request, production by production, as one viewer may see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from requests_app.clock.ledger import standing_events
from requests_app.models import Document, DocumentPrivate, Event, Production, RecordsRequest
from requests_app.models.visibility import Level, Viewer

from .ledger import ledger_of
from .masking import annotated, identities, masked


@dataclass(frozen=True, slots=True)
class Kept:
    """One file. private: None for everybody but those who see everything."""

    document: Document
    private: DocumentPrivate | None
    event: Event | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """What came with one event, or lies beside none. pages: as the letter with it states them."""

    event: Event | None
    on: dt.date | None
    pages: int | None
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    request: RecordsRequest
    ours: bool
    may_edit: bool
    may_own: bool
    bundles: tuple[Bundle, ...]
    events: tuple[Event, ...]  # those that a file may be put beside, newest first; for editors
    files: int
    size: int


def shelf_of(viewer: Viewer, public_id: str) -> Shelf | None:
    """None where there is nothing to see. At most five queries, whatever the number of files."""
    requests = RecordsRequest.objects.select_related("agency", "campaign")
    found = annotated(requests.visible_to(viewer, at_least=Level.DOCUMENTS).filter(public_id=public_id)).first()
    if found is None:
        return None
    ours, may_edit = viewer.belongs_to(found.organisation_id), viewer.may_edit(found.organisation_id)
    ledger = list(Event.objects.visible_to(viewer).filter(request=found).in_order())
    standing = {event.uid for event in standing_events(ledger_of(ledger))}
    events = {event.pk: event for event in sorted(ledger, key=_newest, reverse=True) if event.kind != "retracted"}
    pages = dict(Production.objects.visible_to(viewer).filter(request=found).values_list("event", "pages_stated"))
    rows = list(Document.objects.visible_to(viewer).filter(request=found).order_by("pk"))
    if not ours:
        who = identities(found.seen_identities)
        found.public_title = masked(found.public_title, who)
        for row in rows:
            row.title = masked(row.title, who)
    asides = DocumentPrivate.objects.visible_to(viewer).filter(request=found).select_related("added_by")
    private = {one.pk: one for one in asides} if ours else {}
    beside: dict[int | None, list[Kept]] = {}
    for row in rows:
        event = events.get(row.event_id or 0)
        beside.setdefault(event.pk if event else None, []).append(Kept(row, private.get(row.pk), event))
    shown = [pk for pk, event in events.items() if pk in beside or (event.kind == "produced" and event.uid in standing)]
    bundles = [Bundle(events[pk], _on(events[pk]), pages.get(pk), tuple(beside.get(pk, ()))) for pk in shown]
    if None in beside:
        bundles.append(Bundle(None, None, None, tuple(beside[None])))
    lasting = [row for row in rows if row.withdrawn_at is None]
    return Shelf(
        found, ours, may_edit, viewer.may_own(found.organisation_id), tuple(bundles),
        tuple(event for event in events.values() if event.uid in standing) if may_edit else (),
        len(lasting), sum(row.size for row in lasting),
    )  # fmt: skip


def _on(event: Event) -> dt.date | None:
    return event.received_on or event.sent_on or event.dated_on


def _newest(event: Event) -> tuple[dt.date, int]:
    return (_on(event) or dt.date.min, event.pk)


def document_of(viewer: Viewer, public_id: str) -> Document | None:
    """The row that lets its bytes be handed out: asked anew on every fetch."""
    found: Document | None = (
        annotated(Document.objects.visible_to(viewer).select_related("request"), "request_id")
        .filter(public_id=public_id)
        .first()
    )
    if found is not None and not viewer.belongs_to(found.organisation_id):
        found.title = masked(found.title, identities(found.seen_identities))  # type: ignore[attr-defined]
    return found


def counted(viewer: Viewer, request: RecordsRequest) -> tuple[int, int]:
    """Files that stand, and how many of them are released."""
    rows = Document.objects.visible_to(viewer).filter(request=request, withdrawn_at=None)
    found = list(rows.values_list("released_at", flat=True))
    return len(found), sum(at is not None for at in found)
