"""A kit as the fields of a form: read from its text and written back, with everything the form does not show kept."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from django.utils.translation import gettext as _

from requests_app.kits import merge
from requests_app.kits.registry import clauses
from requests_app.kits.shapes import Basis, Kit, Narrowing
from requests_app.laws.errors import LawFileError
from requests_app.laws.yaml_file import parse_plain

MOST_PARTS = 40
MOST_REFUSALS = 40
WORDS = ("summary", "subject", "purpose")


@dataclass(frozen=True, slots=True)
class PartSheet:
    label: str = ""
    title: str = ""
    text: str = ""
    fallback: str = ""
    narrows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalSheet:
    """A refusal to expect; for us alone, never in the letter."""

    basis: str = ""
    parts: tuple[str, ...] = ()
    says: str = ""
    answer: str = ""
    citation: str = ""
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """leave_out: keys of the shared paragraphs that its letters go without."""

    summary: str = ""
    subject: str = ""
    purpose: str = ""
    since: str = ""
    until: str = ""
    parts: tuple[PartSheet, ...] = ()
    refusals: tuple[RefusalSheet, ...] = ()
    leave_out: tuple[str, ...] = ()
    rest: dict[str, Any] = field(default_factory=dict, compare=False)


def sheet_of(text: str) -> Sheet | None:
    """None: the text is in no form that fields could show; it can be mended as text alone."""
    try:
        data = parse_plain("kit", text, next(iter(typing.get_type_hints(Kit))))
    except LawFileError:
        return None
    if not isinstance(data, dict):
        return None
    period = data.get("period", {})
    parts, refusals = _rows(data.get("parts", [])), _rows(data.get("refusals", []))
    if parts is None or refusals is None or not isinstance(period, dict):
        return None
    return Sheet(
        **{name: _word(data.get(name)) for name in WORDS},
        since=_word(period.get("since")),
        until=_word(period.get("until")),
        parts=tuple(
            PartSheet(
                label=_word(one.get("label")),
                title=_word(one.get("title")),
                text=_word(one.get("text")),
                fallback=_word(one.get("fallback")),
                narrows=_list(one.get("narrows")),
            )
            for one in parts[:MOST_PARTS]
        ),
        refusals=tuple(
            RefusalSheet(
                basis=_word(one.get("basis")),
                parts=_list(one.get("parts")),
                says=_word(one.get("says")),
                answer=_word(one.get("answer")),
                citation=_word(one.get("citation")),
                verify=_word(one.get("verify")).casefold() == "true",
            )
            for one in refusals[:MOST_REFUSALS]
        ),
        leave_out=_list(data.get("leave_out")),
        rest=data,
    )


def text_of(sheet: Sheet) -> str:
    """The same kit as text. The order of priority follows the parts that are left."""
    data = dict(sheet.rest)
    data |= {name: getattr(sheet, name) for name in WORDS}
    data["period"] = {"since": sheet.since, "until": sheet.until}
    data["parts"] = [
        {"label": one.label, "title": one.title, "text": one.text, "fallback": one.fallback,
         "narrows": list(one.narrows)}
        for one in sheet.parts
    ]  # fmt: skip
    labels = [one.label for one in sheet.parts]
    known = [label for label in _list(data.get("priority")) if label in labels]
    data["priority"] = [*known, *(label for label in labels if label not in known)]
    data["refusals"] = [
        {"basis": one.basis, "parts": list(one.parts), "says": one.says, "answer": one.answer,
         **({"citation": one.citation} if one.citation else {}), **({"verify": True} if one.verify else {})}
        for one in sheet.refusals
    ]  # fmt: skip
    data.pop("leave_out", None)
    if sheet.leave_out:
        data["leave_out"] = list(sheet.leave_out)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)


def moved(sheet: Sheet, step: str) -> Sheet:
    """step: add, or up:1, down:0, drop:2, by the place of a part; expect, or unexpect:0, by that of a refusal. Anything
    else changes nothing. A part that goes takes along the refusals that were expected of it alone."""
    parts, refusals = list(sheet.parts), list(sheet.refusals)
    what, _colon, said = step.partition(":")
    if what == "expect" and len(refusals) < MOST_REFUSALS:
        refusals.append(RefusalSheet(basis=Basis.records_law.value))
    if what == "add" and len(parts) < MOST_PARTS:
        used = {one.label for one in parts}
        label = next(f"A{n}" for n in range(1, MOST_PARTS + 2) if f"A{n}" not in used)
        parts.append(PartSheet(label=label))
    place = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else -1
    if 0 <= place < len(parts):
        if what == "drop":
            gone = parts.pop(place).label
            refusals = [
                replace(one, parts=left)
                for one in refusals
                if (left := tuple(label for label in one.parts if label != gone)) or not one.parts
            ]
        other = place + {"up": -1, "down": 1}.get(what, 0)
        if other != place and 0 <= other < len(parts):
            parts[place], parts[other] = parts[other], parts[place]
    if what == "unexpect" and 0 <= place < len(refusals):
        del refusals[place]
    return replace(sheet, parts=tuple(parts), refusals=tuple(refusals))


def wrong_with(sheet: Sheet) -> dict[str, list[str]]:
    """Sentences by the field they stand beside: summary, subject, purpose, period, part-0, part-1 …, refusal-0 …"""
    found: dict[str, list[str]] = {}

    def wrong(at: str, *said: str) -> None:
        found.setdefault(at, []).extend(said)

    for name in WORDS:
        if not getattr(sheet, name).strip():
            wrong(name, _("Write it."))
    for name in ("subject", "purpose"):
        wrong(name, *_unknown(getattr(sheet, name)))
    labels = [one.label for one in sheet.parts]
    for place, one in enumerate(sheet.parts):
        at = f"part-{place}"
        empty = [
            str(words)
            for words, value in ((_("number"), one.label), (_("title"), one.title), (_("text"), one.text),
                                 (_("narrower alternative"), one.fallback))
            if not value.strip()
        ]  # fmt: skip
        if empty:
            wrong(at, _("Write its %(fields)s.") % {"fields": ", ".join(empty)})
        if not one.narrows:
            wrong(at, _("Say how the alternative is narrower."))
        if len(one.label) > 12:
            wrong(at, _("A number has up to 12 characters."))
        if len(one.title) > 200:
            wrong(at, _("A title has up to 200 characters; this one has %(n)d.") % {"n": len(one.title)})
        if labels.count(one.label) > 1:
            wrong(at, _("Two parts carry the number %(label)s.") % {"label": one.label[:12]})
        for words in (one.title, one.text, one.fallback):
            wrong(at, *_unknown(words))
    for place, expected in enumerate(sheet.refusals):
        wrong(f"refusal-{place}", *_wrong_refusal(expected, labels))
    if not sheet.parts:
        wrong("parts", _("A kit has at least one part."))
    return {at: list(dict.fromkeys(said)) for at, said in found.items() if said}


def _wrong_refusal(one: RefusalSheet, labels: Sequence[str]) -> Iterator[str]:
    if one.basis not in {basis.value for basis in Basis}:
        yield _("Choose a basis.")
    if not one.parts:
        yield _("Say of which parts it is expected.")
    for label in one.parts:
        if label not in labels:
            yield _("There is no part %(label)s.") % {"label": label[:12]}
    if not one.says.strip():
        yield _("Write what the agency says.")
    if not one.answer.strip():
        yield _("Write what we answer.")
    if one.citation and not one.verify:
        yield _("A citation is looked up again before a letter relies on it: tick that.")


def _unknown(words: str) -> Sequence[str]:
    says = (one.says.partition(": ")[2] for one in merge.check(words))
    return [said[:1].upper() + said[1:] for said in says]


def clause_choices() -> list[tuple[str, str, str]]:
    """Key, name and what it is for, of each shared paragraph but the parts' own."""
    return [(one.key, one.name, one.about) for one in clauses().values()]


NARROWINGS = tuple(Narrowing)


def _word(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()


def _rows(value: Any) -> list[dict[str, Any]] | None:
    return value if isinstance(value, list) and all(isinstance(one, dict) for one in value) else None


def _list(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
