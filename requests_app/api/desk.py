"""The desk for programs: what is to do today, due days, one search, saved views, and acts on many requests."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import bulk, saved_views
from requests_app.actions.refusals import Refused
from requests_app.models import BulkAct, Organisation, SavedView
from requests_app.queries import calendar, desk_list, search, today

from .base import ApiView, Given, Words, operation
from .owners import must_be_fresh
from .requests import RequestRow, row_shown

LONGEST = 92


class Asked(serializers.Serializer[Any]):
    organisation = serializers.CharField(
        required=False, max_length=12, help_text="Needed where you belong to several."
    )


class TodayAsked(Asked):
    who = serializers.ChoiceField(
        ["mine"], required=False, help_text="Only what you answer for or step in for."
    )


class CalendarAsked(Asked):
    since = serializers.DateField(help_text="The first day.")
    until = serializers.DateField(help_text=f"The last day, at most {LONGEST} days on.")
    owner = serializers.ChoiceField(
        ["agency", "requester", "reviewer", "court", "third_party"], required=False
    )
    campaign = serializers.CharField(required=False, max_length=12)


class SearchAsked(serializers.Serializer[Any]):
    q = serializers.CharField(min_length=2, max_length=200)


class AlsoShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    on = serializers.DateField(allow_null=True)


class TodoShape(serializers.Serializer[Any]):
    group = serializers.ChoiceField(list(today.GROUPS))
    on = serializers.DateField(allow_null=True, help_text="The day it goes by.")
    until = serializers.DateField(allow_null=True, help_text="The later reading, where the law is in doubt.")
    request = serializers.CharField(help_text="Id of the request; empty for campaigns, readings and imports.")
    id = serializers.CharField(
        help_text="Of the open letter, campaign, offered reading or import, where one is."
    )
    title = serializers.CharField()
    agency = serializers.CharField()
    name = serializers.CharField(help_text="Of the clock.")
    owner = serializers.CharField()
    kind = serializers.CharField(
        help_text="Kind of the event, letter or import state, where it is none of a clock."
    )
    assignee = serializers.CharField()
    number = serializers.IntegerField(help_text="Letters or requests behind one row.")
    also = AlsoShape(many=True)
    sample = serializers.BooleanField()


class TodayShape(serializers.Serializer[Any]):
    day = serializers.DateField()
    counts = serializers.DictField(child=serializers.IntegerField())
    todo = TodoShape(many=True)


class MarkShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    until = serializers.DateField(
        allow_null=True, help_text="The reading that does not bind, where there are two."
    )
    name = serializers.CharField()
    owner = serializers.CharField()
    request = serializers.CharField()
    title = serializers.CharField()
    agency = serializers.CharField()
    late = serializers.BooleanField()
    sample = serializers.BooleanField()


class CalendarShape(serializers.Serializer[Any]):
    marks = MarkShape(many=True)
    cut = serializers.BooleanField(help_text="There are more than an answer holds; ask for fewer days.")


class HitShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class SearchShape(serializers.Serializer[Any]):
    requests = RequestRow(many=True)
    requests_total = serializers.IntegerField()
    agencies = HitShape(many=True)
    agencies_total = serializers.IntegerField()
    campaigns = HitShape(many=True)
    people = serializers.ListField(child=serializers.CharField())


class DroppedShape(serializers.Serializer[Any]):
    done = serializers.BooleanField()


class ViewShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    query = serializers.CharField(help_text="Filters, order and columns, as in the address of the list.")
    shared = serializers.BooleanField()


class ViewsShape(serializers.Serializer[Any]):
    items = ViewShape(many=True)


class ViewGiven(Given):
    organisation = Words(required=False, max_length=12)
    name = Words(max_length=200)
    query = Words(max_length=2000, allow_blank=True)
    shared = serializers.BooleanField(required=False, default=False)


class BulkGiven(Given):
    organisation = Words(required=False, max_length=12)
    kind = serializers.ChoiceField(BulkAct.Kind.values)
    requests = serializers.ListField(child=Words(max_length=12), max_length=bulk.MOST, help_text="Ids.")
    person = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="assign: a member."
    )
    tag = Words(required=False, allow_blank=True, default="", max_length=200)
    campaign = Words(required=False, allow_blank=True, default="", max_length=12)
    held = serializers.BooleanField(required=False, default=True)
    reason = Words(required=False, allow_blank=True, default="", max_length=3000)


class SkippedShape(serializers.Serializer[Any]):
    request = serializers.CharField()
    why = serializers.CharField()


class BulkPlanShape(serializers.Serializer[Any]):
    todo = serializers.ListField(child=serializers.CharField())
    skipped = SkippedShape(many=True)
    warning = serializers.CharField()


class BulkShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    done = serializers.IntegerField()
    skipped = SkippedShape(many=True)
    undone = serializers.BooleanField()
    left = SkippedShape(many=True, help_text="What undoing left alone, for somebody changed it since.")


EXAMPLE = {"kind": "tag", "requests": ["7h3kq2m9x4ap", "c8wz4n6r2tjy"], "tag": "urgent"}
EXAMPLE_VIEW = {"name": "Late in Illinois", "query": "jurisdiction=us-il&late=1&sort=late", "shared": True}


def place(view: ApiView, pid: str | None) -> Organisation:
    """Where to read: the organization that is named, or the only one."""
    rows = list(Organisation.objects.visible_to(view.viewer).order_by("pk"))
    found = [row for row in rows if row.public_id == pid] if pid else rows
    if len(found) == 1:
        return found[0]
    if not rows or pid:
        raise Http404
    raise Refused("organisation_missing", "Say for which of your organizations.", field="organisation")


class TodayView(ApiView):
    @operation(
        "today", "What an organization has to do today", asked=TodayAsked, answer=TodayShape, signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Read anew from the stored dates: a lapse is never hidden by a worker that stands still."""
        where = place(self, asked.get("organisation"))
        day = self.now.astimezone(ZoneInfo(self.actor.zone)).date()
        mine = self.actor.pk if asked.get("who") == "mine" else None
        desk = today.load(self.viewer, where.pk, now=self.now, day=day, person_id=mine)
        return {
            "day": day,
            "counts": {name: len(rows) for name, rows in desk.groups.items()},
            "todo": [_todo(row) for rows in desk.groups.values() for row in rows],
        }


