"""What a search may find in others' requests, and what may order them: their words as the viewer reads them.

Whoever asked is blotted out of what others read. A hit in what is blotted out would tell what stands there, and so
would its place in an order of titles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from requests_app.models import RecordsRequest, RequestCorrespondence, RequestPrivate, TrackingNumber
from requests_app.models.visibility import Viewer, live_shares

from .masking import Outside

# Where a word is looked for: the table and its column.
TEXTS: Mapping[str, Any] = {
    "public_title": RecordsRequest,
    "working_title": RequestPrivate,
    "tracking_number": RequestCorrespondence,
    "number": TrackingNumber,
}


class Hits:
    """Of some words, in texts of others. At most three queries, none for whom nobody shares anything with."""

    def __init__(self, viewer: Viewer, words: Iterable[str]) -> None:
        self._viewer = viewer
        self._hidden: dict[tuple[str, str], list[int]] = {}
        words = list(words)
        outside = outside_of_shares(viewer) if words else None
        if outside is not None:
            for word in filter(outside.may_hide, words):
                self._look(outside, word)

    def _look(self, outside: Outside, word: str) -> None:
        halves = [self._texts(outside, column, word) for column in TEXTS]
        for column, pk, text in halves[0].union(*halves[1:], all=True):
            if not outside.shows(text, word):
                self._hidden.setdefault((column, word), []).append(pk)

    def _texts(self, outside: Outside, column: str, word: str) -> QuerySet[Any]:
        """Those that hold the word and may name somebody."""
        rows = (
            TEXTS[column]
            .objects.visible_to(self._viewer)
            .exclude(organisation_id__in=self._viewer.organisations)
        )
        found: QuerySet[Any] = rows.filter(**{f"{column}__icontains": word}).order_by()
        if outside.signs:
            found = found.filter(**{f"{column}__iregex": outside.signs})
        return found.values_list(Value(column), "pk", F(column))

    def says(self, column: str, word: str) -> Q:
        """The row's text says the word, as the viewer reads it. An e-mail address is blotted out, whosever it is: no
        text of others that holds one is searched."""
        read = ~Q(**{f"{column}__contains": "@"}) | Q(organisation_id__in=self._viewer.organisations)
        said = Q(**{f"{column}__icontains": word}) & read
        hidden = self._hidden.get((column, word))
        return said & ~Q(pk__in=hidden) if hidden else said


def outside_of_shares(viewer: Viewer) -> Outside | None:
    """By everybody on the side of whoever shares something with the viewer; None where nobody does. Two queries."""
    granted = live_shares(viewer).exclude(organisation_id__in=viewer.organisations).order_by()
    rows = list(granted.values_list("request_id", "campaign_id", "organisation_id"))
    if not rows:
        return None
    return Outside(
        viewer,
        requests=[(request, home) for request, _campaign, home in rows if request],
        campaigns=[(campaign, home) for _request, campaign, home in rows if campaign],
    )


def by_title(viewer: Viewer, halves: Sequence[QuerySet[Any]]) -> list[QuerySet[Any]]:
    """Each with `said_title`, to order by: empty where something is blotted out of the title. Three queries."""
    blotted = _blotted_titles(viewer)
    said: Any = F("public_title")
    if blotted:
        said = Case(When(pk__in=blotted, then=Value("")), default=said)
    return [half.annotate(said_title=said) for half in halves]


def _blotted_titles(viewer: Viewer) -> list[int]:
    outside = outside_of_shares(viewer)
    if outside is None:
        return []
    rows = (
        RecordsRequest.objects.visible_to(viewer).exclude(organisation_id__in=viewer.organisations).order_by()
    )
    if outside.signs:
        rows = rows.filter(public_title__iregex=outside.signs)
    found = rows.values_list("pk", "public_title", "organisation_id")
    return [pk for pk, title, home in found if outside(title, home) != title]
