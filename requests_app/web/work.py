"""Notes and people of one request: who is responsible, what we note, calls, tags, numbers. For members alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from requests_app.actions import assignments, contact_log, notes, tags, tracking_numbers
from requests_app.laws.errors import Refused
from requests_app.models import (
    CustomValue,
    LoggedContact,
    NoteMention,
    NoteVersion,
    Person,
    RecordsRequest,
    RequestNote,
    RequestPrivate,
    RequestTag,
    Tag,
    TrackingNumber,
)
from requests_app.models.ids import public_id
from requests_app.queries.members import members

from . import privileged
from .events import heading_of, legal_day, refuse
from .paging import page_number
from .privileged import circle_choices
from .reauthentication import proof_first
from .shell import Looking
from .timeline import WAYS
from .work_forms import (
    NUMBER_KINDS,
    ContactForm,
    NoteEditForm,
    NoteForm,
    NumberForm,
    PeopleForm,
    StrikeForm,
    TagForm,
)

NOTES_A_PAGE = 50


def ours(request: Looking, pid: str, *, editing: bool = False) -> RecordsRequest:
    """A request of an organization the viewer belongs to; to everybody else there is nothing here."""
    rows = RecordsRequest.objects.of_organisation(request.viewer)
    if editing:
        rows = rows.editable_by(request.viewer)
    found: RecordsRequest = get_object_or_404(rows.select_related("agency", "organisation"), public_id=pid)
    return found


@dataclass
class Desk:
    """One look at the page: whose request, who may be named, and the forms as they stand."""

    request: Looking
    records_request: RecordsRequest
    people: list[Person]
    private: RequestPrivate | None
    filled: dict[str, forms.Form] = field(default_factory=dict)
    refused: str = ""
    stale: str = ""

    def form(self, name: str) -> forms.Form:
        return self.filled.setdefault(name, self.fresh(name))

    def fresh(self, name: str, data: Any = None) -> forms.Form:
        private = self.private
        on = legal_day(self.request, self.records_request)
        match name:
            case "note":
                named = circle_choices(self.request.viewer, self.records_request.organisation_id)
                return NoteForm(data, people=self.people, circles=named, initial={"once": public_id()})
            case "people":
                start = {
                    "seen_version": private.version if private else 0,
                    "assignee": private.assignee_id if private else "",
                    "backup": private.backup_id if private else "",
                }
                return PeopleForm(data, people=self.people, initial=start)
            case "contact":
                return ContactForm(data, initial={"once": public_id(), "on": on})
            case "tag":
                return TagForm(data)
            case "number":
                return NumberForm(data)
        raise Http404


@login_required
@require_http_methods(["GET", "POST"])
def request_work(request: Looking, pid: str) -> HttpResponse:
    records_request = ours(request, pid, editing=request.method == "POST")
    private = (
        RequestPrivate.objects.visible_to(request.viewer)
        .filter(request=records_request)
        .select_related("assignee", "backup")
        .first()
    )
    desk = Desk(request, records_request, members(records_request.organisation_id), private)
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act in REMOVALS:
            said = REMOVALS[act](desk)
        elif act in ACTS:
            form = desk.filled[act] = desk.fresh(act, request.POST)
            status, said = _try(desk, act, form)
        else:
            raise Http404
        if status < 400:
            messages.success(request, said)
            back = request.POST.get("back") == "request"
            return redirect("request", pid=pid) if back else redirect("request-work", pid=pid)
    return render(request, "request_work.html", _context(desk, status), status=status)


def _try(desk: Desk, act: str, form: forms.Form) -> tuple[int, str]:
    if not form.is_valid():
        return 400, ""
    try:
        return 200, ACTS[act](desk, form)
    except Refused as refusal:
        desk.refused = refuse(form, refusal)
        if refusal.code == "stale" and act == "people":
            # What was chosen stays chosen, over the row as it stands now.
            data = desk.request.POST.copy()
            data["seen_version"] = str(desk.private.version if desk.private else 0)
            desk.filled[act], desk.stale = desk.fresh(act, data), act
        return getattr(refusal, "status", 400), ""


def _note(desk: Desk, form: NoteForm) -> str:
    data = form.cleaned_data
    notes.write_note(
        viewer=desk.request.viewer, records_request=desk.records_request, actor=desk.request.user, text=data["text"],
        once=data["once"], mention=form.mentions(), privileged=data["privileged"],
        circle=data["circle"] if data["privileged"] else "",
    )  # fmt: skip
    return _("The note is saved.")


def _people(desk: Desk, form: PeopleForm) -> str:
    assignments.assign(
        viewer=desk.request.viewer, records_request=desk.records_request, assignee=form.chosen("assignee"),
        backup=form.chosen("backup"), seen_version=form.cleaned_data["seen_version"],
    )  # fmt: skip
    return _("Who is responsible is saved.")


def _contact(desk: Desk, form: ContactForm) -> str:
    contact_log.log_contact(
        viewer=desk.request.viewer, records_request=desk.records_request, actor=desk.request.user,
        today=legal_day(desk.request, desk.records_request), **form.cleaned_data,
    )  # fmt: skip
    return _("Logged. It stands on the timeline.")


def _tag(desk: Desk, form: TagForm) -> str:
    tag = tags.put_tag(
        viewer=desk.request.viewer, records_request=desk.records_request, name=form.cleaned_data["name"]
    )
    return _("Tagged “%(name)s”.") % {"name": tag.name}


def _number(desk: Desk, form: NumberForm) -> str:
    tracking_numbers.add_number(
        viewer=desk.request.viewer, records_request=desk.records_request, **form.cleaned_data
    )
    return _("The number is saved.")


def _untag(desk: Desk) -> str:
    tag = _row(desk, Tag.objects.visible_to(desk.request.viewer))
    tags.drop_tag(viewer=desk.request.viewer, records_request=desk.records_request, tag=tag)
    return _("Tag “%(name)s” taken off.") % {"name": tag.name}


def _unnumber(desk: Desk) -> str:
    rows = TrackingNumber.objects.visible_to(desk.request.viewer).filter(request=desk.records_request)
    number = _row(desk, rows.select_related("request", "organisation"))
    tracking_numbers.drop_number(viewer=desk.request.viewer, number=number, actor=desk.request.user)
    return _("The number %(number)s is removed.") % {"number": number.number}


def _row(desk: Desk, rows: Any) -> Any:
    pid = desk.request.POST.get("row", "")[:12].replace("\x00", "")
    return get_object_or_404(rows.filter(organisation=desk.records_request.organisation_id), public_id=pid)


ACTS: dict[str, Callable[[Desk, Any], str]] = {
    "note": _note, "people": _people, "contact": _contact, "tag": _tag, "number": _number,
}  # fmt: skip
REMOVALS: dict[str, Callable[[Desk], str]] = {"untag": _untag, "unnumber": _unnumber}


def _context(desk: Desk, status: int) -> dict[str, Any]:
    request, records_request = desk.request, desk.records_request
    may_edit = request.viewer.may_edit(records_request.organisation_id)
    written = (
        RequestNote.objects.visible_to(request.viewer)
        .filter(request=records_request)
        .select_related("author", "deleted_by", "circle")
        .prefetch_related(Prefetch("mentions", NoteMention.objects.select_related("person")))
        .order_by("-written_at", "-pk")
    )
    number = page_number(request)
    rows = list(written[(number - 1) * NOTES_A_PAGE : number * NOTES_A_PAGE + 1])
    known = Tag.objects.visible_to(request.viewer).filter(organisation=records_request.organisation_id)
    on_it = RequestTag.objects.visible_to(request.viewer).filter(request=records_request)
    failed = next((form for form in desk.filled.values() if form.errors), None)
    return {
        "records_request": heading_of(records_request),
        "may_edit": may_edit,
        "private": desk.private,
        "stale": desk.stale,
        "note_form": desk.form("note"),
        "people_form": desk.form("people"),
        "contact_form": desk.form("contact"),
        "tag_form": desk.form("tag"),
        "number_form": desk.form("number"),
        # The summary of errors stands over the one form that was refused.
        "form": failed or desk.form("note"),
        "refused": desk.refused,
        "form_failed": status >= 400,
        "notes": [_told(note, request, may_edit) for note in rows[:NOTES_A_PAGE]],
        "older": f"?page={number + 1}" if len(rows) > NOTES_A_PAGE else "",
        "newer": f"?page={number - 1}" if number > 1 else "",
        "contacts": [_said(row) for row in _contacts(request, records_request)],
        "tags": known.filter(pk__in=on_it.values("tag")).order_by("name"),
        "known_tags": known.order_by("name").values_list("name", flat=True)[:500],
        "numbers": [
            {"pid": row.public_id, "kind": NUMBER_KINDS[row.kind], "number": row.number}
            for row in TrackingNumber.objects.visible_to(request.viewer)
            .filter(request=records_request)
            .order_by("pk")
        ],
        "own_fields": CustomValue.objects.visible_to(request.viewer)
        .filter(request=records_request)
        .order_by("field__name")
        .values_list("field__name", "text"),
        "has_sample": records_request.is_sample,
        "noindex": True,
    }  # fmt: skip


def _told(note: RequestNote, request: Looking, may_edit: bool) -> dict[str, Any]:
    mine = note.author_id == request.user.pk
    owner = request.viewer.may_own(note.organisation_id)
    shown = note.deleted_at is None
    address = reverse("note", args=[note.request.public_id, note.public_id]) if shown else ""
    return {
        "pid": note.public_id,
        "text": note.text,
        "author": str(note.author or _("somebody who has left")),
        "at": note.written_at,
        "edited_at": note.edited_at,
        "deleted_at": note.deleted_at,
        "deleted_by": str(note.deleted_by or ""),
        "mentions": [str(mention.person) for mention in note.mentions.all()],
        "url": address if may_edit and (mine or owner) else "",
        "history_url": address if note.version > 1 else "",
        "privileged": note.privileged,
        "circle": note.circle.name if note.circle else "",
    }


def _contacts(request: Looking, records_request: RecordsRequest) -> Any:
    rows = LoggedContact.objects.visible_to(request.viewer).filter(request=records_request)
    return rows.select_related("author", "event").order_by("-on", "-pk")[:200]


def _said(row: LoggedContact) -> dict[str, Any]:
    return {
        "on": row.on, "way": WAYS[row.way], "with_whom": row.with_whom, "said": row.said,
        "author": str(row.author or ""), "struck": row.struck_at is not None, "struck_why": row.struck_why,
        "recorded": row.event is not None,
    }  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def note(request: Looking, pid: str, note_pid: str) -> HttpResponse:
    """One note with every text it had; its author changes it, its author or an owner takes it away."""
    records_request = ours(request, pid)
    rows = RequestNote.objects.visible_to(request.viewer).filter(request=records_request, deleted_at=None)
    found: RequestNote = get_object_or_404(
        rows.select_related("author", "organisation", "request", "circle"), public_id=note_pid
    )
    people = members(records_request.organisation_id)
    may_edit = request.viewer.may_edit(records_request.organisation_id) and found.author_id == request.user.pk
    may_delete = may_edit or request.viewer.may_own(records_request.organisation_id)
    chosen = [str(pk) for pk in found.mentions.values_list("person", flat=True)]
    start = {"text": found.text, "seen_version": found.version, "mention": chosen}
    ends = request.method == "GET" or request.POST.get("act") == privileged.END
    if ends and request.viewer.may_own(records_request.organisation_id) and (asked := proof_first(request)):
        return asked
    about_privilege = privileged.asked(request)
    form = NoteEditForm(None if about_privilege else request.POST or None, people=people, initial=start)
    refused, status, meanwhile = "", 200, ""
    if request.method == "POST" and not request.viewer.may_edit(records_request.organisation_id):
        raise Http404
    tried = privileged.tried(request, found) if about_privilege else privileged.Tried()
    if tried.done:
        return _still_read(request, pid, note_pid)
    if about_privilege:
        refused, status = tried.refused, tried.status
    elif request.method == "POST":
        try:
            if request.POST.get("act") == "delete":
                notes.delete_note(viewer=request.viewer, note=found, actor=request.user)
                messages.success(request, _("The note is deleted. Its place stays."))
                return redirect("request-work", pid=pid)
            if form.is_valid():
                notes.edit_note(
                    viewer=request.viewer, note=found, actor=request.user, text=form.cleaned_data["text"],
                    seen_version=form.cleaned_data["seen_version"], mention=form.mentions(),
                )  # fmt: skip
                messages.success(request, _("The note is saved. What it said before is kept."))
                return redirect("request-work", pid=pid)
            status = 400
        except Refused as refusal:
            refused, status = refuse(form, refusal), getattr(refusal, "status", 400)
            if refusal.code == "stale":
                meanwhile = found.text
                data = request.POST.copy()
                data["seen_version"] = str(found.version)
                form = NoteEditForm(data, people=people)
    context = {
        "records_request": heading_of(records_request), "note": found, "form": tried.form or form, "note_form": form,
        "refused": refused,
        "form_failed": status >= 400, "meanwhile": meanwhile, "may_edit": may_edit, "may_delete": may_delete,
        "privilege": privileged.panel(request, found, may_delete, tried),
        "versions": NoteVersion.objects.visible_to(request.viewer).filter(note=found).order_by("-number"),
        "has_sample": records_request.is_sample, "noindex": True,
    }  # fmt: skip
    return render(request, "request_note.html", context, status=status)


def _still_read(request: Looking, pid: str, note_pid: str) -> HttpResponse:
    """Back to the note, or to its request for whoever has just marked it for others."""
    rows = RequestNote.objects.visible_to(request.viewer).filter(public_id=note_pid)
    return redirect("note", pid=pid, note_pid=note_pid) if rows.exists() else redirect("request-work", pid=pid)


@login_required
@require_http_methods(["GET", "POST"])
def contact_strike(request: Looking, pid: str, contact_pid: str) -> HttpResponse:
    records_request = ours(request, pid, editing=True)
    rows = LoggedContact.objects.visible_to(request.viewer).filter(request=records_request, struck_at=None)
    contact: LoggedContact = get_object_or_404(rows, public_id=contact_pid)
    form = StrikeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact_log.strike_contact(viewer=request.viewer, contact=contact, why=form.cleaned_data["why"])
        messages.success(request, _("Struck out. It stays on the timeline with your reason."))
        return redirect("request", pid=pid)
    failed = request.method == "POST"
    context = {
        "records_request": heading_of(records_request), "contact": _said(contact), "form": form, "refused": "",
        "form_failed": failed, "has_sample": records_request.is_sample, "noindex": True,
    }  # fmt: skip
    return render(request, "contact_strike.html", context, status=400 if failed else 200)
