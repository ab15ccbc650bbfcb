"""Stored dates are the shadow of the fold: same stays, changed is superseded, and a second run writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.actions import correspondence, deadlines
from requests_app.actions.correspondence import Recorded
from requests_app.actions.rederive import rederive
from requests_app.clock import codec
from requests_app.models import AgencyClosure, Deadline, RecordsRequest
from requests_app.models.visibility import organisation_viewer, viewing, viewing_as
from requests_app.queries.ledger import course_of
from requests_app.queries.requests import list_requests
from tests.builders import Cast, agency

pytestmark = pytest.mark.django_db
File = Callable[..., RecordsRequest]
Record = Callable[..., Recorded]


def test_what_is_stored_reads_back_as_the_very_clock_of_the_fold(
    cast: Cast, file: File, record: Record
) -> None:
    request = file()
    record(
        request, "extension_noticed", sent_on=dt.date(2026, 11, 6), facts={"days": 5, "unit": "business_days"}
    )
    record(request, "determined", dated_on=dt.date(2026, 11, 12), outcome="denied", parts=("A1",))
    with viewing_as(cast.olive):
        folded = {clock.key: clock for clock in course_of(request).clocks}
        stored = {row.clock_key: row for row in request.deadlines.standing()}
        assert stored.keys() == folded.keys()
        for key, row in stored.items():
            assert codec.from_json(row.clock) == folded[key]
            assert row.fingerprint == codec.fingerprint(codec.from_json(row.clock))
            assert (row.due_on, row.opens_on, row.owner) == (
                folded[key].due_on, folded[key].opens_on, folded[key].owner.value,
            )  # fmt: skip


def test_deriving_again_writes_nothing(cast: Cast, file: File, record: Record) -> None:
    request = file()
    record(request, "acknowledged", received_on=dt.date(2026, 11, 4))
    with viewing_as(cast.olive):
        done = deadlines.derive(request)
    assert (done.requests, done.rows, done.moved) == (1, 0, [])


def test_an_event_that_moves_nothing_leaves_the_rows_as_they_are(
    cast: Cast, file: File, record: Record
) -> None:
    request = file()
    with viewing_as(cast.olive):
        before = set(request.deadlines.values_list("pk", flat=True))
    record(request, "follow_up_sent", sent_on=dt.date(2026, 11, 5))
    with viewing_as(cast.olive):
        assert set(request.deadlines.values_list("pk", flat=True)) == before


def test_standings_tell_that_records_came_until_that_is_taken_back(cast: Cast, file: File, record: Record) -> None:
    request = file()

    def told() -> set[bool]:
        with viewing_as(cast.olive):
            both = (request.spans, request.public_spans)
            return {said for spans in both for (said,) in spans.values_list("produced")}

    assert told() == {False}
    came = record(request, "produced", received_on=dt.date(2026, 11, 9), outcome="produced_in_part", parts=("A1",))
    assert told() == {True}
    with viewing_as(cast.edgar) as viewer:
        correspondence.retract_event(
            viewer=viewer, records_request=request, event=came.event, reason="another's", actor=cast.edgar, once="back",
            today=dt.date(2026, 11, 10),
        )  # fmt: skip
    assert told() == {False}


def test_an_office_that_was_closed_moves_its_requests_and_nobody_elses(cast: Cast, file: File) -> None:
    theirs, other = file(), file(agency=agency("Another Center"), once="second form")
    AgencyClosure.objects.create(
        agency=cast.agency, on=dt.date(2026, 11, 5), name="Flood", source="its own notice"
    )
    done = rederive()
    assert (done.requests, done.moved) == (2, [theirs.pk])
    with viewing_as(cast.olive):
        assert theirs.deadlines.standing().get(rule_id="determine").due_on == dt.date(2026, 11, 12)
        assert other.deadlines.get(rule_id="determine").due_on == dt.date(2026, 11, 10)
        old = theirs.deadlines.exclude(superseded_at=None).get(rule_id="determine")
        assert old.due_on == dt.date(2026, 11, 10)
        skipped = [
            day.name
            for step in codec.from_json(theirs.deadlines.standing().get(rule_id="determine").clock).trail
            for day in step.skipped
        ]
        assert "Flood" in skipped
    assert rederive().rows == 0


def test_rederiving_one_organization_leaves_the_others(cast: Cast, file: File) -> None:
    file()
    file(by=cast.ravi, organisation=cast.prairie, once="theirs")
    AgencyClosure.objects.create(agency=cast.agency, on=dt.date(2026, 11, 5), name="Flood", source="notice")
    done = rederive(organisations=[cast.prairie.pk])
    assert (done.requests, len(done.moved)) == (1, 1)
    with viewing(organisation_viewer(cast.harbor.pk)):
        assert not Deadline.objects.exclude(superseded_at=None).exists()


def test_the_number_of_queries_does_not_grow_with_the_requests(cast: Cast, file: File) -> None:
    ids = [file(once=f"form {n}").pk for n in range(3)]

    def queries(some: list[int]) -> int:
        with viewing(organisation_viewer(cast.harbor.pk)), CaptureQueriesContext(connection) as counted:
            deadlines.derive_requests(some, book=deadlines.book_of())
        return len(counted)

    assert queries(ids[:1]) == queries(ids) == 6


def test_passing_time_needs_no_write(cast: Cast, file: File) -> None:
    """The day after the last day is late by what was stored on the day of filing."""
    file()
    with viewing_as(cast.vera) as viewer:
        for day, late in ((10, False), (11, True)):
            # Noon in Chicago.
            page = list_requests(viewer, now=dt.datetime(2026, 11, day, 18, tzinfo=dt.UTC))
            assert [row.late for row in page.rows] == [late]
            assert [row.days_late for row in page.rows] == [int(late)]


def test_the_day_is_the_agencys_own(cast: Cast, file: File) -> None:
    """Two in the morning of November 11 in London is still November 10 in Chicago: due today, not late."""
    file()
    with viewing_as(cast.vera) as viewer:
        (row,) = list_requests(viewer, now=dt.datetime(2026, 11, 11, 2, tzinfo=dt.UTC)).rows
        assert (row.today, row.late, row.days_left) == (dt.date(2026, 11, 10), False, 0)
