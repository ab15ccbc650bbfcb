"""What the address of a public page asks of an earlier day, `?on=2026-03-01`, and how the page says which day it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries.dated import Day

from .paging import param
from .shell import Looking
from .templatetags.look import day_long


class NoSuchDay(Exception):
    """sentence: what is wrong with the day, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def day_of(request: Looking, today: dt.date) -> Day:
    """Of the dated page of whoever looks: from here on the public is asked for. today: at the agency."""
    if request.viewer is not PUBLIC:
        tell_database(PUBLIC)
    said = param(request, "on")
    try:
        on = dt.date.fromisoformat(said)
    except ValueError:
        raise NoSuchDay(
            _("on: “%(value)s” is no day. Write it as year, month and day: 2026-03-31.") % {"value": said}
        ) from None
    if on > today:
        sentence = _("on: %(day)s is still ahead. Choose today or a day before it.")
        raise NoSuchDay(sentence % {"day": day_long(on)})
    known = param(request, "known")
    if known not in ("", "0", "1"):
        raise NoSuchDay(_("known: “%(value)s” is none of the choices. Write 1, or leave it out.") % {"value": known})
    return Day(on, known == "1")


def nothing_by(day: Day) -> NoSuchDay:
    if day.known:
        return NoSuchDay(_("on: nothing was recorded here by the end of %(day)s.") % {"day": day_long(day.on)})
    return NoSuchDay(_("on: nothing had happened by the end of %(day)s.") % {"day": day_long(day.on)})


def refused(request: Looking, problem: NoSuchDay) -> HttpResponse:
    context = {"sentence": problem.sentence, "back": request.path, "noindex": True}
    return render(request, "dated_refused.html", context, status=400)


def tail_of(day: Day) -> str:
    """What leads to the same day of another page."""
    return f"?on={day.on.isoformat()}{'&known=1' if day.known else ''}"


def dated(request: Looking, day: Day) -> dict[str, Any]:
    """Context of a page of an earlier day: what the frame says above it, and that nobody indexes it."""
    here = f"{request.path}?on={day.on.isoformat()}"
    return {
        "dated": {
            "on": day.on, "known": day.known, "now_url": request.path, "happened_url": here,
            "known_url": f"{here}&known=1", "url": request.build_absolute_uri(request.path),
        },
        "today": day.on,
        "noindex": True,
    }  # fmt: skip
