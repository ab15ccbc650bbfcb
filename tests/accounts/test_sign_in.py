"""Passwords, sessions, fresh proof, throttles, and what a stranger learns of who has an account: nothing."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from requests_app.actions import sign_ins
from requests_app.models import Invitation, Person
from requests_app.models.visibility import viewing_as
from tests.builders import PASSWORD, Cast, second_factor

from .scene import by_password, signed_in

pytestmark = pytest.mark.django_db


def codes(password: str, person: Person | None = None) -> set[str]:
    try:
        validate_password(password, person)
    except ValidationError as refused:
        return {error.code for error in refused.error_list}  # type: ignore[misc]
    return set()


def test_a_password_is_long_or_stands_beside_a_second_factor(cast: Cast) -> None:
    assert codes("fourteen chars", cast.noor) == {"password_too_short"}
    assert codes("fifteen letters", cast.noor) == set()
    second_factor(cast.noor)
    assert codes("kx7!pond", cast.noor) == set()
    assert codes("kx7!pon", cast.noor) == {"password_too_short"}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("passwordpassword", "password_own_names"),
        ("Public Records Tracker 2026!", "password_own_names"),
        ("foia-requests-2026", "password_own_names"),
        ("123456789012345678", "password_own_names"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "password_repeats"),
        ("abababababababababab", "password_repeats"),
        ("noor@site-of-noor.example", "password_too_similar"),
    ],
)
def test_what_a_stranger_tries_first_is_refused(cast: Cast, password: str, code: str) -> None:
    cast.noor.email = "noor@site-of-noor.example"
    assert code in codes(password, cast.noor)


def test_a_common_password_is_refused_beside_a_second_factor_too(cast: Cast) -> None:
    second_factor(cast.noor)
    assert "password_too_common" in codes("sunshine1", cast.noor) | codes("iloveyou", cast.noor)


def test_a_short_password_is_remembered_as_one_that_leans(cast: Cast) -> None:
    second_factor(cast.noor)
    noor = signed_in(cast.noor)
    words = {"oldpassword": PASSWORD, "password1": "kx7!pond", "password2": "kx7!pond"}
    assert noor.post(reverse("account_change_password"), words).status_code == 302
    cast.noor.refresh_from_db()
    assert cast.noor.short_password
    noor = signed_in(cast.noor)
    words = {"oldpassword": "kx7!pond", "password1": "copper kettle rain", "password2": "copper kettle rain"}
    assert noor.post(reverse("account_change_password"), words).status_code == 302
    cast.noor.refresh_from_db()
    assert not cast.noor.short_password


def test_passwords_are_kept_by_argon2(cast: Cast) -> None:
    cast.noor.set_password("copper kettle rain")
    assert cast.noor.password.startswith("argon2$argon2id$")


# What a stranger learns ---------------------------------------------------------------------------


def shape(answer: Any) -> tuple[int, str, str]:
    body = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return answer.status_code, answer.headers.get("Location", ""), body


def test_signing_in_resetting_and_signing_up_tell_nobody_who_has_an_account(
    cast: Cast, settings: Any
) -> None:
    settings.SIGNUP_OPEN = True
    there, nowhere = cast.noor.email, "nobody@nowhere.example"
    wrong = [
        Client().post("/accounts/login/", {"login": email, "password": "wrong"}) for email in (there, nowhere)
    ]
    assert shape(wrong[0]) == shape(wrong[1])
    resets = [Client().post("/accounts/password/reset/", {"email": email}) for email in (there, nowhere)]
    assert shape(resets[0]) == shape(resets[1])
    assert [one.to for one in mail.outbox] == [[there], [nowhere]], "as many mails, so as much time"
    words = {"name": "X", "password1": "copper kettle rain", "password2": "copper kettle rain"}
    ups = [Client().post("/accounts/signup/", {**words, "email": email}) for email in (there, nowhere)]
    assert shape(ups[0]) == shape(ups[1])


# Throttles ----------------------------------------------------------------------------------------


def attempts(count: int, email: str = "x{n}@x.example", **headers: str) -> list[int]:
    answers = []
    for number in range(count):
        given = {name: value.format(n=number) for name, value in headers.items()}
        words = {"login": email.format(n=number), "password": "wrong"}
        answers.append(Client().post("/accounts/login/", words, **given).status_code)
    return answers


def test_many_sign_ins_from_one_address_are_slowed_down(cast: Cast) -> None:
    assert 429 in attempts(32)


def test_a_forged_forwarding_header_does_not_make_many_of_one(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert 429 in attempts(32, HTTP_X_FORWARDED_FOR="203.0.113.{n}")


def test_behind_a_proxy_only_what_the_proxy_wrote_counts(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = "203.0.113.{n}, 198.51.100.7"
    assert 429 in attempts(32, HTTP_X_FORWARDED_FOR=forged), (
        "the last one is the proxy's, the rest is invented"
    )
    assert 429 not in attempts(32, HTTP_X_FORWARDED_FOR="192.0.2.{n}"), "many people behind one proxy"


def test_the_addresses_of_one_network_count_as_one(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert 429 in attempts(32, HTTP_X_FORWARDED_FOR="2001:db8:1:2::{n}")


@pytest.mark.parametrize("given", ["", "nonsense", "1.2.3.4.5", "<script>", "x" * 5000, ", ,"])
def test_a_header_of_nonsense_breaks_nothing(cast: Cast, settings: Any, given: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert attempts(1, HTTP_X_FORWARDED_FOR=given) == [200]


def test_one_account_is_not_guessed_at_from_many_addresses(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    attempts(8, cast.noor.email, HTTP_X_FORWARDED_FOR="198.51.100.{n}")
    _client, answer = by_password(cast.noor)
    assert answer.status_code == 200 and b"Too many" in answer.content


# Sessions -----------------------------------------------------------------------------------------


def test_one_session_is_ended_and_the_others_stay(cast: Cast) -> None:
    here, there, third = (by_password(cast.noor)[0] for _ in range(3))
    page = here.get(reverse("usersessions_list"))
    rows = page.context["rows"]
    assert len(rows) == 3 and sum(row["here"] for row in rows) == 1
    keys = {client: client.cookies["session"].value for client in (here, there, third)}
    with_there = next(one for one in sign_ins.live_sessions(cast.noor) if one.session_key == keys[there])
    assert here.post(reverse("session-end"), {"session": with_there.pk}).status_code == 302
    assert there.get(reverse("settings")).status_code == 302
    assert third.get(reverse("settings")).status_code == 200
    here.post(reverse("session-end"), {"session": "others"})
    assert third.get(reverse("settings")).status_code == 302
    assert here.get(reverse("settings")).status_code == 200
    own = sign_ins.live_sessions(cast.noor)[0]
    assert here.post(reverse("session-end"), {"session": own.pk}).headers["Location"] == "/accounts/login/"
    assert here.get(reverse("settings")).status_code == 302


def test_nobody_ends_a_session_of_somebody_else(cast: Cast) -> None:
    by_password(cast.noor)
    theirs = sign_ins.live_sessions(cast.noor)[0]
    ravi, _answer = by_password(cast.ravi)
    for given in (str(theirs.pk), "0", "x", "-1", "9" * 30, ""):
        assert ravi.post(reverse("session-end"), {"session": given}).status_code == 404
    assert len(sign_ins.live_sessions(cast.noor)) == 1


def test_a_new_password_ends_the_other_sessions(cast: Cast) -> None:
    here, there = by_password(cast.noor)[0], by_password(cast.noor)[0]
    words = {"oldpassword": PASSWORD, "password1": "copper kettle rain", "password2": "copper kettle rain"}
    here.post(reverse("account_change_password"), words)
    assert there.get(reverse("settings")).status_code == 302


# Fresh proof --------------------------------------------------------------------------------------


def stale(person: Person) -> Client:
    client = signed_in(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    return client


def test_an_act_on_members_asks_for_a_proof_and_keeps_what_was_typed(cast: Cast) -> None:
    olive = stale(cast.olive)
    page = reverse("members", args=[cast.harbor.public_id])
    assert olive.get(page).status_code == 200, "reading asks for nothing"
    asked = olive.post(page, {"email": "dee@new.example", "role": "viewer"})
    assert asked.headers["Location"] == f"/accounts/reauthenticate/?next={page.replace('/', '%2F')}"
    with viewing_as(cast.olive):
        assert not Invitation.objects.exists()
    wrong = olive.post(asked.headers["Location"], {"password": "wrong", "next": page})
    assert wrong.status_code == 200
    proved = olive.post(asked.headers["Location"], {"password": PASSWORD, "next": page})
    assert proved.headers["Location"] == page
    kept = olive.get(page)
    assert b"Go on with what you began" in kept.content
    assert b'name="email" value="dee@new.example"' in kept.content
    assert olive.post(page, {"email": "dee@new.example", "role": "viewer"}).status_code == 303
    with viewing_as(cast.olive):
        assert Invitation.objects.get().email == "dee@new.example"
    assert b"Go on with what you began" not in olive.get(page).content, "it was kept once"


def test_a_kept_form_shows_itself_on_its_own_page_only(cast: Cast) -> None:
    olive = stale(cast.olive)
    page = reverse("organisation-leave", args=[cast.harbor.public_id])
    olive.post(page)
    olive.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/settings/"})
    assert b"Go on" not in olive.get(reverse("members", args=[cast.harbor.public_id])).content


@pytest.mark.parametrize("route", ["organisation", "ownership", "organisation-leave", "members"])
def test_each_act_that_decides_who_belongs_asks_for_it(cast: Cast, route: str) -> None:
    page = reverse(route, args=[cast.harbor.public_id])
    assert stale(cast.olive).post(page, {}).headers["Location"].startswith("/accounts/reauthenticate/")


def test_pages_of_accounts_say_what_the_browser_must_hold(cast: Cast) -> None:
    for path in ("/accounts/login/", "/accounts/signup/", "/"):
        headers = Client().get(path).headers
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
