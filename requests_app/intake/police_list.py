"""The FBI's list of agencies as a file: its columns, its words for kinds, and each row that cannot be used."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from .county_zones import DATA, zone_of

# Their headings in the list as published, in the copy of 2018, and in later tables made of it.
HEADINGS = {
    "ori": ("ori", "ori9"),
    "name": ("name", "agency_name", "pub_agency_name"),
    "kind": ("agency_type", "agency_type_name"),
    "county": ("county", "county_name", "counties"),
    "state": ("state", "state_abbr", "state_postal_abbr"),
    "lat": ("lat", "latitude", "icpsr_lat"),
    "lon": ("lon", "longitude", "icpsr_lng"),
    "phone": ("phone",),
    "address": ("street_address",),
    "city": ("city",),
    "hifld": ("hifld_id",),
    "match": ("hifld_match",),
}
NEEDED = ("ori", "name", "kind", "state")
KINDS = {
    "city": "city_police", "county": "county_sheriff", "state police": "state_police",
    "other state agency": "state_agency", "university or college": "university", "tribal": "tribal", "other": "other",
}  # fmt: skip
# Codes of the FBI's own: Nebraska and Guam.
FBI_STATES = {"NB": "NE", "GM": "GU"}
LIMITS = {"name": 300, "county": 200, "phone": 500, "address": 500, "city": 120}
FBI = "FBI Crime Data Explorer, list of agencies"
HIFLD = "HIFLD Open, Local Law Enforcement Locations, copy of May 2019"
HIFLD_NOTE = "2019 copy, joined by {match}, not checked by hand."
MATCHES = {
    "name+state+county": "name, state and county", "name+state+near": "name, state and nearness",
    "name+state": "name and state",
}  # fmt: skip


class NotAList(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    column: str
    says: str
    fix: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.says} {self.fix}"


@dataclass(frozen=True, slots=True)
class Office:
    """One row in our words. `told` is everything that may follow a newer list; `slug` is for a row not seen before."""

    ori: str
    hifld: str
    slug: str
    told: dict[str, Any]


@dataclass(slots=True)
class PoliceList:
    year: str
    offices: list[Office] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    # Of bad rows, too: an ORI on a row that cannot be used has not vanished from the list.
    oris: set[str] = field(default_factory=set)


def read(path: Path, *, year: str = "") -> PoliceList:
    """Raises NotAList. `year`: of the list, where its headings do not say (nibrs_2018)."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise NotAList(
            f"{path.name} is not UTF-8 (byte {wrong.start}). Save it as CSV UTF-8 and load it again."
        ) from None
    if "\x00" in text:
        raise NotAList(f"{path.name} is no text: it holds NUL bytes. Save it as CSV UTF-8 and load it again.")
    lines = csv.reader(text.splitlines(keepends=True))
    try:
        head = [" ".join(cell.split()).lower() for cell in next(lines)]
    except StopIteration:
        raise NotAList(f"{path.name} is empty.") from None
    at = _columns(path, head)
    year = year or next(
        (says[1] for cell in head if (says := re.match(r"nibrs_((?:19|20)\d\d)$", cell))), ""
    )
    if not re.fullmatch(r"(19|20)\d\d", year):
        raise NotAList("The file does not say of which year it is. Add --year, such as --year 2018.")
    found = PoliceList(year)
    found.offices = list(_named(list(_rows(found, lines, head, at))))
    return found


def _columns(path: Path, head: list[str]) -> dict[str, int]:
    at = {
        key: next(head.index(name) for name in names if name in head)
        for key, names in HEADINGS.items()
        if any(name in head for name in names)
    }
    missing = [HEADINGS[key][0] for key in NEEDED if key not in at]
    if missing:
        raise NotAList(
            f"{path.name} has no column {', '.join(missing)}. Its columns: {', '.join(head[:20])}. "
            "docs/data.md names the columns of the list."
        )
    # In some tables "state" holds the name and state_abbr the code.
    if "state_abbr" in head:
        at["state"] = head.index("state_abbr")
    return at


