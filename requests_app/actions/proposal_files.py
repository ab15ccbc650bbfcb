"""Documents that partners and guests hand in: kept as our own uploads are, and gone when they are not accepted.

A file that waits holds room of whoever handed it in, until it is accepted or off the disk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models.functions import Now

from requests_app.clock import words
from requests_app.intake import storage
from requests_app.models import JointRight, Person, Proposal, ProposalDecision, RecordsRequest
from requests_app.models.visibility import SCHEDULE, Viewer, organisation_viewer, viewing

from . import documents, proposals
from .refusals import Refused
from .rights import checked_once, clean

# Of one partner or guest at one owner, on all requests: disks are small, and nobody else's.
MOST_WAITING_BYTES = 200 * storage.MEGABYTE


def propose_document(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    name: str,
    chunks: Iterable[bytes],
    received_on: dt.date,
    note: str,
    actor: Person,
    once: str,
    today: dt.date,
    content_type: str = "",
) -> Proposal:
    """Hand a file to whoever owns the request. today: the day in the agency's zone."""
    right = proposals.right_for(viewer, records_request, "document")
    if received_on > today:
        raise Refused("in_the_future", f"{words.date(received_on)} has not come yet.", field="received_on")
    said = clean(
        note, code="note", field="note", most=proposals.NOTE_MAX, missing="Say what it is and how you got it."
    )
    again = Proposal.objects.offered_by(viewer).filter(request=records_request, once=checked_once(once)).first()
    if again is not None:
        return again
    title = documents.clean_name(name)[: documents.TITLE_MAX]
    try:
        stored = storage.keep(chunks)
    except storage.TooLarge:
        raise Refused(
            "too_large", f"{title} is larger than 50 MB. It was not kept. Split it.", field="file", status=413
        ) from None
    try:
        _check_room(right, stored, title)
        made = proposals.offer(
            viewer, records_request, right, actor, once, kind=Proposal.Kind.DOCUMENT, title=title, note=said,
            happened_on=received_on, blob=stored.name, size=stored.size, sha256=stored.sha256,
            content_type=documents.clean_name(content_type)[:100],
        )  # fmt: skip
    except BaseException:
        storage.drop(stored.name)
        raise
    if made.blob != stored.name:
        storage.drop(stored.name)
    return made


def _check_room(right: JointRight, stored: storage.Stored, title: str) -> None:
    if stored.size == 0:
        raise Refused("empty", f"{title} is empty. It was not kept.", field="file")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app_proposed_bytes(%s, %s, %s)", [right.organisation_id, right.partner_id, right.guest_id]
        )
        held = int(cursor.fetchone()[0])
    if held + stored.size > MOST_WAITING_BYTES:
        raise Refused(
            "no_room",
            f"{title} was not kept. What you handed in and they have not answered yet may have 200 MB in all.",
            field="file",
            status=413,
        )


def drop_due() -> int:
    """Files of what was declined or withdrawn. The rows are the queue: a file goes first, then its row says so, and
    whoever is killed between the two finds it again."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id, proposal_id FROM app_proposal_files_to_drop()")
        due = list(cursor.fetchall())
    return sum(_drop(organisation_id, proposal_id) for organisation_id, proposal_id in due)


def _drop(organisation_id: int, proposal_id: int) -> bool:
    with viewing(organisation_viewer(organisation_id)) as viewer:
        decision = (
            ProposalDecision.objects.visible_to(viewer)
            .exclude(state=ProposalDecision.State.ACCEPTED)
            .filter(pk=proposal_id, dropped_at=None)
            .select_for_update(of=("self",), skip_locked=True)
            .first()
        )
        if decision is None:
            return False
        storage.drop(Proposal.objects.visible_to(viewer).get(pk=proposal_id).blob)
        ProposalDecision.objects.filter(pk=decision.pk).update(dropped_at=Now())
    return True
