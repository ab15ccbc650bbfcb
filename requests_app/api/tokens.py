"""Tokens of an organization for its owners, by session. The page alone makes one, and shows its secret once."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import tokens as acts
from requests_app.models import ApiToken

from .base import operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

NEWEST = ("-created_at", "-public_id")
STATES = ("live", "expired", "revoked")


class TokenShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    start = serializers.CharField(help_text="First letters of the secret, to tell one from another.")
    by = serializers.CharField(help_text="Address of who made it, in whose name it acts.")
    scope = serializers.ChoiceField(ApiToken.Scope.values)
    state = serializers.ChoiceField(STATES)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the quarter of an hour.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class TokensView(OrganisationView):
    @operation(
        "tokens",
        "Tokens of an organization you own",
        asked=PageAsked,
        answer=page_of(TokenShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The newest first, dead ones too. A secret is told nowhere."""
        rows = ApiToken.objects.visible_to(self.viewer).filter(organisation=self.owned(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows.select_related("person"), NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, self._shown)

    def _shown(self, row: ApiToken) -> dict[str, Any]:
        return {
            "id": row.public_id,
            "name": row.name,
            "start": row.start,
            "by": row.person.email,
            "scope": row.scope,
            "state": "revoked" if row.revoked_at else "expired" if row.expires_at <= self.now else "live",
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "last_used_at": row.last_used_at,
            "revoked_at": row.revoked_at,
        }


class TokenView(OrganisationView):
    @operation("token-revoke", "Revoke a token", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """It opens nothing from here on; a second time changes nothing. Owners, by session, after a fresh proof."""
        rows = ApiToken.objects.visible_to(self.viewer).filter(organisation=self.acting_owner(pid))
        token = self.found(rows.select_related("organisation"), public_id=key)
        acts.revoke_token(viewer=self.viewer, token=token, actor=self.actor)
        return {"done": True}


urlpatterns = [
    path(f"{HERE}/tokens/", TokensView.door(), name="api-tokens"),
    path(f"{HERE}/tokens/<slug:key>/", TokenView.door(), name="api-token"),
]
