"""Events: recorded once, previewed with the same result, taken back with everything restored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from requests_app.actions import correspondence
from requests_app.actions.correspondence import Recorded
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Deadline, Event, RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries.request_page import load
from tests.builders import Cast, publish

pytestmark = pytest.mark.django_db
File = Callable[..., RecordsRequest]
Record = Callable[..., Recorded]
TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)
EXTENSION = {"sent_on": dt.date(2026, 11, 6), "received_on": dt.date(2026, 11, 6)}
DENIAL = {"dated_on": dt.date(2026, 11, 9), "received_on": dt.date(2026, 11, 13), "outcome": "denied"}


def day(number: int) -> dt.date:
    return dt.date(2026, 11, number)


def due(request: RecordsRequest, rule: str) -> list[dt.date | None]:
    return list(request.deadlines.standing().filter(rule_id=rule).values_list("due_on", flat=True))


def test_an_extension_moves_the_date_and_keeps_the_old_one(cast: Cast, file: File, record: Record) -> None:
    request = file()
    recorded = record(request, "extension_noticed", facts={"days": 5, "unit": "business_days"}, **EXTENSION)
    with viewing_as(cast.vera):
        # Veterans Day, November 11, is skipped.
        assert due(request, "determine") == [day(18)]
        old = request.deadlines.exclude(superseded_at=None).get(rule_id="determine")
        assert old.due_on == day(10)
    assert recorded.effect is not None
    (moved,) = [change for change in recorded.effect.clocks if change.clock.rule_id == "determine"]
    assert (moved.what, moved.old_due, moved.new_due) == ("moved", day(10), day(18))


def test_a_preview_says_what_the_record_does_and_writes_nothing(
    cast: Cast, file: File, record: Record
) -> None:
    request = file()
    words: dict[str, Any] = {
        **DENIAL,
        "parts": ("A1",),
        "once": "denial form",
        "today": TODAY,
        "actor": cast.edgar,
    }
    with viewing_as(cast.edgar) as viewer:
        before = (Event.objects.count(), Deadline.objects.count())
        told = correspondence.preview_event(
            viewer=viewer, records_request=request, kind="determined", seen_version=1, **words
        )
        assert (Event.objects.count(), Deadline.objects.count()) == before
    recorded = record(request, "determined", **{key: value for key, value in words.items() if key != "actor"})
    assert recorded.effect == told
    with viewing_as(cast.edgar):
        standing = set(request.deadlines.standing().values_list("clock_key", flat=True))
    assert standing == {clock.key for clock in told.after.clocks}


def test_the_same_form_twice_records_once(cast: Cast, file: File, record: Record) -> None:
    request = file()
    first = record(request, "acknowledged", received_on=day(4))
    second = record(request, "acknowledged", received_on=day(4))
    assert (first.repeated, second.repeated) == (False, True)
    assert first.event == second.event
    with viewing_as(cast.olive):
        assert request.events.count() == 2


def test_a_form_that_saw_an_older_ledger_is_told_what_came_since(file: File, record: Record) -> None:
    request = file()
    record(request, "acknowledged", received_on=day(4), seen_version=1)
    with pytest.raises(Refused) as refused:
        record(request, "clarification_asked", received_on=day(5), seen_version=1)
    assert (refused.value.code, refused.value.status) == ("stale", 409)
    assert "acknowledged" in refused.value.sentence


@pytest.mark.parametrize(
    ("kind", "words", "code"),
    [
        ("determined", {"received_on": day(9)}, "outcome_missing"),
        ("determined", {"received_on": day(1), "outcome": "denied"}, "before_filing"),
        ("acknowledged", {"received_on": day(21)}, "in_the_future"),
        ("acknowledged", {"received_on": day(5), "sent_on": day(6)}, "received_before_sent"),
        ("acknowledged", {"received_on": day(5), "dated_on": day(6)}, "received_before_dated"),
        ("acknowledged", {}, "day_missing"),
        (
            "acknowledged",
            {"received_on": day(5), "facts": {"names_received_on": "2026-02-30"}},
            "day_impossible",
        ),
        (
            "acknowledged",
            {"received_on": day(5), "facts": {"names_received_on": "2026-11-01"}},
            "before_filing",
        ),
        ("produced", {"received_on": day(9), "parts": ("A9",)}, "part_unknown"),
        ("determined", {"received_on": day(9), "outcome": "perhaps"}, "outcome_unknown"),
        ("extension_noticed", {"sent_on": day(9), "facts": {"days": 0}}, "days_impossible"),
        ("waived", {"sent_on": day(9), "facts": {"clock": "review-by|lapse:determine|r1"}}, "reason_missing"),
        ("waived", {"sent_on": day(9), "note": "no", "facts": {"clock": "nothing"}}, "clock_unknown"),
        ("bounced", {"received_on": day(9), "facts": {"of": "nothing"}}, "event_unknown"),
        ("dreamed", {"received_on": day(9)}, "kind_unknown"),
        ("retracted", {"received_on": day(9)}, "kind_unknown"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_a_sentence(
    cast: Cast, file: File, record: Record, kind: str, words: dict[str, Any], code: str
) -> None:
    request = file()
    with pytest.raises(Refused) as refused:
        record(request, kind, **words)
    assert refused.value.code == code
    assert refused.value.sentence.endswith((".", "?"))
    with viewing_as(cast.olive):
        assert request.events.count() == 1


def test_readers_and_strangers_record_nothing(cast: Cast, file: File, record: Record) -> None:
    request = file()
    with pytest.raises(Refused) as refused:
        record(request, "acknowledged", by=cast.vera, received_on=day(4))
    assert refused.value.status == 403
    publish(cast.olive, request)
    with pytest.raises(NotYours):
        record(request, "acknowledged", by=cast.ravi, received_on=day(4))


def test_words_and_amounts_stay_at_their_own_level(cast: Cast, file: File, record: Record) -> None:
    request = file()
    publish(cast.olive, request)
    record(
        request, "produced", received_on=day(9), outcome="produced", text="It said so.", note="Our view.\x00"
    )
    with viewing_as(cast.vera) as viewer:
        page = load(viewer, request.public_id, now=NOW)
        assert page is not None
        assert [(line.text, line.note, line.actor) for line in page.lines][-1] == (
            "It said so.",
            "Our view.",
            "Edgar",
        )
    with viewing(PUBLIC):
        page = load(PUBLIC, request.public_id, now=NOW)
        assert page is not None
        assert {(line.text, line.note, line.actor) for line in page.lines} == {(None, None, None)}


def test_an_appeal_after_its_window_is_recorded_as_late_with_a_warning(
    cast: Cast, file: File, record: Record
) -> None:
    """New York gives thirty days from a denial."""
    agency = cast.agency
    request = file(law_id="us-ny", agency=agency, sent_on=dt.date(2026, 9, 1))
    record(request, "determined", dated_on=dt.date(2026, 9, 8), sent_on=dt.date(2026, 9, 8),
           received_on=dt.date(2026, 9, 8), outcome="denied")  # fmt: skip
    recorded = record(
        request, "appeal_filed", sent_on=dt.date(2026, 10, 30), received_on=dt.date(2026, 10, 30)
    )
    assert [warned.code for warned in recorded.warnings] == ["late"]
    assert "recorded as late" in recorded.warnings[0].sentence


def test_taking_back_restores_every_date(cast: Cast, file: File, record: Record) -> None:
    request = file()
    with viewing_as(cast.edgar) as viewer:
        before = set(request.deadlines.standing().values_list("clock_key", "fingerprint"))
        page = load(viewer, request.public_id, now=NOW)
    denial = record(request, "determined", **DENIAL)
    with viewing_as(cast.edgar) as viewer:
        correspondence.retract_event(
            viewer=viewer, records_request=request, event=denial.event, reason="Another request's letter",
            actor=cast.edgar, once="back", today=TODAY,
        )  # fmt: skip
        assert set(request.deadlines.standing().values_list("clock_key", "fingerprint")) == before
        again = load(viewer, request.public_id, now=NOW)
        assert page is not None and again is not None
        assert (again.standing, again.clocks, again.parts) == (page.standing, page.clocks, page.parts)


def test_an_event_is_taken_back_once_and_only_a_restoration_undoes_it(
    cast: Cast, file: File, record: Record
) -> None:
    request = file()
    denial = record(request, "determined", **DENIAL).event

    def back(event: Event, once: str, reason: str = "wrong") -> Event:
        with viewing_as(cast.edgar) as viewer:
            return correspondence.retract_event(
                viewer=viewer, records_request=request, event=event, reason=reason, actor=cast.edgar, once=once,
                today=TODAY,
            ).event  # fmt: skip

    with pytest.raises(Refused) as refused:
        back(denial, "empty", reason=" ")
    assert refused.value.code == "reason_missing"
    taken = back(denial, "one")
    assert back(denial, "one") == taken, "the same form twice"
    with pytest.raises(Refused) as refused:
        back(denial, "two")
    assert refused.value.code == "retracted_before"
    back(taken, "three")
    with viewing_as(cast.edgar) as viewer:
        page = load(viewer, request.public_id, now=NOW)
        assert page is not None
        assert [line.event.kind for line in page.lines if line.retracted_by is None] == [
            "sent", "determined", "retracted",
        ]  # fmt: skip


def test_the_letter_that_made_the_request_stays(cast: Cast, file: File) -> None:
    request = file()
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused) as refused:
        correspondence.retract_event(
            viewer=viewer, records_request=request, event=request.events.get(), reason="wrong", actor=cast.edgar,
            once="x", today=TODAY,
        )  # fmt: skip
    assert refused.value.code == "first_letter"


def test_the_public_does_not_read_what_was_taken_back(cast: Cast, file: File, record: Record) -> None:
    request = file()
    publish(cast.olive, request)
    denial = record(request, "determined", **DENIAL)

    def read() -> list[str]:
        with viewing(PUBLIC):
            page = load(PUBLIC, request.public_id, now=NOW)
            assert page is not None
            assert Event.objects.filter(request=request).count() == len(page.lines), "both walls say the same"
            return [line.event.kind for line in page.lines]

    assert read() == ["sent", "determined"]
    with viewing_as(cast.edgar) as viewer:
        back = correspondence.retract_event(
            viewer=viewer, records_request=request, event=denial.event, reason="wrong", actor=cast.edgar, once="1",
            today=TODAY,
        )  # fmt: skip
    assert read() == ["sent"]
    with viewing_as(cast.edgar) as viewer:
        correspondence.retract_event(
            viewer=viewer, records_request=request, event=back.event, reason="right", actor=cast.edgar, once="2",
            today=TODAY,
        )  # fmt: skip
    assert read() == ["sent", "determined"]


def test_a_request_is_not_closed_over_an_open_window_of_ours(cast: Cast, file: File, record: Record) -> None:
    request = file()
    record(request, "determined", **DENIAL)
    with pytest.raises(Refused) as refused:
        record(request, "closed", sent_on=TODAY)
    assert refused.value.code == "window_open"
    with viewing_as(cast.olive):
        open_windows = request.deadlines.standing().filter(owner="requester", due_on__isnull=False)
        keys = list(open_windows.values_list("clock_key", flat=True))
    for key in keys:
        record(request, "waived", sent_on=TODAY, facts={"clock": key}, note="We got it elsewhere.", once=key)
    record(request, "closed", sent_on=TODAY)
    with viewing_as(cast.olive) as viewer:
        page = load(viewer, request.public_id, now=NOW)
        assert page is not None and page.standing is not None
        assert page.standing.stage == "closed"


def test_an_override_keeps_its_reason_from_everybody_else(cast: Cast, file: File, record: Record) -> None:
    request = file()
    with viewing_as(cast.olive):
        key = request.deadlines.get(rule_id="determine").clock_key
    facts = {"clock": key, "due_on": "2026-12-01", "reason": "secret", "by": "Edgar"}
    record(request, "override", sent_on=TODAY, facts=facts, note="Agreed by telephone.")
    with viewing_as(cast.olive):
        row = request.deadlines.standing().get(rule_id="determine")
        assert row.due_on == dt.date(2026, 12, 1)
        assert "secret" not in str(row.clock)
        assert "secret" not in str(request.events.get(kind="override").facts)
        assert request.events.get(kind="override").note.text == "Agreed by telephone."
