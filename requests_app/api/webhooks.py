"""Webhooks of an organization for its owners, by session."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import webhooks as acts
from requests_app.models import Webhook, WebhookDelivery
from requests_app.models.queues import Outgoing

from .base import Given, Words, operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

NEWEST = ("-created_at", "-public_id")
NEWEST_DELIVERY = ("-created_at", "-message_id")
ONE = f"{HERE}/webhooks/<slug:key>/"


class WebhookShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    form = serializers.ChoiceField(Webhook.Form.values)
    kinds = serializers.ListField(child=serializers.ChoiceField(Webhook.Kind.values))
    active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    last_sent_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    last_failure = serializers.CharField()
    switched_off_at = serializers.DateTimeField(
        allow_null=True, help_text="By itself, after days of failures."
    )


class SecretShape(WebhookShape):
    secret = serializers.CharField(help_text="It is told this one time.")


class WebhookGiven(Given):
    name = Words(max_length=200)
    url = Words(max_length=600)
    form = serializers.ChoiceField(Webhook.Form.values, required=False, default="json")
    kinds = serializers.ListField(
        child=serializers.ChoiceField(Webhook.Kind.values), max_length=len(Webhook.Kind.values)
    )


class SwitchGiven(Given):
    on = serializers.BooleanField()


class DeliveryShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="As the receiver sees it, at each try.")
    kind = serializers.CharField()
    request = serializers.CharField(help_text="Its id, where it is about one.")
    state = serializers.ChoiceField(Outgoing.State.values)
    tries = serializers.IntegerField()
    why = serializers.CharField(help_text="What the last try said.")
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


EXAMPLE = {
    "name": "Nightly report",
    "url": "https://hooks.example.org/records",
    "form": "json",
    "kinds": ["reminder.due", "date.moved"],
}


class WebhookView(OrganisationView):
    """Base of what concerns one webhook."""

    def hook(self, pid: str, key: str, *, acting: bool = True) -> Webhook:
        organisation = self.acting_owner(pid) if acting else self.owned(pid)
        rows = Webhook.objects.visible_to(self.viewer).filter(organisation=organisation, removed_at=None)
        found: Webhook = self.found(rows.select_related("organisation"), public_id=key)
        return found


class WebhooksView(OrganisationView):
    @operation(
        "webhooks",
        "Webhooks of an organization you own",
        asked=PageAsked,
        answer=page_of(WebhookShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The newest first. A secret is told nowhere."""
        rows = Webhook.objects.visible_to(self.viewer).filter(organisation=self.owned(pid), removed_at=None)

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, _shown)

    @operation(
        "webhook-make",
        "Make a webhook",
        body=WebhookGiven,
        answer=SecretShape,
        status=201,
        plain=True,
        example=EXAMPLE,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Owners, by session, after a fresh proof. The answer alone holds the secret; the same `Idempotency-Key` again
        is told that the webhook was made, not its secret."""
        hook, secret = acts.make_webhook(
            viewer=self.viewer, organisation=self.acting_owner(pid), actor=self.actor, once=self.once, **given
        )
        hook.refresh_from_db()
        return _shown(hook) | {"secret": secret}


class OneWebhookView(WebhookView):
    @operation("webhook", "A webhook", answer=WebhookShape, signed_in=True)
    def get(self, pid: str, key: str) -> dict[str, Any]:
        return _shown(self.hook(pid, key, acting=False))

    @operation("webhook-change", "Change a webhook", body=WebhookGiven, answer=WebhookShape, example=EXAMPLE)
    def put(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        changed = acts.change_webhook(viewer=self.viewer, hook=self.hook(pid, key), actor=self.actor, **given)
        return _shown(changed)

    @operation("webhook-remove", "Remove a webhook", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """Nobody is told there from here on."""
        acts.remove_webhook(viewer=self.viewer, hook=self.hook(pid, key), actor=self.actor)
        return {"done": True}


class SwitchView(WebhookView):
    @operation("webhook-switch", "Switch a webhook on or off", body=SwitchGiven, answer=WebhookShape)
    def post(self, given: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        """Switched on, it is told what happens from then on."""
        hook = self.hook(pid, key)
        return _shown(acts.switch_webhook(viewer=self.viewer, hook=hook, actor=self.actor, on=given["on"]))


class SecretView(WebhookView):
    @operation("webhook-rotate", "Give a webhook a new secret", answer=SecretShape, plain=True)
    def post(self, pid: str, key: str) -> dict[str, Any]:
        """The old one signs nothing from here on."""
        hook, secret = acts.rotate_secret(viewer=self.viewer, hook=self.hook(pid, key), actor=self.actor)
        return _shown(hook) | {"secret": secret}


class TestView(WebhookView):
    @operation("webhook-test", "Send a test", answer=Done)
    def post(self, pid: str, key: str) -> dict[str, Any]:
        hook = self.hook(pid, key)
        acts.test_webhook(viewer=self.viewer, hook=hook, actor=self.actor, once=self.once)
        return {"done": True}


class DeliveriesView(WebhookView):
    @operation(
        "webhook-deliveries",
        "What a webhook was told, and what became of it",
        asked=PageAsked,
        answer=page_of(DeliveryShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str, key: str) -> dict[str, Any]:
        hook = self.hook(pid, key, acting=False)
        rows = WebhookDelivery.objects.visible_to(self.viewer).filter(webhook=hook).select_related("request")

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST_DELIVERY, place, limit)

        return paged(self.request, asked, NEWEST_DELIVERY, read, _delivery)


class AgainView(WebhookView):
    @operation("webhook-again", "Send one message of a webhook again", answer=Done)
    def post(self, pid: str, key: str, delivery: str) -> dict[str, Any]:
        """Under the same id."""
        rows = WebhookDelivery.objects.visible_to(self.viewer).filter(webhook=self.hook(pid, key))
        found = self.found(rows.select_related("webhook"), message_id=delivery)
        acts.send_again(viewer=self.viewer, delivery=found, actor=self.actor)
        return {"done": True}


def _shown(row: Webhook) -> dict[str, Any]:
    names = (
        "name", "url", "form", "kinds", "active", "created_at", "last_sent_at", "failing_since", "last_failure",
        "switched_off_at",
    )  # fmt: skip
    return {"id": row.public_id, **{name: getattr(row, name) for name in names}}


def _delivery(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": row.message_id,
        "kind": row.kind,
        "request": row.request.public_id if row.request else "",
        "state": row.state,
        "tries": row.attempts,
        "why": row.outcome,
        "created_at": row.created_at,
        "sent_at": row.sent_at,
    }


urlpatterns = [
    path(f"{HERE}/webhooks/", WebhooksView.door(), name="api-webhooks"),
    path(ONE, OneWebhookView.door(), name="api-webhook"),
    path(f"{ONE}active/", SwitchView.door(), name="api-webhook-active"),
    path(f"{ONE}secret/", SecretView.door(), name="api-webhook-secret"),
    path(f"{ONE}test/", TestView.door(), name="api-webhook-test"),
    path(f"{ONE}deliveries/", DeliveriesView.door(), name="api-webhook-deliveries"),
    path(f"{ONE}deliveries/<slug:delivery>/again/", AgainView.door(), name="api-webhook-again"),
]
