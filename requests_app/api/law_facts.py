"""Facts that a law asks for, as a program sends them: only what this law asks, only words it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from requests_app.actions.refusals import Refused
from requests_app.laws.questions import YES, Ask

FIELD = "law_facts"


def facts_given(asks: Sequence[Ask], given: Mapping[str, Any]) -> dict[str, Any]:
    by_fact = {ask.fact: ask for ask in asks}
    found = {}
    for name, value in given.items():
        ask = by_fact.get(name)
        if ask is None:
            known = ", ".join(sorted(by_fact)) or "none"
            raise Refused(
                "fact_unknown", f"This law does not ask for {name[:60]!r} here. It asks for: {known}.",
                field=f"{FIELD}.{name[:60]}",
            )  # fmt: skip
        answers = [_word(one) for one in value] if isinstance(value, list) else [_word(value)]
        known_words = {option.word for option in ask.options} or {YES}
        if any(answer not in known_words for answer in answers) or (len(answers) > 1 and not ask.several):
            raise Refused(
                "fact_wrong", f"{ask.title}: {'any of' if ask.several else 'one of'} {', '.join(sorted(known_words))}.",
                field=f"{FIELD}.{name}",
            )  # fmt: skip
        told = ask.value(answers)
        if told is not None:
            found[name] = told
    return found


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else ""
