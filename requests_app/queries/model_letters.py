"""Model letters: what is offered in a coalition, what one copied, and how a letter reads once it names nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet, Value

from requests_app.kits.law_words import law_words
from requests_app.laws.errors import Refused
from requests_app.models import (
    Coalition,
    CoalitionMember,
    ExternalNumber,
    Letter,
    ModelLetter,
    OrganisationKit,
    OwnModel,
    RecordsRequest,
    RequestCorrespondence,
    TrackingNumber,
)
from requests_app.models.visibility import Viewer

from .masking import EDGE_LEFT, EDGE_RIGHT, Identity, identities, masked

PAGE = 25
NUMBER = "[number withheld]"
# Shorter ones are numbers of sections and days as often; who offers reads the text before.
SHORTEST = 2
ADDRESS_OF_REQUEST = re.compile(r"(?<![^\W_])[a-z0-9]{12}(?![^\W_])")


def offered(viewer: Viewer, coalition: Coalition) -> QuerySet[ModelLetter]:
    """By partners to a tier of the viewer's, and by the viewer's own; the newest first."""
    rows = ModelLetter.objects.live().visible_to(viewer).filter(coalition=coalition)
    return rows.select_related("stay").order_by("-offered_at", "-public_id")


def copied(viewer: Viewer) -> QuerySet[OwnModel]:
    rows: QuerySet[OwnModel] = OwnModel.objects.visible_to(viewer).select_related("organisation", "copied_by")
    return rows.order_by("-copied_at", "-public_id")


def to_offer(viewer: Viewer, stays: Iterable[CoalitionMember]) -> QuerySet[Letter]:
    """Letters of the organizations of these stays, the last written first; what was thrown away is left out."""
    rows: QuerySet[Letter] = Letter.objects.visible_to(viewer).exclude(state=Letter.State.DISCARDED)
    rows = rows.filter(organisation__in=[stay.organisation_id for stay in stays])
    return rows.select_related("agency", "organisation").order_by("-edited_at", "-pk")


def law_name(law_id: str) -> str:
    try:
        return law_words(law_id).name
    except Refused:
        return law_id


def kit_of(letter: Letter) -> str:
    """The built-in kit: one's own is nobody else's to know."""
    if not letter.kit.startswith("own:"):
        return letter.kit
    own = OrganisationKit.objects.filter(
        organisation=letter.organisation_id, public_id=letter.kit[4:]
    ).first()
    return own.copied_from if own is not None else ""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Takes out of texts of a letter whoever asked, and the numbers of every request of its organization."""

    home: int
    who: tuple[Identity, ...]

    def __call__(self, text: str, *, ours: bool = False) -> str:
        return self._without_numbers(masked(text, self.who, ours=ours))

    def _without_numbers(self, text: str) -> str:
        if not text:
            return text
        found: set[str] = set()
        for model, field in (
            (RequestCorrespondence, "tracking_number"), (TrackingNumber, "number"), (ExternalNumber, "number"),
        ):  # fmt: skip
            rows = model.objects.filter(organisation=self.home).exclude(**{field: ""})
            said = rows.annotate(said=Value(text)).filter(said__icontains=F(field))
            found |= {str(one).strip() for one in said.values_list(field, flat=True)}
        keys = set(ADDRESS_OF_REQUEST.findall(text))
        if keys:
            ours = RecordsRequest.objects.filter(organisation=self.home, public_id__in=keys)
            found |= set(ours.values_list("public_id", flat=True))
        for one in sorted(found, key=len, reverse=True):
            if len(one) >= SHORTEST:
                text = re.sub(EDGE_LEFT + re.escape(one) + EDGE_RIGHT, NUMBER, text, flags=re.IGNORECASE)
        return text


def unnamed_at(home: int) -> Unnamed:
    """For a text of the organization's that is no letter."""
    return Unnamed(home, tuple(sorted(own_identities(home), key=str)))


def own_identities(home: int) -> set[Identity]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_identities_of_own(%s)::text", [home])
        return set(identities(json.loads(cursor.fetchone()[0])))


def unnamed(letter: Letter) -> Unnamed:
    who = own_identities(letter.organisation_id)
    told = {name: str(said) for name, said in letter.requester.items() if isinstance(said, str)}
    who.add(
        Identity(
            name=told.get("name", ""), signs_as=told.get("organisation", ""), email=told.get("email", ""),
            address=told.get("address", "") or told.get("postal_address", ""), phone=told.get("phone", ""),
        )
    )  # fmt: skip
    return Unnamed(letter.organisation_id, tuple(sorted(who, key=str)))
