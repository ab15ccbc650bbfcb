"""The audit's chains: new lines are sealed, and old sealed lines are let go where the organization said so.

A link is written by one function of the database, in one transaction: killed before its commit it never was, and a
second sealer finds the chain locked or its queue empty.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, connections, transaction
from django.db.models.functions import Now

from requests_app.models import AuditEntry, AuditSeal, Organisation, Person
from requests_app.models.visibility import SCHEDULE, Viewer, viewing

from . import audit
from .refusals import Refused
from .rights import must_own

LEAST_YEARS, MOST_YEARS = 2, 100


def seal() -> dict[str, int]:
    """Whatever waits, chain by chain; how many links and lines."""
    done = {"links": 0, "lines": 0}
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT app_audit_to_seal()")
        chains = [row[0] for row in cursor.fetchall()]
    for chain in chains:
        lines = seal_next(chain)
        done["links"] += bool(lines)
        done["lines"] += lines
    return done


def seal_next(organisation_id: int | None) -> int:
    """One link, one transaction; how many lines it covers."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT app_seal_audit(%s)", [organisation_id])
        return int(cursor.fetchone()[0])


def keep_for(*, viewer: Viewer, organisation: Organisation, years: int | None, actor: Person) -> None:
    """How long sealed lines are kept; None: for good."""
    must_own(viewer, organisation.pk)
    if years is not None and not LEAST_YEARS <= years <= MOST_YEARS:
        raise Refused(
            "audit_years_wrong",
            f"The audit is kept for {LEAST_YEARS} to {MOST_YEARS} years, or for good.",
            field="audit_years",
        )
    if years == organisation.audit_years:
        return
    audit.record(
        act="audit.kept_for",
        subject=f"organisation {organisation.public_id}",
        organisation=organisation,
        actor=actor,
        detail={"years": years or 0},
    )
    Organisation.objects.filter(pk=organisation.pk).update(audit_years=years)
    organisation.audit_years = years


def let_go(*, using: str = "owner") -> dict[str, int]:
    """Lines whose seal is older than their organization keeps them; the seals stay and a line says what went.

    Through the owner of the tables: web and worker may remove nothing. Killed on the way, it goes on next time.
    """
    done: dict[str, int] = {}
    for home in Organisation.objects.using(using).exclude(audit_years=None).order_by("pk"):
        with transaction.atomic(using=using):
            lines = _let_go_of(home, using)
        if lines:
            done[home.public_id] = lines
    return done


def _let_go_of(home: Organisation, using: str) -> int:
    assert home.audit_years is not None
    with connections[using].cursor() as cursor:
        # One at a time, and not beside a sealer: the same lock as a link of this chain takes.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('audit seal ' || %s, 0))", [home.pk])
    before = Now() - dt.timedelta(days=366 * home.audit_years)
    old = AuditSeal.objects.using(using).filter(organisation=home, sealed_at__lt=before).order_by("-number")
    through = old.values_list("number", flat=True).first()
    if through is None:
        return 0
    entries = AuditEntry.objects.using(using).filter(
        pk__in=old.order_by().values("covers__entry_id"), organisation=home
    )
    lines, _by_table = entries.delete()
    if lines:
        audit.record(
            act="audit.let_go",
            subject=f"organisation {home.public_id}",
            organisation=home,
            actor=None,
            detail={"through": through, "lines": lines},
            using=using,
        )
    return lines
