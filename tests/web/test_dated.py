"""A public page as it stood on an earlier day: what had happened by then, or was known; never more than today's."""

from __future__ import annotations

import datetime as dt
import html
import itertools
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.deadlines import derive
from requests_app.models import Event, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from requests_app.queries.groups import (
    DENIED,
    DISPUTED,
    ELSEWHERE,
    NONE,
    UNDECIDED,
    group_of,
    group_told,
)
from tests import builders

pytestmark = pytest.mark.django_db
FILED = dt.date(2026, 3, 2)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def logged(cast: builders.Cast, made: RecordsRequest, kind: str, on: dt.date, **fields: Any) -> Event:
    """An event of that day, recorded on the same day unless told otherwise."""
    recorded = fields.pop("recorded_on", on)
    at = dt.datetime.combine(recorded, dt.time(18), dt.UTC)
    ours = kind in ("sent", "closed", "clarification_answered")
    day = {"sent_on" if ours else "received_on": on}
    with viewing_as(cast.olive):
        return builders.event(made, kind, recorded_at=at, **day, **fields)


@pytest.fixture
def asked(cast: builders.Cast) -> RecordsRequest:
    """Filed on Monday, March 2, 2026 under the law of Illinois: five business days, five more by notice."""
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)
    logged(cast, made, "receipt_confirmed", FILED)
    return made


def addresses(made: RecordsRequest) -> tuple[str, ...]:
    assert made.campaign is not None
    return f"/requests/{made.public_id}/", f"/campaigns/{made.campaign.public_id}/", f"/agencies/{made.agency.slug}/"


def derived(cast: builders.Cast, made: RecordsRequest) -> None:
    with viewing_as(cast.olive):
        derive(made)


def on(made: RecordsRequest, day: str, client: Client | None = None, *, status: int = 200) -> str:
    answer = (client or Client()).get(f"/requests/{made.public_id}/?on={day}")
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_a_day_shows_what_had_happened_by_its_end_and_the_date_as_it_stood(
    cast: builders.Cast, asked: RecordsRequest
) -> None:
    claim = {"days": 5, "unit": "business_days", "reason": "volume"}
    logged(cast, asked, "extension_noticed", dt.date(2026, 3, 6), facts=claim)
    logged(cast, asked, "determined", dt.date(2026, 3, 13), outcome="denied")
    derived(cast, asked)
    builders.publish(cast.olive, asked)
    before = on(asked, "2026-03-05")
    assert "Today, " not in before
    assert "What had happened by the end of" in before and "Thursday, March 5, 2026" in before
    assert 'datetime="2026-03-09"' in before and 'datetime="2026-03-16"' not in before
    assert "Denied" not in before.split("<main")[1].split("Timeline")[1]
    assert 'datetime="2026-03-16"' in on(asked, "2026-03-06")
    after = on(asked, "2026-03-13")
    assert "Denied" in after.split("Timeline")[1]


