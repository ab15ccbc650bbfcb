"""A question that the database gave up on, because its time was over."""

from __future__ import annotations

from django.db import OperationalError
from psycopg2.errors import QueryCanceled

TRY_AGAIN = 30  # seconds


def took_too_long(error: OperationalError) -> bool:
    return isinstance(error.__cause__, QueryCanceled)
