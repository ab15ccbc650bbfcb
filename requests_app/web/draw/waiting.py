"""How long until a first answer: the share still waiting, open requests counted until today.

An open request is not a short wait and not a refusal: it leaves the count on the day it was last seen
waiting (the product-limit estimate of Kaplan and Meier, 1958).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.web.draw.shapes import Wait, WaitingFigure

HEIGHT, TOP = 250.0, 14.0


def steps(
    waits: Sequence[Wait], fewest: int = 1
) -> tuple[list[tuple[int, float]], list[tuple[int, float, int]], int | None]:
    """(day, share still waiting) at each fall; (day, share, how many) where open ones leave; the median. It ends where
    fewer than `fewest` are still counted: the last few would draw a cliff that says nothing of the others."""
    answered: Counter[int] = Counter()
    still: Counter[int] = Counter()
    for w in waits:
        (answered if w.answered else still)[w.days] += w.n
    at_risk, share = sum(w.n for w in waits), 1.0
    falls, leaves = [(0, 1.0)], []
    median = None
    for day in sorted({*answered, *still}):
        if at_risk < fewest:
            break
        if answered[day]:
            share *= 1 - answered[day] / at_risk
            falls.append((day, share))
            if median is None and share <= 0.5:
                median = day
        if still[day]:
            leaves.append((day, share, still[day]))
        at_risk -= answered[day] + still[day]
    return falls, leaves, median


def waiting_figure(waits: Sequence[Wait], fewest: int = 1) -> WaitingFigure:
    falls, leaves, median = steps(waits, fewest)
    n = sum(w.n for w in waits)
    last = max([day for day, _share in falls] + [day for day, _share, _n in leaves]) or 1
    unit = next((u for u in (10, 30, 60, 90, 180, 365, 730) if last / u <= 7), 1825)
    ticks = list(range(0, last + 1, unit))
    sentence = (
        _("Waiting curve of %(n)d requests: half had a first answer within %(days)d days")
        % {"n": n, "days": median}
        if median is not None
        else _("Waiting curve of %(n)d requests: fewer than half have a first answer so far") % {"n": n}
    )
    return WaitingFigure(
        svg=_svg(falls, leaves, median, last, ticks, sentence),
        n=n,
        open_n=sum(w.n for w in waits if not w.answered),
        median_days=median,
        at_risk=tuple((t, sum(w.n for w in waits if w.days >= t)) for t in ticks),
    )


def _svg(
    falls: Sequence[tuple[int, float]],
    leaves: Sequence[tuple[int, float, int]],
    median: int | None,
    last: int,
    ticks: Sequence[int],
    sentence: str,
) -> SafeString:
    most = max(ticks[-1], last, 1)

    def x(day: float) -> str:
        return f"{4 + day / most * 94:.2f}%"

    def y(share: float) -> float:
        return round(TOP + (1 - share) * (HEIGHT - TOP), 1)

    out: list[str] = []
    ends = [day for day, _share in falls[1:]] + [last]
    for (day, share), end in zip(falls, ends, strict=True):
        width = f"{(end - day) / most * 94:.2f}%"
        out.append(
            f'<rect class="km-fill" x="{x(day)}" y="{y(share)}" width="{width}" height="{HEIGHT - y(share):.1f}"/>'
        )
    for share in (1, 0.75, 0.5, 0.25):
        out.append(f'<line class="k-grid" x1="4%" x2="98%" y1="{y(share)}" y2="{y(share)}"/>')
    for i, ((day, share), end) in enumerate(zip(falls, ends, strict=True)):
        out.append(f'<line class="km-line" x1="{x(day)}" x2="{x(end)}" y1="{y(share)}" y2="{y(share)}"/>')
        if i + 1 < len(falls):
            down = y(falls[i + 1][1])
            out.append(f'<line class="km-line" x1="{x(end)}" x2="{x(end)}" y1="{y(share)}" y2="{down}"/>')
    for day, share, _n in leaves:
        out.append(
            f'<line class="km-cens" x1="{x(day)}" x2="{x(day)}" y1="{y(share) - 6}" y2="{y(share) + 6}"/>'
        )
    out.append(f'<line class="km-ax" x1="4%" x2="98%" y1="{HEIGHT}" y2="{HEIGHT}"/>')
    for tick in ticks:
        out.append(
            f'<line class="km-ax" x1="{x(tick)}" x2="{x(tick)}" y1="{HEIGHT}" y2="{HEIGHT + 5}"/>'
            f'<text x="{x(tick)}" y="{HEIGHT + 20}" text-anchor="middle">{tick}</text>'
        )
    axis_words = escape(_("days since the request was filed"))
    out.append(f'<text x="98%" y="{HEIGHT + 38}" text-anchor="end">{axis_words}</text>')
    for share in (1, 0.75, 0.5, 0.25):
        words = f"{share:.0%}" + (" " + _("still waiting") if share == 1 else "")
        out.append(f'<text class="halo" x="4%" y="{y(share) - 5}" dx="2">{escape(words)}</text>')
    if median is not None:
        first, second = (
            _("Half were answered"),
            ngettext("within %(n)d day", "within %(n)d days", median) % {"n": median},
        )
        right = median / most > 0.6
        anchor, dx = ("end", -10) if right else ("start", 10)
        out.append(f'<line class="km-med" x1="{x(median)}" x2="{x(median)}" y1="{y(0.5)}" y2="{HEIGHT}"/>')
        for words, up in ((first, 24), (second, 8)):
            out.append(
                f'<text class="b halo" x="{x(median)}" y="{y(0.5) - up}" dx="{dx}" '
                f'text-anchor="{anchor}">{escape(words)}</text>'
            )
    return mark_safe(f'<svg class="km" role="img" aria-label="{escape(sentence)}">{"".join(out)}</svg>')
