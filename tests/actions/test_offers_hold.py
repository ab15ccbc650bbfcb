"""Newer readings against time, other laws, other hands and dead workers: no window of ours is lost between them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from requests_app.actions import reminders, revisions
from requests_app.actions.correspondence import record_event, retract_event
from requests_app.actions.refusals import Refused
from requests_app.laws.registry import library
from requests_app.models import Deadline, Event, OfferedMove, RecordsRequest, Reminder, RevisionOffer
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.actions.test_revisions import NOW, SHORTER_REVIEW, TODAY, count_all, denied, window
from tests.builders import Cast
from tests.revised import revised

pytestmark = pytest.mark.django_db
File = Callable[..., RecordsRequest]
Release = Callable[..., None]
SHORTER_AMENDING = ("length: 10 business days", "length: 5 business days")
SHORTER_APPEAL = ("length: 30 calendar days", "length: 20 calendar days")


def of_the_denial(made: RecordsRequest) -> Deadline:
    """With a window for the silence about the rest, there are two."""
    days = [dt.date(2027, 1, 8), dt.date(2026, 12, 9)]
    found: Deadline = made.deadlines.standing().get(rule_id="review-by", due_on__in=days)
    return found


def called_voluminous(cast: Cast, made: RecordsRequest) -> None:
    with viewing_as(cast.edgar) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind="category_decided", actor=cast.edgar, once=f"category {made.pk}",
            today=TODAY, sent_on=dt.date(2026, 11, 13), facts={"category": "voluminous"},
        )  # fmt: skip


def test_a_window_that_opens_after_the_count_is_offered_too(cast: Cast, file: File, release: Release) -> None:
    made = file()
    release(SHORTER_AMENDING)
    count_all()
    called_voluminous(cast, made)
    with viewing_as(cast.olive):
        row = made.deadlines.standing().get(rule_id="voluminous-amend-by")
        assert row.proposed_on is not None and row.proposed_on < row.due_on
        assert row.remind_on == row.proposed_on
        planned = Reminder.objects.filter(request=made, clock_key=row.clock_key, state="planned")
        assert {one.due_on for one in planned} == {row.proposed_on}
        assert OfferedMove.objects.get(request=made).decision == "waiting"


def test_what_had_become_moot_is_offered_again_when_the_request_lives_again(
    cast: Cast, file: File, release: Release
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive) as viewer:
        said = {"viewer": viewer, "records_request": made, "actor": cast.olive, "today": TODAY}
        gone = record_event(kind="withdrawn", once="over", sent_on=TODAY, **said)
        assert OfferedMove.objects.get().decision == "moot"
        retract_event(event=gone.event, reason="By mistake", once="not over", **said)
        assert OfferedMove.objects.get().decision == "waiting"
        assert window(made).proposed_on == dt.date(2026, 12, 9)


def test_what_was_declined_stays_declined_whatever_happens_later(
    cast: Cast, file: File, release: Release
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive) as viewer:
        revisions.decide(
            viewer=viewer, offer=RevisionOffer.objects.get(), actor=cast.olive, accept=False, now=NOW
        )
    called_voluminous(cast, made)
    with viewing_as(cast.olive):
        assert OfferedMove.objects.get().decision == "declined"
        assert not Deadline.objects.filter(proposed_on__isnull=False).exists()


@pytest.mark.parametrize("accept", [True, False])
def test_a_decision_about_one_law_leaves_what_another_law_proposes(
    cast: Cast, file: File, accept: bool, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = file()
    with viewing_as(cast.edgar) as viewer:
        said = {"viewer": viewer, "records_request": made, "actor": cast.edgar, "today": TODAY}
        day = dt.date(2026, 11, 9)
        record_event(
            kind="transferred", once="on", sent_on=dt.date(2026, 11, 6), parts=["A2"], facts={"law": "us-ny"}, **said
        )  # fmt: skip
        for part in ("A1", "A2"):
            record_event(
                kind="determined", once=f"no {part}", sent_on=day, dated_on=day, received_on=day, parts=[part],
                outcome="denied", **said,
            )  # fmt: skip
    revised(tmp_path, "us-ny", SHORTER_APPEAL)  # type: ignore[arg-type]
    monkeypatch.setenv("FOIA_LAWS_DIR", str(revised(tmp_path, "us-il", SHORTER_REVIEW)))  # type: ignore[arg-type]
    library.cache_clear()
    try:
        count_all()
        with viewing_as(cast.olive) as viewer:
            proposed = Deadline.objects.standing().filter(proposed_on__isnull=False)
            both = {row.rule_id: row.proposed_on for row in proposed}
            assert set(both) >= {"review-by", "appeal-by"}, "each law's offer proposes its own date"
            revisions.decide(
                viewer=viewer, offer=RevisionOffer.objects.get(law_id="us-il"), actor=cast.olive, accept=accept,
                now=NOW,
            )  # fmt: skip
            assert {row.rule_id: row.proposed_on for row in proposed.all()} == {
                "appeal-by": both["appeal-by"]
            }
            appeal = proposed.get()
            planned = Reminder.objects.filter(request=made, clock_key=appeal.clock_key, state="planned")
            assert {one.due_on for one in planned} == {appeal.proposed_on}
    finally:
        library.cache_clear()


def test_an_event_between_the_choice_and_the_worker_keeps_the_earlier_alarm(
    cast: Cast, file: File, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [denied(cast, file, once=f"form {n}") for n in range(3)]
    release(SHORTER_REVIEW)
    count_all()
    monkeypatch.setattr(revisions, "APPLIED_AT_ONCE", 1)
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=True, now=NOW)
        last = offer.moves.filter(decision="chosen").last().request
        assert last in made
    called_voluminous(cast, last)
    with viewing_as(cast.olive):
        assert offer.moves.get(request=last).decision == "chosen"
        assert of_the_denial(last).remind_on == dt.date(2026, 12, 9)
    while revisions.work(organisation_id=cast.harbor.pk, offer_id=offer.pk):
        pass
    with viewing_as(cast.olive):
        assert set(offer.moves.values_list("decision", flat=True)) == {"applied"}
        assert of_the_denial(last).due_on == dt.date(2026, 12, 9)


def test_an_earlier_date_before_the_first_alarm_of_an_import_does_not_silence_the_standing_one(
    cast: Cast, file: File, release: Release
) -> None:
    made = denied(cast, file, alarms_from=dt.date(2026, 12, 20))
    with viewing_as(cast.olive):
        clock = window(made).clock_key
        assert Reminder.objects.filter(request=made, clock_key=clock, state="planned").exists()
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive):
        assert window(made).remind_on == dt.date(2026, 12, 9)
        assert Reminder.objects.filter(request=made, clock_key=clock, state="planned").exists()


def test_only_an_owner_takes_an_applied_reading_back(cast: Cast, file: File, release: Release) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive) as viewer:
        revisions.decide(
            viewer=viewer, offer=RevisionOffer.objects.get(), actor=cast.olive, accept=True, now=NOW
        )
        applied = made.events.get(kind="law_applied")
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="Only an owner"):
        retract_event(
            viewer=viewer, records_request=made, event=applied, reason="I know better", actor=cast.edgar, once="mine",
            today=TODAY,
        )  # fmt: skip
    with viewing_as(cast.olive) as viewer:
        said = {"viewer": viewer, "records_request": made, "actor": cast.olive, "today": TODAY}
        back = retract_event(event=applied, reason="Counsel disagrees", once="back", **said)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="Only an owner"):
        retract_event(
            viewer=viewer, records_request=made, event=back.event, reason="It was right", actor=cast.edgar,
            once="restored", today=TODAY,
        )  # fmt: skip
    with viewing_as(cast.olive) as viewer:
        retract_event(
            viewer=viewer, records_request=made, event=back.event, reason="It was right", actor=cast.olive,
            once="restored", today=TODAY,
        )  # fmt: skip
        made.refresh_from_db()
        assert (made.law_revision, window(made).due_on) == (2, dt.date(2026, 12, 9))
        assert OfferedMove.objects.get().decision == "applied"


def test_a_release_that_is_rolled_back_changes_nothing_and_offers_nothing_it_does_not_hold(
    cast: Cast, file: File, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    newer = os.environ["FOIA_LAWS_DIR"]
    revisions.find()
    monkeypatch.delenv("FOIA_LAWS_DIR")
    library.cache_clear()
    count_all()
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        assert not OfferedMove.objects.exists(), "an unknown reading would move every date to nothing"
        with pytest.raises(Refused, match="still being counted"):
            revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=True, now=NOW)
        assert window(made).due_on == dt.date(2027, 1, 8)
        assert window(made).remind_on == dt.date(2027, 1, 8)
    monkeypatch.setenv("FOIA_LAWS_DIR", newer)
    library.cache_clear()
    count_all()
    with viewing_as(cast.olive):
        assert OfferedMove.objects.get().decision == "waiting"
        assert window(made).remind_on == dt.date(2026, 12, 9)


def test_a_counted_release_that_is_rolled_back_cannot_be_applied(
    cast: Cast, file: File, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    monkeypatch.delenv("FOIA_LAWS_DIR")
    library.cache_clear()
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        with pytest.raises(Refused, match="does not hold"):
            revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=True, now=NOW)
        assert window(made).due_on == dt.date(2027, 1, 8)
        assert OfferedMove.objects.get().decision == "waiting"
    called_voluminous(cast, made)
    with viewing_as(cast.olive):
        assert OfferedMove.objects.get().decision == "waiting"
        assert of_the_denial(made).remind_on == dt.date(2026, 12, 9), (
            "what was known of the reading still warns"
        )


@pytest.fixture
def offered(cast: Cast, file: File, release: Release) -> OfferedMove:
    denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive):
        return OfferedMove.objects.select_related("offer", "request").get()


@pytest.mark.parametrize("decision", ["chosen", "declined", "applied"])
def test_the_database_keeps_a_decision_from_an_editor(
    cast: Cast, offered: OfferedMove, decision: str
) -> None:
    with viewing_as(cast.edgar), pytest.raises(ProgrammingError, match="only an owner"), transaction.atomic():
        OfferedMove.objects.filter(pk=offered.pk).update(decision=decision)
    with viewing_as(cast.edgar):
        assert RevisionOffer.objects.filter(pk=offered.offer_id).update(state="applying") == 0


def test_the_database_keeps_a_forged_event_from_marking_a_move(cast: Cast, offered: OfferedMove) -> None:
    with viewing_as(cast.edgar):
        sent = Event.objects.get(request=offered.request, kind="sent")
        with pytest.raises(ProgrammingError, match="only an owner"), transaction.atomic():
            OfferedMove.objects.filter(pk=offered.pk).update(event=sent)


def test_the_database_keeps_offers_from_viewers_and_strangers(cast: Cast, offered: OfferedMove) -> None:
    for person in (cast.vera, cast.ravi, cast.noor):
        with viewing_as(person):
            assert OfferedMove.objects.filter(pk=offered.pk).update(decision="moot") == 0
            assert RevisionOffer.objects.filter(pk=offered.offer_id).update(total=9) == 0
            assert Deadline.objects.filter(request=offered.request_id).update(proposed_on=TODAY) == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                RevisionOffer.objects.bulk_create(
                    [RevisionOffer(organisation=cast.harbor, law_id="us-il", revision=9)]
                )


def test_a_stranger_hangs_no_move_on_our_request_or_our_offer(cast: Cast, offered: OfferedMove) -> None:
    theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    with viewing_as(cast.ravi):
        offer = RevisionOffer.objects.create(organisation=cast.prairie, law_id="us-il", revision=2)
        for fields in (
            {"offer": offer, "request_id": offered.request_id},
            {"offer_id": offered.offer_id, "request": theirs},
        ):
            with pytest.raises(IntegrityError, match="offeredmove_of_its"), transaction.atomic():
                OfferedMove.objects.create(
                    organisation=cast.prairie, from_revision=1, changes=[], ours=False, **fields
                )


def test_an_offered_day_that_passed_undecided_leaves_the_alarms_of_the_day_that_stands(
    cast: Cast, file: File, release: Release
) -> None:
    """Announced once, not heeded, not decided: the last day by the reading that counts is announced as ever."""
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive):
        offered = Reminder.objects.filter(request=made, due_on=dt.date(2026, 12, 9))
        assert offered.exists()
        offered.update(state="sent", handed_over_at=NOW, sent_at=NOW)
        after = dt.datetime(2026, 12, 11, 15, tzinfo=dt.UTC)
        reminders.plan_for_requests([made.pk], now=after)
        row = window(made)
        assert (row.proposed_on, row.remind_on) == (None, dt.date(2027, 1, 8))
        told = Reminder.objects.filter(request=made, clock_key=row.clock_key, due_on=dt.date(2027, 1, 8))
        assert {one.kind for one in told} == {"closing", "moved"}
        assert told.filter(kind="closing", offset_days=0, state="planned").exists()
        before = list(told.order_by("pk").values_list("pk", "state"))
        reminders.plan_for_requests([made.pk], now=after)
        assert list(told.order_by("pk").values_list("pk", "state")) == before


def test_an_offered_day_that_is_not_announced_yet_is_not_dropped(
    cast: Cast, file: File, release: Release
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive):
        reminders.plan_for_requests([made.pk], now=dt.datetime(2026, 12, 11, 15, tzinfo=dt.UTC))
        assert window(made).proposed_on == dt.date(2026, 12, 9)
