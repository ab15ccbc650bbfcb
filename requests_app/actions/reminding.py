"""Setting who is reminded of what, and when: for an organization, one campaign, one request, or oneself.

A policy is saved whole, under the version that its form has seen. What it changes in the rows is planned at once where
that is little, and by a worker within minutes where it is much; the planner's next turn finds it in any case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Now

from requests_app.models import (
    Campaign,
    Deadline,
    Organisation,
    Person,
    PersonalReminding,
    RecordsRequest,
    ReminderPolicy,
    ReminderRule,
)
from requests_app.models.visibility import Viewer, organisation_viewer, viewing
from requests_app.notices import reminding
from requests_app.notices.reminding import Rule

from . import audit, nudge, reminders
from .refusals import NotYours, Refused
from .reminder_stages import Policies, Source, Stages, Want, is_zone, policies_of
from .rights import must_edit, must_own

MOST_DAYS, MOST_REPEATS, MOST_RULES, MOST_IN_A_RULE = 365, 60, 12, 20
# More than these are planned by a worker; more than those are not counted before saving.
AT_ONCE, COUNTED = 200, 2_000
REPLAN = "requests_app.tasks.reminders.replan"
ESCALATES_TO = (reminding.OWNERS, reminding.BACKUP, reminding.EDITORS)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a policy is about: the organization itself where none of the three is named."""

    organisation: Organisation
    campaign: Campaign | None = None
    request: RecordsRequest | None = None
    person: Person | None = None

    @property
    def name(self) -> str:
        if self.request is not None:
            return "request"
        if self.campaign is not None:
            return "campaign"
        return "person" if self.person is not None else "organisation"

    @property
    def audited(self) -> str:
        of = self.request or self.campaign or self.organisation
        return f"person {self.person.pk}" if self.person is not None else f"{self.name} {of.public_id}"

    @property
    def row(self) -> Q:
        return Q(
            organisation=self.organisation, campaign=self.campaign, request=self.request, person=self.person
        )

    def clocks(self) -> QuerySet[Deadline]:
        rows: QuerySet[Deadline] = Deadline.objects.standing().filter(
            organisation=self.organisation, met_on=None, owner__in=list(reminding.CLOCKS)
        )
        if self.request is not None:
            rows = rows.filter(request=self.request)
        if self.campaign is not None:
            rows = rows.filter(request__campaign=self.campaign)
        return rows


@dataclass(frozen=True, slots=True)
class Standing:
    """The policy that holds for a subject. own: it is the subject's own; version: 0 where there is none."""

    source: Source
    own: bool
    version: int


@dataclass(frozen=True, slots=True)
class Change:
    """What other rules would change of the reminders to come. whole: every request was counted."""

    added: int
    dropped: int
    requests: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """requests: how many it touches; planned: done already, else by a worker within minutes."""

    requests: int
    planned: bool


def standing(*, viewer: Viewer, subject: Subject) -> Standing:
    if not viewer.belongs_to(subject.organisation.pk):
        raise NotYours
    row = ReminderPolicy.objects.filter(subject.row).first()
    return Standing(_source(subject), row is not None, row.version if row is not None else 0)


def _source(subject: Subject) -> Source:
    organisation, request = subject.organisation.pk, subject.request
    found = policies_of([organisation], [request.pk] if request is not None else [])
    if subject.person is not None:
        own = found.people.get((organisation, subject.person.pk))
        return Source("person", own) if own is not None else found.of(0, None, organisation)
    if request is not None:
        return found.of(request.pk, request.campaign_id, organisation)
    return found.of(0, subject.campaign.pk if subject.campaign is not None else None, organisation)


def preview(*, viewer: Viewer, subject: Subject, rules: Sequence[Rule] | None, now: dt.datetime) -> Change:
    """rules: as they would be; None: none of its own. Counts reminders of persons on days that are still to come."""
    _may(viewer, subject)
    if rules is not None:
        check(subject, rules)
    ids, whole = _touched(subject, now, COUNTED)
    added = dropped = 0
    for start in range(0, len(ids), reminders.CHUNK):
        stages = Stages(ids[start : start + reminders.CHUNK], now)
        before = _to_come(stages, stages.policies)
        after = _to_come(stages, _with(stages.policies, subject, rules))
        added += len(after - before)
        dropped += len(before - after)
    return Change(added, dropped, len(ids), whole)


