"""The whole matrix: every route, every kind of viewer, every level, embargoed or not, held back or not, own,
partner's and stranger's. Each answer is the declared one, a forbidden thing is a missing one, and no word goes further
than it may.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.test.utils import override_settings

from tests.conftest import _put_back

from .crawl import Crawl, closed_sample
from .subjects import Subject, World, build

WHO = (
    "anonymous", "of no organization", "operator", "stranger's owner", "our viewer", "our editor", "our owner",
    "partner's owner", "partner's viewer", "coalition mate", "partner who left", "guest", "expired guest",
    "partner's program", "our program", "stranger's program",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, superuser_url: str, tmp_path_factory: Any
) -> Iterator[World]:
    import psycopg2

    name = connections["default"].settings_dict["NAME"]
    admin = psycopg2.connect(superuser_url.replace("/postgres?", f"/{name}?"))
    folder = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=folder, MAIL_CATCHER_DIR=folder), django_db_blocker.unblock():
        try:
            yield build(admin)
        finally:
            for alias in connections:
                connections[alias].close()
            admin.rollback()
            admin.autocommit = True
            _put_back(admin)
            admin.close()


# Changes from day to day; asked again with MATRIX_SEED, it asks the same.
SEED = os.environ.get("MATRIX_SEED") or dt.datetime.now(dt.UTC).strftime("%Y%m%d")


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
    crawl = crawled(world, who, lambda route, all_: all_)
    print(f"{who}: {crawl.asked.total()} asked")
    right(crawl)
