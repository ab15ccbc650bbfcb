"""Newer readings of the law: what they say otherwise, which dates they would move, and the owner's decision."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import revisions as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.laws.changes import changes, sentence
from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import OfferedMove, RevisionOffer
from requests_app.notices.cells import neutral
from requests_app.queries import revisions as queries

from .paging import all_posted, page_number, param, select, shown
from .shell import Looking
from .templatetags.look import day_long
from .words import owner_words

Decision = OfferedMove.Decision
DECISIONS = {
    Decision.WAITING: gettext_lazy("waits for a decision"),
    Decision.CHOSEN: gettext_lazy("about to be applied"),
    Decision.APPLIED: gettext_lazy("applied"),
    Decision.DECLINED: gettext_lazy("left as it is"),
    Decision.REPLACED: gettext_lazy("replaced by a later reading"),
    Decision.MOOT: gettext_lazy("no longer moved by it"),
}


@login_required
@require_safe
def index(request: Looking) -> HttpResponse:
    if not request.viewer.roles:
        raise Http404
    found = queries.offers(request.viewer)
    total, number = found.count(), page_number(request)
    start = (number - 1) * queries.PAGE
    rows = [offer_row(offer) for offer in found[start : start + queries.PAGE]]
    page = shown(rows, total=total, number=number, size=queries.PAGE)
    return render(request, "revisions.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Looking, pid: str) -> HttpResponse:
    offer = _found(request, pid)
    if request.method == "POST":
        try:
            return _decide(request, offer)
        except NotYours:
            raise Http404 from None
        except Refused as refused:
            return _page(request, _found(request, pid), refused=refused.sentence, status=refused.status)
    return _page(request, offer)


def _found(request: Looking, pid: str) -> Any:
    offer = queries.offers(request.viewer).filter(public_id=pid).first()
    if offer is None:
        raise Http404
    return offer


def _decide(request: Looking, offer: RevisionOffer) -> HttpResponse:
    act = request.POST.get("act", "")
    if act not in ("apply", "apply-all", "leave", "leave-all"):
        raise Refused("act_unknown", _("Choose whether to apply the newer reading or to leave the dates."))
    chosen = None if act.endswith("-all") else all_posted(request, "request", queries.PAGE * 2)
    done = acts.decide(
        viewer=request.viewer,
        offer=offer,
        actor=request.user,
        accept=act.startswith("apply"),
        requests=chosen,
        now=request.now,
    )
    said = f"?done={'applied' if act.startswith('apply') else 'left'}&n={done.requests}"
    response = HttpResponseRedirect(reverse("revision", args=[offer.public_id]) + said)
    response.status_code = 303
    return response


def _page(request: Looking, offer: Any, *, refused: str = "", status: int = 200) -> HttpResponse:
    decision, ours = param(request, "decision", 10), param(request, "ours", 1) == "1"
    if decision not in ("", "all", *Decision.values):
        decision = ""
    rows = queries.moves(offer, decision=decision, ours=ours)
    total, number = rows.count(), page_number(request)
    start = (number - 1) * queries.PAGE
    moves = [_move(queries.read(row)) for row in rows[start : start + queries.PAGE]]
    context = {
        "offer": offer_row(offer) | {"said": _said(offer)},
        "page": shown(moves, total=total, number=number, size=queries.PAGE),
        "filters": [
            select(
                "decision",
                _("Decision"),
                [
                    ("", _("waiting")),
                    *[(d.value, str(DECISIONS[d])) for d in DECISIONS if d != Decision.WAITING],
                    ("all", _("all")),
                ],
                decision,
            ),
            select(
                "ours",
                _("Whose dates"),
                [("", _("all dates")), ("1", _("windows of ours"))],
                "1" if ours else "",
            ),
        ],
        "filters_clear_url": request.path if decision or ours else "",
        "may_decide": request.viewer.may_own(offer.organisation_id) and offer.state != "counting",
        "choosing": decision == "" or decision == Decision.WAITING,
        "refused": refused,
        "done": _done(request),
        "csv_url": reverse("revision-csv", args=[offer.public_id]),
    }
    return render(request, "revision.html", context, status=status)


def _done(request: Looking) -> str:
    n = param(request, "n", 6)
    if not (n.isascii() and n.isdigit()):
        return ""
    match request.GET.get("done"):
        case "applied":
            return ngettext(
                "%(n)s request is counted by the newer reading.",
                "%(n)s requests are counted by the newer reading.",
                int(n),
            ) % {"n": n}
        case "left":
            return ngettext("%(n)s request keeps its dates.", "%(n)s requests keep their dates.", int(n)) % {
                "n": n
            }
    return ""


def offer_line(offer: Any) -> dict[str, Any]:
    """What a banner says of an offer, as `queries.revisions.waiting` has it."""
    return {
        "url": reverse("revision", args=[offer.public_id]),
        "name": _place(offer.law_id),
        "waiting": offer.waiting,
    }


def _place(law_id: str) -> str:
    """The law's own name where the library holds it no more: the offer stays readable."""
    try:
        return library().place_of(law_id).name
    except NoAnswer:
        return law_id


