"""Real workers, killed between each pair of steps: nothing is lost, and what comes twice comes under one id."""

from __future__ import annotations

from collections import Counter

import pytest

from tests import builders
from tests.drills import OPEN, in_threads, killed_at, until_quiet

from .conftest import Receiver, again_at_once, hook_of, rows, sweep, test_of

pytestmark = [pytest.mark.committed, pytest.mark.fault]
STEPS = ("claimed", "connected", "handed over", "data", "answered", "marked")


def states() -> Counter[str]:
    return Counter(row.state for row in rows())


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_nothing(
    cast: builders.Cast, receiver: Receiver, step: str
) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    for _ in range(3):
        test_of(cast, hook)
    killed_at("webhooks", step, 1)
    assert OPEN & set(states()) or step == "marked"
    until_quiet(lambda: (again_at_once(cast, hook), sweep()), states, 30)
    assert states() == {"sent": 3}
    heard = Counter(receiver.ids)
    assert set(heard) == {row.message_id for row in rows()}
    # A worker that died after the call cannot say that it was heard: that one comes again, and no other.
    assert sorted(heard.values()) == ([1, 1, 2] if step == "answered" else [1, 1, 1])


def test_sweeps_at_one_instant_tell_each_thing_once(cast: builders.Cast, receiver: Receiver) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    for _ in range(12):
        test_of(cast, hook)
    in_threads(sweep, sweep, sweep)
    assert states() == {"sent": 12}
    assert sorted(Counter(receiver.ids).values()) == [1] * 12
