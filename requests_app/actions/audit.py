"""The audit log: what was done to rows that decide who sees what, and every removal."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.db import connections

from requests_app.models import (
    Campaign,
    CampaignPrivate,
    Document,
    Organisation,
    Person,
    RecordsRequest,
    RequestPrivate,
)
from requests_app.models.visibility import Viewer


def read_everything(viewer: Viewer, subject: RecordsRequest | Campaign, person: Person, today: dt.date) -> None:
    """Somebody outside read all of it: a line once a day. Who reads their own, or less, leaves none."""
    if viewer.kind not in ("person", "token") or viewer.belongs_to(subject.organisation_id):
        return
    of_campaign = isinstance(subject, Campaign)
    private: Any = CampaignPrivate if of_campaign else RequestPrivate
    if not private.objects.visible_to(viewer).filter(pk=subject.pk).exists():
        return
    told = "app_read_strategy" if of_campaign else "app_read_everything"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {told}(%s, %s, %s)", [subject.pk, person.pk, today])


def downloaded(viewer: Viewer, document: Document, person: Person) -> None:
    """Somebody outside, who signed in, took a file away."""
    if viewer.kind not in ("person", "token") or viewer.belongs_to(document.organisation_id):
        return
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT app_downloaded(%s, %s)", [document.pk, person.pk])


def record(
    *,
    act: str,
    subject: str,
    organisation: Organisation | None,
    actor: Person | None,
    detail: Mapping[str, Any] | None = None,
    using: str = "default",
) -> None:
    """One line, in the transaction of the act. `subject` is a kind and a public id, never a title.

    Written without RETURNING: an editor may add a line but only an owner may read one, and the database refuses
    to hand back a row that the writer may not read.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "INSERT INTO requests_app_auditentry (organisation_id, actor_id, act, subject, detail) "
            "VALUES (%s, %s, %s, %s, %s)",
            [
                organisation.pk if organisation else None,
                actor.pk if actor else None,
                act,
                subject,
                json.dumps(dict(detail or {})),
            ],
        )
