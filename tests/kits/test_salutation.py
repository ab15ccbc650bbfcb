"""How a letter begins: nobody is called by the words of a statute."""

from __future__ import annotations

import pytest

from requests_app.kits.salutation import salutation
from requests_app.laws.registry import library


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("Public Records Officer", "Dear Public Records Officer:"),
        ("Public Records Officer, Port Lagunita Police Department", "Dear Public Records Officer:"),
        ("Appeals officer", "Dear Appeals Officer:"),
        ("Jane Doe", "Dear Jane Doe:"),
        ("Ms. Doe, Records Division", "Dear Ms. Doe:"),
        ("Head of the agency", "To the head of the agency:"),
        ("Head of the public body", "To the head of the public body:"),
        ("Head of the agency, or the component's appeals office", "To the head of the agency:"),
        (
            "Head, chief executive or governing body of the agency, or its appeals officer",
            "To the head of the agency:",
        ),
        ("The agency's head, governing body or appeals officer", "To the head of the agency:"),
        ("Chief administrative officer of the governmental entity", "Dear Chief Administrative Officer:"),
        ("Director of the Government Records Office", "Dear Director:"),
        ("The Mayor", "Dear Mayor:"),
        ("The agency's reviewer of denials", "To the agency's reviewer of denials:"),
        ("The agency's custodian of public records", "To the agency's custodian of public records:"),
        ("The public body", "To the public body:"),
        ("Attorney General", "Dear Attorney General:"),
        ("Attorney General; for a state body, the Chief Deputy", "Dear Attorney General:"),
        ("Public Access Counselor, Office of the Attorney General", "Dear Public Access Counselor:"),
        ("Public Access Counselor Unit, Office of the Attorney General", "To the Public Access Counselor Unit:"),
        ("Supervisor of Records (Secretary of the Commonwealth)", "Dear Supervisor of Records:"),
        ("Freedom of Information Commission", "To the Freedom of Information Commission:"),
        ("Office of Open Records", "To the Office of Open Records:"),
        ("Government Records Council, instead of Superior Court", "To the Government Records Council:"),
        ("Golden Strand County Sheriff's Office", "To the Golden Strand County Sheriff's Office:"),
        ("Arkansas State Police", "To the Arkansas State Police:"),
        ("Alaska Department of Public Safety", "To the Alaska Department of Public Safety:"),
        ("District attorney or attorney general", "To the district attorney or attorney general:"),
        ("Attorney General, or a district attorney", "To the Attorney General or a district attorney:"),
        (
            "Office of Open Records, or the appeals officer of the District Attorney, the Attorney General, the "
            "legislature or the judiciary",
            "To whom it may concern:",
        ),
        ("", "To whom it may concern:"),
        (" (unknown) ", "To whom it may concern:"),
    ],
)
def test_a_letter_greets(to: str, says: str) -> None:
    assert salutation(to) == says


def test_no_law_makes_a_letter_begin_with_a_whole_clause() -> None:
    named = {
        rule.remedy.body
        for entry in library().laws
        for version in entry.law.versions
        for rule in version.rules
        if rule.remedy and rule.remedy.step != "suit"
    }
    assert len(named) > 20
    for body in named:
        said = salutation(body)
        assert said.endswith(":"), body
        assert len(said) <= 70, body
        assert "," not in said and ";" not in said, body
