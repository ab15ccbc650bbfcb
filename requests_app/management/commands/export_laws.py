"""`manage.py export_laws`: the laws as data for other programs. No database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from jsonschema import Draft202012Validator

from foia_tracker.embedded.place import var_folder
from requests_app.laws.export import files
from requests_app.laws.registry import library

MOST_SHOWN = 10


class Command(BaseCommand):
    help = "Write every law, calendar and worked example as JSON, with its schema, changes and checksums."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, metavar="DIR", help="where to write; var/laws by default")
        parser.add_argument("--check", action="store_true", help="write nothing; fail if the files of DIR differ")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["out"] or var_folder() / "laws"
        made = files(library())
        self._validate(made)
        if options["check"]:
            self._compare(folder, made)
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in made.items():
                (folder / name).write_bytes(content)
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}. Name another with --out.") from error
        for name, content in made.items():
            self.stdout.write(f"{folder / name}  {len(content):,} bytes")

    def _validate(self, made: dict[str, bytes]) -> None:
        schema, document = (json.loads(made[name]) for name in ("laws.schema.json", "laws.json"))
        wrong = list(Draft202012Validator(schema).iter_errors(document))
        for error in wrong[:MOST_SHOWN]:
            self.stderr.write(f"{'/'.join(str(step) for step in error.absolute_path)}: {error.message[:300]}")
        if wrong:
            raise CommandError(f"The export breaks its own schema in {len(wrong)} places; nothing is written.")

    def _compare(self, folder: Path, made: dict[str, bytes]) -> None:
        differ = [
            name
            for name, content in made.items()
            if not (folder / name).is_file() or (folder / name).read_bytes() != content
        ]
        if differ:
            raise CommandError(f"{', '.join(differ)} in {folder} differ from the library; export again.")
        self.stdout.write(f"The files in {folder} are what the library says.")
