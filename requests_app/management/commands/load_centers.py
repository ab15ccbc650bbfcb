"""`manage.py load_centers`: the 80 fusion centers and the federal agencies, as often as one likes."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.actions.agencies import load_agencies, read_agencies
from requests_app.actions.refusals import Refused

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = ("fusion_centers.yaml", "federal_agencies.yaml")


class Command(BaseCommand):
    help = "Load the 80 fusion centers and the federal agencies. A second run adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="Files in the format of docs/data.md.")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or [DATA / name for name in FILES]:
            try:
                rows = read_agencies(path)
                done = load_agencies(rows, progress=self._progress(len(rows)))
            except Refused as problem:
                raise CommandError(problem.sentence) from None
            except OSError as problem:
                raise CommandError(f"{path} could not be read: {problem.strerror}.") from None
            self.stdout.write(
                f"{path.name}: {len(rows)} agencies, {done.added} added, {done.changed} changed, "
                f"{done.unchanged} unchanged."
            )

    def _progress(self, total: int) -> Any:
        done = 0

        def tell(name: str) -> None:
            nonlocal done
            done += 1
            if self.stderr.isatty():
                self.stderr.write(
                    f"\r{done:4} of {total}  {name[:60]:60}", ending="\n" if done == total else ""
                )

        return tell
