"""Missing and forbidden, asked in turns: the same bytes, the same queries, and nothing to be learned from the time.

A stranger asks for what stands and is not theirs, and for what never was, call by call. Judged by the processor time
of the web and its database, which neighbors on the machine do not lengthen; the clock is told beside it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.result import Result
from bench.sharing import _spent

CALLS = 300
PART, MILLISECONDS = 0.05, 1.0


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run([sys.executable, "-m", "bench.oracle"], check=True, stdout=subprocess.PIPE, text=True)
    return [_result(one) for one in json.loads(done.stdout.splitlines()[-1])]


def _result(one: dict[str, Any]) -> Result:
    apart = abs(one["there"] - one["nowhere"])
    part = apart / min(one["there"], one["nowhere"])
    near = part < PART or apart < MILLISECONDS
    wrong = [name for name in ("answer", "queries") if not one[f"same_{name}"]]
    return Result(
        f"oracle, {one['name']}",
        f"{apart:.2f} ms apart ({part:.1%}), {', '.join(f'other {name}' for name in wrong) or 'else alike'}",
        f"< {PART:.0%} or < {MILLISECONDS:.0f} ms, alike",
        near and not wrong,
        f"{one['status']}, {one['queries']} queries, {one['there']:.1f} ms beside {one['nowhere']:.1f} ms CPU, by the "
        f"clock {one['clock'][0]:.1f} and {one['clock'][1]:.1f} ms; {one['calls']} calls each",
    )


BENCHES = {"oracle": bench}


@dataclass(frozen=True)
class Pair:
    """Two addresses of one length. known: what each of them names, which an answer may say again."""

    name: str
    there: str
    nowhere: str
    known: tuple[str, ...]
    method: str = "get"
    form: bool = False


def main(calls: int = CALLS) -> None:
    import tempfile

    import psycopg2

    from bench.database import fresh_database

    with fresh_database() as environment, tempfile.TemporaryDirectory() as folder:
        from bench import _scale

        owner = environment["DATABASE_OWNER_URL"]
        admin = psycopg2.connect(owner.replace("foia_owner@", "postgres@"))
        found = measured(admin, folder, calls, laid=lambda: _scale.analyse(owner))
    print(json.dumps(found))


def measured(admin: Any, folder: str, calls: int, *, laid: Callable[[], None]) -> list[dict[str, Any]]:
    """admin: a superuser's connection, which is closed here. laid: called once all rows stand."""
    from django.test.utils import override_settings, setup_test_environment

    from tests.walls.crawl import Crawl
    from tests.walls.subjects import build

    setup_test_environment()
    with override_settings(MEDIA_ROOT=folder, MAIL_CATCHER_DIR=folder):
        world = build(admin)
        pairs = _pairs(world, admin)
        admin.close()
        laid()
        crawl = Crawl(world, world.viewers["stranger's owner"])
        return [_compared(crawl, pair, calls) for pair in pairs]


def _pairs(world: Any, admin: Any) -> list[Pair]:
    from django.urls import reverse

    from requests_app.actions.guest_mail import SALT
    from requests_app.actions.invitations import token_of
    from requests_app.models import RecordsRequest
    from requests_app.models.visibility import viewing_as
    from tests.walls.crawl import NOWHERE, campaign_of

    of = world.subjects[0]
    pid, rows = of.request.public_id, of.stage.rows
    mailed = rows["guest_mail"]
    with admin.cursor() as cursor:
        cursor.execute("UPDATE requests_app_share SET revoked_at = now() WHERE id = %s", [mailed.share_id])
    admin.commit()
    with viewing_as(world.cast.olive):
        word = RecordsRequest.objects.get(pk=of.request.pk).public_title
    other = word[:-1] + ("8" if word[-1] != "8" else "7")

    def at(name: str, route: str, key: str, *, tail: str = "", **more: Any) -> Pair:
        there, nowhere = (reverse(route, args=[one]) + tail for one in (key, NOWHERE))
        return Pair(name, there, nowhere, (key, NOWHERE), **more)

    links = token_of(mailed.public_id, 1, SALT), token_of(NOWHERE, 1, SALT)
    opened = reverse("guest-link", args=[links[0]]), reverse("guest-link", args=[links[1]])
    searched = f"{reverse('search')}?q={word}", f"{reverse('search')}?q={other}"
    return [
        at("request", "request", pid),
        at("campaign", "campaign", campaign_of(of)),
        at("file", "document-file", rows[f"document of {of.request.pk}"].public_id),
        at("request, API", "api-request", pid),
        at("events, API", "api-events", pid),
        at("a comment", "request-comments", pid, method="post", form=True),
        at("share board", "campaign-shares", campaign_of(of)),
        at("coalition", "coalition", world.coalition.public_id),
        Pair("guest's link, revoked", *opened, links),
        Pair("search", *searched, (word, other)),
    ]


def _compared(crawl: Any, pair: Pair, calls: int) -> dict[str, Any]:
    from tests.walls.crawl import _bytes

    form = {"data": {"text": "A word.", "audience": "partners", "once": "o"}} if pair.form else {}
    times: tuple[list[float], list[float]] = ([], [])
    told, asked = [], []
    for address in (pair.there, pair.nowhere):
        crawl.ask(address, pair.method, **form)  # What is kept for a while is kept now.
        shapes, answer = _shapes(crawl, address, pair.method, form)
        told.append(_bytes(answer, pair.known))
        asked.append(shapes)
    worker = _backend()
    clock: tuple[list[float], list[float]] = ([], [])
    for turn in range(calls):
        # Whoever is second finds the processor's caches warm: they take turns at that as well.
        for side in (0, 1) if turn % 2 else (1, 0):
            before, began, looked = _spent(worker), time.process_time(), time.perf_counter()
            crawl.ask((pair.there, pair.nowhere)[side], pair.method, **form)
            clock[side].append((time.perf_counter() - looked) * 1000)
            times[side].append((time.process_time() - began) * 1000 + _spent(worker) - before)
    there, nowhere = map(statistics.median, times)
    found = {
        "name": pair.name, "there": there, "nowhere": nowhere, "same_answer": told[0] == told[1], "calls": calls,
        "clock": list(map(statistics.median, clock)),
        "same_queries": asked[0] == asked[1], "queries": len(asked[0]), "status": told[0][0],
    }  # fmt: skip
    print(found, file=sys.stderr, flush=True)
    return found


def _shapes(crawl: Any, address: str, method: str, form: dict[str, Any]) -> tuple[list[str], Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.walls.test_hidden import LITERAL

    with CaptureQueriesContext(connection) as caught:
        answer = crawl.ask(address, method, **form)
    return [LITERAL.sub("?", one["sql"]) for one in caught.captured_queries], answer


def _backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
