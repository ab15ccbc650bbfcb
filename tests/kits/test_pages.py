"""The kits on the screen and for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.kits.registry import kits

pytestmark = pytest.mark.django_db


def page(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_anybody_finds_every_kit_on_the_list() -> None:
    text = page(reverse("kits"))
    for one in kits():
        assert f'href="{reverse("kit", args=[one.id])}">{one.name}</a>' in text


@pytest.mark.parametrize("one", kits(), ids=lambda one: one.id)
def test_the_page_of_a_kit_shows_its_parts_fallbacks_refusals_and_letter(one: Any) -> None:
    text = page(reverse("kit", args=[one.id]))
    for part in one.parts:
        assert f'id="{part.label}"' in text
    for number, refusal in enumerate(one.refusals, 1):
        assert f'id="refusal-{number}"' in text
        assert refusal.citation in text
    assert "[name of the agency]" in text
    assert "made by ." not in text
    assert "{" not in text.partition("<main")[2].partition("</main")[0]


def test_the_letter_reads_as_the_chosen_law_has_it_and_cautions() -> None:
    text = page(reverse("kit", args=["plate-readers"]) + "?law=us-tn")
    assert "Tenn. Code Ann. § 10-7-503(a)(2)(B)" in text
    assert "is not open to everybody" in text
    assert "is not open to everybody" not in page(reverse("kit", args=["plate-readers"]) + "?law=us-il")


@pytest.mark.parametrize("address", ["/kits/none/", "/kits/plate-readers/?law=us-zz", "/api/v1/kits/none/"])
def test_what_does_not_exist_is_not_found(address: str) -> None:
    assert Client().get(address).status_code == 404


def test_the_pages_ask_the_database_nothing_of_their_own(django_assert_max_num_queries: Any) -> None:
    page(reverse("kits"))
    with django_assert_max_num_queries(4):
        page(reverse("kit", args=["plate-readers"]))


def test_a_program_reads_the_kits_and_one_of_them_whole() -> None:
    listed = Client().get(reverse("api-kits")).json()
    assert [one["id"] for one in listed["kits"]] == [one.id for one in kits()]
    assert {"name": "agency", "about": "The agency that is asked"} in listed["fields"]
    one = Client().get(reverse("api-kit", args=["plate-readers"]), {"law": "us-il"}).json()
    assert one["ref"].startswith("plate-readers@")
    assert one["letter"]["law"] == "us-il"
    assert one["letter"]["missing"] == ["agency", "requester", "reach"]
    assert "{agency}" in one["template"]
    assert one["parts"][2]["fallback"].startswith("the same log")


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"law": "us-ilinois"}, "Did you mean us-il?"),
        ({"lwa": "us-il"}, "There is no parameter 'lwa'. Known: law."),
    ],
)
def test_a_program_that_asks_wrongly_is_told_what_is_known(query: dict[str, str], detail: str) -> None:
    response = Client().get(reverse("api-kit", args=["plate-readers"]), query)
    assert response.status_code == 400
    assert detail in response.json()["detail"]


def test_what_is_unchanged_is_not_sent_again() -> None:
    first = Client().get(reverse("api-kits"))
    again = Client().get(reverse("api-kits"), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
