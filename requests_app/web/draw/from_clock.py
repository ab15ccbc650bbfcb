"""From a statutory clock to a line: what `clock.Standing` says, in the grammar of `draw.shapes`.

Works on whatever clocks it is handed. A public page hands in clocks without the requester's own, and
nothing here brings them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.clock.rules import Owes, Unit
from requests_app.clock.rules import Owner as ClockOwner
from requests_app.clock.standing import Clock, State
from requests_app.clock.trail import StepKind
from requests_app.web.draw.shapes import LaneSpec, Mark, MiniSpec, Owner, Say, Segment
from requests_app.web.templatetags.look import day_long, day_mid, day_short, late_words, relative_words
from requests_app.web.words import owner_words

OWNERS: dict[ClockOwner, Owner] = {
    ClockOwner.agency: "agency",
    ClockOwner.requester: "ours",
    ClockOwner.reviewer: "reviewer",
    ClockOwner.court: "court",
    ClockOwner.third_party: "third_party",
    ClockOwner.nobody: "third_party",
}
GONE = frozenset({State.superseded, State.not_needed})
NEAR_DAYS = 120  # a window of ours further off than this does not push aside who is late today


def count_words(count: int, unit: Unit | None) -> str:
    if unit is Unit.business_days:
        words = ngettext("%(n)d business day", "%(n)d business days", count)
    elif unit is Unit.hours:
        words = ngettext("%(n)d hour", "%(n)d hours", count)
    elif unit is Unit.months:
        words = ngettext("%(n)d month", "%(n)d months", count)
    elif unit is Unit.years:
        words = ngettext("%(n)d year", "%(n)d years", count)
    else:
        words = ngettext("%(n)d calendar day", "%(n)d calendar days", count)
    return words % {"n": count}


def label(clock: Clock, whole: Sequence[str] = ()) -> str:
    """The clock's name with the parts it hangs on, unless they are `whole`: all parts of the request."""
    parts = ""
    if clock.parts and not clock.scope.startswith("request") and set(clock.parts) != set(whole):
        parts = ngettext(", part %(parts)s", ", parts %(parts)s", len(clock.parts)) % {
            "parts": ", ".join(clock.parts)
        }
    again = _(", round %(n)d") % {"n": clock.round} if clock.round > 1 else ""
    return f"{clock.name}{parts}{again}"


def length_words(clock: Clock) -> str:
    """How long the law gives, from the first count of the trail; the standard where it gives no number."""
    for step in clock.trail:
        if step.kind is StepKind.counted and step.count is not None:
            return count_words(step.count, step.unit)
    return clock.standard or ""


def state_words(clock: Clock, on: date) -> str:
    """How a clock stands on a day, in words that need no drawing."""
    state = clock.state(on)
    if state is State.unknown:
        return _("no date: %(why)s") % {"why": clock.unknown}
    if state is State.not_open:
        return _("not open yet")
    if state in (State.met, State.met_late) and clock.met_on is not None:
        met = day_short(clock.met_on)
        if state is State.met_late and clock.latest is not None:
            late = late_words((clock.met_on - clock.latest).days)
            return _("met %(day)s, %(late)s") % {"day": met, "late": late}
        return _("met %(day)s") % {"day": met}
    if state in GONE:
        return clock.ended_why or _("ended")
    if state is State.lapsed and clock.latest is not None:
        if clock.owner is ClockOwner.requester:
            return _("lapsed %(day)s") % {"day": day_short(clock.latest)}
        return late_words((on - clock.latest).days)
    if state is State.paused:
        left = clock.left_when_paused
        if left is None:
            return _("paused")
        return _("paused, %(left)s left once answered") % {"left": count_words(left.count, left.unit)}
    return clock.standard or _("running")


def _extended_from(clock: Clock) -> date | None:
    """The last day as it stood before an extension that moved it; None without one."""
    counted: date | None = None
    for step in clock.trail:
        if step.kind in (StepKind.counted, StepKind.roll) and step.to_on is not None:
            counted = step.to_on
        elif step.kind is StepKind.extend and any(
            e.moves_earliest or e.moves_latest for e in clock.extensions
        ):
            return counted
    return None


def _without(pauses: Sequence[tuple[date, date]], a: date, b: date) -> list[tuple[date, date]]:
    """The stretch from a to b without the pauses."""
    out, here = [], a
    for from_on, until_on in pauses:
        if until_on <= here or from_on >= b:
            continue
        if from_on > here:
            out.append((here, from_on))
        here = max(here, until_on)
    if here < b:
        out.append((here, b))
    return out


