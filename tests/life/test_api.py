"""What the pages of a request's life do, done by a program."""

from __future__ import annotations

from typing import Any

import pytest

from requests_app.models import LoggedContact, Part, RequestNote
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.api.conftest import Program, token_of

from .conftest import TODAY, lately


@pytest.fixture
def program(cast: builders.Cast) -> Program:
    return Program(token_of(cast.olive, cast.harbor, "write")[1])


def send(program: Program, method: str, path: str, body: Any = None, **headers: str) -> Any:
    act = getattr(program.client, method)
    return act(
        f"/api/v1{path}", body or "", content_type="application/json", headers={**program.headers, **headers}
    )


def test_a_note_is_written_once_changed_over_its_version_and_deleted(
    cast: builders.Cast, file: Any, program: Program
) -> None:
    ours = file()
    path = f"/requests/{ours.public_id}/notes/"
    key = {"Idempotency-Key": "note-of-today"}
    made = [program.post(path, {"text": "@Edgar call them"}, **key) for _again in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    note = made[0].json()
    assert note["mentions"] == [cast.edgar.email]
    changed = send(program, "patch", f"{path}{note['id']}/", {"text": "Called", "seen_version": 1})
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    stale = send(program, "patch", f"{path}{note['id']}/", {"text": "Late", "seen_version": 1})
    assert stale.status_code == 409
    assert stale.json()["current"] == {"text": "Called"}
    assert program.get(f"{path}{note['id']}/").json()["before"][0]["text"] == "@Edgar call them"
    assert send(program, "delete", f"{path}{note['id']}/").status_code == 200
    listed = program.get(path).json()["items"]
    assert [(one["text"], one["deleted_at"] is None) for one in listed] == [(None, False)]


def test_notes_come_in_pages(cast: builders.Cast, file: Any, program: Program) -> None:
    ours = file()
    with viewing_as(cast.olive):
        for n in range(5):
            RequestNote.objects.create(organisation=cast.harbor, request=ours, text=f"n{n}")
    first = program.get(f"/requests/{ours.public_id}/notes/?limit=3").json()
    rest = program.client.get(first["next"], headers=program.headers).json()
    assert len(first["items"]) == 3
    assert {one["text"] for one in first["items"] + rest["items"]} == {f"n{n}" for n in range(5)}


def test_people_calls_tags_and_numbers(cast: builders.Cast, file: Any, program: Program) -> None:
    ours = file()
    base = f"/requests/{ours.public_id}"
    people = {"assignee": cast.edgar.email, "backup": cast.vera.email, "seen_version": 0}
    assert send(program, "put", f"{base}/people/", people).json()["backup"] == cast.vera.email
    stale = send(program, "put", f"{base}/people/", people | {"backup": None})
    assert stale.status_code == 409
    assert stale.json()["current"]["assignee"] == cast.edgar.email
    assert send(program, "put", f"{base}/people/", people | {"assignee": cast.ravi.email}).status_code == 400

    call = {"way": "call", "on": TODAY.isoformat(), "said": "Next week"}
    made = program.post(f"{base}/contacts/", call)
    assert made.status_code == 201
    struck = program.post(f"{base}/contacts/{made.json()['id']}/strike/", {"why": "another request"})
    assert struck.json()["struck_why"] == "another request"
    with viewing_as(cast.olive):
        assert LoggedContact.objects.count() == 1

    tag = program.post(f"{base}/tags/", {"name": "Suit"}).json()["items"][0]
    other = program.post(f"{base}/tags/", {"name": "Other"}).json()["items"][0]
    assert program.post(f"/tags/{other['id']}/merge/", {"into": tag["id"]}).json() == {"requests": 1}
    assert [one["name"] for one in program.get("/tags/").json()["items"]] == ["Suit"]
    assert send(program, "patch", f"/tags/{tag['id']}/", {"name": "Lawsuit"}).json()["requests"] == 1
    assert send(program, "delete", f"{base}/tags/{tag['id']}/").json() == {"items": []}

    numbers = program.post(f"{base}/numbers/", {"kind": "portal", "number": "P-1"}).json()["items"]
    assert send(program, "delete", f"{base}/numbers/{numbers[0]['id']}/").json() == {"items": []}


def test_parts_titles_and_closing(cast: builders.Cast, file: Any, record: Any, program: Program) -> None:
    ours = file(sent_on=lately(30), received_on=lately(30), today=lately(0))
    base = f"/requests/{ours.public_id}"
    added = program.post(f"{base}/parts/", {"parts": [{"title": "Emails"}], "split_from": "A2"})
    assert [one["label"] for one in added.json()["items"]] == ["A1", "A2", "A3", "A2b"]
    renamed = send(program, "patch", f"{base}/parts/A1/", {"title": "All", "seen_title": "wrong"})
    assert renamed.status_code == 409
    assert renamed.json()["current"]["title"] == "Contracts"
    with viewing_as(cast.olive):
        assert Part.objects.get(request=ours, label="A1").title == "Contracts"

    titles = {"seen_version": 0, "public_title": "Lists of partners"}
    assert send(program, "patch", f"{base}/details/", titles).json()["public_title"] == "Lists of partners"
    assert send(program, "patch", f"{base}/details/", titles).status_code == 409

    asked = program.get(f"{base}/close/").json()
    assert asked["items"], "silence opened a window of ours"
    refused = program.post(f"{base}/close/", {"on": lately(1).isoformat(), "seen_version": asked["version"]})
    assert refused.status_code == 409
    answers = [{"clock": one["clock"], "keep": False, "reason": "got them"} for one in asked["items"]]
    body = {"on": lately(1).isoformat(), "seen_version": asked["version"], "windows": answers}
    assert program.post(f"{base}/close/", body).json()["closed"]


def test_a_program_that_reads_and_a_stranger_change_nothing(cast: builders.Cast, file: Any) -> None:
    ours = file()
    reader = Program(token_of(cast.olive, cast.harbor)[1])
    stranger = Program(token_of(cast.ravi, cast.prairie, "write")[1])
    assert reader.post(f"/requests/{ours.public_id}/notes/", {"text": "x"}).status_code == 403
    assert stranger.post(f"/requests/{ours.public_id}/notes/", {"text": "x"}).status_code == 404
    assert stranger.get(f"/requests/{ours.public_id}/notes/").status_code == 404
