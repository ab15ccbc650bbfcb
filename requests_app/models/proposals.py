"""What a partner or a guest offers on a request of another's: an event, the words of a letter, a document.

Three tables, for a wall knows rows and no columns. What was offered is kept by both sides. What became of it is read
by the owner, and by whoever offered it while they are shown the request. Who offered it, as a person, is read inside
their own organisation.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import ids
from .coalitions import CoalitionMember
from .joint_rights import JointRight
from .people import Organisation, Person
from .requests import RecordsRequest
from .shares import Guest
from .visibility import Viewer


def _offered_by(viewer: Viewer, to: str = "", *, editing: bool = False) -> Q:
    """Of one's own organisation, or of one's own as a guest."""
    organisations = viewer.editable if editing else viewer.organisations
    found = Q(**{f"{to}partner__in": organisations}) if organisations else Q(pk=None)
    if viewer.kind == "person":
        found |= Q(**{f"{to}guest__in": Guest.objects.of_person(viewer.id)})
    return found


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The owner's people, and those who offered it: these whatever became of the share. Nobody else."""
        return self.filter(Q(organisation__in=viewer.organisations) | _offered_by(viewer))

    def offered_by(self, viewer: Viewer, *, editing: bool = False) -> Self:
        return self.visible_to(viewer).filter(_offered_by(viewer, editing=editing))

    def followed_by(self, viewer: Viewer) -> Self:
        """Of what one offered, that of which one may still hear: the request, and the right to it, are shown."""
        rights = JointRight.objects.visible_to(viewer).filter(pk=OuterRef("right_id"))
        requests = RecordsRequest.objects.visible_to(viewer).filter(pk=OuterRef("request_id"))
        return self.offered_by(viewer).filter(Exists(rights), Exists(requests))


class Proposal(models.Model):
    """organisation: whose request it is. Never rewritten; no row of `ProposalDecision`: it waits."""

    class Kind(models.TextChoices):
        EVENT = "event", _("Event")
        DRAFT = "draft", _("Letter")
        DOCUMENT = "document", _("Document")

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(
        RecordsRequest, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    right = models.ForeignKey(JointRight, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    partner = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    stay = models.ForeignKey(
        CoalitionMember, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )  # fmt: skip
    guest = models.ForeignKey(
        Guest, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    in_advance = models.BooleanField(default=False, help_text="Agreed to by whoever gave the right to log.")
    what = models.CharField(max_length=32, blank=True, help_text="Kind of the event, or of the letter.")
    outcome = models.CharField(max_length=32, blank=True)
    happened_on = models.DateField(null=True, blank=True, help_text="Of a document: the day it was received.")
    until_on = models.DateField(null=True, blank=True, help_text="Of more time, or of a promise.")
    title = models.CharField(max_length=300, blank=True, help_text="Of a letter; of a document the name of its file.")
    text = models.TextField(blank=True, help_text="Of a letter.")
    note = models.TextField(blank=True, help_text="To whoever decides.")
    blob = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    once = models.CharField(max_length=64, default=ids.public_id)
    offered_at = models.DateTimeField(db_default=Now())

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=False, guest=None)
                | Q(partner=None, stay=None, guest__isnull=False),
                name="proposal_of_one_proposer",
            ),
            models.CheckConstraint(
                condition=Q(kind="event", happened_on__isnull=False) & ~Q(what="")
                | Q(kind="draft", in_advance=False) & ~Q(what="") & ~Q(text="")
                | Q(kind="document", in_advance=False, what="", happened_on__isnull=False)
                & ~Q(blob="")
                & ~Q(title=""),
                name="proposal_is_whole",
            ),
            models.UniqueConstraint(fields=["organisation", "once"], name="one_proposal_an_act"),
            models.UniqueConstraint(
                fields=["organisation", "blob"], condition=~Q(blob=""), name="one_proposal_a_file"
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="proposal_and_owner"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="proposal_to_owner"),
            models.Index(fields=["partner", "-id"], name="proposal_by_partner"),
            models.Index(fields=["guest", "-id"], name="proposal_by_guest"),
            models.Index(fields=["request", "-id"], name="proposal_of_request"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.public_id}"


class ProposalDecisionQuerySet(models.QuerySet["ProposalDecision"]):
    def visible_to(self, viewer: Viewer) -> Self:
        followed = Proposal.objects.followed_by(viewer).filter(pk=OuterRef("proposal_id"))
        return self.filter(Q(organisation__in=viewer.organisations) | Exists(followed))


class ProposalDecision(models.Model):
    """What became of it, once: the key decides between two who decide at the same time."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    proposal = models.OneToOneField(
        Proposal, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="decision"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices)
    reason = models.CharField(max_length=1000, blank=True, help_text="Read by whoever offered it.")
    made = models.CharField(max_length=12, blank=True, help_text="Id of the event, letter or document.")
    at = models.DateTimeField(db_default=Now())
    dropped_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the file of what was not accepted is off the disk."
    )

    objects = ProposalDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="accepted") & ~Q(made="")
                | Q(state="declined", made="") & ~Q(reason="")
                | Q(state="withdrawn", made=""),
                name="proposal_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.state


class ProposalAuthorQuerySet(models.QuerySet["ProposalAuthor"]):
    def visible_to(self, viewer: Viewer) -> Self:
        own = Q(person=viewer.id) if viewer.kind == "person" else Q(pk=None)
        return self.filter(own | Q(organisation__in=viewer.organisations))


class ProposalAuthor(models.Model):
    """organisation: of whoever offered it; none: a guest."""

    key = models.CharField(max_length=12, primary_key=True, help_text="The id by which the proposal is told.")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    objects = ProposalAuthorQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key
