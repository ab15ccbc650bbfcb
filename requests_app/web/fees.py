"""What a request costs, line by line; and what all of them cost together."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import fees as acts
from requests_app.actions.refusals import Refused
from requests_app.laws.registry import library
from requests_app.models import Campaign
from requests_app.models.ids import public_id
from requests_app.notices.cells import neutral
from requests_app.queries import fees as query

from .event_specs import kind_words
from .events import refuse
from .fee_forms import LINE_WORDS, FeeForm
from .paging import page_number, param, select, shown
from .register import MOST_ROWS, member
from .shell import Looking
from .templatetags.money import dollars
from .withholdings import heading, legal_day, of_ours

COLUMNS = (
    "request", "agency", "campaign", "line", "date", "amount", "hours", "dollars an hour", "pages", "dollars a page",
    "media", "due", "words", "sample",
)  # fmt: skip


@login_required
@require_safe
def request_fees(request: Looking, pid: str) -> HttpResponse:
    found = of_ours(request, pid)
    account = query.account_of(request.viewer, found)
    norm = query.norm_of(request.viewer, found) if account.estimate is not None else None
    law = library().law(found.law_id).about.fees
    context = heading(request, found) | {
        "account": account,
        "balance_due": account.balance if account.balance and account.balance > 0 else None,
        "owed_to_us": -account.balance if account.balance and account.balance < 0 else None,
        "due": account.dues[0] if account.dues else None,
        "later": account.dues[1:],
        "due_tone": "late" if account.dues and account.dues[0].on < legal_day(request, found) else "ours",
        "due_act": _act_of(pid, account.dues[0].rule_id) if account.dues else None,
        "lines": [_line(pid, line) for line in reversed(account.lines)],
        "norm": norm,
        "warning": norm.sentence(account.estimate)
        if norm and account.estimate is not None and norm.exceeded_by(account.estimate)
        else "",
        "law": law,
        "law_url": reverse("law", args=[found.law_id]),
        "log": [
            {"url": reverse("fee-new", args=[pid, line]), "words": words, "hint": hint}
            for line, (words, hint, _day) in LINE_WORDS.items()
        ],
    }
    return render(request, "request_fees.html", context)


def _act_of(pid: str, rule: str) -> dict[str, Any]:
    line = {"deposit-by": "deposit-paid", "invoice-by": "paid"}.get(rule)
    if line is None:
        url = reverse("event-new", args=[pid, "clarification_answered"])
        return {"url": url, "words": kind_words("clarification_answered")}
    return {"url": reverse("fee-new", args=[pid, line]), "words": _("Log the payment")}


def _line(pid: str, line: query.FeeLine) -> dict[str, Any]:
    event, basis = line.event, line.basis
    words = str(kind_words(event.kind))
    if event.kind == "fee_waiver_decided":
        facts = event.facts
        said = _("in part") if facts.get("in_part") else _("granted") if facts.get("granted") else _("refused")
        words = f"{words}: {said}"
    return {
        "on": line.on,
        "words": words,
        "amount": line.amount,
        "text": line.text,
        "basis": _basis(basis) if basis else "",
        "counted": line.counted,
        "by": line.actor,
        "retract_url": reverse("event-retract", args=[pid, event.uid]) if line.counted else "",
    }


def _basis(basis: Any) -> str:
    said = []
    if basis.hours is not None:
        said.append(_("%(n)s hours") % {"n": _plain(basis.hours)})
        if basis.hourly is not None:
            said[-1] += " × " + dollars(basis.hourly)
    if basis.pages is not None:
        said.append(_("%(n)s pages") % {"n": f"{basis.pages:,}"})
        if basis.page_rate is not None:
            said[-1] += f" × ${_plain(basis.page_rate)}"
    if basis.media is not None:
        said.append(_("media and post %(amount)s") % {"amount": dollars(basis.media)})
    return ", ".join(said)


def _plain(value: Decimal) -> str:
    """2.50 as 2.5 and 10 as 10, never as 1E+1."""
    said = f"{value:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


@login_required
@require_http_methods(["GET", "POST"])
def fee_new(request: Looking, pid: str, line: str) -> HttpResponse:
    found = of_ours(request, pid, edit=True)
    if line not in LINE_WORDS:
        raise Http404
    form = FeeForm(
        line, request.POST or None, initial={"once": public_id(), "seen_version": found.ledger_version}
    )
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                recorded = acts.record_fee(
                    viewer=request.viewer, records_request=found, actor=request.user,
                    today=legal_day(request, found), **form.act(),
                )  # fmt: skip
                messages.success(request, _("Saved: %(what)s.") % {"what": LINE_WORDS[line][0]})
                for sentence in recorded.warnings:
                    messages.warning(request, sentence)
                return redirect("request-fees", pid=pid)
            except Refused as refusal:
                status = refusal.status
                if refusal.code == "stale":
                    # What was typed stays; the next press is made on what the page behind it now shows.
                    typed = request.POST.copy()
                    typed["seen_version"] = str(found.ledger_version)
                    form = FeeForm(line, typed)
                refused = refuse(form, _at_field(refusal, form))
    words, hint, _day = LINE_WORDS[line]
    context = heading(request, found) | {
        "form": form, "refused": refused, "form_failed": status >= 400, "words": words, "hint": hint,
        "basis": [form[name] for name in ("hours", "hourly", "pages", "page_rate", "media") if name in form.fields],
        "fields": [f for f in form if f.name not in ("hours", "hourly", "pages", "page_rate", "media")],
        "law": library().law(found.law_id).about.fees,
        "since": [_line(pid, line) for line in query.account_of(request.viewer, found).lines[-3:]]
        if status == 409
        else [],
        "others": [
            {"url": reverse("fee-new", args=[pid, other]), "words": said}
            for other, (said, _hint, _on) in LINE_WORDS.items()
            if other != line
        ],
    }  # fmt: skip
    return render(request, "fee_new.html", context, status=status)


def _at_field(refusal: Refused, form: FeeForm) -> Refused:
    """The ledger speaks of dates of its own; here there is one."""
    if refusal.field in ("sent_on", "received_on", "dated_on"):
        return Refused(refusal.code, refusal.sentence, field="on", status=refusal.status)
    return refusal


@login_required
@require_safe
def fees(request: Looking) -> HttpResponse:
    organisation, campaign = member(request), param(request, "campaign", 12)
    whole, parts = query.totals(request.viewer, organisation)
    rows, total, number = query.list_accounts(
        request.viewer, organisation, campaign=campaign, page=page_number(request)
    )
    campaigns = Campaign.objects.of_organisation(request.viewer).filter(organisation=organisation)
    options = [("", _("Any")), *campaigns.order_by("public_title").values_list("public_id", "public_title")[:200]]
    context = {
        "whole": whole,
        "parts": [
            {
                "url": f"{request.path}?campaign={part.public_id or 'none'}",
                "title": part.title or _("In no campaign"),
                "sums": part.sums,
            }
            for part in parts
        ],
        "page": shown(
            [{"url": reverse("request-fees", args=[row.public_id]), "row": row} for row in rows],
            total=total, number=number, size=query.PAGE,
        ),
        "filters": [select("campaign", _("Campaign"), [*options, ("none", _("In no campaign"))], campaign)],
        "filters_clear_url": request.path if campaign else "",
        "csv_url": f"{reverse('fees-csv')}?{request.GET.urlencode()}".rstrip("?"),
        "has_sample": any(row.is_sample for row in rows),
        "noindex": True,
    }  # fmt: skip
    return render(request, "fees.html", context)


@login_required
@require_safe
def fees_csv(request: Looking) -> HttpResponse:
    """Each line of each account; what a spreadsheet would run is made harmless."""
    lines = query.every_line(request.viewer, member(request), campaign=param(request, "campaign", 12))
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow(COLUMNS)
    for line in lines[:MOST_ROWS]:
        write.writerow([neutral(cell) for cell in _cells(line)])
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="fees.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _cells(line: Any) -> list[object]:
    event, found = line.event, line.request
    basis = getattr(event, "fee_basis", None)
    on = event.sent_on or event.dated_on or event.received_on
    return [
        found.public_id, found.agency.name, found.campaign.public_title if found.campaign else "",
        kind_words(event.kind), on.isoformat() if on else "", line.amount,
        *(getattr(basis, name, None) for name in ("hours", "hourly", "pages", "page_rate", "media")),
        event.facts.get("until", ""), line.text, "yes" if found.is_sample else "",
    ]  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("requests/<slug:pid>/fees/", request_fees, name="request-fees"),
    path("requests/<slug:pid>/fees/new/<slug:line>/", fee_new, name="fee-new"),
    path("fees/", fees, name="fees"),
    path("fees/fees.csv", fees_csv, name="fees-csv"),
]
