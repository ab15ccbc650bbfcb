"""Model letters of a coalition: what partners offer, one of them, and offering a letter of one's own. What partners
would read is shown before it is offered."""

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

from requests_app.actions import letters
from requests_app.actions import model_letters as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Letter, ModelLetter, Tier
from requests_app.models.ids import public_id
from requests_app.queries import coalitions as coalition_queries
from requests_app.queries import model_letters as queries

from .coalitions import seen
from .organisations import add_refusal, redirect
from .paging import page_number, param, posted, shown
from .reauthentication import fresh_sign_in
from .share_board import TIERS
from .shell import Looking, reader_zone

MOST_LETTERS = 200


class OfferForm(forms.Form):
    letter = forms.CharField(widget=forms.HiddenInput, max_length=20)
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("Title of the model"),
        max_length=acts.TITLE_MAX,
        help_text=gettext_lazy(
            "What it is good for, in a few words: “Appeal of a blanket denial, Illinois”."
        ),
        error_messages={"required": gettext_lazy("Give the model a title.")},
    )
    tier = forms.TypedChoiceField(
        label=gettext_lazy("Who reads it"),
        coerce=int,
        choices=[(int(tier), words) for tier, words in TIERS.items()],
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=letters.SUBJECT_MAX,
        error_messages={"required": gettext_lazy("Give the letter a subject.")},
    )
    body = forms.CharField(
        label=gettext_lazy("The letter"),
        max_length=letters.BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=gettext_lazy(
            "Names, addresses and numbers of requests are out already. Take out what else belongs to your case: your "
            "letter itself stays as it is."
        ),
        error_messages={"required": gettext_lazy("The letter says nothing yet.")},
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
    lines = [_line(request, row) for row in rows.defer("body")[start : start + queries.PAGE]]
    context = {
        "coalition": found,
        "page": shown(lines, total=total, number=number, size=queries.PAGE),
        "may_offer": any(request.viewer.may_own(stay.organisation_id) for stay in stays),
        "has_sample": found.is_sample,
    }
    return render(request, "coalitions/models.html", context)


def _line(request: Looking, row: ModelLetter) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": row.title,
        "kind": row.get_kind_display(),
        "law": queries.law_name(row.law_id) if row.law_id else "",
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
            acts.withdraw(viewer=request.viewer, model=row, actor=request.user)
            messages.success(request, _("“%(title)s” is withdrawn.") % {"title": row.title})
            return redirect("coalition-models", pid)
        home = next((home for home in homes if home.public_id == posted(request, "organisation")), None)
        if home is None or posted(request, "act") != "copy":
            raise Http404
        try:
            made = acts.copy(viewer=request.viewer, organisation=home, model=row, actor=request.user)
        except NotYours:
            raise Http404 from None
        messages.success(request, _("The copy is yours. Start a letter from it below."))
        return redirect("own-model", made.public_id)
    context = {
        "coalition": found,
        "model": _line(request, row),
        "subject": row.subject,
        "body": row.body,
        "homes": homes,
        "may_withdraw": may_withdraw,
        "has_sample": found.is_sample,
    }
    return render(request, "coalitions/model.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def offer(request: Looking, pid: str) -> HttpResponse:
    """First which letter, then what of it, then as partners would read it, then the act."""
    found = seen(request, pid)
    owned = [
        stay for stay in coalition_queries.own_stays(request.viewer, found)
        if request.viewer.may_own(stay.organisation_id)
    ]  # fmt: skip
    if not owned:
        raise Http404
    rows = queries.to_offer(request.viewer, owned)
    key = posted(request, "letter") if request.method == "POST" else param(request, "letter")
    letter = rows.filter(public_id=key).first() if key else None
    context: dict[str, Any] = {"coalition": found, "letter": letter, "has_sample": found.is_sample}
    if letter is None:
        context["letters"] = [_choice(row) for row in rows.defer("body")[:MOST_LETTERS]]
        context["unknown"] = bool(key)
        return render(request, "coalitions/model_offer.html", context, status=400 if key else 200)
    told, status = None, 200
    if request.method == "POST":
        form, status = OfferForm(request.POST), 400
        if form.is_valid():
            given = form.cleaned_data
            words = {"subject": given["subject"], "body": given["body"]}
            try:
                if posted(request, "step") == "offer":
                    made = acts.offer(
                        viewer=request.viewer, coalition=found, letter=letter, tier=given["tier"],
                        title=given["title"], actor=request.user, once=given["once"], **words,
                    )  # fmt: skip
                    messages.success(request, _("“%(title)s” is offered.") % {"title": made.title})
                    return redirect("coalition-model", pid, made.public_id)
                if posted(request, "step") != "again":
                    told = acts.preview(viewer=request.viewer, coalition=found, letter=letter, **words)
                status = 200
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
    else:
        try:
            first = acts.preview(viewer=request.viewer, coalition=found, letter=letter)
            start = {"subject": first.subject, "body": first.body}
        except Refused:
            start = {"subject": letter.subject, "body": letter.body}
        form = OfferForm(initial={**start, "letter": key, "once": public_id(), "tier": Tier.MEMBER.value})
    context |= {"form": form, "form_failed": status != 200, "told": told}
    if told is not None:
        given = form.cleaned_data
        context |= {
            "given": given,
            "tier": TIERS[Tier(given["tier"])],
            "partners": list(
                coalition_queries.members(request.viewer, found).filter(tier__gte=given["tier"])
                .exclude(organisation=letter.organisation_id).values_list("shown_as", flat=True)[:100]
            ),
            "line": {"kind": letter.get_kind_display(), "law": queries.law_name(letter.law_id)},
        }  # fmt: skip
    return render(request, "coalitions/model_offer.html", context, status=status)


def _choice(row: Letter) -> dict[str, str]:
    return {"id": row.public_id, "words": f"{row.get_kind_display()}: {row.subject} ({row.agency.name})"}