def save(
    *,
    viewer: Viewer,
    subject: Subject,
    rules: Sequence[Rule],
    actor: Person,
    seen_version: int,
    now: dt.datetime,
) -> Saved:
    _may(viewer, subject)
    check(subject, rules)
    policy = _locked(subject, seen_version)
    try:
        with transaction.atomic():
            if policy is None:
                policy = ReminderPolicy.objects.create(
                    organisation=subject.organisation, campaign=subject.campaign, request=subject.request,
                    person=subject.person, changed_by=actor,
                )  # fmt: skip
    except IntegrityError:
        raise _stale() from None
    ReminderPolicy.objects.filter(pk=policy.pk).update(
        version=F("version") + 1, changed_by=actor, changed_at=Now()
    )
    ReminderRule.objects.filter(policy=policy).delete()
    ReminderRule.objects.bulk_create([_row(policy, rule, place) for place, rule in enumerate(rules)])
    return _done("reminders.policy_changed", subject, actor, now, policy=policy.pk, rules=len(rules))


def forget(*, viewer: Viewer, subject: Subject, actor: Person, seen_version: int, now: dt.datetime) -> Saved:
    """The subject has no rules of its own any more: the next wider policy holds."""
    _may(viewer, subject)
    policy = _locked(subject, seen_version)
    if policy is None:
        return Saved(0, planned=True)
    was = policy.pk
    policy.delete()
    return _done("reminders.policy_removed", subject, actor, now, policy=was)


def save_personal(
    *,
    viewer: Viewer,
    organisation: Organisation,
    actor: Person,
    quiet_from: dt.time | None,
    quiet_until: dt.time | None,
    quiet_weekdays: Iterable[int],
    digest: str,
    digest_at: dt.time,
    digest_weekday: int,
    zone: str,
    now: dt.datetime,
) -> Saved:
    """One's own quiet hours, and one's zone, which holds in every organization."""
    if not viewer.belongs_to(organisation.pk) or actor.pk is None:
        raise NotYours
    weekdays = sorted(set(quiet_weekdays))
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_until" if quiet_until is None else "quiet_from"
        raise Refused("quiet_half", "Quiet hours have a beginning and an end. Give both, or neither.", field=missing)
    if quiet_from is not None and quiet_from == quiet_until:
        raise Refused("quiet_always", "Quiet hours end at another time than they begin.", field="quiet_until")
    if not set(weekdays) <= set(range(7)):
        raise Refused("weekday_unknown", "A weekday is a number from 0, Monday, to 6, Sunday.", field="quiet_weekdays")
    if len(weekdays) == 7:
        raise Refused("quiet_week", "Leave at least one day of the week for mail.", field="quiet_weekdays")
    if digest not in PersonalReminding.Digest.values:
        raise Refused("digest_unknown", "Choose: each by itself, one a day, or one a week.", field="digest")
    if not 0 <= digest_weekday <= 6:
        raise Refused("weekday_unknown", "A weekday is a number from 0, Monday, to 6, Sunday.", field="digest_weekday")
    if not is_zone(zone):
        raise Refused(
            "zone_unknown",
            "There is no time zone of this name. Choose one such as America/Chicago.",
            field="zone",
        )
    PersonalReminding.objects.update_or_create(
        organisation=organisation, person=actor,
        defaults={
            "quiet_from": quiet_from, "quiet_until": quiet_until, "quiet_weekdays": weekdays, "digest": digest,
            "digest_at": digest_at, "digest_weekday": digest_weekday, "changed_at": now,
        },
    )  # fmt: skip
    Person.objects.filter(pk=actor.pk).exclude(zone=zone).update(zone=zone)
    return _done("reminders.personal_changed", Subject(organisation, person=actor), actor, now)


# What may be said -----------------------------------------------------------------------------------------------------


def check(subject: Subject, rules: Sequence[Rule]) -> None:
    if not rules:
        raise Refused("no_rule", "A policy has at least one rule.", field="rules")
    if len(rules) > MOST_RULES:
        raise Refused("too_many_rules", f"A policy has at most {MOST_RULES} rules.", field="rules")
    known = set(_source(subject).rules)
    longest: dict[str, int | None] = {}
    for place, rule in enumerate(rules):
        if rule in known:
            continue
        try:
            _check(rule)
            _fits(subject, rule, longest)
            _once(rules, place)
        except Refused as refused:
            raise Refused(refused.code, refused.sentence, field=f"rules.{place}.{refused.field}") from None


