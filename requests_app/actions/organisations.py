"""Organisations and who belongs to them. Owners decide; an organisation never loses its last owner."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.db.models import Case, F, When
from django.db.models.functions import Now

from requests_app.models import ApiToken, Invitation, Membership, Organisation, Person, RequestPrivate, Role
from requests_app.models.visibility import Viewer

from . import audit, inbox, reminders
from .deadlines import database_now
from .refusals import NotYours, Refused
from .rights import must_own
from .sign_ins import end_sessions, has_second_factor

NAME_MAX = 200
ONE_ASKED_FOR = dt.timedelta(days=14)


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
    name = _good_name(name)
    # The founder writes the first lines before a second factor is asked for: nobody else is there yet.
    organisation = Organisation.objects.create(
        name=name, created_by=actor, is_sample=is_sample, requires_second_factor=False
    )
    Membership.objects.create(organisation=organisation, person=actor, role=Role.OWNER)
    _log("organisation.created", organisation, actor)
    if not is_sample:
        organisation.requires_second_factor = True
        Organisation.objects.filter(pk=organisation.pk).update(requires_second_factor=True)
    return organisation


def change_organisation(
    *,
    viewer: Viewer,
    organisation: Organisation,
    name: str,
    requires_second_factor: bool,
    actor: Person,
    two_to_publish: bool | None = None,
) -> Organisation:
    """Its name, and whether editors and owners need a second factor. An owner who lacks one cannot ask it of others.
    two_to_publish: whether nothing becomes public by one person alone; None leaves it."""
    must_own(viewer, organisation.pk)
    name = _good_name(name)
    if name != organisation.name:
        _log("organisation.renamed", organisation, actor)
    if requires_second_factor != organisation.requires_second_factor:
        if requires_second_factor and not has_second_factor(actor):
            raise Refused(
                "second_factor_missing",
                "Set up a second factor for yourself first; otherwise you would shut yourself out.",
                field="requires_second_factor",
            )
        _log("organisation.second_factor", organisation, actor, required=str(requires_second_factor))
    if two_to_publish is not None:
        two_persons(viewer=viewer, organisation=organisation, wanted=two_to_publish, actor=actor)
    Organisation.objects.filter(pk=organisation.pk).update(
        name=name, requires_second_factor=requires_second_factor
    )
    organisation.name, organisation.requires_second_factor = name, requires_second_factor
    return organisation


def two_persons(*, viewer: Viewer, organisation: Organisation, wanted: bool, actor: Person) -> None:
    """Whether nothing becomes public by one person alone. One owner switches it on; to switch it off takes two, where
    there are two: otherwise the question would be its own answer. Sets it on `organisation` as it stands afterwards.
    """
    must_own(viewer, organisation.pk)
    now_is = Organisation.objects.select_for_update().get(pk=organisation.pk)
    organisation.two_to_publish = now_is.two_to_publish
    if wanted == now_is.two_to_publish:
        return
    if wanted:
        _decide_on_two(organisation, actor, required=True)
        return
    owners = Membership.objects.filter(
        organisation=organisation, role=Role.OWNER, ended_at=None, person__is_active=True
    )
    others = list(owners.exclude(person=actor).values_list("person_id", flat=True))
    asked = (
        now_is.one_asked_by_id in others
        and now_is.one_asked_at is not None
        and now_is.one_asked_at > database_now() - ONE_ASKED_FOR
    )
    if asked or not others:
        everybody = Membership.objects.filter(organisation=organisation, ended_at=None).exclude(person=actor)
        _tell_of_two(organisation, everybody.values_list("person_id", flat=True), "off")
        _decide_on_two(organisation, actor, required=False, alone=str(not others))
        return
    Organisation.objects.filter(pk=organisation.pk).update(one_asked_by=actor, one_asked_at=Now())
    organisation.one_asked_by, organisation.one_asked_at = actor, database_now()
    _log("organisation.one_asked", organisation, actor)
    _tell_of_two(organisation, others, "asked")


def _decide_on_two(organisation: Organisation, actor: Person, *, required: bool, **detail: str) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(
        two_to_publish=required, one_asked_by=None, one_asked_at=None
    )
    organisation.two_to_publish, organisation.one_asked_by, organisation.one_asked_at = required, None, None
    _log("organisation.two_to_publish", organisation, actor, None, required=str(required), **detail)


def _tell_of_two(organisation: Organisation, people: Iterable[int], what: str) -> None:
    inbox.put_in(
        organisation_id=organisation.pk, people=list(people), kind="publishing",
        source=f"two:{organisation.pk}:{what}:{database_now():%Y%m%d%H%M%S}", request_id=None,
    )  # fmt: skip


def add_member(
    *, viewer: Viewer, organisation: Organisation, email: str, role: str, actor: Person
) -> Membership:
    """Somebody who already has an account joins. Who left before comes back under the new role.

    For operators and the sample: its refusal tells whether an address has an account. People invite by e-mail.
    """
    must_own(viewer, organisation.pk)
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
    must_own(viewer, organisation.pk)
    _known(role)
    if role != Role.OWNER:
        _keep_an_owner(membership)
    if membership.role == Role.OWNER and role != Role.OWNER and membership.person_id != actor.pk:
        _withdraw_invitations(organisation, membership.person)
    # The line first: an owner who steps down may not write it afterwards.
    _log("member.role_changed", organisation, actor, membership.person, role=role)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


def protect_member(*, viewer: Viewer, membership: Membership, protected: bool, actor: Person) -> None:
    """Every part of a protected name is masked in whatever others read, and not the whole name alone."""
    organisation = membership.organisation
    must_own(viewer, organisation.pk)
    if Membership.objects.filter(pk=membership.pk).exclude(protected=protected).update(protected=protected):
        act = "member.protected" if protected else "member.unprotected"
        _log(act, organisation, actor, membership.person)
    membership.protected = protected


def end_membership(
    *, viewer: Viewer, membership: Membership, actor: Person, successor: Person | None = None
) -> int:
    """The person sees nothing of the organization from this moment on, and is signed out everywhere.

    successor: who takes over the requests assigned to them; None: each one's backup, else every editor is reminded.
    Their tokens die, and invitations they sent that nobody has accepted. Returns how many requests changed hands.
    """
    organisation = membership.organisation
    must_own(viewer, organisation.pk)
    _keep_an_owner(membership)
    moved = hand_over(organisation=organisation, person=membership.person, successor=successor)
    _withdraw_invitations(organisation, membership.person)
    _close_the_way_back(organisation, membership.person)
    _revoke_tokens(organisation, membership.person)
    end_sessions(membership.person)
    detail = {"successor": str(successor.pk)} if successor else {}
    _log("member.ended", organisation, actor, membership.person, requests=str(moved), **detail)
    Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=Now())
    return moved


def leave(*, viewer: Viewer, organisation: Organisation, actor: Person) -> None:
    """Of one's own will, whatever the role. Requests assigned to the leaver stay, and remind every editor."""
    if not viewer.belongs_to(organisation.pk) or viewer.id != actor.pk:
        raise NotYours
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_leave(%s)", [organisation.pk])
        outcome = cursor.fetchone()[0]
    if outcome == "last_owner":
        raise _last_owner()
    if outcome != "left":
        raise NotYours


