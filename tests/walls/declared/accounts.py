"""Accounts, organizations and their members, settings."""

from __future__ import annotations

from tests.walls.matrix import POST_ONLY

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "organisation-switch": (POST_ONLY, None),
}
