"""The words of the clock: dates, lengths, steps as rows of a table and as a paragraph for a letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from .calendars import ClosedDay
from .events import Kind
from .rules import Unit
from .trail import Reading, Step, StepKind

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
UNITS = {
    Unit.business_days: ("business day", "business days"),
    Unit.calendar_days: ("calendar day", "calendar days"),
    Unit.hours: ("hour", "hours"),
    Unit.months: ("month", "months"),
    Unit.years: ("year", "years"),
}
KINDS = frozenset(kind.value for kind in Kind)
NOUNS = {
    Kind.sent: "the request",
    Kind.transferred: "the request",
    Kind.acknowledged: "the acknowledgement",
    Kind.determined: "the determination",
    Kind.produced: "the production",
    Kind.appeal_filed: "the appeal",
    Kind.appeal_decided: "the decision on the appeal",
    Kind.review_filed: "the request for review",
    Kind.review_decided: "the decision on review",
    Kind.remanded: "the remand",
    Kind.clarification_asked: "the question",
    Kind.clarification_answered: "the answer",
    Kind.fee_estimated: "the fee estimate",
    Kind.deposit_asked: "the demand of a deposit",
    Kind.extension_noticed: "the notice of extension",
    Kind.ruling_requested: "the request for a ruling",
    Kind.ruling_issued: "the ruling",
    Kind.expedite_asked: "the request to expedite",
    Kind.expedite_decided: "the decision on expediting",
    Kind.fee_waiver_asked: "the request for a fee waiver",
    Kind.fee_waiver_decided: "the decision on the fee waiver",
    Kind.category_decided: "the notice of a category",
    Kind.date_promised: "the promise of a date",
    Kind.instalment_promised: "the promise of an installment",
    Kind.fee_paid: "the payment",
    Kind.deposit_paid: "the deposit",
    Kind.notice_sent: "the formal notice",
    Kind.fee_invoiced: "the invoice",
    Kind.destruction_scheduled: "the day of destruction",
    Kind.sued: "the suit",
    Kind.ordered: "the order",
    Kind.ordered_us: "the order",
    Kind.suit_decided: "the judgment",
}
WHO_MAY_ASK = {
    "citizen": "citizens of the state",
    "resident": "residents of the state",
    "media": "news media of the state",
}
BASIS = {
    "acknowledgement": ("was received on", ", as the agency's acknowledgement says"),
    "receipt": ("was received on", ", as the receipt shows"),
    "stated": ("was received on", ""),
    "accepted": ("was received on", ", sent electronically and not returned"),
    "by_hand": ("was received on", ", handed over"),
    "certified_post": ("was received, as is presumed of certified post, on", ""),
    "ordinary_post": ("was received, as is presumed of post, on", ""),
    "transfer": ("was received on", ", on transfer"),
    "sent": ("was sent on", ""),
    "dated": ("is dated", ""),
    "received": ("was received on", ""),
    "named": ("names", ""),
    "presumed": ("is recorded on", ""),
}
TITLES = {
    StepKind.start: "Counted from",
    StepKind.move: "Start moved",
    StepKind.cap: "Start at the latest",
    StepKind.counted: "Count",
    StepKind.pause: "Stopped",
    StepKind.resume: "Went on",
    StepKind.restart: "Began again in full",
    StepKind.extend: "Extended",
    StepKind.named: "Date certain",
    StepKind.roll: "Last day moved to an open day",
    StepKind.override: "Set by a person",
    StepKind.note: "Noted",
}
READINGS = {Reading.both: "", Reading.early: "on the earlier reading", Reading.late: "on the later reading"}


def date(day: dt.date) -> str:
    """Thursday, January 15, 2026."""
    return f"{DAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}, {day.year}"


def date_without_year(day: dt.date) -> str:
    """Thursday, January 15."""
    return f"{DAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}"


def length(count: int, unit: Unit) -> str:
    """20 business days."""
    one, many = UNITS[unit]
    return f"{count} {one if count == 1 else many}"


def spelled(count: int, unit: Unit) -> str:
    """Twenty business days, in words up to twenty."""
    one, many = UNITS[unit]
    return f"{NUMBERS[count] if 0 <= count < len(NUMBERS) else count} {one if count == 1 else many}"


def closed_day(day: ClosedDay) -> str:
    """Monday, January 19 (Martin Luther King Jr. Day); a weekend day needs no second name."""
    said = date_without_year(day.on)
    if day.name in DAYS:
        return said
    name = day.name.replace(" (", ", ").replace(")", "")
    return f"{said} ({name})"


def listed(items: Sequence[str], last: str = "and") -> str:
    """a, b, and c."""
    if len(items) <= 1:
        return "".join(items)
    if len(items) == 2:
        return f"{items[0]} {last} {items[1]}"
    return f"{', '.join(items[:-1])}, {last} {items[-1]}"


def skipped_days(days: Sequence[ClosedDay]) -> str:
    """The days left out, in full when few; else weekends by number and holidays by name."""
    if len(days) <= 4:
        return listed([closed_day(day) for day in days])
    weekend = sum(1 for day in days if day.name in DAYS)
    named = [closed_day(day) for day in days if day.name not in DAYS]
    return (
        listed([f"{NUMBERS[weekend] if weekend < len(NUMBERS) else weekend} weekend days", *named])
        if weekend
        else listed(named)
    )


def sentence(step: Step) -> str:
    """One step in words, without its citation."""
    kind, to_on, from_on = step.kind, step.to_on, step.from_on
    amount = length(step.count, step.unit) if step.count is not None and step.unit is not None else ""
    left_out = f", leaving out {skipped_days(step.skipped)}" if step.skipped else ""
    where = date(to_on) if to_on is not None else ""
    if kind is StepKind.start:
        return _started(step.said, where)
    if kind is StepKind.move:
        if not amount:
            why = "it came after hours" if step.said == "after hours" else "the office was closed"
            return f"As {why}, it counts as received on {where}."
        if step.said == "not later than":
            return f"In any event not later than {amount} after {_date(from_on)}: {where}."
        return f"The count begins {amount} later, on {where}{left_out}."
    if kind is StepKind.counted:
        assert step.count is not None
        assert step.unit is not None
        if step.count == 0:
            return f"That day is itself the last, {where}."
        said = spelled(step.count, step.unit)
        ends = "ends" if step.count == 1 else "end"
        return f"{said[:1].upper()}{said[1:]} from {_date(from_on)} {ends} on {where}{left_out}."
    if kind is StepKind.pause:
        one = step.count == 1
        if to_on is None:
            return f"The clock stopped on {_date(from_on)}; {amount} {'is' if one else 'are'} left once it goes on."
        return f"The clock stood still from {_date(from_on)} to {where}; {amount} {'was' if one else 'were'} left."
    if kind is StepKind.resume:
        return f"It went on from {where}."
    if kind is StepKind.restart:
        if step.said:
            return f"The new time is counted from {where}."
        return f"On {where} the whole time began again."
    if kind is StepKind.extend:
        if to_on is not None:
            return f"The clock stood still from {_date(from_on)} to {where}; {amount} are added."
        return f"The notice of {_date(from_on)} gives {amount}."
    if kind is StepKind.named:
        if step.said == "before destruction":
            return f"The records go on {_date(from_on)}; {where} is the last day to ask for them."
        if step.said == "invoiced":
            return f"The invoice wants to be paid by {where}."
        if step.said == "ordered":
            return f"The court set {where} as the day."
        if step.said == "moved by order":
            return f"The court moved the day from {_date(from_on)} to {where}."
        return f"The agency named {where} as its date certain."
    if kind is StepKind.roll:
        way = "next" if from_on is None or to_on is None or to_on >= from_on else "previous"
        return f"{_date(from_on)} is not an open day; the {way} open day is {where}."
    if kind is StepKind.override:
        return f"{where} was set by a person" + (f": {step.said}." if step.said else ".")
    if step.said == "standard":
        return "The law names no number of days."
    if step.said == "stopped after the lapse":
        return f"A stop of {_date(from_on)} came after the time had run out and changes nothing."
    if step.said == "stop not counted":
        return f"A stop of {_date(from_on)} is contested or doubtful and is not counted here."
    if step.said.startswith("extension not counted: "):
        return f"The extension noticed on {_date(from_on)} is not counted: {step.said[23:]}."
    return step.said[:1].upper() + step.said[1:] + "." if step.said else ""


def _started(said: str, where: str) -> str:
    basis, _, kind = said.partition(" ")
    if basis == "lapse":
        return f"The time before this one ran out on {where}."
    if basis == "unanswered":
        return f"No answer came by {where}, when by an interval of ours it was time to ask again."
    if basis == "met":
        return f"The step before this one was taken on {where}."
    noun = NOUNS.get(Kind(kind), kind.replace("_", " ")) if kind in KINDS else "the request"
    verb, how = BASIS.get(basis, ("is recorded on", ""))
    return f"{noun[:1].upper()}{noun[1:]} {verb} {where}{how}."


def _date(day: dt.date | None) -> str:
    return date(day) if day is not None else "a day not recorded"


def rows(steps: Iterable[Step]) -> list[dict[str, object]]:
    """The trail as rows of a table: n, title, said, on, skipped (each day by name), citation, event, reading."""
    found: list[dict[str, object]] = []
    for number, step in enumerate(steps, 1):
        found.append(
            {
                "n": number,
                "kind": step.kind.value,
                "title": TITLES[step.kind],
                "said": sentence(step),
                "from_on": step.from_on,
                "on": step.to_on,
                "skipped": [closed_day(day) for day in step.skipped],
                "citation": step.citation,
                "event": step.event,
                "reading": READINGS[step.reading],
            }
        )
    return found


def paragraph(steps: Iterable[Step], reading: Reading = Reading.late) -> str:
    """The trail as a paragraph to paste into a letter, in one reading. A citation is named where it changes."""
    said: list[str] = []
    cited = ""
    here: dt.date | None = None
    for step in steps:
        if step.reading is not Reading.both and step.reading is not reading:
            continue
        text = sentence(step)
        if not text:
            continue
        if step.citation and step.citation != cited:
            text = f"{text[:-1]} ({step.citation})."
            cited = step.citation
        said.append(text)
        if step.kind is StepKind.pause and step.to_on is None:
            here = None
        elif step.to_on is not None and step.kind is not StepKind.note:
            here = step.to_on
    if here is not None:
        said.append(f"The last day is {date(here)}.")
    return " ".join(said)
