"""Planning the reminders of 20,000 open deadlines after a law moved them, while somebody reads; and a claim among a
million stored deadlines."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from typing import Any

from bench.result import Result

DEADLINES, STORED = 20_000, 1_000_000
SECONDS, READ_MS, CLAIM_MS = 60.0, 100.0, 20.0
DUE, CLAIMS, BATCH = 20_000, 200, 10


def bench() -> list[Result]:
    found = _alone("planning")
    note = (
        f"first plan of all {found['first']:.1f} s, {found['rows']} rows; nothing to do {found['calm']:.1f} s; "
        f"{found['reads']} reads meanwhile, the slowest {found['slowest']:.0f} ms"
    )
    return [
        Result(
            "planning, a law moves all", f"{found['moved']:.1f} s", f"≤ {SECONDS:.0f} s",
            found["moved"] <= SECONDS and found["cancelled"] >= DEADLINES, note,
        ),
        Result(
            "planning, reads meanwhile (p95)", f"{found['p95']:.1f} ms", f"≤ {READ_MS:.0f} ms", found["p95"] <= READ_MS
        ),
    ]  # fmt: skip


def bench_claims() -> list[Result]:
    found = _alone("claims")
    return [
        Result(
            "claim of ten, a million deadlines (p95)", f"{found['p95']:.1f} ms", f"≤ {CLAIM_MS:.0f} ms",
            found["p95"] <= CLAIM_MS and found["claimed"] == CLAIMS * BATCH,
            f"{found['stored']} deadlines and {found['reminders']} reminders stored; median {found['median']:.1f} ms",
        )
    ]  # fmt: skip


BENCHES = {"planning": bench, "claims": bench_claims}


def _alone(what: str) -> Any:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run(
        [sys.executable, "-m", "bench.planning", what], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def planning() -> dict[str, Any]:
    from bench.database import fresh_database

    with fresh_database(max_wal_size="4GB") as environment:
        owner = environment["DATABASE_OWNER_URL"]
        _fill(owner, requests=DEADLINES, deadlines=DEADLINES)
        first, done = _timed()
        calm, _ = _timed()
        _sql(owner, MOVED)
        _sql(owner, "VACUUM (ANALYZE)")
        with _Reader() as reader:
            moved, after = _timed()
        reads = sorted(reader.took)
        return {
            "first": first, "rows": done.added, "calm": calm, "moved": moved, "cancelled": after.cancelled,
            "reads": len(reads), "slowest": reads[-1], "p95": reads[int(len(reads) * 0.95)],
        }  # fmt: skip


def _timed() -> Any:
    from django.utils import timezone

    from requests_app.actions import reminders

    began = time.monotonic()
    done = reminders.plan_everything(now=timezone.now())
    seconds = time.monotonic() - began
    print(f"planned: {seconds:.1f} s, {done}", file=sys.stderr)
    return seconds, done


def claims() -> dict[str, Any]:
    from bench.database import fresh_database

    with fresh_database(max_wal_size="4GB") as environment:
        owner = environment["DATABASE_OWNER_URL"]
        _fill(owner, requests=STORED // 5, deadlines=STORED)
        _sql(owner, DUE_ROWS, due=DUE)
        _sql(owner, "VACUUM (ANALYZE)")
        from requests_app.actions.claims import REMINDERS
        from requests_app.actions.liveness import alive

        took, claimed = [], 0
        with alive() as life:
            for _ in range(CLAIMS):
                began = time.monotonic()
                claimed += len(REMINDERS.claim(life, BATCH))
                took.append((time.monotonic() - began) * 1000)
        took.sort()
        return {
            "p95": took[int(len(took) * 0.95)], "median": statistics.median(took), "claimed": claimed,
            "stored": STORED, "reminders": DUE * 10,
        }  # fmt: skip


class _Reader:
    """A second process' worth of looking: the deadlines of one request, over and over, past no lock of the planner."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> _Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join()

    def _read(self) -> None:
        from django.db import connection

        from requests_app.models import Deadline
        from requests_app.models.visibility import organisation_viewer, viewing

        number = 0
        while not self._over.wait(0.05):
            number = number % DEADLINES + 37
            began = time.monotonic()
            with viewing(organisation_viewer(1)) as viewer:
                rows = Deadline.objects.visible_to(viewer).standing().filter(request_id=number)
                list(rows.prefetch_related("reminders"))
            self.took.append((time.monotonic() - began) * 1000)
        connection.close()


def _sql(owner: str, statement: str, **given: Any) -> None:
    import psycopg2

    connection = psycopg2.connect(owner)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
    connection.close()


