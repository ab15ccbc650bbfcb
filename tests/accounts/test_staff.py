"""The staff's pages: that rows are there, never what they say."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from requests_app.admin import staff_site
from requests_app.models import JobRun, KnownLawReport, KnownOrganisation, Person, SendingHold
from tests.builders import Cast, second_factor
from tests.walls.test_matrix import NO_INLINE

from .scene import by_password, signed_in

pytestmark = pytest.mark.django_db


def test_staff_comes_in_with_a_second_factor_only(cast: Cast) -> None:
    omar = signed_in(cast.omar)
    assert omar.get(reverse("admin:index")).headers["Location"] == reverse("security")
    second_factor(cast.omar)
    page = omar.get(reverse("admin:index"))
    assert page.status_code == 200 and b"Organizations" in page.content
    for person in (cast.olive, cast.noor):
        second_factor(person)
        assert signed_in(person).get(reverse("admin:index")).status_code == 404


def test_no_table_with_content_is_registered() -> None:
    assert set(staff_site._registry) == {Person, KnownOrganisation, KnownLawReport, JobRun, SendingHold}
    assert not admin.site._registry


def test_the_views_for_the_staff_name_no_column_with_words() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name LIKE %s",
            ["requests_app_known%"],
        )
        columns = {(table.removeprefix("requests_app_known"), column) for table, column in cursor.fetchall()}
    assert columns == {
        ("organisation", "id"), ("organisation", "public_id"), ("organisation", "created_at"),
        ("organisation", "is_sample"), ("organisation", "requires_second_factor"), ("organisation", "members"),
        ("lawreport", "id"), ("lawreport", "reference"), ("lawreport", "law_ref"), ("lawreport", "clock"),
        ("lawreport", "created_at"), ("lawreport", "settled_at"),
    }  # fmt: skip


def test_staff_sees_that_an_organization_is_there_and_not_its_name(cast: Cast) -> None:
    second_factor(cast.omar)
    page = signed_in(cast.omar).get(reverse("admin:requests_app_knownorganisation_changelist"))
    assert cast.harbor.public_id in page.content.decode()
    assert "Harbor Rights" not in page.content.decode()


def test_staff_closes_an_account_and_its_sessions_end(cast: Cast) -> None:
    second_factor(cast.omar)
    noor, _answer = by_password(cast.noor)
    omar = signed_in(cast.omar)
    page = reverse("admin:requests_app_person_changelist")
    words = {"action": "close", "_selected_action": [cast.noor.pk, cast.omar.pk]}
    assert omar.post(page, words).status_code == 302
    assert noor.get(reverse("settings")).status_code == 302
    cast.noor.refresh_from_db()
    cast.omar.refresh_from_db()
    assert (cast.noor.is_active, cast.omar.is_active) == (False, True)
    _client, again = by_password(cast.noor)
    assert again.headers.get("Location", "") in ("", reverse("account_inactive"))


def test_the_pages_keep_to_the_policy_of_all_others(cast: Cast) -> None:
    second_factor(cast.omar)
    omar = signed_in(cast.omar)
    for path in (
        reverse("admin:index"),
        reverse("admin:requests_app_person_changelist"),
        reverse("admin:requests_app_person_change", args=[cast.noor.pk]),
        reverse("admin:requests_app_knownorganisation_changelist"),
    ):
        page = omar.get(path)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert not NO_INLINE.search(page.content.decode()), path


def test_nothing_is_changed_past_the_actions(cast: Cast) -> None:
    second_factor(cast.omar)
    omar = signed_in(cast.omar)
    page = reverse("admin:requests_app_person_change", args=[cast.noor.pk])
    assert omar.post(page, {"email": "x@x.example", "is_staff": "on"}).status_code == 403
    cast.noor.refresh_from_db()
    assert not cast.noor.is_staff
    for path in ("add/", f"{cast.noor.pk}/delete/", f"{cast.noor.pk}/history/", f"{cast.noor.pk}/password/"):
        answer = omar.get(reverse("admin:requests_app_person_changelist") + path)
        assert answer.status_code in (302, 404) and b"<form" not in answer.content.split(b"<main")[-1]
