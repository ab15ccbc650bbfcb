"""The whole matrix with one wall taken away: the other tells nobody a word that is not theirs.

What is answered may fail: a page that leans on the wall that is gone finds what it does not expect. It tells nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections

from .crawl import Crawl, closed_sample
from .subjects import Subject, World
from .test_every_cell import SEED, WHOLE

WHO = (
    "anonymous", "of no organization", "operator", "stranger's owner", "partner's owner", "coalition mate",
    "partner who left", "guest", "expired guest", "partner's program", "stranger's program",
)  # fmt: skip
# Where the wall that is left tells more than both: with the reason, and none is meant to stay.
KNOWN: dict[str, str] = {}
DICE = random.Random(SEED)


def querysets() -> set[type[Any]]:
    """Every class that says whom its rows are visible to."""
    return {
        one
        for model in apps.get_app_config("requests_app").get_models()
        for one in type(model._default_manager.all()).__mro__
        if "visible_to" in vars(one)
    }


@pytest.fixture
def policy_open(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    found = querysets()
    assert len(found) > 8
    for one in found:
        monkeypatch.setattr(one, "visible_to", lambda self, viewer, at_least=None: self.all())


@pytest.fixture
def walls_down(world: World, django_db_blocker: Any) -> Iterator[None]:
    """The web signs in as the owner of the tables, whom row-level security does not bind."""
    web, owner = connections["default"], connections["owner"]
    before = dict(web.settings_dict)
    web.close()
    web.settings_dict.update({key: owner.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")})
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM requests_app_requestprivate")
            assert cursor.fetchone()[0] > len(world.subjects) - 2, (
                "the wall is down: nobody looks, and all is seen"
            )
        yield
        web.close()
    web.settings_dict.update(before)


def told(world: World, who: str, *, whole: bool) -> list[str]:
    crawl = Crawl(world, world.viewers[who], words_only=True)
    for route in crawl.routes(about=False):
        crawl.cell(route, None)
    shut = list(closed_sample(world.subjects, crawl.who))
    for route in crawl.routes(about=True):
        all_: list[Subject] = world.subjects if crawl.opens(route) else shut
        for of in all_ if whole else DICE.sample(all_, 1):
            crawl.cell(route, of)
    return [one for one in crawl.wrong if not any(name in one for name in KNOWN)]


def right(world: World, who: str, *, whole: bool) -> None:
    leaks = told(world, who, whole=whole)
    assert not leaks, f"{len(leaks)} leaks\n" + "\n".join(leaks[:300])


@pytest.mark.parametrize("who", ["partner's owner"])
def test_without_the_policy_a_sample_tells_nothing(world: World, policy_open: None, who: str) -> None:
    right(world, who, whole=False)


@pytest.mark.parametrize("who", ["partner's owner"])
def test_without_row_level_security_a_sample_tells_nothing(world: World, walls_down: None, who: str) -> None:
    right(world, who, whole=False)


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_row_level_security_alone_tells_nothing(world: World, policy_open: None, who: str) -> None:
    right(world, who, whole=WHOLE)


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_the_policy_alone_tells_nothing(world: World, walls_down: None, who: str) -> None:
    right(world, who, whole=WHOLE)
