"""Send what is due, without Redis or Celery. Beside a running worker it is harmless: a row is claimed once."""

from __future__ import annotations

import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connections
from django.utils import timezone

from requests_app.actions import (
    coalition_mail,
    guest_mail,
    invitation_mail,
    jobs,
    reminders,
    report_mail,
    sending,
    statistics,
    webhook_sending,
)

log = structlog.get_logger(__name__)
# Chunks of the public statistics at each turn.
STATISTICS = 20


class Command(BaseCommand):
    help = "Send the reminders that are due. With --loop, go on until stopped, planning as well."

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
            self._plan()
            self._say(sending.sweep_and_note())
            self._invitations()
            self._webhooks()
            statistics.refresh(STATISTICS)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        plan_at = 0.0
        while not stop.is_set():
            close_old_connections()
            try:
                # What is due goes out before anything is looked over.
                self._say(sending.sweep_and_note())
                if time.monotonic() >= plan_at:
                    found = self._plan()
                    plan_at = time.monotonic() + settings.REMINDER_PLAN_SECONDS
                    if found:
                        self._say(sending.sweep_and_note())
                self._invitations()
                self._webhooks()
                statistics.refresh(STATISTICS)
            except (DatabaseTrouble, reminders.PlanIncomplete) as error:
                # The database may be restarting; what was claimed is rescued at the next turn.
                log.exception("sweep not finished", outcome=type(error).__name__)
                connections.close_all()
            stop.wait(every)

    def _plan(self) -> int:
        planned = reminders.plan_everything(now=timezone.now())
        jobs.finished(
            "reminders.plan",
            {"added": planned.added, "moved": planned.moved, "cancelled": planned.cancelled},
        )
        return planned.added + planned.moved

    def _invitations(self) -> None:
        for mails in (invitation_mail, coalition_mail, guest_mail, report_mail):
            for name, number in mails.send_due().items():
                if number:
                    self.stdout.write(f"invitations {name} {number}")

    def _webhooks(self) -> None:
        for name, number in webhook_sending.sweep_and_note().counts.items():
            self.stdout.write(f"webhooks {name} {number}")

    def _say(self, done: sending.Swept) -> None:
        if done.held:
            self.stdout.write("A sending hold stands: nothing was sent.")
        elif done.down:
            self.stdout.write(f"The mail server takes nothing: {done.down}")
        elif done.counts:
            self.stdout.write(", ".join(f"{name} {n}" for name, n in done.counts.items()))
