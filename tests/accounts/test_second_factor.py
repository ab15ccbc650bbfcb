"""An organization asks its editors and owners for a second factor; without one they read."""

from __future__ import annotations

import hmac
import struct
import time
from base64 import b32decode
from hashlib import sha1
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from requests_app.actions import campaigns
from requests_app.actions.refusals import Refused
from requests_app.models import Campaign, Organisation, Person
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.builders import Cast, second_factor

from .scene import by_password, signed_in

pytestmark = pytest.mark.django_db


def code(secret: str = "JBSWY3DPEHPK3PXP") -> str:
    digest = hmac.new(b32decode(secret), struct.pack(">Q", int(time.time()) // 30), sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def strict(cast: Cast) -> Cast:
    """Harbor asks for one; nobody has one."""
    with viewing_as(cast.olive):
        Organisation.objects.filter(pk=cast.harbor.pk).update(requires_second_factor=True)
    return cast


@pytest.mark.parametrize("name", ["olive", "edgar"])
def test_without_one_an_editor_reads_and_is_led_to_set_one_up(strict: Cast, name: str) -> None:
    person: Person = getattr(strict, name)
    request = builders.bare_request(strict.ravi, strict.prairie, strict.agency)
    client = signed_in(person)
    page = client.get(reverse("requests"))
    assert page.status_code == 200
    assert "You only read in Harbor Rights Clinic" in page.content.decode()
    for path in (reverse("request-new"), reverse("imports"), reverse("request", args=[request.public_id])):
        led = client.get(path)
        assert led.headers["Location"] == f"{reverse('second-factor')}?next={path.replace('/', '%2F')}"
    for path in (reverse("request-new"), reverse("import-new")):
        assert client.post(path, {}).headers["Location"].startswith(reverse("second-factor"))
    offer = client.get(reverse("second-factor"))
    assert offer.status_code == 200 and b"Add a passkey" in offer.content
    second_factor(person)
    assert client.get(reverse("request-new")).status_code == 200
    assert client.get(reverse("second-factor")).status_code == 302
    assert client.get("/requests/nothinghere/").status_code == 404


def test_the_database_takes_nothing_from_them_either(strict: Cast) -> None:
    with viewing_as(strict.olive) as viewer:
        assert (viewer.roles, viewer.waiting) == (
            {strict.harbor.pk: "viewer"},
            {strict.harbor.pk: "owner"},
        )
        with pytest.raises(Refused) as refused:
            campaigns.create_campaign(viewer=viewer, organisation=strict.harbor, public_title="Mine")
        assert refused.value.code == "editors_only"
        with pytest.raises(ProgrammingError), transaction.atomic():
            Campaign.objects.create(organisation=strict.harbor, public_title="Past the actions")


def test_recovery_codes_alone_are_none(strict: Cast) -> None:
    Authenticator.objects.create(user=strict.olive, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    with viewing_as(strict.olive) as viewer:
        assert not viewer.may_own(strict.harbor.pk)


def test_viewers_are_asked_for_nothing(strict: Cast) -> None:
    page = signed_in(strict.vera).get(reverse("requests"))
    assert b"second factor" not in page.content
    assert signed_in(strict.vera).get(reverse("request-new")).status_code == 404


def test_it_counts_for_that_organization_alone(strict: Cast) -> None:
    second = builders.organisation("Lake Records Desk", strict.olive)
    with viewing_as(strict.olive) as viewer:
        assert (viewer.may_own(second.pk), viewer.may_edit(strict.harbor.pk)) == (True, False)


def test_programs_are_told_and_not_led(strict: Cast) -> None:
    answer = signed_in(strict.olive).get("/api/v1/requests/nothinghere/")
    assert answer.status_code == 404 and answer.headers["Content-Type"] == "application/problem+json"


def test_setting_up_an_app_gives_recovery_codes_and_opens_the_desk(strict: Cast) -> None:
    client, _answer = by_password(strict.olive)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200, "the sign-in a moment ago is proof enough"
    done = client.post(reverse("mfa_activate_totp"), {"code": code(page.context["form"].secret)})
    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert b"10 of 10 left" in client.get(done.headers["Location"]).content
    with viewing_as(strict.olive) as viewer:
        assert viewer.may_own(strict.harbor.pk)


def test_the_sign_in_asks_for_it_and_a_code_works_once(cast: Cast) -> None:
    second_factor(cast.olive)
    client, answer = by_password(cast.olive)
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("settings")).status_code == 302, "not signed in yet"
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    right = code()
    assert client.post(reverse("mfa_authenticate"), {"code": right}).status_code == 302
    assert client.get(reverse("settings")).status_code == 200
    again, _answer = by_password(cast.olive)
    assert again.post(reverse("mfa_authenticate"), {"code": right}).status_code == 200, "used"


def test_guessing_codes_is_slowed_down(cast: Cast) -> None:
    second_factor(cast.olive)
    client, _answer = by_password(cast.olive)
    for _try in range(6):
        last = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert b"Too many" in last.content or last.status_code == 429
    cache.clear()


def short(cast: Cast) -> None:
    Person.objects.filter(pk=cast.olive.pk).update(short_password=True)


def test_the_last_factor_stays_beside_a_short_password(cast: Cast) -> None:
    second_factor(cast.olive)
    key = Authenticator.objects.create(
        user=cast.olive, type="webauthn", data={"name": "blue key", "credential": {}}
    )
    short(cast)
    client = signed_in(cast.olive)
    remove: Any = {"pk": key.pk}
    assert client.post(reverse("mfa_deactivate_totp"), {}).status_code == 302, "another one is left"
    refused = client.post(reverse("mfa_remove_webauthn", kwargs=remove))
    assert refused.headers["Location"] == reverse("security")
    assert b"too short to stand alone" in client.get(reverse("security")).content
    assert Authenticator.objects.filter(pk=key.pk).exists()
    Person.objects.filter(pk=cast.olive.pk).update(short_password=False)
    client.post(reverse("mfa_remove_webauthn", kwargs=remove))
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_the_sample_organization_says_that_it_asks_for_none(cast: Cast) -> None:
    with viewing_as(cast.olive):
        Organisation.objects.filter(pk=cast.harbor.pk).update(is_sample=True)
    assert b"This is the sample organization" in signed_in(cast.olive).get(reverse("settings")).content
