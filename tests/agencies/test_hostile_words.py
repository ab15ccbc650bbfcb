"""Words that mean to break the search: each is answered, with at most five, and none is a pattern."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from requests_app.intake.agency_match import MOST, suggest
from tests import builders

pytestmark = pytest.mark.django_db
WORDS = [
    "%", "_", "%%%%", "a\x00b", "\x00", "", " ", "'", "\\", "\\%", "(" * 300, "A" * 100_000, " " * 100_000 + "IL",
    "- (" * 5_000 + "IL", "police " * 20_000, "é" * 400, "\u202e", "\ud83d\ude00" * 50, "IL)" * 10_000,
    "'; DROP TABLE requests_app_agency; --", "{}", "$1", "%s", "%(x)s", ".*" * 400, "\ud800",
]  # fmt: skip


def test_no_word_breaks_the_suggestions() -> None:
    builders.agency("Sangamon Bend Fusion Center")
    found = suggest([word for word in WORDS if word.isascii() or word.isprintable()])
    assert all(len(some) <= MOST for some in found.values())
    assert not found["%"] and not found["_"] and not found["%%%%"]


@pytest.mark.parametrize("word", WORDS)
def test_no_word_breaks_the_list(word: str) -> None:
    builders.agency("Sangamon Bend Fusion Center")
    asked = quote(word[:3_000], errors="surrogatepass")
    for path in ("/agencies/", "/agencies/agencies.csv", "/requests/"):
        answer = Client().get(f"{path}?q={asked}")
        body = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200
        if word in ("%", "_", "%%%%", "\\%") and path != "/requests/":
            assert b"Sangamon Bend" not in body, "a sign is a sign and no pattern"
