"""Due days between two days: of one organization, whoever must act. One query, and never more rows than fit a page."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from requests_app.models.visibility import Viewer

from .today import Mark, live_clocks, mine_only

MOST = 1500
"""Marks of one page. Beyond it the page says so, and two weeks show what a month leaves out."""


def marks(
    viewer: Viewer,
    organisation_id: int,
    *,
    now: dt.datetime,
    first: dt.date,
    last: dt.date,
    owner: str = "",
    campaign: str = "",
    person_id: int | None = None,
) -> list[Mark]:
    """By day, ours first. A window whose two readings lie apart is there with both days, if either is in sight."""
    rows = mine_only(live_clocks(organisation_id, viewer, now), person_id).filter(
        Q(due_on__gte=first, due_on__lte=last) | Q(earliest_on__lte=last, latest_on__gte=first),
        due_on__isnull=False,
    )
    if owner:
        rows = rows.filter(owner=owner)
    if campaign:
        rows = rows.filter(request__campaign__public_id=campaign)
    # A stored clock that says nothing of what it owes owes a decision: an absent key is the default.
    owes = Coalesce(KeyTextTransform("owes", "clock"), Value("", output_field=TextField()))
    found = rows.annotate(owes=owes).exclude(owes="presumption").order_by("due_on", "pk")
    values = found.values_list(
        "due_on", "earliest_on", "latest_on", "name", "owner", "request__public_id", "request__agency__name",
        "request__public_title", "today", "request__is_sample", "request__is_imported",
    )[: MOST + 1]  # fmt: skip
    out = [
        Mark(
            on=due,
            until=_other(due, earliest, latest),
            name=name,
            owner=owner,
            pid=pid,
            agency=agency,
            title=title,
            late=owner != "requester" and latest is not None and latest < today,
            is_sample=sample and not imported,
        )
        for due, earliest, latest, name, owner, pid, agency, title, today, sample, imported in values
    ]
    return sorted(out, key=lambda mark: (mark.on, mark.owner != "requester", mark.agency, mark.pid))


def _other(due: dt.date, earliest: dt.date | None, latest: dt.date | None) -> dt.date | None:
    """The reading that does not bind, where there are two."""
    if earliest is None or latest is None or earliest == latest:
        return None
    return latest if due == earliest else earliest
