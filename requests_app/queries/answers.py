"""What the pages of answers read: the reminder behind a link, the clock that is answered, what was answered before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from requests_app.models import (
    Absence,
    Deadline,
    Membership,
    Person,
    RecordsRequest,
    Reminder,
    ReminderAnswer,
)
from requests_app.models.visibility import SCHEDULE, Viewer, viewing

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Linked:
    """A reminder and whom it was sent to; what of it may be seen is asked as that person."""

    reminder: Reminder
    person: Person


def linked(reminder_id: int, turn: int) -> Linked | None:
    """None: there is no such reminder, its recipient's account is closed, or they ended all sessions since then."""
    with viewing(SCHEDULE):
        reminder = Reminder.objects.filter(pk=reminder_id).first()
    if reminder is None:
        return None
    person = Person.objects.filter(pk=reminder.recipient_id, is_active=True, session_turn=turn).first()
    return Linked(reminder, person) if person is not None else None


@dataclass(frozen=True, slots=True)
class Told:
    """What a reminder's mail said, and no more."""

    records_request: RecordsRequest
    agency: str
    clock: str
    ours: bool


def told(viewer: Viewer, link: Linked, *, signed_at: dt.datetime) -> Told | None:
    """As its recipient. None: a member no more, or only again; or the request is not theirs to see."""
    reminder = link.reminder
    here = Membership.objects.filter(
        organisation=reminder.organisation_id, organisation__in=viewer.organisations, person=link.person,
        ended_at=None, since__lt=signed_at + dt.timedelta(seconds=1),
    )  # fmt: skip
    if not here.exists():
        return None
    request = (
        RecordsRequest.objects.of_organisation(viewer)
        .select_related("agency", "organisation")
        .filter(pk=reminder.request_id)
        .first()
    )
    clock = Deadline.objects.of_organisation(viewer).filter(pk=reminder.deadline_id).first()
    if request is None or clock is None:
        return None
    return Told(request, request.agency.name, clock.name, clock.owner == "requester")


def answer_to(viewer: Viewer, reminder: Reminder) -> ReminderAnswer | None:
    """What was answered from its mail: a link works once."""
    found: ReminderAnswer | None = (
        ReminderAnswer.objects.visible_to(viewer)
        .filter(reminder=reminder, via=ReminderAnswer.Via.MAIL)
        .select_related("to_person")
        .first()
    )
    return found


def standing_clock(viewer: Viewer, records_request: RecordsRequest, key: str) -> Deadline | None:
    """One that is told of: it has a day and is not met."""
    found: Deadline | None = (
        Deadline.objects.of_organisation(viewer)
        .standing()
        .filter(request=records_request, clock_key=key, remind_on__isnull=False, met_on=None)
        .first()
    )
    return found


def answers_about(viewer: Viewer, records_request: RecordsRequest, key: str) -> list[ReminderAnswer]:
    rows = ReminderAnswer.objects.visible_to(viewer).filter(request=records_request, clock_key=key)
    return list(rows.select_related("person", "to_person").order_by("-pk")[:MOST_SHOWN])


def absences(viewer: Viewer, organisation_id: int, *, since: dt.date) -> list[Absence]:
    """Those that last or are to come, the first to begin first."""
    rows = Absence.objects.visible_to(viewer).filter(
        organisation=organisation_id, withdrawn_at=None, until_on__gte=since
    )
    return list(rows.select_related("organisation", "person", "cover").order_by("from_on", "pk")[:200])


def one_meant(text: str, people: Iterable[Person]) -> Person | None:
    """The one member whose name or address was typed: whole, or a first name that only one of them bears."""
    asked = " ".join(text.split()).casefold()
    people = list(people)
    for names in (
        lambda person: {person.email.casefold(), person.name.casefold()},
        lambda person: {str(person).split()[0].casefold()},
    ):
        found = [person for person in people if asked and asked in names(person)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
