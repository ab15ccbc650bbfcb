"""What may be done against a refusal or a silence, and what was done: windows of ours with the words of the law that
decide between them, and the remedies of one request with their steps in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from requests_app.clock.events import Kind
from requests_app.clock.orders import RULE as ORDER_RULE
from requests_app.clock.rules import LawVersion, Owner, Rule, StepOf
from requests_app.clock.standing import Clock, State
from requests_app.laws.errors import Refused
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry, Reviewer
from requests_app.models import Event as EventRow
from requests_app.models import Letter, Remedy, RemedyCost, RemedyEvent
from requests_app.models.visibility import Viewer

from .request_page import Line, RequestPage
from .request_page import load as load_request

WindowState = Literal["open", "locked", "coming", "closed", "used", "gone"]
Stage = Literal["draft", "filed", "decided", "remanded", "dropped"]
FILED_BY: Mapping[str, str] = {
    "appeal": "appeal_filed", "review": "review_filed", "notice": "notice_sent", "suit": "sued",
}  # fmt: skip
DECIDED_BY: Mapping[str, str] = {"appeal": "appeal_decided", "review": "review_decided", "suit": "suit_decided"}
KIND_OF = {kind: remedy for remedy, kind in FILED_BY.items()}
FILINGS = tuple(KIND_OF)


@dataclass(frozen=True, slots=True)
class Window:
    """One window of ours on one day. needs: remedies that must come first. ends: what using it ends. runs_on: what
    goes on running beside it. sibling: where one remedy ends this one. forums: places the law names besides; more than
    one means the forum is doubtful."""

    clock: Clock
    rule: Rule | None
    kind: StepOf
    state: WindowState
    days_left: int | None
    needs: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()
    runs_on: tuple[str, ...] = ()
    forums: tuple[Reviewer, ...] = ()

    @property
    def body(self) -> str:
        return self.rule.remedy.body if self.rule and self.rule.remedy else ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A remedy of the law that no clock has opened yet, and what must come before it."""

    rule: Rule
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderNow:
    """A date that a court set, with the clock it is."""

    line: Line
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class RemedyNow:
    """A remedy with its steps as they stand: what was taken back counts no more.

    answer: the clock that its filing started, for whoever must decide."""

    remedy: Remedy
    stage: Stage
    filed: Line | None
    decided: Line | None
    remanded: Line | None
    orders: tuple[OrderNow, ...]
    lines: tuple[Line, ...]
    answer: Clock | None
    window: Clock | None
    costs: tuple[RemedyCost, ...] = ()
    letter: Letter | None = None

    @property
    def total(self) -> Decimal:
        return sum((cost.amount for cost in self.costs if cost.taken_back_at is None), Decimal(0))

    @property
    def late_by(self) -> int | None:
        """How many days after its window's last day it was filed; None where it was in time or had no window."""
        if self.filed is None or self.window is None or self.window.latest is None or self.window.met_on is None:
            return None
        days = (self.window.met_on - self.window.latest).days
        return days if days > 0 else None


@dataclass(frozen=True, slots=True)
class RemediesPage:
    """Everything the page of one request's remedies needs. unpaged: filings in the ledger that have no page yet."""

    page: RequestPage
    entry: Entry
    windows: tuple[Window, ...]
    ahead: tuple[Ahead, ...]
    remedies: tuple[RemedyNow, ...]
    unpaged: tuple[Line, ...]

    def of(self, *states: WindowState) -> tuple[Window, ...]:
        return tuple(window for window in self.windows if window.state in states)

    def window(self, key: str) -> Window | None:
        return next((window for window in self.windows if window.clock.key == key), None)

    def remedy(self, public_id: str) -> RemedyNow | None:
        return next((row for row in self.remedies if row.remedy.public_id == public_id), None)


