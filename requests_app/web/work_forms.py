"""The forms of what people write beside the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.actions.contact_log import SAID_MAX
from requests_app.actions.notes import NOTE_MAX
from requests_app.models import LoggedContact, Person, TrackingNumber

from .event_form import DayField
from .event_specs import Words

NUMBER_KINDS: dict[str, Words] = {
    "agency": _("Agency"),
    "portal": _("Portal"),
    "police_report": _("Police report"),
    "appeal": _("Appeal or review"),
    "other": _("Other"),
}
WAYS: tuple[tuple[str, Words], ...] = (
    (LoggedContact.Way.CALL, _("Telephone call")),
    (LoggedContact.Way.PORTAL, _("Portal visited")),
    (LoggedContact.Way.IN_PERSON, _("Talked in person")),
    (LoggedContact.Way.OTHER, _("Something else")),
)


class OnceField(forms.RegexField):
    def __init__(self) -> None:
        super().__init__(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)


class ContactForm(forms.Form):
    """Seconds: what was said, and with whom. The day is today's and the way a call unless told otherwise."""

    prefix = "contact"
    once = OnceField()
    said = forms.CharField(
        label=_("What was said, or what the portal showed"),
        max_length=SAID_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what was said, or what the portal showed.")},
    )
    with_whom = forms.CharField(label=_("With whom"), required=False, max_length=200)
    way = forms.ChoiceField(label=_("How"), choices=WAYS)
    on = DayField(label=_("When"))


class StrikeForm(forms.Form):
    why = forms.CharField(
        label=_("Why is it struck out?"), max_length=500,
        error_messages={"required": _("Say why this is struck out.")},
    )  # fmt: skip


class NoteForm(forms.Form):
    once = OnceField()
    text = forms.CharField(
        label=_("Note"),
        help_text=_(
            "Your organization reads it, and whoever you share everything with. Write @ and a name to mean somebody."
        ),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the note first.")},
    )
    mention = forms.MultipleChoiceField(
        label=_("For"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose somebody who belongs to your organization.")},
    )  # fmt: skip

    privileged = forms.BooleanField(
        label=_("Privileged"), required=False,
        help_text=_("Read by owners, by you, and by those named below; by no program, and by no share."),
    )  # fmt: skip
    circle = forms.ChoiceField(label=_("If privileged, read by"), required=False)

    def __init__(
        self, *args: Any, people: Sequence[Person] = (), circles: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["circle"].choices = [("", _("Owners and me alone")), *circles]  # type: ignore[attr-defined]
        self.fields["mention"].choices = [(str(p.pk), str(p)) for p in people]  # type: ignore[attr-defined]

    def mentions(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["mention"]]


class NoteEditForm(NoteForm):
    seen_version = forms.IntegerField(min_value=0, max_value=2**15 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("once", "privileged", "circle"):
            del self.fields[name]


class PeopleForm(forms.Form):
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    assignee = forms.ChoiceField(label=_("Responsible"), required=False)
    backup = forms.ChoiceField(
        label=_("Backup"), required=False,
        help_text=_("Gets the alarms when the person responsible has left."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Nobody")), *((str(person.pk), str(person)) for person in people)]
        for name in ("assignee", "backup"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def chosen(self, name: str) -> int | None:
        return int(self.cleaned_data[name]) if self.cleaned_data[name] else None


class TagForm(forms.Form):
    name = forms.CharField(
        label=_("Tag"), max_length=60, widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
        error_messages={"required": _("Give the tag a name.")},
    )  # fmt: skip


class NumberForm(forms.Form):
    kind = forms.ChoiceField(label=_("Whose"), choices=tuple(NUMBER_KINDS.items()))
    number = forms.CharField(
        label=_("Number"), max_length=TrackingNumber._meta.get_field("number").max_length,
        error_messages={"required": _("Enter the number.")},
    )  # fmt: skip


class DetailsForm(forms.Form):
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    public_title = forms.CharField(
        label=_("Public title"),
        help_text=_("Read by everybody who may see the request at all."),
        error_messages={"required": _("Give the request a public title.")},
    )
    working_title = forms.CharField(
        label=_("Working title"), required=False,
        help_text=_("Your organization reads it, and whoever you share everything with."),
    )
    tracking_number = forms.CharField(label=_("The agency’s number"), required=False)
    held_back = forms.BooleanField(
        label=_("Held back"),
        required=False,
        help_text=_("Left out of what its campaign shares. Only an owner decides."),
    )

    def __init__(self, *args: Any, may_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_own:
            del self.fields["held_back"]


class PartForm(forms.Form):
    once = OnceField()
    title = forms.CharField(label=_("What it asks for"), max_length=200, required=False)
    label = forms.CharField(
        label=_("Number"), max_length=12, required=False, help_text=_("Left empty, the next one.")
    )
    split_from = forms.ChoiceField(
        label=_("Taken out of"),
        required=False,
        help_text=_("What the agency said so far of that part, it said of the new one too."),
    )

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if parts:
            self.fields["split_from"].choices = [  # type: ignore[attr-defined]
                ("", _("None: it is new")), *((label, f"{label} {title}".strip()) for label, title in parts),
            ]  # fmt: skip
        else:
            del self.fields["split_from"]