def _segments(clock: Clock, on: date) -> list[Segment]:
    opens, state = clock.opens_on, clock.state(on)
    first, last = clock.earliest or clock.latest, clock.latest or clock.earliest
    if opens is None:
        return []
    if state is State.not_open:
        segments = [Segment("not_open", opens, first or opens + timedelta(days=1))]
        if first is not None and last is not None and first < last:
            segments.append(Segment("doubt", first, last))
        return segments
    ended = clock.ended_on if state in GONE else None
    acted = clock.met_on if state in (State.met, State.met_late) else ended
    here = min(acted, on) if acted is not None else on
    if state is State.lapsed and clock.owner is ClockOwner.requester and last is not None:
        here = min(here, last)
    pauses = [(p.from_on, min(p.until_on or here, here)) for p in clock.pauses if p.from_on < here]
    segments = [Segment("pause", a, b) for a, b in pauses if b > a]
    base = _extended_from(clock)
    full = base if base is not None and first is not None and opens < base < first else first
    used_until = here if full is None else min(here, full)
    segments += [Segment("used", a, b) for a, b in _without(pauses, opens, used_until)]
    if full is None:
        return segments
    if acted is None and on < full:
        segments.append(Segment("left", max(on, opens), full))
    if first is not None and full < first:
        segments += [Segment("extension", a, b) for a, b in _without(pauses, full, first)]
    if first is not None and last is not None and first < last and (acted is None or acted > first):
        segments.append(Segment("doubt", first, last))
    # A window of ours that has lapsed is over: only who still owes an answer grows later by the day.
    owes = clock.owner is not ClockOwner.requester or state is State.met_late
    if last is not None and owes and state in (State.lapsed, State.met_late):
        segments.append(Segment("late", last, here))
    return [s for s in segments if s.to_on > s.from_on]


def _marks(clock: Clock, on: date, *, standard: bool = True) -> list[Mark]:
    state = clock.state(on)
    first = clock.earliest or clock.latest
    marks = []
    if clock.opens_on is not None and state is not State.not_open:
        marks.append(Mark("start", clock.opens_on))
    if first is not None:
        tentative = state is State.not_open or state in GONE
        lost = state is State.lapsed and clock.owner is ClockOwner.requester
        marks.append(Mark("due_other" if tentative else "due", first, "late" if lost else ""))
    if clock.promised_on is not None and clock.promised_on != first:
        marks.append(Mark("due_other", clock.promised_on))
    if clock.override is not None:
        computed = clock.override.computed_latest or clock.override.computed_earliest
        if computed is not None and computed != first:
            marks.append(Mark("due_other", computed))
    if standard and clock.follow_up_on is not None and first is None and state is State.running:
        marks.append(Mark("due_other", clock.follow_up_on, "ours"))
    if clock.met_on is not None and clock.met_on <= on:
        marks.append(Mark("met", clock.met_on))
    return marks


def _says(clock: Clock, on: date, events: Mapping[str, str]) -> list[Say]:
    state, ours = clock.state(on), clock.owner is ClockOwner.requester
    first, last = clock.earliest or clock.latest, clock.latest or clock.earliest
    says = []

    def name(d: date) -> str:
        return day_short(d) if d.year == on.year else day_mid(d)

    if first is not None:
        says.append(Say(name(first), first, "above", "ours" if ours else "strong"))
    settled = clock.met_on is not None and first is not None and clock.met_on <= first
    if first is not None and last is not None and first < last and not settled:
        says.append(Say(_("or %(day)s") % {"day": name(last)}, last, "below", anchor="end"))
    if state is State.lapsed and clock.latest is not None:
        if ours:
            says.append(Say(_("lapsed"), clock.latest, "beside", "late"))
        else:
            says.append(Say(late_words((on - clock.latest).days), on, "beside", "late"))
    elif state is State.met_late and clock.latest is not None and clock.met_on is not None:
        says.append(Say(late_words((clock.met_on - clock.latest).days), clock.met_on, "beside", "late"))
    elif state is State.paused:
        says.append(Say(state_words(clock, on), on, "beside"))
    if clock.promised_on is not None and clock.promised_on != first:
        words = _("promised %(day)s") % {"day": name(clock.promised_on)}
        says.append(Say(words, clock.promised_on, "below"))
    if clock.override is not None:
        computed = clock.override.computed_latest or clock.override.computed_earliest
        if computed is not None and computed != first:
            says.append(Say(_("computed %(day)s") % {"day": name(computed)}, computed, "below"))
    if clock.follow_up_on is not None and first is None and state is State.running:
        words = _("our follow-up %(day)s") % {"day": name(clock.follow_up_on)}
        says.append(Say(words, clock.follow_up_on, "above", "ours"))
    for pause in clock.pauses:
        if pause.disputed:
            says.append(Say(_("pause, disputed"), pause.from_on, "below", optional=True))
    for extension in clock.extensions:
        said = events.get(extension.event)
        if said:
            says.append(Say(said, extension.noticed_on, "below", optional=True, anchor="start"))
    if (
        clock.met_by is not None
        and clock.met_on is not None
        and clock.met_on <= on
        and clock.met_by in events
    ):
        says.append(Say(events[clock.met_by], clock.met_on, "below", optional=True, anchor="start"))
    if clock.opens_on is not None:
        if state is State.not_open and clock.conditional:
            words = _("if nobody acts, from %(day)s") % {"day": name(clock.opens_on)}
            says.append(Say(words, clock.opens_on, "below", optional=True, anchor="start"))
        elif clock.started_by is not None and clock.started_by in events:
            says.append(Say(events[clock.started_by], clock.opens_on, "below", optional=True, anchor="start"))
    return says


