"""The merge language: `{agency}` is a field, `{K2}` a shared paragraph, `{{` and `}}` are braces. Nothing else.

`check` names what a text gets wrong before it is kept; `render` and `fill` never raise for a text: what is unknown
stays as it was written and is listed. Values are plain text: a brace in a value is a brace.
"""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from requests_app.clock.words import listed
from requests_app.kits.errors import Refused
from requests_app.kits.fields import ALWAYS_NEEDED, FIELDS, MADE_OF, NAMES, MergeFacts, bracket, values
from requests_app.kits.registry import clauses, frame
from requests_app.kits.shapes import Kit, Part

TOKEN = re.compile(r"\{\{|\}\}|\{([^{}\n]{0,80})\}|[{}]")
PARTS = "parts"
LONGEST_HEADING = 60
MAIL_WIDTH = 76
MOST_UNKNOWN = 40
DEPTH = 3
"""A sentence that is a value (`residency_line`) may hold fields, and those nothing of the kind."""
SENTENCES = frozenset(
    {"answer_time", "law_cited", "due_line", "residency_line", "fee_line", "waiver", "expedite_line", "purpose",
     "not_wanted", "search_units", "subject"}
)  # fmt: skip
"""Fields whose value is text of this room and may hold fields itself. All others are inserted as they are."""

