"""What readers report about public pages, what is said in public of corrections, and what agencies answer.

Each table is of one level. A report is private to whoever answers for the page: the editors and owners of the
organization that owns it, the staff where nobody does. A note of a correction is public. A statement is its
organization's own until it is published.

Reports and notes name their subject by its public id: they outlive it.
"""

from __future__ import annotations

from typing import Any, Self

from allauth.mfa.models import Authenticator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from .agencies import Agency
from .campaigns import Campaign
from .documents import Document
from .ids import public_id
from .invitations import MailState
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import Viewer


class SubjectKind(models.TextChoices):
    REQUEST = "request", "A request"
    DOCUMENT = "document", "A document"
    CAMPAIGN = "campaign", "A campaign"
    AGENCY = "agency", "An agency"
    LAW = "law", "A law"
    STATISTIC = "statistic", "A figure"
    OTHER = "other", "Another page"


OWNED: dict[str, Any] = {
    SubjectKind.REQUEST: RecordsRequest, SubjectKind.DOCUMENT: Document, SubjectKind.CAMPAIGN: Campaign,
}  # fmt: skip
"""Subjects that an organization owns; the others are the staff's."""


class Asker(models.TextChoices):
    PERSON = "person", "A private person"
    AGENCY = "agency", "An agency"
    REQUESTER = "requester", "Whoever made the request"
    OTHER = "other", "Somebody else"


def who_runs_the_site(viewer: Viewer) -> models.QuerySet[Person]:
    """The viewer, where that is somebody of the staff, with a second factor; else nobody."""
    factors = Authenticator.objects.filter(user=viewer.id, type__in=["totp", "webauthn"])
    staff = Person.objects.filter(Exists(factors), is_staff=True, is_active=True)
    return staff.filter(pk=viewer.id) if viewer.kind == "person" else staff.none()


def of_the_site(viewer: Viewer) -> Q:
    """Rows that no organization owns."""
    return Q(organisation=None) & Q(Exists(who_runs_the_site(viewer)))


class PublicReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Who only reads in an organization does not read what was told to it in confidence."""
        return self.filter(Q(organisation_id__in=viewer.editable) | of_the_site(viewer))


class PublicReport(models.Model):
    """`reference` is what the sender keeps. Name and address go when the sender was told what became of it."""

    class Wants(models.TextChoices):
        ERROR = "error", "Something is wrong"
        REMOVAL = "removal", "Something should be removed"
        ANSWER = "answer", "An agency answers"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DECIDED = "decided", "Decided"

    class Decision(models.TextChoices):
        CORRECTED = "corrected", "Corrected"
        REMOVED = "removed", "Removed"
        PARTLY = "partly", "Done in part"
        DECLINED = "declined", "Declined"
        DUPLICATE = "duplicate", "Reported before"

    reference = models.CharField(max_length=12, unique=True)
    once = models.CharField(
        max_length=64, unique=True, help_text="One act of a form, however often it is sent."
    )
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    subject_kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    subject_key = models.CharField(max_length=120, blank=True)
    path = models.CharField(max_length=300)
    wants = models.CharField(max_length=8, choices=Wants.choices)
    asked_by = models.CharField(max_length=10, choices=Asker.choices)
    text = models.TextField()
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    reason = models.TextField(blank=True, help_text="Why; the sender reads it.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = PublicReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state", "-created_at", "-id"], name="public_report_queue"),
            models.Index(fields=["created_at"], name="public_report_day"),
        ]

    def __str__(self) -> str:
        return self.reference


class PublicReportMail(models.Model):
    """A mail to the sender of a report: that it came in, and what became of it. Once each."""

    class Kind(models.TextChoices):
        RECEIVED = "received"
        DECIDED = "decided"

    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    reference = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    mail_state = models.CharField(max_length=8, choices=MailState.choices, db_default="planned")
    mail_next_at = models.DateTimeField(db_default=Now())
    mail_attempts = models.PositiveSmallIntegerField(db_default=0)
    mail_sent_at = models.DateTimeField(null=True, blank=True)
    mail_outcome = models.CharField(max_length=300, db_default="")

    objects = PublicReportQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reference", "kind"], name="one_mail_a_report_and_kind")]
        indexes = [
            models.Index(
                fields=["mail_next_at"], condition=Q(mail_state="planned"), name="report_mail_to_send"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class CorrectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Its own people and staff all of it; everybody what stands. A correction of what an organization owns is
        read by whoever sees that; that something was taken down, by everybody."""
        if viewer.kind == "schedule":
            return self.none()
        shown = Q(kind=Correction.Kind.TAKEDOWN) | ~Q(subject_kind__in=list(OWNED))
        for kind, table in OWNED.items():
            there = table.objects.visible_to(viewer).filter(
                public_id=OuterRef("subject_key"), organisation_id=OuterRef("organisation_id")
            )
            shown |= Q(subject_kind=kind) & Q(Exists(there))
        own = Q(organisation_id__in=viewer.organisations) | of_the_site(viewer)
        return self.filter(own | (Q(withdrawn_at=None) & shown))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


class Correction(models.Model):
    """A public note: what was corrected on a page, or that something is not there any more. It names no sender."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", "Corrected"
        TAKEDOWN = "takedown", "Taken down"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject_kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    subject_key = models.CharField(max_length=120, blank=True)
    path = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=10, choices=Asker.choices, blank=True)
    text = models.TextField(blank=True)
    on = models.DateField(help_text="The day of the decision, where the owner is.")
    made_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-on", "-id"], name="correction_newest"),
            models.Index(fields=["subject_kind", "subject_key"], name="correction_of_a_page"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class AgencyStatementQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Drafts and what was taken back: its own people, and staff. What is published beside a request: whoever
        sees the request; beside an agency alone: everybody."""
        if viewer.kind == "schedule":
            return self.none()
        there = RecordsRequest.objects.visible_to(viewer).filter(
            public_id=OuterRef("request_key"), organisation_id=OuterRef("organisation_id")
        )
        shown = Q(organisation=None) | Q(Exists(there))
        own = Q(organisation_id__in=viewer.organisations) | of_the_site(viewer)
        return self.filter(own | (Q(state=AgencyStatement.State.PUBLISHED) & shown))


class AgencyStatement(models.Model):
    """What an agency says, in its own words and in full. An organization takes one on a request of its own; the
    staff takes one that is about the agency itself."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Taken back"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    request_key = models.CharField(max_length=12, blank=True)
    text = models.TextField(help_text="As received.")
    sent_by = models.CharField(max_length=300, help_text="Who sent it, as far as known: office, role, channel.")
    verified = models.CharField(max_length=500, help_text="How it was made sure that the agency sent it.")
    received_on = models.DateField()
    attachment_url = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True, blank=True)
    once = models.CharField(max_length=64, unique=True)

    objects = AgencyStatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None, request_key="")
                | (Q(organisation__isnull=False) & ~Q(request_key="")),
                name="statement_on_a_request_or_by_staff",
            )
        ]
        indexes = [
            models.Index(fields=["agency", "state"], name="statement_of_an_agency"),
            models.Index(fields=["request_key"], name="statement_on_a_request"),
        ]

    def __str__(self) -> str:
        return f"statement {self.public_id}"
