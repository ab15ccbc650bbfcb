"""Notes, people, calls, tags and numbers of one request: what each does, who may, and what is never lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from requests_app.actions import assignments, notes, tags
from requests_app.actions.refusals import Refused
from requests_app.models import (
    AuditEntry,
    Event,
    LoggedContact,
    NoteMention,
    NoteVersion,
    RecordsRequest,
    Reminder,
    RequestNote,
    RequestPrivate,
    RequestTag,
    Tag,
    TrackingNumber,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries.requests import Filters, list_requests
from tests import builders

from .conftest import TODAY

NOW = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)


def address(of: RecordsRequest) -> str:
    return reverse("request-work", args=[of.public_id])


def write(cast: builders.Cast, of: RecordsRequest, text: str, by: Any = None, **more: Any) -> RequestNote:
    person = by or cast.edgar
    with viewing_as(person) as viewer:
        return notes.write_note(
            viewer=viewer, records_request=of, text=text, actor=person, **{"once": text[:20], **more}
        )


def test_a_note_names_members_by_name_and_by_box(cast: builders.Cast, file: Any, desk: Any) -> None:
    ours = file()
    page = desk().get(address(ours)).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    form = {
        "act": "note", "once": once[1], "text": "@olive knows the clerk, مرحبا 📬; not mail@vera.example",
        "mention": [str(cast.vera.pk)],
    }  # fmt: skip
    for _again in range(2):
        assert desk().post(address(ours), form).status_code == 302
    with viewing_as(cast.olive):
        note = RequestNote.objects.get(request=ours)
        assert set(NoteMention.objects.values_list("person", flat=True)) == {cast.olive.pk, cast.vera.pk}
    assert note.author_id == cast.edgar.pk
    assert "مرحبا 📬" in desk(cast.vera).get(address(ours)).content.decode()


def test_only_its_author_changes_a_note_and_every_text_is_kept(
    cast: builders.Cast, file: Any, desk: Any
) -> None:
    note = write(cast, file(), "First words @Vera")
    one = reverse("note", args=[note.request.public_id, note.public_id])
    theirs = {"text": "Mine now", "seen_version": "1", "act": "save"}
    refused = desk(cast.olive).post(one, theirs)
    assert refused.status_code == 403
    assert desk().post(one, {"text": "Second words", "seen_version": "1"}).status_code == 302
    with viewing_as(cast.olive):
        assert RequestNote.objects.get().text == "Second words"
        assert NoteVersion.objects.get().text == "First words @Vera"
        assert not NoteMention.objects.exists(), "who is not named any more is not meant any more"
    assert "First words @Vera" in desk(cast.vera).get(one).content.decode()


def test_a_stale_note_shows_both_texts_and_saves_on_top(cast: builders.Cast, file: Any, desk: Any) -> None:
    note = write(cast, file(), "One")
    one = reverse("note", args=[note.request.public_id, note.public_id])
    desk().post(one, {"text": "Two, from the phone", "seen_version": "1"})
    stale = desk().post(one, {"text": "Three, from the desk", "seen_version": "1"})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert "Two, from the phone" in page
    assert "Three, from the desk" in page
    seen = re.search(r'name="seen_version" value="(\d+)"', page)
    assert seen
    assert desk().post(one, {"text": "Three, from the desk", "seen_version": seen[1]}).status_code == 302
    with viewing_as(cast.olive):
        assert set(NoteVersion.objects.values_list("text", flat=True)) == {"One", "Two, from the phone"}


def test_a_deleted_note_leaves_its_place_and_a_line_in_the_audit_log(
    cast: builders.Cast, file: Any, desk: Any
) -> None:
    note = write(cast, file(), "A secret @Vera")
    one = reverse("note", args=[note.request.public_id, note.public_id])
    with viewing_as(cast.vera) as viewer, pytest.raises(Refused, match="Only an editor"):
        notes.delete_note(viewer=viewer, note=note, actor=cast.vera)
    assert desk(cast.olive).post(one, {"act": "delete"}).status_code == 302
    page = desk(cast.vera).get(address(note.request)).content.decode()
    assert "A secret" not in page
    assert "Deleted by Olive." in page
    with viewing_as(cast.olive):
        assert not NoteVersion.objects.exists()
        assert not NoteMention.objects.exists()
        entry = AuditEntry.objects.get(act="note.deleted")
    assert "secret" not in str(entry.detail)
    assert desk().get(one).status_code == 404


def test_the_database_keeps_a_note_from_another_editor(cast: builders.Cast, file: Any) -> None:
    note = write(cast, file(), "Olive wrote this", by=cast.olive)
    with viewing_as(cast.edgar):
        assert RequestNote.objects.filter(pk=note.pk).update(text="forged") == 0


def test_alarms_go_to_the_responsible_then_to_the_backup(cast: builders.Cast, file: Any, record: Any) -> None:
    ours = file(sent_on=TODAY, received_on=TODAY)

    def told(kind: str = "lapsed") -> set[int]:
        with viewing_as(cast.olive):
            waiting = Reminder.objects.filter(request=ours, state="planned", kind=kind)
            return set(waiting.values_list("recipient", flat=True))

    def assign(assignee: Any, backup: Any = None) -> None:
        with viewing_as(cast.edgar) as viewer:
            assignments.assign(viewer=viewer, records_request=ours, assignee=assignee, backup=backup)

    assign(cast.edgar.pk, cast.vera.pk)
    assert told() == {cast.edgar.pk}
    assert told("closing") == {cast.edgar.pk, cast.vera.pk}, "a window of our own is told to both"
    with viewing_as(cast.olive):
        cast.edgar.memberships.update(ended_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    record(ours, "acknowledged", cast.olive, received_on=TODAY)
    with viewing_as(cast.olive) as viewer:
        assignments.assign(viewer=viewer, records_request=ours, assignee=cast.vera.pk, backup=None)
    assert told() == {cast.vera.pk}


def test_the_backup_is_told_when_the_responsible_has_left(cast: builders.Cast, file: Any, record: Any) -> None:
    ours = file(sent_on=TODAY, received_on=TODAY)
    with viewing_as(cast.olive) as viewer:
        assignments.assign(viewer=viewer, records_request=ours, assignee=cast.edgar.pk, backup=cast.vera.pk)
        cast.edgar.memberships.update(ended_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    record(ours, "extension_noticed", cast.olive, sent_on=TODAY, facts={"days": 5, "unit": "business_days"})
    with viewing_as(cast.olive):
        due = ours.deadlines.standing().get(rule_id="determine").due_on
        planned = Reminder.objects.filter(request=ours, state="planned", due_on=due)
        assert set(planned.values_list("recipient", flat=True)) == {cast.vera.pk}


@pytest.mark.parametrize(
    ("assignee", "backup", "sentence"),
    [
        ("ravi", None, "belongs to your organization"),
        ("edgar", "edgar", "somebody else than"),
        (None, "vera", "Say first who is responsible"),
    ],
)
def test_an_impossible_assignment_is_refused(
    cast: builders.Cast, file: Any, assignee: str | None, backup: str | None, sentence: str
) -> None:
    ours = file()
    ids = {
        name: getattr(cast, who).pk if who else None
        for name, who in (("assignee", assignee), ("backup", backup))
    }
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match=sentence):
        assignments.assign(viewer=viewer, records_request=ours, **ids)


def test_two_assignments_at_once_show_both(cast: builders.Cast, file: Any, desk: Any) -> None:
    ours = file()
    form = {"act": "people", "seen_version": "0", "assignee": str(cast.edgar.pk), "backup": ""}
    with viewing_as(cast.olive) as viewer:
        assignments.assign(
            viewer=viewer, records_request=ours, assignee=cast.olive.pk, backup=cast.vera.pk, seen_version=0
        )
    stale = desk().post(address(ours), form)
    page = stale.content.decode()
    assert stale.status_code == 409
    assert re.search(r"Now stands:\s*<b>Olive</b>, backup\s*<b>Vera</b>", page)
    assert re.search(rf'<option value="{cast.edgar.pk}" selected>Edgar', page)
    assert desk().post(address(ours), form | {"seen_version": "1"}).status_code == 302
    with viewing_as(cast.olive):
        assert RequestPrivate.objects.get(request=ours).assignee_id == cast.edgar.pk


def test_a_call_is_logged_in_one_line_and_becomes_an_event(
    cast: builders.Cast, file: Any, desk: Any
) -> None:
    ours = file()
    client = desk()
    page = client.get(reverse("request", args=[ours.public_id])).content.decode()
    once = re.search(r'name="contact-once" value="([^"]+)"', page)
    assert once
    form = {
        "act": "contact", "back": "request", "contact-once": once[1], "contact-said": "Ready by December 4, she says",
        "contact-with_whom": "M. Ortiz", "contact-way": "call", "contact-on": "2026-11-19",
    }  # fmt: skip
    for _again in range(2):
        assert client.post(address(ours), form).headers["Location"].endswith(f"/requests/{ours.public_id}/")
    shown = client.get(reverse("request", args=[ours.public_id])).content.decode()
    assert "Telephone call: M. Ortiz" in shown
    link = re.search(r'href="([^"]+)">They promised a date', shown)
    assert link
    promise = client.get(link[1]).content.decode()
    assert "Ready by December 4, she says" in promise
    assert 'value="2026-11-19"' in promise
    with viewing_as(cast.olive):
        contact = LoggedContact.objects.get()
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]+)"', promise)[1]  # type: ignore[index]
        for name in ("once", "seen_version")
    }
    told = {"received_on": "2026-11-19", "until": "2026-12-04", "contact": contact.public_id, "step": "save"}
    assert client.post(link[1].partition("?")[0], hidden | told).status_code == 302
    with viewing_as(cast.olive):
        promised = Event.objects.get(request=ours, kind="date_promised")
        assert LoggedContact.objects.get().event_id == promised.pk
    again = client.get(reverse("request", args=[ours.public_id])).content.decode()
    assert "They promised a date" not in again
    assert "Recorded as an event." in again


def test_a_call_is_struck_out_with_its_reason_and_stays(cast: builders.Cast, file: Any, desk: Any) -> None:
    ours = file()
    with viewing_as(cast.edgar):
        call = LoggedContact.objects.create(
            organisation=cast.harbor, request=ours, way="portal", on=TODAY, said="In review"
        )
    strike = reverse("contact-strike", args=[ours.public_id, call.public_id])
    assert desk().post(strike, {"why": ""}).status_code == 400
    assert desk().post(strike, {"why": "another request"}).status_code == 302
    shown = desk(cast.vera).get(reverse("request", args=[ours.public_id])).content.decode()
    assert "<s>Portal visited</s>" in shown
    assert "Struck out: another request" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"contact-said": ""}, "Say what was said"),
        ({"contact-on": "2999-01-01"}, "has not come yet"),
        ({"contact-on": "0202-01-01"}, "cannot be right"),
        ({"contact-way": "telepathy"}, "not one of the available choices"),
    ],
)
def test_a_wrong_call_keeps_what_was_typed(
    file: Any, desk: Any, words: dict[str, str], sentence: str
) -> None:
    form = {
        "act": "contact", "contact-once": "x1", "contact-said": "typed words", "contact-with_whom": "typed name",
        "contact-way": "call", "contact-on": "2026-11-19",
    } | words  # fmt: skip
    page = desk().post(address(file()), form)
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert "typed name" in page.content.decode()


def test_a_tag_is_one_across_the_organization_and_merges_everywhere(
    cast: builders.Cast, file: Any, desk: Any
) -> None:
    ours, other = file(), file(once="second", public_title="Second")
    for what, name in ((ours, "Lawsuit"), (other, "LAWSUIT"), (other, "suit")):
        assert desk().post(address(what), {"act": "tag", "name": name}).status_code == 302
    with viewing_as(cast.olive):
        assert list(Tag.objects.order_by("name").values_list("name", flat=True)) == ["Lawsuit", "suit"]
        suit, lawsuit = Tag.objects.get(name="suit"), Tag.objects.get(name="Lawsuit")
    listed = reverse("tags")
    taken = desk().post(listed, {"act": "rename", "row": suit.public_id, "name": "lawsuit"})
    assert taken.status_code == 409
    assert "There is a tag “lawsuit” already. Merge the two instead." in taken.content.decode()
    merged = desk().post(listed, {"act": "merge", "row": suit.public_id, "into": lawsuit.public_id}, follow=True)
    assert "Merged: 1 request moved." in merged.content.decode()
    with viewing_as(cast.olive):
        assert RequestTag.objects.filter(tag=lawsuit).count() == 2
        assert AuditEntry.objects.filter(act="tag.merged").count() == 1
    assert "Lawsuit" not in desk(cast.ravi).get(listed).content.decode()


def test_a_tag_of_another_organization_is_not_there(cast: builders.Cast, file: Any, desk: Any) -> None:
    with viewing_as(cast.ravi) as viewer:
        theirs = tags.make_tag(viewer=viewer, organisation_id=cast.prairie.pk, name="Theirs")
    ours = {"act": "untag", "row": theirs.public_id}
    assert desk().post(address(file()), ours).status_code == 404
    assert desk().post(reverse("tags"), {"act": "delete", "row": theirs.public_id}).status_code == 404


def test_every_number_of_a_request_finds_it(cast: builders.Cast, file: Any, desk: Any) -> None:
    ours = file(tracking_number="FOIA-26-1")
    file(once="second", public_title="Second")
    for kind, number in (("portal", "P-777"), ("police_report", "2026-00045"), ("portal", "P-777")):
        form = {"act": "number", "kind": kind, "number": number}
        assert desk().post(address(ours), form).status_code == 302
    with viewing_as(cast.vera) as viewer:
        assert TrackingNumber.objects.count() == 2
        for word in ("FOIA-26-1", "p-777", "00045"):
            found = list_requests(viewer, now=NOW, filters=Filters(q=word))
            assert [row.public_id for row in found.rows] == [ours.public_id], word
    shown = desk(cast.vera).get(reverse("request", args=[ours.public_id])).content.decode()
    assert "P-777" in shown
    with viewing_as(cast.ravi) as viewer:
        assert list_requests(viewer, now=NOW, filters=Filters(q="P-777")).total == 0


def test_titles_change_over_a_version_and_the_public_one_is_audited(
    cast: builders.Cast, file: Any, desk: Any
) -> None:
    ours = file(working_title="old")
    edit = reverse("request-edit", args=[ours.public_id])
    form = {"seen_version": "0", "public_title": "שלום 🗂 lists", "working_title": "new", "tracking_number": "T-1"}
    assert desk().post(edit, form).status_code == 302
    stale = desk().post(edit, form | {"working_title": "mine"})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert re.search(r"Working title.*new.*mine", page, re.S), "both versions"
    assert "held_back" not in page, "an editor is not asked what only an owner decides"
    with viewing_as(cast.olive):
        assert AuditEntry.objects.filter(act="request.renamed").count() == 1
    assert "held_back" in desk(cast.olive).get(edit).content.decode()
    long = desk().post(edit, form | {"seen_version": "1", "public_title": "x" * 3000})
    assert long.status_code == 400
    assert "At most 300 characters; this has 3,000." in long.content.decode()
    assert "x" * 3000 in long.content.decode(), "nothing is lost"


def test_who_only_reads_writes_nothing(cast: builders.Cast, file: Any, desk: Any) -> None:
    ours = file()
    vera = desk(cast.vera)
    for act in ("note", "people", "contact", "tag", "number"):
        assert vera.post(address(ours), {"act": act}).status_code == 404
    assert "<form method=\"post\" novalidate" not in vera.get(address(ours)).content.decode()


def test_a_byte_that_the_database_refuses_is_left_out(cast: builders.Cast, file: Any) -> None:
    note = write(cast, file(), "before\x00after", once="nul")
    assert note.text == "beforeafter"
