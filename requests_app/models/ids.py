"""Public ids: random, so that an address tells nothing about how many rows there are or whose they are."""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that is read as another


def public_id() -> str:
    """Twelve characters, about 59 bits; uniqueness is the database's to hold."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))
