"""The rules of a policy in words, and what becomes of a reminder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.notices import reminding
from requests_app.notices.reminding import Rule, Stage

CLOCKS = {
    reminding.OURS: gettext_lazy("Our own windows"),
    reminding.AGENCY: gettext_lazy("The agency’s time"),
}
PEOPLE = {
    reminding.ASSIGNEE: gettext_lazy("assignee"),
    reminding.BACKUP: gettext_lazy("backup"),
    reminding.OWNERS: gettext_lazy("owners"),
    reminding.EDITORS: gettext_lazy("editors"),
    reminding.VIEWERS: gettext_lazy("viewers"),
}
WAYS = {
    reminding.EMAIL: gettext_lazy("mail"),
    reminding.INBOX: gettext_lazy("inbox"),
    reminding.WEBHOOK: gettext_lazy("webhook"),
}
SOURCES = {
    "request": gettext_lazy("the rules of this request"),
    "campaign": gettext_lazy("the rules of the campaign"),
    "organisation": gettext_lazy("the rules of your organization"),
    "person": gettext_lazy("your own rules"),
    "standard": gettext_lazy("the standard rules"),
}
STATES = {
    "planned": gettext_lazy("To come"),
    "claimed": gettext_lazy("On its way"),
    "sent": gettext_lazy("Sent"),
    "skipped": gettext_lazy("Not sent"),
    "cancelled": gettext_lazy("Called off"),
    "failed": gettext_lazy("Failed"),
    "unknown": gettext_lazy("Not certain"),
}
KINDS = {
    reminding.OPENED: gettext_lazy("Our window opened"),
    reminding.CLOSING: gettext_lazy("Our window ends"),
    reminding.AWAITED: gettext_lazy("The agency’s time ends"),
    reminding.LAPSED: gettext_lazy("The agency’s time is over"),
    reminding.MOVED: gettext_lazy("A date moved"),
    reminding.GONE: gettext_lazy("A date no longer stands"),
    reminding.ESCALATED: gettext_lazy("Nobody answered"),
}


def row_of(rule: Rule) -> dict[str, Any]:
    """One rule for a table."""
    return {
        "clocks": CLOCKS[rule.clocks],
        "when": when(rule),
        "whom": listed(PEOPLE[who] for who in rule.recipients),
        "how": listed(WAYS[way] for way in rule.channels),
        "escalates": escalates(rule),
    }


def when(rule: Rule) -> str:
    """The day it opens; 14, 7, 3 and 1 days before; the last day"""
    said = [_("the day it opens")] if rule.on_opening else []
    before = sorted((-n for n in rule.days if n < 0), reverse=True)
    after = sorted(n for n in rule.days if n > 0)
    if before:
        said.append(_("%(days)s before") % {"days": _days(before, rule.unit)})
    if 0 in rule.days:
        said.append(_("the last day"))
    if after == [1] and rule.unit == reminding.CALENDAR:
        said.append(_("the morning after"))
    elif after:
        said.append(_("%(days)s after") % {"days": _days(after, rule.unit)})
    if rule.repeat_every:
        said.append(
            _("then every %(days)s, at most %(times)d times")
            % {"days": _days([rule.repeat_every], rule.repeat_unit), "times": rule.repeat_until}
        )
    words = "; ".join(said)
    return words[:1].upper() + words[1:]


def escalates(rule: Rule) -> str:
    if rule.escalate_after is None:
        return ""
    days = ngettext("%(n)d day", "%(n)d days", rule.escalate_after) % {"n": rule.escalate_after}
    words = _("Without an answer for %(days)s: %(who)s") % {"days": days, "who": PEOPLE[rule.escalate_to]}
    if rule.clocks == reminding.OURS and rule.escalate_after > 1:
        words += _(" (one day in the last three)")
    return words


def stage_words(stage: Stage, unit: str = reminding.CALENDAR) -> str:
    """Which line of the rules a reminder comes from."""
    n = abs(stage.number)
    if n >= reminding.SNOOZE_NUMBERS or not stage.recipients:
        return _("put off to this day")
    if stage.kind == reminding.OPENED:
        return _("the day it opens") if n == 0 else _("repeated while it is open")
    if stage.is_repeat:
        return _("repeated while nothing answers")
    if stage.number == 0:
        return _("the last day")
    if stage.kind == reminding.LAPSED and n == 1 and stage.rules[0].unit == reminding.CALENDAR:
        return _("the morning after")
    days = _days([n], next((rule.unit for rule in stage.rules if -stage.number in rule.days), unit))
    return (_("%(days)s before") if stage.number > 0 else _("%(days)s after")) % {"days": days}


def listed(words: Iterable[Any]) -> str:
    """a, b and c"""
    found = [str(word) for word in words]
    if len(found) < 2:
        return "".join(found)
    return _("%(first)s and %(last)s") % {"first": ", ".join(found[:-1]), "last": found[-1]}


def _days(numbers: list[int], unit: str) -> str:
    names = {"n": listed(numbers)}
    if unit == reminding.BUSINESS:
        return ngettext("%(n)s business day", "%(n)s business days", max(numbers)) % names
    return ngettext("%(n)s day", "%(n)s days", max(numbers)) % names
