"""What a law asks to know: only what its clocks hang on, in words that a person can answer."""

from __future__ import annotations

import pytest

from requests_app.clock.events import Kind
from requests_app.laws import questions
from requests_app.laws.questions import of_event, of_request
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry


def asked(law: str) -> dict[str, list[str]]:
    return {
        ask.fact: [option.word for option in ask.options] for ask in of_request(library().law(law).current)
    }


def test_virginia_asks_who_asks_and_which_files() -> None:
    said = asked("us-va")
    assert set(said["requester"]) == {"citizen", "media"}
    assert said["record_types"] == ["criminal-investigative-files"]


def test_a_law_without_conditions_asks_nothing() -> None:
    assert asked("us-ny") == {}


def test_texas_asks_of_an_extension_whether_its_date_binds() -> None:
    texas = library().law("us-tx").current
    asks = {ask.fact: ask for kind in Kind for ask in of_event(texas, kind)}
    assert asks["date_certain"].options == ()
    assert asks["date_certain"].value(["true"]) is True
    assert asks["date_certain"].value([]) is None
    assert [option.word for option in asks["by"].options] == ["reviewer"]


def test_a_decision_about_a_waiver_is_asked_both_ways() -> None:
    (granted,) = (
        ask
        for ask in of_event(library().law("us-or").current, Kind.fee_waiver_decided)
        if ask.fact == "granted"
    )
    assert {option.word for option in granted.options} == {"true", "false"}
    assert granted.value(["false"]) is False


@pytest.mark.parametrize("entry", library().laws, ids=lambda entry: entry.id)
def test_every_word_a_law_asks_for_has_words_on_the_screen(entry: Entry) -> None:
    for version in entry.revisions:
        asks = [*of_request(version), *(ask for kind in Kind for ask in of_event(version, kind))]
        for ask in asks:
            assert ask.fact in questions.TITLES, f"{version.ref}: {ask.fact}"
            for option in ask.options:
                assert option.word in questions.WORDS.get(ask.fact, {}), (
                    f"{version.ref}: {ask.fact} {option.word}"
                )
