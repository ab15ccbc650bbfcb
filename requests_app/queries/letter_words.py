"""The words of a first letter: a kit put to one agency, in the name of somebody, dated a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from requests_app.clock.words import date
from requests_app.kits import merge
from requests_app.kits.merge import MergeFacts, Rendered
from requests_app.kits.shapes import Kit
from requests_app.laws.registry import library
from requests_app.models import (
    Agency,
    AgencyContact,
    AgencyCustodian,
    Letter,
    Organisation,
    Person,
    RequesterProfile,
    RequesterProxy,
)
from requests_app.models.visibility import Viewer

from .letters import Due, due_if_sent
from .places import place_name

CATEGORIES = {
    "news_media": "For fees, the requester is a representative of the news media.",
    "education": "For fees, the requester is an educational institution.",
    "science": "For fees, the requester is a noncommercial scientific institution.",
    "other": "The records are not sought for a commercial purpose.",
    "commercial": "",
    "": "",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks under one law. told: what the letter keeps of it; standing: what they are, in the law's words."""

    told: Mapping[str, Any]
    standing: tuple[str, ...] = ()


@dataclass(slots=True)
class Askers:
    """The requester of record of an organization, for any law: where a law wants a resident, the proxy of its state."""

    organisation: Organisation
    person: Person | None
    profile: RequesterProfile | None = None
    proxies: dict[str, RequesterProxy] = field(default_factory=dict)

    def under(self, law_id: str) -> Asker:
        state = "-".join(law_id.split("-")[:2])
        profile = self.profile
        if profile is None:
            told: dict[str, Any] = {
                "organisation": self.organisation.name,
                "name": self.person.name if self.person else "",
                "email": self.person.email if self.person else "",
            }
            return Asker(told)
        told = {
            "profile": profile.public_id,
            "organisation": profile.signs_as or "",
            "name": profile.name,
            "email": profile.email or (self.person.email if self.person else ""),
            "phone": profile.phone,
            "address": "" if profile.protected else profile.postal_address,
            "residency": profile.residency,
            "category": profile.fee_category,
            "attestation": profile.attestation,
            "protected": profile.protected,
        }
        proxy = self.proxies.get(state)
        if proxy is not None and _restricted(law_id):
            told |= {
                "name": proxy.name, "residency": state, "proxy_for": profile.name,
                "email": proxy.email or told["email"], "address": proxy.postal_address or told["address"],
            }  # fmt: skip
            return Asker(told, (proxy.standing,))
        return Asker(told, ("resident",) if profile.residency and profile.residency == state else ())


def _restricted(law_id: str) -> bool:
    return any(entry.id == law_id and entry.current.requesters for entry in library().laws)


def askers_of(
    viewer: Viewer, organisation: Organisation, person: Person | None, profile_pid: str = ""
) -> Askers:
    """profile_pid "": the default profile, where there is one. Two queries."""
    rows = RequesterProfile.objects.visible_to(viewer).filter(organisation=organisation, retired_at=None)
    profile = (
        rows.filter(public_id=profile_pid).first() if profile_pid else rows.filter(is_default=True).first()
    )
    proxies = {one.state: one for one in profile.proxies.all()} if profile else {}
    return Askers(organisation, person, profile, proxies)


@dataclass(frozen=True, slots=True)
class Written:
    """A first letter before it is kept. dated: the days in it, in words, which the day of sending replaces."""

    subject: str
    body: str
    parts: tuple[tuple[str, str], ...]
    asker: Asker
    due: Due | None
    dated: Mapping[str, str]
    missing: tuple[str, ...] = ()


def write(
    kit: Kit,
    *,
    agency: Agency,
    custodian: AgencyCustodian | None,
    law_id: str,
    asker: Asker,
    on: dt.date,
    channel: str,
    contacts: Sequence[AgencyContact] = (),
    chosen: Collection[str] = (),
    due: Due | None = None,
    place: str = "",
) -> Written:
    """One letter. due: counted before, where many letters share it; None counts it here."""
    office = custodian.kind if custodian else agency.kind
    if due is None and law_id:
        due = due_if_sent(law_id, on=on, agency_kind=office, agency=agency.slug, channel=channel)
    dated = {"date": date(on)}
    if due is not None and due.on is not None:
        dated["due_on"] = date(due.on)
    post = next((c.value for c in contacts if c.channel == "post"), "")
    told = asker.told
    facts = MergeFacts(
        agency=agency.name,
        law_id=law_id if any(entry.id == law_id for entry in library().laws) else "",
        requester=str(told.get("name", "")),
        custodian=addressed(custodian, agency),
        agency_address=post,
        center=agency.name,
        date=dated["date"],
        due_on=dated.get("due_on", ""),
        organization=str(told.get("organisation", "")),
        email=str(told.get("email", "")),
        phone=str(told.get("phone", "")),
        postal_address=str(told.get("address", "")),
        protected=bool(told.get("protected")),
        residency=place_name(str(told["residency"])) if told.get("residency") else "",
        fee_category=_category(told),
    )
    made: Rendered = merge.render(kit, facts, list(chosen) or None)
    return Written(
        subject=made.subject[:300],
        body=made.body.strip(),
        parts=made.parts,
        asker=asker,
        due=due,
        dated={name: words for name, words in dated.items() if words in made.body},
        missing=made.missing,
    )


def addressed(custodian: AgencyCustodian | None, agency: Agency) -> str:
    return f"Public Records Officer, {custodian.name}" if custodian and custodian.name != agency.name else ""


def _category(told: Mapping[str, Any]) -> str:
    said = CATEGORIES.get(str(told.get("category", "")), "")
    return " ".join(part for part in (said, str(told.get("attestation", "")) if said else "") if part)


def redated(letter: Letter, on: dt.date) -> tuple[str, dict[str, str]]:
    """The body and its days as of the day it goes out. Only words that are still there are replaced."""
    if not letter.dated or letter.dated.get("date") == date(on):
        return letter.body, dict(letter.dated)
    body, dated = letter.body, {}
    fresh = {"date": date(on)}
    if "due_on" in letter.dated:
        office = letter.custodian.kind if letter.custodian else letter.agency.kind
        due = due_if_sent(
            letter.law_id, on=on, agency_kind=office, agency=letter.agency.slug, channel=letter.channel
        )
        if due is not None and due.on is not None:
            fresh["due_on"] = date(due.on)
    # The later of two equal days must not be taken for the earlier: each is first set aside, then written.
    for name, old in letter.dated.items():
        if name in fresh and old in body:
            body = body.replace(old, f"\x00{name}\x00")
            dated[name] = fresh[name]
    for name, words in dated.items():
        body = body.replace(f"\x00{name}\x00", words)
    return body, dated
