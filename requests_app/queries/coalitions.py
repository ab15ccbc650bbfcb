"""Coalitions of the viewer's organizations: who is in them, who is asked in, and what a change would do to shares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from requests_app.models import (
    CalendarFeed,
    Coalition,
    CoalitionInvitation,
    CoalitionMember,
    JointCampaign,
    JointPart,
    KitOffer,
    ModelLetter,
    Organisation,
    PartnerTask,
    Proposal,
    ProposalDecision,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import Level, Viewer, live_shares

PAGE = 50
OPEN = Q(accepted_at=None, revoked_at=None, declined_at=None)
LEVELS = (Level.STATUS, Level.CORRESPONDENCE, Level.DOCUMENTS, Level.EVERYTHING)


def coalitions(viewer: Viewer) -> QuerySet[Coalition]:
    """Those one belongs to and those that are over, newest first. `partners`: how many are in it now."""
    living = Count("members", filter=Q(members__left_at=None), distinct=True)
    return Coalition.objects.visible_to(viewer).annotate(partners=living).order_by("-created_at", "-public_id")


def own_stays(viewer: Viewer, found: Coalition) -> list[CoalitionMember]:
    """Of the viewer's organizations, now."""
    rows = members(viewer, found).filter(organisation__in=viewer.organisations)
    return list(rows.select_related("organisation"))


def who_may_copy(viewer: Viewer, found: Coalition, offer: ModelLetter | KitOffer) -> list[Organisation]:
    """Of the viewer's organizations those that it is offered to and that the viewer writes for, by name."""
    ids = {stay.organisation_id for stay in own_stays(viewer, found) if stay.tier >= offer.tier}
    ids = ids & set(viewer.editable) - {offer.organisation_id}
    return list(Organisation.objects.filter(pk__in=ids).order_by("name"))


def stays_in(viewer: Viewer, rows: list[Coalition]) -> dict[int, list[CoalitionMember]]:
    """Own stays in each, those that are over too, the newest last."""
    told: dict[int, list[CoalitionMember]] = {}
    own = CoalitionMember.objects.filter(organisation__in=viewer.organisations, coalition__in=rows)
    for stay in own.select_related("organisation").order_by("pk"):
        told.setdefault(stay.coalition_id, []).append(stay)
    return told


def members(viewer: Viewer, found: Coalition) -> QuerySet[CoalitionMember]:
    """Who is in it now: coordinators first, then by tier and name."""
    return (
        CoalitionMember.objects.live()
        .visible_to(viewer)
        .filter(coalition=found)
        .select_related("coalition")
        .order_by("-coordinates", "-tier", "shown_as", "pk")
    )


@dataclass(frozen=True, slots=True)
class AskedByOthers:
    """An invitation of another coordinator's; whom it asks is theirs to know."""

    key: str
    asked_by: str
    tier: int
    until_at: dt.datetime


def asked_by_others(found: Coalition) -> list[AskedByOthers]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, asked_by, tier, until_at FROM app_coalition_asked_by_others(%s)", [found.pk])
        return [AskedByOthers(*row) for row in cursor.fetchall()]


