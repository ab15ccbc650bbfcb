"""One box for everything: what a viewer may see, by group, a few of each with how many there are.

The requests are those of the list at the same words, so that "all of them" is the number that was told. A hit in a
field that the viewer may not read would tell what stands there, so each field is asked through its own wall.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from requests_app.models import Agency, Campaign, CampaignPrivate, Person
from requests_app.models.visibility import Viewer

from .masking import BLOT, Outside
from .requests import Filters, Page, list_requests

FEW = 5
WORDS = 8


@dataclass(frozen=True, slots=True)
class Found:
    requests: Page
    agencies: Sequence[Agency]
    agencies_total: int
    people: Sequence[Person]
    campaigns: Sequence[Campaign]

    @property
    def total(self) -> int:
        return self.requests.total + self.agencies_total + len(self.people) + len(self.campaigns)


def search(viewer: Viewer, said: str, *, now: dt.datetime) -> Found:
    """At most seven queries. `said` has been cut and cleaned by the door."""
    words = said.split()[:WORDS]
    agencies = Agency.objects.filter(merged_into=None)
    for word in words:
        agencies = agencies.filter(Q(name__icontains=word) | Q(abbreviation__iexact=word))
    return Found(
        requests=list_requests(viewer, now=now, filters=Filters(q=said), size=FEW),
        agencies=list(agencies.order_by("is_sample", "name")[:FEW]),
        agencies_total=agencies.count(),
        people=_people(viewer, words),
        campaigns=_campaigns(viewer, words),
    )


def _people(viewer: Viewer, words: list[str]) -> list[Person]:
    """Members of the viewer's own organizations, and nobody else: the public searches no people."""
    if not viewer.roles:
        return []
    rows = Person.objects.filter(
        memberships__organisation__in=viewer.organisations, memberships__ended_at=None, is_active=True
    )
    for word in words:
        rows = rows.filter(Q(name__icontains=word) | Q(email__istartswith=word))
    return list(rows.distinct().order_by("name", "pk")[: FEW * 4])


def _campaigns(viewer: Viewer, words: list[str]) -> list[Campaign]:
    """Of others, what their titles say as the viewer reads them."""
    rows = Campaign.objects.visible_to(viewer)
    private = CampaignPrivate.objects.visible_to(viewer).filter(pk=OuterRef("pk"))
    for word in words:
        kept = private.filter(working_title__icontains=word)
        rows = rows.filter(Q(public_title__icontains=word) | Exists(kept))
    found = rows.annotate(working_title=private.values("working_title")[:1])
    candidates = list(found.order_by("is_sample", "-created_at", "pk")[: FEW * 40])
    outside = Outside(viewer, campaigns=[(row.pk, row.organisation_id) for row in candidates])
    shown = []
    for row in outside.titled(candidates, "public_title", "public_summary", "working_title"):
        texts = BLOT.sub("\n", f"{row.public_title}\n{row.working_title or ''}").casefold()
        if viewer.belongs_to(row.organisation_id) or all(word.casefold() in texts for word in words):
            shown.append(row)
    return shown[: FEW * 4]