def _sentence(clock: Clock, on: date, whole: Sequence[str]) -> str:
    first, last = clock.earliest or clock.latest, clock.latest or clock.earliest
    said = [f"{label(clock, whole)}, {owner_words(clock.owner)}"]
    if clock.opens_on is not None:
        opened = _("opens %(day)s") if clock.state(on) is State.not_open else _("opened %(day)s")
        said.append(opened % {"day": day_long(clock.opens_on)})
    for pause in clock.pauses:
        until = day_long(pause.until_on) if pause.until_on is not None else _("now")
        said.append(_("paused %(a)s to %(b)s") % {"a": day_long(pause.from_on), "b": until})
    if first is not None and last is not None and first < last:
        said.append(
            _("due %(a)s at the earliest, %(b)s at the latest") % {"a": day_long(first), "b": day_long(last)}
        )
    elif first is not None:
        said.append(_("due %(day)s") % {"day": day_long(first)})
    if clock.promised_on is not None:
        said.append(_("promised %(day)s") % {"day": day_long(clock.promised_on)})
    said.append(state_words(clock, on))
    return "; ".join(said) + "."


def anchor(clock: Clock) -> str:
    """The id of the clock's "why this date?": a clock's key holds bars and colons that a fragment should not."""
    return f"why-{slugify(clock.key.replace('|', '-').replace(':', '-'))}"


def lane_of(
    clock: Clock,
    on: date,
    *,
    events: Mapping[str, str] | None = None,
    why: bool = True,
    whole: Sequence[str] = (),
) -> LaneSpec:
    """One clock as a line on a day. `events` gives the short words of an event by its uid: what started,
    extended or met the clock is then said below the line. `whole`: all parts of the request."""
    length = length_words(clock)
    owner = owner_words(clock.owner)
    return LaneSpec(
        label=label(clock, whole),
        sub=f"{owner} · {length}" if length else owner,
        sentence=_sentence(clock, on, whole),
        owner=OWNERS[clock.owner],
        segments=tuple(_segments(clock, on)),
        marks=tuple(_marks(clock, on)),
        says=tuple(_says(clock, on, events or {})),
        key=anchor(clock).replace("why-", "clock-", 1),
        url=f"#{anchor(clock)}" if why and clock.trail else "",
    )


def drawn(clocks: Iterable[Clock], on: date) -> list[Clock]:
    """The clocks worth a line: open, met or coming. Not those that were never needed, those without a day, nor a
    right of ours without a limit: that is a sentence, not a line."""
    return [
        c
        for c in clocks
        if c.opens_on is not None
        and c.state(on) not in GONE
        and c.state(on) is not State.unknown
        and (
            c.earliest is not None
            or c.latest is not None
            or (c.state(on) is State.running and c.owner is not ClockOwner.requester)
            or bool(c.pauses)
        )
    ]


def lanes_of(
    clocks: Iterable[Clock],
    on: date,
    *,
    events: Mapping[str, str] | None = None,
    why: bool = True,
    whole: Sequence[str] = (),
) -> list[LaneSpec]:
    """Lines in the order in which their clocks open."""
    rows = sorted(drawn(clocks, on), key=lambda c: (c.opens_on or date.max, c.earliest or date.max, c.key))
    return [lane_of(c, on, events=events, why=why, whole=whole) for c in rows]


