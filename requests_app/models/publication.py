"""How often what the public reads became less: whoever keeps a copy of public pages or files keeps this number with it.

Raised by triggers (migrations `open_data` and `kept_pages`), once in the very transaction that takes something back.
Copies made under another number are not to be served. What ends by time alone (a share until a day) raises nothing:
`public_until` and `public_standing` say when the next one does.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError, connection, models
from django.db.models.functions import Now

from .shares import Share


class PublicationGeneration(models.Model):
    """Row 1: what files of open data hold, too, was taken back. Row 2: something else that pages show at once."""

    generation = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.generation)


def publication_generation() -> int:
    """One query by one key. Read it before what is kept with it, never after."""
    found: int | None = PublicationGeneration.objects.filter(pk=1).values_list("generation", flat=True).first()
    return found or 0


class Standing(NamedTuple):
    number: int
    ends_in: float | None  # seconds until the first public share ends by itself; None: none does


NUMBER = f"SELECT coalesce(sum(generation), 0)::bigint{{}} FROM {PublicationGeneration._meta.db_table}"


def public_standing() -> Standing:
    """What a kept page is kept under. One statement, without a viewer; read it before what is kept, never after."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBER.format(", app_public_ends_in()"))
        return Standing(*cursor.fetchone())


def public_number() -> int:
    """The number alone, for the first statement of an answer: it tells by itself whether the connection still lives, so
    nothing is asked before it. On a dead one it is asked again on a new one."""
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _number()
    except (DatabaseError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _number()


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute(NUMBER.format(""))
        number: int = cursor.fetchone()[0]
    return number


def public_until() -> dt.datetime | None:
    """When the first public share ends by itself; None: none does. To be asked as the public."""
    live = Share.objects.filter(grantee_kind="public", revoked_at=None, until_at__gt=Now())
    found: dt.datetime | None = live.aggregate(first=models.Min("until_at"))["first"]
    return found


class OpenDataFile(models.Model):
    """A file of the open data as it was last made; the bytes lie under `blob`."""

    name = models.CharField(max_length=60, primary_key=True)
    blob = models.CharField(max_length=40)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    as_of = models.DateTimeField()
    generation = models.BigIntegerField()
    until_at = models.DateTimeField(null=True, help_text="From then on something of it is public no more.")

    def __str__(self) -> str:
        return self.name

    def stands(self, now: dt.datetime, generation: int) -> bool:
        return self.generation == generation and (self.until_at is None or now < self.until_at)
