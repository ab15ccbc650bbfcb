"""A digest is killed between each pair of steps: what rode in it is told once, and marked with it or not at all."""

from __future__ import annotations

import datetime as dt
import random
import signal
import time
from typing import Any

import pytest

from requests_app.actions import digest_sending, digests, sending
from requests_app.actions.liveness import alive
from requests_app.models import DigestAttempt
from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices.catcher import FolderOracle
from tests import builders
from tests.drills import STEPS, killed_at, worker

from .scene import Sink, assign, plan, request_with_clock, rows, serving, states, today
from .test_catching_up import all_digests, told_in
from .test_faults import sweep_until_quiet

pytestmark = [pytest.mark.committed, pytest.mark.fault]


def due(cast: builders.Cast, count: int, *people: Any) -> None:
    for person in people:
        made = [request_with_clock(cast, due_on=today() - dt.timedelta(days=2))[0] for _ in range(count)]
        for request in made:
            assign(request, person)
        plan(cast, *made)


def mails(post: Any) -> list[Any]:
    from email import message_from_bytes, policy

    return [message_from_bytes(p.read_bytes(), policy=policy.default) for p in post.folder_new.glob("*.eml")]


@pytest.mark.parametrize("step", ["gathered", *STEPS])
def test_a_worker_killed_at_any_step_tells_every_rider_once(
    cast: builders.Cast, post: Any, step: str
) -> None:
    due(cast, 23, cast.olive)
    killed_at("reminders", step, post.port, "--oracle", str(post.folder_new))
    sweep_until_quiet(FolderOracle(post.folder_new))
    assert states() == {"sent": 23}
    (mail,) = mails(post)
    assert len(told_in(mail)) == 23
    (digest,) = all_digests()
    assert digest.state == "sent"
    assert digest.outcome in ("accepted", "found in the mail server's folder")
    assert {(r.digest_id, r.sent_at) for r in rows()} == {(digest.pk, digest.sent_at)}


@pytest.mark.parametrize("step", ["handed over", "answered"])
def test_between_hand_over_and_mark_no_rider_is_marked_nor_taken_by_another(
    cast: builders.Cast, post: Any, step: str
) -> None:
    due(cast, 21, cast.olive)
    killed_at("reminders", step, post.port, "--oracle", str(post.folder_new))
    assert states() == {"planned": 21}
    assert all(row.handed_over_at is not None and row.digest_id for row in rows())


def test_workers_killed_at_random_tell_every_rider_once(cast: builders.Cast, post: Any) -> None:
    due(cast, 22, cast.olive, cast.edgar, cast.vera)
    due(cast, 12, cast.olive, cast.edgar)
    chance = random.Random(20261122)
    crew = [worker("reminders", post.port, "--loop", "--oracle", str(post.folder_new)) for _ in range(2)]
    try:
        for _ in range(5):
            time.sleep(chance.uniform(0.02, 0.3))
            victim = crew.pop(chance.randrange(len(crew)))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            victim.stdout.close()  # type: ignore[union-attr]
            crew.append(worker("reminders", post.port, "--loop", "--oracle", str(post.folder_new)))
    finally:
        for process in crew:
            process.kill()
            process.wait()
            process.stdout.close()  # type: ignore[union-attr]
    sweep_until_quiet(FolderOracle(post.folder_new), seconds=40)
    assert states() == {"sent": 90}
    told = [pid for mail in mails(post) for pid in told_in(mail)]
    assert (len(told), len(set(told))) == (90, 90)
    with viewing(SCHEDULE):
        assert DigestAttempt.objects.filter(step="claimed").exists()


def test_owners_hear_of_a_bounced_digest_though_the_sender_died_before_telling_them(
    cast: builders.Cast, mail_server: Any
) -> None:
    due(cast, 21, cast.edgar)
    digests.gather()
    with alive() as life:
        (held,) = digest_sending.QUEUE.claim(life, 10)
    # What the dead sender had still done: the digest is marked, and with it every rider.
    digest_sending.QUEUE.mark(held, "failed", outcome="bounced: 550 nobody here", step="bounced", code=550)
    assert {(r.state, r.outcome) for r in rows()} == {("failed", "in a digest: bounced: 550 nobody here")}
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
        assert sending.sweep(oracle=None) == sending.Swept()
    assert sink.to == [cast.olive.email]
    assert len(told_in(sink.taken[0])) == 21
