"""What answers and absences do to the reminders: who is told of a stage in the end. Read once for many requests.

    effects = effects_of(ids, members)
    effects.told(Stage(organisation, request, clock_key, due_on, day, alarm), person)  → who is told in their place
    effects.snoozed_until(stage, person), effects.acknowledged(stage)

The planner and the last look before a mail goes out ask the same rules, so that neither undoes what the other did.

In this order: whoever a policy names may have handed the clock on; who is told then may have muted it, or snoozed this
date past the stage's day; who is away on that day has a cover. A snooze earns its person a reminder of their own on
the day it ends. Acknowledging holds no stage, only telling others over somebody's head.

The alarm on the last day of our own window is told to everybody concerned: whoever it was, everybody it was handed on
to, and their covers; no mute and no snooze holds it. Notices that a date moved or is gone are not asked about here:
who was told a date is told that.

Nobody is told nothing because whoever stood in fell away: handing on counts only while the other is a member and has
not muted the clock; a cover only while here themselves, and if they neither muted the clock nor handed it on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from requests_app.models import Absence, Membership, RecordsRequest, ReminderAnswer

What = ReminderAnswer.What


class Stage(NamedTuple):
    """One day on which one clock's date is told. alarm: the last day of our own window."""

    organisation: int
    request: int
    clock_key: str
    due_on: dt.date
    day: dt.date
    alarm: bool = False


class Told(NamedTuple):
    """since: handed on at this instant; what the other was told before that is news to this person."""

    person: int
    since: dt.datetime | None = None


class InForce(NamedTuple):
    """One word that counts. due_on: of "I have it" and of a snooze; the others are about the clock."""

    what: str
    person: int
    due_on: dt.date | None = None
    until_on: dt.date | None = None
    to: int | None = None


class _Handed(NamedTuple):
    id: int
    to: int
    at: dt.datetime


class _Away(NamedTuple):
    from_on: dt.date
    until_on: dt.date
    cover: int


