"""Cross-checks that the shapes cannot say. `manage.py check_kits` prints what they find."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from requests_app.clock.words import date
from requests_app.kits import merge, rebuttals
from requests_app.kits.errors import KitFileError, Problem
from requests_app.kits.fields import FIELDS, MergeFacts, plain_date
from requests_app.kits.registry import DATA, clauses, frame, kits, law_texts, letter_texts, place, waivers
from requests_app.kits.schema import read
from requests_app.kits.shapes import Basis, ClauseFile, Kit, LawFile, LetterFile, RebuttalFile
from requests_app.laws.registry import library
from requests_app.laws.yaml_file import Where, line_of

VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}\.r[1-9]\d*$")
LABEL = re.compile(r"^A([1-9]\d?)$")
TO_PRESENT = re.compile(r"\b(?:to (?:the )?present|until now|to date)\b", re.IGNORECASE)
PUBLISHED = "published.txt"
LONGEST_PARAGRAPH = 1200
FOR_US = {"summary", "retention", "name", "version", "id"}
"""Fields of a kit that never stand in a letter."""
OWN_FIELDS = frozenset(
    {"head", "close", "sent_on", "tracking_line", "window_citation", "under_line", "notice_line", "window_line",
     "window_citation_plain", "fees_citation_or_law", "owed", "lapse_line", "promise_line", "silence_line",
     "parts_line", "history", "grounds", "relief", "answer_by_line", "destroys_line", "loss_line", "decided_on",
     "amount_line", "reasons", "asked_on", "answers", "amount_or_payment", "reserve_line", "changes"}
)  # fmt: skip
"""Fields that only the letters of `letters.py` know."""
SAMPLE = MergeFacts(
    agency="Springfield Police Department",
    requester="Olive Reed",
    organization="Harbor",
    email="records@harbor.example",
    residency="Illinois",
    local_law="Local Act 5",
    local_law_on="May 1, 2024",
)


@dataclass(frozen=True, slots=True)
class Report:
    """What one file counts, and what is wrong with it."""

    file: str
    version: str
    parts: int
    refusals: int
    words: int
    problems: tuple[str, ...]


def published(data: Path = DATA) -> dict[str, str]:
    """The hash of every version ever published: a text changes with its version, or not at all."""
    lines = (data / PUBLISHED).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line.strip())


def digest(kit: Kit) -> str:
    """Of what stands in a letter; advice to ourselves may change without a new version."""
    own = [
        kit.subject,
        kit.purpose,
        str(kit.period),
        kit.search_units,
        *kit.search_terms,
        kit.not_wanted,
        *kit.priority,
    ]
    own += [f"{one.term}: {one.means}" for one in kit.definitions]
    own += [merge.part_text(part) for part in kit.parts]
    return hashlib.sha256("\n".join(own).encode()).hexdigest()


def publish(data: Path = DATA) -> tuple[str, ...]:
    """Adds the versions that are new; never changes one. Returns their references."""
    known = published(data)
    new = {kit.ref: digest(kit) for kit in kits() if kit.ref not in known}
    with (data / PUBLISHED).open("a", encoding="utf-8") as file:
        file.writelines(f"{ref} {said}\n" for ref, said in new.items())
    return tuple(new)


def check_file(path: Path) -> Report:
    """Never raises on a bad file: it reports."""
    try:
        kit, text = read(Kit, path)
    except KitFileError as error:
        return Report(path.stem, "", 0, 0, 0, tuple(str(one) for one in error.problems))
    found = tuple(str(one) for one in kit_problems(kit, path, text))
    letter = len(merge.template(kit).split())
    return Report(path.stem, kit.version, len(kit.parts), len(kit.refusals), letter, found)


def kit_problems(kit: Kit, path: Path, text: str) -> Iterator[Problem]:
    def wrong(at: Where, says: str, fix: str = "") -> Problem:
        return Problem(path.name, line_of(text, at), "", ".".join(map(str, at)), says, fix)

    if kit.id != path.stem:
        yield wrong(("id",), f"{kit.id!r} is not the name of the file.", f"write {path.stem}.")
    if not VERSION.match(kit.version):
        yield wrong(
            ("version",), f"{kit.version!r} is no version.", "write day and revision, as in 2026-03-02.r1."
        )
    pinned = published().get(kit.ref)
    if pinned is None:
        yield wrong(("version",), f"{kit.ref} is not published.", "run check_kits --publish.")
    elif pinned != digest(kit):
        fix = "give it a new version, then run check_kits --publish."
        yield wrong(("version",), f"the text differs from what {kit.ref} was published with.", fix)
    if kit.period.since >= kit.period.until:
        yield wrong(("period",), "the period ends before it begins.", "exchange the two days.")
    labels = [part.label for part in kit.parts]
    if labels != [f"A{number}" for number in range(1, len(labels) + 1)]:
        yield wrong(
            ("parts",), f"the labels are {', '.join(labels)}.", "number them A1, A2, A3 without a gap."
        )
    if Counter(kit.priority) != Counter(labels):
        yield wrong(
            ("priority",),
            "the order of priority does not name every part once.",
            f"order {', '.join(labels)}.",
        )
    for number, refusal in enumerate(kit.refusals):
        for label in refusal.parts:
            if label not in labels:
                yield wrong(
                    ("refusals", number, "parts"),
                    f"there is no part {label}.",
                    f"known: {', '.join(labels)}.",
                )
        if refusal.citation and not refusal.verify:
            yield wrong(("refusals", number), "a citation without verify.", "add verify: true.")
    for name in kit.needs:
        if name not in FIELDS:
            yield wrong(("needs",), f"there is no field {{{name}}}.", "name a merge field.")
    for at, said in _texts(kit):
        for unknown in merge.check(said):
            yield wrong(at, unknown.says.partition(": ")[2], "use a field of docs/kits.md.")
        if TO_PRESENT.search(said):
            yield wrong(at, "the period has no end.", "name a day, or {period_until}.")


def _texts(kit: Kit) -> Iterator[tuple[Where, str]]:
    for field in fields(kit):
        value = getattr(kit, field.name)
        if isinstance(value, str) and field.name not in FOR_US:
            yield (field.name,), value
    for number, part in enumerate(kit.parts):
        for name in ("title", "text", "fallback"):
            yield ("parts", number, name), getattr(part, name)
    for number, definition in enumerate(kit.definitions):
        yield ("definitions", number, "means"), definition.means


def shared_problems(data: Path = DATA) -> Iterator[str]:
    """The files that the kits share: clauses, words for each law, rebuttal notes, letters."""
    shapes = {"clauses": ClauseFile, "laws": LawFile, "rebuttals": RebuttalFile, "letters": LetterFile}
    found = []
    for name, shape in shapes.items():
        try:
            read(shape, data / f"{name}.yaml")
        except KitFileError as error:
            found += [str(problem) for problem in error.problems]
    yield from found
    if found:
        return
    if set(clauses()) != {f"K{number}" for number in range(1, 15)}:
        yield "clauses.yaml: the clauses are not K1 to K14. Fix: name each once."
    if Counter(frame().order) != Counter([*clauses(), merge.PARTS]):
        yield "clauses.yaml: the order does not name every clause and the parts once. Fix: list them."
    texts = {f"clauses.yaml: {one.key}": one.text for one in clauses().values()}
    texts |= {"clauses.yaml: opening": frame().opening, "clauses.yaml: closing": frame().closing}
    texts |= {f"laws.yaml: waiver {key}": text for key, text in waivers().items()}
    for law in law_texts().values():
        texts |= {
            f"laws.yaml: {law.law}": " ".join((law.waiver, law.named, law.who, law.answer, law.expedite))
        }
    texts |= {f"rebuttals.yaml: {note.key}": note.text for basis in Basis for note in rebuttals.notes(basis)}
    for where, text in texts.items():
        yield from (f"{where}: {one.says}" for one in merge.check(text))
    for letter in letter_texts().values():
        for one in merge.check(f"{letter.subject}\n{letter.body}", OWN_FIELDS):
            yield f"letters.yaml: {letter.kind}: {one.says}"
    held = {entry.id for entry in library().laws}
    yield from (f"laws.yaml: there is no law {law}." for law in law_texts() if law not in held)
    yield from (
        f"laws.yaml: {law} has no words. Fix: add its waiver." for law in sorted(held - set(law_texts()))
    )
    for basis in Basis:
        for note in rebuttals.notes(basis):
            if note.citation and not note.verify:
                yield f"rebuttals.yaml: {note.key}: a citation without verify. Fix: add verify: true."


def product_problems() -> Iterator[str]:
    """Every kit under every law, as a letter: nothing unknown, nothing empty, nothing that is no sentence."""
    for kit in sorted(kits(), key=lambda one: place(one.id)):
        for entry in library().laws:
            facts = replace(SAMPLE, law_id=entry.id, residency=library().place_of(entry.id).name)
            rendered = merge.render(kit, facts)
            yield from (f"{kit.id} under {entry.id}: {says}" for says in letter_problems(rendered))
            until = plain_date(date(kit.period.until))
            if until not in rendered.body:
                yield f"{kit.id} under {entry.id}: the letter does not name {until}."


def letter_problems(rendered: merge.Rendered) -> Iterator[str]:
    yield from (one.says for one in rendered.unknown)
    yield from (f"{{{name}}} has no value." for name in rendered.missing)
    for paragraph in rendered.body.rstrip("\n").split("\n\n"):
        shown = paragraph[:60]
        if not paragraph.strip():
            yield "a paragraph is empty."
        if len(paragraph) > LONGEST_PARAGRAPH:
            yield f"a paragraph of {len(paragraph)} characters: {shown}"
        if re.search(r"\bNone\b", paragraph):
            yield f"the word None: {shown}"
        if "  " in paragraph or re.search(r" [.,;:)]|\( |\.\.(?!\.)|,,", paragraph):
            yield f"blanks or signs in the wrong place: {shown}"
        if re.search(r"[{}\[\]]", paragraph):
            yield f"a brace or a bracket: {shown}"
    if "\n" in rendered.subject or not rendered.subject.strip():
        yield "the subject is not one line."
