"""Events that partners and guests may log: accepted in the name of the owner who gave the right.

The rows are the queue: an event that waits, and was agreed to in advance. Each is one transaction, which asks again
whether right and share stand. What does not fit is left in the inbox, where it lies anyway.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection

from requests_app.models import Person, Proposal, RecordsRequest
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as

from . import proposals
from .refusals import Refused


def log_due(now: dt.datetime) -> dict[str, int]:
    done = [_log(*one, now) for one in _due(None)]
    return {"logged": sum(done), "left": len(done) - sum(done)}


def _due(which: int | None) -> list[tuple[int, int]]:
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT proposal_id, grantor_id FROM app_proposals_to_log(%s)", [which])
        return list(cursor.fetchall())


def _log(proposal_id: int, grantor_id: int, now: dt.datetime) -> bool:
    grantor = Person.objects.filter(pk=grantor_id, is_active=True).first()
    if grantor is None:
        return False
    with viewing_as(grantor) as viewer:
        if not _due(proposal_id):
            return False
        found = Proposal.objects.visible_to(viewer).filter(pk=proposal_id).first()
        if found is None or not viewer.may_edit(found.organisation_id):
            return False
        request = RecordsRequest.objects.visible_to(viewer).get(pk=found.request_id)
        today = now.astimezone(ZoneInfo(request.zone)).date()
        try:
            decided = proposals.accept(
                viewer=viewer, proposal=found, actor=grantor, today=today, in_advance=True
            )
        except Refused:
            return False
        return not decided.repeated
