"""A table of agencies that came back from a spreadsheet: what it would change, cell by cell, and the change itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Prefetch

from requests_app.intake.agency_csv import CONTACTS, KEY, BadCell, Change, Table, changes
from requests_app.models import Agency, AgencyIdentifier

from .agency_changes import Corrections, Why, correct
from .refusals import Refused

AT_ONCE = 1_000


@dataclass(slots=True)
class Compared:
    rows: int = 0
    changed: list[tuple[Agency, list[Change]]] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)

    @property
    def cells(self) -> int:
        return sum(len(found) for _agency, found in self.changed)


def compare(table: Table, *, progress: Callable[[int], None] | None = None) -> Compared:
    """Reads only."""
    found = Compared(len(table.rows), bad=list(table.bad))
    for start in range(0, len(table.rows), AT_ONCE):
        some = table.rows[start : start + AT_ONCE]
        known = {
            agency.slug: agency
            for agency in Agency.objects.filter(slug__in=[told[KEY] for _line, told in some])
            .select_related("merged_into")
            .prefetch_related(
                "contacts", "names", "laws", Prefetch("identifiers", AgencyIdentifier.objects.defer("told"))
            )
            .defer("claims", "sources", "core")
        }
        for line, told in some:
            found.bad += _compare_row(found, known.get(told[KEY]), line, told)
        if progress:
            progress(start + len(some))
    return found


def _compare_row(
    found: Compared, agency: Agency | None, line: int, told: dict[str, str]
) -> Iterator[BadCell]:
    if agency is None:
        yield BadCell(
            line,
            KEY,
            f"There is no agency {told[KEY][:120] or '(empty)'}. New ones are not made by this table.",
        )
        return
    if agency.merged_into is not None:
        yield BadCell(
            line, KEY, f"{agency.slug} was merged into {agency.merged_into.slug}. Correct that one."
        )
        return
    good: list[Change] = []
    for one in changes(agency, line, told):
        if isinstance(one, BadCell):
            yield one
        else:
            good.append(one)
    if good:
        found.changed.append((agency, good))


def apply(compared: Compared, *, why: Why) -> int:
    """All of it or nothing. Each agency's change is a row of its own, which can be undone by itself."""
    if compared.bad:
        raise Refused("bad_cells", f"{len(compared.bad)} cells cannot be taken; nothing was changed.")
    with transaction.atomic():
        for agency, cells in compared.changed:
            new = Corrections()
            for cell in cells:
                if cell.column in CONTACTS:
                    new.contacts[CONTACTS[cell.column]] = cell.value
                else:
                    new.fields[cell.column] = cell.value
            correct(agency=agency, new=new, why=why)
    return len(compared.changed)
