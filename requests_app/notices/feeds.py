"""Due days as a calendar program reads them: RFC 5545, whole days, the same bytes for the same facts."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration
from icalendar.prop import vText

from requests_app.clock.alarms import APART

TYPE = "text/calendar; charset=utf-8"
MADE_BY = "-//Public records deadlines//Feeds 1//EN"
REFRESH = dt.timedelta(hours=1)
TITLE_MOST = 300
# Read into the mark of a calendar's state: raise it when the words or the form change.
FORM = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole day. whose: its owner in words; sequence, changed_at: of its last change."""

    pid: str
    clock_key: str
    on: dt.date
    other_on: dt.date | None
    name: str
    owner: str
    whose: str
    rule_id: str
    agency: str
    title: str
    filed_on: dt.date
    is_sample: bool
    gone: bool
    sequence: int
    changed_at: dt.datetime
    link: str


def uid_of(pid: str, clock_key: str) -> str:
    """The same for as long as there is the clock, whatever our own name becomes: a calendar moves the day it has."""
    return f"{pid}-{hashlib.sha256(clock_key.encode()).hexdigest()[:20]}@due-days"


def mark_of(name: str, entries: Iterable[Entry], *, cut: bool, language: str) -> str:
    """A fingerprint of the facts, so that a calendar that has them is answered before one is written."""
    told = hashlib.sha256(repr((FORM, name, cut, language)).encode())
    for entry in entries:
        told.update(repr(astuple(entry)).encode())
    return told.hexdigest()[:40]


def write(name: str, entries: Iterable[Entry], *, cut: bool = False) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", vText(name))
    calendar.add("name", vText(name))
    if cut:
        more = _("There are more dates than one calendar takes; the farthest away are left out.")
        calendar.add("x-wr-caldesc", vText(more))
    calendar["refresh-interval"] = vDuration(REFRESH, params={"VALUE": "DURATION"})
    calendar["x-published-ttl"] = vDuration(REFRESH)
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", uid_of(entry.pid, entry.clock_key))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + dt.timedelta(days=1))
    event.add("summary", vText(_one_line(title_of(entry))[:TITLE_MOST]))
    event.add("description", vText(words_of(entry)))
    event.add("url", entry.link)
    event.add("status", "CANCELLED" if entry.gone else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [entry.whose])
    return event


def title_of(entry: Entry) -> str:
    """Short: a phone shows the first words."""
    doing = entry.name[:1].lower() + entry.name[1:]
    if entry.rule_id in APART or entry.owner == "nobody":
        said = _("%(whose)s: %(doing)s: %(agency)s")
    else:
        said = _("%(whose)s: last day to %(doing)s: %(agency)s")
    said %= {"whose": entry.whose, "doing": doing, "agency": entry.agency}
    if entry.gone:
        said = _("No longer: %(said)s") % {"said": said}
    return _("Sample: %(said)s") % {"said": said} if entry.is_sample else said


def words_of(entry: Entry) -> str:
    """What a member needs to know which request it is; what is meant to be done about it stands on its page."""
    lines = [entry.title, _("Filed on %(day)s.") % {"day": _day(entry.filed_on)}]
    if entry.other_on is not None and not entry.gone:
        if entry.owner == "requester":
            lines.append(
                _("The law leaves the day in doubt; on the later reading it is %(day)s. Go by the earlier.")
                % {"day": _day(entry.other_on)}
            )
        else:
            lines.append(
                _("The law leaves the day in doubt; on the earlier reading it is %(day)s.")
                % {"day": _day(entry.other_on)}
            )
    if entry.gone:
        lines.append(_("This date no longer stands."))
    lines.append(entry.link)
    return "\n".join(lines)


def _one_line(said: str) -> str:
    return " ".join(said.split())


def _day(on: dt.date) -> str:
    return date_format(on, "l, F j, Y")
