"""The desk as the web role with row-level security on: the day at 600 open requests, the matrix at 500 agencies, the
list with its filters and the search box among 20,000."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from typing import Any

from bench.result import Result

OPEN, AGENCIES, MANY = 600, 500, 20_000
TARGETS = {
    "today": (150.0, 15),
    "today, mine": (150.0, 15),
    "matrix": (300.0, 12),
    "calendar": (150.0, 15),
    "list by assignee, at 20,000": (150.0, 15),
    "search, a member, at 20,000": (300.0, 15),
    "search, the public, at 20,000": (300.0, 15),
}
# One request an agency, five laws in turn as `_scale` has them; the others leave the campaign.
SPREAD = """
WITH placed AS (
    SELECT id, law_id, row_number() OVER (PARTITION BY law_id ORDER BY id) AS n,
           array_position(ARRAY['us-ca', 'us-il', 'us-ny', 'us-tx', 'us'], law_id::text) AS place
      FROM requests_app_recordsrequest
)
UPDATE requests_app_recordsrequest r
   SET agency_id = 5 * ((p.n - 1) %% %(each)s) + p.place, campaign_id = CASE WHEN p.n <= %(each)s THEN 1 END
  FROM placed p WHERE p.id = r.id
"""


def bench() -> list[Result]:
    # Each in a process of its own: Django reads its settings once.
    pages = []
    for size in ("desk", "many"):
        done = subprocess.run(
            [sys.executable, "-m", "bench.desk", size], check=True, stdout=subprocess.PIPE, text=True
        )
        pages += json.loads(done.stdout.splitlines()[-1])
    return [_result(page) for page in pages]


def _result(page: dict[str, Any]) -> Result:
    most_ms, most_queries = TARGETS[page["name"]]
    return Result(
        f"desk, {page['name']}",
        f"{page['cpu_ms']:.0f} ms CPU, {page['queries']} queries",
        f"≤ {most_ms:.0f} ms, ≤ {most_queries}",
        page["cpu_ms"] <= most_ms and page["queries"] <= most_queries,
        f"web {page['web_ms']:.1f} ms + database {page['database_ms']:.1f} ms CPU; {page['bytes'] // 1024} KB; "
        f"{page['said']}",
    )


BENCHES = {"desk": bench}


def main(size: str) -> None:
    from bench.database import fresh_database

    with fresh_database() as environment:
        from bench import _scale
        from requests_app.actions.rederive import rederive

        owner = environment["DATABASE_OWNER_URL"]
        today = dt.datetime.now(dt.UTC).date()
        if size == "many":
            _scale.build(owner, requests=MANY, today=today, whole=True)
        else:
            _scale.build(owner, requests=1000, organisations=1, agencies=AGENCIES, today=today, whole=True)
            _run(owner, SPREAD, {"each": AGENCIES // 5})
        _run(owner, "UPDATE requests_app_requestprivate SET assignee_id = 1 WHERE request_id % 3 = 0")
        rederive(workers=2)
        _scale.analyse(owner)
        print(json.dumps(_measured(size)))


def _run(owner: str, sql: str, given: dict[str, Any] | None = None) -> None:
    import psycopg2

    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute(sql, given)


def _measured(size: str) -> list[dict[str, Any]]:
    from django.test import Client
    from django.utils import timezone

    from bench.pages import _page
    from requests_app.models import Person
    from requests_app.models.visibility import viewing_as
    from requests_app.queries.matrix import load
    from requests_app.queries.requests import standing_halves

    person = Person.objects.get(pk=1)
    member, anybody = Client(), Client()
    member.force_login(person)
    with viewing_as(person) as viewer:
        now = timezone.now()
        open_now = standing_halves(viewer, now=now)[0].exclude(span__stage="closed").count()
        found = load(viewer, "camp00000001", now=now)
        assert found is not None
        agencies = found.agencies
    said = f"{open_now} open requests"
    if size == "desk":
        assert open_now >= OPEN, open_now
        assert agencies == AGENCIES, agencies
        return [
            _page("today", member, "/today/") | {"said": said},
            _page("today, mine", member, "/today/?who=mine") | {"said": said},
            _page("calendar", member, "/calendar/") | {"said": said},
            _page("matrix", member, "/campaigns/camp00000001/") | {"said": f"{agencies} agencies"},
        ]
    return [
        _page("list by assignee, at 20,000", member, "/requests/?assignee=me&sort=next") | {"said": said},
        _page("search, a member, at 20,000", member, "/search/?q=plate+T-199") | {"said": said},
        _page("search, the public, at 20,000", anybody, "/search/?q=request+199") | {"said": said},
    ]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "desk")