def _todo(row: today.Todo) -> dict[str, Any]:
    said = ("group", "on", "until", "title", "agency", "name", "owner", "kind", "assignee", "number")
    return {name: getattr(row, name) for name in said} | {
        "request": row.pid,
        "id": row.draft,
        "also": [{"name": name, "on": on} for name, on in row.also],
        "sample": row.is_sample,
    }


class CalendarView(ApiView):
    @operation(
        "calendar-days",
        "Due days between two days",
        asked=CalendarAsked,
        answer=CalendarShape,
        signed_in=True,
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Of one organization, whoever must act. A doubtful day carries both readings."""
        where = place(self, asked.get("organisation"))
        since, until = asked["since"], asked["until"]
        if not dt.timedelta() <= until - since <= dt.timedelta(days=LONGEST):
            raise Refused("days_impossible", f"Ask for 1 to {LONGEST + 1} days.", field="until")
        found = calendar.marks(
            self.viewer,
            where.pk,
            now=self.now,
            first=since,
            last=until,
            owner=asked.get("owner", ""),
            campaign=asked.get("campaign", ""),
        )
        marks = [
            {
                name: getattr(mark, name)
                for name in ("on", "until", "name", "owner", "title", "agency", "late")
            }
            | {"request": mark.pid, "sample": mark.is_sample}
            for mark in found[: calendar.MOST]
        ]
        return {"marks": marks, "cut": len(found) > calendar.MOST}


class SearchView(ApiView):
    @operation("search", "What a few words find", asked=SearchAsked, answer=SearchShape)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The first of each, with how many there are. Only what you may read is searched."""
        found = search.search(self.viewer, asked["q"].replace("\x00", ""), now=self.now)
        return {
            "requests": [row_shown(row) for row in found.requests.rows],
            "requests_total": found.requests.total,
            "agencies": [{"id": row.slug, "name": row.name} for row in found.agencies],
            "agencies_total": found.agencies_total,
            "campaigns": [{"id": row.public_id, "name": row.public_title} for row in found.campaigns],
            "people": [str(person) for person in found.people],
        }


class ViewsView(ApiView):
    @operation("views-list", "Saved views of the list", asked=Asked, answer=ViewsShape, signed_in=True)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Your own and those that are shared; by token the shared ones."""
        where = place(self, asked.get("organisation"))
        return {"items": [_view(row) for row in desk_list.views(self.viewer, where.pk, self.actor.pk)]}

    @operation(
        "view-save",
        "Save a view, or change the one of this name",
        body=ViewGiven,
        answer=ViewShape,
        status=201,
        example=EXAMPLE_VIEW,
    )
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        where = place(self, given.get("organisation"))
        return _view(
            saved_views.save_view(
                viewer=self.viewer,
                organisation=where,
                actor=self.actor,
                name=given["name"],
                query=given["query"],
                shared=given["shared"],
            )
        )


class ViewView(ApiView):
    @operation("view-drop", "Drop a saved view of your own", answer=DroppedShape)
    def delete(self, pid: str) -> dict[str, Any]:
        """Whoever used it through sharing loses it, too. The requests stay."""
        found = self.found(SavedView.objects.visible_to(self.viewer), public_id=pid)
        saved_views.drop_view(viewer=self.viewer, view=found, actor=self.actor)
        return {"done": True}


def _view(row: SavedView) -> dict[str, Any]:
    return {"id": row.public_id, "name": row.name, "query": row.query, "shared": row.shared}


class BulkPreviewView(ApiView):
    @operation(
        "bulk-preview",
        "What an act on many requests would do",
        body=BulkGiven,
        answer=BulkPlanShape,
        plain=True,
        example=EXAMPLE,
    )
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Nothing is written."""
        where, ids, wanted = _bulk(self, given)
        plan = bulk.plan(viewer=self.viewer, organisation=where, ids=ids, wanted=wanted, now=self.now)
        return {
            "todo": [row.public_id for row in plan.todo],
            "skipped": [{"request": row.public_id, "why": why} for row, why in plan.skipped],
            "warning": plan.warning,
        }


class BulkActsView(ApiView):
    @operation(
        "bulk-act", "One act on many requests", body=BulkGiven, answer=BulkShape, status=201, example=EXAMPLE
    )
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """All of it, or nothing; what cannot be done is skipped and named. It can be undone."""
        where, ids, wanted = _bulk(self, given)
        if wanted.kind == BulkAct.Kind.HOLD and self.viewer.may_own(where.pk):
            must_be_fresh(self)
        made = bulk.act(
            viewer=self.viewer,
            organisation=where,
            ids=ids,
            wanted=wanted,
            actor=self.actor,
            once=self.once,
            now=self.now,
        )
        return _act(made)


class BulkActView(ApiView):
    @operation("bulk-act-read", "What an act on many requests did", answer=BulkShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        return _act(self.found(BulkAct.objects.visible_to(self.viewer), public_id=pid))


class BulkUndoView(ApiView):
    @operation("bulk-undo", "Undo an act on many requests", answer=BulkShape)
    def post(self, pid: str) -> dict[str, Any]:
        """A request that somebody changed since is left as it is, and named."""
        act = self.found(BulkAct.objects.visible_to(self.viewer), public_id=pid)
        if act.kind == BulkAct.Kind.HOLD and self.viewer.may_own(act.organisation_id):
            must_be_fresh(self)
        bulk.undo(viewer=self.viewer, bulk=act, actor=self.actor, now=self.now)
        act.refresh_from_db()
        return _act(act)


def _bulk(view: ApiView, given: dict[str, Any]) -> tuple[Organisation, list[int], bulk.Wanted]:
    where = place(view, given.get("organisation"))
    ids = desk_list.picked(view.viewer, where.pk, given["requests"])
    if len(ids) != len(set(given["requests"])):
        raise Refused("request_unknown", "One of these is no request of the organization.", field="requests")
    said = ("kind", "person", "tag", "campaign", "held", "reason")
    return where, ids, bulk.Wanted(**{name: given[name] for name in said})


def _act(act: BulkAct) -> dict[str, Any]:
    rows = act.items.select_related("request").order_by("pk")
    return {
        "id": act.public_id,
        "kind": act.kind,
        "done": act.done,
        "skipped": [{"request": row.request.public_id, "why": row.skipped} for row in rows if row.skipped],
        "undone": act.undone_at is not None,
        "left": [{"request": row.request.public_id, "why": row.left} for row in rows if row.left],
    }


urlpatterns = [
    path("today/", TodayView.door(), name="api-today"),
    path("calendar/", CalendarView.door(), name="api-due-days"),
    path("search/", SearchView.door(), name="api-search"),
    path("views/", ViewsView.door(), name="api-views"),
    path("views/<slug:pid>/", ViewView.door(), name="api-view"),
    path("bulk/", BulkActsView.door(), name="api-bulk"),
    path("bulk/preview/", BulkPreviewView.door(), name="api-bulk-preview"),
    path("bulk/<slug:pid>/", BulkActView.door(), name="api-bulk-act"),
    path("bulk/<slug:pid>/undo/", BulkUndoView.door(), name="api-bulk-undo"),
]
