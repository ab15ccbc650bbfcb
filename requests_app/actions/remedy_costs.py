"""What a remedy costs us. A wrong line is struck through, never deleted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import Person, Remedy, RemedyCost
from requests_app.models.visibility import Viewer

from . import audit
from .event_checks import MOST
from .refusals import NotYours, Refused
from .remedies import locked


@transaction.atomic
def add_cost(
    *, viewer: Viewer, remedy: Remedy, what: str, amount: Decimal, on: dt.date, once: str
) -> RemedyCost:
    """One line of what was spent. The same form sent twice writes once."""
    row = locked(viewer, remedy)
    said = what.replace("\x00", "").strip()
    if not said:
        raise Refused("what_missing", "Say what was paid for.", field="what")
    if len(said) > 200:
        raise Refused("too_long", "At most 200 characters fit here.", field="what")
    if not 0 <= amount <= MOST:
        raise Refused("amount_impossible", "An amount lies between 0 and 99,999,999.99.", field="amount")
    try:
        with transaction.atomic():
            return RemedyCost.objects.create(
                remedy=row, organisation_id=row.organisation_id, what=said, amount=amount, on=on, once=once
            )
    except IntegrityError as problem:
        if "one_cost_an_act" not in str(problem):
            raise
        return RemedyCost.objects.get(organisation=row.organisation_id, once=once)


@transaction.atomic
def take_back_cost(*, viewer: Viewer, remedy: Remedy, public_id: str, actor: Person | None) -> RemedyCost:
    row = locked(viewer, remedy)
    cost: RemedyCost | None = RemedyCost.objects.filter(remedy=row, public_id=public_id).first()
    if cost is None:
        raise NotYours
    if cost.taken_back_at is None:
        RemedyCost.objects.filter(pk=cost.pk).update(taken_back_at=Now())
        audit.record(
            act="remedy.cost_taken_back", subject=f"remedy {row.public_id}", organisation=row.organisation,
            actor=actor, detail={"cost": cost.public_id},
        )  # fmt: skip
        cost.refresh_from_db()
    return cost
