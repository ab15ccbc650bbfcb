"""`manage.py import_archive FILE`: take a full copy of an organization into this instance."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from requests_app.actions import archive_import
from requests_app.actions.refusals import Refused


class Command(BaseCommand):
    help = "Take a full copy of an organization into this instance. Runs as the owner of the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("DATABASE_OWNER_URL is not set; an archive is taken in by the owner of the database.")
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        with path.open("rb") as file:
            try:
                done = archive_import.take_in(file)
            except Refused as refused:
                raise CommandError(f"{refused.sentence} Nothing was written.") from None
        self.stdout.write(
            f"{done.organisation.name}: {done.rows} rows and {done.files} files; {done.new_people} people and "
            f"{done.new_agencies} agencies were new here."
        )
        for sentence in done.left_out:
            self.stdout.write(sentence)
        self.stdout.write(
            "People sign in after they set a password by e-mail. Reminders are planned anew: stop those of the other "
            "instance, or everybody is told twice."
        )
