"""An act of a program is done once: the same key with the same words is told the same answer again.

Everything happens in the transaction of the act. The row is put first, so that a second sender of the same key waits
at the unique constraint until the first has committed, and then finds its answer; a failed act leaves no key.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from requests_app.models import IdempotencyKey, Person
from requests_app.models.visibility import Viewer

from .refusals import Refused

KEPT = dt.timedelta(hours=24)
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What the first sender of this key was told."""

    status: int
    answer: Any


def begin(
    *, viewer: Viewer, actor: Person, key: str, act: str, digest: bytes, now: dt.datetime
) -> Told | None:
    """None: nobody has used this key, go on. Else the answer of the first time."""
    if not key.isascii() or not key.isprintable() or not 8 <= len(key) <= LONGEST:
        raise Refused(
            "key_wrong",
            f"An Idempotency-Key has 8 to {LONGEST} printable ASCII characters.",
            field="Idempotency-Key",
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_forget_keys()")
        cursor.execute(
            "INSERT INTO requests_app_idempotencykey "
            "(person_id, token_id, organisations, key, act, digest, expires_at) VALUES "
            "(%s, %s, %s::bigint[], %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [actor.pk, _token(viewer), viewer.editable, key, act[:300], digest, now + KEPT],
        )
        if cursor.rowcount == 1:
            return None
    row = IdempotencyKey.objects.visible_to(viewer).filter(key=key, expires_at__gt=Now()).first()
    if row is None or row.status is None:
        raise Refused(
            "key_unusable",
            "This Idempotency-Key was used before, and its answer can no longer be told. Use a new key.",
            field="Idempotency-Key",
            status=409,
        )
    if row.act != act[:300] or bytes(row.digest) != digest:
        raise Refused(
            "key_reused",
            "This Idempotency-Key was used for something else. A key belongs to one act and its words.",
            field="Idempotency-Key",
            status=422,
        )
    return Told(row.status, row.answer)


def finish(*, viewer: Viewer, key: str, status: int, answer: Any) -> None:
    IdempotencyKey.objects.visible_to(viewer).filter(key=key, status=None).update(
        status=status, answer=answer
    )


def _token(viewer: Viewer) -> int | None:
    return viewer.id if viewer.kind == "token" else None
