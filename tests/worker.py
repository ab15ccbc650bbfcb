"""A real worker process for the drills: one sweep of a queue, or sweeps without end, stopped dead at a step if told.

    python -m tests.worker QUEUE [--stop-at STEP] [--loop] [--oracle FOLDER] [--clock-off-by-days N]

At the step it prints the step's name and waits to be killed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")


def wrong_by(step: timedelta) -> None:
    """This process believes in another day. What Django and the program ask the time of is set; the machine is not."""
    from django.utils import timezone

    real_time, real_now = time.time, timezone.now
    time.time = lambda: real_time() + step.total_seconds()
    timezone.now = lambda: real_now() + step


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("queue", choices=["reminders", "letters", "webhooks"])
    parser.add_argument("--stop-at", default="")
    parser.add_argument("--loop", action="store_true")
    parser.add_argument("--oracle", type=Path)
    parser.add_argument("--clock-off-by-days", type=int, default=0)
    options = parser.parse_args()
    django.setup()
    if options.clock_off_by_days:
        wrong_by(timedelta(days=options.clock_off_by_days))

    from dataclasses import replace

    from requests_app.actions import letter_sending, sending, webhook_sending
    from requests_app.actions.reminder_policy import STANDARD_TIMING
    from requests_app.notices.catcher import FolderOracle

    def stop_here(step: str) -> None:
        if step == options.stop_at:
            print(step, flush=True)
            time.sleep(120)

    sweep, standard = {
        "reminders": (sending.sweep, STANDARD_TIMING),
        "letters": (letter_sending.sweep, letter_sending.TIMING),
        "webhooks": (webhook_sending.sweep, webhook_sending.TIMING),
    }[options.queue]
    timing = replace(
        standard,
        oracle_patience=timedelta(seconds=1),
        back_off=(timedelta(milliseconds=200),),
        batch=5,
    )
    oracle = FolderOracle(options.oracle) if options.oracle else None
    print("ready", flush=True)
    while True:
        sweep(oracle=oracle, timing=timing, watch=stop_here)
        if not options.loop:
            return
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
