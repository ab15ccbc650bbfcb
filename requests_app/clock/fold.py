"""The fold: ledger and law become clocks. docs/clock.md tells the algorithm in prose; this file follows its order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from . import alarms, ending, orders, receipt
from .book import Book
from .calendars import Calendar
from .conditions import holds
from .course import Course
from .dating import date
from .events import Event, Kind
from .ledger import Ledger, Line, overlap, read, words
from .openings import Made, Opening, arrived, wider
from .receipt import Bounds
from .rules import (
    Chain,
    DateOf,
    LawVersion,
    Owner,
    Rule,
    Scope,
    Start,
    Transition,
)
from .segments import Segment, segments
from .standing import Clock, Extended, Standing
from .words import WHO_MAY_ASK
from .words import date as day_words

DEEPEST = 4
"""How many lapses in a row are followed into the future: determination, appeal, decision, suit."""


def course(ledger: Iterable[Event], *, book: Book) -> Course:
    """Everything that follows from a ledger, whatever the day. Never raises on a ledger."""
    return _Fold(read(ledger), book).run()


def standing(ledger: Iterable[Event], *, book: Book, on: dt.date) -> Standing:
    """The standing of a request on a day: `course(ledger, book=book).on(on)`."""
    return course(ledger, book=book).on(on)


def as_of(ledger: Iterable[Event], on: dt.date) -> list[Event]:
    """The ledger as it stood at the end of a day: what had happened by then. An undated event is left out."""
    return [event for event in ledger if event.on is not None and event.on <= on]


class _Fold:
    def __init__(self, ledger: Ledger, book: Book) -> None:
        self.ledger, self.book = ledger, book
        self.made: dict[str, Made] = {}
        self.extensions: list[Extended] = []
        self.doubts: list[str] = list(ledger.doubts)
        self.unread: list[Clock] = []
        self.versions: dict[tuple[str, dt.date, int | None], LawVersion] = {}

    def run(self) -> Course:
        ledger = self.ledger
        for event in ledger.undated:
            self.doubts.append(
                f"An event ({event.kind.value.replace('_', ' ')}) has no date and moves no clock."
            )
        found = segments(ledger)
        if not found:
            self.doubts.append(
                "The request came back undelivered, so no clock runs until it is sent again."
                if Kind.sent in ledger.kinds
                else "No request was sent, so no clock runs."
            )
        for segment in found:
            try:
                base = self.version(segment, segment.opened.on)
            except LookupError as error:
                self.unreadable(segment, str(error))
                continue
            self.segment(segment, base)
        ending.settle(self.made.values())
        named = (*alarms.clocks(ledger), *orders.clocks(ledger))
        clocks = (*self.unread, *(made.clock for made in self.made.values()), *named)
        return Course(ledger, clocks, tuple(self.extensions), tuple(dict.fromkeys(self.doubts)))

    # The law of a day

    def version(self, segment: Segment, on: dt.date) -> LawVersion:
        """The version that governs a step taken on a day of a request made when the segment opened."""
        law_id = segment.law
        if law_id is None:
            raise LookupError("the ledger names no law for this request")
        revision = self.ledger.revisions.get((law_id, "*"), segment.revision)
        made_on = segment.opened.on
        version = self.lookup(law_id, on, revision)
        while (
            version.transition is Transition.requests_made
            and version.effective_from is not None
            and made_on < version.effective_from
        ):
            try:
                version = self.lookup(law_id, version.effective_from - dt.timedelta(days=1), revision)
            except (LookupError, OverflowError):
                break
        return version

    def lookup(self, law_id: str, on: dt.date, revision: int | None) -> LawVersion:
        key = (law_id, on, revision)
        version = self.versions.get(key)
        if version is None:
            version = self.versions[key] = self.book.law(law_id, on, revision)
        return version

    def governing(self, segment: Segment, base: LawVersion, on: dt.date) -> LawVersion:
        if base.effective_until is None or on < base.effective_until:
            return base
        try:
            return self.version(segment, on)
        except LookupError:
            return base

    def pending(
        self, segment: Segment, version: LawVersion, rule: Rule, met_on: dt.date | None
    ) -> LawVersion:
        """The later version that reaches what is still pending on its first day, if there is one."""
        until = version.effective_until
        while until is not None and (met_on is None or met_on >= until):
            revision = self.ledger.revisions.get((version.law_id, "*"), segment.revision)
            try:
                later = self.lookup(version.law_id, until, revision)
            except LookupError:
                break
            if later is version or later.transition is not Transition.pending or rule.id not in later.by_id:
                break
            version, until = later, later.effective_until
        return version

    def unreadable(self, segment: Segment, why: str) -> None:
        key = f"law|{segment.scope}|r1"
        clock = Clock(
            key, "law", "Deadlines", Owner.agency, segment.scope, 1, "", "", None, segment.opened.uid,
            unknown=why, citation="",
        )  # fmt: skip
        self.unread.append(clock)
        self.doubts.append(why[:1].upper() + why[1:].rstrip(".") + ".")

    # Opening clocks

    def segment(self, segment: Segment, base: LawVersion) -> None:
        ledger, facts = self.ledger, segment.facts
        if base.requesters and set(base.requesters).isdisjoint(words(facts, "requester")):
            who = " or ".join(WHO_MAY_ASK.get(word, word) for word in base.requesters)
            self.doubts.append(f"Only {who} may ask under the {base.name}.")
        arrival = receipt.arrival(ledger, segment.opened, base.receipt, segment.until)
        if arrival.best.doubt is not None:
            self.doubts.append(arrival.best.doubt)
        groups: dict[str, Opening] = {}
        for line in ledger.lines:
            if line.place < segment.opened.place or (
                segment.until is not None and line.place >= segment.until
            ):
                continue
            if not overlap(line.parts, segment.parts):
                continue
            kind = line.kind
            opens = line is segment.opened
            if opens:
                kind = Kind.sent
            elif kind is Kind.sent or kind is Kind.transferred:
                continue
            version = self.governing(segment, base, line.on)
            for rule, start in version.by_kind.get(kind, ()):
                if not holds(start.when, line, facts) or not holds(rule.applies_when, line, facts):
                    continue
                if rule.only_after and self.since(rule, segment) is None:
                    continue
                bounds: Bounds | None
                if opens and start.date is DateOf.received:
                    bounds = arrived(arrival, start, self.calendar(version, rule, segment))
                    if start.or_date is not None:
                        other = receipt.of_event(
                            ledger, line, start.or_date, version.receipt, segment.channel
                        )
                        bounds = wider(bounds, other) if other is not None else bounds
                else:
                    bounds = self.of_event(line, start, version, segment)
                if bounds is None:
                    self.doubts.append(f"{rule.name}: the event that starts it names no date.")
                    continue
                self.group(groups, rule, start, line, bounds, segment)
        for opening in groups.values():
            self.make(opening, segment, base, 0)

    def of_event(self, line: Line, start: Start, version: LawVersion, segment: Segment) -> Bounds | None:
        bounds = receipt.of_event(self.ledger, line, start.date, version.receipt, segment.channel)
        if start.or_date is not None and bounds is not None:
            other = receipt.of_event(self.ledger, line, start.or_date, version.receipt, segment.channel)
            if other is not None:
                bounds = wider(bounds, other)
        return bounds

    def group(
        self,
        groups: dict[str, Opening],
        rule: Rule,
        start: Start,
        line: Line,
        bounds: Bounds,
        segment: Segment,
    ) -> None:
        """Adds one opening for each thing the clock hangs on; a later event of the same thing widens ours only."""
        if rule.scope is Scope.event:
            # A letter that names no part speaks of all of them, and one part alone then meets only itself.
            scopes = [(f"event:{line.uid}", line.parts or segment.parts or self.ledger.parts)]
        elif rule.scope is Scope.part and line.parts:
            scopes = [(f"part:{part}", (part,)) for part in line.parts]
        else:
            scopes = [(segment.scope, segment.parts or self.ledger.parts)]
        for scope, parts in scopes:
            key = f"{rule.id}|{scope}|r{line.round}"
            known = groups.get(key)
            if known is None:
                groups[key] = Opening(
                    rule, start, scope, line.round, parts, bounds, line.place, line, None,
                    rule.authority.verified, segment,
                )  # fmt: skip
            elif rule.owner is Owner.requester:
                # A second denial of the same thing: the first still counts for us, the last for lateness.
                groups[key] = known._replace(bounds=wider(known.bounds, bounds))

    def since(self, rule: Rule, segment: Segment) -> dt.date | None:
        """The day on which the duty of a rule with `only_after` came to be; None while it has not."""
        for line in self.ledger.lines:
            within = segment.until is None or line.place < segment.until
            if within and line.place >= segment.opened.place and line.kind in rule.only_after:
                return line.on
        return None

    def calendar(self, version: LawVersion, rule: Rule, segment: Segment) -> Calendar | None:
        # An office's own closed days stretch its own time, never ours or a reviewer's.
        agency = segment.agency if rule.owner is Owner.agency else None
        try:
            return self.book.calendar(rule.calendar or version.calendar, agency)
        except LookupError:
            return None

    # Making one clock

    def make(self, opening: Opening, segment: Segment, base: LawVersion, depth: int) -> None:
        key = f"{opening.rule.id}|{opening.scope}|r{opening.round}"
        if key in self.made:
            return
        rule, bounds = opening.rule, opening.bounds
        version = self.governing(segment, base, bounds.early)
        version, rule = self.pinned(version, rule, bounds.early)
        calendar = self.calendar(version, rule, segment)
        clock = Clock(
            key,
            rule.id,
            rule.name,
            rule.owner,
            opening.scope,
            opening.round,
            version.ref,
            calendar.ref if calendar is not None else "",
            bounds.early,
            opening.line.uid if opening.line is not None else None,
            rule.owes,
            opening.parts,
        )
        came_on = self.since(rule, segment) if rule.only_after else None
        if came_on is not None and clock.opens_on is not None:
            clock.opens_on = max(clock.opens_on, came_on)
        made = self.made[key] = Made(clock, opening, version, None, None)
        authority = rule.authority
        clock.citation, clock.confidence, clock.verified = (
            authority.citation,
            authority.confidence,
            opening.verified,
        )
        if rule.remedy is not None:
            clock.remedy = rule.remedy.step
        if opening.parent is not None:
            clock.parent = opening.parent.clock.key
        if rule.lapses_into is not None:
            clock.consequences = rule.lapses_into.consequences
        doubts = list(authority.doubts)
        if authority.sure_until is not None and bounds.late > authority.sure_until:
            clock.verified = False
            doubts.append(f"The text was not read for what begins after {day_words(authority.sure_until)}.")
        if bounds.doubt is not None:
            doubts.append(bounds.doubt)
        ending.conclude(self.ledger, made, rule, version, segment)
        later = self.pending(segment, version, rule, clock.met_on)
        if later is not version:
            version, rule = later, later.by_id[rule.id]
            made.version, clock.law_ref = version, version.ref
            calendar = self.calendar(version, rule, segment)
        ending.finish(self.ledger, made, rule, segment)
        if calendar is None:
            clock.unknown = f"no calendar {rule.calendar or version.calendar} is known"
        else:
            date(self.ledger, made, rule, version, segment, calendar, doubts)
            self.extensions += clock.extensions
        if rule.owner is Owner.nobody and clock.met_on is None:
            clock.met_on = clock.latest
        clock.doubts = tuple(dict.fromkeys(doubts))
        ending.overrule(self.ledger, clock)
        if depth < DEEPEST:
            self.follow(made, rule, segment, base, depth)

    def pinned(self, version: LawVersion, rule: Rule, on: dt.date) -> tuple[LawVersion, Rule]:
        """The rule in the revision an owner applied to this very rule, else in the version's own."""
        revision = self.ledger.revisions.get((version.law_id, rule.id))
        if revision is not None and revision != version.revision:
            try:
                other = self.lookup(version.law_id, on, revision)
            except LookupError:
                return version, rule
            if rule.id in other.by_id:
                return other, other.by_id[rule.id]
        return version, version.by_id.get(rule.id, rule)

    def follow(self, made: Made, rule: Rule, segment: Segment, base: LawVersion, depth: int) -> None:
        version, clock, opening = made.version, made.clock, made.opening
        if clock.unknown is not None:
            return
        verified = clock.verified
        if clock.met_on is not None and rule.id in version.by_met:
            bounds = Bounds(clock.met_on, clock.met_on, None, None, "met", clock.met_by or "")
            for child, start in version.by_met[rule.id]:
                self.child(
                    child, start, opening.scope, opening.parts, bounds, made, segment, base, depth, verified
                )
        self.unanswered(made, rule, segment, base, depth)
        first, last = self.lapse_days(made)
        if first is None:
            return
        waits = rule.owner is Owner.nobody
        for child, start in version.by_due.get(rule.id, ()):
            bounds = self.chained(made, child, first, last or first)
            if waits:
                # What only has to pass is over when its latest reading is, and from the next day on.
                if clock.ended_on is not None or last is None:
                    continue
                bounds = Bounds(last, last, None, None, "lapse", clock.key)
            born = self.child(
                child, start, opening.scope, opening.parts, bounds, made, segment, base, depth, verified
            )
            if born is not None and waits and last is not None:
                born.clock.opens_on = receipt.later(last, 1)
        if rule.id not in version.by_lapse or (clock.ended_on is not None and clock.ended_on <= first):
            return
        if clock.met_on is not None and clock.met_on <= first:
            return
        if clock.met_on is not None and last is not None and clock.met_on <= last:
            # On the later reading there was no lapse at all: the window is arguable, and counted from the earlier.
            last = first
        met = {part for part, on, _ in (*clock.met_parts, *clock.gone_parts) if on <= first}
        parts = tuple(part for part in opening.parts if part not in met)
        scope = f"lapse:{rule.id}" if opening.scope == "request" else f"lapse:{rule.id}:{opening.scope}"
        for child, start in version.by_lapse[rule.id]:
            counted: Bounds | None = self.chained(made, child, first, last or first)
            since = None
            if start.counted_from is not None:
                since, counted = first, self.of_request(start.counted_from, version, segment)
            if counted is None:
                continue
            born = self.child(
                child, start, scope, parts, counted, made, segment, base, depth, verified, since=since
            )
            if born is None:
                continue
            born.clock.opens_on = receipt.later(first, 1)
            born.clock.conditional = clock.met_on is None and clock.ended_on is None
            for cure in rule.lapses_into.cures if rule.lapses_into is not None else ():
                if child.id in cure.ends:
                    ending.cure(self.ledger, born, made, cure, first, segment.facts)

    def of_request(self, which: DateOf, version: LawVersion, segment: Segment) -> Bounds | None:
        """The date of the request itself that a window counts from although it opens with a lapse."""
        if which is DateOf.received:
            arrival = receipt.arrival(self.ledger, segment.opened, version.receipt, segment.until)
            return arrival.best
        return receipt.of_event(self.ledger, segment.opened, which, version.receipt, segment.channel)

    def unanswered(self, made: Made, rule: Rule, segment: Segment, base: LawVersion, depth: int) -> None:
        """What opens once our own interval for asking again has passed: a law without a number has no lapse."""
        clock, opening = made.clock, made.opening
        asked = clock.follow_up_on
        if asked is None or rule.id not in made.version.by_unanswered:
            return
        if any(done is not None and done <= asked for done in (clock.met_on, clock.ended_on)):
            return
        settled = {part for part, on, _ in (*clock.met_parts, *clock.gone_parts) if on <= asked}
        parts = tuple(part for part in opening.parts if part not in settled)
        if opening.parts and not parts:
            return
        bounds = Bounds(asked, asked, None, None, "unanswered", clock.key)
        scope = f"lapse:{rule.id}" if opening.scope == "request" else f"lapse:{rule.id}:{opening.scope}"
        for child, start in made.version.by_unanswered[rule.id]:
            born = self.child(
                child, start, scope, parts, bounds, made, segment, base, depth, clock.verified
            )
            if born is not None:
                born.clock.opens_on = receipt.later(asked, 1)
                born.clock.conditional = clock.met_on is None and clock.ended_on is None

    def lapse_days(self, made: Made) -> tuple[dt.date | None, dt.date | None]:
        return made.clock.earliest, made.clock.latest

    def chained(self, made: Made, child: Rule, first: dt.date, last: dt.date) -> Bounds:
        """From which day a chained clock counts: its parent's last day, rolled or not."""
        early, late = first, last
        if made.clock.override is None and made.early is not None and made.late is not None:
            raw_early, raw_late = made.early.unrolled, made.late.unrolled
            if child.chain is not Chain.rolled and raw_early is not None:
                early = min(raw_early, early)
            if child.chain is Chain.unrolled and raw_late is not None and last == made.clock.latest:
                late = max(min(raw_late, late), early)
        said = "The lapse it counts from is itself an interval." if early != late else None
        return Bounds(early, max(early, late), None, None, "lapse", made.clock.key, said)

    def child(
        self,
        rule: Rule,
        start: Start,
        scope: str,
        parts: tuple[str, ...],
        bounds: Bounds,
        made: Made,
        segment: Segment,
        base: LawVersion,
        depth: int,
        verified: bool,
        *,
        since: dt.date | None = None,
    ) -> Made | None:
        opening = made.opening
        if not holds(start.when, opening.line, segment.facts):
            return None
        if not holds(rule.applies_when, opening.line, segment.facts):
            return None
        if rule.only_after and self.since(rule, segment) is None:
            return None
        key = f"{rule.id}|{scope}|r{opening.round}"
        if key in self.made:
            return None
        after = made.met_place if bounds.basis == "met" and made.met_place is not None else opening.after
        born = Opening(
            rule, start, scope, opening.round, parts, bounds, after, None, made,
            verified and rule.authority.verified, segment, since,
        )  # fmt: skip
        self.make(born, segment, base, depth + 1)
        return self.made.get(key)