def mini_of(clocks: Iterable[Clock], on: date, *, filed_on: date) -> MiniSpec:
    """The matrix's small clock: the agency's answer from the day of filing, an appeal filed as a diamond,
    and the nearest window of ours as a stroke of its own (absent when the clocks handed in hold none)."""
    rows = drawn(clocks, on)
    weight = {Owes.determination: 0, Owes.records: 1, Owes.acknowledgement: 2}
    agency = [c for c in rows if c.owner is ClockOwner.agency and c.state(on) is not State.not_open]
    agency.sort(
        key=lambda c: (
            not c.late(on),
            not c.live(on),
            weight.get(c.owes, 3),
            -(c.latest or date.min).toordinal(),
        )
    )
    segments: list[Segment] = []
    marks: list[Mark] = []
    if agency:
        main = agency[0]
        if main.opens_on is not None and filed_on < main.opens_on:
            segments.append(Segment("used", filed_on, main.opens_on))
        segments += _segments(main, on)
        marks += [m for m in _marks(main, on, standard=False) if m.kind != "start"]
    else:
        segments.append(Segment("used", filed_on, on))
    pending = [c.opens_on for c in rows if c.owner in (ClockOwner.reviewer, ClockOwner.court) and c.live(on)]
    filed = [d for d in pending if d is not None]
    if filed:
        marks.append(Mark("filed", max(filed)))
    open_to_us = [c for c in rows if c.owner is ClockOwner.requester and c.live(on) and not c.late(on)]
    windows = [c.due_on for c in open_to_us if c.due_on is not None]
    if windows:
        marks.append(Mark("due", min(windows), "ours"))
    return MiniSpec(tuple(segments), tuple(marks))


@dataclass(frozen=True, slots=True)
class Hero:
    """A date that decides today; see templates/partials/hero.html."""

    on: date
    tone: str
    move: str
    title: str
    text: str
    words: str = ""
    late_days: int = 0
    url: str = ""
    tag: str = ""


def _loudness(clock: Clock, on: date) -> tuple[int, int, str]:
    """Our near windows by date, then who is late, newest first, then what is awaited; our windows of years and
    those we let lapse come last."""
    due = (clock.due_on or on).toordinal()
    if clock.owner is ClockOwner.requester:
        if clock.late(on):
            return (4, -due, clock.key)
        return (0 if due - on.toordinal() <= NEAR_DAYS else 3, due, clock.key)
    return (1, -due, clock.key) if clock.late(on) else (2, due, clock.key)


def _hero(clock: Clock, on: date, named: str) -> Hero:
    due = clock.due_on or on
    late, ours = clock.late(on), clock.owner is ClockOwner.requester
    first, last = clock.earliest, clock.latest
    text = ""
    if first is not None and last is not None and first < last:
        if ours:
            text = _("May run to %(day)s; act by the earlier date.") % {"day": day_mid(last)}
        else:
            text = _("On the earlier reading of the law: %(day)s.") % {"day": day_mid(first)}
    elif clock.promised_on is not None and clock.promised_on != due:
        text = _("Promised by the agency for %(day)s.") % {"day": day_mid(clock.promised_on)}
    days = (on - due).days if late else 0
    words = late_words(days) if late and not ours else relative_words(due, on)
    if first is not None and last is not None and first < last:
        if ours and not late:
            words = _("%(words)s, at the earliest") % {"words": words}
        elif late and not ours:
            words = _("%(words)s, at the least") % {"words": words}
        elif not late:
            words = _("%(words)s, at the latest") % {"words": words}
    return Hero(
        on=due,
        tone="late" if late else "ours" if ours else "",
        move=clock.owner.value,
        title=f"{named}.",
        text=text,
        words=words,
        late_days=days,
        url=f"#{anchor(clock)}" if clock.trail else "",
        tag=(_("Our window has lapsed") if ours else _("%(who)s, late") % {"who": owner_words(clock.owner)})
        if late
        else "",
    )


def heroes_of(clocks: Iterable[Clock], on: date, *, most: int = 3, whole: Sequence[str] = ()) -> list[Hero]:
    """The dates that decide today, loudest first. One rule that falls due on one day for several parts is one
    date, naming them all."""
    live = sorted((c for c in clocks if c.live(on) and c.due_on is not None), key=lambda c: _loudness(c, on))
    together: dict[tuple[str, date | None, int], list[Clock]] = {}
    for clock in live:
        together.setdefault((clock.rule_id, clock.due_on, clock.round), []).append(clock)
    found = []
    for clocks_of_day in list(together.values())[:most]:
        parts = sorted({part for c in clocks_of_day for part in c.parts})
        first = clocks_of_day[0]
        if len(clocks_of_day) > 1 and parts and set(parts) != set(whole):
            named = ngettext("%(name)s, part %(parts)s", "%(name)s, parts %(parts)s", len(parts)) % {
                "name": first.name,
                "parts": ", ".join(parts),
            }
        else:
            named = first.name if len(clocks_of_day) > 1 else label(first, whole)
        found.append(_hero(first, on, named))
    return found