def _check(rule: Rule) -> None:
    if rule.clocks not in (reminding.OURS, reminding.AGENCY):
        raise Refused("clocks_unknown", "Choose our own windows, or the agency’s time.", field="clocks")
    if rule.unit not in (reminding.CALENDAR, reminding.BUSINESS):
        raise Refused("unit_unknown", "Choose calendar days or business days.", field="unit")
    if rule.repeat_unit not in (reminding.CALENDAR, reminding.BUSINESS):
        raise Refused("unit_unknown", "Choose calendar days or business days.", field="repeat_unit")
    if any(abs(n) > MOST_DAYS for n in rule.days):
        raise Refused("days_far", f"At most {MOST_DAYS} days before or after the date.", field=_side(rule.days))
    if len(rule.days) > MOST_IN_A_RULE:
        raise Refused("days_many", f"At most {MOST_IN_A_RULE} days in one rule.", field="before")
    if bool(rule.repeat_every) != bool(rule.repeat_until):
        field = "repeat_until" if rule.repeat_every else "repeat_every"
        raise Refused("repeat_half", "Say every how many days it repeats, and how many times.", field=field)
    if rule.repeat_every is not None and not 1 <= rule.repeat_every <= MOST_DAYS:
        raise Refused("repeat_far", f"Repeats come every 1 to {MOST_DAYS} days.", field="repeat_every")
    if not 0 <= rule.repeat_until <= MOST_REPEATS:
        raise Refused("repeat_many", f"At most {MOST_REPEATS} repeats.", field="repeat_until")
    if rule.on_opening and rule.clocks != reminding.OURS:
        raise Refused("opening_theirs", "Only our own windows are told when they open.", field="on_opening")
    if not (rule.days or rule.on_opening or rule.repeat_every):
        raise Refused("no_day", "Name at least one day on which somebody is told.", field="before")
    if not rule.recipients or not set(rule.recipients) <= set(reminding.RECIPIENTS):
        raise Refused("no_recipient", "Say who is told: at least one.", field="recipients")
    if not rule.channels or not set(rule.channels) <= set(reminding.CHANNELS):
        raise Refused("no_channel", "Say how they are told: at least one way.", field="channels")
    if set(rule.channels) == {reminding.WEBHOOK}:
        raise Refused(
            "no_person", "A webhook alone reaches no person. Add mail or the inbox.", field="channels"
        )
    if rule.escalate_after is not None and not 1 <= rule.escalate_after <= MOST_DAYS:
        raise Refused("escalation_far", f"Escalate after 1 to {MOST_DAYS} days.", field="escalate_after")
    if rule.escalate_to not in ESCALATES_TO:
        raise Refused("escalation_unknown", "Escalate to owners, the backup, or editors.", field="escalate_to")


def _fits(subject: Subject, rule: Rule, longest: dict[str, int | None]) -> None:
    """Counted by the clocks that stand: a reminder from before a clock began would never come."""
    before = max((-n for n in rule.days if n < 0), default=0)
    if not before:
        return
    if rule.clocks not in longest:
        owners = [owner for owner, which in reminding.CLOCKS.items() if which == rule.clocks]
        rows = subject.clocks().filter(owner__in=owners, opens_on__isnull=False, remind_on__isnull=False)
        length = rows.aggregate(most=Max(F("remind_on") - F("opens_on")))["most"]
        longest[rule.clocks] = length.days if isinstance(length, dt.timedelta) else length
    most = longest[rule.clocks]
    days = before if rule.unit == reminding.CALENDAR else before * 7 // 5
    if most is not None and days > most:
        whose = "window of yours" if rule.clocks == reminding.OURS else "clock of an agency"
        raise Refused(
            "beyond_clock",
            f"The longest {whose} here lasts {most} days; {before} days before its end it has not begun.",
            field="before",
        )


def _once(rules: Sequence[Rule], place: int) -> None:
    """One number names one reminder of a clock, whatever it counts."""
    mine = rules[place]
    for other in (*rules[:place], *rules[place + 1 :]):
        if other.clocks == mine.clocks and other.unit != mine.unit:
            twice = sorted({n for n in mine.days if n} & set(other.days))
            if twice:
                raise Refused(
                    "number_twice",
                    f"Another rule has {abs(twice[0])} days too, in the other kind of days. Take one of them out.",
                    field=_side(tuple(twice)),
                )


