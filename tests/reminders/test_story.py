"""From the act of a person to the mail in a box, through the real law: nothing here plans a reminder by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import correspondence, filing, sending
from requests_app.models import RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

from .scene import rows, today

pytestmark = pytest.mark.django_db(databases=["default", "direct"])


def file(cast: builders.Cast, *, days_ago: int) -> RecordsRequest:
    on = today() - dt.timedelta(days=days_ago)
    with viewing_as(cast.edgar) as viewer:
        return filing.file_request(
            viewer=viewer, organisation=cast.harbor, agency=cast.agency, law_id="us-il", public_title="Sharing lists",
            sent_on=on, received_on=on, receipt_basis="accepted_email", channel="email", actor=cast.edgar,
            once=f"filed-{days_ago}", today=today(), requester=[], record_types=[],
        )  # fmt: skip


def record(cast: builders.Cast, request: RecordsRequest, kind: str, **fields: Any) -> Any:
    with viewing_as(cast.edgar) as viewer:
        return correspondence.record_event(
            viewer=viewer,
            records_request=request,
            kind=kind,
            actor=cast.edgar,
            once=f"{kind}-1",
            today=today(),
            **fields,
        )


def windows(cast: builders.Cast) -> set[tuple[str, dt.date]]:
    """Our own windows of which Olive will be told."""
    return {(r.clock_key, r.due_on) for r in rows(kind="closing", state="planned", recipient=cast.olive)}


def test_silence_becomes_a_mail_and_an_answer_brings_our_own_window(
    cast: builders.Cast, mailoutbox: Any
) -> None:
    request = file(cast, days_ago=20)
    sending.sweep(oracle=None)
    assert sorted(m.to[0] for m in mailoutbox) == sorted([cast.edgar.email, cast.olive.email]), "Vera reads"
    assert all("Lapsed on" in m.subject for m in mailoutbox)
    assert "5 ILCS 140/3" in mailoutbox[0].body

    silent = windows(cast)
    assert {key.split("|")[1] for key, _ in silent} == {"lapse:determine"}, "silence itself opened them"
    record(
        cast, request, "determined", outcome="denied",
        dated_on=today() - dt.timedelta(days=1), received_on=today() - dt.timedelta(days=1),
    )  # fmt: skip
    denied = windows(cast)
    assert denied != silent
    assert any("lapse:" not in key for key, _ in denied)
    mailoutbox.clear()
    sending.sweep(oracle=None)
    assert {m.subject.split(" until")[0] for m in mailoutbox} == {"Open"}, "the windows of the denial opened"
    mailoutbox.clear()
    with viewing_as(cast.edgar) as viewer:
        denial = request.events.get(kind="determined")
        correspondence.retract_event(
            viewer=viewer, records_request=request, event=denial, reason="another request's letter",
            actor=cast.edgar, once="retracted-1", today=today(),
        )  # fmt: skip
    assert windows(cast) == silent, "taken back, the old windows stand in their old rows"
    assert mailoutbox == []


def test_an_answer_in_time_brings_no_mail(cast: builders.Cast, mailoutbox: Any) -> None:
    request = file(cast, days_ago=20)
    record(
        cast, request, "produced", outcome="produced",
        sent_on=today() - dt.timedelta(days=18), received_on=today() - dt.timedelta(days=18),
    )  # fmt: skip
    assert sending.sweep(oracle=None).sent == 0
    assert mailoutbox == []


def test_an_extension_recorded_after_the_mail_is_told_to_those_who_were_told(
    cast: builders.Cast, mailoutbox: Any
) -> None:
    request = file(cast, days_ago=15)
    sending.sweep(oracle=None)
    assert len(rows(kind="lapsed", state="sent")) == 2
    of = rows(kind="lapsed", state="sent")[0]
    old = of.due_on
    mailoutbox.clear()
    on = today() - dt.timedelta(days=13)
    record(
        cast, request, "extension_noticed", dated_on=on, sent_on=on, received_on=on,
        facts={"days": 5, "reason": "many_records"},
    )  # fmt: skip
    moved = [row for row in rows(kind="moved") if row.clock_key == of.clock_key]
    assert {r.recipient_id for r in moved} == {cast.olive.pk, cast.edgar.pk}
    sending.sweep(oracle=None)
    corrections = [m for m in mailoutbox if "A date moved" in m.subject]
    assert len(corrections) == 2
    new = moved[0].due_on
    assert new > old
    for on in (old, new):
        assert f"{on:%A, %B} {on.day}, {on.year}" in corrections[0].body
    assert "Extension noticed" in corrections[0].body
