"""The list of requests and one request among 20,000, and both lists among 2,000, as the web role with row-level
security on. Time is of the processors: the web's and the database's together."""

from __future__ import annotations

import datetime as dt
import json
import statistics
import subprocess
import sys
import time
from typing import Any

from bench.result import Result

REQUESTS, FEW, ROUNDS = 20_000, 2_000, 40
QUERIES, MILLISECONDS = 8, 40.0


def pages() -> list[Result]:
    return _results("pages", REQUESTS)


def lists() -> list[Result]:
    return _results("lists", FEW)


def _results(what: str, requests: int) -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run(
        [sys.executable, "-m", "bench.pages", str(requests), what], check=True, stdout=subprocess.PIPE, text=True
    )
    return [
        Result(
            f"{what}, {page['name']}",
            f"{page['cpu_ms']:.0f} ms CPU, {page['queries']} queries",
            f"≤ {page['most_ms']:.0f} ms, ≤ {page['most']}",
            page["cpu_ms"] <= page["most_ms"] and page["queries"] <= page["most"],
            f"web {page['web_ms']:.1f} ms + database {page['database_ms']:.1f} ms CPU; {page['bytes'] // 1024} KB",
        )
        for page in json.loads(done.stdout.splitlines()[-1])
    ]


BENCHES = {"pages": pages, "lists": lists}


def main(requests: int = REQUESTS, what: str = "pages") -> None:
    from bench.database import fresh_database

    with fresh_database() as environment:
        from bench import _scale
        from requests_app.actions.rederive import rederive

        owner = environment["DATABASE_OWNER_URL"]
        began = time.monotonic()
        _scale.build(owner, requests=requests, today=dt.datetime.now(dt.UTC).date(), whole=True)
        rederive(workers=2)
        _scale.analyse(owner)
        print(f"{requests} requests laid in {time.monotonic() - began:.0f} s", file=sys.stderr)
        print(json.dumps(_pages() if what == "pages" else _lists()))


def _lists() -> list[dict[str, Any]]:
    from django.test import Client

    anybody = Client()
    return [
        _page("25 rows, the public", anybody, "/requests/", most_ms=15),
        _page("50 rows by API, the public", anybody, "/api/v1/requests/?limit=50", most_ms=25, most=6),
    ]


def _pages() -> list[dict[str, Any]]:
    from django.test import Client

    from requests_app.models import Person, RecordsRequest
    from requests_app.models.visibility import PUBLIC, viewing, viewing_as

    member, anybody = Client(), Client()
    person = Person.objects.get(pk=1)
    member.force_login(person)
    with viewing_as(person):
        own = RecordsRequest.objects.filter(organisation=1).order_by("-filed_on")[500].public_id
    with viewing(PUBLIC):
        published = RecordsRequest.objects.visible_to(PUBLIC).order_by("-filed_on")[500].public_id
    return [
        _page("list, a member", member, "/requests/"),
        _page("list, the public", anybody, "/requests/"),
        _page("list, late ones, the public", anybody, "/requests/?late=1"),
        _page("one request, a member", member, f"/requests/{own}/"),
        _page("one request, the public", anybody, f"/requests/{published}/"),
    ]


def _page(
    name: str, client: Any, address: str, *, most_ms: float = MILLISECONDS, most: int = QUERIES
) -> dict[str, Any]:
    import psutil
    from django.db import connection

    for _ in range(3):
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    asked: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    before = backend.cpu_times()
    web = []
    for _ in range(ROUNDS):
        began = time.process_time()
        answer = client.get(address)
        web.append((time.process_time() - began) * 1000)
    after = backend.cpu_times()
    database = (after.user + after.system - before.user - before.system) * 1000 / ROUNDS
    return {
        "name": name, "queries": len(asked), "web_ms": statistics.median(web), "database_ms": database,
        "cpu_ms": statistics.median(web) + database, "bytes": len(answer.content),
        "most_ms": most_ms, "most": most,
    }  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
