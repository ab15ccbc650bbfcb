"""One answer by three doors: page, command and API."""

from __future__ import annotations

import html
import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

pytestmark = pytest.mark.django_db
ASKED = {"law": "us-il", "received": "2017-02-10", "on": "2017-02-14"}


def api(**asked: Any) -> Any:
    return Client().get(f"/api/v1/deadline/?{urlencode(asked, doseq=True)}")


def page(**asked: Any) -> Any:
    return Client().get(f"/calculator/?{urlencode(asked, doseq=True)}")


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("deadline", *words, stdout=out)
    return out.getvalue()


def test_lincolns_birthday_is_skipped_by_name_at_every_door() -> None:
    told = command("us-il", "--received", "2017-02-10")
    seen = page(**ASKED).content.decode()
    data = api(**ASKED).json()
    for text in (told, seen, json.dumps(data, ensure_ascii=False)):
        assert "Lincoln" in text
        assert "5 ILCS 140/3(d)" in text
    assert "Tuesday, February 21, 2017" in told
    assert '<time datetime="2017-02-21">' in seen
    assert data["clocks"][0]["due_on"] == "2017-02-21"


@pytest.mark.parametrize("law", ["us", "us-ca", "us-il", "us-ny", "us-tx"])
def test_page_command_and_api_give_one_answer(law: str) -> None:
    asked = {"law": law, "received": "2026-06-12", "on": "2026-06-15"}
    data = api(**asked, event="determined=2026-06-16,outcome=denied").json()
    told = json.loads(
        command(
            law, "--received", "2026-06-12", "--on", "2026-06-15", "--event", "determined=2026-06-16,outcome=denied",
            "--format", "json",
        )
    )  # fmt: skip
    assert data == told
    seen = page(**asked, event_1="determined", event_1_on="2026-06-16").content.decode()
    for clock in data["clocks"]:
        if clock["due_on"]:
            assert f'datetime="{clock["due_on"]}"' in seen or clock["due_on"] in seen


BAD = [
    ({"law": "us-xx", "received": "2026-03-02"}, "us-xx"),
    ({"law": "us-il", "received": "2026-02-30"}, "28 days"),
    ({"law": "us-il", "received": "0202-03-02"}, "0202"),
    ({"law": "us-il", "received": "2041-03-02"}, "calendar"),
    ({"law": "us-il", "received": "2026-03-02", "sent": "2026-03-05"}, "before it is sent"),
    ({"law": "us-il", "received": "soon"}, "soon"),
]


@pytest.mark.parametrize(("asked", "says"), BAD)
def test_the_api_names_the_field_and_the_fix(asked: dict[str, str], says: str) -> None:
    response = api(**asked)
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("application/problem+json")
    body = response.json()
    assert says in body["detail"]
    assert body["errors"][0]["field"]


@pytest.mark.parametrize(("asked", "says"), BAD)
def test_the_page_answers_wrong_input_with_a_sentence(asked: dict[str, str], says: str) -> None:
    response = page(**asked)
    assert response.status_code == 400
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize(("asked", "says"), BAD)
def test_the_command_answers_wrong_input_with_a_sentence(asked: dict[str, str], says: str) -> None:
    words = [asked["law"], "--received", asked["received"]]
    if "sent" in asked:
        words += ["--sent", asked["sent"]]
    with pytest.raises(CommandError, match=says):
        command(*words)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"law": "us-il"},
        {"law": "us-il", "received": "2026-03-02", "colour": "red"},
        {"law": "us-il", "received": "2026-03-02", "event": "nonsense"},
        {"law": "us-il", "received": "2026-03-02", "event": "nonsense=2026-03-03"},
        {"law": "us-il", "received": "2026-03-02", "event": "determined=2026-03-01,outcome=denied"},
        {"law": "us-il", "received": "2026-03-02", "event": ["acknowledged=2026-03-03"] * 51},
    ],
)
def test_the_api_refuses_what_it_does_not_know(asked: dict[str, Any]) -> None:
    response = api(**asked)
    assert response.status_code == 400
    assert response.json()["detail"]


def test_the_schema_names_the_calculator() -> None:
    schema = Client().get("/api/v1/schema/").json()
    assert schema["openapi"].startswith("3.")
    assert "/api/v1/deadline/" in schema["paths"]


def test_an_address_that_leads_nowhere_is_a_problem_document() -> None:
    response = Client().get("/api/v1/requests/abc/")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_page_keeps_back_no_doubt_and_no_assumption_of_the_prompt() -> None:
    told = command("us-pa", "--received", "2026-06-12", "--on", "2026-06-15")
    seen = html.unescape(page(law="us-pa", received="2026-06-12", on="2026-06-15").content.decode())
    kept = [
        line.strip().partition(": ") for line in told.splitlines() if "Doubt: " in line or "Assumed: " in line
    ]
    assert {label for label, _, _ in kept} == {"Doubt", "Assumed"}
    for _label, _colon, sentence in kept:
        assert sentence in seen
