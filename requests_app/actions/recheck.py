"""The last look before a mail goes out, taken as its recipient: what this person may not see is not sent to them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Func
from django.urls import reverse

from requests_app.models import (
    Deadline,
    Event,
    OfferedMove,
    Person,
    PersonalReminding,
    RecordsRequest,
    Reminder,
)
from requests_app.models.visibility import SCHEDULE, Viewer, glancing_as
from requests_app.notices import reminder_links, reminder_mail, reminding
from requests_app.notices.outbox import Letter

from . import answer_effects
from .claims import Claim
from .handing import NotNow, Skip
from .reminder_policy import CLOSING, ESCALATED, GONE, MOVED
from .reminder_stages import zone_of

DATABASE_NOW = Func(function="clock_timestamp", output_field=DateTimeField())

# Members only are reminded, so the last look asks for the rows of the viewer's own organisations: narrower than what
# shares would add, and the same policies stand behind it.


def letter_for(one: Claim) -> Letter:
    """The mail of a claimed reminder, or Skip, or NotNow. Inside the transaction that holds the row's lock."""
    return reminder_mail.write(facts_for(one))


def facts_for(
    one: Claim, *, riding_in: int | None = None, at_their_hour: bool = False
) -> reminder_mail.Facts:
    """What a mail may say of a reminder, as its recipient. riding_in: the digest that tells it, with others.

    What rides beside it has been told to nobody before. at_their_hour: the recipient chose when it comes, so that no
    quiet hours hold it.
    """
    person = Person.objects.annotate(read_at=DATABASE_NOW).filter(pk=one.recipient_id).first()
    if person is None or not person.is_active:
        raise Skip("the recipient's account is closed")
    told = _told_before(one, riding_in)
    later_stage = one.kind in reminding.STAGES and not _is_last_day(one) and _later_stage_is_due(one)
    with glancing_as(person, SCHEDULE) as viewer:
        if not viewer.belongs_to(one.organisation_id):
            raise Skip("the recipient is no longer a member")
        found = _request(one, viewer)
        if found is None:
            raise Skip("the recipient may not see the request")
        zone = ZoneInfo(found.zone)
        today = person.read_at.astimezone(zone).date()
        deadline = (
            Deadline.objects.of_organisation(viewer)
            .standing()
            .filter(request_id=one.request_id, clock_key=one.clock_key)
            .first()
        )
        if one.kind == GONE:
            _check_gone(deadline, told)
            deadline = (
                Deadline.objects.of_organisation(viewer)
                .filter(request_id=one.request_id, clock_key=one.clock_key, due_on=one.due_on)
                .order_by("-id")
                .first()
            )
        else:
            _check_standing(one, deadline, today)
            _check_answers(one)
        if deadline is None:
            raise Skip("the clock no longer stands")
        if later_stage:
            raise Skip("a later reminder of the same date is due")
        match one.kind:
            case "lapsed":
                if today <= one.due_on:
                    over = datetime.combine(one.due_on + timedelta(days=1), time(0), tzinfo=zone)
                    raise NotNow("the agency's day is not over", over)
            case "moved":
                if told is None:
                    raise Skip("the recipient had not been told of the earlier date")
                if told.kind != GONE and told.due_on == one.due_on:
                    raise Skip("the recipient knows this date")
        if not at_their_hour:
            _check_quiet(one, person, deadline, found.zone)
        why = _what_happened(one, viewer, told) if one.kind in (MOVED, GONE) else []
        return _written(one, person, found, deadline, today, told, why)


def _request(one: Claim, viewer: Viewer) -> RecordsRequest | None:
    found: RecordsRequest | None = (
        RecordsRequest.objects.of_organisation(viewer)
        .select_related("agency")
        .filter(pk=one.request_id, organisation_id=one.organisation_id)
        .first()
    )
    return found


def _check_standing(one: Claim, deadline: Deadline | None, today: date) -> None:
    if deadline is None:
        raise Skip("the clock no longer stands")
    if deadline.remind_on != one.due_on:
        raise Skip(
            f"the date moved to {deadline.remind_on}"
            if deadline.remind_on
            else "the clock has no due date now"
        )
    if deadline.met_on is not None:
        raise Skip(f"met on {deadline.met_on}")
    # What ends only in the future still runs; a lapse that was not ended on its day stands.
    stage_day = one.stage_on or today
    if deadline.ended_on is not None and deadline.ended_on <= max(stage_day, today):
        raise Skip(f"ended on {deadline.ended_on}")


def _check_answers(one: Claim) -> None:
    """What was answered to a date, and who is away, holds its stages; never the last day of our own window."""
    if one.kind in (MOVED, GONE) or _is_last_day(one):
        return
    day = one.stage_on or one.due_on - timedelta(days=one.offset_days)
    stage = answer_effects.Stage(one.organisation_id, one.request_id, one.clock_key, one.due_on, day)
    effects = answer_effects.effects_of([one.request_id])
    if one.kind == ESCALATED and effects.acknowledged(stage):
        raise Skip("somebody has answered meanwhile")
    why = effects.held(stage, one.recipient_id)
    if why:
        raise Skip(why)


