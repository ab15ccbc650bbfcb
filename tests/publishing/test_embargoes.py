"""Embargoes: warned seven days and one day before, once; ended to the minute; never by itself unless chosen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import embargoes, publishing
from requests_app.actions.refusals import Refused
from requests_app.models import (
    AuditEntry,
    EmbargoWarning,
    EventCorrespondence,
    InboxItem,
    Publication,
    RecordsRequest,
)
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders
from tests.publishing.conftest import NOW, agree, look_through, propose, two

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
END = NOW + 20 * DAY


def held(scene: Any, *, by_itself: bool = False, end: dt.datetime = END) -> Publication:
    made = propose(scene, scene.olive, embargo_until=end, embargo_zone="America/Chicago", by_itself=by_itself)
    look_through(scene.olive, made)
    return agree(scene.olive, made)


def public() -> bool:
    with viewing(PUBLIC) as viewer:
        return bool(RecordsRequest.objects.visible_to(viewer).exists())


def mailed(scene: Any) -> None:
    """As if the mail server had taken every warning."""
    with viewing_as(scene.olive):
        EmbargoWarning.objects.filter(mail_state="planned").update(mail_state="sent")


def warnings(scene: Any) -> list[tuple[int, int]]:
    """(days, how many owners)."""
    found: dict[int, int] = {}
    with viewing_as(scene.olive):
        for days in EmbargoWarning.objects.order_by("pk").values_list("days", flat=True):
            found[days] = found.get(days, 0) + 1
        lines = InboxItem.objects.filter(person=scene.olive, source__contains="warned").count()
    assert lines == len(found), "one line in the inbox for each warning"
    return list(found.items())


def end_of(scene: Any, made: Publication) -> dt.datetime:
    with viewing_as(scene.olive):
        found = Publication.objects.get(pk=made.pk).embargo_until
    assert found is not None
    return found


def test_owners_are_warned_seven_days_and_one_day_before_and_each_once(scene: Any) -> None:
    held(scene)
    for moment, so_far in (
        (END - 7 * DAY - MINUTE, []),
        (END - 7 * DAY, [(7, 2)]),
        (END - 7 * DAY, [(7, 2)]),
        (END - 2 * DAY, [(7, 2)]),
        (END - DAY - MINUTE, [(7, 2)]),
        (END - DAY + MINUTE, [(7, 2), (1, 2)]),
        (END - DAY + 2 * MINUTE, [(7, 2), (1, 2)]),
    ):
        embargoes.sweep(moment)
        assert warnings(scene) == so_far, moment


def test_what_was_chosen_to_publish_itself_does_so_to_the_minute(scene: Any) -> None:
    made = held(scene, by_itself=True)
    for moment in (END - 7 * DAY, END - DAY):
        embargoes.sweep(moment)
    mailed(scene)
    assert embargoes.sweep(END - MINUTE)["published"] == 0
    assert not public()
    assert embargoes.sweep(END)["published"] == 1
    assert public()
    assert embargoes.sweep(END)["published"] == 0, "a task that runs twice publishes once"
    with viewing_as(scene.olive):
        assert Publication.objects.get(pk=made.pk).state == "published"
        assert InboxItem.objects.filter(person=scene.olive, source__endswith=":published").count() == 1


def test_an_embargo_never_publishes_by_itself_unless_an_owner_chose_it(scene: Any) -> None:
    made = held(scene)
    for moment in (END - 7 * DAY, END - DAY, END, END + 30 * DAY):
        embargoes.sweep(moment)
    assert not public()
    with viewing_as(scene.fred) as viewer:
        with pytest.raises(Refused, match="has not ended"):
            publishing.publish_now(viewer=viewer, publication=made, actor=scene.fred, now=END - MINUTE)
        publishing.publish_now(viewer=viewer, publication=made, actor=scene.fred, now=END)
    assert public()


def test_an_editor_does_not_choose_it(scene: Any) -> None:
    with pytest.raises(Refused) as problem:
        propose(scene, scene.edgar, embargo_until=END, embargo_zone="America/Chicago", by_itself=True)
    assert (problem.value.code, problem.value.field) == ("owners_choose", "by_itself")


@pytest.mark.parametrize(("late", "days"), [(3 * DAY, 7), (6 * DAY + 12 * 60 * MINUTE, 7)])
def test_a_missed_warning_moves_the_end_rather_than_passing_silently(scene: Any, late: dt.timedelta, days: int) -> None:
    made = held(scene, by_itself=True)
    woke = END - 7 * DAY + late
    embargoes.sweep(woke)
    assert end_of(scene, made) == woke + days * DAY
    mailed(scene)
    embargoes.sweep(END)
    assert not public()
    embargoes.sweep(woke + 6 * DAY)
    mailed(scene)
    assert embargoes.sweep(woke + 7 * DAY)["published"] == 1
    with viewing_as(scene.olive):
        assert AuditEntry.objects.filter(act="embargo.delayed").count() == 1


def test_a_worker_that_slept_past_the_end_warns_first(scene: Any) -> None:
    made = held(scene, by_itself=True, end=NOW + 2 * DAY)
    woke = NOW + 5 * DAY
    assert embargoes.sweep(woke) == {"warned": 1, "delayed": 1, "published": 0, "held": 0}
    assert end_of(scene, made) == woke + DAY and not public()


def test_while_no_mail_went_out_the_end_waits(scene: Any) -> None:
    held(scene, by_itself=True)
    for moment in (END - 7 * DAY, END - DAY):
        embargoes.sweep(moment)
    assert embargoes.sweep(END)["held"] == 1
    mailed(scene)
    assert embargoes.sweep(END + MINUTE)["published"] == 1


def test_an_extension_before_the_end_warns_anew(scene: Any) -> None:
    made = held(scene, by_itself=True)
    embargoes.sweep(END - 7 * DAY)
    later = END + 30 * DAY
    with viewing_as(scene.olive) as viewer:
        with pytest.raises(Refused, match="later"):
            publishing.extend(
                viewer=viewer, publication=made, actor=scene.olive, embargo_until=END - DAY, now=END - DAY
            )
        publishing.extend(viewer=viewer, publication=made, actor=scene.olive, embargo_until=later, now=END - MINUTE)
        with pytest.raises(Refused, match="ended already"):
            publishing.extend(
                viewer=viewer, publication=made, actor=scene.olive, embargo_until=later + DAY, now=later
            )
    embargoes.sweep(END)
    assert not public()
    embargoes.sweep(later - 7 * DAY)
    with viewing_as(scene.olive):
        assert EmbargoWarning.objects.filter(person=scene.olive, days=7).count() == 2


def test_what_came_in_during_the_embargo_is_looked_at_before_it_is_shown(scene: Any) -> None:
    held(scene, by_itself=True)
    with viewing_as(scene.olive):
        late = builders.event(scene.ours, "produced", received_on=scene.ours.filed_on)
        EventCorrespondence.objects.create(event=late, request=scene.ours, organisation=scene.harbor, text="new")
    for moment in (END - 7 * DAY, END - DAY):
        embargoes.sweep(moment)
    mailed(scene)
    assert embargoes.sweep(END)["held"] == 1
    assert embargoes.sweep(END + MINUTE)["held"] == 1
    assert not public()
    with viewing_as(scene.olive):
        assert InboxItem.objects.filter(person=scene.olive, source__contains=":held-").count() == 1


def test_two_persons_asked_for_meanwhile_are_asked_for(scene: Any) -> None:
    made = held(scene, by_itself=True)
    two(scene)
    for moment in (END - 7 * DAY, END - DAY):
        embargoes.sweep(moment)
    mailed(scene)
    assert embargoes.sweep(END)["held"] == 1
    with viewing_as(scene.olive) as viewer, pytest.raises(Refused) as problem:
        publishing.publish_now(viewer=viewer, publication=made, actor=scene.olive, now=END)
    assert problem.value.code == "own_proposal"
    assert not public()


@pytest.mark.parametrize(
    ("end", "zone", "code"),
    [
        (NOW, "America/Chicago", "embargo_past"), (NOW + 3000 * DAY, "America/Chicago", "embargo_too_long"),
        (END, "Nowhere/Here", "zone_unknown"), (END, "", "zone_unknown"),
    ],
)  # fmt: skip
def test_an_end_that_makes_no_sense_is_refused(scene: Any, end: dt.datetime, zone: str, code: str) -> None:
    with pytest.raises(Refused) as problem:
        propose(scene, scene.olive, embargo_until=end, embargo_zone=zone)
    assert problem.value.code == code
