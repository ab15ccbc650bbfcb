"""What the address of the list of requests says and nobody offered: a sentence, and no row instead of too many."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> builders.Cast:
    made = builders.cast()
    shown = builders.bare_request(made.olive, made.harbor, made.agency, filed_on=dt.date(2026, 3, 2))
    builders.publish(made.olive, shown)
    return made


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("late=maybe", "Late: “maybe” is none of the choices"),
        ("within=900", "Next date within: “900” is none of the choices"),
        ("sort=;drop", "Order: “;drop” is none of the choices"),
        ("withheld=yes", "Withheld: “yes” is none of the choices"),
        ("from=soon", "Filed from: “soon” is no day. Write it as year, month and day: 2026-03-31."),
        ("until=2026-02-30", "Filed until: “2026-02-30” is no day"),
        ("page=1000000000", "Page: “1000000000” is no page of a list. Pages go from 1 to 400."),
        ("page=-1", "Page: “-1” is no page"),
        ("page=²", "Page: “²” is no page"),
        ("late=maybe&page=x", "Page: “x” is no page"),
    ],
)
@pytest.mark.parametrize("who", ["", "vera"])
def test_what_nobody_offered_is_said_and_shows_nothing(
    cast: builders.Cast, who: str, asked: str, sentence: str
) -> None:
    client = Client()
    if who:
        client.force_login(getattr(cast, who))
    answer = client.get(f"{reverse('requests')}?{asked}")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page and 'href="/requests/"' in page, "and the way back to all of them"
    assert "data-open" not in page and "0 requests" not in page and "No request matches" not in page, "nothing counted"


@pytest.mark.parametrize(
    "asked", ["", "?page=1", "?page=7", "?late=", "?from=2026-03-01&until=2026-03-03", "?sort=oldest"]
)
def test_what_is_offered_shows_its_rows(cast: builders.Cast, asked: str) -> None:
    answer = Client().get(reverse("requests") + asked)
    assert answer.status_code == 200 and "data-open" in answer.content.decode()


def test_more_than_can_be_sorted_is_said_and_found_by_its_day(
    cast: builders.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.queries.requests.MOST", 0)
    for order in ("agency", "title", "stage", "late", "next"):
        answer = Client().get(f"{reverse('requests')}?sort={order}")
        assert answer.status_code == 400
        assert "too many to sort like this" in answer.content.decode()
    client = Client()
    client.force_login(cast.vera)
    assert client.get(f"{reverse('requests')}?sort=agency").status_code == 200, "their own are theirs to sort"
    assert Client().get(f"{reverse('requests')}?sort=oldest").status_code == 200
