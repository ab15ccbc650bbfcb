"""The page behind the link in a reminder's mail: a page with buttons, for its recipient and that one reminder.

Looking changes nothing, for mail scanners look at every link. It works once and without a sign-in, and says nothing
that the mail has not said.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app.actions.answers import Clock, Via
from requests_app.models.visibility import Viewer, viewing_as
from requests_app.notices import reminder_links
from requests_app.queries import answers as query
from requests_app.queries.answers import Linked
from requests_app.queries.members import members

from .address import household, seen_address
from .answering import ACTS, Answering, named
from .shell import Looking

TRIES = (
    240  # an hour, from one address: offices share one, scanners open every link, and nobody guesses 256 bits
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def reminder_link(request: Looking, token: str) -> HttpResponse:
    if _too_often(request):
        return render(request, "429.html", status=429)
    signed = reminder_links.read(token)
    link = query.linked(signed.reminder, signed.turn) if signed is not None else None
    if signed is None or link is None:
        raise Http404
    with viewing_as(link.person) as viewer:
        return _answer(request, viewer, link, signed.at)


# Whoever is signed in beside it: what opens nothing is one answer.
reminder_link.own_refusals = True  # type: ignore[attr-defined]


def _answer(request: Looking, viewer: Viewer, link: Linked, signed_at: dt.datetime) -> HttpResponse:
    told = query.told(viewer, link, signed_at=signed_at)
    if told is None:
        raise Http404
    reminder, person = link.reminder, link.person
    here = request.now.astimezone(_zone(person.zone))
    given = query.answer_to(viewer, reminder)
    answering = Answering(
        viewer=viewer, actor=person, clock=Clock(told.records_request, reminder.clock_key, reminder.due_on, reminder),
        ours=told.ours, via=Via.MAIL, today=here.date(), once=f"mail-{reminder.pk}",
        people=members(reminder.organisation_id),
    )  # fmt: skip
    if request.method == "POST" and given is None:
        if request.POST.get("act") not in ACTS:
            raise Http404
        if answering.post(request.POST) is not None:
            return HttpResponseRedirect(request.path)
    context = {
        **answering.context,
        "told": told,
        "reminder": reminder,
        "person": person,
        "given": given,
        "given_words": named(given) if given is not None else "",
        "given_at": given.at.astimezone(_zone(person.zone)) if given is not None else None,
        "until": (signed_at + reminder_links.LASTS).astimezone(_zone(person.zone)),
        "url": reverse("request", args=[told.records_request.public_id]),
        "has_sample": told.records_request.is_sample,
        "noindex": True,
    }
    return render(request, "reminder_link.html", context, status=answering.status)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _too_often(request: Looking) -> bool:
    mark = salted_hmac(
        "reminder-link", household(seen_address(request)), secret=settings.SECRET_KEY
    ).hexdigest()
    key = f"reminder-link:{mark}"
    cache.add(key, 0, 3600)
    try:
        return bool(cache.incr(key) > TRIES)
    except ValueError:  # forgotten between the two
        return False


urlpatterns = [path("r/<str:token>/", reminder_link, name="reminder-link")]
