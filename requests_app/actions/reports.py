"""Reports about public pages: anybody sends one, whoever answers for the page decides, and the sender is told.

Who sends one may read none, not even their own: the reference is made from the form's own mark, so that a form sent
twice is told the same one, and nothing has to be read back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models.functions import Now

from requests_app.models import (
    Asker,
    Correction,
    Document,
    Organisation,
    Person,
    PublicReport,
    PublicReportMail,
)
from requests_app.models.corrections import OWNED
from requests_app.models.ids import ALPHABET
from requests_app.models.visibility import PUBLIC, Viewer, viewing
from requests_app.queries import reports as query
from requests_app.queries.comments import whose
from requests_app.queries.masking import masked
from requests_app.queries.reports import Subject

from . import audit, nudge
from .refusals import NotYours, Refused
from .rights import clean, must_edit, must_own

LONGEST, SHORTEST, NAME_MAX, PATH_MAX, REASON_MAX, NOTE_MAX = 4000, 10, 200, 300, 2000, 1000
MOST_A_DAY = 300
"""For the whole installation: above this somebody floods it, and the queues would help nobody."""
REFERENCE_LETTERS = 10
SEND = "requests_app.tasks.invitations.sweep"
OWNERS_SAY = "Only an owner says something to the public. Leave the note out, or ask an owner."
Wants, State, Decision = PublicReport.Wants, PublicReport.State, PublicReport.Decision
NOTED = (Decision.CORRECTED, Decision.REMOVED, Decision.PARTLY)
"""Decisions that change what the public reads."""


def reference_of(once: str) -> str:
    """The reference that a report with this mark has, or will have."""
    number = int.from_bytes(hashlib.sha256(f"public report {once}".encode()).digest()[:12], "big")
    letters = []
    for _place in range(REFERENCE_LETTERS):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def take(
    *, subject: Subject, path: str, wants: str, asked_by: str, text: str, name: str, email: str, once: str
) -> str:
    """Keeps one report and returns its reference. A mark that is known already keeps nothing new. Whoever sends it is
    the public, signed in or not: nothing says who it was but what they wrote."""
    if wants not in Wants.values:
        raise Refused("wants_unknown", "Choose what it is about.", field="wants")
    asker = Asker.AGENCY.value if wants == Wants.ANSWER else asked_by
    if asker not in Asker.values:
        raise Refused("asked_by_unknown", "Choose who you are in this.", field="asked_by")
    said = clean(text, code="text", field="text", most=LONGEST)
    if len(said) < SHORTEST:
        raise Refused("text_missing", "Say in a sentence what it is.", field="text")
    called = clean(name, code="name", field="name", most=NAME_MAX)
    address = _address(email, wants)
    if not 8 <= len(once) <= 64 or "\x00" in once:
        raise Refused("form_stale", "This form is too old. Send it once more.", field="once")
    reference, row = reference_of(once), [subject.organisation, subject.kind, subject.key[:120], path[:PATH_MAX]]
    with viewing(PUBLIC), connection.cursor() as cursor:
        cursor.execute("SELECT app_public_reports_today()")
        if cursor.fetchone()[0] >= MOST_A_DAY:
            raise Refused(
                "too_many", "Too many reports came in today. Please send yours again tomorrow.", status=429
            )
        cursor.execute(
            "INSERT INTO requests_app_publicreport (reference, once, organisation_id, subject_kind, subject_key, path, "
            "wants, asked_by, text, name, email, state, decision, reason) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '', '') ON CONFLICT DO NOTHING",
            [reference, once, *row, wants, asker, said, called, address],
        )
        if cursor.rowcount and address:
            cursor.execute(
                "INSERT INTO requests_app_publicreportmail (organisation_id, reference, kind) "
                "VALUES (%s, %s, 'received') ON CONFLICT DO NOTHING",
                [subject.organisation, reference],
            )
            nudge.worker_should_look(SEND)
    return reference


def _address(email: str, wants: str) -> str:
    email = email.strip()
    if not email:
        if wants == Wants.ERROR:
            return ""
        raise Refused(
            "email_missing", "Give an e-mail address, so that somebody can answer you about this.", field="email"
        )
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    if not email or len(email) > 254:
        raise Refused("email_wrong", "This is not an e-mail address. Correct it.", field="email")
    return email


@dataclass(frozen=True, slots=True)
class Note:
    """What the public is told with a decision. says_who: in a word, never by name."""

    text: str
    says_who: bool


def decide(
    *, viewer: Viewer, report: PublicReport, actor: Person, decision: str, reason: str, tell: bool, note: Note | None,
    on: dt.date,
) -> Correction | None:  # fmt: skip
    """Once and for good. It removes nothing by itself: what is said to be removed must be out of the public's sight."""
    must_decide(viewer, report.organisation_id, says_something=note is not None)
    if decision not in Decision.values:
        raise Refused("decision_unknown", "Choose what came of it.", field="decision")
    why = clean(
        reason, code="reason", field="reason", most=REASON_MAX, missing="Write the reason. The sender reads it."
    )
    with transaction.atomic():
        locked = PublicReport.objects.visible_to(viewer).select_for_update(of=("self",)).filter(pk=report.pk).first()
        if locked is None:
            raise NotYours
        if locked.state != State.OPEN:
            raise Refused("decided", "Somebody has decided on it meanwhile. Look again.", status=409)
        if decision == Decision.REMOVED and locked.subject_kind in OWNED:
            _not_public(locked)
        made = _noted(viewer, locked, decision, note, on) if note is not None else None
        locked.state, locked.decision, locked.reason = State.DECIDED, decision, why
        locked.decided_at, locked.decided_by = Now(), actor
        tells = bool(tell and locked.email)
        if not tells:
            locked.name = locked.email = ""
        locked.save(
            update_fields=["state", "decision", "reason", "decided_at", "decided_by", "name", "email"]
        )
        if tells:
            PublicReportMail.objects.create(
                organisation_id=locked.organisation_id, reference=locked.reference, kind="decided"
            )
            nudge.worker_should_look(SEND)
        subject = audited(viewer, locked)
        log("report.decided", locked.organisation_id, subject, actor, report=locked.reference, decision=decision)
        if made is not None:
            log("correction.published", locked.organisation_id, subject, actor, note=made.public_id)
    return made


