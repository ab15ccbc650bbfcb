"""Tags: words of the organization's own, put on requests, renamed and merged everywhere at once."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from requests_app.models import Organisation, Person, RecordsRequest, RequestTag, Tag
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import NotYours, Refused
from .rights import clean, must_edit

TAG_MAX = 60


def put_tag(*, viewer: Viewer, records_request: RecordsRequest, name: str) -> Tag:
    """A tag that the organization has already is the same tag, in whatever letters it is typed."""
    organisation_id = records_request.organisation_id
    must_edit(viewer, organisation_id)
    tag = make_tag(viewer=viewer, organisation_id=organisation_id, name=name)
    RequestTag.objects.bulk_create(
        [RequestTag(organisation_id=organisation_id, request=records_request, tag=tag)], ignore_conflicts=True
    )
    return tag


def make_tag(*, viewer: Viewer, organisation_id: int, name: str) -> Tag:
    must_edit(viewer, organisation_id)
    name = _name(name)
    found: Tag | None = Tag.objects.filter(organisation=organisation_id, name__iexact=name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            made: Tag = Tag.objects.create(organisation_id=organisation_id, name=name)
            return made
    except IntegrityError:
        other: Tag = Tag.objects.get(organisation=organisation_id, name__iexact=name)
        return other


def drop_tag(*, viewer: Viewer, records_request: RecordsRequest, tag: Tag) -> None:
    must_edit(viewer, records_request.organisation_id)
    RequestTag.objects.filter(request=records_request, tag=tag).delete()


def rename_tag(*, viewer: Viewer, tag: Tag, name: str) -> Tag:
    must_edit(viewer, tag.organisation_id)
    name = _name(name)
    try:
        with transaction.atomic():
            changed = Tag.objects.filter(pk=tag.pk).update(name=name)
    except IntegrityError:
        raise Refused(
            "tag_known", f"There is a tag “{name}” already. Merge the two instead.", field="name", status=409
        ) from None
    if not changed:
        raise NotYours
    tag.name = name
    return tag


def merge_tags(*, viewer: Viewer, tag: Tag, into: Tag, actor: Person) -> int:
    """Every request under `tag` comes under `into`, and `tag` is gone. How many requests were moved."""
    must_edit(viewer, tag.organisation_id)
    if into.organisation_id != tag.organisation_id:
        raise NotYours
    if into.pk == tag.pk:
        raise Refused("same_tag", "Choose another tag to merge it into.", field="into")
    # In the order of their ids, so that two merges in opposite directions do not wait for each other.
    locked = set(
        Tag.objects.select_for_update().filter(pk__in=(tag.pk, into.pk)).order_by("pk").values_list("pk", flat=True)
    )
    if locked != {tag.pk, into.pk}:
        raise Refused("tag_gone", "One of the two was merged or deleted meanwhile.", field="into", status=409)
    requests = list(RequestTag.objects.filter(tag=tag).values_list("request", flat=True))
    RequestTag.objects.bulk_create(
        [RequestTag(organisation_id=tag.organisation_id, request_id=pk, tag=into) for pk in requests],
        ignore_conflicts=True,
        batch_size=1000,
    )
    _remove(tag, actor, "tag.merged", into=into.public_id, requests=len(requests))
    return len(requests)


def delete_tag(*, viewer: Viewer, tag: Tag, actor: Person) -> None:
    must_edit(viewer, tag.organisation_id)
    _remove(tag, actor, "tag.deleted", requests=RequestTag.objects.filter(tag=tag).count())


def _remove(tag: Tag, actor: Person, act: str, **detail: str | int) -> None:
    RequestTag.objects.filter(tag=tag).delete()
    Tag.objects.filter(pk=tag.pk).delete()
    audit.record(
        act=act, subject=f"tag {tag.public_id}", organisation=Organisation.objects.get(pk=tag.organisation_id),
        actor=actor, detail=detail,
    )  # fmt: skip


def _name(name: str) -> str:
    return clean(
        " ".join(name.split()), code="tag", field="name", most=TAG_MAX, missing="Give the tag a name."
    )
