"""Tasks asked of partners: asked on the page of a request, listed for both sides, answered on a page of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import partner_tasks as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import PartnerTask, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.queries import partner_tasks as queries
from requests_app.queries.members import members
from requests_app.queries.partner_tasks import Asked

from .current import current_organisation
from .organisations import add_refusal
from .paging import page_number, param, posted, shown
from .shell import Looking, reader_day, reader_zone
from .work_forms import OnceField

State = PartnerTask.State
STATES = {
    State.ASKED: gettext_lazy("Not answered yet"),
    State.ACCEPTED: gettext_lazy("Accepted"),
    State.DECLINED: gettext_lazy("Declined"),
    State.DONE: gettext_lazy("Done"),
    State.WITHDRAWN: gettext_lazy("Withdrawn"),
    State.ENDED: gettext_lazy("Ended: it is not shown to them any more"),
}


class AskForm(forms.Form):
    once = OnceField()
    partner = forms.ChoiceField(
        label=gettext_lazy("Partner"), error_messages={"required": gettext_lazy("Choose a partner.")}
    )
    title = forms.CharField(
        label=gettext_lazy("What they are asked to do"), max_length=acts.TITLE_MAX,
        help_text=gettext_lazy("A few words that they may read: “Call the clerk”."),
        error_messages={"required": gettext_lazy("Say what the partner is asked to do.")},
    )  # fmt: skip
    due_on = forms.DateField(
        label=gettext_lazy("By"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("More"), required=False, max_length=acts.NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The partner reads this, too."),
    )  # fmt: skip

    def __init__(self, *args: Any, partners: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["partner"].choices = partners  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    person = forms.ChoiceField(
        label=gettext_lazy("Who of you does it"), required=False,
        help_text=gettext_lazy("Only your organization reads who it is."),
        error_messages={"invalid_choice": gettext_lazy("Choose somebody who belongs to your organization.")},
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].choices = [("", _("Nobody yet")), *people]  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"), max_length=acts.REASON_MAX, help_text=gettext_lazy("Who asked reads it."),
        error_messages={"required": gettext_lazy("Say why: who asked reads it.")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def request_tasks(request: Looking, pid: str) -> HttpResponse:
    """Of a request of one's own."""
    rows = RecordsRequest.objects.of_organisation(request.viewer).select_related("organisation", "agency")
    found = rows.filter(public_id=pid).first()
    if found is None:
        raise Http404
    may_ask = request.viewer.may_edit(found.organisation_id)
    partners = queries.askable(request.viewer, found, now=request.now) if may_ask else []
    choices = [(one.key, one.name) for one in partners]
    form, status = AskForm(initial={"once": public_id()}, partners=choices), 200
    if request.method == "POST":
        if not may_ask:
            raise Http404
        form, status = AskForm(request.POST, partners=choices), 400
        if form.is_valid():
            try:
                made = acts.ask(
                    viewer=request.viewer, records_request=found, actor=request.user, today=reader_day(request),
                    now=request.now, **form.cleaned_data,
                )  # fmt: skip
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("“%(title)s” is asked.") % {"title": made.title})
                return redirect("request-tasks", pid)
    tasks, number = queries.of_request(request.viewer, found), page_number(request)
    start, total = (number - 1) * queries.PAGE, tasks.count()
    lines = [
        _line(request, one) for one in queries.shown(request.viewer, tasks[start : start + queries.PAGE])
    ]
    context = {
        "pid": found.public_id,
        "title": found.public_title or found.agency.name,
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "may_ask": may_ask,
        "partners": choices,
        "form": form,
        "form_failed": status != 200,
        "has_sample": found.is_sample,
        "noindex": True,
    }
    return render(request, "partner_tasks/of_request.html", context, status=status)


