"""Two people save at once: the second is shown both versions, and nothing that was typed is lost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from requests_app.models import Event, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

DENIED = dt.date(2026, 11, 6)
Desk = Callable[..., Client]


def hidden(page: Any) -> dict[str, str]:
    text = page.content.decode()
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', text)[-1] for name in ("once", "seen_version")}


def kinds(cast: builders.Cast, of: RecordsRequest) -> list[str]:
    with viewing_as(cast.olive):
        return list(Event.objects.filter(request=of).order_by("pk").values_list("kind", flat=True))


def test_the_refused_save_shows_both_versions_and_saves_on_top(
    cast: builders.Cast, file: Any, record: Any, desk: Desk
) -> None:
    ours = file()
    edgar = desk()
    address = reverse("event-new", args=[ours.public_id, "determined"])
    form = hidden(edgar.get(address)) | {
        "dated_on": "2026-11-06", "outcome": "denied", "parts": ["A2"], "text": "Section 7(1)(d), they say",
        "step": "save",
    }  # fmt: skip
    record(
        ours, "extension_noticed", cast.olive, sent_on=DENIED, received_on=DENIED, text="We need five more days.",
        facts={"days": 5, "unit": "business_days", "until": "2026-11-18", "reason": "given"},
    )  # fmt: skip
    refused = edgar.post(address, form)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Not saved: something was recorded meanwhile" in page
    assert "logged by Olive" in page
    assert "We need five more days." in page
    assert "moves from Tuesday, November 10, 2026 to Wednesday, November 18, 2026" in page, "what theirs changed"
    assert page.count("Section 7(1)(d), they say") >= 2, "what I typed is told, and still in the form"
    assert 'value="A2"' in page
    assert "If you save this" in page, "what mine would change now"
    assert kinds(cast, ours) == ["sent", "extension_noticed"]
    saved = edgar.post(address, form | hidden(refused))
    assert saved.status_code == 302
    assert kinds(cast, ours) == ["sent", "extension_noticed", "determined"]


def test_the_same_event_saved_by_two_people_is_said_to_be_the_same(
    cast: builders.Cast, file: Any, record: Any, desk: Desk
) -> None:
    ours = file()
    edgar = desk()
    address = reverse("event-new", args=[ours.public_id, "determined"])
    form = hidden(edgar.get(address)) | {"dated_on": "2026-11-06", "outcome": "denied", "step": "save"}
    record(ours, "determined", cast.olive, dated_on=DENIED, outcome="denied")
    page = edgar.post(address, form)
    assert page.status_code == 409
    assert "It looks like the same event" in page.content.decode()
    assert kinds(cast, ours) == ["sent", "determined"]


def test_an_appeal_a_day_late_is_recorded_marked_and_warned(
    cast: builders.Cast, file: Any, record: Any, desk: Desk
) -> None:
    to = builders.agency("Albany", "us-ny", "America/New_York")
    filed = dt.date(2026, 1, 5)
    ours = file(agency=to, law_id="us-ny", sent_on=filed, received_on=filed)
    denied = dt.date(2026, 1, 12)
    record(ours, "determined", dated_on=denied, sent_on=denied, received_on=denied, outcome="denied")
    edgar = desk()
    address = reverse("event-new", args=[ours.public_id, "appeal_filed"])
    form = hidden(edgar.get(address)) | {"sent_on": "2026-02-12", "received_on": "2026-02-12"}
    looked = edgar.post(address, form | {"step": "preview"}).content.decode()
    assert "1 day late" in looked
    assert "It is recorded as late" in looked
    saved = edgar.post(address, form | {"step": "save"}, follow=True).content.decode()
    assert "this was 1 day late. It is recorded as late." in saved
    assert kinds(cast, ours)[-1] == "appeal_filed"


def test_a_denial_before_the_request_is_refused_in_a_sentence(cast: builders.Cast, file: Any, desk: Desk) -> None:
    ours = file()
    edgar = desk()
    address = reverse("event-new", args=[ours.public_id, "determined"])
    form = hidden(edgar.get(address)) | {"dated_on": "2026-10-30", "outcome": "denied", "step": "save"}
    page = edgar.post(address, form)
    assert page.status_code == 400
    said = "The request was sent on Monday, November 2, 2026; nothing about it can be dated on Friday, October 30, 2026"
    assert said in page.content.decode()


def test_a_question_says_that_it_pauses_the_clock_and_what_is_held(file: Any, desk: Desk) -> None:
    to = builders.agency("Harrisburg", "us", "America/New_York")
    ours = file(agency=to, law_id="us", sent_on=dt.date(2026, 11, 2))
    edgar = desk()
    address = reverse("event-new", args=[ours.public_id, "clarification_asked"])
    form = hidden(edgar.get(address)) | {
        "received_on": "2026-11-09", "sent_on": "2026-11-09", "about": "records", "step": "preview",
    }  # fmt: skip
    page = edgar.post(address, form).content.decode()
    said = re.search(r"This pauses the clock “[^”]+”. Due date held: (\d+) business days after you answer\.", page)
    assert said, page[page.index("If you save this") :][:600]


def test_what_was_taken_back_can_be_restored(cast: builders.Cast, file: Any, record: Any, desk: Desk) -> None:
    ours = file()
    record(ours, "determined", dated_on=DENIED, outcome="denied")
    edgar = desk()
    with viewing_as(cast.olive):
        denial = Event.objects.get(request=ours, kind="determined")
    address = reverse("event-retract", args=[ours.public_id, denial.uid])
    edgar.post(address, hidden(edgar.get(address)) | {"reason": "wrong request"})
    shown = edgar.get(reverse("request", args=[ours.public_id])).content.decode()
    back = re.search(r'href="([^"]+)">Restore it', shown)
    assert back
    page = edgar.get(back[1])
    assert "It was taken back by mistake" in page.content.decode()
    done = edgar.post(back[1], hidden(page) | {"reason": "it was ours after all"}, follow=True).content.decode()
    assert "Restored: Decision." in done
    assert "<s>Decision</s>" not in done
    assert "Denied" in done


def test_a_transfer_to_another_law_starts_its_clock_and_a_dispute_names_its_event(
    cast: builders.Cast, file: Any, record: Any, desk: Desk
) -> None:
    ours = file()
    edgar = desk()
    address = reverse("event-new", args=[ours.public_id, "transferred"])
    form = hidden(edgar.get(address)) | {"received_on": "2026-11-05", "law": "us", "parts": ["A3"]}
    looked = edgar.post(address, form | {"step": "preview"}).content.decode()
    assert "A clock begins" in looked
    assert edgar.post(address, form | {"step": "save"}).status_code == 302
    extension = record(
        ours, "extension_noticed", sent_on=DENIED, received_on=DENIED, facts={"days": 5, "unit": "business_days"}
    )
    address = reverse("event-new", args=[ours.public_id, "disputed"])
    page = edgar.get(address)
    assert f'value="{extension.event.uid}"' in page.content.decode()
    form = hidden(page) | {"dated_on": "2026-11-10", "event": extension.event.uid, "step": "save"}
    assert edgar.post(address, form).status_code == 302
    with viewing_as(cast.olive):
        disputed = Event.objects.get(request=ours, kind="disputed")
    assert disputed.facts == {"event": extension.event.uid}


def test_a_letter_sent_again_goes_under_the_same_law(
    cast: builders.Cast, file: Any, record: Any, desk: Desk
) -> None:
    ours = file()
    record(ours, "bounced", received_on=dt.date(2026, 11, 4))
    edgar = desk()
    address = reverse("event-new", args=[ours.public_id, "sent"])
    form = hidden(edgar.get(address)) | {
        "sent_on": "2026-11-05", "received_on": "2026-11-05", "channel": "portal", "step": "save",
    }  # fmt: skip
    assert edgar.post(address, form).status_code == 302
    with viewing_as(cast.olive):
        again = Event.objects.filter(request=ours, kind="sent").latest("pk")
        due = ours.deadlines.standing().get(rule_id="determine").due_on
    assert again.facts["law"] == "us-il"
    assert again.facts["parts"] == ["A1", "A2", "A3"]
    assert due == dt.date(2026, 11, 13), "five business days after November 5, with Veterans Day off"
