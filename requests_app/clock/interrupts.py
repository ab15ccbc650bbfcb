"""What stops a clock and what stretches it, as the ledger shows it, in the order in which it happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from . import receipt
from .conditions import Facts, holds
from .count import Claimed, Stopped
from .events import Kind
from .ledger import Ledger, Line, day, number, overlap, text
from .rules import Extension, Form, Receipt, Rule, Stop
from .standing import Extended, Verdict

NO_ITEMS: list[Stopped | Claimed] = []


def interruptions(
    ledger: Ledger,
    rule: Rule,
    after: int,
    parts: tuple[str, ...],
    met_place: int | None,
    key: str,
    facts: Facts,
    allowances: Receipt,
    channel: str | None,
) -> list[Stopped | Claimed]:
    """Stops and extensions of one clock, after the event that started it and before the one that met it."""
    if not rule.stops and not rule.extensions:
        return NO_ITEMS
    found: list[Stopped | Claimed] = []
    for stop in rule.stops:
        seen = 0
        for line in (
            *_same_letter(ledger, stop, after, parts),
            *_lines(ledger, stop.on, after, parts, met_place),
        ):
            if not holds(stop.when, line, facts):
                continue
            seen += 1
            if stop.times is not None and seen > stop.times:
                break
            stopped = _stopped(ledger, stop, line, parts, allowances, channel)
            if stopped is not None:
                found.append(stopped)
    if rule.extensions:
        found += _claims(ledger, rule, after, parts, met_place, key, facts)
    if len(found) > 1:
        found.sort(key=_order)
    return found


def _same_letter(ledger: Ledger, stop: Stop, after: int, parts: tuple[str, ...]) -> Iterator[Line]:
    """A demand in the very letter that starts the clock: a grant that asks for a deposit first. Of one day it is
    read before the answer, and would be missed."""
    if after < 0 or after >= len(ledger.lines):
        return
    day_of_start = ledger.lines[after].on
    for line in _lines(ledger, stop.on, -1, parts, after):
        if line.on == day_of_start:
            yield line


def _order(item: Stopped | Claimed) -> tuple[dt.date, int]:
    return (item.on_first if isinstance(item, Stopped) else item.on, item.place)


def _lines(
    ledger: Ledger, kinds: tuple[Kind, ...], after: int, parts: tuple[str, ...], before: int | None
) -> Iterator[Line]:
    if len(kinds) == 1:
        lines = ledger.kinds.get(kinds[0])
        if lines is None:
            return
    else:
        lines = sorted((line for kind in kinds for line in ledger.kinds.get(kind, ())), key=_place)
    for line in lines:
        if line.place > after and (before is None or line.place < before) and overlap(line.parts, parts):
            yield line


def _place(line: Line) -> int:
    return line.place


def _stopped(
    ledger: Ledger,
    stop: Stop,
    line: Line,
    parts: tuple[str, ...],
    allowances: Receipt,
    channel: str | None,
) -> Stopped | None:
    began = receipt.of_event(ledger, line, stop.date, allowances, channel)
    if began is None:
        return None
    ended: receipt.Bounds | None = None
    resumed: Line | None = None
    for answer in _lines(ledger, stop.until, line.place, parts, None):
        if text(answer.event.facts, "of") in (None, line.uid):
            ended = receipt.of_event(ledger, answer, stop.until_date, allowances, channel)
            if ended is not None:
                resumed = answer
                break
    return Stopped(
        line.place,
        began.early,
        began.late,
        ended.early if ended is not None else None,
        ended.late if ended is not None else None,
        stop,
        line.uid,
        resumed.uid if resumed is not None else None,
        stop.doubtful or line.uid in ledger.disputed,
    )


def _claims(
    ledger: Ledger,
    rule: Rule,
    after: int,
    parts: tuple[str, ...],
    met_place: int | None,
    key: str,
    facts: Facts,
) -> Iterator[Claimed]:
    kinds = tuple(dict.fromkeys(kind for extension in rule.extensions for kind in extension.on))
    used: dict[int, int] = {}
    taken: dict[int, int] = {}
    for line in _lines(ledger, kinds, after, parts, met_place):
        said = line.event.facts
        if text(said, "clock") not in (None, key) or text(said, "rule") not in (None, rule.id):
            continue
        place = _which(rule, line, facts)
        if place is None:
            if line.kind is Kind.extension_noticed and any(
                line.kind in extension.on and holds(extension.when, line, facts)
                for extension in rule.extensions
            ):
                yield _claim(line, rule.extensions[0], None, False, "the rule does not provide for it")
            continue
        extension = rule.extensions[place]
        used[place] = used.get(place, 0) + 1
        asked, most = number(said, "days"), extension.length.count if extension.length is not None else None
        allowed = most if asked is None else asked if most is None else min(asked, most)
        why, contested = "", extension.doubtful
        if extension.by_agreement:
            allowed = asked if asked is not None else allowed
        elif extension.times is not None and used[place] > extension.times:
            yield _claim(line, extension, None, False, "over the cap")
            continue
        cap = extension.cap
        if cap is not None and cap.count is not None and allowed is not None and not extension.by_agreement:
            allowed = min(allowed, cap.count - taken.get(place, 0))
            if allowed <= 0:
                yield _claim(line, extension, None, False, "over the cap")
                continue
            taken[place] = taken.get(place, 0) + allowed
        until = day(said, "until")
        if extension.form is Form.date_certain and until is None:
            yield _claim(line, extension, None, False, "no date named")
            continue
        if line.uid in ledger.disputed:
            contested, why = True, "disputed"
        elif extension.reason_needed and not text(said, "reason"):
            contested, why = True, "no reason given"
        elif extension.date_required and until is None:
            contested, why = True, "no date named"
        elif extension.over_cap_arguable and asked is not None and most is not None and asked > most:
            contested, why = True, "over the cap"
        yield _claim(line, extension, allowed or 0, contested, why, _base(ledger, extension, line, parts))


def _claim(
    line: Line,
    extension: Extension,
    allowed: int | None,
    contested: bool,
    why: str,
    base: dt.date | None = None,
) -> Claimed:
    bounds = receipt.of_event(_EMPTY, line, extension.notice_date, _OURS)
    on = bounds.early if bounds is not None else line.on
    until = day(line.event.facts, "until")
    said = line.event.facts
    return Claimed(
        line.place, on, extension, line.uid, allowed, until, base, contested, why,
        number(said, "days"), text(said, "reason") or "",
    )  # fmt: skip


def _which(rule: Rule, line: Line, facts: Facts) -> int | None:
    agreed = line.event.facts.get("agreed") is True
    for place, extension in enumerate(rule.extensions):
        if (
            line.kind in extension.on
            and extension.by_agreement == agreed
            and holds(extension.when, line, facts)
        ):
            return place
    if agreed:
        # An agreement under a law that does not speak of one is worth no more than a notice.
        for place, extension in enumerate(rule.extensions):
            if line.kind in extension.on and holds(extension.when, line, facts):
                return place
    return None


def _base(ledger: Ledger, extension: Extension, line: Line, parts: tuple[str, ...]) -> dt.date | None:
    if extension.form is not Form.from_event or not extension.from_kinds:
        return None
    for other in _lines(ledger, extension.from_kinds, -1, parts, None):
        bounds = receipt.of_event(ledger, other, extension.from_date, _OURS)
        if bounds is not None and other.place >= line.place:
            return bounds.early
    return None


def recorded(
    item: Claimed, key: str, late: bool, moves_earliest: bool, moves_latest: bool, beyond: bool
) -> Extended:
    """The line of the extension ledger for one claim on one clock. beyond: it names a day past what may be added."""
    length = item.extension.length
    authority = item.extension.authority
    found = verdict(item, late)
    if found is Verdict.allowed and not moves_latest:
        found = Verdict.moot
    elif found is Verdict.allowed and beyond:
        found = Verdict.over_cap
    return Extended(
        item.event, key, item.on, found, item.asked, item.allowed or 0,
        length.unit if length is not None else None, item.until, item.reason, moves_earliest, moves_latest,
        authority.citation if authority is not None else "",
    )  # fmt: skip


def verdict(item: Claimed, late: bool) -> Verdict:
    """What a claim was worth. A claim of more days than allowed is over the cap, though the allowed ones count."""
    if item.allowed is None:
        return WORDS.get(item.why, Verdict.not_provided)
    if late:
        return Verdict.late_notice
    if item.why:
        return WORDS.get(item.why, Verdict.not_provided)
    if item.asked is not None and item.asked > item.allowed:
        return Verdict.over_cap
    return Verdict.allowed


WORDS = {
    "over the cap": Verdict.over_cap,
    "no date named": Verdict.no_date,
    "no reason given": Verdict.no_reason,
    "disputed": Verdict.disputed,
}
_EMPTY = Ledger()
_OURS = Receipt()