def _side(days: Iterable[int]) -> str:
    return "before" if any(n < 0 for n in days) else "after"


# The rows ---------------------------------------------------------------------------------------------------------


def _may(viewer: Viewer, subject: Subject) -> None:
    if subject.person is not None:
        if not viewer.belongs_to(subject.organisation.pk):
            raise NotYours
    elif subject.name == "organisation":
        must_own(viewer, subject.organisation.pk)
    else:
        must_edit(viewer, subject.organisation.pk)


def _locked(subject: Subject, seen_version: int) -> ReminderPolicy | None:
    row: ReminderPolicy | None = ReminderPolicy.objects.select_for_update().filter(subject.row).first()
    if (row.version if row is not None else 0) != seen_version:
        raise _stale()
    return row


def _stale() -> Refused:
    return Refused(
        "stale", "Somebody changed these rules meanwhile. Look at them again.", field="seen_version", status=409
    )


def _row(policy: ReminderPolicy, rule: Rule, place: int) -> ReminderRule:
    return ReminderRule(
        organisation_id=policy.organisation_id, policy=policy, position=place, clocks=rule.clocks,
        days=sorted(set(rule.days)), unit=rule.unit, on_opening=rule.on_opening, repeat_every=rule.repeat_every,
        repeat_unit=rule.repeat_unit, repeat_until=rule.repeat_until or None, channels=list(rule.channels),
        recipients=list(rule.recipients), escalate_after=rule.escalate_after, escalate_to=rule.escalate_to,
    )  # fmt: skip


def _touched(subject: Subject, now: dt.datetime, most: int) -> tuple[list[int], bool]:
    """Requests with a clock that can still be told, the nearest first. Whether these are all."""
    since = now.date() - dt.timedelta(days=reminding.ANCIENT_DAYS + 1)
    rows = subject.clocks().filter(remind_on__gte=since)
    found = list(rows.values("request").annotate(on=Max("remind_on")).order_by("on", "request")[: most + 1])
    return [row["request"] for row in found[:most]], len(found) <= most


def _to_come(stages: Stages, policies: Policies) -> set[tuple[object, ...]]:
    return {
        (one.clock.deadline, one.stage.kind, one.stage.number, one.stage.on, one.person)
        for one in stages.wanted(policies)
        if isinstance(one, Want) and one.at > stages.now
    }


def _with(policies: Policies, subject: Subject, rules: Sequence[Rule] | None) -> Policies:
    """As if the subject had these. None: none of its own."""
    changed = replace(
        policies,
        organisations=dict(policies.organisations),
        campaigns=dict(policies.campaigns),
        requests=dict(policies.requests),
        people=dict(policies.people),
    )
    organisation = subject.organisation.pk
    if subject.person is not None:
        _put(changed.people, (organisation, subject.person.pk), rules)
    elif subject.request is not None:
        _put(changed.requests, subject.request.pk, rules)
    elif subject.campaign is not None:
        _put(changed.campaigns, subject.campaign.pk, rules)
    else:
        _put(changed.organisations, organisation, rules)
    return changed


def _put(among: dict[Any, tuple[Rule, ...]], key: Any, rules: Sequence[Rule] | None) -> None:
    if rules is None:
        among.pop(key, None)
    else:
        among[key] = tuple(rules)


def _done(act: str, subject: Subject, actor: Person, now: dt.datetime, **detail: int) -> Saved:
    """As the organization: whoever only reads may set their own days, which moves rows that they do not write."""
    with viewing(organisation_viewer(subject.organisation.pk)):
        audit.record(
            act=act, subject=subject.audited, organisation=subject.organisation, actor=actor, detail=detail
        )
        return _replan(subject, now)


def _replan(subject: Subject, now: dt.datetime) -> Saved:
    ids, few = _touched(subject, now, AT_ONCE)
    if few:
        reminders.plan_for_requests(ids, now=now)
        return Saved(len(ids), planned=True)
    nudge.worker_should_look(REPLAN, subject.organisation.pk)
    return Saved(subject.clocks().values("request").distinct().count(), planned=False)
