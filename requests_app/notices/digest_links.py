"""The link at the foot of a digest, and in its header, by which its reader ends it: signed, for one reader of one
organization, without an end, for a mail may be read years later."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer, b62_decode, b62_encode

SALT = "requests_app.digest-stop"
LONGEST = 120


def token_of(organisation_id: int, person_id: int) -> str:
    return str(_signer().sign(f"{b62_encode(organisation_id)}-{b62_encode(person_id)}"))


def read(token: str) -> tuple[int, int] | None:
    """Organization and person; None: it was not signed here."""
    if len(token) > LONGEST:
        return None
    try:
        organisation, _dash, person = _signer().unsign(token).partition("-")
    except BadSignature:
        return None
    return b62_decode(organisation), b62_decode(person)


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
