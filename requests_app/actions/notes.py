"""Notes on a request: written, changed by whoever wrote them, taken away with their place kept."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import NoteMention, NoteVersion, Person, RecordsRequest, RequestNote
from requests_app.models.visibility import Viewer
from requests_app.queries.members import members, mentioned
from requests_app.queries.privileged import readers

from . import audit, inbox
from .privileged import chosen
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit

NOTE_MAX = 20_000


def write_note(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    text: str,
    actor: Person,
    once: str,
    mention: Collection[int] = (),
    privileged: bool = False,
    circle: str = "",
) -> RequestNote:
    """mention: ids of members it is meant for, beside those whom the text names with @. circle: who reads a privileged
    one beside owners and its author, by its id; it is meant for nobody else."""
    must_edit(viewer, records_request.organisation_id)
    text = _said(text)
    secret = chosen(viewer, records_request.organisation_id, privileged, circle)
    try:
        with transaction.atomic():
            note: RequestNote = RequestNote.objects.create(
                request=records_request, organisation_id=records_request.organisation_id, author=actor, text=text,
                once=checked_once(once), **secret,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_note_an_act" not in str(problem):
            raise
        again: RequestNote | None = (
            RequestNote.objects.visible_to(viewer)
            .filter(organisation_id=records_request.organisation_id, once=once)
            .first()
        )
        if again is None:
            raise Refused("once_taken", "The form has lost its key; open it again.", field="once") from None
        return again
    _mention(note, mention)
    return note


def edit_note(
    *,
    viewer: Viewer,
    note: RequestNote,
    text: str,
    actor: Person,
    seen_version: int,
    mention: Collection[int] = (),
) -> RequestNote:
    """What it said before is kept."""
    must_edit(viewer, note.organisation_id)
    if note.author_id != actor.pk:
        raise Refused("author_only", "Only whoever wrote a note may change it.", status=403)
    text = _said(text)
    current = _locked(note)
    if current.version != seen_version:
        raise Refused(
            "stale",
            "This note was changed since you opened it. Both texts are shown; save yours on top, or leave it.",
            status=409,
        )
    if current.text != text:
        NoteVersion.objects.create(
            organisation_id=current.organisation_id, note=current, number=current.version, text=current.text
        )
        RequestNote.objects.filter(pk=current.pk).update(
            text=text, version=current.version + 1, edited_at=Now()
        )
        current.refresh_from_db()
    _mention(current, mention)
    return current


def delete_note(*, viewer: Viewer, note: RequestNote, actor: Person) -> None:
    """Its words go, with every earlier text; that there was a note, whose and when, stays."""
    must_edit(viewer, note.organisation_id)
    if note.author_id != actor.pk and not viewer.may_own(note.organisation_id):
        raise Refused("author_only", "Only its author or an owner may delete a note.", status=403)
    current = _locked(note)
    NoteVersion.objects.filter(note=current).delete()
    NoteMention.objects.filter(note=current).delete()
    RequestNote.objects.filter(pk=current.pk).update(text="", deleted_at=Now(), deleted_by=actor)
    audit.record(
        act="note.deleted", subject=f"request {note.request.public_id}", organisation=note.organisation, actor=actor,
        detail={"note": note.public_id},
    )  # fmt: skip


def _said(text: str) -> str:
    return clean(text, code="note", field="text", most=NOTE_MAX, missing="Write the note first.")


def _locked(note: RequestNote) -> RequestNote:
    current: RequestNote | None = (
        RequestNote.objects.select_for_update(of=("self",)).filter(pk=note.pk).first()
    )
    if current is None:
        raise NotYours
    if current.deleted_at is not None:
        raise Refused("note_deleted", "This note was deleted meanwhile.", status=409)
    return current


def _mention(note: RequestNote, chosen: Collection[int]) -> None:
    people = members(note.organisation_id)
    if note.privileged:
        reads = readers(note.organisation_id, note.author_id, note.circle)
        people = [person for person in people if person.pk in reads]
    wanted = (set(chosen) & {person.pk for person in people}) | mentioned(note.text, people)
    known = set(NoteMention.objects.filter(note=note).values_list("person", flat=True))
    NoteMention.objects.filter(note=note, person__in=known - wanted).delete()
    NoteMention.objects.bulk_create(
        [
            NoteMention(note=note, organisation_id=note.organisation_id, person_id=person)
            for person in sorted(wanted - known)
        ],
        ignore_conflicts=True,
    )
    for mention in NoteMention.objects.filter(note=note, person__in=wanted - known - {note.author_id}):
        inbox.put_in(
            organisation_id=note.organisation_id, people=[mention.person_id], kind="mention",
            source=f"mention:{mention.pk}", request_id=note.request_id,
        )  # fmt: skip
