"""What an agency withheld and on which ground; and, apart from it, what we think of that."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .ids import public_id
from .ledger import INTERNAL_KINDS, OUR_TURN_KINDS, RETRACTED, Event
from .people import Organisation, Person
from .requests import CorrespondenceQuerySet, EverythingQuerySet, RecordsRequest


class GroundType(models.TextChoices):
    """What kind of ground is asserted: each wants an answer of its own kind."""

    RECORDS_LAW = "records_law", _("Exemption of the records law")
    STATE_STATUTE = "state_statute", _("Another state statute")
    FEDERAL = "federal_law", _("Federal statute or rule")
    PART_23 = "part_23", _("28 CFR Part 23")
    MARKING = "marking", _("A marking alone (LES, FOUO, CUI)")
    CONTRACT = "contract", _("Contract, NDA or originator control")
    THIRD_PARTY = "third_party", _("Third-party objection")
    PRIVILEGE = "privilege", _("Privilege")
    NONE = "none_cited", _("No ground cited")


class OurView(models.TextChoices):
    UNSEEN = "unseen", _("Not looked at")
    CORRECT = "correct", _("Correct")
    DOUBTFUL = "doubtful", _("Doubtful")
    WRONG = "wrong", _("Wrong")


class WithholdingQuerySet(CorrespondenceQuerySet):
    """A row goes where the letter goes that asserted it; one taken back goes nowhere."""

    def for_partners(self) -> Q:
        return Q(retracted_at=None) & ~Q(event__kind__in=INTERNAL_KINDS)

    def for_public(self) -> Q:
        return (
            Q(retracted_at=None)
            & ~Q(event__kind__in=INTERNAL_KINDS + OUR_TURN_KINDS)
            & ~Q(event__in=RETRACTED)
        )

    def standing(self) -> WithholdingQuerySet:
        """Neither taken back itself, nor asserted in a letter that was logged by mistake."""
        return self.filter(retracted_at=None).exclude(event__in=RETRACTED)


class Withholding(models.Model):
    """Level correspondence. One ground for one part in one decision, in the agency's own words."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="withholdings")
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="withholdings", help_text="The decision that asserts it."
    )
    part = models.CharField(max_length=12, blank=True, help_text="Label of the part; empty: the whole request.")
    section = models.CharField(max_length=200, blank=True, help_text="As asserted; of the law's list, its code.")
    citation = models.CharField(max_length=300, blank=True, help_text="Where the law's list has the section.")
    ground = models.CharField(max_length=16, choices=GroundType.choices)
    pages_full = models.PositiveIntegerField(null=True, blank=True)
    pages_part = models.PositiveIntegerField(null=True, blank=True)
    ranges = models.CharField(max_length=300, blank=True, help_text="Which pages, as the letter says it.")
    reason = models.TextField(blank=True, help_text="Words of the letter.")
    released = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The event by which it came after all.",
    )  # fmt: skip
    version = models.PositiveIntegerField(
        default=1, help_text="Raised by each change; a form that saw an older one is refused."
    )
    once = models.CharField(max_length=80, help_text="Key of the act: the same form sent twice writes once.")
    recorded_at = models.DateTimeField(db_default=Now())
    retracted_at = models.DateTimeField(null=True, blank=True)

    objects = WithholdingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "once"], name="one_withholding_an_act"),
            models.UniqueConstraint(fields=["id", "request"], name="withholding_and_request"),
            models.CheckConstraint(condition=Q(ground__in=GroundType.values), name="ground_type_known"),
            models.CheckConstraint(
                condition=Q(ground=GroundType.NONE) | ~Q(section=""), name="withholding_names_its_section"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "section"], condition=Q(retracted_at=None), name="withheld_by_section"
            ),
            models.Index(
                fields=["organisation", "-id"], condition=Q(retracted_at=None), name="withheld_newest"
            ),
            models.Index(fields=["request", "part"], name="withheld_of_request"),
        ]

    def __str__(self) -> str:
        return f"{self.part}: {self.section or self.ground}".strip(": ")

    @property
    def pages(self) -> int:
        return (self.pages_full or 0) + (self.pages_part or 0)


class WithholdingPrivate(models.Model):
    """Level everything: what we think of it, and whether we fight it."""

    withholding = models.OneToOneField(
        Withholding, on_delete=models.CASCADE, primary_key=True, related_name="private"
    )
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    our_view = models.CharField(max_length=8, choices=OurView.choices, default=OurView.UNSEEN)
    challenged = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The appeal, review or suit that contests it.",
    )  # fmt: skip
    notes = models.TextField(blank=True)
    retracted_because = models.TextField(blank=True)
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    objects = EverythingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(our_view__in=OurView.values), name="our_view_known")]
        indexes = [models.Index(fields=["organisation", "our_view"], name="withheld_by_view")]

    def __str__(self) -> str:
        return self.our_view


