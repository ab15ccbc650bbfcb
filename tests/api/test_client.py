"""The client in Python is of this program's API, whole, and does what it says."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.test import Client as Asker

from foia_tracker.embedded.place import REPOSITORY
from requests_app.api.described import description
from requests_app.models import RecordsRequest
from tests import builders

from .conftest import Program
from .described import operations

FOLDER = REPOSITORY / "clients" / "python"
pytestmark = pytest.mark.django_db


def loaded(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(FOLDER))
    yield importlib.import_module("records_tracker")
    for name in [name for name in sys.modules if name.partition(".")[0] == "records_tracker"]:
        del sys.modules[name]


class Wire:
    """What goes over the net elsewhere goes to Django's own client here, and is kept."""

    def __init__(self, library: Any) -> None:
        self.library = library
        self.sent: list[Any] = []
        self.statuses: list[int] = []

    def __call__(self, sent: Any) -> Any:
        self.sent.append(sent)
        headers = {name: value for name, value in sent.headers.items() if name != "Content-Type"}
        answer = Asker().generic(
            sent.method, sent.address.removeprefix("http://testserver"), sent.body or b"",
            content_type=sent.headers.get("Content-Type", ""), headers=headers,
        )  # fmt: skip
        self.statuses.append(answer.status_code)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return self.library.Answer(
            answer.status_code, {name.lower(): value for name, value in answer.items()}, body
        )


def tracker(library: Any, program: Program | None = None) -> tuple[Any, Wire]:
    wire = Wire(library)
    token = program.headers["Authorization"].removeprefix("Bearer ") if program else ""
    return library.Client("http://testserver", token=token, send=wire), wire


def test_it_is_up_to_date() -> None:
    made = loaded("generate").files(json.loads(json.dumps(description(), default=str)))
    for name, text in made.items():
        written = (FOLDER / "records_tracker" / name).read_text(encoding="utf-8")
        assert written == text, "write it anew: .venv/bin/python clients/python/generate.py"


def test_every_operation_is_a_method(library: Any) -> None:
    # A word of the language itself has a stroke behind it.
    names = {one.told["operationId"].replace("-", "_") for one in operations()} - {"import"} | {"import_"}
    assert names <= set(dir(library.Client))


def test_every_row_of_every_page_is_walked(cast: builders.Cast, library: Any, reader: Program) -> None:
    made = {builders.bare_request(cast.olive, cast.harbor, cast.agency).public_id for _n in range(5)}
    asked, wire = tracker(library, reader)
    assert {row["id"] for row in asked.each_requests_list(limit=2)} == made
    assert len(wire.sent) == 3
    assert len(asked.requests_list(limit=2, late=False, fields="id")["items"]) <= 2


def test_what_stands_is_not_fetched_twice(library: Any, reader: Program, ours: RecordsRequest) -> None:
    asked, wire = tracker(library, reader)
    first = asked.request(ours.public_id)
    assert asked.request(ours.public_id) == first
    assert wire.statuses == [200, 304]


def test_a_write_carries_a_key_and_is_done_once(
    cast: builders.Cast, library: Any, writer: Program, ours: RecordsRequest
) -> None:
    asked, wire = tracker(library, writer)
    body = {"kind": "acknowledged", "seen_version": 1, "received_on": "2026-03-04"}
    first = asked.event_record(ours.public_id, body, idempotency_key="once-and-again")
    assert asked.event_record(ours.public_id, body, idempotency_key="once-and-again") == first
    asked.note_add(ours.public_id, {"text": "Called them."})
    assert len(wire.sent[2].headers["Idempotency-Key"]) > 16


def test_a_refusal_names_the_field(library: Any, writer: Program, ours: RecordsRequest) -> None:
    asked, _wire = tracker(library, writer)
    with pytest.raises(library.Problem) as refused:
        asked.event_record(ours.public_id, {"kind": "no such kind", "seen_version": 1})
    assert refused.value.status == 400
    assert set(refused.value.fields) == {"kind"}
    with pytest.raises(library.Problem) as missing:
        asked.request("../../x")
    assert missing.value.status == 404


def test_a_file_goes_there_and_back(library: Any, writer: Program, ours: RecordsRequest) -> None:
    asked, _wire = tracker(library, writer)
    told = asked.document_upload(ours.public_id, {"file": ("answer.txt", b"No records.\n")})
    assert asked.document_file(told["id"]) == b"No records.\n"
