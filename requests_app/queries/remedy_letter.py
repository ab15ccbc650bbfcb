"""A letter drafted from ledger and law: what was asked and when, what came of it part by part, under which section,
and by which window this comes in time. A person reads and mends it before it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from requests_app.clock import words
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock
from requests_app.clock.trail import Reading
from requests_app.models import Remedy

from .remedies import RemediesPage
from .request_page import Line

REFUSED = {
    "denied": "was denied",
    "denied_in_part": "was denied in part",
    "no_records": "was answered that there are no records",
    "neither_confirms_nor_denies": "was answered by neither confirming nor denying that records exist",
    "not_ours": "was answered that the agency does not hold them",
    "not_a_public_body": "was refused on the ground that the agency is not a public body",
    "not_subject": "was refused on the ground that the law does not bind the agency",
    "not_found_as_described": "was answered that nothing was found as described",
    "directed_to_web": "was answered with a reference to a website",
    "destroyed": "was answered that the records were destroyed",
}
OPENING = {
    "appeal": "This is an appeal under {citation} from the handling of the records request described below.",
    "review": "This is a request for review under {citation} of the handling of the records request described below.",
    "notice": "This is notice that the undersigned intends to bring suit over the records request described below.",
    "suit": "Draft of the facts for a complaint over the records request described below ({citation}).",
}
ASKS = {
    "appeal": "Please reverse the decision, release the records, and cite the section of law for each page that is "
    "still withheld.",
    "review": "Please find that the records must be released, and direct the agency to release them.",
    "notice": "Please release the records now, so that no suit is needed.",
    "suit": "Relief sought: an order to search and release by a set date, an index of what is withheld, and fees.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to some parts, as a sentence."""

    parts: tuple[str, ...]
    sentence: str


def drafted(found: RemediesPage, remedy: Remedy) -> Draft:
    """The letter of a remedy. Raises nothing: what the ledger does not hold is left out."""
    page = found.page
    request = page.request
    window = found.window(remedy.clock_key)
    clock = window.clock if window else None
    citation = clock.citation if clock else found.entry.law.citation
    agency = request.custodian.name if request.custodian else request.agency.name
    number = page.correspondence["tracking_number"] if page.correspondence else ""
    paragraphs = [
        f"To: {remedy.body}" if remedy.body else "",
        OPENING[remedy.kind].format(citation=citation),
        f"On {words.date(request.filed_on)} we asked {agency} for the following, under the "
        f"{found.entry.law.name}: {request.public_title}." + (f" Its number is {number}." if number else ""),
        *(one.sentence for one in told(found, remedy)),
        sections_sentence(remedy),
        _in_time(clock),
        remedy.grounds,
        remedy.relief or ASKS[remedy.kind],
    ]
    name = {"appeal": "Appeal", "review": "Request for review", "notice": "Notice before suit", "suit": "Complaint"}
    subject = f"{name[remedy.kind]}: {request.public_title}" + (f" ({number})" if number else "")
    return Draft(subject[:300], "\n\n".join(one for one in paragraphs if one))


def told(found: RemediesPage, remedy: Remedy) -> tuple[Told, ...]:
    """Part by part, in the order of the letter: the refusal that was recorded last, or the silence. Parts to which the
    same happened stand in one sentence."""
    page = found.page
    labels = [part.label for part in page.parts if not remedy.parts or part.label in remedy.parts]
    said: dict[str, list[str]] = {}
    for label in labels or [""]:
        said.setdefault(_what_happened(page.lines, page.clocks, label, page.today), []).append(label)
    whole = len(labels) == len(page.parts)
    return tuple(
        Told(tuple(parts), f"{_subject(parts, whole=whole and len(said) == 1)} {sentence}")
        for sentence, parts in said.items()
        if sentence
    )


def _subject(parts: list[str], *, whole: bool) -> str:
    if whole or parts == [""]:
        return "The request"
    return ("Part " if len(parts) == 1 else "Parts ") + words.listed(parts)


def _what_happened(lines: Iterable[Line], clocks: Iterable[Clock], label: str, today: dt.date) -> str:
    refusal: Line | None = None
    for line in sorted(lines, key=lambda line: line.on):
        event = line.event
        touches = not event.parts or not label or label in event.parts
        if event.kind in ("determined", "produced") and line.retracted_by is None and touches:
            if event.outcome in REFUSED:
                refusal = line
            elif event.outcome in ("granted", "produced"):
                refusal = None
    if refusal is not None:
        event = refusal.event
        dated = event.dated_on or refusal.on
        came = f", which reached us on {words.date(event.received_on)}" if event.received_on else ""
        return f"{REFUSED[event.outcome]} by a letter dated {words.date(dated)}{came}."
    silent = [
        clock
        for clock in clocks
        if clock.owner is Owner.agency and clock.late(today) and (not label or not clock.parts or label in clock.parts)
    ]
    if not silent:
        return ""
    clock = min(silent, key=lambda clock: clock.latest or today)
    return f"went without the answer that was due on {words.date(clock.latest or today)} ({clock.citation})."


def sections_sentence(remedy: Remedy) -> str:
    """Which sections are contested, by part."""
    if not remedy.challenged:
        return ""
    rows = [f"{row['part']}: {row['section']}" if row.get("part") else row["section"] for row in remedy.challenged]
    return f"We contest that the following applies: {'; '.join(rows)}."


def _in_time(clock: Clock | None) -> str:
    if clock is None or clock.due_on is None:
        return ""
    counted = words.paragraph(clock.trail, Reading.early)
    return f"This comes in time until {words.date(clock.due_on)} ({clock.citation}). {counted}".strip()
