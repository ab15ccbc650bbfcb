"""What may not be read cannot be found out by asking around it: by searching, counting, sorting, unfolding, or by how
an answer is made."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.models import (
    CustomValue,
    Document,
    RecordsRequest,
    RequestCorrespondence,
    RequestNote,
    RequestPrivate,
    Tag,
    TrackingNumber,
)
from requests_app.models.visibility import viewing_as
from tests.api.described import operations

from .crawl import NOWHERE, Crawl, said
from .subjects import WORD, World

WHO = (
    "anonymous", "stranger's owner", "partner's owner", "coalition mate", "partner who left", "guest", "expired guest",
    "partner's program",
)  # fmt: skip
COLUMNS: tuple[tuple[Any, str], ...] = (
    (RecordsRequest, "public_title"), (RequestPrivate, "working_title"), (RequestPrivate, "notes"),
    (RequestCorrespondence, "tracking_number"), (RequestCorrespondence, "letter"), (TrackingNumber, "number"),
    (Tag, "name"), (RequestNote, "text"), (Document, "title"), (CustomValue, "text"),
)  # fmt: skip
LIST = "/api/v1/requests/"
HIDDEN = ("working_title", "-working_title", "private__working_title", "held_back", "notes")
LITERAL = re.compile(r"""'(?:[^']|'')*'|"s\d+_x\d+"|\b\d+\b""")  # values, names of savepoints, numbers
pytestmark = pytest.mark.django_db


def words(world: World) -> dict[str, tuple[int, str]]:
    """By column one word of each subject and level: the subject's number, the level."""
    found: dict[tuple[str, int, str], str] = {}
    with viewing_as(world.cast.olive):
        for model, name in COLUMNS:
            rows = model._default_manager.filter(organisation=world.cast.harbor).values_list(name, flat=True)
            for word in rows.order_by("pk"):
                hit = WORD.match(word)
                if hit:
                    found.setdefault((f"{model.__name__}.{name}", int(hit[1]), hit[2]), word)
    return {word: (number, level) for (_column, number, level), word in found.items()}


def listed(crawl: Crawl, **asked: Any) -> list[str]:
    """The ids of every page of the list, and the total that it tells."""
    found: list[str] = []
    asked = {"limit": 200, **asked}
    answer = crawl.ask(LIST, data=asked)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    found += [row["id"] for row in told["items"]]
    while told.get("next"):
        told = crawl.ask(told["next"]).json()
        found += [row["id"] for row in told["items"]]
    return found


def reached(world: World, crawl: Crawl) -> set[str]:
    """The requests that the rules let the viewer read, Harbor's and their own."""
    with viewing_as(world.cast.olive):
        ours = list(RecordsRequest.objects.values_list("public_id", "campaign", "held_back", "organisation"))
    of_campaign = {one.request.campaign_id: one for one in reversed(world.subjects)}
    by_id = {one.request.public_id: one for one in world.subjects}
    found = {one.request.public_id for one in world.subjects if one.home == crawl.who.home}
    for pid, campaign, _held, home in ours:
        one = by_id.get(pid) or of_campaign.get(campaign)
        if home == world.cast.harbor.pk and one is not None and "s" in one.reads(crawl.who):
            found.add(pid)
    return found


@pytest.mark.parametrize("who", WHO)
def test_lists_and_their_totals_hold_what_may_be_read_and_no_more(world: World, who: str) -> None:
    crawl = Crawl(world, world.viewers[who])
    assert set(listed(crawl)) == reached(world, crawl)
    assert len(listed(crawl, sort="oldest")) == len(reached(world, crawl))


@pytest.mark.parametrize("who", WHO)
def test_a_word_finds_something_only_where_it_may_be_read(world: World, who: str) -> None:
    crawl = Crawl(world, world.viewers[who])
    all_ = words(world)
    dice = random.Random(who)
    for turn, word in enumerate(dice.sample(sorted(all_), 12)):
        number, level = all_[word]
        of = next((one for one in world.subjects if one.number == number), None)
        may = of is not None and level in of.reads(crawl.who)
        rows = listed(crawl, q=word)
        assert may or rows == [], f"{word} ({of}) is found by {who}"
        if not may and turn < 3:
            for address in (reverse("requests"), reverse("search")):
                page = said(crawl.ask(address, data={"q": word})).replace(word, "")
                other = said(crawl.ask(address, data={"q": f"{word[:-1]}~"})).replace(f"{word[:-1]}~", "")
                assert _bare(page) == _bare(other), f"{address} tells {who} that {word} stands somewhere"


