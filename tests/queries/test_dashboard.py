"""What the dashboard counts: published requests only, each in one group, and nothing that is not known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.actions import statistics
from requests_app.models import RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries import dashboard
from requests_app.queries.groups import Group
from requests_app.queries.statistics import Narrowed, Statistics
from tests import builders

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
FILED = dt.date(2026, 3, 2)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def asked(
    cast: builders.Cast, *, public: bool = True, produced: bool = False, **standing: Any
) -> RecordsRequest:
    """A request of Harbor Rights Clinic's with one public span from its filing on."""
    of_request = {
        name: standing.pop(name) for name in ("filed_on", "is_imported", "is_sample") if name in standing
    }
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, **of_request)
    with viewing_as(cast.olive):
        builders.span(made, public=True, produced=produced, **standing)
        if produced:
            builders.event(made, "produced", received_on=dt.date(2026, 3, 6), outcome="produced_in_part")
    if public:
        builders.publish(cast.olive, made)
    return made


def load(at: dt.datetime = NOW, **filters: Any) -> dashboard.Dashboard:
    statistics.refresh()
    with viewing(PUBLIC):
        return dashboard.load(now=at, asked=Narrowed(**filters))


def count(at: dt.datetime = NOW, **filters: Any) -> Statistics:
    return load(at, **filters).of


@pytest.mark.parametrize(
    ("standing", "group"),
    [
        ({"stage": "answered", "outcome": "produced"}, Group.full),
        ({"stage": "answered_in_part", "outcome": "produced_in_part", "late": True}, Group.part),
        ({"stage": "answered", "outcome": "denied_in_part", "produced": True}, Group.part),
        ({"stage": "answered", "outcome": "denied_in_part"}, Group.denied),
        ({"stage": "answered_in_part", "outcome": "denied_in_part"}, Group.pending),
        ({"stage": "answered_in_part", "outcome": "no_records"}, Group.pending),
        ({"stage": "answered", "outcome": "denied"}, Group.denied),
        ({"stage": "answered", "outcome": "no_records"}, Group.none),
        ({"stage": "answered", "outcome": "not_ours"}, Group.elsewhere),
        ({"stage": "appeal_pending", "outcome": "denied", "late": True}, Group.review),
        ({"stage": "review", "outcome": "", "late": True}, Group.review),
        ({"stage": "answered", "outcome": "granted"}, Group.pending),
        ({"stage": "answered", "outcome": "granted", "late": True}, Group.late),
        ({"stage": "acknowledged", "late": True}, Group.late),
        ({"stage": "acknowledged"}, Group.pending),
        ({"stage": "closed", "outcome": "withdrawn"}, Group.closed),
        ({"stage": "closed", "outcome": ""}, Group.closed),
    ],
)
def test_each_request_is_in_exactly_one_group(
    cast: builders.Cast, standing: dict[str, Any], group: Group
) -> None:
    asked(cast, **standing)
    assert count().counts == {group.value: 1}


def test_what_is_not_published_is_not_counted(cast: builders.Cast) -> None:
    asked(cast, stage="sent")
    asked(cast, public=False, stage="sent")
    embargoed = asked(cast, public=False, stage="sent")
    builders.publish(cast.olive, embargoed, embargo_until=NOW + dt.timedelta(days=36500))
    campaign = builders.campaign(cast.olive, cast.harbor)
    builders.publish(cast.olive, campaign)
    held = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign, held_back=True)
    with viewing_as(cast.olive):
        builders.span(held, public=True)
    assert count().total == 1


def test_real_logs_and_invented_requests_are_never_counted_together(cast: builders.Cast) -> None:
    asked(cast, stage="sent")
    asked(cast, stage="answered", outcome="produced", is_imported=True)
    asked(cast, stage="answered", outcome="denied", is_imported=True)
    first = count()
    assert (first.population, first.total) == ("sample", 1)
    assert first.populations == {"sample": 1, "log": 2}
    assert count(population="log").counts == {"full": 1, "denied": 1}
    asked(cast, stage="sent", is_sample=False)
    assert count().population == "filed"


