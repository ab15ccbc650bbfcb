"""Rows of any table, made from what its columns want: one for each that it may hang on, and one for each other value of
a column. Nothing of a table is known here but what its columns are."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from requests_app.models import (
    Agency,
    ApiToken,
    AuditEntry,
    Campaign,
    CircleMember,
    Coalition,
    CoalitionMember,
    CommentAuthor,
    Event,
    Guest,
    IdempotencyKey,
    JointCampaign,
    JointPart,
    JointRight,
    KitOffer,
    Membership,
    ModelLetter,
    Organisation,
    PartnerComment,
    PartnerTask,
    Person,
    PrivateComment,
    Proposal,
    ProposalAuthor,
    ProposalDecision,
    PublicationGeneration,
    PublicComment,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import ContentQuerySet

LONG_AGO, LATER = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 2)
# Columns whose words decide, and are no choices of the model.
WORDS: dict[tuple[str, str], tuple[Any, ...]] = {
    ("Deadline", "owner"): ("requester", "counsel", "reviewer", "court", "third_party"),
    ("Deadline", "rule_id"): ("destroys-on",),
    ("OrganisationKitVersion", "state"): ("draft", "ready"),
    ("AuditEntry", "act"): ("feed.made", "view.removed", "mail.stopped", "share.made"),
    ("LawReport", "note"): ("settled",),
}
# Where a word made up would make a row that nobody is shown.
PLAIN = {("Deadline", "owner"): "agency", ("Deadline", "rule_id"): "determine"}
DONE = (
    Person, Organisation, Membership, Agency, Coalition, CoalitionMember, Guest, Campaign, RecordsRequest, Share, Event,
    CircleMember, JointRight, PartnerComment, CommentAuthor, PublicComment, PrivateComment, ModelLetter, JointCampaign,
    JointPart, ApiToken, IdempotencyKey, AuditEntry, KitOffer, PartnerTask, Proposal,
    ProposalAuthor, ProposalDecision,
    # One row, which stands already.
    PublicationGeneration,
)  # fmt: skip
# Rows stand free of each other: a wall is asked what it makes of a row, not whether the row may be.
FREE = """
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x') AND conrelid <> 0 LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', one.place, one.conname);
  END LOOP;
  FOR one IN SELECT indexrelid::regclass AS place FROM pg_index JOIN pg_class c ON c.oid = indrelid
             WHERE c.relnamespace = 'public'::regnamespace AND indisunique AND NOT indisprimary LOOP
    EXECUTE format('DROP INDEX IF EXISTS %s', one.place);
  END LOOP;
