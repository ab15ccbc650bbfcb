"""The FBI's list in full: loaded, loaded again, searched, matched and listed, as the web role."""

from __future__ import annotations

import csv
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.result import Result

SECONDS, MILLISECONDS, QUERIES, PAGE = 60.0, 30.0, 14, 250.0
WORDS = 300
NAMED = "FBI_LIST"
PAGES = {
    "first page": "/agencies/",
    "last page": "/agencies/?page=9999",
    "search": "/agencies/?q=springfield+police",
    "search for what most have": "/agencies/?q=police",
    "a state's sheriffs": "/agencies/?jurisdiction=us-tx&kind=county_sheriff",
}


def bench() -> list[Result]:
    path = _list()
    if path is None:
        why = f"The list does not ship: name its file with {NAMED}."
        return [Result("agencies", "not measured", "the list of 18,702", ok=True, note=why)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.agencies", str(path)], check=True, stdout=subprocess.PIPE, text=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    results = [
        Result(
            f"agencies, {name}", f"{told[key]['seconds']:.1f} s", f"≤ {SECONDS:.0f} s",
            told[key]["seconds"] <= SECONDS and told[key]["said"] == said,
            f"added {told[key]['said'][0]}, changed {told[key]['said'][1]}",
        )
        for name, key, said in (
            ("load", "load", [told["rows"], 0]), ("load again", "again", [0, 0]),
        )
    ]  # fmt: skip
    words = told["words"]
    results.append(
        Result(
            "agencies, suggestions for a word", f"median {words['median']:.1f} ms, 95% within {words['most']:.1f} ms",
            f"≤ {MILLISECONDS:.0f} ms", words["most"] <= MILLISECONDS,
            f"{WORDS} names with an abbreviation and two letters swapped: the right one first {words['first']} times, "
            f"among five {words['five']} times; all {WORDS} at once {words['batch']:.2f} s",
        )
    )  # fmt: skip
    results += [
        Result(
            f"agencies, {name}", f"{page['ms']:.0f} ms, {page['queries']} queries", f"≤ {PAGE:.0f} ms, ≤ {QUERIES}",
            page["ms"] <= PAGE and page["queries"] <= QUERIES, f"{page['bytes'] // 1024} KB",
        )
        for name, page in told["pages"].items()
    ]  # fmt: skip
    return results


BENCHES = {"agencies": bench}


def _list() -> Path | None:
    samples = os.environ.get("SAMPLES_DIR", "")
    named = os.environ.get(NAMED, "")
    path = Path(named) if named else Path(samples).parent / "police_agencies.csv" if samples else None
    return path if path is not None and path.is_file() else None


def main(path: Path) -> None:
    from bench.database import fresh_database

    with fresh_database():
        from requests_app.actions.agencies import load_agencies, read_agencies
        from requests_app.management.commands.load_centers import DATA, FILES

        for name in FILES:
            load_agencies(read_agencies(DATA / name))
        told: dict[str, Any] = {"load": _load(path), "again": _load(path)}
        told["rows"] = sum(1 for _row in csv.DictReader(path.open(encoding="utf-8-sig")))
        told["words"] = _words(path)
        told["pages"] = {name: _page(address) for name, address in PAGES.items()}
        print(json.dumps(told))


def _load(path: Path) -> dict[str, Any]:
    from requests_app.actions.police_list import load_police
    from requests_app.intake.police_list import read

    began = time.monotonic()
    taken = load_police(read(path))
    return {"seconds": time.monotonic() - began, "said": [taken.added, taken.changed]}


def _words(path: Path) -> dict[str, Any]:
    from requests_app.intake.agency_match import suggest
    from requests_app.models import AgencyIdentifier

    dice = random.Random(7)
    rows = dice.sample(list(csv.DictReader(path.open(encoding="utf-8-sig"))), WORDS)
    asked = {row["ori"]: f"{_worn(row['name'], dice)}, {row['state']}" for row in rows}
    meant = dict(
        AgencyIdentifier.objects.filter(scheme="ori", value__in=asked).values_list("value", "agency__slug")
    )
    began = time.monotonic()
    found = suggest(asked.values())
    batch = time.monotonic() - began
    slugs = {ori: [one.slug for one in found[word]] for ori, word in asked.items()}
    took = []
    for word in asked.values():
        began = time.perf_counter()
        suggest([word])
        took.append((time.perf_counter() - began) * 1000)
    return {
        "batch": batch, "median": statistics.median(took), "most": sorted(took)[int(WORDS * 0.95)],
        "first": sum(slugs[ori][:1] == [meant[ori]] for ori in asked),
        "five": sum(meant[ori] in slugs[ori] for ori in asked),
    }  # fmt: skip


def _worn(name: str, dice: random.Random) -> str:
    """As somebody else's log might have it."""
    word = name.replace("Police Department", "PD").replace("Sheriff's Office", "Sheriff")
    at = dice.randrange(1, max(2, min(8, len(word) - 2)))
    return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]


def _page(address: str) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.get(address)
    took = []
    for _ in range(10):
        began = time.perf_counter()
        answer = client.get(address)
        took.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return {"ms": statistics.median(took), "queries": len(seen), "bytes": len(answer.content)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
