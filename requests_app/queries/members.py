"""Who works in an organization, and who of them a text means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from requests_app.models import Person


def members(organisation_id: int) -> list[Person]:
    """Everybody who belongs to it now, by name."""
    rows = Person.objects.filter(
        memberships__organisation=organisation_id, memberships__ended_at=None, is_active=True
    )
    return sorted(rows, key=lambda person: str(person).casefold())


def mentioned(text: str, people: Iterable[Person]) -> set[int]:
    """Whom `@name` means: a whole name, an address, or a first name that only one of them bears."""
    people = list(people)
    firsts = [str(person).split()[0].casefold() for person in people]
    found = set()
    for person, first in zip(people, firsts, strict=True):
        names = [person.name, person.email] + ([first] if firsts.count(first) == 1 else [])
        if any(
            name and re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in names
        ):
            found.add(person.pk)
    return found
