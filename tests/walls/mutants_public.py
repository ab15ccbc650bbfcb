"""Rows that name what they are about by words, or that nobody owns: what stands beside a page, what staff decides."""

from __future__ import annotations

from typing import Any

from requests_app.models import (
    AgencyStatement,
    Ask,
    Campaign,
    CenterClaim,
    Correction,
    Document,
    JointRight,
    Person,
    PublicReport,
    RecordsRequest,
)
from requests_app.models.visibility import PUBLIC
from tests import builders

from .mutants_rows import LONG_AGO
from .mutants_together import Together


class Beside(Together):
    def _staff(self) -> None:
        """One runs the site; the other has no second factor, and does not."""
        Person.objects.filter(pk__in=[self.people[name].pk for name in ("Stan", "Stew")]).update(is_staff=True)
        builders.second_factor(self.people["Stan"])

    def _beside(self) -> None:
        lake = self.homes["lake"]
        about: list[dict[str, Any]] = []
        for table in (RecordsRequest, Document, Campaign):
            kind = {RecordsRequest: "request", Document: "document", Campaign: "campaign"}[table]
            there = table.objects.visible_to(PUBLIC).exclude(organisation=lake).order_by("pk")
            public, hidden = there[0], table.objects.exclude(pk__in=there.values("pk")).exclude(organisation=lake)[0]
            own: dict[str, Any] = {
                "organisation": public.organisation, "kind": "correction", "subject_kind": kind,
                "subject_key": public.public_id,
            }  # fmt: skip
            another = "document" if kind == "request" else "request"
            about += [
                own, own | {"withdrawn_at": LONG_AGO}, own | {"organisation": lake}, own | {"subject_kind": another},
                own | {"organisation": hidden.organisation, "subject_key": hidden.public_id},
            ]  # fmt: skip
        nobodys = {"kind": "takedown", "subject_kind": "other"}
        self._add(Correction, (*about, nobodys, nobodys | {"withdrawn_at": LONG_AGO}))
        self._add(PublicReport, [{"subject_kind": "other"}])
        self._add(AgencyStatement, (
            {"organisation": home, "request_key": key, "state": state, "agency": self.agency}
            for home, key in (
                (None, ""),
                *((one["organisation"], one["subject_key"]) for one in about if one["subject_kind"] == "request"),
            )
            for state in AgencyStatement.State.values
        ))  # fmt: skip
        self._claims()
        self._asks()
        # Of a coalition that has the number of the partner, which is not in it.
        stay = self.stays["second", "harbor"].pk
        far = next(one for one in self.shares if one.request_id and (one.stay_id, one.tier) == (stay, 3))
        self._add(JointRight, [
            {"organisation": far.organisation, "request": far.request, "partner": self.homes["prairie"]}
        ])  # fmt: skip

    def _claims(self) -> None:
        seen = Document.objects.visible_to(PUBLIC).order_by("pk")
        hidden = Document.objects.exclude(pk__in=seen.values("pk")).order_by("pk")
        said: dict[str, Any] = {"organisation": self.homes["harbor"], "published_at": LONG_AGO}
        self._add(CenterClaim, (
            said | more for more in (
                {}, {"document": seen[0]}, {"document": hidden[0]}, {"withdrawn_at": LONG_AGO},
                {"superseded_at": LONG_AGO},
            )
        ))  # fmt: skip

    def _asks(self) -> None:
        seen = RecordsRequest.objects.visible_to(PUBLIC).filter(organisation=self.homes["harbor"]).order_by("pk")
        homes = [self.homes[name] for name in ("harbor", "lake")]
        asks = self._add(Ask, ({"organisation": home, "agency": self.agency} for home in homes))
        # The other of an organization that asked nothing there, which no key would let through.
        for one, ask in zip(seen[:2], asks, strict=True):
            RecordsRequest.objects.filter(pk=one.pk).update(ask=ask)
