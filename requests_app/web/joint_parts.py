"""Making a joint campaign, naming and closing it; putting a campaign of one's own in, and taking it out. What each
does to what partners see is shown before it is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import joint as acts
from requests_app.actions.coalitions import NAME_MAX
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Campaign, Coalition, JointCampaign, JointPart, Tier
from requests_app.queries import coalitions as coalition_queries
from requests_app.queries import joint as queries

from .coalitions import seen
from .joint import seen_joint, steers
from .organisations import add_refusal, redirect
from .paging import posted
from .reauthentication import fresh_sign_in
from .share_board import TIERS, WORDS
from .shell import Looking

LEVELS = [(code, words) for code, words in WORDS.items() if code]
MOST_CAMPAIGNS = 300


class JointForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the joint campaign"),
        max_length=NAME_MAX,
        help_text=gettext_lazy("Everybody in the coalition reads it."),
        error_messages={"required": gettext_lazy("Give the joint campaign a name.")},
    )
    question = forms.CharField(
        label=gettext_lazy("What you ask together"),
        max_length=acts.QUESTION_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PutForm(forms.Form):
    campaign = forms.ChoiceField(label=gettext_lazy("Your campaign"))
    ask = forms.CharField(
        label=gettext_lazy("What it asks"),
        max_length=acts.ASK_MAX,
        help_text=gettext_lazy("A few words: the column it stands in. Partners who ask the same write the same."),
        error_messages={"required": gettext_lazy("Write what it asks, in a few words.")},
        widget=forms.TextInput(attrs={"list": "asks"}),
    )
    tier = forms.TypedChoiceField(
        label=gettext_lazy("Who sees it"), coerce=int, choices=[(int(tier), words) for tier, words in TIERS.items()]
    )
    level = forms.ChoiceField(
        label=gettext_lazy("They see"),
        choices=LEVELS,
        help_text=gettext_lazy("Of every request of the campaign that is not held back."),
    )

    def __init__(self, *args: Any, campaigns: list[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = len({one.organisation_id for one in campaigns}) > 1
        self.fields["campaign"].choices = [  # type: ignore[attr-defined]
            (one.public_id, f"{one.public_title} ({one.organisation.name})" if several else one.public_title)
            for one in campaigns
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def new(request: Looking, pid: str) -> HttpResponse:
    found = seen(request, pid)
    if not steers(request, coalition_queries.own_stays(request.viewer, found)):
        raise Http404
    return _named(request, found, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def change(request: Looking, pid: str, key: str) -> HttpResponse:
    found, one = seen_joint(request, pid, key)
    if not steers(request, coalition_queries.own_stays(request.viewer, found)):
        raise Http404
    if request.method == "POST" and posted(request, "step") == "close":
        acts.close(viewer=request.viewer, joint=one)
        messages.success(request, _("%(name)s is closed. What is in it stays readable.") % {"name": one.name})
        return redirect("coalition-joint", pid, key)
    return _named(request, found, one)


def _named(request: Looking, found: Coalition, one: JointCampaign | None) -> HttpResponse:
    form, status = JointForm(initial={"name": one.name, "question": one.question} if one else None), 200
    if request.method == "POST":
        form, status = JointForm(request.POST), 400
        if form.is_valid():
            try:
                if one is None:
                    made = acts.make(viewer=request.viewer, coalition=found, **form.cleaned_data)
                else:
                    made = acts.change(viewer=request.viewer, joint=one, actor=request.user, **form.cleaned_data)
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                words = _("The name is kept.") if one else _("%(name)s is there. Put a campaign in.")
                messages.success(request, words % {"name": made.name})
                return redirect("coalition-joint", found.public_id, made.public_id)
    context = {"coalition": found, "joint": one, "form": form, "form_failed": status != 200}
    return render(request, "coalitions/joint_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def put(request: Looking, pid: str, key: str) -> HttpResponse:
    """First the choice, then whom it would show what, then the act."""
    found, one = seen_joint(request, pid, key)
    stays = coalition_queries.own_stays(request.viewer, found)
    if one.closed_at is not None or not any(request.viewer.may_own(stay.organisation_id) for stay in stays):
        raise Http404
    campaigns = list(queries.to_put_in(request.viewer, one)[:MOST_CAMPAIGNS])
    form = PutForm(campaigns=campaigns, initial={"tier": Tier.MEMBER.value, "level": "status"})
    asked, told, status = None, None, 200
    if request.method == "POST" or "campaign" in request.GET:
        form = PutForm(request.POST if request.method == "POST" else request.GET, campaigns=campaigns)
        status = 400
        if form.is_valid():
            given = form.cleaned_data
            chosen = next(row for row in campaigns if row.public_id == given["campaign"])
            try:
                if request.method == "POST":
                    acts.put_in(
                        viewer=request.viewer, joint=one, campaign=chosen, ask=given["ask"], tier=given["tier"],
                        level=given["level"], actor=request.user, now=request.now, seen=posted(request, "seen"),
                    )  # fmt: skip
                    messages.success(request, _("“%(name)s” is in it.") % {"name": chosen.public_title})
                    return redirect("coalition-joint", pid, key)
                told = acts.preview(
                    viewer=request.viewer, joint=one, campaign=chosen, tier=given["tier"], level=given["level"],
                    now=request.now,
                )  # fmt: skip
            except NotYours:
                raise Http404 from None
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                asked, status = given | {"title": chosen.public_title, "home": chosen.organisation_id}, 200
    asks = {part.ask for part in queries.parts_of(request.viewer, one)[: queries.MOST_PARTS]}
    context = {
        "coalition": found,
        "joint": one,
        "form": form,
        "form_failed": status != 200,
        "none": not campaigns,
        "asks": sorted(asks),
        "asked": asked,
        "told": told,
    }
    if asked is not None and told is not None:
        context |= {
            "partners": queries.reached(one, asked["home"], asked["tier"]),
            "tier": TIERS[Tier(asked["tier"])],
            "now_level": WORDS[told.given.code],
            "then_level": WORDS[told.then_given.code],
        }
    return render(request, "coalitions/joint_put.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def out(request: Looking, pid: str, key: str, part: str) -> HttpResponse:
    found, one = seen_joint(request, pid, key)
    row = (
        JointPart.objects.live()
        .visible_to(request.viewer)
        .filter(joint=one, public_id=part, organisation__in=request.viewer.owned)
        .select_related("stay", "joint", "campaign__organisation")
        .first()
    )
    if row is None:
        raise Http404
    share = acts.ending_share(row)
    if request.method == "POST":
        acts.take_out(
            viewer=request.viewer, part=row, end_share=posted(request, "share") == "end", actor=request.user
        )
        messages.success(request, _("“%(name)s” is out of it.") % {"name": row.campaign.public_title})
        return redirect("coalition-joint", pid, key)
    requests, held = queries.cells_of(row)
    context = {
        "coalition": found,
        "joint": one,
        "part": row,
        "cells": requests - held,
        "tier": TIERS[Tier(share.tier)] if share is not None and share.tier else "",
        "partners": queries.reached(one, row.organisation_id, share.tier) if share is not None and share.tier else [],
        "share": share,
    }
    return render(request, "coalitions/joint_out.html", context)
