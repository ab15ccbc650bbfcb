"""The fold: ledger and law become clocks. docs/clock.md tells the algorithm in prose; this file follows its
order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from . import receipt
from .book import Book
from .calendars import Calendar, OutsideCalendar
from .conditions import Facts, holds
from .count import Claimed, Manner, Reckoned, Stopped, reckon
from .course import Course
from .events import Event, Kind
from .interrupts import interruptions, recorded
from .ledger import Ledger, Line, day, overlap, read, text, words
from .receipt import Bounds
from .rules import (
    Chain,
    Cure,
    DateOf,
    Effect,
    LawVersion,
    Length,
    Meeting,
    Owes,
    Owner,
    Roll,
    Rule,
    Scope,
    Start,
    Transition,
    Unit,
)
from .segments import Segment, segments
from .standing import Clock, Extended, Override, Standing, State
from .trail import Reading, Step, StepKind
from .units import add

DEEPEST = 4
"""How many lapses in a row are followed into the future: determination, appeal, decision, suit."""


class Opening(NamedTuple):
    """Why a clock opens: where it counts from in both readings, and on what it hangs."""

    rule: Rule
    start: Start
    scope: str
    round: int
    parts: tuple[str, ...]
    bounds: Bounds
    after: int
    line: Line | None
    parent: Made | None
    verified: bool
    segment: Segment


class Made:
    """A clock with what its children need of it."""

    __slots__ = ("clock", "early", "late", "met_place", "opening", "version")

    def __init__(
        self,
        clock: Clock,
        opening: Opening,
        version: LawVersion,
        early: Reckoned | None,
        late: Reckoned | None,
    ) -> None:
        self.clock, self.opening, self.version = clock, opening, version
        self.early, self.late = early, late
        self.met_place: int | None = None


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
        self.settle()
        clocks = tuple(self.unread + [made.clock for made in self.made.values()])
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
        self.doubts.append(why[:1].upper() + why[1:] + ".")

    # Opening clocks

    def segment(self, segment: Segment, base: LawVersion) -> None:
        ledger, facts = self.ledger, segment.facts
        if base.requesters and set(base.requesters).isdisjoint(words(facts, "requester")):
            self.doubts.append(f"{base.name} may be used only by: {', '.join(base.requesters)}.")
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
                bounds: Bounds | None
                if opens and start.date is DateOf.received:
                    bounds = _arrived(arrival, start, self.calendar(version, rule, segment))
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
                bounds = _wider(bounds, other)
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
        """Adds one opening for each thing the clock hangs on; a later event of the same thing widens ours
        only."""
        if rule.scope is Scope.event:
            scopes = [(f"event:{line.uid}", line.parts or segment.parts)]
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
                groups[key] = known._replace(bounds=_wider(known.bounds, bounds))

    def calendar(self, version: LawVersion, rule: Rule, segment: Segment) -> Calendar | None:
        try:
            return self.book.calendar(rule.calendar or version.calendar, segment.agency)
        except LookupError:
            return None

    # Making one clock

    def make(self, opening: Opening, segment: Segment, base: LawVersion, depth: int) -> None:
        key = f"{opening.rule.id}|{opening.scope}|r{opening.round}"
        if key in self.made:
            return
        rule, bounds = opening.rule, opening.bounds
        version = self.governing(segment, base, bounds.early)
        rule = self.pinned(version, rule, segment, bounds.early)
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
        if bounds.doubt is not None:
            doubts.append(bounds.doubt)
        self.meet(made, rule, version, segment)
        later = self.pending(segment, version, rule, clock.met_on)
        if later is not version:
            version, rule = later, later.by_id[rule.id]
            made.version, clock.law_ref = version, version.ref
            calendar = self.calendar(version, rule, segment)
        self.finish(made, rule, segment)
        if calendar is None:
            clock.unknown = f"no calendar {rule.calendar or version.calendar} is known"
        else:
            self.date(made, rule, version, segment, calendar, doubts)
        clock.doubts = tuple(dict.fromkeys(doubts))
        self.overrule(made)
        if depth < DEEPEST:
            self.follow(made, rule, segment, base, depth)

    def pinned(self, version: LawVersion, rule: Rule, segment: Segment, on: dt.date) -> Rule:
        revision = self.ledger.revisions.get((version.law_id, rule.id))
        if revision is not None and revision != version.revision:
            try:
                version = self.lookup(version.law_id, on, revision)
            except LookupError:
                return rule
        return version.by_id.get(rule.id, rule)

    def date(
        self,
        made: Made,
        rule: Rule,
        version: LawVersion,
        segment: Segment,
        calendar: Calendar,
        doubts: list[str],
    ) -> None:
        clock, opening, facts = made.clock, made.opening, segment.facts
        length, counting = rule.length, rule.counting
        citation = rule.authority.citation
        for variant in rule.variants:
            if holds(variant.when, opening.line, facts):
                length, counting = variant.length, variant.counting or counting
                if variant.authority is not None:
                    citation = clock.citation = variant.authority.citation
                    clock.confidence = variant.authority.confidence
                    clock.verified = clock.verified and variant.authority.verified
                break
        try:
            if length.count is None:
                self.standard(made, length, calendar)
                return
            items = interruptions(
                self.ledger, rule, opening.after, opening.parts, made.met_place, clock.key, facts,
                version.receipt, segment.channel,
            )  # fmt: skip
            if counting.cutoff is not None and opening.bounds.early_at is None:
                doubts.append("The hour of arrival is not recorded: early for us, late for the agency.")
            clock.promised_on = promised(self.ledger, rule, made)
            manner = Manner(calendar, rule.owner, length, counting, rule.chain, citation)
            early = self.count(manner, Reading.early, made, items)
            if _one_reading(made, manner, items, early):
                late = early
            else:
                late = self.count(manner, Reading.late, made, items)
            if length.or_else is not None:
                other = manner._replace(length=length.or_else)
                early = _sooner(early, self.count(other, Reading.early, made, items))
                late = _later(late, self.count(other, Reading.late, made, items))
                doubts.append("The length can be read in two ways; both are counted.")
            if early.due is not None and late.due is not None and late.due < early.due:
                early, late = late, early
        except OutsideCalendar as error:
            clock.unknown = str(error)
            return
        made.early, made.late = early, late
        clock.earliest, clock.latest = early.due, late.due
        clock.due_at = (early if rule.owner is Owner.requester else late).due_at
        clock.pauses = tuple(late.pauses)
        clock.paused_since, clock.left_when_paused = late.paused_since, late.left
        doubts += early.doubts
        if late is not early:
            doubts += late.doubts
        clock.trail = _joined(early, late)
        self.record_extensions(clock, items, early, late)

    def standard(self, made: Made, length: Length, calendar: Calendar) -> None:
        clock, bounds = made.clock, made.opening.bounds
        clock.standard = length.standard or ""
        steps = [_start_step(bounds, bounds.late, bounds.late_at, clock.citation)]
        follow = length.follow_up
        if follow is not None and follow.count is not None and follow.unit not in (None, Unit.hours):
            assert follow.unit is not None
            clock.follow_up_on = add(bounds.late, follow.count, follow.unit, calendar)
        steps.append(Step(StepKind.note, citation=clock.citation, said="standard"))
        clock.trail = tuple(steps)

    def count(self, manner: Manner, reading: Reading, made: Made, items: list[Stopped | Claimed]) -> Reckoned:
        bounds = made.opening.bounds
        steps: list[Step] = []
        on, at = self.begin(manner, reading, made, bounds, steps)
        return reckon(manner, reading, on, at, steps, items)

    def begin(
        self, manner: Manner, reading: Reading, made: Made, bounds: Bounds, steps: list[Step]
    ) -> tuple[dt.date, dt.time | None]:
        """The day the count starts from, after cut-off hours and offsets."""
        early = reading is Reading.early
        on, at = (bounds.early, bounds.early_at) if early else (bounds.late, bounds.late_at)
        counting, calendar = manner.counting, manner.calendar
        by = bounds.capped_by
        if by is not None and bounds.capped_from is not None and on == bounds.late:
            went = bounds.capped_from
            steps.append(_start_step(bounds, went, None, manner.citation))
            steps.append(
                Step(StepKind.move, went, on, by.count, by.unit, (), manner.citation, said="not later than")
            )
        else:
            steps.append(_start_step(bounds, on, at, manner.citation))
        if counting.cutoff is not None and (at > counting.cutoff if at is not None else not early):
            went = calendar.add_open(on, 1)
            steps.append(Step(StepKind.move, on, went, citation=manner.citation, said="after hours"))
            on, at = went, dt.time()
        elif counting.closed_arrival_moves and not calendar.is_open(on):
            went = calendar.roll(on)
            steps.append(Step(StepKind.move, on, went, citation=manner.citation, said="closed on arrival"))
            on, at = went, dt.time()
        for offset in made.opening.start.offsets:
            if offset.length.count is None or offset.length.unit is None or offset.length.unit is Unit.hours:
                continue
            if holds(offset.when, made.opening.line, made.opening.segment.facts):
                length = offset.length
                assert length.count is not None
                assert length.unit is not None
                went = add(on, length.count, length.unit, calendar)
                skipped = calendar.skipped(on, went) if length.unit is Unit.business_days else ()
                steps.append(
                    Step(StepKind.move, on, went, length.count, length.unit, skipped, manner.citation)
                )
                on = went
                break
        return on, at

    # What meets it, what ends it

    def covering(self, made: Made, lines: list[tuple[Line, dt.date]]) -> tuple[dt.date, Line] | None:
        """The day and the event by which every part the clock concerns is covered; None while one is not."""
        wanted = set(made.opening.parts)
        last: dt.date | None = None
        for line, on in lines:
            last = on if last is None or on > last else last
            if not line.parts or not wanted:
                return last, line
            wanted.difference_update(line.parts)
            if not wanted:
                return last, line
        return None

    def concerns(self, line: Line, opening: Opening) -> bool:
        if (
            line.place <= opening.after
            or line.round < opening.round
            or not overlap(line.parts, opening.parts)
        ):
            return False
        until = opening.segment.until
        if until is not None and line.place >= until:
            return False
        if opening.line is None:
            return line.on >= opening.bounds.early
        of = text(line.event.facts, "of") if line.event.facts else None
        if of is not None and of != opening.line.uid:
            return opening.rule.scope is not Scope.event and opening.rule.owner is not Owner.requester
        return True

    def meet(self, made: Made, rule: Rule, version: LawVersion, segment: Segment) -> None:
        clock, opening = made.clock, made.opening
        found: list[tuple[int, Line, dt.date, Meeting]] = []
        kinds = self.ledger.kinds
        for meeting in rule.met_by:
            for kind in meeting.on:
                for line in kinds.get(kind, ()):
                    if self.concerns(line, opening) and holds(meeting.when, line, segment.facts):
                        on = self.met_on(line, meeting, rule, version, segment)
                        if on is not None:
                            found.append((line.place, line, on, meeting))
        if not found:
            return
        found.sort(key=_by_place)
        for _, line, on, meeting in found:
            if not meeting.all_parts:
                clock.met_on, clock.met_by, made.met_place = on, line.uid, line.place
                break
        else:
            covered = self.covering(made, [(line, on) for _, line, on, _ in found])
            if covered is not None:
                clock.met_on, clock.met_by, made.met_place = covered[0], covered[1].uid, covered[1].place
        if opening.parts:
            met: dict[str, tuple[str, dt.date, str]] = {}
            for _, line, on, _ in found:
                for part in line.parts or opening.parts:
                    if part in opening.parts:
                        met.setdefault(part, (part, on, line.uid))
            clock.met_parts = tuple(met.values())

    def met_on(
        self, line: Line, meeting: Meeting, rule: Rule, version: LawVersion, segment: Segment
    ) -> dt.date | None:
        """The day that counts. Where it is doubtful: the kindest to the agency, the harshest to us."""
        bounds = receipt.of_event(self.ledger, line, meeting.date, version.receipt, segment.channel)
        if bounds is None:
            return None
        ours = rule.owner is Owner.requester
        on, at = (bounds.late, bounds.late_at) if ours else (bounds.early, bounds.early_at)
        if meeting.cutoff is not None and at is not None and at > meeting.cutoff:
            return receipt.later(on, 1)
        return on

    def finish(self, made: Made, rule: Rule, segment: Segment) -> None:
        clock, opening, kinds = made.clock, made.opening, self.ledger.kinds
        ends: list[tuple[dt.date, str, State]] = []
        for ending in rule.ends_on:
            lines = (
                sorted(
                    (line.place, line)
                    for kind in ending.on
                    for line in kinds.get(kind, ())
                    if self.concerns(line, opening) and holds(ending.when, line, segment.facts)
                )
                if any(kind in kinds for kind in ending.on)
                else []
            )
            covered = self.covering(made, [(line, line.on) for _, line in lines])
            if covered is not None:
                ends.append((covered[0], ending.why or covered[1].kind.value, State.not_needed))
        for stop in rule.stops:
            if stop.effect is Effect.close:
                for kind in stop.on:
                    for line in kinds.get(kind, ()):
                        if self.concerns(line, opening) and holds(stop.when, line, segment.facts):
                            ends.append((line.on, "closed by the law", State.not_needed))
        for kind, why in ((Kind.withdrawn, "withdrawn"), (Kind.closed, "closed")):
            if kind in kinds:
                covered = self.covering(
                    made,
                    [
                        (line, line.on)
                        for line in kinds[kind]
                        if line.place > opening.after and overlap(line.parts, opening.parts)
                    ],
                )
                if covered is not None:
                    ends.append((covered[0], why, State.not_needed))
        waiver = self.ledger.waived.get(clock.key)
        if waiver is not None:
            ends.append((waiver.on, text(waiver.event.facts, "reason") or "waived", State.not_needed))
        if segment.ended is not None:
            ends.append((segment.ended.on, "transferred to another agency", State.superseded))
        if opening.parts and Kind.transferred in kinds:
            moved = [
                (line, line.on)
                for line in kinds[Kind.transferred]
                if line.place > opening.after and line.parts and text(line.event.facts, "law") is not None
            ]
            covered = self.covering(made, moved) if moved else None
            if covered is not None:
                ends.append((covered[0], "transferred to another agency", State.superseded))
        for end in ends:
            self.end(clock, *end)

    def end(self, clock: Clock, on: dt.date, why: str, state: State) -> None:
        """The first ending counts; one after the clock was met changes nothing."""
        if clock.met_on is not None and clock.met_on <= on:
            return
        if clock.ended_on is None or on < clock.ended_on:
            clock.ended_on, clock.ended_why, clock.ended_state = on, why, state

    def overrule(self, made: Made) -> None:
        clock = made.clock
        line = self.ledger.overrides.get(clock.key)
        if line is None:
            return
        facts = line.event.facts
        due = day(facts, "due_on")
        assert due is not None, "the ledger keeps only overrides that name a day"
        reason, by = text(facts, "reason") or "", text(facts, "by") or ""
        clock.override = Override(due, clock.earliest, clock.latest, reason, by, line.uid)
        clock.earliest = clock.latest = due
        clock.unknown, clock.paused_since, clock.left_when_paused = None, None, None
        clock.pauses = tuple(pause for pause in clock.pauses if pause.until_on is not None)
        clock.trail = (*clock.trail, Step(StepKind.override, None, due, event=line.uid, said=reason))

    # What follows from it

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
        first, last = self.lapse_days(made)
        if first is None:
            return
        for child, start in version.by_due.get(rule.id, ()):
            bounds = self.chained(made, child, first, last or first)
            self.child(
                child, start, opening.scope, opening.parts, bounds, made, segment, base, depth, verified
            )
        if rule.id not in version.by_lapse or (clock.ended_on is not None and clock.ended_on <= first):
            return
        if clock.met_on is not None and clock.met_on <= first:
            return
        if clock.met_on is not None and last is not None and clock.met_on <= last:
            # On the later reading there was no lapse at all: the window is arguable, and counted from the earlier.
            last = first
        met = {part for part, on, _ in clock.met_parts if on <= first}
        parts = tuple(part for part in opening.parts if part not in met)
        scope = f"lapse:{rule.id}" if opening.scope == "request" else f"lapse:{rule.id}:{opening.scope}"
        for child, start in version.by_lapse[rule.id]:
            bounds = self.chained(made, child, first, last or first)
            born = self.child(child, start, scope, parts, bounds, made, segment, base, depth, verified)
            if born is None:
                continue
            born.clock.opens_on = receipt.later(first, 1)
            born.clock.conditional = clock.met_on is None and clock.ended_on is None
            for cure in rule.lapses_into.cures if rule.lapses_into is not None else ():
                if child.id in cure.ends:
                    self.cure(born, made, cure, first, segment.facts)

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
    ) -> Made | None:
        opening = made.opening
        if not holds(start.when, opening.line, segment.facts):
            return None
        if not holds(rule.applies_when, opening.line, segment.facts):
            return None
        key = f"{rule.id}|{scope}|r{opening.round}"
        if key in self.made:
            return None
        after = made.met_place if bounds.basis == "met" and made.met_place is not None else opening.after
        born = Opening(
            rule, start, scope, opening.round, parts, bounds, after, None, made,
            verified and rule.authority.verified, segment,
        )  # fmt: skip
        self.make(born, segment, base, depth + 1)
        return self.made.get(key)

    def cure(self, born: Made, parent: Made, cure: Cure, lapsed: dt.date, facts: Facts) -> None:
        kinds = self.ledger.kinds
        shut = min((line.place for kind in cure.before for line in kinds.get(kind, ())), default=None)
        lines = [
            line
            for kind in cure.on
            for line in kinds.get(kind, ())
            if line.on > lapsed
            and line.place > parent.opening.after
            and (shut is None or line.place < shut)
            and overlap(line.parts, born.opening.parts)
            and holds(cure.when, line, facts)
        ]
        covered = self.covering(born, [(line, line.on) for line in sorted(lines, key=_place)])
        if covered is not None:
            self.end(born.clock, covered[0], cure.note or "cured by a late answer", State.superseded)

    def settle(self) -> None:
        """Choices between remedies, and first rounds overtaken by second ones."""
        for made in self.made.values():
            rule, clock = made.opening.rule, made.clock
            if rule.remedy is not None and rule.remedy.excludes and clock.met_on is not None:
                for other in self.made.values():
                    if other.clock.rule_id in rule.remedy.excludes and overlap(
                        other.opening.parts, made.opening.parts
                    ):
                        self.end(
                            other.clock, clock.met_on, f"{rule.name} was chosen instead", State.not_needed
                        )
            if made.opening.round > 1 and made.opening.line is not None:
                for other in self.made.values():
                    if (
                        other.clock.rule_id == clock.rule_id
                        and other.opening.round < made.opening.round
                        and set(other.opening.parts) <= set(made.opening.parts)
                    ):
                        why = f"round {made.opening.round} began"
                        self.end(other.clock, made.opening.line.on, why, State.superseded)

    def record_extensions(
        self, clock: Clock, items: list[Stopped | Claimed], early: Reckoned, late: Reckoned
    ) -> None:
        found = [
            recorded(
                item, clock.key, item.event in late.late_notices, item.event in early.counted,
                item.event in late.counted,
            )
            for item in items if isinstance(item, Claimed)
        ]  # fmt: skip
        if found:
            clock.extensions = tuple(found)
            self.extensions += found


def _start_step(bounds: Bounds, on: dt.date, at: dt.time | None, citation: str) -> Step:
    return Step(StepKind.start, None, on, citation=citation, event=bounds.event, said=bounds.basis, to_at=at)


def _arrived(arrival: receipt.Arrival, start: Start, calendar: Calendar | None) -> Bounds:
    """Which arrival a start means, with the routing cap counted."""
    cap = start.routing_cap
    if cap is None or cap.count is None or cap.unit is None or calendar is None:
        return arrival.office or arrival.best if start.at_component else arrival.best
    first, office = arrival.first, arrival.office
    try:
        by_early = add(first.early, cap.count, cap.unit, calendar)
        by_late = add(first.late, cap.count, cap.unit, calendar)
    except OutsideCalendar:
        return office or arrival.best
    if office is None:
        return first._replace(
            late=by_late, late_at=None, capped_from=first.late, capped_by=cap,
            doubt="Arrival at the office that must answer is not proved; both bounds are counted.",
        )  # fmt: skip
    if office.late <= by_early:
        return office
    early, late = min(office.early, by_early), min(office.late, by_late)
    if late != by_late:
        return office._replace(early=early, late=late)
    return first._replace(early=early, late=late, late_at=None, capped_from=first.late, capped_by=cap)


def _wider(one: Bounds, other: Bounds) -> Bounds:
    early = one if one.early <= other.early else other
    late = one if one.late >= other.late else other
    if early.early == late.late:
        return one
    return Bounds(
        early.early, late.late, early.early_at, late.late_at, early.basis, early.event,
        "It may count from either of two days; both are counted.",
    )  # fmt: skip


def _one_reading(made: Made, manner: Manner, items: list[Stopped | Claimed], early: Reckoned) -> bool:
    """Whether the latest reading must come out as the earliest did, so that it need not be counted."""
    bounds, counting = made.opening.bounds, manner.counting
    if bounds.early != bounds.late or bounds.early_at != bounds.late_at or bounds.capped_by is not None:
        return False
    if counting.or_exclude_first_day is not None:
        return False
    if bounds.early_at is None and (counting.cutoff is not None or manner.length.unit is Unit.hours):
        return False
    if counting.roll is Roll.unknown and (items or early.unrolled != early.due or early.unrolled is None):
        return False
    if (
        counting.roll is Roll.unknown
        and early.unrolled is not None
        and not manner.calendar.is_open(early.unrolled)
    ):
        return False
    for item in items:
        if item.contested:
            return False
        if isinstance(item, Stopped):
            if item.on_first != item.on_last or item.until_first != item.until_last:
                return False
        elif manner.chain is Chain.unknown or item.event in early.late_notices:
            return False
    return True


def _joined(early: Reckoned, late: Reckoned) -> tuple[Step, ...]:
    """One trail of both readings: what they share first, then each one's own steps."""
    if late is early:
        return tuple(early.steps)
    shared = 0
    for one, other in zip(early.steps, late.steps, strict=False):
        if one != other:
            break
        shared += 1
    if shared == len(early.steps) == len(late.steps):
        return tuple(early.steps)
    for step in early.steps[shared:]:
        step.reading = Reading.early
    for step in late.steps[shared:]:
        step.reading = Reading.late
    return (*early.steps, *late.steps[shared:])


def _sooner(one: Reckoned, other: Reckoned) -> Reckoned:
    if one.due is None or (other.due is not None and other.due < one.due):
        return other if other.due is not None else one
    return one


def _later(one: Reckoned, other: Reckoned) -> Reckoned:
    if one.due is None:
        return one
    return other if other.due is None or other.due > one.due else one


PROMISES = (Kind.acknowledged, Kind.extension_noticed, Kind.date_promised, Kind.instalment_promised)


def promised(ledger: Ledger, rule: Rule, made: Made) -> dt.date | None:
    """The last day the agency itself named for what this clock owes; never a statutory day."""
    if rule.owner is not Owner.agency or rule.owes not in PROMISED:
        return None
    last: Line | None = None
    for kind in PROMISES:
        for line in ledger.kinds.get(kind, ()):
            newer = line.place > (made.opening.after if last is None else last.place)
            if newer and overlap(line.parts, made.opening.parts) and day(line.event.facts, "until"):
                last = line
    return day(last.event.facts, "until") if last is not None else None


PROMISED = frozenset({Owes.determination, Owes.records, Owes.decision})


def _by_place(row: tuple[int, Line, dt.date, Meeting]) -> int:
    return row[0]


def _place(line: Line) -> int:
    return line.place
