"""Agencies: the offices that are asked. Facts with their source; nothing here belongs to an organisation."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Coalesce, Now, Upper
from django.utils.translation import gettext_lazy as _

from .people import Person


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

    def surviving(self) -> AgencyQuerySet:
        """Without those that were merged into another: their address and their requests live on, new ones go there."""
        return self.filter(merged_into=None)

    def together(self, slug: str) -> AgencyQuerySet:
        """The agency at this address and all that were merged into it."""
        # The survivor's number as one value: joined, it takes a walk through all agencies to find one.
        survivor = Agency.objects.filter(slug=slug).values("pk")[:1]
        return self.filter(models.Q(slug=slug) | models.Q(merged_into=survivor))

    def matching(self, words: str) -> AgencyQuerySet:
        """Each word stands in the name, a former name, the abbreviation, the city or the county, of the agency itself
        or of one that was merged into it."""
        found = self.alias(said=AgencyWords())
        for word in words.split()[:8]:
            merged = Agency.objects.alias(said=AgencyWords()).filter(merged_into__isnull=False)
            named = AgencyName.objects.alias(said=Upper("name")).filter(said__contains=word.upper())
            found = found.filter(
                models.Q(said__contains=word.upper())
                | models.Q(AnyOf("pk", merged.filter(said__contains=word.upper()).values("merged_into")))
                | models.Q(AnyOf("pk", named.values(into=Coalesce("agency__merged_into", "agency"))))
            )
        return found


class AnyOf(models.Func):
    """pk = ANY(ARRAY(…)): an index answers it beside other conditions, where IN (…) beside OR reads every row."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()

    def __init__(self, name: str, rows: models.QuerySet[Any, Any]) -> None:
        super().__init__(models.F(name), ArraySubquery(rows.order_by()))


class AgencyCore(models.Func):
    """What tells a name from others: without police, department, county, city of … (migration 0011)."""

    function = "app_agency_core"
    output_field = models.TextField()


class AgencyWords(models.Func):
    """Every word by which an agency is searched for, as the index agency_words holds them (migration 0011)."""

    function = "app_agency_words"
    output_field = models.TextField()

    def __init__(self) -> None:
        super().__init__("name", "abbreviation", "city", "county")


class Agency(models.Model):
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=300)
    abbreviation = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=AgencyKind.choices)
    jurisdiction = models.CharField(max_length=12, help_text="Code of the jurisdiction, such as us-il.")
    zone = models.CharField(max_length=64, help_text="Legal days are counted in this time zone.")
    city = models.CharField(max_length=120, blank=True)
    county = models.CharField(
        max_length=200, blank=True, help_text="One, or several with semicolons between."
    )
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
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged",
        help_text="The survivor, never itself merged; this row and its address stay.",
    )  # fmt: skip
    core = models.GeneratedField(
        expression=AgencyCore("name"), output_field=models.TextField(), db_persist=True
    )

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["jurisdiction", "name"]
        indexes = [
            models.Index(fields=["is_sample", "jurisdiction", "name", "id"], name="agency_by_place"),
            models.Index(fields=["kind", "jurisdiction", "name"], name="agency_by_kind"),
            models.Index(Upper("name"), name="agency_by_name"),
            models.Index(
                Upper("abbreviation"), name="agency_by_short_name", condition=~models.Q(abbreviation="")
            ),
            GinIndex(fields=["core"], opclasses=["gin_trgm_ops"], name="agency_core_trigram"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="not_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgencyName(models.Model):
    """An earlier or other name, as far as known from when to when."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=300)
    core = models.GeneratedField(
        expression=AgencyCore("name"), output_field=models.TextField(), db_persist=True
    )
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_row_a_name")]
        indexes = [
            models.Index(Upper("name"), name="agencyname_by_name"),
            GinIndex(fields=["core"], opclasses=["gin_trgm_ops"], name="agencyname_core_trigram"),
        ]

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
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "purpose", "channel", "value"], name="one_row_a_contact"
            )
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
    law_id = models.CharField(
        max_length=40, blank=True, help_text="Empty where it is unclear which law governs."
    )
    source = models.CharField(max_length=500, blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, default=Confidence.UNKNOWN)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_row_a_custodian")]

    def __str__(self) -> str:
        return self.name


class AgencyLaw(models.Model):
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="laws")
    law_id = models.CharField(max_length=40)
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
    taken_back = models.BooleanField(default=False, help_text="It was open after all.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "on"], name="one_row_a_closure")]

    def __str__(self) -> str:
        return f"{self.on}: {self.name}"


class AgencyIdentifier(models.Model):
    """What somebody else's list calls an agency: the FBI's ORI, a HIFLD id. By it a newer list finds the row again.

    `told` is what that list last said. A field that still says the same may follow a newer list; one that differs was
    corrected by a person since, and stays.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=20, help_text="ori, hifld …")
    value = models.CharField(max_length=60)
    source = models.CharField(max_length=500, blank=True)
    told = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="one_agency_an_identifier")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class AgencyChange(models.Model):
    """What operators did to an agency, with what was there before. Append-only: an undo is a row of its own."""

    class Kind(models.TextChoices):
        RENAME = "rename", _("Renamed")
        MERGE = "merge", _("Merged into another")
        SPLIT = "split", _("Split")
        EDIT = "edit", _("Corrected")
        UNDO = "undo", _("Undone")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="changes")
    other = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="changes_as_other",
        help_text="The survivor of a merge, the new agency of a split.",
    )  # fmt: skip
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=500)
    source = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by", help_text="Of an undo: what."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="undo", undoes__isnull=False)
                | ~models.Q(kind="undo") & models.Q(undoes=None),
                name="an_undo_names_what",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
