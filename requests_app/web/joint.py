"""Joint campaigns of a coalition: the matrix at each viewer's level, and the same as a table to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from requests_app.models import Coalition, CoalitionMember, JointCampaign, Tier
from requests_app.notices.cells import neutral
from requests_app.queries import coalitions as coalition_queries
from requests_app.queries import joint as queries
from requests_app.queries.groups import Group
from requests_app.queries.matrix import answer_clock
from requests_app.queries.places import place_name

from .campaigns import answer_of, axis_of, due_words
from .coalitions import seen
from .draw.from_clock import mini_of
from .draw.lane import mini_svg
from .draw.shapes import Axis, MiniSpec
from .figures import GROUPS, KNOWN_GROUPS, RARE, unknown_filters
from .paging import page_number, param, select, shown, with_params
from .shell import Looking, reader_day, reader_zone

COLUMNS = (
    "agency", "jurisdiction", "asks", "organization", "ours", "request", "address", "sample", "custodian", "law",
    "filed", "answer_due_earliest", "answer_due_latest", "answered", "outcome", "stage", "group", "whose_move",
    "days_late", "next_date", "next_clock",
)  # fmt: skip


def seen_joint(request: Looking, pid: str, key: str) -> tuple[Coalition, JointCampaign]:
    """Of a coalition one belongs to now; whoever left reads none of them."""
    found = seen(request, pid)
    rows = JointCampaign.objects.visible_to(request.viewer).filter(coalition=found)
    one = rows.select_related("coalition").filter(public_id=key).first()
    if one is None:
        raise Http404
    return found, one


def steers(request: Looking, stays: Iterable[CoalitionMember]) -> bool:
    return any(
        (stay.coordinates or stay.tier == Tier.STEERING) and request.viewer.may_own(stay.organisation_id)
        for stay in stays
    )


@require_safe
@login_required
def joint(request: Looking, pid: str, key: str) -> HttpResponse:
    found, one = seen_joint(request, pid, key)
    matrix = _load(request, one, page_number(request))
    stays = coalition_queries.own_stays(request.viewer, found)
    lines = [cell.line for row in matrix.rows for cells in row.cells.values() for cell in cells]
    minis = {line.pk: mini_of(line.clocks, line.today, filed_on=line.filed_on) for line in lines}
    axis = axis_of(minis.values(), reader_day(request))
    url = reverse("coalition-joint-csv", args=[pid, key])
    filtered = any(param(request, name) for name in ("group", "partner", "twice"))
    context = {
        "coalition": found,
        "joint": one,
        "closed": one.closed_at.astimezone(reader_zone(request)) if one.closed_at else None,
        "lead": _lead(matrix),
        "twice": matrix.twice,
        "twice_url": with_params(request, twice="1"),
        "steers": steers(request, stays),
        "may_put": one.closed_at is None and any(request.viewer.may_own(stay.organisation_id) for stay in stays),
        "filters": _filters(request, matrix),
        "filters_clear_url": request.path if filtered else "",
        "filters_links": [{"url": f"{url}?{request.GET.urlencode()}".rstrip("?"), "words": "CSV"}],
        "filters_problems": _problems(request, matrix),
        "filters_note": "" if matrix.cells == matrix.total else _("%(n)d of %(total)d requests are shown.")
        % {"n": matrix.cells, "total": matrix.total},
        "sums": _sums(request, matrix) if matrix.total else [],
        "sums_total": {"n": matrix.total, "words": _("that you see")},
        "axis": axis,
        "asks": matrix.asks,
        "groups": _groups(matrix, minis, axis),
        "page": shown(matrix.rows, total=matrix.agencies, number=matrix.number, size=queries.PAGE),
        "parts": [
            {
                "id": part.public_id,
                "by": part.stay.shown_as,
                "ask": part.ask,
                "campaign": part.campaign.public_title,
                "campaign_url": reverse("campaign", args=[part.campaign.public_id]),
                "requests": matrix.seen.get(part.pk, 0),
                "ours": request.viewer.belongs_to(part.organisation_id),
                "may_take": request.viewer.may_own(part.organisation_id),
            }
            for part in matrix.parts
        ],
        "has_sample": found.is_sample or any(line.is_sample for line in lines),
    }
    return render(request, "coalitions/joint.html", context)


@require_safe
@login_required
def joint_csv(request: Looking, pid: str, key: str) -> HttpResponse:
    """Every row that the filters leave, as the viewer sees it; sample rows say so."""
    _found, one = seen_joint(request, pid, key)
    matrix = _load(request, one, None)
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow(COLUMNS)
    for row in matrix.rows:
        for ask, cells in row.cells.items():
            for cell in cells:
                address = request.build_absolute_uri(reverse("request", args=[cell.line.public_id]))
                write.writerow([neutral(value) for value in _cells(ask, cell, address)])
    # The mark tells a spreadsheet that the bytes are UTF-8.
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="joint-{one.public_id}.csv"'
    return response


def _cells(ask: str, cell: queries.Cell, address: str) -> list[object]:
    line, due, told = cell.line, answer_clock(cell.line), answer_of(cell.line)
    return [
        line.agency, place_name(line.jurisdiction), ask, cell.part.stay.shown_as, "yes" if cell.ours else "",
        line.public_id, address, "sample" if line.is_sample else "", line.custodian, line.law_id, line.filed_on,
        due.earliest if due else None, due.latest if due else None, told[0] if told else None, line.outcome,
        line.stage, line.group, line.whose_move, line.days_late or None, line.next_on, line.next_name,
    ]  # fmt: skip


def _load(request: Looking, one: JointCampaign, page: int | None) -> queries.JointMatrix:
    return queries.load(
        request.viewer, one, now=request.now, group=param(request, "group"), partner=param(request, "partner"),
        twice=param(request, "twice") == "1", page=page,
    )  # fmt: skip


def _lead(matrix: queries.JointMatrix) -> str:
    if not matrix.total:
        return ""
    organisations = ngettext("%(n)d organization", "%(n)d organizations", matrix.organisations)
    agencies = ngettext("%(n)d agency", "%(n)d agencies", matrix.asked)
    said = ngettext(
        "You see %(n)d request of %(organizations)s to %(agencies)s.",
        "You see %(n)d requests of %(organizations)s to %(agencies)s.",
        matrix.total,
    )
    return said % {
        "n": matrix.total,
        "organizations": organisations % {"n": matrix.organisations},
        "agencies": agencies % {"n": matrix.asked},
    }


def _partners(matrix: queries.JointMatrix) -> dict[str, str]:
    return {part.stay.public_id: part.stay.shown_as for part in matrix.parts}


def _filters(request: Looking, matrix: queries.JointMatrix) -> list[dict[str, Any]]:
    stages = [(str(key), f"{words} ({matrix.counts.get(key, 0)})") for key, words in GROUPS.items()]
    return [
        select("partner", _("Organization"), [("", _("Any")), *_partners(matrix).items()], param(request, "partner")),
        select("group", _("Stage"), [("", _("Any stage")), *stages], param(request, "group")),
        select(
            "twice", _("Asked by"), [("", _("Anybody")), ("1", _("Two or more, the same"))], param(request, "twice")
        ),
    ]


def _problems(request: Looking, matrix: queries.JointMatrix) -> list[str]:
    return unknown_filters(
        {
            _("Stage"): (param(request, "group"), KNOWN_GROUPS),
            _("Organization"): (param(request, "partner"), set(_partners(matrix))),
            _("Asked by"): (param(request, "twice"), {"1"}),
        }
    )


def _sums(request: Looking, matrix: queries.JointMatrix) -> list[dict[str, Any]]:
    return [
        {
            "n": matrix.counts.get(key, 0),
            "words": words,
            "url": with_params(request, group=str(key), partner="", twice="") if matrix.counts.get(key) else "",
            "late": key == Group.late and bool(matrix.counts.get(key)),
        }
        for key, words in GROUPS.items()
        if matrix.counts.get(key) or key not in RARE
    ]


def _groups(matrix: queries.JointMatrix, minis: dict[int, MiniSpec], axis: Axis) -> list[dict[str, Any]]:
    """By jurisdiction, in the order of the rows."""
    groups: dict[str, dict[str, Any]] = {}
    for row in matrix.rows:
        group = groups.setdefault(row.jurisdiction, {"name": place_name(row.jurisdiction), "rows": []})
        group["rows"].append(
            {
                "agency": row.agency,
                "url": reverse("agency", args=[row.slug]),
                "twice": row.twice,
                "columns": [
                    {"ask": ask, "cells": [_cell(cell, minis, axis) for cell in row.cells.get(ask, [])]}
                    for ask in matrix.asks
                ],
            }
        )
    return list(groups.values())


def _cell(cell: queries.Cell, minis: dict[int, MiniSpec], axis: Axis) -> dict[str, Any]:
    line, told, due = cell.line, answer_of(cell.line), answer_clock(cell.line)
    return {
        "url": reverse("request", args=[line.public_id]),
        "by": cell.part.stay.shown_as,
        "ours": cell.ours,
        # An office that keeps its own records is named once.
        "custodian": line.custodian if line.custodian != line.agency else "",
        "mini": mini_svg(minis[line.pk], axis),
        "filed_on": line.filed_on,
        "answered_on": told[0] if told else None,
        "answered_words": told[1] if told else "",
        "due_on": due.latest if due else None,
        "due_words": due_words(due, line.today),
        "move": line.whose_move or "agency",
        "late_days": 0 if line.whose_move == "requester" and line.late else line.days_late,
        "is_sample": line.is_sample,
    }
