"""`manage.py load_agencies FILE`: the FBI's list of police agencies, as often as one likes."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.actions.police_list import load_police
from requests_app.actions.refusals import Refused
from requests_app.intake.police_list import NotAList, read

SHOWN = 20
WIDTH = 30


class Command(BaseCommand):
    help = "Load the FBI's list of police agencies (CSV). A second run changes nothing; corrections by hand stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with the columns of docs/data.md.")
        parser.add_argument("--year", default="", help="Year of the list, where its columns do not say it.")
        parser.add_argument(
            "--skip-bad", action="store_true", help="Load the rest where rows cannot be used."
        )
        parser.add_argument("--all", action="store_true", help=f"List every row, not the first {SHOWN}.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        began = time.monotonic()
        try:
            found = read(path, year=options["year"])
            taken = load_police(
                found, skip_bad=options["skip_bad"], progress=self._progress(len(found.offices))
            )
        except NotAList as problem:
            raise CommandError(problem.sentence) from None
        except Refused as problem:
            raise CommandError(f"{path.name}: {problem.sentence}") from None
        except OSError as problem:
            raise CommandError(f"{path} could not be read: {problem.strerror}.") from None
        most = sys.maxsize if options["all"] else SHOWN
        self._list("row problems, left out", [str(row) for row in found.bad], most)
        self._list(
            "renamed by this list", [f"{slug}: {old} → {new}" for slug, old, new in taken.renamed], most
        )
        self._list(
            "fields corrected here and kept",
            [f"{kept.slug}, {kept.field}: {kept.ours} (the list says {kept.theirs})" for kept in taken.kept],
            most,
        )
        self._list(
            "agencies not in this list any more; nothing was removed",
            [f"{ori} {slug}: {name}" for ori, slug, name in taken.vanished],
            most,
        )
        self.stdout.write(
            f"{path.name}, list of {found.year}: {len(found.offices)} agencies, {taken.added} added, "
            f"{taken.changed} changed, {taken.unchanged} unchanged, in {time.monotonic() - began:.1f} s."
        )

    def _list(self, title: str, lines: list[str], most: int) -> None:
        if not lines:
            return
        self.stdout.write(f"{len(lines)} {title}:")
        for line in lines[:most]:
            self.stdout.write(f"  {line}")
        if len(lines) > most:
            self.stdout.write(f"  and {len(lines) - most} more; --all lists them.")

    def _progress(self, total: int) -> Callable[[int], None]:
        began = time.monotonic()
        tenth = 0

        def tell(done: int) -> None:
            nonlocal tenth
            rate = done / max(time.monotonic() - began, 0.001)
            words = f"{done} of {total} agencies, {rate:.0f} a second, {(total - done) / max(rate, 1):.0f} s to go"
            if self.stderr.isatty():
                bar = "█" * (WIDTH * done // max(total, 1))
                self.stderr.write(
                    f"\r{bar:·<{WIDTH}} {words:60}", style_func=str, ending="\n" if done == total else ""
                )
            elif done == total or 10 * done // total > tenth:
                tenth = 10 * done // total
                self.stderr.write(words, style_func=str)

        return tell
