"""One's own digests: when each left and what became of it; and the page by which its reader ends them.

The link at the foot of a digest opens without a sign-in. Looking changes nothing; a mail program's one click is a POST
(RFC 8058) and ends the digests at once.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import digest_stops
from requests_app.laws.errors import Refused
from requests_app.models import Digest, Organisation, Person
from requests_app.models.visibility import Viewer, viewing_as
from requests_app.notices import digest_links
from requests_app.queries import digests as query

from .current import current_organisation
from .shell import Looking

PER_PAGE = 50
PERIODS = {
    "daily": gettext_lazy("Daily"),
    "weekly": gettext_lazy("Weekly"),
    "catch_up": gettext_lazy("Much at once"),
}
STATES = {
    "planned": gettext_lazy("waits for its time"),
    "claimed": gettext_lazy("is leaving"),
    "sent": gettext_lazy("sent"),
    "skipped": gettext_lazy("not sent: nothing in it was true any more"),
    "failed": gettext_lazy("not taken by the mail server; the owners were told"),
    "unknown": gettext_lazy("handed over; the mail server has not confirmed it"),
}


@require_safe
@login_required
def digests(request: Looking) -> HttpResponse:
    here = current_organisation(request)
    if here is None:
        raise Http404
    page = Paginator(query.own(request.viewer, request.user, here), PER_PAGE).get_page(
        request.GET.get("page")
    )
    stop = query.stop_of(request.viewer, request.user, here)
    context = {
        "organisation": Organisation.objects.get(pk=here),
        "page": page,
        "rows": [_row(one) for one in page.object_list],
        "stopped": stop.digests_at if stop is not None else None,
        "stop_url": reverse("digest-unsubscribe", args=[digest_links.token_of(here, request.user.pk)]),
    }
    return render(request, "digests.html", context)


def _row(one: Digest) -> dict[str, Any]:
    again = one.outcome.startswith("sent again")
    return {
        "at": one.sent_at or one.next_at,
        "period": PERIODS[one.period],
        "riders": ngettext("%(n)d reminder", "%(n)d reminders", one.riders) % {"n": one.riders}
        if one.riders
        else "",
        "state": _("sent, perhaps twice") if one.state == "sent" and again else STATES[one.state],
    }


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: Looking, token: str) -> HttpResponse:
    named = digest_links.read(token)
    person = Person.objects.filter(pk=named[1], is_active=True).first() if named else None
    if named is None or person is None:
        raise Http404
    with viewing_as(person) as viewer:
        organisation = query.reader(viewer, named[0])
        if organisation is None:
            raise Http404
        return _unsubscribe(request, viewer, organisation, person)


# Whoever is signed in beside it: what opens nothing is one answer.
unsubscribe.own_refusals = True  # type: ignore[attr-defined]


def _unsubscribe(
    request: Looking, viewer: Viewer, organisation: Organisation, person: Person
) -> HttpResponse:
    refused, status = "", 200
    if request.method == "POST":
        act = request.POST.get("act", "digests")
        try:
            match act:
                case "ours":
                    digest_stops.stop_ours(
                        viewer=viewer, organisation=organisation, actor=person,
                        confirmed=request.POST.get("confirmed") == "yes",
                    )  # fmt: skip
                case "again":
                    digest_stops.send_again(viewer=viewer, organisation=organisation, actor=person)
                case _:
                    digest_stops.stop_digests(viewer=viewer, organisation=organisation, actor=person)
        except Refused as refusal:
            refused, status = refusal.sentence, getattr(refusal, "status", 400)
        else:
            # RFC 8058: a mail program's click is answered with no redirect.
            if request.POST.get("List-Unsubscribe") != "One-Click":
                return HttpResponseRedirect(request.path)
    context = {
        "organisation": organisation,
        "person": person,
        "stop": query.stop_of(viewer, person, organisation.pk),
        "refused": refused,
        "form_failed": bool(refused),
        "has_sample": organisation.is_sample,
        "noindex": True,
    }
    return render(request, "digest_unsubscribe.html", context, status=status)


urlpatterns = [
    path("settings/digests/", digests, name="digests"),
    path("digests/stop/<str:token>/", unsubscribe, name="digest-unsubscribe"),
]
