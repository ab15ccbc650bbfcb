"""An organization's own kits for programs."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import own_kits
from requests_app.actions.refusals import Refused
from requests_app.models import OrganisationKit
from requests_app.queries import own_kits as query

from .base import ApiView, Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk

KEYS = ("name", "public_id")


class OwnKitRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    ref = serializers.CharField(help_text="What a letter or campaign names: own:ID.")
    name = serializers.CharField()
    copied_from = serializers.CharField()
    retired = serializers.BooleanField()


class OwnKitShape(OwnKitRow):
    version = serializers.IntegerField()
    state = serializers.CharField(help_text="draft or ready.")
    seen = serializers.CharField(help_text="Send it back with a save.")
    text = serializers.CharField(help_text="YAML, in the form of the kits that ship.")
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="What keeps it from being ready."
    )


class OwnKitGiven(Given):
    organisation = Words(required=False, max_length=12)
    name = Words(max_length=3_000)
    copy_from = Words(max_length=80, help_text="Id of a kit that ships.")


class OwnKitSave(Given):
    seen = Words(max_length=24)
    text = Words(max_length=query.LONGEST + 1_000, trim_whitespace=False)
    name = Words(required=False, max_length=200)
    ready = serializers.BooleanField(required=False, default=False)


class OwnKitsView(ApiView):
    @operation(
        "own-kits", "Kits of your organizations", asked=PageAsked, answer=page_of(OwnKitRow), signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """By name."""
        rows = OrganisationKit.objects.visible_to(self.viewer)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, row_shown)

    @operation("own-kit-begin", "Begin a kit of your own", body=OwnKitGiven, answer=OwnKitShape, status=201)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """A copy of one that ships, as a draft."""
        made = own_kits.begin(
            viewer=self.viewer, organisation=self.organisation(given.get("organisation")), name=given["name"],
            copy_from=given["copy_from"], actor=self.actor, once=self.once,
        )  # fmt: skip
        return shown(made)


class OwnKitView(ApiView):
    @operation("own-kit", "One kit of your own", answer=OwnKitShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """Its newest version."""
        return shown(self._kit(pid))

    @operation("own-kit-save", "Save a kit, or make it ready", body=OwnKitSave, answer=OwnKitShape)
    def put(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """A version that is ready never changes: a save upon it makes the next. 409 where somebody saved since."""
        try:
            own_kits.save(viewer=self.viewer, kit=self._kit(pid), actor=self.actor, **given)
        except own_kits.NotReady as refusal:
            raise Refused(refusal.code, refusal.sentence, field="text") from None
        return shown(self._kit(pid))

    def _kit(self, pid: str) -> OrganisationKit:
        rows = OrganisationKit.objects.visible_to(self.viewer).select_related("organisation")
        found: OrganisationKit = self.found(rows, public_id=pid)
        return found


def row_shown(kit: OrganisationKit) -> dict[str, Any]:
    return {
        "id": kit.public_id, "ref": f"{query.OWN}{kit.public_id}", "name": kit.name,
        "copied_from": kit.copied_from, "retired": kit.retired,
    }  # fmt: skip


def shown(kit: OrganisationKit) -> dict[str, Any]:
    newest = kit.versions.order_by("-number").first()
    assert newest is not None
    return {
        **row_shown(kit), "version": newest.number, "state": newest.state, "seen": own_kits.seen_of(newest),
        "text": newest.text, "problems": query.problems(newest.text),
    }  # fmt: skip


urlpatterns = [
    path("own-kits/", OwnKitsView.door(), name="api-own-kits"),
    path("own-kits/<slug:pid>/", OwnKitView.door(), name="api-own-kit"),
]
