"""The mail catcher's pages, on a first run only: a signed-in person reads the mail sent to their own address.

Nobody reads another's, staff least of all. A part in HTML is shown as its text: it comes from outside the house.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.notices import catcher


@require_safe
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    return render(request, "mail.html", {"mails": catcher.mails_to(_own_address(request))})


@require_safe
@login_required
def mail_message(request: HttpRequest, key: str) -> HttpResponse:
    found = catcher.mail_to(_own_address(request), key)
    if found is None:
        raise Http404
    return render(request, "mail_message.html", {"mail": found})


def _own_address(request: HttpRequest) -> str:
    if catcher.folder() is None:
        raise Http404
    assert request.user.is_authenticated
    return request.user.email
