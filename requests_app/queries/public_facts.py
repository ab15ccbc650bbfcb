"""Public facts of published requests, out of what the public reads: the rows that the statistics count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import F, Max, Min, Q, QuerySet
from django.db.models.aggregates import Count
from django.db.models.expressions import Case, Value, When
from django.db.models.fields import BooleanField
from django.db.models.functions import Coalesce

from requests_app.models import Deadline, Event, RecordsRequest
from requests_app.models.visibility import PUBLIC

from .groups import NO_ANSWER, UNDECIDED, group_of, population_case

ANSWERS = ("determined", "produced")
NOT_COMPLETE = ("", "granted", "withdrawn")
"""Outcomes after which something is owed, or nothing came."""
COPIED = (
    "organisation_id", "campaign_id", "custodian_id", "agency_id", "held_back", "law_id", "zone", "filed_on",
    "is_sample", "population", "jurisdiction", "agency_kind",
)  # fmt: skip
COLUMNS = (
    "request_id", *COPIED, "acknowledged_on", "determined_on", "produced_on", "last_on", "completed_on", "ended_on",
    "undated", "outcome", "silent", "due_on", "standard", "extensions", "turns", "groups",
)  # fmt: skip

FACTS = """
WITH base AS ({base}),
stands AS (
    SELECT id, array_agg(from_on ORDER BY from_on) AS turns, array_agg(standing ORDER BY from_on) AS groups,
           (array_agg(stage ORDER BY from_on DESC))[1] AS stage,
           (array_agg(outcome ORDER BY from_on DESC))[1] AS outcome, max(from_on) AS since
      FROM ({stands}) spans GROUP BY id),
told AS ({told}), owed AS ({owed}),
facts AS (
    SELECT base.*, told.acknowledged_on, told.withdrawn_on,
           CASE WHEN coalesce(stage, '') <> ALL (%s) THEN told.determined_on END AS determined_on,
           CASE WHEN coalesce(stage, '') <> ALL (%s) THEN told.produced_on END AS produced_on,
           CASE WHEN coalesce(stage, '') <> ALL (%s) THEN told.last_on END AS last_on,
           coalesce(stage, '') AS stage, coalesce(outcome, '') AS outcome, since,
           coalesce(extensions, 0) AS extensions, due_on, coalesce(standard, false) AS standard,
           coalesce(turns, ARRAY[filed_on]) AS turns, coalesce(groups, ARRAY['pending']) AS groups
      FROM base LEFT JOIN stands ON stands.id = base.id LEFT JOIN told ON told.request_id = base.id
      LEFT JOIN owed ON owed.request_id = base.id)
SELECT id, {copied}, acknowledged_on, determined_on, produced_on, last_on,
       CASE WHEN stage <> ALL (%s) AND outcome <> ALL (%s) THEN last_on END,
       CASE WHEN stage = 'closed' THEN coalesce(
           withdrawn_on, CASE WHEN population = 'log' THEN since END, acknowledged_on, filed_on) END,
       last_on IS NULL AND stage IN ('answered', 'answered_in_part', 'closed') AND outcome NOT IN ('', 'withdrawn'),
       outcome, stage = ANY (%s), due_on, standard, extensions, turns, groups
  FROM facts
"""


def facts_of(ids: Sequence[int]) -> tuple[str, list[Any]]:
    """A statement whose rows are COLUMNS, for those of these requests that the public sees. To be asked as the public:
    both walls stand around each of the tables it reads."""
    base = _requests(ids).values(
        "id", *(name for name in COPIED if name not in ("population", "jurisdiction", "agency_kind")),
        population=population_case(), jurisdiction=F("agency__jurisdiction"), agency_kind=F("agency__kind"),
    )  # fmt: skip
    stands = (
        _requests(ids)
        .filter(public_spans__isnull=False)
        .values(
            "id", from_on=F("public_spans__from_on"), stage=F("public_spans__stage"),
            outcome=F("public_spans__outcome"), standing=group_of("public_spans__"),
        )
    )  # fmt: skip
    parts = {"base": base, "stands": stands, "told": _told(ids), "owed": _owed(ids)}
    said: dict[str, str] = {}
    params: list[Any] = []
    for name, rows in parts.items():
        said[name], given = rows.query.sql_with_params()
        params += given
    silent = list(NO_ANSWER)
    params += [silent, silent, silent, list(UNDECIDED), list(NOT_COMPLETE), silent]
    return FACTS.format(copied=", ".join(COPIED), **said), params


def _requests(ids: Sequence[int]) -> QuerySet[Any]:
    return RecordsRequest.objects.visible_to(PUBLIC).filter(pk__in=ids).order_by()


def _told(ids: Sequence[int]) -> QuerySet[Any]:
    """The days of each step. Whoever closes a request without a word tells nobody when: it leaves the count with the
    last step that is told. A day that the log did not tell is no day."""
    on = Coalesce("received_on", "sent_on", "dated_on")
    dated = ~Q(facts__has_key="day_unknown")
    return (
        Event.objects.visible_to(PUBLIC)
        .filter(request__in=ids, kind__in=("acknowledged", "extension_noticed", "withdrawn", *ANSWERS))
        .order_by()
        .values("request_id")
        .annotate(
            acknowledged_on=Min(on, filter=dated & Q(kind="acknowledged")),
            withdrawn_on=Max(on, filter=dated & Q(kind="withdrawn")),
            determined_on=Min(on, filter=dated & Q(kind="determined")),
            produced_on=Min(on, filter=dated & Q(kind="produced")),
            last_on=Max(on, filter=dated & Q(kind__in=ANSWERS)),
            extensions=Count("pk", filter=Q(kind="extension_noticed")),
        )
    )


def _owed(ids: Sequence[int]) -> QuerySet[Any]:
    """The last day for the answer under the law, on the later reading. A clock that rests is not the public's."""
    no_number = Case(
        When(latest_on=None, clock__standard__isnull=False, then=Value(True)), default=Value(False),
        output_field=BooleanField(),
    )  # fmt: skip
    # A stored clock leaves out what it owes where that is the determination.
    answer = ~Q(clock__has_key="owes") | Q(clock__owes__in=("determination", "records"))
    return (
        Deadline.objects.visible_to(PUBLIC)
        .standing()
        .filter(answer, request__in=ids, owner="agency", scope="request")
        .order_by()
        .values("request_id")
        .annotate(due_on=Min("latest_on"), standard=BoolOr(no_number))
    )
