"""Which law is presumed to govern an office, and what is said where none is."""

from __future__ import annotations

from pathlib import Path

import pytest

from requests_app.laws.errors import Refused
from requests_app.laws.governing import KINDS, governing
from requests_app.laws.registry import DATA, Library, library
from requests_app.models.agencies import AgencyKind


def test_it_knows_every_kind_of_agency_and_no_other() -> None:
    assert set(AgencyKind.values) == KINDS
    with pytest.raises(Refused, match="no kind of agency"):
        governing("us-il", "navy")


@pytest.mark.parametrize(
    "kind", ["city_police", "county_sheriff", "state_police", "state_agency", "fusion_center"]
)
def test_state_and_local_bodies_answer_under_the_act_of_the_place(kind: str) -> None:
    found = governing("us-il", kind)
    assert (found.law_id, found.confidence) == ("us-il", "medium")
    assert found.source == library().law("us-il").law.citation
    assert "Illinois Freedom of Information Act" in found.why


def test_a_federal_body_answers_under_the_federal_act_wherever_it_stands() -> None:
    assert governing("us-tx", "federal").law_ids == governing("us", "federal").law_ids == ("us",)
    assert governing("us", "federal").confidence == "high"


@pytest.mark.parametrize("kind", ["university", "other"])
def test_what_may_be_private_is_presumed_with_low_confidence(kind: str) -> None:
    found = governing("us-il", kind)
    assert (found.law_id, found.confidence) == ("us-il", "low")
    assert "private" in found.why


def test_no_states_act_is_named_for_a_tribe() -> None:
    found = governing("us-az", "tribal")
    assert (found.law_ids, found.confidence) == ((), "unknown")
    assert "sovereign" in found.why


def test_a_second_law_of_a_place_comes_after_its_act() -> None:
    found = governing("us-co", "city_police")
    assert found.law_id == "us-co"
    assert "us-co-ccjra" in found.others
    assert "Criminal Justice Records Act" in found.why


def test_a_law_that_the_library_does_not_hold_is_never_named(tmp_path: Path) -> None:
    (tmp_path / "us").mkdir()
    for name in ("il.yaml",):
        (tmp_path / "us" / name).write_bytes((DATA / "us" / name).read_bytes())
    small = Library(tmp_path)
    assert governing("us-il", "city_police", small).law_ids == ("us-il",)
    for place, kind in (("us-tx", "city_police"), ("us", "federal"), ("us-as", "state_police")):
        found = governing(place, kind, small)
        assert found.law_ids == ()
        assert "The library holds no law of" in found.why


def test_every_place_of_the_library_has_an_answer_that_fits_the_page() -> None:
    held = {entry.id for entry in library().laws}
    for place in library().codes:
        for kind in KINDS:
            found = governing(place, kind)
            assert set(found.law_ids) <= held
            assert found.why and len(found.why) <= 500 and len(found.source) <= 500, (place, kind)
            assert found.law_ids or kind == "tribal"
