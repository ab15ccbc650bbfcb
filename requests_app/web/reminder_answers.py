"""Answering the reminders of one clock in the app: the same acts as behind a mail's link, as often as one likes."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from requests_app.actions.answer_effects import Stage, effects_of
from requests_app.actions.answers import Clock, Via
from requests_app.models.ids import public_id
from requests_app.queries import answers as query
from requests_app.queries.members import members

from .answering import ACTS, Answering, named, said
from .current import back_to
from .events import heading_of
from .paging import param, posted
from .shell import Looking, reader_day, reader_zone
from .work import ours


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_answer(request: Looking, pid: str) -> HttpResponse:
    records_request = ours(request, pid)
    asked = request.method == "POST"
    key = posted(request, "clock", 200) if asked else param(request, "clock", 200)
    deadline = query.standing_clock(request.viewer, records_request, key)
    if deadline is None or (asked and request.POST.get("act") not in ACTS):
        raise Http404
    clock = Clock(records_request, key, _day(posted(request, "due_on")) or deadline.remind_on)
    people = members(records_request.organisation_id)
    today = reader_day(request)
    answering = Answering(
        viewer=request.viewer, actor=request.user, clock=clock, ours=deadline.owner == "requester", via=Via.APP,
        today=today, once=(posted(request, "once", 64) or public_id()) if asked else public_id(), people=people,
    )  # fmt: skip
    here = f"{reverse('reminder-answer', args=[pid])}?{urlencode({'clock': key})}"
    if asked and (answer := answering.post(request.POST)) is not None:
        messages.success(request, said(answer, ours=answering.ours))
        back = request.POST.get("next", "")
        response = HttpResponseRedirect(back_to(request, back) if back else here)
        response.status_code = 303
        return response
    effects = effects_of([records_request.pk])
    stage = Stage(
        records_request.organisation_id, records_request.pk, key, deadline.remind_on, deadline.remind_on
    )
    names = {one.pk: str(one) for one in people}
    me = request.user.pk
    has_it = effects.acknowledged(stage)
    sleeps = effects.snoozed_until(stage, me)
    context = {
        **answering.context,
        "records_request": heading_of(records_request),
        "clock": deadline,
        "has_it": me in has_it,
        "others_have_it": [names[one] for one in sorted(has_it - {me})],
        "muted": effects.muted(stage, me),
        "sleeps_until": sleeps if sleeps is not None and sleeps > today else None,
        "handed_to": names.get(effects.handed_to(stage, me) or 0, ""),
        "answer_url": here,
        "hidden": [("clock", key), ("due_on", deadline.remind_on.isoformat()), ("once", answering.once)],
        "history": [
            {"who": str(one.person), "words": named(one), "at": one.at.astimezone(reader_zone(request)), "via": one.via}
            for one in query.answers_about(request.viewer, records_request, key)
        ],
        "has_sample": records_request.is_sample,
    }  # fmt: skip
    return render(request, "reminder_answer.html", context, status=answering.status)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


urlpatterns = [path("requests/<slug:pid>/reminder-answers/", reminder_answer, name="reminder-answer")]
