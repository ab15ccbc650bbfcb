"""Letters: drafts that several people write, the row by which one leaves the house, and what was sent, frozen.

What a partner may read of a letter that went out stands with the request and its events, where the act of sending
writes it. A draft of a request is read by whom everything is shared with; nothing else here is reached by a share.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import ids
from .agencies import Agency, AgencyCustodian
from .campaigns import Campaign, Wave
from .documents import Document
from .ids import public_id
from .imports import StoredFile
from .people import Organisation, Person
from .queues import Outgoing, OutgoingAttempt
from .requests import InsideQuerySet, RecordsRequest
from .visibility import OwnQuerySet


class LetterKind(models.TextChoices):
    REQUEST = "request", _("Request")
    FOLLOW_UP = "follow_up", _("Follow-up")
    APPEAL = "appeal", _("Appeal")
    REVIEW = "review", _("Request for review")
    NOTICE = "notice", _("Notice")
    DEMAND = "demand", _("Preservation demand")
    ANSWER = "answer", _("Answer")
    OTHER = "other", _("Letter")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    POST = "post", _("Ordinary mail")
    CERTIFIED = "certified_post", _("Certified mail")
    FAX = "fax", _("Fax")
    PORTAL = "portal", _("The agency’s portal")
    HAND = "hand", _("By hand")


class LetterQuerySet(InsideQuerySet):
    def for_partners(self) -> Q:
        """Drafts of a request. What went out, partners read beside its events."""
        return Q(state__in=Letter.OPEN)

    def open(self) -> LetterQuerySet:
        """Neither gone out nor thrown away."""
        return self.filter(state__in=Letter.OPEN)


class Letter(models.Model):
    """One letter to one agency. `version` rises with every saved change: a save upon an older one is refused.

    While it is queued, how far it has come stands in its `LetterSending` alone; `stage` reads both.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        QUEUED = "queued", _("Waiting to go out")
        STOPPED = "stopped", _("Stopped")
        SENT = "sent", _("Sent")
        PRINTED = "printed", _("Sent on paper")
        DISCARDED = "discarded", _("Thrown away")

    OPEN = (State.DRAFT, State.QUEUED, State.STOPPED)
    GONE = (State.SENT, State.PRINTED)

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="letters")
    request = models.ForeignKey(
        RecordsRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="letters",
        help_text="Of a first letter: the request that sending it made.",
    )  # fmt: skip
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    custodian = models.ForeignKey(
        AgencyCustodian, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    wave = models.ForeignKey(Wave, null=True, blank=True, on_delete=models.SET_NULL, related_name="letters")
    kind = models.CharField(max_length=12, choices=LetterKind.choices)
    kit = models.CharField(max_length=80, blank=True)
    kit_version = models.CharField(max_length=32, blank=True)
    law_id = models.CharField(max_length=40, blank=True)
    public_title = models.CharField(max_length=300, blank=True, help_text="Of the request to be made.")
    subject = models.CharField(max_length=300)
    body = models.TextField()
    parts = models.JSONField(default=list, help_text="[[label, title]] of a request; [label] of a later letter.")
    event_kind = models.CharField(max_length=32, blank=True, help_text="Recorded when it has gone out.")
    about = models.CharField(max_length=12, blank=True, help_text="Uid of the event it answers.")
    facts = models.JSONField(default=dict, blank=True)
    channel = models.CharField(max_length=16, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(max_length=300, blank=True, help_text="First line of the address block.")
    address = models.CharField(max_length=500, blank=True, help_text="E-mail, postal or portal address, or fax.")
    requester = models.JSONField(default=dict, blank=True, help_text="Who asks, as the letter says it.")
    dated = models.JSONField(
        default=dict, blank=True, help_text="Days in the words of the text, which the day of sending replaces."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1, help_text="Raised when a refused letter is tried anew.")
    accepted = models.JSONField(default=list, help_text="Codes of the warnings it was sent over.")
    skipped = models.BooleanField(default=False, help_text="Left out of its wave.")
    problem = models.CharField(max_length=500, blank=True)
    sent_on = models.DateField(null=True, blank=True, help_text="The agency's own day.")
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    edited_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    once = models.CharField(
        max_length=64, default=ids.public_id, help_text="Key of the act: the same form sent twice writes once."
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_letter_an_act"),
            models.UniqueConstraint(
                fields=["organisation", "campaign", "agency", "kit"],
                condition=Q(kind="request", campaign__isnull=False),
                name="one_letter_a_campaign_agency_kit",
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="letter_and_owner"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "id"], name="letter_newest"),
            models.Index(fields=["request"], name="letter_by_request"),
            models.Index(fields=["wave"], name="letter_by_wave"),
            models.Index(fields=["organisation", "agency", "kit"], name="letter_by_agency"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def stage(self) -> str:
        """draft, queued, sending, uncertain, failed, sent, printed, stopped or discarded."""
        if self.state != self.State.QUEUED:
            return self.state
        sending = LetterSending.objects.filter(letter=self.pk).first() if self.pk else None
        return STAGES.get(sending.state, "queued") if sending else "queued"


STAGES = {"planned": "queued", "claimed": "sending", "unknown": "uncertain", "failed": "failed", "skipped": "failed"}


class LetterAside(models.Model):
    """What somebody wrote upon an older version of a draft: refused as a save, and kept."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="asides")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())
    seen_version = models.PositiveIntegerField()
    subject = models.CharField(max_length=300)
    body = models.TextField()

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return self.subject


class LetterAttachment(models.Model):
    """What goes out with a letter: a document of its request, or a file put with the letter itself.

    Name, size and hash are those of the moment it was enclosed: should the bytes be erased, the letter is refused.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="attachments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="As the agency reads it.")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    taken_off = models.BooleanField(default=False)
    once = models.CharField(
        max_length=64, default=ids.public_id, help_text="Key of the act: the same upload sent twice is one."
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_attachment_an_act"),
            models.UniqueConstraint(
                fields=["organisation", "letter", "document"],
                condition=Q(taken_off=False, document__isnull=False),
                name="one_attachment_a_letter_document",
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=True, file__isnull=False)
                | Q(document__isnull=False, file__isnull=True),
                name="attachment_of_one_origin",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def gone(self) -> str:
        """Why it can no longer go out; empty: it can. Reads `document`."""
        if self.document is None:
            return ""
        return "erased" if self.document.erased_at else "withdrawn" if self.document.withdrawn_at else ""

    @property
    def blob(self) -> str:
        """The name of its bytes in the store. Reads `document` or `file`."""
        return self.document.blob if self.document is not None else self.file.name if self.file is not None else ""


class LetterSending(Outgoing):
    """The row by which a letter leaves by e-mail."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, related_name="sending")
    acting = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Who pressed the button: it goes out as theirs, or not at all.",
    )  # fmt: skip
    next_at = models.DateTimeField(db_default=Now(), help_text="Not before this instant.")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state__in=["planned", "claimed", "unknown"]),
                name="letter_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.letter_id}"


class LetterSendAttempt(OutgoingAttempt):
    """Append-only journal of what was tried and what the mail server said: the proof of sending."""

    sending = models.ForeignKey(LetterSending, on_delete=models.CASCADE, related_name="journal")
    step = models.CharField(max_length=16, help_text="claimed, handed over, accepted, bounced, failed …")


class LetterCopy(models.Model):
    """What left the house, word for word, to whom and as whose: written before the first byte, never changed."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="copies")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.CharField(max_length=16)
    agency_name = models.CharField(max_length=300)
    custodian_name = models.CharField(max_length=300, blank=True)
    recipient = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=500, blank=True)
    contacts = models.JSONField(default=list, help_text="The agency's addresses as known that day.")
    law_ref = models.CharField(max_length=80, blank=True)
    requester = models.JSONField(default=dict)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    attachments = models.JSONField(default=list, help_text="[{name, size, sha256}]")
    message_id = models.CharField(max_length=200, blank=True)
    proof = models.TextField(blank=True, help_text="Of a letter on paper: carrier, number, who took it.")
    tracking_number = models.CharField(max_length=120, blank=True)
    pdf = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "round"], name="one_copy_a_round")]

    def __str__(self) -> str:
        return self.subject
