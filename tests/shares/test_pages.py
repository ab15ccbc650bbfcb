"""The board as an owner uses it, and what a partner reads of what was shared, page by page."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.actions.share_board import Wish
from requests_app.models import Person, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from requests_app.queries.share_board import LEVELS, NOTHING
from tests import builders

from .conftest import CANARY, Scene
from .test_board import settle

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Right after a sign-in: `force_login` says nothing of how the person proved who they are."""
    monkeypatch.setattr("requests_app.web.reauthentication.is_fresh", lambda request: True)


def text(response: Any) -> str:
    body: str = response.content.decode()
    return re.sub(r"\s+", " ", body)


def board(scene: Scene) -> str:
    return reverse("campaign-shares", args=[scene.campaign.public_id])


@pytest.mark.usefixtures("fresh")
def test_an_owner_previews_saves_and_ends_a_share(scene: Scene) -> None:
    olive, key = client_of(scene.cast.olive), scene.key(scene.cast.prairie)
    page = text(olive.get(board(scene)))
    assert "Prairie Watch" in page and "Midwest Table" in page and "Nothing is shared." in page
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=40)).date().isoformat()
    words = {
        "step": "preview",
        f"level-{key}": "correspondence",
        f"until-{key}": until,
        "level-public": "",
        "reason": "Joint",
    }
    seen = olive.post(board(scene), words)
    assert seen.status_code == 200 and "Nothing is saved yet." in text(seen)
    with viewing_as(scene.cast.olive):
        assert not Share.objects.exists()
    kept = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', seen.content.decode()))
    assert kept[f"level-{key}"] == "correspondence"
    saved = olive.post(board(scene), kept | {"step": "save"})
    assert saved.status_code == 303
    ravi = client_of(scene.cast.ravi)
    assert ravi.get(reverse("request", args=[scene.ours.public_id])).status_code == 200
    olive.post(board(scene), {"step": "save", f"level-{key}": ""})
    assert ravi.get(reverse("request", args=[scene.ours.public_id])).status_code == 404
    assert "Ended" in text(olive.get(board(scene)))


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("words", "says"),
    [({"level-K": "status", "until-K": "2020-01-01"}, "This day is over"),
     ({"level-K": "all"}, "Choose one of the levels"),
     ({"level-K": "status", "until-K": "soon"}, "Write the day as"), ({}, "Nothing was changed on the board"),
     ({"level-public": "everything"}, "never everything"), ({"level-o-nobody": "status"}, "Nobody with this id")],
)  # fmt: skip
def test_bad_input_is_said_beside_its_row(scene: Scene, words: dict[str, str], says: str) -> None:
    key = scene.key(scene.cast.prairie)
    given = {name.replace("K", key): value for name, value in words.items()}
    answer = client_of(scene.cast.olive).post(board(scene), {"step": "preview", **given})
    assert answer.status_code == 400 and says in text(answer)
    with viewing_as(scene.cast.olive):
        assert not Share.objects.exists()


@pytest.mark.usefixtures("fresh")
def test_a_guest_is_named_and_a_request_held_back_on_the_board(scene: Scene) -> None:
    olive = client_of(scene.cast.olive)
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=40)).date().isoformat()
    guest = {"step": "guest", "email": scene.stan.email, "level": "status", "until": until}
    assert olive.post(board(scene), guest).status_code == 303
    assert scene.stan.email in text(olive.get(board(scene)))
    assert olive.post(board(scene), {"step": "hold", "request": scene.ours.public_id}).status_code == 303
    with viewing_as(scene.cast.olive):
        assert RecordsRequest.objects.get(pk=scene.ours.pk).held_back
    assert olive.post(board(scene), {"step": "hold", "request": "nothing"}).status_code == 400
    assert olive.post(board(scene), guest | {"email": "no"}).status_code == 400


def places(scene: Scene) -> list[str]:
    pid, campaign = scene.ours.public_id, scene.campaign.public_id
    return [
        reverse("request", args=[pid]), reverse("campaign", args=[campaign]), reverse("requests"),
        reverse("campaign-csv", args=[campaign]), reverse("api-request", args=[pid]), reverse("api-requests"),
        reverse("api-campaign-matrix", args=[campaign]), reverse("api-campaign", args=[campaign]),
    ]  # fmt: skip


# What the word of the letter needs to be read: the working title is everything's, the letter correspondence's.
LETTER = {"correspondence", "both", "everything"}


