"""Who reads privileged items beside owners and their authors: named by owners, one by one."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import CircleMember, Guest, Organisation, Person, PrivilegedCircle
from requests_app.models.visibility import Viewer
from requests_app.queries.members import members

from . import audit
from .refusals import NotYours, Refused
from .rights import clean, must_own

NAME_MAX = 120
OWNERS_ONLY = "Only an owner of the organization says who reads privileged items."


def make_circle(
    *, viewer: Viewer, organisation: Organisation, kind: str, name: str, agreed_on: dt.date | None, actor: Person,
    today: dt.date,
) -> PrivilegedCircle:  # fmt: skip
    """Counsel, or a common-interest group: that one is nothing before it was agreed."""
    must_own(viewer, organisation.pk, OWNERS_ONLY)
    if kind not in PrivilegedCircle.Kind.values:
        raise Refused("kind_unknown", "Choose counsel or a common-interest group.", field="kind")
    said = clean(name, code="name", field="name", most=NAME_MAX, missing="Give it a name.")
    if kind == PrivilegedCircle.Kind.COMMON_INTEREST and agreed_on is None:
        raise Refused(
            "agreed_on_missing", "Say on which day the common interest was agreed.", field="agreed_on"
        )
    if agreed_on is not None and agreed_on > today:
        raise Refused("agreed_on_ahead", "This day has not come yet.", field="agreed_on")
    try:
        with transaction.atomic():
            made: PrivilegedCircle = PrivilegedCircle.objects.create(
                organisation=organisation, kind=kind, name=said, agreed_on=agreed_on
            )
    except IntegrityError as problem:
        if "one_circle_a_name" not in str(problem):
            raise
        raise Refused("name_taken", "There is one of this name already.", field="name") from None
    _log("circle.made", made, actor, kind=kind)
    return made


def name_in_circle(*, viewer: Viewer, circle: PrivilegedCircle, email: str, actor: Person) -> CircleMember:
    """A member by their address here; anybody else as a guest, who reads once they have confirmed it."""
    _must_know(viewer, circle)
    must_own(viewer, circle.organisation_id, OWNERS_ONLY)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(
            "email_wrong", "Write one e-mail address, such as name@example.org.", field="email"
        ) from None
    here = {person.email.lower(): person for person in members(circle.organisation_id)}
    who: dict[str, int] = {}
    if address in here:
        who["person_id"] = here[address].pk
    else:
        Guest.objects.bulk_create(
            [Guest(organisation_id=circle.organisation_id, email=address)], ignore_conflicts=True
        )
        who["guest_id"] = (
            Guest.objects.visible_to(viewer).get(organisation=circle.organisation_id, email=address).pk
        )
    try:
        with transaction.atomic():
            made: CircleMember = CircleMember.objects.create(
                organisation_id=circle.organisation_id, circle=circle, **who
            )
    except IntegrityError as problem:
        if "named_once_in_a_circle" not in str(problem):
            raise
        raise Refused("named_already", "They are named here already.", field="email", status=409) from None
    _log("circle.named", circle, actor, member=made.public_id)
    return made


def end_in_circle(*, viewer: Viewer, member: CircleMember, actor: Person) -> None:
    """They read nothing privileged by it from here on."""
    _must_know(viewer, member.circle)
    must_own(viewer, member.organisation_id, OWNERS_ONLY)
    if not CircleMember.objects.filter(pk=member.pk, ended_at=None).update(ended_at=Now()):
        raise Refused("named_no_more", "They are not named here any more.", status=409)
    _log("circle.ended", member.circle, actor, member=member.public_id)


def _must_know(viewer: Viewer, circle: PrivilegedCircle) -> None:
    if not viewer.belongs_to(circle.organisation_id):
        raise NotYours


def _log(act: str, circle: PrivilegedCircle, actor: Person, **detail: str) -> None:
    audit.record(
        act=act,
        subject=f"circle {circle.public_id}",
        organisation=circle.organisation,
        actor=actor,
        detail=detail,
    )
