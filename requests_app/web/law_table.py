"""The laws side by side: sorted and filtered by the address, the same rows as a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.laws.choice import CHOICES, SORTS, Asked, select, totals
from requests_app.laws.registry import library
from requests_app.laws.summary import SILENCE_WORDS, LawRow, binding, rows

from .event_specs import Words
from .figures import unknown_filters
from .paging import param, with_params
from .paging import select as select_filter
from .shell import Looking, reader_day

COLUMNS: dict[str, Words] = {
    "jurisdiction": gettext_lazy("Jurisdiction"),
    "answer": gettext_lazy("Time to answer"),
    "owes": gettext_lazy("what is owed"),
    "extension": gettext_lazy("Longer, with notice"),
    "silence": gettext_lazy("Silence means"),
    "window": gettext_lazy("Our window, and to whom"),
    "review": gettext_lazy("Review, and does it bind"),
    "court": gettext_lazy("Limit for court"),
    "who": gettext_lazy("Who may ask"),
    "fees": gettext_lazy("Late: fees lost"),
    "confidence": gettext_lazy("Clocks verified"),
    "checked": gettext_lazy("checked"),
}
FILTERS: dict[str, tuple[Words, dict[str, Words]]] = {
    "number": (
        gettext_lazy("Time to answer"),
        {"yes": gettext_lazy("A number in the law"), "no": gettext_lazy("No number")},
    ),
    "silence": (
        gettext_lazy("Silence means"),
        {key: words.capitalize() for key, words in SILENCE_WORDS.items()},
    ),
    "who": (
        gettext_lazy("Who may ask"),
        {"anyone": gettext_lazy("Anyone"), "restricted": gettext_lazy("Not everybody")},
    ),
    "review": (
        gettext_lazy("Review"),
        {
            "binding": gettext_lazy("May bind the agency"),
            "advisory": gettext_lazy("Does not bind it"),
            "none": gettext_lazy("None"),
        },
    ),
    "verified": (
        gettext_lazy("Confidence"),
        {"all": gettext_lazy("Every clock verified"), "not-all": gettext_lazy("Some clock unverified")},
    ),
}
SHOWN_REVIEWERS = 2
CSV_HEAD = (
    "law", "jurisdiction", "name", "citation", "answer", "answer_about_days", "owed", "then", "longer",
    "longer_about_days", "silence", "window", "window_about_days", "window_to", "review", "court_limit",
    "court_about_days", "court_also", "who_may_ask", "late_agency_loses_fees", "clocks", "clocks_verified",
    "checked_on", "not_rechecked_for_a_year", "law_ref",
)  # fmt: skip


def asked_of(request: HttpRequest) -> Asked:
    return Asked(
        q=param(request, "q", 80),
        sort=param(request, "sort"),
        **{name: param(request, name) for name in CHOICES},
    )


@require_safe
def laws(request: Looking) -> HttpResponse:
    asked, today, every = asked_of(request), reader_day(request), rows(library())
    found = select(every, asked)
    narrowed = bool(asked.q or any(asked.filters.values()))
    context = {
        "said": totals(every),
        "n_shown": len(found),
        "narrowed": narrowed,
        "laws": [_shown(row, row.stale(today), get_language()) for row in found],
        "columns": {name: _column(request, asked, name) for name in SORTS},
        "filters": _filters(asked),
        "filters_clear_url": request.path if request.GET else "",
        "filters_problems": _problems(asked),
        "csv_url": _with_query(request, reverse("laws-csv")),
    }
    return render(request, "laws.html", context)


@require_safe
def laws_csv(request: Looking) -> HttpResponse:
    """Exactly the rows of the page, in its order."""
    today = reader_day(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="records-laws-{today}.csv"'
    sheet = csv.writer(response)
    sheet.writerow(CSV_HEAD)
    sheet.writerows(_csv_row(row, today) for row in select(rows(library()), asked_of(request)))
    return response


def _csv_row(row: LawRow, today: dt.date) -> list[object]:
    def about(days: float | None) -> object:
        return "" if days is None else round(days, 1)

    return [
        row.id, row.jurisdiction, row.name, row.citation, row.answer.words, about(row.answer.days), row.owes, row.then,
        row.extension.words, about(row.extension.days), row.silence_words, row.window.words, about(row.window.days),
        row.window_to, row.review_words, row.court.words, about(row.court.days), row.court_also, row.who,
        "yes" if row.fees_forfeited else "no", row.rules, row.verified, row.checked_on or "",
        "yes" if row.stale(today) else "no", row.law_ref,
    ]  # fmt: skip


def _with_query(request: HttpRequest, path: str) -> str:
    return f"{path}?{request.GET.urlencode()}" if request.GET else path


def _column(request: HttpRequest, asked: Asked, name: str) -> dict[str, str]:
    """A head that sorts: a second click turns the order round."""
    now = asked.sort or "jurisdiction"
    up, down = now == name, now == f"-{name}"
    return {
        "words": str(COLUMNS[name]),
        "url": with_params(request, sort=f"-{name}" if up else "" if name == "jurisdiction" else name),
        "dir": "ascending" if up else "descending" if down else "",
    }


def _filters(asked: Asked) -> list[dict[str, Any]]:
    anything = pgettext("filter", "Any")
    found: list[dict[str, Any]] = [
        {"name": "q", "label": _("Name, citation or reviewer"), "kind": "search", "value": asked.q}
    ]
    for name, (label, choices) in FILTERS.items():
        options = [("", anything), *((value, str(words)) for value, words in choices.items())]
        found.append(select_filter(name, str(label), options, asked.filters[name]))
    # Phones show no heads to press.
    orders = [("", str(COLUMNS["jurisdiction"]))]
    for name in SORTS[1:]:
        word = str(COLUMNS[name])
        orders.append((name, _("%(column)s, up") % {"column": word[:1].upper() + word[1:]}))
        orders.append((f"-{name}", _("%(column)s, down") % {"column": word[:1].upper() + word[1:]}))
    found.append(select_filter("sort", _("Sorted by"), orders, asked.sort))
    return found


def _problems(asked: Asked) -> list[str]:
    found = unknown_filters(
        {str(FILTERS[name][0]): (value, CHOICES[name]) for name, value in asked.filters.items()}
    )
    if asked.sort and asked.sort.removeprefix("-") not in SORTS:
        found.append(
            _("There is no column “%(name)s”: the rows stand in their usual order.") % {"name": asked.sort}
        )
    return found


@lru_cache(maxsize=512)
def _shown(row: LawRow, stale: bool, _language: str | None) -> SafeString:
    """A row depends on no reader, and on the day only by whether it is stale: it is made once."""
    url = reverse("law", args=[row.id])
    context = {
        "row": row,
        "stale": stale,
        "url": url,
        "answer_url": f"{url}#{row.answer_rule}",
        "window_url": f"{url}#{row.window_rule}" if row.window_rule else "",
        "court_url": f"{url}#{row.court_rule}" if row.court_rule else "",
        "review": [{"body": one.body, "binding": binding(one)} for one in row.review[:SHOWN_REVIEWERS]],
        "review_more": max(0, len(row.review) - SHOWN_REVIEWERS),
    }
    return render_to_string("partials/law_row.html", context)
