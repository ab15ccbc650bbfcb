"""What docs/api.md shows is sent as it is written there, and answered."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest

from foia_tracker.embedded.place import REPOSITORY
from requests_app.models import RecordsRequest

from .conftest import Program

pytestmark = pytest.mark.django_db
PAGE = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
HOST = "https://tracker.example/api/v1"


def examples() -> list[list[str]]:
    blocks = re.findall(r"^```\n(.*?)^```$", PAGE, re.S | re.M)
    return [shlex.split(block.replace("\\\n", " ")) for block in blocks if block.startswith("curl")]


def sent(words: list[str], writer: Program, ours: RecordsRequest) -> Any:
    told: dict[str, Any] = {"-H": []}
    address = ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-H":
            told["-H"].append(next(rest))
        elif word in ("-X", "-d"):
            told[word] = next(rest)
        else:
            address = word
    headers = dict(line.split(": ", 1) for line in told["-H"])
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    path = address.removeprefix(HOST).replace("7h3kq2m9x4ap", ours.public_id)
    assert path != address
    if told.get("-X", "GET") == "GET":
        return writer.get(path, **headers)
    assert headers.pop("Content-Type") == "application/json"
    body = {**json.loads(told["-d"]), "seen_version": ours.ledger_version}
    return writer.post(path, body, **headers)


def test_each_example_is_answered(writer: Program, ours: RecordsRequest) -> None:
    found = examples()
    assert len(found) >= 2
    for words in found:
        answer = sent(words, writer, ours)
        assert answer.status_code in (200, 201), answer.json()
