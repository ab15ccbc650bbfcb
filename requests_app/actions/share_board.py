"""The share board: who sees a request or a campaign, at which level, until when; one or many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import Campaign, Guest, Person, RecordsRequest, Share, ShareNote
from requests_app.models.visibility import Viewer
from requests_app.queries import publishing
from requests_app.queries import share_board as board
from requests_app.queries.share_board import NOTHING, PUBLIC, Board, Grantee, Level, Line, Subject

from . import audit, guest_mail, shares
from .refusals import NotYours, Refused
from .rights import clean, must_own

GUEST_DAYS = 90
MOST = 200
REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What a grantee shall be given. Status and more: granted, or changed; nothing: ended."""

    key: str
    level: Level
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a preview: given and sees, before and after."""

    grantee: Grantee
    given: Level
    then_given: Level
    until: dt.datetime | None
    then_until: dt.datetime | None
    sees: Level
    then_sees: Level

    @property
    def of_grant(self) -> bool:
        """Whether the grant itself changes, or only what others' grants show."""
        return (self.given, self.until) != (self.then_given, self.then_until)


@dataclass(frozen=True, slots=True)
class Preview:
    """seen: of the grants it was worked out from."""

    changes: tuple[Change, ...]
    seen: str


def preview(*, viewer: Viewer, subject: Subject, wishes: Sequence[Wish], now: dt.datetime) -> Preview:
    """Nothing is written. Everybody whose sight changes is told of, whether or not their own grant does."""
    found = _board(viewer, subject, wishes, now)
    _check(found, wishes, now)
    return _preview(found, wishes)


def settle(
    *,
    viewer: Viewer,
    subject: Subject,
    wishes: Sequence[Wish],
    actor: Person,
    now: dt.datetime,
    reason: str = "",
    seen: str = "",
    shown_as: str = "",
) -> tuple[Change, ...]:
    """All of it, or nothing. seen: of the preview; grants that changed since are not overwritten."""
    must_own(viewer, subject.organisation_id, shares.OWNERS_ONLY)
    said = clean(reason, code="reason", field="reason", most=REASON_MAX)
    with transaction.atomic():
        _lock(subject)
        found = _board(viewer, subject, wishes, now)
        _check(found, wishes, now)
        if seen and seen != found.seen:
            raise Refused(
                "changed_meanwhile",
                "Somebody changed who sees this meanwhile. Look at the board again, then decide.",
                status=409,
            )
        changes = _preview(found, wishes).changes
        for change in changes:
            if not change.of_grant:
                continue
            share = _apply(viewer, found, change, actor, said)
            if share is not None and change.grantee.kind == Share.Grantee.GUEST:
                guest_mail.plan(
                    viewer=viewer, share=share, organisation=subject.organisation, shown_as=shown_as, actor=actor,
                    now=now,
                )  # fmt: skip
    return changes


def share_with_guest(
    *,
    viewer: Viewer,
    subject: Subject,
    email: str,
    level: Level,
    until: dt.datetime | None,
    actor: Person,
    now: dt.datetime,
    reason: str = "",
    shown_as: str = "",
) -> Grantee:
    """It reaches whoever has confirmed that address, now or later. Whether anybody has is told to nobody. One mail
    goes there; shown_as: by which name of the organization."""
    must_own(viewer, subject.organisation_id, shares.OWNERS_ONLY)
    address = _address(email)
    _guest_until(until, now)
    if level == NOTHING:
        raise Refused("level_missing", "Say what the guest may see.", field="level")
    rows = Guest.objects.visible_to(viewer).filter(organisation=subject.organisation_id, email=address)
    guest = rows.first()
    if guest is None:
        try:
            with transaction.atomic():
                guest = Guest.objects.create(organisation_id=subject.organisation_id, email=address)
        except IntegrityError:
            # Two owners in the same second name one guest.
            guest = rows.get()
    grantee = Grantee(f"g-{guest.public_id}", Share.Grantee.GUEST, guest.email, guest.pk)
    settle(
        viewer=viewer,
        subject=subject,
        wishes=[Wish(grantee.key, level, until)],
        actor=actor,
        now=now,
        reason=reason,
        shown_as=shown_as,
    )
    return grantee


