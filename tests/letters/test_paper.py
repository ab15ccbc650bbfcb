"""Letters on paper: printed, marked as sent with their proof, filed on the day they went."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.urls import reverse

from requests_app.actions import letters
from requests_app.intake import storage
from requests_app.models import LetterCopy, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import today

from .scene import again, draft, queued
from .test_drafts import client_of

pytestmark = pytest.mark.django_db


def marked(cast: builders.Cast, pid: str, **more: str) -> int:
    words = {"step": "paper", "channel": "certified_post", "sent_on": today().isoformat(), "version": "1",
             "tracking_number": "7020 1810", "proof": "Receipt in the folder", **more}  # fmt: skip
    return client_of(cast.edgar).post(reverse("letter", args=[pid]), words).status_code


def test_a_posted_letter_files_its_request_and_keeps_the_pdf(cast: builders.Cast) -> None:
    made = draft(cast)
    assert marked(cast, made.public_id) == 302
    assert marked(cast, made.public_id) == 302
    row = again(made, cast)
    assert (row.state, row.sent_on, row.channel) == ("printed", today(), "certified_post")
    with viewing_as(cast.edgar):
        filed = RecordsRequest.objects.get(organisation=cast.harbor)
        assert row.request == filed
        assert filed.events.get().facts["channel"] == "certified_post"
        copy = LetterCopy.objects.get(letter=made)
        assert (copy.tracking_number, copy.proof) == ("7020 1810", "Receipt in the folder")
        assert copy.pdf is not None
        with storage.opened(copy.pdf.name) as file:
            assert hashlib.sha256(file.read()).hexdigest() == copy.pdf_sha256


def test_tomorrow_is_refused_and_nothing_is_kept(cast: builders.Cast) -> None:
    made = draft(cast)
    assert marked(cast, made.public_id, sent_on=(today() + dt.timedelta(days=2)).isoformat()) == 400
    assert again(made, cast).state == "draft"
    with viewing_as(cast.edgar):
        assert not LetterCopy.objects.exists()


def test_a_letter_in_the_queue_is_not_posted_as_well(cast: builders.Cast) -> None:
    made = queued(cast)
    assert marked(cast, made.public_id, version="2") == 409


def test_the_days_in_the_text_are_those_of_the_day_it_goes(cast: builders.Cast) -> None:
    made = draft(
        cast, body="Tuesday, March 3, 2026\n\nThe answer is due by Tuesday, March 10, 2026.",
        dated={"date": "Tuesday, March 3, 2026", "due_on": "Tuesday, March 10, 2026"},
    )  # fmt: skip
    assert marked(cast, made.public_id) == 302
    body = again(made, cast).body
    assert body.startswith(f"{today():%A, %B} {today().day}, {today().year}")
    assert "March 10, 2026" not in body


def test_an_agency_without_any_address_is_said_and_blocks_only_mail(cast: builders.Cast) -> None:
    lonely = builders.agency("Lonely Center")
    made = draft(cast, agency=lonely)
    desk, address = client_of(cast.edgar), reverse("letter", args=[made.public_id])
    page = desk.get(f"{address}?view=preview").content.decode()
    assert "No address of any kind is known for this agency." in page
    assert 'value="send"' not in page
    assert desk.post(address, {"step": "send", "version": 1}).status_code == 400
    with viewing_as(cast.edgar) as viewer:
        letters.save(
            viewer=viewer, letter=made, actor=cast.edgar, seen_version=1, subject=made.subject, body=made.body,
            channel="post", address="1 Main Street\nSpringfield",
        )  # fmt: skip
    assert marked(cast, made.public_id, channel="post", version="2") == 302
