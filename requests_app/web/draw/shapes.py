"""What a drawing is made of. Views fill these; the other modules of this room turn them into SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from django.utils.safestring import SafeString

SegmentKind = Literal["used", "left", "extension", "pause", "late", "doubt", "not_open"]
MarkKind = Literal["start", "due", "due_other", "met", "filed"]
Place = Literal["above", "below", "beside", "lower"]
Tone = Literal["", "strong", "late", "ours"]
Owner = Literal["agency", "ours", "reviewer", "court", "third_party"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one line. "doubt" runs from the earliest to the latest due date."""

    kind: SegmentKind
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the line. "due_other" is an unrolled, conditional or promised date; "filed" a diamond."""

    kind: MarkKind
    on: date
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Words at a day. `anchor`: which end of the words stands at it, where that matters. `optional` words are the
    first to go where there is no room, and phones leave them out."""

    text: str
    on: date
    place: Place = "above"
    tone: Tone = ""
    optional: bool = False
    anchor: Literal["", "start", "end"] = ""


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """One clock on one line. `sentence` says the whole line to whoever cannot see it."""

    label: str
    sub: str
    sentence: str
    owner: Owner = "agency"
    segments: tuple[Segment, ...] = ()
    marks: tuple[Mark, ...] = ()
    says: tuple[Say, ...] = ()
    key: str = ""
    url: str = ""

    def days(self) -> list[date]:
        out = [d for s in self.segments for d in (s.from_on, s.to_on)]
        out += [m.on for m in self.marks]
        return out


@dataclass(frozen=True, slots=True)
class MiniSpec:
    """The matrix's small clock: no words, the same grammar."""

    segments: tuple[Segment, ...] = ()
    marks: tuple[Mark, ...] = ()
    owner: Owner = "agency"


@dataclass(frozen=True, slots=True)
class Axis:
    """The days all lanes of one page share, to scale. `closed` days are shaded. earlier: `today` is the day that a
    page shows, and not the reader's."""

    from_on: date
    until_on: date
    today: date | None = None
    closed: tuple[date, ...] = field(default=(), repr=False)
    earlier: bool = False

    def __post_init__(self) -> None:
        if self.until_on <= self.from_on:
            object.__setattr__(self, "until_on", self.from_on + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.until_on - self.from_on).days

    def at(self, on: date) -> float:
        """Percent across, not clipped."""
        return (on - self.from_on).days / self.days * 100

    def holds(self, on: date) -> bool:
        return self.from_on <= on <= self.until_on


@dataclass(frozen=True, slots=True)
class ChartRow:
    label: str
    sub: str
    owner: Owner
    svg: SafeString
    sentence: str
    key: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ClockChart:
    """What partials/clocks.html draws: an axis, its ground, and one row a clock."""

    axis: SafeString
    ground: SafeString
    rows: tuple[ChartRow, ...]
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    n: int
    of: int
    url: str = ""
    tone: Literal["ink", "mid", "late"] = "mid"
    svg: SafeString = field(default_factory=SafeString)


@dataclass(frozen=True, slots=True)
class StateShape:
    """An outline as it ships. `path` is the `d` of an SVG path in the map's own units."""

    code: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class StateFill:
    """`step` 0 to 4: share answered, none to most; None: too few to carry a share."""

    step: int | None
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class MapPoint:
    title: str
    x: float
    y: float
    url: str = ""
    late: bool = False
    asked: bool = True


def earliest(lanes: Sequence[LaneSpec]) -> date | None:
    days = [d for lane in lanes for d in lane.days()]
    return min(days) if days else None
