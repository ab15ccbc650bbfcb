"""Organisations and who belongs to them. Owners decide; an organisation never loses its last owner."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Now

from requests_app.models import Membership, Organisation, Person, Role
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import NotYours, Refused

NAME_MAX = 200


def register_person(*, email: str, name: str = "") -> tuple[Person, str | None]:
    """Whoever has this address; else a new account with a password, which is stored nowhere and told here."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("email_wrong", f"{email!r} is not an e-mail address.", field="email") from None
    known = Person.objects.filter(email__iexact=email).first()
    if known is not None:
        if not known.is_active:
            raise Refused("person_inactive", f"The account of {email} is closed.", field="email")
        return known, None
    password = secrets.token_urlsafe(15)
    return open_account(email, password, name=name.strip()), password


def open_account(email: str, password: str, **fields: Any) -> Person:
    """An account whose address somebody vouches for. Only an address that is verified signs in, or may be changed."""
    person = Person.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def create_organisation(*, viewer: Viewer, name: str, actor: Person, is_sample: bool = False) -> Organisation:
    """A new organisation with its founder as owner."""
    if viewer.kind != "person" or viewer.id != actor.pk:
        raise NotYours
    name = name.strip()
    if not name:
        raise Refused("name_missing", "Give the organization a name.", field="name")
    if len(name) > NAME_MAX:
        raise Refused("name_too_long", f"A name has at most {NAME_MAX} characters.", field="name")
    organisation = Organisation.objects.create(name=name, created_by=actor, is_sample=is_sample)
    Membership.objects.create(organisation=organisation, person=actor, role=Role.OWNER)
    _log("organisation.created", organisation, actor)
    return organisation


def add_member(
    *, viewer: Viewer, organisation: Organisation, email: str, role: str, actor: Person
) -> Membership:
    """Somebody who already has an account joins. Who left before comes back under the new role."""
    _owned(viewer, organisation)
    _known(role)
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise Refused(
            "person_unknown",
            "Nobody has an account under this address yet; ask them to sign up first.",
            field="email",
        )
    membership = (
        Membership.objects.select_for_update().filter(organisation=organisation, person=person).first()
    )
    if membership is None:
        membership = Membership.objects.create(organisation=organisation, person=person, role=role)
    elif membership.ended_at is None:
        raise Refused("already_member", f"{person} is a member already.", field="email")
    else:
        membership.role, membership.ended_at = role, None
        membership.save(update_fields=["role", "ended_at"])
    _log("member.added", organisation, actor, person, role=role)
    return membership


def change_role(*, viewer: Viewer, membership: Membership, role: str, actor: Person) -> Membership:
    organisation = membership.organisation
    _owned(viewer, organisation)
    _known(role)
    if role != Role.OWNER:
        _keep_an_owner(membership)
    # The line first: an owner who steps down may not write it afterwards.
    _log("member.role_changed", organisation, actor, membership.person, role=role)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


def end_membership(*, viewer: Viewer, membership: Membership, actor: Person) -> None:
    """The person sees nothing of the organisation from this moment on."""
    organisation = membership.organisation
    _owned(viewer, organisation)
    _keep_an_owner(membership)
    _log("member.ended", organisation, actor, membership.person)
    Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=Now())


def _owned(viewer: Viewer, organisation: Organisation) -> None:
    if not viewer.belongs_to(organisation.pk):
        raise NotYours
    if not viewer.may_own(organisation.pk):
        raise Refused("owners_only", "Only an owner of the organization may do this.", status=403)


def _known(role: str) -> None:
    if role not in Role.values:
        raise Refused("role_unknown", "A member is a viewer, an editor or an owner.", field="role")


def _keep_an_owner(leaving: Membership) -> None:
    # Locked, so that two owners who leave in the same second do not both count on the other.
    owners = Membership.objects.select_for_update().filter(
        organisation_id=leaving.organisation_id, role=Role.OWNER, ended_at=None
    )
    if [row.pk for row in owners.order_by("pk")] == [leaving.pk]:
        raise Refused("last_owner", "This is the last owner. Make somebody else an owner first.")


def _log(
    act: str, organisation: Organisation, actor: Person, person: Person | None = None, **detail: str
) -> None:
    if person is not None:
        detail["person"] = str(person.pk)
    audit.record(
        act=act,
        subject=f"organisation {organisation.public_id}",
        organisation=organisation,
        actor=actor,
        detail=detail,
    )
