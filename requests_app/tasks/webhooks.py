"""The scheduler's door to the webhooks. A tick carries nothing: lost, doubled or late, it changes nothing."""

from __future__ import annotations

from celery import shared_task

from requests_app.actions import webhook_sending


@shared_task(name="requests_app.tasks.webhooks.sweep")
def sweep() -> None:
    webhook_sending.sweep_and_note()
