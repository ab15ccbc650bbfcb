"""Tasks that one organization asks a partner to take, on a request that the partner is shown.

The words of a task are read by both while the request is shown to the partner. Which of its people does it stands in
a row of the partner's own, and so does that there was a task at all: that stays when the rest ends.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import ids
from .coalitions import Coalition, CoalitionMember
from .people import Organisation, Person
from .requests import RecordsRequest
from .shares import Share
from .visibility import OwnQuerySet, Viewer, live_shares


class PartnerTaskQuerySet(models.QuerySet["PartnerTask"]):
    def open(self) -> Self:
        return self.filter(state__in=PartnerTask.OPEN)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever asked; and the partner, while it is in the coalition, a share with it shows the request, and
        nobody took the task back."""
        if not viewer.roles:
            return self.none()
        theirs = CoalitionMember.objects.live().filter(
            organisation=OuterRef(OuterRef("partner_id")),
            coalition=OuterRef("grantee_id"),
            tier__gte=OuterRef("tier"),
        )
        shares = live_shares(viewer, public=False).filter(
            Q(grantee_kind=Share.Grantee.ORGANISATION, grantee_id=OuterRef("partner_id"))
            | Q(Exists(theirs), grantee_kind=Share.Grantee.COALITION),
            organisation=OuterRef("organisation_id"),
        )
        shown = Q(Exists(shares.filter(request=OuterRef("request_id")))) | Q(
            Exists(shares.filter(campaign=OuterRef("request__campaign_id"))), request__held_back=False
        )
        return self.filter(
            Q(organisation__in=viewer.organisations)
            | (Q(partner__in=viewer.organisations, state__in=PartnerTask.TOLD, stay__left_at=None) & shown)
        )


class PartnerTask(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        DONE = "done", _("Done")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", _("Ended")

    OPEN = (State.ASKED, State.ACCEPTED)
    TOLD = (State.ASKED, State.ACCEPTED, State.DECLINED, State.DONE)

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", help_text="Who asks: the request is theirs."
    )
    request = models.ForeignKey(
        RecordsRequest, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    partner = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    stay = models.ForeignKey(
        CoalitionMember, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Of the partner: the task ends with it.",
    )  # fmt: skip
    home_stay = models.ForeignKey(
        CoalitionMember, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Of who asks: the task ends with it, too.",
    )  # fmt: skip
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    reason = models.CharField(max_length=500, blank=True, help_text="Why the partner declined.")
    asked_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When its state changed last.")
    once = models.CharField(max_length=64, default=ids.public_id)

    objects = PartnerTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_partner_task_an_act"),
            models.UniqueConstraint(fields=["id", "partner"], name="partner_task_and_partner"),
            models.CheckConstraint(
                condition=~Q(partner=F("organisation")), name="partner_task_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "accepted", "declined", "done", "withdrawn", "ended"]),
                name="partner_task_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "-asked_at"], name="partner_tasks_of_request"),
            models.Index(
                fields=["partner", "due_on"],
                condition=Q(state__in=["asked", "accepted"]),
                name="partner_tasks_open",
            ),
            models.Index(fields=["organisation", "-asked_at", "-id"], name="partner_tasks_asked"),
            models.Index(
                fields=["stay"], condition=Q(state__in=["asked", "accepted"]), name="partner_tasks_of_stay"
            ),
            models.Index(
                fields=["home_stay"],
                condition=Q(state__in=["asked", "accepted"]),
                name="partner_tasks_by_stay",
            ),
        ]

    def __str__(self) -> str:
        return f"partner task {self.public_id}"


class PartnerTaskTaken(models.Model):
    """The partner's own row of a task, which names nothing of it. The database makes it when the task is asked."""

    task = models.OneToOneField(
        PartnerTask, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="taken"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-given_at", "-task"], name="partner_tasks_taken"),
        ]

    def __str__(self) -> str:
        return f"partner task taken {self.task_id}"
