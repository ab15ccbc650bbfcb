"""How the first people of an installation come in, before anybody can invite anybody."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from requests_app.models import Person

pytestmark = pytest.mark.committed


def create(*words: str) -> str:
    said = StringIO()
    call_command("create_organization", *words, stdout=said)
    return said.getvalue()


def test_the_owner_signs_in_with_what_was_printed_and_is_led_to_a_second_factor() -> None:
    said = create("Harbor Rights Clinic", "--owner", "Ruth@clinic.example", "--person", "Ruth Okafor")
    assert "is owned by ruth@clinic.example" in said
    password = said.strip().rsplit(" ", 1)[1]
    assert len(password) >= 15
    browser = Client()
    browser.post(reverse("account_login"), {"login": "ruth@clinic.example", "password": password})
    asked = browser.get(reverse("request-new"))
    assert asked["Location"].startswith(reverse("second-factor")), "an owner reads until there is a second factor"


def test_whoever_is_known_keeps_the_password_and_owns_a_second_one() -> None:
    create("Harbor Rights Clinic", "--owner", "ruth@clinic.example")
    kept = Person.objects.get(email="ruth@clinic.example").password
    said = create("Prairie Watch", "--owner", "RUTH@clinic.example")
    assert "password" not in said
    assert Person.objects.get(email="ruth@clinic.example").password == kept


def test_the_same_twice_makes_one() -> None:
    create("Harbor Rights Clinic", "--owner", "ruth@clinic.example")
    with pytest.raises(CommandError, match="owns an organization of this name already"):
        create("Harbor Rights Clinic", "--owner", "ruth@clinic.example")


@pytest.mark.parametrize(("name", "email"), [("", "ruth@clinic.example"), ("Clinic", "ruth")])
def test_what_cannot_be_is_said_in_a_sentence(name: str, email: str) -> None:
    with pytest.raises(CommandError, match=r"Give the organization a name|is not an e-mail address"):
        create(name, "--owner", email)
