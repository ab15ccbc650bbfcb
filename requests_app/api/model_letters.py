"""Model letters for programs: read by token, offered by session; copied and written from by editors."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import letters
from requests_app.actions import model_letters as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Agency, Letter, LetterKind, ModelLetter, OwnModel, RecordsRequest
from requests_app.queries import model_letters as queries

from .base import ApiView, Given, Words, operation, page_of
from .coalitions import BY_NAME, HERE, TIERS, CoalitionView
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

NEWEST = ("-offered_at", "-public_id")
NEWEST_COPY = ("-copied_at", "-public_id")
ONE = f"{HERE}/models/<slug:key>"


class ModelRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(LetterKind.values)
    law = serializers.CharField(allow_null=True, help_text="It was written under.")
    kit = serializers.CharField(allow_null=True, help_text="That ships, where it was written by one.")
    organization = serializers.CharField(help_text="As partners read it.")
    ours = serializers.BooleanField()
    tier = serializers.ChoiceField(list(BY_NAME), help_text="This tier and those above read it.")
    offered_at = serializers.DateTimeField()


class ModelShape(ModelRow):
    subject = serializers.CharField()
    body = serializers.CharField()


class OfferGiven(Given):
    letter = Words(max_length=20, help_text="One of your own.")
    tier = serializers.ChoiceField(list(BY_NAME))
    title = Words(max_length=acts.TITLE_MAX)
    subject = Words(max_length=letters.SUBJECT_MAX, required=False, help_text="Left out: the letter's.")
    body = Words(max_length=letters.BODY_MAX, required=False, help_text="Left out: the letter's.")


class LookGiven(Given):
    letter = Words(max_length=20)
    subject = Words(max_length=letters.SUBJECT_MAX, required=False)
    body = Words(max_length=letters.BODY_MAX, required=False)


class OfferingShape(serializers.Serializer[Any]):
    subject = serializers.CharField()
    body = serializers.CharField()
    withheld = serializers.IntegerField(
        help_text="Places where a name, an address or a number was taken out."
    )


class CopyGiven(Given):
    organisation = Words(
        required=False, max_length=12, help_text="For which of yours; left out: the only one."
    )


class OwnModelRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(LetterKind.values)
    law = serializers.CharField(allow_null=True)
    kit = serializers.CharField(allow_null=True)
    by_partner = serializers.CharField(help_text="Who offered it.")
    copied_at = serializers.DateTimeField()


class OwnModelShape(OwnModelRow):
    subject = serializers.CharField()
    body = serializers.CharField()


class BeginGiven(Given):
    request = Words(required=False, max_length=20, help_text="Of a later letter: a request of yours.")
    agency = Words(required=False, max_length=300, help_text="Of a first letter: the agency by its slug.")
    law = Words(required=False, max_length=40, help_text="Left out: the one that governs the agency.")


class BegunShape(serializers.Serializer[Any]):
    letter = serializers.CharField()


class ModelView(CoalitionView):
    def models(self, pid: str) -> Any:
        """For whoever is in it now."""
        if not self.stays(pid):
            raise Http404
        return queries.offered(self.viewer, self.coalition(pid))

    def model(self, pid: str, key: str) -> ModelLetter:
        found: ModelLetter = self.found(self.models(pid), public_id=key)
        return found

    def letter(self, key: str) -> Letter:
        rows = Letter.objects.visible_to(self.viewer).select_related("organisation", "agency")
        found: Letter | None = rows.filter(public_id=key).first()
        if found is None:
            raise Refused("letter_unknown", "You have no letter with this id.", field="letter")
        return found


class ModelsView(ModelView):
    @operation(
        "coalition-models",
        "Model letters of a coalition",
        asked=PageAsked,
        answer=page_of(ModelRow),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Those offered to your tier, and your own; the newest first."""
        rows = self.models(pid).defer("body").order_by()

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, self._row)

    @operation(
        "coalition-model-offer", "Offer a letter as a model", body=OfferGiven, answer=ModelShape, status=201,
        example={"letter": "7h3kq2m9x4ap", "tier": "member", "title": "Appeal of a blanket denial"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Whoever asked, and numbers of requests, are taken out. Owners, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        made = acts.offer(
            viewer=self.viewer, coalition=found, letter=self.letter(given["letter"]), tier=BY_NAME[given["tier"]],
            title=given["title"], subject=given.get("subject"), body=given.get("body"), actor=self.actor,
            once=self.once,
        )  # fmt: skip
        return self.whole(self.model(pid, made.public_id))

    def _row(self, row: ModelLetter) -> dict[str, Any]:
        return _row(row, self.viewer.belongs_to(row.organisation_id))

    def whole(self, row: ModelLetter) -> dict[str, Any]:
        return {**self._row(row), "subject": row.subject, "body": row.body}


class ModelLookView(ModelView):
    @operation(
        "coalition-model-preview",
        "What partners would read",
        body=LookGiven,
        answer=OfferingShape,
        plain=True,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Nothing is saved. Owners, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        told = acts.preview(
            viewer=self.viewer, coalition=found, letter=self.letter(given["letter"]), subject=given.get("subject"),
            body=given.get("body"),
        )  # fmt: skip
        return {"subject": told.subject, "body": told.body, "withheld": told.withheld}


class OneModelView(ModelView):
    @operation("coalition-model", "One model letter", answer=ModelShape, signed_in=True)
    def get(self, pid: str, key: str) -> dict[str, Any]:
        row = self.model(pid, key)
        ours = self.viewer.belongs_to(row.organisation_id)
        return {**_row(row, ours), "subject": row.subject, "body": row.body}

    @operation("coalition-model-withdraw", "Withdraw a model of your own", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """At once; copies stay. Owners, by session, after a fresh proof."""
        row = self.model(pid, key)
        self.by_hand()
        acts.withdraw(viewer=self.viewer, model=row, actor=self.actor)
        return {"done": True}


class ModelCopyView(ModelView):
    @operation("coalition-model-copy", "Copy a model", body=CopyGiven, answer=OwnModelShape, status=201)
    def post(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """A second copy is the first. The partner is not told. Editors."""
        row = self.model(pid, key)
        home = self.organisation(given.get("organisation"))
        made = acts.copy(viewer=self.viewer, organisation=home, model=row, actor=self.actor)
        made.refresh_from_db()
        return {**_own(made), "subject": made.subject, "body": made.body}


class OwnModelsView(ApiView):
    @operation(
        "own-models", "Copies of model letters", asked=PageAsked, answer=page_of(OwnModelRow), signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest first."""
        rows = queries.copied(self.viewer).defer("body").order_by()

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST_COPY, place, limit)

        return paged(self.request, asked, NEWEST_COPY, read, _own)


class OneOwnModel(ApiView):
    def own(self, key: str) -> OwnModel:
        found: OwnModel = self.found(queries.copied(self.viewer), public_id=key)
        return found


class OwnModelView(OneOwnModel):
    @operation("own-model", "One copy", answer=OwnModelShape, signed_in=True)
    def get(self, key: str) -> dict[str, Any]:
        row = self.own(key)
        return {**_own(row), "subject": row.subject, "body": row.body}

    @operation("own-model-throw", "Throw a copy away", answer=Done)
    def delete(self, key: str) -> dict[str, Any]:
        """Letters that were begun from it stay. Editors."""
        acts.throw_away(viewer=self.viewer, own=self.own(key))
        return {"done": True}


class OwnModelLetterView(OneOwnModel):
    @operation(
        "own-model-letter", "Start a letter from a copy", body=BeginGiven, answer=BegunShape, status=201
    )
    def post(self, given: dict[str, Any], key: str) -> dict[str, Any]:
        """A draft: a first letter with `agency`, a later one with `request`. Editors."""
        row = self.own(key)
        if given.get("request"):
            rows = RecordsRequest.objects.of_organisation(self.viewer).select_related(
                "agency", "custodian", "organisation", "campaign"
            )
            made = acts.begin_letter(
                viewer=self.viewer, own=row, records_request=self.found(rows, public_id=given["request"]),
                actor=self.actor, once=self.once,
            )  # fmt: skip
            return {"letter": made.public_id}
        if row.kind != LetterKind.REQUEST:
            raise Refused("request_missing", "Name the request that the letter belongs to.", field="request")
        agency = Agency.objects.filter(slug=given.get("agency", "")).select_related("merged_into").first()
        if agency is None:
            raise Refused("agency_unknown", "Name an agency by its slug.", field="agency")
        made = acts.begin_request(
            viewer=self.viewer, own=row, agency=agency.merged_into or agency, law_id=given.get("law", ""),
            actor=self.actor, once=self.once,
        )  # fmt: skip
        return {"letter": made.public_id}


def _row(row: ModelLetter, ours: bool) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": row.title,
        "kind": row.kind,
        "law": row.law_id or None,
        "kit": row.kit or None,
        "organization": row.stay.shown_as,
        "ours": ours,
        "tier": TIERS[row.tier],  # type: ignore[index]
        "offered_at": row.offered_at,
    }


def _own(row: OwnModel) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": row.title,
        "kind": row.kind,
        "law": row.law_id or None,
        "kit": row.kit or None,
        "by_partner": row.by_partner,
        "copied_at": row.copied_at,
    }


urlpatterns = [
    path(f"{HERE}/models/", ModelsView.door(), name="api-coalition-models"),
    path(f"{HERE}/models/preview/", ModelLookView.door(), name="api-coalition-model-preview"),
    path(f"{ONE}/", OneModelView.door(), name="api-coalition-model"),
    path(f"{ONE}/copy/", ModelCopyView.door(), name="api-coalition-model-copy"),
    path("models/", OwnModelsView.door(), name="api-own-models"),
    path("models/<slug:key>/", OwnModelView.door(), name="api-own-model"),
    path("models/<slug:key>/letter/", OwnModelLetterView.door(), name="api-own-model-letter"),
]
