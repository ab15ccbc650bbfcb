"""The sweep of the letters: each is sent as the person who pressed the button, once, and recorded where it is marked.

A mail server's yes and our mark are two moments. A worker that dies between them leaves a letter nobody knows about:
the folder or log of the mail server decides (`reconcile`); where there is none to ask, a person does (`settle`). It
is never sent again unasked: an agency that gets one request twice opens two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from requests_app.models import Letter, LetterSending, Person
from requests_app.models.visibility import SCHEDULE, Viewer, viewing, viewing_as
from requests_app.notices import catcher, letter_mail, outbox
from requests_app.notices.outbox import Answer, nothing
from requests_app.queries import letter_attachments
from requests_app.queries import letters as query

from . import jobs, letter_queue, letter_record, letters
from .claims import Queue
from .handing import FROM_SETTINGS, Post, Skip, Swept, sweep_queue
from .letter_attachments import bytes_of
from .refusals import Refused
from .reminder_policy import STANDARD_TIMING, Timing

# A day and a half of "try later": after that a person should look, for the campaign's dates move on.
TIMING = replace(STANDARD_TIMING, most_tries=40, oracle_patience=timedelta(seconds=10))


@dataclass(frozen=True, slots=True)
class HeldLetter:
    """A letter's row as its claimer holds it."""

    id: int
    token: UUID
    organisation_id: int
    letter_id: int
    acting_id: int | None
    attempts: int
    message_id: str
    again: bool


def _arrived(pk: int, at: dt.datetime) -> None:
    """The mail server's folder has it: what the worker could not write any more is written now."""
    row = LetterSending.objects.get(pk=pk)
    _record(row.letter_id, row.acting_id, row.organisation_id, at)


QUEUE = Queue(
    rows="requests_app_lettersending",
    journal_table="requests_app_lettersendattempt",
    names="sending_id",
    columns=(
        "r.id, r.claim_token, r.organisation_id, r.letter_id, r.acting_id, r.attempts, r.message_id, "
        "r.handed_over_at IS NOT NULL"
    ),
    make=HeldLetter,
    sends_again=False,
    arrived=_arrived,
)


class LetterPost(Post[HeldLetter]):
    queue = QUEUE
    gives_up_on_refusal = True

    def letter_for(self, one: HeldLetter) -> outbox.Letter:
        """The last look, as the person whose letter it is, and the copy that stays."""
        person = Person.objects.filter(pk=one.acting_id or 0, is_active=True).first()
        if person is None:
            raise Skip("The account of the person who sent it is closed.")
        with viewing_as(person) as viewer:
            letter = _letter(one.letter_id) if viewer.may_edit(one.organisation_id) else None
            if letter is None:
                raise Skip("The person who sent it may no longer write for the organization.")
            if letter.state != Letter.State.QUEUED:
                raise Skip("It was stopped.")
            for told in query.warnings_of(viewer, [letter])[letter.pk]:
                if told.blocks:
                    raise Skip(told.sentence)
            try:
                enclosed = bytes_of(letter_attachments.enclosed(letter))
            except Refused as refused:
                raise Skip(refused.sentence) from None
            copy = letter_record.copy_of(letter, person, message_id=one.message_id)
            return letter_mail.write(copy, enclosed)

    def accepted(self, one: HeldLetter, answer: Answer) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT handed_over_at FROM requests_app_lettersending WHERE id = %s", [one.id])
            at = cursor.fetchone()[0]
        _record(one.letter_id, one.acting_id, one.organisation_id, at)

    def failed(self, one: HeldLetter, answer: Answer) -> None:
        """The row says it, with the mail server's own words; the letter's page reads them there."""


def _letter(pk: int) -> Letter | None:
    return (
        Letter.objects.select_related("agency__merged_into", "custodian", "campaign", "request")
        .filter(pk=pk)
        .first()
    )


def _record(letter_id: int, acting_id: int | None, organisation_id: int, at: dt.datetime) -> None:
    person = Person.objects.get(pk=acting_id or 0)
    with viewing_as(person) as viewer:
        letter = _letter(letter_id)
        if letter is None:
            raise LookupError("the sender is no longer a member")
        letter_record.record(viewer=viewer, letter=letter, actor=person, at=at)


def sweep(
    *,
    timing: Timing = TIMING,
    oracle: catcher.FolderOracle | None = FROM_SETTINGS,
    watch: Callable[[str], None] = nothing,
    limit: int | None = None,
) -> Swept:
    """Send the letters that are queued, as `sweep_queue` says."""
    return sweep_queue(LetterPost(), timing=timing, oracle=oracle, watch=watch, limit=limit)


def sweep_and_note(**given: Any) -> Swept:
    done = sweep(**given)
    jobs.finished("letters.sweep", done.counts)
    jobs.note_mail(done.down, asked=bool(done.down or done.sent or done.later or done.failed or done.unknown))
    return done


def settle(*, viewer: Viewer, letter: Letter, actor: Person, arrived: bool) -> Letter:
    """A person says what became of a letter that nobody knows about: it arrived, or it goes out once more."""
    row = letters.locked(viewer, letter)
    sending = LetterSending.objects.select_for_update().filter(letter=row).first()
    if row.state != Letter.State.QUEUED or sending is None or sending.state != LetterSending.State.UNKNOWN:
        raise Refused("not_unknown", "It is known already what became of this letter.", status=409)
    if arrived:
        at = sending.handed_over_at or sending.claimed_at or sending.created_at
        LetterSending.objects.filter(pk=sending.pk).update(
            state="sent", sent_at=at, owner_key=None, outcome=f"{actor} found that it went out"[:300]
        )
        QUEUE.journal(sending.pk, row.organisation_id, "settled", text="a person found that it went out")
        whole = _letter(row.pk)
        assert whole is not None
        letter_record.record(viewer=viewer, letter=whole, actor=actor, at=at)
    else:
        LetterSending.objects.filter(pk=sending.pk).update(
            state="planned", handed_over_at=None, claim_token=None, owner_key=None, outcome="", acting=actor
        )
        QUEUE.journal(sending.pk, row.organisation_id, "again", text="a person found that it did not go out")
        letter_queue.wake_worker()
    row.refresh_from_db()
    return row


def drain() -> Swept:
    """For a door without a worker: one sweep now."""
    with viewing(SCHEDULE):
        waiting = LetterSending.objects.filter(state="planned").exists()
    return sweep_and_note() if waiting else Swept()
