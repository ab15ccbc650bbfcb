"""The whole matrix: every route, every kind of viewer, every level, embargoed or not, held back or not, own,
partner's and stranger's. Each answer is the declared one, a forbidden thing is a missing one, and no word goes further
than it may.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable, Iterable

import pytest
from django.urls import reverse

from .crawl import Crawl, closed_sample, said
from .subjects import Subject, World

WHO = (
    "anonymous", "of no organization", "operator", "stranger's owner", "our viewer", "our editor", "our owner",
    "partner's owner", "partner's viewer", "coalition mate", "partner who left", "guest", "expired guest",
    "partner's program", "our program", "stranger's program",
)  # fmt: skip


# Changes from day to day; asked again with MATRIX_SEED, it asks the same.
SEED = os.environ.get("MATRIX_SEED") or dt.datetime.now(dt.UTC).strftime("%Y%m%d")
WHOLE = os.environ.get("MATRIX") == "whole"  # `bench/run matrix`


def crawled(world: World, who: str, some: Callable[[str, list[Subject]], Iterable[Subject]]) -> Crawl:
    crawl = Crawl(world, world.viewers[who])
    shut = list(closed_sample(world.subjects, crawl.who))
    for route in crawl.routes(about=False):
        crawl.cell(route, None)
    for route in crawl.routes(about=True):
        for of in some(route, world.subjects if crawl.opens(route) else shut):
            crawl.cell(route, of)
    return crawl


def right(crawl: Crawl) -> None:
    told = "\n".join(crawl.wrong[:300])
    assert not crawl.wrong, f"{len(crawl.wrong)} of {crawl.asked.total()} wrong (MATRIX_SEED={SEED}):\n{told}"


@pytest.mark.django_db
def test_a_sample_of_the_cells(world: World) -> None:
    """Of each route that a share may open some subjects, for some viewers; of the others one."""
    dice = random.Random(SEED)
    for who in dice.sample(WHO, 3):
        crawl = crawled(
            world, who, lambda route, all_: dice.sample(all_, 2 if len(all_) == len(world.subjects) else 1)
        )
        right(crawl)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_every_cell(world: World, who: str) -> None:
    """Where it is not asked for whole, of what a share may open a tenth, of the rest one subject a route."""
    dice = random.Random(f"{SEED} {who}")

    def some(route: str, all_: list[Subject]) -> list[Subject]:
        return all_ if WHOLE else dice.sample(all_, 4 if len(all_) == len(world.subjects) else 1)

    crawl = crawled(world, who, some)
    print(f"{who}: {crawl.asked.total()} asked")
    right(crawl)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "answer"),
    [("our owner", 200), ("partner's owner", 200), ("partner's program", 200), ("coalition mate", 200),
     ("partner who left", 404), ("stranger's owner", 404), ("guest", 404)],
)  # fmt: skip
def test_a_coalition_tells_each_member_what_is_shared_with_them(world: World, who: str, answer: int) -> None:
    """The coalition's own pages, its efforts and their tables, with campaigns at every level."""
    assert world.coalition is not None and world.joint is not None
    crawl = Crawl(world, world.viewers[who])
    key, one = world.coalition.public_id, world.joint.public_id
    for route, args in (
        ("coalition", [key]), ("coalition-joint", [key, one]), ("coalition-joint-csv", [key, one]),
        ("api-coalition", [key]), ("api-coalition-members", [key]), ("api-coalition-joint-list", [key]),
        ("api-coalition-joint", [key, one]), ("api-coalition-joint-matrix", [key, one]),
        ("api-coalition-joint-parts", [key, one]),
    ):  # fmt: skip
        if crawl.who.secret and not route.startswith("api-"):
            continue
        told = crawl.ask(reverse(route, args=args))
        # Who left still reads that there is such a coalition, and when their own stay ended; of its efforts none.
        kept = who == "partner who left" and route not in (
            "coalition-joint", "coalition-joint-csv", "api-coalition-joint", "api-coalition-joint-matrix",
            "api-coalition-joint-parts",
        )  # fmt: skip
        assert told.status_code == (200 if kept else answer), (route, told.status_code)
        crawl.read(said(told), route)
        if kept:
            assert one not in said(told)
    right(crawl)
    if who == "partner's owner":
        assert {number for number, _level in crawl.seen} == {*range(3, 22, 4), *range(23, 38, 4)}, (
            "every live level, and none besides"
        )
