"""The rule language. A law is data of exactly these shapes; nothing in `clock` knows a jurisdiction.

How the ten shapes of law are said (so that a new jurisdiction adds data, never a field):

1.  *Units.* `Length(count, unit)`; months and years are calendar arithmetic, hours give `due_at`.
    `Counting.hours_skip_closed` for hours that stand still on closed days.
2.  *Extensions.* `Extension.form`: `adds` (5+5; 5 business + 30 calendar, since each length has its own
    unit), `total` (10 or 14 in all, counted again from the start), `from_event` (counted from the notice or
    from another event, `from_kinds`), `date_certain` (no cap, but a date must be named). `by_agreement` for
    written consent.
3.  *Starts.* `Start.on` + `Start.date`; `offsets` ("next business day for e-mail", "three days for mail");
    `routing_cap` ("in any event not later than ten days after"); `at_component` (arrival at the records
    officer); `lapse_of`, `due_of`, `met_of` (from another clock: silence, its due day, the day it was met).
4.  *Length by agency, record, requester, regulation.* `Rule.variants`, first whose `when` holds; the whole
    rule by `applies_when`. Old records: a `record_types` word such as "older-than-24-months", or a fact.
5.  *Clocks that owe only an answer.* `Rule.owes`: a clock that owes an acknowledgement is never "records overdue".
6.  *Silence.* `Lapse.consequences`: denied, may_be_treated_as_denied, approved, presumed_public,
    fee_forfeited, burden_moves, penalty_per_day, withdrawn, exhausted, nothing.
7.  *Stops.* `Stop.effect`: pause, restart, ignore, close. Abandonment by silence is a rule with owner
    requester (`clarify-by`, `deposit-by`) whose lapse is `withdrawn`.
8.  *Windows of the requester.* Rules with owner requester, scope part, event or request, starting on a denial
    (`DateOf.dated/sent/received`), on a lapse (`lapse_of`), on the request itself (`Start(on=(sent,))`);
    reviewers in a chain by `Remedy.requires_first`; pre-suit notice is a rule with `step="notice"` and the
    suit requires it first.
9.  *Who may ask.* `LawVersion.requesters` (words the `requester` fact must hold one of; () = anyone).
10. *What a business day is.* `LawVersion.calendar` names the calendar; `Rule.calendar` another one for one
    rule (legal holidays only / office open / staff work); an agency's own closures come in by the book.

Doubt. Wherever two readings of a part are arguable, the part holds both: `Length.or_else`, `Start.or_date`,
`Counting.or_exclude_first_day`, `Roll.unknown`, `Chain.unknown`, `Stop.doubtful`, `Extension.doubtful`.
The fold counts both and the clock holds the earliest and the latest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from .events import JSON, Kind, Outcome
from .terms import (
    Chain,
    Confidence,
    Consequence,
    DateOf,
    Effect,
    Form,
    LateNotice,
    Owes,
    Owner,
    Roll,
    Scope,
    StepOf,
    Transition,
    Unit,
)

Key = TypeVar("Key", bound=str)


__all__ = [
    "Authority",
    "Chain",
    "Confidence",
    "Consequence",
    "Counting",
    "Cure",
    "DateOf",
    "Effect",
    "Ending",
    "Extension",
    "Form",
    "Lapse",
    "LateNotice",
    "Law",
    "LawVersion",
    "Length",
    "Meeting",
    "Offset",
    "Owes",
    "Owner",
    "Receipt",
    "Remedy",
    "Roll",
    "Rule",
    "Scope",
    "Start",
    "StepOf",
    "Stop",
    "Transition",
    "Unit",
    "Variant",
    "When",
]


@dataclass(frozen=True, slots=True)
class When:
    """A condition; every part given must hold, an empty part always holds.

    agency_kinds, record_types, requester, channels, agency_regulation: words of the request's facts, one must
    match (`channels` looks at the event's own `channel` first). outcomes: of the event. facts: name →
    allowed values, looked up in the event, then in the request; an absent fact does not match. unless: must not hold.
    """

    agency_kinds: tuple[str, ...] = ()
    record_types: tuple[str, ...] = ()
    requester: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    agency_regulation: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    facts: Mapping[str, tuple[JSON, ...]] | None = None
    unless: When | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """How long. Without a count it is a `standard` in the law's words ("promptly"); then `follow_up` is an
    interval of our own after which to ask, and is always shown as ours. `or_else` is the second arguable reading."""

    count: int | None = None
    unit: Unit | None = None
    standard: str | None = None
    follow_up: Length | None = None
    or_else: Length | None = None


@dataclass(frozen=True, slots=True)
class Offset:
    """Moves the start before counting: "an e-mail is received on the next business day", "three days for mail"."""

    length: Length
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """One way a clock opens. Exactly one of `on`, `lapse_of`, `due_of`, `met_of`, `unanswered_of` is given.

    on: event kinds; date: which date of them; or_date: the second arguable reading.
    lapse_of: ids of rules whose lapse opens this clock, counted from their last day (see `Rule.chain` of THIS rule).
    due_of: ids of rules from whose due day this counts, lapsed or not. met_of: from the day they were met.
    unanswered_of: ids of rules without a number: the day after our own interval for asking again has passed without
    an answer. Only a rule without a number of its own may open so: no date of the law comes from an interval of ours.
    counted_from: with `lapse_of`, the date of the request itself from which the length counts; the clock still opens
    with the lapse ("ninety days from the request, where no answer came").
    when: condition on the event and the request. offsets: first whose `when` holds moves the start.
    routing_cap: the start is arrival at the right office, "in any event not later than" this long after first
    receipt; where arrival there is not proved, both bounds are kept. at_component: arrival at the right
    office with no cap.
    A transfer that brings a new law counts as `sent` for that law.
    """

    on: tuple[Kind, ...] = ()
    date: DateOf = DateOf.received
    or_date: DateOf | None = None
    lapse_of: tuple[str, ...] = ()
    due_of: tuple[str, ...] = ()
    met_of: tuple[str, ...] = ()
    unanswered_of: tuple[str, ...] = ()
    counted_from: DateOf | None = None
    when: When | None = None
    offsets: tuple[Offset, ...] = ()
    routing_cap: Length | None = None
    at_component: bool = False


@dataclass(frozen=True, slots=True)
class Counting:
    """How days are counted.

    exclude_first_day: day one is the day after the start; or_exclude_first_day: the second arguable reading.
    cutoff: what arrives after this local hour arrives on the next open day. closed_arrival_moves: what
    arrives on a closed day arrives on the next open day (so that day is excluded, too).
    roll: a last day on a closed day. business_up_to: a length of at most so many days in calendar days counts
    open days only (the unit changes with the length). hours_skip_closed: hours stand still on closed days.
    """

    exclude_first_day: bool = True
    or_exclude_first_day: bool | None = None
    cutoff: dt.time | None = None
    closed_arrival_moves: bool = False
    roll: Roll = Roll.unknown
    business_up_to: int | None = None
    hours_skip_closed: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """Another length (and counting) where `when` holds; the first that holds wins over the rule's own."""

    when: When
    length: Length
    counting: Counting | None = None
    authority: Authority | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """What stops the clock. on: the stopping kinds, of `date`; until: the kinds that end it, of `until_date`.

    times: only the first so many stop it (None: each). resume_day_counts: the day of resuming is itself counted.
    doubtful: the law does not clearly say it stops; the earliest reading counts as if it did not. A stop
    begun after the lapse changes nothing. While a `restart` waits for its answer the whole length is left.
    """

    on: tuple[Kind, ...]
    effect: Effect = Effect.pause
    until: tuple[Kind, ...] = ()
    date: DateOf = DateOf.sent
    until_date: DateOf = DateOf.received
    when: When | None = None
    times: int | None = None
    resume_day_counts: bool = False
    doubtful: bool = False
    authority: Authority | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """What the agency may add. length: the most one notice may take (a claim of fewer days takes fewer).

    times: how many notices (None: no limit). cap: the most all notices may take together, in its own unit.
    reasons: the law's list, for the form; reason_needed: without one it is defective and moves only the
    latest reading.
    notice_before_lapse + late_notice: see `LateNotice`. notice_date: which date of the notice must be in time.
    date_required: defective unless it names a date. by_agreement: needs the fact `agreed`; then no cap applies.
    over_cap_arguable: a notice that claims more than may be taken could be no extension at all: it moves only the
    latest reading.
    from_kinds / from_date: for `from_event`; () means the notice itself. doubtful: earliest reading ignores it.
    """

    form: Form = Form.adds
    length: Length | None = None
    on: tuple[Kind, ...] = (Kind.extension_noticed,)
    when: When | None = None
    times: int | None = 1
    cap: Length | None = None
    reasons: tuple[str, ...] = ()
    reason_needed: bool = False
    notice_before_lapse: bool = True
    late_notice: LateNotice = LateNotice.arguable
    notice_date: DateOf = DateOf.sent
    date_required: bool = False
    by_agreement: bool = False
    over_cap_arguable: bool = False
    from_kinds: tuple[Kind, ...] = ()
    from_date: DateOf = DateOf.sent
    doubtful: bool = False
    authority: Authority | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """What meets the clock, and on which date of it. all_parts: met only when every part it concerns is covered.

    cutoff: after this local hour it counts on the next day. channel, office, proof: words shown to whoever
    must file ("by mail or e-mail", "the records access appeals officer", "certificate of mailing").
    """

    on: tuple[Kind, ...]
    date: DateOf = DateOf.sent
    when: When | None = None
    all_parts: bool = True
    cutoff: dt.time | None = None
    channel: str = ""
    office: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """What makes the clock pointless without meeting it (a production for a denied part; a suit that ends a
    review). Withdrawal, closing and a transfer of the whole request end every clock and need not be listed."""

    on: tuple[Kind, ...]
    when: When | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cure:
    """What undoes a lapse. on: e.g. a late answer; before: kinds that shut the door (a suit). ends: ids of
    rules whose clocks opened by this lapse end then. note: what revives ("the appeal must be made first again")."""

    on: tuple[Kind, ...]
    before: tuple[Kind, ...] = ()
    when: When | None = None
    ends: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lapse:
    """What running out means. starts: ids of rules it opens (each names this rule in `Start.lapse_of`;
    checked when a version is made)."""

    consequences: tuple[Consequence, ...] = ()
    starts: tuple[str, ...] = ()
    cures: tuple[Cure, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Where a requester's clock stands among the remedies. step and body ("the agency's FOIA appeals officer").

    requires_first: ids of rules to be met first. excludes: rule ids that end when this one is met (choose
    court or commission). does_not_stop: rule ids that go on running although one might think otherwise.
    """

    step: StepOf
    body: str = ""
    requires_first: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    does_not_stop: tuple[str, ...] = ()
    binding: bool | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """Where it is written. confidence and second_confidence: of the two independent readings; readings_agree
    on THIS rule. A date shows plain only when both are high and agree; see `verified`. sure_until: the last day of a
    start for which the readings vouch, where a change of the text is on its way."""

    citation: str
    url: str = ""
    quote: str = ""
    checked_on: dt.date | None = None
    confidence: Confidence = Confidence.low
    second_confidence: Confidence | None = None
    readings_agree: bool = False
    note: str = ""
    doubts: tuple[str, ...] = ()
    sure_until: dt.date | None = None

    @property
    def verified(self) -> bool:
        return (
            self.readings_agree
            and self.confidence is Confidence.high
            and self.second_confidence is Confidence.high
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One clock.

    id: `acknowledge`, `determine`, `produce`, `clarify-by`, `deposit-by`, `appeal-by`, `appeal-decision`,
    `review-by`, `review-decision`, `sue`, `ask-ruling`, `ruling-brief`, `ruling`, … unique within the version.
    chain: from which day of a parent clock this one counts (`lapse_of`, `due_of`), and from which day of its own
    first length an extension goes on.
    only_after: the duty exists only once one of these has happened (arguments are owed to a reviewer only by a body
    that asked for a ruling); until then there is no such clock, whatever its start.
    calendar: another calendar than the version's.
    """

    id: str
    name: str
    owner: Owner
    starts: tuple[Start, ...]
    length: Length
    authority: Authority
    owes: Owes = Owes.determination
    scope: Scope = Scope.request
    counting: Counting = field(default_factory=Counting)
    variants: tuple[Variant, ...] = ()
    applies_when: When | None = None
    stops: tuple[Stop, ...] = ()
    extensions: tuple[Extension, ...] = ()
    met_by: tuple[Meeting, ...] = ()
    ends_on: tuple[Ending, ...] = ()
    lapses_into: Lapse | None = None
    remedy: Remedy | None = None
    chain: Chain = Chain.unknown
    only_after: tuple[Kind, ...] = ()
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Allowances of ours (calendar days after sending) for the later bound of a receipt nobody proved, by
    channel. They are stated as ours wherever they are used, unless `authority` cites a presumption of law."""

    post_days: int = 5
    certified_post_days: int = 5
    electronic_days: int = 0
    authority: Authority | None = None


@dataclass(frozen=True, slots=True)
class LawVersion:
    """One text of a law. effective_from None: unknown, and earlier requests say so; effective_until: the
    first day on which it no longer holds (of the next version, or after a sunset), None while in force.
    revision: the publication of this law, in this library, in which the text first stood; it counts our
    readings and never the law's own changes.
    transition: to whom it applies.
    calendar: ref of the business-day calendar. requesters: who may ask, () = anyone; requesters_authority cites it.
    """

    law_id: str
    name: str
    citation: str
    calendar: str
    rules: tuple[Rule, ...]
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    revision: int = 1
    transition: Transition = Transition.requests_made
    receipt: Receipt = field(default_factory=Receipt)
    requesters: tuple[str, ...] = ()
    requesters_authority: Authority | None = None
    note: str = ""
    by_kind: Mapping[Kind, tuple[tuple[Rule, Start], ...]] = field(init=False, repr=False, compare=False)
    by_lapse: Mapping[str, tuple[tuple[Rule, Start], ...]] = field(init=False, repr=False, compare=False)
    by_due: Mapping[str, tuple[tuple[Rule, Start], ...]] = field(init=False, repr=False, compare=False)
    by_met: Mapping[str, tuple[tuple[Rule, Start], ...]] = field(init=False, repr=False, compare=False)
    by_unanswered: Mapping[str, tuple[tuple[Rule, Start], ...]] = field(init=False, repr=False, compare=False)
    by_id: Mapping[str, Rule] = field(init=False, repr=False, compare=False)
    ref: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        pairs = [(rule, start) for rule in self.rules for start in rule.starts]
        for name, index in (
            ("by_kind", _index((kind, rule, start) for rule, start in pairs for kind in start.on)),
            ("by_lapse", _index((of, rule, start) for rule, start in pairs for of in start.lapse_of)),
            ("by_due", _index((of, rule, start) for rule, start in pairs for of in start.due_of)),
            ("by_met", _index((of, rule, start) for rule, start in pairs for of in start.met_of)),
            (
                "by_unanswered",
                _index((of, rule, start) for rule, start in pairs for of in start.unanswered_of),
            ),
        ):
            object.__setattr__(self, name, index)
        object.__setattr__(self, "by_id", {rule.id: rule for rule in self.rules})
        since = self.effective_from.isoformat() if self.effective_from else "unknown"
        object.__setattr__(self, "ref", f"{self.law_id}@{since}.r{self.revision}")

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the version as a whole, one sentence each; the loader refuses any."""
        found: list[str] = []
        if len(self.by_id) != len(self.rules):
            found.append("two rules share an id")
        for rule in self.rules:
            for start in rule.starts:
                ways = (start.on, start.lapse_of, start.due_of, start.met_of, start.unanswered_of)
                if sum(map(bool, ways)) != 1:
                    found.append(
                        f"{rule.id}: a start must give exactly one of on, lapse_of, due_of, met_of, unanswered_of"
                    )
                for other in (*start.lapse_of, *start.due_of, *start.met_of, *start.unanswered_of):
                    if other not in self.by_id:
                        found.append(f"{rule.id}: starts from {other}, which is no rule of this version")
                if start.unanswered_of and rule.length.count is not None:
                    found.append(f"{rule.id}: a number cannot count from an interval of ours")
                for other in start.unanswered_of:
                    asked = self.by_id.get(other)
                    if asked is not None and asked.length.follow_up is None:
                        found.append(
                            f"{rule.id}: starts when {other} is unanswered, which has no interval of ours"
                        )
                if start.counted_from is not None and not start.lapse_of:
                    found.append(f"{rule.id}: counted_from belongs to a start with lapse_of")
            if not rule.starts:
                found.append(f"{rule.id}: nothing starts it")
            if rule.length.count is None and not rule.length.standard:
                found.append(f"{rule.id}: neither a number nor a standard")
            if rule.length.count is not None and rule.length.unit is None:
                found.append(f"{rule.id}: a number without a unit")
            if rule.lapses_into is not None:
                for other in rule.lapses_into.starts:
                    if not any(child.id == other for child, _ in self.by_lapse.get(rule.id, ())):
                        found.append(f"{rule.id}: its lapse starts {other}, which does not name it")
            if rule.remedy is not None:
                named = (*rule.remedy.requires_first, *rule.remedy.excludes, *rule.remedy.does_not_stop)
                for other in named:
                    if other not in self.by_id:
                        found.append(f"{rule.id}: remedy names {other}, which is no rule")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Law:
    """One statute with its versions, oldest first, not overlapping."""

    id: str
    name: str
    short_name: str
    citation: str
    jurisdiction: str
    versions: tuple[LawVersion, ...]

    def version(self, on: dt.date) -> LawVersion | None:
        """The version in force on a day; None before the first known one and after a sunset."""
        for version in reversed(self.versions):
            if version.effective_from is None or version.effective_from <= on:
                ended = version.effective_until is not None and version.effective_until <= on
                return None if ended else version
        return None


def _index(rows: Iterable[tuple[Key, Rule, Start]]) -> Mapping[Key, tuple[tuple[Rule, Start], ...]]:
    index: dict[Key, tuple[tuple[Rule, Start], ...]] = {}
    for key, rule, start in rows:
        index[key] = (*index.get(key, ()), (rule, start))
    return index
