"""Letters as pages read them: what stands in the way of sending, where they go, when the answer would be due."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from requests_app.clock.rules import Owes, Owner
from requests_app.kits.fields import NAMES, bracket
from requests_app.kits.merge import check
from requests_app.laws.deadline import answer
from requests_app.laws.errors import Refused
from requests_app.laws.governing import governing
from requests_app.laws.questions import WORDS as LAW_WORDS
from requests_app.laws.registry import library
from requests_app.models import (
    Agency,
    AgencyContact,
    AgencyLaw,
    Channel,
    Letter,
    LetterAttachment,
    LetterKind,
    Organisation,
    Person,
    RecordsRequest,
)
from requests_app.models.visibility import Viewer

from .letter_attachments import enclosed_by, gone_sentence, take_off_words

CHANNELS = (
    ("email", Channel.EMAIL), ("web", Channel.PORTAL), ("portal", Channel.PORTAL), ("post", Channel.POST),
    ("fax", Channel.FAX),
)  # fmt: skip
ASKED_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """A request or letter to the same agency with the same kit. request: public id of a request, else of a letter."""

    public_id: str
    title: str
    on: dt.date | None
    is_letter: bool = False


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know before a letter goes out. `fix` says how to mend it; what blocks cannot be ticked away."""

    code: str
    sentence: str
    fix: str
    blocks: bool = False
    field: str = ""
    earlier: tuple[Earlier, ...] = ()


def best_address(contacts: Sequence[AgencyContact], *, appeals: bool = False) -> tuple[str, str]:
    """(channel, address): by purpose first, an address that bounced last; ("email", "") where there is none."""
    wanted = {"appeals": 0, "records": 1, "general": 2} if appeals else {"records": 0, "general": 1}
    ranked = [
        (contact.health == "bounced", place, wanted[contact.purpose], contact.pk, str(channel), contact.value)
        for contact in contacts
        if contact.purpose in wanted
        for place, (name, channel) in enumerate(CHANNELS)
        if contact.channel == name
    ]
    if not ranked:
        return str(Channel.EMAIL), ""
    *_, channel, value = min(ranked)
    return channel, value


def governing_laws(agency_ids: Collection[int]) -> dict[int, str]:
    """The law noted for an agency where there is but one; where none is, the one that its kind and place presume."""
    found: dict[int, list[str]] = defaultdict(list)
    noted = AgencyLaw.objects.filter(agency__in=agency_ids).order_by("pk")
    for agency, law in noted.values_list("agency_id", "law_id"):
        found[agency].append(law)
    laws = {agency: rows[0] for agency, rows in found.items() if len(set(rows)) == 1}
    others = Agency.objects.filter(pk__in=set(agency_ids) - set(found))
    for agency, place, kind in others.values_list("pk", "jurisdiction", "kind"):
        laws[agency] = governing(place, kind).law_id
    return laws


def requester_of(organisation: Organisation, person: Person | None) -> dict[str, Any]:
    """Who asks, as a letter says it."""
    return {
        "organisation": organisation.name,
        "name": person.name if person else "",
        "email": person.email if person else "",
    }


def warnings_of(viewer: Viewer, letters: Sequence[Letter]) -> dict[int, list[Warned]]:
    """By letter. Five queries, however many letters."""
    found: dict[int, list[Warned]] = {letter.pk: [] for letter in letters}
    first = [letter for letter in letters if letter.kind == LetterKind.REQUEST and letter.request_id is None]
    agencies = {
        agency.pk: agency
        for agency in Agency.objects.filter(pk__in={letter.agency_id for letter in letters}).select_related(
            "merged_into"
        )
    }
    contacts: dict[int, list[AgencyContact]] = defaultdict(list)
    for contact in AgencyContact.objects.filter(agency__in=list(agencies)):
        contacts[contact.agency_id].append(contact)
    earlier = _asked_before(viewer, first)
    enclosed = enclosed_by([letter.pk for letter in letters])
    for letter in letters:
        agency = agencies[letter.agency_id]
        told = found[letter.pk]
        if letter.kind == LetterKind.REQUEST and letter.request_id is None:
            told += _of_the_law(letter)
        if agency.merged_into is not None:
            told.append(
                Warned(
                    "agency_merged",
                    f"{agency.name} was merged into {agency.merged_into.name}.",
                    "Write to that one instead.",
                    blocks=letter.request_id is None,
                )
            )
        told += _of_the_address(letter, contacts[letter.agency_id])
        told += _of_the_words(letter)
        told += _of_the_enclosed(enclosed[letter.pk])
        if earlier.get(letter.pk):
            told.append(
                Warned(
                    "asked_before",
                    "Your organization has put this kit to this agency before."
                    if letter.kit
                    else "Your organization has asked this agency before.",
                    "Look at the earlier one first.",
                    earlier=tuple(earlier[letter.pk]),
                )
            )
    return found


def _of_the_law(letter: Letter) -> list[Warned]:
    try:
        law = library().law(letter.law_id)
    except Refused:
        return [
            Warned(
                "no_law",
                "No law is known that governs this office, so no date could be counted.",
                "Choose the law of the request.",
                blocks=True,
                field="law_id",
            )
        ]
    wanted = law.current.requesters
    if not wanted or set(wanted) & set(letter.facts.get("requester", ())):
        return []
    words = " / ".join(LAW_WORDS["requester"].get(one, one).lower() for one in wanted)
    return [
        Warned(
            "residency",
            f"This law binds the office only towards: {words}. {law.about.who_may_ask.words}",
            "File in the name of somebody who lives there, and say so in the letter.",
        )
    ]


