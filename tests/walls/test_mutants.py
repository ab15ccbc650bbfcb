"""The policy without one of its clauses, or the database without one of its policies, turns this red: each stands
because a row depends on it.

Python's clauses are taken out one by one with row-level security off; the policies of the database are opened and
dropped one by one with nothing else to hold a row back. `bench/run mutants` asks all of them, here a few
are asked, drawn by the day.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections, transaction

from . import mutants_policy, mutants_walls
from .mutants_equivalent import EQUIVALENT
from .mutants_scene import Scene

pytestmark = pytest.mark.slow
WHOLE = os.environ.get("MUTANTS") == "whole"
ONLY = os.environ.get("MUTANTS_ONLY", "")
PARTS = 2 if WHOLE else 1
A_FEW = 10
DAY = dt.datetime.now(dt.UTC).date().isoformat()
PARTED = pytest.mark.parametrize(
    "part", [pytest.param(n, marks=pytest.mark.xdist_group(f"{n}")) for n in range(PARTS)]
)


class Stage:
    def __init__(self) -> None:
        scene = Scene()
        self.policy, self.walls = mutants_policy.Asked(scene), mutants_walls.Walls(scene)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any, superuser_url: str) -> Iterator[Stage]:
    """Nobody is bound by the walls but whoever is made to be; nothing is kept."""
    web, who = connections["default"], urlsplit(superuser_url)
    before = dict(web.settings_dict)
    with django_db_blocker.unblock():
        web.close()
        web.settings_dict.update({"USER": who.username, "PASSWORD": who.password or ""})
        try:
            with transaction.atomic():
                yield Stage()
                transaction.set_rollback(True)
        finally:
            web.close()
            web.settings_dict.clear()
            web.settings_dict.update(before)


def named(of: list[Any]) -> list[Any]:
    """Two places may read the same: the second is told from the first."""
    often: Counter[str] = Counter()
    found = []
    for one in of:
        often[one.name] += 1
        found.append(replace(one, name=f"{one.name} ({often[one.name]})") if often[one.name] > 1 else one)
    return found


def _turn(one: Any) -> int:
    """What is asked of one table, by one process: it keeps what the whole answers."""
    return zlib.crc32(one.name.split(":")[0].encode()) % PARTS


def chosen(of: list[Any], part: int) -> list[Any]:
    of = named(of)
    if ONLY:
        return [one for one in of if any(word in one.name for word in ONLY.split(","))]
    return [one for one in of if _turn(one) == part] if WHOLE else random.Random(DAY).sample(of, A_FEW)


def right(kind: str, asked: Any, some: list[Any]) -> None:
    started, wrong, equivalent = time.monotonic(), [], 0
    for one in some:
        told = asked.tells(one)
        if ONLY or "MUTANTS_PRINTED" in os.environ:
            print(told, "|", one.name, flush=True)
        if told is None and one.name in EQUIVALENT:
            equivalent += 1
        elif told is None:
            wrong.append(f"nobody sees the difference: {one.name}")
        elif one.name in EQUIVALENT:
            wrong.append(f"is not equivalent, {told}: {one.name}")
    if "MUTANTS_TOLD" in os.environ:
        with Path(os.environ["MUTANTS_TOLD"]).open("a") as file:
            line = {
                "kind": kind, "mutants": len(some), "equivalent": equivalent, "survivors": wrong,
                "seconds": time.monotonic() - started,
            }  # fmt: skip
            file.write(json.dumps(line) + "\n")
    assert not wrong, f"{len(wrong)} of {len(some)}\n" + "\n".join(wrong)


@PARTED
def test_the_policy_without_any_one_clause_tells_otherwise(stage: Stage, part: int) -> None:
    right("clauses of the policy", stage.policy, chosen(mutants_policy.mutants(), part))


@PARTED
def test_without_any_one_policy_the_database_tells_otherwise(stage: Stage, part: int) -> None:
    right("policies of the database", stage.walls, chosen(list(mutants_walls.whole_policies()), part))


def test_what_is_listed_as_equivalent_is_a_clause_of_a_wall(stage: Stage) -> None:
    whole = (mutants_policy.mutants(), mutants_walls.whole_policies())
    assert set(EQUIVALENT) - {one.name for of in whole for one in named(list(of))} == set()
