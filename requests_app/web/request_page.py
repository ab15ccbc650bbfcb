"""One request: the dates that decide today, the lines of its clocks, why each date, what happened, what is next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from requests_app.actions import audit
from requests_app.clock.rules import Owner
from requests_app.clock.standing import Clock, State, Verdict
from requests_app.laws.registry import library
from requests_app.models import Share
from requests_app.models.ids import public_id
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import everything
from requests_app.queries.dated import page_on
from requests_app.queries.places import place_name
from requests_app.queries.request_page import Line, RequestPage, load

from .calculator import law_words
from .citing import cited
from .clocks import chart_of, doubts, law_address, standards, whys
from .corrections import beside_request
from .dated import NoSuchDay, dated, day_of, nothing_by, refused
from .draw.from_clock import count_words, heroes_of
from .event_specs import SPECS, kind_words
from .news_words import follow
from .next_steps import next_of
from .part_standing import parts_of
from .proposals import offers_on
from .requests import invented
from .revisions import change_words
from .shell import Looking
from .templatetags.look import day_long, late_words
from .timeline import timeline_of
from .work_forms import NUMBER_KINDS, ContactForm


@require_safe
def request_page(request: Looking, pid: str) -> HttpResponse:
    if "on" in request.GET:
        return _on_a_day(request, pid)
    page = load(request.viewer, pid, now=request.now)
    if page is None:
        raise Http404
    page, inside = everything.of_request(request.viewer, page)
    if inside is not None:
        audit.read_everything(request.viewer, page.request, request.user, request.now.date())
    context = context_of(page) | {"may_offer": offers_on(request, page.request), "inside": inside}
    if page.published or request.viewer is PUBLIC:
        context["embed_url"] = f"{reverse('embed')}?request={pid}"
    if request.viewer is PUBLIC:
        context |= {"cite": _cited(request, page), "look_back": page.today}
        context["follow"] = follow(_("this request"), "news-request", pid=pid)
    context |= beside_request(request.viewer, page.request)
    return render(request, "request.html", context)


def _on_a_day(request: Looking, pid: str) -> HttpResponse:
    """As the public sees it, whoever looks: of what is not public, an earlier day is missing, too."""
    tell_database(PUBLIC)
    page = load(PUBLIC, pid, now=request.now)
    if page is None:
        raise Http404
    try:
        day = day_of(request, page.today)
        then = page_on(page, day)
        if then is None:
            raise nothing_by(day)
    except NoSuchDay as problem:
        return refused(request, problem)
    return render(request, "request.html", context_of(then) | dated(request, day))


def _cited(request: Looking, page: RequestPage) -> dict[str, Any]:
    found = page.request
    agency = found.custodian.name if found.custodian else found.agency.name
    return cited(
        request, kind="request", key=found.public_id, title=f"{agency}: {found.public_title}",
        about=_("A request for public records to %(agency)s, filed %(day)s.") % {
            "agency": agency, "day": day_long(found.filed_on),
        },
        address=reverse("request", args=[found.public_id]),
        schema={
            "@type": "CreativeWork", "identifier": found.public_id, "dateCreated": found.filed_on.isoformat(),
            "about": {"@type": "GovernmentOrganization", "name": agency},
        },
    )  # fmt: skip


def context_of(page: RequestPage) -> dict[str, Any]:
    on, found = page.today, page.request
    whole = [part.label for part in page.parts]
    said = {line.event.uid: str(kind_words(line.event.kind)) for line in page.lines}
    context = {
        "records_request": _heading(page),
        "public_view": page.is_public_view,
        "today": on,
        "heroes": heroes_of(page.clocks, on, whole=whole),
        "stages": _stages(page),
        "chart": chart_of(page.clocks, on, events=said, whole=whole, earlier=page.earlier),
        "doubts": doubts(page.clocks, on, whole=whole),
        "whys": whys(page.clocks, on, reasons=_reasons(page), whole=whole),
        "standards": standards(page.clocks, on, whole=whole),
        "parts": parts_of(page, whole),
        "timeline": timeline_of(page, whole),
        "has_sample": invented(found),
        "is_held": page.is_held,
        "noindex": page.ours or found.is_sample,
        "files": [
            {"title": one.title, "url": reverse("document-file", args=[one.public_id]), "size": one.size}
            for one in page.files
        ],
        **_extensions(page),
    }
    context["timeline_count"] = len(context["timeline"])
    if page.ours:
        context |= {"people": _people(page), "counts": {**page.counts, "fees": _fees(page)}, "tags": page.tags}
        context["may_see"] = _may_see(page)
        context["publish_url"] = reverse("request-publish", args=[found.public_id]) if page.may_edit else ""
        context["offered"] = [
            {"url": reverse("revision", args=[offer.public_id]), "changes": [change_words(c) for c in move.changes]}
            for offer, move in page.offered
        ]
    if page.may_edit:
        context["next"] = next_of(page, whole)
        context["log_groups"] = _log_groups(found.public_id)
        context["contact_form"] = ContactForm(initial={"once": public_id(), "on": on})
    return context


def _heading(page: RequestPage) -> dict[str, Any]:
    found = page.request
    law = library().law(found.law_id)
    received = _received_on(page.lines)
    closed = page.standing is not None and page.standing.stage == "closed"
    return {
        "public_id": found.public_id,
        "title": found.public_title,
        "agency": found.custodian.name if found.custodian else found.agency.name,
        "agency_url": reverse("agency", args=[found.agency.slug]),
        "state": place_name(found.agency.jurisdiction),
        "is_sample": invented(found),
        "law_name": law_words(law),
        "law_url": law_address(found.law_id),
        "filed_on": found.filed_on,
        "received_on": received,
        "day_n": None if closed else (page.today - (received or found.filed_on)).days + 1,
        "numbers": [{"kind": NUMBER_KINDS[one["kind"]], "number": one["number"]} for one in page.numbers],
        "working_title": page.private["working_title"] if page.private else "",
        "held_back": found.held_back and page.ours,
        "shared_by": page.shared_by,
        "may_edit": page.may_edit,
        "tracking_number": page.correspondence["tracking_number"] if page.correspondence else "",
        "campaign": page.campaign["title"] if page.campaign else "",
        "campaign_url": reverse("campaign", args=[page.campaign["public_id"]]) if page.campaign else "",
    }


def _people(page: RequestPage) -> dict[str, str]:
    private = page.private or {}
    return {
        "assignee": private.get("assignee") or private.get("assignee_email") or "",
        "backup": private.get("backup") or private.get("backup_email") or "",
    }


def _fees(page: RequestPage) -> int:
    """What was said or paid about money; the ledger holds it."""
    lines = [line.event.kind for line in page.lines if line.retracted_by is None]
    return sum(kind.startswith(("fee_", "deposit_")) for kind in lines)


def _received_on(lines: Iterable[Line]) -> dt.date | None:
    """The day of receipt by the best proof there is: named by the agency, confirmed, stated with the request."""
    standing = [line.event for line in lines if line.retracted_by is None]
    for event in standing:
        named = event.facts.get("names_received_on") if event.kind == "acknowledged" else None
        if named:
            return dt.date.fromisoformat(named)
    for kind in ("receipt_confirmed", "sent"):
        days = [event.received_on for event in standing if event.kind == kind and event.received_on]
        if days:
            return days[-1]
    return None


def _first_on(page: RequestPage, *kinds: str) -> dt.date | None:
    days = [line.on for line in page.lines if line.event.kind in kinds and line.retracted_by is None]
    return min(days, default=None)


def _stages(page: RequestPage) -> list[dict[str, Any]]:
    """What is done, what is open, what lies ahead. Public views know no window of ours."""
    stage = page.standing.stage if page.standing else "sent"
    late = bool(page.standing and page.standing.late)
    received = _received_on(page.lines)
    answered = _first_on(page, "determined", "produced")
    filed = _first_on(page, "appeal_filed", "review_filed")
    decided = _first_on(page, "appeal_decided", "review_decided", "remanded")
    sued = _first_on(page, "sued")
    rows = [
        _stage(_("Received"), received) if received else _stage(_("Sent"), page.request.filed_on),
        _stage(_("Acknowledged"), _first_on(page, "acknowledged"), passed=answered is not None),
    ]
    in_part = stage == "answered_in_part"
    row = _stage(_("Answered in part") if in_part else _("Answered"), answered)
    if late and not filed and (answered is None or in_part):
        since = page.standing.late_since if page.standing else None
        row |= {"state": "late", "note": late_words((page.today - since).days + 1) if since else ""}
    elif in_part or (answered is None and not filed):
        row["state"] = "now"
    rows.append(row)
    window = _window(page)
    opened = window is not None and (filed is None or (window.opens_on or filed) < filed)
    if window is not None and opened:
        rows.append(_open(window))
    if filed or not page.is_public_view:
        row = _stage(_("Appeal or review"), filed)
        if filed and not decided:
            row["state"] = "now"
        rows.append(row)
        rows.append(_stage(_("Decision on it"), decided))
    if window is not None and not opened:
        rows.append(_open(window))
    if sued or not page.is_public_view:
        row = _stage(_("Court"), sued)
        row["state"] = "now" if stage == "suit" else row["state"]
        rows.append(row)
    if stage == "closed":
        rows = [r | {"state": "done" if r["on"] else "ahead"} for r in rows]
        # The day on which we closed it is ours alone; in public it has none, rather than today's.
        rows.append(
            {"words": _("Closed"), "on": _first_on(page, "closed", "withdrawn"), "state": "done", "note": ""}
        )
    return rows


def _stage(words: str, on: dt.date | None, *, passed: bool = False) -> dict[str, Any]:
    note = "" if on else _("not recorded") if passed else _("not yet")
    return {"words": words, "on": on, "state": "done" if on or passed else "ahead", "note": note}


def _open(window: Clock) -> dict[str, Any]:
    return {"words": window.name, "state": "now", "on": window.due_on, "note": _("until")}


def _window(page: RequestPage) -> Clock | None:
    """Our nearest window that is open and has a day."""
    ours = [
        clock
        for clock in page.clocks
        if clock.owner is Owner.requester and clock.state(page.today) is State.running and clock.due_on
    ]
    return min(ours, key=lambda clock: clock.due_on or dt.date.max, default=None)


def _reasons(page: RequestPage) -> dict[str, str]:
    """Why a date was set by hand: only our own people have the note."""
    return {
        str(line.event.facts.get("clock")): line.note
        for line in page.lines
        if line.event.kind == "override" and line.note and line.retracted_by is None
    }


def _extensions(page: RequestPage) -> dict[str, Any]:
    """Each claim of more time, once, by its event; and what was taken in all."""
    claims = {claim.event: claim for clock in page.clocks for claim in clock.extensions}
    rows = []
    for claim in claims.values():
        good = claim.verdict is Verdict.allowed
        length = count_words(claim.claimed, claim.unit) if claim.claimed and claim.unit else _("an extension")
        verdict = {
            Verdict.allowed: _("allowed"), Verdict.over_cap: _("longer than the law allows"),
            Verdict.no_reason: _("no reason given"), Verdict.no_date: _("no date given"),
            Verdict.late_notice: _("noticed after the time had ended"), Verdict.disputed: _("disputed by us"),
            Verdict.not_provided: _("not provided by the law"), Verdict.moot: _("came to nothing"),
        }[claim.verdict]  # fmt: skip
        rows.append(
            {
                "words": f"{length}: {verdict}",
                "tone": "done" if good else "doubt",
                "text": " ".join(
                    [_("Noticed %(day)s.") % {"day": day_long(claim.noticed_on)}, claim.citation]
                ),
            }
        )
    n = len(rows)
    total = ngettext("%(n)d claimed", "%(n)d claimed", n) % {"n": n}
    return {"extensions": rows, "extensions_total": total if n else ""}


def _log_groups(pid: str) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for spec in SPECS.values():
        kinds = groups.setdefault(str(spec.group), [])
        closing = spec.kind == "closed"
        url = reverse("request-close", args=[pid]) if closing else reverse("event-new", args=[pid, spec.kind])
        kinds.append({"url": url, "words": spec.words, "hint": ""})
    return [{"words": words, "kinds": kinds} for words, kinds in groups.items()]


def _may_see(page: RequestPage) -> list[dict[str, str]]:
    rows = [{"who": _("Your organization"), "what": _("everything")}]
    public = [share for share in page.shares if share.grantee_kind == Share.Grantee.PUBLIC]
    if public:
        levels = [_("status")] + [
            str(words)
            for given, words in (
                (public[0].correspondence, _("correspondence")),
                (public[0].documents, _("documents")),
            )
            if given
        ]
        what = _("%(levels)s. Our windows never show there.") % {"levels": ", ".join(levels)}
        rows.append({"who": _("The public"), "what": what})
    else:
        rows.append({"who": _("The public"), "what": _("nothing: not published")})
    others = len(page.shares) - len(public)
    if others:
        rows.append(
            {"who": _("Partners"), "what": ngettext("%(n)d grant", "%(n)d grants", others) % {"n": others}}
        )
    return rows
