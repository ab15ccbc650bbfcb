"""The mail to a guest. The link itself is stored nowhere: only its hash."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from .ids import public_id
from .invitations import MailState
from .people import Organisation, Person
from .shares import Share
from .visibility import OwnQuerySet


class GuestMail(models.Model):
    """What tells a guest that something is shared with them. It ends with the share, which alone shows anything; the
    row is also the truth that the mail is still to be sent."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    share = models.OneToOneField(Share, on_delete=models.CASCADE, related_name="guest_mail")
    shown_as = models.CharField(max_length=120, help_text="The organization, as the guest reads it.")
    turn = models.PositiveSmallIntegerField(
        default=1, help_text="Raised by each resending: the old link dies."
    )
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    mail_state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.PLANNED)
    mail_next_at = models.DateTimeField(db_default=Now())
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_sent_at = models.DateTimeField(null=True, blank=True)
    mail_outcome = models.CharField(max_length=300, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["mail_next_at"],
                condition=models.Q(mail_state="planned"),
                name="guest_mail_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"guest mail {self.public_id}"
