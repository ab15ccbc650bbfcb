"""Calendar feeds: made by a member for oneself, told once, kept as a hash, revoked by its maker or by an owner."""

from __future__ import annotations

import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import CalendarFeed, Campaign, CoalitionMember, Organisation, Person, SavedView
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import NotYours, Refused
from .rights import checked_once, clean

NAME_MAX = 80
MOST_LIVE = 50
"""Of one person in one organization."""
Subject = CalendarFeed.Subject

MADE = Refused(
    "made_already",
    "This feed was made already, and its address was shown that one time. If you did not keep it, revoke the feed and "
    "make another.",
    status=409,
)


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def make_feed(
    *,
    viewer: Viewer,
    organisation: Organisation,
    actor: Person,
    subject: str,
    name: str,
    once: str,
    campaign: Campaign | None = None,
    view: SavedView | None = None,
    stay: CoalitionMember | None = None,
) -> tuple[CalendarFeed, str]:
    """The feed and its secret, which is stored nowhere and cannot be told again."""
    if not viewer.belongs_to(organisation.pk) or viewer.kind != "person" or viewer.id != actor.pk:
        raise NotYours
    if subject not in Subject.values:
        raise Refused("subject_unknown", "Choose what the calendar shows.", field="subject")
    if subject == Subject.CAMPAIGN and not _theirs(viewer, organisation, campaign):
        raise Refused("campaign_unknown", "Choose a campaign of your organization.", field="subject")
    if subject == Subject.VIEW and not _theirs(viewer, organisation, view):
        raise Refused(
            "view_unknown", "Choose a saved view of yours, or one that is shared with you.", field="subject"
        )
    if subject == Subject.COALITION and not _theirs(viewer, organisation, stay):
        raise Refused("coalition_unknown", "Choose a coalition that your organization is in now.", field="subject")
    name = clean(
        " ".join(name.split()), code="name", field="name", most=NAME_MAX,
        missing="Give the feed a name: which calendar will show it?",
    )  # fmt: skip
    checked_once(once)
    own = CalendarFeed.objects.visible_to(viewer).filter(organisation=organisation, person=actor)
    if own.filter(once=once).exists():
        raise MADE
    if own.filter(revoked_at=None).count() >= MOST_LIVE:
        raise Refused("too_many", f"{MOST_LIVE} feeds are enough. Revoke one first.")
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            feed = CalendarFeed.objects.create(
                organisation=organisation,
                person=actor,
                subject=subject,
                campaign=campaign if subject == Subject.CAMPAIGN else None,
                view=view if subject == Subject.VIEW else None,
                stay=stay if subject == Subject.COALITION else None,
                name=name,
                digest=digest_of(secret),
                once=once,
            )
    except IntegrityError as problem:
        if "one_feed_an_act" not in str(problem):
            raise
        raise MADE from None
    _log("feed.made", feed, actor)
    return feed, secret


def revoke_feed(*, viewer: Viewer, feed: CalendarFeed, actor: Person) -> None:
    """Dead from this moment on. A second click changes nothing."""
    mine = feed.person_id == actor.pk and viewer.kind == "person" and viewer.id == actor.pk
    if not viewer.belongs_to(feed.organisation_id) or not (mine or viewer.may_own(feed.organisation_id)):
        raise NotYours
    if CalendarFeed.objects.visible_to(viewer).filter(pk=feed.pk, revoked_at=None).update(revoked_at=Now()):
        _log("feed.revoked", feed, actor)


def _theirs(
    viewer: Viewer, organisation: Organisation, row: Campaign | SavedView | CoalitionMember | None
) -> bool:
    if row is None or row.organisation_id != organisation.pk:
        return False
    if isinstance(row, CoalitionMember):
        return CoalitionMember.objects.live().filter(pk=row.pk).exists()
    return bool(type(row).objects.visible_to(viewer).filter(pk=row.pk).exists())


def _log(act: str, feed: CalendarFeed, actor: Person) -> None:
    audit.record(
        act=act,
        subject=f"feed {feed.public_id}",
        organisation=feed.organisation,
        actor=actor,
        detail={"shows": feed.subject, "person": str(feed.person_id)},
    )
