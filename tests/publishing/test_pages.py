"""The pages: propose, look through, agree, take back; and what others read of it, without who asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.models import Organisation, Publication
from requests_app.models.visibility import viewing_as
from requests_app.queries import publishing as query
from tests import builders
from tests.publishing.conftest import propose, publish, read, secrets_in, two

pytestmark = pytest.mark.django_db


def client(person: Any = None) -> Client:
    made = Client()
    if person is not None:
        made.post(reverse("account_login"), {"login": person.email, "password": builders.PASSWORD})
    return made


def url(scene: Any, name: str = "request-publish") -> str:
    what = scene.campaign if name.startswith("campaign") else scene.ours
    return reverse(name, args=[what.public_id])


def ticks(scene: Any) -> list[str]:
    with viewing_as(scene.olive):
        made = Publication.objects.get(request=scene.ours, state="proposed")
        return [f"{one.item.key}|{one.item.fingerprint}" for one in query.looked_at(made)]


def test_from_proposal_to_public_and_back_by_pages(scene: Any) -> None:
    two(scene)
    edgar, olive = client(scene.edgar), client(scene.olive)
    page = url(scene)
    assert page in read(olive.get(reverse("request", args=[scene.ours.public_id])))
    said = edgar.post(page, {"act": "propose", "correspondence": "on", "documents": "on", "zone": "America/Chicago"})
    assert said.status_code == 303
    assert scene.ours.public_title.lower() in read(olive.get(reverse("publishing")))
    assert olive.post(page, {"act": "agree"}).status_code == 400
    shown = read(olive.get(page))
    assert "quillfeather_ottoline-reply.pdf" in shown and "taken out:" in shown
    assert olive.post(page, {"act": "confirm", "seen": ticks(scene)}).status_code == 303
    assert client().get(reverse("request", args=[scene.ours.public_id])).status_code == 404
    assert olive.post(page, {"act": "agree"}).status_code == 303
    assert client().get(reverse("request", args=[scene.ours.public_id])).status_code == 200
    assert olive.post(page, {"act": "unpublish"}).status_code == 303
    assert client().get(reverse("request", args=[scene.ours.public_id])).status_code == 404


def test_a_refusal_stands_beside_its_field_and_loses_nothing(scene: Any) -> None:
    olive = client(scene.olive)
    given = {"act": "propose", "reason": "because of the hearing", "day": "2020-01-01", "zone": "America/Chicago"}
    answer = olive.post(url(scene), given)
    assert answer.status_code == 400
    assert "ends in the future" in read(answer) and "because of the hearing" in read(answer)
    answer = olive.post(url(scene), given | {"day": "soon", "zone": "Nowhere"})
    assert answer.status_code == 400 and "write a day" in read(answer) and "choose a time zone" in read(answer)


def test_the_proposer_is_told_that_another_owner_agrees(scene: Any) -> None:
    two(scene)
    propose(scene, scene.olive)
    olive = client(scene.olive)
    assert "another owner agrees" in read(olive.get(url(scene)))
    olive.post(url(scene), {"act": "confirm", "seen": ticks(scene)})
    assert olive.post(url(scene), {"act": "agree"}).status_code == 403
    assert client(scene.fred).post(url(scene), {"act": "agree"}).status_code == 303


@pytest.mark.parametrize("by", ["request", "campaign"])
def test_the_preview_is_the_page_that_the_public_gets(scene: Any, by: str) -> None:
    edgar = client(scene.edgar)
    name = f"{by}-preview"
    before = edgar.get(url(scene, name) + "?correspondence&documents")
    assert before.status_code == 200 and "nothing of it is public" in read(before)
    assert not secrets_in(read(before))
    if by == "request":
        assert "[name withheld]" in read(before)
        publish(scene)
        after = client().get(reverse("request", args=[scene.ours.public_id]))
        main = read(after).split('<main id="main" tabindex="-1">')[1].split("</main>")[0]
        assert main.strip() in read(before)


ADDRESSES = ("request", "request-documents", "api-request", "api-events", "api-documents", "api-document")


@pytest.mark.parametrize("who", [None, "noor", "ravi"])
def test_nobody_else_reads_who_asked_on_any_page_or_answer(scene: Any, who: str | None) -> None:
    publish(scene)
    reader, ours = client(getattr(scene, who) if who else None), client(scene.vera)
    told = 0
    for name in ADDRESSES:
        what = scene.document if name == "api-document" else scene.ours
        address = reverse(name, args=[what.public_id])
        answer = reader.get(address)
        assert answer.status_code == 200, name
        text = read(answer)
        assert not secrets_in(text), name
        told += "withheld]" in text
        assert ours.get(address).status_code == 200
    assert told == len(ADDRESSES), "each showed something, with the rest taken out"
    assert "quillfeather" in read(ours.get(reverse("request", args=[scene.ours.public_id]))), "our own people read it"


@pytest.mark.parametrize("level", ["correspondence", "everything"])
def test_partners_do_not_read_who_asked_either(scene: Any, level: str) -> None:
    builders.share_with(scene.olive, scene.ours, scene.prairie, **{level: True})
    ravi = client(scene.ravi)
    for name in ("request", "api-request", "api-events"):
        text = read(ravi.get(reverse(name, args=[scene.ours.public_id])))
        assert "withheld]" in text
        assert not secrets_in(text), name


def test_owners_ask_for_two_persons_on_the_page_of_the_organization(scene: Any) -> None:
    olive = client(scene.olive)
    page = reverse("organisation", args=[scene.harbor.public_id])
    assert olive.post(page, {"name": scene.harbor.name, "two_to_publish": "on"}).status_code == 303
    with viewing_as(scene.olive):
        assert Organisation.objects.get(pk=scene.harbor.pk).two_to_publish


@pytest.mark.parametrize("who", ["vera", "ravi", "noor", "omar"])
def test_who_does_not_edit_finds_nothing_there(scene: Any, who: str) -> None:
    reader = client(getattr(scene, who))
    for name in ("request-publish", "campaign-publish", "request-preview", "campaign-preview"):
        assert reader.get(url(scene, name)).status_code == 404
    assert reader.post(url(scene), {"act": "propose"}).status_code == 404
