"""The cast and its rows, written plainly, past the actions: a test of one act does not lean on another.

Harbor Rights Clinic is ours: Olive owns, Edgar edits, Vera reads. Prairie Watch is a stranger: Ravi owns it.
Noor is signed in and belongs nowhere. Omar is staff: he runs the machine and sees no content.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import connection

from requests_app.models import (
    Agency,
    Campaign,
    Coalition,
    CoalitionInvitation,
    CoalitionMember,
    Deadline,
    Event,
    Membership,
    Organisation,
    Person,
    PublicStandingSpan,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    Share,
    StandingSpan,
)
from requests_app.models.visibility import Viewer, viewing, viewing_as

PASSWORD = "a long enough password"
_numbers = itertools.count(1)


def person(name: str, **fields: Any) -> Person:
    """A person who can sign in with PASSWORD; hashed once, for Argon2 is slow on purpose."""
    staff = fields.pop("operator", False)
    made = Person.objects.create(
        email=f"{name.lower()}@{next(_numbers)}.example", password=_hashed(), name=name,
        is_staff=staff, is_superuser=staff, **fields,
    )  # fmt: skip
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def second_factor(of: Person) -> Authenticator:
    """An authenticator app, set up; the secret is everybody's."""
    return Authenticator.objects.create(user=of, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def organisation(
    name: str, owner: Person, *, editor: Person | None = None, viewer: Person | None = None
) -> Any:
    with viewing(Viewer("person", owner.pk)):
        made = Organisation.objects.create(name=name, created_by=owner, requires_second_factor=False)
        Membership.objects.create(organisation=made, person=owner, role="owner")
        for who, role in ((editor, "editor"), (viewer, "viewer")):
            if who:
                Membership.objects.create(organisation=made, person=who, role=role)
    return made


def agency(
    name: str = "Sangamon Bend Fusion Center", law: str = "us-il", zone: str = "America/Chicago"
) -> Agency:
    return Agency.objects.create(
        slug=f"{name.lower().replace(' ', '-')}-{next(_numbers)}",
        name=name, kind="fusion_center", jurisdiction=law, zone=zone, is_sample=True,
    )  # fmt: skip


@dataclass
class Cast:
    olive: Person
    edgar: Person
    vera: Person
    ravi: Person
    noor: Person
    omar: Person
    harbor: Organisation
    prairie: Organisation
    agency: Agency


def cast() -> Cast:
    olive, edgar, vera = person("Olive"), person("Edgar"), person("Vera")
    ravi, noor, omar = person("Ravi"), person("Noor"), person("Omar", operator=True)
    return Cast(
        olive, edgar, vera, ravi, noor, omar,
        organisation("Harbor Rights Clinic", olive, editor=edgar, viewer=vera),
        organisation("Prairie Watch", ravi),
        agency(),
    )  # fmt: skip


def campaign(owner: Person, of: Organisation, title: str = "License-plate readers") -> Campaign:
    with viewing_as(owner):
        return Campaign.objects.create(organisation=of, public_title=title)


def bare_request(owner: Person, of: Organisation, to: Agency, **fields: Any) -> RecordsRequest:
    """A request with its first event and no derived deadline; `canary` marks its private words."""
    canary = fields.pop("canary", "")
    defaults: dict[str, Any] = {
        "law_id": to.jurisdiction, "zone": to.zone, "public_title": "Sharing lists",
        "filed_on": dt.date(2026, 3, 2),
        "is_sample": True,
    }  # fmt: skip
    with viewing_as(owner):
        made = RecordsRequest.objects.create(organisation=of, agency=to, **{**defaults, **fields})
        RequestPrivate.objects.create(request=made, organisation=of, working_title=f"working {canary}")
        RequestCorrespondence.objects.create(request=made, organisation=of, letter=f"letter {canary}")
        event(made, "sent", sent_on=made.filed_on, facts={"law": made.law_id, "zone": made.zone})
    return made


def event(of: RecordsRequest, kind: str, **fields: Any) -> Event:
    """Inside somebody's `viewing`."""
    return Event.objects.create(organisation_id=of.organisation_id, request=of, kind=kind, **fields)


def deadline(of: RecordsRequest, **fields: Any) -> Deadline:
    """Inside somebody's `viewing`. An agency clock due on Monday, March 9, 2026 unless told otherwise."""
    due = fields.pop("due_on", dt.date(2026, 3, 9))
    defaults: dict[str, Any] = {
        "clock_key": f"determine|request|r{next(_numbers)}", "rule_id": "determine", "name": "Answer",
        "owner": "agency", "scope": "request", "law_ref": "us-il@2010-01-01.r1", "clock": {},
        "fingerprint": "x",
        "opens_on": dt.date(2026, 3, 2), "due_on": due, "earliest_on": due, "latest_on": due,
    }  # fmt: skip
    return Deadline.objects.create(organisation_id=of.organisation_id, request=of, **{**defaults, **fields})


def span(of: RecordsRequest, *, public: bool = False, **fields: Any) -> Any:
    """Inside somebody's `viewing`."""
    model = PublicStandingSpan if public else StandingSpan
    defaults: dict[str, Any] = {"from_on": of.filed_on, "stage": "sent", "whose_move": "agency"}
    return model.objects.create(organisation_id=of.organisation_id, request=of, **{**defaults, **fields})


def publish(owner: Person, what: RecordsRequest | Campaign, **fields: Any) -> Share:
    subject = {"campaign": what} if isinstance(what, Campaign) else {"request": what}
    with viewing_as(owner):
        return Share.objects.create(
            organisation_id=what.organisation_id, grantee_kind="public", **subject, **fields
        )


def share_with(
    owner: Person, what: RecordsRequest | Campaign, grantee: Organisation | Person, **fields: Any
) -> Share:
    subject = {"campaign": what} if isinstance(what, Campaign) else {"request": what}
    kind = "person" if isinstance(grantee, Person) else "organisation"
    with viewing_as(owner):
        return Share.objects.create(
            organisation_id=what.organisation_id,
            grantee_kind=kind,
            grantee_id=grantee.pk,
            **subject,
            **fields,
        )


def coalition(founder: Person, of: Organisation, *others: tuple[Person, Organisation, int]) -> Coalition:
    """A coalition of one's organisation, joined by others at a tier by invitation."""
    with viewing_as(founder), connection.cursor() as cursor:
        cursor.execute("SELECT app_found_coalition(%s, 'Midwest Table', '', %s, true)", [of.pk, of.name])
        made = Coalition.objects.get(pk=cursor.fetchone()[0])
    for owner, organisation_, tier in others:
        joins(made, founder, of, owner, organisation_, tier)
    return made


def joins(
    made: Coalition, founder: Person, of: Organisation, owner: Person, joining: Organisation, tier: int
) -> CoalitionMember:
    secret = f"secret-{next(_numbers)}"
    with viewing_as(founder):
        CoalitionInvitation.objects.create(
            coalition=made, organisation=of, email=owner.email, tier=tier, token_hash=secret, invited_by=founder,
            expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=14),
        )  # fmt: skip
    with viewing_as(owner), connection.cursor() as cursor:
        cursor.execute("SELECT outcome, stay FROM app_join_coalition(%s, %s, %s)", [secret, joining.pk, joining.name])
        outcome, stay = cursor.fetchone()
        assert outcome == "joined", outcome
        return CoalitionMember.objects.get(pk=stay)
