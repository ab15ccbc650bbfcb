"""Sentences of a law's page are said in the words of the forms, never in those of the files."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from requests_app.laws.plain import version_words
from requests_app.laws.questions import LISTS, WORDS, conditions
from requests_app.laws.registry import library

ON = dt.date(2026, 11, 22)
LAWS = library().laws
NOT_ENGLISH = re.compile(
    r"of the type|daniels law|category is|ground is|the (?:granted|oral|agreed|priority|date certain|stage) is"
    r"|requester is|roll: |_"
)


def said(law_id: str, rule_id: str) -> str:
    rules = {one.id: one for one in version_words(library().law(law_id).current, on=ON)}
    one = rules[rule_id]
    return " ".join((*one.starts, *one.variants, *one.longer, *one.stops, one.met_by))


@pytest.mark.parametrize("law_id", [one.id for one in LAWS])
def test_no_word_of_the_files_stands_in_a_sentence(law_id: str) -> None:
    version = library().law(law_id).current
    for rule in version.rules:
        text = f"{said(law_id, rule.id)} {rule.authority.citation}"
        assert not NOT_ENGLISH.search(text), text
        for when in conditions(rule):
            for fact in LISTS:
                for word in getattr(when, fact):
                    assert word in WORDS[fact]


def test_a_condition_is_said_as_the_form_asks_it() -> None:
    jersey = said("us-nj", "determine")
    assert "14 business days where the request serves a commercial purpose" in jersey
    assert "14 business days for records that must be reviewed for home addresses" in jersey
    assert "where the reason is records in storage" in jersey
    assert "body-camera recordings, a large volume" in said("us-tx", "produce")
    assert "To: Superior Court of the Virgin Islands" in said("us-vi", "sue")
