"""One stay in a coalition: what it tells, its tier, its end; and the end of the coalition. What each does to shares is
shown before it is asked for."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import coalitions as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Coalition, CoalitionMember, Tier
from requests_app.queries import coalitions as queries

from .coalitions import MEANS, TIERS, coordinated, coordinates, seen
from .organisations import add_refusal, redirect
from .reauthentication import fresh_sign_in
from .shell import Looking


class OwnForm(forms.Form):
    shown_as = forms.CharField(
        label=gettext_lazy("The name that partners read"),
        max_length=acts.NAME_MAX,
        error_messages={"required": gettext_lazy("Write the name that partners read.")},
    )
    tells_counts = forms.BooleanField(
        label=gettext_lazy("Coordinators may be told how many windows of ours end this week"),
        required=False,
        help_text=gettext_lazy(
            "A number, and how many of them nobody is assigned to; only of what you share with this coalition. Never "
            "which request, which day or who."
        ),
    )
    tells_collisions = forms.BooleanField(
        label=gettext_lazy("Partners may be told that somebody has asked an office already"),
        required=False,
        help_text=gettext_lazy(
            "Only that somebody in the coalition did, with which kit; not who. They ask the coordinator."
        ),
    )


class TierForm(forms.Form):
    tier = forms.TypedChoiceField(label=gettext_lazy("Tier"), choices=TIERS, coerce=int, widget=forms.RadioSelect)
    coordinates = forms.BooleanField(
        label=gettext_lazy("Coordinates"),
        required=False,
        help_text=gettext_lazy("Invites, sets tiers, removes, dissolves. Reads no more than its tier."),
    )


class SureForm(TierForm):
    seen_tier = forms.IntegerField(widget=forms.HiddenInput)


def stay_in(request: Looking, found: Coalition, key: str) -> CoalitionMember:
    one = queries.members(request.viewer, found).filter(public_id=key).first()
    if one is None:
        raise Http404
    return one


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def own(request: Looking, pid: str, key: str) -> HttpResponse:
    found = seen(request, pid)
    one = stay_in(request, found, key)
    if not request.viewer.may_own(one.organisation_id):
        raise Http404
    names = ("shown_as", "tells_counts", "tells_collisions")
    form, status = OwnForm(initial={name: getattr(one, name) for name in names}), 200
    if request.method == "POST":
        form, status = OwnForm(request.POST), 400
        if form.is_valid():
            try:
                acts.set_own(viewer=request.viewer, member=one, actor=request.user, **form.cleaned_data)
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("It is kept."))
                return redirect("coalition", found.public_id)
    context = {"coalition": found, "member": one, "form": form, "form_failed": status != 200}
    return render(request, "coalitions/own.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def tier(request: Looking, pid: str, key: str) -> HttpResponse:
    """First the choice, then what it would do, then the act."""
    found, stays = coordinated(request, pid)
    one = stay_in(request, found, key)
    form: TierForm = TierForm(initial={"tier": one.tier, "coordinates": one.coordinates})
    asked, status = None, 200
    if request.method == "POST":
        form, status = SureForm(request.POST), 400
        if form.is_valid():
            try:
                acts.set_stay(viewer=request.viewer, member=one, **form.cleaned_data)
            except Refused as refused:
                # What it was is told in the sentence; the page asks anew from what it is now.
                form = TierForm({"tier": form.cleaned_data["tier"], "coordinates": form.cleaned_data["coordinates"]})
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("%(name)s: kept.") % {"name": one.shown_as})
                return redirect("coalition", found.public_id)
    elif "tier" in request.GET:
        form = TierForm(request.GET)
        if form.is_valid():
            asked = form.cleaned_data
        else:
            status = 400
    context = {
        "coalition": found,
        "member": one,
        "ours": any(stay.pk == one.pk for stay in stays),
        "form": form,
        "form_failed": status != 200,
        "asked": asked,
        "means": MEANS,
        "was": Tier(one.tier).label,
    }
    if asked:
        context |= {
            "becomes": Tier(asked["tier"]).label,
            "lower": asked["tier"] < one.tier,
            "higher": asked["tier"] > one.tier,
            "effect": queries.of_tier(stays, one, asked["tier"]),
        }
    return render(request, "coalitions/tier.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def end(request: Looking, pid: str, key: str) -> HttpResponse:
    """Leaving, of a stay of one's own; removing, of a partner's."""
    found = seen(request, pid)
    stays = queries.own_stays(request.viewer, found)
    one = stay_in(request, found, key)
    ours = request.viewer.may_own(one.organisation_id)
    if not ours and not coordinates(request, stays):
        raise Http404
    refused_words, status = "", 200
    if request.method == "POST":
        try:
            outcome = acts.end_stay(viewer=request.viewer, member=one)
        except Refused as refused:
            refused_words, status = refused.sentence, refused.status
        else:
            said = _("%(name)s is removed from %(coalition)s.")
            if outcome == "left":
                said = _("%(name)s has left %(coalition)s.")
            messages.success(request, said % {"name": one.shown_as, "coalition": found.name})
            return redirect("coalition", found.public_id)
    context = {
        "coalition": found,
        "member": one,
        "ours": ours,
        "effect": queries.of_leaving([one]) if ours else queries.of_removing(stays, one),
        "refused": refused_words,
        "form_failed": status != 200,
    }
    return render(request, "coalitions/end.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def dissolve(request: Looking, pid: str) -> HttpResponse:
    if request.method == "POST":
        found = seen(request, pid)
        try:
            acts.dissolve(viewer=request.viewer, coalition=found)
        except Refused:
            raise Http404 from None
        # Two who dissolve it in the same second are told the same: it is over.
        messages.success(request, _("%(name)s is dissolved.") % {"name": found.name})
        return redirect("coalitions")
    found, stays = coordinated(request, pid)
    context = {
        "coalition": found,
        "partners": queries.members(request.viewer, found).count(),
        "effect": queries.of_leaving(stays),
    }
    return render(request, "coalitions/dissolve.html", context)
