"""Proposals for programs: what was offered to us and by us, offered and decided as the person's right says."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path, reverse
from rest_framework import serializers

from requests_app.actions import letters
from requests_app.actions import proposals as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Proposal, ProposalDecision, RecordsRequest
from requests_app.queries import proposals as queries
from requests_app.queries.days import day_in
from requests_app.queries.proposals import Shown

from .base import Answer, ApiView, Given, Words, operation, page_of
from .events import EffectShape, effect_shown
from .paging import PageAsked, Place, Walked, paged, walk

NEWEST = ("-offered_at", "-public_id")
STATES = [queries.WAITING, *ProposalDecision.State.values]
OUTCOMES = sorted({one for some in acts.OUTCOMES_OF.values() for one in some})


class ProposalShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    to_us = serializers.BooleanField(help_text="It was offered to your organization, and is yours to decide.")
    kind = serializers.ChoiceField(Proposal.Kind.values)
    request = serializers.CharField(allow_null=True, help_text="null: not shown to you now.")
    name = serializers.CharField(help_text="Of whoever proposed it, to whom it was proposed.")
    person = serializers.CharField(help_text="Of your own organization only.")
    in_advance = serializers.BooleanField(help_text="By the right to log: recorded without being asked again.")
    what = serializers.CharField(help_text="Kind of the event, or of the letter.")
    subject = serializers.CharField(help_text="Of a letter; of a document the name of its file.")
    body = serializers.CharField(help_text="Of a letter.")
    outcome = serializers.CharField(allow_null=True)
    happened_on = serializers.DateField(allow_null=True, help_text="Of a document: the day it was received.")
    until_on = serializers.DateField(allow_null=True)
    file = serializers.CharField(allow_null=True, help_text="Address of the bytes of a document that waits.")
    size = serializers.IntegerField(help_text="Bytes of a document; else 0.")
    sha256 = serializers.CharField(help_text="Of a document.")
    note = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    state = serializers.ChoiceField(STATES, allow_null=True, help_text="null: not told to you now.")
    reason = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)


class OneShape(ProposalShape):
    version = serializers.IntegerField(
        allow_null=True, help_text="Of the request, ours: send it back as seen_version."
    )
    effect = EffectShape(allow_null=True, help_text="What accepting would change; of one that waits for us.")
    cannot = serializers.CharField(help_text="Why it cannot be recorded as it stands.")


class ProposalsAsked(PageAsked):
    by_us = serializers.BooleanField(required=False, help_text="true: what you offered to others.")


class EventProposed(Given):
    what = serializers.ChoiceField(list(acts.DAY_OF))
    happened_on = serializers.DateField()
    until_on = serializers.DateField(required=False, allow_null=True, default=None)
    outcome = serializers.ChoiceField(OUTCOMES, required=False, allow_blank=True, default="")
    note = Words(max_length=acts.NOTE_MAX, required=False, allow_blank=True, default="")


class LetterProposed(Given):
    letter = serializers.ChoiceField([kind.value for kind in acts.LETTERS])
    subject = Words(max_length=letters.SUBJECT_MAX)
    body = Words(max_length=letters.BODY_MAX)
    note = Words(max_length=acts.NOTE_MAX, required=False, allow_blank=True, default="")


class ProposalDecisionGiven(Given):
    state = serializers.ChoiceField(ProposalDecision.State.values)
    reason = Words(max_length=acts.REASON_MAX, required=False, allow_blank=True, default="")
    seen_version = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="To accept: the version you read."
    )


EXAMPLE = {"what": "acknowledged", "happened_on": "2026-03-09", "note": "We saw it in their portal."}
LETTER = {"letter": "follow_up", "subject": "Records request of March 9", "body": "The time is over."}
DECISION = {"state": "accepted", "seen_version": 3}


class ProposalsView(ApiView):
    @operation("proposals", "Proposals", asked=ProposalsAsked, answer=page_of(ProposalShape), signed_in=True)
    def get(self, asked: dict[str, Any]) -> Answer:
        """To your organizations, or by you; the newest first."""
        rows = queries.by_us(self.viewer) if asked.get("by_us") else queries.to_us(self.viewer)

        def read(place: Place, limit: int) -> Walked:
            page = walk(rows, NEWEST, place, limit)
            return Walked(queries.shown(self.viewer, page.rows), page.further, page.count)

        return paged(
            self.request, asked, NEWEST, read, proposal_shown, of=lambda one, name: getattr(one.row, name)
        )


class ProposalView(ApiView):
    @operation("proposal", "A proposal", answer=OneShape, signed_in=True)
    def get(self, key: str) -> Answer:
        """With what accepting it would change, for whoever may accept it."""
        return self.told(key)

    @operation("proposal-decide", "Decide on a proposal", body=ProposalDecisionGiven, answer=OneShape, example=DECISION)
    def post(self, given: dict[str, Any], key: str) -> Answer:
        """Accepted or declined by editors of whose request it is; withdrawn by who proposed it. For good."""
        found = self.one(key)
        act: dict[str, Any] = {"viewer": self.viewer, "proposal": found.row, "actor": self.actor}
        if given["state"] == ProposalDecision.State.DECLINED:
            acts.decline(**act, reason=given["reason"])
        elif given["state"] == ProposalDecision.State.WITHDRAWN:
            acts.withdraw(**act)
        elif found.request is None:
            raise Http404
        elif "seen_version" not in given:
            raise Refused("version_missing", "Say which version of the request you read.", field="seen_version")
        else:
            today = day_in(found.request.zone, self.now)
            acts.accept(**act, today=today, seen_version=given["seen_version"])
        return self.told(key)

    def one(self, key: str) -> Shown:
        found = queries.one(self.viewer, key)
        if found is None:
            raise Http404
        return found

    def told(self, key: str) -> Answer:
        found = self.one(key)
        effect, cannot = None, ""
        decides = found.ours and self.viewer.may_edit(found.row.organisation_id)
        if decides and found.state == queries.WAITING and found.request is not None:
            try:
                effect = acts.preview(
                    viewer=self.viewer, proposal=found.row, records_request=found.request,
                    today=day_in(found.request.zone, self.now),
                )  # fmt: skip
            except Refused as refused:
                cannot = refused.sentence
        return proposal_shown(found) | {
            "version": found.request.ledger_version if found.request and found.ours else None,
            "effect": effect_shown(effect) if effect else None,
            "cannot": cannot,
        }


class OfferView(ApiView):
    def request_of(self, pid: str) -> RecordsRequest:
        found: RecordsRequest = self.found(RecordsRequest.objects.visible_to(self.viewer), public_id=pid)
        return found

    def made(self, proposal: Proposal) -> Answer:
        return proposal_shown(queries.shown(self.viewer, [proposal])[0])


class EventOfferView(OfferView):
    @operation(
        "proposal-event", "Propose an event", body=EventProposed, answer=ProposalShape, status=201, example=EXAMPLE
    )
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """On a request of another's, by the right to propose events; by the right to log it is recorded soon after."""
        request = self.request_of(pid)
        made = acts.propose_event(
            viewer=self.viewer, records_request=request, actor=self.actor, once=self.once,
            today=day_in(request.zone, self.now), **given,
        )  # fmt: skip
        return self.made(made)


