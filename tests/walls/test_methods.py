"""Other methods than GET, and conditions: they say no more, and write nothing of ours."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from django.urls import reverse

from tests.api.described import operations

from .crawl import Crawl, said
from .mixing import marks
from .subjects import Subject, World
from .test_every_cell import SEED, WHOLE
from .test_traces import one_of

pytestmark = pytest.mark.django_db


def shut(crawl: Crawl) -> Iterator[tuple[str, Subject, str]]:
    """Routes of things that the viewer may not know of; a third of them, drawn by the day."""
    dice = random.Random(SEED)
    hidden = [one for one in crawl.world.subjects if not one.reads(crawl.who) and one.home == "harbor"]
    for route in crawl.routes(about=True):
        for of in hidden[:1]:
            args = crawl.args(route, of)
            if args is not None and crawl.expected(route, of) == 404 and (WHOLE or dice.random() < 1 / 3):
                yield route, of, reverse(route, args=args)


@pytest.mark.parametrize("who", ["stranger's owner", "partner's owner", "anonymous"])
def test_other_methods_and_conditions_say_no_more_than_get(world: World, who: str) -> None:
    """HEAD, OPTIONS, and asking whether what the owner was sent has changed since."""
    crawl, owner = Crawl(world, world.viewers[who]), Crawl(world, world.viewers["our owner"])
    wrong = []
    for route, of, address in shut(crawl):
        tag = {
            "If-None-Match": owner.ask(address).headers.get("ETag", "*"),
            "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
        }
        for method, headers in (("head", {}), ("get", tag)):
            told = crawl.ask(address, method, headers=headers)
            # A form may take neither HEAD nor a second look: then it takes none from anybody.
            if told.status_code != 404 and not told.status_code == owner.ask(address, method).status_code == 405:
                wrong.append(f"{method} {route} of {of}: {told.status_code}")
            crawl.read(said(told), route)
        crawl.read(said(crawl.ask(address, "options")), f"options {route}")
    assert wrong + crawl.wrong == [], f"MATRIX_SEED={SEED}"


@pytest.mark.parametrize("who", ["partner's owner", "guest", "coalition mate"])
def test_a_partner_writes_nothing_of_ours_at_any_level(world: World, who: str) -> None:
    """Every operation that writes, and every page's form, at the highest level and at none."""
    crawl = Crawl(world, world.viewers[who])
    before = marks(world.cast.olive, world.cast.harbor.pk)
    mine = {"api-inbox-read", "api-digest-stop"}
    for of in (one_of(world, "partner", "everything"), world.subjects[0]):
        for one in operations():
            args = crawl.args(one.route, of) if one.over_content and one.method != "get" else None
            if not args or one.route in mine:
                continue
            told = crawl.ask(reverse(one.route, args=args), one.method, data=one.example or {},
                             content_type="application/json")  # fmt: skip
            assert told.status_code < 500, one.route
            crawl.read(said(told), f"{one.method} {one.route}")
        for route in crawl.routes(about=True):
            args = crawl.args(route, of)
            if args and not route.startswith("api-"):
                told = crawl.ask(
                    reverse(route, args=args), "post", data={"once": f"x{route}", "seen_version": 1}
                )
                assert told.status_code < 500, route
                crawl.read(said(told), f"post {route}")
    after = marks(world.cast.olive, world.cast.harbor.pk)
    assert [name for name, mark in before.items() if after[name] != mark] == []
    assert crawl.wrong == []
