"""`manage.py load_sample`: the sample campaigns and the federal log, for a first look and for tests."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from requests_app.actions import statistics
from requests_app.actions.agencies import load_agencies, read_agencies
from requests_app.actions.refusals import Refused
from requests_app.actions.sample import SignIn, load_sample, read_scenario
from requests_app.queries import sample_sign_ins
from requests_app.queries.sample_sign_ins import SampleSignIn

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


class Command(BaseCommand):
    help = (
        "Load the sample organizations with their requests. A second run adds nothing. Never in production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--print-sign-ins", action="store_true", help="Print the sign-ins and load nothing."
        )
        parser.add_argument("--no-log", action="store_true", help="Leave the federal log out.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The sample is invented; it is never loaded in production.")
        kept = sample_sign_ins.file()
        if options["print_sign_ins"]:
            self.stdout.write(kept.read_text(encoding="utf-8") if kept.exists() else "No sample is loaded.")
            return
        try:
            # The log is of real offices, which stay when the sample goes.
            load_agencies(read_agencies(SAMPLE.parent / "federal_agencies.yaml"))
            done = load_sample(
                read_scenario(SAMPLE / "scenario.yaml"),
                now=timezone.now(),
                log=None if options["no_log"] else SAMPLE / "federal_log.csv",
                progress=self._tell if options["verbosity"] else None,
            )
        except Refused as problem:
            raise CommandError(problem.sentence) from None
        # So that the first look at the dashboard does not wait for a worker.
        statistics.refresh()
        if any(one.password for one in done.sign_ins):
            self._keep(kept, done.sign_ins)
        self.stdout.write(
            f"Sample: {done.organisations} organizations, {done.campaigns} campaigns, {done.requests} requests, "
            f"{done.events} later events and {done.log_rows} rows of the federal log added."
        )
        if options["verbosity"] and kept.exists():
            self.stdout.write(kept.read_text(encoding="utf-8"))

    def _tell(self, what: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{what[:70]:70}", ending="")

    def _keep(self, path: Path, sign_ins: Iterable[SignIn]) -> None:
        """The passwords are made here and known nowhere else, so they are kept where only this user reads."""
        known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        lines = [
            str(SampleSignIn(one.email, one.password, one.name, one.role, one.organisation))
            for one in sign_ins
            if one.password
        ]
        fresh = {line.split()[0] for line in lines}
        kept = [line for line in known if line.split() and line.split()[0] not in fresh]
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".new")
        aside.unlink(missing_ok=True)
        with os.fdopen(
            os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write("\n".join([*kept, *lines]) + "\n")
        aside.replace(path)
