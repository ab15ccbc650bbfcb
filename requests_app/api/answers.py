"""Answers to reminders and absences for programs: as their person, as in the app."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import path
from rest_framework import serializers

from requests_app.actions import absences as absence_acts
from requests_app.actions import answers
from requests_app.actions.answer_effects import InForce, Stage, effects_of
from requests_app.actions.answers import Clock, Via
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Absence, Organisation, Person, ReminderAnswer
from requests_app.queries import answers as query
from requests_app.queries.members import members

from .base import Given, Words, operation
from .work import Done, OursView

SAYS = ("acknowledged", "snoozed", "delegated", "muted", "unmuted")


class AnswerShape(serializers.Serializer[Any]):
    clock = serializers.CharField()
    due_on = serializers.DateField(help_text="The date it was said about.")
    person = serializers.EmailField()
    what = serializers.ChoiceField(SAYS)
    until_on = serializers.DateField(allow_null=True, help_text="Of a snooze: the day on which it ends.")
    to = serializers.EmailField(allow_null=True, help_text="Who is told instead.")
    via = serializers.ChoiceField(Via.values)
    at = serializers.DateTimeField()


class InForceShape(serializers.Serializer[Any]):
    clock = serializers.CharField()
    what = serializers.ChoiceField(SAYS)
    person = serializers.EmailField()
    due_on = serializers.DateField(allow_null=True, help_text="null: about the clock, whatever its date.")
    until_on = serializers.DateField(allow_null=True)
    to = serializers.EmailField(allow_null=True)


class AnswersShape(serializers.Serializer[Any]):
    in_force = InForceShape(many=True, help_text="What counts now.")
    items = AnswerShape(many=True, help_text="What was said, the newest first; at most 50 of each clock.")


class AnswersAsked(serializers.Serializer[Any]):
    clock = serializers.CharField(
        max_length=200, help_text="The key of a clock, as the request’s clocks have it."
    )


class AnswerGiven(Given):
    clock = Words(max_length=200, help_text="The key of a clock of the request.")
    due_on = serializers.DateField(help_text="The date you answer; 409 where it moved meanwhile.")
    what = serializers.ChoiceField(SAYS)
    until_on = serializers.DateField(required=False, help_text="For snoozed. Today ends a snooze.")
    confirmed = serializers.BooleanField(
        required=False, default=False, help_text="A snooze past the date asks twice."
    )
    to = serializers.EmailField(required=False, help_text="For delegated: a member. Yourself takes it back.")


class AbsenceShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    organisation = serializers.CharField()
    person = serializers.EmailField()
    cover = serializers.EmailField()
    from_on = serializers.DateField()
    until_on = serializers.DateField()


class AbsencesShape(serializers.Serializer[Any]):
    items = AbsenceShape(many=True)


class AbsenceGiven(Given):
    organisation = Words(max_length=12, required=False, help_text="Needed where you belong to several.")
    person = serializers.EmailField(
        required=False, help_text="Who is away; you, unless told. Others: owners only."
    )
    cover = serializers.EmailField(help_text="Who is told instead.")
    from_on = serializers.DateField()
    until_on = serializers.DateField(help_text="The last day, counted.")


class AnswersView(OursView):
    @operation(
        "reminder-answers", "Answers to the reminders of a clock", asked=AnswersAsked, answer=AnswersShape,
        signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """What counts of what people said, and all that was said."""
        request, key = self.ours(pid), asked["clock"]
        emails = {one.pk: one.email for one in members(request.organisation_id)}
        today = today_of(self.actor, self.now)
        clock = query.standing_clock(self.viewer, request, key)
        standing: list[InForce] = []
        if clock is not None:
            stage = Stage(request.organisation_id, request.pk, key, clock.remind_on, clock.remind_on)
            standing = effects_of([request.pk]).in_force(stage, today=today)
        said = query.answers_about(self.viewer, request, key)
        return {
            "in_force": [force_shown(one, key, emails) for one in standing],
            "items": [answer_shown(one) for one in said],
        }

    @operation(
        "reminder-answer", "Answer the reminders of a clock", body=AnswerGiven, answer=AnswerShape, status=201,
        example={"clock": "determine|request|r1", "due_on": "2026-03-20", "what": "acknowledged"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """For the person behind the token or the session. No answer holds the alarm on the last day of a window of
        your own."""
        request = self.ours(pid)
        if query.standing_clock(self.viewer, request, given["clock"]) is None:
            raise NotYours
        who: dict[str, Any] = {
            "viewer": self.viewer, "actor": self.actor, "once": self.once, "via": Via.API,
            "clock": Clock(request, given["clock"], given["due_on"]),
        }  # fmt: skip
        match given["what"]:
            case "acknowledged":
                answer = answers.acknowledge(**who)
            case "snoozed":
                if "until_on" not in given:
                    raise Refused("until_missing", "Say until which day.", field="until_on")
                answer = answers.snooze(
                    **who, until_on=given["until_on"], confirmed=given["confirmed"],
                    today=today_of(self.actor, self.now),
                )  # fmt: skip
            case "delegated":
                [to] = self.named([given.get("to", "")], request.organisation_id, "to")
                answer = answers.delegate(**who, to=to)
            case "muted":
                answer = answers.mute(**who)
            case _:
                answer = answers.unmute(**who)
        return answer_shown(answer)


class AbsencesView(OursView):
    @operation("absences", "Who is away", answer=AbsencesShape, signed_in=True)
    def get(self) -> dict[str, Any]:
        """Absences that last or are to come, in all your organizations."""
        today = today_of(self.actor, self.now)
        found = [
            one
            for organisation in self.viewer.organisations
            for one in query.absences(self.viewer, organisation, since=today)
        ]
        return {"items": [absence_shown(one) for one in found]}

    @operation(
        "absence-set", "Set an absence", body=AbsenceGiven, answer=AbsenceShape, status=201,
        example={"cover": "edgar@example.org", "from_on": "2026-07-01", "until_on": "2026-07-14"},
    )  # fmt: skip
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """During it the cover is told what the person would be; on the last day of your own window, both."""
        # Who only reads is away like everybody else.
        rows = Organisation.objects.visible_to(self.viewer).order_by("pk")
        if "organisation" in given:
            organisation: Organisation = self.found(rows, public_id=given["organisation"])
        elif len(own := list(rows[:2])) == 1:
            organisation = own[0]
        else:
            raise Refused(
                "organisation_missing", "Say for which of your organizations.", field="organisation"
            )
        [cover] = self.named([given["cover"]], organisation.pk, "cover")
        person = self.actor.pk
        if "person" in given:
            [person] = self.named([given["person"]], organisation.pk, "person")
        made = absence_acts.set_absence(
            viewer=self.viewer, actor=self.actor, organisation=organisation, person=person, cover=cover,
            from_on=given["from_on"], until_on=given["until_on"], today=today_of(self.actor, self.now),
        )  # fmt: skip
        return absence_shown(made)


class AbsenceView(OursView):
    @operation("absence-end", "End an absence", answer=Done)
    def delete(self, absence_pid: str) -> dict[str, Any]:
        """The person is told again from now on. Another’s: owners only."""
        rows = Absence.objects.visible_to(self.viewer).select_related("organisation")
        found: Absence = self.found(rows, public_id=absence_pid)
        absence_acts.end_absence(viewer=self.viewer, actor=self.actor, absence=found)
        return {"done": True}


def today_of(person: Person, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(person.zone)).date()


def answer_shown(one: ReminderAnswer) -> dict[str, Any]:
    return {
        "clock": one.clock_key, "due_on": one.due_on, "person": one.person.email, "what": one.what,
        "until_on": one.until_on, "to": one.to_person.email if one.to_person else None, "via": one.via, "at": one.at,
    }  # fmt: skip


def force_shown(one: InForce, key: str, emails: dict[int, str]) -> dict[str, Any]:
    return {
        "clock": key, "what": one.what, "person": emails[one.person], "due_on": one.due_on,
        "until_on": one.until_on, "to": emails.get(one.to or 0),
    }  # fmt: skip


def absence_shown(one: Absence) -> dict[str, Any]:
    return {
        "id": one.public_id, "organisation": one.organisation.public_id, "person": one.person.email,
        "cover": one.cover.email, "from_on": one.from_on, "until_on": one.until_on,
    }  # fmt: skip


urlpatterns = [
    path("requests/<slug:pid>/reminder-answers/", AnswersView.door(), name="api-reminder-answers"),
    path("absences/", AbsencesView.door(), name="api-absences"),
    path("absences/<slug:absence_pid>/", AbsenceView.door(), name="api-absence"),
]
