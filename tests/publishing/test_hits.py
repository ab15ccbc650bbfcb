"""What a search, a filter and an order find is what the reader reads: nothing else can be asked out of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from requests_app.actions.share_board import share_with_guest
from requests_app.models import (
    Campaign,
    CampaignPrivate,
    EventNote,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    RequestTag,
    Share,
    ShareNote,
    Tag,
    TrackingNumber,
)
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries.desk_list import all_rows
from requests_app.queries.requests import Filters, list_requests
from requests_app.queries.search import search
from requests_app.queries.share_board import LEVELS
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 1, 15, 30, tzinfo=dt.UTC)
NAME = "Ottoline Quillfeather"
# word: from which level on others read it; None: at no level.
STATUS, LETTERS, ALL = ("status", "documents", "both", "everything"), ("both", "everything"), ("everything",)
WORDS: dict[str, tuple[str, ...]] = {
    "licorice": STATUS, "zworking": ALL, "znumber": LETTERS, "zportal": LETTERS, "ztagged": (), "znoted": (),
    "zremark": (), "zletter": (), "zreason": (), "zstrategy": (), "vera": (), "zfile": (),
    # Who asked, as it stands in a title, in numbers and as a part of either.
    "quillfeather": (), "Quill": (), "feather-": (), "ottol": (), "4417": (), "0142": (), "quill.example": (),
    "ottoline.q@quill.example": (), "q": (), "zpirate": (), "witheld": (), "withheld": (),
}  # fmt: skip
FEW = {word: WORDS[word] for word in ("zworking", "znumber", "ztagged", "Quill", "4417")}
CAMPAIGN_WORDS = {"plates": STATUS, "zplan": ALL, "zstrategy": (), "quillfeather": (), "withheld": ()}
READERS = ("public", "stranger", "partner", "guest")


@pytest.fixture
def told(scene: Any) -> Any:
    """Each place of the request that a search might reach holds a word of its own."""
    EmailAddress.objects.filter(user=scene.noor).update(verified=True)
    scene.stan = builders.person("Stan")
    builders.organisation("Elsewhere", scene.stan)
    with viewing_as(scene.olive):
        RecordsRequest.objects.filter(pk=scene.ours.pk).update(
            public_title=f"Licorice for {NAME}'s, 4417 West Fullerton Avenue, 312-555-0142"
        )
        RequestPrivate.objects.filter(pk=scene.ours.pk).update(
            working_title=f"zworking of {NAME}", notes="znoted", assignee=scene.vera
        )
        RequestCorrespondence.objects.filter(pk=scene.ours.pk).update(
            tracking_number="ZNUMBER-quillfeather", letter="zletter"
        )
        TrackingNumber.objects.create(
            request=scene.ours, organisation=scene.harbor, kind="portal", number="zportal-quillfeather"
        )
        tag = Tag.objects.create(organisation=scene.harbor, name="ztagged")
        RequestTag.objects.create(request=scene.ours, organisation=scene.harbor, tag=tag)
        scene.tag = tag
        noted = builders.event(scene.ours, "closed", dated_on=scene.ours.filed_on)
        EventNote.objects.create(event=noted, request=scene.ours, organisation=scene.harbor, text="zremark")
        Campaign.objects.filter(pk=scene.campaign.pk).update(public_title=f"Plates of {NAME}")
        CampaignPrivate.objects.create(
            campaign=scene.campaign, organisation=scene.harbor, working_title=f"zplan of {NAME}", strategy="zstrategy"
        )
    builders.bare_request(
        scene.olive, scene.harbor, scene.agency, campaign=scene.campaign, public_title="Hazel, by zpirate@home.example"
    )
    return scene


def shared(told: Any, level: str) -> None:
    at = LEVELS[level]
    fields = {"correspondence": at.correspondence, "documents": at.documents, "everything": at.everything}
    builders.share_with(told.olive, told.campaign, told.prairie, **fields)
    with viewing_as(told.olive) as viewer:
        share_with_guest(
            viewer=viewer, subject=told.campaign, email=told.noor.email, level=at, actor=told.olive,
            until=dt.datetime.now(dt.UTC) + dt.timedelta(days=9), now=dt.datetime.now(dt.UTC),
        )  # fmt: skip
        for share in Share.objects.filter(revoked_at=None, note=None):
            ShareNote.objects.create(share=share, organisation=told.harbor, reason="zreason")
    if level != "everything":
        builders.publish(told.olive, told.campaign, **{**fields, "everything": False})


def reader(told: Any, who: str) -> Person | None:
    people = {"public": None, "stranger": told.stan, "partner": told.ravi, "guest": told.noor}
    found: Person | None = people[who]
    return found


def reads(words: tuple[str, ...], level: str, who: str) -> bool:
    """Where it is published, everybody reads it; at everything only partners and guests do."""
    return level in words and (level != "everything" or who in ("partner", "guest"))


@pytest.mark.parametrize(
    ("level", "who"),
    [
        ("status", "partner"), ("both", "partner"), ("everything", "partner"), ("everything", "guest"),
        ("documents", "public"), ("both", "stranger"), ("everything", "stranger"),
    ],
)  # fmt: skip
def test_a_search_finds_what_its_reader_reads_and_nothing_else(told: Any, level: str, who: str) -> None:
    shared(told, level)
    person = reader(told, who)
    with viewing(PUBLIC) if person is None else viewing_as(person) as viewer:
        found = {word: list_requests(viewer, now=NOW, filters=Filters(q=word)).total for word in WORDS}
        assert found == {word: int(reads(levels, level, who)) for word, levels in WORDS.items()}
        named = {word: len(search(viewer, word, now=NOW).campaigns) for word in CAMPAIGN_WORDS}
        assert named == {word: int(reads(levels, level, who)) for word, levels in CAMPAIGN_WORDS.items()}


def test_our_own_people_find_all_that_they_read(told: Any) -> None:
    shared(told, "status")
    with viewing_as(told.vera) as viewer:
        for word in ("licorice", "zworking", "znumber", "zportal", "ztagged", "Quill", "4417", "zpirate", "q"):
            assert list_requests(viewer, now=NOW, filters=Filters(q=word)).total == 1, word
        assert len(search(viewer, "zplan quillfeather", now=NOW).campaigns) == 1


@pytest.mark.parametrize("who", READERS)
def test_every_door_says_the_same_of_a_hidden_word_and_of_a_word_that_is_nowhere(told: Any, who: str) -> None:
    shared(told, "documents")
    person = reader(told, who)
    client = Client() if person is None else signed_in(person)
    doors = ["/requests/?q={}", "/search/?q={}", "/api/v1/requests/?q={}", "/api/v1/search/?q={}"]
    doors += ["/requests/requests.csv?q={}"] if person is not None else []
    for door in doors:
        nothing = answer(client, door, "qqnowhere").replace("qqnowhere", "")
        for word, levels in FEW.items():
            if not reads(levels, "documents", who):
                assert answer(client, door, word).replace(word, "") == nothing.replace(word, ""), (door, word)
        assert answer(client, door, "licorice").replace("licorice", "") != nothing, door


def answer(client: Client, door: str, word: str) -> str:
    cache.clear()
    response = client.get(door.format(word))
    assert response.status_code == 200, (door, word)
    text = response.content.decode()
    return "\n".join(line for line in text.splitlines() if "nonce" not in line and "csrf" not in line)


def test_a_filter_by_what_others_do_not_read_finds_nothing(told: Any) -> None:
    """The campaign of a request that is shared alone; whose it is; tags, people."""
    builders.share_with(told.olive, told.ours, told.prairie)
    builders.publish(told.olive, told.ours)
    asked = (
        Filters(campaign=told.campaign.public_id), Filters(organisation=told.harbor.public_id),
        Filters(tag=told.tag.public_id), Filters(assignee=str(told.vera.pk)), Filters(assignee="nobody"),
        Filters(backup="nobody"), Filters(withheld=True),
    )  # fmt: skip
    for who in READERS:
        person = reader(told, who)
        with viewing(PUBLIC) if person is None else viewing_as(person) as viewer:
            if who != "guest":
                assert list_requests(viewer, now=NOW).total == 1, who
            found = [list_requests(viewer, now=NOW, filters=filters).total for filters in asked]
            assert found == [0] * len(asked), who


def test_an_order_by_title_tells_nothing_of_a_name(told: Any) -> None:
    """Titles that begin with whoever asked stand together, before the rest."""
    builders.publish(told.olive, told.campaign)
    for title in ("Alpha", f"{NAME} asks", "Zebra", "Beta", "Ottoline, again"):
        builders.bare_request(told.olive, told.harbor, told.agency, campaign=told.campaign, public_title=title)
    with viewing_as(told.stan) as viewer:
        rows = list_requests(viewer, now=NOW, sort="title").rows
        whole = all_rows(viewer, now=NOW, filters=Filters(), sort="title")
    blotted = {row.public_title for row in rows if "withheld" in row.public_title}
    assert len(blotted) == 4
    assert {row.public_title for row in rows[:4]} == blotted
    for found in (rows, whole):
        assert [row.public_title for row in found if row.public_title not in blotted] == ["Alpha", "Beta", "Zebra"]
    with viewing_as(told.vera) as viewer:
        own = [row.public_title for row in list_requests(viewer, now=NOW, sort="title").rows]
        assert own == sorted(own, key=str.casefold)


def test_a_search_asks_no_more_for_more_requests(told: Any, django_assert_max_num_queries: Any) -> None:
    shared(told, "both")
    for number in range(6):
        builders.bare_request(
            told.olive, told.harbor, told.agency, campaign=told.campaign, public_title=f"Quill {number}"
        )
    with viewing_as(told.ravi) as viewer, django_assert_max_num_queries(6):
        assert list_requests(viewer, now=NOW, filters=Filters(q="quill lic")).total == 0
