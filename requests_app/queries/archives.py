"""What belongs to an organization, table by table, as plain rows: for a copy that can be taken elsewhere.

A table joins by itself: whatever has an `organisation` is of the archive, unless `LEFT_OUT` says why not. Rows refer
to each other by the ids they have here; an import gives them new ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from requests_app.models import Agency, AgencyCustodian, Document, Organisation, Person, StoredFile
from requests_app.models.visibility import Viewer

FORMAT = 1
CHUNK = 2_000
# Table: why its rows stay here.
LEFT_OUT = {
    "archive": "An archive holds no archives.",
    "invitation": "A key to this instance.",
    "guestmail": "A key to this instance.",
    "apitoken": "A key to this instance.",
    "calendarfeed": "A key to this instance.",
    "webhook": "An address that this instance tells.",
    "webhookdelivery": "What this instance told it.",
    "webhookattempt": "What this instance told it.",
    "auditseal": "It seals the lines of this instance; another seals the copies anew.",
    "sealedentry": "It seals the lines of this instance; another seals the copies anew.",
    "unsealedentry": "Made with each line where it is written.",
    "idempotencykey": "What was answered here.",
    "publicfact": "What the public of this instance sees, as it is counted.",
    "publication": "What the public of this instance sees.",
    "publicationcheck": "What was looked at before the public of this instance saw it.",
    "partnerlook": "What was looked up on this instance, on which day.",
    "coalitionmember": "A stay in a coalition of this instance.",
    "coalitioninvitation": "A key to a coalition of this instance.",
    "kitoffer": "Offered to partners of this instance.",
    "modelletter": "Offered to partners of this instance.",
    "jointpart": "Part of a coalition's work, which stays on this instance.",
    "embargowarning": "What this instance warned of.",
    "partnercomment": "Said among partners of this instance; they are nobody elsewhere.",
    "commentauthor": "Who said it among partners of this instance.",
    "breakglass": "What the staff of this instance opened.",
    "breakglassmail": "What this instance told.",
    "everythingread": "Its lines are in the audit.",
    "publicreport": "Told to this instance in confidence.",
    "publicreportmail": "What this instance told senders of reports.",
    "correction": "Said by this instance about its own pages.",
    "agencystatement": "Said beside pages of this instance.",
    "partnertask": "Asked of partners of this instance.",
    "partnertasktaken": "Asked by partners of this instance.",
    "jointright": "What partners and guests of this instance may do.",
    "jointrightnote": "What partners and guests of this instance may do.",
    "proposal": "Offered by partners and guests of this instance; what was accepted is in its own table.",
    "proposaldecision": "What became of what partners and guests of this instance offered.",
    "proposalauthor": "Who offered it among partners of this instance.",
}
# People, agencies and their offices are known elsewhere by other names than a number.
OUTSIDE: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "person": (Person, ("email", "name", "zone")),
    "agency": (
        Agency, ("slug", "name", "kind", "jurisdiction", "zone", "city", "county", "is_sample"),
    ),
    "agencycustodian": (AgencyCustodian, ("agency_id", "name", "law_id", "note")),
}  # fmt: skip
BLOBS: dict[str, str] = {"storedfile": "name", "document": "blob"}


@dataclass(frozen=True, slots=True)
class Blob:
    sha256: str
    name: str
    size: int


def label(model: type[models.Model]) -> str:
    return model._meta.model_name or ""


@cache
def tables() -> tuple[type[models.Model], ...]:
    """Every table of the archive, what is referred to before what refers to it; first of all the organization."""
    found = {
        label(model): model
        for model in apps.get_app_config("requests_app").get_models()
        if any(f.name == "organisation" and f.related_model is Organisation for f in model._meta.concrete_fields)
        and label(model) not in LEFT_OUT
    }
    ordered: dict[str, type[models.Model]] = {"organisation": Organisation}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in ordered or name in above:
            return
        for field in references(found[name]):
            if (target := label(field.related_model)) in found:
                add(target, (*above, name))
        ordered[name] = found[name]

    for name in sorted(found):
        add(name, ())
    return tuple(ordered.values())


def references(model: type[models.Model]) -> list[Any]:
    """Not those to a table that stays here: a row that has one is not taken in elsewhere."""
    fields: list[Any] = [field for field in model._meta.concrete_fields if field.remote_field is not None]
    return [field for field in fields if label(field.related_model) not in LEFT_OUT]


def columns(model: type[models.Model]) -> list[Any]:
    """What a row is made of; what the database computes by itself is left to it."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def rows_of(model: type[models.Model], viewer: Viewer, organisation_id: int) -> Iterator[dict[str, Any]]:
    """Rows as JSON takes them, ids and all, in the order in which they were born. Read as an owner."""
    fields = columns(model)
    of = Q(pk=organisation_id) if model is Organisation else Q(organisation=organisation_id)
    rows = model._default_manager.filter(of, organisation_wall(model, viewer)).order_by("pk")
    for row in rows.values_list(*(field.attname for field in fields)).iterator(chunk_size=CHUNK):
        yield {field.attname: value for field, value in zip(fields, row, strict=True)}


def organisation_wall(model: type[models.Model], viewer: Viewer) -> Q:
    """The first wall, where a table's own queryset may not have it: an archive is of what the viewer owns."""
    return Q(pk__in=viewer.owned) if model is Organisation else Q(organisation__in=viewer.owned)


def outside_rows(name: str, ids: set[int]) -> Iterator[dict[str, Any]]:
    model, fields = OUTSIDE[name]
    for pk in range(0, len(ids), CHUNK):
        some = sorted(ids)[pk : pk + CHUNK]
        for row in model._default_manager.filter(pk__in=some).order_by("pk").values("pk", *fields):
            yield {"id": row.pop("pk"), **row}


def blobs_of(viewer: Viewer, organisation_id: int) -> list[Blob]:
    """Each different file once, in an order that does not change: the bytes that a step goes on from."""
    found: dict[str, Blob] = {}
    files = StoredFile.objects.visible_to(viewer).filter(organisation=organisation_id)
    kept = Document.objects.visible_to(viewer).filter(organisation=organisation_id, erased_at=None)
    rows = [*files.values_list("sha256", "name", "size"), *kept.values_list("sha256", "blob", "size")]
    for sha256, name, size in rows:
        found.setdefault(sha256, Blob(sha256, name, size))
    return [found[sha256] for sha256 in sorted(found)]
