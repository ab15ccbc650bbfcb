"""The account of a request for programs: what is due by when, and one more line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import fees as fee_acts
from requests_app.models import RecordsRequest
from requests_app.queries import fees

from .base import ApiView, Given, Words, operation
from .desk import place
from .own import HERE, MOST, RequestView


def dollars(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True, **more)


class BasisShape(serializers.Serializer[Any]):
    hours = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    hourly = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    pages = serializers.IntegerField(allow_null=True)
    page_rate = serializers.DecimalField(max_digits=8, decimal_places=4, allow_null=True)
    media = dollars()


class FeeLineShape(serializers.Serializer[Any]):
    event = serializers.CharField()
    kind = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    amount = dollars()
    text = serializers.CharField()
    basis = BasisShape(allow_null=True)
    counted = serializers.BooleanField(help_text="Not taken back.")


class DueShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    name = serializers.CharField()


class AccountShape(serializers.Serializer[Any]):
    """US dollars. charged and balance are null while nothing was invoiced."""

    estimate = dollars()
    charged = dollars()
    paid = dollars()
    deposit_open = dollars()
    balance = dollars()
    waiver = serializers.CharField(help_text="Empty, asked, granted, part or refused.")
    due = DueShape(many=True)
    lines = FeeLineShape(many=True)
    version = serializers.IntegerField(help_text="Of the request: send it back as seen_version.")


class FeeGiven(Given):
    line = serializers.ChoiceField(list(fee_acts.LINES))
    on = serializers.DateField()
    seen_version = serializers.IntegerField(min_value=0, max_value=MOST)
    amount = dollars(required=False, min_value=0)
    hours = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, min_value=0)
    hourly = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, min_value=0)
    pages = serializers.IntegerField(required=False, min_value=0, max_value=10_000_000)
    page_rate = serializers.DecimalField(max_digits=8, decimal_places=4, required=False, min_value=0)
    media = dollars(required=False, min_value=0)
    due_on = serializers.DateField(required=False, help_text="Of an invoice: when it wants to be paid.")
    decision = serializers.ChoiceField(list(fee_acts.DECISIONS), required=False, help_text="Of a waiver.")
    text = Words(required=False, allow_blank=True, default="", max_length=fee_acts.WORDS_MAX)
    note = Words(required=False, allow_blank=True, default="", max_length=fee_acts.WORDS_MAX)


class FeeRecordedShape(serializers.Serializer[Any]):
    event = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())
    account = AccountShape()


MONEY = ("estimate", "charged", "paid", "deposit_open", "balance")
BASIS = ("hours", "hourly", "pages", "page_rate", "media")


class FeesView(RequestView):
    @operation("request-fees", "The account of one request", answer=AccountShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """Each line is an event of the ledger; one is taken back where events are."""
        return self.account(self.own(pid))

    @operation(
        "fee-record", "Record one line of the account", body=FeeGiven, answer=FeeRecordedShape, status=201,
        example={"line": "estimate", "on": "2026-03-12", "seen_version": 3, "hours": "2.5", "hourly": "31.00"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """An amount that is left out is what the basis adds up to. A high estimate is told among the warnings."""
        found = self.own(pid, edit=True)
        recorded = fee_acts.record_fee(
            viewer=self.viewer, records_request=found, line=given["line"], on=given["on"], actor=self.actor,
            once=self.once, today=self.today(found), amount=given.get("amount"),
            basis=fee_acts.Basis(**{name: given.get(name) for name in BASIS}), due_on=given.get("due_on"),
            decision=given.get("decision", ""), text=given["text"], note=given["note"],
            seen_version=given["seen_version"],
        )  # fmt: skip
        return {
            "event": recorded.event.uid, "warnings": list(recorded.warnings), "account": self.account(self.own(pid)),
        }  # fmt: skip

    def account(self, found: RecordsRequest) -> dict[str, Any]:
        account = fees.account_of(self.viewer, found)
        return {
            **{name: _told(getattr(account, name)) for name in MONEY}, "waiver": account.waiver,
            "due": [{"on": due.on, "name": due.name} for due in account.dues],
            "lines": [
                {
                    "event": line.event.uid, "kind": line.event.kind, "on": line.on, "amount": _told(line.amount),
                    "text": line.text, "counted": line.counted,
                    "basis": {name: _told(getattr(line.basis, name)) for name in BASIS}
                    if line.basis
                    else None,
                }
                for line in account.lines
            ],
            "version": found.ledger_version,
        }  # fmt: skip


def _told(value: Any) -> Any:
    """A number of dollars as it was written: a program that reads 77.5 as a float may not give it back as 77.50."""
    return f"{value:f}" if isinstance(value, Decimal) else value


class AccountsAsked(serializers.Serializer[Any]):
    organisation = serializers.CharField(
        required=False, max_length=12, help_text="Needed where you belong to several."
    )


class SumsShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField(help_text="How many have any line.")
    estimated = dollars(help_text="The last estimate of each request.")
    charged = dollars()
    paid = dollars()
    balance = dollars()


class CampaignSumsShape(serializers.Serializer[Any]):
    campaign = serializers.CharField(help_text="Empty: in no campaign.")
    title = serializers.CharField()
    sums = SumsShape()


class AccountsShape(serializers.Serializer[Any]):
    whole = SumsShape()
    campaigns = CampaignSumsShape(many=True)


class AccountsView(ApiView):
    @operation("fees", "What the requests of an organization cost", asked=AccountsAsked, answer=AccountsShape,
               signed_in=True)  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """In all, and campaign by campaign. Lines that were taken back do not count."""
        whole, parts = fees.totals(self.viewer, place(self, asked.get("organisation")).pk)
        return {
            "whole": _sums(whole),
            "campaigns": [
                {"campaign": part.public_id, "title": part.title, "sums": _sums(part.sums)} for part in parts
            ],
        }


def _sums(sums: fees.Sums) -> dict[str, Any]:
    return {name: _told(getattr(sums, name)) for name in ("requests", "estimated", "charged", "paid", "balance")}


urlpatterns = [
    path("fees/", AccountsView.door(), name="api-fees"),
    path(f"{HERE}/fees/", FeesView.door(), name="api-request-fees"),
]
