"""Kits offered in a coalition, and how a kit reads once it names nobody."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from requests_app.models import Coalition, CoalitionMember, KitOffer, OrganisationKit, OrganisationKitVersion
from requests_app.models.visibility import Viewer

from . import kit_sheet
from .model_letters import Unnamed, unnamed_at

PAGE = 25
BETWEEN = "\n\x1e\n"
WITHHELD = "withheld]"


@dataclass(frozen=True, slots=True)
class Told:
    """As partners would read it. withheld: how many places are blotted out."""

    text: str
    withheld: int


def offered(viewer: Viewer, coalition: Coalition) -> QuerySet[KitOffer]:
    """By partners to a tier of the viewer's, and by the viewer's own; the newest first."""
    rows = KitOffer.objects.live().visible_to(viewer).filter(coalition=coalition)
    return rows.select_related("stay").order_by("-offered_at", "-public_id")


def to_offer(viewer: Viewer, stays: Iterable[CoalitionMember]) -> QuerySet[OrganisationKit]:
    """Kits of the organizations of these stays that letters are written from now."""
    ready = OrganisationKitVersion.objects.filter(kit=OuterRef("pk"), state="ready")
    rows: QuerySet[OrganisationKit] = OrganisationKit.objects.visible_to(viewer).filter(
        Exists(ready), retired=False
    )
    rows = rows.filter(organisation__in=[stay.organisation_id for stay in stays])
    return rows.select_related("organisation").order_by("name", "pk")


def ready_text(viewer: Viewer, kit: OrganisationKit) -> str | None:
    rows = (
        OrganisationKitVersion.objects.visible_to(viewer).filter(kit=kit, state="ready").order_by("-number")
    )
    return rows.values_list("text", flat=True).first()


def told(home: int, text: str) -> Told | None:
    """Whole, each field by itself. None: it is in no form of which a kit would be left."""
    sheet = kit_sheet.sheet_of(text)
    if sheet is None:
        return None
    whole = dataclasses.asdict(sheet)
    found: list[str] = []
    _collect(whole, found)
    if any(BETWEEN in one for one in found):
        return None
    hidden = _hidden(unnamed_at(home), found)
    if len(hidden) != len(found):
        return None
    rest = iter(hidden)
    made = _filled(whole, rest)
    parts = tuple(kit_sheet.PartSheet(**one) for one in made.pop("parts"))
    expected = tuple(kit_sheet.RefusalSheet(**one) for one in made.pop("refusals"))
    words = kit_sheet.text_of(kit_sheet.Sheet(**made, parts=parts, refusals=expected))
    return Told(words, words.count(WITHHELD) - kit_sheet.text_of(sheet).count(WITHHELD))


def _hidden(hide: Unnamed, found: list[str]) -> list[str]:
    return hide(BETWEEN.join(found)).split(BETWEEN)


def _collect(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, dict):
        for one in value.values():
            _collect(one, found)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _collect(one, found)


def _filled(value: Any, rest: Any) -> Any:
    """The same shape, each text in the order in which it was collected."""
    if isinstance(value, str):
        return next(rest)
    if isinstance(value, dict):
        return {key: _filled(one, rest) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(one, rest) for one in value)
    return value
