"""When is it due? Law, calendar and arithmetic only: no database."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.clock.events import JSON
from requests_app.laws.deadline import answer, as_text, facts_from, parse_date, step
from requests_app.laws.errors import Refused
from requests_app.laws.registry import library


class Command(BaseCommand):
    help = "Count the deadlines of a records request: manage.py deadline us-il --received 2017-02-10"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("law", help="the law, as in us-il")
        parser.add_argument(
            "--received", required=True, metavar="DATE", help="day of receipt, as in 2026-03-02"
        )
        parser.add_argument("--sent", metavar="DATE", help="day of sending, if it is another")
        parser.add_argument(
            "--event",
            action="append",
            default=[],
            metavar="KIND=DATE[,NAME=VALUE…]",
            help="a later step, as in determined=2026-03-09,outcome=denied; may be repeated",
        )
        parser.add_argument(
            "--fact",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a fact of the request, as in requester=commercial; may be repeated",
        )
        parser.add_argument(
            "--on", metavar="DATE", help="the day to look from; today in the law's zone by default"
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = answer(
                options["law"],
                received_on=parse_date(options["received"], "--received"),
                sent_on=parse_date(options["sent"], "--sent") if options["sent"] else None,
                events=[_event(text, number) for number, text in enumerate(options["event"], 1)],
                facts=facts_from(dict(_pair(text, "--fact") for text in options["fact"])),
                on=parse_date(options["on"], "--on") if options["on"] else _today(options["law"]),
            )
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        if options["format"] == "json":
            self.stdout.write(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
        else:
            self.stdout.write(as_text(found))


def _today(law_id: str) -> Any:
    return datetime.now(ZoneInfo(library().place_of(law_id).zone)).date()


def _event(text: str, number: int) -> Any:
    head, *rest = text.split(",")
    kind, day = _pair(head, "--event")
    return step(
        kind, parse_date(str(day), "--event"), dict(_pair(one, "--event") for one in rest), number=number
    )


def _pair(text: str, option: str) -> tuple[str, JSON]:
    name, found, value = text.partition("=")
    if not found or not name.strip() or not value.strip():
        raise Refused("not_a_pair", f"{text!r} is not of the form name=value ({option}).", option)
    return name.strip(), value.strip()
