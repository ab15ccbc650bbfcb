"""Who is asked to join an organization. The link itself is stored nowhere: only its hash."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from .ids import public_id
from .people import Organisation, Person, Role
from .visibility import OwnQuerySet


class MailState(models.TextChoices):
    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"


class Invitation(models.Model):
    """One address asked into one organization. A row is also the truth that its mail is still to be sent."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(help_text="In small letters.")
    role = models.CharField(max_length=8, choices=Role.choices)
    turn = models.PositiveSmallIntegerField(
        default=1, help_text="Raised by each resending: the old link dies."
    )
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    mail_state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.PLANNED)
    mail_next_at = models.DateTimeField(db_default=Now())
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_sent_at = models.DateTimeField(null=True, blank=True)
    mail_outcome = models.CharField(max_length=300, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(revoked_at=None, accepted_at=None),
                name="one_open_invitation",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_known"),
        ]
        indexes = [
            models.Index(
                fields=["mail_next_at"],
                condition=models.Q(mail_state="planned", revoked_at=None, accepted_at=None),
                name="invitation_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.public_id}"
