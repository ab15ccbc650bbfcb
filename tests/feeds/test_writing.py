"""What is written is RFC 5545, whatever the words are: folded, escaped, and read back the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.notices import feeds

from .conftest import events_of

AT = dt.datetime(2026, 3, 2, 15, 30, tzinfo=dt.UTC)


def entry(**fields: Any) -> feeds.Entry:
    told: dict[str, Any] = {
        "pid": "7h3kq2m9x4ap", "clock_key": "determine|request|r1", "on": dt.date(2026, 3, 9), "other_on": None,
        "name": "Answer the request", "owner": "agency", "whose": "Agency", "rule_id": "determine",
        "agency": "Sangamon Bend", "title": "Sharing lists", "filed_on": dt.date(2026, 3, 2), "is_sample": False,
        "gone": False, "sequence": 0, "changed_at": AT, "link": "https://example.org/requests/7h3kq2m9x4ap/",
    }  # fmt: skip
    return feeds.Entry(**{**told, **fields})


WORDS = {
    "commas": 'Logs, "lists"; mail: all\\of it',
    "emoji": "Plate readers 🚓🚓🚓 and 👩‍👩‍👧‍👦 on every corner of the county " * 3,
    "right to left": "طلب السجلات العامة בקשה לרשומות ציבוריות " * 4,
    "newlines": "first\nsecond\r\nBEGIN:VEVENT\nX-FORGED:1",
    "long": "A title of three thousand characters. " * 79,
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_words_of_every_kind_come_back_as_they_were(words: str) -> None:
    written = feeds.write("Due days", [entry(title=words)])
    lines = written.split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert all(b"\n" not in line for line in lines)
    for line in lines:
        line.decode()  # a letter is never cut in two
    [one] = events_of(written).values()
    assert words.replace("\r\n", "\n") in str(one["DESCRIPTION"])
    assert "X-FORGED" not in one


def test_a_name_with_a_line_break_writes_no_line_of_its_own() -> None:
    written = feeds.write(
        "Ours\r\nX-FORGED:1", [entry(agency="Bend\nX-FORGED:1", name="Answer\nthe request")]
    )
    assert b"\nX-FORGED" not in written
    assert list(events_of(written)) == ["Agency: last day to answer the request: Bend X-FORGED:1"]


def test_a_title_is_short_and_a_mark_follows_the_facts() -> None:
    [title] = events_of(feeds.write("Due days", [entry(agency="Office of " + "very " * 200 + "long names")]))
    assert len(title) <= feeds.TITLE_MOST
    same = feeds.mark_of("Due days", [entry()], cut=False, language="en")
    assert same == feeds.mark_of("Due days", [entry()], cut=False, language="en")
    others = [
        feeds.mark_of("Due days", [entry(**{name: value})], cut=False, language="en")
        for name, value in (("on", dt.date(2026, 3, 10)), ("gone", True), ("title", "x"), ("sequence", 1))
    ]
    assert len({same, *others}) == 5


def test_the_same_facts_are_the_same_bytes() -> None:
    assert feeds.write("Due days", [entry(), entry(clock_key="x")]) == feeds.write(
        "Due days", [entry(), entry(clock_key="x")]
    )


def test_clocks_of_one_request_have_names_of_their_own() -> None:
    names = {feeds.uid_of("7h3kq2m9x4ap", key) for key in ("appeal|A1|r1", "appeal|A2|r1", "appeal|A1|r2")}
    assert len(names) == 3


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"owner": "requester", "whose": "Ours"}, "Ours: last day to answer the request: Sangamon Bend"),
        ({"owner": "nobody", "whose": "A wait", "name": "Wait until our notice has run"},
         "A wait: wait until our notice has run: Sangamon Bend"),
        ({"rule_id": "destroys-on", "whose": "Ours", "owner": "requester",
          "name": "Ask again before the records are destroyed"},
         "Ours: ask again before the records are destroyed: Sangamon Bend"),
        ({"gone": True, "is_sample": True}, "Sample: No longer: Agency: last day to answer the request: Sangamon Bend"),
    ],
)  # fmt: skip
def test_titles_say_whose_day_it_is(fields: dict[str, Any], title: str) -> None:
    written = feeds.write("Due days", [entry(**fields)])
    assert list(events_of(written)) == [title]


def test_a_calendar_that_is_cut_says_so() -> None:
    assert b"X-WR-CALDESC" in feeds.write("Due days", [entry()], cut=True)
    assert b"X-WR-CALDESC" not in feeds.write("Due days", [entry()])