def load(viewer: Viewer, public_id: str, *, now: dt.datetime) -> RemediesPage | None:
    """None where there is nothing to see; a share shows nothing of this. At most four queries over the request's."""
    page = load_request(viewer, public_id, now=now)
    if page is None or not page.ours:
        return None
    entry = library().law(page.request.law_id)
    remedies = _remedies(viewer, page)
    paged = {line.event.pk for row in remedies for line in row.lines}
    unpaged = tuple(
        line
        for line in page.lines
        if line.event.kind in FILINGS and line.retracted_by is None and line.event.pk not in paged
    )
    windows = windows_of(page.clocks, page.today, entry=entry)
    return RemediesPage(page, entry, windows, _ahead(page, entry), remedies, unpaged)


def windows_of(clocks: Iterable[Clock], on: dt.date, *, entry: Entry | None = None) -> tuple[Window, ...]:
    """Our windows for appeal, review, notice and suit: those to act on first, by the days left."""
    clocks = tuple(clocks)
    found = [
        _window(clock, clock.remedy, clocks, on, entry)
        for clock in clocks
        if clock.owner is Owner.requester and clock.remedy is not None
    ]
    return tuple(sorted(found, key=_order))


ORDER: Sequence[WindowState] = ("open", "locked", "coming", "closed", "used", "gone")


def _order(window: Window) -> tuple[int, dt.date, str]:
    return ORDER.index(window.state), window.clock.due_on or dt.date.max, window.clock.key


def _window(clock: Clock, kind: StepOf, clocks: Sequence[Clock], on: dt.date, entry: Entry | None) -> Window:
    version, rule = rule_of(clock)
    remedy = rule.remedy if rule else None
    needs = tuple(_unmet(remedy.requires_first, clock, clocks, on, version)) if remedy and version else ()
    state = _state(clock, on, locked=bool(needs))
    live = {one.rule_id for one in clocks if one.live(on) and _overlap(one, clock)}
    forums = tuple(r for r in entry.about.reviewers if r.required_before_court) if entry else ()
    return Window(
        clock, rule, kind, state, clock.days_left(on),
        needs=needs,
        ends=_names(version, [one for one in (remedy.excludes if remedy else ()) if one in live]),
        ended_by=_names(
            version,
            [r.id for r in version.rules if r.remedy and clock.rule_id in r.remedy.excludes and r.id in live]
            if version else (),
        ),
        runs_on=_names(version, remedy.does_not_stop if remedy else ()),
        forums=forums if len(forums) > 1 and kind in (StepOf.appeal, StepOf.review) else (),
    )  # fmt: skip


def rule_of(clock: Clock) -> tuple[LawVersion | None, Rule | None]:
    """The text a clock was counted with; None where no law counts it."""
    if not clock.law_ref:
        return None, None
    try:
        version = library().revision(clock.law_ref)
    except Refused:
        return None, None
    return version, version.by_id.get(clock.rule_id)


def _state(clock: Clock, on: dt.date, *, locked: bool) -> WindowState:
    match clock.state(on):
        case State.met | State.met_late:
            return "used"
        case State.lapsed:
            return "closed"
        case State.not_open:
            return "coming"
        case State.superseded | State.not_needed:
            return "gone"
    return "locked" if locked else "open"


def _unmet(
    required: Iterable[str], clock: Clock, clocks: Sequence[Clock], on: dt.date, version: LawVersion
) -> Iterable[str]:
    """Names of what must come first and was not taken, as far as one of its kind ever opened."""
    for other in required:
        opened = [one for one in clocks if one.rule_id == other and _overlap(one, clock) and one.ended_on is None]
        if opened and not any(one.met_on is not None and one.met_on <= on for one in opened):
            yield version.by_id[other].name


def _overlap(one: Clock, other: Clock) -> bool:
    return not one.parts or not other.parts or not set(one.parts).isdisjoint(other.parts)


def _names(version: LawVersion | None, rules: Iterable[str]) -> tuple[str, ...]:
    if version is None:
        return ()
    return tuple(dict.fromkeys(version.by_id[one].name for one in rules if one in version.by_id))


