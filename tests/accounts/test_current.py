"""Which organization somebody works in."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from requests_app.models import Person
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_who_belongs_to_two_sees_which_one_they_work_in_and_changes_it() -> None:
    cast = builders.cast()
    second = builders.organisation("Lake Records Desk", cast.olive)
    olive = client_of(cast.olive)
    page = olive.get(reverse("laws"))
    assert page.context["working_in"] == cast.harbor.pk
    answer = olive.post(reverse("organisation-switch"), {"organisation": second.public_id, "next": reverse("laws")})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("laws"))
    page = olive.get(reverse("laws"))
    assert page.context["working_in"] == second.pk
    assert b"You work in" in page.content and b"Lake Records Desk" in page.content


@pytest.mark.parametrize("forged", ["prairie", "number", "0", "-1", "x", "", "9" * 40, "1\x00"])
def test_nobody_switches_to_an_organization_that_is_not_theirs(forged: str) -> None:
    cast = builders.cast()
    olive = client_of(cast.olive)
    ids = {"prairie": cast.prairie.public_id, "number": str(cast.harbor.pk)}
    given = ids.get(forged, forged)
    assert olive.post(reverse("organisation-switch"), {"organisation": given}).status_code == 404
    assert olive.get(reverse("laws")).context["working_in"] == cast.harbor.pk


def test_a_switch_leads_to_no_other_site() -> None:
    cast = builders.cast()
    answer = client_of(cast.olive).post(
        reverse("organisation-switch"),
        {"organisation": cast.harbor.public_id, "next": "https://elsewhere.example/"},
    )
    assert answer.headers["Location"] == "/"


def test_who_is_removed_from_the_one_they_work_in_falls_back_to_another() -> None:
    cast = builders.cast()
    second = builders.organisation("Lake Records Desk", cast.olive, editor=cast.edgar)
    edgar = client_of(cast.edgar)
    edgar.post(reverse("organisation-switch"), {"organisation": second.public_id})
    with viewing_as(cast.olive):
        second.memberships.filter(person=cast.edgar).update(ended_at=Now())
    assert edgar.get(reverse("laws")).context["working_in"] == cast.harbor.pk


def test_who_belongs_nowhere_works_nowhere() -> None:
    cast = builders.cast()
    assert client_of(cast.noor).get(reverse("laws")).context["working_in"] is None
    assert Client().get(reverse("laws")).context["working_in"] is None
