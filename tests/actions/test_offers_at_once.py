"""Two hands at one instant: an offer is counted or decided while somebody records an event of the same request."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from requests_app.actions import offers, revisions
from requests_app.actions.correspondence import record_event
from requests_app.models import OfferedMove, RecordsRequest, RevisionOffer
from requests_app.models.visibility import viewing_as
from tests.actions.test_revisions import NOW, SHORTER_REVIEW, TODAY, count_all, denied, window
from tests.builders import Cast

pytestmark = pytest.mark.committed
File = Callable[..., RecordsRequest]
Release = Callable[..., None]


class Beside(threading.Thread):
    """An act on a connection of its own; what went wrong there is raised here."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.act, self.problem = act, None

    def run(self) -> None:
        try:
            self.act()
        except Exception as problem:
            self.problem = problem
        finally:
            connections.close_all()

    def finished(self) -> None:
        self.join(30)
        assert not self.is_alive()
        if self.problem is not None:
            raise self.problem


def recorded(cast: Cast, made: RecordsRequest, kind: str, **words: Any) -> None:
    with viewing_as(cast.edgar) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind=kind, actor=cast.edgar, once=f"{kind} form", today=TODAY, **words
        )  # fmt: skip


def test_an_event_that_comes_while_its_request_is_counted_is_counted(
    cast: Cast, file: File, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = file()
    release(SHORTER_REVIEW)
    versions, day = offers._versions, dt.date(2026, 11, 9)

    def and_then_it_comes(ids: Any, *, lock: bool = False) -> Any:
        if lock and threading.current_thread() is threading.main_thread():
            words = {"sent_on": day, "dated_on": day, "outcome": "denied"}
            beside = Beside(lambda: recorded(cast, made, "determined", **words))
            beside.start()
            beside.finished()
        return versions(ids, lock=lock)

    found = revisions.find()
    monkeypatch.setattr(offers, "_versions", and_then_it_comes)
    for organisation_id, offer_id in found:
        revisions.work(organisation_id=organisation_id, offer_id=offer_id)
    with viewing_as(cast.olive):
        assert window(made).remind_on == dt.date(2026, 12, 9)
        changes = OfferedMove.objects.get().changes
        assert any(change["earlier"] == "2026-12-09" for change in changes)


@pytest.mark.parametrize("accept", [True, False])
def test_a_decision_and_an_event_at_one_instant_do_not_lock_each_other_out(
    cast: Cast, file: File, release: Release, monkeypatch: pytest.MonkeyPatch, accept: bool
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    refresh, there, go = offers.refresh, threading.Event(), threading.Event()

    def slowly(*args: Any, **kwargs: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            there.set()
            go.wait(2)
        refresh(*args, **kwargs)

    monkeypatch.setattr(offers, "refresh", slowly)
    facts = {"facts": {"category": "voluminous"}, "sent_on": TODAY}
    beside = Beside(lambda: recorded(cast, made, "category_decided", **facts))
    beside.start()
    assert there.wait(10)
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=accept, now=NOW)
    beside.finished()
    with viewing_as(cast.olive):
        assert OfferedMove.objects.get().decision == ("applied" if accept else "declined")
        assert made.events.filter(kind="category_decided").count() == 1
        assert made.events.filter(kind="law_applied").count() == int(accept)
        rows = made.deadlines.standing().filter(rule_id="review-by")
        assert {row.proposed_on for row in rows} == {None}


def test_two_owners_who_decide_at_once_decide_once(cast: Cast, file: File, release: Release) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    done: list[int] = []

    def act() -> None:
        with viewing_as(cast.olive) as viewer:
            offer = RevisionOffer.objects.get()
            done.append(
                revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=True, now=NOW).requests
            )

    both = [Beside(act), Beside(act)]
    for one in both:
        one.start()
    for one in both:
        one.finished()
    assert sorted(done) == [0, 1]
    with viewing_as(cast.olive):
        assert made.events.filter(kind="law_applied").count() == 1


class Killed(BaseException):
    """As kill -9: nothing of ours runs any more, the database takes the open transaction back."""


@pytest.mark.parametrize("place", ["_put", "propose", "plan_for_requests", "_apply", "write_event"])
def test_a_worker_killed_between_any_two_steps_loses_and_doubles_nothing(
    cast: Cast, file: File, release: Release, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    made = [denied(cast, file, once=f"form {n}") for n in range(5)]
    release(SHORTER_REVIEW)
    monkeypatch.setattr(revisions, "COUNTED_AT_ONCE", 2)
    monkeypatch.setattr(revisions, "APPLIED_AT_ONCE", 2)
    room = {"_put": offers, "propose": offers, "plan_for_requests": revisions.reminders}.get(place, revisions)
    whole = getattr(room, place)

    def dying_now_and_then() -> Callable[..., Any]:
        calls = iter(range(1, 1000))

        def act(*args: Any, **kwargs: Any) -> Any:
            if next(calls) % 4 == 1:
                raise Killed
            return whole(*args, **kwargs)

        return act

    def work_until_done() -> None:
        for _ in range(40):
            try:
                left = revisions.find()
                if not left:
                    return
                for organisation_id, offer_id in left:
                    while revisions.work(organisation_id=organisation_id, offer_id=offer_id):
                        pass
            except Killed:
                continue
        raise AssertionError("never done")

    monkeypatch.setattr(room, place, dying_now_and_then())
    work_until_done()
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        assert (offer.state, offer.total, offer.counted, offer.moves.count()) == ("ready", 5, 5, 5)
        assert {window(one).remind_on for one in made} == {dt.date(2026, 12, 9)}
        monkeypatch.setattr(room, place, whole)
        revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=True, now=NOW)
    monkeypatch.setattr(room, place, dying_now_and_then())
    work_until_done()
    with viewing_as(cast.olive):
        assert set(offer.moves.values_list("decision", flat=True)) == {"applied"}
        assert [one.events.filter(kind="law_applied").count() for one in made] == [1] * 5
        assert {window(one).due_on for one in made} == {dt.date(2026, 12, 9)}
