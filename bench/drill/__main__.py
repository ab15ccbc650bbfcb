"""bin/drill: make reminders due, do harm while they are sent, and count what arrived."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import fields
from typing import Any

from .crew import Crew
from .house import OPEN, House
from .plan import Drill, Found

HELP = {
    "due": "reminders that are due",
    "kills": "workers killed with -9, at random",
    "flush": "times that Redis forgets everything",
    "freeze": "times that Redis says nothing for three seconds",
    "stop-redis": "times that Redis is killed and comes back after three seconds",
    "restart": "times that PostgreSQL is stopped as by a power failure",
    "read-only": "times that PostgreSQL takes no writes for two seconds",
    "fill-disk": "times that PostgreSQL's disk is full for two seconds",
    "step-clock": "times that the database's clock leaps by 25 hours and back (its data move instead)",
    "lose": "share of mails that the mail server takes and never answers for",
    "later": "share of mails that get a 451",
    "delay": "seconds before the mail server answers",
    "loops": "processes of send_due --loop",
    "workers": "Celery workers of two children each, with two beats between them",
    "seed": "the same seed does the same harm",
    "minutes": "give up after so long",
}


DUE = "SELECT message_id FROM requests_app_reminder WHERE state = 'planned' AND next_at <= now()"


def read(arguments: list[str]) -> tuple[Drill, bool]:
    parser = argparse.ArgumentParser(
        prog="bin/drill", description="Starts a PostgreSQL, a Redis and a mail server of its own, on loopback."
    )
    for one in fields(Drill):
        name = one.name.replace("_", "-")
        if name == "oracle":
            continue
        kind = type(one.default)
        # A fault that is only named happens three times.
        extra: dict[str, Any] = {"nargs": "?", "const": 3} if one.default == 0 and kind is int else {}
        parser.add_argument(
            f"--{name}", type=kind, default=one.default, help=f"{HELP[name]} ({one.default})", **extra
        )
    parser.add_argument("--no-oracle", dest="oracle", action="store_false", help="the mail server cannot be asked")
    parser.add_argument("--json", action="store_true", help="one line for a program")
    given = vars(parser.parse_args(arguments))
    as_json = given.pop("json")
    drill = Drill(**given)
    if drill.due < 1 or drill.kills < 0 or not 0 <= drill.lose <= 0.5 or not 0 <= drill.later <= 0.9:
        parser.error("--due is at least 1, --kills at least 0, --lose at most 0.5, --later at most 0.9.")
    if drill.loops + drill.workers < 1:
        parser.error("Somebody has to do the work: --loops or --workers.")
    return drill, as_json


def run(drill: Drill) -> Found:
    began = time.monotonic()
    house = House(drill)
    try:
        environment = house.start()
        os.environ.update(environment)
        import django

        django.setup()
        from bench._due import lay_ground, plan

        owner = environment["DATABASE_OWNER_URL"]
        lay_ground(owner, drill.due, today=dt.datetime.now(dt.UTC).date())
        plan(owner)
        due = {str(row[0]) for row in house.ask(DUE)}
        found = Found(due=len(due))
        _close()
        _say(f"{found.due} due; the harm begins.")
        crew = Crew(house.folder, environment, loops=drill.loops, workers=drill.workers, seed=drill.seed)
        work = time.monotonic()
        try:
            found.did = dict(_harm(drill, house, crew, work))
            found.done = _settled(house, due, work + drill.minutes * 60)
            found.seconds = time.monotonic() - work
        finally:
            crew.stop()
        _count(house, due, found)
    finally:
        house.stop()
    found.seconds_with_ground = time.monotonic() - began
    found.load = os.getloadavg()[0]
    return found


def _harm(drill: Drill, house: House, crew: Crew, began: float) -> Counter[str]:
    """Each fault at its share of the work, so that harm is done to the very end and not only to the beginning."""
    did: Counter[str] = Counter()
    faults = drill.faults()
    for n, fault in enumerate(faults):
        while house.count_taken() < drill.due * n / len(faults):
            if time.monotonic() - began > drill.minutes * 60:
                return did
            time.sleep(0.02)
        if fault == "kill":
            did[f"{crew.kill_one()} killed"] += 1
        else:
            did[getattr(house, fault)() or fault] += 1
    return did


def _settled(house: House, due: set[str], until: float) -> bool:
    """None of what was due is open any more. What the same dates make due in some weeks is none of ours."""
    still = f"SELECT count(*) FROM requests_app_reminder WHERE state IN {OPEN} AND message_id = ANY(%s)"
    while time.monotonic() < until:
        if house.ask(still, [list(due)])[0][0] == 0:
            return True
        time.sleep(0.25)
    return False


def _count(house: House, due: set[str], found: Found) -> None:
    taken = house.taken_ids()
    found.taken = sum(taken.values())
    missed = sorted(due - set(taken))
    found.missed, found.left = len(missed), _stand(house, missed[:5])
    found.doubled = sum(taken.values()) - len(taken)
    states = "SELECT state, count(*) FROM requests_app_reminder WHERE message_id = ANY(%s) GROUP BY 1"
    found.states = {str(name): int(str(number)) for name, number in house.ask(states, [list(due)])}
    steps = _counts(house, "SELECT step, count(*) FROM requests_app_sendattempt GROUP BY 1")
    texts = _counts(house, "SELECT text, count(*) FROM requests_app_sendattempt WHERE step = 'again' GROUP BY 1")
    found.rescued, found.arrived = steps.get("rescued", 0), steps.get("reconciled", 0)
    found.possible, found.again = texts.get("possible duplicate", 0), texts.get("did not arrive", 0)


def _stand(house: House, message_ids: list[str]) -> list[str]:
    rows = house.ask(
        """
        SELECT r.id, r.state, r.outcome, r.attempts, round(extract(epoch FROM r.next_at - now())),
               (SELECT string_agg(concat_ws(' ', a.at::time(1), a.step, a.text), '; ' ORDER BY a.id)
                  FROM requests_app_sendattempt a WHERE a.reminder_id = r.id)
          FROM requests_app_reminder r WHERE r.message_id = ANY(%s)
        """,
        [message_ids],
    )
    return [
        f"{pk} is {state} ({outcome}) after {tries} tries, next in {wait} s: {lines}"
        for pk, state, outcome, tries, wait, lines in rows
    ]


def _counts(house: House, statement: str) -> dict[str, int]:
    return {str(name): int(str(number)) for name, number in house.ask(statement)}


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    drill, as_json = read(arguments)
    # Told to stop, it takes down what it set up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = run(drill)
    print(found.as_json() if as_json else found.report(), flush=True)
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