def end(*, viewer: Viewer, share: Share, actor: Person) -> None:
    """Nobody reaches anything by it from here on."""
    if not viewer.belongs_to(share.organisation_id):
        raise NotYours
    if share.revoked_at is not None:
        raise Refused("share_ended", "This share was ended already.", status=409)
    shares.revoke(viewer=viewer, share=share, actor=actor)


def _lock(subject: Subject) -> None:
    """Two owners who save at once take turns, so that the second sees what the first did."""
    table = Campaign if isinstance(subject, Campaign) else RecordsRequest
    table.objects.select_for_update().filter(pk=subject.pk).values_list("pk").first()


def _board(viewer: Viewer, subject: Subject, wishes: Sequence[Wish], now: dt.datetime) -> Board:
    must_own(viewer, subject.organisation_id, shares.OWNERS_ONLY)
    return board.load(viewer, subject, now=now, also=[wish.key for wish in wishes])


def _check(found: Board, wishes: Sequence[Wish], now: dt.datetime) -> None:
    if len(wishes) > MOST:
        raise Refused("too_many", f"At most {MOST} at once.", field="changes")
    if len({wish.key for wish in wishes}) < len(wishes):
        raise Refused("named_twice", "Somebody is named twice. Name each once.", field="changes")
    for wish in wishes:
        line = found.line(wish.key)
        if line is None:
            if board.is_own_stay(found.subject.organisation_id, wish.key):
                raise shares.self_grant()
            raise Refused(
                "grantee_unknown",
                "Nobody with this id is in a coalition with your organization now.",
                field=f"level-{wish.key}",
            )
        if wish.level == NOTHING:
            continue
        kind = line.grantee.kind
        if kind == Share.Grantee.PUBLIC:
            _no_more_to_the_public(line, wish)
        if wish.until is not None and wish.until <= now:
            raise Refused(
                "until_past",
                "This day is over. Choose a later one, or end the share now.",
                field=f"until-{wish.key}",
            )
        if kind == Share.Grantee.GUEST:
            _guest_until(wish.until, now, field=f"until-{wish.key}")


def _no_more_to_the_public(line: Line, wish: Wish) -> None:
    """Less, sooner or nothing is an owner's act alone; more goes by the checklist, the embargo and the consent."""
    if wish.level.everything:
        raise shares.not_to_the_public(f"level-{wish.key}")
    wanted = Share(
        correspondence=wish.level.correspondence, documents=wish.level.documents, until_at=wish.until
    )
    if line.share is None or not publishing.covers(line.share, wanted):
        longer = line.share is not None and (wish.level | line.given) == line.given
        raise shares.publishing_first(
            "The public sees more, and for longer, only by publishing: propose it on the publishing page, look it "
            "through, and an owner agrees.",
            field=f"{'until' if longer else 'level'}-{wish.key}",
        )


def _guest_until(until: dt.datetime | None, now: dt.datetime, field: str = "until") -> None:
    if until is None:
        raise Refused("guest_until_missing", "Say until when the guest may look.", field=field)
    if until <= now:
        raise Refused("until_past", "This day is over. Choose a later one.", field=field)
    if until > now + dt.timedelta(days=GUEST_DAYS + 1):
        raise Refused("guest_too_long", f"A guest looks for at most {GUEST_DAYS} days.", field=field)


