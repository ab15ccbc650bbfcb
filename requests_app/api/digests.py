"""One's own digests for programs: when each left, what became of it, and which mail is stopped."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import digest_stops
from requests_app.models import Digest, MailStop, Organisation
from requests_app.queries import digests as query

from .base import Given, operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-next_at", "-pk")


class DigestShape(serializers.Serializer[Any]):
    period = serializers.ChoiceField(Digest.Period.values)
    day = serializers.DateField(help_text="The reader’s own day that it belongs to.")
    next_at = serializers.DateTimeField(help_text="When it is due, or is tried next.")
    sent_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(Digest.State.values)
    reminders = serializers.IntegerField(help_text="How many it told; 0 until it leaves.")
    outcome = serializers.CharField(help_text="What the mail server said, or why it was not sent.")


class StopShape(serializers.Serializer[Any]):
    digests = serializers.BooleanField(help_text="No digest, and nothing that would have come in one.")
    ours = serializers.BooleanField(help_text="Nor alarms about our own windows, but for their last day.")


class StopGiven(Given):
    stop = serializers.ChoiceField(
        ("digests", "ours", "nothing"), help_text="nothing: every reminder by mail again."
    )
    confirmed = serializers.BooleanField(required=False, default=False, help_text="Must be true for ours.")


class DigestsView(OrganisationView):
    @operation("digests", "Your digests", asked=PageAsked, answer=page_of(DigestShape), signed_in=True)
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """One's own, the newest first; one that waits for its time is among them."""
        rows = query.own(self.viewer, self.actor, self.own(pid).pk)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, _shown)


class DigestStopView(OrganisationView):
    @operation("digest-stop", "Which mail you stopped", answer=StopShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        return _stop(query.stop_of(self.viewer, self.actor, self.own(pid).pk))

    @operation(
        "digest-stop-set",
        "Stop digests, or have them again",
        body=StopGiven,
        answer=StopShape,
        example={"stop": "digests"},
    )
    def put(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """What is stopped still lies in the inbox. The last day of a window of ours is mailed whatever is stopped."""
        organisation = self.own(pid)
        self.no_token()
        return _stop(self._set(given, organisation))

    def _set(self, given: dict[str, Any], organisation: Organisation) -> MailStop:
        mine: dict[str, Any] = {"viewer": self.viewer, "organisation": organisation, "actor": self.actor}
        match given["stop"]:
            case "digests":
                return digest_stops.stop_digests(**mine)
            case "ours":
                return digest_stops.stop_ours(**mine, confirmed=given["confirmed"])
        return digest_stops.send_again(**mine)


def _shown(row: Digest) -> dict[str, Any]:
    return {
        "period": row.period,
        "day": row.period_on,
        "next_at": row.next_at,
        "sent_at": row.sent_at,
        "state": row.state,
        "reminders": row.riders,
        "outcome": row.outcome,
    }


def _stop(row: MailStop | None) -> dict[str, Any]:
    return {
        "digests": row is not None and row.digests_at is not None,
        "ours": row is not None and row.ours_at is not None,
    }


urlpatterns = [
    path(f"{HERE}/digests/", DigestsView.door(), name="api-digests"),
    path(f"{HERE}/digests/stop/", DigestStopView.door(), name="api-digest-stop"),
]
