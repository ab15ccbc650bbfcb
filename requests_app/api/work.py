"""Notes, calls and people of a request for programs: as on its page, ours alone."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import assignments, contact_log, notes
from requests_app.actions.refusals import Refused
from requests_app.models import LoggedContact, Person, RecordsRequest, RequestNote, RequestPrivate
from requests_app.queries.days import day_in
from requests_app.queries.members import members

from .base import ApiView, Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk
from .problems import Conflict

NEWEST = ("-written_at", "-public_id")
LATEST = ("-on", "-public_id")


class OursView(ApiView):
    """Base of what only the organization itself reads."""

    def ours(self, pid: str, *, editing: bool = False) -> RecordsRequest:
        rows = RecordsRequest.objects.of_organisation(self.viewer)
        if editing:
            rows = rows.editable_by(self.viewer)
        found: RecordsRequest = self.found(rows.select_related("agency", "organisation"), public_id=pid)
        return found

    def named(self, addresses: list[str], organisation_id: int, field: str) -> list[int]:
        """Members by their e-mail addresses."""
        here = {person.email.lower(): person.pk for person in members(organisation_id)}
        for address in addresses:
            if address.lower() not in here:
                raise Refused("not_a_member", "Nobody here has this address.", field=field)
        return [here[address.lower()] for address in addresses]


class NoteShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField(allow_null=True, help_text="null: deleted.")
    author = serializers.EmailField(allow_null=True)
    written_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back as seen_version.")
    mentions = serializers.ListField(child=serializers.EmailField())
    privileged = serializers.BooleanField()


class NoteVersionShape(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    text = serializers.CharField()
    until = serializers.DateTimeField()


class NoteWhole(NoteShape):
    before = NoteVersionShape(many=True, help_text="What it said before, the newest first.")


class NoteGiven(Given):
    text = Words(max_length=notes.NOTE_MAX, help_text="@ and a name means a member.")
    mention = serializers.ListField(
        child=serializers.EmailField(), required=False, max_length=200, help_text="Members by address."
    )


class NoteWritten(NoteGiven):
    privileged = serializers.BooleanField(required=False, default=False, help_text="By no token.")
    circle = Words(
        required=False, allow_blank=True, default="", max_length=12,
        help_text="Of a privileged one: who reads it beside owners and you.",
    )  # fmt: skip


class NoteChanged(NoteGiven):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**15 - 1)


class Done(serializers.Serializer[Any]):
    done = serializers.BooleanField()


class NotesView(OursView):
    @operation("notes", "Notes of one request", asked=PageAsked, answer=page_of(NoteShape))
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The newest first. A deleted note keeps its place without its words."""
        rows = _notes(self).filter(request=self.ours(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, note_shown)

    @operation(
        "note-add", "Write a note", body=NoteWritten, answer=NoteShape, status=201,
        example={"text": "@Ruth knows the clerk."},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Read by your own people, and by whom everything is shared with; a privileged one by fewer."""
        records_request = self.ours(pid, editing=True)
        made = notes.write_note(
            viewer=self.viewer, records_request=records_request, text=given["text"], actor=self.actor, once=self.once,
            mention=self.named(given.get("mention", []), records_request.organisation_id, "mention"),
            privileged=given["privileged"], circle=given["circle"],
        )  # fmt: skip
        return note_shown(_notes(self).get(pk=made.pk))


class NoteView(OursView):
    def note(self, pid: str, note_pid: str, *, editing: bool = False) -> RequestNote:
        rows = _notes(self).filter(request=self.ours(pid, editing=editing), deleted_at=None)
        found: RequestNote = self.found(rows, public_id=note_pid)
        return found

    @operation("note", "One note with what it said before", answer=NoteWhole)
    def get(self, pid: str, note_pid: str) -> dict[str, Any]:
        """Every text it had."""
        note = self.note(pid, note_pid)
        before = [
            {"version": row.number, "text": row.text, "until": row.until_at}
            for row in note.versions.order_by("-number")
        ]
        return {**note_shown(note), "before": before}

    @operation(
        "note-change",
        "Change a note",
        body=NoteChanged,
        example={"text": "The clerk called back.", "seen_version": 1},
        answer=NoteShape,
    )
    def patch(self, given: dict[str, Any], pid: str, note_pid: str) -> dict[str, Any]:
        """Only its author may; what it said before is kept."""
        note = self.note(pid, note_pid, editing=True)
        try:
            notes.edit_note(
                viewer=self.viewer, note=note, text=given["text"], actor=self.actor, seen_version=given["seen_version"],
                mention=self.named(given.get("mention", []), note.organisation_id, "mention"),
            )  # fmt: skip
        except Refused as refused:
            if refused.code != "stale":
                raise
            told = {"seen_version": given["seen_version"], "current_version": note.version}
            raise Conflict(refused, **told, current={"text": note.text}) from None
        return note_shown(_notes(self).get(pk=note.pk))

    @operation("note-delete", "Delete a note", answer=Done)
    def delete(self, pid: str, note_pid: str) -> dict[str, Any]:
        """Its words and their history go; its place stays. Its author, or an owner."""
        note = self.note(pid, note_pid, editing=True)
        notes.delete_note(viewer=self.viewer, note=note, actor=self.actor)
        return {"done": True}


def _notes(view: ApiView) -> Any:
    return (
        RequestNote.objects.visible_to(view.viewer)
        .select_related("author", "request", "organisation")
        .prefetch_related("mentions__person")
    )


def note_shown(note: RequestNote) -> dict[str, Any]:
    return {
        "id": note.public_id,
        "text": note.text if note.deleted_at is None else None,
        "author": _address(note.author),
        "written_at": note.written_at,
        "edited_at": note.edited_at,
        "deleted_at": note.deleted_at,
        "version": note.version,
        "mentions": sorted(mention.person.email for mention in note.mentions.all()),
        "privileged": note.privileged,
    }


class PeopleShape(serializers.Serializer[Any]):
    assignee = serializers.EmailField(allow_null=True)
    backup = serializers.EmailField(allow_null=True)
    version = serializers.IntegerField(help_text="Of titles and people; send it back as seen_version.")


class PeopleGiven(Given):
    assignee = serializers.EmailField(allow_null=True)
    backup = serializers.EmailField(allow_null=True, required=False, default=None)
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class PeopleView(OursView):
    @operation("people", "Who is responsible for a request", answer=PeopleShape)
    def get(self, pid: str) -> dict[str, Any]:
        """By address."""
        return people_shown(self.ours(pid))

    @operation(
        "people-set",
        "Say who is responsible",
        body=PeopleGiven,
        example={"assignee": "ruth@example.org", "backup": None, "seen_version": 3},
        answer=PeopleShape,
    )
    def put(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Alarms go to whoever it is now. 409 with what stands where somebody was faster."""
        records_request = self.ours(pid, editing=True)
        home = records_request.organisation_id
        chosen = {
            field: self.named([given[field]], home, field)[0] if given[field] else None
            for field in ("assignee", "backup")
        }
        try:
            assignments.assign(
                viewer=self.viewer,
                records_request=records_request,
                seen_version=given["seen_version"],
                assignee=chosen["assignee"],
                backup=chosen["backup"],
            )
        except Refused as refused:
            if refused.code != "stale":
                raise
            stands = people_shown(records_request)
            told = {"seen_version": given["seen_version"], "current_version": stands["version"]}
            raise Conflict(refused, **told, current=stands) from None
        return people_shown(records_request)


def people_shown(records_request: RecordsRequest) -> dict[str, Any]:
    row = RequestPrivate.objects.filter(request=records_request).select_related("assignee", "backup").first()
    return {
        "assignee": _address(row.assignee) if row else None,
        "backup": _address(row.backup) if row else None,
        "version": row.version if row else 0,
    }


class ContactShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    way = serializers.ChoiceField(LoggedContact.Way.values)
    on = serializers.DateField()
    with_whom = serializers.CharField()
    said = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    event = serializers.CharField(allow_null=True, help_text="The event that was made of it.")
    struck_at = serializers.DateTimeField(allow_null=True)
    struck_why = serializers.CharField()


class ContactGiven(Given):
    way = serializers.ChoiceField(LoggedContact.Way.values)
    on = serializers.DateField()
    with_whom = Words(required=False, allow_blank=True, default="", max_length=200)
    said = Words(max_length=contact_log.SAID_MAX)


class StrikeGiven(Given):
    why = Words(max_length=500)


class ContactsView(OursView):
    @operation("contacts", "Calls and visits of one request", asked=PageAsked, answer=page_of(ContactShape))
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The latest first."""
        rows = _contacts(self).filter(request=self.ours(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, LATEST, place, limit)

        return paged(self.request, asked, LATEST, read, contact_shown)

    @operation(
        "contact-log",
        "Log a call or a visit",
        body=ContactGiven,
        example={"way": "call", "on": "2026-03-11", "said": "The clerk is on leave until Monday."},
        answer=ContactShape,
        status=201,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """It moves no clock."""
        records_request = self.ours(pid, editing=True)
        made = contact_log.log_contact(
            viewer=self.viewer, records_request=records_request, actor=self.actor, once=self.once,
            today=day_in(records_request.zone, self.now), **given,
        )  # fmt: skip
        return contact_shown(_contacts(self).get(pk=made.pk))


class StrikeView(OursView):
    @operation(
        "contact-strike",
        "Strike a logged call out",
        body=StrikeGiven,
        example={"why": "Logged for the wrong request."},
        answer=ContactShape,
    )
    def post(self, given: dict[str, Any], pid: str, contact_pid: str) -> dict[str, Any]:
        """It stays where it is, with the reason."""
        rows = _contacts(self).filter(request=self.ours(pid, editing=True))
        contact: LoggedContact = self.found(rows, public_id=contact_pid)
        contact_log.strike_contact(viewer=self.viewer, contact=contact, why=given["why"])
        return contact_shown(_contacts(self).get(pk=contact.pk))


def _contacts(view: ApiView) -> Any:
    return LoggedContact.objects.visible_to(view.viewer).select_related("author", "event")


def contact_shown(contact: LoggedContact) -> dict[str, Any]:
    return {
        "id": contact.public_id,
        "way": contact.way,
        "on": contact.on,
        "with_whom": contact.with_whom,
        "said": contact.said,
        "author": _address(contact.author),
        "event": contact.event.uid if contact.event else None,
        "struck_at": contact.struck_at,
        "struck_why": contact.struck_why,
    }


def _address(person: Person | None) -> str | None:
    return person.email if person else None


urlpatterns = [
    path("requests/<slug:pid>/notes/", NotesView.door(), name="api-notes"),
    path("requests/<slug:pid>/notes/<slug:note_pid>/", NoteView.door(), name="api-note"),
    path("requests/<slug:pid>/people/", PeopleView.door(), name="api-people"),
    path("requests/<slug:pid>/contacts/", ContactsView.door(), name="api-contacts"),
    path(
        "requests/<slug:pid>/contacts/<slug:contact_pid>/strike/",
        StrikeView.door(),
        name="api-contact-strike",
    ),
]
