"""What the pages for operators name, exists."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from foia_tracker.embedded.place import REPOSITORY
from requests_app.models import SendingHold

PAGES = sorted([*(REPOSITORY / "docs").glob("*.md"), *REPOSITORY.glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_file_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"manage\.py ([a-z_]+)", text):
        assert name in get_commands(), f"manage.py {name}"
    for path in re.findall(r"(?<![\w/.-])((?:bin|bench|docker|\.ci)/[a-z-]+)(?![\w./-])", text):
        assert (REPOSITORY / path).exists() or path == "bin/python", path
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("command", ["run", "test", "drill", "backup", "restore"])
def test_the_commands_may_be_executed(command: str) -> None:
    assert (REPOSITORY / "bin" / command).stat().st_mode & 0o111


@pytest.mark.committed
def test_a_hold_is_released_once() -> None:
    SendingHold.objects.create(reason="Restored from a backup")
    said = StringIO()
    call_command("release_sending", stdout=said)
    call_command("release_sending", stdout=said)
    assert said.getvalue() == "Released: Restored from a backup\nNo hold stands.\n"
    assert not SendingHold.objects.filter(released_at=None).exists()
