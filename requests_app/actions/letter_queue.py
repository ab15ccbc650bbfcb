"""The queue that letters leave by: put in, stopped, tried anew.

Nothing here speaks to a mail server (`letter_sending`) or writes to a ledger (`letter_record`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.db.models.functions import Now

from requests_app.models import Channel, Letter, LetterCopy, LetterSending, Person
from requests_app.models.letters import LetterQuerySet
from requests_app.models.visibility import Viewer
from requests_app.notices.outbox import own_domain
from requests_app.queries import letter_words
from requests_app.queries import letters as query

from .letters import locked, turn
from .nudge import worker_should_look
from .refusals import Refused

SWEEP = "requests_app.tasks.letters.nudge"


def queue(
    *,
    viewer: Viewer,
    letter: Letter,
    actor: Person,
    now: dt.datetime,
    seen_version: int | None = None,
    accepted: Iterable[str] = (),
) -> Letter:
    """Put a letter in the queue; a worker hands it to the mail server. Pressed twice, it goes out once.

    accepted: codes of the warnings that were ticked. A warning that was not ticked refuses. The days in the text
    become those of the day at the agency.
    """
    row = locked(viewer, letter)
    if row.state == Letter.State.QUEUED or row.state in Letter.GONE:
        return row
    if row.state == Letter.State.DISCARDED:
        raise Refused("discarded", "This letter was thrown away. Take it out again first.", status=409)
    if seen_version is not None and seen_version != row.version:
        raise Refused(
            "stale",
            "Somebody changed this letter since you looked at it. Read it again before it goes out.",
            status=409,
        )
    if row.channel != Channel.EMAIL:
        raise Refused(
            "not_email", "Only an e-mail goes out by itself. Print this letter, or give an e-mail address.",
            field="channel",
        )  # fmt: skip
    check_sendable(viewer, [row], set(accepted))
    redate([row], now)
    queue_rows([row], actor, accepted=sorted(set(accepted)))
    wake_worker()
    return row


def redate(rows: Sequence[Letter], now: dt.datetime) -> None:
    """The days in the words of the text become those of today at each agency."""
    moved = []
    for row in rows:
        body, dated = letter_words.redated(row, now.astimezone(ZoneInfo(row.agency.zone)).date())
        if body != row.body:
            row.body, row.dated = body, dated
            moved.append(row)
    if moved:
        Letter.objects.bulk_update(moved, ["body", "dated"])


def check_sendable(viewer: Viewer, rows: Sequence[Letter], accepted: set[str]) -> None:
    for row in rows:
        for one in query.warnings_of(viewer, [row])[row.pk]:
            if one.blocks:
                raise Refused(one.code, f"{one.sentence} {one.fix}", field=one.field or None)
            if one.code not in accepted:
                raise Refused(
                    "warning_open",
                    f"{one.sentence} {one.fix} Tick the warning if the letter is to go out all the same.",
                    field="accepted",
                    status=409,
                )


def queue_rows(rows: Sequence[Letter], actor: Person, *, accepted: Sequence[str] | None = None) -> None:
    """The rows of letters that were looked at; their locks are held. One statement each, for the eighty of a wave."""
    changes: dict[str, Any] = {"accepted": list(accepted)} if accepted is not None else {}
    _new_rounds(rows)
    Letter.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Letter.State.QUEUED, problem="", version=F("version") + 1, **changes
    )
    domain = own_domain()
    # Stopped letters have a row already; theirs begins anew under the Message-ID of their round.
    LetterSending.objects.bulk_create(
        [
            LetterSending(
                organisation_id=row.organisation_id,
                letter=row,
                acting=actor,
                state=LetterSending.State.PLANNED,
                message_id=message_id_of(row, domain),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["letter"],
        update_fields=[
            "acting",
            "state",
            "message_id",
            "attempts",
            "handed_over_at",
            "outcome",
            "next_at",
            "owner_key",
            "claim_token",
        ],
    )
    for row in rows:
        row.state, row.version = Letter.State.QUEUED, row.version + 1


def _new_rounds(rows: Sequence[Letter]) -> None:
    """What a mail server put off was frozen before; stopped and changed since, the letter is another mail."""
    frozen = set(LetterCopy.objects.filter(letter__in=[row.pk for row in rows]).values_list("letter_id", "round"))
    again = [row for row in rows if (row.pk, row.round) in frozen]
    for row in again:
        row.round += 1
    if again:
        Letter.objects.bulk_update(again, ["round"])


def stop(*, viewer: Viewer, letter: Letter, actor: Person | None) -> Letter:
    """What is not handed over yet stays here. Refused once the mail server has been given it."""
    row = locked(viewer, letter)
    if row.state == Letter.State.STOPPED:
        return row
    if row.state != Letter.State.QUEUED:
        raise Refused("not_queued", "This letter is not waiting to go out.", status=409)
    if stop_rows(Letter.objects.filter(pk=row.pk)) == 0:
        raise Refused(
            "handed_over", "Too late: the mail server has been given this letter already.", status=409
        )
    row.refresh_from_db()
    return row


def stop_rows(letters: LetterQuerySet) -> int:
    """How many were stopped: a worker either finds its row cancelled, or has handed it over before."""
    waiting = LetterSending.objects.filter(letter__in=letters.filter(state=Letter.State.QUEUED))
    held = list(
        waiting.select_for_update(of=("self",))
        .filter(state__in=["planned", "claimed", "failed", "skipped"], handed_over_at=None)
        .values_list("pk", "letter_id")
    )
    if not held:
        return 0
    LetterSending.objects.filter(pk__in=[pk for pk, _ in held]).update(
        state=LetterSending.State.CANCELLED, owner_key=None, claim_token=None, outcome="stopped"
    )
    return Letter.objects.filter(pk__in=[letter for _, letter in held]).update(
        state=Letter.State.STOPPED, version=F("version") + 1
    )


def write_again(*, viewer: Viewer, letter: Letter, actor: Person | None) -> Letter:
    """A letter that was refused or stopped becomes a draft again; when it goes out next, it is another mail."""
    row = locked(viewer, letter)
    if row.state == Letter.State.STOPPED:
        return turn(row, Letter.State.DRAFT, actor)
    sending = LetterSending.objects.select_for_update().filter(letter=row).first()
    if row.state != Letter.State.QUEUED or sending is None or sending.state not in ("failed", "skipped"):
        raise Refused(
            "not_refused", "Only a letter that was refused or stopped is written again.", status=409
        )
    LetterSending.objects.filter(pk=sending.pk).update(
        state="cancelled", owner_key=None, claim_token=None, handed_over_at=None
    )
    Letter.objects.filter(pk=row.pk).update(round=F("round") + 1)
    return turn(row, Letter.State.DRAFT, actor)


def retry(*, viewer: Viewer, letter: Letter, actor: Person) -> Letter:
    """The same words to the same address once more, after a refusal."""
    row = locked(viewer, letter)
    sending = LetterSending.objects.select_for_update().filter(letter=row).first()
    if row.state != Letter.State.QUEUED or sending is None or sending.state not in ("failed", "skipped"):
        raise Refused("not_refused", "Only a letter that was refused is tried again.", status=409)
    LetterSending.objects.filter(pk=sending.pk).update(
        state="planned", next_at=Now(), attempts=0, outcome="", acting=actor, owner_key=None, claim_token=None,
        handed_over_at=None,
    )  # fmt: skip
    Letter.objects.filter(pk=row.pk).update(problem="")
    wake_worker()
    return row


def wake_worker() -> None:
    worker_should_look(SWEEP)


def message_id_of(letter: Letter, domain: str) -> str:
    """From the letter and its round alone: whoever sends it again, after whatever fault, sends the same mail."""
    told = hashlib.sha256(f"letter|{letter.public_id}|{letter.round}".encode()).hexdigest()
    return f"{told[:40]}@{domain}"
