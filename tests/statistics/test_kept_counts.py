"""What the dashboard counts without a filter is kept, and shown while it is what everybody may read."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client

from requests_app.actions import statistics
from requests_app.models import PublicCount, Share, Withholding
from requests_app.models.visibility import OPERATOR, PUBLIC, SCHEDULE, viewing, viewing_as
from requests_app.queries import statistics as query
from requests_app.queries.statistics import EVERYTHING, Narrowed, Statistics
from tests import builders

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 20, 15, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    cache.clear()
    return builders.cast()


def published(cast: builders.Cast, **what: bool) -> Any:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, filed_on=dt.date(2026, 3, 2))
    with viewing_as(cast.olive):
        builders.span(made, public=True, stage="answered", outcome="produced", from_on=dt.date(2026, 3, 2))
        builders.event(made, "produced", received_on=dt.date(2026, 3, 9))
    builders.publish(cast.olive, made, **what)
    statistics.refresh()
    return made


def count(now: dt.datetime = NOW, asked: Narrowed = EVERYTHING) -> Statistics:
    with viewing(PUBLIC):
        return query.count(asked, now=now, by_place=True)


def test_what_is_kept_says_what_is_counted_and_of_when(cast: builders.Cast) -> None:
    published(cast)
    counted = count(NOW + MINUTE)
    assert counted.as_of == NOW + MINUTE and counted.total == 1
    assert sorted(statistics.keep(NOW)) == ["", "filed", "log", "sample"]
    for asked in (EVERYTHING, Narrowed(population=counted.population)):
        kept = count(NOW + MINUTE, asked)
        assert kept.as_of == NOW
        assert replace(kept, as_of=counted.as_of) == counted
    assert count(NOW + MINUTE, Narrowed(population="log")).total == 0
    assert count(NOW + MINUTE, Narrowed(kind=cast.agency.kind)).as_of == NOW + MINUTE, "with a filter it is counted"


def test_the_page_tells_when_it_was_counted(cast: builders.Cast, client: Client, monkeypatch: Any) -> None:
    published(cast)
    statistics.keep(NOW)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + 20 * MINUTE)
    assert "11:00" in (kept := client.get("/").content.decode()) and "11:20" not in kept
    assert "11:20" in client.get("/?kind=fusion_center").content.decode()


def test_on_another_day_or_after_an_hour_it_is_counted_anew(cast: builders.Cast) -> None:
    published(cast)
    late = dt.datetime(2026, 3, 21, 3, 50, tzinfo=dt.UTC)  # ten minutes before midnight in New York
    statistics.keep(late)
    assert count(late + 9 * MINUTE).as_of == late
    assert count(late + 10 * MINUTE).as_of == late + 10 * MINUTE
    statistics.keep(NOW)
    assert count(NOW + 59 * MINUTE).as_of == NOW
    assert count(NOW + 60 * MINUTE).as_of == NOW + 60 * MINUTE
    assert count(NOW - MINUTE).as_of == NOW - MINUTE, "a count of later tells nobody of earlier"


def test_after_something_was_taken_back_nothing_kept_is_shown(cast: builders.Cast) -> None:
    made = published(cast)
    statistics.keep(NOW)
    with viewing_as(cast.olive), connection.cursor() as cursor:
        Share.objects.filter(request=made).update(revoked_at=NOW)
        # As the commit does.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert count(NOW + MINUTE).total == 0
    assert "" in statistics.keep(NOW + MINUTE), "at once, however long it took"
    assert count(NOW + 2 * MINUTE).as_of == NOW + MINUTE


def test_a_ground_that_was_retracted_is_counted_nowhere(cast: builders.Cast) -> None:
    made = published(cast, correspondence=True)
    with viewing_as(cast.olive):
        event = builders.event(made, "withheld", received_on=dt.date(2026, 3, 10))
        held = Withholding.objects.create(
            organisation_id=made.organisation_id, request=made, event=event, ground="records_law", section="7(1)(c)",
            once="one",
        )  # fmt: skip
    statistics.refresh()
    statistics.keep(NOW)
    assert count().grounds.requests == 1
    with viewing_as(cast.olive), connection.cursor() as cursor:
        Withholding.objects.filter(pk=held.pk).update(retracted_at=NOW)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert count(NOW + MINUTE).grounds.requests == 0


def test_what_is_public_until_an_hour_is_kept_until_then(cast: builders.Cast) -> None:
    made = published(cast)
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)
    with viewing_as(cast.olive):
        Share.objects.filter(request=made).update(until_at=ends)
    now = ends - 20 * MINUTE
    statistics.keep(now)
    with viewing(PUBLIC):
        row = PublicCount.objects.get(population="")
    assert row.until == ends
    assert query.holds(row, row.number, ends - MINUTE) or not query.same_days(now, ends)
    assert not query.holds(row, row.number, ends)


def test_facts_that_were_made_again_wait_their_turn(cast: builders.Cast) -> None:
    published(cast)
    statistics.keep(NOW)
    with viewing(SCHEDULE):
        PublicCount.objects.update(seconds=6.0)
    published(cast)
    assert statistics.keep(NOW + MINUTE) == []
    assert count(NOW + MINUTE).total == 1
    assert "" in statistics.keep(NOW + 2 * MINUTE)
    assert count(NOW + 2 * MINUTE).total == 2
    assert statistics.keep(NOW + 3 * MINUTE) == [], "nothing has changed"


def test_everybody_reads_it_and_the_schedule_alone_writes_it(cast: builders.Cast) -> None:
    published(cast)
    statistics.keep(NOW)
    row = {"told": "{}", "number": 0, "counted_at": NOW, "seconds": 0.0, "counted_changes": 0}
    for viewer in (PUBLIC, OPERATOR):
        with viewing(viewer):
            assert PublicCount.objects.count() == 4
            assert PublicCount.objects.update(told="{}") == 0
        with pytest.raises(DatabaseError, match="row-level security"), viewing(viewer):
            PublicCount.objects.create(population="other", **row)
    with viewing_as(cast.olive):
        assert PublicCount.objects.update(told="{}") == 0