def _of_the_address(letter: Letter, contacts: Sequence[AgencyContact]) -> list[Warned]:
    if not letter.address.strip():
        none = not any(contact.purpose != "website" for contact in contacts)
        return [
            Warned(
                "no_address",
                "No address of any kind is known for this agency."
                if none
                else "The letter has no address yet.",
                "Look the address up and write it into the letter.",
                blocks=letter.channel == Channel.EMAIL,
                field="address",
            )
        ]
    bounced = any(c.value.lower() == letter.address.lower() and c.health == "bounced" for c in contacts)
    if bounced and letter.channel == Channel.EMAIL:
        return [
            Warned("bounced", "Mail to this address has come back before.", "Look for another address.",
                   field="address")
        ]  # fmt: skip
    return []


def _of_the_words(letter: Letter) -> list[Warned]:
    """What a letter of a kit still lacks: values in brackets, and fields that nothing filled."""
    told = []
    gaps = [
        bracket(name) for name in NAMES if bracket(name) in letter.body or bracket(name) in letter.subject
    ]
    if gaps:
        told.append(
            Warned("gaps", f"The letter still has gaps: {', '.join(gaps)}.", "Write them in.", field="body")
        )
    unknown = check(letter.body) if letter.kit else ()
    if unknown:
        told.append(
            Warned("unfilled", " ".join(one.says for one in unknown[:3]), "Mend the text.", field="body")
        )
    return told


def _of_the_enclosed(enclosed: Sequence[LetterAttachment]) -> list[Warned]:
    gone = [said for one in enclosed if (said := gone_sentence(one))]
    return [
        Warned("attachment_gone", said, take_off_words(), blocks=True, field="documents") for said in gone
    ]


def _asked_before(viewer: Viewer, letters: Sequence[Letter]) -> dict[int, list[Earlier]]:
    """Requests and letters of the same organization to the same agency, with the same kit where one is used."""
    if not letters:
        return {}
    agencies = {letter.agency_id for letter in letters}
    own = Q(organisation_id__in={letter.organisation_id for letter in letters})
    requests = (
        RecordsRequest.objects.of_organisation(viewer)
        .filter(own, agency_id__in=agencies)
        .order_by("-filed_on")
        .values_list("organisation_id", "agency_id", "ask__kit", "public_id", "public_title", "filed_on")
    )
    drafts = (
        Letter.objects.visible_to(viewer)
        .filter(own, agency_id__in=agencies, kind=LetterKind.REQUEST, request=None)
        .filter(state__in=[Letter.State.QUEUED, Letter.State.PRINTED, Letter.State.SENT])
        .values_list("organisation_id", "agency_id", "kit", "public_id", "subject", "pk")
    )
    known: dict[tuple[int, int, str], list[tuple[int | None, Earlier]]] = defaultdict(list)
    anything: dict[tuple[int, int], list[tuple[int | None, Earlier]]] = defaultdict(list)
    for organisation, agency, kit, pid, title, on in requests:
        one = (None, Earlier(pid, title, on))
        known[organisation, agency, kit or ""].append(one)
        anything[organisation, agency].append(one)
    for organisation, agency, kit, pid, title, pk in drafts:
        waiting = (pk, Earlier(pid, title, None, is_letter=True))
        known[organisation, agency, kit].append(waiting)
        anything[organisation, agency].append(waiting)
    return {
        letter.pk: [
            one
            for pk, one in (
                known[letter.organisation_id, letter.agency_id, letter.kit]
                if letter.kit
                else anything[letter.organisation_id, letter.agency_id]
            )
            if pk != letter.pk
        ][:ASKED_SHOWN]
        for letter in letters
    }


@dataclass(frozen=True, slots=True)
class Due:
    """When the answer is due if the letter goes out today. on None: `words` says why there is no day."""

    on: dt.date | None
    words: str
    law_name: str
    citation: str


def due_if_sent(law_id: str, *, on: dt.date, agency_kind: str, agency: str, channel: str) -> Due | None:
    """None: no law, no answer."""
    try:
        found = answer(
            law_id, received_on=on, sent_on=on, on=on,
            facts={"agency_kind": agency_kind, "agency": agency, "channel": channel},
        )  # fmt: skip
    except Refused:
        return None
    clocks = [
        clock
        for clock in found.course.on(on).clocks
        if clock.owner is Owner.agency
        and clock.owes in (Owes.determination, Owes.records)
        and clock.scope == "request"
    ]
    clock = min(clocks, key=lambda c: (c.owes is not Owes.determination, c.latest is None), default=None)
    if clock is None:
        return Due(None, "The law opens no clock for an answer.", found.law_name, "")
    told = next((one for one in found.clocks if one.key == clock.key), None)
    words = clock.name if clock.latest else "The law names no number of days."
    return Due(clock.latest, words, found.law_name, told.citation if told else "")


def dues_of(letters: Iterable[Letter], *, today: dict[str, dt.date]) -> dict[int, Due | None]:
    """By letter; letters under one law on one day share the count. today: the legal day by zone."""
    counted: dict[tuple[str, str, dt.date], Due | None] = {}
    found: dict[int, Due | None] = {}
    for letter in letters:
        office = letter.custodian.kind if letter.custodian else letter.agency.kind
        on = today[letter.agency.zone]
        key = (letter.law_id, office, on)
        if key not in counted:
            counted[key] = due_if_sent(
                letter.law_id, on=on, agency_kind=office, agency=letter.agency.slug, channel=letter.channel
            )
        found[letter.pk] = counted[key]
    return found
