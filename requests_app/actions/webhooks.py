"""Webhooks of an organization: made, changed, tried, switched and removed by its owners."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from requests_app.models import Membership, Organisation, Person, Webhook, WebhookDelivery
from requests_app.models.visibility import Viewer
from requests_app.notices import webhook_targets as targets
from requests_app.notices.webhooks import secret_of

from . import audit, inbox, nudge
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_own

NAME_MAX = 80
MOST = 20
SWEEP = "requests_app.tasks.webhooks.sweep"
OWNERS_ONLY = "Only an owner of the organization decides where its news go."
MADE = Refused("made_already", "This webhook was made already; its page shows it.", status=409)


def make_webhook(
    *,
    viewer: Viewer,
    organisation: Organisation,
    actor: Person,
    name: str,
    url: str,
    form: str,
    kinds: Iterable[str],
    once: str,
) -> tuple[Webhook, str]:
    """The webhook and its secret."""
    _owns(viewer, organisation.pk, actor)
    name, url, chosen = _checked(name, url, form, kinds)
    checked_once(once)
    own = Webhook.objects.visible_to(viewer).filter(organisation=organisation)
    if own.filter(once=once).exists():
        raise MADE
    if own.filter(removed_at=None).count() >= MOST:
        raise Refused("too_many", f"An organization has at most {MOST} webhooks. Remove one first.")
    try:
        with transaction.atomic():
            hook = Webhook.objects.create(
                organisation=organisation, created_by=actor, name=name, url=url, form=form, kinds=chosen,
                nonce=secrets.token_hex(16), once=once,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_webhook_an_act" not in str(problem):
            raise
        raise MADE from None
    _log("webhook.made", hook, actor)
    return hook, secret_of(hook.public_id, hook.nonce)


def change_webhook(
    *,
    viewer: Viewer,
    hook: Webhook,
    actor: Person,
    name: str,
    url: str,
    form: str,
    kinds: Iterable[str],
) -> Webhook:
    """Another address begins anew: what failed at the old one says nothing of it."""
    row = _locked(viewer, hook, actor)
    name, url, chosen = _checked(name, url, form, kinds)
    before = (row.name, row.url, row.form, row.kinds)
    if before == (name, url, form, chosen):
        return row
    if row.url != url:
        row.failing_since = row.waits_until = None
        row.last_failure = ""
    row.name, row.url, row.form, row.kinds = name, url, form, chosen
    row.save()
    _log("webhook.changed", row, actor)
    return row


def rotate_secret(*, viewer: Viewer, hook: Webhook, actor: Person) -> tuple[Webhook, str]:
    """The old secret signs nothing from here on."""
    row = _locked(viewer, hook, actor)
    row.nonce = secrets.token_hex(16)
    row.save(update_fields=["nonce"])
    _log("webhook.rotated", row, actor)
    return row, secret_of(row.public_id, row.nonce)


def switch_webhook(*, viewer: Viewer, hook: Webhook, actor: Person, on: bool) -> Webhook:
    """Switched on again, it is told what happens from now on; what waited meanwhile stays unsent."""
    row = _locked(viewer, hook, actor)
    if row.active == on:
        return row
    if on:
        _fresh(row)
    row.active = on
    row.save()
    if not on:
        _skip_waiting(row)
    _log("webhook.on" if on else "webhook.off", row, actor)
    return row


def remove_webhook(*, viewer: Viewer, hook: Webhook, actor: Person) -> None:
    """What it was told stays on record; a second click changes nothing."""
    row = _locked(viewer, hook, actor, gone_too=True)
    if row.removed_at is not None:
        return
    Webhook.objects.filter(pk=row.pk).update(active=False, removed_at=Now())
    _skip_waiting(row)
    _log("webhook.removed", row, actor)


def test_webhook(*, viewer: Viewer, hook: Webhook, actor: Person, once: str) -> None:
    """One message that says it is a test. The same form again is the same test."""
    row = _locked(viewer, hook, actor)
    if not row.active:
        raise Refused("webhook_off", "This webhook is switched off. Switch it on first.", status=409)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO requests_app_webhookdelivery (organisation_id, webhook_id, kind, source, request_id, about, "
            "state, next_at, attempts, outcome, message_id) "
            "VALUES (%s, %s, 'test', %s, NULL, '{}', 'planned', now(), 0, '', %s) ON CONFLICT DO NOTHING",
            [row.organisation_id, row.pk, f"test|{checked_once(once)}", secrets.token_hex(12)],
        )
    Webhook.objects.filter(pk=row.pk).update(waits_until=None)
    nudge.worker_should_look(SWEEP)


def send_again(*, viewer: Viewer, delivery: WebhookDelivery, actor: Person) -> None:
    """Once more, under the same id: a receiver that had it knows it by that."""
    row = _locked(viewer, delivery.webhook, actor)
    if not row.active:
        raise Refused("webhook_off", "This webhook is switched off. Switch it on first.", status=409)
    again = WebhookDelivery.objects.visible_to(viewer).filter(pk=delivery.pk, webhook=row)
    open_now = again.filter(state="planned").update(next_at=Now())
    if not open_now:
        over = again.filter(state__in=["sent", "skipped", "failed", "cancelled"])
        if not over.update(
            state="planned", next_at=Now(), attempts=0, outcome="", handed_over_at=None, claim_token=None,
            owner_key=None, sent_at=None,
        ):  # fmt: skip
            raise Refused(
                "on_its_way", "It is on its way at this moment. Look again in a minute.", status=409
            )
    Webhook.objects.filter(pk=row.pk).update(waits_until=None)
    _log("webhook.again", row, actor, delivery=delivery.message_id)
    nudge.worker_should_look(SWEEP)


def failed_too_long(hook: Webhook) -> None:
    """As the organization: after days without one success it is switched off, and the owners are told."""
    Webhook.objects.filter(pk=hook.pk).update(active=False, switched_off_at=Now())
    _skip_waiting(hook)
    hook.refresh_from_db(fields=["switched_off_at"])
    owners = Membership.objects.filter(organisation=hook.organisation_id, role="owner", ended_at=None)
    inbox.put_in(
        organisation_id=hook.organisation_id,
        people=owners.values_list("person_id", flat=True),
        kind="webhook",
        source=f"webhook:{hook.pk}:{hook.switched_off_at:%Y%m%dT%H%M%S}",
        request_id=None,
    )
    _log("webhook.gave_up", hook, None, days=settings.WEBHOOK_DAYS_OF_FAILURE)


def _fresh(row: Webhook) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row.since = row.told_until = cursor.fetchone()[0]
    row.failing_since = row.waits_until = row.switched_off_at = None
    row.last_failure = ""


def _skip_waiting(row: Webhook) -> None:
    WebhookDelivery.objects.filter(webhook=row, state="planned").update(
        state="cancelled", outcome="the webhook was switched off"
    )


def _checked(name: str, url: str, form: str, kinds: Iterable[str]) -> tuple[str, str, list[str]]:
    name = clean(
        " ".join(name.split()), code="name", field="name", most=NAME_MAX,
        missing="Give the webhook a name: who is told?",
    )  # fmt: skip
    url = clean(url, code="url", field="url", most=targets.LONGEST, missing="Write the address to call.")
    try:
        targets.judge_name(targets.read(url))
    except targets.BadTarget as bad:
        raise Refused("url_bad", str(bad), field="url") from None
    if form not in Webhook.Form.values:
        raise Refused("form_unknown", "Choose JSON or chat.", field="form")
    chosen = [kind for kind in Webhook.Kind.values if kind in set(kinds)]
    if not chosen or set(kinds) - set(chosen):
        raise Refused("kinds_missing", "Choose at least one thing to tell.", field="kinds")
    return name, url, chosen


def _owns(viewer: Viewer, organisation_id: int, actor: Person) -> None:
    must_own(viewer, organisation_id, OWNERS_ONLY)
    if viewer.kind != "person" or viewer.id != actor.pk:
        raise NotYours


def _locked(viewer: Viewer, hook: Webhook, actor: Person, *, gone_too: bool = False) -> Webhook:
    _owns(viewer, hook.organisation_id, actor)
    rows = Webhook.objects.visible_to(viewer).select_for_update()
    found: Webhook | None = (rows if gone_too else rows.filter(removed_at=None)).filter(pk=hook.pk).first()
    if found is None:
        raise NotYours
    return found


def _log(act: str, hook: Webhook, actor: Person | None, **detail: str | int) -> None:
    audit.record(
        act=act,
        subject=f"webhook {hook.public_id}",
        organisation=hook.organisation,
        actor=actor,
        detail=detail,
    )
