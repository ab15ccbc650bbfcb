"""The public dashboard: the public's own projection, whoever looks, and each number leads to what it counts."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.actions import statistics
from requests_app.models import RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def asked(cast: builders.Cast, *, public: bool = True, **fields: Any) -> RecordsRequest:
    names = ("public_title", "is_sample", "is_imported", "canary", "campaign", "filed_on")
    of_request = {n: fields.pop(n) for n in names if n in fields}
    filed_on = of_request.setdefault("filed_on", timezone.now().date() - dt.timedelta(days=30))
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, **of_request)
    with viewing_as(cast.olive):
        builders.span(made, public=True, **fields)
        builders.span(made, **fields)
        builders.deadline(made, due_on=filed_on + dt.timedelta(days=90))
    if public:
        builders.publish(cast.olive, made)
    return made


def page(address: str = "/", client: Client | None = None, *, status: int = 200) -> str:
    statistics.refresh()
    answer = (client or Client()).get(address)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def signed_in(who: Any) -> Client:
    client = Client()
    client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_its_owner_sees_no_more_on_it_than_the_public(cast: builders.Cast) -> None:
    asked(cast, public_title="Published lists", stage="sent")
    asked(cast, public_title="Kept to ourselves", public=False, stage="sent", canary="canary-of-harbor")
    for client in (Client(), signed_in(cast.olive)):
        seen = page("/", client)
        assert "1 request to 1 agency" in seen
        assert "Published lists" in seen
        assert "Kept to ourselves" not in seen
        assert "canary-of-harbor" not in seen
        assert "Our move" not in seen


def test_a_share_needs_five_requests(cast: builders.Cast) -> None:
    for _ in range(4):
        asked(cast, stage="answered", outcome="produced")
    few = page()
    assert few.count("· too few") >= 7
    assert "too few for a share" in few
    assert "100% of" not in few
    assert '<svg class="km"' not in few
    assert "Too few to say: fewer than 5 requests." in few
    asked(cast, stage="answered", outcome="produced")
    assert "100% of all requests" in page()


def test_every_number_leads_to_the_list_it_counts(cast: builders.Cast) -> None:
    asked(cast, stage="acknowledged", late=True, late_since=dt.date(2026, 3, 1))
    asked(cast, stage="answered", outcome="produced")
    asked(cast, stage="answered_in_part", outcome="produced_in_part")
    asked(cast, stage="answered", outcome="denied")
    asked(cast, stage="sent")
    asked(cast, stage="sent", public=False)
    asked(cast, stage="sent", is_imported=True)
    for client in (Client(), signed_in(cast.olive)):
        seen = page("/", client)
        links = re.findall(r'href="(/requests/\?[^"]*group=[^"]+)">(\d+)', seen)
        links += re.findall(r'href="(/requests/\?[^"]*group=[^"]+)"><svg[^>]*>.*?</svg>(\d+)</a>', seen)
        assert len(links) >= 4
        for address, n in links:
            assert re.search(rf"\b{n} requests?, (each )?with its next date", page(address, client)), address


def test_the_bars_add_up_and_pending_is_apart_from_refused(cast: builders.Cast) -> None:
    for outcome, stage in (("denied", "answered"), ("", "sent"), ("", "sent"), ("produced", "answered")):
        asked(cast, stage=stage, outcome=outcome)
    bars = page().split('<ul class="bars">')[1].split("</ul>")[0]
    counts = [int(n) for n in re.findall(r"<b>(\d+)</b>", bars)]
    assert sum(counts) == 4
    assert re.search(r"Denied.*?<b>1</b>", bars, re.DOTALL)
    assert re.search(r"Pending.*?<b>2</b>", bars, re.DOTALL)


def test_due_today_is_not_late(cast: builders.Cast) -> None:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, filed_on=dt.date(2026, 1, 5))
    tomorrow = timezone.now().date() + dt.timedelta(days=2)
    with viewing_as(cast.olive):
        builders.span(made, public=True, until_on=tomorrow, next_on=tomorrow - dt.timedelta(days=1))
        builders.span(made, public=True, from_on=tomorrow, late=True)
    builders.publish(cast.olive, made)
    assert re.search(r"Late under the law</dt><dd><a [^>]+>0</a>", page())


def test_a_filter_nobody_offered_is_named_in_a_sentence(cast: builders.Cast) -> None:
    asked(cast, stage="sent")
    for name, label in (("group", "Stage"), ("population", "Which requests"), ("kind", "Agency kind")):
        seen = page(f"/?{name}=%00nonsense%27--", status=400)
        assert f"{label}: “nonsense'--” is none of the choices" in seen
        assert "No published request matches these filters" in seen
    assert page("/?campaign=abcdefghijkl&jurisdiction=us-zz", status=400).count("is none of the choices") == 2
    assert "Filed from: “2026-02-30” is no day. Write it as" in page("/?from=2026-02-30", status=400)
    assert "Filed until: it is before the first day." in page("/?from=2026-03-02&until=2026-03-01", status=400)


def test_a_campaign_that_is_not_public_is_none_of_the_choices_as_one_that_is_not_there(cast: builders.Cast) -> None:
    hidden = builders.campaign(cast.olive, cast.harbor, "Kept to ourselves")
    asked(cast, stage="sent", campaign=hidden)
    told = [page(f"/?campaign={pid}", status=400).replace(pid, "ID") for pid in (hidden.public_id, "abcdefghijkl")]
    bodies = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"|<time.*?</time>', "", one) for one in told]
    assert bodies[0] == bodies[1]
    assert "Kept to ourselves" not in told[0]


def test_sample_rows_are_marked_and_kept_from_search_engines(cast: builders.Cast) -> None:
    asked(cast, stage="sent")
    seen = page()
    assert '<meta name="robots" content="noindex">' in seen
    assert '<span class="smp">(sample)</span>' in seen
    assert "Invented sample: 1" in seen


def test_an_empty_dashboard_says_what_will_stand_there(cast: builders.Cast) -> None:
    seen = page()
    assert "Nothing is published yet" in seen
    assert "A request appears here when its organization publishes it." in seen
    assert '<svg class="map"' not in seen


def test_the_whole_page_costs_at_most_eight_queries(cast: builders.Cast) -> None:
    for _ in range(8):
        asked(cast, stage="acknowledged", late=True)
        asked(cast, stage="answered", outcome="denied_in_part")
    statistics.refresh()
    with CaptureQueriesContext(connection) as seen:
        assert Client().get("/").status_code == 200
    told = [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(told) <= 8, told
