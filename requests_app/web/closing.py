"""Closing a request: one form that asks about every window of ours that still runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import closing
from requests_app.actions.closing import Answer
from requests_app.clock.standing import Clock
from requests_app.laws.errors import Refused
from requests_app.models.ids import public_id

from .draw.from_clock import label
from .event_form import NOTE_LIMIT, DayField
from .events import heading_of, legal_day, refuse
from .shell import Looking
from .templatetags.look import day_long, relative_words
from .work import ours
from .work_forms import OnceField

KEEP, LET_GO = "keep", "let_go"
CHOICES = (
    (LET_GO, gettext_lazy("Let it go")),
    (KEEP, gettext_lazy("Keep the request open for it")),
)


class CloseForm(forms.Form):
    once = OnceField()
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    on = DayField(label=gettext_lazy("Day we close it"))
    note = forms.CharField(
        label=gettext_lazy("Our note"), required=False, max_length=NOTE_LIMIT,
        help_text=gettext_lazy("Only your organization reads it."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, windows: Sequence[Clock], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.windows = windows
        for n, window in enumerate(windows):
            self.fields[f"window_{n}"] = forms.ChoiceField(
                label=window.name, choices=CHOICES, widget=forms.RadioSelect,
                error_messages={"required": _("Choose: let it go, or keep the request open for it.")},
            )  # fmt: skip
            self.fields[f"reason_{n}"] = forms.CharField(
                label=_("Why, if it is let go"), required=False, max_length=NOTE_LIMIT,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n, window in enumerate(self.windows):
            if data.get(f"window_{n}") == LET_GO and not data.get(f"reason_{n}", "").strip():
                self.add_error(f"reason_{n}", _("Say why “%(name)s” is let go.") % {"name": window.name})
        return data

    def answers(self) -> dict[str, Answer]:
        data = self.cleaned_data
        return {
            window.key: Answer(keep=data[f"window_{n}"] == KEEP, reason=data[f"reason_{n}"])
            for n, window in enumerate(self.windows)
        }

    def place(self, key: str) -> str:
        return next((f"window_{n}" for n, window in enumerate(self.windows) if window.key == key), key)


@login_required
@require_http_methods(["GET", "POST"])
def request_close(request: Looking, pid: str) -> HttpResponse:
    records_request = ours(request, pid, editing=True)
    today = legal_day(request, records_request)
    windows = closing.windows_of(records_request, today)
    start = {"once": public_id(), "seen_version": records_request.ledger_version, "on": today}
    form = CloseForm(windows, request.POST or None, initial=start)
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                done = closing.close_request(
                    viewer=request.viewer, records_request=records_request, answers=form.answers(), on=data["on"],
                    actor=request.user, once=data["once"], today=today, seen_version=data["seen_version"],
                    note=data["note"],
                )  # fmt: skip
                _say(request, done)
                return redirect("request", pid=pid)
            except Refused as refusal:
                status = getattr(refusal, "status", 400)
                refused = _refused(form, refusal)
                if refusal.code == "stale":
                    data = request.POST.copy()
                    data["seen_version"] = str(records_request.ledger_version)
                    form = CloseForm(windows, data)
    whole = list(records_request.parts.values_list("label", flat=True))
    context = {
        "records_request": heading_of(records_request), "form": form, "refused": refused,
        "form_failed": status >= 400, "windows": [_asked(form, n, w, today, whole) for n, w in enumerate(windows)],
        "rest": [form[name] for name in ("on", "note", "once", "seen_version")],
        "has_sample": records_request.is_sample, "noindex": True,
    }  # fmt: skip
    return render(request, "request_close.html", context, status=status)


def _asked(form: CloseForm, n: int, window: Clock, today: Any, whole: Sequence[str]) -> dict[str, Any]:
    return {
        "name": label(window, whole),
        "on": window.due_on,
        "left": relative_words(window.due_on, today) if window.due_on else "",
        "choice": form[f"window_{n}"],
        "reason": form[f"reason_{n}"],
    }


def _refused(form: CloseForm, refusal: Refused) -> str:
    place = form.place(refusal.field or "")
    if place in form.fields and place != refusal.field:
        form.add_error(place, refusal.sentence)
        return ""
    return refuse(form, refusal)


def _say(request: Looking, done: closing.Closed) -> None:
    for name in done.let_go:
        messages.success(request, _("Let go: %(name)s.") % {"name": name})
    if done.closed:
        messages.success(request, _("The request is closed."))
    for window in done.kept:
        named = {"name": window.name, "day": day_long(window.due_on) if window.due_on else ""}
        messages.success(request, _("The request stays open for “%(name)s”, until %(day)s.") % named)
