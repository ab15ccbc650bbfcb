"""Webhooks: pages and doors of owners alone."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from requests_app.models import Event, RecordsRequest, Webhook, WebhookDelivery
from tests.walls.matrix import POST_ONLY, _row

from . import CANARY, Stage

OWNERS_HERE = _row(302, 404, 404, 404, 404, 404, 200)
OWNERS_API = _row(401, 404, 404, 404, 404, 404, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "webhooks": (_row(302, 404, 404, 200, 404, 404, 200), None),
    "webhook": (OWNERS_HERE, None),
    "api-webhooks": (OWNERS_API, None),
    "api-webhook": (OWNERS_API, None),
    "api-webhook-deliveries": (OWNERS_API, None),
    "api-webhook-active": (POST_ONLY, None),
    "api-webhook-secret": (POST_ONLY, None),
    "api-webhook-test": (POST_ONLY, None),
    "api-webhook-again": (POST_ONLY, None),
}
SHOWS_OURS = {"webhooks", "webhook", "api-webhooks", "api-webhook", "api-webhook-deliveries"}


def prepare(stage: Stage) -> None:
    hook = Webhook.objects.create(
        organisation=stage.cast.harbor, name=f"{CANARY}-hook", url="https://hooks.example.org/x", form="json",
        kinds=["event.recorded"],
    )  # fmt: skip
    stage.rows["webhook"] = hook
    stage.rows["delivery"] = WebhookDelivery.objects.create(
        organisation=stage.cast.harbor, webhook=hook, kind="event.recorded", source="event|x",
        request=stage.private, next_at=hook.created_at, message_id=token_hex(12), outcome=f"{CANARY}-why",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    key, harbor = stage.rows["webhook"].public_id, stage.cast.harbor.public_id
    one = [harbor, key]
    return {
        "webhook": [key],
        "api-webhooks": [harbor],
        "api-webhook-again": [*one, stage.rows["delivery"].message_id],
        **{f"api-webhook{part}": one for part in ("", "-active", "-secret", "-test", "-deliveries")},
    }
