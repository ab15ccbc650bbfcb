"""The brief of a city or county: how each thing is known, what was publicly asked, what to ask at a hearing."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import Agency
from requests_app.models.visibility import PUBLIC, viewing
from tests import builders

from .conftest import asked, center_of, publish, record, says

pytestmark = pytest.mark.django_db
HERE = "/brief/?jurisdiction=us-il&city=Springfield"


def police(name: str, **fields: object) -> Agency:
    with viewing(PUBLIC):
        return Agency.objects.create(
            **{
                "slug": name.lower().replace(" ", "-"), "name": name, "kind": "city_police", "jurisdiction": "us-il",
                "zone": "America/Chicago", "city": "Springfield", "county": "Sangamon", **fields,
            }
        )  # fmt: skip


def page(address: str = HERE, status: int = 200) -> str:
    answer = Client().get(address)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode())))


def test_it_says_of_each_center_how_it_is_known_to_cover_the_place(center: Agency) -> None:
    police("Springfield Police Department")
    center_of("Sangamon Regional Center", area="Sangamon and Menard counties")
    center_of("Lake Regional Center", area="Chicago and Cook County")
    seen = page()
    assert "Prairie State Center (statewide): its listing says that it covers the whole state" in seen
    assert "(Sangamon and Menard counties): its listing names this place or its county" in seen
    assert "(Chicago and Cook County): its listing names another area" in seen
    assert "does not show that data of its police goes there" in seen


def test_it_counts_public_requests_to_the_police_alone(cast: builders.Cast, center: Agency) -> None:
    there, other = police("Springfield Police Department"), police("Park Police")
    asked(cast, there, "plate-readers", "A6")
    asked(cast, other, "plate-readers", "A6", public=False)
    seen = page()
    assert "Springfield Police Department : 1 request" in seen
    assert "Nothing public asked of: Park Police." in seen


def test_a_recommendation_that_is_followed_is_no_question(cast: builders.Cast, center: Agency) -> None:
    police("Springfield Police Department")
    assert "12 of 12 recommendations are open" in page()
    publish(cast, record(cast, center, says("grant_share", finding="yes")))
    seen = page()
    assert "11 of 12 recommendations are open" in seen
    assert "How much of which grants" not in seen
    assert "Springfield Courier, March 2, 2026" in seen


def test_contracts_stand_there_only_where_a_published_source_tells_of_them(
    cast: builders.Cast, center: Agency
) -> None:
    police("Springfield Police Department")
    made = record(cast, center, says("vendors", value="Platewise passes reads on"))
    assert "That is no finding that there is none" in page()
    publish(cast, made)
    assert "Platewise passes reads on Reported elsewhere" in page()


def test_a_county_is_found_by_its_name_with_or_without_the_word(center: Agency) -> None:
    police("Sangamon County Sheriff", kind="county_sheriff", city="", county="Sangamon")
    for word in ("Sangamon", "sangamon county"):
        assert "Sangamon County, Illinois" in page(f"/brief/?jurisdiction=us-il&county={word}")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/brief/?jurisdiction=us-zz&city=Springfield", "Choose the state."),
        ("/brief/?jurisdiction=us-il", "Name a city, or a county"),
        ("/brief/?jurisdiction=us-il&city=a&county=b", "Name a city, or a county"),
        ("/brief/?jurisdiction=us-il&city=Nowhere%00", "No agency of this place is in the list"),
    ],
)
def test_a_place_that_is_not_known_is_asked_for_again(address: str, said: str) -> None:
    assert said in page(address, status=400)


def test_it_is_made_in_as_many_queries_for_many_agencies_as_for_one(center: Agency) -> None:
    police("Springfield Police Department")
    with CaptureQueriesContext(connection) as few:
        page()
    for n in range(30):
        police(f"Police {n:02}")
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(many) == len(few)


def test_the_pages_of_agencies_lead_to_the_brief_of_their_place(center: Agency) -> None:
    there = police("Springfield Police Department")
    for one in (there, center):
        answer = Client().get(f"/agencies/{one.slug}/").content.decode()
        assert "/brief/?jurisdiction=us-il&amp;city=Springfield" in answer
