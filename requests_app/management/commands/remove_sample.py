"""`manage.py remove_sample`: take the sample away again, all of it and nothing else."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from requests_app.actions.refusals import Refused
from requests_app.actions.sample import remove_sample
from requests_app.queries import sample_sign_ins


class Command(BaseCommand):
    help = "Remove the sample organizations, people, centers and requests. Runs as the owner of the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError(
                "DATABASE_OWNER_URL is not set; the sample is removed by the owner of the database."
            )
        if not options["yes"] and input("Remove everything of the sample? Write yes: ").strip() != "yes":
            raise CommandError("Nothing was removed.")
        try:
            done = remove_sample()
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        sample_sign_ins.file().unlink(missing_ok=True)
        self.stdout.write(
            f"Removed {done.organisations} sample organizations with {done.requests} requests, {done.people} people "
            f"and {done.agencies} agencies."
        )
