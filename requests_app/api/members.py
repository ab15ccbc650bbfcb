"""Who belongs to an organization, and who is asked in, for programs. Members read the first, owners do the rest."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import invitations
from requests_app.actions import organisations as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Invitation, Membership, Organisation
from requests_app.models.invitations import MailState
from requests_app.models.people import Role

from .base import Given, Words, operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

MEMBER_KEYS = ("since", "person__email")
NEWEST = ("-created_at", "-public_id")
ADDRESS_MAX = 254


class OrganisationMemberShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Of the membership, as in the address of its page.")
    email = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.values)
    since = serializers.DateTimeField()
    protected = serializers.BooleanField(help_text="Whether every part of the name is masked in what others read.")


class ProtectionGiven(Given):
    member = Words(max_length=ADDRESS_MAX, help_text="By id or by address; oneself, too.")
    protected = serializers.BooleanField()


class RoleGiven(Given):
    member = Words(max_length=ADDRESS_MAX, help_text="By id or by address.")
    role = serializers.ChoiceField(Role.values)
    seen_role = serializers.ChoiceField(
        Role.values, help_text="The role you read; where it is another by now, nothing is changed."
    )


class RemovalGiven(Given):
    member = Words(max_length=ADDRESS_MAX, help_text="By id or by address.")
    successor = Words(
        max_length=ADDRESS_MAX,
        required=False,
        help_text="Who takes over their requests, by id or by address; left out: the backup of each, else every editor "
        "is reminded.",
    )


class RemovedShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField(help_text="How many requests changed hands.")


class InvitationShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(Role.values)
    by = serializers.CharField(allow_null=True, help_text="Address of who asked.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mail = serializers.ChoiceField(MailState.values)
    mail_sent_at = serializers.DateTimeField(allow_null=True)
    mail_outcome = serializers.CharField(help_text="Why the mail did not go out.")


class InvitationGiven(Given):
    email = serializers.CharField(max_length=ADDRESS_MAX)
    role = serializers.ChoiceField(Role.values)


class MembersView(OrganisationView):
    @operation(
        "members",
        "Who belongs to an organization of yours",
        asked=PageAsked,
        answer=page_of(OrganisationMemberShape),
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """By the day they joined. Who left is not listed."""
        rows = Membership.objects.filter(organisation=self.own(pid), ended_at=None).select_related("person")

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, MEMBER_KEYS, place, limit)

        def of(row: Membership, name: str) -> Any:
            return row.person.email if name == "person__email" else getattr(row, name)

        return paged(self.request, asked, MEMBER_KEYS, read, member_shown, of=of)


class MemberView(OrganisationView):
    @operation("member", "One member of an organization of yours", answer=OrganisationMemberShape)
    def get(self, pid: str, key: str) -> dict[str, Any]:
        """Who left is not there any more."""
        rows = Membership.objects.filter(organisation=self.own(pid), ended_at=None).select_related("person")
        return member_shown(self.found(rows, public_id=key))


class OtherMemberView(OrganisationView):
    def other(self, organisation: Organisation, named: str) -> Membership:
        one = self.member(organisation, named)
        if one.person_id == self.viewer.id:
            raise Refused(
                "yourself", "This is you. Hand the organization on, or leave it, instead.", field="member"
            )
        return one


class RoleView(OtherMemberView):
    @operation(
        "member-role",
        "Change what a member may do",
        body=RoleGiven,
        example={"member": "ruth@example.org", "role": "editor", "seen_role": "viewer"},
        answer=OrganisationMemberShape,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Owners, by session, after a fresh proof. 409 where the role is no longer the one you read."""
        one = self.other(self.acting_owner(pid), given["member"])
        if given["seen_role"] != one.role:
            says = f"Somebody changed this role meanwhile: it was {given['seen_role']} and is {one.role}."
            raise Refused("stale", says, field="seen_role", status=409)
        acts.change_role(viewer=self.viewer, membership=one, role=given["role"], actor=self.actor)
        return member_shown(one)


