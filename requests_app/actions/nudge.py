"""A worker should look soon. The nudge carries nothing that matters: lost, late or doubled, the sweep does the work."""

from __future__ import annotations

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

REMINDERS = "requests_app.tasks.reminders.nudge"
# A nudge that waited longer says nothing that the next sweep does not.
EXPIRES_SECONDS = 60


def worker_should_look(task: str = REMINDERS, *ids: int | str) -> None:
    """Publish after the commit of the act, never within it: a worker must not look before the row is there.

    `robust`: whatever goes wrong in a broker, the act stands and its page is answered.
    """
    transaction.on_commit(lambda: _publish(task, ids), robust=True)


def _publish(task: str, ids: tuple[int | str, ...]) -> None:
    try:
        current_app.send_task(
            task,
            args=list(ids),
            expires=EXPIRES_SECONDS,
            ignore_result=True,
            retry=True,
            retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2},
        )
    except (OperationalError, OSError) as error:
        log.warning("nudge not published", task=task, outcome=type(error).__name__)
