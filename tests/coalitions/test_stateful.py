"""Organizations join, leave, share, hold back, revoke and wait, in any order: who sees what is what the rules say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from .world import LEVELS, NAMES, World

RUNS, STEPS = int(os.environ.get("WORLD_RUNS", "6")), int(os.environ.get("WORLD_STEPS", "40"))
# No search for a shorter case: it takes hours here. The steps of the case that failed are printed.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
TIERS = st.integers(1, 3)
SUBJECTS = st.one_of(
    st.tuples(st.just("campaign"), st.sampled_from(["harbor", "prairie"])),
    st.tuples(st.just("request"), st.integers(0, 4)),
)
TO = st.one_of(
    st.tuples(st.just("coalition"), st.none()), st.tuples(st.just("public"), st.none()),
    st.tuples(st.just("organisation"), st.sampled_from(NAMES)), st.tuples(st.just("person"), st.just("guest")),
)  # fmt: skip
HOURS = st.one_of(st.none(), st.integers(0, 4))


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.world = World()
        self.steps = 0

    def teardown(self) -> None:
        if not connection.needs_rollback:
            self.world.check()
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    @rule(name=st.sampled_from(NAMES))
    @precondition(lambda self: self.world.coalition is None)
    def found(self, name: str) -> None:
        if name in self.world.members:
            self.world.found(name)

    @rule(name=st.sampled_from(NAMES[:4]), tier=TIERS)
    @precondition(lambda self: self.world.coalition is not None)
    def join(self, name: str, tier: int) -> None:
        here = {stay.name for stay in self.world.stays if stay.live}
        host = next((one for one in self.world.stays if one.live and one.coordinates), None)
        if name in self.world.members - here and host is not None and host.name in self.world.members:
            self.world.join(name, tier)

    @rule(by=st.sampled_from(NAMES), n=st.integers(0, 9))
    @precondition(lambda self: self.world.coalition is not None)
    def end_stay(self, by: str, n: int) -> None:
        self.world.end_stay(by, self.world.stays[n % len(self.world.stays)])

    @rule(by=st.sampled_from(NAMES), n=st.integers(0, 9), tier=TIERS, coordinates=st.booleans())
    @precondition(lambda self: self.world.coalition is not None)
    def set_stay(self, by: str, n: int, tier: int, coordinates: bool) -> None:
        self.world.set_stay(by, self.world.stays[n % len(self.world.stays)], tier, coordinates)

    @rule(by=st.sampled_from(NAMES))
    @precondition(lambda self: self.world.coalition is not None and len(self.world.stays) > 2)
    def dissolve(self, by: str) -> None:
        self.world.dissolve(by)

    @rule(
        subject=SUBJECTS, to=TO, levels=st.frozensets(st.sampled_from(LEVELS)), tier=TIERS, lasts=HOURS, embargo=HOURS
    )
    def grant(
        self, subject: tuple[str, Any], to: tuple[str, Any], levels: frozenset[str], tier: int, lasts: int | None,
        embargo: int | None,
    ) -> None:  # fmt: skip
        if subject[0] == "request":
            subject = ("request", sorted(self.world.requests)[subject[1]])
        home = subject[1] if subject[0] == "campaign" else self.world.requests[subject[1]].home
        if home in self.world.members and to[1] != home:
            self.world.grant(home, subject, *to, levels, tier, lasts, embargo)

    @rule(n=st.integers(0, 50))
    @precondition(lambda self: self.world.grants)
    def revoke(self, n: int) -> None:
        grant = self.world.grants[n % len(self.world.grants)]
        if grant.home in self.world.members:
            self.world.revoke(grant)

    @rule(n=st.integers(0, 4), held=st.booleans())
    def hold(self, n: int, held: bool) -> None:
        pk = sorted(self.world.requests)[n]
        if self.world.requests[pk].home in self.world.members:
            self.world.hold(pk, held)

    @rule(n=st.integers(0, 4), campaign=st.booleans())
    def move_out(self, n: int, campaign: bool) -> None:
        pk = sorted(self.world.requests)[n]
        if self.world.requests[pk].home in self.world.members:
            self.world.move_out(pk, campaign)

    @rule(hours=st.integers(1, 3))
    def pass_hours(self, hours: int) -> None:
        self.world.pass_hours(hours)

    @rule(name=st.sampled_from(NAMES), back=st.booleans())
    def leave(self, name: str, back: bool) -> None:
        if back != (name in self.world.members):
            self.world.leave(name, back)

    @rule()
    def rotate_token(self) -> None:
        self.world.rotate_token()

    @invariant()
    def everybody_sees_what_the_rules_say(self) -> None:
        # Two of them after each step, in turns, and all of them at the end: it is the planner that takes the time.
        viewers = self.world.viewers()
        self.steps += 2
        self.world.check(*(viewers[(self.steps + i) % len(viewers)] for i in range(2)))


@pytest.fixture
def bound_by_nothing(superuser_url: str) -> Iterator[None]:
    """The connection looks past the walls; what the web may do is asked as the web's role."""
    web = connections["default"]
    before = dict(web.settings_dict)
    web.close()
    who = urlsplit(superuser_url)
    web.settings_dict.update({"USER": who.username, "PASSWORD": who.password or ""})
    yield
    web.close()
    web.settings_dict.clear()
    web.settings_dict.update(before)


@pytest.mark.committed
@pytest.mark.slow
def test_whatever_happened_both_walls_and_the_rules_agree(bound_by_nothing: None) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, derandomize="WORLD_RUNS" not in os.environ,
            suppress_health_check=list(HealthCheck), phases=PHASES,
        ),
    )  # fmt: skip
