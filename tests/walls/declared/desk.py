"""The desk: the day, the calendar, the list's acts, search."""

from __future__ import annotations

from tests.walls.matrix import ANYBODY, POST_ONLY, SIGNED_IN, _row

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "today": (SIGNED_IN, None),
    "calendar": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "search": (ANYBODY, None),
    "keys": (POST_ONLY, None),
}
SHOWS_OURS = {"today", "calendar"}
