"""Members and open invitations of an organization."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from requests_app.models import Invitation, Membership, Organisation, Role
from requests_app.models.visibility import Viewer

PAGE = 100


def members(viewer: Viewer, organisation: Organisation) -> QuerySet[Any]:
    """Owners first, then by name. `has_factor`: whether the person has a second factor."""
    factors = Authenticator.objects.filter(user_id=OuterRef("person_id"), type__in=("totp", "webauthn"))
    rank = Case(
        When(role=Role.OWNER, then=Value(0)),
        When(role=Role.EDITOR, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        Membership.objects.filter(
            organisation=organisation, organisation__in=viewer.organisations, ended_at=None
        )
        .select_related("person", "organisation")
        .annotate(has_factor=Exists(factors), rank=rank)
        .order_by("rank", "person__name", "pk")
    )


def open_invitations(viewer: Viewer, organisation: Organisation) -> QuerySet[Any]:
    """Neither accepted nor withdrawn; those that ran out too, for they can be sent again."""
    if not viewer.may_own(organisation.pk):
        return Invitation.objects.none()
    return (
        Invitation.objects.visible_to(viewer)
        .filter(organisation=organisation, accepted_at=None, revoked_at=None)
        .select_related("invited_by")
        .order_by("-created_at")[:200]
    )