def test_what_was_recorded_later_was_not_known_then(cast: builders.Cast, asked: RecordsRequest) -> None:
    logged(cast, asked, "acknowledged", dt.date(2026, 3, 4), recorded_on=dt.date(2026, 3, 20))
    derived(cast, asked)
    builders.publish(cast.olive, asked)
    assert "Acknowledg" in on(asked, "2026-03-05").split("Timeline")[1]
    for day in ("2026-03-05", "2026-03-19"):
        said = on(asked, f"{day}&known=1")
        assert "What was known at the end of" in said and "Acknowledg" not in said.split("Timeline")[1]
    assert "Acknowledg" in on(asked, "2026-03-20&known=1").split("Timeline")[1]


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-03-01", "nothing had happened by the end of Sunday, March 1, 2026"),
        ("2026-03-01&known=1", "nothing was recorded here by the end of Sunday, March 1, 2026"),
        ("2226-03-01", "is still ahead"),
        ("March", "“March” is no day. Write it as year, month and day"),
        ("2026-02-30", "is no day"),
        ("", "is no day"),
        ("2026-03-05&known=maybe", "known: “maybe” is none of the choices"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said(
    cast: builders.Cast, asked: RecordsRequest, day: str, sentence: str
) -> None:
    derived(cast, asked)
    builders.publish(cast.olive, asked.campaign)
    for address in addresses(asked):
        answer = Client().get(f"{address}?on={day}")
        assert answer.status_code == 400, address
        assert sentence in html.unescape(answer.content.decode()), address


def test_the_dashboard_says_that_it_has_no_earlier_days(cast: builders.Cast) -> None:
    answer = Client().get("/?on=2026-03-05")
    assert answer.status_code == 400 and "as of today alone" in answer.content.decode()


def test_what_is_not_public_has_no_earlier_days_for_its_owner_either(
    cast: builders.Cast, asked: RecordsRequest
) -> None:
    derived(cast, asked)
    owner = Client()
    owner.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    for client in (Client(), owner):
        on(asked, "2026-03-05", client, status=404)
    share = builders.publish(cast.olive, asked)
    with viewing_as(cast.olive):
        builders.deadline(asked, owner="requester", name="Window of ours")
    assert "Window of ours" not in on(asked, "2026-03-05", owner)
    with viewing_as(cast.olive):
        Share.objects.filter(pk=share.pk).update(revoked_at=dt.datetime.now(dt.UTC))
    on(asked, "2026-03-05", status=404)


def test_nobody_reads_out_of_two_days_when_the_office_waited_for_us(
    cast: builders.Cast, asked: RecordsRequest
) -> None:
    """A question and its answer are not public; the days between them move the last day, and no word says so."""
    logged(cast, asked, "clarification_asked", dt.date(2026, 3, 4))
    logged(cast, asked, "clarification_answered", dt.date(2026, 3, 10))
    logged(cast, asked, "acknowledged", dt.date(2026, 3, 11))
    derived(cast, asked)
    builders.publish(cast.olive, asked)
    with viewing_as(cast.olive):
        due = asked.deadlines.filter(superseded_at=None, owner="agency", rule_id="determine").get().latest_on
    assert due is not None and due > dt.date(2026, 3, 9)
    for day in range(3, 12):
        said = on(asked, f"2026-03-{day:02}").split("<main")[1]
        assert f'datetime="{due.isoformat()}"' in said, day
        assert not any(word in said.lower() for word in ("paused", "clarif", "late 1 day"))


def test_a_request_taken_to_be_late_was_late_on_every_reading(cast: builders.Cast, asked: RecordsRequest) -> None:
    derived(cast, asked)
    builders.publish(cast.olive, asked)
    assert "late 1 day" not in on(asked, "2026-03-09")
    assert "late 1 day" in on(asked, "2026-03-10")


def test_what_was_taken_back_since_is_on_no_day(cast: builders.Cast, asked: RecordsRequest) -> None:
    wrong = logged(cast, asked, "determined", dt.date(2026, 3, 5), outcome="denied")
    with viewing_as(cast.olive):
        builders.event(asked, "retracted", retracts=wrong)
    derived(cast, asked)
    builders.publish(cast.olive, asked)
    for tail in ("", "&known=1"):
        answer = Client().get(f"/requests/{asked.public_id}/?on=2026-03-06{tail}")
        assert "Denied" not in answer.content.decode()


def test_it_leads_back_to_today_and_no_search_engine_keeps_it(cast: builders.Cast, asked: RecordsRequest) -> None:
    derived(cast, asked)
    builders.publish(cast.olive, asked.campaign)
    for address in addresses(asked):
        said = Client().get(f"{address}?on=2026-03-05").content.decode()
        assert '<meta name="robots" content="noindex">' in said
        assert f'<link rel="canonical" href="http://testserver{address}">' in said
        assert f'<a href="{address}">As it stands today</a>' in said
        assert "Cite this page" not in said
        assert 'name="on" max=' in Client().get(address).content.decode()


def test_a_campaign_and_an_agency_are_counted_as_of_that_day(cast: builders.Cast, asked: RecordsRequest) -> None:
    later = builders.bare_request(
        cast.olive, cast.harbor, cast.agency, campaign=asked.campaign, filed_on=dt.date(2026, 3, 20)
    )
    logged(cast, asked, "determined", dt.date(2026, 3, 6), outcome="denied")
    derived(cast, asked)
    derived(cast, later)
    builders.publish(cast.olive, asked.campaign)
    campaign, agency = f"/campaigns/{asked.campaign.public_id}/", f"/agencies/{cast.agency.slug}/"
    for day, n in (("2026-03-05", 1), ("2026-03-20", 2)):
        said = Client().get(f"{campaign}?on={day}").content.decode()
        assert f"Campaign matrix, {n} request" in said
        record = Client().get(f"{agency}?on={day}").content.decode()
        assert f'<span class="of"> of {n}</span>' in record
    assert f"/requests/{asked.public_id}/?on=2026-03-20" in said


def test_more_requests_cost_no_more_queries(cast: builders.Cast, asked: RecordsRequest) -> None:
    builders.publish(cast.olive, asked.campaign)
    counts = []
    for _ in range(2):
        for _more in range(2):
            derived(cast, builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=asked.campaign))
        for address in (f"/campaigns/{asked.campaign.public_id}/", f"/agencies/{cast.agency.slug}/"):
            with CaptureQueriesContext(connection) as queries:
                assert Client().get(f"{address}?on=2026-03-05").status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_a_standing_in_hand_is_in_the_group_that_the_lists_count(cast: builders.Cast) -> None:
    """One rule, in two languages: every outcome, in every stage, late or not."""
    outcomes = ("", "produced", "produced_in_part", "granted", "withdrawn", *DENIED, *NONE, *ELSEWHERE)
    stages = (*UNDECIDED, "answered", "appeal_decided", "closed", *DISPUTED)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive):
        span = builders.span(made)
        both = (False, True)
        for outcome, stage, late, came in itertools.product(outcomes, stages, both, both):
            type(span).objects.filter(pk=span.pk).update(outcome=outcome, stage=stage, late=late, produced=came)
            row = RecordsRequest.objects.filter(pk=made.pk).annotate(found=group_of("spans__"))
            told = group_told(stage, outcome, late=late, came=came)
            assert row.values_list("found", flat=True).get() == told, (outcome, stage, late, came)
