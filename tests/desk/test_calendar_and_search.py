"""The calendar and the search box: both readings of a doubtful day, and no hit in what one may not read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.models import TrackingNumber
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import signed_in

pytestmark = pytest.mark.django_db


def test_a_doubtful_day_of_ours_stands_on_both_its_days(cast: builders.Cast, as_of: None) -> None:
    one = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive):
        builders.deadline(
            one, owner="requester", name="Appeal", due_on=dt.date(2026, 3, 16), latest_on=dt.date(2026, 3, 27)
        )
    page = signed_in(cast.vera).get(reverse("calendar")).content.decode()
    for day in ("2026-03-16", "2026-03-27"):
        cell = page.split(f'id="d{day}"')[1].split("</td>")[0]
        assert "doubt" in cell, day
    assert "1 date, 1 of them ours" in page
    assert (
        "No date falls" in signed_in(cast.vera).get(reverse("calendar") + "?from=2027-01-01").content.decode()
    )


@pytest.mark.parametrize(
    "asked", ["from=9999-12-31", "from=0001-01-01", "from=soon", "view=weeks&from=2026-03"]
)
def test_the_calendar_answers_any_address(cast: builders.Cast, as_of: None, asked: str) -> None:
    assert signed_in(cast.olive).get(f"{reverse('calendar')}?{asked}").status_code == 200


def test_clocks_of_others_are_on_nobody_elses_calendar(cast: builders.Cast, as_of: None) -> None:
    one = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive):
        builders.deadline(one, due_on=dt.date(2026, 3, 16))
    builders.publish(cast.olive, one)
    assert "No date falls" in signed_in(cast.ravi).get(reverse("calendar")).content.decode()
    assert "1 date" in signed_in(cast.vera).get(reverse("calendar")).content.decode()


def found(client: Client, words: str) -> str:
    return client.get(reverse("search"), {"q": words}).content.decode()


def test_our_own_people_find_a_request_by_any_of_its_words_and_numbers(cast: builders.Cast) -> None:
    one = builders.bare_request(cast.olive, cast.harbor, cast.agency, canary="zebra")
    with viewing_as(cast.olive):
        TrackingNumber.objects.create(organisation=cast.harbor, request=one, kind="portal", number="PX-4711")
    for words in ("sharing", "zebra", "px-4711", "sangamon lists", one.public_id):
        assert one.public_id in found(signed_in(cast.vera), words), words


@pytest.mark.parametrize("who", ["public", "ravi", "noor", "omar"])
def test_a_hidden_word_finds_nothing_and_counts_nothing_for_others(cast: builders.Cast, who: str) -> None:
    """Published, the request is found by its title; never by its working title, its number or our people."""
    one = builders.bare_request(cast.olive, cast.harbor, cast.agency, canary="zebra")
    with viewing_as(cast.olive):
        TrackingNumber.objects.create(organisation=cast.harbor, request=one, kind="portal", number="PX-4711")
    client = Client() if who == "public" else signed_in(getattr(cast, who))
    nothing = found(client, "no such thing anywhere")
    assert "Nothing found" in nothing
    builders.publish(cast.olive, one)
    assert one.public_id in found(client, "sharing")
    for words in ("zebra", "PX-4711", "Olive"):
        page = found(client, words)
        assert "Nothing found" in page and one.public_id not in page, words


def test_all_of_the_requests_is_the_list_with_the_same_number(cast: builders.Cast) -> None:
    for n in range(7):
        builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title=f"Plate readers {n}")
    page = found(signed_in(cast.vera), "plate")
    assert "All 7" in page
    assert signed_in(cast.vera).get("/requests/?q=plate").content.decode().count('class="q sub">Plate') == 7


@pytest.mark.parametrize("words", ["\x00", "%", "_", "a" * 3000, "🦓 שלום", "' OR 1=1 --", "x"])
def test_any_words_are_answered(cast: builders.Cast, words: str) -> None:
    assert Client().get(reverse("search"), {"q": words}).status_code == 200


def test_the_search_asks_no_more_for_many_rows(
    cast: builders.Cast, django_assert_max_num_queries: Any
) -> None:
    for n in range(9):
        builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title=f"Plate readers {n}")
    client = signed_in(cast.vera)
    with django_assert_max_num_queries(13):
        found(client, "plate")


def test_keys_are_switched_off_by_a_button_and_on_again(cast: builders.Cast) -> None:
    client = signed_in(cast.vera)
    client.post(reverse("keys"), {"keys": "off", "next": "/requests/"})
    assert client.cookies["keys"].value == "off"
    page = client.get("/requests/").content.decode()
    assert 'value="off" aria-pressed="true"' in page
    client.post(reverse("keys"), {"keys": "on", "next": "https://elsewhere.example/"})
    assert client.cookies["keys"].value == ""
