"""Coalitions one belongs to, one coalition, founding and renaming it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import coalitions as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Coalition, CoalitionInvitation, CoalitionMember, Organisation, Tier
from requests_app.queries import coalitions as queries
from requests_app.queries import joint as joint_queries
from requests_app.queries import kit_offers
from requests_app.queries import model_letters as model_queries

from .current import current_organisation
from .organisations import add_refusal, redirect
from .paging import page_number, shown
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_zone

MEANS = [
    (Tier.STEERING.label, gettext_lazy("Reads what partners share with any tier.")),
    (Tier.MEMBER.label, gettext_lazy("Reads what partners share with members and with observers.")),
    (Tier.OBSERVER.label, gettext_lazy("Reads only what partners share with observers.")),
]
TIERS = [(tier.value, tier.label) for tier in (Tier.STEERING, Tier.MEMBER, Tier.OBSERVER)]


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the coalition"),
        max_length=acts.NAME_MAX,
        help_text=gettext_lazy("Everybody whom you invite reads it."),
        error_messages={"required": gettext_lazy("Give the coalition a name.")},
    )
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=acts.PURPOSE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Invitations say it, too. Nothing that only your own people should know."),
    )


class FoundForm(NameForm):
    organisation = forms.ChoiceField(label=gettext_lazy("Which organization founds it"))
    shown_as = forms.CharField(
        label=gettext_lazy("The name that partners read"),
        max_length=acts.NAME_MAX,
        error_messages={"required": gettext_lazy("Write the name that partners read.")},
    )
    field_order = ("name", "purpose", "organisation", "shown_as")

    def __init__(self, *args: Any, owned: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(one.public_id, one.name) for one in owned]  # type: ignore[attr-defined]


def owned_ones(request: Looking) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=request.viewer.owned).order_by("name"))


def seen(request: Looking, pid: str) -> Coalition:
    found = Coalition.objects.visible_to(request.viewer).filter(public_id=pid).first()
    if found is None:
        raise Http404
    return found


def coordinates(request: Looking, stays: list[CoalitionMember]) -> bool:
    return any(stay.coordinates and request.viewer.may_own(stay.organisation_id) for stay in stays)


def coordinated(request: Looking, pid: str) -> tuple[Coalition, list[CoalitionMember]]:
    """One that an organization the viewer owns coordinates, and the viewer's own stays in it."""
    found = seen(request, pid)
    stays = queries.own_stays(request.viewer, found)
    if not coordinates(request, stays):
        raise Http404
    return found, stays


@require_safe
@login_required
def coalitions(request: Looking) -> HttpResponse:
    number = page_number(request)
    rows = queries.coalitions(request.viewer)
    total = rows.count()
    start = (number - 1) * queries.PAGE
    part = list(rows[start : start + queries.PAGE])
    own = queries.stays_in(request.viewer, part)
    zone = reader_zone(request)
    lines = [_line(one, own[one.pk], zone) for one in part]
    context = {
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "may_found": bool(request.viewer.owned),
    }
    return render(request, "coalitions/list.html", context)


