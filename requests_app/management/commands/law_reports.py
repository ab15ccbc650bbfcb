"""`manage.py law_reports`: what readers say is wrong with a law, and what came of it. Needs DATABASE_OWNER_URL."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from requests_app.actions.law_reports import open_reports, settle, settled_reports
from requests_app.actions.refusals import Refused


class Command(BaseCommand):
    help = "List the reports of errors in the laws, or settle one with a note."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--settled", action="store_true", help="list those that are settled")
        parser.add_argument(
            "--resolve", metavar="REFERENCE", help="settle this report; erases the reporter's address"
        )
        parser.add_argument("--note", default="", help="what came of it, with --resolve")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the tables may read reports.")
        if options["resolve"]:
            try:
                settled = settle(reference=options["resolve"], note=options["note"])
            except Refused as refused:
                raise CommandError(refused.sentence) from None
            self.stdout.write(
                f"Settled {settled.reference} about {settled.law_ref}. The reporter's address is erased."
            )
            return
        reports = settled_reports() if options["settled"] else open_reports()
        for report in reports:
            self._tell(report)
        if not reports:
            self.stdout.write("No report is settled yet." if options["settled"] else "No report waits.")

    def _tell(self, report: Any) -> None:
        about = f"{report.law_ref}#{report.clock}" if report.clock else report.law_ref
        self.stdout.write(f"{report.reference}  {report.created_at:%Y-%m-%d %H:%M} UTC  {about}")
        for line in report.problem.splitlines():
            self.stdout.write(f"    {_harmless(line)}")
        for name, value in (("Source", report.source_url), ("From", report.email), ("Note", report.note)):
            if value:
                self.stdout.write(f"    {name}: {_harmless(value)}")


def _harmless(said: str) -> str:
    """Anybody wrote this, and a terminal obeys some characters: escapes, and those that turn the writing round."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in said)