def open_invitations(viewer: Viewer, found: Coalition) -> QuerySet[Any]:
    """Sent by organizations of the viewer's own, neither answered nor withdrawn; those that ran out too."""
    return (
        CoalitionInvitation.objects.visible_to(viewer)
        .filter(OPEN, coalition=found, organisation__in=viewer.owned)
        .select_related("invited_by")
        .order_by("-created_at", "-public_id")
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """Of a partner who agreed: windows of their own that end within seven days, in what they shared here."""

    member: int
    windows: int
    unassigned: int


def counts(found: Coalition) -> dict[int, Counted]:
    """By stay. For coordinators: the database refuses anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT member, windows, unassigned FROM app_coalition_counts(%s)", [found.pk])
        return {row[0]: Counted(*row) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Grants:
    """Grants by what they show. A grant of letters and documents counts in both."""

    campaigns: int = 0
    requests: int = 0
    letters: int = 0
    documents: int = 0
    everything: int = 0

    @property
    def any(self) -> bool:
        return bool(self.campaigns or self.requests)


@dataclass(frozen=True, slots=True)
class Lost:
    """Partners' requests that are no longer seen at all, and those of which letters, documents, the rest are not."""

    requests: int = 0
    letters: int = 0
    documents: int = 0
    everything: int = 0

    @property
    def any(self) -> bool:
        return bool(self.requests or self.letters or self.documents or self.everything)


@dataclass(frozen=True, slots=True)
class Joint:
    """Joint campaigns that are no longer read; parts of ours that go out with their cells; parts of partners, and
    their cells, that are no longer seen in them. feeds: calendar feeds of the coalition that show nothing any more."""

    campaigns: int = 0
    parts: int = 0
    cells: int = 0
    lost_parts: int = 0
    lost_cells: int = 0
    feeds: int = 0

    @property
    def any(self) -> bool:
        return bool(self.campaigns or self.parts or self.lost_parts or self.feeds)


@dataclass(frozen=True, slots=True)
class Models:
    """Model letters, or kits, of ours that are no longer offered; those of partners that we no longer read."""

    ending: int = 0
    lost: int = 0

    @property
    def any(self) -> bool:
        return bool(self.ending or self.lost)


@dataclass(frozen=True, slots=True)
class Work:
    """asked: open tasks that we asked of partners. to_do: open tasks that partners asked of us. Both end. offered: what
    partners proposed to us and nobody decided; it can still be decided. proposed: what we proposed to partners and
    nobody decided; of what becomes of it we no longer hear."""

    asked: int = 0
    to_do: int = 0
    offered: int = 0
    proposed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.asked or self.to_do or self.offered or self.proposed)


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act would do, as far as the viewer may know it.

    ending: grants of ours that end, or no longer reach the other. starting: grants of ours that begin to reach it.
    lost: what we no longer see of partners.
    joint, models, kits: what becomes of joint campaigns, and of letters and kits that are offered.
    work: tasks and proposals between us and partners.
    """

    ending: Grants
    starting: Grants
    lost: Lost
    joint: Joint = Joint()
    models: Models = Models()
    kits: Models = Models()
    work: Work = Work()


def of_leaving(stays: list[CoalitionMember]) -> Effect:
    """The end of one's own stays: by leaving, or by dissolving the coalition."""
    here = Q(grantee_kind="coalition", grantee_id__in={stay.coalition_id for stay in stays})
    models, kits = (
        Models(
            table.objects.live().filter(stay__in=stays).count(),
            _of_partners(table, stays, Q(coalition__in={stay.coalition_id for stay in stays})),
        )
        for table in (ModelLetter, KitOffer)
    )
    return Effect(
        _grants(Q(stay__in=stays)), Grants(), _lost(stays, here), _joint_of_leaving(stays), models, kits,
        _work(stays, Q(), Q()),
    )  # fmt: skip


def of_removing(ours: list[CoalitionMember], other: CoalitionMember) -> Effect:
    """A partner goes: we no longer see what it shared here, and it no longer sees what we did."""
    lost = _lost(ours, Q(stay=other.pk))
    parts, cells = _seen_of_partners(ours, Q(stay=other.pk))
    return Effect(
        _grants(Q(stay__in=ours, tier__lte=other.tier)), Grants(), lost, Joint(lost_parts=parts, lost_cells=cells),
        Models(lost=_of_partners(ModelLetter, ours, Q(stay=other.pk))),
        Models(lost=_of_partners(KitOffer, ours, Q(stay=other.pk))),
        _work(ours, Q(stay=other.pk), Q(home_stay=other.pk), other),
    )  # fmt: skip


def of_tier(ours: list[CoalitionMember], member: CoalitionMember, tier: int) -> Effect:
    """Another tier: for a partner, which grants of ours stop or begin to reach it; for oneself, what is lost."""
    if any(stay.pk == member.pk for stay in ours):
        gone = Q(grantee_kind="coalition", grantee_id=member.coalition_id, tier__gt=tier)
        unread = Q(coalition=member.coalition_id, tier__gt=tier)
        models, kits = (Models(lost=_of_partners(table, ours, unread)) for table in (ModelLetter, KitOffer))
        return Effect(Grants(), Grants(), _lost([member], gone), models=models, kits=kits)
    ending = _grants(Q(stay__in=ours, tier__gt=tier, tier__lte=member.tier))
    starting = _grants(Q(stay__in=ours, tier__gt=member.tier, tier__lte=tier))
    return Effect(ending, starting, Lost())


