"""The forms in which a reminder is answered, as they stand on the page behind a mail's link and on the request's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions import answers
from requests_app.actions.answers import Clock
from requests_app.actions.refusals import Refused
from requests_app.models import Person, ReminderAnswer
from requests_app.models.visibility import Viewer
from requests_app.queries.answers import one_meant

from .events import refuse
from .templatetags.look import day_short

DAY = dt.timedelta(days=1)
LATER = 3 * DAY


class SnoozeForm(forms.Form):
    until_on = forms.DateField(
        label=gettext_lazy("Remind me on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Say on which day you want to be reminded."),
            "invalid": gettext_lazy("This is no day. Write it like 2026-03-20."),
        },
    )
    confirmed = forms.BooleanField(label=gettext_lazy("Yes, after the date itself"), required=False)


class HandOnForm(forms.Form):
    """people: a list to choose from; without one a name or an address is typed, and no list is shown to whoever
    holds the link."""

    def __init__(self, *args: Any, people: Sequence[Person], typed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        if typed:
            self.fields["to"] = forms.CharField(
                label=_("Name or e-mail address of a member"), max_length=200,
                error_messages={"required": _("Write who is to be told instead.")},
            )  # fmt: skip
        else:
            self.fields["to"] = forms.ChoiceField(
                label=_("Member"), choices=[("", _("Choose")), *((str(one.pk), str(one)) for one in people)],
                error_messages={
                    "required": _("Choose who is to be told instead."),
                    "invalid_choice": _("Choose somebody who belongs to your organization."),
                },
            )  # fmt: skip

    def clean_to(self) -> int:
        given: str = self.cleaned_data["to"]
        if isinstance(self.fields["to"], forms.ChoiceField):
            return int(given)
        found = one_meant(given, self.people)
        if found is None:
            raise forms.ValidationError(
                _("No one member goes by this name here. Write the whole name, or the e-mail address.")
            )
        return found.pk


@dataclass
class Answering:
    """One clock's reminders, answered by one person. ours: a window of our own, whose last day alarms in any case."""

    viewer: Viewer
    actor: Person
    clock: Clock
    ours: bool
    via: str
    today: dt.date
    once: str
    people: Sequence[Person]
    snooze: SnoozeForm = field(init=False)
    hand_on: HandOnForm = field(init=False)
    form: forms.Form | None = None
    refused: str = ""
    ask_twice: bool = False
    status: int = 200

    def __post_init__(self) -> None:
        self.people = [one for one in self.people if one.pk != self.actor.pk]
        later = self.today + LATER
        if self.today < self.clock.due_on <= later:
            later = max(self.clock.due_on, self.today + DAY * 2) - DAY
        self.snooze = SnoozeForm(initial={"until_on": later})
        self.hand_on = self._hand_on()

    def _hand_on(self, data: Any = None) -> HandOnForm:
        return HandOnForm(data, people=self.people, typed=self.via == answers.Via.MAIL)

    def post(self, data: Any) -> ReminderAnswer | None:
        """None: refused, and the page says why. KeyError: no such act."""
        act = ACTS[data.get("act", "")]
        if act is _snooze:
            self.form = self.snooze = SnoozeForm(data)
        elif act is _hand_on:
            self.form = self.hand_on = self._hand_on(data)
        if self.form is not None and not self.form.is_valid():
            self.status = 400
            return None
        try:
            return act(self)
        except Refused as refusal:
            self.status = refusal.status
            self.ask_twice = refusal.code == "snooze_past_the_date"
            self.refused = refuse(self.form, refusal) if self.form is not None else refusal.sentence
            return None

    @property
    def who(self) -> dict[str, Any]:
        return {
            "viewer": self.viewer, "actor": self.actor, "clock": self.clock, "once": self.once, "via": self.via
        }  # fmt: skip

    @property
    def context(self) -> dict[str, Any]:
        return {
            "answering": self, "snooze_form": self.snooze, "hand_on_form": self.hand_on, "form": self.form or {},
            "refused": self.refused, "form_failed": self.status >= 400,
        }  # fmt: skip


def _acknowledge(one: Answering) -> ReminderAnswer:
    return answers.acknowledge(**one.who)


def _snooze(one: Answering) -> ReminderAnswer:
    given = one.snooze.cleaned_data
    return answers.snooze(
        **one.who, until_on=given["until_on"], confirmed=given["confirmed"], today=one.today
    )


def _wake(one: Answering) -> ReminderAnswer:
    return answers.snooze(**one.who, until_on=one.today, confirmed=True, today=one.today)


def _hand_on(one: Answering) -> ReminderAnswer:
    return answers.delegate(**one.who, to=one.hand_on.cleaned_data["to"])


def _take_back(one: Answering) -> ReminderAnswer:
    return answers.delegate(**one.who, to=one.actor.pk)


def _mute(one: Answering) -> ReminderAnswer:
    return answers.mute(**one.who)


def _unmute(one: Answering) -> ReminderAnswer:
    return answers.unmute(**one.who)


ACTS: dict[str, Callable[[Answering], ReminderAnswer]] = {
    "acknowledge": _acknowledge, "snooze": _snooze, "wake": _wake, "hand-on": _hand_on, "take-back": _take_back,
    "mute": _mute, "unmute": _unmute,
}  # fmt: skip


def said(answer: ReminderAnswer, *, ours: bool) -> str:
    """What an answer does, as the message after it says."""
    match answer.what:
        case "acknowledged":
            words = _("You have it. Nobody is told over your head; later reminders of this date still come.")
        case "snoozed" if answer.until_on is not None:
            words = _("You are reminded again on %(day)s.") % {"day": day_short(answer.until_on)}
        case "delegated" if answer.to_person_id == answer.person_id:
            words = _("You are reminded of this yourself again.")
        case "delegated":
            words = _("%(name)s is reminded instead of you from now on.") % {"name": answer.to_person}
        case "muted":
            words = _("You get no more reminders of this.")
        case _:
            words = _("You are reminded of this again.")
    if ours and answer.what in ("snoozed", "delegated", "muted"):
        words += " " + _("On the last day of our own window you are told all the same.")
    return words


def named(answer: ReminderAnswer) -> str:
    """An answer in a few words, as a list names it."""
    match answer.what:
        case "acknowledged":
            return _("has it")
        case "snoozed" if answer.until_on is not None:
            return _("later: reminded again on %(day)s") % {"day": day_short(answer.until_on)}
        case "delegated" if answer.to_person_id == answer.person_id:
            return _("took it back")
        case "delegated":
            return _("handed it on to %(name)s") % {"name": answer.to_person}
        case "muted":
            return _("wants no more reminders of it")
        case _:
            return _("wants reminders of it again")