def test_a_word_that_may_be_read_is_found(world: World) -> None:
    """Else the test above could not fail."""
    crawl = Crawl(world, world.viewers["partner's owner"])
    told = {
        word: listed(crawl, q=word)
        for word, (number, level) in words(world).items()
        if number == 15 and level in "sc" and RequestCorrespondence.objects.filter(letter=word).count() == 0
    }
    assert len(told) > 1
    assert all(told.values())


def _bare(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|zq\d\d[^"<&\s]*|Content-Length.*?,', "", page)


@pytest.mark.parametrize("who", ["anonymous", "partner's owner", "our viewer"])
def test_nothing_is_sorted_filtered_or_unfolded_by_what_is_hidden(world: World, who: str) -> None:
    """A program is told which words there are, a reader that there is no such order; else a page sorts as ever, and
    shows as many."""
    crawl = Crawl(world, world.viewers[who])
    plain = _rows(said(crawl.ask(reverse("requests"))))
    for name in HIDDEN:
        for word in ("sort", "order", "expand", "fields", name):
            answer = crawl.ask(LIST, data={word: name})
            assert answer.status_code == 400, f"?{word}={name}: {answer.status_code}"
            assert answer.json()["errors"], "names the field"
        assert _rows(said(crawl.ask(reverse("requests"), data={"order": name, name: "zq"}))) == plain
        sorted_by = crawl.ask(reverse("requests"), data={"sort": name})
        assert (sorted_by.status_code, _rows(said(sorted_by))) == (400, [])


def _rows(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="/requests/([0-9a-z]{12})/"', page)))


@pytest.mark.parametrize("who", ["anonymous", "partner's owner"])
def test_no_program_unfolds_a_hidden_relation_anywhere(world: World, who: str) -> None:
    crawl = Crawl(world, world.viewers[who])
    shared = next(one for one in world.subjects if one.to == ("public" if who == "anonymous" else "partner"))
    wrong = []
    for one in operations():
        if one.method != "get" or not one.over_content:
            continue
        args = crawl.args(one.route, shared)
        if args is None:
            continue
        for word in ("expand", "fields", "include"):
            answer = crawl.ask(reverse(one.route, args=args), data={word: "private"})
            if answer.status_code not in (400, 401, 403, 404, 405):
                wrong.append(f"{one.route}?{word}=private: {answer.status_code}")
    assert wrong == []


def shapes(crawl: Crawl, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        answer = crawl.ask(address)
    assert answer.status_code == 404, address
    return [LITERAL.sub("?", one["sql"]) for one in caught.captured_queries]


def pairs(crawl: Crawl) -> Iterator[tuple[str, str, str]]:
    """Routes of a request that exists and is not theirs, and of one that does not exist."""
    of = crawl.world.subjects[0]
    for route in crawl.routes(about=True):
        args = crawl.args(route, of) or []
        if of.request.public_id in args and crawl.expected(route, of) == 404:
            nowhere = [NOWHERE if arg == of.request.public_id else arg for arg in args]
            yield route, reverse(route, args=args), reverse(route, args=nowhere)


@pytest.mark.parametrize("who", ["anonymous", "stranger's owner", "partner's owner"])
def test_missing_and_forbidden_take_the_same_queries(world: World, who: str) -> None:
    crawl = Crawl(world, world.viewers[who])
    asked, wrong = 0, []
    for route, there, nowhere in pairs(crawl):
        crawl.ask(there)  # What is kept for a while is kept now.
        asked += 1
        if shapes(crawl, there) != shapes(crawl, nowhere):
            wrong.append(route)
    assert asked > 5
    assert wrong == [], "these take another path for what is there"
