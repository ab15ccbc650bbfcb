"""Joint campaigns: made by who coordinates or steers; each organization puts its own campaigns in, and takes them out.

Putting in is an act of sharing: it grants a tier of the coalition what the owner chose, by the acts of the share
board. Each request stays its owner's, with the owner's law, clocks and letters.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import (
    Campaign,
    Coalition,
    CoalitionMember,
    JointCampaign,
    JointPart,
    Person,
    Share,
    Tier,
)
from requests_app.models.visibility import Viewer
from requests_app.queries import share_board as board
from requests_app.queries.share_board import LEVELS, NOTHING, Level

from . import audit, share_board, shares
from .coalitions import NAME_MAX, called, one_line
from .refusals import NotYours, Refused
from .rights import clean, must_own

QUESTION_MAX, ASK_MAX = 500, 80
LEADERS_ONLY = "Only an owner of an organization that coordinates or steers may do this."


@dataclass(frozen=True, slots=True)
class PuttingIn:
    """What putting in would grant. requests: that the tier would see; held: that stay held back. seen: of the grants
    it was worked out from."""

    given: Level
    then_given: Level
    requests: int
    held: int
    seen: str

    @property
    def grants(self) -> bool:
        return self.given != self.then_given


def make(*, viewer: Viewer, coalition: Coalition, name: str, question: str) -> JointCampaign:
    """It holds nothing yet, and shares nothing."""
    leading(viewer, coalition)
    name, question = _good_name(name), _good_question(question)
    made = called("SELECT app_make_joint(%s, %s, %s)", coalition.pk, name, question)
    if made is None:
        raise _name_taken(name)
    return JointCampaign.objects.get(pk=made)


def change(*, viewer: Viewer, joint: JointCampaign, name: str, question: str, actor: Person) -> JointCampaign:
    home = leading(viewer, joint.coalition)
    name, question = _good_name(name), _good_question(question)
    if (name, question) == (joint.name, joint.question):
        return joint
    try:
        with transaction.atomic():
            JointCampaign.objects.filter(pk=joint.pk).update(name=name, question=question)
    except IntegrityError:
        raise _name_taken(name) from None
    audit.record(
        act="joint.renamed", subject=f"joint {joint.public_id}", organisation=home.organisation, actor=actor, detail={}
    )
    joint.name, joint.question = name, question
    return joint


def close(*, viewer: Viewer, joint: JointCampaign) -> bool:
    """Whether it was this click. Nothing more is put in; what is in it stays."""
    leading(viewer, joint.coalition)
    return bool(called("SELECT app_close_joint(%s)", joint.pk))


def preview(
    *, viewer: Viewer, joint: JointCampaign, campaign: Campaign, tier: int, level: str, now: dt.datetime
) -> PuttingIn:
    stay = _stay(viewer, joint, campaign)
    wish = _wish(joint.coalition, tier, level)
    found = board.load(viewer, campaign, now=now)
    line = found.line(wish.key)
    given = line.given if line is not None else NOTHING
    if stay.coalition_id != joint.coalition_id:
        raise NotYours
    return PuttingIn(given, given | wish.level, found.requests - found.held_total, found.held_total, found.seen)


def put_in(
    *,
    viewer: Viewer,
    joint: JointCampaign,
    campaign: Campaign,
    ask: str,
    tier: int,
    level: str,
    actor: Person,
    now: dt.datetime,
    seen: str = "",
) -> JointPart:
    """A grant that stands already is raised where it shows less, and never lowered. seen: of the preview."""
    stay = _stay(viewer, joint, campaign)
    ask = one_line(ask, code="ask", field="ask", most=ASK_MAX, missing="Write what it asks, in a few words.")
    asked = _wish(joint.coalition, tier, level)
    if joint.closed_at is not None:
        raise Refused("joint_closed", "It is closed: nothing more is put in.", status=409)
    if JointPart.objects.live().filter(joint=joint, campaign=campaign).exists():
        raise _in_already()
    found = board.load(viewer, campaign, now=now)
    line = found.line(asked.key)
    given, until = (line.given, line.until) if line is not None else (NOTHING, None)
    wish = share_board.Wish(asked.key, given | asked.level, until)
    with transaction.atomic():
        if given != wish.level:
            share_board.settle(
                viewer=viewer, subject=campaign, wishes=[wish], actor=actor, now=now, seen=seen,
                reason=f"Put into the joint campaign {joint.public_id}.",
            )  # fmt: skip
        made = None
        if given == NOTHING:
            made = Share.objects.filter(campaign=campaign, stay=stay, tier=tier, revoked_at=None).first()
        try:
            with transaction.atomic():
                part = JointPart.objects.create(
                    joint=joint, coalition_id=joint.coalition_id, organisation_id=campaign.organisation_id, stay=stay,
                    campaign=campaign, ask=ask, share=made,
                )  # fmt: skip
        except IntegrityError as problem:
            if "one_live_part_a_campaign" in str(problem):
                raise _in_already() from None
            raise
        _log("joint.put_in", part, actor, tier=tier, level=wish.level.code)
    return part


def take_out(*, viewer: Viewer, part: JointPart, end_share: bool, actor: Person) -> bool:
    """Partners see its cells no more. end_share: the grant that putting in made ends, too; a second click is told
    that it was out already."""
    must_own(viewer, part.organisation_id, shares.OWNERS_ONLY)
    with transaction.atomic():
        if not JointPart.objects.filter(pk=part.pk, taken_out_at=None).update(taken_out_at=Now()):
            return False
        share = ending_share(part) if end_share else None
        if share is not None:
            shares.revoke(viewer=viewer, share=share, actor=actor)
        _log("joint.taken_out", part, actor, shared="no" if share is not None else "as before")
    return True


def ending_share(part: JointPart) -> Share | None:
    """The grant that putting in made, where it stands and no other joint campaign holds the campaign by it."""
    if part.share_id is None:
        return None
    others = JointPart.objects.live().filter(campaign=part.campaign_id, stay=part.stay_id).exclude(pk=part.pk)
    if others.exists():
        return None
    return (
        Share.objects.filter(pk=part.share_id, revoked_at=None)
        .select_related("campaign__organisation", "request")
        .first()
    )


def leading(viewer: Viewer, coalition: Coalition) -> CoalitionMember:
    """The stay by which the viewer coordinates or steers. A stranger does not learn that there is anything."""
    mine = list(
        CoalitionMember.objects.live()
        .filter(coalition=coalition, organisation__in=viewer.organisations)
        .select_related("organisation")
        .order_by("pk")
    )
    if not mine:
        raise NotYours
    for stay in mine:
        if (stay.coordinates or stay.tier == Tier.STEERING) and viewer.may_own(stay.organisation_id):
            return stay
    raise Refused("leaders_only", LEADERS_ONLY, status=403)


def _stay(viewer: Viewer, joint: JointCampaign, campaign: Campaign) -> CoalitionMember:
    must_own(viewer, campaign.organisation_id, shares.OWNERS_ONLY)
    stay = CoalitionMember.objects.live().filter(
        coalition=joint.coalition_id, organisation=campaign.organisation_id
    ).first()  # fmt: skip
    if stay is None:
        raise Refused(
            "campaign_elsewhere",
            "The organization of this campaign is not in the coalition now.",
            field="campaign",
        )
    return stay


def _wish(coalition: Coalition, tier: int, level: str) -> share_board.Wish:
    if tier not in Tier.values:
        raise Refused("tier_unknown", "A tier is observer, member or steering.", field="tier")
    if level not in LEVELS or not level:
        raise Refused("level_unknown", "Choose what partners see, status at least.", field="level")
    return share_board.Wish(f"c-{coalition.public_id}-{tier}", LEVELS[level])


def _in_already() -> Refused:
    return Refused("in_already", "This campaign is in it already.", field="campaign", status=409)


def _name_taken(name: str) -> Refused:
    return Refused(
        "name_taken", f"There is a joint campaign called {name} here already. Choose another name.", field="name"
    )


def _good_name(given: str) -> str:
    return one_line(given, code="name", field="name", most=NAME_MAX, missing="Give the joint campaign a name.")


def _good_question(given: str) -> str:
    return clean(given, code="question", field="question", most=QUESTION_MAX)


def _log(act: str, part: JointPart, actor: Person, **detail: object) -> None:
    audit.record(
        act=act,
        subject=f"campaign {part.campaign.public_id}",
        organisation=part.campaign.organisation,
        actor=actor,
        detail={"joint": part.joint.public_id, **detail},
    )
