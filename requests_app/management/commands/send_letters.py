"""Send the letters that are queued, without Redis or Celery. Beside a running worker it is harmless."""

from __future__ import annotations

import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connections
from django.utils import timezone

from requests_app.actions import automatic_follow_ups, jobs, letter_sending
from requests_app.actions.handing import Swept

log = structlog.get_logger(__name__)

FOLLOW_UP_SECONDS = 600


class Command(BaseCommand):
    help = "Queue the automatic follow-ups that are due, and send what is queued. With --loop, go on until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--every",
            type=int,
            default=15,
            metavar="SECONDS",
            help="pause between two sweeps, with --loop (15)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        every: int = options["every"]
        if not 1 <= every <= 3600:
            raise CommandError("--every is a number of seconds from 1 to 3600.")
        if not options["loop"]:
            self._follow_ups()
            self._say(letter_sending.sweep_and_note())
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        ask_at = 0.0
        while not stop.is_set():
            close_old_connections()
            try:
                if time.monotonic() >= ask_at:
                    self._follow_ups()
                    ask_at = time.monotonic() + FOLLOW_UP_SECONDS
                self._say(letter_sending.sweep_and_note())
            except DatabaseTrouble as error:
                # The database may be restarting; what was claimed is rescued at the next turn.
                log.exception("sweep not finished", outcome=type(error).__name__)
                connections.close_all()
            stop.wait(every)

    def _follow_ups(self) -> None:
        queued = automatic_follow_ups.run(now=timezone.now())
        jobs.finished("letters.follow_ups", {"queued": queued})
        if queued:
            self.stdout.write(f"follow-ups queued {queued}")

    def _say(self, done: Swept) -> None:
        if done.held:
            self.stdout.write("A sending hold stands: nothing was sent.")
        elif done.down:
            self.stdout.write(f"The mail server takes nothing: {done.down}")
        elif done.counts:
            self.stdout.write(", ".join(f"{name} {count}" for name, count in done.counts.items()))
