"""The list and the page of requests: each reader gets what is theirs, counted exactly, in a fixed number of
queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.actions import correspondence, filing
from requests_app.models import Person, RecordsRequest
from requests_app.models.visibility import PUBLIC, Viewer, viewing, viewing_as
from requests_app.queries.request_page import load
from requests_app.queries.requests import SORTS, Filters, list_requests
from tests import builders
from tests.builders import Cast

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)


@pytest.fixture
def cast() -> Cast:
    return builders.cast()


@pytest.fixture
def file(cast: Cast) -> Callable[..., RecordsRequest]:
    def act(number: int = 1, by: Person | None = None, **changed: Any) -> RecordsRequest:
        person = by or cast.olive
        words: dict[str, Any] = {
            "organisation": cast.harbor, "agency": cast.agency, "law_id": "us-il", "channel": "email",
            "public_title": f"Sharing lists {number}", "working_title": f"secret plan {number}",
            "tracking_number": f"TRACK-{number}", "sent_on": dt.date(2026, 11, 2), "actor": person,
            "once": f"form {number}", "today": TODAY, "parts": (("A1", "Contracts"), ("A2", "Lists")),
        } | changed  # fmt: skip
        with viewing_as(person) as viewer:
            return filing.file_request(viewer=viewer, **words)

    return act


@contextmanager
def looking(person: Person | None) -> Iterator[Viewer]:
    with viewing_as(person) if person else viewing(PUBLIC) as viewer:
        yield viewer


def test_each_reader_sees_their_own_and_what_is_published(cast: Cast, file: Callable[..., Any]) -> None:
    kept, published = file(1), file(2)
    theirs = file(3, by=cast.ravi, organisation=cast.prairie)
    builders.publish(cast.olive, published)
    expected = {
        cast.olive: {kept, published}, cast.vera: {kept, published}, cast.ravi: {theirs, published},
        cast.noor: {published}, cast.omar: {published}, None: {published},
    }  # fmt: skip
    for person, seen in expected.items():
        with looking(person) as viewer:
            page = list_requests(viewer, now=NOW)
            assert {row.pk for row in page.rows} == {request.pk for request in seen}, person
            assert page.total == len(seen)


def test_ones_own_rows_show_the_whole_standing_and_others_the_public_one(
    cast: Cast, file: Callable[..., Any]
) -> None:
    """Silence in Illinois is a denial: our window is open, which is nobody's business but ours."""
    builders.publish(cast.olive, file(1))
    with looking(cast.vera) as viewer:
        (row,) = list_requests(viewer, now=NOW).rows
        assert (row.ours, row.stage, row.whose_move, row.next_owner) == (
            True, "appeal_open", "requester", "requester",
        )  # fmt: skip
        assert (row.late, row.late_since, row.days_late) == (True, dt.date(2026, 11, 11), 10)
    for person in (cast.ravi, cast.noor, None):
        with looking(person) as viewer:
            (row,) = list_requests(viewer, now=NOW).rows
            assert (row.ours, row.stage, row.whose_move, row.next_on) == (False, "sent", "agency", None)
            assert row.late is True


def test_filters_narrow_and_count_what_they_leave(cast: Cast, file: Callable[..., Any]) -> None:
    wave = builders.campaign(cast.olive, cast.harbor)
    california = builders.agency("Tule Basin Center", law="us-ca", zone="America/Los_Angeles")
    late, fresh = file(1, campaign=wave), file(2, sent_on=dt.date(2026, 11, 18))
    other = file(3, agency=california, law_id="us-ca", sent_on=dt.date(2026, 11, 18))
    everything = {late.pk, fresh.pk, other.pk}
    with looking(cast.vera) as viewer:
        for filters, expected in (
            (Filters(), everything),
            (Filters(jurisdiction="us-ca"), {other.pk}),
            (Filters(agency=california.slug), {other.pk}),
            (Filters(law="us-il"), {late.pk, fresh.pk}),
            (Filters(campaign=wave.public_id), {late.pk}),
            (Filters(late=True), {late.pk}),
            (Filters(late=False), {fresh.pk, other.pk}),
            (Filters(move="requester"), {late.pk}),
            (Filters(stage="sent"), {fresh.pk, other.pk}),
            (Filters(within=7), {fresh.pk}),
            (Filters(organisation=cast.harbor.public_id), everything),
            (Filters(organisation=cast.prairie.public_id), set()),
            (Filters(q="tule lists"), {other.pk}),
            (Filters(q="secret 2"), {fresh.pk}),
            (Filters(q="track-1"), {late.pk}),
            (Filters(q=other.public_id), {other.pk}),
            (Filters(q="nothing like it"), set()),
        ):
            page = list_requests(viewer, now=NOW, filters=filters)
            assert {row.pk for row in page.rows} == expected, filters
            assert page.total == len(expected), filters