def _not_public(report: PublicReport) -> None:
    if query.is_public(report.subject_kind, report.subject_key):
        raise Refused(
            "still_public",
            "The public still sees it. Take it back first, by the links above; then say that it is removed.",
            field="decision",
            status=409,
        )


def _noted(viewer: Viewer, report: PublicReport, decision: str, note: Note, on: dt.date) -> Correction:
    if decision not in NOTED:
        raise Refused(
            "nothing_to_note", "A note says what has changed for the public. Leave it out here.", field="note"
        )
    gone = decision == Decision.REMOVED and report.subject_kind in OWNED
    said = clean(
        note.text, code="note", field="note", most=NOTE_MAX,
        missing="" if gone else "Write what has changed on the page.",
    )  # fmt: skip
    made: Correction = Correction.objects.create(
        organisation_id=report.organisation_id,
        kind=Correction.Kind.TAKEDOWN if gone else Correction.Kind.CORRECTION,
        subject_kind=report.subject_kind, subject_key=report.subject_key, path=report.path,
        asked_by=report.asked_by if note.says_who else "",
        text=_as_outside(viewer, report, said), on=on,
    )  # fmt: skip
    return made


def _as_outside(viewer: Viewer, report: PublicReport, said: str) -> str:
    """Blotted out when it is written: of what is taken down, nobody outside may ask whom it concerns."""
    row = query.subject_row(viewer, report.subject_kind, report.subject_key)
    if row is None:
        return masked(said, ())
    return masked(said, whose(row.request if isinstance(row, Document) else row))


def withdraw_note(*, viewer: Viewer, note: Correction, actor: Person) -> None:
    """Nobody outside reads it any more; at the address is what is missing again."""
    must_decide(viewer, note.organisation_id, says_something=True)
    changed = Correction.objects.visible_to(viewer).standing().filter(pk=note.pk).update(withdrawn_at=Now())
    if not changed:
        raise Refused("withdrawn", "This note is taken back already.", status=409)
    log("correction.withdrawn", note.organisation_id, audited(viewer, note), actor, note=note.public_id)


def must_decide(viewer: Viewer, organisation_id: int | None, *, says_something: bool = False) -> None:
    """Editors decide; what the public reads is an owner's to say. What nobody owns is the staff's."""
    if organisation_id is None:
        if not query.runs_the_site(viewer):
            raise NotYours
    elif says_something:
        must_edit(viewer, organisation_id)
        must_own(viewer, organisation_id, OWNERS_SAY)
    else:
        must_edit(viewer, organisation_id)


def audited(viewer: Viewer, about: PublicReport | Correction) -> str:
    """As the audit names it: a document by its request."""
    row = query.subject_row(viewer, about.subject_kind, about.subject_key)
    if isinstance(row, Document):
        return f"request {row.request.public_id}"
    return f"{about.subject_kind} {about.subject_key}"[:80]


def log(act: str, organisation_id: int | None, subject: str, actor: Person, **detail: str) -> None:
    home = Organisation(pk=organisation_id) if organisation_id else None
    audit.record(act=act, subject=subject, organisation=home, actor=actor, detail=detail)
