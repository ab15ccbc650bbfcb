"""The form of one event, made from its spec: what is asked, in which order, what it says to the action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.laws.questions import Ask

from .event_specs import OUTCOME_WORDS, Spec
from .law_questions import facts_from, fields_for

NOTE_LIMIT = 5000
UNITS = (("business_days", _("business days")), ("calendar_days", _("calendar days")))
BASES = (
    ("portal", _("The agency’s portal says so")),
    ("return_receipt", _("Return receipt")),
    ("certified_post", _("Certified mail")),
    ("email_accepted", _("Its mail server accepted the e-mail")),
)
CHANNELS = (
    ("email", _("E-mail")),
    ("portal", _("The agency’s portal")),
    ("certified_post", _("Certified mail")),
    ("post", _("Ordinary mail")),
    ("fax", _("Fax")),
    ("hand", _("By hand")),
)
CHOSEN = ("clock", "law", "event", "of")
NOTICE_ABOUT = (
    ("suit", _("The notice that the law wants before a suit")),
    ("grounds", _("A demand for the written reasons of the denial")),
)
ABOUT = (("records", _("What we ask for")), ("fees", _("Fees")))


class DayField(forms.DateField):
    """A calendar day. Browsers send 2026-03-11; a typed 3/11/2026 is understood too."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d", "%m/%d/%Y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={
                "required": _("Enter the day, such as 03/11/2026."),
                "invalid": _("This is not a day of the calendar. Enter it as month/day/year: 03/11/2026."),
            },
            **more,
        )


def _extra_fields(name: str, spec: Spec) -> dict[str, forms.Field]:
    match name:
        case "names_received_on":
            return {
                name: DayField(
                    required=False,
                    label=_("Day of receipt that the agency names"),
                    help_text=_("The best proof of when its time began."),
                )
            }
        case "tracking_number":
            return {name: forms.CharField(required=False, max_length=120, label=_("The agency’s number"))}
        case "days":
            return {
                "days": forms.IntegerField(
                    required=False, min_value=1, max_value=1000, label=_("How many days more")
                ),
                "unit": forms.ChoiceField(required=False, choices=UNITS, label=_("Counted in")),
            }
        case "until":
            return {
                name: DayField(
                    required=spec.kind == "date_promised",
                    label=_("Until which day") if spec.kind != "date_promised" else _("Day promised"),
                )
            }
        case "reason":
            return {
                name: forms.CharField(
                    required=False,
                    max_length=NOTE_LIMIT,
                    label=_("Reason the agency gave"),
                    help_text=_("Leave it empty if the letter gives none: that is a defect of its own."),
                    widget=forms.Textarea(attrs={"rows": 2}),
                )
            }
        case "about":
            return {name: forms.ChoiceField(choices=ABOUT, label=_("The question is about"))}
        case "notice_about":
            return {"about": forms.ChoiceField(choices=NOTICE_ABOUT, label=_("The notice is"))}
        case "amount":
            return {
                name: forms.DecimalField(
                    required=False, min_value=0, max_digits=10, decimal_places=2, label=_("Amount in dollars")
                )
            }
        case "ground":
            return {
                name: forms.CharField(
                    required=False,
                    max_length=NOTE_LIMIT,
                    label=_("Exemptions cited"),
                    help_text=_("The sections as the letter cites them, part by part."),
                    widget=forms.Textarea(attrs={"rows": 2}),
                )
            }
        case "clock":
            return {name: forms.ChoiceField(choices=(), label=_("Which date"))}
        case "due_on":
            return {name: DayField(label=_("The date that shall stand"))}
        case "law":
            return {
                name: forms.ChoiceField(
                    required=False,
                    choices=(),
                    label=_("Law that binds the other agency"),
                    help_text=_("Leave it open while you do not know: then no new clock begins."),
                )
            }
        case "channel":
            return {name: forms.ChoiceField(choices=CHANNELS, label=_("How it was sent"))}
        case "event":
            return {name: forms.ChoiceField(choices=(), label=_("What we contest"))}
        case "accepted":
            return {
                name: forms.BooleanField(required=False, label=_("We no longer contest it"))
            }
        case "of":
            return {
                name: forms.ChoiceField(
                    required=False, choices=(), label=_("Which question"), help_text=_("More than one is open.")
                )
            }
        case "basis":
            return {name: forms.ChoiceField(choices=BASES, label=_("Proof"))}
    raise KeyError(name)


