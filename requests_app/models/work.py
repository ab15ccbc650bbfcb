"""What people write beside the ledger: notes, calls, tags, the several numbers of one request."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from . import ids
from .ledger import Event
from .people import Organisation, Person
from .privilege import PrivilegedCircle, privileged_to
from .requests import CorrespondenceQuerySet, InsideQuerySet, RecordsRequest
from .visibility import OwnQuerySet, Reach, Viewer


def _privileged(viewer: Viewer, to: str = "") -> Q:
    return Q(**{f"{to}privileged": True}) & privileged_to(viewer, "author", to)


class RequestNoteQuerySet(InsideQuerySet):
    def for_partners(self) -> Q:
        return Q(privileged=False, deleted_at=None)

    def of_organisation(self, viewer: Viewer) -> Self:
        ours = Q(organisation_id__in=viewer.organisations, privileged=False)
        return self.filter(ours | _privileged(viewer))

    def within(self, reach: Reach) -> Self:
        # Who reads what is privileged is asked of a viewer, not of grants.
        return super().within(reach).filter(privileged=False)

    def editable_by(self, viewer: Viewer) -> Self:
        return super().editable_by(viewer).filter(Q(privileged=False) | _privileged(viewer))


class OfNoteQuerySet(OwnQuerySet):
    """What hangs on a note: read by those of our people who read the note."""

    def visible_to(self, viewer: Viewer) -> Self:
        return super().visible_to(viewer).filter(Q(note__privileged=False) | _privileged(viewer, "note__"))

    def editable_by(self, viewer: Viewer) -> Self:
        return super().editable_by(viewer).filter(Q(note__privileged=False) | _privileged(viewer, "note__"))


class RequestNote(models.Model):
    """Our own people's, and theirs to whom everything is shared. Whoever wrote it may change it, and every earlier text
    is kept, for us alone; what is deleted leaves its place. A privileged one is not even all of ours to read."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    once = models.CharField(max_length=64, default=ids.public_id)
    written_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    privileged = models.BooleanField(db_default=False, default=False)
    circle = models.ForeignKey(
        PrivilegedCircle, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Who reads it beside owners and its author.",
    )  # fmt: skip

    objects = RequestNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_note_an_act"),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(text=""), name="deleted_note_says_nothing"
            ),
            models.CheckConstraint(
                condition=Q(circle=None) | Q(privileged=True), name="circle_of_a_privileged_note"
            ),
        ]
        indexes = [models.Index(fields=["request", "-written_at"], name="note_of_request")]

    def __str__(self) -> str:
        return self.text[:80]


class NoteVersion(models.Model):
    """What a note said before it was changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey(RequestNote, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    until_at = models.DateTimeField(db_default=Now())

    objects = OfNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "note", "number"], name="one_text_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.note_id} v{self.number}"


class NoteMention(models.Model):
    """Who is meant to read a note."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey(RequestNote, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    mentioned_at = models.DateTimeField(db_default=Now())

    objects = OfNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "note", "person"], name="mentioned_once")
        ]
        indexes = [models.Index(fields=["person", "-mentioned_at"], name="mention_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.note_id}"


class LoggedContact(models.Model):
    """A call, a visit to the portal, a talk at the counter: ours alone. It moves no clock; an event made of it does."""

    class Way(models.TextChoices):
        CALL = "call"
        PORTAL = "portal"
        IN_PERSON = "in_person"
        OTHER = "other"

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="contacts")
    way = models.CharField(max_length=9, choices=Way.choices)
    on = models.DateField()
    with_whom = models.CharField(max_length=200, blank=True)
    said = models.TextField()
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    once = models.CharField(max_length=64, default=ids.public_id)
    logged_at = models.DateTimeField(db_default=Now())
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_why = models.CharField(max_length=500, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "once"], name="one_contact_an_act"),
            models.CheckConstraint(
                condition=models.Q(way__in=["call", "portal", "in_person", "other"]), name="contact_way_known"
            ),
        ]
        indexes = [models.Index(fields=["request", "-on"], name="contact_of_request")]

    def __str__(self) -> str:
        return f"{self.way} {self.on}"


class Tag(models.Model):
    """A word of the organization's own, across all its requests."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("organisation", Lower("name"), name="one_tag_a_name")]

    def __str__(self) -> str:
        return self.name


class RequestTag(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="request_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="request_tags")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "request", "tag"], name="tagged_once")]
        indexes = [models.Index(fields=["tag", "request"], name="request_by_tag")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.request_id}"


class TrackingNumber(models.Model):
    """Level correspondence, as the agency's own number is (`RequestCorrespondence.tracking_number`): the others."""

    class Kind(models.TextChoices):
        AGENCY = "agency"
        PORTAL = "portal"
        POLICE_REPORT = "police_report"
        APPEAL = "appeal"
        OTHER = "other"

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="tracking_numbers")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    number = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now())

    objects = CorrespondenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "request", "kind", "number"], name="one_number_a_request"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["agency", "portal", "police_report", "appeal", "other"]),
                name="number_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "number"], name="numbered")]

    def __str__(self) -> str:
        return self.number
