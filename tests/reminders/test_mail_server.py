"""What a mail server says, or does not say, and what becomes of the row."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foia_tracker.embedded import mailcatcher
from requests_app.actions import sending
from requests_app.actions.reminder_policy import STANDARD_TIMING
from requests_app.models import Reminder
from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices.catcher import FolderOracle
from tests import builders

from .scene import (
    Sink,
    SlowCatcher,
    assign,
    free_port,
    journal,
    plan,
    request_with_clock,
    rows,
    serving,
    silent_server,
    states,
    today,
)
from .test_sending import lapsed, minutes_away, sweep, wait_is_over

__all__ = ["lapsed"]

pytestmark = pytest.mark.django_db(databases=["default", "direct"])

IMPATIENT = replace(STANDARD_TIMING, send_again_after=dt.timedelta(0), oracle_patience=dt.timedelta(0))

def test_a_451_waits_1_5_15_60_60_minutes_and_then_goes_out(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    with serving(Sink(answers=["451 later"] * 5)) as sink:
        mail_server(sink.port)
        waits = []
        for _ in range(5):
            assert sweep().later == 1
            row = rows()[0]
            assert (row.state, row.handed_over_at, row.outcome) == ("planned", None, "later: 451 later")
            waits.append(minutes_away(row))
            wait_is_over()
        assert sweep().sent == 1
    assert waits == [1, 5, 15, 60, 60]
    assert len(sink.taken) == 1


def test_a_550_on_the_recipient_bounces_and_the_owners_are_told(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    assign(lapsed.request, cast.edgar)
    plan(cast, lapsed.request)
    nobody = lambda address: "550 nobody here" if address == cast.edgar.email else None  # noqa: E731
    with serving(Sink(rcpt=nobody)) as sink:
        mail_server(sink.port)
        done = sweep()
        # The planning that follows leaves the owner's row alone.
        plan(cast, lapsed.request)
        done_after = sweep()
    assert (done.failed, done.sent + done_after.sent) == (1, 1)
    assert sink.to == [cast.olive.email]
    bounced = rows(recipient=cast.edgar)[0]
    assert (bounced.state, bounced.outcome) == ("failed", "bounced: 550 nobody here")


def test_a_message_refused_for_good_is_given_up_after_five_tries(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    with serving(Sink(otherwise="554 no")) as sink:
        mail_server(sink.port)
        for _ in range(4):
            assert sweep().later == 1
            wait_is_over()
        assert sweep().failed == 1
    assert rows()[0].outcome == "given up: refused: 554 no"


@pytest.mark.parametrize("greeting", [None, b"421 too busy\r\n", b"554 not you\r\n"])
def test_a_server_that_takes_nobody_opens_the_circuit_and_costs_no_try(
    cast: builders.Cast, lapsed: Any, mail_server: Any, greeting: bytes | None
) -> None:
    before = rows()[0].next_at
    if greeting is None:
        mail_server(free_port())
        done = sweep()
    else:
        with silent_server(greeting) as port:
            mail_server(port, timeout=0.5)
            done = sweep()
    assert done.down.startswith("down: ")
    row = rows()[0]
    assert (row.state, row.attempts, row.next_at, row.handed_over_at) == ("planned", 0, before, None)


def test_a_sign_in_that_is_refused_opens_the_circuit_and_costs_no_try(
    cast: builders.Cast, lapsed: Any, mail_server: Any, settings: Any
) -> None:
    script = b"220 hello\r\n250-hello\r\n250 AUTH PLAIN\r\n535 wrong password\r\n" + b"535 wrong\r\n" * 3
    with silent_server(script) as port:
        mail_server(port, timeout=0.5)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tracker", "wrong"
        done = sweep()
    assert done.down.startswith("down: 535")
    assert [(r.state, r.attempts, r.handed_over_at) for r in rows()] == [("planned", 0, None)]


def test_a_server_that_hangs_for_ever_costs_one_time_out(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    with silent_server() as port:
        mail_server(port, timeout=0.3)
        assert "down: " in sweep().down
    with silent_server(b"220 hello\r\n") as port:
        mail_server(port, timeout=0.3)
        assert "down: " in sweep().down
    assert states() == {"planned": 1}


def test_a_connection_lost_before_the_dot_is_tried_again(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    with silent_server(b"220 hello\r\n250 hello\r\n250 sender\r\n250 recipient\r\n") as port:
        mail_server(port, timeout=0.3)
        assert sweep().later == 1
    row = rows()[0]
    assert (row.state, row.handed_over_at) == ("planned", None)
    assert row.outcome.startswith("lost: DATA")


def test_no_reply_after_the_dot_is_unknown_then_sent_again_as_possible_duplicate(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    with silent_server(b"220 hello\r\n", close_after_dot=True) as port:
        mail_server(port, timeout=2)
        assert sweep().unknown == 1
    row = rows()[0]
    assert row.state == "unknown"
    assert row.handed_over_at is not None
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep() == sending.Swept(), "within ten minutes nobody sends it again"
        done = sweep(timing=IMPATIENT)
    assert (done.again, done.sent) == (1, 1)
    assert rows()[0].outcome == "sent again: possible duplicate"
    assert sink.ids == {f"<{row.message_id}>": 1}
    assert journal(row) == [
        "claimed",
        "handed over",
        "unknown",
        "again",
        "claimed",
        "handed over",
        "accepted",
    ]


def test_a_time_out_after_the_dot_is_settled_by_the_catchers_folder(
    cast: builders.Cast, lapsed: Any, mail_server: Any, tmp_path: Path
) -> None:
    mailcatcher.prepare(tmp_path)

    with serving(SlowCatcher(tmp_path, 1)) as sink:
        mail_server(sink.port, timeout=0.4)
        oracle = FolderOracle(tmp_path / "new")
        assert sweep(oracle).unknown == 1
        assert sweep(oracle).arrived == 1
    row = rows()[0]
    assert (row.state, row.outcome) == ("sent", "found in the mail server's folder")
    assert len(list((tmp_path / "new").glob("*.eml"))) == 1


def test_the_oracles_no_sends_again_and_is_no_duplicate(
    cast: builders.Cast, lapsed: Any, mail_server: Any, tmp_path: Path
) -> None:
    with silent_server(b"220 hello\r\n", close_after_dot=True) as port:
        mail_server(port, timeout=2)
        sweep()
    with serving(Sink()) as sink:
        mail_server(sink.port)
        oracle = FolderOracle(tmp_path)
        assert sweep(oracle) == sending.Swept(), "the mail server has its moment to finish"
        assert sweep(oracle, timing=IMPATIENT).sent == 1
    assert rows()[0].outcome == "accepted"


def test_a_clock_that_was_ahead_strands_no_row_that_nobody_knows_about(
    cast: builders.Cast, lapsed: Any, mail_server: Any, tmp_path: Path
) -> None:
    with silent_server(b"220 hello\r\n", close_after_dot=True) as port:
        mail_server(port, timeout=2)
        sweep()
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)
    with viewing(SCHEDULE):
        Reminder.objects.update(handed_over_at=tomorrow, claimed_at=tomorrow)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep(FolderOracle(tmp_path)) == sending.Swept(), "from now on the mail server has its moment"
        mended = rows()[0].handed_over_at
        assert mended is not None and mended < tomorrow - dt.timedelta(hours=24)
        assert sweep(FolderOracle(tmp_path), timing=IMPATIENT).sent == 1
    assert rows()[0].outcome == "accepted"


def test_a_clock_that_was_ahead_keeps_no_row_waiting_for_another_try(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    later, _ = request_with_clock(cast, due_on=today() + dt.timedelta(days=1))
    assign(later, cast.olive)
    plan(cast, later)
    with serving(Sink(answers=["451 later"])) as sink:
        mail_server(sink.port)
        assert sweep().later == 1
        ahead = dt.timedelta(hours=25)
        with viewing(SCHEDULE):
            tried = rows(request=lapsed.request)[0]
            assert tried.claimed_at is not None
            Reminder.objects.filter(pk=tried.pk).update(
                next_at=tried.next_at + ahead, claimed_at=tried.claimed_at + ahead
            )
            # Its date makes this one due in some days; that it was tried before changes nothing of it.
            Reminder.objects.filter(request=later).update(claimed_at=tried.claimed_at + ahead)
        before = rows(request=later)[0].next_at
        assert sweep().sent == 1
    assert rows(request=later)[0].next_at == before
    assert [r.state for r in rows(request=lapsed.request)] == ["sent"]
