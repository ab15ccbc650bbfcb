"""/metrics: how what goes out is doing, in numbers, for Prometheus. To others there is nothing at this address."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from requests_app.queries import health, operation

from .address import from_this_machine
from .health import without_viewer


class _Tracker(Collector):
    """Read anew at each scrape: a number that a process remembers is a number that another does not know."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield from self._read()
        except DatabaseTrouble:
            yield _one("tracker_database_up", "Whether the database answers.", 0)

    def _read(self) -> Iterator[GaugeMetricFamily]:
        states = operation.queue_states()
        found = health.schedule_health()
        jobs = operation.jobs()
        circuit = operation.mail_circuit()
        yield _one("tracker_database_up", "Whether the database answers.", 1)
        rows = GaugeMetricFamily(
            "tracker_outgoing_rows", "Rows of a queue by state; due: their time has come.", labels=["queue", "state"]
        )
        lag = GaugeMetricFamily(
            "tracker_outgoing_oldest_due_timestamp_seconds", "Since when the oldest due row waits; 0: none does.",
            labels=["queue"],
        )  # fmt: skip
        for one in states:
            for state in ("due", "claimed", "unknown", "failed"):
                rows.add_metric([one.name, state], getattr(one, state))
            lag.add_metric([one.name], one.since.timestamp() if one.since else 0)
        yield rows
        yield lag
        success = GaugeMetricFamily(
            "tracker_job_last_success_timestamp_seconds", "When each job last did its work.", labels=["job"]
        )
        for job in jobs:
            success.add_metric([job["job"]], job["at"].timestamp())
        yield success
        yield _one("tracker_reminders_well", "Whether the reminders are green on /healthz.", found.well)
        yield _one(
            "tracker_reminders_late",
            "Whether a reminder waits ten minutes past its time.",
            found.late_since is not None,
        )
        yield _one("tracker_reminders_unplanned", "Whether a due deadline has no row.", found.unplanned)
        yield _one("tracker_sending_held", "Whether a hold stands.", found.held)
        yield _one(
            "tracker_mail_circuit_open", "Whether the mail server takes nothing.", bool(circuit and circuit["open"])
        )


def _one(name: str, words: str, value: bool | int) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=float(value))


@without_viewer
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_ask(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Tracker())
    response = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    response["Cache-Control"] = "no-store"
    return response


def _may_ask(request: HttpRequest) -> bool:
    """By the token; without one, from this machine alone."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())
    return from_this_machine(request)


urlpatterns = [path("metrics", metrics, name="metrics")]
