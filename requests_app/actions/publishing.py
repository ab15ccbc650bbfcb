"""Publishing: proposed, looked through, agreed to, held until a day, shown, and taken away again at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Case, When
from django.db.models.functions import Now

from requests_app.models import (
    Campaign,
    Document,
    Membership,
    Organisation,
    Person,
    Publication,
    PublicationCheck,
    RecordsRequest,
    Role,
    Share,
    ShareNote,
)
from requests_app.models.visibility import PUBLIC, Viewer, organisation_viewer, viewing
from requests_app.queries import publishing as query

from . import audit, inbox, shares
from .refusals import NotYours, Refused
from .rights import clean, must_edit, must_own
from .shares import STATUS_ONLY, Grants, Subject

LONGEST = dt.timedelta(days=5 * 366)
WARNED_BEFORE = (7, 1)
EDITORS_ONLY = "An editor proposes, and an owner decides what becomes public."
OWNERS_ONLY = "Only an owner of the organization decides what becomes public."
OWN_PROPOSAL = "Two persons publish here: somebody else than who proposed it agrees."


def propose(
    *,
    viewer: Viewer,
    subject: Subject,
    actor: Person,
    now: dt.datetime,
    grants: Grants = STATUS_ONLY,
    reason: str = "",
    embargo_until: dt.datetime | None = None,
    embargo_zone: str = "",
    by_itself: bool = False,
) -> Publication:
    """Owners are told; nothing is public yet."""
    must_edit(viewer, subject.organisation_id, EDITORS_ONLY)
    if grants.everything:
        raise Refused(
            "not_to_the_public", "The public may see status, correspondence and documents, never everything."
        )
    standing = query.own_public_share(subject)
    if standing is not None:
        # Looked through and agreed to as a whole: what is public, and what is added to it.
        grants = Grants(
            correspondence=grants.correspondence or standing.correspondence,
            documents=grants.documents or standing.documents,
        )
        if query.covers(standing, Share(correspondence=grants.correspondence, documents=grants.documents)):
            raise Refused("already_published", "This is public already.", status=409)
    if by_itself and not viewer.may_own(subject.organisation_id):
        raise Refused(
            "owners_choose",
            "Only an owner chooses that it is published by itself. Leave that out; an owner publishes it.",
            field="by_itself",
            status=403,
        )
    if by_itself and embargo_until is None:
        raise Refused("embargo_missing", "Say until when it waits.", field="embargo_until")
    if embargo_until is not None:
        _good_end(embargo_until, now, by_itself=by_itself)
        _good_zone(embargo_zone)
    reason = clean(reason, code="reason", field="reason", most=500)
    try:
        with transaction.atomic():
            made = Publication.objects.create(
                organisation_id=subject.organisation_id, **_of(subject), proposed_by=actor, reason=reason,
                correspondence=grants.correspondence, documents=grants.documents, embargo_until=embargo_until,
                embargo_set_at=now if embargo_until else None,
                embargo_zone=embargo_zone if embargo_until else "", by_itself=by_itself,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_open_publication" in str(problem):
            raise Refused(
                "already_proposed", "It is proposed already; decide on that one first.", status=409
            ) from None
        raise
    _log("publication.proposed", made, actor, correspondence=grants.correspondence, documents=grants.documents)
    tell_owners(made, "proposed", besides=actor)
    return made


def confirm(
    *, viewer: Viewer, publication: Publication, actor: Person, seen: Mapping[str, str]
) -> int:
    """Somebody looked at these lines of the checklist, by name. seen: item to the fingerprint of what they saw."""
    locked = _locked(viewer, publication, EDITORS_ONLY, states=("proposed", "agreed"))
    items = {one.item.key: one.item for one in query.looked_at(locked)}
    for key, fingerprint in seen.items():
        item = items.get(key)
        if item is None:
            raise Refused("item_unknown", "That line is not on the checklist any more.", field="seen", status=409)
        if item.fingerprint != fingerprint:
            raise Refused(
                "stale", "What you looked at has changed meanwhile. Look again.", field="seen", status=409
            )
        if item.blocks:
            raise Refused(
                "title_names_requester",
                "A public title names whoever asked, or where they are reached. Change the title first.",
                field="seen",
            )
        PublicationCheck.objects.update_or_create(
            organisation_id=locked.organisation_id, publication=locked, item=key,
            defaults={"fingerprint": fingerprint, "person": actor, "at": Now()},
        )  # fmt: skip
    if seen:
        _log("publication.checked", locked, actor, items=sorted(seen)[:50])
    return len(seen)


def agree(*, viewer: Viewer, publication: Publication, actor: Person, now: dt.datetime) -> Publication:
    """An owner agrees: it is public with this transaction, or waits for the end of its embargo."""
    locked = _locked(viewer, publication, OWNERS_ONLY, states=("proposed",), owner=True)
    if _organisation(locked).two_to_publish and locked.proposed_by_id == actor.pk:
        raise Refused("own_proposal", OWN_PROPOSAL, status=403)
    _all_looked_at(locked)
    if locked.embargo_until is None:
        _nothing_embargoed(locked, now)
    locked.state, locked.agreed_by, locked.agreed_at = Publication.State.AGREED, actor, now
    if locked.embargo_until is not None and locked.embargo_until <= now:
        # Nobody decided in time: an end that has passed is no wish to publish at once.
        raise Refused(
            "embargo_over", "The embargo has ended meanwhile. Take the proposal back and propose it anew.", status=409
        )
    locked.save(update_fields=["state", "agreed_by", "agreed_at"])
    _log("publication.agreed", locked, actor)
    if locked.embargo_until is None:
        show(viewer=viewer, publication=locked, actor=actor, now=now)
    return locked


def publish_now(*, viewer: Viewer, publication: Publication, actor: Person, now: dt.datetime) -> Publication:
    """After the embargo, by hand. What came in meanwhile has to be looked at first."""
    locked = _locked(viewer, publication, OWNERS_ONLY, states=("agreed",), owner=True)
    if locked.embargo_until is not None and now < locked.embargo_until:
        raise Refused("embargoed", "Its embargo has not ended. Nothing was published.", status=409)
    if _organisation(locked).two_to_publish and not locked.by_two:
        raise Refused("own_proposal", OWN_PROPOSAL, status=403)
    _all_looked_at(locked)
    _nothing_embargoed(locked, now)
    show(viewer=viewer, publication=locked, actor=actor, now=now)
    return locked


def show(*, viewer: Viewer, publication: Publication, actor: Person, now: dt.datetime) -> Share:
    """The grant, and the line that says so. Whoever calls it has asked everything before."""
    must_own(viewer, publication.organisation_id, OWNERS_ONLY)
    subject = publication.subject
    share = _opened(subject, publication, actor)
    Publication.objects.filter(
        **_of(subject), organisation=publication.organisation_id, state=Publication.State.PUBLISHED
    ).update(state=Publication.State.ENDED, ended_at=Now())
    publication.state, publication.published_at = Publication.State.PUBLISHED, now
    publication.save(update_fields=["state", "published_at"])
    kind = "campaign" if isinstance(subject, Campaign) else "request"
    audit.record(
        act="share.granted", subject=f"{kind} {subject.public_id}", organisation=publication.organisation,
        actor=actor, detail={"to": "public", "publication": publication.public_id},
    )  # fmt: skip
    _log("publication.published", publication, actor)
    return share


def _opened(subject: Subject, publication: Publication, actor: Person) -> Share:
    """One grant to the public a subject: what stands is given more and for good, what ran out makes room."""
    live = Share.objects.select_for_update().filter(
        **_of(subject), organisation=publication.organisation_id, grantee_kind=Share.Grantee.PUBLIC, revoked_at=None
    )
    live.filter(until_at__lte=Now()).update(revoked_at=Now())
    share: Share | None = live.first()
    if share is None:
        share = Share.objects.create(
            organisation_id=publication.organisation_id, **_of(subject), grantee_kind=Share.Grantee.PUBLIC,
            correspondence=publication.correspondence, documents=publication.documents,
        )  # fmt: skip
    else:
        Share.objects.filter(pk=share.pk).update(
            correspondence=publication.correspondence or share.correspondence,
            documents=publication.documents or share.documents, until_at=None, embargo_until=None,
        )  # fmt: skip
        share.refresh_from_db()
    ShareNote.objects.update_or_create(
        share=share,
        defaults={
            "organisation_id": publication.organisation_id, "granted_by": actor, "reason": publication.reason,
        },
    )  # fmt: skip
    return share


def extend(
    *, viewer: Viewer, publication: Publication, actor: Person, embargo_until: dt.datetime, now: dt.datetime
) -> Publication:
    """Later, before it ends; the owners are warned anew."""
    locked = _locked(viewer, publication, OWNERS_ONLY, states=("proposed", "agreed"), owner=True)
    if locked.embargo_until is None:
        raise Refused("no_embargo", "It has no embargo.", field="embargo_until", status=409)
    if now >= locked.embargo_until:
        raise Refused("embargo_over", "Its embargo has ended already.", field="embargo_until", status=409)
    if embargo_until <= locked.embargo_until:
        raise Refused(
            "not_later", "An embargo is only ever extended: choose a later day or hour.", field="embargo_until"
        )
    _good_end(embargo_until, now, by_itself=locked.by_itself)
    _log(
        "embargo.extended", locked, actor, was=locked.embargo_until.isoformat(), until=embargo_until.isoformat()
    )
    locked.embargo_until, locked.embargo_set_at = embargo_until, now
    locked.save(update_fields=["embargo_until", "embargo_set_at"])
    return locked


def withdraw(*, viewer: Viewer, publication: Publication, actor: Person) -> Publication:
    """A proposal is taken back by any editor; what an owner agreed to, by an owner."""
    owner = publication.state != Publication.State.PROPOSED
    locked = _locked(viewer, publication, OWNERS_ONLY, states=("proposed", "agreed"), owner=owner)
    # The line first: an editor may not change it any more afterwards.
    _log("publication.withdrawn", locked, actor)
    Publication.objects.filter(pk=locked.pk).update(state=Publication.State.WITHDRAWN, ended_at=Now())
    locked.state = Publication.State.WITHDRAWN
    return locked


def unpublish(*, viewer: Viewer, subject: Subject, actor: Person, whole: bool = False) -> None:
    """The public loses it with this transaction, wherever it stood; the database ends the publication with the grant.

    whole: of a campaign also its requests with a grant of their own; a request also out of the grants of its campaign.
    """
    must_own(viewer, subject.organisation_id, OWNERS_ONLY)
    found = list(query.public_shares(subject).values_list("campaign_id", "request_id"))
    if not found:
        raise Refused("not_published", "This is not published.", status=409)
    if isinstance(subject, RecordsRequest):
        if any(campaign for campaign, _request in found):
            if not whole:
                raise Refused(
                    "public_with_its_campaign",
                    "It is public with its campaign. Say that it is to be left out of what the campaign shares; "
                    "partners lose it with that, too.",
                    field="whole",
                    status=409,
                )
            shares.hold_back(viewer=viewer, records_request=subject, actor=actor)
        if any(request for _campaign, request in found):
            shares.unpublish(viewer=viewer, subject=subject, actor=actor)
    else:
        shares.unpublish(viewer=viewer, subject=subject, actor=actor)
        if whole:
            own = RecordsRequest.objects.filter(
                campaign=subject, organisation=subject.organisation_id, shares__grantee_kind="public",
                shares__revoked_at=None,
            )  # fmt: skip
            for one in own.select_related("organisation").distinct():
                shares.unpublish(viewer=viewer, subject=one, actor=actor)


@contextmanager
def as_the_public(*, viewer: Viewer, subject: Subject, grants: Grants) -> Iterator[Viewer]:
    """The look of the public as if it were published, by the very rows and walls that will hold then. All of it is
    taken back at the end, so that nobody else ever saw it."""
    must_edit(viewer, subject.organisation_id, EDITORS_ONLY)
    with transaction.atomic():
        # An editor may not grant; the system does, for as long as the preview is drawn.
        with viewing(organisation_viewer(subject.organisation_id)):
            if query.own_public_share(subject) is not None:
                Share.objects.filter(
                    **_of(subject), organisation=subject.organisation_id, grantee_kind=Share.Grantee.PUBLIC,
                    revoked_at=None,
                ).update(
                    correspondence=Case(When(correspondence=True, then=True), default=grants.correspondence),
                    documents=Case(When(documents=True, then=True), default=grants.documents),
                )
            else:
                Share.objects.filter(
                    **_of(subject), organisation=subject.organisation_id, grantee_kind=Share.Grantee.PUBLIC,
                    revoked_at=None,
                ).update(revoked_at=Now())
                Share.objects.create(
                    organisation_id=subject.organisation_id, **_of(subject), grantee_kind=Share.Grantee.PUBLIC,
                    correspondence=grants.correspondence, documents=grants.documents,
                )  # fmt: skip
        with viewing(PUBLIC):
            yield PUBLIC
        transaction.set_rollback(True)


def second_look(*, document: Document, actor: Person) -> bool:
    """Before a file of a request whose documents are public is released. Where two persons publish, somebody else
    looked at the very same file before; who is the first to look is kept by name, and nothing is released yet."""
    request = document.request
    if not Organisation.objects.filter(pk=document.organisation_id, two_to_publish=True).exists():
        return True
    public = [share for share in query.public_shares(request) if share.documents]
    if not public:
        return True
    campaign = request.campaign_id if public[0].request_id is None else None
    publication = Publication.objects.filter(
        organisation=document.organisation_id, state=Publication.State.PUBLISHED, campaign=campaign,
        request=None if campaign else request,
    ).first()  # fmt: skip
    if publication is None:
        raise shares.publishing_first("Two persons publish here: take the request back, and publish it anew.")
    item, fingerprint = query.file_item(document.public_id, document.title, document.sha256)
    rows = PublicationCheck.objects.filter(
        organisation=document.organisation_id, publication=publication, item=item, fingerprint=fingerprint
    )
    if rows.exclude(person=None).exclude(person=actor).exists():
        return True
    PublicationCheck.objects.update_or_create(
        organisation_id=document.organisation_id, publication=publication, item=item,
        defaults={"fingerprint": fingerprint, "person": actor, "at": Now()},
    )  # fmt: skip
    tell_owners(publication, f"file-{document.public_id}", besides=actor)
    return False


def tell_owners(publication: Publication, what: str, *, besides: Person | None = None) -> None:
    """A line in the inbox of each owner, once for the same thing."""
    owners = Membership.objects.filter(
        organisation=publication.organisation_id, role=Role.OWNER, ended_at=None, person__is_active=True
    )
    people = [pk for pk in owners.values_list("person_id", flat=True) if besides is None or pk != besides.pk]
    inbox.put_in(
        organisation_id=publication.organisation_id, people=people, kind="publishing",
        source=f"publication:{publication.pk}:{what}", request_id=publication.request_id,
    )  # fmt: skip


def ready(publication: Publication, now: dt.datetime) -> bool:
    return all(one.done for one in query.looked_at(publication)) and not query.embargoed_with(
        publication.subject, now
    )


def _all_looked_at(publication: Publication) -> None:
    rows = query.looked_at(publication)
    if any(one.item.blocks for one in rows):
        raise Refused(
            "title_names_requester",
            "A public title names whoever asked, or where they are reached. Change the title first.",
            field="seen",
        )
    if not all(one.done for one in rows):
        raise Refused(
            "not_looked_at", "Somebody has to look at each line of the checklist first, and say so.", field="seen"
        )


def _nothing_embargoed(publication: Publication, now: dt.datetime) -> None:
    if query.embargoed_with(publication.subject, now):
        raise Refused(
            "embargoed_with",
            "Something that would become public with this is under an embargo. Wait for its end, or hold it back.",
            status=409,
        )


def _locked(
    viewer: Viewer, publication: Publication, sentence: str, *, states: tuple[str, ...], owner: bool = False
) -> Publication:
    (must_own if owner else must_edit)(viewer, publication.organisation_id, sentence)
    locked: Publication | None = (
        Publication.objects.visible_to(viewer)
        .select_for_update(of=("self",))
        .select_related("request", "campaign", "organisation")
        .filter(pk=publication.pk)
        .first()
    )
    if locked is None:
        raise NotYours
    if locked.state not in states:
        raise Refused("decided", "Somebody has decided on it meanwhile. Look again.", status=409)
    return locked


def _organisation(publication: Publication) -> Organisation:
    """As it is now, held until the act ends: the question of two persons is not changed under it."""
    return Organisation.objects.select_for_update().get(pk=publication.organisation_id)


def _good_end(until: dt.datetime, now: dt.datetime, *, by_itself: bool) -> None:
    if until <= now:
        raise Refused("embargo_past", "An embargo ends in the future.", field="embargo_until")
    if until > now + LONGEST:
        raise Refused("embargo_too_long", "An embargo ends within five years.", field="embargo_until")
    if by_itself and until < now + dt.timedelta(days=1):
        raise Refused(
            "embargo_too_short",
            "What is published by itself waits for at least a day: owners are warned a day before.",
            field="embargo_until",
        )


def _good_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Refused(
            "zone_unknown", "Choose a time zone, such as America/Chicago.", field="embargo_zone"
        ) from None


def _of(subject: Subject) -> dict[str, Any]:
    if isinstance(subject, Campaign):
        return {"campaign": subject, "request": None}
    return {"request": subject, "campaign": None}


def _log(act: str, publication: Publication, actor: Person | None, **detail: Any) -> None:
    audit.record(
        act=act, subject=f"publication {publication.public_id}", organisation=publication.organisation,
        actor=actor, detail=detail,
    )  # fmt: skip
