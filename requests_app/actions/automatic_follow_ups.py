"""Follow-ups that leave by themselves: switched on by an owner for one campaign, within limits, stopped at once.

A run may be repeated, doubled or killed between two letters: a letter, its number and its place in the queue are one
transaction, and the number is unique.
"""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import DatabaseError, connection
from django.db.models import F
from django.db.models.functions import Now

from requests_app.models import (
    AutomaticFollowUp,
    AutomaticFollowUps,
    Campaign,
    Letter,
    LetterKind,
    Person,
)
from requests_app.models.visibility import Viewer, organisation_viewer, viewing, viewing_as
from requests_app.queries import automatic_follow_ups as query
from requests_app.queries import follow_ups

from . import audit, jobs, letter_queue, letters
from .refusals import Refused
from .rights import must_own

log = structlog.get_logger(__name__)

LIMITS = {"spacing": (5, 60), "most_a_day": (1, 50), "most_a_request": (1, 6)}
WORDS = {
    "spacing": "Between letters lie 5 to 60 business days.",
    "most_a_day": "1 to 50 letters leave in a day.",
    "most_a_request": "A request is asked about 1 to 6 times.",
}


def switch_on(
    *,
    viewer: Viewer,
    campaign: Campaign,
    actor: Person,
    spacing: int,
    most_a_day: int,
    most_a_request: int,
    seen_version: int,
) -> AutomaticFollowUps:
    """From here on they leave as the actor's, as long as the actor owns the organization. Again: other limits."""
    must_own(viewer, campaign.organisation_id)
    given = {"spacing": spacing, "most_a_day": most_a_day, "most_a_request": most_a_request}
    for name, value in given.items():
        least, most = LIMITS[name]
        if not least <= value <= most:
            raise Refused(f"{name}_out_of_range", WORDS[name], field=name)
    row = _row(campaign, seen_version)
    AutomaticFollowUps.objects.filter(pk=row.pk).update(
        **given, on_since=row.on_since or Now(), acting=actor, version=F("version") + 1, changed_at=Now()
    )
    _log("follow_ups.on", campaign, actor, given)
    row.refresh_from_db()
    return row


def switch_off(*, viewer: Viewer, campaign: Campaign, actor: Person) -> tuple[AutomaticFollowUps, int]:
    """Nothing more leaves by itself, and what waits in the queue stays here; how many that were."""
    must_own(viewer, campaign.organisation_id)
    row = _row(campaign, None)
    if row.on_since is not None:
        AutomaticFollowUps.objects.filter(pk=row.pk).update(
            on_since=None, version=F("version") + 1, changed_at=Now()
        )
        _log("follow_ups.off", campaign, actor, {})
    theirs = AutomaticFollowUp.objects.filter(plan=row).values("letter")
    stopped = letter_queue.stop_rows(Letter.objects.filter(pk__in=theirs))
    row.refresh_from_db()
    return row, stopped


def run(*, now: dt.datetime) -> int:
    """Every campaign that is switched on, each as its owner; how many letters were put into the queue."""
    done = 0
    for organisation_id in jobs.organisations():
        with viewing(organisation_viewer(organisation_id)):
            plans = list(
                AutomaticFollowUps.objects.filter(organisation_id=organisation_id)
                .exclude(on_since=None)
                .values_list("pk", "acting_id")
            )
        for plan_id, acting_id in plans:
            try:
                done += _run_one(plan_id, acting_id, now)
            except DatabaseError:
                # One campaign's trouble must not silence the others.
                log.exception("follow-ups not sent", plan=plan_id)
    return done


def _run_one(plan_id: int, acting_id: int | None, now: dt.datetime) -> int:
    person = Person.objects.filter(pk=acting_id or 0, is_active=True).first()
    if person is None:
        return 0
    with viewing_as(person) as viewer:
        plan = (
            AutomaticFollowUps.objects.visible_to(viewer)
            .select_related("campaign__organisation")
            .filter(pk=plan_id)
            .exclude(on_since=None)
            .first()
        )
        if plan is None or not viewer.may_own(plan.organisation_id):
            return 0
        # The same lock as asking by hand: neither asks whom the other has just asked.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('follow-ups'), %s)", [plan.organisation_id])
        made = []
        for one in query.candidates(viewer, plan.campaign, plan, now=now):
            waiting = one.waiting
            if one.soonest is None or one.soonest > waiting.today or not query.is_office_hour(waiting, now):
                continue
            if query.left_today(plan, viewer, waiting.today) == 0:
                continue
            letter = _letter(viewer, plan, one, person)
            if letter is not None:
                made.append(letter)
        if made:
            letter_queue.queue_rows(made, person)
            letter_queue.wake_worker()
        return len(made)


def _letter(viewer: Viewer, plan: AutomaticFollowUps, one: query.Candidate, person: Person) -> Letter | None:
    waiting = one.waiting
    drafted = follow_ups.draft(waiting, plan.campaign.organisation, person)
    letter = letters.put_draft(
        viewer=viewer,
        records_request=waiting.request,
        kind=LetterKind.FOLLOW_UP,
        subject=drafted.subject[: letters.SUBJECT_MAX],
        body=drafted.body,
        actor=person,
        once=f"automatic-{waiting.request.public_id}-{one.number}",
    )
    if letter.state != Letter.State.DRAFT:
        return None
    AutomaticFollowUp.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        request=waiting.request,
        number=one.number,
        on=waiting.today,
        letter=letter,
    )
    return letter


def _row(campaign: Campaign, seen_version: int | None) -> AutomaticFollowUps:
    row, _made = AutomaticFollowUps.objects.select_for_update().get_or_create(
        campaign=campaign, defaults={"organisation_id": campaign.organisation_id}
    )
    if seen_version is not None and seen_version != row.version:
        raise Refused(
            "stale", "Somebody changed this since you looked. Read it again before you save.", status=409
        )
    return row


def _log(act: str, campaign: Campaign, actor: Person, detail: dict[str, int]) -> None:
    audit.record(
        act=act, subject=f"campaign {campaign.public_id}", organisation=campaign.organisation, actor=actor,
        detail=detail,
    )  # fmt: skip
