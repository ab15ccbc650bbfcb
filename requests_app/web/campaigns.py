"""Campaigns: the list, the matrix of one, and the matrix as a table to take away."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from requests_app.actions import audit
from requests_app.clock.standing import Clock, State
from requests_app.models.agencies import AgencyKind
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.notices.cells import neutral
from requests_app.queries import everything
from requests_app.queries import matrix as query
from requests_app.queries.dated import MOST, matrix_on
from requests_app.queries.groups import ANSWERED, Group
from requests_app.queries.places import place_name
from requests_app.queries.publishing import own_public_share

from .citing import cited, dataset
from .dated import NoSuchDay, dated, day_of, nothing_by, refused, tail_of
from .draw.axis import axis_for
from .draw.from_clock import mini_of
from .draw.lane import mini_svg
from .draw.shapes import Axis, LaneSpec, MiniSpec
from .figures import GROUPS, KNOWN_GROUPS, RARE, law_line, per_group, unknown_filters
from .news_words import follow
from .paging import param, select, with_params
from .shell import PUBLIC_ZONE, Looking, reader_day
from .templatetags.look import day_mid, late_words
from .words import MOVES, outcome_words

WITHIN = ("3", "7", "14", "30")
STEPS = {
    "sued": gettext_lazy("suit"),
    "review_filed": gettext_lazy("outside review"),
    "ruling_requested": gettext_lazy("Attorney General"),
    "appeal_filed": gettext_lazy("appeal"),
}
GROUPINGS = {"kind": gettext_lazy("Kind of agency"), "none": gettext_lazy("Not at all")}
FAR = dt.date.max
ORDERS: dict[str, Callable[[query.Line], Any]] = {
    "next": lambda line: (line.next_on or FAR, line.agency),
    "late": lambda line: (-line.days_late, line.agency),
    "filed": lambda line: (line.filed_on, line.agency),
}
ORDER_WORDS = {
    "next": gettext_lazy("Next date"),
    "late": gettext_lazy("Days late"),
    "filed": gettext_lazy("Day filed"),
}
COLUMNS = (
    "request", "address", "sample", "agency", "custodian", "jurisdiction", "law", "title", "filed",
    "answer_due_earliest", "answer_due_latest", "answered", "outcome", "records", "appeal_or_review",
    "appeal_or_review_kind", "stage", "group", "whose_move", "days_late", "next_date", "next_clock",
)  # fmt: skip


@require_safe
def campaigns(request: Looking) -> HttpResponse:
    rows = [_listed(row) for row in query.campaigns(request.viewer, now=request.now)]
    context = {"campaigns": rows, "has_sample": any(row["is_sample"] for row in rows)}
    return render(request, "campaigns.html", context)


def _listed(row: query.Listed) -> dict[str, Any]:
    url = reverse("campaign", args=[row.campaign.public_id])
    return {
        "url": url,
        "name": row.campaign.public_title,
        "is_sample": row.campaign.is_sample,
        "question": row.campaign.public_summary,
        "from_on": row.first_on,
        "n_requests": row.total,
        "n_agencies": row.agencies,
        "answered": per_group(row.counts, *ANSWERED),
        "answered_url": f"{url}?group=answered",
        "late": per_group(row.counts, Group.late),
        "late_url": f"{url}?group=late",
        "ours": row.ours,
        "ours_url": f"{url}?move=requester",
    }


@require_safe
def campaign(request: Looking, pid: str) -> HttpResponse:
    if "on" in request.GET:
        return _on_a_day(request, pid)
    found = _load(request, pid)
    strategy = everything.of_campaign(request.viewer, found.campaign)
    if strategy is not None:
        audit.read_everything(request.viewer, found.campaign, request.user, request.now.date())
    context = _context(request, pid, found, reader_day(request)) | {"strategy": strategy}
    return render(request, "campaign.html", context)


def _on_a_day(request: Looking, pid: str) -> HttpResponse:
    """The whole campaign as the public sees it, whoever looks, at the end of an earlier day."""
    tell_database(PUBLIC)
    found = query.load(PUBLIC, pid, now=request.now)
    if found is None:
        raise Http404
    try:
        day = day_of(request, request.now.astimezone(ZoneInfo(PUBLIC_ZONE)).date())
        if found.total > MOST:
            said = _("on: more than %(n)d requests are too many for one page of an earlier day. Open them one by one.")
            raise NoSuchDay(said % {"n": MOST})
        then = matrix_on(found, day)
        if not then.lines:
            raise nothing_by(day)
    except NoSuchDay as problem:
        return refused(request, problem)
    context = _context(request, pid, then, day.on)
    for one in context["sums"]:
        one["url"] = ""
    for row in (row for group in context["groups"] for row in group["rows"]):
        row["url"] += tail_of(day)
    return render(request, "campaign.html", context | dated(request, day) | {"follow": None})


def _context(request: Looking, pid: str, found: query.Matrix, today: dt.date) -> dict[str, Any]:
    minis = {line.pk: mini_of(line.clocks, line.today, filed_on=line.filed_on) for line in found.lines}
    axis = axis_of(minis.values(), today)
    context = {
        "campaign": {
            "name": found.campaign.public_title,
            "is_sample": found.campaign.is_sample,
            "lead": _lead(found),
            "question": found.campaign.public_summary,
            "comments_url": reverse("campaign-comments", args=[pid]),
            "shares_url": reverse("campaign-shares", args=[pid]) if found.ours else "",
            "plan_url": reverse("campaign-plan", args=[pid]) if found.ours else "",
            "reminders_url": reverse("campaign-reminders", args=[pid]),
            "feed_url": f"{reverse('feeds')}?campaign={pid}",
            "publish_url": reverse("campaign-publish", args=[pid])
            if request.viewer.may_edit(found.campaign.organisation_id)
            else "",
        },
        "ours": found.ours,
        "follow": follow(_("what happens in this campaign"), "news-campaign", pid=pid)
        if request.viewer is PUBLIC
        else None,
        "filters": _filters(request, found),
        "filters_clear_url": request.path if request.GET else "",
        "filters_links": [
            {
                "url": f"{reverse('campaign-csv', args=[pid])}?{request.GET.urlencode()}".rstrip("?"),
                "words": "CSV",
            }
        ],
        "filters_problems": _problems(request, found),
        "embed_url": f"{reverse('embed')}?matrix={pid}" if _is_public(request, found) else "",
        "filters_note": _shown(found),
        "sums": _sums(request, found),
        "sums_total": {"n": found.total, "words": _("asked in all")},
        "axis": axis,
        "groups": _groups(
            found.lines, minis, axis, _choice(request, "by", GROUPINGS), _choice(request, "sort", ORDERS)
        ),
        "has_sample": found.campaign.is_sample or any(line.is_sample for line in found.lines),
    }
    if request.viewer is PUBLIC and "on" not in request.GET:
        context["look_back"] = today
        about = found.campaign.public_summary or _lead(found)
        table = request.build_absolute_uri(reverse("campaign-csv", args=[pid]))
        context["cite"] = cited(
            request, kind="campaign", key=pid, title=found.campaign.public_title, about=about,
            address=reverse("campaign", args=[pid]),
            schema=dataset(
                distribution={"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": table}
            ),
        )  # fmt: skip
    return context


def _is_public(request: Looking, found: query.Matrix) -> bool:
    return request.viewer is PUBLIC or (found.ours and own_public_share(found.campaign) is not None)


@require_safe
def campaign_csv(request: Looking, pid: str) -> HttpResponse:
    """The rows of the matrix as the viewer sees it, filters included; sample rows say so."""
    found = _load(request, pid)
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow(COLUMNS)
    for line in found.lines:
        address = request.build_absolute_uri(reverse("request", args=[line.public_id]))
        write.writerow([neutral(cell) for cell in _cells(line, address)])
    # The mark tells a spreadsheet that the bytes are UTF-8.
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="campaign-{found.campaign.public_id}.csv"'
    if found.campaign.is_sample:
        response["X-Robots-Tag"] = "noindex"
    return response


def _cells(line: query.Line, address: str) -> list[object]:
    due = query.answer_clock(line)
    answered, records, review = answer_of(line), line.told.get("produced"), _review(line)
    return [
        line.public_id, address, "sample" if line.is_sample else "", line.agency, line.custodian,
        place_name(line.jurisdiction), line.law_id, line.title, line.filed_on,
        due.earliest if due else None, due.latest if due else None,
        answered[0] if answered else None, line.outcome, records[0] if records else None,
        review[0] if review else None, review[1] if review else None, line.stage, line.group,
        line.whose_move, line.days_late or None, line.next_on, line.next_name,
    ]  # fmt: skip


def _load(request: Looking, pid: str) -> query.Matrix:
    within = param(request, "within")
    found = query.load(
        request.viewer,
        pid,
        now=request.now,
        group=param(request, "group"),
        move=param(request, "move"),
        within=int(within) if within in WITHIN else None,
    )
    if found is None:
        raise Http404
    return found


def _lead(found: query.Matrix) -> str:
    if not found.total or found.first_on is None or found.last_on is None:
        return ""
    agencies = ngettext("%(n)d agency", "%(n)d agencies", found.agencies) % {"n": found.agencies}
    said = ngettext("%(n)d request to %(agencies)s", "%(n)d requests to %(agencies)s", found.total) % {
        "n": found.total,
        "agencies": agencies,
    }
    if found.first_on == found.last_on:
        return _("%(said)s, filed %(day)s.") % {"said": said, "day": day_mid(found.first_on)}
    return _("%(said)s, filed from %(first)s to %(last)s.") % {
        "said": said,
        "first": day_mid(found.first_on),
        "last": day_mid(found.last_on),
    }


def _moves(found: query.Matrix) -> list[tuple[str, str]]:
    """Whose move, each with its number; the requester's only for the campaign's own people."""
    return [
        (move, f"{str(words)[:1].upper()}{str(words)[1:]} ({found.moves.get(move, 0)})")
        for move, words in MOVES.items()
        if (found.ours or move != "requester") and (found.moves.get(move) or move in ("agency", "requester"))
    ]


def _choice(request: Looking, name: str, known: Iterable[str]) -> str:
    asked = param(request, name)
    return asked if asked in known else ""


def _filters(request: Looking, found: query.Matrix) -> list[dict[str, Any]]:
    anyone = _("Anyone’s (%(n)d)") % {"n": found.total}
    stages = [(str(key), f"{words} ({found.counts.get(key, 0)})") for key, words in GROUPS.items()]
    within = [(n, _("%(n)s days") % {"n": n}) for n in WITHIN]
    return [
        select("move", _("Whose move"), [("", anyone), *_moves(found)], param(request, "move")),
        select("group", _("Stage"), [("", _("Any stage")), *stages], param(request, "group")),
        select(
            "within", _("Next date within"), [("", pgettext("filter", "Any time")), *within],
            param(request, "within"),
        ),
        select(
            "by", _("Group by"), [("", _("Jurisdiction")), *((k, str(w)) for k, w in GROUPINGS.items())],
            param(request, "by"),
        ),
        select(
            "sort", _("Order"), [("", _("Agency")), *((k, str(w)) for k, w in ORDER_WORDS.items())],
            param(request, "sort"),
        ),
    ]  # fmt: skip


def _problems(request: Looking, found: query.Matrix) -> list[str]:
    moves = set(MOVES) if found.ours else set(MOVES) - {"requester"}
    problems = unknown_filters(
        {
            _("Whose move"): (param(request, "move"), moves),
            _("Stage"): (param(request, "group"), KNOWN_GROUPS),
        }
    )
    within = param(request, "within")
    if within and within not in WITHIN:
        problems.append(
            _("“%(value)s” is no number of days to choose, so every date is shown.") % {"value": within}
        )
    return problems


def _shown(found: query.Matrix) -> str:
    if len(found.lines) == found.total:
        return ""
    return _("%(n)d of %(total)d requests are shown.") % {"n": len(found.lines), "total": found.total}


def _sums(request: Looking, found: query.Matrix) -> list[dict[str, Any]]:
    return [
        {
            "n": found.counts.get(key, 0),
            "words": words,
            "url": with_params(request, group=str(key), move="", within="") if found.counts.get(key) else "",
            "late": key == Group.late and bool(found.counts.get(key)),
        }
        for key, words in GROUPS.items()
        if found.counts.get(key) or key not in RARE
    ]


def axis_of(minis: Iterable[MiniSpec], today: dt.date) -> Axis:
    lanes = [LaneSpec("", "", "", segments=mini.segments, marks=mini.marks) for mini in minis]
    return axis_for(lanes, today=today, also=[today])


def _groups(
    lines: Sequence[query.Line], minis: dict[int, MiniSpec], axis: Axis, by: str, sort: str
) -> list[dict[str, Any]]:
    """By the law that governs, for the clocks are its own: a federal mirror stands under federal law. Or by the kind
    of agency, or not at all."""
    groups: dict[str, dict[str, Any]] = {}
    asked = Counter(line.agency_slug for line in lines)
    kinds = dict(AgencyKind.choices)
    for line in sorted(lines, key=ORDERS[sort]) if sort else lines:
        key = {"kind": line.kind, "none": ""}.get(by, line.law_id)
        if key not in groups:
            named = {"kind": str(kinds.get(line.kind, line.kind)), "none": _("All agencies")}
            groups[key] = {
                "name": named.get(by) or place_name(line.law_id),
                "law_words": "" if by else law_line(line.law_id),
                "rows": [],
            }
        groups[key]["rows"].append(_row(line, minis[line.pk], axis, twice=asked[line.agency_slug] > 1))
    return sorted(groups.values(), key=lambda group: group["name"])


def _row(line: query.Line, mini: MiniSpec, axis: Axis, *, twice: bool) -> dict[str, Any]:
    due = query.answer_clock(line)
    answered, records, review = answer_of(line), line.told.get("produced"), _review(line)
    ours_and_late = line.whose_move == "requester" and line.late
    return {
        "url": reverse("request", args=[line.public_id]),
        "agency": line.agency,
        "is_sample": line.is_sample,
        "custodian": line.custodian if twice else "",
        "mini": mini_svg(mini, axis),
        "filed_on": line.filed_on,
        "due_on": due.latest if due else None,
        "due_words": due_words(due, line.today),
        "answered_on": answered[0] if answered else None,
        "answered_words": answered[1] if answered else "",
        "records_on": records[0] if records else None,
        "records_words": "" if not records or records[1] != "produced_in_part" else _("in part"),
        "review_on": review[0] if review else None,
        "review_words": review[1] if review else "",
        "move": line.whose_move or "agency",
        "late_days": 0 if ours_and_late else line.days_late,
        "also_late": _("Agency, %(late)s") % {"late": late_words(line.days_late)} if ours_and_late else "",
        "next_on": line.next_on,
        "next_words": line.next_name,
        "next_tone": "ours" if line.next_owner == "requester" else "",
    }


def due_words(clock: Clock | None, today: dt.date) -> str:
    if clock is None:
        return _("no date")
    if clock.state(today) is State.paused:
        return _("paused")
    return _("no number") if clock.standard else _("no date")


def answer_of(line: query.Line) -> tuple[dt.date, str] | None:
    """The decision; without one the records, which answer by themselves."""
    told = line.told.get("determined") or line.told.get("produced")
    return None if told is None else (told[0], outcome_words(told[1]) or _("Produced"))


def _review(line: query.Line) -> tuple[dt.date, str] | None:
    """The furthest step that was taken against the answer."""
    for kind, words in STEPS.items():
        if kind in line.told:
            return line.told[kind][0], str(words)
    return None
