"""Documents and notes that are privileged: marked by whoever works on them, ended by owners, with a reason."""

from __future__ import annotations

from typing import Any

from requests_app.models import Document, LetterAttachment, NoteMention, Person, RequestNote
from requests_app.models.visibility import Viewer
from requests_app.queries import privilege as circles
from requests_app.queries import privileged as queries
from requests_app.queries.privileged import Item

from . import audit
from .refusals import NotYours, Refused
from .rights import clean, must_edit, must_own

REASON_MAX = 500
OWNERS_ONLY = "Only an owner ends a privilege, or says who else reads what is privileged."


def chosen(viewer: Viewer, organisation_id: int, privileged: bool, circle: str) -> dict[str, Any]:
    """Columns of something that is written now. circle: who reads it beside owners and its author, by its id."""
    if not privileged:
        if circle:
            raise Refused("not_privileged", "Only what is privileged names who else reads it.", field="circle")
        return {}
    if viewer.kind != "person":
        raise Refused(
            "people_only", "Programs neither read nor write what is privileged.", field="privileged", status=403
        )
    if not circle:
        return {"privileged": True, "circle": None}
    found = circles.circle(viewer, organisation_id, circle)
    if found is None:
        raise Refused("circle_unknown", "Choose counsel or a common-interest group of yours.", field="circle")
    return {"privileged": True, "circle": found}


def mark(*, viewer: Viewer, item: Item, circle: str, actor: Person) -> None:
    """At once nobody reads it but owners, whoever marked or wrote it, and the circle. Twice is once."""
    must_edit(viewer, item.organisation_id)
    fields = chosen(viewer, item.organisation_id, True, circle)
    # Before the lock: of a note, the wall gives that to its author and to owners alone.
    if isinstance(item, RequestNote) and item.author_id != actor.pk:
        must_own(viewer, item.organisation_id, "Only its author or an owner marks a note as privileged.")
    current = _locked(viewer, item)
    if current.privileged:
        if current.circle_id == (fields["circle"].pk if fields["circle"] else None):
            return
        must_own(viewer, current.organisation_id, OWNERS_ONLY)
    if isinstance(current, Document):
        if LetterAttachment.objects.filter(document=current).exists():
            raise Refused(
                "in_a_letter",
                "It is attached to a letter, and what goes out is not privileged. Take it off the draft first.",
                status=409,
            )
        by = current.privileged_by if current.privileged else actor
        Document.objects.filter(pk=current.pk).update(**fields, privileged_by=by, released_at=None)
    else:
        RequestNote.objects.filter(pk=current.pk).update(**fields)
        whole = queries.readers(current.organisation_id, current.author_id, fields["circle"])
        NoteMention.objects.filter(note=current).exclude(person__in=whole).delete()
    _log("privilege.marked", current, actor, circle=fields["circle"].public_id if fields["circle"] else "")


def end(*, viewer: Viewer, item: Item, reason: str, actor: Person) -> None:
    """From here on it is read as any other of its kind; a document is unreleased."""
    must_own(viewer, item.organisation_id, OWNERS_ONLY)
    why = clean(
        reason, code="reason", field="reason", most=REASON_MAX, missing="Say why it is privileged no more."
    )
    current = _locked(viewer, item)
    if not current.privileged:
        raise Refused("privileged_no_more", "It is not privileged any more.", status=409)
    if isinstance(current, Document):
        Document.objects.filter(pk=current.pk).update(privileged=False, privileged_by=None, circle=None)
    else:
        RequestNote.objects.filter(pk=current.pk).update(privileged=False, circle=None)
    _log("privilege.ended", current, actor, reason=why)


def _locked(viewer: Viewer, item: Item) -> Item:
    rows: Any = type(item).objects.visible_to(viewer).select_for_update(of=("self",))
    current: Item | None = rows.filter(pk=item.pk).first()
    if current is None:
        raise NotYours
    if (current.erased_at if isinstance(current, Document) else current.deleted_at) is not None:
        raise Refused("gone", "It is not there any more.", status=409)
    return current


def _log(act: str, item: Item, actor: Person, **detail: str) -> None:
    audit.record(
        act=act,
        subject=f"request {item.request.public_id}",
        organisation=item.organisation,
        actor=actor,
        detail={"what": queries.kind_of(item), "item": item.public_id, **detail},
    )
