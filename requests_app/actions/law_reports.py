"""Reports of errors in a law: anybody sends one, an operator settles it.

The web may add a row and never read one, not even its own: the reference is made from the form's own mark, so that a
form sent twice is told the same one, and nothing has to be read back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import connection, transaction
from django.db.models.functions import Now

from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import LawReport
from requests_app.models.ids import ALPHABET

from .refusals import Refused

LONGEST, SHORTEST = 4000, 10
MOST_A_DAY = 300
"""For the whole installation: above this somebody floods it, and the list would help nobody."""
REFERENCE_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Settled:
    reference: str
    law_ref: str


def reference_of(once: str) -> str:
    """The reference that a report with this mark has, or will have."""
    number = int.from_bytes(hashlib.sha256(f"law report {once}".encode()).digest()[:8], "big")
    letters = []
    for _place in range(REFERENCE_LETTERS):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def report_law(*, law_ref: str, clock: str, problem: str, source_url: str, email: str, once: str) -> str:
    """Keeps one report and returns its reference. A mark that is known already keeps nothing new."""
    problem, source_url, email = problem.strip(), source_url.strip(), email.strip()
    _check(law_ref, clock, problem, source_url, email, once)
    reference = reference_of(once)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT app_law_reports_today()")
        if cursor.fetchone()[0] >= MOST_A_DAY:
            raise Refused(
                "too_many", "Too many reports came in today. Please send yours again tomorrow.", status=429
            )
        cursor.execute(
            "INSERT INTO requests_app_lawreport (reference, once, law_ref, clock, problem, source_url, email, note) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING",
            [reference, once, law_ref, clock, problem, source_url, email],
        )
    return reference


def _check(law_ref: str, clock: str, problem: str, source_url: str, email: str, once: str) -> None:
    try:
        version = library().revision(law_ref)
    except NoAnswer as refused:
        raise Refused("unknown_law", refused.sentence, field="law_ref") from None
    if clock and clock not in version.by_id:
        raise Refused(
            "unknown_clock", "This clock is not on the page. Choose one of the list.", field="clock"
        )
    if len(problem) < SHORTEST:
        raise Refused("problem_missing", "Say in a sentence what is wrong.", field="problem")
    if len(problem) > LONGEST:
        raise Refused("problem_too_long", f"Say it in at most {LONGEST} characters.", field="problem")
    if "\x00" in problem + source_url + email + once:
        raise Refused("not_text", "Take out the character that is no text.", field="problem")
    if source_url:
        try:
            URLValidator(schemes=["http", "https"])(source_url[:1001])
        except ValidationError:
            says = "Give the address of the source with https:// in front, or leave it empty."
            raise Refused("source_wrong", says, field="source_url") from None
        if len(source_url) > 1000:
            raise Refused("source_wrong", "An address has at most 1000 characters.", field="source_url")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            says = "This is not an e-mail address. Correct it, or leave it empty."
            raise Refused("email_wrong", says, field="email") from None
        if len(email) > 254:
            raise Refused("email_wrong", "An e-mail address has at most 254 characters.", field="email")
    if not 8 <= len(once) <= 64:
        raise Refused("form_stale", "This form is too old. Send it once more.", field="once")


def open_reports(*, using: str = "owner") -> list[Any]:
    """What waits for an operator, oldest first. Only the owner of the tables may read it."""
    return list(LawReport.objects.using(using).filter(settled_at=None).order_by("created_at", "pk"))


def settled_reports(*, using: str = "owner") -> list[Any]:
    return list(LawReport.objects.using(using).exclude(settled_at=None).order_by("-settled_at", "pk"))


def settle(*, reference: str, note: str, using: str = "owner") -> Settled:
    """Says what came of a report. The reporter's address is erased: there is nothing left to ask."""
    note = note.strip()
    if not note:
        raise Refused("note_missing", "Say in --note what came of it.", field="note")
    with transaction.atomic(using=using):
        report = (
            LawReport.objects.using(using)
            .select_for_update()
            .filter(reference=reference.strip().lower())
            .first()
        )
        if report is None:
            raise Refused("unknown_report", f"There is no report {reference}.", field="reference")
        if report.settled_at is not None:
            raise Refused("already_settled", f"The report {report.reference} is settled: {report.note}")
        LawReport.objects.using(using).filter(pk=report.pk).update(
            settled_at=Now(), note=note[:1000], email=""
        )
    return Settled(report.reference, report.law_ref)
