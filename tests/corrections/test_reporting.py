"""Anybody reports an error on a public page; what they wrote is read by whoever answers for it, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from requests_app.actions import report_mail, reports
from requests_app.models import Person, PublicReport, PublicReportMail
from requests_app.models.visibility import PUBLIC, SCHEDULE, Viewer, viewing, viewing_as
from requests_app.web import report as door
from tests import builders
from tests.accounts.scene import signed_in

from .conftest import Scene, send

pytestmark = pytest.mark.django_db
NONE = {"sent": 0, "later": 0, "failed": 0}


def read_by(person: Person | None) -> tuple[int, int]:
    """How many reports through the wall of the queryset, and through the policies of the database alone."""
    if person is None:
        with viewing(PUBLIC):
            return PublicReport.objects.visible_to(PUBLIC).count(), PublicReport.objects.count()
    with viewing_as(person) as viewer:
        return PublicReport.objects.visible_to(viewer).count(), PublicReport.objects.count()


def only(person: Person) -> PublicReport:
    with viewing_as(person):
        return PublicReport.objects.get()


def test_every_public_page_has_a_line_that_carries_its_address(scene: Scene) -> None:
    for path in (scene.url(scene.public), "/agencies/", "/laws/us-il/", "/?state=us-il"):
        page = Client().get(path).content.decode()
        quoted = path.replace("/", "%2F").replace("?", "%3F").replace("=", "%3D")
        assert f"{reverse('report-page')}?about={quoted}" in page


def test_a_report_needs_no_account_and_is_thanked_for_with_a_reference(scene: Scene) -> None:
    sent = send(scene.url(scene.public))
    assert sent.status_code == 303
    page = Client().get(sent.headers["Location"]).content.decode()
    found = only(scene.cast.olive)
    assert found.reference in page
    assert "q@quill.example" not in page
    assert (found.subject_kind, found.subject_key) == ("request", scene.public.public_id)
    assert found.organisation_id == scene.cast.harbor.pk


def test_owners_and_editors_read_it_and_nobody_else_by_either_wall(scene: Scene) -> None:
    send(scene.url(scene.public))
    cast = scene.cast
    assert read_by(cast.olive) == read_by(cast.edgar) == (1, 1)
    for person in (cast.vera, cast.ravi, cast.noor, cast.omar, None):
        assert read_by(person) == (0, 0)


def test_what_nobody_owns_is_read_by_staff_with_a_second_factor(scene: Scene) -> None:
    send(reverse("agency", args=[scene.cast.agency.slug]))
    assert read_by(scene.cast.omar) == (0, 0)
    builders.second_factor(scene.cast.omar)
    assert read_by(scene.cast.omar) == (1, 1)
    assert only(scene.cast.omar).subject_kind == "agency"
    assert read_by(scene.cast.olive) == (0, 0)


def test_a_hidden_page_and_one_that_never_was_are_one_answer(scene: Scene) -> None:
    """Also to its own owner: what she reports is what anybody could."""
    builders.second_factor(scene.cast.omar)
    never = reverse("request", args=["zzzzzzzzzzzz"])
    answers = [send(scene.url(scene.hidden)), send(never), send(scene.url(scene.hidden), signed_in(scene.cast.olive))]
    assert {one.status_code for one in answers} == {303}
    with viewing_as(scene.cast.omar):
        assert {(one.subject_kind, one.subject_key, one.organisation_id) for one in PublicReport.objects.all()} == {
            ("other", "", None)
        }
    forms = [
        Client().get(reverse("report-page"), {"about": path}).content.decode().count("request")
        for path in (scene.url(scene.hidden), never)
    ]
    assert forms[0] == forms[1]


def test_a_document_that_is_held_back_is_another_page(scene: Scene) -> None:
    assert door.subject_at(scene.url(scene.document)).kind == "document"
    with viewing_as(scene.cast.olive):
        type(scene.document).objects.filter(pk=scene.document.pk).update(released_at=None)
    assert door.subject_at(scene.url(scene.document)).kind == "other"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "statistic"), ("/method/", "statistic"), ("/laws/us-il/", "law"), ("/laws/us-zz/", "other"),
     ("/agencies/nowhere/", "other"), ("/requests/new/", "other"), ("/no/such/page/", "other"), ("/kits/", "other")],
)  # fmt: skip
def test_a_path_says_what_it_is_about(db: Any, path: str, kind: str) -> None:
    with viewing(PUBLIC):
        assert door.subject_at(path).kind == kind


@pytest.mark.parametrize("given", ["https://evil.example/x", "//evil.example/x", "/\\evil.example", "javascript:1", ""])
def test_the_page_it_is_about_is_one_of_ours(db: None, given: str) -> None:
    page = Client().get(reverse("report-page"), {"about": given}).content.decode()
    assert "evil.example" not in page.partition("<main")[2].partition("</main>")[0]
    assert door.page_of(given) == "/"


def test_a_removal_needs_a_way_to_answer_and_an_error_does_not(scene: Scene) -> None:
    refused = send(scene.url(scene.public), wants="removal", email="")
    assert refused.status_code == 400
    assert "so that somebody can answer you" in refused.content.decode()
    assert "it is another street" in refused.content.decode(), "what was typed is not lost"
    assert send(scene.url(scene.public), email="").status_code == 303
    with viewing_as(scene.cast.olive):
        assert not PublicReportMail.objects.exists()


def test_who_answers_for_an_agency_is_kept_as_an_agency(scene: Scene) -> None:
    send(scene.url(scene.public), wants="answer", asked_by="person")
    assert only(scene.cast.olive).asked_by == "agency"


@pytest.mark.parametrize(
    ("field", "value"),
    [("wants", ""), ("wants", "all"), ("asked_by", "king"), ("text", "short"), ("text", ""), ("text", "x" * 4001),
     ("email", "nobody"), ("name", "n" * 201), ("text", "a long enough text\x00")],
)  # fmt: skip
def test_bad_input_is_the_form_again_naming_the_field(scene: Scene, field: str, value: str) -> None:
    refused = send(scene.url(scene.public), **{field: value})
    assert refused.status_code == 400
    assert f"id_{field}" in refused.content.decode()
    assert read_by(scene.cast.olive) == (0, 0)


def test_the_same_form_sent_twice_is_one_report_with_one_reference_and_one_mail(scene: Scene) -> None:
    client, about = Client(), scene.url(scene.public)
    once = send(about, client, once="one form only")
    assert send(about, client, once="one form only").headers["Location"] == once.headers["Location"]
    assert read_by(scene.cast.olive) == (1, 1)
    assert report_mail.send_due() == NONE | {"sent": 1}
    assert report_mail.send_due() == NONE, "once"
    [told] = mail.outbox
    assert told.to == ["q@quill.example"]
    assert only(scene.cast.olive).reference in told.body
    assert "street" not in told.body and "Quillfeather" not in told.body, "an address may be somebody else's"


def test_a_program_that_fills_in_every_field_is_thanked_and_nothing_is_kept(scene: Scene) -> None:
    sent = send(scene.url(scene.public), website="https://spam.example")
    assert "Thank you" in Client().get(sent.headers["Location"]).content.decode()
    assert read_by(scene.cast.olive) == (0, 0)


def test_a_few_an_hour_are_taken_from_one_address(scene: Scene) -> None:
    about = scene.url(scene.public)
    for _turn in range(door.MOST_AN_HOUR):
        assert send(about).status_code == 303
    assert send(about).status_code == 429


def test_a_flood_from_everywhere_is_stopped_by_the_day(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_A_DAY", 1)
    assert [send(scene.url(scene.public)).status_code for _turn in range(2)] == [303, 429]


def test_a_reference_that_we_did_not_give_out_is_not_thanked_for(db: None) -> None:
    assert Client().get(reverse("report-page"), {"sent": "abcdefgh:forged"}).status_code == 404


def test_the_second_wall_refuses_a_report_about_what_the_public_does_not_see(scene: Scene) -> None:
    def forged(kind: str, key: str, home: int | None) -> None:
        with viewing(PUBLIC), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO requests_app_publicreport (reference, once, organisation_id, subject_kind, subject_key, "
                "path, wants, asked_by, text, name, email, state, decision, reason) VALUES "
                "('r', 'once', %s, %s, %s, '/', 'error', 'other', 'x', '', '', 'open', '', '')",
                [home, kind, key],
            )

    harbor, prairie = scene.cast.harbor.pk, scene.cast.prairie.pk
    for kind, key, home in (
        ("request", scene.hidden.public_id, harbor), ("request", scene.public.public_id, prairie),
        ("request", scene.public.public_id, None), ("agency", scene.cast.agency.slug, harbor),
    ):  # fmt: skip
        with pytest.raises(DatabaseError):
            forged(kind, key, home)
    forged("request", scene.public.public_id, harbor)


def test_editors_and_owners_find_it_in_their_inbox(scene: Scene) -> None:
    send(scene.url(scene.public), wants="removal")
    for person in (scene.cast.olive, scene.cast.edgar):
        page = signed_in(person).get(reverse("inbox")).content.decode()
        assert "asks that something public is removed" in page
    assert "asks that something" not in signed_in(scene.cast.vera).get(reverse("inbox")).content.decode()


def test_only_the_schedule_takes_and_marks_mails(scene: Scene) -> None:
    send(scene.url(scene.public))
    calls = ("app_take_report_mail('3 minutes')", "app_mark_report_mail(1, 'sent', '0', '')")
    for viewer in (PUBLIC, Viewer("person", scene.cast.olive.pk)):
        for call in calls:
            with pytest.raises(DatabaseError), viewing(viewer), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {call}")
    with viewing(SCHEDULE):
        assert not PublicReport.objects.exists() and not PublicReportMail.objects.exists()
