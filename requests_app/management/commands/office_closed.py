"""`manage.py office_closed SLUG --on DAY`: the days on which one office was closed, with what they move shown first."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.actions import closures
from requests_app.actions.refusals import Refused
from requests_app.clock import words
from requests_app.laws.deadline import parse_date
from requests_app.laws.errors import Refused as NoAnswer
from requests_app.models import Agency

SHOWN = 20


class Command(BaseCommand):
    help = "Days on which one office was closed: shows what they would move; with --apply writes them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agency", help="Last part of the agency's address.")
        parser.add_argument("--on", required=True, help="The day, as 2026-03-02.")
        parser.add_argument("--until", help="The last of several days.")
        parser.add_argument("--name", default="", help="Why it was closed: Snow emergency.")
        parser.add_argument("--source", default="", help="Where that is known from; best an address.")
        parser.add_argument("--reopen", action="store_true", help="Take such days back.")
        parser.add_argument("--apply", action="store_true", help="Write it; without it nothing is written.")

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(slug=options["agency"]).first()
        if agency is None:
            raise CommandError(f"There is no agency {options['agency']}.")
        try:
            first = parse_date(options["on"], "--on")
            last = parse_date(options["until"], "--until") if options["until"] else first
            closing = closures.Closing(
                agency, first, last, options["name"], options["source"], options["reopen"]
            )
            moved = closures.enter(closing) if options["apply"] else closures.preview(closing)
        except (NoAnswer, Refused) as problem:
            raise CommandError(problem.sentence) from None
        self._tell(moved)
        if options["apply"]:
            self.stdout.write(f"{len(closing.days)} {'day' if first == last else 'days'} written.")
        else:
            self.stdout.write("Nothing is written; --apply does it.")

    def _tell(self, moved: list[closures.Moved]) -> None:
        for name, count in sorted(Counter(one.organisation for one in moved).items()):
            self.stdout.write(f"{name}: dates of {count} {'request' if count == 1 else 'requests'} move.")
        lines = [
            f"  {one.public_id}  {change.clock.name}: {_day(change.old_due)} → {_day(change.new_due)}"
            for one in moved
            for change in one.changes
        ]
        for line in lines[:SHOWN]:
            self.stdout.write(line)
        if len(lines) > SHOWN:
            self.stdout.write(f"  and {len(lines) - SHOWN} more")
        if not moved:
            self.stdout.write("No date of an open request moves.")


def _day(on: dt.date | None) -> str:
    return words.date(on) if on else "no date"
