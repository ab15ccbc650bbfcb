"""Checks every request kit: shape, merge fields, and the letter under every law. Non-zero when anything is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.kits.checks import Report, check_file, product_problems, publish, shared_problems
from requests_app.kits.registry import kit_files
from requests_app.laws.registry import library

ROW = "{:22}{:>16}{:>7}{:>10}{:>8}"


class Command(BaseCommand):
    help = "Check the request kits: shape, merge fields, and the letter of every kit under every law."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="kit files; all that ship by default")
        parser.add_argument("--publish", action="store_true", help="pin the text of versions that are new")

    def handle(self, *args: Any, **options: Any) -> None:
        given: list[Path] = options["files"]
        missing = [str(path) for path in given if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {', '.join(missing)}.")
        if options["publish"]:
            for ref in publish():
                self.stdout.write(f"published {ref}")
        reports = [check_file(path) for path in given or kit_files()]
        self._table(reports)
        problems = [problem for report in reports for problem in report.problems]
        if not given:
            problems += shared_problems()
        if not given and not problems:
            problems += product_problems()
            letters = len(reports) * len(library().laws)
            self.stdout.write(f"{len(reports)} kits under {len(library().laws)} laws: {letters} letters.")
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            n = len(problems)
            raise CommandError(f"{n} {'problem' if n == 1 else 'problems'} in the kit files.")

    def _table(self, reports: list[Report]) -> None:
        self.stdout.write(ROW.format("kit", "version", "parts", "refusals", "words"))
        for one in reports:
            self.stdout.write(ROW.format(one.file, one.version, one.parts, one.refusals, one.words))
