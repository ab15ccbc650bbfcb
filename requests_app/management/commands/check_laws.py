"""Checks every law file: schema, cross-checks, worked examples, calendars. Non-zero when anything is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.laws.checks import Report, check_file
from requests_app.laws.deadline import parse_date
from requests_app.laws.errors import Refused
from requests_app.laws.registry import DATA, Library

COLUMNS = (
    ("law", 0),
    ("versions", 9),
    ("rules", 7),
    ("verified", 10),
    ("high", 6),
    ("medium", 8),
    ("low", 5),
    ("examples", 10),
    ("dates", 7),
    ("shown", 8),
)
"""`shown`: rules with a number that a worked example shows, of all such rules."""


class Command(BaseCommand):
    help = "Check the law files: schema, cross-checks, every worked example."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="law files; all that ship by default")
        parser.add_argument(
            "--on", metavar="DATE", help="the day from which twelve months are counted back; today by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = parse_date(options["on"], "--on") if options["on"] else datetime.now(UTC).date()
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        files = options["files"] or sorted((DATA / "us").glob("*.yaml"))
        missing = [str(path) for path in files if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {', '.join(missing)}.")
        reports = [check_file(path, Library(path.parents[1]), on=on) for path in files]
        self._table(reports)
        for line in (line for report in reports for line in report.stale):
            self.stdout.write(line)
        problems = [problem for report in reports for problem in report.problems]
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(
                f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'} in the law files."
            )

    def _table(self, reports: list[Report]) -> None:
        self.stdout.write(_row([name for name, _ in COLUMNS]))
        for report in reports:
            levels = [report.by_confidence[level] for level in ("high", "medium", "low")]
            counts = [report.versions, report.rules, report.verified, *levels, report.examples, report.dates]
            self.stdout.write(_row([report.code, *counts, f"{report.covered}/{report.coverable}"]))
        examples = sum(report.examples for report in reports)
        dates = sum(report.dates for report in reports)
        self.stdout.write(
            f"{len(reports)} jurisdictions, {sum(report.laws for report in reports)} laws, "
            f"{sum(report.rules for report in reports)} rules ({sum(report.verified for report in reports)} verified), "
            f"{examples} examples with {dates} dates."
        )


def _row(cells: Sequence[object]) -> str:
    first, *rest = cells
    return f"{first!s:8}" + "".join(
        f"{cell!s:>{width}}" for cell, (_, width) in zip(rest, COLUMNS[1:], strict=True)
    )
