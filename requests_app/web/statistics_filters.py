"""What the address of the dashboard asks for, and its form: every narrowing lives in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from requests_app.kits.registry import kits
from requests_app.laws.registry import library
from requests_app.models import Campaign
from requests_app.models.agencies import AgencyKind
from requests_app.queries.places import place_name
from requests_app.queries.statistics import MOST_CAMPAIGNS, Narrowed, Statistics, is_published

from .event_specs import Words
from .figures import GROUPS, KNOWN_GROUPS, POPULATIONS, kind_choices, list_url
from .paging import param, select

NAMES = ("population", "campaign", "kit", "jurisdiction", "kind", "group")
MEASURES: dict[str, Words] = {
    "answered": gettext_lazy("Share answered"),
    "late": gettext_lazy("Share late under the law"),
    "wait": gettext_lazy("Typical wait for a first answer"),
    "asked": gettext_lazy("Requests made"),
}
LABELS: dict[str, Words] = {
    "population": gettext_lazy("Which requests"),
    "campaign": gettext_lazy("Campaign"),
    "kit": gettext_lazy("Request kit"),
    "jurisdiction": gettext_lazy("State"),
    "kind": gettext_lazy("Agency kind"),
    "group": gettext_lazy("Stage"),
    "from": gettext_lazy("Filed from"),
    "until": gettext_lazy("Filed until"),
    "measure": gettext_lazy("The map shows"),
}
Link = Callable[..., str]


def asked_of(request: HttpRequest) -> tuple[Narrowed, list[str]]:
    """What is asked for, and sentences about what is not understood: those are asked of nothing."""
    problems: list[str] = []
    days = {name: _day(request, name, problems) for name in ("from", "until")}
    if days["from"] and days["until"] and days["from"] > days["until"]:
        problems.append(_("Filed until: it is before the first day. Choose the same day or a later one."))
    asked = Narrowed(
        **{name: param(request, name) for name in NAMES}, filed_from=days["from"], filed_until=days["until"]
    )
    return asked, problems


def measure_of(request: HttpRequest) -> str:
    return param(request, "measure") or "answered"


def _day(request: HttpRequest, name: str, problems: list[str]) -> dt.date | None:
    said = param(request, name)
    if not said:
        return None
    try:
        found = dt.date.fromisoformat(said)
    except ValueError:
        problems.append(
            _("%(label)s: “%(value)s” is no day. Write it as year, month and day: 2026-03-31.")
            % {"label": LABELS[name], "value": said[:60]}
        )
        return None
    return found


def problems_with(asked: Narrowed, measure: str, campaigns: Sequence[Campaign]) -> list[str]:
    """Values nobody offered. A campaign that is not public is none of the choices, as one that is not there."""
    known: dict[str, Any] = {
        "population": POPULATIONS, "campaign": {one.public_id for one in campaigns},
        "kit": dict(kit_choices(campaigns)),
        "jurisdiction": library().codes, "kind": AgencyKind.values, "group": KNOWN_GROUPS,
    }  # fmt: skip
    values = {name: getattr(asked, name) for name in NAMES} | {"measure": measure}
    return [
        _("%(label)s: “%(value)s” is none of the choices. Choose one of the list, or leave it out.")
        % {"label": LABELS[name], "value": value[:60]}
        for name, value in values.items()
        if value and value not in known.get(name, MEASURES) and not _beyond(name, value, campaigns)
    ]


def _beyond(name: str, value: str, campaigns: Sequence[Campaign]) -> bool:
    column = {"campaign": "public_id", "kit": "kit"}.get(name)
    return column is not None and len(campaigns) == MOST_CAMPAIGNS and is_published(column, value)


def kit_choices(campaigns: Sequence[Campaign]) -> list[tuple[str, str]]:
    """Kits of published campaigns, by the names of those that ship. An organization's own has no public name."""
    names = {one.id: one.name for one in kits()}
    used = {one.kit for one in campaigns if one.kit and not one.kit.startswith("own:")}
    named = [(kit, names.get(kit, kit.replace("-", " ").capitalize())) for kit in used]
    return sorted(named, key=lambda pair: pair[1])


def fields(asked: Narrowed, found: Statistics, measure: str, campaigns: Sequence[Campaign]) -> list[dict[str, Any]]:
    anything = pgettext("filter", "Any")
    populations = [
        (key, f"{words}: {found.populations.get(key, 0)}")
        for key, words in POPULATIONS.items()
        if found.populations.get(key) or not found.populations
    ]
    titles = [(one.public_id, one.public_title) for one in campaigns]
    choices: dict[str, list[tuple[str, str]]] = {
        "population": populations,
        "campaign": [("", _("All campaigns")), *titles],
        "kit": [("", anything), *kit_choices(campaigns)],
        "jurisdiction": [("", _("All jurisdictions")), *((code, place_name(code)) for code in library().codes)],
        "kind": [("", anything), *kind_choices()],
        "group": [("", _("Any stage")), *((key, str(words)) for key, words in GROUPS.items())],
    }
    chosen = {name: getattr(asked, name) for name in NAMES} | {"population": found.population}
    form = [select(name, str(LABELS[name]), options, chosen[name]) for name, options in choices.items()]
    for name, day in (("from", asked.filed_from), ("until", asked.filed_until)):
        form.append({"name": name, "label": LABELS[name], "kind": "date", "value": day.isoformat() if day else ""})
    form.append(select("measure", str(LABELS["measure"]), [(k, str(w)) for k, w in MEASURES.items()], measure))
    return form


def said(asked: Narrowed, population: str) -> dict[str, str]:
    """The narrowings as parameters of an address; the population is always named, so that a link stays what it is."""
    found = {name: getattr(asked, name) for name in NAMES} | {"population": population}
    for name, day in (("from", asked.filed_from), ("until", asked.filed_until)):
        found[name] = day.isoformat() if day else ""
    return {name: value for name, value in found.items() if value}


def links(asked: Narrowed, population: str) -> Link:
    """The list behind a number: the page's own filters, narrowed by what the number counts."""
    kept = said(asked, population)

    def link(**narrowed: str) -> str:
        return list_url(**(kept | narrowed))

    return link
