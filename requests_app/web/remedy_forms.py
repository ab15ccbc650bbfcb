"""The forms of a remedy: opened, written, filed, decided, ordered, paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from requests_app.actions.remedies import LIMITS

from .event_form import NOTE_LIMIT, DayField
from .remedy_words import BASES, KINDS, OUTCOMES, THINGS


def _area(label: Any, name: str, rows: int, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LIMITS[name], help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _line(label: Any, name: str, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LIMITS[name], help_text=hint)


def parts_field(parts: Sequence[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        required=False,
        label=_("Parts"),
        choices=[(label, f"{label} {title}".strip()) for label, title in parts],
        help_text=_("Choose none for the whole request."),
        widget=forms.CheckboxSelectMultiple,
    )


class Once(forms.Form):
    """The key of the act: a second click writes once."""

    once = forms.RegexField(r"^[\w-]+\Z", max_length=60, widget=forms.HiddenInput)


class Acted(Once):
    """A step that goes into the ledger."""

    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def last(self, *names: str) -> None:
        """Hidden fields behind the shown ones."""
        for name in names:
            self.fields[name] = self.fields.pop(name)


class OpenForm(Once):
    """Which remedy, through which window, for which parts, before whom."""

    kind = forms.ChoiceField(label=_("What it is"), choices=list(KINDS.items()))
    clock_key = forms.ChoiceField(label=_("Which window"), required=False)
    body = _line(_("Who hears it"), "body", _("Left empty: whom the law names."))
    level = forms.TypedChoiceField(
        label=_("Instance"), choices=((1, _("First")), (2, _("Second"))), coerce=int, required=False
    )
    adopts = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, parts: Sequence[tuple[str, str]], windows: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("None of them")), *windows]
        self.fields["clock_key"].choices = choices  # type: ignore[attr-defined]
        if len(parts) > 1:
            self.fields["parts"] = parts_field(parts)


class WriteForm(forms.Form):
    """What is written about a remedy. version: the one the form was made from."""

    body = _line(_("Who hears it"), "body")
    level = forms.TypedChoiceField(
        label=_("Instance"), choices=((1, _("First")), (2, _("Second"))), coerce=int
    )
    grounds = _area(_("Grounds"), "grounds", 6, _("Why the answer is wrong, in your words."))
    relief = _area(_("What we ask for"), "relief", 3)
    subject = _line(_("Subject of the letter"), "subject")
    letter = _area(_("Letter"), "letter", 18)
    court = _line(_("Court"), "court")
    docket = _line(_("Docket number"), "docket")
    judge = _line(_("Judge"), "judge")
    counsel = _line(_("Counsel"), "counsel")
    notes = _area(_("Our notes"), "notes", 4, _("Only your organization reads them."))
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kind: str, parts: Sequence[tuple[str, str]], lettered: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if lettered:  # its words are written among the letters now
            del self.fields["subject"], self.fields["letter"]
        if kind != "suit":
            for name in ("court", "docket", "judge"):
                del self.fields[name]
        elif not lettered:
            self.fields["letter"].label = _("Facts for the complaint")
        if len(parts) > 1:
            self.fields["parts"] = parts_field(parts)
            self.order_fields(["body", "level", "parts"])

    def changes(self, shown: Iterable[str]) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in shown if name in self.cleaned_data and name != "version"}


class SectionForm(forms.Form):
    """One section that is contested."""

    part = forms.ChoiceField(label=_("Part"), required=False)
    section = forms.CharField(label=_("Section"), required=False, max_length=300)
    basis = forms.ChoiceField(label=_("Kind of basis"), choices=list(BASES.items()), required=False)

    def __init__(self, *args: Any, labels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", _("All")), *((one, one) for one in labels)]  # type: ignore[attr-defined]


SectionForms = formset_factory(SectionForm, extra=2, max_num=60, absolute_max=60)


class FileForm(Acted):
    sent_on = DayField(label=_("Day it was filed or sent"))
    received_on = DayField(
        label=_("Day it was received"), required=False, help_text=_("The reviewer’s time runs from here, where known.")
    )
    note = forms.CharField(
        label=_("Our note"), required=False, max_length=NOTE_LIMIT, help_text=_("Only your organization reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last("once", "seen_version")


class DecideForm(Acted):
    outcome = forms.ChoiceField(label=_("How it was decided"), choices=list(OUTCOMES.items()))
    dated_on = DayField(label=_("Date on the decision"))
    sent_on = DayField(label=_("Day it was mailed or sent"), required=False)
    received_on = DayField(label=_("Day it reached us"), required=False)
    remanded = forms.BooleanField(
        label=_("It goes back: the agency must decide again"), required=False,
        help_text=_("Round two begins, with windows of its own."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("What the decision or the order says"), required=False, max_length=NOTE_LIMIT,
        help_text=_("May be shared later with partners who see correspondence."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Our note"), required=False, max_length=NOTE_LIMIT, help_text=_("Only your organization reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last("once", "seen_version")


class OrderForm(Acted):
    """A date that a court set. With `moves` it moves the day of an order that stands."""

    what = forms.ChoiceField(label=_("What is due"), choices=list(THINGS.items()))
    owes = forms.ChoiceField(
        label=_("Who owes it"), choices=(("agency", _("The agency")), ("requester", _("We"))),
        help_text=_("A hearing is a day of ours: we must be there."),
    )  # fmt: skip
    due_on = DayField(label=_("Day that the order names"))
    dated_on = DayField(label=_("Date of the order"))
    entry = forms.CharField(
        label=_("Docket entry"), required=False, max_length=20, help_text=_("Its number on the docket, such as 24.")
    )
    text = forms.CharField(
        label=_("What the order says"), required=False, max_length=NOTE_LIMIT,
        help_text=_("May be shared later with partners who see correspondence."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    moves = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, moving: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if moving:
            self.fields["what"].required = self.fields["owes"].required = False
            self.fields["what"].widget = self.fields["owes"].widget = forms.HiddenInput()
        self.last("once", "seen_version", "moves")


class MeetForm(Acted):
    sent_on = DayField(label=_("Day it was done"))
    text = forms.CharField(
        label=_("What was filed or sent"), required=False, max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last("once", "seen_version")


class CostForm(Once):
    what = forms.CharField(label=_("What for"), max_length=200)
    amount = forms.DecimalField(label=_("Amount in dollars"), min_value=0, max_digits=10, decimal_places=2)
    on = DayField(label=_("Day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"] = self.fields.pop("once")
