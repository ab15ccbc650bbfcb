"""The list of requests as an organization's own people work with it: views, more columns, and sets to act upon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from requests_app.models import BulkAct, Campaign, RecordsRequest, RequestPrivate, RequestTag, SavedView, Tag
from requests_app.models.visibility import Viewer

from .masking import Outside
from .requests import Filters, Row, filtered, filtered_halves, masked_rows, ordered, standing_halves

MOST_ROWS = 20_000
# What an address may say without being part of a view.
PASSING = ("page", "view", "saved")


def kept(query: str) -> str:
    """The part of an address that makes a view, in one order, so that the same view is the same text."""
    pairs = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if name not in PASSING and value]
    return urlencode(sorted(pairs)).replace("%00", "")


def own_matching(
    viewer: Viewer, organisation_id: int, *, now: dt.datetime, filters: Filters, most: int
) -> list[int]:
    """Ids of the organization's requests that the filters choose; at most one more than `most`."""
    if not viewer.roles:
        return []
    own = standing_halves(viewer, now=now)[0].filter(organisation_id=organisation_id)
    return list(filtered(own, viewer, filters).order_by("pk").values_list("pk", flat=True)[: most + 1])


def picked(viewer: Viewer, organisation_id: int, public_ids: Iterable[str]) -> list[int]:
    rows = RecordsRequest.objects.of_organisation(viewer).filter(organisation_id=organisation_id)
    return list(rows.filter(public_id__in=list(public_ids)).order_by("pk").values_list("pk", flat=True))


def all_rows(viewer: Viewer, *, now: dt.datetime, filters: Filters, sort: str) -> list[Row]:
    """The whole list for a spreadsheet."""
    halves = filtered_halves(standing_halves(viewer, now=now), viewer, filters)
    in_database = "newest" if sort == "title" else sort
    rows = masked_rows(viewer, [Row(*row) for row in ordered(halves, in_database)[:MOST_ROWS]])
    # By the titles as the viewer reads them.
    return sorted(rows, key=lambda row: (row.public_title.casefold(), row.pk)) if sort == "title" else rows


def extras(viewer: Viewer, ids: list[int], columns: Iterable[str]) -> dict[str, dict[int, Any]]:
    """What the chosen columns show beside the row. One query a column, for a page of rows."""
    wanted, out = set(columns), {}
    if "assignee" in wanted:
        private = RequestPrivate.objects.visible_to(viewer).filter(
            pk__in=ids, organisation_id__in=viewer.organisations
        )
        out["assignee"] = dict(private.values_list("pk", "assignee__name"))
    if "tags" in wanted:
        tags: dict[int, list[str]] = {}
        rows = RequestTag.objects.visible_to(viewer).filter(request__in=ids).order_by("tag__name")
        for pk, name in rows.values_list("request", "tag__name"):
            tags.setdefault(pk, []).append(name)
        out["tags"] = {pk: ", ".join(names) for pk, names in tags.items()}
    if "campaign" in wanted:
        own = RecordsRequest.objects.visible_to(viewer).filter(
            pk__in=ids, campaign__in=Campaign.objects.visible_to(viewer)
        )
        placed = list(own.values_list("pk", "campaign__public_title", "campaign_id", "organisation_id"))
        outside = Outside(viewer, campaigns=[(campaign, home) for _pk, _title, campaign, home in placed])
        out["campaign"] = {pk: outside(title, home) for pk, title, _campaign, home in placed}
    return out


def views(viewer: Viewer, organisation_id: int, person_id: int) -> list[SavedView]:
    """One's own in their order, then those that others share."""
    rows = list(
        SavedView.objects.visible_to(viewer)
        .filter(organisation_id=organisation_id)
        .select_related("person")
        .order_by("position", "pk")
    )
    return sorted(rows, key=lambda view: view.person_id != person_id)


def tags(viewer: Viewer, organisation_id: int) -> list[Tag]:
    return list(Tag.objects.visible_to(viewer).filter(organisation_id=organisation_id).order_by("name")[:300])


def act_of(viewer: Viewer, public_id: str) -> BulkAct | None:
    rows = BulkAct.objects.visible_to(viewer).select_related("actor", "undone_by", "organisation")
    found: BulkAct | None = rows.filter(public_id=public_id).first()
    return found
