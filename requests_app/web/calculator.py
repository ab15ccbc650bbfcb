"""The deadline calculator: a GET form, so that an answer has an address. Nothing that is entered is kept."""

from __future__ import annotations

import datetime as dt
import shlex
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from requests_app.laws.deadline import Answer, answer, step
from requests_app.laws.errors import Refused
from requests_app.laws.questions import of_request
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry

from .clocks import chart_of, doubts, law_address, standards, whys
from .draw.from_clock import heroes_of
from .event_form import DayField
from .event_specs import SPECS
from .law_questions import facts_from, fields_for
from .shell import Looking

ROWS = 4
NEEDS_OUTCOME = {
    "determined": "denied",
    "appeal_decided": "upheld",
    "produced": "produced",
    "review_decided": "upheld",
}
# What can be told by its day alone; the rest is logged on a request, where it can be told whole.
KINDS = (
    "acknowledged", "clarification_asked", "clarification_answered", "deposit_asked", "deposit_paid",
    "ruling_requested", "determined", "produced", "appeal_filed", "appeal_decided", "review_filed", "sued",
)  # fmt: skip
KIND_WORDS = {"determined": gettext_lazy("Denial"), "appeal_decided": gettext_lazy("Appeal turned down")}


def law_words(entry: Entry) -> str:
    """Illinois: Freedom of Information Act; the place is said once."""
    place = library().place_of(entry.id).name
    return f"{place}: {entry.law.name.removeprefix(place).strip()}"


class CalculatorForm(forms.Form):
    """law, received, sent, on, and up to ROWS later events, each a kind and a day."""

    law = forms.ChoiceField(
        label=gettext_lazy("Law"),
        error_messages={
            "invalid_choice": gettext_lazy("This law is not in the library. Choose one of the list.")
        },
    )
    received = DayField(label=gettext_lazy("Day the agency received the request"))
    sent = DayField(label=gettext_lazy("Day it was sent"), required=False)
    on = DayField(
        label=gettext_lazy("Look from this day"), required=False, help_text=gettext_lazy("Today if empty.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        laws = [
            (entry.id, f"{library().place_of(entry.id).name}: {entry.law.name}") for entry in library().laws
        ]
        self.fields["law"].choices = laws  # type: ignore[attr-defined]
        law = str(self["law"].value() or "")
        entry = next((one for one in library().laws if one.id == law), None)
        self.asks = of_request(entry.current) if entry else ()
        self.fields.update(fields_for(self.asks))
        kinds = [("", "–"), *((kind, KIND_WORDS.get(kind, SPECS[kind].words)) for kind in KINDS)]
        for n in range(1, ROWS + 1):
            self.fields[f"event_{n}"] = forms.ChoiceField(
                label=_("What happened"), choices=kinds, required=False
            )
            self.fields[f"event_{n}_on"] = DayField(label=_("On which day"), required=False)

    @property
    def event_names(self) -> list[str]:
        return [f"event_{n}{tail}" for n in range(1, ROWS + 1) for tail in ("", "_on")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(1, ROWS + 1):
            kind, on = data.get(f"event_{n}"), data.get(f"event_{n}_on")
            if kind and not on and f"event_{n}_on" not in self.errors:
                self.add_error(f"event_{n}_on", _("Enter the day on which it happened."))
            if on and not kind and f"event_{n}" not in self.errors:
                self.add_error(f"event_{n}", _("Choose what happened on that day."))
        return data

    def told(self) -> list[tuple[str, dt.date]]:
        pairs = [
            (self.cleaned_data.get(f"event_{n}"), self.cleaned_data.get(f"event_{n}_on"))
            for n in range(1, ROWS + 1)
        ]
        return [(kind, on) for kind, on in pairs if kind and on]


FIELD_OF = {"received_on": "received", "sent_on": "sent", "law": "law", "on": "on"}


@require_safe
def calculator(request: Looking) -> HttpResponse:
    asked = "received" in request.GET
    form = CalculatorForm(request.GET if asked else None, initial={"law": request.GET.get("law", "us-il")})
    found, refused = None, ""
    if asked and form.is_valid():
        try:
            found = _answer(form, request)
        except Refused as refusal:
            field = FIELD_OF.get(refusal.field)
            if field:
                form.add_error(field, refusal.sentence)
            else:
                refused = refusal.sentence
    failed = asked and found is None
    context = {
        "form": form,
        "event_names": form.event_names,
        "event_rows": [(form[f"event_{n}"], form[f"event_{n}_on"]) for n in range(1, ROWS + 1)],
        "events_open": asked and any(request.GET.get(name) for name in form.event_names),
        "form_failed": failed,
        "refused": refused,
        "answer": _context(found, form) if found else None,
    }
    return render(request, "calculator.html", context, status=400 if failed else 200)


def _answer(form: CalculatorForm, request: Looking) -> Answer:
    data = form.cleaned_data
    zone = ZoneInfo(library().place_of(data["law"]).zone)
    steps = [
        step(kind, on, {"outcome": NEEDS_OUTCOME[kind]} if kind in NEEDS_OUTCOME else None, number=n)
        for n, (kind, on) in enumerate(form.told(), 1)
    ]
    return answer(
        data["law"],
        received_on=data["received"],
        sent_on=data.get("sent"),
        events=steps,
        on=data.get("on") or request.now.astimezone(zone).date(),
        facts=facts_from(form.asks, data),
    )


def _context(found: Answer, form: CalculatorForm) -> dict[str, Any]:
    clocks = found.course.clocks
    events = [
        f"{kind}={on.isoformat()}" + (f",outcome={NEEDS_OUTCOME[kind]}" if kind in NEEDS_OUTCOME else "")
        for kind, on in form.told()
    ]
    command = ["manage.py", "deadline", found.law_id, "--received", found.received_on.isoformat()]
    query: list[tuple[str, str]] = [("law", found.law_id), ("received", found.received_on.isoformat())]
    if found.sent_on:
        command += ["--sent", found.sent_on.isoformat()]
        query.append(("sent", found.sent_on.isoformat()))
    for name, value in facts_from(form.asks, form.cleaned_data).items():
        said = f"{name}={'+'.join(map(str, value)) if isinstance(value, list) else str(value).lower()}"
        command += ["--fact", said]
        query.append(("fact", said))
    for event in events:
        command += ["--event", event]
        query.append(("event", event))
    if form.cleaned_data.get("on"):
        command += ["--on", found.on.isoformat()]
        query.append(("on", found.on.isoformat()))
    return {
        "law_name": found.law_name,
        "law_url": law_address(found.law_id),
        "received_on": found.received_on,
        "heroes": heroes_of(clocks, found.on),
        "chart": chart_of(clocks, found.on),
        "whys": whys(clocks, found.on),
        "doubts": _doubts(found),
        "assumptions": found.assumptions,
        "standards": standards(clocks, found.on),
        "command": f"python {shlex.join(command)}",
        "api_url": f"{reverse('api-deadline')}?{urlencode(query)}",
    }


def _doubts(found: Answer) -> list[dict[str, str]]:
    """What the prompt says of each clock, too: also where the doubt moves no date."""
    shown = doubts(found.course.clocks, found.on)
    said = " ".join(one["text"] for one in shown)
    for clock in found.clocks:
        left = [doubt for doubt in clock.doubts if doubt not in said]
        if left:
            title = _("%(name)s: what is not settled") % {"name": clock.name}
            shown.append({"title": title, "text": " ".join(left), "citation": clock.citation})
    return shown
