"""Tags and tracking numbers for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.urls import path
from rest_framework import serializers

from requests_app.actions import tags, tracking_numbers
from requests_app.models import RecordsRequest, RequestTag, Tag, TrackingNumber
from requests_app.queries.masking import Outside

from .base import Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done, OursView

BY_NAME = ("name", "public_id")


class TagShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    organisation = serializers.CharField()
    requests = serializers.IntegerField(help_text="How many requests carry it.")


class TagGiven(Given):
    name = Words(max_length=200)


class MergeGiven(Given):
    into = Words(max_length=12, help_text="The tag that stays.")


class MergedShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField(help_text="How many requests were moved.")


class TagsOf(serializers.Serializer[Any]):
    items = TagShape(many=True)


class TagsView(OursView):
    @operation(
        "tags", "Tags of your organizations", asked=PageAsked, answer=page_of(TagShape), signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """In the order of their names."""
        rows = _tags(self)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, BY_NAME, place, limit)

        return paged(self.request, asked, BY_NAME, read, tag_shown)


class OneTagView(OursView):
    def tag(self, tag_pid: str) -> Tag:
        found: Tag = self.found(
            Tag.objects.editable_by(self.viewer).select_related("organisation"), public_id=tag_pid
        )
        return found


class TagView(OneTagView):
    @operation(
        "tag-rename", "Rename a tag everywhere", body=TagGiven, example={"name": "cameras"}, answer=TagShape
    )
    def patch(self, given: dict[str, Any], tag_pid: str) -> dict[str, Any]:
        """409 where the organization has that name already: merge the two."""
        tag = tags.rename_tag(viewer=self.viewer, tag=self.tag(tag_pid), name=given["name"])
        return tag_shown(_tags(self).get(pk=tag.pk))

    @operation("tag-delete", "Delete a tag", answer=Done)
    def delete(self, tag_pid: str) -> dict[str, Any]:
        """It is taken off every request."""
        tags.delete_tag(viewer=self.viewer, tag=self.tag(tag_pid), actor=self.actor)
        return {"done": True}


class TagMergeView(OneTagView):
    @operation(
        "tag-merge",
        "Merge a tag into another",
        body=MergeGiven,
        example={"into": "7h3kq2m9x4ap"},
        answer=MergedShape,
    )
    def post(self, given: dict[str, Any], tag_pid: str) -> dict[str, Any]:
        """Every request under it comes under the other; it is gone."""
        tag, into = self.tag(tag_pid), self.tag(given["into"])
        return {"requests": tags.merge_tags(viewer=self.viewer, tag=tag, into=into, actor=self.actor)}


class RequestTagsView(OursView):
    @operation("request-tags", "Tags of one request", answer=TagsOf)
    def get(self, pid: str) -> dict[str, Any]:
        """In the order of their names."""
        return tags_of(self, self.ours(pid))

    @operation(
        "request-tag-add",
        "Put a tag on a request",
        body=TagGiven,
        example={"name": "cameras"},
        answer=TagsOf,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """A tag that the organization has is the same one, in whatever letters it is written."""
        records_request = self.ours(pid, editing=True)
        tags.put_tag(viewer=self.viewer, records_request=records_request, name=given["name"])
        return tags_of(self, records_request)


class RequestTagView(OursView):
    @operation("request-tag-drop", "Take a tag off a request", answer=TagsOf)
    def delete(self, pid: str, tag_pid: str) -> dict[str, Any]:
        """The tag itself stays."""
        records_request = self.ours(pid, editing=True)
        tag: Tag = self.found(
            Tag.objects.visible_to(self.viewer).filter(organisation=records_request.organisation_id),
            public_id=tag_pid,
        )
        tags.drop_tag(viewer=self.viewer, records_request=records_request, tag=tag)
        return tags_of(self, records_request)


def _tags(view: OursView) -> Any:
    rows = Tag.objects.visible_to(view.viewer).select_related("organisation")
    return rows.annotate(n=Count("request_tags"))


def tags_of(view: OursView, records_request: RecordsRequest) -> dict[str, Any]:
    on_it = RequestTag.objects.visible_to(view.viewer).filter(request=records_request).values("tag")
    return {"items": [tag_shown(tag) for tag in _tags(view).filter(pk__in=on_it).order_by("name")]}


def tag_shown(tag: Any) -> dict[str, Any]:
    return {
        "id": tag.public_id, "name": tag.name, "organisation": tag.organisation.public_id, "requests": tag.n,
    }  # fmt: skip


class NumberShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(TrackingNumber.Kind.values)
    number = serializers.CharField()


class NumbersShape(serializers.Serializer[Any]):
    items = NumberShape(many=True)


class NumberGiven(Given):
    kind = serializers.ChoiceField(TrackingNumber.Kind.values)
    number = Words(max_length=200)


class NumbersView(OursView):
    @operation("numbers", "Further numbers of one request", answer=NumbersShape)
    def get(self, pid: str) -> dict[str, Any]:
        """Beside the agency’s main number, which stands with the request. Read from the level of correspondence on."""
        rows = RecordsRequest.objects.visible_to(self.viewer)
        return numbers_of(self, self.found(rows, public_id=pid))

    @operation(
        "number-add",
        "Add a number",
        body=NumberGiven,
        example={"kind": "portal", "number": "26-0417"},
        answer=NumbersShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The same number told twice is one."""
        records_request = self.ours(pid, editing=True)
        tracking_numbers.add_number(viewer=self.viewer, records_request=records_request, **given)
        return numbers_of(self, records_request)


class NumberView(OursView):
    @operation("number-drop", "Remove a number", answer=NumbersShape)
    def delete(self, pid: str, number_pid: str) -> dict[str, Any]:
        """A line in the audit log says that it was there."""
        records_request = self.ours(pid, editing=True)
        rows = TrackingNumber.objects.visible_to(self.viewer).filter(request=records_request)
        number = self.found(rows.select_related("request", "organisation"), public_id=number_pid)
        tracking_numbers.drop_number(viewer=self.viewer, number=number, actor=self.actor)
        return numbers_of(self, records_request)


def numbers_of(view: OursView, records_request: RecordsRequest) -> dict[str, Any]:
    rows = TrackingNumber.objects.visible_to(view.viewer).filter(request=records_request).order_by("pk")
    home = records_request.organisation_id
    outside = Outside(view.viewer, requests=[(records_request.pk, home)])
    return {"items": [{"id": row.public_id, "kind": row.kind, "number": outside(row.number, home)} for row in rows]}


urlpatterns = [
    path("tags/", TagsView.door(), name="api-tags"),
    path("tags/<slug:tag_pid>/", TagView.door(), name="api-tag"),
    path("tags/<slug:tag_pid>/merge/", TagMergeView.door(), name="api-tag-merge"),
    path("requests/<slug:pid>/tags/", RequestTagsView.door(), name="api-request-tags"),
    path("requests/<slug:pid>/tags/<slug:tag_pid>/", RequestTagView.door(), name="api-request-tag"),
    path("requests/<slug:pid>/numbers/", NumbersView.door(), name="api-numbers"),
    path("requests/<slug:pid>/numbers/<slug:number_pid>/", NumberView.door(), name="api-number"),
]
