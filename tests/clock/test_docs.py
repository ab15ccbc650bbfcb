"""docs/clock.md must name what the clock can say."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest

from requests_app.clock.events import Kind, Outcome
from requests_app.clock.rules import Form, Transition
from requests_app.clock.standing import Move, Stage, State, Verdict

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "clock.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [Kind, Outcome, Stage, State, Move, Verdict, Form, Transition])
def test_every_word_is_explained(words: type[StrEnum]) -> None:
    missing = [word.value for word in words if word.value not in PAGE]
    assert not missing


def test_the_kinds_are_listed_in_their_precedence() -> None:
    listed = PAGE.split("in their precedence: ", 1)[1].split(".\n", 1)[0]
    assert [word.strip("`") for word in listed.split(", ")] == [kind.value for kind in Kind]


def test_every_file_of_the_room_is_named() -> None:
    files = {path.name for path in (ROOT / "requests_app" / "clock").glob("*.py")} - {"__init__.py"}
    assert {name for name in files if f"`{name}`" not in PAGE} == set()
