"""Campaigns: counts that add up, the matrix at the viewer's own level, and the table that leaves the house."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.actions.correspondence import record_event
from requests_app.actions.filing import file_request
from requests_app.laws.registry import library
from requests_app.models import Campaign, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date() - dt.timedelta(days=1)
SENT = TODAY - dt.timedelta(days=28)
DUE = library().calendar("us-il").add_open(SENT, 5)
ASKED_ON, PRODUCED_ON, DENIED_ON = (SENT + dt.timedelta(days=n) for n in (1, 3, 5))


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def plates(cast: builders.Cast) -> Campaign:
    campaign = builders.campaign(cast.olive, cast.harbor)
    builders.publish(cast.olive, campaign)
    return campaign


def filed(
    cast: builders.Cast, campaign: Campaign, *events: tuple[str, dict[str, Any]], **fields: Any
) -> RecordsRequest:
    """Filed four weeks ago under Illinois law, with its dates derived."""
    to = fields.pop("to", None) or builders.agency()
    with viewing_as(cast.olive) as viewer:
        made = file_request(
            viewer=viewer, organisation=cast.harbor, agency=to, law_id="us-il", campaign=campaign,
            public_title=fields.pop("title", "Sharing lists"), sent_on=SENT,
            received_on=SENT, receipt_basis="portal", channel="portal", actor=cast.olive,
            once=f"filed {to.slug}", today=TODAY, is_sample=fields.pop("is_sample", False),
        )  # fmt: skip
        for n, (kind, told) in enumerate(events):
            record_event(
                viewer=viewer, records_request=made, kind=kind, actor=cast.olive, once=f"{to.slug} {n}",
                today=TODAY, **told,
            )  # fmt: skip
        # As after its own publication: what is filed into a public campaign is held back.
        RecordsRequest.objects.filter(pk=made.pk).update(held_back=False)
    return made


DENIED = (
    "determined",
    {"sent_on": DENIED_ON, "received_on": DENIED_ON, "outcome": "denied"},
)
PRODUCED = (
    "produced",
    {"sent_on": PRODUCED_ON, "received_on": PRODUCED_ON, "outcome": "produced"},
)
ASKED_US = ("clarification_asked", {"sent_on": ASKED_ON, "received_on": ASKED_ON})


def signed_in(who: Any) -> Client:
    client = Client()
    client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def sums(seen: str) -> tuple[int, int]:
    row = seen.split('<ul class="sum')[1].split("</ul>")[0]
    *parts, total = (int(n) for n in re.findall(r"<b>(?:<a [^>]+>)?(\d+)", row))
    return sum(parts), total


def test_the_counts_add_up_and_lead_to_their_rows(cast: builders.Cast, plates: Campaign) -> None:
    filed(cast, plates)
    filed(cast, plates, DENIED)
    filed(cast, plates, PRODUCED)
    seen = page(signed_in(cast.olive), f"/campaigns/{plates.public_id}/")
    assert sums(seen) == (3, 3)
    for address, n in re.findall(r'<b><a href="([^"]+)">(\d+)</a></b>', seen):
        rows = page(signed_in(cast.olive), address).count('<td role="cell" class="ck"')
        assert rows == int(n), address


def test_the_public_reads_no_window_and_no_move_of_ours(cast: builders.Cast, plates: Campaign) -> None:
    filed(cast, plates, DENIED)
    filed(cast, plates, ASKED_US)
    address = f"/campaigns/{plates.public_id}/"
    ours = page(signed_in(cast.olive), address)
    assert 'class="tag ours"' in ours
    assert "k-due ours" in ours
    for client in (Client(), signed_in(cast.ravi)):
        for seen in (
            page(client, address),
            page(client, f"{address}matrix.csv"),
            page(client, "/campaigns/"),
        ):
            assert 'class="tag ours"' not in seen
            assert "k-due ours" not in seen
            assert "requester" not in seen
            assert "paused" not in seen
            assert "Access Counselor" not in seen
        assert "“requester” is none of the choices" in page(client, f"{address}?move=requester")


def test_an_acknowledged_request_whose_time_has_passed_reads_late(
    cast: builders.Cast, plates: Campaign
) -> None:
    acknowledged = ("acknowledged", {"received_on": ASKED_ON})
    filed(cast, plates, acknowledged)
    seen = page(Client(), f"/campaigns/{plates.public_id}/?group=late")
    days = (timezone.now().date() - DUE).days
    # The day may turn between the agency's zone and UTC.
    assert f"late {days} days" in seen or f"late {days - 1} days" in seen


def test_a_campaign_of_others_is_missing_to_everybody_else(cast: builders.Cast) -> None:
    secret = builders.campaign(cast.olive, cast.harbor, "Not published")
    for name in ("", "matrix.csv"):
        missing = Client().get(f"/campaigns/zzzzzzzzzzzz/{name}")
        hidden = Client().get(f"/campaigns/{secret.public_id}/{name}")
        assert missing.status_code == hidden.status_code == 404
        assert signed_in(cast.ravi).get(f"/campaigns/{secret.public_id}/{name}").status_code == 404
        assert signed_in(cast.vera).get(f"/campaigns/{secret.public_id}/{name}").status_code == 200


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  ="])
def test_no_cell_of_the_table_runs_in_a_spreadsheet(
    cast: builders.Cast, plates: Campaign, start: str
) -> None:
    to = builders.agency()
    with viewing_as(cast.olive):
        type(to).objects.filter(pk=to.pk).update(name=f"{start}HYPERLINK(1)")
    filed(cast, plates, to=to, is_sample=True)
    answer = Client().get(f"/campaigns/{plates.public_id}/matrix.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.content.decode().removeprefix("\ufeff"), newline=""))
    assert row["agency"].startswith(f"'{start}")
    assert row["sample"] == "sample"
    assert row["answer_due_latest"] == DUE.isoformat()


def test_wrong_filters_are_named_and_empty_results_explained(cast: builders.Cast, plates: Campaign) -> None:
    filed(cast, plates)
    address = f"/campaigns/{plates.public_id}/"
    seen = page(Client(), f"{address}?group=nonsense&within=%00soon")
    assert "“nonsense” is none of the choices" in seen
    assert "“soon” is no number of days to choose" in seen
    assert "No request matches these filters" in seen
    empty = builders.campaign(cast.olive, cast.harbor, "Empty")
    assert "No requests in this campaign yet" in page(signed_in(cast.olive), f"/campaigns/{empty.public_id}/")
    assert "No campaigns here yet" in page(
        signed_in(cast.noor), "/campaigns/"
    ) or plates.public_title in page(signed_in(cast.noor), "/campaigns/")


def test_the_number_of_queries_does_not_grow(cast: builders.Cast, plates: Campaign) -> None:
    client = signed_in(cast.olive)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len([q for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    addresses = ("/campaigns/", f"/campaigns/{plates.public_id}/")
    filed(cast, plates, DENIED)
    few = [queries(address) for address in addresses]
    for _ in range(8):
        filed(cast, plates, PRODUCED)
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 12


def test_a_decision_taken_back_is_no_answer(cast: builders.Cast, plates: Campaign) -> None:
    made = filed(cast, plates, DENIED)
    with viewing_as(cast.olive):
        denial = made.events.get(kind="determined")
        builders.event(made, "retracted", retracts=denial)
    seen = page(signed_in(cast.olive), f"/campaigns/{plates.public_id}/")
    assert "Denied</span>" not in seen
