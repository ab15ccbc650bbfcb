"""Days on which one office was closed: what they would move is shown first, organization by organization, then written.

A fact of the office, with its source, and not a choice of an organization: where the office was shut, the law counts no
day. Whoever was told a date that moves is told the new one, as after any change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from requests_app.clock.fold import course
from requests_app.models import Agency, AgencyClosure, Organisation, RecordsRequest
from requests_app.models import Event as EventRow
from requests_app.models.visibility import organisation_viewer, viewing
from requests_app.queries.ledger import EVENT_COLUMNS, book_with, closures_of, ledger_of_rows

from . import jobs
from .effects import ClockChange, changed_clocks
from .offers import matters
from .rederive import rederive
from .refusals import Refused

CHUNK = 200
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Moved:
    """One request of which the closed days move a date."""

    organisation: str
    organisation_id: int
    request_id: int
    public_id: str
    changes: tuple[ClockChange, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """Days to be entered, or with `reopen` days to be taken back."""

    agency: Agency
    first: dt.date
    last: dt.date
    name: str
    source: str
    reopen: bool = False

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Refused("reversed", "The last day is before the first.", field="until")
        if (self.last - self.first).days >= MOST_DAYS:
            raise Refused("too_many", f"At most {MOST_DAYS} days at once.", field="until")
        if not self.reopen and not (self.name.strip() and self.source.strip()):
            raise Refused(
                "source_missing",
                "Say why the office was closed, and where that is known from.",
                field="source",
            )
        for field, most in (("name", 200), ("source", 500)):
            if len(getattr(self, field)) > most:
                raise Refused("too_long", f"The {field} has more than {most} characters.", field=field)

    @property
    def days(self) -> list[dt.date]:
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def preview(closing: Closing) -> list[Moved]:
    """What the days would move. Nothing is written."""
    return [moved for one in jobs.organisations() for moved in _of_organisation(one, closing)]


def enter(closing: Closing) -> list[Moved]:
    """Write the days and derive again what they move. Twice changes nothing more."""
    moved = preview(closing)
    if closing.reopen:
        AgencyClosure.objects.filter(agency=closing.agency, on__in=closing.days).update(taken_back=True)
    else:
        AgencyClosure.objects.bulk_create(
            [
                AgencyClosure(agency=closing.agency, on=on, name=closing.name, source=closing.source)
                for on in closing.days
            ],
            update_conflicts=True, unique_fields=["agency", "on"],
            update_fields=["name", "source", "taken_back"],
        )  # fmt: skip
    for organisation_id in {one.organisation_id for one in moved}:
        ids = [one.request_id for one in moved if one.organisation_id == organisation_id]
        rederive(organisations=[organisation_id], requests=ids)
    return moved


def _of_organisation(organisation_id: int, closing: Closing) -> Iterator[Moved]:
    with viewing(organisation_viewer(organisation_id)):
        name = Organisation.objects.get(pk=organisation_id).name
        requests = RecordsRequest.objects.filter(
            organisation=organisation_id, agency=closing.agency
        ).order_by("pk")
        found = list(requests.values_list("pk", "public_id"))
    for start in range(0, len(found), CHUNK):
        chunk = dict(found[start : start + CHUNK])
        with viewing(organisation_viewer(organisation_id)):
            for request_id, changes in _changes(list(chunk), closing):
                yield Moved(name, organisation_id, request_id, chunk[request_id], changes)


def _changes(ids: Sequence[int], closing: Closing) -> list[tuple[int, tuple[ClockChange, ...]]]:
    standing = list(closures_of([closing.agency.pk]))
    slug, days = closing.agency.slug, set(closing.days)
    others = [row for row in standing if row[1] not in days]
    entered = [] if closing.reopen else [(slug, on, closing.name, closing.source) for on in closing.days]
    before, after = book_with(standing), book_with([*others, *entered])
    rows: dict[int, list[tuple[object, ...]]] = {}
    for row in EventRow.objects.filter(request__in=ids).values_list(*EVENT_COLUMNS):
        rows.setdefault(row[0], []).append(row)
    found = []
    for request_id in ids:
        ledger = ledger_of_rows(rows.get(request_id, ()))
        was, is_ = course(ledger, book=before), course(ledger, book=after)
        changes = tuple(_mattering(changed_clocks(was.clocks, is_.clocks)))
        if changes:
            found.append((request_id, changes))
    return found


def _mattering(changes: Iterable[ClockChange]) -> Iterator[ClockChange]:
    return (change for change in changes if matters(change))
