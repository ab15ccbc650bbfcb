"""Requesters of record for programs: under which names an organization asks. Ours alone; editors write."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import requesters as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Organisation, RequesterProfile
from requests_app.models.requesters import FeeCategory, Standing
from requests_app.queries.requesters import profiles

from .base import Given, Words, operation, page_of
from .own import MOST
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk
from .problems import Conflict
from .work import Done

KEYS = ("name", "public_id")
PROXY = ("state", "standing", "name", "postal_address", "email")


class ProxyShape(serializers.Serializer[Any]):
    state = serializers.CharField(help_text="Code of a state whose law not everybody may use.")
    standing = serializers.ChoiceField(Standing.values)
    name = serializers.CharField()
    postal_address = serializers.CharField()
    email = serializers.CharField()


class RequesterShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    signs_as = serializers.CharField(help_text="The organization, as it signs; empty: a person alone.")
    postal_address = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    residency = serializers.CharField(help_text="Code of the state, such as us-tn.")
    fee_category = serializers.CharField()
    attestation = serializers.CharField(help_text="Why this category holds, word by word in the letter.")
    protected = serializers.BooleanField(help_text="The name appears on nothing that leaves, but the letter.")
    proxies = ProxyShape(many=True, help_text="Who asks in our stead where the law wants one of its own.")
    default = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Send it back as seen_version.")


class ProxyGiven(Given):
    state = Words(max_length=8)
    standing = serializers.ChoiceField(Standing.values)
    name = Words(max_length=200)
    postal_address = Words(max_length=1000, required=False, allow_blank=True)
    email = Words(max_length=254, required=False, allow_blank=True)


class RequesterGiven(Given):
    name = Words(max_length=200)
    signs_as = Words(max_length=200, required=False, allow_blank=True)
    postal_address = Words(max_length=1000, required=False, allow_blank=True)
    email = Words(max_length=254, required=False, allow_blank=True)
    phone = Words(max_length=60, required=False, allow_blank=True)
    residency = Words(max_length=8, required=False, allow_blank=True)
    fee_category = serializers.ChoiceField(FeeCategory.choices, required=False, allow_blank=True)
    attestation = Words(max_length=4000, required=False, allow_blank=True)
    protected = serializers.BooleanField(required=False)
    proxies = ProxyGiven(many=True, required=False)
    default = serializers.BooleanField(required=False, help_text="Use it for new requests unless told.")


class RequesterChanged(RequesterGiven):
    name = Words(max_length=200, required=False)
    seen_version = serializers.IntegerField(min_value=0, max_value=MOST)


class RequestersView(OrganisationView):
    @operation(
        "requesters",
        "Under which names an organization of yours asks",
        asked=PageAsked,
        answer=page_of(RequesterShape),
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Those in use, by name."""
        rows = profiles(self.viewer, self.own(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, requester_shown)

    @operation(
        "requester-add",
        "Add a requester",
        body=RequesterGiven,
        example={"name": "Ruth Vega", "signs_as": "Harbor Rights Clinic", "email": "ruth@example.org"},
        answer=RequesterShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Editors. The first one is the default."""
        return _put(self, self.own(pid), None, given)


class RequesterView(OrganisationView):
    def profile(self, pid: str, key: str) -> tuple[Organisation, RequesterProfile]:
        found = self.own(pid)
        return found, self.found(profiles(self.viewer, found), public_id=key)

    @operation("requester", "One requester", answer=RequesterShape)
    def get(self, pid: str, key: str) -> dict[str, Any]:
        """As it would sign a new request."""
        return requester_shown(self.profile(pid, key)[1])

    @operation(
        "requester-change",
        "Change a requester",
        body=RequesterChanged,
        example={"phone": "555 0100", "seen_version": 1},
        answer=RequesterShape,
    )
    def patch(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """Editors, on top of the version they read. What is not sent stays; proxies that are sent replace all."""
        organisation, row = self.profile(pid, key)
        stands = requester_shown(row)
        seen = given.pop("seen_version")
        words = {name: stands[name] for name in (*acts.WORDS, "proxies")}
        try:
            return _put(self, organisation, row, {**words, **given}, seen)
        except Refused as refused:
            if refused.code != "stale":
                raise
            told = {"seen_version": seen, "current_version": stands["version"], "current": stands}
            raise Conflict(refused, **told) from None

    @operation("requester-retire", "Take a requester out of use", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """Requests already filed keep what they said. The default goes to another one first. Editors."""
        acts.retire(viewer=self.viewer, profile=self.profile(pid, key)[1], actor=self.actor)
        return {"done": True}


def _put(
    view: OrganisationView,
    organisation: Organisation,
    row: RequesterProfile | None,
    given: dict[str, Any],
    seen: int | None = None,
) -> dict[str, Any]:
    made = acts.put_profile(
        viewer=view.viewer,
        organisation=organisation,
        words={name: given[name] for name in acts.WORDS if name in given},
        proxies=[acts.Proxy(**one) for one in given.get("proxies", [])],
        profile=row,
        seen_version=seen,
        make_default=given.get("default", False),
        actor=view.actor,
    )
    return requester_shown(profiles(view.viewer, organisation).get(pk=made.pk))


def requester_shown(row: RequesterProfile) -> dict[str, Any]:
    return {
        "id": row.public_id,
        **{name: getattr(row, name) for name in acts.WORDS},
        "proxies": [
            {name: getattr(one, name) for name in PROXY}
            for one in sorted(row.proxies.all(), key=lambda one: one.state)
        ],
        "default": row.is_default,
        "version": row.version,
    }


urlpatterns = [
    path(f"{HERE}/requesters/", RequestersView.door(), name="api-requesters"),
    path(f"{HERE}/requesters/<slug:key>/", RequesterView.door(), name="api-requester"),
]
