"""The pages and the API of webhooks: owners alone, a secret read once, a cause and a second try for each delivery."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.models import AuditEntry, IdempotencyKey, Webhook, WebhookDelivery
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.api.test_token_page import signed_in

from .conftest import OK, Receiver, hook_of, rows, status, sweep, test_of

pytestmark = pytest.mark.django_db(databases=["default", "direct"])
SECRET = re.compile(r"whsec_[\w-]{40,}")


def words(receiver: Receiver, **more: Any) -> dict[str, Any]:
    return {
        "name": "Our program", "url": receiver.url, "form": "json", "kinds": ["event.recorded"], "once": "abc", **more,
    }  # fmt: skip


def hooks_of(cast: builders.Cast) -> list[Any]:
    with viewing_as(cast.olive) as viewer:
        return list(Webhook.objects.visible_to(viewer).order_by("pk"))


def test_the_secret_is_shown_once(cast: builders.Cast, receiver: Receiver) -> None:
    client = signed_in(cast.olive)
    page = client.post(reverse("webhooks"), words(receiver))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    [secret] = set(SECRET.findall(page.content.decode()))
    later = client.get(reverse("webhooks")).content.decode()
    assert "Our program" in later
    assert secret not in later
    assert client.post(reverse("webhooks"), words(receiver)).status_code == 409
    assert len(hooks_of(cast)) == 1
    with viewing_as(cast.olive):
        assert AuditEntry.objects.filter(act="webhook.made").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("url", "https://10.0.0.8/hook", "10.0.0.8 is an address of an inner network."),
        ("url", "http://hooks.example.org/", "must begin with https://"),
        ("name", "", "who is told?"),
        ("kinds", [], "Choose at least one thing to tell."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    cast: builders.Cast, receiver: Receiver, field: str, value: Any, says: str
) -> None:
    page = signed_in(cast.olive).post(reverse("webhooks"), words(receiver, **{field: value}))
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.content.decode()
    assert says in page.content.decode()
    assert hooks_of(cast) == []


def test_an_old_sign_in_is_asked_for_a_proof_first(cast: builders.Cast, receiver: Receiver) -> None:
    client = Client()
    client.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post(reverse("webhooks"), words(receiver))
    assert reverse("account_reauthenticate") in answer.headers["Location"]
    assert hooks_of(cast) == []


@pytest.mark.parametrize("who", ["edgar", "vera", "ravi", "noor"])
def test_who_is_no_owner_here_sees_and_does_nothing(
    cast: builders.Cast, receiver: Receiver, who: str
) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    client = signed_in(getattr(cast, who))
    assert client.get(reverse("webhook", args=[hook.public_id])).status_code == 404
    for step in ("test", "off", "rotate", "remove", "save", "again"):
        answer = client.post(reverse("webhook", args=[hook.public_id]), {"step": step, "once": "x"})
        assert answer.status_code == 404, step
    [row] = hooks_of(cast)
    assert (row.active, row.nonce) == (True, hook.nonce)
    with viewing_as(getattr(cast, who)):
        assert Webhook.objects.filter(pk=hook.pk).count() == 0
        assert WebhookDelivery.objects.count() == 0


def test_the_page_shows_the_cause_and_sends_again(cast: builders.Cast, receiver: Receiver) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    address = reverse("webhook", args=[hook.public_id])
    client = signed_in(cast.olive)
    assert client.post(address, {"step": "test", "once": "one"}).status_code == 303
    assert client.post(address, {"step": "test", "once": "one"}).status_code == 303
    receiver.answers = [status("500 No"), OK]
    sweep(limit=1)
    [row] = rows()
    page = client.get(address).content.decode()
    assert "the receiver answered 500" in page
    assert client.post(address, {"step": "again", "delivery": row.message_id}).status_code == 303
    sweep()
    assert rows()[0].state == "sent"
    assert client.post(address, {"step": "again", "delivery": row.message_id}).status_code == 303
    sweep()
    assert receiver.ids == [row.message_id] * 3
    assert "delivered" in client.get(address).content.decode()


def test_a_new_secret_signs_from_then_on(cast: builders.Cast, receiver: Receiver) -> None:
    hook, old = hook_of(cast, receiver.url)
    page = signed_in(cast.olive).post(reverse("webhook", args=[hook.public_id]), {"step": "rotate"})
    [new] = set(SECRET.findall(page.content.decode()))
    assert new != old


def test_changing_the_address_begins_anew_and_removing_tells_nobody(
    cast: builders.Cast, receiver: Receiver
) -> None:
    hook, _secret = hook_of(cast, receiver.url)
    receiver.otherwise = status("500 No")
    test_of(cast, hook)
    sweep(limit=1)
    client, address = signed_in(cast.olive), reverse("webhook", args=[hook.public_id])
    other = words(receiver, url=receiver.url.replace("harbor", "other"), step="save")
    assert client.post(address, other).status_code == 303
    [row] = hooks_of(cast)
    assert (row.failing_since, row.last_failure, row.url.endswith("other")) == (None, "", True)
    assert client.post(address, {**other, "url": "https://10.0.0.1/"}).status_code == 400
    assert client.post(address, {"step": "remove"}).status_code == 303
    assert client.get(address).status_code == 404
    heard = len(receiver.heard)
    sweep()
    assert len(receiver.heard) == heard


def _api(
    client: Client, cast: builders.Cast, method: str, rest: str = "", body: Any = None, **headers: str
) -> Any:
    path = f"/api/v1/organisations/{cast.harbor.public_id}/webhooks/{rest}"
    more = {"data": body, "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(path, headers=headers, **more)


def test_a_program_by_session_does_the_same(cast: builders.Cast, receiver: Receiver) -> None:
    client = signed_in(cast.olive)
    given = {"name": "Report", "url": receiver.url, "form": "json", "kinds": ["date.moved"]}
    made = _api(client, cast, "post", body=given, **{"Idempotency-Key": "my-first-hook"})
    assert made.status_code == 201, made.content
    assert SECRET.fullmatch(made.json()["secret"])
    assert _api(client, cast, "post", body=given, **{"Idempotency-Key": "my-first-hook"}).status_code == 409
    with viewing_as(cast.olive):
        assert not IdempotencyKey.objects.exists()
    key = made.json()["id"]
    assert "secret" not in _api(client, cast, "get", f"{key}/").json()
    assert _api(client, cast, "post", f"{key}/test/", body={}).json() == {"done": True}
    sweep()
    [row] = _api(client, cast, "get", f"{key}/deliveries/").json()["items"]
    assert (row["kind"], row["state"]) == ("test", "sent")
    assert _api(client, cast, "post", f"{key}/deliveries/{row['id']}/again/", body={}).json() == {
        "done": True
    }
    changed = _api(client, cast, "put", f"{key}/", body={**given, "kinds": ["letter.failed"]})
    assert changed.json()["kinds"] == ["letter.failed"]
    assert _api(client, cast, "post", f"{key}/active/", body={"on": False}).json()["active"] is False
    assert _api(client, cast, "post", f"{key}/test/", body={}).status_code == 409
    assert SECRET.fullmatch(_api(client, cast, "post", f"{key}/secret/", body={}).json()["secret"])
    assert _api(client, cast, "delete", f"{key}/").json() == {"done": True}
    assert _api(client, cast, "get", f"{key}/").status_code == 404


def test_a_program_is_told_what_is_wrong(cast: builders.Cast) -> None:
    given = {"name": "x", "url": "https://169.254.169.254/", "kinds": ["date.moved"]}
    wrong = _api(signed_in(cast.olive), cast, "post", body=given)
    assert wrong.status_code == 400
    assert "url" in wrong.content.decode()
    assert "inner network" in wrong.content.decode()
