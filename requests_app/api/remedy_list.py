"""The attorneys' list for programs: every window of ours in one organization, and every day a court set us."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.clock.orders import RULE as ORDER_RULE
from requests_app.models import Deadline, Remedy
from requests_app.queries import remedy_list as query

from .base import ApiView, operation, page_of
from .desk import place
from .paging import PageAsked, Place, Walked, paged, walk

# By the day to act by, those without one at the end; the rest only makes the order one that can be walked.
KEYS = ("by", "request__public_id", "clock_key")
KINDS = (*Remedy.Kind.values, "order")


class WindowsAsked(PageAsked):
    organisation = serializers.CharField(
        required=False, max_length=12, help_text="Needed where you belong to several."
    )
    kind = serializers.ChoiceField(KINDS, required=False, help_text="order: a day that a court set us.")
    state = serializers.ChoiceField(query.STATES, required=False, help_text="open unless told.")
    within = serializers.ChoiceField(query.WITHIN, required=False, help_text="Days left, at most.")


class OpenWindowShape(serializers.Serializer[Any]):
    request = serializers.CharField()
    title = serializers.CharField()
    agency = serializers.CharField()
    clock = serializers.CharField(help_text="Key of the clock, as for beginning a remedy.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    parts = serializers.ListField(child=serializers.CharField(), help_text="None: the whole request.")
    opens_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text="The day to act by: the earlier reading.")
    latest = serializers.DateField(allow_null=True, help_text="The other reading.")
    days_left = serializers.IntegerField(
        allow_null=True, help_text="Negative: the earlier reading has passed."
    )
    closed = serializers.BooleanField(help_text="Both readings have passed.")
    standard = serializers.CharField(help_text="The law’s words where it has no number.")
    sample = serializers.BooleanField()


class WindowsView(ApiView):
    @operation(
        "windows", "Every window of ours", asked=WindowsAsked, answer=page_of(OpenWindowShape), signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """For appeal, review, notice and suit, and days that courts set us: those that are open, the soonest first."""
        organisation = place(self, asked.get("organisation"))
        filters = query.Filters(
            kind=asked.get("kind", ""), state=asked.get("state", ""), within=asked.get("within")
        )
        rows = query.window_rows(self.viewer, organisation.pk, filters, self.now).select_related(
            "request__agency", "request__custodian"
        )

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        def of(row: Deadline, name: str) -> Any:
            return row.request.public_id if name == "request__public_id" else getattr(row, name)

        return paged(self.request, asked, KEYS, read, window_shown, of=of)


def window_shown(row: Any) -> dict[str, Any]:
    today: dt.date = row.today
    records_request = row.request
    return {
        "request": records_request.public_id,
        "title": records_request.public_title,
        "agency": (records_request.custodian or records_request.agency).name,
        "clock": row.clock_key,
        "name": row.name,
        "kind": "order" if row.rule_id == ORDER_RULE else row.remedy,
        "parts": list(row.clock.get("parts", ())),
        "opens_on": row.opens_on,
        "due_on": row.due_on,
        "latest": row.latest_on,
        "days_left": (row.due_on - today).days if row.due_on else None,
        "closed": row.latest_on is not None and row.latest_on < today,
        "standard": row.clock.get("standard") or "",
        "sample": records_request.is_sample and not records_request.is_imported,
    }


urlpatterns = [path("windows/", WindowsView.door(), name="api-windows")]
