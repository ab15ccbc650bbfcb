"""Ask again: who truly waits, who is held back and why, each letter to read, one button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from requests_app.actions import follow_ups
from requests_app.laws.errors import Refused
from requests_app.models import Campaign, Organisation
from requests_app.models.ids import public_id
from requests_app.queries import follow_ups as query
from requests_app.queries.waves import campaign_of

from .current import current_organisation
from .paging import all_posted, param, posted, select
from .shell import Looking

SHOWN = 100
DAYS = ("7", "14", "30")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Looking) -> HttpResponse:
    here = current_organisation(request)
    pid = param(request, "campaign") or request.POST.get("campaign", "")[:40].replace("\x00", "")
    campaign = None
    if pid:
        campaign = campaign_of(request.viewer, pid)
        if campaign is None:
            raise Http404
        here = campaign.organisation_id
    if here is None or not request.viewer.may_edit(here):
        raise Http404
    organisation = Organisation.objects.get(pk=here)
    refused, status = "", 200
    if request.method == "POST":
        try:
            done = follow_ups.ask_again(
                viewer=request.viewer,
                organisation=organisation,
                chosen=all_posted(request, "request", follow_ups.MOST + 1),
                actor=request.user,
                now=request.now,
                once=posted(request, "once"),
                campaign=campaign,
                again_days=_days(request),
            )
            _say(request, done)
            return redirect(f"{reverse('letters')}?kind=follow_up")
        except Refused as refusal:
            refused, status = refusal.sentence, getattr(refusal, "status", 400)
    return _page(request, organisation, campaign, refused=refused, status=status)


def _days(request: Looking) -> int:
    said = request.POST.get("days", "") or param(request, "days")
    return int(said) if said in DAYS else query.AGAIN_DAYS


def _say(request: Looking, done: follow_ups.Asked) -> None:
    n = len(done.letters)
    messages.success(
        request,
        ngettext("%(n)d follow-up is in the queue.", "%(n)d follow-ups are in the queue.", n) % {"n": n},
    )
    for agency, why in done.held[:10]:
        messages.warning(request, _("%(agency)s was not asked: %(why)s.") % {"agency": agency, "why": why})


def _page(
    request: Looking, organisation: Organisation, campaign: Campaign | None, *, refused: str, status: int
) -> HttpResponse:
    days = _days(request)
    rows = query.waiting(request.viewer, organisation.pk, now=request.now, campaign=campaign, again_days=days)
    truly = [one for one in rows if not one.skip]
    context: dict[str, Any] = {
        "campaign": {"name": campaign.public_title, "pid": campaign.public_id,
                     "url": reverse("campaign-plan", args=[campaign.public_id])} if campaign else None,
        "waiting": [_row(one, organisation, request) for one in truly[:SHOWN]],
        "more": max(0, len(truly) - SHOWN),
        "skipped": [_row(one) for one in rows if one.skip][:SHOWN],
        "days": days,
        "filters": [
            select("days", _("Asked again no sooner than after"),
                   [(n, _("%(n)s days") % {"n": n}) for n in DAYS], str(days)),
        ],
        "hidden": [{"name": "campaign", "value": campaign.public_id}] if campaign else [],
        "once": public_id(),
        "refused": refused,
        "form_failed": status >= 400,
        "has_sample": organisation.is_sample,
        "noindex": True,
    }  # fmt: skip
    return render(request, "follow_ups.html", context, status=status)


def _row(
    one: query.Waiting, organisation: Organisation | None = None, request: Looking | None = None
) -> dict[str, Any]:
    draft = query.draft(one, organisation, request.user) if organisation and request else None
    return {
        "pid": one.request.public_id,
        "url": reverse("request", args=[one.request.public_id]),
        "agency": one.request.agency.name,
        "is_sample": one.request.is_sample,
        "title": one.request.public_title,
        "due_on": one.clock.latest,
        "late_days": one.late_days,
        "address": one.address,
        "skip": one.skip,
        "subject": draft.subject if draft else "",
        "body": draft.body if draft else "",
    }


urlpatterns = [path("follow-ups/", index, name="follow-ups")]
