"""A campaign's follow-ups that leave by themselves: the switch, the limits, the week to come, the stop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from requests_app.actions import automatic_follow_ups as acts
from requests_app.laws.errors import Refused
from requests_app.models import AutomaticFollowUps, Campaign
from requests_app.queries import automatic_follow_ups as query
from requests_app.queries.waves import campaign_of

from .events import refuse
from .shell import Looking

SHOWN = 200


def _number(label: Any, name: str, help_text: Any = "") -> forms.IntegerField:
    least, most = acts.LIMITS[name]
    said = {"required": acts.WORDS[name], "invalid": acts.WORDS[name], "min_value": acts.WORDS[name],
            "max_value": acts.WORDS[name]}  # fmt: skip
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=help_text, error_messages=said
    )


class LimitsForm(forms.Form):
    spacing = _number(
        gettext_lazy("Business days between"), "spacing",
        gettext_lazy("After the time of the agency ended, and after each letter."),
    )  # fmt: skip
    most_a_day = _number(gettext_lazy("Letters a day, at most"), "most_a_day")
    most_a_request = _number(gettext_lazy("Letters about one request, at most"), "most_a_request")
    version = forms.IntegerField(widget=forms.HiddenInput)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Looking, pid: str) -> HttpResponse:
    campaign = campaign_of(request.viewer, pid)
    if campaign is None:
        raise Http404
    may_own = request.viewer.may_own(campaign.organisation_id)
    plan = query.plan_of(request.viewer, campaign) or AutomaticFollowUps(campaign=campaign)
    form = LimitsForm(initial={name: getattr(plan, name) for name in LimitsForm.base_fields})
    refused, status = "", 200
    if request.method == "POST":
        form = LimitsForm(request.POST)
        try:
            if request.POST.get("act") == "off":
                _plan, stopped = acts.switch_off(viewer=request.viewer, campaign=campaign, actor=request.user)
                _say_off(request, stopped)
                return redirect(request.path)
            if form.is_valid() or not may_own:
                acts.switch_on(
                    viewer=request.viewer, campaign=campaign, actor=request.user,
                    seen_version=form.cleaned_data.get("version", 0),
                    **{name: form.cleaned_data.get(name, 0) for name in acts.LIMITS},
                )  # fmt: skip
                messages.success(request, _("Follow-ups now leave by themselves."))
                return redirect(request.path)
            status = 400
        except Refused as refusal:
            refused, status = refuse(form, refusal), getattr(refusal, "status", 400)
    coming, held = query.next_week(request.viewer, campaign, plan, now=request.now)
    context = {
        "campaign": campaign,
        "plan_url": reverse("campaign-plan", args=[campaign.public_id]),
        "plan": plan,
        "may_own": may_own,
        "form": form,
        "form_failed": status >= 400,
        "refused": refused,
        "coming": [
            {"on": one.on, "number": one.candidate.number, **_row(one.candidate)} for one in coming[:SHOWN]
        ],
        "more": max(len(coming) - SHOWN, 0),
        "held": [{"why": one.why, **_row(one)} for one in held[:SHOWN]],
        "stale_acting": plan.on_since is not None and not _still_owns(plan, campaign),
        "has_sample": campaign.is_sample,
        "noindex": True,
    }
    return render(request, "automatic_follow_ups.html", context, status=status)


def _still_owns(plan: AutomaticFollowUps, campaign: Campaign) -> bool:
    return campaign.organisation.memberships.filter(
        person=plan.acting, role="owner", ended_at=None, person__is_active=True
    ).exists()


def _say_off(request: Looking, stopped: int) -> None:
    words = _("Nothing leaves by itself any more.")
    if stopped:
        words += " " + ngettext(
            "%(n)d letter that waited was stopped.", "%(n)d letters that waited were stopped.", stopped
        ) % {"n": stopped}
    messages.success(request, words)


def _row(one: query.Candidate) -> dict[str, Any]:
    made = one.waiting.request
    return {
        "url": reverse("request", args=[made.public_id]),
        "agency": made.agency.name,
        "title": made.public_title,
        "is_sample": made.is_sample,
        "due_on": one.waiting.clock.latest,
    }


urlpatterns = [path("campaigns/<slug:pid>/follow-ups/", index, name="campaign-follow-ups")]
