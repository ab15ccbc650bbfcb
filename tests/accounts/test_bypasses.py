"""Ways around: forged addresses, an old sign-in, a second factor that is owed, a form that waits for a proof."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_app.actions import bulk, sign_ins
from requests_app.models import (
    ApiToken,
    Archive,
    BulkAct,
    Document,
    Membership,
    Organisation,
    Person,
    RecordsRequest,
)
from requests_app.models.visibility import viewing_as
from requests_app.web import law_report
from requests_app.web.reauthentication import KEPT
from tests import builders
from tests.builders import PASSWORD, Cast, second_factor

from .scene import by_password, signed_in

pytestmark = pytest.mark.django_db

# Forged addresses ---------------------------------------------------------------------------------

FORGED: dict[str, dict[str, str]] = {
    "no proxy, X-Forwarded-For": {"HTTP_X_FORWARDED_FOR": "203.0.113.{n}"},
    "no proxy, Forwarded": {"HTTP_FORWARDED": "for=203.0.113.{n}"},
    "no proxy, X-Real-IP": {"HTTP_X_REAL_IP": "203.0.113.{n}"},
    "no proxy, others": {
        "HTTP_X_CLIENT_IP": "203.0.113.{n}", "HTTP_CLIENT_IP": "203.0.113.{n}", "HTTP_TRUE_CLIENT_IP": "203.0.113.{n}",
        "HTTP_CF_CONNECTING_IP": "203.0.113.{n}", "HTTP_X_FORWARDED_HOST": "h{n}.example",
    },
    "behind one, before its own": {"HTTP_X_FORWARDED_FOR": "203.0.113.{n}, 198.51.100.7"},
    "behind one, all of them": {
        "HTTP_X_FORWARDED_FOR": "203.0.113.{n}, 198.51.100.7", "HTTP_FORWARDED": "for=203.0.113.{n}",
        "HTTP_X_REAL_IP": "203.0.113.{n}",
    },
}  # fmt: skip


def _login(n: int, **headers: str) -> Any:
    return Client().post("/accounts/login/", {"login": f"x{n}@x.example", "password": "wrong"}, **headers)


def _reset(n: int, **headers: str) -> Any:
    return Client().post("/accounts/password/reset/", {"email": f"x{n}@x.example"}, **headers)


def _sign_up(n: int, **headers: str) -> Any:
    words = {"name": "X", "email": f"x{n}@x.example", "password1": "copper kettle rain", "password2": "no"}
    return Client().post("/accounts/signup/", words, **headers)


def _report(n: int, **headers: str) -> Any:
    words = {"problem": "The number of days is another one.", "once": f"report-{n}", "clock": "", "source_url": ""}
    return Client().post(reverse("law-report", args=["us-il"]), words, **headers)


def _api(n: int, **headers: str) -> Any:
    return Client().get("/api/v1/requests/", **headers)


def _bad_token(n: int, **headers: str) -> Any:
    return Client().get("/api/v1/requests/", HTTP_AUTHORIZATION=f"Bearer guess-{n}", **headers)


DOORS: dict[str, Callable[..., Any]] = {
    "sign-in": _login, "reset": _reset, "sign-up": _sign_up, "law report": _report, "api": _api, "token": _bad_token,
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
@pytest.mark.parametrize("door", DOORS)
def test_no_forged_address_makes_many_senders_of_one(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, door: str, how: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1 if how.startswith("behind") else 0
    settings.API_A_MINUTE = {**project.API_A_MINUTE, "anybody": 5, "refused": 5}
    settings.ACCOUNT_RATE_LIMITS = {"login": "5/m/ip", "reset_password": "5/m/ip", "signup": "5/m/ip"}
    monkeypatch.setattr(law_report, "MOST_AN_HOUR", 5)
    answers = [
        DOORS[door](n, **{name: value.format(n=n) for name, value in FORGED[how].items()}).status_code
        for n in range(14)
    ]
    assert answers[-1] == 429, answers
    assert answers[0] != 429, "the first of them was taken"


# An old sign-in -----------------------------------------------------------------------------------


def stale(person: Person) -> Client:
    client = signed_in(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    return client


@pytest.fixture
def shared(cast: Cast) -> RecordsRequest:
    """In a campaign that a partner reads, and held back from it, by an act on many that an owner may undo."""
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)
    builders.share_with(cast.olive, campaign, cast.prairie)
    return made


def held(cast: Cast, of: RecordsRequest) -> BulkAct:
    with viewing_as(cast.olive) as viewer:
        return bulk.act(
            viewer=viewer, organisation=cast.harbor, ids=[of.pk], wanted=bulk.Wanted(kind="hold"), actor=cast.olive,
            once="held", now=sign_ins_now(),
        )  # fmt: skip


def sign_ins_now() -> Any:
    from django.utils import timezone

    return timezone.now()


def is_read(cast: Cast, of: RecordsRequest) -> bool:
    return signed_in(cast.ravi).get(reverse("request", args=[of.public_id])).status_code == 200


def test_letting_go_of_what_was_held_back_asks_for_a_proof_and_keeps_the_choice(
    cast: Cast, shared: RecordsRequest
) -> None:
    held(cast, shared)
    assert not is_read(cast, shared)
    olive, page = stale(cast.olive), reverse("requests-bulk")
    words = {"act": "hold", "held": "0", "pick": shared.public_id, "step": "save", "once": "let-go"}
    assert olive.get(page).status_code == 405
    asked = olive.post(page, words)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not is_read(cast, shared)
    olive.post(asked.headers["Location"], {"password": PASSWORD, "next": page})
    kept = olive.get(page).content.decode()
    assert f'name="pick" value="{shared.public_id}"' in kept
    assert olive.post(page, words).status_code == 302
    assert is_read(cast, shared)


def test_undoing_a_holding_back_asks_for_a_proof(cast: Cast, shared: RecordsRequest) -> None:
    act = held(cast, shared)
    page = reverse("bulk-act", args=[act.public_id])
    assert stale(cast.olive).post(page).headers["Location"].startswith("/accounts/reauthenticate/")
    assert not is_read(cast, shared)
    assert signed_in(cast.olive).post(page).headers["Location"] == page
    assert is_read(cast, shared)


@pytest.mark.parametrize("undone", [True, False])
def test_a_program_with_an_old_session_shares_nothing(
    cast: Cast, shared: RecordsRequest, undone: bool
) -> None:
    act = held(cast, shared)
    path, words = f"/api/v1/bulk/{act.public_id}/undo/", {}
    if not undone:
        path, words = "/api/v1/bulk/", {"kind": "hold", "held": False, "requests": [shared.public_id]}
    refused = stale(cast.olive).post(path, words, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "fresh_proof_needed")
    assert not is_read(cast, shared)
    assert signed_in(cast.olive).post(path, words, content_type="application/json").status_code in (200, 201)
    assert is_read(cast, shared)


@pytest.mark.parametrize("act", ["release", "erase"])
def test_releasing_and_erasing_a_document_ask_for_a_proof(cast: Cast, shared: RecordsRequest, act: str) -> None:
    with viewing_as(cast.olive):
        document = Document.objects.create(
            organisation=cast.harbor, request=shared, title="a.pdf", blob="a", size=1, sha256="0"
        )
        document.request = shared
    page = reverse("document", args=[document.public_id])
    words = {"act": act, "looked_through": "on", "reason": "a name"}
    client = stale(cast.olive)
    asked = client.post(f"/api/v1/documents/{document.public_id}/act/", words, content_type="application/json")
    assert (asked.status_code, asked.json().get("code")) == (403, "fresh_proof_needed")
    shown = client.post(page, words)
    assert shown.status_code in (302, 404)
    with viewing_as(cast.olive):
        document.refresh_from_db()
    assert document.released_at is None and document.erased_at is None


def test_no_owners_page_acts_on_an_old_sign_in(cast: Cast) -> None:
    client, here = stale(cast.olive), cast.harbor.public_id
    with viewing_as(cast.olive):
        edgars = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)
        archive = Archive.objects.create(organisation=cast.harbor, asked_by=cast.olive)
    posts = {
        reverse("organisation", args=[here]): {"name": "X"},
        reverse("ownership", args=[here]): {"member": edgars.pk},
        reverse("organisation-leave", args=[here]): {},
        reverse("members", args=[here]): {"email": "a@b.example", "role": "owner"},
        reverse("member", args=[here, edgars.pk]): {"role": "owner"},
        reverse("invitation-act", args=[here, "nothing"]): {"step": "resend"},
        reverse("tokens"): {"name": "x", "scope": "write", "days": "30", "once": "k"},
        reverse("token-revoke", args=["nothing"]): {},
        reverse("archives"): {"once": "k"},
    }  # fmt: skip
    for path, words in posts.items():
        asked = client.post(path, words, HTTP_X_HTTP_METHOD_OVERRIDE="GET")
        assert asked.headers["Location"].startswith("/accounts/reauthenticate/"), path
    fetched = client.get(reverse("archive-file", args=[archive.public_id]))
    assert fetched.headers["Location"].startswith("/accounts/reauthenticate/")
    for name in ("mfa_generate_recovery_codes", "mfa_activate_totp"):
        assert "reauthenticate" in client.get(reverse(name)).headers["Location"], name
    with viewing_as(cast.olive):
        assert not ApiToken.objects.exists() and Archive.objects.count() == 1


# A form that waits --------------------------------------------------------------------------------


def waiting(person: Person, page: str, **words: str) -> Client:
    client = stale(person)
    client.post(page, words)
    assert KEPT in client.session
    return client


@pytest.mark.parametrize("how", ["signed out", "sessions ended", "account closed"])
def test_a_form_that_waited_is_shown_to_nobody_else_at_the_same_browser(cast: Cast, how: str) -> None:
    page = reverse("members", args=[cast.harbor.public_id])
    client = waiting(cast.olive, page, email="dee@canary.example", role="viewer")
    if how == "signed out":
        client.post("/accounts/logout/")
    elif how == "sessions ended":
        sign_ins.end_sessions(cast.olive)
    else:
        Person.objects.filter(pk=cast.olive.pk).update(is_active=False)
    with viewing_as(cast.edgar):
        pass
    client.post("/accounts/login/", {"login": cast.ravi.email, "password": PASSWORD})
    assert client.get(reverse("settings")).status_code == 200, "Ravi is signed in"
    assert KEPT not in client.session
    assert b"canary" not in client.get(page, follow=True).content


def test_a_form_that_waited_holds_no_password_and_no_token(cast: Cast) -> None:
    page = reverse("members", args=[cast.harbor.public_id])
    secrets = {"password": "s3", "new_Password1": "s3", "csrfmiddlewaretoken": "s3", "api_token": "s3", "Secret": "s3"}
    client = waiting(cast.olive, page, email="dee@new.example", **secrets)
    assert dict(client.session[KEPT]["fields"]) == {"email": "dee@new.example"}


def test_a_form_that_waited_is_not_sent_in_another_organization(cast: Cast) -> None:
    second = builders.organisation("Lake Records Desk", cast.olive)
    page = reverse("tokens")
    client = waiting(cast.olive, page, name="for Harbor", scope="read", days="30", once="k")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": page})
    client.post(reverse("organisation-switch"), {"organisation": second.public_id, "next": page})
    assert b"for Harbor" not in client.get(page).content
    client.post(reverse("organisation-switch"), {"organisation": cast.harbor.public_id, "next": page})
    assert b"for Harbor" in client.get(page).content


# Second factors and recovery codes ----------------------------------------------------------------


def codes_of(person: Person) -> list[str]:
    made: list[str] = RecoveryCodes.activate(person).generate_codes()
    return made


def test_a_recovery_code_signs_in_its_own_person_once(cast: Cast) -> None:
    for person in (cast.olive, cast.ravi):
        second_factor(person)
    mine, others = codes_of(cast.olive), codes_of(cast.ravi)
    client, _answer = by_password(cast.olive)
    assert client.post(reverse("mfa_authenticate"), {"code": others[0]}).status_code == 200, "another's"
    assert client.post(reverse("mfa_authenticate"), {"code": mine[0]}).status_code == 302
    assert client.get(reverse("settings")).status_code == 200
    again, _answer = by_password(cast.olive)
    assert again.post(reverse("mfa_authenticate"), {"code": mine[0]}).status_code == 200, "used"
    assert again.get(reverse("settings")).status_code == 302


def test_guessing_recovery_codes_is_slowed_down_over_sessions(cast: Cast) -> None:
    second_factor(cast.olive)
    mine = codes_of(cast.olive)
    for number in range(12):
        client, _answer = by_password(cast.olive)
        client.post(reverse("mfa_authenticate"), {"code": f"{number:08x}"})
    client, _answer = by_password(cast.olive)
    client.post(reverse("mfa_authenticate"), {"code": mine[0]})
    assert client.get(reverse("settings")).status_code == 302, "even the right one waits"
    cache.clear()


def test_a_session_between_password_and_code_is_nobody(cast: Cast) -> None:
    second_factor(cast.olive)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    client, _answer = by_password(cast.olive)
    for path in (reverse("request", args=[made.public_id]), f"/api/v1/requests/{made.public_id}/"):
        assert client.get(path).status_code == 404
    assert client.get("/accounts/reauthenticate/").status_code == 302
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert Authenticator.objects.filter(user=cast.olive, type="totp").exists()


def test_losing_the_factor_takes_the_right_to_write_from_a_session_that_stands(cast: Cast) -> None:
    factor = second_factor(cast.edgar)
    with viewing_as(cast.olive):
        Organisation.objects.filter(pk=cast.harbor.pk).update(requires_second_factor=True)
    client = signed_in(cast.edgar)
    assert client.get(reverse("request-new")).status_code == 200
    factor.delete()
    assert client.get(reverse("request-new")).headers["Location"].startswith(reverse("second-factor"))
