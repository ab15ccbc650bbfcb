"""Receivers that redirect, hang, drip, flood and fail: nothing is lost, nobody waits long, the cause is on the page."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.actions.webhook_sending import TIMING
from requests_app.models import AuditEntry, Person, Webhook, WebhookAttempt
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from requests_app.notices.webhook_calls import MOST_READ
from requests_app.notices.webhooks import secret_of
from tests import builders

from .conftest import (
    OK,
    Answer,
    Receiver,
    again_at_once,
    close,
    drip,
    hang,
    hook_of,
    nonsense,
    receiving,
    rows,
    status,
    sweep,
    ten_megabytes,
    test_of,
)

pytestmark = pytest.mark.django_db(databases=["default", "direct"])


def test_a_test_arrives_signed(cast: builders.Cast, receiver: Receiver) -> None:
    hook, secret = hook_of(cast, receiver.url)
    test_of(cast, hook)
    assert sweep().sent == 1
    [heard] = receiver.heard
    assert heard.path == "/hook?of=harbor"
    assert heard.told["kind"] == "test"
    assert heard.told["id"] == heard.id == rows()[0].message_id
    assert heard.told["organization"] == cast.harbor.public_id
    said = dict(part.split("=", 1) for part in heard.headers["x-records-signature"].split(","))
    signed = f"{said['t']}.".encode() + heard.body
    assert hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() == said["v1"]
    assert abs(int(said["t"]) - dt.datetime.now(dt.UTC).timestamp()) < 3600


def test_the_database_does_not_hold_the_secret(
    cast: builders.Cast, receiver: Receiver, settings: Any
) -> None:
    hook, secret = hook_of(cast, receiver.url)
    with viewing_as(cast.olive):
        row = Webhook.objects.filter(pk=hook.pk).values().get()
    assert secret not in str(row)
    assert secret_of(row["public_id"], row["nonce"]) == secret
    settings.SECRET_KEY = "another installation" * 4
    assert secret_of(row["public_id"], row["nonce"]) != secret


TROUBLES: dict[str, tuple[Answer, str]] = {
    "redirect": (status("302 Found", "Location: http://169.254.169.254/"), "redirects are not followed"),
    "error": (status("500 Internal Server Error"), "answered 500"),
    "gone": (status("410 Gone"), "answered 410"),
    "hang": (hang, "no answer within 2 seconds"),
    "drip": (drip, "no answer within 2 seconds"),
    "flood": (ten_megabytes, "has no end"),
    "nonsense": (nonsense, "no answer of a web server"),
    "silence": (close, "closed without an answer"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_goes_wrong_is_said_and_tried_again_under_the_same_id(
    cast: builders.Cast, receiver: Receiver, trouble: str
) -> None:
    answer, says = TROUBLES[trouble]
    hook, _secret = hook_of(cast, receiver.url)
    test_of(cast, hook)
    receiver.answers = [answer]
    began = time.monotonic()
    assert sweep(limit=1).later == 1
    assert time.monotonic() - began < 60
    [row] = rows()
    assert (row.state, row.attempts) == ("planned", 1)
    assert says in row.outcome
    with viewing_as(cast.olive):
        hook.refresh_from_db()
    assert says in hook.last_failure
    assert hook.failing_since is not None
    again_at_once(cast, hook)
    assert sweep().sent == 1
    assert len(set(receiver.ids)) == 1
    assert receiver.heard[0].body == receiver.heard[-1].body
    with viewing_as(cast.olive):
        hook.refresh_from_db()
    assert (hook.failing_since, hook.last_failure) == (None, "")


def test_of_a_long_answer_no_more_is_read_than_its_head_may_hold(
    cast: builders.Cast, receiver: Receiver
) -> None:
    taken = 0

    def count(peer: Any) -> None:
        nonlocal taken
        peer.setsockopt(1, 7, 4096)  # a small buffer, so that what is taken is what was read
        try:
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            for _ in range(10_000):
                taken += peer.send(b"z" * 1024)
        except OSError:
            return

    hook, _secret = hook_of(cast, receiver.url)
    test_of(cast, hook)
    receiver.answers = [count]
    assert sweep(limit=1).later == 1
    time.sleep(0.3)
    # What the kernels on both sides hold for it is not read by us.
    assert taken < MOST_READ + 8_000_000
    assert taken < 10_000 * 1024


def test_after_a_failure_the_receiver_is_left_in_peace(cast: builders.Cast, receiver: Receiver) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    receiver.otherwise = status("503 Service Unavailable")
    for _ in range(4):
        test_of(cast, hook)
    with viewing_as(cast.olive):
        Webhook.objects.filter(pk=hook.pk).update(waits_until=None)
    sweep(timing=TIMING)
    assert len(receiver.heard) == 1
    waiting = [row for row in rows() if row.state == "planned"]
    assert len(waiting) == 4
    with viewing_as(cast.olive):
        hook.refresh_from_db()
    assert hook.waits_until is not None
    assert all(row.next_at >= hook.waits_until - dt.timedelta(seconds=1) for row in waiting)


def test_one_receiver_that_fails_does_not_hold_up_another(cast: builders.Cast, receiver: Receiver) -> None:
    with receiving(Receiver(otherwise=hang)) as bad:
        slow, _secret = hook_of(cast, bad.url, name="slow")
        good, _secret = hook_of(cast, receiver.url, name="good")
        test_of(cast, slow)
        test_of(cast, good)
        done = sweep(limit=2)
    assert (done.sent, done.later) == (1, 1)
    assert len(receiver.heard) == 1


def test_nobody_there_is_a_cause_too(cast: builders.Cast) -> None:
    with receiving(Receiver()) as gone:
        url = gone.url
    hook, _secret = hook_of(cast, url)
    test_of(cast, hook)
    assert sweep(limit=1).later == 1
    assert "connecting" in rows()[0].outcome


def test_days_of_failure_switch_it_off_and_say_so(cast: builders.Cast, receiver: Receiver) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    receiver.otherwise = status("500 No")
    test_of(cast, hook)
    test_of(cast, hook)
    sweep(limit=1)
    with viewing_as(cast.olive):
        hook.refresh_from_db()
        assert hook.active
        Webhook.objects.update(failing_since=dt.datetime.now(dt.UTC) - dt.timedelta(days=5, minutes=1))
    again_at_once(cast, hook)
    sweep(limit=1)
    with viewing_as(cast.olive):
        hook.refresh_from_db()
        [line] = AuditEntry.objects.filter(act="webhook.gave_up")
    assert (hook.active, hook.switched_off_at is not None) == (False, True)
    assert (line.actor_id, line.subject) == (None, f"webhook {hook.public_id}")
    assert {row.state for row in rows()} == {"cancelled"}
    heard = len(receiver.heard)
    sweep()
    assert len(receiver.heard) == heard
    assert f"The webhook “{hook.name}” was switched off" in inbox_of(cast.olive)
    assert hook.name not in inbox_of(cast.edgar)
    with viewing_as(cast.olive):
        cast.olive.memberships.update(role="editor")
    assert hook.name not in inbox_of(cast.olive), "an owner no more"


def inbox_of(person: Person) -> str:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(reverse("inbox")).content.decode()


def test_every_step_stands_in_the_journal(cast: builders.Cast, receiver: Receiver) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    receiver.answers = [status("500 No"), OK]
    test_of(cast, hook)
    sweep(limit=1)
    again_at_once(cast, hook)
    sweep()
    with viewing(SCHEDULE):
        steps = list(WebhookAttempt.objects.order_by("id").values_list("step", "code"))
    assert [step for step, _code in steps] == [
        "claimed", "handed over", "put back", "claimed", "handed over", "accepted",
    ]  # fmt: skip
    assert steps[-1][1] == 200
