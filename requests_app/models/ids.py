"""Public ids: random, so that an address tells nothing about how many rows there are or whose they are."""

import secrets

from django.contrib.postgres.functions import RandomUUID
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Replace, Substr

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that is read as another


def public_id() -> str:
    """Twelve characters, about 59 bits; uniqueness is the database's to hold."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def drawn_by_the_database() -> Substr:
    """For rows that SQL makes: twelve characters, 48 bits of a random UUID."""
    return Substr(Replace(Cast(RandomUUID(), CharField()), Value("-"), Value("")), 1, 12)
