"""Days of partners that come within a week, as they are shared with one organization: for a digest's last section."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import DateField, ExpressionWrapper, F, Value

from requests_app.models import Deadline, RecordsRequest
from requests_app.models.visibility import Viewer

from .days import local_day
from .partner_requests import partner_names

DAYS = 7
SHOWN = 20


@dataclass(frozen=True, slots=True)
class PartnerDay:
    """A clock of a partner's request. owner: whose time it is, as the clock says."""

    on: dt.date
    name: str
    owner: str
    agency: str
    who: str
    request: str
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """more: how many are not listed."""

    days: tuple[PartnerDay, ...] = ()
    more: int = 0


def coming(viewer: Viewer, organisation_id: int, *, now: dt.datetime) -> Coming:
    """Two queries at most, whatever the data. Read by the person; of what reaches this organization alone, not what
    reaches another of theirs."""
    names = partner_names(viewer, organisation_id)
    if not names:
        return Coming()
    home = Viewer("token", roles={organisation_id: "viewer"})
    reached = RecordsRequest.objects.visible_to(home).filter(organisation__in=names)
    today = local_day(now, "request__zone")
    last = ExpressionWrapper(F("today") + Value(dt.timedelta(days=DAYS)), DateField())
    rows = (
        Deadline.objects.visible_to(viewer)
        .standing()
        .filter(organisation__in=names, request__in=reached.values("pk"), met_on=None, ended_on=None)
        .annotate(today=today)
        .filter(due_on__gte=F("today"), due_on__lt=last, paused_since=None)
        .order_by("due_on", "pk")
        .values_list(
            "due_on", "name", "owner", "request__agency__name", "organisation_id", "request__public_id",
            "request__is_sample",
        )[: 10 * SHOWN]
    )  # fmt: skip
    found = [
        PartnerDay(on, name, owner, agency, names[of], pid, sample)
        for on, name, owner, agency, of, pid, sample in rows
    ]
    return Coming(tuple(found[:SHOWN]), len(found[SHOWN:]))