__all__ = ["Filled", "MergeFacts", "Rendered", "Unknown", "check", "fill", "render", "template", "wrapped"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that does not exist, on a line of the text. `near`: the field that was probably meant."""

    name: str
    near: str
    line: int
    says: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its fields filled. `missing`: needed fields that have no value and stand in brackets."""

    text: str
    unknown: tuple[Unknown, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as plain text: paragraphs parted by an empty line, headings as a line in capitals."""

    subject: str
    body: str
    parts: tuple[tuple[str, str], ...]
    unknown: tuple[Unknown, ...] = ()
    missing: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


def check(text: str, also: Collection[str] = ()) -> tuple[Unknown, ...]:
    """Unknown fields and lone braces of a text, each with its line; at most the first forty. `also`: fields that this
    text may use besides."""
    known = {*FIELDS, *clauses(), PARTS, *also}
    found: list[Unknown] = []
    for match in TOKEN.finditer(text):
        said, name = match[0], (match[1] or "").strip()
        if said in ("{{", "}}") or (match[1] is not None and name in known):
            continue
        if len(found) == MOST_UNKNOWN:
            break
        line = text.count("\n", 0, match.start()) + 1
        if match[1] is None:
            says = f"Line {line}: a brace stands alone. Write {said * 2} for a brace."
            found.append(Unknown(said, "", line, says))
        else:
            found.append(_unknown(name, line, known))
    return tuple(found)


def _unknown(name: str, line: int, known: Collection[str]) -> Unknown:
    tidy = re.sub(r"[\s-]+", "_", name.lower())
    near = next(iter(difflib.get_close_matches(tidy, sorted(known), 1, 0.6)), "")
    meant = f" Did you mean {{{near}}}?" if near else ""
    return Unknown(name, near, line, f"Line {line}: there is no field {{{name}}}.{meant}")


def template(kit: Kit, chosen_parts: Collection[str] | None = None, *, inline: bool = True) -> str:
    """The letter of a kit before it is filled, for whoever makes a copy of their own. With `inline` the shared
    paragraphs are written out; without, they stand as {K2}. Raises Refused `unknown_part`."""
    blocks = [frame().opening]
    for key in frame().order:
        if key == PARTS:
            blocks += [f'"{one.term}" means {one.means}' for one in kit.definitions]
            blocks += [part_text(part) for part in chosen(kit, chosen_parts)]
        elif key not in kit.leave_out and (key != "K11" or kit.preservation):
            clause = clauses()[key]
            blocks += [clause.heading.upper()] if clause.heading else []
            blocks.append(clause.text if inline else f"{{{key}}}")
    return "\n\n".join([*blocks, frame().closing]) + "\n"


def part_text(part: Part) -> str:
    return f"{part.label}. {part.title}\n{part.text}\nNarrower alternative to {part.label}: {part.fallback}"


def chosen(kit: Kit, labels: Collection[str] | None) -> tuple[Part, ...]:
    """The chosen parts in the kit's order; None or none at all: every part."""
    if not labels:
        return kit.parts
    for label in labels:
        if kit.part(label) is None:
            known = ", ".join(part.label for part in kit.parts)
            raise Refused("unknown_part", f"{kit.name} has no part {label}. Its parts are {known}.", "parts")
    return tuple(part for part in kit.parts if part.label in labels)


def render(kit: Kit, facts: MergeFacts, chosen_parts: Collection[str] | None = None) -> Rendered:
    """Raises Refused `unknown_part` for a label the kit does not have, `unknown_law` for a law id without a law."""
    parts = chosen(kit, chosen_parts)
    given = values(facts, kit)
    labels = [part.label for part in parts]
    given["priority"] = listed([label for label in kit.priority if label in labels])
    needed = {*ALWAYS_NEEDED, "reach", *kit.needs}
    body = _fill(template(kit, labels), given, needed)
    subject = _fill(given["subject"], given, needed)
    return Rendered(
        subject=" ".join(subject.text.split()),
        body=body.text,
        parts=tuple((part.label, part.title) for part in parts),
        unknown=(*subject.unknown, *body.unknown),
        missing=tuple(dict.fromkeys((*subject.missing, *body.missing))),
        cautions=cautions(facts),
    )


def fill(
    text: str,
    facts: MergeFacts,
    *,
    kit: Kit | None = None,
    chosen_parts: Collection[str] | None = None,
    extra: Mapping[str, str] | None = None,
    needed: Collection[str] = (),
) -> Filled:
    """Any text with these fields: an organization's own copy of a kit, a letter. `{parts}` stands for the chosen parts
    of `kit`. `extra`: fields of this text alone."""
    given = {**values(facts, kit), **(extra or {})}
    if kit is not None:
        parts = chosen(kit, chosen_parts)
        labels = [part.label for part in parts]
        given["priority"] = listed([label for label in kit.priority if label in labels])
        text = re.sub(r"(?<!\{)\{parts\}(?!\})", lambda _: "\n\n".join(map(part_text, parts)), text)
    return _fill(text, given, {*ALWAYS_NEEDED, *needed}, also=extra or ())


def cautions(facts: MergeFacts) -> tuple[str, ...]:
    """What somebody should look at before sending: the law asks for a resident and the requester is none."""
    law = facts.words()
    if not law.restricted:
        return ()
    if not facts.residency:
        return (f"{law.name[:1].upper()}{law.name[1:]} is not open to everybody. {law.who_may_ask}",)
    if facts.residency.strip().casefold() != law.place.casefold():
        return (f"The requester of record is of {facts.residency.strip()}. {law.who_may_ask}",)
    return ()


def wrapped(body: str, width: int = MAIL_WIDTH) -> str:
    """The body for mail programs that do not wrap: each line broken at blanks, never inside a word."""
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if line else ""
        for line in body.split("\n")
    )


def _fill(text: str, given: Mapping[str, str], needed: Collection[str], also: Collection[str] = ()) -> Filled:
    found = check(text, also)
    text = TOKEN.sub(lambda match: _clause(match[0], match[1]), text)
    missing: dict[str, None] = {}
    kept: list[str] = []
    dropped = False
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if _heading(paragraph) and kept and _heading(kept[-1]) and dropped:
            kept.pop()
        said = _paragraph(paragraph, given, needed, missing)
        if said:
            kept.append(said)
        dropped = not said
    if dropped and kept and _heading(kept[-1]):
        kept.pop()
    return Filled("\n\n".join(kept) + "\n" if kept else "", found, tuple(missing))


def _clause(said: str, name: str | None) -> str:
    clause = clauses().get((name or "").strip())
    return clause.text if clause is not None else said


def _heading(paragraph: str) -> bool:
    return (
        len(paragraph) <= LONGEST_HEADING
        and "\n" not in paragraph
        and paragraph.isupper()
        and "{" not in paragraph
    )


def _paragraph(text: str, given: Mapping[str, str], needed: Collection[str], missing: dict[str, None]) -> str:
    made = [_line(line, given, needed, missing) for line in text.split("\n")]
    # A line that only held empty fields is left out; so is a paragraph of such lines.
    return "\n".join(line for line in made if line)


def _line(
    line: str, given: Mapping[str, str], needed: Collection[str], missing: dict[str, None], deep: int = 0
) -> str:
    pieces: list[str] = []
    end = 0
    for match in TOKEN.finditer(line):
        pieces.append(line[end : match.start()])
        end = match.end()
        pieces.append(_token(match, given, needed, missing, deep))
    pieces.append(line[end:])
    said = re.sub(r" {2,}", " ", "".join(pieces))
    return said.strip() if deep == 0 else said


def _token(
    match: re.Match[str],
    given: Mapping[str, str],
    needed: Collection[str],
    missing: dict[str, None],
    deep: int,
) -> str:
    said, name = match[0], (match[1] or "").strip()
    if said in ("{{", "}}"):
        return said[0]
    if match[1] is None or name not in given:
        return said
    value = given[name]
    if not value:
        name = MADE_OF.get(name, name)
        if name in needed or name in NAMES:
            missing[name] = None
            return bracket(name)
        return ""
    if name in SENTENCES and deep < DEPTH:
        return "\n".join(_line(one, given, needed, missing, deep + 1) for one in value.split("\n"))
    return value
