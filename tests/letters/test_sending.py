"""A queued letter goes out once, as written, and becomes a request in the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import letter_queue, letter_sending, letters
from requests_app.actions.refusals import Refused
from requests_app.models import Agency, Letter, LetterCopy, LetterSendAttempt, Membership, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import Sink, serving, today

from .scene import ADDRESS, again, draft, queued, sendings, stage
from .test_drafts import client_of

pytestmark = pytest.mark.committed


def requests_of(cast: builders.Cast) -> list[RecordsRequest]:
    with viewing_as(cast.olive):
        return list(RecordsRequest.objects.filter(organisation=cast.harbor).order_by("pk"))


def test_a_letter_goes_out_as_written_and_files_its_request(cast: builders.Cast, mail_server: Any) -> None:
    made = queued(cast)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 1
        assert letter_sending.sweep(oracle=None).sent == 0
    (mail,) = sink.taken
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == made.subject
    assert mail["Reply-To"] == f"Harbor Rights Clinic <{cast.edgar.email}>"
    assert "Harbor Rights Clinic" in str(mail["From"])
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n").strip() == made.body
    row = again(made, cast)
    assert (row.stage, row.sent_on, row.problem) == ("sent", today(), "")
    (filed,) = requests_of(cast)
    assert row.request == filed
    assert filed.filed_on == today()
    with viewing_as(cast.edgar):
        sent = filed.events.get()
        assert (sent.kind, sent.sent_on, sent.facts["channel"]) == ("sent", today(), "email")
        assert list(filed.parts.values_list("label", flat=True)) == ["A1", "A2"]
        assert filed.correspondence.letter.endswith(made.body)
        copy = LetterCopy.objects.get(letter=made)
        assert (copy.subject, copy.body, copy.address) == (made.subject, made.body, ADDRESS)
        assert copy.law_ref.startswith("us-il@")
        assert copy.requester["organisation"] == "Harbor Rights Clinic"
        accepted = LetterSendAttempt.objects.get(step="accepted")
        assert (accepted.code, accepted.text) == (250, "accepted: kept")


def test_the_button_pressed_twice_and_the_page_sent_again_send_once(
    cast: builders.Cast, mail_server: Any
) -> None:
    made = draft(cast)
    desk, address = client_of(cast.edgar), reverse("letter", args=[made.public_id])
    for _ in range(2):
        assert desk.post(address, {"step": "send", "version": 1}).status_code == 302
    with serving(Sink()) as sink:
        mail_server(sink.port)
        letter_sending.sweep(oracle=None)
        desk.post(address, {"step": "send", "version": 1})
        letter_sending.sweep(oracle=None)
    assert len(sink.taken) == 1
    assert len(requests_of(cast)) == 1


def test_what_was_changed_since_it_was_looked_at_does_not_go_out(cast: builders.Cast) -> None:
    made = draft(cast)
    with viewing_as(cast.olive) as viewer:
        letters.save(viewer=viewer, letter=made, actor=cast.olive, seen_version=1, subject="S", body="B")
    answer = client_of(cast.edgar).post(
        reverse("letter", args=[made.public_id]), {"step": "send", "version": 1}
    )
    assert answer.status_code == 409
    assert sendings() == {}


def test_a_refused_recipient_fails_with_the_servers_sentence_and_can_be_mended(
    cast: builders.Cast, mail_server: Any
) -> None:
    made = queued(cast)
    refusing = Sink(rcpt=lambda address: "550 no such mailbox" if address == ADDRESS else None)
    desk, address = client_of(cast.edgar), reverse("letter", args=[made.public_id])
    with serving(refusing) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).failed == 1
        page = desk.get(address).content.decode()
        assert "no such mailbox" in page
        assert requests_of(cast) == []
        desk.post(address, {"step": "again"})
        row = again(made, cast)
        assert row.stage == "draft"
        with viewing_as(cast.edgar) as viewer:
            letters.save(
                viewer=viewer, letter=row, actor=cast.edgar, seen_version=row.version, subject=row.subject,
                body=row.body, address="office@sangamon-bend.example",
            )  # fmt: skip
            letter_queue.queue(viewer=viewer, letter=row, actor=cast.edgar, now=timezone.now())
        assert letter_sending.sweep(oracle=None).sent == 1
    assert sink.to == ["office@sangamon-bend.example"]
    with viewing_as(cast.edgar):
        addresses = LetterCopy.objects.filter(letter=made).order_by("round").values_list("address", flat=True)
        assert list(addresses) == [ADDRESS, "office@sangamon-bend.example"]


def test_a_refused_letter_is_tried_again_by_a_button(cast: builders.Cast, mail_server: Any) -> None:
    made = queued(cast)
    with serving(Sink(answers=["554 too many links"])) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).failed == 1
        client_of(cast.edgar).post(reverse("letter", args=[made.public_id]), {"step": "retry"})
        assert letter_sending.sweep(oracle=None).sent == 1
    assert len(requests_of(cast)) == 1


def test_a_server_that_asks_to_wait_is_asked_again_later(cast: builders.Cast, mail_server: Any) -> None:
    made = queued(cast)
    with serving(Sink(answers=["451 later"])) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).later == 1
    assert stage(made, cast) == "queued"
    assert requests_of(cast) == []


def test_a_stopped_letter_stays_and_can_go_later(cast: builders.Cast, mail_server: Any) -> None:
    made = queued(cast)
    client_of(cast.edgar).post(reverse("letter", args=[made.public_id]), {"step": "stop"})
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 0
        assert stage(made, cast) == "stopped"
        with viewing_as(cast.edgar) as viewer:
            letter_queue.queue(viewer=viewer, letter=again(made, cast), actor=cast.edgar, now=timezone.now())
        assert letter_sending.sweep(oracle=None).sent == 1
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="not waiting"):
        letter_queue.stop(viewer=viewer, letter=again(made, cast), actor=cast.edgar)


def test_a_letter_of_somebody_who_left_does_not_go_out(cast: builders.Cast, mail_server: Any) -> None:
    made = queued(cast)
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(role="viewer")
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).skipped == 1
    assert sink.taken == []
    page = client_of(cast.olive).get(reverse("letter", args=[made.public_id])).content.decode()
    assert "may no longer write for the organization" in page


def test_an_agency_merged_meanwhile_gets_no_letter(cast: builders.Cast, mail_server: Any) -> None:
    queued(cast)
    heir = builders.agency("Sangamon Heir Center")
    Agency.objects.filter(pk=cast.agency.pk).update(merged_into=heir)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).skipped == 1
    assert sink.taken == []
    assert requests_of(cast) == []


def test_a_later_letter_becomes_its_event_once(cast: builders.Cast, mail_server: Any) -> None:
    asked = builders.bare_request(cast.olive, cast.harbor, cast.agency, filed_on=today())
    with viewing_as(cast.edgar) as viewer:
        made = letters.put_draft(
            viewer=viewer, records_request=asked, kind="follow_up", subject="Still waiting", body="Where is it?",
            actor=cast.edgar, once="f1",
        )  # fmt: skip
        letter_queue.queue(viewer=viewer, letter=made, actor=cast.edgar, now=timezone.now())
    with serving(Sink()) as sink:
        mail_server(sink.port)
        letter_sending.sweep(oracle=None)
    assert len(sink.taken) == 1
    with viewing_as(cast.edgar):
        told = asked.events.filter(kind="follow_up_sent").get()
        assert told.sent_on == today()
        assert "Where is it?" in told.correspondence.text
        assert len(requests_of(cast)) == 1


def test_the_ledgers_refusal_is_kept_and_recorded_later(cast: builders.Cast, mail_server: Any) -> None:
    """The mail is out: what the ledger will not take is said on the letter, and written once it can be."""
    made = queued(cast, parts=[("A1", "One"), ("A1", "The same label")])
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 1
    row = again(made, cast)
    assert (row.stage, row.request) == ("sent", None)
    assert "same number" in row.problem
    with viewing_as(cast.edgar):
        Letter.objects.filter(pk=made.pk).update(parts=[["A1", "One"]])
    client_of(cast.edgar).post(reverse("letter", args=[made.public_id]), {"step": "record"})
    assert again(made, cast).request == requests_of(cast)[0]


def test_the_command_sends_what_is_queued(cast: builders.Cast, mail_server: Any, capsys: Any) -> None:
    queued(cast)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        call_command("send_letters")
    assert capsys.readouterr().out == "sent 1\n"
    assert len(sink.taken) == 1
