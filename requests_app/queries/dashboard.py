"""What the public dashboard counts: published requests only, whoever looks, and nothing that is the
requester's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from requests_app.models import Event
from requests_app.models.visibility import PUBLIC

from .requests import EVERYTHING, Filters, Row, filtered, ordered, standing_halves
from .tallies import Tally, tallies, tally

ANSWERS = ("determined", "produced")
SILENT = ("sent", "received", "acknowledged")
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Place:
    """One jurisdiction: its tally, and to how many agencies the requests went."""

    code: str
    tally: Tally
    agencies: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer the agency gave: the day it reached us, or was sent or dated, as far as known."""

    row: Row
    on: dt.date
    outcome: str


@dataclass(frozen=True, slots=True)
class Waited:
    """How many requests waited so many days for a first answer. answered False: they still wait."""

    days: int
    answered: bool
    n: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An agency with a published request, for the map."""

    slug: str
    name: str
    jurisdiction: str
    x: float | None
    y: float | None
    is_sample: bool
    n: int
    late: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    total: Tally
    places: tuple[Place, ...]
    stages: tuple[tuple[str, int], ...]
    silence: tuple[Row, ...]
    newest: tuple[Answer, ...]
    waited: tuple[Waited, ...]
    agencies: tuple[Asked, ...]
    has_sample: bool


def load(*, now: dt.datetime, filters: Filters = EVERYTHING) -> Dashboard:
    """Eight queries, whatever the data."""
    (public,) = [filtered(half, PUBLIC, filters) for half in standing_halves(PUBLIC, now=now)]
    places = _places(public)
    agencies = _agencies(public)
    whole = tally([])
    for place in places:
        whole += place.tally
    silent = public.filter(Q(span__outcome="") | Q(span__outcome=None), span__stage__in=SILENT)
    return Dashboard(
        total=whole,
        places=places,
        stages=tuple(public.order_by().values_list("span__stage").annotate(n=Count("pk")).order_by("-n")),
        silence=tuple(Row(*row) for row in ordered([silent], "oldest")[:SHOWN]),
        newest=_newest(public),
        waited=_waited(public),
        agencies=agencies,
        has_sample=any(agency.is_sample for agency in agencies),
    )


def _places(public: QuerySet[Any]) -> tuple[Place, ...]:
    counted = tallies(public, "agency__jurisdiction")
    agencies = dict(
        public.order_by().values_list("agency__jurisdiction").annotate(n=Count("agency_id", distinct=True))
    )
    return tuple(Place(code, counted[code], agencies[code]) for code in sorted(counted))


def _agencies(public: QuerySet[Any]) -> tuple[Asked, ...]:
    rows = (
        public.order_by()
        .values_list(
            "agency__slug", "agency__name", "agency__jurisdiction", "agency__map_x", "agency__map_y",
            "agency__is_sample",
        )
        .annotate(n=Count("pk"), n_late=Count("pk", filter=Q(span__late=True)))
        .order_by("agency__jurisdiction", "agency__name")
    )  # fmt: skip
    return tuple(Asked(*row) for row in rows)


def _newest(public: QuerySet[Any]) -> tuple[Answer, ...]:
    """The newest answers; a part answered later than another makes the request newer, not another row."""
    latest = _answers().values("request").annotate(on=_latest()).values("on")
    ids = list(
        public.filter(~Q(span__outcome=""), span__outcome__isnull=False)
        .annotate(answered_on=Subquery(latest, output_field=DateField()))
        .filter(answered_on__isnull=False)
        .order_by("-answered_on", "-pk")
        .values_list("pk", "answered_on")[:SHOWN]
    )
    on = dict(ids)
    rows = [Row(*row) for row in ordered([public.filter(pk__in=list(on))])]
    answers = [Answer(row, on[row.pk], row.outcome or "") for row in rows]
    return tuple(sorted(answers, key=lambda answer: (answer.on, answer.row.pk), reverse=True))


def _answers() -> QuerySet[Any]:
    return Event.objects.visible_to(PUBLIC).filter(request=OuterRef("pk"), kind__in=ANSWERS)


def _first() -> Any:
    return Min(Coalesce("received_on", "sent_on", "dated_on"))


def _latest() -> Any:
    return Max(Coalesce("received_on", "sent_on", "dated_on"))


def _waited(public: QuerySet[Any]) -> tuple[Waited, ...]:
    """From the day of sending to the first decision or records; open ones until today."""
    first = _answers().values("request").annotate(on=_first()).values("on")
    rows = (
        public.order_by()
        .annotate(first_on=Subquery(first, output_field=DateField()))
        .values_list("filed_on", "today", "first_on")
        .annotate(n=Count("pk"))
    )
    found: dict[tuple[int, bool], int] = {}
    for filed_on, today, first_on, n in rows:
        key = (((first_on or today) - filed_on).days, first_on is not None)
        found[key] = found.get(key, 0) + n
    return tuple(Waited(days, answered, n) for (days, answered), n in sorted(found.items()))
