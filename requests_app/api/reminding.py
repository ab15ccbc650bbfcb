"""Who is reminded of what, for programs: the rules, what they would change, quiet hours, one request's reminders."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import reminding as acts
from requests_app.actions.reminder_stages import Stages, Want
from requests_app.actions.reminding import Saved, Subject
from requests_app.models import Campaign, Organisation, Person, PersonalReminding, Reminder
from requests_app.notices import reminding
from requests_app.notices.reminding import Rule
from requests_app.queries import reminding as query

from .base import Given, Words, operation, page_of
from .owners import OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk
from .work import OursView

UNITS = (reminding.CALENDAR, reminding.BUSINESS)
NEWEST = ("-next_at", "-pk")


class RuleGiven(Given):
    clocks = serializers.ChoiceField(
        (reminding.OURS, reminding.AGENCY), help_text="Our own windows, or theirs."
    )
    days = serializers.ListField(
        child=serializers.IntegerField(min_value=-acts.MOST_DAYS, max_value=acts.MOST_DAYS), required=False,
        default=list, max_length=acts.MOST_IN_A_RULE,
        help_text="Negative: before the date; 0: on it; positive: after it.",
    )  # fmt: skip
    unit = serializers.ChoiceField(UNITS, required=False, default=reminding.CALENDAR)
    on_opening = serializers.BooleanField(required=False, default=False)
    repeat_every = serializers.IntegerField(
        min_value=1, max_value=acts.MOST_DAYS, required=False, allow_null=True, default=None
    )
    repeat_unit = serializers.ChoiceField(UNITS, required=False, default=reminding.BUSINESS)
    repeat_until = serializers.IntegerField(
        min_value=0,
        max_value=acts.MOST_REPEATS,
        required=False,
        default=0,
        help_text="At most so many times.",
    )
    channels = serializers.ListField(child=serializers.ChoiceField(reminding.CHANNELS))
    recipients = serializers.ListField(
        child=serializers.ChoiceField(reminding.RECIPIENTS),
        required=False,
        default=lambda: [reminding.ASSIGNEE],
    )
    escalate_after = serializers.IntegerField(
        min_value=1, max_value=acts.MOST_DAYS, required=False, allow_null=True, default=None,
        help_text="Days without an answer; null: never.",
    )  # fmt: skip
    escalate_to = serializers.ChoiceField(acts.ESCALATES_TO, required=False, default=reminding.OWNERS)


class RulesGiven(Given):
    rules = RuleGiven(many=True)


class PolicyGiven(RulesGiven):
    seen_version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1,
        help_text="The version you read; where it is another by now, nothing is changed.",
    )  # fmt: skip


class VersionGiven(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class RuleShape(serializers.Serializer[Any]):
    clocks = serializers.CharField()
    days = serializers.ListField(child=serializers.IntegerField())
    unit = serializers.CharField()
    on_opening = serializers.BooleanField()
    repeat_every = serializers.IntegerField(allow_null=True)
    repeat_unit = serializers.CharField()
    repeat_until = serializers.IntegerField()
    channels = serializers.ListField(child=serializers.CharField())
    recipients = serializers.ListField(child=serializers.CharField())
    escalate_after = serializers.IntegerField(allow_null=True)
    escalate_to = serializers.CharField()


class PolicyShape(serializers.Serializer[Any]):
    rules_of = serializers.CharField(
        help_text="Whose rules hold: request, campaign, organisation, person or standard."
    )
    own = serializers.BooleanField(help_text="The subject has rules of its own.")
    version = serializers.IntegerField()
    rules = RuleShape(many=True)


class SavedShape(serializers.Serializer[Any]):
    requests = serializers.IntegerField(help_text="How many requests it touches.")
    planned = serializers.BooleanField(
        help_text="Their reminders are planned anew; false: within a few minutes."
    )


class RulesEffectShape(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    dropped = serializers.IntegerField()
    requests = serializers.IntegerField(help_text="Over how many requests this was counted.")
    whole = serializers.BooleanField(help_text="These are all.")


class ToComeShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    on = serializers.DateField()
    kind = serializers.CharField()
    number = serializers.IntegerField(
        help_text="As the rule counts: before the date positive, after it negative."
    )
    clock = serializers.CharField()
    due_on = serializers.DateField()
    to = serializers.EmailField()
    channels = serializers.ListField(child=serializers.CharField())


class ScheduleShape(serializers.Serializer[Any]):
    rules_of = serializers.CharField()
    to_come = ToComeShape(many=True)


class SentShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    clock = serializers.CharField()
    due_on = serializers.DateField()
    to = serializers.EmailField()
    channels = serializers.ListField(child=serializers.CharField())
    state = serializers.CharField()
    outcome = serializers.CharField()


class PersonalGiven(Given):
    zone = Words(max_length=64, help_text="Such as America/Chicago; it holds in all your organizations.")
    quiet_from = serializers.TimeField(required=False, allow_null=True, default=None)
    quiet_until = serializers.TimeField(required=False, allow_null=True, default=None)
    quiet_weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, default=list, max_length=7,
        help_text="0 is Monday, 6 is Sunday.",
    )  # fmt: skip
    digest = serializers.ChoiceField(PersonalReminding.Digest.values, required=False, default="single")
    digest_at = serializers.TimeField(required=False, default=dt.time(8))
    digest_weekday = serializers.IntegerField(min_value=0, max_value=6, required=False, default=0)


class PersonalShape(serializers.Serializer[Any]):
    zone = serializers.CharField()
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    quiet_weekdays = serializers.ListField(child=serializers.IntegerField())
    digest = serializers.CharField()
    digest_at = serializers.TimeField()
    digest_weekday = serializers.IntegerField()


RULES_EXAMPLE = [
    {
        "clocks": "ours", "days": [-14, -7, -1, 0], "on_opening": True, "channels": ["email", "inbox"],
        "recipients": ["assignee"],
    },
]  # fmt: skip


class SubjectView(OursView, OrganisationView):
    """Base: from an address to what the rules are about."""

    def subject(self, pid: str) -> Subject:
        raise NotImplementedError

    def policy(self, pid: str) -> dict[str, Any]:
        standing = acts.standing(viewer=self.viewer, subject=self.subject(pid))
        return {
            "rules_of": standing.source.subject, "own": standing.own, "version": standing.version,
            "rules": [shown(rule) for rule in standing.source.rules],
        }  # fmt: skip

    def put_rules(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        return saved(acts.save(
            viewer=self.viewer, subject=self.subject(pid), rules=rules(given), actor=self.actor,
            seen_version=given["seen_version"], now=self.now,
        ))  # fmt: skip

    def forget(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        return saved(acts.forget(
            viewer=self.viewer, subject=self.subject(pid), actor=self.actor, seen_version=given["seen_version"],
            now=self.now,
        ))  # fmt: skip

    def preview(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        change = acts.preview(viewer=self.viewer, subject=self.subject(pid), rules=rules(given), now=self.now)
        return {
            "added": change.added, "dropped": change.dropped, "requests": change.requests, "whole": change.whole,
        }  # fmt: skip


class OfOrganisation(SubjectView):
    def subject(self, pid: str) -> Subject:
        return Subject(self.own(pid))


class OfCampaign(SubjectView):
    def subject(self, pid: str) -> Subject:
        rows = Campaign.objects.of_organisation(self.viewer).select_related("organisation")
        found: Campaign = self.found(rows, public_id=pid)
        return Subject(found.organisation, campaign=found)


class OfRequest(SubjectView):
    def subject(self, pid: str) -> Subject:
        found = self.ours(pid)
        return Subject(found.organisation, request=found)


class OfPerson(SubjectView):
    def subject(self, pid: str) -> Subject:
        return Subject(self.own(pid), person=self.actor)


def policy_views(base: type[SubjectView], name: str, of: str) -> tuple[type[SubjectView], type[SubjectView]]:
    """The rules of one kind of subject, and the look at what others would change."""

    class RulesView(base):  # type: ignore[valid-type,misc]
        @operation(
            f"{name}-reminder-policy", f"Who is reminded of what: {of}", answer=PolicyShape, signed_in=True
        )
        def get(self, pid: str) -> dict[str, Any]:
            """`rules_of` says whose rules hold where the subject has none of its own."""
            return self.policy(pid)

        @operation(
            f"{name}-reminder-policy-save", f"Set the rules: {of}", body=PolicyGiven,
            example={"rules": RULES_EXAMPLE, "seen_version": 0}, answer=SavedShape,
        )  # fmt: skip
        def put(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
            """All of them at once. 409 where the version is no longer the one you read. The last day of a window of
            your own is told whatever stands here."""
            return self.put_rules(given, pid)

        @operation(
            f"{name}-reminder-policy-forget", f"Take the rules away: {of}", body=VersionGiven,
            example={"seen_version": 3}, answer=SavedShape,
        )  # fmt: skip
        def delete(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
            """The next wider rules hold then."""
            return self.forget(given, pid)

    class PreviewView(base):  # type: ignore[valid-type,misc]
        @operation(
            f"{name}-reminder-policy-preview", f"What other rules would change: {of}", body=RulesGiven,
            example={"rules": RULES_EXAMPLE}, answer=RulesEffectShape, plain=True,
        )  # fmt: skip
        def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
            """Counts reminders that are still to come; nothing is saved."""
            return self.preview(given, pid)

    return RulesView, PreviewView


class RequestRemindersView(OursView):
    @operation(
        "request-reminders", "Reminders of a request that are to come", answer=ScheduleShape, signed_in=True
    )
    def get(self, pid: str) -> dict[str, Any]:
        """As the rules that hold today make them; each with the person who is told."""
        found = self.ours(pid)
        names = query.names_of(self.viewer, found)
        stages = Stages([found.pk], self.now)
        wants = [one for one in stages.wanted() if isinstance(one, Want) and one.at > self.now]
        people = dict(Person.objects.filter(pk__in={one.person for one in wants}).values_list("pk", "email"))
        return {
            "rules_of": stages.policies.of(found.pk, found.campaign_id, found.organisation_id).subject,
            "to_come": [
                {
                    "at": one.at, "on": one.stage.on, "kind": one.stage.kind, "number": one.stage.number,
                    "clock": names.get(one.clock.key, ""), "due_on": one.clock.remind_on, "to": people[one.person],
                    "channels": list(one.stage.channels),
                }
                for one in sorted(wants, key=lambda one: (one.at, one.clock.deadline, people[one.person]))
            ],
        }  # fmt: skip


class RequestSentView(OursView):
    @operation(
        "request-reminders-sent", "Reminders of a request that went out, or did not", asked=PageAsked,
        answer=page_of(SentShape), signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The newest first, each with its outcome."""
        found = self.ours(pid)
        names, rows = query.names_of(self.viewer, found), query.sent_of(self.viewer, found)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, lambda row: sent_shown(row, names))


