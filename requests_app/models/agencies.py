"""Agencies: the offices that are asked. Facts with their source; nothing here belongs to an organisation."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    FUSION_CENTER = "fusion_center", _("Fusion center")
    STATE_POLICE = "state_police", _("State police")
    STATE_AGENCY = "state_agency", _("State agency")
    COUNTY_SHERIFF = "county_sheriff", _("County sheriff")
    CITY_POLICE = "city_police", _("City police")
    COUNTY_AGENCY = "county_agency", _("County agency")
    CITY_AGENCY = "city_agency", _("City agency")
    FEDERAL = "federal", _("Federal agency")
    UNIVERSITY = "university", _("University police")
    TRIBAL = "tribal", _("Tribal police")
    OTHER = "other", _("Other public body")


class Confidence(models.TextChoices):
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")
    UNKNOWN = "unknown", _("Unknown")


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Agencies are public; sample agencies stand apart so that no page mixes them unmarked."""

    def real(self) -> AgencyQuerySet:
        return self.filter(is_sample=False)

    def matching(self, words: str) -> AgencyQuerySet:
        return self.filter(models.Q(name__icontains=words) | models.Q(abbreviation__iexact=words))


class Agency(models.Model):
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=300)
    abbreviation = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=AgencyKind.choices)
    jurisdiction = models.CharField(max_length=12, help_text="Code of the jurisdiction, such as us-il.")
    zone = models.CharField(max_length=64, help_text="Legal days are counted in this time zone.")
    city = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=300, blank=True)
    governance = models.CharField(max_length=60, blank=True)
    designation = models.CharField(max_length=40, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    map_x = models.FloatField(null=True, blank=True)
    map_y = models.FloatField(null=True, blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, default=Confidence.UNKNOWN)
    notes = models.TextField(blank=True)
    sources = models.JSONField(default=list, help_text="Addresses of the pages where the facts were seen.")
    claims = models.JSONField(default=list, help_text="Sourced claims: field, value, status, date, source.")
    is_sample = models.BooleanField(default=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["jurisdiction", "name"]
        indexes = [
            models.Index(fields=["jurisdiction", "name"], name="agency_by_place"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="agency_name_trigram"),
        ]

    def __str__(self) -> str:
        return self.name


class AgencyName(models.Model):
    """An earlier or other name, as far as known from when to when."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=300)
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_row_a_name")]

    def __str__(self) -> str:
        return self.name


class AgencyContact(models.Model):
    class Purpose(models.TextChoices):
        RECORDS = "records", _("Records requests")
        APPEALS = "appeals", _("Appeals")
        GENERAL = "general", _("General")
        WEBSITE = "website", _("Website")

    class Health(models.TextChoices):
        UNCHECKED = "unchecked", _("Not checked yet")
        WORKS = "works", _("Works")
        BOUNCED = "bounced", _("Bounced")

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="contacts")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    channel = models.CharField(max_length=10, help_text="email, web, post, phone or fax")
    value = models.CharField(max_length=500)
    source = models.CharField(max_length=500, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    health = models.CharField(max_length=10, choices=Health.choices, default=Health.UNCHECKED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "purpose", "channel", "value"], name="one_row_a_contact")
        ]

    def __str__(self) -> str:
        return self.value


class AgencyCustodian(models.Model):
    """Who legally holds the records of an agency; one request goes to each."""

    class Part(models.TextChoices):
        HOST = "host", _("Host agency")
        FISCAL_AGENT = "fiscal_agent", _("Fiscal agent")
        MEMBER = "member", _("Task-force member")
        FEDERAL_MIRROR = "federal_mirror", _("Federal mirror")

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="custodians")
    name = models.CharField(max_length=300)
    part = models.CharField(max_length=16, choices=Part.choices)
    kind = models.CharField(max_length=20, choices=AgencyKind.choices, default=AgencyKind.OTHER)
    law_id = models.CharField(max_length=12)
    source = models.CharField(max_length=500, blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, default=Confidence.UNKNOWN)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_row_a_custodian")]

    def __str__(self) -> str:
        return self.name


class AgencyLaw(models.Model):
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="laws")
    law_id = models.CharField(max_length=12)
    why = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=500, blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, default=Confidence.UNKNOWN)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "law_id"], name="one_row_a_law")]

    def __str__(self) -> str:
        return self.law_id


class AgencyClosure(models.Model):
    """A day on which this one office was closed though its jurisdiction was open."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="closures")
    on = models.DateField()
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "on"], name="one_row_a_closure")]

    def __str__(self) -> str:
        return f"{self.on}: {self.name}"
