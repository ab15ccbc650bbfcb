"""The merge fields of a letter: what each one is, and where its value comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from requests_app.clock.words import date, listed
from requests_app.kits.law_words import LawWords, law_words, without_law
from requests_app.kits.salutation import salutation
from requests_app.kits.shapes import Kit

OFFICER = "Public Records Officer"
REASON = "The records concern the policies, spending and operations of public bodies, not a private interest."
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

FIELDS = {
    "agency": "The agency that is asked",
    "custodian": "Who is addressed; the public records officer if nobody is named",
    "salutation": "How the letter begins: an officer by title, a body by its name",
    "agency_address": "The agency's postal address",
    "addressee": "Custodian, agency and its address, each on its line",
    "center": "The fusion center; the agency itself if none is named",
    "place": "The state or territory of the law",
    "law": "The law as a sentence names it",
    "law_cited": "The law with its citation in brackets behind it",
    "law_short": "The law's short name",
    "law_citation": "The law's citation",
    "answer_time": "The sentence on when the answer is due",
    "answer_citation": "The section that says when the answer is due",
    "fees_citation": "The section on fees",
    "who_citation": "The section on who may ask",
    "due_on": "The day the answer is due, with its weekday",
    "due_line": "The sentence with that day",
    "date": "The day of the letter",
    "requester": "The requester of record",
    "organization": "The requester's organization",
    "asker": "Requester and organization in one phrase",
    "email": "The requester's e-mail address",
    "phone": "The requester's telephone number",
    "postal_address": "The requester's postal address; empty where the address is protected",
    "reach": "How to reach the requester, each way on its line",
    "signature": "Requester and organization, each on its line",
    "residency": "The state the requester of record lives in",
    "residency_line": "The sentence on residency, where the law asks for it",
    "fee_category": "The sentence on who the requester is for fees",
    "fee_cap": "The most we pay without being asked, as in $25",
    "fee_line": "The sentence with that amount",
    "waiver": "The paragraph that asks for a fee waiver, as the law has it",
    "waiver_reason": "Why a waiver is in the public interest",
    "expedite_reason": "Why the request should be expedited",
    "expedite_line": "The paragraph that asks for it, as the law has it",
    "tracking": "The agency's number for the request",
    "subject": "What the letter is about, in one line",
    "purpose": "What the kit is about",
    "period_from": "The first day asked about",
    "period_until": "The last day asked about",
    "priority": "The parts in the order we need them",
    "search_units": "The units that should search",
    "search_terms": "Words that should find the records",
    "not_wanted": "Personal details that we do not ask for",
    "local_law": "The state or local law that the request is about",
    "local_law_on": "The day that law came into force",
}
ALWAYS_NEEDED = frozenset({"agency", "requester", "law"})
NAMES = {
    "agency": "name of the agency",
    "requester": "name of the requester",
    "law": "name of the law",
    "residency": "state of residence",
    "local_law": "name and citation of the state or local law",
    "local_law_on": "day that law came into force",
    "reach": "e-mail address or telephone number",
}
"""What stands in brackets in a letter where a needed value is missing."""
MADE_OF = {"center": "agency", "asker": "requester", "signature": "requester", "law_cited": "law"}
"""Fields that are empty only where another one is missing."""


@dataclass(frozen=True, slots=True)
class MergeFacts:
    """What a letter is filled with: plain strings, dates already in words. Only `agency`, `law_id` and `requester`
    are needed; what is empty falls back to the law library, to the kit, or is left out.

    law, law_citation: for an office whose law the library does not hold; else empty. residency: the state of the
    requester of record. attestation: a full sentence of the requester's own, in place of the one on residency.
    protected: postal_address is left out everywhere. fee_category: a full sentence."""

    agency: str = ""
    law_id: str = ""
    requester: str = ""
    custodian: str = ""
    agency_address: str = ""
    center: str = ""
    law: str = ""
    law_citation: str = ""
    due_on: str = ""
    date: str = ""
    organization: str = ""
    email: str = ""
    phone: str = ""
    postal_address: str = ""
    protected: bool = False
    residency: str = ""
    attestation: str = ""
    fee_category: str = ""
    fee_cap: str = ""
    waiver_reason: str = ""
    expedite_reason: str = ""
    tracking: str = ""
    period_from: str = ""
    period_until: str = ""
    local_law: str = ""
    local_law_on: str = ""
    subject: str = ""

    def words(self) -> LawWords:
        """Raises laws.errors.Refused `unknown_law` for an id the library does not hold."""
        return law_words(self.law_id) if self.law_id else without_law(self.law, self.law_citation)


def clean(value: str) -> str:
    """A value as plain text: without control characters; lines of its own stay lines."""
    text = CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    lines = [re.sub(r" {2,}", " ", line).strip() for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


def values(facts: MergeFacts, kit: Kit | None = None) -> dict[str, str]:
    """Every field with its value. Values that are sentences of their own may hold other fields."""
    law = facts.words()
    given = {name: clean(getattr(facts, name)) for name in FIELDS if hasattr(facts, name)}
    if facts.protected:
        given["postal_address"] = ""
    custodian = given["custodian"] or OFFICER
    requester, organization = given["requester"], given["organization"]
    found = {
        **given,
        "custodian": custodian,
        "addressee": lines(custodian, given["agency"] or bracket("agency"), given["agency_address"]),
        "salutation": salutation(custodian),
        "center": given["center"] or given["agency"],
        "place": law.place,
        "law": given["law"] or law.name,
        "law_cited": "{law} ({law_citation})" if given["law_citation"] or law.citation else "{law}",
        "law_short": law.short,
        "law_citation": given["law_citation"] or law.citation,
        "answer_time": law.answer,
        "answer_citation": law.answer_citation,
        "fees_citation": law.fees_citation,
        "who_citation": law.who_citation,
        "due_line": "If it reaches you on the date of this letter, that is by {due_on}."
        if given["due_on"]
        else "",
        "asker": f"{requester} for {organization}"
        if requester and organization
        else requester or organization,
        "reach": lines(requester, organization, given["email"], given["phone"], given["postal_address"]),
        "signature": lines(requester, organization),
        "residency_line": literal(clean(facts.attestation)) or _who(law, given["residency"]),
        "fee_line": "We agree to pay up to {fee_cap} without being asked first."
        if given["fee_cap"]
        else NO_CAP,
        "waiver": law.waiver,
        "waiver_reason": given["waiver_reason"] or REASON,
        "expedite_line": _expedite(law) if given["expedite_reason"] else "",
        "subject": literal(given["subject"]),
        **_of(kit, given),
    }
    if not (given["email"] or given["phone"] or given["postal_address"]):
        found["reach"] = ""
    return {name: found.get(name, "") for name in FIELDS}


NO_CAP = "Please incur no charge for us without our written consent."


def _expedite(law: LawWords) -> str:
    return law.expedite or "Please handle this request ahead of its turn. {expedite_reason}"


def _who(law: LawWords, residency: str) -> str:
    """Who lives elsewhere does not volunteer it: the letter then leaves the line out, and `cautions` says why."""
    if not residency:
        return law.who if law.restricted else ""
    return law.who if residency.casefold() == law.place.casefold() else ""


def _of(kit: Kit | None, given: dict[str, str]) -> dict[str, str]:
    if kit is None:
        return {}
    return {
        "purpose": kit.purpose,
        "period_from": given["period_from"] or plain_date(date(kit.period.since)),
        "period_until": given["period_until"] or plain_date(date(kit.period.until)),
        "search_units": kit.search_units,
        "search_terms": listed(list(kit.search_terms)),
        "not_wanted": kit.not_wanted,
        "subject": literal(given["subject"]) or kit.subject,
        "priority": listed(list(kit.priority)),
    }


def plain_date(words: str) -> str:
    """A bound of a period needs no weekday: January 1, 2024."""
    return words.partition(", ")[2]


def literal(value: str) -> str:
    """A value that stands where text of this room may stand: its braces are braces."""
    return CONTROL.sub("", value.replace("\r\n", "\n")).replace("{", "{{").replace("}", "}}")


def lines(*given: str) -> str:
    return "\n".join(dict.fromkeys(one for one in given if one))


def bracket(name: str) -> str:
    return f"[{NAMES.get(name, name.replace('_', ' '))}]"
