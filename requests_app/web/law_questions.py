"""Fields for what a law asks of a request or an event: they appear only where this law's clocks hang on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from requests_app.clock.events import JSON
from requests_app.laws.questions import YES, Ask

PREFIX = "law_"


def fields_for(asks: Iterable[Ask]) -> dict[str, forms.Field]:
    """One field a question. Several answers are boxes, a yes is a box, the rest a list to choose from."""
    return {PREFIX + ask.fact: _field(ask) for ask in asks}


def _field(ask: Ask) -> forms.Field:
    choices = [(option.word, option.label) for option in ask.options]
    if not choices:
        return forms.BooleanField(label=ask.title, required=False)
    if ask.several:
        return forms.MultipleChoiceField(
            label=ask.title,
            choices=choices,
            required=False,
            help_text=_(
                "The law treats a request differently where one of these is true. "
                "Check all that apply, or none."
            ),
            widget=forms.CheckboxSelectMultiple,
        )
    needed = ask.fact == "granted"
    return forms.ChoiceField(
        label=ask.title,
        choices=choices if needed else [("", _("None of these, or not said")), *choices],
        required=needed,
    )


def facts_from(asks: Iterable[Ask], data: Mapping[str, Any]) -> dict[str, JSON]:
    """The facts for the ledger; a question that was not answered leaves none."""
    found: dict[str, JSON] = {}
    for ask in asks:
        given = data.get(PREFIX + ask.fact)
        answers = [YES] if given is True else given if isinstance(given, list) else [given] if given else []
        value = ask.value(answers)
        if value is not None:
            found[ask.fact] = value
    return found
