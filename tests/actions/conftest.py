from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from requests_app.actions import correspondence, filing
from requests_app.actions.correspondence import Recorded
from requests_app.laws.registry import library
from requests_app.models import RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.revised import revised

TODAY = dt.date(2026, 11, 20)


@pytest.fixture
def cast() -> builders.Cast:
    return builders.cast()


@pytest.fixture
def file(cast: builders.Cast) -> Callable[..., RecordsRequest]:
    """Olive files with the center in Illinois: two parts, sent by e-mail on Monday, November 2, 2026."""

    def act(by: Any = None, **changed: Any) -> RecordsRequest:
        person = by or cast.olive
        words: dict[str, Any] = {
            "organisation": cast.harbor, "agency": cast.agency, "law_id": "us-il", "public_title": "Sharing lists",
            "sent_on": dt.date(2026, 11, 2), "channel": "email", "actor": person, "once": "first form",
            "today": TODAY, "parts": (("A1", "Contracts"), ("A2", "Sharing lists")),
        } | changed  # fmt: skip
        with viewing_as(person) as viewer:
            return filing.file_request(viewer=viewer, **words)

    return act


@pytest.fixture
def record(cast: builders.Cast) -> Callable[..., Recorded]:
    def act(records_request: RecordsRequest, kind: str, by: Any = None, **words: Any) -> Recorded:
        person = by or cast.edgar
        words = {"once": f"{kind} form", "today": TODAY, "actor": person} | words
        with viewing_as(person) as viewer:
            return correspondence.record_event(
                viewer=viewer, records_request=records_request, kind=kind, **words
            )

    return act


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """The next release of the library, with these words of the Illinois law changed."""

    def ship(*changes: tuple[str, str], revision: int = 2) -> None:
        monkeypatch.setenv("FOIA_LAWS_DIR", str(revised(tmp_path, "us-il", *changes, revision=revision)))
        library.cache_clear()

    yield ship
    monkeypatch.delenv("FOIA_LAWS_DIR", raising=False)
    library.cache_clear()