def test_a_search_finds_no_word_that_the_reader_may_not_read(cast: Cast, file: Callable[..., Any]) -> None:
    builders.publish(cast.olive, file(1))
    for person in (cast.ravi, cast.noor, None):
        with looking(person) as viewer:
            assert list_requests(viewer, now=NOW, filters=Filters(q="sharing")).total == 1
            for hidden in ("secret", "track-1"):
                assert list_requests(viewer, now=NOW, filters=Filters(q=hidden)).total == 0, (person, hidden)


def test_a_campaign_the_reader_may_not_see_stays_unnamed(cast: Cast, file: Callable[..., Any]) -> None:
    builders.publish(
        cast.olive, file(1, campaign=builders.campaign(cast.olive, cast.harbor, "Quiet campaign"))
    )
    with looking(cast.ravi) as viewer:
        (row,) = list_requests(viewer, now=NOW).rows
        page = load(viewer, row.public_id, now=NOW)
        assert page is not None and page.campaign is None
    with looking(cast.vera) as viewer:
        page = load(viewer, row.public_id, now=NOW)
        assert page is not None and page.campaign is not None
        assert page.campaign["title"] == "Quiet campaign"


def test_every_sort_gives_every_row_once_over_the_pages(cast: Cast, file: Callable[..., Any]) -> None:
    own = {file(n, sent_on=dt.date(2026, 11, n)).pk for n in range(3, 8)}
    for n in range(8, 11):
        theirs = file(n, by=cast.ravi, organisation=cast.prairie, sent_on=dt.date(2026, 11, n))
        builders.publish(cast.ravi, theirs)
        own.add(theirs.pk)
    with looking(cast.vera) as viewer:
        for sort in SORTS:
            pages = [list_requests(viewer, now=NOW, sort=sort, page=n, size=3) for n in (1, 2, 3)]
            seen = [row.pk for page in pages for row in page.rows]
            assert sorted(seen) == sorted(own), sort
            assert [(page.first, page.last, page.pages) for page in pages] == [
                (1, 3, 3),
                (4, 6, 3),
                (7, 8, 3),
            ]
        newest = list_requests(viewer, now=NOW, size=50).rows
        assert [row.filed_on for row in newest] == sorted((row.filed_on for row in newest), reverse=True)
        assert list_requests(viewer, now=NOW, page=99, size=3).number == 3, "a page past the end is the last"
        assert list_requests(viewer, now=NOW, page=-1, size=3).number == 1


