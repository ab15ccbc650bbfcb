"""The inbox for programs: what waits for the person behind the session or the token."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import path
from rest_framework import serializers

from requests_app.actions import inbox as acts
from requests_app.models import InboxItem
from requests_app.queries import inbox as query
from requests_app.queries.inbox import Line

from .base import ApiView, Given, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-at", "-public_id")


class InboxAsked(PageAsked):
    kind = serializers.ChoiceField(InboxItem.Kind.values, required=False)
    unread = serializers.BooleanField(required=False, help_text="true: unread lines alone.")


class InboxShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    organisation = serializers.CharField()
    kind = serializers.ChoiceField(InboxItem.Kind.values)
    request = serializers.CharField(allow_null=True, help_text="null: about no one request, or it is gone.")
    clock = serializers.CharField(allow_null=True, help_text="Of a reminder: the key of its clock.")
    due_on = serializers.DateField(allow_null=True, help_text="Of a reminder: the date it is about.")
    at = serializers.DateTimeField()
    read = serializers.BooleanField()


UNREAD = serializers.IntegerField(help_text="In all your organizations.")


class ReadGiven(Given):
    ids = serializers.ListField(child=serializers.UUIDField(), max_length=200)
    read = serializers.BooleanField(required=False, default=True, help_text="false: unread again.")


class ReadShape(serializers.Serializer[Any]):
    changed = serializers.IntegerField()


class InboxView(ApiView):
    @operation("inbox", "Your inbox", asked=InboxAsked, answer=page_of(InboxShape, unread=UNREAD), signed_in=True)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first. Of a token: the inbox of its person, in its organization."""
        mine = InboxItem.objects.of(self.viewer, self.actor)
        rows = mine.filter(kind=asked["kind"]) if "kind" in asked else mine
        if asked.get("unread"):
            rows = rows.filter(read_at=None)

        def read(place: Place, limit: int) -> Walked:
            found = walk(rows.select_related("organisation"), NEWEST, place, limit)
            return Walked(query.lines(self.viewer, found.rows), found.further, found.count)

        page = paged(self.request, asked, NEWEST, read, shown, of=_of)
        return page | mine.aggregate(unread=Count("pk", filter=Q(read_at=None)))


class InboxReadView(ApiView):
    @operation(
        "inbox-read",
        "Mark lines as read",
        body=ReadGiven,
        answer=ReadShape,
        example={"ids": ["0b9f6d0e-6c35-4c0e-9a52-0d8f3c1a7b11"], "read": True},
    )
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Ids that are not yours change nothing."""
        n = acts.mark(viewer=self.viewer, actor=self.actor, items=given["ids"], read=given["read"])
        return {"changed": n}


def _of(line: Line, name: str) -> Any:
    return line.item.at if name == "at" else str(line.item.public_id)


def shown(line: Line) -> dict[str, Any]:
    item = line.item
    told: Any = line.about if item.reminder_id and line.about else None
    return {
        "id": str(item.public_id), "organisation": item.organisation.public_id, "kind": item.kind,
        "request": line.request.public_id if line.request else None,
        "clock": told.clock_key if told else None, "due_on": told.due_on if told else None,
        "at": item.at, "read": item.read_at is not None,
    }  # fmt: skip


urlpatterns = [
    path("inbox/", InboxView.door(), name="api-inbox"),
    path("inbox/read/", InboxReadView.door(), name="api-inbox-read"),
]
