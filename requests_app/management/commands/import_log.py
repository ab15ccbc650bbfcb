"""`manage.py import_log FILE`: a request log taken in, looked at, or taken out again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from requests_app.actions import import_undo, import_work
from requests_app.actions.refusals import Refused
from requests_app.intake import presets
from requests_app.models import ImportBatch, Organisation, Person
from requests_app.models.visibility import viewing_as

SHOWN = 50


class Command(BaseCommand):
    help = "Import a request log (CSV or XLSX). The same numbers twice change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--organisation", "--organization", help="Public id or exact name.")
        parser.add_argument(
            "--as", dest="email", required=True, help="E-mail of the editor or owner who imports."
        )
        parser.add_argument(
            "--source",
            default="",
            help="Name of the log, in which numbers are unique; default: the file's name.",
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--mapping", type=Path, help="YAML file that names the columns; see docs/importing.md."
        )
        how.add_argument("--preset", choices=sorted(presets.PRESETS), help="A mapping that ships.")
        parser.add_argument("--dry-run", action="store_true", help="Look at every row and write no request.")
        parser.add_argument("--undo", metavar="IMPORT", help="Public id of an import to take out again.")
        parser.add_argument(
            "--all-problems", action="store_true", help=f"Print every problem, not the first {SHOWN}."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody has an account under {options['email']}.")
        try:
            if options["undo"]:
                self._undo(person, options["undo"])
            else:
                self._import(person, options)
        except (Refused, presets.BadMapping) as problem:
            raise CommandError(problem.sentence) from None

    def _undo(self, person: Person, pid: str) -> None:
        with viewing_as(person) as viewer:
            batch = ImportBatch.objects.editable_by(viewer).filter(public_id=pid).first()
            if batch is None:
                raise CommandError(f"{person.email} may edit no import {pid}.")
            removed = import_undo.undo(viewer=viewer, batch=batch, actor=person)
        self.stdout.write(f"Import {pid} undone: {removed} requests taken out.")

    def _import(self, person: Person, options: dict[str, Any]) -> None:
        path = options["file"]
        if path is None:
            raise CommandError("Name the file to import.")
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        mapping = None
        if options["preset"]:
            mapping = presets.PRESETS[options["preset"]]()
        elif options["mapping"]:
            mapping = presets.from_file(options["mapping"])
        batch = import_work.import_file(
            actor=person,
            organisation=self._organisation(person, options["organisation"]),
            path=path,
            mapping=mapping,
            on=timezone.now().astimezone(ZoneInfo(person.zone)).date(),
            source=options["source"],
            dry_run=options["dry_run"],
        )
        self._tell(person, batch, options)

    def _organisation(self, person: Person, wanted: str | None) -> Organisation:
        with viewing_as(person) as viewer:
            mine: list[Organisation] = list(Organisation.objects.editable_by(viewer))
        found = [one for one in mine if wanted is None or wanted in (one.public_id, one.name)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise CommandError(f"{person.email} may edit no organization {wanted or ''}".rstrip() + ".")
        raise CommandError(
            "Say which organization with --organisation: " + ", ".join(one.public_id for one in found) + "."
        )

    def _tell(self, person: Person, batch: ImportBatch, options: dict[str, Any]) -> None:
        for sentence in batch.reading["said"]:
            self.stdout.write(sentence)
        with viewing_as(person):
            rows = batch.rows.exclude(problems=[]).order_by("line")
            listed = list(rows if options["all_problems"] else rows[:SHOWN])
            more = rows.count() - len(listed)
        for row in listed:
            for problem in row.problems:
                where = f", {problem['field']}" if problem["field"] else ""
                self.stdout.write(f"line {row.line}{where}: {problem['sentence']} [{row.verdict}]")
        if more:
            self.stdout.write(f"{more} more rows with something to say; --all-problems prints them.")
        counts = batch.counts
        self.stdout.write(
            f"Import {batch.public_id} of “{batch.source}”: {batch.rows_total} rows; {counts['new']} new, "
            f"{counts['warned']} taken with a warning, {counts['known']} known already, {counts['refused']} refused."
        )
        if batch.state == ImportBatch.State.APPLIED:
            self.stdout.write(f"{counts['made']} requests made. Undo: --undo {batch.public_id}")
        elif options["dry_run"]:
            self.stdout.write("Nothing was written: a dry run.")
        else:
            self.stdout.write("No row was new; nothing was written.")
