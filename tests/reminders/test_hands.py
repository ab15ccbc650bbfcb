"""A sweep with much to do works over several connections, and over as many as the mail server allows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError

from requests_app.actions import bounced, sending
from requests_app.actions.reminder_policy import STANDARD_TIMING
from tests import builders

from .scene import Sink, due_to_many, serving, states

pytestmark = pytest.mark.committed

SMALL = replace(STANDARD_TIMING, batch=4)


@pytest.fixture
def due(cast: builders.Cast) -> int:
    due_to_many(cast, 30)
    return 30


@contextmanager
def counting(allowed: int, **given: Any) -> Iterator[Any]:
    """A mail server that lets in so many connections at once; `most` is how many there were."""

    class Counting(Sink):
        most, here = 0, 0

        async def handle_EHLO(
            self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
        ) -> list[str]:
            if self.here >= allowed:
                return ["421 too many connections"]
            session.host_name = hostname
            self.here += 1
            self.most = max(self.most, self.here)
            return responses

    with serving(Counting(**given)) as sink:
        yield sink


def test_much_to_do_goes_over_several_connections_once_each(due: int, mail_server: Any, settings: Any) -> None:
    settings.MAIL_CONNECTIONS = 3
    with counting(50, stall=0.02) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None, timing=SMALL).sent == due
    assert sink.most == 3
    assert sorted(sink.ids.values()) == [1] * due
    assert not [one for one in threading.enumerate() if one.name.startswith("hand ")]


def test_little_to_do_opens_one_connection(cast: builders.Cast, due: int, mail_server: Any) -> None:
    with counting(50) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None, limit=3).sent == 3
    assert sink.most == 1


def test_a_server_that_allows_one_connection_is_served_over_one(due: int, mail_server: Any) -> None:
    with counting(1, stall=0.01) as sink:
        mail_server(sink.port)
        done = sending.sweep(oracle=None, timing=SMALL)
    assert (done.sent, done.down) == (due, "")
    assert states() == {"sent": due}
    assert sorted(sink.ids.values()) == [1] * due


def test_a_limit_holds_for_all_hands_together(due: int, mail_server: Any) -> None:
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None, timing=SMALL, limit=10).sent == 10
    assert states() == {"sent": 10, "planned": 20}


def test_what_cannot_follow_from_a_bounce_does_not_stop_the_others(
    due: int, mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(ids: Any) -> None:
        raise IntegrityError("no owner can be told")

    monkeypatch.setattr(bounced, "tell_owners", breaks)
    with serving(Sink(answers=["550 no such message"] * 5)) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None, timing=replace(SMALL, refusals=0))
    found = states()
    assert (found["failed"], found["sent"]) == (5, due - 5)
    assert len(sink.ids) == due - 5


def test_a_hand_that_fails_ends_the_sweep_and_says_so(due: int, mail_server: Any, monkeypatch: Any) -> None:
    from django.db import OperationalError

    from requests_app.actions.claims import Queue

    whole = Queue.hand_over

    def breaks(self: Any, one: Any) -> None:
        if threading.current_thread().name.startswith("hand "):
            raise OperationalError("the database went away")
        whole(self, one)

    with serving(Sink(stall=0.02)) as sink:
        mail_server(sink.port)
        with monkeypatch.context() as patch:
            patch.setattr(Queue, "hand_over", breaks)
            with pytest.raises(OperationalError):
                sending.sweep(oracle=None, timing=SMALL)
        assert sending.sweep(oracle=None, timing=SMALL).rescued > 0
    assert states() == {"sent": due}
    assert sorted(sink.ids.values()) == [1] * due
