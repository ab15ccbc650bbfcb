"""What figures say in words: groups, populations, the law's time for an answer, and where each number leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.clock.rules import Length, Owes, Owner, Rule, Unit
from requests_app.laws.registry import library
from requests_app.laws.summary import more
from requests_app.models.agencies import AgencyKind
from requests_app.queries.groups import Group

from .event_specs import Words

GROUPS: dict[str, Words] = {
    Group.full: gettext_lazy("Produced in full"),
    Group.part: gettext_lazy("Produced in part"),
    Group.denied: gettext_lazy("Denied"),
    Group.none: gettext_lazy("No records"),
    Group.elsewhere: gettext_lazy("Sent elsewhere"),
    Group.review: gettext_lazy("In appeal, review or court"),
    Group.pending: gettext_lazy("Pending, in time or no set time"),
    Group.late: gettext_lazy("Late under the law"),
    Group.closed: gettext_lazy("Withdrawn or ended unanswered"),
}
TOGETHER_WORDS: dict[str, Words] = {
    "answered": gettext_lazy("Answered, in full or in part"),
    "refused": gettext_lazy("Denied, no records or sent elsewhere"),
}
# Groups that are left out where nothing is in them: the others say something by being zero.
RARE = (Group.elsewhere, Group.closed)
POPULATIONS: dict[str, Words] = {
    "filed": gettext_lazy("Filed here"),
    "sample": gettext_lazy("Invented sample"),
    "log": gettext_lazy("Real, from logs"),
}
KNOWN_GROUPS = {*GROUPS, *TOGETHER_WORDS}


def kind_choices() -> list[tuple[str, str]]:
    return [(key, str(words)) for key, words in AgencyKind.choices]


def list_url(**params: str) -> str:
    """The list of requests behind a number of the public pages: as the public sees it, whoever looks."""
    return f"{reverse('requests')}?{urlencode({'view': 'public'} | {k: v for k, v in params.items() if v})}"


def per_group(counts: Mapping[str, int], *groups: Group) -> int:
    return sum(counts.get(group, 0) for group in groups)


def unit_words(length: Length) -> str:
    n = length.count or 0
    words = {
        Unit.business_days: ngettext("%(n)d business day", "%(n)d business days", n),
        Unit.calendar_days: ngettext("%(n)d calendar day", "%(n)d calendar days", n),
        Unit.hours: ngettext("%(n)d hour", "%(n)d hours", n),
        Unit.months: ngettext("%(n)d month", "%(n)d months", n),
        Unit.years: ngettext("%(n)d year", "%(n)d years", n),
    }
    return words.get(length.unit or Unit.calendar_days, "%(n)d") % {"n": n}


def answer_rule(law_id: str) -> Rule | None:
    """The agency's clock for an answer: the determination, or records where the law knows no other answer."""
    if law_id not in {entry.id for entry in library().laws}:
        return None
    rules = [r for r in library().law(law_id).current.rules if r.owner is Owner.agency and not r.applies_when]
    for owes in (Owes.determination, Owes.records):
        for rule in rules:
            if rule.owes is owes:
                return rule
    return None


def names_a_number(law_id: str) -> bool:
    rule = answer_rule(law_id)
    return rule is not None and rule.length.count is not None


def answer_words(law_id: str) -> str:
    """10 calendar days, 14 more with notice."""
    rule = answer_rule(law_id)
    if rule is None:
        return _("not in the library yet")
    if rule.length.count is None:
        return _("“%(words)s”: the law names no number") % {"words": (rule.length.standard or "").rstrip(".")}
    said = unit_words(rule.length)
    added = more(rule)
    if not added:
        return said
    if added.startswith("to "):
        return _("%(days)s, or %(more)s in a notice") % {"days": said, "more": added}
    unit = said.partition(" ")[2]
    return _("%(days)s, %(more)s with notice") % {"days": said, "more": added.replace(f" {unit}", "", 1)}


def law_line(law_id: str) -> str:
    """Public Records Act: 10 calendar days, 14 more with notice."""
    if law_id not in {entry.id for entry in library().laws}:
        return ""
    return f"{library().law(law_id).law.short_name}: {answer_words(law_id)}"


def unknown_filters(asked: Mapping[str, tuple[str, Any]]) -> list[str]:
    """Sentences for values nobody offered. asked: label to (value, known values)."""
    return [
        _("%(label)s: “%(value)s” is none of the choices, so nothing matches.")
        % {"label": label, "value": value[:60]}
        for label, (value, known) in asked.items()
        if value and value not in known
    ]
