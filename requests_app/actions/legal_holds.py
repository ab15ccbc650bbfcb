"""Legal holds: while one stands, no act removes anything of the request or campaign. The database holds it too."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from requests_app.models import Campaign, LegalHold, Person, RecordsRequest
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import Refused
from .rights import must_edit, must_own

REASON_MAX = 2000


def set_hold(
    *, viewer: Viewer, subject: RecordsRequest | Campaign, reason: str, actor: Person | None
) -> LegalHold:
    """Nothing of the request, or of any request of the campaign, is removed until an owner lifts it."""
    must_edit(viewer, subject.organisation_id, "Only an editor or an owner may set a legal hold.")
    reason = _reason(reason, "Say why it is held: the suit, the demand or the letter.")
    which = {"request": subject} if isinstance(subject, RecordsRequest) else {"campaign": subject}
    try:
        with transaction.atomic():
            hold = LegalHold.objects.create(
                organisation_id=subject.organisation_id, reason=reason, set_by=actor, **which
            )
    except IntegrityError as problem:
        if "one_hold_a" not in str(problem):
            raise
        raise Refused("held_already", "It is under a legal hold already.", status=409) from None
    _log("hold.set", hold, subject, actor)
    return hold


def lift_hold(*, viewer: Viewer, hold: LegalHold, reason: str, actor: Person | None) -> LegalHold:
    """What is let go may be removed at once, so an owner decides it."""
    must_own(viewer, hold.organisation_id, "Only an owner lifts a legal hold.")
    reason = _reason(reason, "Say why the hold ends.")
    lifted = LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
        lifted_because=reason, lifted_by=actor, lifted_at=Now()
    )
    if not lifted:
        raise Refused("lifted_before", "This hold was lifted already.", status=409)
    hold.refresh_from_db()
    subject = hold.request or hold.campaign
    assert subject is not None, "a hold has one subject"
    _log("hold.lifted", hold, subject, actor)
    return hold


def refuse_if_held(requests: Collection[int] | QuerySet[Any], *, using: str = "default") -> None:
    """For each act that removes rows of these requests: one that is held stops the whole."""
    found = (
        LegalHold.objects.using(using)
        .filter(
            Q(request__in=requests)
            | Q(campaign__in=RecordsRequest.objects.using(using).filter(pk__in=requests).values("campaign")),
            lifted_at=None,
        )
        .select_related("request", "campaign")
        .order_by("set_at", "pk")
    )
    refuse_for(list(found))


def refuse_for(holds: list[LegalHold]) -> None:
    if not holds:
        return
    first = holds[0]
    what = (
        f"request {first.request.public_id}" if first.request else f"campaign {first.campaign.public_id}"  # type: ignore[union-attr]
    )
    more = f", and {len(holds) - 1} more" if len(holds) > 1 else ""
    raise Refused(
        "held",
        f"A legal hold ({what}{more}) keeps this from being removed. Reason: {first.reason} "
        "An owner must lift it first.",
        status=409,
    )


def _reason(reason: str, sentence: str) -> str:
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise Refused("reason_missing", sentence, field="reason")
    if len(reason) > REASON_MAX:
        raise Refused(
            "too_long",
            f"A reason has at most {REASON_MAX:,} characters; this one has {len(reason):,}.",
            field="reason",
        )
    return reason


def _log(act: str, hold: LegalHold, subject: RecordsRequest | Campaign, actor: Person | None) -> None:
    kind = "request" if isinstance(subject, RecordsRequest) else "campaign"
    audit.record(
        act=act,
        subject=f"{kind} {subject.public_id}",
        organisation=subject.organisation,
        actor=actor,
        detail={"hold": hold.public_id},
    )