END $$
"""


class Rows:
    """homes and members: by name, and by the organization's number. deep: requests below which every table is full."""

    people: dict[str, Person]
    homes: dict[str, Organisation]
    members: dict[int, list[Person]]
    agency: Agency

    def __init__(self) -> None:
        self.dice = random.Random(6)
        self.numbers = itertools.count(1)
        self.near: dict[tuple[Any, ...], Any] = {}
        self.deep: list[RecordsRequest] = []
        self.requests: list[RecordsRequest] = []
        self.campaigns: list[Campaign] = []
        self.events: list[Event] = []

    # Every other table.

    def _all_tables(self) -> None:
        left = [one for one in apps.get_app_config("requests_app").get_models() if one._meta.managed]
        while left:
            ready = [
                one for one in left
                if not any(
                    field.related_model in left and field.related_model is not one and not field.null
                    for field in one._meta.concrete_fields if field.is_relation
                )
            ]  # fmt: skip
            for model in ready:
                left.remove(model)
                self._table(model)

    def _table(self, model: Any) -> None:
        if model in DONE:
            return
        names = {field.name: field for field in model._meta.concrete_fields}
        shared = isinstance(model._default_manager.all(), ContentQuerySet)
        pk = model._meta.pk
        hangs: list[dict[str, Any]]
        if pk.is_relation and pk.related_model not in (RecordsRequest, Campaign, Event):
            hangs = [{pk.name: one} for one in pk.related_model.objects.all()]
        elif "event" in names and not names["event"].null:
            deep = {one.pk for one in self.deep}
            hangs = [
                {"event": one}
                for one in self.events
                if shared or (one.request_id in deep and one.kind == "sent")
            ]
        elif "request" in names:
            hangs = [{"request": one} for one in (self.requests if shared else self.deep)]
            if names["request"].null:
                hangs = [
                    *hangs[:: 1 if shared else 2],
                    *({"organisation": one} for one in self.homes.values()),
                ]
        elif "campaign" in names:
            hangs = [{"campaign": one} for one in self.campaigns]
        elif "organisation" in names:
            hangs = [{"organisation": one} for one in self.homes.values()]
        else:
            hangs = [{}]
        if "campaign" in names and names["campaign"].null and not pk.is_relation:
            hangs += [{"campaign": one} for one in self.campaigns[:: 1 if shared else 4]]
        rows = [self.new(model, one) for one in hangs]
        if not pk.is_relation:
            deep_ids = {one.pk for one in self.deep}
            for one in hangs:
                event = one.get("event")
                of = event.request if event is not None else one.get("request")
                if (of is None or of.pk in deep_ids) and (event is None or event.kind == "acknowledged"):
                    rows += [self.new(model, one | other) for other in self._other(model, one)]
        self._keep(model, model._base_manager.bulk_create(rows))

    def _other(self, model: Any, hangs: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """One other value of one column at a time."""
        home = self._home(hangs)
        for field in model._meta.concrete_fields:
            if field.name in hangs or field.primary_key or field.generated:
                continue
            words = WORDS.get((model.__name__, field.name), ())
            if isinstance(field, models.BooleanField):
                words = (True, False)
            elif field.null and isinstance(field, models.DateField):
                words = (LONG_AGO,) if isinstance(field, models.DateTimeField) else (DAY,)
            elif field.flatchoices:
                words = tuple(choice for choice, _ in field.flatchoices)[:8]
            elif field.is_relation and field.related_model is Person:
                words = (*self.members.get(home, ()), self.people["Noor"])
            yield from ({field.name: word} for word in words)

    def new(self, model: Any, given: dict[str, Any]) -> Any:
        home = self._home(given)
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.name in given or field.attname in given or field.generated:
                continue
            if (
                isinstance(field, models.AutoField)
                or field.has_default()
                or field.db_default is not models.NOT_PROVIDED
            ):
                continue
            if field.is_relation:
                found = self._related(field, given, home)
                if found is not None:
                    values[field.name] = found
            elif not field.null:
                values[field.name] = self._value(field)
        return model(**values, **given)

    def _home(self, given: dict[str, Any]) -> int:
        if given.get("organisation_id"):
            return int(given["organisation_id"])
        for one in given.values():
            if isinstance(one, Organisation):
                return one.pk
            if getattr(one, "organisation_id", None):
                return int(one.organisation_id)
        return self.homes["harbor"].pk

    def _related(self, field: Any, given: dict[str, Any], home: int) -> Any:
        model = field.related_model
        if model is Organisation:
            return None if field.null else next(one for one in self.homes.values() if one.pk == home)
        if field.null:
            return None
        if model is Person:
            return self.members[home][0]
        if model is Agency:
            return self.agency
        for one in given.values():
            request = one if isinstance(one, RecordsRequest) else getattr(one, "request", None)
            if model is RecordsRequest and request is not None:
                return request
            if request is not None and (model, "request", request.pk) in self.near:
                return self.near[model, "request", request.pk]
        return (
            self.near.get((model, "organisation", home))
            or self.near.get((model,))
            or model._base_manager.first()
        )

    def _value(self, field: Any) -> Any:
        n = next(self.numbers)
        if (field.model.__name__, field.name) in PLAIN:
            return PLAIN[field.model.__name__, field.name]
        if field.flatchoices:
            return field.flatchoices[0][0]
        by_type: dict[str, Any] = {
            "DateField": DAY, "DateTimeField": LONG_AGO, "TimeField": dt.time(9), "JSONField": {}, "ArrayField": [],
            "BinaryField": str(n).encode(), "UUIDField": uuid.uuid4(), "BooleanField": False,
            "DecimalField": Decimal(1), "FloatField": 1.0,
        }  # fmt: skip
        kind = "ArrayField" if type(field).__name__ == "ArrayField" else field.get_internal_type()
        if kind in ("CharField", "TextField", "SlugField", "EmailField"):
            return "" if field.blank else f"w{n}"[: field.max_length or 40]
        return by_type.get(kind, n if field.primary_key else 1)

    def _add(self, model: Any, rows: Iterable[dict[str, Any]]) -> list[Any]:
        made = list(model._base_manager.bulk_create(self.new(model, one) for one in rows))
        self._keep(model, made)
        return made

    def _keep(self, model: Any, rows: list[Any]) -> None:
        for one in rows:
            self.near.setdefault((model,), one)
            for name in ("request", "organisation"):
                if getattr(one, f"{name}_id", None):
                    self.near.setdefault((model, name, getattr(one, f"{name}_id")), one)
