"""`manage.py public_statistics`: count again what changed; with --rebuild all of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from requests_app.actions import statistics


class Command(BaseCommand):
    help = "Make the rows that the public statistics count: those that changed, or all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Every published request anew.")

    def handle(self, *args: Any, **options: Any) -> None:
        done = statistics.rebuild() if options["rebuild"] else statistics.refresh()
        self.stdout.write(f"{done} requests counted again.")
