"""The page of the sending: whether what is due goes out, and what staff may do when it does not. Ids and times only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from requests_app.actions import operation as acts
from requests_app.actions.refusals import Refused
from requests_app.queries import health
from requests_app.queries import operation as query

MOST = 50
"""Rows of a list; what is mended makes room for the next."""


def urls(site: Any) -> list[URLPattern]:
    def page(request: HttpRequest) -> HttpResponse:
        return sending(request, site)

    return [path("sending/", site.admin_view(page), name="sending")]


@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: HttpRequest, site: Any) -> HttpResponse:
    refused: Refused | None = None
    if request.method == "POST":
        try:
            messages.success(request, _act(request))
            return HttpResponseRedirect(reverse("admin:sending"))
        except Refused as error:
            refused = error
    context = {
        **site.each_context(request),
        "title": _("Sending"),
        "health": health.schedule_health(),
        "jobs": query.jobs(),
        "circuit": query.mail_circuit(),
        "holds": query.standing_holds(),
        "queues": query.queue_states(),
        "stuck": query.stuck_rows(MOST),
        "failed": query.failed_rows(MOST),
        "most": MOST,
        "refused": refused,
        "typed": request.POST.get("reason", "") if refused else "",
    }
    return TemplateResponse(request, "admin/sending.html", context, status=refused.status if refused else 200)


def _act(request: HttpRequest) -> str:
    actor: Any = request.user
    match request.POST.get("act"):
        case "try_again":
            number = request.POST.get("reminder", "")
            if not number.isascii() or not number.isdigit() or len(number) > 18:
                raise Refused("no_row", _("Choose one of the rows of the list."), field="reminder")
            acts.try_again(actor=actor, reminder_id=int(number))
            return _("Reminder %(id)s is due again.") % {"id": number}
        case "hold":
            acts.hold(actor=actor, reason=request.POST.get("reason", ""))
            return _("Nothing goes out until the hold is released.")
        case "release":
            released = len(acts.release(actor=actor))
            return ngettext(
                "%(n)d hold is released. What is due goes out now.",
                "%(n)d holds are released. What is due goes out now.",
                released,
            ) % {"n": released}
    raise Refused("no_act", _("Choose one of the acts of this page."))
