"""No letter lost, none doubled, none filed twice: real processes killed between each pair of steps."""

from __future__ import annotations

import datetime as dt
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from requests_app.actions import letter_queue, letter_sending, waves
from requests_app.actions.refusals import Refused
from requests_app.models import Letter, LetterSending, RecordsRequest, Wave
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from requests_app.notices.catcher import FolderOracle
from tests import builders
from tests.drills import STEPS, arrived, in_threads, killed_at, until_quiet, worker

from .scene import again, draft, queued, stage
from .test_waves import campaign_with

pytestmark = [pytest.mark.committed, pytest.mark.fault]

PATIENCE = replace(
    letter_sending.TIMING,
    oracle_patience=dt.timedelta(seconds=1),
    back_off=(dt.timedelta(milliseconds=200),),
)
BY = "X-Letter-Reference"


def states() -> Counter[str]:
    with viewing(SCHEDULE):
        return Counter(LetterSending.objects.values_list("state", flat=True))


def sweep_until_quiet(oracle: Any, seconds: float = 30) -> None:
    until_quiet(lambda: letter_sending.sweep(oracle=oracle, timing=PATIENCE), states, seconds)


def filed(cast: builders.Cast) -> list[RecordsRequest]:
    with viewing_as(cast.olive):
        return list(RecordsRequest.objects.filter(organisation=cast.harbor))


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_and_doubles_nothing(
    cast: builders.Cast, post: Any, step: str
) -> None:
    made = [queued(cast, kit=f"kit-{n}") for n in range(3)]
    killed_at("letters", step, post.port, "--oracle", str(post.folder_new))
    sweep_until_quiet(FolderOracle(post.folder_new))
    assert states() == {"sent": 3}
    assert arrived(post, BY) == {letter.public_id: 1 for letter in made}
    assert {again(letter, cast).request for letter in made} == set(filed(cast))
    assert len(filed(cast)) == 3


def test_without_an_oracle_a_letter_nobody_knows_about_waits_for_a_person(
    cast: builders.Cast, post: Any
) -> None:
    made = queued(cast)
    killed_at("letters", "answered", post.port)
    for _ in range(3):
        letter_sending.sweep(oracle=None, timing=replace(PATIENCE, send_again_after=dt.timedelta(0)))
    assert stage(made, cast) == "uncertain"
    assert arrived(post, BY) == {made.public_id: 1}
    assert filed(cast) == []
    with viewing_as(cast.edgar) as viewer:
        letter_sending.settle(viewer=viewer, letter=made, actor=cast.edgar, arrived=True)
    assert stage(made, cast) == "sent"
    assert [row.pk for row in filed(cast)] == [again(made, cast).request_id]
    assert arrived(post, BY) == {made.public_id: 1}


def test_workers_killed_at_random_file_eighty_letters_once(cast: builders.Cast, post: Any) -> None:
    campaign, _agencies = campaign_with(cast, 80)
    with viewing_as(cast.edgar) as viewer:
        wave = waves.prepare_wave(
            viewer=viewer, campaign=campaign, actor=cast.edgar, now=timezone.now(), once="w"
        )
    with viewing_as(cast.edgar) as viewer:
        done = waves.queue_wave(
            viewer=viewer, wave=wave, actor=cast.edgar, now=timezone.now(), accepted=["gaps"]
        )
    assert done.queued == 80
    chance = random.Random(20260310)
    oracle = ("--oracle", str(post.folder_new))
    crew = [worker("letters", post.port, "--loop", *oracle) for _ in range(2)]
    try:
        for _ in range(6):
            time.sleep(chance.uniform(0.05, 0.5))
            victim = crew.pop(chance.randrange(len(crew)))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            crew.append(worker("letters", post.port, "--loop", *oracle))
    finally:
        for process in crew:
            process.kill()
            process.wait()
    sweep_until_quiet(FolderOracle(post.folder_new), seconds=90)
    assert states() == {"sent": 80}
    assert set(arrived(post, BY).values()) == {1}
    assert len(arrived(post, BY)) == 80
    assert len(filed(cast)) == 80
    with viewing_as(cast.edgar):
        assert Letter.objects.filter(request=None).count() == 0


def test_the_button_pressed_by_two_at_one_instant_queues_each_letter_once(
    cast: builders.Cast, post: Any
) -> None:
    campaign, _agencies = campaign_with(cast, 12)
    together = threading.Barrier(2)

    def press() -> int:
        together.wait()
        with viewing_as(cast.edgar) as viewer:
            wave = waves.prepare_wave(
                viewer=viewer, campaign=campaign, actor=cast.edgar, now=timezone.now(), once="same"
            )
        with viewing_as(cast.edgar) as viewer:
            return waves.queue_wave(
                viewer=viewer, wave=wave, actor=cast.edgar, now=timezone.now(), accepted=["gaps"]
            ).queued

    assert sum(in_threads(press, press)) == 12
    with viewing_as(cast.edgar):
        assert Wave.objects.filter(campaign=campaign).count() == 1
    in_threads(*[lambda: letter_sending.sweep(oracle=None, timing=PATIENCE)] * 3)
    assert set(arrived(post, BY).values()) == {1}
    assert len(filed(cast)) == 12


def test_a_stop_meets_a_worker_in_its_stride(cast: builders.Cast, post: Any) -> None:
    """Claimed and not handed over: stopped, and the worker finds nothing to hand over."""
    made = queued(cast)

    def stop(step: str) -> None:
        if step == "connected":
            with viewing_as(cast.olive):
                assert letter_queue.stop_rows(Letter.objects.filter(pk=made.pk)) == 1

    assert letter_sending.sweep(oracle=None, watch=stop).sent == 0
    assert arrived(post, BY) == {}
    assert stage(made, cast) == "stopped"


def test_two_drafts_of_one_campaign_agency_and_kit_cannot_be(cast: builders.Cast) -> None:
    campaign, agencies = campaign_with(cast, 1)
    draft(cast, campaign=campaign, kit="plate-readers", agency=agencies[0], once="first")
    with pytest.raises(Refused, match="has a letter of this kit"):
        draft(cast, campaign=campaign, kit="plate-readers", agency=agencies[0], once="second")
