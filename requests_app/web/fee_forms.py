"""The forms of the account: only what each line needs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.actions.event_checks import MOST
from requests_app.actions.fees import LINES, WORDS_MAX, Basis

from .event_form import DayField
from .event_specs import Words

NOT_MONEY = {
    "invalid": _("Enter a number of dollars, such as 12.50."),
    "max_decimal_places": _("Enter dollars and cents: two decimals at most."),
    "max_digits": _("Enter dollars and cents, at most 99,999,999.99."),
    "max_whole_digits": _("This is more than 99,999,999.99, the most that fits."),
    "min_value": _("An amount is not below zero. For money that comes back, record a refund."),
    "max_value": _("This is more than 99,999,999.99, the most that fits."),
}
LINE_WORDS: dict[str, tuple[Words, Words, Words]] = {
    "estimate": (
        _("Estimate"), _("The agency names a price before it goes on."), _("Day it reached us"),
    ),
    "waiver-asked": (_("Waiver asked"), _("We ask the agency to waive its fees."), _("Day we sent it")),
    "waiver-decided": (
        _("Waiver decided"), _("A refusal may open a window of ours."), _("Day it reached us"),
    ),
    "deposit-asked": (
        _("Deposit demanded"), _("The agency wants money before it goes on. The law may give us a last day."),
        _("Day it reached us"),
    ),
    "deposit-paid": (_("Deposit paid"), _("We paid what the agency wanted first."), _("Day we paid")),
    "invoice": (_("Invoice"), _("The agency asks for its money."), _("Day it reached us")),
    "paid": (_("Fee paid"), _("We paid."), _("Day we paid")),
    "refund": (_("Refund"), _("Money that came back to us."), _("Day it reached us")),
}  # fmt: skip
DECIDED = (
    ("granted", _("Waived in full")),
    ("part", _("Waived in part")),
    ("refused", _("Refused")),
)


def money(label: Any, *, help_text: Any = "", required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, min_value=Decimal(0), max_value=MOST, max_digits=10, decimal_places=2,
        help_text=help_text, error_messages={**NOT_MONEY, "required": _("Enter the amount in dollars.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "amount"}),
    )  # fmt: skip


def number(label: Any, *, places: int, most: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_value=Decimal(most), decimal_places=places,
        error_messages={"invalid": _("Enter a number, such as 2.5.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "amount"}),
    )  # fmt: skip


class FeeForm(forms.Form):
    """One line of the account. `basis_fields`: what stands together under its own heading."""

    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, line: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = {name: self.fields.pop(name) for name in ("once", "seen_version")}
        self.line = line
        self.fields["on"] = DayField(label=LINE_WORDS[line][2])
        if line == "waiver-decided":
            self.fields["decision"] = forms.ChoiceField(label=_("It is"), choices=DECIDED)
        if LINES[line].wants:
            with_basis = line in ("estimate", "invoice")
            self.fields["amount"] = money(
                _("Amount in dollars"), required=not with_basis,
                help_text=_("As the letter says it. Leave it empty to add up the basis.") if with_basis else "",
            )  # fmt: skip
            if with_basis:
                self.fields |= {
                    "hours": number(_("Hours"), places=2, most=999_999),
                    "hourly": number(_("Dollars an hour"), places=2, most=999_999),
                    "pages": forms.IntegerField(
                        label=_("Pages"), required=False, min_value=0, max_value=10_000_000,
                        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "amount"}),
                    ),
                    "page_rate": number(_("Dollars a page"), places=4, most=9_999),
                    "media": money(_("Disks, post and the like, in dollars")),
                }  # fmt: skip
        if line == "invoice":
            self.fields["due_on"] = DayField(
                label=_("Day it wants to be paid by"), required=False, help_text=_("We remind you before it.")
            )
        self.fields["text"] = forms.CharField(
            label=_("What the letter says") if not LINES[line].ours else _("What we said"), required=False,
            max_length=WORDS_MAX, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("May be shared later with partners who see correspondence."),
        )  # fmt: skip
        self.fields["note"] = forms.CharField(
            label=_("Our note"), required=False, max_length=WORDS_MAX, widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("Only your organization reads it."),
        )  # fmt: skip
        self.fields.update(hidden)

    def act(self) -> dict[str, Any]:
        """Keyword arguments of `record_fee`."""
        data = self.cleaned_data
        return {
            "line": self.line, "on": data["on"], "amount": data.get("amount"),
            "basis": Basis(**{name: data.get(name) for name in ("hours", "hourly", "pages", "page_rate", "media")}),
            "due_on": data.get("due_on"), "decision": data.get("decision", ""), "text": data["text"],
            "note": data["note"], "once": data["once"], "seen_version": data["seen_version"],
        }  # fmt: skip
