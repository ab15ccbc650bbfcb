"""The statistics for programs: how long it takes with open requests counted, delays, extensions, grounds. Published
requests only, whoever asks. How it is counted: docs/method.md."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.models.agencies import AgencyKind
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import statistics as query
from requests_app.queries.groups import POPULATIONS, TOGETHER
from requests_app.queries.statistics import Narrowed
from requests_app.statistics.minimum import FEWEST
from requests_app.statistics.survival import Curve, Waited, curve

from .base import ApiView, Given, operation


class StatisticsAsked(Given):
    population = serializers.ChoiceField(list(POPULATIONS), required=False)
    campaign = serializers.CharField(required=False, max_length=12)
    kit = serializers.CharField(required=False, max_length=80)
    jurisdiction = serializers.CharField(required=False, max_length=12)
    kind = serializers.ChoiceField(AgencyKind.values, required=False)
    group = serializers.ChoiceField(sorted(TOGETHER), required=False)
    filed_from = serializers.DateField(required=False, help_text="That day counts.")
    filed_until = serializers.DateField(required=False, help_text="That day counts.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("filed_from"), attrs.get("filed_until")
        if first and last and first > last:
            raise serializers.ValidationError(
                {"filed_until": ["It is before filed_from. Choose the same day or a later one."]}
            )
        return attrs


class MedianShape(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField(allow_null=True, help_text="Null: the upper end is not known yet.")


class CurveStepShape(serializers.Serializer[Any]):
    day = serializers.IntegerField()
    at_risk = serializers.IntegerField(help_text="Still counted on the morning of that day.")
    ended = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Open, withdrawn or at the end of their log: not answered.")
    waiting = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class CurveShape(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    ended = serializers.IntegerField()
    enough = serializers.BooleanField(help_text=f"Whether there are {FEWEST} or more; else no median.")
    median = MedianShape(allow_null=True)
    steps = CurveStepShape(many=True)


class UnitsShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField()
    asks = serializers.IntegerField()
    agencies = serializers.IntegerField()
    centers = serializers.IntegerField()
    custodians = serializers.IntegerField()


class DelayShape(serializers.Serializer[Any]):
    """`late` of `dated` requests with a last day under the law were or are past it, by `days` in all."""

    dated = serializers.IntegerField()
    late = serializers.IntegerField()
    days = serializers.IntegerField()
    longest = serializers.IntegerField()
    extended = serializers.IntegerField()
    notices = serializers.IntegerField()


class GroundShape(serializers.Serializer[Any]):
    ground = serializers.CharField()
    law = serializers.CharField(allow_blank=True)
    section = serializers.CharField(allow_blank=True)
    citation = serializers.CharField(allow_blank=True)
    n = serializers.IntegerField()


class StatisticsShape(serializers.Serializer[Any]):
    """`population`: which requests are counted (filed, sample, log); the three are never counted together."""

    population = serializers.CharField()
    populations = serializers.DictField(child=serializers.IntegerField())
    as_of = serializers.DateTimeField(help_text="To the minute.")
    units = UnitsShape()
    groups = serializers.DictField(child=serializers.IntegerField())
    acknowledged = serializers.IntegerField(allow_null=True, help_text="Null: logs do not tell it.")
    undated = serializers.IntegerField(help_text="Answered on a day that no log tells; in no curve.")
    first_answer = CurveShape()
    completion = CurveShape()
    acknowledgment = CurveShape()
    delay = DelayShape()
    grounds_of = serializers.IntegerField(help_text="Requests with published letters that cite a ground.")
    grounds = GroundShape(many=True)
    sections = GroundShape(many=True)


class StatisticsView(ApiView):
    @operation("statistics", "How long it takes, and what came of it", asked=StatisticsAsked, answer=StatisticsShape)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Published requests only, whoever asks. Medians count open requests (Kaplan–Meier, 95% intervals)."""
        tell_database(PUBLIC)
        found = query.count(Narrowed(**asked), now=self.now)
        cited = found.grounds
        return {
            "population": found.population,
            "populations": found.populations,
            "as_of": found.as_of.replace(second=0, microsecond=0),
            "units": asdict(found.units),
            "groups": found.counts,
            "acknowledged": found.acknowledged,
            "undated": found.undated,
            "first_answer": _curve(found.waits["answer"]),
            "completion": _curve(found.waits["completion"]),
            "acknowledgment": _curve(found.waits["acknowledgment"]),
            "delay": asdict(found.delay),
            "grounds_of": cited.requests,
            "grounds": [_ground(one) for one in cited.kinds],
            "sections": [_ground(one) for one in cited.sections],
        }


def _curve(spells: list[Waited]) -> dict[str, Any]:
    found: Curve = curve(spells)
    median = found.median if found.drawn else None
    return {
        "n": found.n,
        "ended": found.ended,
        "enough": found.drawn,
        "median": None if median is None else {"days": median.days, "low": median.low, "high": median.high},
        "steps": [
            {
                "day": one.day, "at_risk": one.at_risk, "ended": one.ended, "left": one.left,
                "waiting": round(one.waiting, 6), "low": None if one.low is None else round(one.low, 6),
                "high": None if one.high is None else round(one.high, 6),
            }
            for one in found.steps
        ],
    }  # fmt: skip


def _ground(one: query.Ground) -> dict[str, Any]:
    return {
        "ground": one.ground, "law": one.law_id, "section": one.section, "citation": one.citation, "n": one.n,
    }  # fmt: skip


urlpatterns = [path("statistics/", StatisticsView.door(), name="api-statistics")]
