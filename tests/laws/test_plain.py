"""Sentences of a law's page are said in the words of the forms, never in those of the files."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from requests_app.laws.plain import rule_words, sentence
from requests_app.laws.questions import LISTS, WORDS, conditions
from requests_app.laws.registry import library

ON = dt.date(2026, 11, 22)
LAWS = library().laws
NOT_ENGLISH = re.compile(
    r"of the type|daniels law|category is|ground is|the (?:granted|oral|agreed|priority|date certain|stage) is"
    r"|requester is|roll: |_"
)


def said(law_id: str, rule_id: str) -> str:
    version = library().law(law_id).current
    rules = {rule.id: rule_words(rule, version, on=ON) for rule in version.rules}
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


def test_a_way_of_asking_is_said_as_people_say_it() -> None:
    assert "in person or by telephone" in said("us-in", "acknowledge")
    assert "Not through a portal." in said("us-az", "acknowledge")


def test_a_clock_says_for_whom_it_runs() -> None:
    assert "Only for information about an arrest." in said("us-il", "arrest-information")
    assert "Not where the request serves a commercial purpose." in said("us-il", "review-by")


def test_an_extension_keeps_its_condition_beside_an_exception() -> None:
    virginia = said("us-va", "determine")
    assert "60 business days more for criminal investigative files: with a reason" in virginia
    assert "7 business days more: with a reason" in virginia
    assert re.search(
        r"30 business days more given by the \S+, except for agencies of the kind", said("us-ma", "produce")
    )
    assert "The agency's question, except about money, pauses the time" in said("us", "determine")


@pytest.mark.parametrize(
    ("law_id", "rule_id", "words"),
    [
        ("us-ma", "review-silence", "We have 90 calendar days from the sending of the request to petition"),
        (
            "us",
            "sue-silence",
            "We have 6 years from the last day of the time before it to file suit over silence",
        ),
        ("us-ar", "hearing", "The court has 7 calendar days from the filing of our suit to hold the hearing"),
        (
            "us-il",
            "review-decision",
            "The reviewer has 60 calendar days from the receipt of our request for review to",
        ),
    ],
)
def test_the_first_sentence_says_from_what_the_days_run(law_id: str, rule_id: str, words: str) -> None:
    rule = library().law(law_id).current.by_id[rule_id]
    assert sentence(rule).startswith(words)


@pytest.mark.parametrize("law_id", [one.id for one in LAWS])
def test_every_name_begins_with_what_is_done(law_id: str) -> None:
    noun = re.compile(r"(?:The|An?|Ruling|Binding|Decision|Opinion|Order|Advice|Determination|Production)\b")
    assert not [rule.name for rule in library().law(law_id).current.rules if noun.match(rule.name)]