@pytest.mark.parametrize("level", [code for code in LEVELS if code])
def test_a_partner_reads_their_level_and_no_word_more_everywhere(scene: Scene, level: str) -> None:
    settle(scene, Wish(scene.key(scene.cast.prairie), LEVELS[level]))
    ravi, stan = client_of(scene.cast.ravi), client_of(scene.stan)
    pid = scene.ours.public_id
    inside = {reverse(name, args=[pid]) for name in ("request", "api-request") if level == "everything"}
    for url in places(scene):
        told = ravi.get(url)
        assert told.status_code == 200, url
        assert scene.cast.agency.name in text(told) or url == reverse(
            "api-campaign", args=[scene.campaign.public_id]
        ), url
        assert (f"working {CANARY}" in text(told)) is (url in inside), url
        if level not in LETTER:
            assert CANARY not in text(told), url
        assert "Sharing lists" not in text(stan.get(url)), url
    found = [client_of(scene.cast.ravi).get(reverse("requests"), {"q": word}) for word in (CANARY, "working")]
    assert all("Sharing lists" not in text(page) for page in found) or level == "everything"
    assert CANARY not in text(ravi.get(reverse("search"), {"q": "Sharing"})) or level in LETTER
    if level in LETTER:
        assert CANARY in text(ravi.get(reverse("request", args=[scene.ours.public_id])))


def test_a_partner_reads_whose_request_it_is_by_the_name_told_to_partners(scene: Scene) -> None:
    settle(scene, Wish(scene.key(scene.cast.prairie), LEVELS["status"]))
    page = text(client_of(scene.cast.ravi).get(reverse("request", args=[scene.ours.public_id])))
    assert "Shared by Harbor Rights Clinic" in page
    builders.publish(scene.cast.olive, scene.campaign)
    assert "Shared by" not in text(Client().get(reverse("request", args=[scene.ours.public_id])))


@pytest.mark.parametrize("level", ["status", "both"])
def test_an_owner_sees_the_pages_as_the_partner_gets_them(scene: Scene, level: str) -> None:
    key = scene.key(scene.cast.prairie)
    settle(scene, Wish(key, LEVELS[level]))
    olive, ravi = client_of(scene.cast.olive), client_of(scene.cast.ravi)

    def main(response: Any) -> str:
        body = re.sub(r"/looks/\w+/[\w-]+/", "/", response.content.decode())
        body = re.search(r"<main.*</main>", body, re.DOTALL)[0] if "<main" in body else body
        return re.sub(r"\s+", " ", body)

    for url in places(scene):
        seen = olive.get(reverse("look", args=[scene.cast.harbor.public_id, key, url.lstrip("/")]))
        assert seen.status_code == 200, url
        if url != reverse("requests"):
            assert main(seen) == main(ravi.get(url)), url
        else:
            assert "Sharing lists" in main(seen) and "As seen by: Prairie Watch" in text(seen)
    settle(scene, Wish(key, NOTHING))
    gone = olive.get(reverse("look", args=[scene.cast.harbor.public_id, key, places(scene)[0].lstrip("/")]))
    assert gone.status_code == 404 and "They see nothing here" in text(gone)
    assert olive.get(reverse("request", args=[scene.ours.public_id])).status_code == 200


def test_only_an_owner_looks_and_only_at_pages_that_are_shared(scene: Scene) -> None:
    key, harbor = scene.key(scene.cast.prairie), scene.cast.harbor.public_id
    for person in (scene.cast.edgar, scene.cast.vera, scene.cast.ravi, scene.cast.noor):
        assert client_of(person).get(reverse("look", args=[harbor, "public", "requests/"])).status_code == 404
    olive = client_of(scene.cast.olive)
    for rest in ("settings/", "looks/x/y/z", "admin/", "nowhere"):
        assert olive.get(reverse("look", args=[harbor, key, rest])).status_code == 404, rest
    assert olive.get(reverse("look", args=[harbor, "o-zzzz", "requests/"])).status_code == 404
    assert olive.post(reverse("look", args=[harbor, "public", "requests/"])).status_code == 405


def test_programs_read_preview_and_change_the_board(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests_app.api.owners.is_fresh", lambda request: True)
    url, key = reverse("api-request-shares", args=[scene.ours.public_id]), scene.key(scene.cast.prairie)
    olive, edgar = client_of(scene.cast.olive), client_of(scene.cast.edgar)

    def send(client: Client, method: str, where: str, words: dict[str, Any]) -> Any:
        return getattr(client, method)(where, words, content_type="application/json")

    told = olive.get(url).json()
    change = {"changes": [{"grantee": key, "level": "documents"}], "seen": told["seen"]}
    preview = send(olive, "post", f"{url}preview/", change).json()
    assert preview["changes"] == [
        {"grantee": key, "given": "nothing", "then_given": "documents", "sees": "nothing", "then_sees": "documents",
         "until": None}
    ]  # fmt: skip
    assert send(edgar, "put", url, change).status_code == 403
    assert send(client_of(scene.cast.ravi), "put", url, change).status_code == 404
    saved = send(olive, "put", url, change)
    assert saved.status_code == 200
    assert {row["grantee"]: row["given"] for row in saved.json()["items"]}[key] == "documents"
    assert (
        send(olive, "put", url, change | {"changes": [{"grantee": key, "level": "nothing"}]}).status_code
        == 409
    )
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).isoformat()
    made = send(olive, "post", f"{url}guests/", {"email": "c@example.org", "level": "both", "until": until})
    assert made.status_code == 201 and made.json()["items"][-1]["name"] == "c@example.org"
