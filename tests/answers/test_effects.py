"""Who is told of a stage after what people answered: tables of cases, without a mail server."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions.answer_effects import Effects, Stage, Told, effects_of
from requests_app.models import Absence, Membership, RecordsRequest, ReminderAnswer
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import as_house

pytestmark = pytest.mark.django_db

DUE = dt.date(2026, 3, 20)
KEY = "appeal-by|request|r1"


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    return builders.bare_request(cast.olive, cast.harbor, cast.agency)


def says(who: Any, of: RecordsRequest, what: str, **more: Any) -> ReminderAnswer:
    fields = {"clock_key": KEY, "due_on": DUE, "via": "app", **more}
    with viewing_as(who):
        return ReminderAnswer.objects.create(
            organisation_id=of.organisation_id, request=of, person=who, what=what, **fields
        )


def away(cast: builders.Cast, who: Any, cover: Any, since: int = 1, until: int = 31, **more: Any) -> Absence:
    with viewing_as(cast.olive):
        return Absence.objects.create(
            organisation=cast.harbor, person=who, cover=cover, from_on=DUE.replace(day=since),
            until_on=DUE.replace(day=until), set_by=cast.olive, **more,
        )  # fmt: skip


def effects(of: RecordsRequest) -> Effects:
    with as_house(of.organisation):
        return effects_of([of.pk])


def told(
    of: RecordsRequest, who: Any, day: int = 13, *, alarm: bool = False, due_on: dt.date = DUE
) -> list[int]:
    stage = Stage(of.organisation_id, of.pk, KEY, due_on, DUE.replace(day=day), alarm)
    return [one.person for one in effects(of).told(stage, who.pk)]


def held(of: RecordsRequest, who: Any, day: int = 13) -> str:
    return effects(of).held(Stage(of.organisation_id, of.pk, KEY, DUE, DUE.replace(day=day)), who.pk)


def test_without_an_answer_everybody_is_told_for_themselves(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    assert told(ours, cast.edgar) == [cast.edgar.pk]
    assert told(ours, cast.edgar, day=20, alarm=True) == [cast.edgar.pk]
    assert held(ours, cast.edgar) == ""


def test_i_have_it_holds_no_stage_and_is_about_one_date(cast: builders.Cast, ours: RecordsRequest) -> None:
    says(cast.edgar, ours, "acknowledged")
    assert told(ours, cast.edgar) == [cast.edgar.pk]
    stage = Stage(cast.harbor.pk, ours.pk, KEY, DUE, DUE)
    assert effects(ours).acknowledged(stage) == {cast.edgar.pk}
    assert effects(ours).acknowledged(stage._replace(due_on=dt.date(2026, 4, 1))) == set()
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(ended_at=dt.datetime.now(dt.UTC))
    assert effects(ours).acknowledged(stage) == set()


def test_a_mute_holds_every_stage_of_that_clock_but_the_last_day(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    says(cast.edgar, ours, "muted")
    assert told(ours, cast.edgar) == []
    assert told(ours, cast.edgar, due_on=dt.date(2026, 4, 1)) == []
    assert told(ours, cast.olive) == [cast.olive.pk]
    assert told(ours, cast.edgar, day=20, alarm=True) == [cast.edgar.pk]
    assert held(ours, cast.edgar) == "muted by the recipient"
    says(cast.edgar, ours, "unmuted")
    assert told(ours, cast.edgar) == [cast.edgar.pk]


def test_a_snooze_holds_the_stages_before_its_day_of_that_date_alone(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    says(cast.edgar, ours, "snoozed", until_on=DUE.replace(day=17))
    assert told(ours, cast.edgar, day=13) == []
    assert told(ours, cast.edgar, day=17) == [cast.edgar.pk]
    assert told(ours, cast.edgar, day=13, due_on=dt.date(2026, 4, 1)) == [cast.edgar.pk]
    assert told(ours, cast.edgar, day=13, alarm=True) == [cast.edgar.pk]
    assert held(ours, cast.edgar) == "snoozed until 2026-03-17"
    says(cast.edgar, ours, "snoozed", until_on=DUE.replace(day=12))
    assert told(ours, cast.edgar, day=13) == [cast.edgar.pk]


def test_handed_on_the_other_is_told_instead_and_both_on_the_last_day(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    answer = says(cast.edgar, ours, "delegated", to_person=cast.vera)
    assert told(ours, cast.edgar) == [cast.vera.pk]
    assert told(ours, cast.edgar, day=20, alarm=True) == [cast.edgar.pk, cast.vera.pk]
    assert held(ours, cast.edgar) == "handed on to another member"
    assert held(ours, cast.vera) == ""
    stage = Stage(cast.harbor.pk, ours.pk, KEY, DUE, DUE.replace(day=13))
    assert effects(ours).told(stage, cast.edgar.pk) == [Told(cast.vera.pk, answer.at)]


def test_what_is_handed_on_twice_reaches_the_last_and_the_last_day_reaches_all(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    says(cast.edgar, ours, "delegated", to_person=cast.vera)
    says(cast.vera, ours, "delegated", to_person=cast.olive)
    assert told(ours, cast.edgar) == [cast.olive.pk]
    assert told(ours, cast.edgar, alarm=True) == [cast.edgar.pk, cast.vera.pk, cast.olive.pk]


def test_what_is_given_back_is_told_to_whom_it_was(cast: builders.Cast, ours: RecordsRequest) -> None:
    says(cast.edgar, ours, "delegated", to_person=cast.vera)
    says(cast.vera, ours, "delegated", to_person=cast.edgar)
    assert told(ours, cast.edgar) == [cast.edgar.pk]
    assert told(ours, cast.vera) == [cast.edgar.pk]


def test_what_is_taken_back_is_told_to_oneself(cast: builders.Cast, ours: RecordsRequest) -> None:
    says(cast.edgar, ours, "delegated", to_person=cast.vera)
    says(cast.edgar, ours, "delegated", to_person=cast.edgar)
    assert told(ours, cast.edgar) == [cast.edgar.pk]


@pytest.mark.parametrize("trouble", ["left", "closed", "muted"])
def test_nobody_is_told_nothing_because_the_other_fell_away(
    cast: builders.Cast, ours: RecordsRequest, trouble: str
) -> None:
    says(cast.edgar, ours, "delegated", to_person=cast.vera)
    if trouble == "left":
        with viewing_as(cast.olive):
            Membership.objects.filter(person=cast.vera).update(ended_at=dt.datetime.now(dt.UTC))
    elif trouble == "closed":
        type(cast.vera).objects.filter(pk=cast.vera.pk).update(is_active=False)
    else:
        says(cast.vera, ours, "muted")
    assert told(ours, cast.edgar) == [cast.edgar.pk]
    assert held(ours, cast.edgar) == ""


def test_a_ring_of_hands_leaves_everybody_told(cast: builders.Cast, ours: RecordsRequest) -> None:
    for one, to in ((cast.edgar, cast.vera), (cast.vera, cast.olive), (cast.olive, cast.edgar)):
        says(one, ours, "delegated", to_person=to)
    assert {tuple(told(ours, one)) for one in (cast.edgar, cast.vera, cast.olive)} == {
        (cast.edgar.pk,), (cast.vera.pk,), (cast.olive.pk,)
    }  # fmt: skip


def test_the_cover_is_told_while_somebody_is_away_and_both_on_the_last_day(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    away(cast, cast.edgar, cast.vera, since=10, until=20)
    assert told(ours, cast.edgar, day=9) == [cast.edgar.pk]
    assert told(ours, cast.edgar, day=10) == [cast.vera.pk]
    assert told(ours, cast.edgar, day=20) == [cast.vera.pk]
    assert told(ours, cast.edgar, day=21) == [cast.edgar.pk]
    assert told(ours, cast.edgar, day=20, alarm=True) == [cast.edgar.pk, cast.vera.pk]
    assert held(ours, cast.edgar) == "the recipient is away: the cover is told"


def test_an_absence_taken_back_counts_no_more(cast: builders.Cast, ours: RecordsRequest) -> None:
    away(cast, cast.edgar, cast.vera, withdrawn_at=dt.datetime.now(dt.UTC))
    assert told(ours, cast.edgar) == [cast.edgar.pk]


def test_a_cover_who_is_away_has_a_cover_and_without_one_the_first_is_told(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    away(cast, cast.edgar, cast.vera)
    theirs = away(cast, cast.vera, cast.olive)
    assert told(ours, cast.edgar) == [cast.olive.pk]
    assert told(ours, cast.edgar, alarm=True) == [cast.edgar.pk, cast.vera.pk, cast.olive.pk]
    with viewing_as(cast.olive):
        Absence.objects.filter(pk=theirs.pk).update(withdrawn_at=dt.datetime.now(dt.UTC))
    away(cast, cast.vera, cast.edgar)
    assert told(ours, cast.edgar) == [cast.edgar.pk]


def test_a_cover_who_muted_the_clock_does_not_swallow_it(cast: builders.Cast, ours: RecordsRequest) -> None:
    away(cast, cast.edgar, cast.vera)
    says(cast.vera, ours, "muted")
    assert told(ours, cast.edgar) == [cast.edgar.pk]


def test_what_was_handed_on_to_somebody_away_reaches_their_cover(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    says(cast.edgar, ours, "delegated", to_person=cast.vera)
    away(cast, cast.vera, cast.olive)
    assert told(ours, cast.edgar) == [cast.olive.pk]
    assert held(ours, cast.vera) == "the recipient is away: the cover is told"


def test_who_muted_a_clock_before_leaving_burdens_no_cover_with_it(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    says(cast.edgar, ours, "muted")
    away(cast, cast.edgar, cast.vera)
    assert told(ours, cast.edgar) == []
    assert told(ours, cast.edgar, alarm=True) == [cast.edgar.pk, cast.vera.pk]
