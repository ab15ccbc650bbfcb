"""`manage.py agencies_csv export|import`: all agencies as a table for a spreadsheet, and its corrections back."""

from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.actions.agency_changes import Why
from requests_app.actions.agency_csv import Compared, apply, compare
from requests_app.actions.refusals import Refused
from requests_app.intake.agency_csv import HEAD, NotATable, read, row
from requests_app.models import AgencyKind, Person
from requests_app.notices.cells import neutral
from requests_app.queries.agencies import Asked, batches

SHOWN = 50


class Command(BaseCommand):
    help = "Export agencies as CSV, or show and apply the corrections of such a table. Untouched, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        out = steps.add_parser("export", help="Write the table.")
        out.add_argument("file", nargs="?", type=Path, help="Default: standard output.")
        out.add_argument("--jurisdiction", default="", help="Only this one, such as us-il.")
        out.add_argument("--kind", default="", choices=["", *AgencyKind.values])
        back = steps.add_parser("import", help="Show old and new of each cell that differs; --apply writes.")
        back.add_argument("file", type=Path)
        back.add_argument("--apply", action="store_true", help="Write the corrections.")
        back.add_argument("--reason", default="", help="Kept with each correction; needed to apply.")
        back.add_argument("--source", default="", help="Where it is known from; best an address.")
        back.add_argument(
            "--as", dest="email", default="", help="E-mail of whoever corrects; needed to apply."
        )
        back.add_argument("--all", action="store_true", help=f"Print every cell, not the first {SHOWN}.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"] == "export":
            self._export(options)
        else:
            self._import(options)

    def _export(self, options: dict[str, Any]) -> None:
        asked = Asked(jurisdiction=options["jurisdiction"], kind=options["kind"], mark="real")
        path: Path | None = options["file"]
        try:
            # The mark tells a spreadsheet that the bytes are UTF-8.
            stream: Any = path.open("w", encoding="utf-8-sig", newline="") if path else self.stdout
            write = csv.writer(stream)
            write.writerow(HEAD)
            n = 0
            for some in batches(asked):
                write.writerows(row(agency, neutral) for agency in some)
                n += len(some)
            if path:
                stream.close()
        except OSError as problem:
            raise CommandError(f"{path} could not be written: {problem.strerror}.") from None
        self.stderr.write(f"{n} agencies written.")

    def _import(self, options: dict[str, Any]) -> None:
        try:
            table = read(options["file"])
        except NotATable as problem:
            raise CommandError(problem.sentence) from None
        except OSError as problem:
            raise CommandError(f"{options['file']} could not be read: {problem.strerror}.") from None
        for sentence in table.said:
            self.stdout.write(sentence)
        found = compare(table)
        self._tell(found, sys.maxsize if options["all"] else SHOWN)
        if found.bad:
            raise CommandError(f"{len(found.bad)} cells cannot be taken (above); nothing was changed.")
        if not found.changed:
            self.stdout.write(f"{found.rows} rows; nothing differs.")
            return
        said = f"{found.rows} rows; {found.cells} cells of {len(found.changed)} agencies differ"
        if not options["apply"]:
            self.stdout.write(f"{said}. Nothing was written; --apply writes them.")
            return
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError("Say with --as who corrects: the e-mail of an account here.")
        try:
            apply(found, why=Why(person, options["reason"], options["source"]))
        except Refused as problem:
            raise CommandError(problem.sentence) from None
        self.stdout.write(
            f"{said}, and were written. agency history AGENCY lists them; agency undo takes one back."
        )

    def _tell(self, found: Compared, most: int) -> None:
        lines = [str(bad) for bad in found.bad]
        for agency, changed in found.changed:
            lines += [
                f"{agency.slug}, {one.column}: {one.old or '(empty)'} → {one.new or '(empty)'}"
                for one in changed
            ]
        for line in lines[:most]:
            self.stdout.write(line)
        if len(lines) > most:
            self.stdout.write(f"and {len(lines) - most} more; --all prints them.")
