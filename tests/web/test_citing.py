"""Every public page says how it is cited and what it is, in the words of the public, and nowhere else."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from requests_app.actions import statistics
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>')


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def pages(cast: builders.Cast) -> dict[str, str]:
    """Each kind of public page, and what schema.org calls it."""
    campaign = builders.campaign(cast.olive, cast.harbor, 'Readers </script><b>"&')
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)
    with viewing_as(cast.olive):
        builders.span(made, public=True)
    builders.publish(cast.olive, campaign, correspondence=True, documents=True)
    statistics.refresh()
    return {
        "/": "Dataset", f"/campaigns/{campaign.public_id}/": "Dataset",
        f"/agencies/{cast.agency.slug}/": "GovernmentOrganization", "/laws/us-il/": "Legislation",
        f"/requests/{made.public_id}/": "CreativeWork", f"/requests/{made.public_id}/documents/": "Collection",
    }  # fmt: skip


def test_every_public_page_is_cited_by_its_lasting_address_and_the_day(pages: dict[str, str]) -> None:
    for address, kind in pages.items():
        said = Client().get(f"{address}?nothing=1").content.decode()
        url = f"http://testserver{address}"
        assert f'<link rel="canonical" href="{url}">' in said, address
        data = json.loads(DATA.findall(said)[0])
        assert data["@type"] == kind and data["url"] == url
        if kind != "Legislation":
            assert f"{timezone.now():%Y}. {url}" in html.unescape(said.split('class="paste"')[1])
            assert f"url = {{{url}}}" in html.unescape(said)


def test_the_card_of_each_page_is_a_picture_from_our_server(pages: dict[str, str]) -> None:
    for address in pages:
        said = Client().get(address).content.decode()
        card = re.findall(r'og:image" content="http://testserver([^"]+)"', said)[0]
        answer = Client().get(card)
        assert answer.status_code == 200 and answer.content.startswith(b"\x89PNG"), card
        assert answer.content[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
        assert not answer.cookies
        again = Client().get(card, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304


def test_no_title_ends_the_data_of_the_page(pages: dict[str, str]) -> None:
    address = next(one for one in pages if one.startswith("/campaigns/"))
    said = Client().get(address).content.decode()
    assert "<b>" not in DATA.findall(said)[0]
    assert json.loads(DATA.findall(said)[0])["name"] == 'Readers </script><b>"&'


def test_an_unpublished_request_has_no_card_and_its_page_no_citation(cast: builders.Cast) -> None:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    owner = Client()
    owner.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    for client in (Client(), owner):
        assert client.get(f"/cards/request/{made.public_id}.png").status_code == 404
    said = owner.get(f"/requests/{made.public_id}/").content.decode()
    assert "og:image" not in said and "Cite this page" not in said


@pytest.mark.parametrize("address", ["/cards/nothing/all.png", "/cards/dashboard/x.png", "/cards/law/us-zz.png"])
def test_a_card_of_nothing_is_not_there(db: Any, address: str) -> None:
    assert Client().get(address).status_code == 404
