"""What stands around the list of requests: choices of its filters, views, what waits for a decision. One question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Func, JSONField, QuerySet

from requests_app.models import Campaign, OfferedMove, Organisation, Person, RevisionOffer, SavedView, Tag
from requests_app.models.visibility import PUBLIC, Viewer

from .compiled import Compiled
from .masking import Outside

MOST_CAMPAIGNS, MOST_TAGS = 200, 300


class Listed(Func):
    """Columns of a row as a list, for what is read beside another row."""

    function = "jsonb_build_array"
    output_field = JSONField()


CAMPAIGN = Listed("public_id", "public_title", "pk", "organisation_id")


class Choice(NamedTuple):
    value: str
    words: str


class View(NamedTuple):
    """A saved view. by: whose it is, empty for the reader's own."""

    public_id: str
    name: str
    query: str
    by: str
    is_default: bool


class Offer(NamedTuple):
    """A newer reading of a law. waiting: requests for which nobody has decided."""

    public_id: str
    law_id: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Frame:
    """`default`: the view that the reader opens the list with. All but the campaigns are for members."""

    campaigns: tuple[Choice, ...]
    people: tuple[Choice, ...] = ()
    tags: tuple[Choice, ...] = ()
    views: tuple[View, ...] = ()
    offers: tuple[Offer, ...] = ()

    @property
    def default(self) -> View | None:
        return next((view for view in self.views if view.is_default and not view.by), None)


def frame(viewer: Viewer, organisation_id: int | None, person_id: int | None) -> Frame:
    """organisation_id: where the reader works, None for whoever belongs to none. One query, and one for whom to mask
    where a campaign is another's."""
    if viewer.kind == "public":
        return Frame(_campaigns(viewer, _public_campaigns()()))
    campaigns = _choices(viewer)
    if organisation_id is None:
        return Frame(_campaigns(viewer, campaigns.values_list(CAMPAIGN, flat=True)))
    people = Person.objects.filter(
        memberships__organisation=organisation_id, memberships__ended_at=None, is_active=True
    )
    tags = Tag.objects.visible_to(viewer).filter(organisation_id=organisation_id).order_by("name")[:MOST_TAGS]
    views = SavedView.objects.visible_to(viewer).filter(organisation_id=organisation_id).order_by("position", "pk")
    offers = RevisionOffer.objects.visible_to(viewer).filter(moves__decision=OfferedMove.Decision.WAITING)
    found = (
        Organisation.objects.visible_to(viewer)
        .filter(pk=organisation_id)
        .annotate(
            seen_campaigns=ArraySubquery(campaigns.values(found=CAMPAIGN)),
            seen_people=ArraySubquery(people.values(found=Listed("pk", "name", "email"))),
            seen_tags=ArraySubquery(tags.values(found=Listed("public_id", "name"))),
            seen_views=ArraySubquery(
                views.values(
                    found=Listed(
                        "public_id", "name", "query", "is_default", "person", "person__name", "person__email"
                    )
                )
            ),
            seen_offers=ArraySubquery(
                offers.annotate(waiting=Count("moves"))
                .order_by("-pk")
                .values(found=Listed("public_id", "law_id", "waiting"))
            ),
        )
        .get()
    )  # fmt: skip
    everybody = [Choice(str(pk), name or email) for pk, name, email in found.seen_people]
    return Frame(
        _campaigns(viewer, found.seen_campaigns),
        tuple(sorted(everybody, key=lambda person: person.words.casefold())),
        tuple(Choice(*one) for one in found.seen_tags),
        tuple(sorted((_view(one, person_id) for one in found.seen_views), key=lambda view: view.by != "")),
        tuple(Offer(*one) for one in found.seen_offers),
    )


def _choices(viewer: Viewer) -> QuerySet[Any]:
    return Campaign.objects.visible_to(viewer).order_by("public_title")[:MOST_CAMPAIGNS]


@cache
def _public_campaigns() -> Compiled:
    return Compiled(_choices(PUBLIC).values_list(CAMPAIGN, flat=True))


def _campaigns(viewer: Viewer, rows: Any) -> tuple[Choice, ...]:
    found = list(rows)
    outside = Outside(viewer, campaigns=[(pk, home) for _key, _title, pk, home in found])
    return tuple(Choice(key, outside(title, home)) for key, title, _pk, home in found)


def _view(row: list[Any], reader: int | None) -> View:
    key, name, query, is_default, person, by, email = row
    return View(key, name, query, "" if person == reader else by or email, is_default)
