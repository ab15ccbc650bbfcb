"""What is counted, out of rows as the public sees them: each step by itself, delays by law, units by name."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions import statistics
from requests_app.models import RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries import statistics as query
from requests_app.queries.statistics import Narrowed, Statistics
from requests_app.statistics.survival import Waited
from tests import builders

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 20, 15, 0, tzinfo=dt.UTC)
FILED = dt.date(2026, 3, 2)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    cache.clear()
    return builders.cast()


def day(n: int) -> dt.date:
    return FILED + dt.timedelta(days=n)


def asked(
    cast: builders.Cast, *events: tuple[str, int], due: int | None = None, public: bool = True, **standing: Any
) -> RecordsRequest:
    of_request = {
        name: standing.pop(name)
        for name in ("filed_on", "is_imported", "is_sample", "campaign", "agency")
        if name in standing
    }
    to = of_request.pop("agency", cast.agency)
    made = builders.bare_request(cast.olive, cast.harbor, to, **of_request)
    with viewing_as(cast.olive):
        builders.span(made, public=True, **standing)
        for kind, on in events:
            builders.event(made, kind, received_on=day(on))
        if due is not None:
            builders.deadline(made, due_on=day(due), opens_on=FILED)
    if public:
        builders.publish(cast.olive, made)
    return made


def count(**narrowed: Any) -> Statistics:
    statistics.refresh()
    with viewing(PUBLIC):
        return query.count(Narrowed(**narrowed), now=NOW)


def test_acknowledged_answered_and_complete_are_counted_apart(cast: builders.Cast) -> None:
    asked(cast, ("acknowledged", 2), stage="acknowledged")
    asked(cast, ("acknowledged", 3), ("determined", 8), stage="answered", outcome="granted")
    asked(cast, ("determined", 5), ("produced", 12), stage="answered", outcome="produced")
    found = count()
    assert found.acknowledged == 2
    assert sorted(found.waits["answer"], key=str) == [Waited(18, False), Waited(5, True), Waited(8, True)]
    assert sorted(found.waits["completion"], key=str) == [Waited(12, True), Waited(18, False, 2)]
    assert sorted(found.waits["acknowledgment"], key=str) == [Waited(2, True), Waited(3, True), Waited(5, False)]


def test_whoever_withdrew_left_the_count_on_that_day(cast: builders.Cast) -> None:
    asked(cast, ("withdrawn", 6), stage="closed", outcome="withdrawn", from_on=day(9))
    assert count().waits["answer"] == [Waited(6, False)]


def test_who_closed_without_a_word_leaves_with_the_last_step_that_is_told(cast: builders.Cast) -> None:
    asked(cast, ("acknowledged", 4), stage="closed", from_on=day(9))
    assert count().waits["answer"] == [Waited(4, False)]


def test_delay_is_counted_past_the_last_day_and_never_for_what_is_not_late(cast: builders.Cast) -> None:
    asked(cast, due=10, stage="acknowledged", late=True)
    asked(cast, ("determined", 13), due=10, stage="answered", outcome="denied")
    asked(cast, ("determined", 9), due=10, stage="answered", outcome="denied")
    asked(cast, due=10, stage="acknowledged")
    asked(cast, stage="acknowledged", late=True)
    delay = count().delay
    assert (delay.dated, delay.late, delay.days, delay.longest) == (4, 2, 11, 8)


def test_logs_tell_no_pauses_so_no_delay_is_counted_from_them(cast: builders.Cast) -> None:
    asked(cast, ("determined", 400), due=10, stage="answered", outcome="denied", is_imported=True)
    found = count(population="log")
    assert (found.delay.dated, found.delay.days, found.acknowledged) == (0, 0, None)


def test_the_same_requests_by_what_they_went_to(cast: builders.Cast) -> None:
    campaign, other = builders.campaign(cast.olive, cast.harbor), builders.agency("Sheriff of the Bend")
    for to in (cast.agency, cast.agency, other):
        asked(cast, stage="sent", campaign=campaign, agency=to)
    asked(cast, stage="sent")
    units = count().units
    # A hidden campaign joins none.
    assert (units.requests, units.asks, units.agencies, units.custodians) == (4, 4, 2, 2)
    builders.publish(cast.olive, campaign)
    assert count().units.asks == 3


def test_narrowed_by_kit_campaign_and_days_of_filing_to_what_is_public(cast: builders.Cast) -> None:
    shown, hidden = (builders.campaign(cast.olive, cast.harbor, title) for title in ("Shown", "Hidden"))
    with viewing_as(cast.olive):
        for one in (shown, hidden):
            type(one).objects.filter(pk=one.pk).update(kit="plate-readers")
    builders.publish(cast.olive, shown)
    asked(cast, stage="sent", campaign=shown, public=False)
    asked(cast, stage="sent", campaign=hidden)
    asked(cast, stage="sent", filed_on=day(-40))
    assert count().total == 3
    assert count(kit="plate-readers").total == count(campaign=shown.public_id).total == 1
    assert count(campaign=hidden.public_id).total == 0, "that a public request is of it is not public"
    assert count(filed_from=day(-40), filed_until=day(-1)).total == 1
    assert count(filed_from=FILED).total == 2


def test_a_request_that_is_hidden_is_in_no_count_at_once_and_before_any_worker(cast: builders.Cast) -> None:
    made = [asked(cast, ("determined", 5), due=3, stage="answered", outcome="denied") for _ in range(6)]
    assert count().total == 6
    with viewing_as(cast.olive):
        made[0].shares.update(revoked_at=NOW)
    with viewing(PUBLIC):
        found = query.count(Narrowed(), now=NOW)
    assert (found.total, found.delay.late, sum(w.n for w in found.waits["answer"])) == (5, 5, 5)


@pytest.mark.parametrize("figure", ["places", "stages", "first-answer", "completion"])
def test_a_figure_is_to_be_had_as_table_drawing_and_picture(cast: builders.Cast, figure: str) -> None:
    type(cast.agency).objects.filter(pk=cast.agency.pk).update(map_x=500.0, map_y=300.0)
    for n in range(6):
        asked(cast, ("determined", n), stage="answered", outcome="produced")
    statistics.refresh()
    table = Client().get(f"/statistics/{figure}.csv?jurisdiction=us-il")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert len(rows) > 1
    assert all(len(row) == len(rows[0]) for row in rows)
    drawing = Client().get(f"/statistics/{figure}.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert drawing["Content-Disposition"].endswith('.svg"')
    assert b"6 requests" in drawing.content
    assert len(drawing.content) < 120_000
    picture = Client().get(f"/statistics/{figure}.png")
    assert picture.content.startswith(b"\x89PNG")


def test_a_file_nobody_made_is_not_there_and_a_wrong_filter_is_named(cast: builders.Cast) -> None:
    assert Client().get("/statistics/nonsense.csv").status_code == 404
    assert Client().get("/statistics/silence.svg").status_code == 404
    assert Client().get("/statistics/first-answer.svg").status_code == 404, "too few to draw"
    wrong = Client().get("/statistics/stages.csv?kind=nonsense")
    assert (wrong.status_code, wrong["Content-Type"].partition(";")[0]) == (400, "text/plain")
    assert "Agency kind: “nonsense” is none of the choices." in wrong.content.decode()


def test_programs_get_the_same_with_the_interval(cast: builders.Cast) -> None:
    for n in (3, 3, 5, 5, 8, 8, 9, 9, 9, 11):
        asked(cast, ("determined", n), stage="answered", outcome="denied")
    asked(cast, stage="sent")
    statistics.refresh()
    told = Client().get("/api/v1/statistics/").json()
    assert told["units"]["requests"] == 11
    assert told["first_answer"]["n"] == 11
    assert told["first_answer"]["median"]["days"] == 8
    assert told["first_answer"]["median"]["low"] <= 8
    assert told["acknowledgment"]["median"] is None
    wrong = Client().get("/api/v1/statistics/?filed_from=2026-03-02&filed_until=2026-03-01")
    assert wrong.status_code == 400
    assert "filed_until" in wrong.content.decode()


def test_one_walk_over_the_rows_whatever_there_is(cast: builders.Cast) -> None:
    def queries() -> int:
        statistics.refresh()
        with viewing(PUBLIC), CaptureQueriesContext(connection) as seen:
            query.count(Narrowed(), now=NOW)
        return len(seen)

    asked(cast, stage="sent")
    few = queries()
    for n in range(5):
        asked(cast, ("determined", n), stage="answered", outcome="denied")
    assert queries() == few == 4
