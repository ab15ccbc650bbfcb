"""An action's Effect, in the words of the panel beside the form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.actions.effects import ClockChange, Effect
from requests_app.clock.rules import Owner, Unit

from .draw.from_clock import count_words, label
from .templatetags.look import day_long
from .words import move_words, stage_words


def effect_context(effect: Effect, whole: Sequence[str]) -> dict[str, Any]:
    """Context of partials/effect.html. whole: all parts of the request; a clock of all of them names none."""
    changes = [_change(change, whole) for change in effect.clocks]
    headline = []
    if effect.stage_changes:
        headline.append(_("Stage: %(stage)s.") % {"stage": stage_words(effect.after.stage)})
    if effect.move_changes:
        headline.append(_("Then: %(move)s.") % {"move": move_words(effect.after.whose_move)})
    if effect.stops or effect.starts:
        changes.append(_reminders(effect))
    return {
        "sentences": sentences(effect, whole),
        "headline": " ".join(headline),
        "changes": changes,
        "nothing": effect.changes_nothing,
        "warnings": [warned.sentence for warned in effect.warnings],
    }


def _change(change: ClockChange, whole: Sequence[str]) -> dict[str, Any]:
    clock = change.clock
    old, new = change.old_due, change.new_due
    name = label(clock, whole)
    row: dict[str, Any] = {"what": name, "words": "", "old_on": None, "new_on": None, "tone": ""}
    if clock.owner is Owner.requester:
        row["tone"] = "ours"
    match change.what:
        case "opened":
            row["new_on"] = new
            row["words"] = _("new clock") if new else clock.standard or clock.unknown or _("new clock")
        case "gone":
            row |= {"old_on": old, "words": _("no longer runs")}
        case "met" | "met_late":
            row["words"] = _met_words(clock.met_on, new, late=change.what == "met_late")
        case "reopened":
            row |= {"new_on": new, "words": _("runs again")}
        case "ended":
            row |= {"old_on": old, "words": clock.ended_why or _("ends")}
        case "paused":
            row |= {
                "old_on": old,
                "words": _("stops; %(left)s once answered") % {"left": _left(clock.left_when_paused)},
            }
        case "resumed":
            row |= {"new_on": new, "words": _("goes on")}
        case "moved":
            row |= {"old_on": old, "new_on": new}
        case "promised":
            row |= {"new_on": clock.promised_on, "words": _("promised; the law’s date stays")}
        case _:
            row |= {"new_on": new, "words": _("counted anew")}
    if row["new_on"] and clock.earliest and clock.latest and clock.earliest != clock.latest:
        row["words"] = " ".join(
            part for part in (row["words"], _("(two readings; the binding one is shown)")) if part
        )
    return row


def sentences(effect: Effect, whole: Sequence[str]) -> list[str]:
    """What saving does, as one would say it: the loudest first, and never more than four."""
    said = [sentence for change in effect.clocks if (sentence := _sentence(change, whole))]
    said.sort(key=lambda one: one[0])
    return [sentence for _rank, sentence in said[:4]]


def _sentence(change: ClockChange, whole: Sequence[str]) -> tuple[int, str] | None:
    clock, old, new = change.clock, change.old_due, change.new_due
    ours = clock.owner is Owner.requester
    named = {"clock": label(clock, whole), "old": _day(old), "new": _day(new)}
    match change.what:
        case "paused":
            left = clock.left_when_paused
            if left is None:
                return 0, _("This pauses the clock “%(clock)s”. It goes on once that is settled.") % named
            named["left"] = count_words(left.count, left.unit)
            ends = (
                _("This pauses the clock “%(clock)s”. Due date held: %(left)s after you answer.")
                if clock.paused_since and clock.waits_for_us(clock.paused_since)
                else _("This pauses the clock “%(clock)s”. Due date held: %(left)s once that is settled.")
            )
            return 0, ends % named
        case "resumed" if new:
            return 0, _("The clock “%(clock)s” goes on, and is due %(new)s.") % named
        case "opened" if new and ours:
            return 1, _("This opens a window of ours: “%(clock)s”, until %(new)s.") % named
        case "opened" if ours and clock.remedy and not clock.unknown:
            return 1, _("This opens a window of ours: “%(clock)s”. The law names no last day for it.") % named
        case "opened" if new:
            return 4, _("A clock begins: “%(clock)s”, due %(new)s.") % named
        case "met":
            return 2, _("This meets “%(clock)s” in time.") % named
        case "met_late" if clock.latest and clock.met_on:
            n = (clock.met_on - clock.latest).days
            return 1, ngettext(
                "This answers “%(clock)s” %(n)d day late.", "This answers “%(clock)s” %(n)d days late.", n
            ) % {**named, "n": n}
        case "moved" if old and new:
            return 3, _("“%(clock)s” moves from %(old)s to %(new)s.") % named
        case "promised" if clock.promised_on:
            return 3, _("The agency binds itself to %(day)s. The law’s date stays.") % {
                "day": _day(clock.promised_on)
            }
        case "ended" | "gone" if ours:
            return 2, _("“%(clock)s” is no longer open to us.") % named
        case "ended" | "gone":
            return 4, _("“%(clock)s” no longer runs.") % named
        case "reopened":
            return 1, _("“%(clock)s” runs again.") % named
    return None


def _day(on: dt.date | None) -> str:
    return day_long(on) if on else ""


def _met_words(met_on: dt.date | None, due: dt.date | None, *, late: bool) -> str:
    if met_on is None or due is None:
        return _("met")
    days = abs((due - met_on).days)
    if late:
        return ngettext("met, %(n)d day late", "met, %(n)d days late", days) % {"n": days}
    if days == 0:
        return _("met on its last day")
    return ngettext("met, %(n)d day before it ends", "met, %(n)d days before it ends", days) % {"n": days}


def _left(left: Any) -> str:
    if left is None:
        return _("the time left counts on")
    match left.unit:
        case Unit.business_days:
            words = ngettext("%(n)d business day left", "%(n)d business days left", left.count)
        case Unit.hours:
            words = ngettext("%(n)d hour left", "%(n)d hours left", left.count)
        case _:
            words = ngettext("%(n)d day left", "%(n)d days left", left.count)
    return words % {"n": left.count}


def _reminders(effect: Effect) -> dict[str, Any]:
    parts = []
    if effect.stops:
        n = len(effect.stops)
        parts.append(ngettext("stop for %(n)d clock", "stop for %(n)d clocks", n) % {"n": n})
    if effect.starts:
        n = len(effect.starts)
        parts.append(ngettext("begin for %(n)d clock", "begin for %(n)d clocks", n) % {"n": n})
    return {"what": _("Reminders"), "words": ", ".join(parts), "old_on": None, "new_on": None, "tone": ""}
