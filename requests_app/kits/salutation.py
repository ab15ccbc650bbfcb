"""The first words of a letter: an officer by title, a body by its name, a person by theirs."""

from __future__ import annotations

import re

OFFICERS = frozenset({
    "administrator", "advocate", "attorney", "auditor", "chief", "clerk", "commissioner", "coordinator",
    "counsel", "counselor", "custodian", "director", "general", "liaison", "mayor", "mediator", "officer",
    "ombudsman", "president", "secretary", "sheriff", "superintendent", "supervisor",
})  # fmt: skip
BODIES = frozenset({
    "administration", "agency", "authority", "board", "bureau", "center", "city", "commission", "committee",
    "council", "county", "court", "department", "district", "division", "office", "police", "section",
    "service", "services", "state", "town", "unit", "university", "village",
})  # fmt: skip
HEAD = re.compile(r"\bhead\b|\bchief executive\b|\bgoverning body\b", re.IGNORECASE)
LONGEST = 60
NOBODY = "To whom it may concern:"


def salutation(to: str) -> str:
    """`to`: the first line of the address, often as a law names it: "Head of the agency, or its appeals officer".

    Where a law leaves the choice between several, none of them is greeted as if it were the one.
    """
    said = " ".join(re.sub(r"\([^)]*\)", " ", to.partition("\n")[0]).split())
    if HEAD.search(said):
        of = re.search(r"\bhead of the ([\w ]+)", said, re.IGNORECASE)
        return f"To the head of the {of[1].strip() if of else 'agency'}:"
    first, _, rest = said.replace(", or ", " or ").partition(",")
    first = first.partition(";")[0].strip()
    if not first:
        return NOBODY
    if " or " in first:
        return NOBODY if len(first) > LONGEST or rest else f"To {_the(first)}:"
    plain = re.sub(r"^the ", "", first, flags=re.IGNORECASE)
    title = plain.partition(" of the ")[0]
    noun = title.partition(" of ")[0].rpartition(" ")[2].casefold()
    if noun in OFFICERS and "'s " not in title:
        return f"Dear {_titled(title)}:"
    words = plain.split()
    if noun not in BODIES and len(words) <= 4 and all(not word[0].islower() for word in words):
        return f"Dear {plain}:"
    return f"To {_the(first)}:"


def _the(name: str) -> str:
    name = re.sub(r"^the ", "", name, flags=re.IGNORECASE)
    first, _, rest = name.partition(" ")
    common = rest[:1].islower() and not rest.startswith("of ")
    return f"the {first.lower() if common else first} {rest}".rstrip()


def _titled(title: str) -> str:
    return " ".join(word if word in ("of", "and", "for") else word[:1].upper() + word[1:] for word in title.split())