def _is_last_day(one: Claim) -> bool:
    return one.kind == CLOSING and one.offset_days == 0


def _check_quiet(one: Claim, person: Any, deadline: Deadline, zone: str) -> None:
    """What was due by day and comes by night waits for the morning, where waiting costs nothing."""
    if _is_last_day(one):
        return
    asked = PersonalReminding.objects.filter(organisation=one.organisation_id, person=person).first()
    if asked is None:
        return
    quiet = reminding.Quiet(asked.quiet_from, asked.quiet_until, frozenset(asked.quiet_weekdays))
    ours = reminding.CLOCKS.get(deadline.owner) == reminding.OURS
    kind = CLOSING if ours and one.kind != GONE else one.kind
    before = reminding.bound(kind, one.due_on, zone_of(zone))
    now = person.read_at
    later = reminding.hushed(now, quiet, reader=reader_zone(person, zone), before=before)
    if later > now:
        raise NotNow("their quiet hours", later)


def reader_zone(person: Person, zone: str) -> str:
    return person.zone if zone_of(person.zone) == person.zone else zone_of(zone)


def _check_gone(deadline: Deadline | None, told: Reminder | None) -> None:
    if deadline is not None:
        raise Skip("the clock stands again")
    if told is None or told.kind == GONE:
        raise Skip("the recipient had not been told of the date")


def _told_before(one: Claim, riding_in: int | None) -> Reminder | None:
    """The last mail to this person about this clock that went out, or may have."""
    found: Reminder | None = (
        Reminder.objects.filter(
            request_id=one.request_id,
            clock_key=one.clock_key,
            recipient_id=one.recipient_id,
            handed_over_at__isnull=False,
        )
        .exclude(pk=one.id)
        .exclude(digest=riding_in or 0)
        .order_by("-handed_over_at", "-id")
        .first()
    )
    return found


def _later_stage_is_due(one: Claim) -> bool:
    """Several stages of one date that wait together are told once, as the latest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM requests_app_reminder WHERE request_id = %s AND clock_key = %s AND due_on = %s "
            "AND kind = ANY(%s) AND recipient_id = %s AND stage_on > %s AND next_at <= statement_timestamp() "
            "AND state IN ('planned', 'claimed', 'unknown', 'sent'))",
            [
                one.request_id,
                one.clock_key,
                one.due_on,
                list(reminding.STAGES),
                one.recipient_id,
                one.stage_on or one.due_on - timedelta(days=one.offset_days),
            ],
        )
        return bool(cursor.fetchone()[0])


def _what_happened(one: Claim, viewer: Viewer, told: Reminder | None) -> list[reminder_mail.Happened]:
    """Why a date moved: what was recorded since the person was told, as far as they may see it."""
    since = told.handed_over_at if told is not None else None
    events = Event.objects.of_organisation(viewer).filter(request_id=one.request_id).in_order()
    if since is not None:
        events = events.filter(recorded_at__gt=since)
    return [
        reminder_mail.Happened(event.kind, event.received_on or event.sent_on or event.dated_on)
        for event in events[:10]
    ]


def _written(
    one: Claim,
    person: Person,
    found: RecordsRequest,
    deadline: Deadline,
    today: date,
    told: Reminder | None,
    why: list[reminder_mail.Happened],
) -> reminder_mail.Facts:
    clock = deadline.clock
    return reminder_mail.Facts(
        kind=one.kind,
        to=person.email,
        agency=found.agency.name,
        clock=deadline.name,
        owner=deadline.owner,
        due_on=one.due_on,
        earliest_on=deadline.earliest_on,
        latest_on=deadline.latest_on,
        today=today,
        filed_on=found.filed_on,
        old_on=told.due_on if told is not None else None,
        offer_passed=one.kind == MOVED and told is not None and _was_offered(one, told.due_on),
        stands_on=deadline.due_on if one.kind != GONE and deadline.due_on != one.due_on else None,
        citation=str(clock.get("citation", "")),
        verified=bool(clock.get("verified", False)),
        overridden=bool(clock.get("override")),
        why=tuple(why),
        link=settings.BASE_URL + reverse("request", args=[found.public_id]),
        is_sample=found.is_sample,
        message_id=one.message_id,
        answer=answer_link(one.id, person) if one.kind != GONE else "",
    )


def answer_link(reminder_id: int, person: Person) -> str:
    """Where this recipient answers this reminder, without signing in."""
    token = reminder_links.token_of(reminder_id, person.session_turn)
    return str(settings.BASE_URL + reverse("reminder-link", args=[token]))


def _was_offered(one: Claim, on: date) -> bool:
    """Whether a day that was told is that of a newer reading which nobody has decided about."""
    undecided = OfferedMove.objects.filter(request=one.request_id, decision=OfferedMove.Decision.WAITING)
    return any(
        change["key"] == one.clock_key and change.get("earlier") == on.isoformat()
        for changes in undecided.values_list("changes", flat=True)
        for change in changes
    )

