"""Template tags for what repeats on every page: dates, whose move, icons, rates.

Pages hand in `today`, the reader's legal day; no tag reads a clock. A date is never shown without its weekday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

register = template.Library()

SELECTED = mark_safe(" selected")

# A share of fewer than five requests says more about the few than about the agency.
FEWEST_FOR_A_SHARE = 5

ICONS = frozenset({"ours", "agency", "late", "rev", "done", "doubt", "to"})


def day_short(on: date) -> str:
    """Fri Mar 13"""
    return date_format(on, pgettext("date format, short", "D M j"))


def day_mid(on: date) -> str:
    """Fri Mar 13, 2026"""
    return date_format(on, pgettext("date format, short with year", "D M j, Y"))


def day_long(on: date) -> str:
    """Friday, March 13, 2026"""
    return date_format(on, pgettext("date format, long", "l, F j, Y"))


def day_plain(on: date) -> str:
    """Friday, March 13"""
    return date_format(on, pgettext("date format, weekday and day", "l, F j"))


# "bare": the short form without a year, where the page has said which.
FORMS = {"short": day_short, "mid": day_mid, "long": day_long, "plain": day_plain, "bare": day_short}


def relative_words(on: date, today: date) -> str:
    """How far off a day is, in whole days: past two months in months, past two years in years."""
    return _relative((on - today).days, get_language())


@lru_cache(maxsize=4096)
def _relative(n: int, language: str | None) -> str:
    if n == 0:
        return _("today")
    if n == 1:
        return _("tomorrow")
    if n == -1:
        return _("yesterday")
    ahead, away = n > 0, abs(n)
    if away < 60:
        return (
            ngettext("in %(n)d day", "in %(n)d days", away)
            if ahead
            else ngettext("%(n)d day ago", "%(n)d days ago", away)
        ) % {"n": away}
    if away < 730:
        n_months = round(away / 30.44)
        return (
            ngettext("in %(n)d month", "in %(n)d months", n_months)
            if ahead
            else ngettext("%(n)d month ago", "%(n)d months ago", n_months)
        ) % {"n": n_months}
    n_years = round(away / 365.25)
    return (
        ngettext("in %(n)d year", "in %(n)d years", n_years)
        if ahead
        else ngettext("%(n)d year ago", "%(n)d years ago", n_years)
    ) % {"n": n_years}


def late_words(days: int) -> str:
    return ngettext("late %(n)s day", "late %(n)s days", days) % {
        "n": number_format(days, force_grouping=True)
    }


@register.simple_tag(takes_context=True)
def day(context: Mapping[str, Any], on: date | None, form: str = "short") -> SafeString | str:
    """`<time>` of a legal day. "short" adds the year by itself when it is not this year's."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.date()
    today = context.get("today")
    if form == "short" and (today is None or on.year != today.year):
        form = "mid"
    return _time(on, form, get_language())


@lru_cache(maxsize=8192)
def _time(on: date, form: str, language: str | None) -> SafeString:
    """A list shows the same days again and again; words depend on the language alone."""
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), FORMS[form](on))


@register.simple_tag
def moment(at: datetime | None, zone_name: str = "") -> SafeString | str:
    """An instant, in the zone it was handed in: Tue Mar 10, 2026, 6:00 a.m. Eastern."""
    if at is None:
        return ""
    words = f"{day_mid(at.date())}, {date_format(at, 'P')}"
    return format_html(
        '<time datetime="{}">{}</time>', at.isoformat(), f"{words} {zone_name}" if zone_name else words
    )


@register.simple_tag(takes_context=True)
def relative(context: Mapping[str, Any], on: date | None) -> str:
    today = context.get("today")
    return "" if on is None or today is None else relative_words(on, today)


@register.simple_tag(takes_context=True)
def bigdate(
    context: Mapping[str, Any], on: date, tone: str = "", words: str = "", largest: bool = False
) -> SafeString:
    """A date as the hero: weekday, day, and how far off it is. `words` replaces the relative words."""
    today: date | None = context.get("today")
    if not words and today is not None:
        words = relative_words(on, today)
    year = "" if today is not None and on.year == today.year else f", {on.year}"
    return format_html(
        '<div class="bigdate {}{}"><time datetime="{}"><span class="wd">{}</span> '
        '<span class="dm">{}<span class="yr">{}</span></span></time><span class="rel">{}</span></div>',
        tone,
        " xl" if largest else "",
        on.isoformat(),
        date_format(on, "l"),
        date_format(on, pgettext("date format, month and day", "F j")),
        year,
        words,
    )


@register.simple_tag
def options(choices: Iterable[Mapping[str, Any]]) -> SafeString:
    """The options of a select, each with value, words and selected. A tag, for a list of fifty places is most of what a
    page of filters has to write."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((one["value"], SELECTED if one["selected"] else "", one["words"]) for one in choices),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"No icon is called {name!r}.")
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


def _tag(tone: str, name: str, words: str, box: bool) -> SafeString:
    classes = "tag" + (" box" if box else "") + (f" {tone}" if tone else "")
    return format_html('<span class="{}">{}{}</span>', classes, icon(name), words)


@register.simple_tag
def move(
    whose: str, late_days: int = 0, box: bool = False, words: str = "", long: bool = False
) -> SafeString:
    """Whose move: shape and word first, color second. `late_days` counts from the later reading."""
    return _move(whose, late_days, box, words, long, get_language())


@lru_cache(maxsize=2048)
def _move(whose: str, late_days: int, box: bool, words: str, long: bool, language: str | None) -> SafeString:
    if late_days:
        if not words:
            who = {"reviewer": _("Reviewer"), "court": _("Court")}.get(whose, _("Agency"))
            words = _("%(who)s, %(late)s") % {"who": who, "late": late_words(late_days)}
        return _tag("late", "late", words, box)
    shapes = {
        "requester": ("ours", "ours", _("Our move") if long or box else _("Ours")),
        "agency": ("", "agency", _("Agency")),
        "third_party": ("", "agency", _("Third party")),
        "reviewer": ("", "rev", _("Reviewer")),
        "court": ("", "rev", _("Court")),
        "nobody": ("", "done", _("Nobody")),
    }
    tone, name, default = shapes.get(whose, ("", "agency", whose.replace("_", " ").capitalize()))
    return _tag(tone, name, words or default, box)


@register.simple_tag
def tag(tone: str, words: str, box: bool = False) -> SafeString:
    """A tag for any icon's name: {% tag "done" "Produced" %}, {% tag "late" "Late, no answer" %}."""
    return _tag(tone if tone in {"ours", "late", "doubt"} else "", tone, words, box)


@register.simple_tag
def sample_mark(is_sample: bool = True) -> SafeString | str:
    return _sample_mark(get_language()) if is_sample else ""


@lru_cache(maxsize=16)
def _sample_mark(language: str | None) -> SafeString:
    return format_html('<span class="smp">({})</span>', _("sample"))


@register.simple_tag
def share(part: int, whole: int) -> str:
    """A percentage, or "too few" where the whole is too small to carry one."""
    if whole < FEWEST_FOR_A_SHARE:
        return _("too few")
    return f"{round(part / whole * 100)}%"


@register.filter
def paragraphs(text: str) -> list[str]:
    return [p.strip() for p in str(text).split("\n\n") if p.strip()]
