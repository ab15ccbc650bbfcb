"""The next step the request page offers meets the window it stands beside, in every law."""

from __future__ import annotations

import pytest

from requests_app.clock.rules import Owner, Rule
from requests_app.laws.registry import library
from requests_app.web.next_steps import BY_RULE, STEPS

OURS = [
    (entry.id, rule)
    for entry in library().laws
    for version in entry.law.versions
    for rule in version.rules
    if rule.owner is Owner.requester and rule.length.count
]


@pytest.mark.parametrize(("law_id", "rule"), OURS, ids=[f"{law_id} {rule.id}" for law_id, rule in OURS])
def test_what_is_offered_meets_the_window(law_id: str, rule: Rule) -> None:
    step = BY_RULE.get(rule.id) or STEPS[rule.remedy.step if rule.remedy else "none"]  # type: ignore[index]
    assert step[0] in {kind.value for meeting in rule.met_by for kind in meeting.on}
