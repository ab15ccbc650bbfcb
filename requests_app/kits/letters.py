"""Letters drafted from the ledger and the law: facts in, text out. Each is a draft that a person reads before it goes.

The texts stand in `data/letters.yaml` and are filled by the same renderer as a kit. A date is written with its weekday.
Rebuttal notes that must be looked up again are left out unless asked for by key, and are listed in `Draft.verify`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from requests_app.clock.words import date, listed
from requests_app.kits.fields import MergeFacts, clean, lines, literal, values
from requests_app.kits.merge import TOKEN, Unknown, fill
from requests_app.kits.rebuttals import Basis, Note, bases, notes
from requests_app.kits.registry import letter_texts, unknown
from requests_app.kits.salutation import salutation

RESERVED = "We reserve every remedy that the law gives for silence."


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, as one sentence without a full stop: "you acknowledged the request"."""

    on: dt.date
    says: str


@dataclass(frozen=True, slots=True)
class Matter:
    """The request a letter is about. `facts.date` and `facts.subject` may be empty: today and the request's subject
    are taken. parts: the parts at issue. steps: what happened, in order."""

    facts: MergeFacts
    today: dt.date
    sent_on: dt.date | None = None
    received_on: dt.date | None = None
    parts: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Lapse:
    """A time of the agency's that ran out. late, unit: how long ago; None: calendar days are counted here.
    consequence: a sentence, where the caller knows what the law says of silence."""

    due_on: dt.date
    citation: str = ""
    late: int | None = None
    unit: str = "business days"
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Our way on: to whom, under which section, and its last day where the law has one."""

    to: str
    citation: str = ""
    due_on: dt.date | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What was withheld and on what ground. note_keys: notes to use, those marked `verify` among them; empty: those
    that need no look-up. view: our own words, which stand first."""

    section: str
    basis: Basis
    part: str = ""
    pages: str = ""
    reason: str = ""
    view: str = ""
    note_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be read by a person. `verify`: notes whose citation is to be looked up before it goes."""

    kind: str
    subject: str
    body: str
    unknown: tuple[Unknown, ...] = ()
    missing: tuple[str, ...] = ()
    verify: tuple[Note, ...] = ()


def follow_up(
    matter: Matter, lapse: Lapse | None = None, *, owed: str = "an answer", promised_on: dt.date | None = None
) -> Draft:
    """`owed`: what has not come, as in "the records". Without a lapse it only asks how the request stands."""
    promise = f"You had named {date(promised_on)} as the day of your answer." if promised_on else ""
    consequence = (lapse.consequence or RESERVED) if lapse else ""
    made = _draft(
        "follow_up",
        matter,
        owed=owed,
        lapse_line=lapse_line(lapse, matter.today) if lapse else "",
        promise_line=promise,
        silence_line=consequence,
        parts_line=_parts("Still open", matter),
    )
    if lapse is None:
        return replace(made, subject=made.subject.replace("Overdue: ", "How our request stands: ", 1))
    return made


def appeal(
    matter: Matter,
    window: Window,
    *,
    silence: Lapse | None = None,
    denied_on: dt.date | None = None,
    withheld: Sequence[Withheld] = (),
    grounds: Sequence[str] = (),
    relief: Sequence[str] = (),
) -> Draft:
    """To the head of the agency. The grounds are our own sentences, then silence, then each section in turn."""
    return _challenge("appeal", matter, window, silence, denied_on, withheld, grounds, relief)


def review(
    matter: Matter,
    window: Window,
    *,
    silence: Lapse | None = None,
    denied_on: dt.date | None = None,
    withheld: Sequence[Withheld] = (),
    grounds: Sequence[str] = (),
    relief: Sequence[str] = (),
) -> Draft:
    """To a commission, an attorney general or whoever else looks at a denial from outside."""
    return _challenge("review", matter, window, silence, denied_on, withheld, grounds, relief)


def suit_notice(
    matter: Matter,
    window: Window,
    *,
    answer_by: dt.date | None = None,
    silence: Lapse | None = None,
    denied_on: dt.date | None = None,
    withheld: Sequence[Withheld] = (),
    grounds: Sequence[str] = (),
    relief: Sequence[str] = (),
) -> Draft:
    by = (
        f"If we have not heard from you by {date(answer_by)}, we may file without further notice."
        if answer_by
        else ""
    )
    return _challenge("suit_notice", matter, window, silence, denied_on, withheld, grounds, relief, by)


def preservation(matter: Matter, *, destroys_on: dt.date | None = None, loss: str = "") -> Draft:
    """`destroys_on`: the day a schedule would purge them. `loss`: a sentence on what puts the records at risk."""
    day = (
        f"As we understand it, some of these records would be destroyed on {date(destroys_on)}."
        if destroys_on
        else ""
    )
    return _draft(
        "preservation", matter, destroys_line=day, loss_line=loss, parts_line=_parts("Parts", matter)
    )


def waiver_appeal(
    matter: Matter, window: Window, *, decided_on: dt.date, reasons: Sequence[str] = (), amount: str = ""
) -> Draft:
    return _draft(
        "waiver_appeal",
        matter,
        window,
        decided_on=date(decided_on),
        amount_line=f"You ask for {amount}." if amount else "",
        reasons=_numbered(reasons),
    )


def clarification_answer(matter: Matter, *, asked_on: dt.date, answers: Sequence[tuple[str, str]]) -> Draft:
    """`answers`: question and answer, in order; a question may be empty."""
    said = [f'You asked: "{asked}"\nAnswer: {told}' if asked else told for asked, told in answers]
    return _draft("clarification_answer", matter, asked_on=date(asked_on), answers=_numbered(said))


def deposit_objection(
    matter: Matter,
    *,
    asked_on: dt.date,
    reasons: Sequence[str] = (),
    amount: str = "",
    pay_under_protest: bool = False,
) -> Draft:
    reserve = (
        "So as not to lose time we will pay it under protest and ask for it back."
        if pay_under_protest
        else ""
    )
    given = reasons or ("The amount is not explained, so we cannot tell whether each item may be charged.",)
    return _draft(
        "deposit_objection",
        matter,
        asked_on=date(asked_on),
        amount_or_payment=amount or "a payment",
        reasons=_numbered(given),
        reserve_line=reserve,
    )


def narrowed(matter: Matter, changes: Sequence[tuple[str, str]]) -> Draft:
    """`changes`: label of a part and what we ask for in its place."""
    return _draft(
        "narrowed", matter, changes="\n\n".join(f"{label}. {literal(text)}" for label, text in changes)
    )


def lapse_line(lapse: Lapse, today: dt.date, whose: str = "Your") -> str:
    """Your time under § … ended on Tuesday, March 3, 2026; 12 business days ago."""
    late, unit = (
        (lapse.late, lapse.unit) if lapse.late is not None else ((today - lapse.due_on).days, "calendar days")
    )
    citation = statute(lapse.citation)
    under = f" under {citation}" if citation else ""
    if late <= 0:
        return f"{whose} time{under} ends on {date(lapse.due_on)}."
    words = unit.removesuffix("s") if late == 1 else unit
    return f"{whose} time{under} ended on {date(lapse.due_on)}; {late} {words} ago."


def statute(citation: str) -> str:
    """The section itself, without what a law file adds to it: how the days are counted, and who has said so."""
    return citation.partition(";")[0].strip()


def _challenge(
    kind: str,
    matter: Matter,
    window: Window,
    silence: Lapse | None,
    denied_on: dt.date | None,
    withheld: Sequence[Withheld],
    grounds: Sequence[str],
    relief: Sequence[str],
    answer_by_line: str = "",
) -> Draft:
    said = [literal(one) for one in grounds]
    whose = "The agency's" if kind == "review" else "Your"
    if silence is not None:
        said.append(
            f"{literal(lapse_line(silence, matter.today, whose))} We have no answer. {literal(silence.consequence)}"
        )
    used: list[Note] = []
    for one in withheld:
        chosen = _notes(one, matter.facts.law_id)
        used += chosen
        said.append(_answer(one, chosen))
    if not said:
        said = [*(note.text for note in notes(Basis.none_cited, matter.facts.law_id) if not note.verify)]
    asked = [literal(one) for one in relief] or _relief(kind, silence, withheld)
    told = [Step(denied_on, "the request was refused in whole or in part")] if denied_on else []
    made = _draft(
        kind,
        matter,
        window,
        history=_history(matter, told),
        parts_line=_parts("Parts at issue", matter),
        grounds=_numbered(said, ready=True),
        relief=_numbered(asked, ready=True),
        answer_by_line=answer_by_line,
    )
    return replace(made, verify=tuple(dict.fromkeys(note for note in used if note.verify)))


def _notes(one: Withheld, law_id: str) -> list[Note]:
    found = notes(one.basis, law_id)
    if not one.note_keys:
        return [note for note in found if not note.verify]
    for key in one.note_keys:
        if key not in [note.key for note in found]:
            raise unknown("unknown_note", key, "note", [note.key for note in found])
    return [note for note in found if note.key in one.note_keys]


def _answer(one: Withheld, chosen: Sequence[Note]) -> str:
    where = ", ".join(part for part in (one.part, one.pages and f"pages {one.pages}") if part)
    ground = one.section or "no section cited"
    head = f"{where}: {ground}" if where else ground
    said = [f"{literal(head)} ({bases()[one.basis].name[:1].lower()}{bases()[one.basis].name[1:]})."]
    said += [f'The reason given: "{literal(one.reason.strip())}"'] if one.reason.strip() else []
    said += [literal(one.view)] if one.view.strip() else []
    said += [f"{note.text.rstrip('.')} ({note.citation})." if note.citation else note.text for note in chosen]
    return "\n".join(said)


def _relief(kind: str, silence: Lapse | None, withheld: Sequence[Withheld]) -> list[str]:
    verb = "Direct {agency} to" if kind == "review" else "Please"
    asked = [f"{verb} answer the request and send the records that are ready."] if silence else []
    if withheld or not silence:
        asked.append(f"{verb} release the records withheld, or all of each that no cited section reaches.")
        asked.append(f"{verb} cite, for each passage that remains withheld, the section relied on.")
    asked.append(f"{verb} state, for each part, where and with which words the records were searched.")
    return asked


def _history(matter: Matter, more: Sequence[Step]) -> str:
    steps = list(matter.steps)
    known = {step.on for step in steps}
    if matter.sent_on and matter.sent_on not in known:
        received = f"; it was received on {date(matter.received_on)}" if matter.received_on else ""
        steps.append(Step(matter.sent_on, f"we sent the request{received}"))
    steps += [step for step in more if step.on not in known]
    said = [f"{date(step.on)}: {literal(clean(step.says)).rstrip('.')}." for step in sorted(steps, key=_day)]
    return "\n".join(said)


def _day(step: Step) -> dt.date:
    return step.on


def _parts(title: str, matter: Matter) -> str:
    said = [f"{label} ({literal(name)})" if name else label for label, name in matter.parts]
    return f"{title}: {listed(said)}." if said else ""


def _numbered(items: Sequence[str], *, ready: bool = False) -> str:
    said = [one if ready else literal(one) for one in items if one.strip()]
    if len(said) <= 1:
        return "".join(said)
    return "\n\n".join(f"{number}. {one}" for number, one in enumerate(said, 1))


def _draft(kind: str, matter: Matter, window: Window | None = None, **given: str) -> Draft:
    facts = replace(matter.facts, date=matter.facts.date or date(matter.today))
    known = values(facts)
    subject = matter.facts.subject or "our public records request"
    to = (clean(window.to) if window else "") or known["custodian"]
    agency = known["agency"] if kind != "review" else ""
    where = clean(
        window.address if window and window.address else "" if kind == "review" else facts.agency_address
    )
    citation = clean(statute(window.citation)) if window else ""
    text = letter_texts()[kind]
    whose = "The agency's" if kind == "review" else "Your"
    subject = literal(clean(subject))
    addressed = literal(lines(to, agency, where))
    fields = {
        "subject": subject,
        "head": f"{{date}}\n\n{addressed}\n\nRe: {subject}\n\n{literal(salutation(to))}",
        "close": "Please answer to:\n\n{reach}\n\nRespectfully,\n\n{signature}",
        "sent_on": date(matter.sent_on) if matter.sent_on else "",
        "tracking_line": f"{whose} number for it is {{tracking}}." if facts.tracking else "",
        "window_citation": f", {literal(citation)}" if citation else "",
        "under_line": f"It is made under {literal(citation)}." if citation else "",
        "notice_line": f"The notice is given under {literal(citation)}." if citation else "",
        "window_citation_plain": literal(citation) or "the law named above",
        "window_line": f"It is made within the time that ends on {date(window.due_on)}."
        if window and window.due_on and window.due_on >= matter.today
        else "",
        "fees_citation_or_law": known["fees_citation"] or known["law"],
        **given,
    }
    for name in (
        "owed",
        "amount_line",
        "amount_or_payment",
        "loss_line",
        "promise_line",
        "silence_line",
        "lapse_line",
    ):
        if name in fields:
            fields[name] = literal(fields[name])
    body = fill(_spread(text.body, fields), facts, extra=fields, needed=("reach", "sent_on"))
    head = fill(text.subject, facts, extra=fields)
    missing = tuple(dict.fromkeys((*head.missing, *body.missing)))
    return Draft(kind, " ".join(head.text.split()), body.text, (*head.unknown, *body.unknown), missing)


def _spread(text: str, fields: dict[str, str]) -> str:
    """Fields that hold paragraphs or other fields become part of the text, so that each is filled on its own. In one
    pass: what a value says is never taken for a field of the letter."""

    def put(match: re.Match[str]) -> str:
        name = (match[1] or "").strip()
        return fields[name] if name in fields and name != "sent_on" else match[0]

    return TOKEN.sub(put, text)
