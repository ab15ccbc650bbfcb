"""The sweep of the webhooks: one more queue, over another way out. What is told is asked anew at each try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.urls import reverse

from requests_app.clock.alarms import APART
from requests_app.models import Deadline, Event, Letter, RecordsRequest, Webhook, WebhookDelivery
from requests_app.models.ledger import INTERNAL_KINDS
from requests_app.models.visibility import SCHEDULE, Viewer, organisation_viewer, viewing
from requests_app.notices import webhooks as notices
from requests_app.notices.outbox import Answer, nothing
from requests_app.notices.webhook_calls import Call, Caller

from . import jobs, webhook_planning, webhooks
from .claims import Queue
from .handing import NotNow, Post, Skip, Swept, sweep_queue
from .reminder_policy import STANDARD_TIMING, Timing

# Short, so that receivers that hang leave the worker to the reminders; they are called several at a time.
TIMING = replace(STANDARD_TIMING, sweep_seconds=20.0)
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class HeldDelivery:
    """A delivery as its claimer holds it."""

    id: int
    token: UUID
    organisation_id: int
    webhook_id: int
    attempts: int
    message_id: str
    again: bool


QUEUE = Queue(
    rows="requests_app_webhookdelivery",
    journal_table="requests_app_webhookattempt",
    names="delivery_id",
    columns=(
        "r.id, r.claim_token, r.organisation_id, r.webhook_id, r.attempts, r.message_id, "
        "r.handed_over_at IS NOT NULL"
    ),
    make=HeldDelivery,
)


class WebhookPost(Post[HeldDelivery]):
    queue = QUEUE

    @property
    def connections(self) -> int:
        return AT_ONCE

    def outbox(self, watch: Callable[[str], None]) -> Caller:
        return Caller(watch)

    def letter_for(self, one: HeldDelivery) -> Call:
        now = _database_now()
        with viewing(organisation_viewer(one.organisation_id)) as viewer:
            row = WebhookDelivery.objects.select_related("webhook", "organisation").get(pk=one.id)
            hook = row.webhook
            if not hook.active:
                raise Skip("the webhook is switched off")
            if hook.waits_until is not None and hook.waits_until > now:
                raise NotNow("after a failure the webhook is left in peace for a while", hook.waits_until)
            found = _request(row, viewer)
            if row.kind == "reminder.due":
                _still_due(row, viewer)
            body = (
                notices.said(_line(row, found, viewer) if row.kind != "test" else None)
                if hook.form == Webhook.Form.SLACK
                else notices.told(_facts(row, found))
            )
            return notices.call(
                hook.url,
                secret=notices.secret_of(hook.public_id, hook.nonce),
                delivery=row.message_id,
                at=int(now.timestamp()),
                body=body,
            )

    def accepted(self, one: HeldDelivery, answer: Answer) -> None:
        with viewing(organisation_viewer(one.organisation_id)):
            Webhook.objects.filter(pk=one.webhook_id).update(
                failing_since=None, waits_until=None, last_failure="", last_sent_at=_database_now()
            )

    def delayed(self, one: HeldDelivery, answer: Answer, wait: timedelta) -> None:
        self._trouble(one, answer, wait)

    def failed(self, one: HeldDelivery, answer: Answer) -> None:
        self._trouble(one, answer, timedelta())

    def _trouble(self, one: HeldDelivery, answer: Answer, wait: timedelta) -> None:
        now = _database_now()
        with viewing(organisation_viewer(one.organisation_id)):
            hook = Webhook.objects.select_for_update().get(pk=one.webhook_id)
            hook.failing_since = hook.failing_since or now
            hook.last_failure = answer.text[:300]
            hook.waits_until = max(filter(None, (hook.waits_until, now + wait)))
            hook.save(update_fields=["failing_since", "last_failure", "waits_until"])
            days = timedelta(days=settings.WEBHOOK_DAYS_OF_FAILURE)
            if hook.active and now - hook.failing_since >= days:
                webhooks.failed_too_long(hook)


def _request(row: WebhookDelivery, viewer: Viewer) -> RecordsRequest | None:
    if row.request_id is None:
        return None
    found: RecordsRequest | None = (
        RecordsRequest.objects.of_organisation(viewer)
        .select_related("agency")
        .filter(pk=row.request_id)
        .first()
    )
    if found is None:
        raise Skip("the request is gone")
    return found


def _clock(row: WebhookDelivery, viewer: Viewer) -> Deadline | None:
    found: Deadline | None = (
        Deadline.objects.of_organisation(viewer)
        .standing()
        .filter(request=row.request_id, clock_key=row.about.get("clock", ""))
        .first()
    )
    return found


def _still_due(row: WebhookDelivery, viewer: Viewer) -> None:
    clock = _clock(row, viewer)
    if clock is None or clock.met_on is not None or clock.remind_on is None:
        raise Skip("the clock no longer stands")
    if clock.remind_on.isoformat() != row.about.get("due_on"):
        raise Skip("the date moved")


def _facts(row: WebhookDelivery, found: RecordsRequest | None) -> dict[str, Any]:
    """Ids and kinds. What they stand for is asked of the API, by whoever may know it."""
    ids = {name: value for name, value in row.about.items() if name not in ("due_on", "deadline")}
    return {
        "id": row.message_id,
        "kind": row.kind,
        "at": row.created_at.isoformat(timespec="seconds"),
        "organization": row.organisation.public_id,
        "request": found.public_id if found is not None else None,
        **ids,
    }


def _line(row: WebhookDelivery, found: RecordsRequest | None, viewer: Viewer) -> notices.Line | None:
    """At the level of a partner who sees the status: no clock that is strategy, no event that is ours alone."""
    if found is None:
        return _of_letter(row, viewer)
    name, on, sort = "", None, str(row.about.get("reminder", ""))
    if row.kind in ("reminder.due", "date.moved"):
        clock = _clock(row, viewer)
        if clock is None or clock.due_on is None:
            raise Skip("the clock no longer stands")
        on = clock.remind_on if row.kind == "reminder.due" else clock.due_on
        name = "" if clock.rule_id in APART else clock.name
    elif row.kind == "request.filed":
        on = found.filed_on
    elif row.kind == "event.recorded":
        event = Event.objects.of_organisation(viewer).filter(uid=row.about.get("event", "")).first()
        if event is not None and event.kind not in INTERNAL_KINDS:
            name = event.kind.replace("_", " ").capitalize()
            on = event.received_on or event.sent_on or event.dated_on
            on = on or row.created_at.astimezone(ZoneInfo(found.zone)).date()
    return notices.Line(
        kind=row.kind,
        sort=sort,
        agency=found.agency.name,
        title=found.public_title,
        name=name,
        on=on,
        link=settings.BASE_URL + reverse("request", args=[found.public_id]),
        is_sample=found.is_sample and not found.is_imported,
    )


def _of_letter(row: WebhookDelivery, viewer: Viewer) -> notices.Line:
    """A first letter makes its request when it goes out; until then it is named by itself."""
    rows = Letter.objects.visible_to(viewer).select_related("agency", "organisation")
    letter = rows.filter(public_id=row.about.get("letter", "")).first()
    if letter is None:
        raise Skip("there is nothing to name")
    return notices.Line(
        kind=row.kind,
        sort="",
        agency=letter.agency.name,
        title=letter.public_title,
        name="",
        on=None,
        link=settings.BASE_URL + reverse("letter", args=[letter.public_id]),
        is_sample=letter.organisation.is_sample,
    )


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


def sweep(
    *,
    timing: Timing = TIMING,
    oracle: None = None,
    watch: Callable[[str], None] = nothing,
    limit: int | None = None,
) -> Swept:
    """Find what is to be told, then tell it, as `sweep_queue` says. Nobody can be asked what arrived: a call that may
    have been heard is made again, under the same id."""
    webhook_planning.plan()
    return sweep_queue(WebhookPost(), timing=timing, oracle=oracle, watch=watch, limit=limit)


def sweep_and_note(**given: Any) -> Swept:
    done = sweep(**given)
    with viewing(SCHEDULE):
        jobs.finished("webhooks.sweep", done.counts)
    return done