def _fill(owner: str, *, requests: int, deadlines: int) -> None:
    """One organization of five; half of the clocks are windows of ours, half are an agency's, most of them running."""
    _sql(owner, PEOPLE, requests=requests)
    _sql(owner, CLOCKS, requests=requests, deadlines=deadlines)
    _sql(owner, "VACUUM (ANALYZE)")


PEOPLE = """
INSERT INTO requests_app_person (id, email, password, name, zone, is_staff, is_active, is_sample, is_superuser,
                                 short_password, session_turn)
SELECT n, 'p' || n || '@bench.example', '!', 'P' || n, 'America/New_York', false, true, true, false, false, 0
  FROM generate_series(1, 5) n;
INSERT INTO requests_app_organisation (id, public_id, name, created_by_id, is_sample, requires_second_factor)
VALUES (1, 'bench0000001', 'Bench', 1, true, false);
INSERT INTO requests_app_membership (id, public_id, organisation_id, person_id, role)
SELECT n, 'benchmember' || n, 1, n, CASE n WHEN 1 THEN 'owner' WHEN 5 THEN 'viewer' ELSE 'editor' END
  FROM generate_series(1, 5) n;
INSERT INTO requests_app_agency (id, slug, name, abbreviation, kind, jurisdiction, zone, city, area, governance,
                                 designation, confidence, notes, sources, claims, is_sample, county)
SELECT n, 'agency-' || n, 'Agency ' || n, 'A', 'fusion_center', 'us-il', 'America/Chicago', '', '', '', '', 'high', '',
       '[]', '[]', true, ''
  FROM generate_series(1, 100) n;
INSERT INTO requests_app_recordsrequest (id, public_id, organisation_id, agency_id, law_id, law_revision, zone,
                                         public_title, filed_on, held_back, is_sample, is_imported, ledger_version)
SELECT n, 'q' || lpad(n::text, 11, '0'), 1, 1 + n %% 100, 'us-il', 1, 'America/Chicago', 'R' || n,
       current_date - 60, false, true, false, 1
  FROM generate_series(1, %(requests)s) n;
INSERT INTO requests_app_requestprivate (request_id, organisation_id, working_title, notes, version, assignee_id,
                                         backup_id)
SELECT n, 1, '', '', 0, 2 + n %% 3, 2 + (n + 1) %% 3 FROM generate_series(1, %(requests)s) n;
"""
CLOCKS = """
INSERT INTO requests_app_deadline (organisation_id, request_id, clock_key, rule_id, name, owner, scope, round, law_ref,
                                   calendar_ref, opens_on, earliest_on, latest_on, due_on, conditional, clock,
                                   fingerprint)
SELECT 1, 1 + n %% %(requests)s, 'clock|' || n, 'rule', 'Answer', CASE n %% 2 WHEN 0 THEN 'agency' ELSE 'requester' END,
       'request', 1, 'us-il@2010-01-01.r1', 'us-il.c1', day - 30, day, day, day, false, '{}', 'x'
  FROM (SELECT n, current_date - 20 + (n::bigint * 7919 / 13 %% 80)::int AS day
          FROM generate_series(1, %(deadlines)s) n) d;
"""
# As the derivation writes it when a text changes: every standing row is superseded by one that is three days later.
MOVED = """
WITH old AS (
    UPDATE requests_app_deadline SET superseded_at = now() WHERE superseded_at IS NULL RETURNING *
)
INSERT INTO requests_app_deadline (organisation_id, request_id, clock_key, rule_id, name, owner, scope, round, law_ref,
                                   calendar_ref, opens_on, earliest_on, latest_on, due_on, conditional, clock,
                                   fingerprint)
SELECT organisation_id, request_id, clock_key, rule_id, name, owner, scope, round, 'us-il@2010-01-01.r2', calendar_ref,
       opens_on, due_on + 3, due_on + 3, due_on + 3, false, clock, 'y'
  FROM old;
"""
DUE_ROWS = """
INSERT INTO requests_app_reminder (organisation_id, request_id, deadline_id, clock_key, due_on, kind, offset_days,
                                   stage_on, recipient_id, channel, channels, state, next_at, attempts, outcome,
                                   message_id, ours, alone)
SELECT 1, d.request_id, d.id, d.clock_key, d.due_on, 'lapsed', -k, d.due_on + k, 1, 'email', '{email}',
       CASE k WHEN 1 THEN 'planned' ELSE 'sent' END, now() - interval '1 minute' * k, 0, '',
       d.id || '-' || k || '@bench.example', false, true
  FROM requests_app_deadline d CROSS JOIN generate_series(1, 10) k
 WHERE d.id <= %(due)s;
"""


if __name__ == "__main__":
    print(json.dumps({"planning": planning, "claims": claims}[sys.argv[1]]()))
