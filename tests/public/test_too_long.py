"""A question that is too wide is answered with words, on the page and to a program."""

import pytest
from django.db import connection

from requests_app.queries import requests as lists


@pytest.fixture
def a_search_takes_too_long(monkeypatch):
    """The database gives up on every search, as it does on one that it would read for half a minute."""

    def slowly(*_args, **_kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 50")
            cursor.execute("SELECT pg_sleep(10)")

    monkeypatch.setattr(lists, "Hits", slowly)


@pytest.mark.django_db
def test_a_reader_is_told_to_narrow_what_they_asked(client, a_search_takes_too_long):
    answer = client.get("/requests/?q=records")
    assert answer.status_code == 503
    assert "Narrow it" in answer.content.decode()
    assert answer["Retry-After"] == "30"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_a_program_is_told_in_a_problem_document(client, a_search_takes_too_long):
    answer = client.get("/api/v1/requests/?q=records")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_long"
    assert answer["Retry-After"] == "30"
