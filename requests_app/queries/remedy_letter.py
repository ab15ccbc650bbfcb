"""A letter drafted from ledger and law: what was asked and when, what came of it part by part, which sections we
contest, and by which window this comes in time. The text is the kits'; a person reads and mends it before it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from requests_app.clock import words
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock
from requests_app.kits import letters
from requests_app.kits.fields import MergeFacts
from requests_app.kits.rebuttals import Basis
from requests_app.models import Remedy, RequesterProfile, RequestRequester, Withholding
from requests_app.models.visibility import Viewer

from .places import place_name
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
GIVEN = ("granted", "produced")
BASIS = {"federal": Basis.federal_law, "none": Basis.none_cited}
"""Where the register's word for a kind of basis is not the kits'."""
WRITE = {"appeal": letters.appeal, "review": letters.review, "notice": letters.suit_notice}


@dataclass(frozen=True, slots=True)
class Draft:
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Told:
    """What came of some parts: a refusal on a day, or a time that ran out."""

    parts: tuple[str, ...]
    on: dt.date
    says: str
    refused: bool
    clock: Clock | None = None


def drafted(viewer: Viewer, found: RemediesPage, remedy: Remedy) -> Draft:
    """The letter of a remedy. Raises nothing: what the ledger does not hold is left out."""
    page = found.page
    write = WRITE.get(remedy.kind)
    matter = _matter(viewer, found, remedy)
    window = found.window(remedy.clock_key)
    if write is None:
        return _facts(found, remedy, matter)
    clock = window.clock if window else None
    came = told(found, remedy)
    silent = [one for one in came if not one.refused and one.clock is not None]
    silence = min((one.clock for one in silent if one.clock), key=lambda one: one.latest or page.today, default=None)
    made = write(
        matter,
        letters.Window(remedy.body, clock.citation if clock else "", clock.due_on if clock else None),
        silence=_lapse(silence) if silence else None,
        withheld=[
            letters.Withheld(
                row["section"], BASIS.get(row["basis"]) or Basis(row["basis"]), row.get("part", ""),
                reason=row.get("reason", ""),
            )
            for row in remedy.challenged
        ],
        grounds=_sentences(remedy.grounds),
        relief=_sentences(remedy.relief),
    )  # fmt: skip
    return Draft(made.subject[:300], made.body)


def contested(viewer: Viewer, found: RemediesPage, parts: Iterable[str]) -> list[dict[str, str]]:
    """The sections the register holds against these parts, to be contested unless somebody strikes them."""
    wanted = set(parts)
    rows = Withholding.objects.visible_to(viewer).standing().filter(request=found.page.request.pk, released=None)
    return [
        {
            "part": row.part, "section": row.citation or row.section or row.get_ground_display(), "basis": row.ground,
            "withholding": row.public_id, "reason": row.reason[:2000],
        }
        for row in rows.order_by("part", "pk")
        if not wanted or not row.part or row.part in wanted
    ]  # fmt: skip


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in text.split("\n\n") if one.strip()]


def _lapse(clock: Clock) -> letters.Lapse:
    assert clock.latest is not None, "a time that ran out has a last day"
    return letters.Lapse(clock.latest, clock.citation)


def _matter(viewer: Viewer, found: RemediesPage, remedy: Remedy) -> letters.Matter:
    page, request = found.page, found.page.request
    standing = [line for line in page.lines if line.retracted_by is None]
    received = next((line.event.received_on for line in standing if line.event.kind == "receipt_confirmed"), None)
    sent = next((line.event for line in standing if line.event.kind == "sent"), None)
    wanted = [part for part in page.parts if not remedy.parts or part.label in remedy.parts]
    steps = [letters.Step(one.on, f"{_subject(one.parts, found)} {one.says}") for one in told(found, remedy)]
    return letters.Matter(
        MergeFacts(
            agency=request.custodian.name if request.custodian else request.agency.name,
            law_id=request.law_id,
            tracking=page.correspondence["tracking_number"] if page.correspondence else "",
            subject=request.public_title,
            **_requester(viewer, found),
        ),
        page.today,
        sent_on=request.filed_on,
        received_on=received or (sent.received_on if sent else None),
        parts=tuple((part.label, part.title) for part in wanted) if len(wanted) < len(page.parts) else (),
        steps=tuple(steps),
    )


def _requester(viewer: Viewer, found: RemediesPage) -> dict[str, Any]:
    """Who asked, as this request kept it; else the organization's requester of record."""
    request = found.page.request
    kept: Any = RequestRequester.objects.visible_to(viewer).filter(request=request.pk).first()
    if kept is None:
        profiles = RequesterProfile.objects.visible_to(viewer).filter(organisation=request.organisation_id)
        kept = profiles.filter(is_default=True, retired_at=None).first()
    if kept is None:
        return {"requester": viewer.names.get(request.organisation_id, "")}
    return {
        "requester": kept.name, "organization": kept.signs_as, "email": kept.email, "phone": kept.phone,
        "postal_address": kept.postal_address, "protected": kept.protected,
        "residency": place_name(kept.residency) if kept.residency else "",
    }  # fmt: skip