def _preview(found: Board, wishes: Sequence[Wish]) -> Preview:
    wanted = {wish.key: wish for wish in wishes}
    would = found.would({wish.key: wish.level for wish in wishes})
    changes = []
    for line in found.lines:
        wish = wanted.get(line.grantee.key)
        level, until = (wish.level, wish.until) if wish is not None else (line.given, line.until)
        until = until if level != NOTHING else None
        key = line.grantee.key
        change = Change(line.grantee, line.given, level, line.until, until, line.sees, would[key])
        if change.of_grant or change.sees != change.then_sees:
            changes.append(change)
    return Preview(tuple(changes), found.seen)


def _apply(viewer: Viewer, found: Board, change: Change, actor: Person, reason: str) -> Share | None:
    """The share, where it is a new one."""
    line = found.line(change.grantee.key)
    share = line.share if line is not None else None
    if change.then_given == NOTHING:
        if share is not None and change.grantee == PUBLIC:
            shares.unpublish(viewer=viewer, subject=found.subject, actor=actor)
        elif share is not None:
            shares.revoke(viewer=viewer, share=share, actor=actor)
    elif share is not None:
        _change(viewer, found.subject, share, change, actor, reason)
    else:
        return _grant(found.subject, change, actor, reason)
    return None


def _change(
    viewer: Viewer, subject: Subject, share: Share, change: Change, actor: Person, reason: str
) -> None:
    level = change.then_given
    Share.objects.filter(pk=share.pk, revoked_at=None).update(
        correspondence=level.correspondence and not level.everything,
        documents=level.documents and not level.everything,
        everything=level.everything,
        until_at=change.then_until,
    )
    if reason:
        ShareNote.objects.filter(share=share).update(reason=reason, granted_by=actor)
    _log("share.changed", subject, actor, change, share)


def _grant(subject: Subject, change: Change, actor: Person, reason: str) -> Share:
    to, level = change.grantee, change.then_given
    grants = shares.Grants(
        correspondence=level.correspondence and not level.everything,
        documents=level.documents and not level.everything,
        everything=level.everything,
    )
    _make_room(subject, to)
    of = {"campaign": subject} if isinstance(subject, Campaign) else {"request": subject}
    share = Share.objects.create(
        organisation_id=subject.organisation_id, **of, grantee_kind=to.kind, grantee_id=to.id,
        tier=to.tier or None, stay_id=to.stay or None, guest_id=to.id if to.kind == Share.Grantee.GUEST else None,
        correspondence=grants.correspondence, documents=grants.documents, everything=grants.everything,
        until_at=change.then_until,
    )  # fmt: skip
    ShareNote.objects.create(
        share=share,
        organisation_id=subject.organisation_id,
        granted_by=actor,
        reason=reason,
        granted_to=to.name,
    )
    _log("share.granted", subject, actor, change, share)
    return share


def _make_room(subject: Subject, to: Grantee) -> None:
    """A grant that ran out is ended, so that a new one can stand: at most one a grantee is not ended."""
    of = {"campaign": subject} if isinstance(subject, Campaign) else {"request": subject}
    Share.objects.filter(
        organisation_id=subject.organisation_id, **of, grantee_kind=to.kind, grantee_id=to.id or None,
        tier=to.tier or None, revoked_at=None, until_at__lte=Now(),
    ).update(revoked_at=Now())  # fmt: skip


def _log(act: str, subject: Subject, actor: Person, change: Change, share: Share) -> None:
    kind = "campaign" if isinstance(subject, Campaign) else "request"
    audit.record(
        act=act,
        subject=f"{kind} {subject.public_id}",
        organisation=subject.organisation,
        actor=actor,
        detail={
            "to": change.grantee.kind,
            "share": share.public_id,
            "level": change.then_given.code,
            "until": change.then_until.isoformat() if change.then_until else "",
        },
    )


def _address(given: str) -> str:
    email = given.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(
            "email_wrong", "Write one e-mail address, such as name@example.org.", field="email"
        ) from None
    if len(email) > 254:
        raise Refused("email_wrong", "An e-mail address has at most 254 characters.", field="email")
    return email
