"""Saved views of the list: kept, shared, ordered, opened with, given up."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from requests_app.models import Organisation, Person, SavedView
from requests_app.models.visibility import Viewer
from requests_app.queries.desk_list import kept

from . import audit
from .refusals import NotYours, Refused
from .rights import clean, must_edit

NAME_MAX = 80
QUERY_MAX = 1000
MOST = 60


def save_view(
    *,
    viewer: Viewer,
    organisation: Organisation,
    actor: Person,
    name: str,
    query: str,
    shared: bool = False,
    is_default: bool = False,
) -> SavedView:
    """A second view of the same name is the first one, changed."""
    _may_keep(viewer, organisation, shared)
    name = clean(name, code="name", field="name", most=NAME_MAX, missing="Give the view a name.")
    own = SavedView.objects.filter(organisation=organisation, person=actor)
    said = kept(query)
    if len(said) > QUERY_MAX:
        raise Refused("view_too_long", "These filters are too long to keep as a view.", field="query")
    try:
        with transaction.atomic():
            found = own.select_for_update().filter(name__iexact=name).first()
            if found is None and own.count() >= MOST:
                raise Refused("too_many_views", f"{MOST} views are enough; give one up first.", field="name")
            if is_default:
                own.update(is_default=False)
            if found is None:
                last = own.aggregate(last=Max("position"))["last"]
                found = SavedView(
                    organisation=organisation, person=actor, position=0 if last is None else last + 1
                )
            before = found.shared if found.pk else False
            found.name, found.query, found.shared, found.is_default = name, said, shared, is_default
            found.save()
    except IntegrityError:
        raise Refused(
            "view_twice", "Somebody saved a view of this name at the same moment. Look at it, then save again.",
            field="name", status=409,
        ) from None  # fmt: skip
    if before != shared:
        _log(found, actor)
    return found


def move_view(*, viewer: Viewer, view: SavedView, actor: Person, up: bool) -> None:
    """One place up or down among one's own."""
    _own(viewer, view, actor)
    own = list(
        SavedView.objects.filter(organisation=view.organisation_id, person=actor).order_by("position", "pk")
    )
    here = next(n for n, row in enumerate(own) if row.pk == view.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(own):
        own[here], own[there] = own[there], own[here]
    for place, row in enumerate(own):
        if row.position != place:
            SavedView.objects.filter(pk=row.pk).update(position=place)


def set_default(*, viewer: Viewer, view: SavedView, actor: Person, on: bool = True) -> None:
    _own(viewer, view, actor)
    with transaction.atomic():
        SavedView.objects.filter(organisation=view.organisation_id, person=actor, is_default=True).update(
            is_default=False
        )
        if on:
            SavedView.objects.filter(pk=view.pk).update(is_default=True)


def share_view(*, viewer: Viewer, view: SavedView, actor: Person, shared: bool) -> None:
    """With the members of the organization; what they see through it is still their own."""
    _own(viewer, view, actor)
    if shared:
        must_edit(viewer, view.organisation_id)
    if SavedView.objects.filter(pk=view.pk).exclude(shared=shared).update(shared=shared):
        view.shared = shared
        _log(view, actor)


def drop_view(*, viewer: Viewer, view: SavedView, actor: Person) -> None:
    _own(viewer, view, actor)
    SavedView.objects.filter(pk=view.pk, person=actor).delete()
    SavedView.objects.filter(
        organisation=view.organisation_id, person=actor, position__gt=view.position
    ).update(position=F("position") - 1)
    audit.record(
        act="view.removed", subject=f"view {view.public_id}", organisation=view.organisation, actor=actor
    )


def _log(view: SavedView, actor: Person) -> None:
    audit.record(
        act="view.shared" if view.shared else "view.unshared",
        subject=f"view {view.public_id}",
        organisation=view.organisation,
        actor=actor,
    )


def _may_keep(viewer: Viewer, organisation: Organisation, shared: bool) -> None:
    if not viewer.belongs_to(organisation.pk):
        raise NotYours
    if shared:
        must_edit(viewer, organisation.pk)


def _own(viewer: Viewer, view: SavedView, actor: Person) -> None:
    if not viewer.belongs_to(view.organisation_id) or view.person_id != actor.pk:
        raise NotYours
