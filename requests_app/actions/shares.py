"""Shares: what an owner lets the public, a partner or a guest see, and the way back, which works at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeAlias

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import Campaign, Organisation, Person, RecordsRequest, Share, ShareNote
from requests_app.models.visibility import Viewer
from requests_app.queries import publishing as public

from . import audit
from .refusals import NotYours, Refused
from .rights import must_own

Subject: TypeAlias = RecordsRequest | Campaign


@dataclass(frozen=True, slots=True)
class Grants:
    """Levels over status. Correspondence and documents are independent; the public never gets everything."""

    correspondence: bool = False
    documents: bool = False
    everything: bool = False


OWNERS_ONLY = "Only an owner of the organization decides who sees this."
STATUS_ONLY = Grants()


def grant(
    *,
    viewer: Viewer,
    subject: Subject,
    grantee: Organisation | Person,
    actor: Person,
    reason: str = "",
    grants: Grants = STATUS_ONLY,
    until_at: dt.datetime | None = None,
) -> Share:
    """One live grant a grantee. The public is none of them: `publishing` alone shows it more."""
    must_own(viewer, subject.organisation_id, OWNERS_ONLY)
    if isinstance(grantee, Organisation) and grantee.pk == subject.organisation_id:
        raise self_grant()
    try:
        with transaction.atomic():
            share = Share.objects.create(
                organisation_id=subject.organisation_id,
                **_of(subject),
                grantee_kind=_kind(grantee),
                grantee_id=grantee.pk,
                correspondence=grants.correspondence,
                documents=grants.documents,
                everything=grants.everything,
                until_at=until_at,
            )
    except IntegrityError as problem:
        if "one_live_share_a_grantee" in str(problem):
            raise Refused("already_shared", "This is shared there already; end that share first.") from None
        if "share_ends_after_start" in str(problem):
            raise Refused(
                "ends_before_start", "A share must end after it begins.", field="until_at"
            ) from None
        raise
    ShareNote.objects.create(
        share=share, organisation_id=subject.organisation_id, granted_by=actor, reason=reason[:500]
    )
    _log("share.granted", subject, actor, to=_kind(grantee), id=str(grantee.pk))
    return share


def self_grant() -> Refused:
    return Refused("self_grant", "Your own organization sees everything already.", field="level")


def not_to_the_public(field: str = "level") -> Refused:
    return Refused(
        "not_to_the_public",
        "The public may see status, correspondence and documents, never everything.",
        field=field,
    )


def unpublish(*, viewer: Viewer, subject: Subject, actor: Person) -> None:
    """The public loses it with this transaction. Refused when it is not published."""
    must_own(viewer, subject.organisation_id, OWNERS_ONLY)
    live = Share.objects.filter(
        organisation_id=subject.organisation_id,
        **_of(subject),
        grantee_kind=Share.Grantee.PUBLIC,
        revoked_at=None,
    )
    if not live.update(revoked_at=Now()):
        raise Refused("not_published", "This is not published.")
    _log("share.revoked", subject, actor, to="public")


def revoke(*, viewer: Viewer, share: Share, actor: Person) -> None:
    subject: Subject | None = share.request or share.campaign
    if subject is None:
        raise NotYours
    must_own(viewer, subject.organisation_id, OWNERS_ONLY)
    Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=Now())
    _log("share.revoked", subject, actor, to=share.grantee_kind, id=str(share.grantee_id or ""))


def hold_back(*, viewer: Viewer, records_request: RecordsRequest, actor: Person, held: bool = True) -> None:
    """Leave the request out of its campaign's shares, or take it in again. A share of its own still stands."""
    must_own(viewer, records_request.organisation_id, OWNERS_ONLY)
    if not held and records_request.held_back and public.would_open(records_request):
        raise publishing_first(
            "Its campaign is public, so the public would see this request. Publish it by itself first; "
            "then take it in again.",
            field="held_back",
        )
    if RecordsRequest.objects.filter(pk=records_request.pk).exclude(held_back=held).update(held_back=held):
        _log("request.held_back" if held else "request.taken_in", records_request, actor)
    records_request.held_back = held


def publishing_first(sentence: str, field: str | None = None) -> Refused:
    return Refused("publishing_first", sentence, field=field, status=409)


def _of(subject: Subject) -> dict[str, Subject | None]:
    if isinstance(subject, Campaign):
        return {"campaign": subject, "request": None}
    return {"request": subject, "campaign": None}


def _kind(grantee: Organisation | Person) -> str:
    return Share.Grantee.PERSON if isinstance(grantee, Person) else Share.Grantee.ORGANISATION


def _log(act: str, subject: Subject, actor: Person, **detail: str) -> None:
    kind = "campaign" if isinstance(subject, Campaign) else "request"
    audit.record(
        act=act,
        subject=f"{kind} {subject.public_id}",
        organisation=subject.organisation,
        actor=actor,
        detail=detail,
    )
