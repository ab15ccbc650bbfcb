"""Letters that go out by hand: printed, then marked as sent with the proof that there is."""

from __future__ import annotations

import datetime as dt
import hashlib

from requests_app.clock import words
from requests_app.intake import storage
from requests_app.models import Channel, Letter, LetterCopy, LetterSending, Person, StoredFile
from requests_app.models.visibility import Viewer
from requests_app.notices import letter_pdf
from requests_app.queries import letter_attachments, letter_words

from . import letter_record
from .letter_attachments import bytes_of
from .letters import locked
from .refusals import Refused

PROOF_MAX = 2_000
WAYS = {
    Channel.CERTIFIED: "By certified mail",
    Channel.FAX: "By fax",
    Channel.HAND: "By hand",
}


def page_of(letter: Letter, on: dt.date) -> letter_pdf.Page:
    who = letter.requester
    sender = [str(who.get("organisation", "")), str(who.get("name", ""))]
    sender += [
        *str(who.get("address", "")).splitlines(),
        str(who.get("email", "")),
        str(who.get("phone", "")),
    ]
    to = [letter.recipient]
    if letter.agency.name != letter.recipient:
        to.append(letter.agency.name)
    return letter_pdf.Page(
        sender=[line for line in sender if line.strip()],
        recipient=[*to, *letter.address.splitlines()],
        on=on,
        reference=letter.public_id,
        subject=letter.subject,
        body=letter.body,
        has_head=_has_head(letter),
        way=WAYS.get(Channel(letter.channel), ""),
        enclosures=[one.name for one in letter_attachments.enclosed(letter)],
    )


def _has_head(letter: Letter) -> bool:
    """A letter of a kit brings its own day, address and subject; another one gets them from the paper."""
    first = letter.body.lstrip()[:600]
    return bool(letter.dated) or "\nRe: " in first or first.startswith("Re: ")


def mark_sent(
    *,
    viewer: Viewer,
    letter: Letter,
    actor: Person,
    channel: str,
    sent_on: dt.date,
    today: dt.date,
    seen_version: int | None = None,
    proof: str = "",
    tracking_number: str = "",
) -> Letter:
    """It was posted, faxed, put into a portal or handed over. The PDF of that day stays, with its hash.

    today: the legal day at the agency. Pressed twice, it is recorded once.
    """
    row = locked(viewer, letter)
    if row.state in Letter.GONE:
        return row
    if row.state == Letter.State.DISCARDED:
        raise Refused("discarded", "This letter was thrown away. Take it out again first.", status=409)
    if row.state == Letter.State.QUEUED:
        raise Refused(
            "queued",
            "This letter waits to go out by e-mail. Stop it first, or it would go twice.",
            status=409,
        )
    if seen_version is not None and seen_version != row.version:
        raise Refused(
            "stale", "Somebody changed this letter since you looked at it. Read it again first.", status=409
        )
    if channel not in Channel.values:
        raise Refused("channel_unknown", "Say how the letter went out.", field="channel")
    if sent_on > today:
        raise Refused("in_the_future", f"{words.date(sent_on)} has not come yet.", field="sent_on")
    proof, tracking_number = proof.replace("\x00", "").strip(), tracking_number.replace("\x00", "").strip()
    if len(proof) > PROOF_MAX:
        raise Refused("proof_too_long", f"A proof has at most {PROOF_MAX:,} characters.", field="proof")
    if len(tracking_number) > 120:
        raise Refused(
            "number_too_long", "A tracking number has at most 120 characters.", field="tracking_number"
        )
    bytes_of(letter_attachments.enclosed(row))
    row.channel = channel
    row.body, row.dated = letter_words.redated(row, sent_on)
    Letter.objects.filter(pk=row.pk).update(body=row.body, dated=row.dated)
    letter_record.record_on(
        viewer=viewer, letter=row, actor=actor, on=sent_on, today=today, channel=channel,
        state=Letter.State.PRINTED, strict=True,
    )  # fmt: skip
    LetterSending.objects.filter(letter=row).update(state="cancelled")
    if LetterCopy.objects.filter(letter=row, round=row.round).exists():
        _next_round(row)
    # Last, when nothing can refuse any more: a file without its row would lie there for ever.
    file = keep_pdf(row, sent_on, actor)
    letter_record.copy_of(
        row,
        actor,
        channel=channel,
        proof=proof,
        tracking_number=tracking_number,
        pdf=file,
        pdf_sha256=file.sha256,
    )
    Letter.objects.filter(pk=row.pk).update(channel=channel)
    return row


def _next_round(row: Letter) -> None:
    """A round that went by e-mail and failed keeps its own copy."""
    row.round += 1
    Letter.objects.filter(pk=row.pk).update(round=row.round)


def keep_pdf(letter: Letter, on: dt.date, actor: Person) -> StoredFile:
    content = letter_pdf.draw(page_of(letter, on))
    known = StoredFile.objects.filter(
        organisation_id=letter.organisation_id, sha256=hashlib.sha256(content).hexdigest()
    ).first()
    if known is not None:
        return known
    kept = storage.keep([content])
    return StoredFile.objects.create(
        name=kept.name,
        organisation_id=letter.organisation_id,
        original_name=f"letter-{letter.public_id}.pdf",
        content_type="application/pdf",
        size=kept.size,
        sha256=kept.sha256,
        stored_by=actor,
    )
