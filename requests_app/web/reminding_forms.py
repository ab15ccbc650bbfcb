"""The forms of the rules and of one's own quiet hours. What they let through the actions check."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.reminding import MOST_DAYS, MOST_REPEATS
from requests_app.models import PersonalReminding
from requests_app.notices import reminding
from requests_app.notices.reminding import Rule

from .reminding_words import CLOCKS, PEOPLE, WAYS

UNITS = [
    (reminding.CALENDAR, gettext_lazy("Calendar days")),
    (reminding.BUSINESS, gettext_lazy("Business days of the law")),
]
WEEKDAYS = [
    ("0", gettext_lazy("Monday")), ("1", gettext_lazy("Tuesday")), ("2", gettext_lazy("Wednesday")),
    ("3", gettext_lazy("Thursday")), ("4", gettext_lazy("Friday")), ("5", gettext_lazy("Saturday")),
    ("6", gettext_lazy("Sunday")),
]  # fmt: skip


class DaysField(forms.CharField):
    """14, 7, 3"""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=120, **kwargs)

    def clean(self, value: Any) -> Any:
        words = [word for word in re.split(r"[\s,;]+", super().clean(value)) if word]
        if not all(word.isascii() and word.isdigit() and len(word) <= 5 for word in words):
            raise forms.ValidationError(_("Write numbers of days, with commas between them: 14, 7, 3."))
        if any(int(word) == 0 for word in words):
            raise forms.ValidationError(_("The day itself has a box of its own; write numbers from 1 on."))
        return tuple(sorted({int(word) for word in words}))


def _number(label: Any, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **more,
    )  # fmt: skip


class RuleForm(forms.Form):
    clocks = forms.ChoiceField(
        label=gettext_lazy("Which dates"), choices=list(CLOCKS.items()), widget=forms.RadioSelect
    )
    on_opening = forms.BooleanField(label=gettext_lazy("On the day a window of ours opens"), required=False)
    before = DaysField(label=gettext_lazy("Days before the date"), help_text=gettext_lazy("For example: 14, 7, 3, 1"))
    on_day = forms.BooleanField(
        label=gettext_lazy("On the day itself"), required=False,
        help_text=gettext_lazy("The last day of a window of ours is always told, whatever stands here."),
    )  # fmt: skip
    after = DaysField(label=gettext_lazy("Days after the date"), help_text=gettext_lazy("1 is the morning after."))
    unit = forms.ChoiceField(label=gettext_lazy("These days are"), choices=UNITS)
    repeat_every = _number(gettext_lazy("Then again every so many days"), MOST_DAYS)
    repeat_unit = forms.ChoiceField(label=gettext_lazy("Those days are"), choices=UNITS)
    repeat_until = _number(
        gettext_lazy("At most so many times"), MOST_REPEATS,
        help_text=gettext_lazy("It ends earlier when the date is met, moves or no longer stands."),
    )  # fmt: skip
    recipients = forms.MultipleChoiceField(
        label=gettext_lazy("Who is told"), choices=list(PEOPLE.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say who is told: at least one.")},
        help_text=gettext_lazy("Where that is nobody: the assignee, else the backup, else editors and owners."),
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("How"), choices=list(WAYS.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say how they are told: at least one way.")},
    )  # fmt: skip
    escalate_after = _number(
        gettext_lazy("Tell others when nobody answers for so many days"), MOST_DAYS,
        help_text=gettext_lazy("Empty: never. In the last three days of a window of ours, one day is enough."),
    )  # fmt: skip
    escalate_to = forms.ChoiceField(
        label=gettext_lazy("Those others are"),
        choices=[(who, PEOPLE[who]) for who in (reminding.OWNERS, reminding.BACKUP, reminding.EDITORS)],
    )
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if personal:
            # Who is told at all is not one's own to say; the days and the ways are.
            for name in ("recipients", "escalate_after", "escalate_to"):
                del self.fields[name]

    def rule(self) -> Rule:
        given = self.cleaned_data
        days = [-n for n in given["before"]] + ([0] if given["on_day"] else []) + list(given["after"])
        return Rule(
            clocks=given["clocks"],
            days=tuple(sorted(days)),
            unit=given["unit"],
            on_opening=given["on_opening"],
            repeat_every=given["repeat_every"],
            repeat_unit=given["repeat_unit"],
            repeat_until=given["repeat_until"] or 0,
            channels=tuple(given["channels"]),
            recipients=tuple(given.get("recipients", (reminding.ASSIGNEE,))),
            escalate_after=given.get("escalate_after"),
            escalate_to=given.get("escalate_to", reminding.OWNERS),
        )


def initial_of(rule: Rule, version: int) -> dict[str, Any]:
    return {
        "clocks": rule.clocks,
        "on_opening": rule.on_opening,
        "before": ", ".join(str(-n) for n in sorted(rule.days) if n < 0),
        "on_day": 0 in rule.days,
        "after": ", ".join(str(n) for n in sorted(rule.days) if n > 0),
        "unit": rule.unit,
        "repeat_every": rule.repeat_every,
        "repeat_unit": rule.repeat_unit,
        "repeat_until": rule.repeat_until or None,
        "recipients": list(rule.recipients),
        "channels": list(rule.channels),
        "escalate_after": rule.escalate_after,
        "escalate_to": rule.escalate_to,
        "seen_version": version,
    }


class PersonalForm(forms.Form):
    zone = forms.CharField(
        label=gettext_lazy("Your time zone"), max_length=64, help_text=gettext_lazy("Such as America/Chicago."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write your time zone, such as America/Chicago.")},
    )  # fmt: skip
    quiet_from = forms.TimeField(
        label=gettext_lazy("No mail from"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write a time of day, such as 21:00.")},
    )  # fmt: skip
    quiet_until = forms.TimeField(
        label=gettext_lazy("No mail until"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write a time of day, such as 07:00.")},
    )  # fmt: skip
    quiet_weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("No mail on"), choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    digest = forms.ChoiceField(
        label=gettext_lazy("Reminders come"), widget=forms.RadioSelect,
        choices=[
            (PersonalReminding.Digest.SINGLE, gettext_lazy("Each by itself")),
            (PersonalReminding.Digest.DAILY, gettext_lazy("Together, once a day")),
            (PersonalReminding.Digest.WEEKLY, gettext_lazy("Together, once a week")),
        ],
    )  # fmt: skip
    digest_at = forms.TimeField(
        label=gettext_lazy("Together at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "invalid": gettext_lazy("Write a time of day, such as 08:00."),
            "required": gettext_lazy("Write a time of day, such as 08:00."),
        },
    )  # fmt: skip
    digest_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Once a week on"), choices=WEEKDAYS, coerce=int
    )


def zones() -> list[str]:
    """For the list that a field offers: places by their names, without the old abbreviations."""
    return sorted(name for name in available_timezones() if name.startswith(("America/", "Pacific/", "Europe/", "US/")))