def _line(found: Coalition, stays: list[CoalitionMember], zone: Any) -> dict[str, Any]:
    live = [stay for stay in stays if stay.left_at is None]
    return {
        "id": found.public_id,
        "name": found.name,
        "purpose": found.purpose,
        "partners": found.partners,  # type: ignore[attr-defined]
        "over": not live,
        "own": [
            {
                "as": stay.shown_as,
                "tier": Tier(stay.tier).label,
                "coordinates": stay.coordinates,
                "since": stay.joined_at.astimezone(zone),
            }
            for stay in live
        ],
        "ended": stays[-1].get_ended_display() if not live else "",
        "until": stays[-1].left_at.astimezone(zone) if not live and stays[-1].left_at else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def new(request: Looking) -> HttpResponse:
    owned = owned_ones(request)
    if not owned:
        raise Http404
    here = next((one for one in owned if one.pk == current_organisation(request)), owned[0])
    form = FoundForm(owned=owned, initial={"organisation": here.public_id, "shown_as": here.name})
    status = 200
    if request.method == "POST":
        form, status = FoundForm(request.POST, owned=owned), 400
        if form.is_valid():
            given = form.cleaned_data
            home = next(one for one in owned if one.public_id == given.pop("organisation"))
            try:
                made = acts.found_coalition(viewer=request.viewer, organisation=home, actor=request.user, **given)
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("%(name)s is founded. Ask others in.") % {"name": made.name})
                return redirect("coalition", made.public_id)
    return render(request, "coalitions/new.html", {"form": form, "form_failed": status != 200}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def rename(request: Looking, pid: str) -> HttpResponse:
    found, _stays = coordinated(request, pid)
    form, status = NameForm(initial={"name": found.name, "purpose": found.purpose}), 200
    if request.method == "POST":
        form, status = NameForm(request.POST), 400
        if form.is_valid():
            try:
                acts.rename(viewer=request.viewer, coalition=found, actor=request.user, **form.cleaned_data)
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("The name and purpose are kept."))
                return redirect("coalition", found.public_id)
    context = {"coalition": found, "form": form, "form_failed": status != 200}
    return render(request, "coalitions/rename.html", context, status=status)


@require_safe
@login_required
def coalition(request: Looking, pid: str) -> HttpResponse:
    found = seen(request, pid)
    zone, number = reader_zone(request), page_number(request)
    own = queries.own_stays(request.viewer, found)
    leads = coordinates(request, own)
    rows = queries.members(request.viewer, found)
    # Whoever left keeps its name and the day, and learns no more of who is there.
    total = rows.count() if own else 0
    start = (number - 1) * queries.PAGE
    counts = queries.counts(found) if leads else {}
    ours = {stay.pk: stay for stay in own}
    lines = [
        {
            "id": one.public_id,
            "name": one.shown_as,
            "tier": Tier(one.tier).label,
            "since": one.joined_at.astimezone(zone),
            "coordinates": one.coordinates,
            "ours": one.pk in ours,
            "own_settings": one.pk in ours and request.viewer.may_own(one.organisation_id),
            "tells": one.tells_counts,
            "counted": counts.get(one.pk),
        }
        for one in (rows[start : start + queries.PAGE] if own else ())
    ]
    context = {
        "coalition": found,
        "own": own,
        "left": None if own else queries.stays_in(request.viewer, [found])[found.pk][-1],
        "leads": leads,
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "invitations": [_invitation(request, one) for one in queries.open_invitations(request.viewer, found)[:100]]
        if leads
        else [],
        "joint": joint_of(request, found) if own else [],
        "steers": leads
        or any(one.tier == Tier.STEERING and request.viewer.may_own(one.organisation_id) for one in own),
        "models": model_queries.offered(request.viewer, found).count() if own else 0,
        "kits": kit_offers.offered(request.viewer, found).count() if own else 0,
        "others": [
            {
                "id": one.key, "by": one.asked_by, "tier": Tier(one.tier).label,
                "until": one.until_at.astimezone(zone),
            }
            for one in (queries.asked_by_others(found) if leads else ())
        ],
        "means": MEANS,
        "since": found.created_at.astimezone(zone),
    }
    return render(request, "coalitions/one.html", context)


def joint_of(request: Looking, found: Coalition) -> list[dict[str, Any]]:
    return [
        {
            "id": one.public_id,
            "name": one.name,
            "question": one.question,
            "closed": one.closed_at.astimezone(reader_zone(request)) if one.closed_at else None,
            "mine": one.mine,  # type: ignore[attr-defined]
        }
        for one in joint_queries.joint_campaigns(request.viewer, found)[:100]
    ]


def _invitation(request: Looking, one: CoalitionInvitation) -> dict[str, Any]:
    zone = reader_zone(request)
    return {
        "id": one.public_id,
        "email": one.email,
        "tier": Tier(one.tier).label,
        "until": one.expires_at.astimezone(zone),
        "over": one.expires_at <= request.now,
        "mail": one.mail_state,
        "sent": one.mail_sent_at.astimezone(zone) if one.mail_sent_at else None,
        "why": one.mail_outcome,
        "by": str(one.invited_by or ""),
    }
