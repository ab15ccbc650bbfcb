"""What sharing costs: 20,000 requests with 200 shares beside the same rows without any, as the web role behind both
walls.

Three databases of one server; `bench/run sharing --keep FOLDER` keeps them, and measures the same again at its next
call. `shared`: a coalition of three, and 200 grants of every kind. `alone`: what the partner sees there is the
partner's own here, and nothing is shared. `unshared`: the owner's rows as they were. Each pair is asked in turns, call
by call, and must answer with as many rows.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg2

from bench.result import Result
from foia_tracker.embedded import place

REQUESTS, CAMPAIGNS, SHARES, ROUNDS = 20_000, 40, 200, 30
MOST, QUERIES = 1.3, 2
PAGES = {
    "list": "/requests/",
    "list, late ones by date": "/requests/?late=1&sort=next",
    "list, API": "/api/v1/requests/",
    "campaigns": "/campaigns/",
    "matrix": "/campaigns/{}/",
    "matrix, API": "/api/v1/campaigns/{}/matrix/",
}
# The first organization's campaigns and who reads them: the partner is the second, at tier 2 of 3.
GRANTS = f"""
DELETE FROM requests_app_share;
INSERT INTO requests_app_campaign (id, public_id, organisation_id, public_title, public_summary, kit, is_sample)
SELECT 100 + n, 'shared' || lpad(n::text, 6, '0'), 1, 'Campaign ' || n, '', 'kit', true
  FROM generate_series(1, {CAMPAIGNS}) n;
UPDATE requests_app_recordsrequest SET campaign_id = 101 + id % {CAMPAIGNS} WHERE organisation_id = 1;
INSERT INTO requests_app_coalition (id, name, purpose, is_sample) VALUES (1, 'Midwest Table', '', true);
INSERT INTO requests_app_coalitionmember (id, coalition_id, organisation_id, shown_as, tier, coordinates, ended)
VALUES (1, 1, 1, 'First', 3, true, ''), (2, 1, 2, 'Second', 2, false, ''), (3, 1, 3, 'Third', 1, false, '');
CREATE TEMP TABLE granted AS
SELECT row_number() OVER () AS n, * FROM (
    SELECT 100 + k AS campaign, NULL::bigint AS request, CASE WHEN k <= 20 THEN 'coalition' WHEN k <= 30 THEN
           'organisation' WHEN k <= 34 THEN 'public' WHEN k <= 37 THEN 'person' ELSE 'guest' END AS kind,
           CASE WHEN k <= 12 THEN 1 + k % 2 ELSE 3 END AS tier, 2 + k % 2 AS home, k AS level
      FROM generate_series(1, {CAMPAIGNS}) k
    UNION ALL
    SELECT NULL, id, (ARRAY['coalition', 'organisation', 'person', 'public'])[1 + place % 4], 1 + place % 3,
           2 + place % 2, place
      FROM (SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS place FROM requests_app_recordsrequest
             WHERE organisation_id = 1 ORDER BY 2 LIMIT {SHARES - CAMPAIGNS}) r
) all_of_them;
INSERT INTO requests_app_guest (id, public_id, organisation_id, email)
VALUES (1, 'benchguest01', 1, 'owner2@bench.example');
INSERT INTO account_emailaddress (email, verified, "primary", user_id) VALUES ('owner2@bench.example', true, true, 2);
INSERT INTO requests_app_share (organisation_id, campaign_id, request_id, grantee_kind, grantee_id, stay_id, tier,
    guest_id, until_at, correspondence, documents, everything)
SELECT 1, campaign, request, kind,
       CASE kind WHEN 'coalition' THEN 1 WHEN 'organisation' THEN home WHEN 'person' THEN home WHEN 'guest' THEN 1 END,
       CASE kind WHEN 'coalition' THEN 1 END, CASE kind WHEN 'coalition' THEN tier END,
       CASE kind WHEN 'guest' THEN 1 END,
       CASE WHEN kind = 'guest' OR level % 5 = 0 THEN now() + interval '30 days' END,
       level % 3 = 0, level % 4 = 0, level % 7 = 0 AND kind <> 'public'
  FROM granted;