class LetterOfferView(OfferView):
    @operation(
        "proposal-letter", "Draft a letter for them", body=LetterProposed, answer=ProposalShape, status=201,
        example=LETTER,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """On a request of another's, by the right to draft; accepted it is a draft of theirs, and sends nothing."""
        made = acts.propose_draft(
            viewer=self.viewer, records_request=self.request_of(pid), actor=self.actor, once=self.once, **given
        )
        return self.made(made)


def proposal_shown(one: Shown) -> Answer:
    row = one.row
    waits = row.kind == Proposal.Kind.DOCUMENT and one.state == queries.WAITING
    return {
        "id": row.public_id,
        "to_us": one.ours,
        "kind": row.kind,
        "request": one.request.public_id if one.request else None,
        "name": one.name,
        "person": one.person,
        "in_advance": row.in_advance,
        "what": row.what,
        "subject": row.title,
        "body": row.text,
        "outcome": row.outcome or None,
        "happened_on": row.happened_on,
        "until_on": row.until_on,
        "file": reverse("api-proposal-file", args=[row.public_id]) if waits else None,
        "size": row.size,
        "sha256": row.sha256,
        "note": row.note,
        "proposed_at": row.offered_at,
        "state": one.state or None,
        "reason": one.decision.reason if one.decision else "",
        "decided_at": one.decision.at if one.decision else None,
    }


urlpatterns = [
    path("proposals/", ProposalsView.door(), name="api-proposals"),
    path("proposals/<slug:key>/", ProposalView.door(), name="api-proposal"),
    path("requests/<slug:pid>/proposals/events/", EventOfferView.door(), name="api-proposal-event"),
    path("requests/<slug:pid>/proposals/letters/", LetterOfferView.door(), name="api-proposal-letter"),
]