def _rows(
    found: PoliceList, lines: Iterator[list[str]], head: list[str], at: dict[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    first: dict[str, int] = {}
    reader: Any = lines
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as wrong:
            found.bad.append(
                BadRow(reader.line_num, "row", f"It cannot be read ({wrong}).", "Mend its quotation marks.")
            )
            continue
        line = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            found.bad.append(
                BadRow(
                    line,
                    "row",
                    f"It has {len(cells)} cells under {len(head)} headings.",
                    "Mend its commas or quotation marks.",
                )
            )
            continue
        row = {key: " ".join(cells[place].split()) for key, place in at.items()}
        problems = list(_problems(line, row, head, at))
        ori = row["ori"].upper()
        found.oris.add(ori)
        if not problems and ori in first:
            problems = [
                BadRow(
                    line,
                    head[at["ori"]],
                    f"{ori} stands already on line {first[ori]}.",
                    "Keep one of the two rows.",
                )
            ]
        if problems:
            found.bad += problems
            continue
        first[ori] = line
        yield line, {**row, "ori": ori, "year": found.year}


def _problems(line: int, row: dict[str, str], head: list[str], at: dict[str, int]) -> Iterator[BadRow]:
    def bad(key: str, says: str, fix: str) -> BadRow:
        return BadRow(line, head[at[key]], says, fix)

    if not re.fullmatch(r"[A-Z0-9]{9}", row["ori"].upper()):
        yield bad(
            "ori", f"“{row['ori'][:40]}” is no ORI.", "An ORI has nine letters and digits, such as IL0840100."
        )
    if not row["name"].strip(" :"):
        yield bad("name", "The agency has no name.", "Write its name.")
    if row["kind"].lower() not in KINDS:
        yield bad(
            "kind", f"“{row['kind'][:40]}” is no type of agency of the FBI.",
            f"Write one of: {', '.join(key.capitalize() for key in KINDS)}.",
        )  # fmt: skip
    if state_of(row["state"]) is None:
        yield bad(
            "state",
            f"“{row['state'][:40]}” is no state or territory of ours.",
            "Write its two letters, such as IL.",
        )
    for key, most in LIMITS.items():
        if len(row.get(key, "")) > most:
            yield bad(key, f"It has {len(row[key])} characters.", f"At most {most} can be kept.")
    for key, most in (("lat", 90), ("lon", 180)):
        if row.get(key) and not _degrees(row[key], most):
            yield bad(key, f"“{row[key][:40]}” is no {'latitude' if key == 'lat' else 'longitude'}.",
                      f"Write degrees between -{most} and {most}, or leave it empty.")  # fmt: skip
    if row.get("hifld") and not re.fullmatch(r"\d{1,12}", row["hifld"]):
        yield bad(
            "hifld", f"“{row['hifld'][:40]}” is no HIFLD number.", "Write digits alone, or leave it empty."
        )


def _degrees(cell: str, most: int) -> bool:
    return bool(re.fullmatch(r"-?\d{1,3}(\.\d+)?", cell)) and abs(float(cell)) <= most


@cache
def _places() -> dict[str, tuple[str, str]]:
    """Two letters, or the name in capitals, to (two letters, code)."""
    with (DATA / "jurisdictions.csv").open(newline="", encoding="utf-8") as rows:
        known = [(row["usps"], row["code"], row["name"]) for row in csv.DictReader(rows) if row["usps"]]
    return {word: (usps, code) for usps, code, name in known for word in (usps, name.upper())}


def state_of(words: str) -> tuple[str, str] | None:
    """(two letters, code of the jurisdiction) of a state's letters or name, the FBI's own letters included."""
    upper = words.strip().upper()
    return _places().get(FBI_STATES.get(upper, upper))


@cache
def state_names() -> tuple[tuple[str, str], ...]:
    """(name, code) of every state and territory, the longest first: West Virginia before Virginia."""
    named = ((words, place[1]) for words, place in _places().items() if len(words) > 2)
    return tuple(sorted(named, key=lambda one: -len(one[0])))


def _named(rows: list[tuple[int, dict[str, str]]]) -> Iterator[Office]:
    """Addresses that stay readable: state and name; the county beside where two would be the same; then the ORI."""
    plain = [slugify(f"{row['state_code']} {row['name']}") for _line, row in map(_placed, rows)]
    counted = Counter(plain)
    wider = [
        slugify(f"{slug} {row.get('county', '')}") if counted[slug] > 1 and row.get("county") else slug
        for slug, (_line, row) in zip(plain, rows, strict=True)
    ]
    counted = Counter(wider)
    shared = Counter(row["hifld"] for _line, row in rows if row.get("hifld"))
    for slug, (_line, row) in zip(wider, rows, strict=True):
        mine = f"{slug[:108]}-{row['ori'].lower()}" if counted[slug] > 1 else slug[:118]
        # A HIFLD row joined to two agencies is the row of neither for certain.
        hifld = row["hifld"] if row.get("hifld") and shared[row["hifld"]] == 1 else ""
        yield Office(row["ori"], hifld, mine, _told(row))


def _placed(numbered: tuple[int, dict[str, str]]) -> tuple[int, dict[str, str]]:
    line, row = numbered
    found = state_of(row["state"])
    assert found is not None, "a row without a state is refused before"
    row["state_code"], row["jurisdiction"] = found[0].lower(), found[1]
    row["name"] = row["name"].rstrip(" :")
    return line, row


def _told(row: dict[str, str]) -> dict[str, Any]:
    usps, county, city = row["state_code"].upper(), row.get("county", ""), _spelled(row.get("city", ""))
    zone = zone_of(usps, county, city=city, name=row["name"])
    source = f"{FBI}, {row['year']}"
    kind = KINDS[row["kind"].lower()]
    if kind == "county_sheriff" and "sheriff" not in row["name"].lower():
        kind = "county_agency"
    claims = [{"field": "fbi_type", "value": row["kind"], "year": row["year"], "source": source}]
    if zone.doubt:
        claims.append(
            {
                "field": "zone",
                "value": zone.name,
                "status": "assumed",
                "note": zone.doubt,
                "source": zone.source or source,
            }
        )
    if city:
        claims.append(
            {"field": "city", "value": city, "year": "2019", "source": HIFLD, "status": "not checked by hand"}
        )
    address = ", ".join(part for part in (_spelled(row.get("address", "")), city, usps) if part)
    contacts = {"phone": row.get("phone", ""), "post": address if row.get("address") else ""}
    return {
        "name": row["name"],
        "kind": kind,
        "jurisdiction": row["jurisdiction"],
        "zone": zone.name,
        "county": "; ".join(_county(part.strip()) for part in county.split(";") if part.strip()),
        "city": city,
        "latitude": float(row["lat"]) if row.get("lat") else None,
        "longitude": float(row["lon"]) if row.get("lon") else None,
        "claims": claims,
        "contacts": {channel: value for channel, value in contacts.items() if value},
        "contact_note": HIFLD_NOTE.format(match=MATCHES.get(row.get("match", ""), "name")),
    }


def _county(words: str) -> str:
    """Mcpherson as McPherson; the list writes one capital a word."""
    return re.sub(r"\bMc([a-z])", lambda found: f"Mc{found[1].upper()}", words)


def _spelled(words: str) -> str:
    """The list of addresses is in capitals; kept so are the points of the compass, box numbers and ordinals."""
    if words != words.upper():
        return words
    out = []
    for word in words.split():
        bare = word.strip(".,#")
        if (
            bare in {"NE", "NW", "SE", "SW", "N", "S", "E", "W", "PO", "P.O", "US", "FM", "II", "III"}
            or bare[:1].isdigit()
        ):
            out.append(re.sub(r"(?<=\d)(ST|ND|RD|TH)\b", lambda found: found[1].lower(), word))
        else:
            out.append(_county("-".join(part.capitalize() for part in word.split("-"))))
    return " ".join(out)
