"""Who asked is blotted out of letters, quoted replies, titles and names of files; the office stays readable."""

from __future__ import annotations

import pytest

from requests_app.queries.masking import WORDS, Identity, found_in, masked

ANNA = Identity(
    name="Anna Björk-Lindqvist", signs_as="Harbor Rights Clinic",
    address="4417 West Fullerton Avenue, Apt 2\nChicago, IL 60639", email="anna.lindqvist@harbor.example",
    phone="(312) 555-0142",
)  # fmt: skip
MAY = Identity(name="May Grant")
HIDDEN = Identity(name="Rosa Elena Will", protected=True)


@pytest.mark.parametrize(
    "said",
    [
        "Anna Björk-Lindqvist", "ANNA BJORK-LINDQVIST", "anna\nbjörk-lindqvist", "Björk-Lindqvist, Anna",
        "A. Björk-Lindqvist", "Ms. Björk-Lindqvist", "Anna M. Björk-Lindqvist", "Bjork-Lindqvist_Anna_letter.pdf",
        "Bjo\u0308rk-Lindqvist", "Anna\u200b Björk-Lindqvist", "björk-lindqvist’s request", "Dear Anna,",
        "> > Anna\n> > Björk-Lindqvist",
    ],
)  # fmt: skip
def test_a_name_goes_in_every_way_it_is_written(said: str) -> None:
    left = masked(said, [ANNA])
    assert WORDS["name"] in left
    assert "anna" not in left.lower() and "rk-lindqvist" not in left.lower()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("phone", "312-555-0142"), ("phone", "+1 312 555 0142"), ("phone", "(312)555.0142"), ("phone", "3125550142"),
        ("email", "ANNA.LINDQVIST@harbor.example"), ("email", "someone.else@private.example"),
        ("address", "4417 West Fullerton Avenue, Apt 2\r\nChicago, IL 60639"),
        ("address", "4417 west  fullerton\navenue"), ("address", "IL 60639"),
        ("name", "Harbor Rights Clinic"), ("name", "harbor_rights_clinic-letter.pdf"),
    ],
)  # fmt: skip
def test_addresses_and_numbers_go_too(kind: str, said: str) -> None:
    left = masked(f"Write to {said} please", [ANNA])
    assert WORDS[kind] in left
    assert found_in(said, [ANNA]).get(kind)
    for secret in ("0142", "4417", "60639", "anna", "private.example", "clinic"):
        assert secret not in left.lower()


def test_the_office_keeps_its_name_its_address_and_its_number() -> None:
    said = (
        "Your request to the Chicago Police Department was received May 5, 2026. Questions: foia@chicagopolice.gov, "
        "records@cook.il.us, (312) 555-0199, 100 West Randolph Street, Chicago."
    )
    assert masked(said, [ANNA, MAY]) == said
    assert found_in(said, [ANNA, MAY]) == {}


def test_words_that_are_names_too_stay_words_unless_somebody_is_protected() -> None:
    assert masked("We may soon grant this.", [MAY]) == "We may soon grant this."
    assert WORDS["name"] in masked("Dear Ms. Grant:", [MAY])
    assert WORDS["name"] in masked("May Grant asked.", [MAY])
    for part in ("Rosa", "elena", "WILL"):
        assert masked(part, [HIDDEN]) == WORDS["name"]


@pytest.mark.parametrize("closing", ["Sincerely,", "Respectfully submitted,", "> Kind regards", "Thank you,"])
def test_whoever_signed_a_letter_of_ours_is_not_named(closing: str) -> None:
    letter = f"Please send the list.\n\n{closing}\n\nQuentin Unheard\nParalegal\n\nEnclosure"
    left = masked(letter, [], ours=True)
    assert "Quentin" not in left and "Paralegal" not in left
    assert left.startswith("Please send the list.") and left.endswith("Enclosure")
    assert WORDS["signature"] in left
    assert masked(letter, []) == letter, "an officer who signs for the office is named"


def test_what_is_masked_stays_masked_and_nothing_else_is_touched() -> None:
    once = masked("From: Anna Björk-Lindqvist <anna.lindqvist@harbor.example>", [ANNA])
    assert masked(once, [ANNA]) == once
    assert masked("", [ANNA]) == "" and masked("Nothing here.", [ANNA]) == "Nothing here."