def told(found: RemediesPage, remedy: Remedy) -> tuple[Told, ...]:
    """Part by part: the refusal that was recorded last, or the silence. Parts to which the same happened stand
    together."""
    page = found.page
    labels = [part.label for part in page.parts if not remedy.parts or part.label in remedy.parts]
    together: dict[tuple[dt.date, str], list[Told]] = {}
    for label in labels or [""]:
        one = _what_happened(page.lines, page.clocks, label, page.today)
        if one is not None:
            together.setdefault((one.on, one.says), []).append(one)
    return tuple(
        Told(tuple(part for one in same for part in one.parts), on, says, same[0].refused, same[0].clock)
        for (on, says), same in sorted(together.items())
    )


def _subject(parts: tuple[str, ...], found: RemediesPage) -> str:
    if parts == ("",) or len(parts) == len(found.page.parts):
        return "the request"
    return ("part " if len(parts) == 1 else "parts ") + words.listed(parts)


def _what_happened(lines: Iterable[Line], clocks: Iterable[Clock], label: str, today: dt.date) -> Told | None:
    refusal: Line | None = None
    for line in sorted(lines, key=lambda line: line.on):
        event = line.event
        touches = not event.parts or not label or label in event.parts
        if event.kind in ("determined", "produced") and line.retracted_by is None and touches:
            if event.outcome in REFUSED:
                refusal = line
            elif event.outcome in GIVEN:
                refusal = None
    if refusal is not None:
        event = refusal.event
        dated = event.dated_on or refusal.on
        came = ""
        if event.received_on and event.received_on != dated:
            came = f", which reached us on {words.date(event.received_on)}"
        return Told((label,), dated, f"{REFUSED[event.outcome]} by a letter of this date{came}", True)
    silent = [
        clock
        for clock in clocks
        if clock.owner is Owner.agency and clock.late(today) and (not label or not clock.parts or label in clock.parts)
    ]
    if not silent:
        return None
    clock = min(silent, key=lambda clock: clock.latest or today)
    on = clock.latest or today
    return Told((label,), on, f"was still without the answer that was due ({clock.citation})", False, clock)


def _facts(found: RemediesPage, remedy: Remedy, matter: letters.Matter) -> Draft:
    """For a suit: no letter, but the facts in order, with the law, for whoever writes the complaint."""
    page, law = found.page, found.entry.law
    window = found.window(remedy.clock_key)
    citation = window.clock.citation if window else law.citation
    earlier = [
        f"On {words.date(line.on)} {said}." for line in page.lines if line.retracted_by is None
        for said in [STEPS.get(line.event.kind)] if said
    ]  # fmt: skip
    agency = matter.facts.agency
    paragraphs = [
        f"Facts for the complaint under {citation}, against {agency}.",
        f"On {words.date(page.request.filed_on)} the request was made under the {law.name} ({law.citation}): "
        f"{page.request.public_title}." + (f" The agency’s number is {matter.facts.tracking}." if matter.facts.tracking
        else ""),
        *(f"On {words.date(step.on)} {step.says}." for step in matter.steps),
        *earlier,
        *(
            f"Contested{' as to ' + row['part'] if row.get('part') else ''}: {row['section']}."
            for row in remedy.challenged
        ),
        words.paragraph(window.clock.trail) if window and window.clock.due_on else "",
        remedy.grounds,
        remedy.relief
        or "Relief sought: an order to search and to release by a set day, an index of what is withheld, and fees.",
    ]  # fmt: skip
    return Draft(f"Facts for a complaint: {page.request.public_title}"[:300], "\n\n".join(filter(None, paragraphs)))


STEPS = {
    "appeal_filed": "an appeal was made to the agency",
    "appeal_decided": "the appeal was decided",
    "review_filed": "a review was asked for",
    "review_decided": "the review was decided",
    "notice_sent": "notice was given",
}
