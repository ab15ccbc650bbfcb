"""Rights to do: an owner lets a partner or a guest act on what is shared with them, and takes it back."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import Campaign, CoalitionMember, JointRight, JointRightNote, Person, Share
from requests_app.models.visibility import Viewer
from requests_app.queries import share_board as board
from requests_app.queries.share_board import Subject

from . import audit, shares
from .refusals import NotYours, Refused
from .rights import clean, must_own

REASON_MAX = 500
# Given by nobody: what leaves the house, and what the world reads, is decided by whoever answers for it.
NEVER = {
    "send": "Sending stays with your organization: a letter goes out in its name. Take over what they write.",
    "publish": "Publishing stays with your organization: its own people look first, and answer for it.",
}
GIVEN = ("comment", "propose_event", "log_event", "draft", "upload")


def grant_right(
    *,
    viewer: Viewer,
    subject: Subject,
    grantee: str,
    kind: str,
    actor: Person,
    now: dt.datetime,
    until: dt.datetime | None = None,
    reason: str = "",
) -> JointRight:
    """grantee: its key on the share board. A partner there has it by its stay, and loses it with that."""
    must_own(viewer, subject.organisation_id, shares.OWNERS_ONLY)
    if kind in NEVER:
        raise Refused("right_not_given", NEVER[kind], field="right")
    if kind not in GIVEN:
        raise Refused("right_unknown", "Choose what they may do.", field="right")
    said = clean(reason, code="reason", field="reason", most=REASON_MAX)
    if until is not None and until <= now:
        raise Refused("until_past", "This day is over. Choose a later one.", field="until")
    line = board.load(viewer, subject, now=now, also=[grantee]).line(grantee)
    if line is None or line.grantee.kind not in (Share.Grantee.ORGANISATION, Share.Grantee.GUEST):
        if board.is_own_stay(subject.organisation_id, grantee):
            raise Refused("self_grant", "Your own organization may do all of it already.", field="grantee")
        raise Refused("grantee_unknown", "Choose a partner or a guest.", field="grantee")
    if not board.shown_by_name(viewer, subject, now=now)(line.grantee):
        raise Refused(
            "sees_nothing",
            "They are not shown this by name, so a right would be worth nothing. Share it with them first.",
            field="grantee",
        )
    one = line.grantee
    to: dict[str, int | None] = {"guest_id": one.id}
    if one.kind == Share.Grantee.ORGANISATION:
        stay = None
        if not one.gone:
            stay = CoalitionMember.objects.live().visible_to(viewer).get(public_id=one.key[2:]).pk
        to = {"partner_id": one.id, "stay_id": stay}
    of = {"campaign": subject} if isinstance(subject, Campaign) else {"request": subject}
    whose = {name: value for name, value in to.items() if name != "stay_id"}
    JointRight.objects.filter(
        organisation=subject.organisation_id, **of, **whose, kind=kind, revoked_at=None, until_at__lte=Now()
    ).update(revoked_at=Now())
    try:
        with transaction.atomic():
            made: JointRight = JointRight.objects.create(
                organisation_id=subject.organisation_id, **of, **to, kind=kind, until_at=until
            )
    except IntegrityError as problem:
        if "one_joint_right_a_grantee" not in str(problem):
            raise
        raise Refused(
            "right_given", "They have this right here already.", field="grantee", status=409
        ) from None
    JointRightNote.objects.create(
        right=made,
        organisation_id=subject.organisation_id,
        granted_by=actor,
        reason=said,
        granted_to=one.name,
    )
    _log("right.granted", made, subject, actor)
    return made


def revoke_right(*, viewer: Viewer, right: JointRight, actor: Person) -> None:
    """Nobody does anything by it from here on; what was done stands."""
    if not viewer.belongs_to(right.organisation_id):
        raise NotYours
    must_own(viewer, right.organisation_id, shares.OWNERS_ONLY)
    if not JointRight.objects.filter(pk=right.pk, revoked_at=None).update(revoked_at=Now()):
        raise Refused("right_ended", "This right was taken back already.", status=409)
    subject: Subject | None = right.request or right.campaign
    if subject is not None:
        _log("right.revoked", right, subject, actor)


def _log(act: str, right: JointRight, subject: Subject, actor: Person) -> None:
    kind = "campaign" if isinstance(subject, Campaign) else "request"
    audit.record(
        act=act,
        subject=f"{kind} {subject.public_id}",
        organisation=subject.organisation,
        actor=actor,
        detail={
            "right": right.public_id,
            "do": right.kind,
            "to": "guest" if right.guest_id else "partner",
            "until": right.until_at.isoformat() if right.until_at else "",
        },
    )
