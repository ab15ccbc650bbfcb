"""A remedy's letter among the letters: handed over to be previewed, sent or printed; and filed when it has gone out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from requests_app.clock.events import Kind
from requests_app.clock.rules import Owner
from requests_app.laws.registry import library
from requests_app.models import Event, Letter, Person, Remedy, RemedyEvent
from requests_app.models.visibility import Viewer
from requests_app.queries import remedies as reading

from . import letters
from .refusals import Refused
from .remedies import ground_of, link, locked, not_filed

LETTERS = {"appeal": "appeal", "review": "review", "notice": "notice"}


@transaction.atomic
def hand_over(*, viewer: Viewer, remedy: Remedy, actor: Person | None, now: dt.datetime) -> Letter:
    """Make a letter of the draft. When it has gone out, the filing stands in the ledger by itself."""
    row = locked(viewer, remedy)
    if row.kind not in LETTERS:
        raise Refused("no_letter", "A suit goes to a court, and not by letter from here.", status=409)
    not_filed(row, "")
    if not row.letter.strip():
        raise Refused("letter_empty", "Write the letter first.", field="letter")
    facts: dict[str, Any] = {"about": "suit"} if row.kind == Remedy.Kind.NOTICE else {}
    made = letters.put_draft(
        viewer=viewer, records_request=row.request, kind=LETTERS[row.kind], subject=row.subject, body=row.letter,
        actor=actor, once=f"remedy-{row.public_id}", event_kind=reading.FILED_BY[row.kind], parts=tuple(row.parts),
        about=ground_of(viewer, row, now), facts=facts, recipient=row.body,
    )  # fmt: skip
    if row.letter_pid != made.public_id:
        if _outside(row):
            # The agency's own address, which a letter takes by itself, would be the wrong one.
            made = letters.save(
                viewer=viewer, letter=made, actor=actor, seen_version=made.version, subject=made.subject,
                body=made.body, address="",
            )  # fmt: skip
        Remedy.objects.filter(pk=row.pk).update(letter_pid=made.public_id)
    return made


def sent(letter: Letter, event: Event) -> None:
    """In the transaction that records a letter which has gone out: its event is the filing of its remedy."""
    remedy = Remedy.objects.filter(organisation=letter.organisation_id, letter_pid=letter.public_id).first()
    if remedy is not None:
        link(remedy, event, RemedyEvent.Step.FILED)


def _outside(remedy: Remedy) -> bool:
    """Whether somebody outside the agency hears it."""
    if remedy.kind == Remedy.Kind.REVIEW:
        return True
    filed = Kind(reading.FILED_BY[remedy.kind])
    started = library().law(remedy.request.law_id).current.by_kind.get(filed, ())
    return any(rule.owner is Owner.reviewer for rule, _start in started)
