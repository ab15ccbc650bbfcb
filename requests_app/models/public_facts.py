"""What the public statistics count: one row for each published request, of public facts alone.

It is made out of what the public reads, kept fresh by workers, and made anew at any time. A row goes in the transaction
in which its request goes out of sight: triggers take it away (migration 0061), and its own wall asks the shares again.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from .agencies import Agency, AgencyCustodian
from .campaigns import Campaign
from .people import Organisation
from .requests import RecordsRequest, RequestQuerySet


class PublicFact(models.Model):
    """The days are the public's: what was taken back, what waits for us and what only we do is in none of them.

    `turns` and `groups` are the standing as a step function of the day, so that nothing is written when time alone
    passes: from turns[i] on the request is in groups[i].
    """

    request = models.OneToOneField(RecordsRequest, on_delete=models.CASCADE, primary_key=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.SET_NULL, related_name="+")
    held_back = models.BooleanField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    custodian = models.ForeignKey(AgencyCustodian, null=True, on_delete=models.SET_NULL, related_name="+")
    jurisdiction = models.CharField(max_length=12)
    agency_kind = models.CharField(max_length=20)
    law_id = models.CharField(max_length=40)
    zone = models.CharField(max_length=64)
    population = models.CharField(max_length=8)
    is_sample = models.BooleanField()
    filed_on = models.DateField()
    acknowledged_on = models.DateField(null=True)
    determined_on = models.DateField(null=True)
    produced_on = models.DateField(null=True)
    last_on = models.DateField(null=True, help_text="Of the newest determination or production.")
    completed_on = models.DateField(null=True, help_text="Every part is decided, and what was granted has come.")
    ended_on = models.DateField(null=True, help_text="It left the count unanswered: withdrawn, or its log ends.")
    undated = models.BooleanField(help_text="Answered on a day that the log does not tell.")
    outcome = models.CharField(max_length=32, blank=True)
    silent = models.BooleanField(help_text="No decision and no records.")
    due_on = models.DateField(null=True, help_text="Last day for the answer on the later reading; none while it rests.")
    standard = models.BooleanField(help_text="The law names no number of days.")
    extensions = models.PositiveSmallIntegerField()
    turns = ArrayField(models.DateField())
    groups = ArrayField(models.CharField(max_length=10))

    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["agency"], name="public_fact_agency"),
            models.Index(fields=["campaign"], name="public_fact_campaign"),
        ]

    def __str__(self) -> str:
        return f"facts of request {self.request_id}"


class StaleFact(models.Model):
    """A request whose facts have to be made again, not before an instant: a list of numbers, which only functions of
    the database read and write."""

    request_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["at"], name="stale_fact_due")]

    def __str__(self) -> str:
        return str(self.request_id)


class PublicCount(models.Model):
    """What the dashboard counts without a filter, kept: of a million requests nobody waits for a count.

    It holds what `queries.statistics` found for everybody, and is read while nothing was published or taken back since
    (`number`, see `publication`), no public share has ended (`until`), and every zone has the day that it had.
    """

    population = models.CharField(max_length=8, primary_key=True, help_text="Empty: the first that holds any.")
    told = models.TextField()
    number = models.BigIntegerField()
    counted_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    seconds = models.FloatField(help_text="How long it took.")
    changes = models.BigIntegerField(default=0, help_text="How often facts were made again.")
    counted_changes = models.BigIntegerField(help_text="How many of them are counted here.")

    def __str__(self) -> str:
        return f"count of {self.population or 'all'}"
