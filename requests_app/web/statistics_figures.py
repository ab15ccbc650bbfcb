"""The figures of the dashboard: each with a sentence, its drawing, and the table that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.models.withholdings import GroundType
from requests_app.queries.dashboard import Dashboard
from requests_app.queries.groups import ANSWERED, REFUSED, Group
from requests_app.queries.places import place_name
from requests_app.queries.statistics import Statistics
from requests_app.statistics.minimum import FEWEST, Share
from requests_app.statistics.survival import Curve, at_risk, curve, ticks

from .draw.waiting import CurveWords, curve_svg
from .figures import GROUPS, RARE, names_a_number, per_group
from .words import outcome_words

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class CurveFigure:
    """A curve with its words. at_risk: (day, still counted, share that waits) for the table beneath."""

    key: str
    curve: Curve
    title: str
    lead: str
    note: str
    words: CurveWords
    svg: SafeString
    at_risk: tuple[tuple[int, int, int], ...] = field(default=())


def few() -> str:
    return _("Too few to say: fewer than %(n)d requests.") % {"n": FEWEST}


def percent(share: Share) -> str:
    return _("too few to say") if share.percent is None else f"{share.percent}%"


def timed(of: Statistics) -> int:
    """Requests under a law that names a number of days: the others cannot be late."""
    return sum(n for law_id, n in of.laws.items() if names_a_number(law_id))


def answer_curve(of: Statistics) -> CurveFigure:
    return _curve(
        "first-answer", of, "answer", title=_("How long until a first answer?"), waiting=_("still waiting"),
        axis=_("days since the request was filed"), half=_("Half were answered"),
        some=_("Half of %(n)d requests had a first answer within %(days)s."),
        none=_("Fewer than half of %(n)d requests have a first answer so far."),
        note=_("A decision or records, whichever came first; an acknowledgment is not an answer."),
    )  # fmt: skip


def completion_curve(of: Statistics) -> CurveFigure:
    return _curve(
        "completion", of, "completion", title=_("How long until everything is answered?"), waiting=_("not complete"),
        axis=_("days since the request was filed"), half=_("Half were complete"),
        some=_("Half of %(n)d requests were complete within %(days)s."),
        none=_("Fewer than half of %(n)d requests are complete so far."),
        note=_("Every part is decided, and what was granted has come."),
    )  # fmt: skip


def _curve(
    key: str, of: Statistics, step: str, *, title: str, waiting: str, axis: str, half: str, some: str, none: str,
    note: str,
) -> CurveFigure:  # fmt: skip
    spells = of.waits[step]
    found = curve(spells)
    if found.n < FEWEST:
        lead, marks = few(), ("", "")
    elif found.median is None:
        lead, marks = none % {"n": found.n}, ("", "")
    else:
        lead = f"{some % {'n': found.n, 'days': days_words(found.median.days)}} {interval_words(found)}"
        marks = (half, _("within %(days)s") % {"days": days_words(found.median.days)})
    words = CurveWords(sentence=f"{title} {lead}", waiting=waiting, axis=axis, median=marks)
    last = found.steps[-1].day if found.steps else 0
    days = ticks(max(last, 1))
    counted = at_risk(spells, days)
    table = tuple((day, n, round(found.waiting_after(day) * 100)) for day, n in zip(days, counted, strict=True))
    return CurveFigure(key, found, title, lead, note, words, curve_svg(found, words), table)


def days_words(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def interval_words(found: Curve) -> str:
    """What the median could as well be."""
    if found.median is None:
        return ""
    if found.median.high is None:
        said = _("With 95%% certainty no fewer than %(low)d; an upper end is not known yet.")
        return said % {"low": found.median.low}
    return _("With 95%% certainty between %(low)d and %(high)d.") % {
        "low": found.median.low,
        "high": found.median.high,
    }


def curve_table(figure: CurveFigure) -> Table:
    columns = (
        "days", "still_counted", "ended_that_day", "left_that_day", "share_waiting", "interval_low", "interval_high",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            step.day, step.at_risk, step.ended, step.left, round(step.waiting, 6),
            "" if step.low is None else round(step.low, 6), "" if step.high is None else round(step.high, 6),
        )
        for step in figure.curve.steps
    ]  # fmt: skip
    return Table(columns, tuple(rows))


def places(of: Statistics) -> dict[str, dict[str, int]]:
    """Counts of each jurisdiction; `agencies`: how many of it were asked."""
    return {code: {"agencies": of.asked[code]} | of.standings[code] for code in sorted(of.standings, key=place_name)}


def total_of(counts: Mapping[str, int]) -> int:
    return sum(n for group, n in counts.items() if group != "agencies")


def place_table(of: Statistics) -> Table:
    groups = [str(key) for key in GROUPS]
    rows: list[tuple[Cell, ...]] = []
    for code, counts in places(of).items():
        waits = curve(of.places.get(code, ()))
        median: Cell = waits.median.days if waits.median and waits.n >= FEWEST else ""
        rows.append(
            (code, place_name(code), counts["agencies"], total_of(counts), *(counts.get(g, 0) for g in groups), median)
        )
    columns = ("jurisdiction", "name", "agencies", "requests", *groups, "median_days_to_first_answer")
    return Table(columns, tuple(rows))


def stage_rows(of: Statistics) -> list[tuple[str, str, int]]:
    """(group, words, n), in their order; rare ones only where there are some."""
    return [
        (str(key), str(words), of.counts.get(key, 0))
        for key, words in GROUPS.items()
        if of.counts.get(key) or key not in RARE
    ]


def stage_table(of: Statistics) -> Table:
    rows = tuple((key, words, n, of.total, percent(Share(n, of.total))) for key, words, n in stage_rows(of))
    return Table(("stage", "words", "requests", "of", "share"), rows)


def stage_lead(of: Statistics) -> str:
    answered, refused = per_group(of.counts, *ANSWERED), per_group(of.counts, *REFUSED)
    late, pending = of.counts.get(Group.late, 0), of.counts.get(Group.pending, 0)
    return _(
        "Of %(total)d requests %(answered)d were answered in full or in part and %(refused)d were refused, had no "
        "records or were sent elsewhere; %(late)d are late and %(pending)d pending."
    ) % {"total": of.total, "answered": answered, "refused": refused, "late": late, "pending": pending}


def delay_lead(of: Statistics) -> str:
    delay = of.delay
    if of.acknowledged is None:
        return _("Logs tell neither acknowledgments nor extensions nor pauses, so no delay is counted from them.")
    if not delay.dated:
        return _("No request counted here has a last day under its law.")
    said = _("%(late)d of %(dated)d requests with a last day under the law were or are past it, by %(days)s in all.")
    said %= {"late": delay.late, "dated": delay.dated, "days": days_words(delay.days)}
    if delay.late:
        said += " " + _("The longest delay is %(days)s.") % {"days": days_words(delay.longest)}
    return said


def delay_rows(of: Statistics) -> list[tuple[str, int, int | None]]:
    """(words, n, of): of None where it is no share."""
    delay = of.delay
    if of.acknowledged is None:
        return []
    return [
        (_("Acknowledged"), of.acknowledged, of.total),
        (_("Extended by a notice"), delay.extended, of.total),
        (_("Notices of more time"), delay.notices, None),
        (_("Answered late, or late today"), delay.late, delay.dated),
        (_("Days of delay in all"), delay.days, None),
        (_("Longest delay, in days"), delay.longest, None),
    ]


def delay_table(of: Statistics) -> Table:
    rows = tuple((words, n, "" if whole is None else whole) for words, n, whole in delay_rows(of))
    return Table(("what", "n", "of_requests"), rows)


def ground_words(ground: str) -> str:
    return str(dict(GroundType.choices).get(ground, ground))


def ground_table(found: Dashboard) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (ground_words(one.ground), one.law_id, one.section, one.citation, one.n, found.of.grounds.requests)
        for one in (*found.of.grounds.kinds, *found.of.grounds.sections)
    ]
    return Table(("ground", "law", "section", "citation", "requests", "of_requests"), tuple(rows))


def ground_lead(found: Dashboard) -> str:
    n = found.of.grounds.requests
    if not n:
        return _("No published letter of the requests counted here cites a ground.")
    first = found.of.grounds.kinds[0]
    return ngettext(
        "Letters of %(n)d request are published and cite a ground; most often: %(ground)s (%(most)d of %(n)d).",
        "Letters of %(n)d requests are published and cite a ground; most often: %(ground)s (%(most)d of %(n)d).",
        n,
    ) % {"n": n, "ground": ground_words(first.ground).lower(), "most": first.n}


def silence_table(found: Dashboard) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            row.public_id, row.agency, row.jurisdiction, row.title, row.filed_on.isoformat(),
            row.due_on.isoformat() if row.due_on else "", row.days,
        )
        for row in found.silence
    ]  # fmt: skip
    return Table(("request", "agency", "jurisdiction", "title", "filed", "due", "days"), tuple(rows))


def newest_table(found: Dashboard) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (row.public_id, row.agency, row.jurisdiction, row.title, row.on.isoformat(), outcome_words(row.outcome))
        for row in found.newest
    ]
    return Table(("request", "agency", "jurisdiction", "title", "on", "outcome"), tuple(rows))


def downloads(key: str, query: str, *, drawn: bool) -> list[dict[str, str]]:
    """Where a figure is to be had as a file, under the same filters."""
    kinds: Iterable[str] = ("csv", "svg", "png") if drawn else ("csv",)
    tail = f"?{query}" if query else ""
    return [
        {"url": reverse(f"statistics-{kind}", args=[key]) + tail, "words": kind.upper()} for kind in kinds
    ]


def tables(found: Dashboard) -> Mapping[str, Any]:
    """By the key of each figure: what makes its table."""
    of = found.of
    return {
        "places": lambda: place_table(of),
        "stages": lambda: stage_table(of),
        "first-answer": lambda: curve_table(answer_curve(of)),
        "completion": lambda: curve_table(completion_curve(of)),
        "delays": lambda: delay_table(of),
        "exemptions": lambda: ground_table(found),
        "silence": lambda: silence_table(found),
        "answers": lambda: newest_table(found),
    }


TABLES: Sequence[str] = (
    "places", "stages", "first-answer", "completion", "delays", "exemptions", "silence", "answers",
)  # fmt: skip
DRAWN: Sequence[str] = ("places", "stages", "first-answer", "completion")
