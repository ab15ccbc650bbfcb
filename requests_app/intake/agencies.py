"""Which agency a log means: by slug, ORI, name, abbreviation or earlier name; else the nearest, for a person to choose.

Looked up word by word and never read whole: there are more agencies than a page should hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value
from django.db.models.functions import Upper

from requests_app.models import Agency, AgencyCustodian, AgencyIdentifier, AgencyName

from .agency_match import Suggestion, suggest
from .outcomes import normal

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    slug: str
    name: str
    kind: str
    jurisdiction: str
    zone: str
    laws: tuple[str, ...]
    city: str = ""
    county: str = ""


class Directory:
    """Agencies by every word for them. `chosen`: what a person has said a word means. Of merged ones the survivor."""

    def __init__(self, chosen: dict[str, str]) -> None:
        self._chosen = chosen
        self._by_word: dict[str, Known | None] = {}
        self._by_id: dict[int, Known] = {}
        self._near: dict[str, list[Suggestion]] = {}
        self._custodians: dict[int, dict[str, tuple[int, str, str]]] = {}

    def prepare(self, words: Iterable[str], *, near: bool = False) -> None:
        """Look these words up together, a thousand in few queries. near: with suggestions for those not found."""
        said = {normal(word): word for word in words if word.strip()}
        todo = [key for key in said if key not in self._by_word]
        for start in range(0, len(todo), AT_ONCE):
            self._look_up(todo[start : start + AT_ONCE])
        if near:
            missing = [said[key] for key in said if self._by_word[key] is None and key not in self._near]
            self._near |= {normal(word): found for word, found in suggest(missing).items()}

    def find(self, word: str) -> Known | None:
        """The one agency that answers to this word. None where there is none, or where there are several."""
        key = normal(word)
        if key and key not in self._by_word:
            self.prepare([word])
        return self._by_word.get(key)

    def nearest(self, word: str) -> list[Suggestion]:
        key = normal(word)
        if key not in self._near:
            self._near[key] = suggest([word])[word] if key else []
        return self._near[key]

    def word_for(self, slug: str) -> str:
        """A word that find() answers with this agency: its name, or its slug where others have the name too."""
        there = self.find(slug)
        if there is None:
            return ""
        named = self.find(there.name)
        return there.name if named is not None and named.id == there.id else there.slug

    def custodian(self, agency: Known, name: str) -> tuple[int, str, str] | None:
        """(id, law, kind) of the custodian of that name, if the agency has one."""
        if agency.id not in self._custodians:
            self._custodians[agency.id] = {
                normal(row.name): (row.pk, row.law_id, row.kind)
                for row in AgencyCustodian.objects.filter(agency_id=agency.id)
            }
        return self._custodians[agency.id].get(normal(name))

    def _look_up(self, keys: list[str]) -> None:
        slugs = {key: self._chosen.get(key, key) for key in keys}
        upper = [key.upper() for key in keys]
        into: dict[int, int] = {}
        called: dict[str, set[int]] = {}
        former: dict[str, set[int]] = {}
        by_slug: dict[str, int] = {}
        rows = Agency.objects.alias(called=Upper("name"), short=Upper("abbreviation")).filter(
            Q(slug__in=set(slugs.values())) | Q(called__in=upper) | (Q(short__in=upper) & ~Q(abbreviation=""))
        )
        for agency_id, survivor, slug, name, short in rows.values_list(
            "pk", "merged_into_id", "slug", "name", "abbreviation"
        ):
            into[agency_id] = survivor or agency_id
            by_slug[slug] = agency_id
            for word in (name, short):
                called.setdefault(normal(word), set()).add(agency_id)
        names = AgencyName.objects.alias(called=Upper("name")).filter(called__in=upper)
        oris = AgencyIdentifier.objects.filter(scheme="ori", value__in=upper)
        both = names.values_list("agency_id", "agency__merged_into_id", "name", Value("name")).union(
            oris.values_list("agency_id", "agency__merged_into_id", "value", Value("ori")), all=True
        )
        for agency_id, survivor, word, what in both:
            into[agency_id] = survivor or agency_id
            if what == "ori":
                by_slug[normal(word)] = agency_id
            else:
                former.setdefault(normal(word), set()).add(agency_id)
        self._read(set(into.values()))
        for key in keys:
            if slugs[key] in by_slug:
                self._by_word[key] = self._by_id[into[by_slug[slugs[key]]]]
                continue
            # A name of today is stronger than one of before. Two agencies of one word: it does not choose.
            meant = {into[pk] for pk in called.get(key) or former.get(key) or ()}
            self._by_word[key] = self._by_id[meant.pop()] if len(meant) == 1 else None

    def _read(self, ids: set[int]) -> None:
        wanted = ids - self._by_id.keys()
        if not wanted:
            return
        laws = ArrayAgg("laws__law_id", order_by="laws__pk", filter=Q(laws__isnull=False), default=[])
        for row in (
            Agency.objects.filter(pk__in=wanted)
            .annotate(law_ids=laws)
            .values_list("pk", "slug", "name", "kind", "jurisdiction", "zone", "law_ids", "city", "county")
        ):
            self._by_id[row[0]] = Known(*row[:6], tuple(row[6]), *row[7:])
