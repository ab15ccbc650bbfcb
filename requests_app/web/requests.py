"""The list of requests, and filing one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models import RecordsRequest
from requests_app.models.agencies import AgencyKind
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries.desk_list import extras, kept
from requests_app.queries.list_frame import Frame, frame
from requests_app.queries.matrix import Line
from requests_app.queries.places import place_name
from requests_app.queries.requests import MOST, PAGE, Filters, Page, Row, TooManyToOrder, list_requests
from requests_app.queries.requests import SORTS as KEYS

from .current import current_organisation
from .figures import GROUPS, POPULATIONS, TOGETHER_WORDS, unknown_filters
from .news_words import follow
from .paging import day_param, page_number, param, select, shown, with_params
from .revisions import offer_line
from .shell import Looking
from .words import MOVES, STAGES, owner_words, stage_words

# Columns that members may add, in their order.
MORE = {
    "assignee": gettext_lazy("Responsible"),
    "tags": gettext_lazy("Tags"),
    "campaign": gettext_lazy("Campaign"),
}
SORTS = {"agency": ("agency", "agency"), "filed": ("newest", "oldest"), "next": ("next", "next")}
NOTHING = Page((), 0, 1, PAGE)
WITHIN = ("3", "7", "14", "30")


def invented(row: Row | RecordsRequest) -> bool:
    """Sample rows are invented, but for a log that was imported into the sample: its rows are real."""
    return row.is_sample and not row.is_imported


def request_row(row: Row) -> dict[str, Any]:
    """Context of one row of partials/request_rows.html."""
    return {
        "pid": row.public_id,
        "organisation_id": row.organisation_id,
        "url": reverse("request", args=[row.public_id]),
        "title": row.public_title,
        "agency": row.agency_name,
        "is_sample": invented(row),
        "state": place_name(row.jurisdiction),
        "filed_on": row.filed_on,
        "stage_words": stage_words(row.stage) if row.stage else "",
        "move": row.whose_move or "agency",
        "late_days": row.days_late,
        "next_on": row.next_on,
        "next_words": row.next_name or "",
        "next_tone": "ours" if row.next_owner == "requester" else "late" if row.late else "",
        "owner": owner_words(row.next_owner) if row.next_owner else "",
        "more": (),
    }


def dated_row(line: Line, tail: str) -> dict[str, Any]:
    """The same of an earlier day."""
    return {
        "pid": line.public_id,
        "url": f"{reverse('request', args=[line.public_id])}{tail}",
        "title": line.title,
        "agency": line.agency,
        "is_sample": line.is_sample,
        "state": place_name(line.jurisdiction),
        "filed_on": line.filed_on,
        "stage_words": stage_words(line.stage) if line.stage else "",
        "move": line.whose_move or "agency",
        "late_days": line.days_late,
        "next_on": line.next_on,
        "next_words": line.next_name,
        "next_tone": "late" if line.late else "",
        "owner": owner_words(line.next_owner) if line.next_owner else "",
    }


def filters_of(request: Looking) -> Filters:
    """What the address asks for. A value we do not know asks for nothing that exists, and says so by an empty list."""
    get = request.GET.get
    within = get("within", "")
    return Filters(
        kind=param(request, "kind"),
        group=param(request, "group"),
        population=param(request, "population"),
        q=param(request, "q", 200),
        jurisdiction=param(request, "jurisdiction", 12),
        agency=param(request, "agency", 120),
        campaign=param(request, "campaign", 12),
        stage=param(request, "stage", 24),
        move=param(request, "move", 16),
        outcome=param(request, "outcome", 32),
        late=True if get("late") == "1" else None,
        within=int(within) if within in WITHIN else None,
        law=param(request, "law"),
        assignee=_assignee(request),
        backup=param(request, "backup"),
        tag=param(request, "tag"),
        withheld=get("withheld") == "1",
        kit=param(request, "kit"),
        filed_from=day_param(request, "from"),
        filed_until=day_param(request, "until"),
    )


def _assignee(request: Looking) -> str:
    """“me” is whoever looks, so that a view that is shared shows everybody their own."""
    asked = param(request, "assignee")
    return str(request.user.pk) if asked == "me" and request.user.is_authenticated else asked


def _problems(request: Looking) -> list[str]:
    """Sentences about values that would otherwise be left out unsaid, and show more than was asked for."""
    asked = {
        _("Late"): (param(request, "late"), ("1",)),
        _("Next date within"): (param(request, "within"), WITHIN),
        _("Order"): (param(request, "sort"), KEYS),
        _("Withheld"): (param(request, "withheld"), ("1",)),
    }
    problems = unknown_filters(asked)
    for name, label in (("from", _("Filed from")), ("until", _("Filed until"))):
        if (said := param(request, name)) and day_param(request, name) is None:
            problems.append(
                _("%(label)s: “%(value)s” is no day. Write it as year, month and day: 2026-03-31.")
                % {"label": label, "value": said}
            )
    last = MOST // PAGE
    if (said := param(request, "page")) and not (said.isascii() and said.isdigit() and 0 < int(said) <= last):
        problems.append(
            _("Page: “%(value)s” is no page of a list. Pages go from 1 to %(last)s.") % {"value": said, "last": last}
        )
    return problems


@require_safe
def requests_list(request: Looking) -> HttpResponse:
    organisation_id = current_organisation(request)
    around = frame(request.viewer, organisation_id, request.user.pk)
    if not request.GET and around.default is not None:
        return redirect(f"{request.path}?saved={around.default.public_id}&{around.default.query}")
    public_view = request.GET.get("view") == "public"
    if public_view and request.viewer is not PUBLIC:
        # Numbers of public pages lead here: the list must hold what they counted, whoever looks.
        tell_database(PUBLIC)
        request.viewer = PUBLIC
        around = frame(PUBLIC, None, None)
    filters = filters_of(request)
    sort = request.GET.get("sort", "newest")
    problems = _problems(request)
    page = NOTHING
    if not problems:
        number = page_number(request)
        try:
            page = list_requests(request.viewer, now=request.now, filters=filters, sort=sort, page=number)
        except TooManyToOrder:
            said = _(
                "Order: more than %(n)d requests match, too many to sort like this. Narrow the list first, or take the "
                "newest or the oldest."
            )
            problems.append(said % {"n": MOST})
    rows = [request_row(row) for row in page.rows]
    context: dict[str, Any] = {
        "page": shown(rows, total=page.total, number=page.number, size=page.size, more=page.more),
        "filters": _filters(request, filters, around),
        "filters_clear_url": request.path if filters.any or problems else "",
        "filters_problems": problems,
        "hidden": _hidden(request, sort),
        "filters_note": _note(filters, public_view),
        "sort": _sort_links(request, sort),
        "may_file": bool(request.viewer.editable),
        "has_sample": any(row["is_sample"] for row in rows),
        "offers": [offer_line(offer) for offer in around.offers],
        # Said to everybody: a name that is not there is looked for in each row.
        "desk": False, "may_bulk": False, "no_agency": False, "more_columns": (),
    }  # fmt: skip
    if request.viewer is PUBLIC:
        what = _("public requests that match these filters") if filters.any else _("public requests")
        context["follow"] = follow(what, "news-search", request.GET)
    if request.viewer.roles:
        context |= _desk(request, [row.pk for row in page.rows], rows, around)
    return render(request, "requests.html", context, status=400 if problems else 200)


def _desk(request: Looking, ids: list[int], rows: list[dict[str, Any]], around: Frame) -> dict[str, Any]:
    """What members have over the list: views, columns of their own, rows to choose."""
    organisation_id = current_organisation(request)
    assert organisation_id is not None
    chosen = [name for name in param(request, "cols").split(".") if name in MORE]
    found = extras(request.viewer, ids, chosen)
    for pk, row in zip(ids, rows, strict=True):
        row["more"] = [(MORE[name], found[name].get(pk) or "") for name in chosen]
        row["pick"] = row["organisation_id"] == organisation_id and request.viewer.may_edit(organisation_id)
    here = kept(request.GET.urlencode()[:1000])
    said = request.GET.copy()
    for name in ("page", "saved", "cols"):
        said.pop(name, None)
    return {
        "desk": True,
        "views": [
            {
                "name": view.name,
                "url": f"{request.path}?saved={view.public_id}&{view.query}",
                "here": view.query == here and bool(here),
                "by": view.by,
            }
            for view in around.views
        ],
        "all_here": not here,
        "save_url": f"{reverse('request-views')}?{here}" if here else "",
        "csv_url": f"{reverse('requests-csv')}?{request.GET.urlencode()}".rstrip("?"),
        "more_columns": [MORE[name] for name in chosen],
        "column_choices": [
            {
                "words": words,
                "on": name in chosen,
                "url": with_params(
                    request,
                    cols=".".join(n for n in MORE if (n in chosen) is not (n == name)),
                ),
            }
            for name, words in MORE.items()
        ],
        "may_bulk": request.viewer.may_edit(organisation_id),
        "may_hold": request.viewer.may_own(organisation_id),
        "working_name": request.viewer.names.get(organisation_id, ""),
        "filter_said": said.urlencode(),
    }


def _hidden(request: Looking, sort: str) -> list[dict[str, str]]:
    """Narrowings that no field of the form shows; they stay while the fields change."""
    stays = {
        name: param(request, name)
        for name in ("view", "population", "group", "kind", "law", "agency", "outcome", "kit", "from", "until")
    }
    stays["sort"] = sort if sort != "newest" else ""
    if request.viewer.roles:
        stays |= {name: param(request, name) for name in ("cols", "backup", "withheld")}
    return [{"name": name, "value": value} for name, value in stays.items() if value]


def _note(filters: Filters, public_view: bool) -> str:
    words = [
        str(GROUPS.get(filters.group) or TOGETHER_WORDS.get(filters.group, "")),
        str(POPULATIONS.get(filters.population, "")),
        str(dict(AgencyKind.choices).get(filters.kind, "")),
    ]
    said = " · ".join(word for word in words if word)
    if said:
        said = _("Only: %(what)s.") % {"what": said}
    return " ".join(part for part in (said, _("As the public sees it.") if public_view else "") if part)


def _filters(request: Looking, filters: Filters, around: Frame) -> list[dict[str, Any]]:
    any_one = pgettext("filter", "Any")
    stages = [(stage, str(words)) for stage, words in STAGES.items()]
    if not request.viewer.roles:
        stages = [pair for pair in stages if pair[0] != "appeal_open"]
    out = [
        {"name": "q", "label": _("Agency, title or number"), "kind": "search", "value": filters.q},
        select(
            "jurisdiction",
            _("Jurisdiction"),
            [("", any_one), *((law, place_name(law)) for law in library().codes)],
            filters.jurisdiction,
        ),
        select(
            "campaign",
            _("Campaign"),
            [("", any_one), *around.campaigns],
            filters.campaign,
        ),
        select("stage", _("Stage"), [("", any_one), *stages], filters.stage),
    ]
    if request.viewer.roles:
        moves = [(move, str(words)) for move, words in MOVES.items()]
        out.append(select("move", _("Whose move"), [("", any_one), *moves], filters.move))
    within = [(n, _("%(n)s days") % {"n": n}) for n in WITHIN]
    out.append(
        select(
            "within",
            _("Next date within"),
            [("", pgettext("filter", "Any time")), *within],
            str(filters.within or ""),
        )
    )
    if request.viewer.roles:
        asked = param(request, "assignee")
        own = [("me", _("Me")), ("nobody", _("Nobody")), *around.people]
        out.append(select("assignee", _("Responsible"), [("", any_one), *own], asked))
        if around.tags:
            out.append(select("tag", _("Tag"), [("", any_one), *around.tags], filters.tag))
    out.append(select("late", _("Late"), [("", any_one), ("1", _("Late only"))], "1" if filters.late else ""))
    return out


def _sort_links(request: Looking, sort: str) -> dict[str, dict[str, str]]:
    """Each column leads to its order, and a second click to the other way round where there is one."""
    links = {}
    for column, (first, second) in SORTS.items():
        here = sort in (first, second)
        to = second if sort == first else first
        direction = ("ascending" if sort in ("agency", "oldest", "next") else "descending") if here else ""
        links[column] = {"url": with_params(request, sort=to), "dir": direction}
    return links