class PersonalView(OrganisationView):
    @operation(
        "personal-reminding",
        "When reminders of an organization reach you",
        answer=PersonalShape,
        signed_in=True,
    )
    def get(self, pid: str) -> dict[str, Any]:
        """Your own quiet hours and days, digest and zone."""
        return self._shown(self.own(pid))

    @operation(
        "personal-reminding-save", "Set when reminders reach you", body=PersonalGiven,
        example={"zone": "America/Chicago", "quiet_from": "21:00", "quiet_until": "07:00", "quiet_weekdays": [5, 6]},
        answer=PersonalShape,
    )  # fmt: skip
    def put(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """The last day of a window of your own waits for none of it."""
        found = self.own(pid)
        acts.save_personal(viewer=self.viewer, organisation=found, actor=self.actor, now=self.now, **given)
        return self._shown(found)

    def _shown(self, organisation: Organisation) -> dict[str, Any]:
        row = PersonalReminding.objects.filter(organisation=organisation, person=self.actor).first()
        row = row or PersonalReminding()
        zone = Person.objects.values_list("zone", flat=True).get(pk=self.actor.pk)
        return {
            "zone": zone, "quiet_from": row.quiet_from, "quiet_until": row.quiet_until,
            "quiet_weekdays": row.quiet_weekdays, "digest": row.digest, "digest_at": row.digest_at,
            "digest_weekday": row.digest_weekday,
        }  # fmt: skip


def rules(given: dict[str, Any]) -> list[Rule]:
    return [
        Rule(**{
            **one, "days": tuple(sorted(set(one["days"]))), "channels": tuple(dict.fromkeys(one["channels"])),
            "recipients": tuple(dict.fromkeys(one["recipients"])),
        })
        for one in given["rules"]
    ]  # fmt: skip


def shown(rule: Rule) -> dict[str, Any]:
    return dataclasses.asdict(rule)


def saved(done: Saved) -> dict[str, Any]:
    return {"requests": done.requests, "planned": done.planned}


def sent_shown(row: Reminder, names: dict[str, str]) -> dict[str, Any]:
    return {
        "at": row.sent_at or row.next_at, "kind": row.kind, "clock": names.get(row.clock_key, ""), "due_on": row.due_on,
        "to": row.recipient.email, "channels": row.channels, "state": row.state, "outcome": row.outcome,
    }  # fmt: skip


def _doors(base: type[SubjectView], name: str, of: str, at: str) -> list[Any]:
    rules_view, preview_view = policy_views(base, name, of)
    return [
        path(f"{at}/", rules_view.door(), name=f"api-{name}-reminder-policy"),
        path(f"{at}/preview/", preview_view.door(), name=f"api-{name}-reminder-preview"),
    ]


ORGANISATION, PERSONAL = "organisations/<slug:pid>/reminder-policy", "organisations/<slug:pid>/my-reminders"
urlpatterns = [
    *_doors(OfOrganisation, "organisation", "an organization", ORGANISATION),
    *_doors(OfPerson, "personal", "yourself", f"{PERSONAL}/rules"),
    *_doors(OfCampaign, "campaign", "a campaign", "campaigns/<slug:pid>/reminder-policy"),
    *_doors(OfRequest, "request", "a request", "requests/<slug:pid>/reminder-policy"),
    path(f"{PERSONAL}/", PersonalView.door(), name="api-personal-reminding"),
    path("requests/<slug:pid>/reminders/", RequestRemindersView.door(), name="api-request-reminders"),
    path("requests/<slug:pid>/reminders/sent/", RequestSentView.door(), name="api-request-reminders-sent"),
]