class ProtectionView(OrganisationView):
    @operation(
        "member-protect",
        "Mask every part of a member's name in what others read",
        body=ProtectionGiven,
        example={"member": "ruth@example.org", "protected": True},
        answer=OrganisationMemberShape,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """A whole name is masked always. Owners, by session, after a fresh proof."""
        one = self.member(self.acting_owner(pid), given["member"])
        acts.protect_member(viewer=self.viewer, membership=one, protected=given["protected"], actor=self.actor)
        return member_shown(one)


class RemovalView(OtherMemberView):
    @operation(
        "member-remove",
        "Remove a member",
        body=RemovalGiven,
        example={"member": "ruth@example.org", "successor": "sam@example.org"},
        answer=RemovedShape,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """They are signed out everywhere and their tokens die. Owners, by session, after a fresh proof."""
        found = self.acting_owner(pid)
        one = self.other(found, given["member"])
        to = self.member(found, given["successor"], "successor").person if given.get("successor") else None
        moved = acts.end_membership(viewer=self.viewer, membership=one, actor=self.actor, successor=to)
        return {"requests": moved}


class InvitationsView(OrganisationView):
    @operation(
        "invitations", "Invitations that stand", asked=PageAsked, answer=page_of(InvitationShape),
        signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """For owners, the newest first; those that ran out too, for they can be sent again. The link is told nobody."""
        rows = Invitation.objects.visible_to(self.viewer).filter(
            organisation=self.owned(pid), accepted_at=None, revoked_at=None
        )

        def read(place: Place, limit: int) -> Walked:
            return walk(rows.select_related("invited_by"), NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, invitation_shown)

    @operation(
        "invitation-send",
        "Ask somebody in",
        body=InvitationGiven,
        example={"email": "ruth@example.org", "role": "editor"},
        answer=InvitationShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """By e-mail, for fourteen days. Owners, by session, after a fresh proof."""
        made = invitations.invite(
            viewer=self.viewer, organisation=self.acting_owner(pid), email=given["email"], role=given["role"],
            actor=self.actor, now=self.now,
        )  # fmt: skip
        made.refresh_from_db()
        return invitation_shown(made)


class OneInvitationView(OrganisationView):
    def invitation(self, pid: str, key: str) -> Invitation:
        rows = Invitation.objects.visible_to(self.viewer).filter(organisation=self.acting_owner(pid))
        found: Invitation = self.found(rows.select_related("organisation", "invited_by"), public_id=key)
        return found


class InvitationView(OneInvitationView):
    @operation("invitation-withdraw", "Withdraw an invitation", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """Its link is dead from here on. Owners, by session, after a fresh proof."""
        invitations.revoke(viewer=self.viewer, invitation=self.invitation(pid, key), actor=self.actor)
        return {"done": True}


class ResendView(OneInvitationView):
    @operation("invitation-resend", "Send an invitation again", answer=InvitationShape)
    def post(self, pid: str, key: str) -> dict[str, Any]:
        """A new link for another fourteen days; the old one is dead. Owners, by session, after a fresh proof."""
        made = invitations.resend(
            viewer=self.viewer, invitation=self.invitation(pid, key), actor=self.actor, now=self.now
        )
        return invitation_shown(made)


def member_shown(row: Membership) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "email": row.person.email,
        "name": row.person.name,
        "role": row.role,
        "since": row.since,
        "protected": row.protected,
    }


def invitation_shown(row: Invitation) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "email": row.email,
        "role": row.role,
        "by": row.invited_by.email if row.invited_by else None,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "mail": row.mail_state,
        "mail_sent_at": row.mail_sent_at,
        "mail_outcome": row.mail_outcome,
    }


urlpatterns = [
    path(f"{HERE}/members/", MembersView.door(), name="api-members"),
    path(f"{HERE}/members/role/", RoleView.door(), name="api-member-role"),
    path(f"{HERE}/members/protection/", ProtectionView.door(), name="api-member-protection"),
    path(f"{HERE}/members/removal/", RemovalView.door(), name="api-member-removal"),
    path(f"{HERE}/members/<slug:key>/", MemberView.door(), name="api-member"),
    path(f"{HERE}/invitations/", InvitationsView.door(), name="api-invitations"),
    path(f"{HERE}/invitations/<slug:key>/", InvitationView.door(), name="api-invitation"),
    path(f"{HERE}/invitations/<slug:key>/resend/", ResendView.door(), name="api-invitation-resend"),
]
