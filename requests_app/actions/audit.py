"""The audit log: what was done to rows that decide who sees what, and every removal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connections

from requests_app.models import Organisation, Person


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
