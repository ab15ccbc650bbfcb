"""Closing asks about each window of ours; all of it is saved together, or nothing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from requests_app.actions import closing
from requests_app.actions.closing import Answer
from requests_app.actions.refusals import Refused
from requests_app.models import Event, EventNote
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import TODAY, lately

DENIED = dt.date(2026, 11, 6)


@pytest.fixture
def denied(file: Any, record: Any) -> Any:
    """A2 denied, the rest silent: two windows of ours for review."""
    ours = file()
    record(
        ours, "determined", parts=("A2",), outcome="denied", dated_on=DENIED, sent_on=DENIED, received_on=DENIED
    )
    return ours


def close(cast: builders.Cast, what: Any, *, once: str = "closing", **answers: Any) -> closing.Closed:
    with viewing_as(cast.edgar) as viewer:
        windows = closing.windows_of(what, TODAY)
        given = {w.key: answers.get("all") or answers[f"w{n}"] for n, w in enumerate(windows)}
        return closing.close_request(
            viewer=viewer, records_request=what, answers=given, on=TODAY, actor=cast.edgar, once=once, today=TODAY,
        )  # fmt: skip


def kinds(cast: builders.Cast, of: Any) -> list[str]:
    with viewing_as(cast.olive):
        return list(Event.objects.filter(request=of).order_by("pk").values_list("kind", flat=True))


def test_each_window_is_let_go_with_its_reason_and_the_request_closes(cast: builders.Cast, denied: Any) -> None:
    done = close(cast, denied, w0=Answer(False, "not worth it"), w1=Answer(False, "got it elsewhere"))
    assert done.closed
    assert len(done.let_go) == 2
    assert kinds(cast, denied)[2:] == ["waived", "waived", "closed"]
    with viewing_as(cast.olive):
        reasons = EventNote.objects.filter(request=denied, event__kind="waived").order_by("pk")
        assert [note.text for note in reasons] == ["not worth it", "got it elsewhere"]
        assert denied.spans.get(until_on=None).stage == "closed"


def test_one_window_kept_keeps_the_request_open_and_lets_the_other_go(cast: builders.Cast, denied: Any) -> None:
    done = close(cast, denied, w0=Answer(True), w1=Answer(False, "got it elsewhere"))
    assert not done.closed
    assert len(done.kept) == 1
    assert kinds(cast, denied)[2:] == ["waived"]


def test_a_window_without_an_answer_or_a_reason_saves_nothing(cast: builders.Cast, denied: Any) -> None:
    with pytest.raises(Refused, match="Say why"):
        close(cast, denied, w0=Answer(False, "fine"), w1=Answer(False, "  "))
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="is still open until") as refusal:
        closing.close_request(
            viewer=viewer, records_request=denied, answers={}, on=TODAY, actor=cast.edgar, once="x", today=TODAY
        )
    assert refusal.value.status == 409
    assert kinds(cast, denied) == ["sent", "determined"]


def test_the_same_closing_twice_closes_once(cast: builders.Cast, denied: Any) -> None:
    for _again in range(2):
        assert close(cast, denied, all=Answer(False, "done")).closed
    assert kinds(cast, denied).count("closed") == 1


def test_the_form_asks_about_each_window_and_loses_nothing(
    cast: builders.Cast, file: Any, record: Any, desk: Any
) -> None:
    denied = file(sent_on=lately(30), received_on=lately(30), today=lately(0))
    said = {"dated_on": lately(20), "sent_on": lately(20), "received_on": lately(20), "today": lately(0)}
    record(denied, "determined", parts=("A2",), outcome="denied", **said)
    client = desk()
    assert client.get(reverse("event-new", args=[denied.public_id, "closed"])).status_code == 302
    address = reverse("request-close", args=[denied.public_id])
    page = client.get(address).content.decode()
    windows = re.findall(r'name="(window_\d+)"', page)
    assert len(set(windows)) >= 2
    n = len(set(windows))
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("once", "seen_version")
    }
    given = {f"window_{i}": "let_go" for i in range(n)} | {f"reason_{i}": f"why {i}" for i in range(n)}
    bad = client.post(address, hidden | given | {"on": lately(1).isoformat(), "reason_0": ""})
    assert bad.status_code == 400
    assert "why 1" in bad.content.decode()
    assert kinds(cast, denied) == ["sent", "determined"]