@dataclass
class Effects:
    """What counts of all that was answered, by the last word of each person."""

    members: Mapping[int, Container[int]]
    _muted: dict[tuple[int, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _snoozed: dict[tuple[int, str, dt.date], dict[int, dt.date]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _acknowledged: dict[tuple[int, str, dt.date], set[int]] = field(default_factory=lambda: defaultdict(set))
    _handed: dict[tuple[int, str], dict[int, _Handed]] = field(default_factory=lambda: defaultdict(dict))
    _away: dict[tuple[int, int], list[_Away]] = field(default_factory=lambda: defaultdict(list))

    @property
    def nothing(self) -> bool:
        """Nobody has answered, and nobody is away."""
        return not (self._muted or self._snoozed or self._acknowledged or self._handed or self._away)

    def told(self, stage: Stage, person: int) -> list[Told]:
        """In place of a person whom a policy names. Empty: muted or snoozed."""
        if stage.alarm:
            return [Told(one) for one in self._everybody(stage, person)]
        first, since = self._last_of_the_chain(stage, person)
        if self.muted(stage, first) or self._sleeps(stage, first):
            return []
        cover = self._cover(stage, first)
        if cover is None:
            return [Told(first, since)]
        return [] if self._sleeps(stage, cover) else [Told(cover, since)]

    def held(self, stage: Stage, person: int) -> str:
        """Why this person is not told of this stage, in words for the delivery log; empty: they are."""
        if any(one.person == person for one in self.told(stage, person)):
            return ""
        if self.handed_to(stage, person) is not None:
            return "handed on to another member"
        if self.muted(stage, person):
            return "muted by the recipient"
        if self._sleeps(stage, person):
            return f"snoozed until {self.snoozed_until(stage, person)}"
        return "the recipient is away: the cover is told"

    def muted(self, stage: Stage, person: int) -> bool:
        return person in self._muted.get((stage.request, stage.clock_key), ())

    def snoozed_until(self, stage: Stage, person: int) -> dt.date | None:
        return self.snoozes(stage).get(person)

    def snoozes(self, stage: Stage) -> Mapping[int, dt.date]:
        """Who asked to be told of this date again, and on which day."""
        found = self._snoozed.get((stage.request, stage.clock_key, stage.due_on), {})
        return {one: day for one, day in found.items() if self._here(stage, one)}

    def acknowledged(self, stage: Stage) -> set[int]:
        """Who said of this date "I have it". Those who left since then have it no more."""
        found = self._acknowledged.get((stage.request, stage.clock_key, stage.due_on), set())
        return {one for one in found if self._here(stage, one)}

    def handed_to(self, stage: Stage, person: int) -> int | None:
        """To whom this person has handed the clock on, while that counts."""
        handed = self._handed.get((stage.request, stage.clock_key), {})
        mine = handed.get(person)
        if mine is None or mine.to == person or not self._here(stage, mine.to) or self.muted(stage, mine.to):
            return None
        theirs = handed.get(mine.to)
        given_back = theirs is not None and theirs.to == person and theirs.id > mine.id
        return None if given_back else mine.to

    def in_force(self, stage: Stage, *, today: dt.date) -> list[InForce]:
        """All that counts of what was said about the clock and the date of this stage, for the pages that show it."""
        clock = (stage.request, stage.clock_key)
        found = [InForce(What.ACKNOWLEDGED, one, stage.due_on) for one in sorted(self.acknowledged(stage))]
        for person, until in sorted(self.snoozes(stage).items()):
            if until > today:
                found.append(InForce(What.SNOOZED, person, stage.due_on, until))
        for person in sorted(self._handed.get(clock, {})):
            to = self.handed_to(stage, person)
            if to is not None and self._here(stage, person):
                found.append(InForce(What.DELEGATED, person, to=to))
        muted = (one for one in self._muted.get(clock, ()) if self._here(stage, one))
        return found + [InForce(What.MUTED, one) for one in sorted(muted)]

    def away(self, stage: Stage, person: int) -> list[int]:
        """The covers of somebody who is away on that day, the one named last first."""
        spans = self._away.get((stage.organisation, person), ())
        return [
            one.cover
            for one in reversed(spans)
            if one.from_on <= stage.day <= one.until_on and self._here(stage, one.cover)
        ]

    def _here(self, stage: Stage, person: int) -> bool:
        return person in self.members.get(stage.organisation, ())

    def _sleeps(self, stage: Stage, person: int) -> bool:
        until = self.snoozed_until(stage, person)
        return until is not None and stage.day < until

    def _chain(self, stage: Stage, person: int) -> Iterator[int]:
        passed = {person}
        while (onward := self.handed_to(stage, person)) is not None and onward not in passed:
            yield onward
            passed.add(onward)
            person = onward

    def _last_of_the_chain(self, stage: Stage, person: int) -> tuple[int, dt.datetime | None]:
        handed = self._handed.get((stage.request, stage.clock_key), {})
        last, since = person, None
        for onward in self._chain(stage, person):
            at = handed[last].at
            last, since = onward, max(since or at, at)
        # Two who handed on to each other at one instant: each is told for themselves.
        return (person, None) if self.handed_to(stage, last) is not None else (last, since)

    def _cover(self, stage: Stage, person: int) -> int | None:
        for cover in self.away(stage, person):
            for one in (cover, *self.away(stage, cover)):
                if (
                    one != person
                    and not self.away(stage, one)
                    and not self.muted(stage, one)
                    and self.handed_to(stage, one) is None
                ):
                    return one
        return None

    def _everybody(self, stage: Stage, person: int) -> list[int]:
        along = [person, *self._chain(stage, person)]
        covers = [cover for one in along for cover in self.away(stage, one)]
        theirs = [cover for one in covers for cover in self.away(stage, one)]
        return list(dict.fromkeys([*along, *covers, *theirs]))


def effects_of(ids: Iterable[int], members: Mapping[int, Container[int]] | None = None) -> Effects:
    """As the organisation or a member of it. members: who belongs to each organisation now, where that is known."""
    ids = list(ids)
    if not _any(ids):
        return Effects(members or {})
    if members is None:
        members = _members(ids)
    found = Effects(members)
    answers = ReminderAnswer.objects.filter(request__in=ids).order_by("pk")
    for pk, request, key, due_on, person, what, until_on, to, at in answers.values_list(
        "pk", "request_id", "clock_key", "due_on", "person_id", "what", "until_on", "to_person_id", "at"
    ):
        match what:
            case What.MUTED:
                found._muted[request, key].add(person)
            case What.UNMUTED:
                found._muted[request, key].discard(person)
            case What.SNOOZED if until_on is not None:
                found._snoozed[request, key, due_on][person] = until_on
            case What.ACKNOWLEDGED:
                found._acknowledged[request, key, due_on].add(person)
            case What.DELEGATED:
                found._handed[request, key][person] = _Handed(pk, to, at)
    absences = Absence.objects.filter(organisation__in=list(members), withdrawn_at=None).order_by("pk")
    for organisation, person, from_on, until_on, cover in absences.values_list(
        "organisation_id", "person_id", "from_on", "until_on", "cover_id"
    ):
        found._away[organisation, person].append(_Away(from_on, until_on, cover))
    return found


def _any(ids: list[int]) -> bool:
    """Mostly nobody has answered anything: one quick look, for the mails' sake."""
    with connection.cursor() as cursor:
        cursor.execute(ANY, {"ids": ids})
        return bool(cursor.fetchone()[0])


ANY = """
SELECT EXISTS (SELECT FROM requests_app_reminderanswer WHERE request_id = ANY(%(ids)s))
    OR EXISTS (SELECT FROM requests_app_absence
                WHERE withdrawn_at IS NULL AND organisation_id IN (
                    SELECT organisation_id FROM requests_app_recordsrequest WHERE id = ANY(%(ids)s)))
"""


def _members(ids: list[int]) -> dict[int, set[int]]:
    organisations = RecordsRequest.objects.filter(pk__in=ids).values("organisation")
    found: dict[int, set[int]] = defaultdict(set)
    rows = Membership.objects.filter(organisation__in=organisations, ended_at=None, person__is_active=True)
    for organisation, person in rows.values_list("organisation_id", "person_id"):
        found[organisation].add(person)
    return found
