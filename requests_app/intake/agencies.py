"""Which agency a log means: by slug, name, abbreviation, an earlier name; else the nearest by spelling."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity

from requests_app.models import Agency, AgencyCustodian, AgencyName

from .outcomes import normal

NEAR = 0.25


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    slug: str
    name: str
    kind: str
    jurisdiction: str
    zone: str
    laws: tuple[str, ...]


class Directory:
    """Every agency by every word for it, read once a batch. `chosen` holds what a person has said a word means."""

    def __init__(self, chosen: dict[str, str]) -> None:
        self.by_slug: dict[str, Known] = {}
        self.by_word: dict[str, Known | None] = {}
        by_id: dict[int, Known] = {}
        for agency in Agency.objects.prefetch_related("laws"):
            known = Known(
                agency.pk, agency.slug, agency.name, agency.kind, agency.jurisdiction, agency.zone,
                tuple(law.law_id for law in agency.laws.all()),
            )  # fmt: skip
            by_id[agency.pk] = self.by_slug[agency.slug] = known
            self._learn(agency.name, known)
            if agency.abbreviation:
                self._learn(agency.abbreviation, known)
        for agency_id, name in AgencyName.objects.values_list("agency_id", "name"):
            self._learn(name, by_id[agency_id], weak=True)
        for slug, known in self.by_slug.items():
            self.by_word[normal(slug)] = known
        for word, slug in chosen.items():
            if slug in self.by_slug:
                self.by_word[word] = self.by_slug[slug]
        self._near: dict[str, list[tuple[str, str]]] = {}
        self._custodians: dict[int, dict[str, tuple[int, str, str]]] = {}

    def _learn(self, word: str, known: Known, *, weak: bool = False) -> None:
        key = normal(word)
        if weak and key in self.by_word:
            return
        # Two agencies with one abbreviation: the word alone does not choose between them.
        self.by_word[key] = None if self.by_word.get(key, known) is not known else known

    def find(self, word: str) -> Known | None:
        return self.by_word.get(normal(word))

    def nearest(self, word: str) -> list[tuple[str, str]]:
        """Up to three (slug, name), most alike first; both of two that share an abbreviation."""
        key = normal(word)
        if key not in self._near:
            found = (
                Agency.objects.alias(near=TrigramSimilarity("name", word[:300]))
                .filter(near__gte=NEAR)
                .order_by("-near", "slug")
                .values_list("slug", "name")[:3]
            )
            same = Agency.objects.filter(abbreviation__iexact=word.strip()[:40]).values_list("slug", "name")[
                :3
            ]
            self._near[key] = list(dict.fromkeys([*same, *found]))[:3]
        return self._near[key]

    def custodian(self, agency: Known, name: str) -> tuple[int, str, str] | None:
        """(id, law, kind) of the custodian of that name, if the agency has one."""
        if agency.id not in self._custodians:
            self._custodians[agency.id] = {
                normal(row.name): (row.pk, row.law_id, row.kind)
                for row in AgencyCustodian.objects.filter(agency_id=agency.id)
            }
        return self._custodians[agency.id].get(normal(name))
