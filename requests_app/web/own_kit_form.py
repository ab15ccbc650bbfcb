"""The form of an own kit: its fields read from what was posted, and shown again with what is wrong beside each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.kits.rebuttals import bases
from requests_app.queries import kit_sheet
from requests_app.queries.kit_sheet import PartSheet, RefusalSheet, Sheet

from .shell import Looking

NARROWS = {
    "period": gettext_lazy("a shorter period"),
    "unit": gettext_lazy("fewer units"),
    "sample": gettext_lazy("a sample"),
    "counts": gettext_lazy("counts"),
    "index": gettext_lazy("a list alone"),
}


def posted(request: Looking, standing: Sheet) -> Sheet:
    """What was typed, upon what the form does not show."""
    post = request.POST

    def word(name: str) -> str:
        return _clean(post.get(name, ""))

    def of(place: int, name: str, row: str = "part") -> str:
        column = post.getlist(f"{row}_{name}")
        return _clean(column[place]) if place < len(column) else ""

    parts = tuple(
        PartSheet(
            label=of(place, "label"),
            title=of(place, "title"),
            text=of(place, "text"),
            fallback=of(place, "fallback"),
            narrows=tuple(one for one in post.getlist(f"narrows_{place}") if one in NARROWS),
        )
        for place in range(min(len(post.getlist("part_label")), kit_sheet.MOST_PARTS))
    )
    refusals = tuple(
        RefusalSheet(
            basis=of(place, "basis", "refusal"),
            parts=tuple(dict.fromkeys(re.findall(r"[^\s,;]+", of(place, "parts", "refusal")))),
            says=of(place, "says", "refusal"),
            answer=of(place, "answer", "refusal"),
            citation=of(place, "citation", "refusal"),
            verify=f"verify_{place}" in post,
        )
        for place in range(min(len(post.getlist("refusal_basis")), kit_sheet.MOST_REFUSALS))
    )
    kept = set(post.getlist("clauses"))
    left_out = tuple(key for key, _name, _about in kit_sheet.clause_choices() if key not in kept)
    return replace(
        standing, summary=word("summary"), subject=word("kit_subject"), purpose=word("purpose"), since=word("since"),
        until=word("until"), parts=parts, refusals=refusals,
        leave_out=left_out,
    )  # fmt: skip


def shown(sheet: Sheet, wrong: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "words": [
            {"name": "summary", "label": _("What it is for"), "value": sheet.summary, "rows": 3,
             "errors": wrong.get("summary", [])},
            {"name": "kit_subject", "label": _("Subject of the letter"), "value": sheet.subject, "rows": 2,
             "errors": wrong.get("subject", [])},
            {"name": "purpose", "label": _("What the records concern"), "value": sheet.purpose, "rows": 3,
             "errors": wrong.get("purpose", [])},
        ],
        "since": sheet.since,
        "until": sheet.until,
        "parts": [
            {
                "place": place, "n": place + 1, "label": one.label, "title": one.title, "text": one.text,
                "fallback": one.fallback, "errors": wrong.get(f"part-{place}", []), "first": place == 0,
                "last": place == len(sheet.parts) - 1,
                "narrows": [(key, words, key in one.narrows) for key, words in NARROWS.items()],
            }
            for place, one in enumerate(sheet.parts)
        ],
        "refusals": [
            {
                "place": place, "n": place + 1, "parts": ", ".join(one.parts), "says": one.says, "answer": one.answer,
                "citation": one.citation, "verify": one.verify, "errors": wrong.get(f"refusal-{place}", []),
                "bases": [(key.value, said.name, key.value == one.basis) for key, said in bases().items()],
            }
            for place, one in enumerate(sheet.refusals)
        ],
        "parts_errors": wrong.get("parts", []),
        "clauses": [
            (key, name, about, key not in sheet.leave_out) for key, name, about in kit_sheet.clause_choices()
        ],
    }  # fmt: skip


def _clean(said: str) -> str:
    return said.replace("\x00", "").replace("\r\n", "\n").strip()
