"""Coalitions for programs: members of an organization read them, its owners act, by session."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import coalition_invitations as invitations
from requests_app.actions import coalitions as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Coalition, CoalitionInvitation, CoalitionMember, Organisation, Tier
from requests_app.models.invitations import MailState
from requests_app.queries import coalitions as queries

from .base import Given, Words, operation, page_of
from .owners import OrganisationView, must_be_fresh
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

NEWEST = ("-created_at", "-public_id")
MEMBER_KEYS = ("joined_at", "public_id")
TIERS = {Tier.OBSERVER: "observer", Tier.MEMBER: "member", Tier.STEERING: "steering"}
BY_NAME = {name: tier for tier, name in TIERS.items()}
HERE = "coalitions/<slug:pid>"
ONE = f"{HERE}/members/<slug:key>"


class CoalitionShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    purpose = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    dissolved_at = serializers.DateTimeField(allow_null=True)
    sample = serializers.BooleanField()


class MemberShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Of this stay; who comes back has another.")
    name = serializers.CharField(help_text="As partners read it.")
    tier = serializers.ChoiceField(list(BY_NAME))
    coordinates = serializers.BooleanField()
    since = serializers.DateTimeField()
    ours = serializers.BooleanField()
    tells_counts = serializers.BooleanField(allow_null=True, help_text="Of your own; null of others.")
    tells_collisions = serializers.BooleanField(allow_null=True, help_text="Of your own; null of others.")


class CoalitionGiven(Given):
    name = Words(max_length=acts.NAME_MAX)
    purpose = Words(max_length=acts.PURPOSE_MAX, required=False, allow_blank=True, default="")


class FoundGiven(CoalitionGiven):
    organisation = Words(max_length=20, help_text="Which of those you own founds it.")
    shown_as = Words(max_length=acts.NAME_MAX, help_text="The name that partners read.")


class OwnGiven(Given):
    shown_as = Words(max_length=acts.NAME_MAX)
    tells_counts = serializers.BooleanField()
    tells_collisions = serializers.BooleanField()


class TierGiven(Given):
    tier = serializers.ChoiceField(list(BY_NAME))
    coordinates = serializers.BooleanField()
    seen_tier = serializers.ChoiceField(list(BY_NAME), help_text="The one you read; else nothing is changed.")


class StayEffectAsked(serializers.Serializer[Any]):
    tier = serializers.ChoiceField(list(BY_NAME), required=False, help_text="Left out: it leaves, or is removed.")


class GrantsShape(serializers.Serializer[Any]):
    campaigns = serializers.IntegerField()
    requests = serializers.IntegerField()
    letters = serializers.IntegerField(help_text="Of these, how many show letters.")
    documents = serializers.IntegerField()
    everything = serializers.IntegerField()


class LostShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField(help_text="Requests of partners that you would see no more.")
    letters = serializers.IntegerField(help_text="Of how many you would no longer see the letters.")
    documents = serializers.IntegerField()
    everything = serializers.IntegerField()


class JointEffectShape(serializers.Serializer[Any]):
    campaigns = serializers.IntegerField(help_text="Joint campaigns that you would read no more.")
    parts = serializers.IntegerField(help_text="Campaigns of yours that would be out of them.")
    cells = serializers.IntegerField()
    lost_parts = serializers.IntegerField(help_text="Campaigns of partners that you would see there no more.")
    lost_cells = serializers.IntegerField()
    feeds = serializers.IntegerField(help_text="Calendar feeds of the coalition that would show nothing any more.")


class ModelsEffectShape(serializers.Serializer[Any]):
    ending = serializers.IntegerField(help_text="Of yours, that would no longer be offered.")
    lost = serializers.IntegerField(help_text="Of partners, that you would read no more.")


class WorkEffectShape(serializers.Serializer[Any]):
    asked = serializers.IntegerField(help_text="Open tasks that you asked of partners; they would end.")
    to_do = serializers.IntegerField(help_text="Open tasks that partners asked of you; they would end.")
    offered = serializers.IntegerField(help_text="Undecided proposals of partners; you could still decide them.")
    proposed = serializers.IntegerField(help_text="Undecided proposals of yours; you would hear no more of them.")


class StayEffectShape(serializers.Serializer[Any]):
    ending = GrantsShape(help_text="Grants of yours that end, or no longer reach the other.")
    starting = GrantsShape(help_text="Grants of yours that begin to reach the other.")
    lost = LostShape()
    joint = JointEffectShape()
    models = ModelsEffectShape(help_text="Model letters.")
    kits = ModelsEffectShape(help_text="Kits that are offered.")
    work = WorkEffectShape(help_text="Tasks and proposals between you and partners.")


class CountShape(serializers.Serializer[Any]):
    member = serializers.CharField()
    windows = serializers.IntegerField(help_text="Of their own, that end within seven days.")
    unassigned = serializers.IntegerField()


class CountsShape(serializers.Serializer[Any]):
    items = CountShape(many=True)


class AskedShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    email = serializers.CharField()
    tier = serializers.ChoiceField(list(BY_NAME))
    message = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mail = serializers.ChoiceField(MailState.values)
    mail_outcome = serializers.CharField(allow_blank=True, help_text="Why the mail did not go out.")


class AskGiven(Given):
    email = serializers.CharField(max_length=254)
    tier = serializers.ChoiceField(list(BY_NAME))
    message = Words(max_length=invitations.MESSAGE_MAX, required=False, allow_blank=True, default="")


class LinkShape(serializers.Serializer[Any]):
    coalition = serializers.CharField()
    purpose = serializers.CharField(allow_blank=True)
    invited_by = serializers.CharField()
    tier = serializers.ChoiceField(list(BY_NAME))
    message = serializers.CharField(allow_blank=True)
    expires_at = serializers.DateTimeField()


class JoinGiven(Given):
    organisation = Words(max_length=20, help_text="Which of those you own joins.")
    shown_as = Words(max_length=acts.NAME_MAX, help_text="The name that partners read.")


class CoalitionView(OrganisationView):
    """Base of what concerns one coalition."""

    def coalition(self, pid: str) -> Coalition:
        found: Coalition = self.found(Coalition.objects.visible_to(self.viewer), public_id=pid)
        return found

    def stay(self, pid: str, key: str) -> CoalitionMember:
        rows = queries.members(self.viewer, self.coalition(pid))
        found: CoalitionMember = self.found(rows, public_id=key)
        return found

    def stays(self, pid: str) -> list[CoalitionMember]:
        return queries.own_stays(self.viewer, self.coalition(pid))

    def leads(self, pid: str) -> list[CoalitionMember]:
        """To read what coordinators alone read; for everybody else it is not there."""
        stays = self.stays(pid)
        if not any(one.coordinates and self.viewer.may_own(one.organisation_id) for one in stays):
            raise Http404
        return stays

    def by_hand(self) -> None:
        self.no_token()
        must_be_fresh(self)

    def owned_home(self, key: str) -> Organisation:
        rows = Organisation.objects.filter(pk__in=self.viewer.owned, public_id=key)
        found = rows.first()
        if found is None:
            raise Refused("organisation_unknown", "You own no organization with this id.", field="organisation")
        return found


class CoalitionsView(CoalitionView):
    @operation(
        "coalitions", "Coalitions you belong to", asked=PageAsked, answer=page_of(CoalitionShape), signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first; those that you left or that are dissolved, too."""
        rows = Coalition.objects.visible_to(self.viewer)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, _coalition)

    @operation(
        "coalition-found", "Found a coalition", body=FoundGiven, answer=CoalitionShape, status=201,
        example={"name": "Plate Reader Table", "organisation": "7h3kq2m9x4ap", "shown_as": "Harbor Rights Clinic"},
    )  # fmt: skip
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Its organization coordinates it. Owners, by session, after a fresh proof."""
        self.by_hand()
        home = self.owned_home(given.pop("organisation"))
        made = acts.found_coalition(viewer=self.viewer, organisation=home, actor=self.actor, **given)
        return _coalition(made)


class OneCoalitionView(CoalitionView):
    @operation("coalition", "One coalition", answer=CoalitionShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        return _coalition(self.coalition(pid))

    @operation("coalition-rename", "Change its name and purpose", body=CoalitionGiven, answer=CoalitionShape)
    def put(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Coordinators, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        return _coalition(acts.rename(viewer=self.viewer, coalition=found, actor=self.actor, **given))

    @operation("coalition-dissolve", "Dissolve a coalition", answer=Done)
    def delete(self, pid: str) -> dict[str, Any]:
        """What was shared there ends, for everybody. Twice is once. Coordinators, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        acts.dissolve(viewer=self.viewer, coalition=found)
        return {"done": True}


