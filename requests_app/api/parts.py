"""Parts, titles and the closing of a request for programs."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import closing, details, parts
from requests_app.actions.closing import Answer
from requests_app.actions.refusals import Refused
from requests_app.models import RecordsRequest
from requests_app.queries.days import day_in

from .base import Given, Words, operation
from .problems import Conflict
from .work import OursView


class PartShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()


class PartsShape(serializers.Serializer[Any]):
    items = PartShape(many=True)
    version = serializers.IntegerField(help_text="Of the request’s ledger.")


class PartGiven(Given):
    label = Words(required=False, allow_blank=True, default="", max_length=12)  # type: ignore[assignment]
    title = Words(required=False, allow_blank=True, default="", max_length=parts.TITLE_MAX)


class PartsGiven(Given):
    parts = serializers.ListField(child=PartGiven(), allow_empty=False, max_length=parts.MOST)
    split_from = Words(
        required=False, allow_blank=True, default="", max_length=12,
        help_text="The part they were taken from; what was said of it is said of them too.",
    )  # fmt: skip


class PartChanged(Given):
    title = Words(allow_blank=True, max_length=parts.TITLE_MAX)
    seen_title = Words(allow_blank=True, max_length=parts.TITLE_MAX, help_text="The title you read.")


class PartsView(OursView):
    @operation("parts", "Parts of one request", answer=PartsShape)
    def get(self, pid: str) -> dict[str, Any]:
        """Their standing is in the request itself."""
        return parts_shown(self.ours(pid))

    @operation(
        "parts-add",
        "Set out or split parts",
        body=PartsGiven,
        example={"parts": [{"label": "A1.1", "title": "Contracts of 2025"}], "split_from": "A1"},
        answer=PartsShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """An event of the ledger (`parts_named`); its numbers never change."""
        records_request = self.ours(pid, editing=True)
        parts.add_parts(
            viewer=self.viewer, records_request=records_request, actor=self.actor, once=self.once,
            parts=[(part["label"], part["title"]) for part in given["parts"]], split_from=given["split_from"],
            today=day_in(records_request.zone, self.now),
        )  # fmt: skip
        records_request.refresh_from_db()
        return parts_shown(records_request)


class PartView(OursView):
    @operation(
        "part-rename",
        "Give a part another title",
        body=PartChanged,
        example={"title": "Contracts", "seen_title": "Contract"},
        answer=PartShape,
    )
    def patch(self, given: dict[str, Any], pid: str, label: str) -> dict[str, Any]:
        """409 where somebody renamed it since."""
        records_request = self.ours(pid, editing=True)
        try:
            part = parts.rename_part(
                viewer=self.viewer, records_request=records_request, label=label, **given
            )
        except Refused as refused:
            if refused.code != "stale":
                raise
            stands = records_request.parts.get(label=label)
            current = {"label": label, "title": stands.title}
            raise Conflict(refused, seen_title=given["seen_title"], current=current) from None
        return {"label": part.label, "title": part.title}


def parts_shown(records_request: RecordsRequest) -> dict[str, Any]:
    return {
        "items": list(records_request.parts.order_by("position").values("label", "title")),
        "version": records_request.ledger_version,
    }


class DetailsShape(serializers.Serializer[Any]):
    public_title = serializers.CharField()
    working_title = serializers.CharField()
    tracking_number = serializers.CharField()
    held_back = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Of titles and people; send it back as seen_version.")


class DetailsGiven(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    public_title = Words(required=False)
    working_title = Words(required=False, allow_blank=True)
    tracking_number = Words(required=False, allow_blank=True)
    held_back = serializers.BooleanField(required=False, help_text="Only an owner decides.")


class DetailsView(OursView):
    @operation("details", "Titles and number of one request", answer=DetailsShape)
    def get(self, pid: str) -> dict[str, Any]:
        """As its own people read them."""
        return details_shown(self.ours(pid))

    @operation(
        "details-change",
        "Change titles and number",
        body=DetailsGiven,
        example={"seen_version": 3, "public_title": "Sharing lists"},
        answer=DetailsShape,
    )
    def patch(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """What is left out stays. 409 with what stands where somebody was faster."""
        records_request = self.ours(pid, editing=True)
        stands = details_shown(records_request)
        told = {**stands, **given}
        try:
            details.edit_details(
                viewer=self.viewer, records_request=records_request, actor=self.actor,
                public_title=told["public_title"], working_title=told["working_title"],
                tracking_number=told["tracking_number"], held_back=given.get("held_back"),
                seen_version=given["seen_version"],
            )  # fmt: skip
        except Refused as refused:
            if refused.code != "stale":
                raise
            versions = {"seen_version": given["seen_version"], "current_version": stands["version"]}
            raise Conflict(refused, **versions, current=stands) from None
        records_request.refresh_from_db()
        return details_shown(records_request)


def details_shown(records_request: RecordsRequest) -> dict[str, Any]:
    found = details.details_of(records_request)
    return {
        **{name: found[name] for name in found if name != "seen_version"},
        "version": found["seen_version"],
    }


class WindowShape(serializers.Serializer[Any]):
    clock = serializers.CharField(help_text="Its key.")
    name = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    due_on = serializers.DateField(allow_null=True)


class WindowsShape(serializers.Serializer[Any]):
    items = WindowShape(many=True)
    version = serializers.IntegerField(help_text="Send it back as seen_version.")


class WindowGiven(Given):
    clock = Words(max_length=200)
    keep = serializers.BooleanField(help_text="true: the request stays open for it.")
    reason = Words(required=False, allow_blank=True, default="", max_length=5_000)


class ClosingGiven(Given):
    on = serializers.DateField()
    windows = serializers.ListField(child=WindowGiven(), required=False, default=list, max_length=200)
    note = Words(required=False, allow_blank=True, default="", max_length=5_000, help_text="Ours alone.")
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class ClosedShape(serializers.Serializer[Any]):
    closed = serializers.BooleanField()
    let_go = serializers.ListField(child=serializers.CharField())
    kept = serializers.ListField(child=serializers.CharField())


class ClosingView(OursView):
    @operation("closing", "What closing would ask", answer=WindowsShape)
    def get(self, pid: str) -> dict[str, Any]:
        """Our own windows that still run, the soonest first."""
        records_request = self.ours(pid)
        windows = closing.windows_of(records_request, day_in(records_request.zone, self.now))
        items = [
            {"clock": one.key, "name": one.name, "parts": list(one.parts), "due_on": one.due_on}
            for one in windows
        ]
        return {"items": items, "version": records_request.ledger_version}

    @operation(
        "close",
        "Close a request",
        body=ClosingGiven,
        example={"on": "2026-03-20", "seen_version": 3, "windows": []},
        answer=ClosedShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Each window is let go with a reason, or the request stays open for it; all in one transaction."""
        records_request = self.ours(pid, editing=True)
        answers = {one["clock"]: Answer(one["keep"], one["reason"]) for one in given["windows"]}
        done = closing.close_request(
            viewer=self.viewer, records_request=records_request, answers=answers, on=given["on"], actor=self.actor,
            once=self.once, today=day_in(records_request.zone, self.now), seen_version=given["seen_version"],
            note=given["note"],
        )  # fmt: skip
        return {
            "closed": done.closed,
            "let_go": list(done.let_go),
            "kept": [window.name for window in done.kept],
        }


urlpatterns = [
    path("requests/<slug:pid>/parts/", PartsView.door(), name="api-parts"),
    path("requests/<slug:pid>/parts/<str:label>/", PartView.door(), name="api-part"),
    path("requests/<slug:pid>/details/", DetailsView.door(), name="api-details"),
    path("requests/<slug:pid>/close/", ClosingView.door(), name="api-close"),
]
