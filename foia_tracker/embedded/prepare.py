"""What a first run does between the database's start and the web's: one process, each step safe to repeat."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from foia_tracker.embedded import place

# Commands of the operators' door, in order, run once for each version of the data they load.
LOADERS = {"load_centers": False, "load_sample": True}  # name: is it sample data?


def main() -> int:
    parser = argparse.ArgumentParser(prog="prepare")
    parser.add_argument("--no-sample", action="store_true")
    parser.add_argument("--no-migrate", action="store_true")
    options = parser.parse_args()

    import django
    from django.core.management import call_command, get_commands

    django.setup()
    state = State(place.var_folder() / "prepared.json")
    if options.no_migrate:
        print(
            "DATABASE_OWNER_URL is not set: migrations and data are left to you (docs/running.md).",
            flush=True,
        )
    else:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    look = digest(place.REPOSITORY / "static", place.REPOSITORY / "templates")
    if state.get("static") != look or not (place.REPOSITORY / "staticfiles" / "staticfiles.json").exists():
        call_command("collectstatic", verbosity=0, interactive=False)
        state.put("static", look)
    if options.no_migrate:
        return 0
    # A loader is run again when the files it loads changed, or the code that reads them.
    data = digest(
        place.REPOSITORY / "requests_app" / "data", place.REPOSITORY / "requests_app" / "management"
    )
    for name, is_sample in LOADERS.items():
        if name not in get_commands() or (is_sample and options.no_sample) or state.get(name) == data:
            continue
        print(f"Running {name} …", flush=True)
        call_command(name, verbosity=0)
        state.put(name, data)
    return 0


class State:
    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def get(self, name: str) -> str | None:
        return self._known.get(name)

    def put(self, name: str, value: str) -> None:
        self._known[name] = value
        aside = self.path.with_suffix(".new")
        aside.write_text(json.dumps(self._known, indent=1), encoding="utf-8")
        aside.replace(self.path)


def digest(*folders: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(_files(folders)):
        total.update(os.fsencode(path.relative_to(place.REPOSITORY)) + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                yield path


if __name__ == "__main__":
    sys.exit(main())
