"""Bars that start at zero and share one full width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString, mark_safe

from requests_app.web.draw.shapes import Bar


@dataclass(frozen=True, slots=True)
class BarChart:
    """`full` is what the whole width stands for, in percent of the total; the page says so."""

    bars: tuple[Bar, ...]
    total: int
    full: int


def bar_chart(bars: Sequence[Bar]) -> BarChart:
    total = bars[0].of if bars else 0
    longest = max((b.n / b.of * 100 for b in bars if b.of), default=0)
    full = next((step for step in (20, 40, 60, 80) if longest <= step), 100)
    return BarChart(tuple(replace(b, svg=_bar(b, full)) for b in bars), total, full)


def _bar(bar: Bar, full: int) -> SafeString:
    width = bar.n / bar.of * 100 / full * 100 if bar.of else 0
    return mark_safe(
        '<svg aria-hidden="true"><rect class="b-bg" width="100%" height="100%"/>'
        f'<rect class="b-{bar.tone}" width="{width:.1f}%" height="100%"/></svg>'
    )
