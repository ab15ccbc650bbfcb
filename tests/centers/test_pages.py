"""What everybody reads of fusion centers: by source, page and day, and honestly that nobody was asked."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.kits.centers import FACTS, RECOMMENDATIONS, TESTS
from requests_app.kits.registry import kit
from requests_app.models import Agency, FactField, Recommendation
from requests_app.models.visibility import PUBLIC, viewing
from requests_app.queries import centers as query
from tests import builders

from .conftest import asked, center_of, document, publish, record, says

pytestmark = pytest.mark.django_db


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode())))


def cell(center: Agency, topic: str) -> query.Cell:
    with viewing(PUBLIC):
        (found,) = query.of([center])
    return found.cell(topic)


def test_every_topic_is_told_by_parts_of_kits_that_ship() -> None:
    assert list(FACTS) == FactField.values
    assert list(RECOMMENDATIONS) == Recommendation.values
    assert len(RECOMMENDATIONS) == 12
    for tests in TESTS.values():
        assert tests
        assert all(kit(test.kit).part(test.label) is not None for test in tests)


def test_what_nobody_asked_is_not_asked_and_says_what_would_tell(center: Agency) -> None:
    assert {cell(center, topic).state for topic in RECOMMENDATIONS} == {"not_asked"}
    seen = page(f"/agencies/{center.slug}/")
    assert "Plate vendor opted out of ICE sharing Not asked would be told by License plate readers A6" in seen
    assert "No public request to this center yet" in seen


def test_what_was_publicly_asked_and_nobody_recorded_is_unknown(cast: builders.Cast, center: Agency) -> None:
    asked(cast, center, "plate-readers", "A1", "A6")
    found = cell(center, "plate_opt_out")
    assert (found.state, found.first_asked) == ("unknown", dt.date(2026, 3, 2))
    seen = page(f"/agencies/{center.slug}/")
    assert "Unknown asked in 1 public request, first on Mon Mar 2, 2026" in seen
    assert "2026 asked for with License plate readers A6 Agreements bar" in seen
    assert "License plate readers A1, A6 1" in seen


def test_a_request_that_is_not_published_changes_nothing(cast: builders.Cast, center: Agency) -> None:
    before = page(f"/agencies/{center.slug}/"), page("/centers/")
    asked(cast, center, "plate-readers", "A6", public=False)
    assert (page(f"/agencies/{center.slug}/"), page("/centers/")) == before
    assert cell(center, "plate_opt_out").state == "not_asked"


def test_a_part_of_a_kit_of_ones_own_is_no_part_of_one_that_ships(cast: builders.Cast, center: Agency) -> None:
    asked(cast, center, "own:abcdef", "A6")
    assert cell(center, "plate_opt_out").state == "not_asked"
    assert "Questions of their own" in page(f"/agencies/{center.slug}/")


def test_a_documented_value_names_its_page_and_a_reported_one_is_drawn_otherwise(
    cast: builders.Cast, center: Agency
) -> None:
    paper = document(cast, asked(cast, center, "privacy-and-audits", "A4"))
    publish(cast, record(cast, center, says("public_audits", status="documented", page="4", document=paper)))
    publish(cast, record(cast, center, says("vendors", value="Platewise"), once="b"))
    seen = page(f"/agencies/{center.slug}/")
    assert "Documented, page 4" in seen
    assert "Platewise Reported elsewhere Mon Mar 2, 2026 · Springfield Courier" in seen
    raw = Client().get(f"/agencies/{center.slug}/").content.decode()
    assert raw.count("tag known box") == 1
    assert raw.count("tag known doubt") == 1


def test_a_private_claim_is_on_no_page_of_the_public(cast: builders.Cast, center: Agency) -> None:
    record(cast, center, says("vendors", value="Canary vendor"))
    for address in (f"/agencies/{center.slug}/", "/centers/", "/centers/oversight.csv"):
        assert "Canary vendor" not in Client().get(address).content.decode()


def test_the_newest_source_stands_first_and_that_sources_differ_is_said(cast: builders.Cast, center: Agency) -> None:
    publish(cast, record(cast, center, says("left", finding="no")))
    publish(cast, record(cast, center, says("left", finding="yes", from_on=dt.date(2026, 3, 20)), once="b"))
    publish(
        cast,
        record(cast, center, says("left", finding="no", status="stale", from_on=dt.date(2026, 3, 30)), once="c"),
    )
    found = cell(center, "left")
    assert (found.state, found.differs) == ("yes", True)
    assert "sources differ" in page("/centers/")


def test_co_locations_that_ship_are_reported_with_their_source(cast: builders.Cast) -> None:
    claim = {"field": "co_located_with", "value": "State Police", "status": "reported", "source": "https://a.example/x"}
    center = center_of("Lake Center", claims=[claim])
    seen = page(f"/agencies/{center.slug}/")
    assert "Who works in the same place State Police Reported elsewhere a.example" in seen
    assert seen.count("State Police") == 1


def test_what_was_put_to_a_merged_center_counts_as_its_survivors(cast: builders.Cast, center: Agency) -> None:
    old = center_of("Old Center", merged_into=center)
    asked(cast, old, "plate-readers", "A6")
    assert cell(center, "plate_opt_out").state == "unknown"
    assert "Old Center" not in page("/centers/")


def test_all_centers_are_asked_in_as_many_queries_as_one(cast: builders.Cast, center: Agency) -> None:
    asked(cast, center, "plate-readers", "A6")
    publish(cast, record(cast, center, says("left")))
    with CaptureQueriesContext(connection) as few:
        page("/centers/")
    for n in range(80):
        center_of(f"Center {n:02}")
    with CaptureQueriesContext(connection) as many:
        seen = page("/centers/")
    assert len(many) == len(few)
    assert "81 centers by twelve recommendations" in seen
    assert "12 not asked" in seen


def test_the_table_is_downloaded_with_what_would_tell(cast: builders.Cast, center: Agency) -> None:
    publish(cast, record(cast, center, says("left", citation="=HYPERLINK(1)")))
    answer = Client().get("/centers/oversight.csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 12
    assert (lines[0]["value"], lines[0]["from"], lines[0]["source"]) == ("no", "2026-03-02", "'=HYPERLINK(1)")
    assert lines[9] | {"value": "not_asked", "kit_parts": "plate-readers A6; sanctuary-law A7"} == lines[9]


def test_invented_centers_stand_apart_and_wrong_filters_are_named(cast: builders.Cast, center: Agency) -> None:
    seen = page("/centers/")
    assert center.name in seen and cast.agency.name not in seen
    assert cast.agency.name in page("/centers/?mark=sample")
    assert "“us-zz” is none of the choices" in page("/centers/?jurisdiction=us-zz")
    assert "No center matches" in page("/centers/?mark=both")


def test_figures_of_others_stand_with_day_and_source_and_are_added_to_nothing() -> None:
    seen = page("/centers/")
    assert "$289 million to $1.4 billion in the first eight years" in seen
    assert all(one.asof and one.of and one.source for one in query.national_figures())
