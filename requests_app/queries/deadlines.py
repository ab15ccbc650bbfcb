"""A clock as it is told outside its organization."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from requests_app.clock.standing import Clock
from requests_app.clock.trail import StepKind


def told_outside(clock: Clock, seen: Collection[str]) -> Clock:
    """Its day, and the steps to it where each leans on an event that the reader sees (`seen`: their uids).

    A clock that once waited for us has a step that says so, from when until when. One step left out would not add up,
    so such a clock is told without steps. That a person set the day is told; who, why and by which event is not.
    """
    # The day on which we mean to ask again is no date of the law.
    clock.follow_up_on = None
    clock.pauses = tuple(pause for pause in clock.pauses if not pause.on_us)
    steps = tuple(
        replace(step, event=None, said="") if step.kind is StepKind.override else step for step in clock.trail
    )
    hidden = any(step.event is not None and step.event not in seen for step in steps)
    clock.trail = () if hidden else steps
    return clock
