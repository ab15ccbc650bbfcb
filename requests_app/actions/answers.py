"""Answers to reminders: "I have it", later, somebody else, not me. Each act plans the request anew before it ends.

Whoever belongs to the organisation answers for themselves. What is written is what was said; what it does to the
reminders stands in `answer_effects`. No answer holds the alarm on the last day of our own window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from requests_app.models import (
    Deadline,
    Membership,
    Person,
    RecordsRequest,
    Reminder,
    ReminderAnswer,
    RequestPrivate,
)
from requests_app.models.visibility import Viewer, organisation_viewer, viewing

from . import audit, inbox, reminders
from .answer_effects import Stage, effects_of
from .deadlines import database_now
from .refusals import NotYours, Refused
from .rights import checked_once

What, Via = ReminderAnswer.What, ReminderAnswer.Via
LONGEST_SNOOZE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Clock:
    """Which reminders are answered: those of one clock of one request, for the date that the asker saw.

    reminder: the one that is answered from its mail; its date may have moved since, and the answer is about it still.
    """

    records_request: RecordsRequest
    key: str
    due_on: date
    reminder: Reminder | None = None

    @property
    def stage(self) -> Stage:
        request = self.records_request
        return Stage(request.organisation_id, request.pk, self.key, self.due_on, self.due_on)


def acknowledge(*, viewer: Viewer, actor: Person, clock: Clock, once: str, via: str) -> ReminderAnswer:
    """ "I have it": nobody is told over their heads about this date. Later stages of it still come."""
    _check(viewer, clock)
    if not (viewer.may_edit(clock.records_request.organisation_id) or _is_told(actor, clock)):
        raise Refused(
            "not_told", "Only an editor, or whoever is told of this date, can take it on.", status=403
        )
    return _say(viewer, actor, clock, What.ACKNOWLEDGED, once, via)


def snooze(
    *,
    viewer: Viewer,
    actor: Person,
    clock: Clock,
    until_on: date,
    today: date,
    confirmed: bool,
    once: str,
    via: str,
) -> ReminderAnswer:
    """Told again on `until_on`. today: of the reader; a snooze until today ends one. Past the date it asks twice."""
    _check(viewer, clock)
    if until_on < today:
        raise Refused("snooze_over", "Choose a day that is still to come.", field="until_on")
    if until_on > today + LONGEST_SNOOZE:
        raise Refused("snooze_too_long", "A reminder can wait for a year at most.", field="until_on")
    if today <= clock.due_on < until_on and not confirmed:
        raise Refused(
            "snooze_past_the_date",
            "This day is after the date itself. Check the box if the reminders are to wait so long all the same.",
            field="until_on",
        )
    return _say(viewer, actor, clock, What.SNOOZED, once, via, until_on=until_on)


def delegate(*, viewer: Viewer, actor: Person, clock: Clock, to: int, once: str, via: str) -> ReminderAnswer:
    """Somebody else is told instead, whatever date the clock moves to. To oneself: what was handed on is taken back."""
    _check(viewer, clock)
    home = clock.records_request.organisation_id
    person = Person.objects.filter(
        pk=to, is_active=True, memberships__organisation=home, memberships__ended_at=None
    ).first()
    if person is None:
        raise Refused("not_a_member", "Choose somebody who belongs to your organization.", field="to")
    if person.pk != actor.pk:
        effects, stage = effects_of([clock.records_request.pk]), clock.stage
        if effects.handed_to(stage, person.pk) not in (None, actor.pk):
            raise Refused(
                "handed_on",
                f"{person} has handed this on to somebody else. Choose another member.",
                field="to",
            )
        if effects.muted(stage, person.pk):
            raise Refused(
                "muted_by_them", f"{person} has muted these reminders. Choose another member.", field="to"
            )
    return _say(viewer, actor, clock, What.DELEGATED, once, via, to=person)


def mute(*, viewer: Viewer, actor: Person, clock: Clock, once: str, via: str) -> ReminderAnswer:
    """Nothing more about this clock, but the alarm on the last day of our own window."""
    _check(viewer, clock)
    return _say(viewer, actor, clock, What.MUTED, once, via)


def unmute(*, viewer: Viewer, actor: Person, clock: Clock, once: str, via: str) -> ReminderAnswer:
    _check(viewer, clock)
    return _say(viewer, actor, clock, What.UNMUTED, once, via)


def _check(viewer: Viewer, clock: Clock) -> None:
    """Of one's own organisation, about a date that stands, or about a reminder of it that went out."""
    request = clock.records_request
    if not viewer.belongs_to(request.organisation_id):
        raise NotYours
    if clock.reminder is not None:
        told = clock.reminder
        if (told.request_id, told.clock_key, told.due_on) != (request.pk, clock.key, clock.due_on):
            raise NotYours
        return
    standing = (
        Deadline.objects.of_organisation(viewer).standing().filter(request=request, clock_key=clock.key)
    )
    found = standing.first()
    if found is None:
        raise NotYours
    if found.remind_on != clock.due_on:
        raise Refused("stale", "This date moved since you opened the page; look at it once more.", status=409)


def _is_told(actor: Person, clock: Clock) -> bool:
    """Told of this clock already or soon, or responsible for the request."""
    request = clock.records_request
    return (
        Reminder.objects.filter(request=request, clock_key=clock.key, recipient=actor).exists()
        or RequestPrivate.objects.filter(Q(assignee=actor) | Q(backup=actor), request=request).exists()
    )


def _say(
    viewer: Viewer,
    actor: Person,
    clock: Clock,
    what: str,
    once: str,
    via: str,
    *,
    until_on: date | None = None,
    to: Person | None = None,
) -> ReminderAnswer:
    request = clock.records_request
    home = request.organisation_id
    if not Membership.objects.filter(organisation=home, person=actor, ended_at=None).exists():
        raise NotYours
    try:
        with transaction.atomic():
            answer: ReminderAnswer = ReminderAnswer.objects.create(
                organisation_id=home, request=request, clock_key=clock.key, due_on=clock.due_on, person=actor,
                what=what, until_on=until_on, to_person=to, via=via, reminder=clock.reminder,
                once=checked_once(once),
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_answer_an_act" not in str(problem):
            raise
        again: ReminderAnswer = ReminderAnswer.objects.visible_to(viewer).get(organisation=home, once=once)
        return again
    # A viewer may be the one responsible: who only reads answers for themselves, and the house plans what follows.
    with viewing(organisation_viewer(home)):
        if what in (What.DELEGATED, What.MUTED, What.UNMUTED):
            detail = {"clock": clock.key, "person": str(actor.pk), "via": via}
            if to is not None:
                detail["to"] = str(to.pk)
            audit.record(
                act=f"reminders.{what}", subject=f"request {request.public_id}", organisation=request.organisation,
                actor=actor, detail=detail,
            )  # fmt: skip
        if to is not None and to.pk != actor.pk:
            inbox.put_in(
                organisation_id=home, people=[to.pk], kind="assigned", source=f"handed:{answer.pk}",
                request_id=request.pk,
            )  # fmt: skip
        reminders.plan_for_requests([request.pk], now=database_now())
    return answer
