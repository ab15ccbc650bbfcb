"""The library learns better; an organization is offered the newer reading and decides, request by request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from requests_app.actions import revisions
from requests_app.actions.correspondence import record_event, retract_event
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    Deadline,
    Membership,
    OfferedMove,
    RecordsRequest,
    Reminder,
    RevisionOffer,
)
from requests_app.models.visibility import viewing_as
from tests.builders import Cast

pytestmark = pytest.mark.django_db
File = Callable[..., RecordsRequest]
NOW = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
TODAY = NOW.date()
SHORTER_REVIEW = ("length: 60 calendar days", "length: 30 calendar days")
LONGER_REVIEW = ("length: 60 calendar days", "length: 90 calendar days")


def count_all() -> None:
    for organisation_id, offer_id in revisions.find():
        while revisions.work(organisation_id=organisation_id, offer_id=offer_id):
            pass


def denied(cast: Cast, file: File, **fields: object) -> RecordsRequest:
    made = file(**fields)
    with viewing_as(cast.edgar) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind="determined", actor=cast.edgar, once=f"denied {made.pk}",
            today=TODAY, sent_on=dt.date(2026, 11, 9), dated_on=dt.date(2026, 11, 9), outcome="denied",
        )  # fmt: skip
    return made


def window(made: RecordsRequest) -> Deadline:
    found: Deadline = made.deadlines.standing().get(rule_id="review-by")
    return found


def test_a_release_moves_no_date_by_itself(cast: Cast, file: File, release: Callable[..., None]) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    with viewing_as(cast.edgar) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind="follow_up_sent", actor=cast.edgar, once="asked",
            today=TODAY, sent_on=TODAY,
        )  # fmt: skip
        assert window(made).due_on == dt.date(2027, 1, 8)
        assert window(made).law_ref == "us-il@2010-01-01.r1"


def test_a_new_request_is_counted_by_the_newest_reading(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    release(SHORTER_REVIEW)
    made = file()
    assert made.law_revision == 2
    with viewing_as(cast.olive):
        assert {row.law_ref for row in made.deadlines.standing()} == {"us-il@2010-01-01.r2"}


def test_an_offer_lists_the_old_and_the_new_date_of_each_open_request(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.vera):
        offer = RevisionOffer.objects.get()
        assert (str(offer), offer.state, offer.total, offer.counted) == ("us-il r2", "ready", 1, 1)
        move = offer.moves.get()
        assert (move.request, move.from_revision, move.ours, move.decision) == (made, 1, True, "waiting")
        change = next(change for change in move.changes if change["key"].startswith("review-by"))
        assert (change["old"]["due"], change["new"]["due"]) == ("2027-01-08", "2026-12-09")


def test_counting_again_offers_nothing_twice(cast: Cast, file: File, release: Callable[..., None]) -> None:
    denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    count_all()
    with viewing_as(cast.olive):
        assert (RevisionOffer.objects.count(), OfferedMove.objects.count()) == (1, 1)


def test_until_it_is_decided_our_alarms_go_by_the_earlier_date_and_the_standing_date_stays(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive):
        row = window(made)
        assert (row.due_on, row.proposed_on, row.remind_on) == (
            dt.date(2027, 1, 8), dt.date(2026, 12, 9), dt.date(2026, 12, 9),
        )  # fmt: skip
        planned = Reminder.objects.filter(request=made, clock_key=row.clock_key, state="planned")
        assert {one.due_on for one in planned} == {dt.date(2026, 12, 9)}


def test_a_later_window_is_not_believed_before_somebody_decides(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    made = denied(cast, file)
    release(LONGER_REVIEW)
    count_all()
    with viewing_as(cast.olive):
        assert OfferedMove.objects.get().ours
        assert window(made).remind_on == dt.date(2027, 1, 8)


def test_the_owner_applies_it_to_one_request_and_declines_it_for_the_other(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    one, other = denied(cast, file), denied(cast, file, once="second")
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        said = {"viewer": viewer, "offer": offer, "actor": cast.olive, "now": NOW}
        assert revisions.decide(accept=True, requests=[one.public_id], **said).requests == 1
        assert revisions.decide(accept=False, requests=[other.public_id], **said).requests == 1
        assert revisions.decide(accept=True, **said).requests == 0
        one.refresh_from_db()
        assert (one.law_revision, window(one).due_on, window(one).law_ref) == (
            2, dt.date(2026, 12, 9), "us-il@2010-01-01.r2",
        )  # fmt: skip
        applied = one.events.get(kind="law_applied")
        assert applied.facts == {"law": "us-il", "revision": 2}
        assert applied.note.actor == cast.olive
        row = window(other)
        assert (row.due_on, row.proposed_on, row.remind_on) == (
            dt.date(2027, 1, 8),
            None,
            dt.date(2027, 1, 8),
        )
        assert sorted(offer.moves.values_list("decision", flat=True)) == ["applied", "declined"]
        acts = AuditEntry.objects.filter(act__startswith="revision_").values_list("act", flat=True)
        assert sorted(acts) == ["revision_applied", "revision_declined"]


def test_an_applied_reading_can_be_taken_back(cast: Cast, file: File, release: Callable[..., None]) -> None:
    made = denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=True, now=NOW)
        made.refresh_from_db()
        retract_event(
            viewer=viewer, records_request=made, event=made.events.get(kind="law_applied"), reason="Counsel disagrees",
            actor=cast.olive, once="back", today=TODAY,
        )  # fmt: skip
        made.refresh_from_db()
        assert (made.law_revision, window(made).due_on) == (1, dt.date(2027, 1, 8))
        assert offer.moves.get().decision == "declined"


def test_people_who_were_told_the_old_date_get_one_correction(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    made = denied(cast, file)
    with viewing_as(cast.olive):
        told = Reminder.objects.filter(clock_key=window(made).clock_key, recipient=cast.edgar).order_by(
            "next_at"
        )
        Reminder.objects.filter(pk=told.first().pk).update(state="sent", handed_over_at=NOW, sent_at=NOW)
    release(LONGER_REVIEW)
    count_all()
    with viewing_as(cast.olive) as viewer:
        revisions.decide(
            viewer=viewer, offer=RevisionOffer.objects.get(), actor=cast.olive, accept=True, now=NOW
        )
        moved = Reminder.objects.filter(request=made, kind="moved")
        assert [(one.recipient, one.due_on) for one in moved] == [(cast.edgar, dt.date(2027, 2, 5))]


def test_an_event_meanwhile_is_counted_into_what_waits(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    made = file()
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.edgar) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind="determined", actor=cast.edgar, once="denied", today=TODAY,
            sent_on=dt.date(2026, 11, 9), dated_on=dt.date(2026, 11, 9), outcome="denied",
        )  # fmt: skip
        change = next(c for c in OfferedMove.objects.get().changes if c["key"].startswith("review-by|event"))
        assert change["new"]["due"] == "2026-12-09"
        assert window(made).proposed_on == dt.date(2026, 12, 9)


def test_a_request_without_a_live_clock_is_left_alone(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    made = file()
    with viewing_as(cast.edgar) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind="withdrawn", actor=cast.edgar, once="end", today=TODAY,
            sent_on=TODAY,
        )  # fmt: skip
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.olive):
        assert RevisionOffer.objects.get().counted == 1
        assert not OfferedMove.objects.exists()


def test_a_later_publication_replaces_what_still_waits(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    release(LONGER_REVIEW, revision=3)
    count_all()
    with viewing_as(cast.olive):
        said = OfferedMove.objects.order_by("offer__revision").values_list("offer__revision", "decision")
        assert list(said) == [(2, "replaced"), (3, "waiting")]
        assert Deadline.objects.filter(proposed_on__isnull=False).count() == 0


def test_only_an_owner_decides_and_a_stranger_finds_nothing(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    denied(cast, file)
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.edgar) as viewer:
        offer = RevisionOffer.objects.get()
        with pytest.raises(Refused, match="Only an owner"):
            revisions.decide(viewer=viewer, offer=offer, actor=cast.edgar, accept=True, now=NOW)
    with viewing_as(cast.ravi) as viewer:
        assert not RevisionOffer.objects.exists()
        with pytest.raises(NotYours):
            revisions.decide(viewer=viewer, offer=offer, actor=cast.ravi, accept=True, now=NOW)


def test_an_owner_who_left_changes_nothing_more(
    cast: Cast, file: File, release: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [denied(cast, file, once=f"form {n}") for n in range(3)]
    release(SHORTER_REVIEW)
    count_all()
    monkeypatch.setattr(revisions, "APPLIED_AT_ONCE", 2)
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.get()
        decided = revisions.decide(viewer=viewer, offer=offer, actor=cast.olive, accept=True, now=NOW)
        assert (decided.requests, decided.left) == (3, 1)
        assert offer.moves.filter(decision="applied").count() == 2
        Membership.objects.filter(person=cast.olive).update(role="viewer")
    assert revisions.work(organisation_id=cast.harbor.pk, offer_id=offer.pk) is False
    with viewing_as(cast.vera):
        assert sorted(offer.moves.values_list("decision", flat=True)) == ["applied", "applied", "waiting"]
        assert len(made) == 3


def test_a_window_that_opens_after_the_counting_is_offered_too(
    cast: Cast, file: File, release: Callable[..., None]
) -> None:
    made = file()
    with viewing_as(cast.edgar) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind="determined", actor=cast.edgar, once="granted", today=TODAY,
            sent_on=dt.date(2026, 11, 9), dated_on=dt.date(2026, 11, 9), outcome="granted",
        )  # fmt: skip
    release(SHORTER_REVIEW)
    count_all()
    with viewing_as(cast.edgar) as viewer:
        assert not OfferedMove.objects.exists()
        record_event(
            viewer=viewer, records_request=made, kind="determined", actor=cast.edgar, once="denied", today=TODAY,
            sent_on=dt.date(2026, 11, 16), dated_on=dt.date(2026, 11, 16), outcome="denied", parts=("A2",),
        )  # fmt: skip
        assert OfferedMove.objects.get().ours
        row = made.deadlines.standing().get(rule_id="review-by", clock_key__startswith="review-by|event")
        assert row.remind_on < row.due_on
