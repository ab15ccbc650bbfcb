"""Tokens for programs, and the keys by which a program's act is done once."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from . import ids
from .ids import public_id
from .people import Organisation, Person
from .visibility import Viewer


class TokenQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Owners alone know which programs look at their organization."""
        return self.filter(organisation_id__in=viewer.owned)


class ApiToken(models.Model):
    """A viewer narrowed: one person in one organization, no more than `scope`, until it expires or is revoked.

    Only the SHA-256 of the secret is kept: 256 random bits need no slow hash.
    """

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    start = models.CharField(
        max_length=16, help_text="First letters of the secret, to tell one from another."
    )
    digest = models.BinaryField(max_length=32, unique=True)
    scope = models.CharField(max_length=5, choices=Scope.choices)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the quarter of an hour.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    once = models.CharField(
        max_length=64, default=ids.public_id, help_text="Key of the act: the same form sent twice makes one token."
    )

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="token_scope_known"),
            models.UniqueConstraint(fields=["organisation", "once"], name="one_token_an_act"),
        ]
        indexes = [models.Index(fields=["organisation", "person"], name="token_of_person")]

    def __str__(self) -> str:
        return self.name


class KeyQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Only whoever sent a key, by the same token, and only while they still write where they wrote then."""
        mine = Q(token_id=viewer.id) if viewer.kind == "token" else Q(token=None, person_id=viewer.id)
        if viewer.kind not in ("token", "person"):
            mine = Q(pk=None)
        return self.filter(mine, organisations__contained_by=viewer.editable)


class IdempotencyKey(models.Model):
    """An act of a program, with the answer it got: the same key again is told the same and does nothing.

    Written in the transaction of the act, so that a failed act leaves no key, and a second one that comes at the
    same time waits at the unique constraint for the first.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.CASCADE, related_name="+")
    organisations = ArrayField(
        models.BigIntegerField(),
        help_text="Where the sender could write: who lost one of them is not told the stored answer.",
    )
    key = models.CharField(max_length=100)
    act = models.CharField(max_length=300, help_text="Method and path.")
    digest = models.BinaryField(max_length=32, help_text="Of what was sent.")
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    expires_at = models.DateTimeField()

    objects = KeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "token", "key"], name="one_act_a_key", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="key_expires")]

    def __str__(self) -> str:
        return self.key
