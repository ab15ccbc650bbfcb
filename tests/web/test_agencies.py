"""Agencies: found by any of their names, real ones apart from invented ones, each fact with its source."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import Agency, AgencyContact, AgencyCustodian, AgencyLaw, AgencyName
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.web.figures import answer_words
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def real(name: str, **fields: Any) -> Agency:
    with viewing(PUBLIC):
        return Agency.objects.create(
            **{
                "slug": name.lower().replace(" ", "-"), "name": name, "kind": "fusion_center",
                "jurisdiction": "us-il", "zone": "America/Chicago", "map_x": 500.0, "map_y": 300.0, **fields,
            }
        )  # fmt: skip


def page(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_an_agency_is_found_by_name_short_name_and_former_name() -> None:
    found = real("Prairie State Center", abbreviation="PSC", city="Joliet")
    other = real("Lake Shore Center")
    AgencyName.objects.create(agency=found, name="Illinois Terrorism Desk")
    for asked in ("prairie center", "psc", "terrorism desk", "joliet"):
        seen = page(f"/agencies/?q={asked}")
        assert found.name in seen
        assert other.name not in seen
    assert "also Illinois Terrorism Desk" in page("/agencies/")


def test_invented_centers_stand_apart_from_real_ones(cast: builders.Cast) -> None:
    there = real("Prairie State Center")
    seen = page("/agencies/")
    assert there.name in seen
    assert cast.agency.name not in seen
    assert "noindex" not in seen
    sample = page("/agencies/?mark=sample")
    assert there.name not in sample
    assert f'{cast.agency.name}</a> <span class="smp">(sample)</span>' in sample
    assert '<meta name="robots" content="noindex">' in sample
    both = page("/agencies/?mark=both")
    assert there.name in both and cast.agency.name in both


def test_a_page_beyond_the_end_is_the_last_and_wrong_filters_are_named() -> None:
    for n in range(51):
        real(f"Center {n:02}")
    seen = page("/agencies/?page=9999")
    assert "51 to 51 of 51" in seen
    assert "Center 50" in seen
    for address in ("/agencies/?page=-1", "/agencies/?page=x", "/agencies/?q=%00"):
        assert "Center 00" in page(address)
    assert "“us-zz” is none of the choices" in page("/agencies/?jurisdiction=us-zz")
    assert "No agency matches" in page("/agencies/?kind=nonsense")


def test_each_fact_has_its_source_and_what_is_unverified_says_so() -> None:
    there = real(
        "Prairie State Center", notes="Moved in 2019.", sources=["https://www.example.org/list"],
        claims=[{"field": "city", "value": "Joliet", "source": "https://example.net/a", "status": "reported"}],
    )  # fmt: skip
    AgencyLaw.objects.create(
        agency=there, law_id="us-il", why="Law of its host", source="statute", confidence="low"
    )
    AgencyLaw.objects.create(agency=there, law_id="us-as", why="Shares a desk", confidence="high")
    AgencyContact.objects.create(
        agency=there, purpose="records", channel="email", value="foia@example.org",
        source="https://example.org/foia", verified_on=dt.date(2026, 3, 2), health="works",
    )  # fmt: skip
    AgencyContact.objects.create(agency=there, purpose="appeals", channel="post", value="1 Main Street")
    AgencyCustodian.objects.create(
        agency=there, name="State Police", part="host", kind="state_police", law_id="us-il"
    )
    AgencyName.objects.create(agency=there, name="Old Desk", until_on=dt.date(2019, 5, 1))
    seen = page("/agencies/prairie-state-center/")
    assert 'href="mailto:foia@example.org"' in seen
    assert 'href="https://example.org/foia" rel="noreferrer">example.org</a>' in seen
    assert "Mon Mar 2, 2026" in seen
    assert "not verified" in seen
    assert "Unverified: check with counsel" in seen
    assert "5 business days, 5 more with notice" in seen
    assert "not in the library yet" in seen
    assert 'href="https://example.net/a"' in seen and "reported" in seen
    assert "Moved in 2019." in seen
    assert 'href="https://www.example.org/list"' in seen
    assert "Old Desk" in seen and "Wed May 1, 2019" in seen
    assert "No request to this agency is published yet" in seen


def test_the_record_counts_what_the_viewer_may_see(cast: builders.Cast) -> None:
    for public in (True, False):
        made = builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title=f"public {public}")
        with viewing_as(cast.olive):
            builders.span(made, public=True, stage="answered", outcome="produced")
            builders.span(made, stage="answered", outcome="produced")
        if public:
            builders.publish(cast.olive, made)
    address = f"/agencies/{cast.agency.slug}/"
    public = page(address)
    assert "of 1</span>" in public and "too few for a share" in public
    assert "public True" in public and "public False" not in public
    client = Client()
    client.force_login(cast.vera, backend=settings.AUTHENTICATION_BACKENDS[0])
    own = page(address, client)
    assert "of 2</span>" in own and "public False" in own


def test_a_missing_agency_is_a_404() -> None:
    assert Client().get("/agencies/nobody/").status_code == 404


def test_the_number_of_queries_does_not_grow(cast: builders.Cast) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page(address)
        return len([q for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    addresses = ("/agencies/", f"/agencies/{cast.agency.slug}/")
    real("Prairie State Center")
    builders.publish(cast.olive, builders.bare_request(cast.olive, cast.harbor, cast.agency))
    few = [queries(address) for address in addresses]
    for n in range(10):
        there = real(f"Center {n}")
        AgencyLaw.objects.create(agency=there, law_id="us-il")
        builders.publish(cast.olive, builders.bare_request(cast.olive, cast.harbor, cast.agency))
    assert [queries(address) for address in addresses] == few
    # Of a center: its facts, the twelve, what was asked, statements and corrections.
    assert max(few) <= 22, few


def test_a_real_request_out_of_a_log_is_not_called_a_sample(cast: builders.Cast) -> None:
    there = real("Prairie State Center")
    builders.publish(
        cast.olive,
        builders.bare_request(cast.olive, cast.harbor, there, is_imported=True, public_title="Logged"),
    )
    seen = page("/agencies/prairie-state-center/")
    assert "Logged" in seen
    assert "(sample)" not in seen


@pytest.mark.parametrize(
    ("law_id", "says"),
    [
        ("us-va", "5 business days, 7 more with notice"),  # not the 60 for criminal files
        ("us-ca", "10 calendar days, 14 more with notice"),
        ("us-co", "3 business days, 7 more with notice"),
        ("us-nj", "7 business days"),  # its longer times are for some records or some requesters
    ],
)
def test_a_law_in_one_line_has_the_extension_of_an_ordinary_request(law_id: str, says: str) -> None:
    assert answer_words(law_id).startswith(says)


def test_the_zone_is_said_as_people_say_it_and_a_search_leads_to_its_table() -> None:
    there = real("Prairie State Center")
    assert "Days end at midnight, Central time" in page(f"/agencies/{there.slug}/")
    assert 'class="map"' not in page("/agencies/?q=prairie")
