"""A newer reading that moves some 20,000 dates: counted by a worker while people read, and then applied."""

from __future__ import annotations

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.result import Result

REQUESTS, DATES = 27_000, 20_000
SECONDS, SLOWER = 180.0, 3.0
APPLIED = 500
CHANGES = {
    "us-il": (("length: 5 business days", "length: 6 business days"), ("length: 60 calendar", "length: 45 calendar")),
    "us-ny": (("length: 5 business days", "length: 6 business days"), ("length: 30 calendar", "length: 25 calendar")),
    "us-tx": (("length: 10 business days", "length: 11 business days"),),
    "us-ca": (("length: 10 calendar days", "length: 9 calendar days"),),
}  # fmt: skip


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run(
        [sys.executable, "-m", "bench.revision"], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    slower = found["during_ms"] / found["before_ms"]
    return [
        Result(
            "revision, dates it would move", str(found["dates"]), f"≥ {DATES}", found["dates"] >= DATES,
            f"{found['moved']} of {found['counted']} requests under {len(CHANGES)} laws",
        ),
        Result(
            "revision, counted", f"{found['seconds']:.0f} s", f"≤ {SECONDS:.0f} s", found["seconds"] <= SECONDS
        ),
        Result(
            "revision, a reader meanwhile", f"{found['during_ms']:.0f} ms, the slowest {found['worst_ms']:.0f} ms",
            f"≤ {SLOWER:.0f}× of {found['before_ms']:.0f} ms", slower <= SLOWER,
            f"{found['reads']} reads of the list while two cores count",
        ),
        Result(
            "revision, applied to a chunk", f"{found['applied_seconds']:.1f} s for {found['applied']} requests",
            "all of them", found["applied"] == APPLIED,
        ),
    ]  # fmt: skip


BENCHES = {"revision": bench}


def main(requests: int = REQUESTS) -> None:
    from bench.database import fresh_database
    from tests.revised import revised

    with fresh_database() as environment:
        from bench import _scale
        from requests_app.actions.rederive import rederive

        owner = environment["DATABASE_OWNER_URL"]
        _scale.build(owner, requests=requests, today=dt.datetime.now(dt.UTC).date(), whole=True)
        rederive(workers=2)
        _scale.analyse(owner)
        print(f"{requests} requests laid", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            for law, changes in CHANGES.items():
                os.environ["FOIA_LAWS_DIR"] = str(revised(Path(folder), law, *changes))
            print(json.dumps(_measured()))


def _measured() -> dict[str, Any]:
    from django.test import Client

    from requests_app.laws.registry import library
    from requests_app.models import OfferedMove, Person, RevisionOffer
    from requests_app.models.visibility import viewing_as

    library.cache_clear()
    person, reader = Person.objects.get(pk=1), Client()
    reader.force_login(person)
    before = [_read(reader) for _ in range(30)]
    began = time.monotonic()
    counting = subprocess.Popen([sys.executable, "manage.py", "law_changes"], stdout=subprocess.DEVNULL)
    during = []
    while counting.poll() is None:
        during.append(_read(reader))
        time.sleep(0.2)
    seconds = time.monotonic() - began
    if counting.returncode:
        raise SystemExit("law_changes failed")
    with viewing_as(person):
        rows = list(OfferedMove.objects.values_list("offer", "changes"))
        offers = RevisionOffer.objects.all()
        counted = sum(offers.values_list("counted", flat=True))
        applied, took = _apply(person, offers.get(law_id="us-il"))
    return {
        "dates": sum(len(changes) for _, changes in rows), "moved": len(rows), "counted": counted,
        "seconds": seconds, "before_ms": statistics.median(before), "during_ms": statistics.median(during),
        "worst_ms": max(during), "reads": len(during), "applied": applied, "applied_seconds": took,
    }  # fmt: skip


def _apply(person: Any, offer: Any) -> tuple[int, float]:
    """The owner chooses APPLIED requests; the rest of the work is a worker's, done here."""
    from django.utils import timezone

    from requests_app.actions import revisions
    from requests_app.models.visibility import viewing_as

    with viewing_as(person) as viewer:
        chosen = list(offer.moves.order_by("pk").values_list("request__public_id", flat=True)[:APPLIED])
        began = time.monotonic()
        revisions.decide(
            viewer=viewer, offer=offer, actor=person, accept=True, requests=chosen, now=timezone.now()
        )
    while revisions.work(organisation_id=offer.organisation_id, offer_id=offer.pk):
        continue
    took = time.monotonic() - began
    with viewing_as(person):
        return offer.moves.filter(decision="applied").count(), took


def _read(client: Any) -> float:
    began = time.perf_counter()
    answer = client.get("/requests/")
    if answer.status_code != 200:
        raise SystemExit(f"/requests/ answered {answer.status_code}")
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS)
