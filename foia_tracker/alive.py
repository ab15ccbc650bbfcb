"""`python -m foia_tracker.alive web | work`: what a container's health check asks. Exit 0 is well.

The worker and the beat are judged by work done: a process that is up and consumes nothing looks well from outside.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import psycopg2

from foia_tracker import env

# Several turns may be missed (a deployment, a slow mail server) before anybody is called.
TURNS = 10


def web(environment: env.Environment, address: str = "http://127.0.0.1:8000") -> str | None:
    host = urlsplit(environment["FOIA_BASE_URL"]).netloc
    asked = urllib.request.Request(f"{address}/healthz/live", headers={"Host": host})
    try:
        urllib.request.urlopen(asked, timeout=5).close()
    except urllib.error.HTTPError as answer:
        return f"the web answers {answer.code}"
    except OSError as failure:
        return f"the web does not answer: {failure}"
    return None


def work(environment: env.Environment) -> str | None:
    address = environment["DATABASE_URL"]
    seconds = TURNS * environment["FOIA_REMINDER_SWEEP_SECONDS"]
    try:
        connection = psycopg2.connect(
            dbname=address.name,
            user=address.user,
            password=address.password or None,
            host=address.host,
            port=address.port or None,
            **{"connect_timeout": "5", **address.options},
        )
    except psycopg2.OperationalError as failure:
        return f"the database does not answer: {failure}".strip()
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select extract(epoch from clock_timestamp() - finished_at)::bigint from requests_app_jobrun "
            "where job = 'reminders.sweep'"
        )
        found = cursor.fetchone()
    connection.close()
    if found is None:
        return "no sweep has finished yet"
    if found[0] > seconds:
        return f"the last sweep finished {found[0]} seconds ago (at most {seconds})"
    return None


def main(arguments: list[str]) -> int:
    trouble = {"web": web, "work": work}[arguments[0]](env.read())
    if trouble:
        print(trouble, file=sys.stderr)
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
