"""What a decision, an order or its keeping would change, told before it is written; and a letter drafted anew."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import orders
from requests_app.actions import remedies as acting

from .base import Given, operation
from .events import EffectShape, effect_shown
from .remedies import (
    ORDERED,
    DecideGiven,
    MeetGiven,
    OrderGiven,
    RemedyBase,
    RemedyShape,
    remedy_shown,
)


class RedraftGiven(Given):
    seen_version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class RemedyDecidePreviewView(RemedyBase):
    @operation(
        "remedy-decide-preview",
        "What the decision would change",
        body=DecideGiven,
        example={"outcome": "reversed", "dated_on": "2026-04-20", "seen_version": 4},
        answer=EffectShape,
        plain=True,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The same words as for recording it. Nothing is written."""
        act = self.step(*self.editable(pid), given, "outcome", "dated_on", "sent_on", "received_on")
        return effect_shown(acting.preview_decision(**act))


class RemedyOrderPreviewView(RemedyBase):
    @operation(
        "remedy-order-preview",
        "What the order would change",
        body=OrderGiven,
        example={
            "what": "production",
            "owes": "agency",
            "due_on": "2026-06-01",
            "dated_on": "2026-05-04",
            "seen_version": 4,
        },
        answer=EffectShape,
        plain=True,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The same words as for recording it. Nothing is written."""
        return effect_shown(orders.preview_order(**self.step(*self.editable(pid), given, *ORDERED)))


class RemedyOrderMetPreviewView(RemedyBase):
    @operation(
        "remedy-order-met-preview",
        "What doing as ordered would change",
        body=MeetGiven,
        example={"sent_on": "2026-05-29", "seen_version": 5},
        answer=EffectShape,
        plain=True,
    )
    def post(self, given: dict[str, Any], pid: str, uid: str) -> dict[str, Any]:
        """The same words as for recording it. Nothing is written."""
        return effect_shown(orders.preview_met(**self.step(*self.editable(pid), given, "sent_on"), order=uid))


class RemedyRedraftView(RemedyBase):
    @operation(
        "remedy-redraft",
        "Draft its letter anew from the record",
        body=RedraftGiven,
        example={"seen_version": 2},
        answer=RemedyShape,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """What stood in it goes. 409 where somebody saved since `seen_version`, or where a letter was made of it."""
        _found, one = self.editable(pid)
        acting.draft_again(
            viewer=self.viewer, remedy=one.remedy, seen_version=given["seen_version"], now=self.now
        )
        return remedy_shown(*self.of(pid))


HERE = "remedies/<slug:pid>"
urlpatterns = [
    path(f"{HERE}/decide/preview/", RemedyDecidePreviewView.door(), name="api-remedy-decide-preview"),
    path(f"{HERE}/orders/preview/", RemedyOrderPreviewView.door(), name="api-remedy-order-preview"),
    path(
        f"{HERE}/orders/<slug:uid>/done/preview/",
        RemedyOrderMetPreviewView.door(),
        name="api-remedy-order-met-preview",
    ),
    path(f"{HERE}/redraft/", RemedyRedraftView.door(), name="api-remedy-redraft"),
]