"""
# What the second organization saw is its own, the rest belongs to whom it belonged; every child goes with its request.
OWNED = """
SET session_replication_role = replica;
UPDATE requests_app_recordsrequest SET campaign_id = NULL
 WHERE (id = ANY(%(seen)s)) <> coalesce(campaign_id = ANY(%(campaigns)s), false) AND campaign_id IS NOT NULL
   AND organisation_id <> 2;
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_attribute o ON o.attrelid = a.attrelid
              JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relname LIKE 'requests\\_app\\_%%'
             WHERE a.attname = 'request_id' AND o.attname = 'organisation_id' LOOP
        EXECUTE format('UPDATE %%s SET organisation_id = 2 WHERE request_id IN (SELECT id FROM seen)', t);
    END LOOP;
END $$;
UPDATE requests_app_recordsrequest SET organisation_id = 2 WHERE id IN (SELECT id FROM seen);
UPDATE requests_app_campaign SET organisation_id = 2 WHERE id = ANY(%(campaigns)s);
DELETE FROM requests_app_share; DELETE FROM requests_app_guest; DELETE FROM requests_app_coalitionmember;
DELETE FROM requests_app_coalition;
"""


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run(
        [sys.executable, "-m", "bench.sharing"], check=True, stdout=subprocess.PIPE, text=True
    )
    return [_result(one) for one in json.loads(done.stdout.splitlines()[-1])]


def _result(one: dict[str, Any]) -> Result:
    more = one["queries"][0] - one["queries"][1]
    return Result(
        f"sharing, {one['name']}",
        f"median ×{one['median']:.2f}, p95 ×{one['p95']:.2f}, {one['queries'][0]} queries",
        f"≤ ×{MOST}, ≤ {QUERIES} more",
        one["median"] <= MOST and one["p95"] <= MOST and more <= QUERIES and one["rows"][0] == one["rows"][1],
        f"{one['rows'][0]} rows; {one['ms'][0]:.1f} ms CPU (database {one['database'][0]:.1f}) beside "
        f"{one['ms'][1]:.1f} ms (database {one['database'][1]:.1f}), {one['queries'][1]} queries",
    )


BENCHES = {"sharing": bench}


def main(requests: int = REQUESTS, rounds: int = ROUNDS) -> None:
    from bench.database import fresh_database, migrate

    keep = os.environ.get("BENCH_KEEP")
    with fresh_database(Path(keep, f"sharing-{requests}") if keep else None) as environment:
        began = time.monotonic()
        owner = environment["DATABASE_OWNER_URL"]
        root = owner.replace("foia_owner@", "postgres@")
        if not _run(root, "SELECT 1 FROM pg_database WHERE datname = 'laid'"):
            _lay(owner, root, requests)
            print(f"{requests} requests laid in {time.monotonic() - began:.0f} s", file=sys.stderr)
        for name in ("alone", "unshared"):
            migrate(DATABASE_OWNER_URL=owner.replace("/foia?", f"/{name}?"))
        partners, owners = (f"shared{n:06}" for n in (6, 40))
        print(
            json.dumps(
                [
                    _compared(f"{name}, {whom}", who, address.format(campaign), beside, rounds)
                    for whom, who, campaign, beside in (
                        ("a partner", 2, partners, "alone"),
                        ("the owner", 1, owners, "unshared"),
                    )
                    for name, address in PAGES.items()
                ]
            )
        )


def _lay(owner: str, root: str, requests: int) -> None:
    from django.db import connections

    from bench import _scale
    from requests_app.actions.rederive import rederive

    everywhere = root.replace("/foia?", "/postgres?")
    for name in ("alone", "unshared"):
        _run(everywhere, f"DROP DATABASE IF EXISTS {name}")
    if _run(root, "SELECT 1 FROM requests_app_recordsrequest LIMIT 1"):
        raise SystemExit("The ground that was kept is half laid: remove its folder.")
    _scale.build(owner, requests=requests, today=dt.datetime.now(dt.UTC).date(), whole=True)
    _run(root, GRANTS)
    rederive(workers=2)
    _scale.analyse(owner)
    seen, campaigns = _seen_by(2)
    connections.close_all()
    for name in ("alone", "unshared"):
        _run(everywhere, f"CREATE DATABASE {name} TEMPLATE foia OWNER {place.OWNER_ROLE}")
    alone, unshared = (root.replace("/foia?", f"/{name}?") for name in ("alone", "unshared"))
    _run(alone, "CREATE TABLE seen (id bigint PRIMARY KEY)")
    _run(alone, "INSERT INTO seen SELECT unnest(%(seen)s)", {"seen": seen})
    _run(alone, OWNED, {"seen": seen, "campaigns": campaigns})
    _run(unshared, "DELETE FROM requests_app_share")
    for address in (root, alone, unshared):
        _run(address, "VACUUM (FULL, ANALYZE)")
    # The mark that all of it stands.
    _run(everywhere, "CREATE DATABASE laid")


def _run(address: str, statement: str, given: Any = None) -> list[Any]:
    connection = psycopg2.connect(address)
    connection.autocommit = statement.startswith(("VACUUM", "CREATE DATABASE", "DROP DATABASE"))
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found = cursor.fetchall() if cursor.description else []
    if not connection.autocommit:
        connection.commit()
    connection.close()
    return found


def _signed_in(who: int) -> Any:
    from django.test import Client

    from requests_app.models import Person

    client = Client()
    client.force_login(Person.objects.get(pk=who))
    return client


def _seen_by(who: int) -> tuple[list[int], list[int]]:
    """Requests and campaigns of others that reach this person's organization."""
    from requests_app.models import Campaign, Person, RecordsRequest
    from requests_app.models.visibility import viewing_as

    with viewing_as(Person.objects.get(pk=who)) as viewer:
        found = [
            list(
                model._default_manager.visible_to(viewer)
                .exclude(organisation__in=viewer.organisations)
                .values_list("pk", flat=True)
            )
            for model in (RecordsRequest, Campaign)
        ]
    return found[0], found[1]