def test_a_filter_that_nothing_matches_counts_nothing(cast: builders.Cast) -> None:
    asked(cast, stage="sent")
    for filters in (
        {"group": "nonsense"},
        {"population": "nonsense"},
        {"jurisdiction": "us-zz"},
        {"kind": "x"},
    ):
        assert count(**filters).total == 0
    assert count(group="pending", jurisdiction="us-il", kind="fusion_center").total == 1


def test_an_open_request_is_counted_until_today_and_an_answered_one_until_its_first_answer(
    cast: builders.Cast,
) -> None:
    asked(cast, stage="acknowledged")
    answered = asked(cast, stage="answered", outcome="produced")
    with viewing_as(cast.olive):
        builders.event(answered, "determined", received_on=dt.date(2026, 3, 5), outcome="granted")
        builders.event(answered, "produced", received_on=dt.date(2026, 3, 9), outcome="produced")
    waited = {(w.days, w.ended, w.n) for w in count().waits["answer"]}
    assert waited == {(8, False, 1), (3, True, 1)}
    assert load().newest[0].on == dt.date(2026, 3, 9)


def test_an_answer_whose_day_no_log_tells_is_left_out_of_the_waiting(cast: builders.Cast) -> None:
    made = asked(cast, stage="answered", outcome="denied", is_imported=True)
    with viewing_as(cast.olive):
        builders.event(made, "determined", dated_on=FILED, outcome="denied", facts={"day_unknown": True})
    found = load()
    assert (found.of.waits["answer"], found.of.undated, found.newest) == ([], 1, ())


def test_the_longest_silence_comes_first_and_leaves_out_who_waits_for_us(cast: builders.Cast) -> None:
    old = asked(cast, stage="acknowledged", late=True, filed_on=dt.date(2026, 1, 5))
    new = asked(cast, stage="sent")
    stopped = asked(cast, stage="acknowledged", filed_on=dt.date(2025, 12, 1))
    with viewing_as(cast.olive):
        builders.deadline(old, due_on=dt.date(2026, 1, 12))
        builders.deadline(old, due_on=dt.date(2026, 1, 7), clock={"owes": "acknowledgement"})
        builders.deadline(new, due_on=None, earliest_on=None, latest_on=None, clock={"standard": "promptly"})
        builders.deadline(
            stopped, due_on=None, earliest_on=None, latest_on=None, paused_since=dt.date(2025, 12, 3)
        )
    first, second = load().silence
    assert (first.public_id, first.days, first.due_on) == (old.public_id, 64, dt.date(2026, 1, 12))
    assert (second.public_id, second.due_on, second.standard) == (new.public_id, None, True)


def test_the_number_of_queries_does_not_grow(cast: builders.Cast) -> None:
    def queries() -> int:
        statistics.refresh()
        with viewing(PUBLIC), CaptureQueriesContext(connection) as seen:
            dashboard.load(now=NOW)
        return len(seen)

    for _ in range(2):
        asked(cast, stage="answered", outcome="denied_in_part", produced=True)
        asked(cast, stage="sent")
    few = queries()
    for _ in range(12):
        asked(cast, stage="answered", outcome="denied_in_part", produced=True)
        asked(cast, stage="acknowledged", late=True)
    assert few == queries() <= 9


def test_late_begins_on_the_day_after_the_later_reading_in_the_agencys_own_zone(cast: builders.Cast) -> None:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive):
        builders.span(made, public=True, until_on=dt.date(2026, 3, 11))
        builders.span(made, public=True, from_on=dt.date(2026, 3, 11), late=True)
    builders.publish(cast.olive, made)
    # 04:30 UTC on March 11 is still March 10 in Chicago.
    for at, group in ((4, "pending"), (6, "late")):
        found = count(dt.datetime(2026, 3, 11, at, 30, tzinfo=dt.UTC))
        assert found.counts == {group: 1}
