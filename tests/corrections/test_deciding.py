"""Whoever answers for a page decides with a reason; the sender is told once, and the public reads the note."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from requests_app.actions import documents, report_mail, reports
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, Correction, Person, PublicReport, Share
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders
from tests.accounts.scene import signed_in

from .conftest import Scene, send

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 5, 1)
SAID = {"decision": "corrected", "reason": "The address was wrong.", "tell": True, "note": None, "on": ON}
NOTE = reports.Note("The street was wrong and is right now.", says_who=True)


def decide(by: Person, **changes: Any) -> Correction | None:
    with viewing_as(by) as viewer:
        found = PublicReport.objects.order_by("pk").last()
        assert found is not None
        return reports.decide(viewer=viewer, report=found, actor=by, **(SAID | changes))


def test_a_decision_is_told_once_and_the_address_is_erased_after_that(scene: Scene) -> None:
    send(scene.url(scene.public))
    report_mail.send_due()
    decide(scene.cast.edgar)
    with viewing_as(scene.cast.olive):
        assert PublicReport.objects.get().email, "it is still needed"
    assert report_mail.send_due()["sent"] == 1
    assert report_mail.send_due()["sent"] == 0, "once"
    assert "We corrected it." in mail.outbox[-1].body and "The address was wrong." in mail.outbox[-1].body
    with viewing_as(scene.cast.olive):
        found = PublicReport.objects.get()
        assert (found.name, found.email, found.decided_by) == ("", "", scene.cast.edgar)
        [line] = AuditEntry.objects.filter(act="report.decided")
        assert line.subject == f"request {scene.public.public_id}"
        assert line.detail == {"report": found.reference, "decision": "corrected"}


def test_without_a_wish_to_tell_nothing_goes_out_and_the_address_is_erased_at_once(scene: Scene) -> None:
    send(scene.url(scene.public))
    report_mail.send_due()
    decide(scene.cast.olive, tell=False)
    with viewing_as(scene.cast.olive):
        assert PublicReport.objects.get().email == ""
    assert report_mail.send_due()["sent"] == 0


def test_who_only_reads_a_stranger_and_staff_decide_nothing_of_ours(scene: Scene) -> None:
    send(scene.url(scene.public))
    with viewing_as(scene.cast.olive):
        found = PublicReport.objects.get()
    builders.second_factor(scene.cast.omar)
    for person in (scene.cast.vera, scene.cast.ravi, scene.cast.omar, scene.cast.noor):
        with pytest.raises(Refused), viewing_as(person) as viewer:
            reports.decide(viewer=viewer, report=found, actor=person, **SAID)
        with viewing_as(person):
            assert not PublicReport.objects.filter(pk=found.pk).update(state="decided")
        page = signed_in(person).get(reverse("report-one", args=[found.reference]))
        assert page.status_code == 404


def test_staff_decides_what_nobody_owns(scene: Scene) -> None:
    send(reverse("agency", args=[scene.cast.agency.slug]))
    with pytest.raises(NotYours), viewing_as(scene.cast.olive) as viewer:
        reports.decide(viewer=viewer, report=PublicReport(pk=1), actor=scene.cast.olive, **SAID)
    builders.second_factor(scene.cast.omar)
    made = decide(scene.cast.omar, note=NOTE)
    assert made is not None and made.organisation_id is None
    assert NOTE.text in Client().get(reverse("agency", args=[scene.cast.agency.slug])).content.decode()


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"reason": "  "}, "reason_missing"), ({"decision": "maybe"}, "decision_unknown"),
     ({"decision": "declined", "note": NOTE}, "nothing_to_note"),
     ({"note": reports.Note(" ", says_who=False)}, "note_missing")],
)  # fmt: skip
def test_a_decision_that_says_too_little_is_refused(scene: Scene, changes: dict[str, Any], code: str) -> None:
    send(scene.url(scene.public))
    with pytest.raises(Refused) as refused:
        decide(scene.cast.olive, **changes)
    assert refused.value.code == code
    with viewing_as(scene.cast.olive):
        assert PublicReport.objects.get().state == "open"


def test_of_two_who_decide_one_does_and_the_other_is_told(scene: Scene) -> None:
    send(scene.url(scene.public))
    decide(scene.cast.olive)
    with pytest.raises(Refused) as refused:
        decide(scene.cast.edgar, decision="declined")
    assert (refused.value.code, refused.value.status) == ("decided", 409)


def test_a_note_is_an_owners_to_publish_by_either_wall(scene: Scene) -> None:
    send(scene.url(scene.public))
    with pytest.raises(Refused) as refused:
        decide(scene.cast.edgar, note=NOTE)
    assert refused.value.status == 403
    with pytest.raises(DatabaseError), viewing_as(scene.cast.edgar), transaction.atomic():
        Correction.objects.create(
            organisation=scene.cast.harbor, kind="correction", subject_kind="request", path="/", on=ON,
            subject_key=scene.public.public_id, text="forged",
        )  # fmt: skip
    decide(scene.cast.olive, note=NOTE)
    page = Client().get(scene.url(scene.public)).content.decode()
    assert NOTE.text in page and "Corrected at the request of a private person." in page
    assert "Quillfeather" not in page
    assert NOTE.text in Client().get(reverse("corrections")).content.decode()


def test_a_correction_of_what_is_no_longer_public_is_read_by_nobody_outside(scene: Scene) -> None:
    send(scene.url(scene.public))
    decide(scene.cast.olive, note=NOTE)
    with viewing_as(scene.cast.olive):
        Share.objects.filter(request=scene.public).update(revoked_at=dt.datetime(2026, 5, 2, tzinfo=dt.UTC))
    assert NOTE.text not in Client().get(reverse("corrections")).content.decode()
    with viewing(PUBLIC):
        assert not Correction.objects.exists()
    with viewing_as(scene.cast.ravi):
        assert not Correction.objects.exists()
    with viewing_as(scene.cast.vera) as viewer:
        assert Correction.objects.visible_to(viewer).count() == 1


def test_removed_is_said_only_of_what_the_public_does_not_see(scene: Scene) -> None:
    send(scene.url(scene.document), wants="removal")
    with pytest.raises(Refused) as refused:
        decide(scene.cast.olive, decision="removed")
    assert refused.value.code == "still_public"
    with viewing_as(scene.cast.olive) as viewer:
        documents.hold_back(viewer=viewer, document=scene.document, actor=scene.cast.olive)
    decide(scene.cast.olive, decision="removed")
    assert Client().get(scene.url(scene.document)).status_code == 404, "without a note nothing was ever there"


def test_where_something_was_taken_down_its_owner_may_leave_a_note(scene: Scene) -> None:
    send(scene.url(scene.document), wants="removal")
    with viewing_as(scene.cast.olive) as viewer:
        documents.hold_back(viewer=viewer, document=scene.document, actor=scene.cast.olive)
    decide(scene.cast.olive, decision="removed", note=reports.Note("", says_who=True))
    for client in (Client(), signed_in(scene.cast.ravi)):
        answer = client.get(scene.url(scene.document))
        assert answer.status_code == 410
        page = answer.content.decode()
        words = "This document was taken down on Friday, May 1, 2026, at the request of a private person."
        assert words in page
        assert "Quillfeather" not in page and "page.pdf" not in page
    assert words in Client().get(reverse("corrections")).content.decode()
    kept = signed_in(scene.cast.olive).get(reverse("request-documents", args=[scene.public.public_id]))
    assert "page.pdf" in kept.content.decode(), "its owner still has it"


def test_a_note_that_is_taken_back_leaves_nothing(scene: Scene) -> None:
    send(scene.url(scene.public), wants="removal")
    with viewing_as(scene.cast.olive):
        Share.objects.filter(request=scene.public).update(revoked_at=dt.datetime(2026, 5, 2, tzinfo=dt.UTC))
    made = decide(scene.cast.olive, decision="removed", note=reports.Note("", says_who=False))
    assert made is not None
    page = Client().get(scene.url(scene.public))
    assert page.status_code == 410
    assert "This request was taken down on Friday, May 1, 2026." in page.content.decode()
    address = reverse("note-withdraw", args=[made.public_id])
    assert signed_in(scene.cast.vera).post(address).status_code == 404
    assert signed_in(scene.cast.ravi).post(address).status_code == 404
    assert signed_in(scene.cast.olive).post(address).status_code == 303
    assert Client().get(scene.url(scene.public)).status_code == 404
    assert "taken down on" not in Client().get(reverse("corrections")).content.decode()


def test_the_queue_shows_ours_and_none_of_others(scene: Scene) -> None:
    send(scene.url(scene.public))
    send(reverse("agencies"))
    for person in (scene.cast.olive, scene.cast.edgar):
        page = signed_in(person).get(reverse("reports")).content.decode()
        assert scene.url(scene.public) in page and "/agencies/</bdi>" not in page
    assert scene.public.public_id not in signed_in(scene.cast.ravi).get(reverse("reports")).content.decode()
    for person in (scene.cast.vera, scene.cast.noor, scene.cast.omar):
        assert signed_in(person).get(reverse("reports")).status_code == 404


def test_the_page_of_a_report_says_who_sees_it_and_leads_to_the_ways_to_take_it_back(scene: Scene) -> None:
    send(scene.url(scene.public), wants="removal")
    builders.share_with(scene.cast.olive, scene.public, scene.cast.prairie)
    with viewing_as(scene.cast.olive):
        reference = PublicReport.objects.get().reference
    page = signed_in(scene.cast.olive).get(reverse("report-one", args=[reference])).content.decode()
    assert "The public sees it now." in page and "1 grant to partners or guests." in page
    assert reverse("request-publish", args=[scene.public.public_id]) in page
    assert "Publish a note" in page
    edgars = signed_in(scene.cast.edgar).get(reverse("report-one", args=[reference])).content.decode()
    assert "Publish a note" not in edgars and reverse("request-publish", args=[scene.public.public_id]) not in edgars


def test_deciding_asks_for_a_fresh_proof(scene: Scene) -> None:
    send(scene.url(scene.public))
    with viewing_as(scene.cast.olive):
        address = reverse("report-one", args=[PublicReport.objects.get().reference])
    given = {"decision": "declined", "reason": "It is right as it stands.", "tell": "on"}
    stale = signed_in(scene.cast.olive, fresh=False).post(address, given)
    assert "reauthenticate" in stale.headers["Location"]
    assert signed_in(scene.cast.olive).post(address, given).status_code == 303
    assert signed_in(scene.cast.olive).post(address, given).status_code == 409


def test_a_requester_is_blotted_out_of_a_note(scene: Scene) -> None:
    send(scene.url(scene.public))
    decide(scene.cast.olive, note=reports.Note("Write to ottoline@quill.example instead.", says_who=False))
    page = Client().get(scene.url(scene.public)).content.decode()
    assert "ottoline@quill.example" not in page
