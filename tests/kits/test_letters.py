"""Letters drafted from the ledger and the law: what each says, and what it never says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from requests_app.kits import letters
from requests_app.kits.checks import SAMPLE, letter_problems
from requests_app.kits.errors import Refused
from requests_app.kits.law_words import law_words
from requests_app.kits.letters import Draft, Lapse, Matter, Step, Window, Withheld
from requests_app.kits.merge import Rendered
from requests_app.kits.rebuttals import Basis, bases, notes
from requests_app.laws.registry import library

DAY = dt.date
FACTS = replace(SAMPLE, law_id="us-il", subject="Records request on plate readers", tracking="24-117")
MATTER = Matter(
    FACTS,
    today=DAY(2026, 3, 19),
    sent_on=DAY(2026, 2, 24),
    received_on=DAY(2026, 2, 25),
    parts=(("A1", "Contracts"), ("A3", "Network audit")),
    steps=(Step(DAY(2026, 2, 26), "you acknowledged the request"),),
)
LAPSE = Lapse(DAY(2026, 3, 3), "5 ILCS 140/3(d)", 12)
WINDOW = Window("Public Access Counselor", "5 ILCS 140/9.5(a)", DAY(2026, 5, 1))
WITHHELD = (
    Withheld("5 ILCS 140/7(1)(d)(v)", Basis.records_law, "A3", "4 to 7", "unique or specialized technique"),
    Withheld("", Basis.marking, "A1", view="The page is marked but no section is named."),
)
MAKE: dict[str, Callable[[Matter], Draft]] = {
    "follow_up": lambda m: letters.follow_up(m, LAPSE, promised_on=DAY(2026, 3, 10)),
    "appeal": lambda m: letters.appeal(m, WINDOW, denied_on=DAY(2026, 3, 2), withheld=WITHHELD),
    "review": lambda m: letters.review(m, WINDOW, silence=LAPSE),
    "suit_notice": lambda m: letters.suit_notice(m, WINDOW, answer_by=DAY(2026, 4, 1), silence=LAPSE),
    "preservation": lambda m: letters.preservation(m, destroys_on=DAY(2026, 4, 1)),
    "waiver_appeal": lambda m: letters.waiver_appeal(m, WINDOW, decided_on=DAY(2026, 3, 2), amount="$40"),
    "clarification_answer": lambda m: letters.clarification_answer(
        m,
        asked_on=DAY(2026, 3, 2),
        answers=[("Which system?", "The one of the contract."), ("", "And its log.")],
    ),
    "deposit_objection": lambda m: letters.deposit_objection(m, asked_on=DAY(2026, 3, 2), amount="$400"),
    "narrowed": lambda m: letters.narrowed(m, [("A3", "The three months before October 31, 2026.")]),
}


@pytest.mark.parametrize("kind", MAKE)
def test_every_letter_is_sound_under_every_law(kind: str) -> None:
    for entry in library().laws:
        draft = MAKE[kind](replace(MATTER, facts=replace(FACTS, law_id=entry.id)))
        assert draft.kind == kind
        as_letter = Rendered(draft.subject, draft.body, (), draft.unknown, draft.missing)
        assert (entry.id, list(letter_problems(as_letter))) == (entry.id, [])
        assert law_words(entry.id).name in draft.body


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (
            "follow_up",
            "Your time under 5 ILCS 140/3(d) ended on Tuesday, March 3, 2026; 12 business days ago.",
        ),
        ("follow_up", "You had named Tuesday, March 10, 2026 as the day of your answer."),
        ("follow_up", "Still open: A1 (Contracts) and A3 (Network audit)."),
        (
            "appeal",
            "Thursday, February 26, 2026: you acknowledged the request.\nMonday, March 2, 2026: the request was",
        ),
        (
            "appeal",
            "Tuesday, February 24, 2026: we sent the request; it was received on Wednesday, February 25, 2026.",
        ),
        ("appeal", "1. A3, pages 4 to 7: 5 ILCS 140/7(1)(d)(v) (exemption in the records law)."),
        ("appeal", 'The reason given: "unique or specialized technique"'),
        ("appeal", "2. A1: no section cited (marking only).\nThe page is marked but no section is named."),
        ("appeal", "It is made within the time that ends on Friday, May 1, 2026."),
        (
            "review",
            "The agency's time under 5 ILCS 140/3(d) ended on Tuesday, March 3, 2026; 12 business days ago.",
        ),
        ("review", "Direct Springfield Police Department to answer the request"),
        ("suit_notice", "If we have not heard from you by Wednesday, April 1, 2026, we may file"),
        ("preservation", "would be destroyed on Wednesday, April 1, 2026."),
        ("waiver_appeal", "Please waive or reduce any fee in the public interest, as 5 ILCS 140/6 provides."),
        ("clarification_answer", '1. You asked: "Which system?"\nAnswer: The one of the contract.'),
        ("deposit_objection", "You asked on Monday, March 2, 2026 for $400"),
        ("narrowed", "A3. The three months before October 31, 2026."),
    ],
)
def test_a_letter_says(kind: str, says: str) -> None:
    assert says in MAKE[kind](MATTER).body


@pytest.mark.parametrize(
    ("lapse", "today", "says"),
    [
        (
            LAPSE,
            DAY(2026, 3, 19),
            "Your time under 5 ILCS 140/3(d) ended on Tuesday, March 3, 2026; 12 business days ago.",
        ),
        (replace(LAPSE, late=1), DAY(2026, 3, 4), "ended on Tuesday, March 3, 2026; 1 business day ago."),
        (
            replace(LAPSE, late=None),
            DAY(2026, 3, 19),
            "ended on Tuesday, March 3, 2026; 16 calendar days ago.",
        ),
        (
            replace(LAPSE, late=None),
            DAY(2026, 3, 3),
            "Your time under 5 ILCS 140/3(d) ends on Tuesday, March 3, 2026.",
        ),
        (replace(LAPSE, citation=""), DAY(2026, 3, 19), "Your time ended on Tuesday, March 3, 2026; 12"),
        (
            replace(LAPSE, citation="65 P.S. § 67.901; last day: 1 Pa.C.S. § 1908"),
            DAY(2026, 3, 19),
            "Your time under 65 P.S. § 67.901 ended on",
        ),
    ],
)
def test_a_lapse_is_said_with_weekday_and_count(lapse: Lapse, today: dt.date, says: str) -> None:
    assert says in letters.lapse_line(lapse, today)


def test_an_appeal_cites_its_statute_and_not_how_its_days_are_counted() -> None:
    window = Window(
        "Head, chief executive or governing body of the agency, or its appeals officer",
        "N.Y. Pub. Off. Law § 89(4)(a); last day: N.Y. Gen. Constr. Law § 25-a",
    )
    body = letters.appeal(MATTER, window).body
    assert ", N.Y. Pub. Off. Law § 89(4)(a). It concerns" in body
    assert "last day" not in body
    assert "\n\nTo the head of the agency:\n\n" in body


def test_a_follow_up_before_the_time_is_out_claims_no_lapse() -> None:
    draft = letters.follow_up(MATTER)
    assert draft.subject == "How our request stands: Records request on plate readers"
    assert "ended on" not in draft.body
    assert "remedy" not in draft.body


def test_a_window_that_has_passed_is_not_claimed_to_be_kept() -> None:
    late = replace(WINDOW, due_on=DAY(2026, 3, 18))
    assert "within the time" not in letters.appeal(MATTER, late, withheld=WITHHELD).body
    on_the_day = replace(WINDOW, due_on=MATTER.today)
    assert "Thursday, March 19, 2026." in letters.appeal(MATTER, on_the_day, withheld=WITHHELD).body


def test_a_note_to_be_verified_stands_only_where_it_was_chosen_and_is_listed() -> None:
    plain = Withheld("6 U.S.C. § 482(e)", Basis.federal_law, "A2")
    draft = letters.appeal(MATTER, WINDOW, withheld=[plain])
    assert "Please identify the federal statute or rule" in draft.body
    assert draft.verify == ()
    chosen = letters.appeal(MATTER, WINDOW, withheld=[replace(plain, note_keys=("homeland-sharing",))])
    assert "such as its own logs, policies, contracts" in chosen.body
    assert [note.key for note in chosen.verify] == ["homeland-sharing"]
    with pytest.raises(Refused, match=r"Did you mean homeland-sharing\?"):
        letters.appeal(MATTER, WINDOW, withheld=[replace(plain, note_keys=("homeland-shering",))])


@pytest.mark.parametrize("said", ["{agency}", "{owed}", "{relief}", "} {", "{{", "a\x00b"])
@pytest.mark.parametrize("kind", ["appeal", "review", "suit_notice"])
def test_what_people_wrote_is_plain_text(said: str, kind: str) -> None:
    facts = replace(FACTS, agency=said, subject=f"On {said}", organization=said)
    draft = getattr(letters, kind)(
        replace(MATTER, facts=facts, steps=(Step(DAY(2026, 2, 27), said),)),
        replace(WINDOW, to=said),
        withheld=[replace(WITHHELD[0], section=said, reason=said, view=said)],
        grounds=[said],
        relief=[f"Give {said}"],
    )
    shown = said.replace("\x00", "")
    assert draft.unknown == ()
    assert draft.body.count(shown) >= 7
    assert "\x00" not in draft.body
    assert draft.subject.endswith(f"On {shown}")


def test_the_address_of_a_protected_requester_stands_in_no_letter() -> None:
    facts = replace(FACTS, postal_address="1 Elm Street", protected=True)
    for make in MAKE.values():
        assert "Elm" not in make(replace(MATTER, facts=facts)).body
    assert "Elm" in MAKE["appeal"](replace(MATTER, facts=replace(facts, protected=False))).body


def test_what_is_missing_is_listed_and_stands_in_brackets() -> None:
    draft = letters.follow_up(
        replace(MATTER, sent_on=None, facts=replace(FACTS, requester="", organization="", email="")), LAPSE
    )
    assert set(draft.missing) == {"sent_on", "requester", "reach"}
    assert "request of [sent on]" in draft.body


@pytest.mark.parametrize("basis", list(Basis))
def test_every_basis_has_a_note_and_only_the_federal_act_gets_its_own(basis: Basis) -> None:
    assert bases()[basis].name
    assert notes(basis)
    assert {note.federal_only for note in notes(basis, "us-il")} == {False}
    assert set(notes(basis, "us-il")) <= set(notes(basis, "us"))


def test_an_unknown_basis_is_named_with_the_nearest() -> None:
    with pytest.raises(Refused, match=r"There is no basis 'markings'. Did you mean marking\?"):
        notes("markings")