def offer_row(offer: Any) -> dict[str, Any]:
    """One offer with its counts, as `queries.revisions.offers` has it."""
    name = _place(offer.law_id)
    return offer_line(offer) | {
        "law_url": reverse("law", args=[offer.law_id]) if name != offer.law_id else "",
        "law_ref": f"{offer.law_id} r{offer.revision}",
        "organization": offer.organisation.name,
        "at": offer.created_at,
        "counting": offer.state == "counting",
        "applying": offer.state == "applying",
        "counted": offer.counted,
        "total": offer.total,
        "percent": 100 * offer.counted // offer.total if offer.total else 0,
        "moved": offer.moved,
    }


def _said(offer: Any) -> list[str]:
    """What the newer publication says otherwise, text by text."""
    try:
        entry = library().law(offer.law_id)
    except NoAnswer:
        return []
    found = []
    for text in entry.revisions:
        if text.revision != offer.revision:
            continue
        before = [one for one in entry.revisions if one.revision < text.revision]
        same = [one for one in before if one.effective_from == text.effective_from]
        for earlier in (same or before)[-1:]:
            found += [sentence(change) for change in changes(earlier, text)]
    return found


def _move(move: queries.Move) -> dict[str, Any]:
    return {
        "public_id": move.public_id,
        "url": reverse("request", args=[move.public_id]),
        "title": move.title,
        "agency": move.agency,
        "is_sample": move.is_sample,
        "decision": DECISIONS[Decision(move.decision)],
        "decided_by": move.decided_by,
        "decided_at": move.decided_at,
        "changes": [change_words(change) for change in move.changes],
    }


def change_words(change: queries.Change) -> dict[str, Any]:
    """One clock, its date before and after. `tone`: earlier, later or ""."""
    days = change.days
    moved = ""
    if days:
        moved = ngettext("%(n)d day", "%(n)d days", abs(days)) % {"n": abs(days)}
        moved = _("%(days)s earlier") % {"days": moved} if days < 0 else _("%(days)s later") % {"days": moved}
    return {
        "name": f"{change.name} ({', '.join(change.parts)})" if change.parts else change.name,
        "owner": owner_words(change.owner),
        "ours": change.owner == "requester",
        "old": _date_words(change.old),
        "new": _date_words(change.new),
        "moved": moved,
        "tone": "earlier" if days and days < 0 else "later" if days else "",
    }


def _date_words(dates: queries.Dates) -> str:
    if dates.unknown:
        return _("not known")
    if dates.due is None:
        return dates.standard or _("no date")
    if dates.earliest and dates.latest and dates.earliest != dates.latest:
        return _("%(early)s to %(late)s") % {
            "early": day_long(dates.earliest),
            "late": day_long(dates.latest),
        }
    return day_long(dates.due)


@login_required
@require_safe
def as_csv(request: Looking, pid: str) -> HttpResponse:
    """Every move of the offer, one clock a line, for counsel."""
    offer = _found(request, pid)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{offer.law_id}-r{offer.revision}.csv"'
    rows = csv.writer(response)
    rows.writerow(
        [_("Request"), _("Title"), _("Agency"), _("Date"), _("Whose"), _("Stands"), _("Newer reading"), _("Decision")]
    )  # fmt: skip
    for row in queries.moves(offer, decision="all").iterator(chunk_size=500):
        move = queries.read(row)
        for change in move.changes:
            cells = (
                move.public_id, move.title, move.agency, change.name, str(owner_words(change.owner)),
                _iso(change.old), _iso(change.new), str(DECISIONS[Decision(move.decision)]),
            )  # fmt: skip
            rows.writerow([neutral(cell) for cell in cells])
    return response


def _iso(dates: queries.Dates) -> str:
    return dates.due.isoformat() if dates.due else dates.standard
