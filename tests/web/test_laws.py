"""The laws on the screen: side by side, one by one, on a sheet; every state of a page is in its address."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from requests_app.laws.choice import Asked, select
from requests_app.laws.registry import library
from requests_app.laws.summary import rows
from requests_app.web.laws import SECTIONS

pytestmark = pytest.mark.django_db
LAWS = [entry.id for entry in library().laws]


def get(path: str, **asked: Any) -> Any:
    return Client().get(f"{path}?{urlencode(asked)}" if asked else path)


def page(path: str, **asked: Any) -> str:
    response = get(path, **asked)
    assert response.status_code == 200, path
    return str(response.content.decode())


def shown(text: str) -> list[str]:
    """Laws in the order of the table."""
    return re.findall(r'scope="row"><a href="/laws/([a-z0-9-]+)/"', text)


def test_every_law_stands_in_the_table() -> None:
    text = page("/laws/")
    assert sorted(shown(text)) == sorted(LAWS)
    assert shown(text)[:3] == ["us", "us-al", "us-ak"], "by the names of the places, the federal law first"
    assert f"{len(library().codes)} jurisdictions, {len(LAWS)} laws" in text


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": "answer"}, {"sort": "-window"}, {"sort": "-jurisdiction"}, {"silence": "denied", "sort": "court"},
        {"q": "counselor"}, {"verified": "not-all"}, {"number": "yes", "who": "anyone", "review": "none"},
    ],
    ids=str,
)  # fmt: skip
def test_page_spreadsheet_and_api_show_the_same_rows_in_the_same_order(asked: dict[str, str]) -> None:
    expected = [row.id for row in select(rows(library()), Asked(**asked))]
    assert expected
    assert shown(page("/laws/", **asked)) == expected
    sheet = list(csv.DictReader(io.StringIO(page("/laws/table.csv", **asked))))
    assert [row["law"] for row in sheet] == expected
    assert [law["id"] for law in get("/api/v1/laws/", **asked).json()["laws"]] == expected


def test_a_head_sorts_and_a_second_press_turns_the_order_round() -> None:
    first = page("/laws/", silence="denied")
    assert 'href="/laws/?silence=denied&amp;sort=answer"' in first
    second = page("/laws/", silence="denied", sort="answer")
    assert 'aria-sort="ascending"' in second
    assert 'href="/laws/?silence=denied&amp;sort=-answer"' in second
    assert 'href="/laws/table.csv?silence=denied&amp;sort=answer"' in second


def test_a_filter_nobody_offered_is_named_and_matches_nothing() -> None:
    text = page("/laws/", silence="maybe")
    assert "“maybe” is none of the choices" in text
    assert shown(text) == []
    assert "No law matches" in text
    assert "There is no column" in page("/laws/", sort="color")


@pytest.mark.parametrize("law_id", LAWS)
def test_a_law_shows_each_clock_doubt_exemption_and_source(law_id: str) -> None:
    entry = library().law(law_id)
    text = page(f"/laws/{law_id}/")
    ids = Counter(re.findall(r'\sid="([^"]+)"', text))
    assert [name for name, n in ids.items() if n > 1] == [], (
        "an address that two things share leads to one of them"
    )
    for rule in entry.current.rules:
        assert ids[rule.id] == 1
        assert rule.id not in SECTIONS
        if rule.authority.doubts:
            assert ids[f"{rule.id}-doubt"] == 1
    assert sum(name.startswith("doubt-") for name in ids) == len(entry.about.doubts)
    assert sum(name.startswith("exemption-") for name in ids) == len(entry.about.exemptions)
    dates = sum(len(example.due) for example in entry.examples[entry.current.ref])
    assert sum(name.startswith("example-") for name in ids) == dates
    for source in entry.about.sources:
        if source.url:
            assert source.url.replace("&", "&amp;") in text
    for link in re.findall(r'href="#([^"]+)"', text):
        assert ids[link] == 1, link
    assert f"{entry.current.ref}#" in text
    assert f"?version={entry.current.ref}" in text


@pytest.mark.parametrize("law_id", LAWS)
def test_a_law_is_drawn_to_scale_on_both_paths_where_it_names_days(law_id: str) -> None:
    text = page(f"/laws/{law_id}/")
    dated = any(rule.length.count for rule in library().law(law_id).current.rules)
    assert ("<h3>If refused</h3>" in text or "<h3>If silent</h3>" in text) or not dated


def test_what_nobody_read_of_the_fees_is_not_said() -> None:
    territory = page("/laws/us-vi/")
    assert "Whether time spent on searching may be charged was not read." in territory
    assert "Search time may" not in territory
    assert "Search time may not be charged." in page("/laws/us-ar/")


def test_both_paths_are_told_for_illinois() -> None:
    text = page("/laws/us-il/")
    refused, silent = text.split("<h3>If refused</h3>")[1].split("<h3>If silent</h3>")
    assert "Ask the Public Access Counselor for review, Ours; opened" in refused
    assert "late" in silent.split('id="clock-by-clock"')[0]
    assert "late" not in refused


def test_the_year_of_a_calendar_names_each_closed_and_each_argued_day() -> None:
    text = page("/laws/us-il/", year=2026)
    assert 'id="day-2026-02-12"' in text
    assert "Lincoln&#x27;s Birthday" in text
    assert '<td class="off">12</td>' in text
    assert 'id="day-2026-03-02"' in text, "Pulaski Day is argued"
    assert '<td class="con">2</td>' in text
    assert "/laws/us-il/?year=2027#closed-days" in text
    assert "?year=2041" not in page("/laws/us-il/", year=2040)
    assert "Days that do not count, 2010" in page("/laws/us-il/", year="1066")


def test_a_text_that_was_counted_with_keeps_its_address() -> None:
    ref = library().law("us-il").current.ref
    assert page("/laws/us-il/", version=ref).count(ref) > 2
    assert get("/laws/us-il/", version="us-il@1999-01-01.r1").status_code == 404
    assert get("/laws/us-zz/").status_code == 404


def test_an_earlier_text_says_so_and_its_sheet_and_reports_are_of_that_text() -> None:
    entry = library().law("us")
    earlier = next(version for version in entry.revisions if version.ref != entry.current.ref)
    text = page("/laws/us/", version=earlier.ref)
    assert "This is an earlier text or reading" in text
    assert f'href="/laws/us/print/?version={earlier.ref}"' in text
    assert f'href="/laws/us/report/?version={earlier.ref}&amp;clock={earlier.rules[0].id}"' in text
    assert earlier.ref in page("/laws/us/print/", version=earlier.ref)
    assert f'name="law_ref" value="{earlier.ref}"' in page("/laws/us/report/", version=earlier.ref)
    current = page("/laws/us/")
    assert "This is an earlier text" not in current
    assert f'href="/laws/us/?version={earlier.ref}"' in current
    assert f"beside {earlier.ref}" in current


def test_laws_of_one_place_lead_to_each_other() -> None:
    places = [place for place in library().jurisdictions if len(place.laws) > 1]
    assert places, "no place has two laws, and this test says nothing"
    for place in places:
        for entry in place.laws:
            text = page(f"/laws/{entry.id}/")
            for other in place.laws:
                assert (f'<a href="/laws/{other.id}/">' in text) == (other is not entry)


@pytest.mark.parametrize("law_id", LAWS)
def test_the_sheet_names_every_clock_and_disclaims_once(law_id: str) -> None:
    text = page(f"/laws/{law_id}/print/")
    table = text.split('class="sheet-t"')[1].split("</table>")[0]
    assert table.count("<tr ") == len(library().law(law_id).current.rules) + 1
    assert text.split('class="sheet ')[1].count("Not legal advice") == 1
    assert "As of" in text
