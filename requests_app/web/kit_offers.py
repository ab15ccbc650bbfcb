"""Kits of a coalition: what partners offer, one of them, and offering a kit of one's own. What partners would read is
shown before it is offered."""

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

from requests_app.actions import kit_offers as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import KitOffer, Tier
from requests_app.models.ids import public_id
from requests_app.queries import coalitions as coalition_queries
from requests_app.queries import kit_offers as queries
from requests_app.queries import kit_sheet

from .coalitions import seen
from .organisations import add_refusal, redirect
from .paging import page_number, param, posted, shown
from .reauthentication import fresh_sign_in
from .share_board import TIERS
from .shell import Looking, reader_zone

MOST_KITS = 200


class OfferForm(forms.Form):
    kit = forms.CharField(widget=forms.HiddenInput, max_length=20)
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("Title of the kit"),
        max_length=acts.TITLE_MAX,
        help_text=gettext_lazy("What it asks for, in a few words."),
        error_messages={"required": gettext_lazy("Give the kit a title.")},
    )
    tier = forms.TypedChoiceField(
        label=gettext_lazy("Who reads it"),
        coerce=int,
        choices=[(int(tier), words) for tier, words in TIERS.items()],
    )


@require_safe
@login_required
def index(request: Looking, pid: str) -> HttpResponse:
    found = seen(request, pid)
    stays = coalition_queries.own_stays(request.viewer, found)
    if not stays:
        raise Http404
    rows, number = queries.offered(request.viewer, found), page_number(request)
    start, total = (number - 1) * queries.PAGE, rows.count()
    lines = [_line(request, row) for row in rows.defer("text")[start : start + queries.PAGE]]
    context = {
        "coalition": found,
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "may_offer": any(request.viewer.may_own(stay.organisation_id) for stay in stays),
        "has_sample": found.is_sample,
    }
    return render(request, "coalitions/kits.html", context)


def _line(request: Looking, row: KitOffer) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": row.title,
        "by": row.stay.shown_as,
        "ours": request.viewer.belongs_to(row.organisation_id),
        "tier": TIERS[Tier(row.tier)],
        "on": row.offered_at.astimezone(reader_zone(request)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: Looking, pid: str, key: str) -> HttpResponse:
    found = seen(request, pid)
    row = queries.offered(request.viewer, found).filter(public_id=key).first()
    if row is None:
        raise Http404
    homes = coalition_queries.who_may_copy(request.viewer, found, row)
    may_withdraw = request.viewer.may_own(row.organisation_id)
    if request.method == "POST":
        if posted(request, "act") == "withdraw" and may_withdraw:
            acts.withdraw(viewer=request.viewer, offer=row, actor=request.user)
            messages.success(request, _("“%(title)s” is withdrawn.") % {"title": row.title})
            return redirect("coalition-kits", pid)
        home = next((home for home in homes if home.public_id == posted(request, "organisation")), None)
        if home is None or posted(request, "act") != "copy":
            raise Http404
        try:
            made = acts.copy(viewer=request.viewer, organisation=home, offer=row, actor=request.user)
        except NotYours:
            raise Http404 from None
        messages.success(request, _("The copy is a kit of yours. Make it ready, and write letters from it."))
        return redirect("own-kit", made.public_id)
    context = {
        "coalition": found,
        "kit": _line(request, row),
        "sheet": kit_sheet.sheet_of(row.text),
        "text": row.text,
        "homes": homes,
        "may_withdraw": may_withdraw,
        "has_sample": found.is_sample,
    }
    return render(request, "coalitions/kit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def offer(request: Looking, pid: str) -> HttpResponse:
    """First which kit, then to whom, then as partners would read it, then the act."""
    found = seen(request, pid)
    owned = [
        stay for stay in coalition_queries.own_stays(request.viewer, found)
        if request.viewer.may_own(stay.organisation_id)
    ]  # fmt: skip
    if not owned:
        raise Http404
    rows = queries.to_offer(request.viewer, owned)
    key = posted(request, "kit") if request.method == "POST" else param(request, "kit")
    kit = rows.filter(public_id=key).first() if key else None
    context: dict[str, Any] = {"coalition": found, "kit": kit, "has_sample": found.is_sample}
    if kit is None:
        context["kits"] = [{"id": row.public_id, "words": row.name} for row in rows[:MOST_KITS]]
        context["unknown"] = bool(key)
        return render(request, "coalitions/kit_offer.html", context, status=400 if key else 200)
    told, status = None, 200
    if request.method == "POST":
        form, status = OfferForm(request.POST), 400
        if form.is_valid():
            given = form.cleaned_data
            try:
                if posted(request, "step") == "offer":
                    made = acts.offer(
                        viewer=request.viewer, coalition=found, kit=kit, tier=given["tier"], title=given["title"],
                        actor=request.user, once=given["once"],
                    )  # fmt: skip
                    messages.success(request, _("“%(title)s” is offered.") % {"title": made.title})
                    return redirect("coalition-kit", pid, made.public_id)
                if posted(request, "step") != "again":
                    told = acts.preview(viewer=request.viewer, coalition=found, kit=kit)
                status = 200
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
    else:
        form = OfferForm(
            initial={
                "kit": key,
                "once": public_id(),
                "tier": Tier.MEMBER.value,
                "title": kit.name[: acts.TITLE_MAX],
            }
        )
    context |= {"form": form, "form_failed": status != 200, "told": told}
    if told is not None:
        given = form.cleaned_data
        context |= {
            "given": given,
            "tier": TIERS[Tier(given["tier"])],
            "sheet": kit_sheet.sheet_of(told.text),
            "text": told.text,
            "partners": list(
                coalition_queries.members(request.viewer, found).filter(tier__gte=given["tier"])
                .exclude(organisation=kit.organisation_id).values_list("shown_as", flat=True)[:100]
            ),
        }  # fmt: skip
    return render(request, "coalitions/kit_offer.html", context, status=status)
