"""Kits offered in a coalition for programs: read by token, offered by session; copied by editors."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import kit_offers as acts
from requests_app.actions.refusals import Refused
from requests_app.models import KitOffer, OrganisationKit
from requests_app.queries import kit_offers as queries

from .base import Answer, Given, Words, operation, page_of
from .coalitions import BY_NAME, HERE, TIERS, CoalitionView
from .model_letters import CopyGiven
from .own_kits import OwnKitShape
from .own_kits import shown as kit_shown
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

NEWEST = ("-offered_at", "-public_id")
ONE = f"{HERE}/kits/<slug:key>"


class KitOfferRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    began_from = serializers.CharField(allow_null=True, help_text="The kit that ships it began as.")
    organization = serializers.CharField(help_text="As partners read it.")
    ours = serializers.BooleanField()
    tier = serializers.ChoiceField(list(BY_NAME), help_text="This tier and those above read it.")
    offered_at = serializers.DateTimeField()


class KitOfferShape(KitOfferRow):
    text = serializers.CharField(help_text="YAML, in the form of the kits that ship.")


class KitLookGiven(Given):
    kit = Words(max_length=20, help_text="One of your own, with a version that is ready.")


class KitOfferGiven(KitLookGiven):
    tier = serializers.ChoiceField(list(BY_NAME))
    title = Words(max_length=acts.TITLE_MAX)


class KitToldShape(serializers.Serializer[Any]):
    text = serializers.CharField()
    withheld = serializers.IntegerField(
        help_text="Places where a name, an address or a number was taken out."
    )


class KitOffersView(CoalitionView):
    def offers(self, pid: str) -> Any:
        """For whoever is in it now."""
        if not self.stays(pid):
            raise Http404
        return queries.offered(self.viewer, self.coalition(pid))

    def offer(self, pid: str, key: str) -> KitOffer:
        found: KitOffer = self.found(self.offers(pid), public_id=key)
        return found

    def kit(self, key: str) -> OrganisationKit:
        rows = OrganisationKit.objects.visible_to(self.viewer).select_related("organisation")
        found: OrganisationKit | None = rows.filter(public_id=key).first()
        if found is None:
            raise Refused("kit_unknown", "You have no kit with this id.", field="kit")
        return found

    def row(self, one: KitOffer) -> Answer:
        return {
            "id": one.public_id,
            "title": one.title,
            "began_from": one.began_from or None,
            "organization": one.stay.shown_as,
            "ours": self.viewer.belongs_to(one.organisation_id),
            "tier": TIERS[one.tier],  # type: ignore[index]
            "offered_at": one.offered_at,
        }

    def whole(self, one: KitOffer) -> Answer:
        return {**self.row(one), "text": one.text}


class AllKitOffersView(KitOffersView):
    @operation(
        "coalition-kits", "Kits offered in a coalition", asked=PageAsked, answer=page_of(KitOfferRow), signed_in=True
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> Answer:
        """Those offered to your tier, and your own; the newest first."""
        rows = self.offers(pid).defer("text").order_by()

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, self.row)

    @operation(
        "coalition-kit-offer", "Offer a kit", body=KitOfferGiven, answer=KitOfferShape, status=201,
        example={"kit": "7h3kq2m9x4ap", "tier": "member", "title": "Plate readers, with audits"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Whoever wrote it, and numbers of requests, are taken out. Owners, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        made = acts.offer(
            viewer=self.viewer, coalition=found, kit=self.kit(given["kit"]), tier=BY_NAME[given["tier"]],
            title=given["title"], actor=self.actor, once=self.once,
        )  # fmt: skip
        return self.whole(self.offer(pid, made.public_id))


class KitLookView(KitOffersView):
    @operation(
        "coalition-kit-preview", "What partners would read of a kit", body=KitLookGiven, answer=KitToldShape, plain=True
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Nothing is saved. Owners, by session, after a fresh proof."""
        found = self.coalition(pid)
        self.by_hand()
        told = acts.preview(viewer=self.viewer, coalition=found, kit=self.kit(given["kit"]))
        return {"text": told.text, "withheld": told.withheld}


class OneKitOfferView(KitOffersView):
    @operation("coalition-kit", "One kit that is offered", answer=KitOfferShape, signed_in=True)
    def get(self, pid: str, key: str) -> Answer:
        return self.whole(self.offer(pid, key))

    @operation("coalition-kit-withdraw", "Withdraw a kit of your own", answer=Done)
    def delete(self, pid: str, key: str) -> Answer:
        """At once; copies stay. Owners, by session, after a fresh proof."""
        row = self.offer(pid, key)
        self.by_hand()
        acts.withdraw(viewer=self.viewer, offer=row, actor=self.actor)
        return {"done": True}


class KitCopyView(KitOffersView):
    @operation("coalition-kit-copy", "Copy a kit", body=CopyGiven, answer=OwnKitShape, status=201)
    def post(self, given: dict[str, Any], pid: str, key: str) -> Answer:
        """A kit of your own, as a draft. A second copy is the first. The partner is not told. Editors."""
        row = self.offer(pid, key)
        home = self.organisation(given.get("organisation"))
        return kit_shown(acts.copy(viewer=self.viewer, organisation=home, offer=row, actor=self.actor))


urlpatterns = [
    path(f"{HERE}/kits/", AllKitOffersView.door(), name="api-coalition-kits"),
    path(f"{HERE}/kits/preview/", KitLookView.door(), name="api-coalition-kit-preview"),
    path(f"{ONE}/", OneKitOfferView.door(), name="api-coalition-kit"),
    path(f"{ONE}/copy/", KitCopyView.door(), name="api-coalition-kit-copy"),
]