def _ahead(page: RequestPage, entry: Entry) -> tuple[Ahead, ...]:
    """Remedies that stand in the law and wait for another to be decided first."""
    seen = {clock.rule_id for clock in page.clocks}
    ref = next((clock.law_ref for clock in page.clocks if clock.law_ref.startswith(f"{entry.id}@")), "")
    version = library().revision(ref) if ref else entry.current
    return tuple(
        Ahead(rule, _names(version, rule.remedy.requires_first))
        for rule in version.rules
        if rule.remedy and rule.remedy.requires_first and rule.id not in seen
    )


def _remedies(viewer: Viewer, page: RequestPage) -> tuple[RemedyNow, ...]:
    rows = list(Remedy.objects.visible_to(viewer).filter(request=page.request.pk).order_by("created_at", "pk"))
    if not rows:
        return ()
    by_event = {line.event.pk: line for line in page.lines}
    steps: dict[int, list[tuple[str, Line]]] = {}
    links = RemedyEvent.objects.visible_to(viewer).filter(remedy__in=rows).order_by("pk")
    for remedy_id, event_id, step in links.values_list("remedy_id", "event_id", "step"):
        if event_id in by_event:
            steps.setdefault(remedy_id, []).append((step, by_event[event_id]))
    costs: dict[int, list[RemedyCost]] = {}
    for cost in RemedyCost.objects.visible_to(viewer).filter(remedy__in=rows).order_by("on", "pk"):
        costs.setdefault(cost.remedy_id, []).append(cost)
    pids = [row.letter_pid for row in rows if row.letter_pid]
    kept = Letter.objects.visible_to(viewer).filter(public_id__in=pids) if pids else ()
    letters = {one.public_id: one for one in kept}
    return tuple(
        _now(row, steps.get(row.pk, []), costs.get(row.pk, []), page.clocks, letters.get(row.letter_pid))
        for row in rows
    )


def _now(
    remedy: Remedy,
    steps: Sequence[tuple[str, Line]],
    costs: Sequence[RemedyCost],
    clocks: Sequence[Clock],
    letter: Letter | None,
) -> RemedyNow:
    lines = tuple(line for _step, line in steps)
    stands = [(step, line) for step, line in steps if line.retracted_by is None]
    last = dict(stands)
    filed, decided, remanded = (last.get(step) for step in ("filed", "decided", "remanded"))
    stage: Stage = "filed" if filed else "draft"
    if decided or remanded:
        stage = "remanded" if remanded else "decided"
    elif remedy.dropped_at is not None and not filed:
        stage = "dropped"
    started = [c for c in clocks if filed and c.started_by == filed.event.uid and c.owner is not Owner.requester]
    met = [c for c in clocks if filed and c.met_by == filed.event.uid and c.remedy is not None]
    return RemedyNow(
        remedy, stage, filed, decided, remanded, _orders(stands, clocks), lines,
        answer=min(started, key=lambda c: c.due_on or dt.date.max, default=None),
        window=next(iter(met), None) or next((c for c in clocks if c.key == remedy.clock_key), None),
        costs=tuple(costs),
        letter=letter,
    )  # fmt: skip


def _orders(steps: Sequence[tuple[str, Line]], clocks: Sequence[Clock]) -> tuple[OrderNow, ...]:
    """The first order of each date; later ones that moved it stand in the clock's trail."""
    by_start = {clock.started_by: clock for clock in clocks if clock.rule_id == ORDER_RULE}
    return tuple(
        OrderNow(line, by_start[line.event.uid])
        for step, line in steps
        if step == RemedyEvent.Step.ORDERED and line.event.uid in by_start
    )


def orders_of(page: RequestPage) -> tuple[OrderNow, ...]:
    """Every date a court set on a request, whichever suit it belongs to."""
    kinds = (Kind.ordered.value, Kind.ordered_us.value)
    lines = [("ordered", line) for line in page.lines if line.event.kind in kinds and line.retracted_by is None]
    return _orders(lines, page.clocks)


def event_of(viewer: Viewer, request_id: int, uid: str) -> EventRow | None:
    found: EventRow | None = EventRow.objects.visible_to(viewer).filter(request=request_id, uid=uid).first()
    return found
