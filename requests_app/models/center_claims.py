"""What is said of a fusion center, with who says it: facts by field, and whether recommendations are followed.

A claim is never rewritten: another one takes its place, or it is withdrawn with a reason. What the product ships stands
with the agency itself; these are an organization's own, until an owner publishes them.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import ids
from .agencies import Agency
from .documents import Document
from .people import Organisation
from .visibility import PUBLIC, Viewer


class FactField(models.TextChoices):
    CUSTODIANS = "custodians", _("Who holds its records")
    BOARD = "board", _("Governing board")
    MEMORANDA = "memoranda", _("Parties of agreements")
    CO_LOCATED = "co_located_with", _("Who works in the same place")
    DHS_STAFF = "dhs_staff", _("Staff of ICE and other parts of DHS")
    FBI = "fbi", _("FBI")
    OWN_DATABASES = "own_databases", _("Databases of its own")
    DRIVER_DATABASES = "driver_databases", _("Driver and identity records")
    FEDERAL_DATABASES = "federal_databases", _("Federal databases")
    VENDORS = "vendors", _("Vendors")
    GANG_DATABASE = "gang_database", _("Gang database")
    ACTIVITY_REPORTS = "activity_reports", _("Reports of suspicious activity, how many")
    BUDGET = "budget", _("Budget by source")
    AUDITS = "audits", _("Audits")
    COMPLAINTS = "complaints", _("Complaints")


class Recommendation(models.TextChoices):
    """The twelve, in their order. They are never added up to a grade."""

    LEFT = "left", _("Left or reduced the partnership")
    NO_IMMIGRATION_STAFF = "no_immigration_staff", _("Immigration-enforcement staff excluded")
    NOT_WITH_ICE = "not_with_ice", _("Not co-located with ICE")
    PUBLIC_AUDITS = "public_audits", _("Public independent audits")
    AUDITS_OF_ICE = "audits_of_ice", _("Audits cover cooperation with ICE")
    AUDITS_OF_SPEECH = "audits_of_speech", _("Audits cover First Amendment activity")
    AUDITS_OF_SPENDING = "audits_of_spending", _("Audits cover spending")
    INFORMAL_SHARING = "informal_sharing", _("Informal sharing by mail and phone audited")
    PASS_THROUGH = "pass_through", _("Vendor pass-through reviewed")
    PLATE_OPT_OUT = "plate_opt_out", _("Plate vendor opted out of ICE sharing")
    COURT_ORDERS = "court_orders", _("Agreements bar sharing without a court order")
    GRANT_SHARE = "grant_share", _("Share of grants published")


class ClaimStatus(models.TextChoices):
    REPORTED = "reported", _("Reported elsewhere")
    DOCUMENTED = "documented", _("Documented")
    ASKED = "asked", _("Asked")
    WITHHELD = "withheld", _("Withheld")
    CONTRADICTED = "contradicted", _("Contradicted")
    STALE = "stale", _("Stale")


class Finding(models.TextChoices):
    """What a source says of a recommendation. That nothing is known is told by no row."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")
    WITHHELD = "withheld", _("Withheld")
    NO_RECORDS = "no_records", _("No records")


class CenterClaimQuerySet(models.QuerySet["CenterClaim"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and what is published and stands. What points to a document is public while that is."""
        if viewer.kind == "schedule":
            return self.none()
        shown = Document.objects.visible_to(PUBLIC).filter(pk=OuterRef("document_id"))
        public = Q(Q(document=None) | Q(Exists(shown)), published_at__isnull=False) & _STANDS
        return self.filter(Q(organisation_id__in=viewer.organisations) | public)

    def standing(self) -> Self:
        return self.filter(_STANDS)

    def editable_by(self, viewer: Viewer) -> Self:
        return self.filter(organisation_id__in=viewer.editable)


_STANDS = Q(withdrawn_at=None, superseded_at=None)


class CenterClaim(models.Model):
    """One thing that a source says of a center. Nobody's name stands here: who did what is in the audit."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="center_claims")
    topic = models.CharField(max_length=24, choices=FactField.choices + Recommendation.choices)
    finding = models.CharField(max_length=12, blank=True, choices=Finding.choices)
    value = models.CharField(
        max_length=600, blank=True, help_text="Of a fact; beside a finding, what it rests on."
    )
    status = models.CharField(max_length=12, choices=ClaimStatus.choices)
    from_on = models.DateField(help_text="The day it was so, or the first of its days.")
    until_on = models.DateField(null=True, blank=True)
    citation = models.CharField(max_length=300, help_text="The source as one cites it.")
    address = models.URLField(max_length=500, blank=True)
    page = models.CharField(max_length=40, blank=True)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="The document of one's own that says so.",
    )  # fmt: skip
    recorded_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)
    once = models.CharField(max_length=64, default=ids.public_id)

    objects = CenterClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_claim_an_act"),
            models.CheckConstraint(
                condition=Q(topic__in=FactField.values, finding="") & ~Q(value="")
                | Q(topic__in=Recommendation.values, finding__in=Finding.values),
                name="claim_says_something_of_its_topic",
            ),
            models.CheckConstraint(
                condition=~Q(status="documented") | ~Q(page=""), name="documented_claim_names_its_page"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=models.F("from_on")), name="claim_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""), name="withdrawn_claim_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "topic"],
                condition=Q(withdrawn_at=None, superseded_at=None, published_at__isnull=False),
                name="claims_of_a_center",
            ),
            models.Index(fields=["organisation", "agency", "-id"], name="own_claims_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.public_id}"
