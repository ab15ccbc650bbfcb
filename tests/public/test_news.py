"""Feeds of what happened in public: what feed readers understand, of what the public reads, and nothing else."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models.visibility import viewing_as
from requests_app.queries import news as query
from tests import builders

from .conftest import Scene

ATOM = "{http://www.w3.org/2005/Atom}"
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FAR = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def addresses(scene: Scene) -> dict[str, str]:
    return {
        "site": "/feed", "search": "/requests/feed", "request": f"/requests/{scene.shown.public_id}/feed",
        "agency": f"/agencies/{scene.cast.agency.slug}/feed", "campaign": f"/campaigns/{scene.campaign.public_id}/feed",
    }  # fmt: skip


def as_json(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("application/feed+json")
    return answer.json()


def titles(client: Client, address: str) -> list[str]:
    return [item["title"] for item in as_json(client, address)["items"]]


def test_both_forms_tell_the_same_entries_with_ids_that_stay(scene: Scene, client: Client) -> None:
    scene.log(scene.shown, "acknowledged")
    scene.log(scene.shown, "determined", outcome="denied", dated_on=dt.date(2026, 3, 9))
    told = as_json(client, "/feed.json")
    tree = ET.fromstring(client.get("/feed.atom").content)
    entries = tree.findall(f"{ATOM}entry")
    ids = [item["id"] for item in told["items"]]
    assert [one.findtext(f"{ATOM}id") for one in entries] == ids
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert len(set(ids)) == len(ids) == 4
    assert [one.findtext(f"{ATOM}title") for one in entries] == [item["title"] for item in told["items"]]
    assert "Sample: Sangamon Bend Fusion Center: Decision: Denied" in titles(client, "/feed.json")
    said = next(item for item in told["items"] if "determined" in item["tags"])
    assert said["url"].endswith(f"/requests/{scene.shown.public_id}/")
    assert "Monday, March 9, 2026" in said["content_text"]
    assert "Ottoline" not in client.get("/feed.atom").content.decode()
    assert "[name withheld]" in said["content_text"]
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    for name in ("id", "title", "updated", "author"):
        assert tree.find(ATOM + name) is not None
    newer = scene.log(scene.shown, "produced", outcome="produced")
    assert ids == [item["id"] for item in as_json(client, "/feed.json")["items"]][1:], newer.uid


def test_a_feed_holds_what_its_page_is_about(scene: Scene, client: Client) -> None:
    other = builders.agency("Prairie City Police", law="us-in")
    elsewhere = builders.bare_request(scene.cast.olive, scene.cast.harbor, other)
    builders.publish(scene.cast.olive, elsewhere)
    to = addresses(scene)
    assert len(titles(client, to["site"] + ".json")) == 4
    for name in ("request", "agency"):
        assert len(titles(client, to[name] + ".json")) == 2
    assert len(titles(client, "/requests/feed.json?jurisdiction=us-in")) == 2
    assert titles(client, "/requests/feed.json?jurisdiction=us-in&q=nothingofthis") == []
    assert as_json(client, "/requests/feed.json?jurisdiction=us-in")["title"] == "Requests: Jurisdiction Indiana"


def test_nothing_of_ours_is_told_and_nothing_that_was_taken_back(scene: Scene, client: Client) -> None:
    for kind in ("fee_paid", "follow_up_sent", "notice_sent", "preservation_demanded", "closed", "disputed"):
        scene.log(scene.shown, kind, sent_on=dt.date(2026, 3, 9))
    wrong = scene.log(scene.shown, "determined", outcome="granted")
    assert len(titles(client, "/feed.json")) == 3
    scene.log(scene.shown, "retracted", retracts=wrong)
    assert len(titles(client, "/feed.json")) == 2


def test_released_documents_are_told_and_no_others(scene: Scene, client: Client) -> None:
    scene.document(scene.shown, "draft.pdf", released=False)
    assert len(titles(client, "/feed.json")) == 2
    made = scene.document(scene.shown, "reply to Ottoline Quillfeather.pdf", released=True)
    item = as_json(client, "/feed.json")["items"][0]
    assert item["attachments"][0]["url"].endswith(f"/documents/{made.public_id}/file/")
    assert item["attachments"][0]["title"] == "reply to [name withheld].pdf"
    assert b'rel="enclosure"' in client.get("/feed.atom").content
    scene.share_is(documents=False)
    assert len(titles(client, "/feed.json")) == 2, "documents are shared apart"


@pytest.mark.parametrize(
    "changed", [{"revoked_at": LONG_AGO}, {"embargo_until": FAR}, {"from_at": FAR}], ids=["ended", "embargo", "later"]
)
def test_what_is_not_public_is_in_no_feed_from_that_moment(scene: Scene, client: Client, changed: Any) -> None:
    scene.log(scene.shown, "acknowledged")
    to = addresses(scene)
    before = client.get("/feed.json")
    assert client.get(to["request"] + ".atom").status_code == 200
    scene.share_is(**changed)
    for form in ("atom", "json"):
        assert client.get(f"{to['request']}.{form}").status_code == 404
    for name in ("site", "search", "agency"):
        assert titles(client, to[name] + ".json") == []
    again = client.get("/feed.json", headers={"If-None-Match": before["ETag"]})
    assert again.status_code == 200, "who has the old one is told that it is another"
    again = client.get("/feed.json", headers={"If-Modified-Since": before["Last-Modified"]})
    assert again.status_code == 200, "nothing became newer, and yet something left"


def test_a_campaign_feed_leaves_out_what_is_held_back(scene: Scene, client: Client) -> None:
    to = addresses(scene)["campaign"] + ".json"
    assert client.get(to).status_code == 404, "the campaign itself is not published"
    builders.publish(scene.cast.olive, scene.campaign)
    assert len(titles(client, to)) == 4, "two filings, a request published by itself, and the campaign"
    with viewing_as(scene.cast.olive):
        type(scene.hidden).objects.filter(pk=scene.hidden.pk).update(held_back=True)
    assert len(titles(client, to)) == 3
    assert not any("Kept to ourselves" in item["content_text"] for item in as_json(client, to)["items"])


def test_a_session_beside_it_adds_nothing(scene: Scene, client: Client) -> None:
    public = client.get("/feed.atom").content
    client.force_login(scene.cast.olive)
    assert client.get("/feed.atom").content == public
    assert client.get(f"/requests/{scene.hidden.public_id}/feed.atom").status_code == 404


def test_what_a_reader_has_is_not_sent_again(scene: Scene, client: Client) -> None:
    first = client.get("/feed.atom")
    again = client.get("/feed.atom", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    scene.log(scene.shown, "acknowledged")
    assert client.get("/feed.atom", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_older_entries_are_a_link_away_and_each_comes_once(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "PAGE", 3)
    for _n in range(6):
        scene.log(scene.shown, "acknowledged")
    whole, address = [], "/feed.json"
    while address:
        told = as_json(client, address)
        whole += [item["id"] for item in told["items"]]
        address = told.get("next_url", "")
        assert len(told["items"]) <= 3
    assert len(set(whole)) == len(whole) == 8
    assert b'rel="next"' in client.get("/feed.atom").content


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/requests/feed.atom?colour=red", "colour: this feed has no such filter"),
        ("/requests/feed.json?assignee=me", "assignee: this feed has no such filter"),
        ("/requests/feed.atom?jurisdiction=us-zz", "Jurisdiction: “us-zz” is none of the choices"),
        ("/requests/feed.atom?stage=appeal_open", "Stage:"),
        ("/requests/feed.atom?from=yesterday", "Filed from: “yesterday” is no day"),
        ("/feed.atom?q=x", "q: this feed has no such filter"),
        ("/feed.json?before=10000000000", "before: this is no place"),
        ("/feed.json?before=2026-03-09T12:00:00%2B00:00,'--", "before: this is no place"),
        ("/feed.json?before=0001-01-01T00:00:00%2B23:00,a", "before: this is no place"),
        ("/feed.json?before=9999-12-31T23:59:59-23:00,a", "before: this is no place"),
        ("/feed.json?before=2026-03-09,a", "before: this is no place"),
        ("/feed.json?before=0001-01-01T00:00:00Z,a", None),
        ("/requests/feed.atom?q=%00%01", None),
    ],
)
def test_what_an_address_asks_amiss_is_said_in_a_sentence(
    scene: Scene, client: Client, address: str, said: str | None
) -> None:
    answer = client.get(address)
    assert answer.status_code == (400 if said else 200), answer.content
    assert (said or "") in answer.content.decode()


def test_signs_that_no_xml_may_hold_leave_a_feed_whole(scene: Scene, client: Client) -> None:
    with viewing_as(scene.cast.olive):
        type(scene.shown).objects.filter(pk=scene.shown.pk).update(public_title="A\x0bB <b>&amp;</b>")
    tree = ET.fromstring(client.get("/feed.atom").content)
    assert "A B <b>&amp;</b>" in str(tree.findtext(f"{ATOM}entry/{ATOM}content"))
    assert client.get("/feed.rss").status_code == 404


def test_a_feed_asks_the_same_queries_however_much_there_is(scene: Scene, client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/feed.atom").status_code == 200
        return len(caught)

    few = asked()
    for _n in range(12):
        scene.log(scene.shown, "acknowledged")
    assert asked() == few <= 9


def test_pages_name_their_feed_where_the_public_may_follow(scene: Scene, client: Client) -> None:
    for name, address in addresses(scene).items():
        page = address.removesuffix("feed").replace("//", "/")
        answer = client.get(page)
        if name == "campaign":
            assert answer.status_code == 404
            continue
        html = answer.content.decode()
        assert f'type="application/atom+xml" title="What happens, as Atom" href="{address}.atom"' in html
        assert f'href="{address}.json" type="application/feed+json">JSON Feed</a>' in html
    html = client.get("/requests/?jurisdiction=us-il&sort=agency").content.decode()
    assert 'href="/requests/feed.atom?jurisdiction=us-il"' in html
    client.force_login(scene.cast.olive)
    assert "feed.atom" not in client.get(f"/requests/{scene.hidden.public_id}/").content.decode()
