"""The numbers of the public dashboard for programs: published requests only, whoever asks."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.models.agencies import AgencyKind
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import dashboard as query
from requests_app.queries.groups import POPULATIONS, TOGETHER
from requests_app.queries.statistics import Narrowed

from .base import ApiView, Given, operation


class DashboardAsked(Given):
    population = serializers.ChoiceField(list(POPULATIONS), required=False)
    campaign = serializers.CharField(required=False, max_length=12)
    jurisdiction = serializers.CharField(required=False, max_length=12)
    group = serializers.ChoiceField(sorted(TOGETHER), required=False)
    kind = serializers.ChoiceField(AgencyKind.values, required=False)


class CountedAgency(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    jurisdiction = serializers.CharField()
    sample = serializers.BooleanField()
    groups = serializers.DictField(child=serializers.IntegerField())


class WaitedShape(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    answered = serializers.BooleanField()
    n = serializers.IntegerField()


class SilentShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    agency = serializers.CharField()
    jurisdiction = serializers.CharField()
    sample = serializers.BooleanField()
    filed_on = serializers.DateField()
    days = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)


class NewestShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    agency = serializers.CharField()
    jurisdiction = serializers.CharField()
    sample = serializers.BooleanField()
    on = serializers.DateField()
    outcome = serializers.CharField()


class DashboardShape(serializers.Serializer[Any]):
    """`population`: which requests are counted (filed, sample, log); the three are never counted together. `waited`:
    how many requests waited so many days for a first answer."""

    population = serializers.CharField()
    populations = serializers.DictField(child=serializers.IntegerField())
    total = serializers.IntegerField()
    groups = serializers.DictField(child=serializers.IntegerField())
    laws = serializers.DictField(child=serializers.IntegerField())
    agencies = CountedAgency(many=True)
    waited = WaitedShape(many=True)
    undated = serializers.IntegerField(help_text="Answered, but the log names no day.")
    longest_silence = SilentShape(many=True)
    newest_answers = NewestShape(many=True)


class DashboardView(ApiView):
    @operation("dashboard", "What the public dashboard counts", asked=DashboardAsked, answer=DashboardShape)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Published requests only, whoever asks, and nothing that is the requester's own."""
        tell_database(PUBLIC)
        found = query.load(now=self.now, asked=Narrowed(**asked), every_agency=True)
        of = found.of
        return {
            "population": of.population,
            "populations": of.populations,
            "total": of.total,
            "groups": of.counts,
            "laws": of.laws,
            "agencies": [
                {
                    "id": row.slug, "name": row.name, "kind": row.kind, "jurisdiction": row.jurisdiction,
                    "sample": row.is_sample, "groups": row.counts,
                }
                for row in of.agencies
                if row.total
            ],
            "waited": [{"days": one.days, "answered": one.ended, "n": one.n} for one in of.waits["answer"]],
            "undated": of.undated,
            "longest_silence": [
                {
                    "id": row.public_id, "title": row.title, "agency": row.agency, "jurisdiction": row.jurisdiction,
                    "sample": row.is_sample, "filed_on": row.filed_on, "days": row.days, "due_on": row.due_on,
                }
                for row in found.silence
            ],
            "newest_answers": [
                {
                    "id": row.public_id, "title": row.title, "agency": row.agency, "jurisdiction": row.jurisdiction,
                    "sample": row.is_sample, "on": row.on, "outcome": row.outcome,
                }
                for row in found.newest
            ],
        }  # fmt: skip


urlpatterns = [path("dashboard/", DashboardView.door(), name="api-dashboard")]
