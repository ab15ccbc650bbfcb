"""The mail catcher's pages, on a first run only: a signed-in person reads the mail sent to their own address, and the
letters that their own organizations sent.

Nobody reads another's, staff least of all. A part in HTML is shown as its text: it comes from outside the house.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from requests_app.models import LetterSending
from requests_app.notices import catcher

from .shell import reader_zone

PER_PAGE = 50
MOST_LETTERS = 2_000


@require_safe
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    address, zone = _reader(request)
    caught = [
        {**_row(one, zone), "url": reverse("mail-message", args=[one.key])}
        for one in catcher.mails_to(address, ours=_ours(request))
    ]
    return render(
        request, "mail.html", {"page": Paginator(caught, PER_PAGE).get_page(request.GET.get("page"))}
    )


@require_safe
@login_required
def message(request: HttpRequest, key: str) -> HttpResponse:
    address, zone = _reader(request)
    found = catcher.mail_to(address, key, ours=_ours(request))
    if found is None:
        raise Http404
    shown = {
        **_row(found, zone),
        "text": found.text or found.html,
        "headers": [
            {"name": name, "value": value} for name, value in found.headers if name not in SHOWN_ABOVE
        ],
        "attachments": found.attachments,
    }
    return render(request, "mail_message.html", {"mail": shown})


SHOWN_ABOVE = ("From", "To", "Subject")


def _row(one: catcher.Caught, zone: ZoneInfo) -> dict[str, Any]:
    return {"subject": one.subject, "to": one.to, "from_": one.sender, "at": one.at.astimezone(zone)}


def _ours(request: HttpRequest) -> set[str]:
    viewer = request.viewer  # type: ignore[attr-defined]
    sent = LetterSending.objects.visible_to(viewer).order_by("-pk")
    return set(sent.values_list("message_id", flat=True)[:MOST_LETTERS])


def _reader(request: HttpRequest) -> tuple[str, ZoneInfo]:
    if catcher.folder() is None:
        raise Http404
    assert request.user.is_authenticated
    return request.user.email, reader_zone(request)