def _compared(name: str, who: int, address: str, beside: str, rounds: int) -> dict[str, Any]:
    from django.db import connections

    here = connections["default"]
    there = connections.create_connection("default")
    there.settings_dict = {**here.settings_dict, "NAME": beside}
    sides = (here, there)
    clients = []
    for one in sides:
        connections["default"] = one
        clients.append(_signed_in(who))
    web: list[list[float]] = [[], []]
    database: list[list[float]] = [[], []]
    queries, rows = [0, 0], [0, 0]
    # Whose call the collector happens to stop is chance, and is most of a p95.
    gc.freeze()
    for turn in range(rounds + 3):
        # Whoever is second finds the processor's caches warm: they take turns at that as well.
        for side in (0, 1) if turn % 2 else (1, 0):
            connections["default"] = sides[side]
            if turn == 0:
                queries[side], rows[side] = _counted(clients[side], address)
                continue
            worker = _backend(sides[side])
            gc.collect()
            gc.disable()
            before, began = _spent(worker), time.process_time()
            answer = clients[side].get(address)
            took = (time.process_time() - began) * 1000
            gc.enable()
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
            if turn > 2:
                web[side].append(took)
                database[side].append(_spent(worker) - before)
    connections["default"] = here
    there.close()
    sums = [[w + d for w, d in zip(web[side], database[side], strict=True)] for side in (0, 1)]
    medians = [statistics.median(one) for one in sums]
    tails = [statistics.quantiles(one, n=20)[-1] for one in sums]
    found = {
        "name": name, "median": medians[0] / medians[1], "p95": tails[0] / tails[1], "ms": medians,
        "database": [statistics.median(one) for one in database], "queries": queries, "rows": rows,
    }  # fmt: skip
    print(found, file=sys.stderr)
    return found


def _counted(client: Any, address: str) -> tuple[int, int]:
    """Queries of a call, and the rows that it tells of."""
    from django.db import connection

    asked: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        answer = client.get(address)
    told = answer.content.decode()
    if address.startswith("/api/"):
        found = json.loads(told)
        return len(asked), max(len(value) for value in found.values() if isinstance(value, list))
    total = re.search(r"of ([\d,]+)", told)
    return len(asked), int(total[1].replace(",", "")) if total else told.count("<tr")


def _backend(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _spent(pid: int) -> float:
    """Milliseconds on a processor so far, to the nanosecond."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
