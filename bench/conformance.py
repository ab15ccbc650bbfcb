"""Schemathesis over the whole description of the API, asked of the served program, with a token and without.

The web role, row-level security and the sample; real ids where the description has a name in an address, so that it is
content that is asked, and not the same 404. BENCH_SECONDS (1200) are shared by the two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench._served import load_sample, served
from bench.result import Result

SECONDS = 1200
WITH_TOKEN = 0.65
MOST_KNOWN = 8
CHECKS = (
    "not_a_server_error", "ignored_auth", "status_code_conformance", "content_type_conformance",
    "response_schema_conformance", "response_headers_conformance", "unsupported_method",
)  # fmt: skip
OURS = {"ServerError": "server errors", "IgnoredAuth": "ignored auth"}


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    seconds = os.environ.get("BENCH_SECONDS", str(SECONDS))
    done = subprocess.run(
        [sys.executable, "-m", "bench.conformance", seconds], check=True, stdout=subprocess.PIPE, text=True
    )
    return [
        Result(
            f"schemathesis, {found['who']}, {what}",
            str(found["failures"].get(what, 0)),
            "0",
            found["failures"].get(what, 0) == 0 and found["answered"],
            found["note"],
        )
        for found in json.loads(done.stdout.splitlines()[-1])
        for what in ("server errors", "ignored auth", "schema violations")
    ]


BENCHES = {"schemathesis": bench}


def main(seconds: int, *only: str) -> None:
    """only: of the operations, the ids of those to ask; all of them otherwise."""
    from bench.database import fresh_database

    with fresh_database() as environment, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        load_sample(environment)
        token = _token()
        log = stack.enter_context((folder / "web.log").open("wb"))
        environment |= {"DJANGO_SETTINGS_MODULE": "bench._unhurried"}
        port = stack.enter_context(served(environment, ready="/api/v1/jurisdictions/", log=log.fileno()))
        address = f"http://127.0.0.1:{port}"
        told = folder / "described.json"
        told.write_text(json.dumps(_with_known(address, token)), encoding="utf-8")
        part = int(seconds * WITH_TOKEN)
        found = [
            _asked(address, told, folder, "with a token", part, only, token),
            _asked(address, told, folder, "without", max(1, seconds - part), only, ""),
        ]
        said = (folder / "web.log").read_text(encoding="utf-8", errors="replace")
    for line in said.splitlines():
        if "Internal Server Error" in line:
            print(line[:200], file=sys.stderr)
    print(json.dumps(found))


def _token() -> str:
    from django.utils import timezone

    from requests_app.actions.tokens import make_token
    from requests_app.models import Organisation, Person
    from requests_app.models.ids import public_id
    from requests_app.models.visibility import viewing_as

    owner = Person.objects.get(email="ruth.okafor@harbor-rights.example")
    with viewing_as(owner) as viewer:
        _row, secret = make_token(
            viewer=viewer, organisation=Organisation.objects.editable_by(viewer).get(), actor=owner, scope="write",
            name="bench", days=2, now=timezone.now(), once=public_id(),
        )  # fmt: skip
    return secret


def _get(address: str, token: str) -> Any:
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


def _with_known(address: str, token: str) -> dict[str, Any]:
    """The description, with the ids that its own lists give in the place of any name."""
    told: dict[str, Any] = _get(f"{address}/api/v1/schema/", token)
    known: dict[str, list[str]] = {}
    for path in sorted(told["paths"], key=lambda one: one.count("{")):
        filled = ""
        for piece in path.split("/"):
            if piece.startswith("{"):
                where = filled + "/" + piece
                if where not in known:
                    known[where] = _ids_of(address, filled + "/", known, token)
                filled = where
            else:
                filled = f"{filled}/{piece}" if piece else filled
        for method in told["paths"][path].values():
            for parameter in method.get("parameters", ()):
                if parameter["in"] == "path":
                    place_of = path[: path.index("{" + parameter["name"] + "}")] + "{" + parameter["name"] + "}"
                    if known.get(place_of):
                        parameter["schema"] = {"type": "string", "enum": known[place_of]}
    return told


def _ids_of(address: str, listing: str, known: dict[str, list[str]], token: str) -> list[str]:
    path, so_far = "", ""
    for piece in listing.strip("/").split("/"):
        so_far += "/" + piece
        if piece.startswith("{"):
            if not known.get(so_far):
                return []
            piece = known[so_far][0]
        path += "/" + piece
    try:
        answer = _get(f"{address}{path}/", token)
    except urllib.error.HTTPError:
        return []
    rows = [row for value in answer.values() if isinstance(value, list) for row in value if isinstance(row, dict)]
    return [str(row["id"]) for row in rows if "id" in row][:MOST_KNOWN]


def _asked(
    address: str, told: Path, folder: Path, who: str, seconds: int, only: tuple[str, ...], token: str
) -> dict[str, Any]:
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(told), "--url", address, "--checks", ",".join(CHECKS)),
        *("--workers", "2", "--phases", "examples,coverage,fuzzing", "--max-time", str(seconds), "--no-shrink"),
        *("--continue-on-failure", "--suppress-health-check", "all", "--no-color", "--request-timeout", "60"),
        *("--report", "json", "--report-json-path", str(report)),
        *(["--header", f"Authorization: Bearer {token}"] if token else []),
        *[word for one in only for word in ("--include-operation-id", one)],
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if not report.exists():
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    read = json.loads(report.read_text(encoding="utf-8"))
    failures: dict[str, int] = {}
    for one in read["failures"]:
        name = OURS.get(one["type"], "schema violations")
        failures[name] = failures.get(name, 0) + one["count"]
        print(f"{who}: {one['title']}: {', '.join(one['operations'])}", file=sys.stderr)
    if failures:
        print(done.stdout[:20_000], file=sys.stderr)
    operations, lost = read["operations"], [one for one in read["errors"] if one["title"] != "Runtime Error"]
    return {
        "who": who,
        "failures": failures,
        # What its own generator stumbles over is told, and is no fault of ours; a server that is gone is.
        "answered": operations["tested"] == operations["selected"] and not lost,
        "note": f"{read['test_cases']['generated']} cases at {operations['tested']} of {operations['selected']} "
        f"operations in {read['running_time']:.0f} s, seed {read['seed']}; "
        f"errors of the tool or the net: {read['errors'] or 'none'}",
    }  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS, *sys.argv[2:])