class EventForm(forms.Form):
    """Bound to a spec and the parts of one request. `act()` is what the action takes."""

    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self,
        spec: Spec,
        parts: Iterable[tuple[str, str]],
        *args: Any,
        choices: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        asks: Sequence[Ask] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        hidden = {name: self.fields.pop(name) for name in ("once", "seen_version")}
        for place, (name, words) in enumerate(spec.dates):
            self.fields[name] = DayField(label=words, required=place == 0)
        if spec.outcomes:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("Outcome"), choices=[(value, OUTCOME_WORDS[value]) for value in spec.outcomes]
            )
        for name in spec.extras:
            self.fields.update(_extra_fields(name, spec))
        self.asks = [ask for ask in asks if ask.fact not in self.fields]
        self.fields.update(fields_for(self.asks))
        for name in CHOSEN:
            offered = list((choices or {}).get(name, ()))
            if name == "of" and name in self.fields and len(offered) < 2:
                del self.fields[name]
            elif name in self.fields:
                self.fields[name].choices = offered  # type: ignore[attr-defined]
        labels = [(label, f"{label} {title}".strip()) for label, title in parts]
        if spec.parts and len(labels) > 1:
            self.fields["parts"] = forms.MultipleChoiceField(
                required=False,
                label=_("Parts"),
                choices=labels,
                help_text=_("Choose none for the whole request."),
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["text"] = forms.CharField(
            required=False,
            max_length=NOTE_LIMIT,
            label=_("What the letter or message said"),
            help_text=_("May be shared later with partners who see correspondence."),
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["note"] = forms.CharField(
            required=spec.kind in ("override", "waived"),
            error_messages={"required": _("Say why; only your organization reads it.")},
            max_length=NOTE_LIMIT,
            label=_("Our note"),
            help_text=_("Only your organization reads it."),
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields.update(hidden)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        how_long = {"days", "until"}
        missing = how_long <= set(self.fields) and not any(data.get(name) for name in how_long)
        if missing and not how_long & set(self.errors):
            self.add_error("days", _("Enter how many days, or the day until which the agency takes."))
        return data

    def act(self) -> dict[str, Any]:
        """Keyword arguments of `record_event`. Words go beside the ledger, never into its facts."""
        data = self.cleaned_data
        facts: dict[str, Any] = dict(facts_from(self.asks, data))
        if data.get("names_received_on"):
            facts["names_received_on"] = data["names_received_on"].isoformat()
        if data.get("days"):
            facts |= {"days": data["days"], "unit": data.get("unit") or "business_days"}
        if data.get("until"):
            facts["until"] = data["until"].isoformat()
        if data.get("reason"):
            facts["reason"] = "given"
        if data.get("due_on"):
            facts["due_on"] = data["due_on"].isoformat()
        if data.get("accepted"):
            facts["accepted"] = True
        for name in ("about", "basis", "channel", *CHOSEN):
            if data.get(name):
                facts[name] = data[name]
        said = [str(data[name]) for name in ("reason", "ground", "text") if data.get(name)]
        return {
            "kind": self.spec.kind,
            "dated_on": data.get("dated_on"),
            "sent_on": data.get("sent_on"),
            "received_on": data.get("received_on"),
            "parts": tuple(data.get("parts") or ()),
            "outcome": data.get("outcome") or None,
            "facts": facts,
            "text": "\n\n".join(said),
            "note": data.get("note") or "",
            "amount": data.get("amount"),
            "tracking_number": data.get("tracking_number") or "",
            "once": data["once"],
            "seen_version": data["seen_version"],
        }