def transfer_ownership(*, viewer: Viewer, membership: Membership, then: str, actor: Person) -> None:
    """Somebody else becomes an owner, and the actor an editor or a viewer, in one act."""
    organisation = membership.organisation
    must_own(viewer, organisation.pk)
    if then not in (Role.EDITOR, Role.VIEWER):
        raise Refused("role_unknown", "After a transfer you are an editor or a viewer.", field="then")
    mine = Membership.objects.filter(organisation=organisation, person=actor, ended_at=None).get()
    if membership.ended_at is not None or membership.pk == mine.pk:
        raise Refused("not_a_member", "Choose another member of the organization.", field="member")
    if membership.role != Role.OWNER:
        change_role(viewer=viewer, membership=membership, role=Role.OWNER, actor=actor)
    change_role(viewer=viewer, membership=mine, role=then, actor=actor)


def assigned_to(*, organisation: Organisation, person: Person) -> int:
    """How many requests of the organization are assigned to them."""
    return RequestPrivate.objects.filter(organisation=organisation, assignee=person).count()


def hand_over(*, organisation: Organisation, person: Person, successor: Person | None) -> int:
    """Requests they answer for go to the successor, else to each one's backup; as a backup they drop out."""
    if successor is not None:
        known = Membership.objects.filter(
            organisation=organisation, person=successor, ended_at=None, role__in=(Role.EDITOR, Role.OWNER)
        )
        if successor.pk == person.pk or not known.exists():
            raise Refused("successor_unknown", "Choose an editor or an owner who stays.", field="successor")
    rows = RequestPrivate.objects.filter(organisation=organisation)
    rows.filter(backup=person).update(backup=None, version=F("version") + 1)
    theirs = rows.filter(assignee=person)
    ids = list(theirs.values_list("request_id", flat=True))
    if successor is None:
        theirs.update(assignee=F("backup"), backup=None, version=F("version") + 1)
    else:
        taken = Case(When(backup=successor, then=None), default=F("backup"))
        theirs.update(assignee=successor, backup=taken, version=F("version") + 1)
    reminders.plan_for_requests(ids, now=database_now())
    return len(ids)


def _revoke_tokens(organisation: Organisation, person: Person) -> None:
    """What programs do in the name of somebody ends with what they may do themselves."""
    ApiToken.objects.filter(organisation=organisation, person=person, revoked_at=None).update(
        revoked_at=Now()
    )


def _withdraw_invitations(organisation: Organisation, person: Person) -> None:
    Invitation.objects.filter(
        organisation=organisation, invited_by=person, accepted_at=None, revoked_at=None
    ).update(revoked_at=Now())


def _close_the_way_back(organisation: Organisation, person: Person) -> None:
    """A second invitation, to any address of theirs, would let in again whom an owner has just shown out."""
    theirs = {email.lower() for email in EmailAddress.objects.filter(user=person).values_list("email", flat=True)}
    Invitation.objects.filter(
        organisation=organisation, email__in=theirs, accepted_at=None, revoked_at=None
    ).update(revoked_at=Now())


def _good_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("name_missing", "Give the organization a name.", field="name")
    if len(name) > NAME_MAX:
        raise Refused("name_too_long", f"A name has at most {NAME_MAX} characters.", field="name")
    return name


def _known(role: str) -> None:
    if role not in Role.values:
        raise Refused("role_unknown", "A member is a viewer, an editor or an owner.", field="role")


def _keep_an_owner(leaving: Membership) -> None:
    # Locked, so that two owners who leave in the same second do not both count on the other.
    owners = Membership.objects.select_for_update().filter(
        organisation_id=leaving.organisation_id, role=Role.OWNER, ended_at=None
    )
    if [row.pk for row in owners.order_by("pk")] == [leaving.pk]:
        raise _last_owner()


def _last_owner() -> Refused:
    return Refused("last_owner", "This is the last owner. Make somebody else an owner first.")


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
