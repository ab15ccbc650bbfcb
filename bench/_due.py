"""Requests whose agency let its time lapse, by the thousand, and the reminders that the planner makes of them.

The ground is laid by the owner's role, past the actions; the reminders are planned as they always are.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import psycopg2

from bench._scale import _pid, _put, analyse

ORGANISATIONS = 3
# Fewer than would be gathered into one catch-up mail.
EACH = 10


def lay_ground(owner_url: str, due: int, *, today: dt.date) -> None:
    """As many requests as reminders are wanted, each with one clock of the agency that ended two days ago."""
    chance = random.Random(5)
    # Of each organization as many.
    crew = max(2, -(-due // (ORGANISATIONS * EACH)))
    people = range(1, ORGANISATIONS * crew + 1)
    with psycopg2.connect(owner_url) as connection, connection.cursor() as cursor:
        _put(cursor, "person", "id email password name zone is_staff is_active is_sample is_superuser short_password "
             "session_turn", (
            (n, f"person{n}@drill.example", "!", f"Person {n}", "America/New_York", False, True, True, False, False, 0)
            for n in people
        ))  # fmt: skip
        _put(cursor, "organisation", "id public_id name created_by_id is_sample requires_second_factor", (
            (n, f"drill{n:07}", f"Organization {n}", n, True, False) for n in range(1, ORGANISATIONS + 1)
        ))  # fmt: skip
        _put(cursor, "membership", "id organisation_id person_id role", (
            (n, 1 + n % ORGANISATIONS, n, "owner" if n <= ORGANISATIONS else "editor") for n in people
        ))  # fmt: skip
        _put(cursor, "agency", "id slug name abbreviation kind jurisdiction zone city area governance designation "
             "confidence notes sources claims is_sample county", (
            (n, f"agency-{n}", f"Agency {n}", f"A{n}", "fusion_center", "us-il", "America/Chicago",
             "", "", "", "", "high", "", "[]", "[]", True, "")
            for n in range(1, 41)
        ))  # fmt: skip
        rows = list(_requests(due, crew, chance))
        _put(cursor, "recordsrequest", "id public_id organisation_id agency_id law_id law_revision zone "
             "public_title filed_on held_back is_sample is_imported alarms_from ledger_version", (
            (pk, _pid(chance), org, agency, "us-il", 1, "America/Chicago", f"Request {pk}", today - dt.timedelta(30),
             False, True, False, None, 1)
            for pk, org, agency, _ in rows
        ))  # fmt: skip
        _put(cursor, "requestprivate", "request_id organisation_id working_title notes version assignee_id", (
            (pk, org, f"Working title {pk}", "", 0, person) for pk, org, _, person in rows
        ))  # fmt: skip
        ended = today - dt.timedelta(2)
        _put(cursor, "deadline", "organisation_id request_id clock_key rule_id name owner scope round law_ref "
             "calendar_ref opens_on earliest_on latest_on due_on conditional clock fingerprint", (
            (org, pk, f"determine|request|{pk}", "determine", "Answer", "agency", "request", 1, "us-il@2010-01-01.r1",
             "", today - dt.timedelta(30), ended, ended, ended, False, "{}", "x")
            for pk, org, _, _ in rows
        ))  # fmt: skip
        for table in ("person", "organisation", "membership", "agency", "recordsrequest"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('requests_app_{table}', 'id'), "
                f"(SELECT max(id) FROM requests_app_{table}))"
            )
    connection.close()
    analyse(owner_url)


def _requests(due: int, crew: int, chance: random.Random) -> Iterator[tuple[int, int, int, Any]]:
    for pk in range(1, due + 1):
        org = 1 + pk % ORGANISATIONS
        # Members of the organization are those whose number leaves the same rest.
        first = org - 1 or ORGANISATIONS
        person = first + ORGANISATIONS * (pk // ORGANISATIONS % crew)
        yield pk, org, chance.randrange(1, 41), person


def plan(owner_url: str) -> int:
    """The planner's own pass; returns how many reminders are due now."""
    from django.db import connection
    from django.utils import timezone

    from requests_app.actions import reminders
    from requests_app.models.visibility import SCHEDULE, viewing

    reminders.plan_everything(now=timezone.now())
    analyse(owner_url)
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM requests_app_reminder WHERE state = 'planned' AND next_at <= now()"
        )
        return int(cursor.fetchone()[0])
