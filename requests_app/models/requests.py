"""Requests and what hangs on them. One table holds fields of one level only: row-level security knows no columns."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from .agencies import Agency, AgencyCustodian
from .campaigns import Campaign
from .ids import public_id
from .people import Organisation, Person
from .visibility import ContentQuerySet, Level, OwnQuerySet, Viewer, live_shares


class AskQuerySet(OwnQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those with a request that the viewer sees: a request is read with the kit it was made from."""
        seen = RecordsRequest.objects.visible_to(viewer).filter(
            ask=OuterRef("pk"), organisation=OuterRef("organisation_id")
        )
        return self.filter(Q(organisation_id__in=viewer.organisations) | Q(Exists(seen)))


class Ask(models.Model):
    """One kit put to one center; it holds one request for each legal custodian."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="asks")
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="asks"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="asks")
    kit = models.CharField(max_length=80, blank=True)

    objects = AskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "campaign", "agency", "kit"],
                condition=Q(campaign__isnull=False),
                name="one_ask_a_campaign_agency_kit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kit} to {self.agency_id}"


class RequestQuerySet(ContentQuerySet):
    to_request = ""


# What the walls ask of a request beside its number: an index that holds them saves a look at the row.
WALLED_BY = ("organisation", "campaign", "held_back")


class RecordsRequest(models.Model):
    """Level status: what a partner at the lowest level reads."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="requests")
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    ask = models.ForeignKey(Ask, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="requests")
    custodian = models.ForeignKey(
        AgencyCustodian, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    law_id = models.CharField(max_length=40)
    law_revision = models.PositiveSmallIntegerField(
        default=1, help_text="Publication of the law that the dates are pinned to."
    )
    zone = models.CharField(max_length=64)
    public_title = models.CharField(max_length=300)
    filed_on = models.DateField()
    held_back = models.BooleanField(default=False, help_text="Left out of its campaign's shares.")
    is_sample = models.BooleanField(default=False)
    is_imported = models.BooleanField(default=False)
    alarms_from = models.DateField(
        null=True, blank=True, help_text="No reminder for a date before this one: imported rows are history."
    )
    ledger_version = models.PositiveIntegerField(
        default=0, help_text="Raised by each event; a form that saw an older ledger is refused."
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "organisation"], name="request_and_owner")]
        indexes = [
            models.Index(fields=["organisation", "-filed_on", "id"], name="request_newest"),
            # By day over all organizations: lists and walks of the public and of partners.
            models.Index(fields=["filed_on", "id"], include=(*WALLED_BY, "zone"), name="request_by_day"),
            models.Index(fields=["filed_on", "public_id"], name="request_walk"),
            models.Index(fields=["agency", "filed_on", "id"], include=WALLED_BY, name="request_by_agency"),
            models.Index(fields=["id"], include=WALLED_BY, name="request_walls"),
            models.Index(fields=["campaign"], name="request_by_campaign"),
        ]

    def __str__(self) -> str:
        return self.public_title


class EverythingQuerySet(ContentQuerySet):
    level = Level.EVERYTHING


class InsideQuerySet(EverythingQuerySet):
    """Written for our own people, and listed as work to nobody else. Who is shown everything reads it only where it is
    asked for at that level."""

    def visible_to(self, viewer: Viewer, at_least: Level | None = None) -> Self:
        mine = self.of_organisation(viewer)
        if at_least is not Level.EVERYTHING or viewer.kind not in ("person", "token", "as-if"):
            return mine
        live = live_shares(viewer, self.level, public=False)
        # As a set of its own: a join to requests would hide what is privileged from who is named and shown none.
        shared = self.filter(self.for_partners() & self._shared(live))
        return self.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=shared.values("pk")))


class CorrespondenceQuerySet(ContentQuerySet):
    level = Level.CORRESPONDENCE


class RequestPrivate(models.Model):
    """Level everything."""

    request = models.OneToOneField(
        RecordsRequest, on_delete=models.CASCADE, primary_key=True, related_name="private"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    working_title = models.CharField(max_length=300, blank=True)
    assignee = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned"
    )
    backup = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Steps in while the assignee is away, or no member any more.",
    )  # fmt: skip
    notes = models.TextField(blank=True)
    version = models.PositiveIntegerField(
        default=0, help_text="Raised by each change of titles or people; a form that saw an older one is refused."
    )
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = EverythingQuerySet.as_manager()

    def __str__(self) -> str:
        return self.working_title


class RequestCorrespondence(models.Model):
    """Level correspondence: numbers and letters as released for sharing."""

    request = models.OneToOneField(
        RecordsRequest, on_delete=models.CASCADE, primary_key=True, related_name="correspondence"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    tracking_number = models.CharField(max_length=120, blank=True)
    letter = models.TextField(blank=True)

    objects = CorrespondenceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "tracking_number"], name="request_by_number")]

    def __str__(self) -> str:
        return self.tracking_number


class Part(models.Model):
    """A numbered part of the letter, each with its own outcome (which the ledger holds)."""

    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="parts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=12)
    title = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField()

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["request", "label"], name="one_row_a_part")]

    def __str__(self) -> str:
        return self.label