class CountsView(CoalitionView):
    @operation("coalition-counts", "How many windows of partners end soon", answer=CountsShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """For coordinators: of partners who agreed, over what they share with this coalition; numbers alone."""
        self.leads(pid)
        found = self.coalition(pid)
        told = queries.counts(found)
        names = dict(queries.members(self.viewer, found).filter(pk__in=told).values_list("pk", "public_id"))
        rows = [
            {"member": names[key], "windows": one.windows, "unassigned": one.unassigned}
            for key, one in sorted(told.items())
        ]
        return {"items": rows}


class MembersView(CoalitionView):
    @operation("coalition-members", "Who is in it", asked=PageAsked, answer=page_of(MemberShape), signed_in=True)
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """By the day they joined. Who left reads nobody any more."""
        rows = queries.members(self.viewer, self.coalition(pid)) if self.stays(pid) else CoalitionMember.objects.none()

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, MEMBER_KEYS, place, limit)

        return paged(self.request, asked, MEMBER_KEYS, read, self._shown)

    def _shown(self, row: CoalitionMember) -> dict[str, Any]:
        return _member(row, self.viewer.belongs_to(row.organisation_id))


class MemberView(CoalitionView):
    @operation("coalition-member", "One member of a coalition", answer=MemberShape, signed_in=True)
    def get(self, pid: str, key: str) -> dict[str, Any]:
        row = self.stay(pid, key)
        return _member(row, self.viewer.belongs_to(row.organisation_id))

    @operation("coalition-member-change", "Its name and consents", body=OwnGiven, answer=MemberShape)
    def put(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """Owners of that organization, by session, after a fresh proof."""
        row = self.stay(pid, key)
        self.by_hand()
        return _member(acts.set_own(viewer=self.viewer, member=row, actor=self.actor, **given), ours=True)

    @operation("coalition-member-end", "Leave, or remove a partner", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """What was shared in the stay ends. Its owners, or coordinators, by session, after a fresh proof."""
        row = self.stay(pid, key)
        self.by_hand()
        acts.end_stay(viewer=self.viewer, member=row)
        return {"done": True}


class EffectView(CoalitionView):
    @operation(
        "coalition-effect", "What another tier, or the end of a stay, would do to shares",
        asked=StayEffectAsked, answer=StayEffectShape, signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """For its owners, and for coordinators. What partners share among themselves is counted for nobody else."""
        row, stays = self.stay(pid, key), self.stays(pid)
        ours = self.viewer.may_own(row.organisation_id)
        if "tier" in asked:
            self.leads(pid)
            return _effect(queries.of_tier(stays, row, BY_NAME[asked["tier"]]))
        if ours:
            return _effect(queries.of_leaving([row]))
        self.leads(pid)
        return _effect(queries.of_removing(stays, row))


class DissolvingView(CoalitionView):
    @operation("coalition-dissolving", "What dissolving would do to shares", answer=StayEffectShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """For coordinators."""
        return _effect(queries.of_leaving(self.leads(pid)))


class TierView(CoalitionView):
    @operation(
        "coalition-tier", "Set a member's tier", body=TierGiven, answer=MemberShape,
        example={"tier": "observer", "coordinates": False, "seen_tier": "member"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """409 where the tier is no longer the one you read. Coordinators, by session, after a fresh proof."""
        row = self.stay(pid, key)
        self.by_hand()
        acts.set_stay(
            viewer=self.viewer, member=row, tier=BY_NAME[given["tier"]], coordinates=given["coordinates"],
            seen_tier=BY_NAME[given["seen_tier"]],
        )  # fmt: skip
        row.refresh_from_db(fields=["tier", "coordinates"])
        return _member(row, self.viewer.belongs_to(row.organisation_id))


class InvitationsView(CoalitionView):
    @operation(
        "coalition-invitations", "Invitations that wait", asked=PageAsked, answer=page_of(AskedShape), signed_in=True
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Those your organizations sent, for coordinators; those that ran out too. The link is told nobody."""
        self.leads(pid)
        rows = queries.open_invitations(self.viewer, self.coalition(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, _asked)

    @operation(
        "coalition-invite", "Ask an organization in", body=AskGiven, answer=AskedShape, status=201,
        example={"email": "ruth@example.org", "tier": "member", "message": "We ask the same centers."},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """By the address of an owner, for fourteen days. Coordinators, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        made = invitations.invite(
            viewer=self.viewer, coalition=found, email=given["email"], tier=BY_NAME[given["tier"]],
            message=given["message"], actor=self.actor, now=self.now,
        )  # fmt: skip
        made.refresh_from_db()
        return _asked(made)


class InvitationView(CoalitionView):
    def invitation(self, pid: str, key: str) -> CoalitionInvitation:
        self.leads(pid)
        self.by_hand()
        rows = CoalitionInvitation.objects.visible_to(self.viewer).filter(coalition=self.coalition(pid))
        found: CoalitionInvitation = self.found(rows.select_related("organisation", "coalition"), public_id=key)
        return found


class OneInvitationView(InvitationView):
    @operation("coalition-withdraw", "Withdraw an invitation into a coalition", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """Its link is dead from here on."""
        self.leads(pid)
        self.by_hand()
        found = self.coalition(pid)
        mine = CoalitionInvitation.objects.visible_to(self.viewer).filter(coalition=found, public_id=key)
        if mine.exists():
            invitations.withdraw(viewer=self.viewer, invitation=self.invitation(pid, key), actor=self.actor)
        else:
            invitations.withdraw_of_another(viewer=self.viewer, coalition=found, key=key)
        return {"done": True}


class ResendView(InvitationView):
    @operation("coalition-resend", "Send an invitation into a coalition again", answer=AskedShape)
    def post(self, pid: str, key: str) -> dict[str, Any]:
        """A new link for another fourteen days; the old one is dead."""
        row = self.invitation(pid, key)
        return _asked(invitations.resend(viewer=self.viewer, invitation=row, actor=self.actor, now=self.now))


class LinkView(CoalitionView):
    @operation("coalition-link", "What the link of an invitation asks", answer=LinkShape)
    def get(self, token: str) -> dict[str, Any]:
        """For whoever holds it. A link that does not work answers as one that never was."""
        asked = invitations.look(token)
        if asked is None:
            raise Http404
        names = ("coalition", "purpose", "invited_by", "message", "expires_at")
        return {"tier": TIERS[Tier(asked.tier)], **{name: getattr(asked, name) for name in names}}


class JoinView(CoalitionView):
    @operation("coalition-join", "Join by a link", body=JoinGiven, answer=MemberShape)
    def post(self, given: dict[str, Any], token: str) -> dict[str, Any]:
        """With an organization you own, and an address confirmed. Twice is once. By session, after a fresh proof."""
        self.by_hand()
        stay, _new = invitations.join(
            viewer=self.viewer, token=token, organisation=self.owned_home(given["organisation"]),
            shown_as=given["shown_as"], actor=self.actor,
        )  # fmt: skip
        return _member(stay, ours=True)


class DeclineView(CoalitionView):
    @operation("coalition-decline", "Decline a link", answer=Done)
    def post(self, token: str) -> dict[str, Any]:
        """By session, after a fresh proof."""
        self.by_hand()
        invitations.decline(viewer=self.viewer, token=token)
        return {"done": True}


def _coalition(row: Coalition) -> dict[str, Any]:
    names = ("name", "purpose", "created_at", "dissolved_at")
    return {"id": row.public_id, "sample": row.is_sample, **{name: getattr(row, name) for name in names}}


def _member(row: CoalitionMember, ours: bool) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.shown_as,
        "tier": TIERS[Tier(row.tier)],
        "coordinates": row.coordinates,
        "since": row.joined_at,
        "ours": ours,
        "tells_counts": row.tells_counts if ours else None,
        "tells_collisions": row.tells_collisions if ours else None,
    }


def _asked(row: CoalitionInvitation) -> dict[str, Any]:
    names = ("email", "message", "created_at", "expires_at", "mail_outcome")
    told = {name: getattr(row, name) for name in names}
    return {"id": row.public_id, "tier": TIERS[Tier(row.tier)], "mail": row.mail_state, **told}


def _effect(found: queries.Effect) -> dict[str, Any]:
    lost, grants = ("requests", "letters", "documents", "everything"), ("ending", "starting")
    return {
        "lost": {name: getattr(found.lost, name) for name in lost},
        "joint": dataclasses.asdict(found.joint),
        "models": dataclasses.asdict(found.models),
        "kits": dataclasses.asdict(found.kits),
        "work": dataclasses.asdict(found.work),
        **{
            one: {name: getattr(getattr(found, one), name) for name in ("campaigns", *lost)}
            for one in grants
        },
    }


LINK = "coalitions/invitations/<str:token>"
urlpatterns = [
    path("coalitions/", CoalitionsView.door(), name="api-coalitions"),
    path(f"{LINK}/", LinkView.door(), name="api-coalition-link"),
    path(f"{LINK}/join/", JoinView.door(), name="api-coalition-join"),
    path(f"{LINK}/decline/", DeclineView.door(), name="api-coalition-decline"),
    path(f"{HERE}/", OneCoalitionView.door(), name="api-coalition"),
    path(f"{HERE}/dissolving/", DissolvingView.door(), name="api-coalition-dissolving"),
    path(f"{HERE}/counts/", CountsView.door(), name="api-coalition-counts"),
    path(f"{HERE}/members/", MembersView.door(), name="api-coalition-members"),
    path(f"{ONE}/", MemberView.door(), name="api-coalition-member"),
    path(f"{ONE}/effect/", EffectView.door(), name="api-coalition-effect"),
    path(f"{ONE}/tier/", TierView.door(), name="api-coalition-tier"),
    path(f"{HERE}/asked/", InvitationsView.door(), name="api-coalition-invitations"),
    path(f"{HERE}/asked/<slug:key>/", OneInvitationView.door(), name="api-coalition-invitation"),
    path(f"{HERE}/asked/<slug:key>/resend/", ResendView.door(), name="api-coalition-resend"),
]
