"""The privileged documents and notes of one request, as far as a viewer reads them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from django.db.models import QuerySet

from requests_app.models import (
    CircleMember,
    Document,
    Membership,
    PrivilegedCircle,
    RecordsRequest,
    RequestNote,
    Role,
)
from requests_app.models.visibility import Viewer

Item: TypeAlias = Document | RequestNote
PAGE = 50
MOST = 200


def kind_of(item: Item) -> Literal["document", "note"]:
    return "document" if isinstance(item, Document) else "note"


def request_of(viewer: Viewer, public_id: str) -> RecordsRequest | None:
    """One of the viewer's own; or one that is shown to them, where its owner has named them."""
    found: RecordsRequest | None = (
        RecordsRequest.objects.visible_to(viewer)
        .select_related("agency")
        .filter(public_id=public_id)
        .first()
    )
    if found is None or viewer.belongs_to(found.organisation_id) or is_named(viewer, found.organisation_id):
        return found
    return None


def is_named(viewer: Viewer, organisation_id: int) -> bool:
    if viewer.kind != "person":
        return False
    return bool(CircleMember.objects.of_person(viewer.id).filter(organisation=organisation_id).exists())


def documents(viewer: Viewer, request: RecordsRequest) -> list[Document]:
    rows = Document.objects.visible_to(viewer).filter(
        request=request, privileged=True, withdrawn_at=None, erased_at=None
    )
    return list(rows.select_related("circle", "privileged_by").order_by("-pk")[:MOST])


def notes(viewer: Viewer, request: RecordsRequest) -> QuerySet[RequestNote]:
    rows: Any = RequestNote.objects.visible_to(viewer).filter(
        request=request, privileged=True, deleted_at=None
    )
    found: QuerySet[RequestNote] = rows.select_related("author", "circle").order_by("-written_at", "-pk")
    return found


def readers(organisation_id: int, author_id: int | None, circle: PrivilegedCircle | None) -> set[int]:
    """Members who read something privileged: owners, its author, who is named."""
    here = Membership.objects.filter(organisation=organisation_id, ended_at=None)
    found = set(here.filter(role=Role.OWNER).values_list("person", flat=True))
    if author_id is not None:
        found.add(author_id)
    if circle is not None:
        named = CircleMember.objects.filter(circle=circle, organisation=organisation_id, ended_at=None)
        found |= set(named.exclude(person=None).values_list("person", flat=True))
    return found
