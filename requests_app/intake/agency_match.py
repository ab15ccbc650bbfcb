"""Which agency somebody may mean by a word: five at most, most alike first, never chosen for anybody.

Read by trigrams of what tells names apart (`app_agency_core`), by former names, abbreviations and the FBI's ORI; the
state at the end of a word, its city and its kind of office weigh in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from requests_app.models import Agency

from .police_list import state_names, state_of

MOST = 5
FLOOR = 0.3
# Below this likeness of the core nothing is even looked at. Of "chicago", "chigaco" has 0.23.
THRESHOLD = 0.22
AT_ONCE = 100
HINTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"state police|highway patrol|state patrol|troopers?", ("state_police",)),
    (r"sheriff|\bso\b", ("county_sheriff",)),
    (r"universit|college|campus", ("university",)),
    (r"trib(al|e)|pueblo|\bnation\b", ("tribal",)),
    (r"fusion|intelligence cent", ("fusion_center",)),
    (r"county.*(police|\bpd\b)", ("county_agency",)),
    (r"police|\bpd\b", ("city_police", "county_agency")),
)
# A word of these alone names a kind and no office.
GENERIC = re.compile(
    r"\b(police|department|dept|pd|sheriff'?s?|office|of|the|state|highway|patrol|troopers?)\b"
)
QUERY = """
WITH asked AS MATERIALIZED (
    SELECT u.*, app_agency_core(u.cored) AS core, app_agency_core(u.whole) AS all_core
    FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[]) AS u(n, whole, cored, place, kind)
)
SELECT asked.n, hit.* FROM asked CROSS JOIN LATERAL (
    (SELECT a.id, a.name AS called,
            greatest(similarity(a.core, asked.core), similarity(a.core, asked.all_core)) AS near,
            similarity(lower(a.name), asked.whole) AS alike
     FROM requests_app_agency a WHERE a.core %% asked.core OR a.core %% asked.all_core
     ORDER BY a.jurisdiction = asked.place DESC, near DESC, alike DESC, a.id LIMIT 25)
    UNION ALL
    (SELECT n.agency_id, n.name, similarity(n.core, asked.core) AS near, similarity(lower(n.name), asked.whole) AS alike
     FROM requests_app_agencyname n WHERE n.core %% asked.core ORDER BY near DESC, alike DESC, n.id LIMIT 10)
    UNION ALL
    (SELECT a.id, a.abbreviation, 1, 1 FROM requests_app_agency a
     WHERE upper(a.abbreviation) = upper(asked.cored) AND a.abbreviation <> '' ORDER BY a.id LIMIT 10)
    UNION ALL
    (SELECT i.agency_id, 'ORI ' || i.value, 2, 2 FROM requests_app_agencyidentifier i
     WHERE i.scheme = 'ori' AND i.value = upper(asked.cored))
    UNION ALL
    -- "Indiana State Police" has no core of its own: there the kind and the place are all that is said.
    (SELECT a.id, a.name, 0.9, similarity(lower(a.name), asked.whole) AS alike FROM requests_app_agency a
     WHERE asked.kind <> '' AND a.kind = asked.kind AND a.jurisdiction = asked.place
     ORDER BY alike DESC, a.id LIMIT 10)
) AS hit
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """score: 0 to 1. called: the name that was alike, where it is not the agency's own of today."""

    slug: str
    name: str
    kind: str
    jurisdiction: str
    city: str
    county: str
    is_sample: bool
    score: float
    called: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A word taken apart. cored: without its state. kind: only where kind and state are all that is said."""

    whole: str
    cored: str
    place: str
    kinds: tuple[str, ...]
    kind: str


def take_apart(word: str) -> Asked:
    plain = " ".join(word.replace("\x00", "").split())[:300]
    place, rest = _place(plain)
    # The letters of a state say nothing beside its code; its name may be part of the office's.
    whole = _lower(plain if not place or plain.lower().startswith(_first(place)) else rest)
    kinds = next((kinds for words, kinds in HINTS if re.search(words, whole)), ())
    alone = bool(place and kinds) and not GENERIC.sub("", _lower(rest)).strip()
    return Asked(whole, rest, place, kinds, kinds[0] if alone else "")


def _lower(words: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9' ]+", " ", words.lower()).split())


def _first(place: str) -> str:
    return next(name.lower() for name, code in state_names() if code == place)


def _place(words: str) -> tuple[str, str]:
    """(code, the rest). Two letters count at the end and in capitals, a state's name at either end."""
    end = re.search(r"[\s,(–-]+([A-Z]{2})[)\s.]*$", words)
    if end and (found := state_of(end[1])):
        return found[1], words[: end.start()]
    for name, code in state_names():
        for pattern in (rf"^{name}\b[\s,:]+(?=\S)", rf"[\s,(–-]+{name}[)\s.]*$"):
            at = re.search(pattern, words, re.I)
            if at:
                return code, (words[: at.start()] + words[at.end() :]).strip()
    return "", words


def suggest(words: Iterable[str], *, most: int = MOST) -> dict[str, list[Suggestion]]:
    """One query for a hundred words, and one for the agencies they found."""
    found: dict[str, list[Suggestion]] = {}
    todo = list(dict.fromkeys(words))
    for start in range(0, len(todo), AT_ONCE):
        some = todo[start : start + AT_ONCE]
        asked = [take_apart(word) for word in some]
        hits = _hits(asked)
        agencies = Agency.objects.select_related("merged_into").in_bulk({hit[1] for hit in hits})
        for n, word in enumerate(some):
            ranked = _ranked(asked[n], [hit for hit in hits if hit[0] == n], agencies)
            found[word] = list(ranked)[:most]
    return found


def _hits(asked: Sequence[Asked]) -> list[tuple[int, int, str, float, float]]:
    columns: list[list[Any]] = [
        list(range(len(asked))),
        *([getattr(one, name) for one in asked] for name in ("whole", "cored", "place", "kind")),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(THRESHOLD)])
        cursor.execute(QUERY, columns)
        return list(cursor.fetchall())


def _ranked(
    asked: Asked, hits: list[tuple[int, int, str, float, float]], agencies: dict[int, Agency]
) -> Iterator[Suggestion]:
    best: dict[int, tuple[float, str, Agency]] = {}
    for _n, pk, called, near, alike in hits:
        there = agencies[pk].merged_into or agencies[pk]
        score = _score(asked, there, near, alike)
        if score > best.get(there.pk, (0.0,))[0]:
            best[there.pk] = (score, called, there)
    order = sorted(best.values(), key=lambda one: (-one[0], one[2].is_sample, one[2].slug))
    for score, called, there in order:
        if score >= FLOOR:
            yield Suggestion(
                there.slug, there.name, there.kind, there.jurisdiction, there.city, there.county, there.is_sample,
                round(score, 2), called if called != there.name else "",
            )  # fmt: skip


def _score(asked: Asked, agency: Agency, near: float, alike: float) -> float:
    if near > 1:
        return 1.0
    score = 0.6 * near + 0.2 * alike
    if asked.kinds:
        score += 0.1 if agency.kind in asked.kinds else -0.05
    if asked.place:
        score = score + 0.12 if agency.jurisdiction == asked.place else score * 0.55
    if agency.city and agency.city.lower() in asked.whole:
        score += 0.05
    # What is spelled alike is not therefore the same office: a certain 1 is the ORI's alone.
    return max(0.0, min(0.99, score if asked.place or asked.kinds else score * 1.2))
