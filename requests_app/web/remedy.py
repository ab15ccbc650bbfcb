"""One appeal, review, notice or suit: where it stands, its letter, its steps, what was ordered, what it cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from requests_app.actions import orders, remedy_costs, remedy_letters
from requests_app.actions import remedies as acting
from requests_app.laws.errors import Refused
from requests_app.models import Remedy
from requests_app.models.ids import public_id
from requests_app.queries.remedies import RemediesPage, RemedyNow

from .clocks import whys
from .effects import effect_context
from .event_specs import kind_words
from .events import legal_day, refuse
from .remedies import found_for, heading, order_row, row, step_detail, title
from .remedy_forms import (
    CostForm,
    DecideForm,
    FileForm,
    MeetForm,
    OrderForm,
    SectionForms,
    WriteForm,
)
from .remedy_words import BASES, FILES
from .requests import invented
from .shell import Looking
from .words import outcome_words


def _of(request: Looking, pid: str) -> tuple[RemediesPage, RemedyNow]:
    rows = Remedy.objects.visible_to(request.viewer).select_related("request__agency", "organisation")
    remedy = get_object_or_404(rows, public_id=pid)
    found = found_for(request, remedy.request.public_id)
    one = found.remedy(pid)
    if one is None:
        raise Http404
    return found, one


def _editable(request: Looking, pid: str) -> tuple[RemediesPage, RemedyNow]:
    found, one = _of(request, pid)
    if not found.page.may_edit:
        raise Http404
    return found, one


@require_safe
def remedy(request: Looking, pid: str) -> HttpResponse:
    found, one = _of(request, pid)
    return render(request, "remedies/one.html", _context(found, one))


def _context(found: RemediesPage, one: RemedyNow, *, cost: CostForm | None = None) -> dict[str, Any]:
    page, today = found.page, found.page.today
    said = one.remedy
    clocks = [clock for clock in (one.window, one.answer, *(order.clock for order in one.orders)) if clock]
    mine = [other for other in found.windows if other.clock is one.window]
    return {
        "records_request": heading(found),
        "remedy": said,
        "row": row(one, today),
        "title": title(one),
        "stage": one.stage,
        "today": today,
        "may_edit": page.may_edit,
        "challenged": [
            {"part": each.get("part", ""), "section": each["section"], "basis": BASES[each.get("basis", "records_law")]}
            for each in said.challenged
        ],
        "window": one.window,
        "window_closed": bool(one.window and one.stage == "draft" and one.window.late(today)),
        "runs_on": [name for window in mine for name in window.runs_on],
        "ends": [name for window in mine for name in window.ends],
        "needs": [name for window in mine if window.state == "locked" for name in window.needs],
        "answer": one.answer,
        "answer_late": bool(one.answer and one.answer.late(today)),
        "subject": one.letter.subject if one.letter else said.subject,
        "letter": one.letter.body if one.letter else said.letter,
        "letter_url": reverse("letter", args=[said.letter_pid]) if one.letter else "",
        "letter_state": one.letter.get_state_display() if one.letter else "",
        "may_hand_over": page.may_edit and one.stage == "draft" and said.kind in remedy_letters.LETTERS
        and bool(said.letter),
        "file_words": str(FILES[said.kind]),
        "may_decide": one.stage == "filed" and said.kind != "notice",
        "may_order": one.filed is not None and said.kind in ("suit", "review"),
        "orders": sorted(
            (order_row(order, today) for order in one.orders), key=lambda each: (not each["open"], str(each["due_on"]))
        ),
        "steps": [
            {
                "on": line.on,
                "title": kind_words(line.event.kind),
                "detail": step_detail(line),
                "outcome": outcome_words(line.event.outcome) if line.event.outcome else "",
                "text": line.text if line.event.kind not in ("appeal_filed", "review_filed", "notice_sent", "sued")
                else "",
                "note": line.note or "",
                "gone": line.retracted_by is not None,
                "retract_url": reverse("event-retract", args=[page.request.public_id, line.event.uid])
                if page.may_edit and line.retracted_by is None else "",
            }
            for line in sorted(one.lines, key=lambda line: (line.on, line.event.recorded_at), reverse=True)
        ],
        "whys": whys({clock.key: clock for clock in clocks}.values(), today),
        "costs": one.costs,
        "total": one.total,
        "cost_form": cost or CostForm(initial={"once": public_id(), "on": today}),
        "has_sample": invented(page.request),
        "noindex": True,
    }  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def remedy_edit(request: Looking, pid: str) -> HttpResponse:
    found, one = _editable(request, pid)
    parts = [(part.label, part.title) for part in found.page.parts]
    labels = [label for label, _title in parts]
    said = one.remedy
    posted = request.POST.copy() if request.method == "POST" else None
    now = {name: getattr(said, name) for name in ("parts", "level", "version", *acting.LIMITS)}
    form = WriteForm(posted, initial=now, kind=said.kind, parts=parts, lettered=bool(said.letter_pid))
    sections = SectionForms(posted, initial=said.challenged, form_kwargs={"labels": labels}, prefix="s")
    refused, status, theirs = "", 200, []
    if request.method == "POST":
        status = 400
        if form.is_valid() and sections.is_valid():
            changes = form.changes(form.fields) | {"challenged": [each for each in sections.cleaned_data if each]}
            try:
                acting.save_remedy(
                    viewer=request.viewer, remedy=said, seen_version=form.cleaned_data["version"], changes=changes
                )
                messages.success(request, _("Saved."))
                return redirect("remedy", pid=pid)
            except Refused as refusal:
                refused, status = refuse(form, refusal), getattr(refusal, "status", 400)
                if refusal.code == "stale" and posted is not None:
                    theirs = _theirs(form, said)
                    # Saving again is a decision for what stands in the form now.
                    posted["version"] = str(said.version)
    context = {
        "records_request": heading(found), "remedy": said, "title": title(one), "form": form, "sections": sections,
        "refused": refused, "form_failed": status >= 400, "theirs": theirs, "once": public_id(),
        "has_sample": invented(found.page.request), "noindex": True,
    }  # fmt: skip
    return render(request, "remedies/edit.html", context, status=status)


def _theirs(form: WriteForm, said: Remedy) -> list[dict[str, Any]]:
    """Where the stored version says something else than the form: both are shown."""
    return [
        {"label": field.label, "words": getattr(said, name)}
        for name, field in form.fields.items()
        if name in acting.LIMITS and form.cleaned_data.get(name) != getattr(said, name)
    ]


@login_required
@require_http_methods(["GET", "POST"])
def remedy_file(request: Looking, pid: str) -> HttpResponse:
    found, one = _editable(request, pid)

    def act(data: dict[str, Any], *, save: bool) -> Any:
        said = {
            "viewer": request.viewer, "remedy": one.remedy, "today": legal_day(request, found.page.request),
            "now": request.now, "once": data["once"], "seen_version": data["seen_version"],
            "sent_on": data["sent_on"], "received_on": data["received_on"],
        }  # fmt: skip
        if save:
            return acting.file_remedy(**said, actor=request.user, note=data["note"])
        return acting.preview_filing(**said)

    form = FileForm(request.POST or None, initial=_start(found) | {"sent_on": found.page.today})
    return _step(request, found, one, form, act, str(FILES[one.remedy.kind]), _filing_hint(found, one))


def _filing_hint(found: RemediesPage, one: RemedyNow) -> str:
    window = one.window
    if window is not None and window.late(found.page.today):
        return _("Its window has closed. A late filing is recorded as late: only who hears it may excuse that.")
    return _("Recording this starts the time of whoever must decide. You see it before it is saved.")


def _start(found: RemediesPage) -> dict[str, Any]:
    return {"once": public_id(), "seen_version": found.page.request.ledger_version}


@login_required
@require_http_methods(["GET", "POST"])
def remedy_decide(request: Looking, pid: str) -> HttpResponse:
    found, one = _editable(request, pid)

    def act(data: dict[str, Any], *, save: bool) -> Any:
        said = {
            "viewer": request.viewer, "remedy": one.remedy, "today": legal_day(request, found.page.request),
            **{name: data[name] for name in ("once", "seen_version", "outcome", "dated_on", "sent_on", "received_on")},
        }  # fmt: skip
        if save:
            more = {name: data[name] for name in ("text", "note", "remanded")}
            return acting.decide_remedy(**said, **more, actor=request.user)
        return acting.preview_decision(**said)

    form = DecideForm(request.POST or None, initial=_start(found))
    return _step(request, found, one, form, act, _("Record the decision"), "")


@login_required
@require_http_methods(["GET", "POST"])
def remedy_order(request: Looking, pid: str) -> HttpResponse:
    found, one = _editable(request, pid)
    moves = (request.POST if request.method == "POST" else request.GET).get("moves", "")[:12].replace("\x00", "")
    moving = next((order for order in one.orders if order.line.event.uid == moves), None) if moves else None

    def act(data: dict[str, Any], *, save: bool) -> Any:
        names = ("once", "seen_version", "what", "owes", "due_on", "dated_on", "entry", "moves")
        said = {
            "viewer": request.viewer, "remedy": one.remedy, "today": legal_day(request, found.page.request),
            **{name: data[name] for name in names},
        }  # fmt: skip
        if moving is not None:
            said |= {"what": "other", "owes": "agency"}
        if save:
            return orders.record_order(**said, actor=request.user, text=data["text"])
        return orders.preview_order(**said)

    start = _start(found) | {"moves": moves}
    form = OrderForm(request.POST or None, initial=start, moving=moving is not None)
    name = moving.clock.name if moving and moving.clock else ""
    words = _("The court moved a date: %(name)s") % {"name": name} if name else _("A date that was ordered")
    hint = _("The day stands as the order names it. Reminders follow it; a later order may move it.")
    return _step(request, found, one, form, act, words, hint)


@login_required
@require_http_methods(["GET", "POST"])
def remedy_order_met(request: Looking, pid: str, uid: str) -> HttpResponse:
    found, one = _editable(request, pid)
    order = next((each for each in one.orders if each.line.event.uid == uid), None)
    if order is None or order.clock is None:
        raise Http404
    name = order.clock.name

    def act(data: dict[str, Any], *, save: bool) -> Any:
        said = {
            "viewer": request.viewer, "remedy": one.remedy, "order": uid, "once": data["once"],
            "today": legal_day(request, found.page.request), "sent_on": data["sent_on"],
            "seen_version": data["seen_version"],
        }  # fmt: skip
        return orders.meet_order(**said, actor=request.user, text=data["text"]) if save else orders.preview_met(**said)

    form = MeetForm(request.POST or None, initial=_start(found) | {"sent_on": found.page.today})
    return _step(request, found, one, form, act, _("Done as ordered: %(name)s") % {"name": name}, "")


def _step(
    request: Looking,
    found: RemediesPage,
    one: RemedyNow,
    form: forms.Form,
    act: Callable[..., Any],
    words: str,
    hint: str,
) -> HttpResponse:
    """One step of the ledger in two: the effect is shown, then it is saved."""
    refused, effect, status = "", None, 200
    whole = [part.label for part in found.page.parts]
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                if request.POST.get("step") == "save":
                    done = act(form.cleaned_data, save=True)
                    messages.success(request, " ".join([_("Saved."), *done.warnings]))
                    return redirect("remedy", pid=one.remedy.public_id)
                effect, status = effect_context(act(form.cleaned_data, save=False), whole), 200
            except Refused as refusal:
                refused, status = refuse(form, refusal), getattr(refusal, "status", 400)
    context = {
        "records_request": heading(found), "remedy": one.remedy, "name": title(one), "words": words, "hint": hint,
        "form": form, "refused": refused, "form_failed": status >= 400, "effect": effect,
        "has_sample": invented(found.page.request), "noindex": True,
    }  # fmt: skip
    return render(request, "remedies/step.html", context, status=status)


@login_required
@require_POST
def remedy_drop(request: Looking, pid: str) -> HttpResponse:
    _found, one = _editable(request, pid)
    try:
        acting.drop_remedy(viewer=request.viewer, remedy=one.remedy, actor=request.user)
        messages.success(request, _("Put aside."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("request-remedies", pid=one.remedy.request.public_id)


@login_required
@require_POST
def remedy_letter(request: Looking, pid: str) -> HttpResponse:
    _found, one = _editable(request, pid)
    try:
        made = remedy_letters.hand_over(
            viewer=request.viewer, remedy=one.remedy, actor=request.user, now=request.now
        )
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("remedy", pid=pid)
    return redirect("letter", pid=made.public_id)


@login_required
@require_POST
def remedy_redraft(request: Looking, pid: str) -> HttpResponse:
    _found, one = _editable(request, pid)
    seen = request.POST.get("version", "")
    try:
        acting.draft_again(
            viewer=request.viewer, remedy=one.remedy, now=request.now,
            seen_version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0,
        )  # fmt: skip
        messages.success(request, _("The letter was drafted anew from the record."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("remedy-edit", pid=pid)


@login_required
@require_POST
def remedy_cost(request: Looking, pid: str) -> HttpResponse:
    found, one = _editable(request, pid)
    form = CostForm(request.POST)
    if form.is_valid():
        try:
            remedy_costs.add_cost(viewer=request.viewer, remedy=one.remedy, **form.cleaned_data)
            messages.success(request, _("Cost added."))
            return redirect(reverse("remedy", args=[pid]) + "#costs")
        except Refused as refusal:
            sentence = refuse(form, refusal)
            if sentence:
                form.add_error(None, sentence)
    context = _context(found, one, cost=form) | {"form": form, "form_failed": True}
    return render(request, "remedies/one.html", context, status=400)


@login_required
@require_POST
def remedy_cost_back(request: Looking, pid: str, cost: str) -> HttpResponse:
    _found, one = _editable(request, pid)
    if not any(line.public_id == cost for line in one.costs):
        raise Http404
    remedy_costs.take_back_cost(viewer=request.viewer, remedy=one.remedy, public_id=cost, actor=request.user)
    messages.success(request, _("Taken out of the sum. It stays on the page, struck through."))
    return redirect(reverse("remedy", args=[pid]) + "#costs")
