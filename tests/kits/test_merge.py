"""The merge language: fields, shared paragraphs, braces, and what it says of a mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from requests_app.kits import merge
from requests_app.kits.errors import Refused
from requests_app.kits.merge import MergeFacts, check, fill, render
from requests_app.kits.registry import kit

FACTS = MergeFacts(
    agency="Springfield Police Department",
    law_id="us-il",
    requester="Olive Reed",
    organization="Harbor",
    email="records@harbor.example",
    date="Monday, March 2, 2026",
    postal_address="1 Elm Street\nSpringfield",
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Dear {agancy}", "Line 1: there is no field {agancy}. Did you mean {agency}?"),
        ("a\n\nb {organisation}", "Line 3: there is no field {organisation}. Did you mean {organization}?"),
        ("{Postal Address}", "Line 1: there is no field {Postal Address}. Did you mean {postal_address}?"),
        ("{zzzz}", "Line 1: there is no field {zzzz}."),
        ("{}", "Line 1: there is no field {}."),
        ("{agency!r}", "Line 1: there is no field {agency!r}. Did you mean {agency}?"),
        ("a } b", "Line 1: a brace stands alone. Write }} for a brace."),
        ("a { b", "Line 1: a brace stands alone. Write {{ for a brace."),
        ("{K15}", "Line 1: there is no field {K15}."),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_field_that_was_meant(text: str, says: str) -> None:
    assert says in [one.says for one in check(text)]


@pytest.mark.parametrize("text", ["{agency} {K2} {parts}", "{{x}}", "{ agency }", "no fields", ""])
def test_what_is_right_has_nothing_said_of_it(text: str) -> None:
    assert check(text) == ()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("To {agency}.", "To Springfield Police Department.\n"),
        ("{{agency}}", "{agency}\n"),
        ("{agancy} stays", "{agancy} stays\n"),
        ("One {phone} two", "One two\n"),
        ("One\n\n{phone}\n\ntwo", "One\n\ntwo\n"),
        ("HEADING\n\n{phone}\n\nNEXT\n\ntwo", "NEXT\n\ntwo\n"),
        ("HEADING\n\n{phone}", ""),
        ("{phone}{tracking}", ""),
    ],
)
def test_a_text_is_filled(text: str, made: str) -> None:
    assert fill(text, FACTS).text == made


@pytest.mark.parametrize("value", ["{requester}", "{K2}", "}", "{{", "a {agancy} b", "%s \\1 \\g<0>", "$x"])
def test_a_value_is_plain_text_whatever_it_says(value: str) -> None:
    rendered = render(kit("plate-readers"), replace(FACTS, agency=value, subject=f"About {value}"))
    assert rendered.subject == f"About {value}"
    assert f"\n{value}\n" in rendered.body
    assert rendered.unknown == ()


def test_control_characters_and_blanks_do_not_reach_the_letter() -> None:
    rendered = render(kit("plate-readers"), replace(FACTS, agency="Spring\x00field\t  PD\r\n\r\nUnit 2"))
    assert "Springfield PD\nUnit 2" in rendered.body
    assert "\x00" not in rendered.body


def test_what_is_needed_and_missing_stands_in_brackets_and_is_listed() -> None:
    rendered = render(kit("plate-readers"), MergeFacts(law_id="us-tn"))
    assert set(rendered.missing) == {"agency", "requester", "residency", "reach"}
    assert "[name of the agency]" in rendered.body


def test_the_address_of_a_protected_requester_never_stands_in_the_letter() -> None:
    assert "Elm Street" in render(kit("plate-readers"), FACTS).body
    hidden = replace(FACTS, protected=True)
    assert "Elm" not in render(kit("plate-readers"), hidden).body
    assert "Elm" not in fill("{postal_address} {reach} {signature} {asker}", hidden).text


def test_only_the_chosen_parts_stand_in_the_letter_in_the_order_of_the_kit() -> None:
    rendered = render(kit("plate-readers"), FACTS, ["A3", "A1"])
    assert rendered.parts == (("A1", "Contracts and agreements"), ("A3", "Network audit"))
    assert "A2." not in rendered.body
    assert "in this order: A3 and A1." in rendered.body


def test_a_part_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="License plate readers has no part A99"):
        render(kit("plate-readers"), FACTS, ["A99"])


def test_a_copy_of_a_kit_filled_is_the_letter_of_the_kit() -> None:
    for inline in (True, False):
        copy = merge.template(kit("plate-readers"), inline=inline)
        assert check(copy) == ()
        assert fill(copy, FACTS, kit=kit("plate-readers")).text == render(kit("plate-readers"), FACTS).body


def test_an_organizations_own_text_may_name_the_chosen_parts() -> None:
    filled = fill("Hello\n\n{parts}\n\n{priority}", FACTS, kit=kit("plate-readers"), chosen_parts=["A5"])
    assert filled.text.startswith("Hello\n\nA5. Retention")
    assert filled.text.endswith("A5\n")


@pytest.mark.parametrize(
    ("law_id", "residency", "cautions"),
    [("us-il", "", 0), ("us-tn", "Tennessee", 0), ("us-tn", "Illinois", 1), ("us-tn", "", 1)],
)
def test_a_law_for_residents_cautions_who_is_none(law_id: str, residency: str, cautions: int) -> None:
    rendered = render(kit("plate-readers"), replace(FACTS, law_id=law_id, residency=residency))
    assert len(rendered.cautions) == cautions


@pytest.mark.parametrize(
    ("law_id", "residency", "line"),
    [
        ("us-tn", "Tennessee", "The requester of record, Olive Reed, is a resident of Tennessee."),
        ("us-tn", "Illinois", ""),
        ("us-tn", "", "is a resident of [state of residence]."),
        ("us-nh", "New Hampshire", "is a resident of New Hampshire."),
        ("us-nh", "Illinois", ""),
        ("us-nh", "", ""),
        ("us-il", "Illinois", ""),
    ],
)
def test_residency_is_stated_where_it_helps_and_never_volunteered(
    law_id: str, residency: str, line: str
) -> None:
    body = render(kit("plate-readers"), replace(FACTS, law_id=law_id, residency=residency)).body
    assert line in body
    assert ("requester of record" in body) is bool(line)


def test_what_the_requester_attests_stands_in_place_of_the_line_on_residency() -> None:
    rendered = render(kit("plate-readers"), replace(FACTS, law_id="us-va", attestation="I am a {citizen}."))
    assert "I am a {citizen}." in rendered.body
    assert "residency" not in rendered.missing


def test_a_mail_is_wrapped_between_words() -> None:
    body = render(kit("plate-readers"), FACTS).body
    mail = merge.wrapped(body)
    assert max(len(line) for line in mail.split("\n")) <= merge.MAIL_WIDTH
    assert mail.split() == body.split()
