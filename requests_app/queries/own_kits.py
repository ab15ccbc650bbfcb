"""Kits as a person may choose them: those that ship, and the organization's own. An own kit is named own:ID."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from requests_app.kits import merge
from requests_app.kits.errors import KitFileError
from requests_app.kits.errors import Refused as NoKit
from requests_app.kits.registry import DATA, clauses, kit, kits
from requests_app.kits.schema import read_text
from requests_app.kits.shapes import Kit
from requests_app.models import OrganisationKit, OrganisationKitVersion
from requests_app.models.visibility import Viewer

OWN = "own:"
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Offered:
    """A kit in a list. ref: what a letter keeps of it."""

    ref: str
    name: str
    version: str
    own: bool


def offered(viewer: Viewer, organisation_id: int) -> list[Offered]:
    """Our own that are ready, then those that ship."""
    rows = (
        OrganisationKitVersion.objects.visible_to(viewer)
        .filter(organisation_id=organisation_id, state="ready", kit__retired=False)
        .order_by("kit__name", "kit_id", "-number")
        .values_list("kit__public_id", "kit__name", "number")
    )
    own: dict[str, Offered] = {}
    for pid, name, number in rows:
        own.setdefault(pid, Offered(f"{OWN}{pid}", name, str(number), own=True))
    return [*own.values(), *(Offered(one.id, one.name, one.version, own=False) for one in kits())]


def load(viewer: Viewer, ref: str, version: str = "") -> Kit:
    """A kit by its ref. version: of an own kit; "" takes the newest that is ready. Raises Refused `unknown_kit`."""
    if not ref.startswith(OWN):
        return kit(ref)
    rows = OrganisationKitVersion.objects.visible_to(viewer).filter(
        kit__public_id=ref.removeprefix(OWN), state="ready"
    )
    if version.isdigit():
        rows = rows.filter(number=int(version))
    row = rows.select_related("kit").order_by("-number").first()
    if row is None:
        raise NoKit("unknown_kit", "This kit has no version that is ready.", "kit")
    return parsed(row.text, ref=ref, name=row.kit.name, version=str(row.number))


def names(viewer: Viewer, refs: set[str]) -> dict[str, str]:
    """By ref, for lists. What is gone keeps its ref."""
    shipped = {one.id: one.name for one in kits()}
    pids = [ref.removeprefix(OWN) for ref in refs if ref.startswith(OWN)]
    own = {}
    if pids:
        rows = OrganisationKit.objects.visible_to(viewer).filter(public_id__in=pids)
        own = {f"{OWN}{pid}": name for pid, name in rows.values_list("public_id", "name")}
    return {ref: own.get(ref) or shipped.get(ref) or ref for ref in refs}


def parsed(text: str, *, ref: str = "own", name: str = "", version: str = "0") -> Kit:
    """Raises KitFileError with every problem of the text."""
    found = read_text(Kit, "kit", text)
    return dataclasses.replace(found, id=ref, version=version, name=name or found.name)


def problems(text: str) -> list[str]:
    """What keeps a kit from being ready: its form, its parts, and every merge field that does not exist, with its
    line and the one that was probably meant."""
    try:
        found = parsed(text)
    except KitFileError as error:
        return [f"Line {one.line}: {one.says} {one.fix}".strip() for one in error.problems]
    said = []
    labels = [part.label for part in found.parts]
    if len(set(labels)) != len(labels):
        said.append("Two parts carry the same number.")
    if any(
        not label or len(label) > 12 or len(part.title) > 200
        for label, part in zip(labels, found.parts, strict=True)
    ):
        said.append("A part has a number of up to 12 characters and a title of up to 200.")
    if sorted(found.priority) != sorted(labels):
        said.append(f"The order of priority names every part once: {', '.join(labels)}.")
    if found.period.since >= found.period.until:
        said.append("The period ends before it begins.")
    unknown_keys = [key for key in found.leave_out if key not in clauses()]
    if unknown_keys:
        said.append(f"There is no shared paragraph {', '.join(unknown_keys)}.")
    for words in _texts(found):
        for unknown in merge.check(words):
            line = _line_of(text, unknown.name)
            said.append(re.sub(r"^Line \d+", f"Line {line}", unknown.says))
    return list(dict.fromkeys(said))


def _texts(found: Kit) -> list[str]:
    parts = [words for part in found.parts for words in (part.title, part.text, part.fallback)]
    means = [one.means for one in found.definitions]
    return [found.subject, found.purpose, found.search_units, found.not_wanted, *parts, *means]


def _line_of(text: str, name: str) -> int:
    written = name if name in ("{", "}") else f"{{{name}}}"
    place = text.find(written)
    return text.count("\n", 0, max(place, 0)) + 1


def source_of(kit_id: str) -> str:
    """The text of a built-in kit, for whoever begins from a copy. Raises Refused `unknown_kit`."""
    return (DATA / f"{kit(kit_id).id}.yaml").read_text(encoding="utf-8")