def _work(ours: list[CoalitionMember], to_them: Q, to_us: Q, other: CoalitionMember | None = None) -> Work:
    """Between the organizations of these stays and one partner, or all of them. A proposal is the act of a stay."""
    viewer = Viewer("token", roles={stay.organisation_id: "viewer" for stay in ours})
    tasks = PartnerTask.objects.visible_to(viewer).open()
    here = {stay.coalition_id for stay in ours}
    decided = ProposalDecision.objects.visible_to(viewer).filter(proposal=OuterRef("pk"))
    theirs = Proposal.objects.visible_to(viewer).filter(~Exists(decided), stay__coalition__in=here)
    theirs = theirs.filter(organisation__in=viewer.organisations).exclude(partner__in=viewer.organisations)
    own = Proposal.objects.followed_by(viewer).filter(~Exists(decided), stay__in=ours)
    if other is not None:
        theirs, own = theirs.filter(stay=other.pk), own.filter(organisation=other.organisation_id)
    return Work(
        asked=tasks.filter(to_them, home_stay__in=ours).count(),
        to_do=tasks.filter(to_us, stay__in=ours).count(),
        offered=theirs.count(),
        proposed=own.count(),
    )


def _of_partners(table: Any, stays: list[CoalitionMember], which: Q) -> int:
    """How many models or kits of partners the organizations of these stays read now."""
    ours = Viewer("token", roles={stay.organisation_id: "viewer" for stay in stays})
    rows = table.objects.live().visible_to(ours).filter(which)
    found: int = rows.exclude(organisation__in=ours.organisations).count()
    return found


def _grants(which: Q) -> Grants:
    live = Share.objects.filter(which, Q(until_at=None) | Q(until_at__gt=Now()), revoked_at=None)
    return Grants(
        **live.aggregate(
            campaigns=Count("pk", filter=Q(campaign__isnull=False)),
            requests=Count("pk", filter=Q(request__isnull=False)),
            letters=Count("pk", filter=Q(correspondence=True) | Q(everything=True)),
            documents=Count("pk", filter=Q(documents=True) | Q(everything=True)),
            everything=Count("pk", filter=Q(everything=True)),
        )
    )


def _joint_of_leaving(stays: list[CoalitionMember]) -> Joint:
    coalitions = {stay.coalition_id for stay in stays}
    own = JointPart.objects.live().filter(stay__in=stays)
    cells = RecordsRequest.objects.filter(campaign__in=own.values("campaign"), held_back=False).count()
    parts, lost = _seen_of_partners(stays, Q(coalition__in=coalitions))
    joint = JointCampaign.objects.filter(coalition__in=coalitions).count()
    feeds = CalendarFeed.objects.filter(stay__in=stays, revoked_at=None).count()
    return Joint(joint, own.count(), cells, parts, lost, feeds)


def _seen_of_partners(stays: list[CoalitionMember], which: Q) -> tuple[int, int]:
    """Their parts that the organizations of these stays read now, and how many requests stand in them."""
    # By what is granted to the organizations, not to persons of them.
    ours = Viewer("token", roles={stay.organisation_id: "viewer" for stay in stays})
    parts = JointPart.objects.live().visible_to(ours).filter(which).exclude(organisation__in=ours.organisations)
    cells = RecordsRequest.objects.visible_to(ours).filter(campaign__in=parts.values("campaign"))
    return parts.count(), cells.exclude(organisation__in=ours.organisations).count()


def _lost(stays: list[CoalitionMember], gone: Q) -> Lost:
    """What the organizations of these stays see by the grants that go, and by no other that stays.

    As partners: what is published shows them the public's view of it, which is less.
    """
    ours = Viewer("organisation", roles={stay.organisation_id: "viewer" for stay in stays})
    theirs = RecordsRequest.objects.exclude(organisation__in=ours.organisations)
    numbers = []
    for level in LEVELS:
        granted = live_shares(ours, level, public=False)
        going = granted.filter(gone)
        staying = granted.exclude(pk__in=going.values("pk"))
        kept = RecordsRequest.objects.reached_by(staying).values("pk")
        numbers.append(theirs.reached_by(going).exclude(pk__in=kept).count())
    return Lost(*numbers)
