"""`manage.py rederive`: every stored date again, after a law or a calendar changed. Writes only what differs."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.actions.deadlines import Written
from requests_app.actions.rederive import rederive
from requests_app.models import Organisation
from requests_app.models.visibility import organisation_viewer, viewing


class Command(BaseCommand):
    help = (
        "Derive stored deadlines again. Writes only what differs, and may be stopped and started at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--organisation",
            "--organization",
            type=int,
            action="append",
            help="Id; may be given several times.",
        )
        parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help="Processes.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["workers"] < 1:
            raise CommandError("--workers is at least 1.")
        for pk in options["organisation"] or ():
            with viewing(organisation_viewer(pk)):
                if not Organisation.objects.filter(pk=pk).exists():
                    raise CommandError(f"There is no organization {pk}.")
        began = time.monotonic()
        progress = self._progress if options["verbosity"] and self.stderr.isatty() else None
        done = rederive(organisations=options["organisation"], workers=options["workers"], progress=progress)
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{done.requests} requests in {seconds:.1f} s: {len(done.moved)} changed; {done.added} dates added, "
            f"{done.superseded} superseded, {done.spans} spans written."
        )

    def _progress(self, done: Written) -> None:
        self.stderr.write(f"\r{done.requests:8} requests, {len(done.moved)} changed", ending="")