@require_safe
@login_required
def index(request: Looking) -> HttpResponse:
    home = current_organisation(request)
    if home is None:
        raise Http404
    ours = param(request, "asked", 5) == "by-us"
    number = page_number(request)
    start = (number - 1) * queries.PAGE
    lines: list[dict[str, Any]]
    if ours:
        rows = queries.asked_by(request.viewer, home)
        total = rows.count()
        lines = [
            _line(request, one) for one in queries.shown(request.viewer, rows[start : start + queries.PAGE])
        ]
    else:
        taken = queries.taken_of(request.viewer, home)
        total = taken.count()
        some = list(taken[start : start + queries.PAGE])
        told = queries.by_id(request.viewer, [row.task_id for row in some])
        lines = [
            _line(request, told[row.task_id]) if row.task_id in told
            else {"gone": True, "on": row.given_at.astimezone(reader_zone(request))}
            for row in some
        ]  # fmt: skip
    context = {
        "ours": ours,
        "has_sample": any(line.get("is_sample") for line in lines),
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "noindex": True,
    }
    return render(request, "partner_tasks/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: Looking, key: str) -> HttpResponse:
    found = queries.one(request.viewer, key)
    if found is None:
        raise Http404
    task = found.task
    is_open = task.state in PartnerTask.OPEN
    may_answer = request.viewer.may_edit(task.partner_id) and is_open
    may_withdraw = request.viewer.may_edit(task.organisation_id) and is_open
    people = [(str(person.pk), str(person)) for person in members(task.partner_id)] if may_answer else []
    accept = AcceptForm(people=people, initial={"person": str(found.person_id or request.user.pk)})
    decline, status, refused = DeclineForm(), 200, ""
    if request.method == "POST":
        act, status = posted(request, "act", 10), 400
        try:
            if act == "accept" and may_answer:
                accept = AcceptForm(request.POST, people=people)
                if accept.is_valid():
                    chosen = accept.cleaned_data["person"]
                    acts.accept(viewer=request.viewer, task=task, person=int(chosen) if chosen else None)
                    return _went(request, key, _("Your partner reads that you take it."))
            elif act == "decline" and may_answer:
                decline = DeclineForm(request.POST)
                if decline.is_valid():
                    acts.decline(viewer=request.viewer, task=task, reason=decline.cleaned_data["reason"])
                    return _went(request, key, _("Declined. Your partner reads why."))
            elif act == "done" and may_answer:
                acts.finish(viewer=request.viewer, task=task)
                return _went(request, key, _("Done. Your partner reads so."))
            elif act == "withdraw" and may_withdraw:
                acts.withdraw(viewer=request.viewer, task=task, actor=request.user)
                return _went(request, key, _("It is withdrawn. They read only that it ended."))
            else:
                raise Http404
        except NotYours:
            raise Http404 from None
        except Refused as problem:
            status, refused = problem.status, problem.sentence
    context = {
        "task": _line(request, found) | {"note": found.note, "reason": task.reason},
        "may_answer": may_answer,
        "may_withdraw": may_withdraw,
        "accepted": task.state == State.ACCEPTED,
        "accept": accept,
        "decline": decline,
        "form": decline if decline.is_bound else accept,
        "refused": refused,
        "form_failed": status != 200,
        "has_sample": task.request.is_sample,
        "noindex": True,
    }
    return render(request, "partner_tasks/one.html", context, status=status)


def _went(request: Looking, key: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("partner-task", key)


def _line(request: Looking, one: Asked) -> dict[str, Any]:
    task = one.task
    return {
        "id": task.public_id,
        "title": one.title,
        "due": task.due_on,
        "late": task.state in PartnerTask.OPEN
        and task.due_on is not None
        and task.due_on < reader_day(request),
        "state": STATES[State(task.state)],
        "ours": one.ours,
        "who": (one.partner if one.ours else one.asked_by) or _("An earlier partner"),
        "person": one.person,
        "pid": one.pid,
        "request_title": one.request_title,
        "agency": one.agency,
        "on": task.asked_at.astimezone(reader_zone(request)),
        "is_sample": task.request.is_sample,
    }


urlpatterns = [
    path("tasks/", index, name="partner-tasks"),
    path("tasks/<slug:key>/", one, name="partner-task"),
    path("requests/<slug:pid>/tasks/", request_tasks, name="request-tasks"),
]
