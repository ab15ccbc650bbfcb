"""Ask everybody again who truly keeps us waiting: one letter each, in the queue at once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from requests_app.models import Campaign, Letter, LetterKind, Organisation, Person
from requests_app.models.visibility import Viewer
from requests_app.queries import follow_ups as query

from . import letter_queue, letters
from .refusals import Refused
from .rights import must_edit

MOST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """letters: now in the queue. held: requests that were chosen and are not asked, each with the reason."""

    letters: tuple[Letter, ...]
    held: tuple[tuple[str, str], ...]


def ask_again(
    *,
    viewer: Viewer,
    organisation: Organisation,
    chosen: Collection[str],
    actor: Person,
    now: dt.datetime,
    once: str,
    campaign: Campaign | None = None,
    again_days: int = query.AGAIN_DAYS,
) -> Asked:
    """chosen: public ids of requests. Each is looked at anew: what changed since the page was read holds it back.

    The event follow_up_sent is written when the letter has gone out, once a letter. The same `once` asks nobody twice.
    """
    must_edit(viewer, organisation.pk, letters.EDITORS_ONLY)
    if len(chosen) > MOST:
        raise Refused("too_many", f"At most {MOST} requests at once; choose fewer.", field="request")
    if not once or len(once) > 64:
        raise Refused("once_missing", "The form has lost its key; open it again.", field="once")
    if not chosen:
        raise Refused("nobody_chosen", "Choose at least one request.", field="request")
    # Two who press at once take turns: the second finds the first one's letters.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('follow-ups'), %s)", [organisation.pk])
    rows = query.waiting(
        viewer, organisation.pk, now=now, campaign=campaign, again_days=again_days, only=set(chosen)
    )
    made, held = [], []
    for one in rows:
        if one.skip:
            held.append((one.request.agency.name, one.skip))
            continue
        words = query.draft(one, organisation, actor)
        letter = letters.put_draft(
            viewer=viewer,
            records_request=one.request,
            kind=LetterKind.FOLLOW_UP,
            subject=words.subject[: letters.SUBJECT_MAX],
            body=words.body,
            actor=actor,
            once=_once(once, one.request.public_id),
        )
        if letter.state == Letter.State.DRAFT:
            made.append(letter)
    if made:
        letter_queue.queue_rows(made, actor)
        letter_queue.wake_worker()
    return Asked(tuple(made), tuple(held))


def _once(once: str, request_pid: str) -> str:
    """The key of one letter, from that of the whole act."""
    return f"again-{hashlib.sha256(f'{once}:{request_pid}'.encode()).hexdigest()[:48]}"