def test_a_list_goes_as_far_as_it_is_counted(
    cast: Cast, file: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.queries.requests.MOST", 4)
    for n in range(3, 6):
        file(n, sent_on=dt.date(2026, 11, n))
        builders.publish(cast.ravi, file(n + 3, by=cast.ravi, organisation=cast.prairie, sent_on=dt.date(2026, 11, n)))
    for sort, days in {"newest": [5, 5, 4, 4], "oldest": [3, 3, 4, 4]}.items():
        with looking(cast.vera) as viewer:
            pages = [list_requests(viewer, now=NOW, sort=sort, page=n, size=3) for n in (1, 2, 9)]
        assert [(page.total, page.more, page.number, page.pages) for page in pages] == [
            (4, True, 1, 2), (4, True, 2, 2), (4, True, 2, 2),
        ]  # fmt: skip
        assert [row.filed_on.day for page in pages[:2] for row in page.rows][:4] == days
    with looking(cast.noor) as viewer:
        page = list_requests(viewer, now=NOW)
        assert (page.total, page.more, len(page.rows)) == (3, False, 3)


def test_an_unknown_sort_is_the_usual_one_and_nothing_is_an_empty_page(cast: Cast) -> None:
    with looking(cast.noor) as viewer:
        page = list_requests(viewer, now=NOW, sort="; drop table")
        assert (page.rows, page.total, page.pages, page.first, page.has_next) == ((), 0, 1, 0, False)


def test_the_number_of_queries_does_not_grow(cast: Cast, file: Callable[..., Any]) -> None:
    wave = builders.campaign(cast.olive, cast.harbor)
    builders.publish(cast.olive, file(1, campaign=wave))

    def counted() -> list[tuple[int, int]]:
        found = []
        for person in (cast.vera, cast.ravi, None):
            with looking(person) as viewer:
                with CaptureQueriesContext(connection) as listing:
                    page = list_requests(viewer, now=NOW, sort="late")
                with CaptureQueriesContext(connection) as reading:
                    load(viewer, page.rows[-1].public_id, now=NOW)
            found.append((len(listing), len(reading)))
        return found

    # Listing: keys and count, rows, for others whom not to name. Reading: request, events, dates, and shares where
    # there are some; for others what reaches them first, and before that a member's own.
    before = counted()
    assert before == [(2, 4), (3, 5), (4, 4)]
    for n in range(2, 6):
        builders.publish(cast.olive, file(n, campaign=wave))
    assert counted() == before


def test_missing_and_forbidden_ask_the_same_queries(cast: Cast, file: Callable[..., Any]) -> None:
    hidden = file(1)
    for person in (cast.ravi, cast.noor, None):
        with looking(person) as viewer:
            asked = []
            for public_id in (hidden.public_id, "aaaaaaaaaaaa"):
                with CaptureQueriesContext(connection) as counted:
                    assert load(viewer, public_id, now=NOW) is None
                asked.append([query["sql"].replace(public_id, "") for query in counted.captured_queries])
            assert asked[0] == asked[1]


def test_the_page_of_ones_own_request_holds_everything_and_the_public_one_only_the_public(
    cast: Cast, file: Callable[..., Any]
) -> None:
    request = file(1)
    builders.publish(cast.olive, request)
    with viewing_as(cast.edgar) as viewer:
        correspondence.record_event(
            viewer=viewer, records_request=request, kind="determined", dated_on=dt.date(2026, 11, 9),
            received_on=dt.date(2026, 11, 9), outcome="denied", parts=("A1",), text="Denied.", note="Appeal!",
            actor=cast.edgar, once="d", today=TODAY,
        )  # fmt: skip
    with looking(cast.vera) as viewer:
        page = load(viewer, request.public_id, now=NOW)
        assert page is not None and page.private is not None and page.correspondence is not None
        assert (page.ours, page.may_edit, page.may_own, page.published) == (True, False, False, True)
        assert (page.private["working_title"], page.correspondence["tracking_number"]) == (
            "secret plan 1",
            "TRACK-1",
        )
        assert {clock.owner for clock in page.clocks} == {"agency", "requester"}
        assert [(part.label, part.outcome) for part in page.parts] == [("A1", "denied"), ("A2", "")]
    for person in (cast.ravi, None):
        with looking(person) as viewer:
            page = load(viewer, request.public_id, now=NOW)
            assert page is not None and page.standing is not None
            assert (page.ours, page.may_edit, page.private, page.correspondence, page.shares, page.course) == (
                False, False, None, None, (), None,
            )  # fmt: skip
            assert {clock.owner for clock in page.clocks} == {"agency"}
            assert page.standing.whose_move != "requester"
            assert [(part.label, part.outcome) for part in page.parts] == [("A1", "denied"), ("A2", "")]
            assert all(line.note is None and line.text is None for line in page.lines)


def test_correspondence_is_read_by_whom_it_was_granted_to(cast: Cast, file: Callable[..., Any]) -> None:
    request = file(1)
    builders.share_with(cast.olive, request, cast.prairie, correspondence=True)
    with looking(cast.ravi) as viewer:
        page = load(viewer, request.public_id, now=NOW)
        assert page is not None and page.correspondence is not None
        assert page.correspondence["tracking_number"] == "TRACK-1"
        assert page.private is None
    with looking(None) as viewer:
        assert load(viewer, request.public_id, now=NOW) is None
