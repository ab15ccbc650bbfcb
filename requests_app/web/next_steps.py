"""The next lawful steps, from the standing and the law's own data: in words, with the days left, the first one first.

A step leads to the draft of its letter; where there is none to draft, to the form of its event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.clock.course import NEVER_LATE
from requests_app.clock.orders import RULE as ORDER
from requests_app.clock.rules import Consequence, Owes, Owner, Remedy, StepOf
from requests_app.clock.standing import Clock, State
from requests_app.laws.errors import Refused
from requests_app.laws.registry import library
from requests_app.models.ids import public_id
from requests_app.queries.request_page import RequestPage

from .draw.from_clock import count_words, label
from .event_specs import SPECS, Words, kind_words
from .templatetags.look import day_long
from .words import outcome_words

STEPS = {
    StepOf.appeal: ("appeal_filed", gettext_lazy("Log the appeal")),
    StepOf.review: ("review_filed", gettext_lazy("Log the request for review")),
    StepOf.suit: ("sued", gettext_lazy("Log the suit")),
    StepOf.notice: ("notice_sent", gettext_lazy("Log the notice")),
}
BY_RULE = {
    "clarify-by": ("clarification_answered", gettext_lazy("Log our answer")),
    "deposit-by": ("deposit_paid", gettext_lazy("Log the payment")),
    "estimate-answer-by": ("clarification_answered", gettext_lazy("Log our answer")),
    "voluminous-amend-by": ("clarification_answered", gettext_lazy("Log our answer")),
    "invoice-by": ("fee_paid", gettext_lazy("Log the payment")),
    "destroys-on": ("preservation_demanded", gettext_lazy("Log our demand to keep them")),
    "claim-fees-by": ("review_filed", gettext_lazy("Log the claim")),
}
DRAFTS: dict[StepOf, Words] = {
    StepOf.appeal: gettext_lazy("Draft the appeal"),
    StepOf.review: gettext_lazy("Draft the request for review"),
    StepOf.suit: gettext_lazy("Prepare the suit"),
    StepOf.notice: gettext_lazy("Draft the notice"),
}
TO_DO: dict[StepOf, Words] = {
    StepOf.appeal: gettext_lazy("draft the appeal"),
    StepOf.review: gettext_lazy("ask for the outside review"),
    StepOf.suit: gettext_lazy("go to court"),
    StepOf.notice: gettext_lazy("send the notice that the law wants before a suit"),
}
OPEN = (State.running, State.paused)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be done now. urgent: it is our move; acts: the first is the button, each url and words.

    parts: what it concerns; () is the whole request. due_on: the day to act by, None where the law has none.
    """

    kind: str
    title: str
    text: str
    acts: tuple[dict[str, Any], ...]
    parts: tuple[str, ...]
    due_on: dt.date | None
    ours: bool


def steps_of(page: RequestPage, whole: Sequence[str], part: str = "") -> list[Step]:
    """What may be done now about the request, or about one part of it, the most pressing first."""
    if page.standing and page.standing.stage == "closed":
        return []
    clocks = [clock for clock in page.clocks if not part or _concerns(clock, part)]
    by_key = {clock.key: clock for clock in page.clocks}
    found = [_window(page, clock, by_key, whole, part) for clock in ours_open(clocks, page.today)]
    waiting = _answer(page, clocks)
    if waiting is not None and not any(step.kind in ("clarification_answered", "deposit_paid") for step in found):
        found.insert(0, waiting)
    late = _late(page, clocks, whole, part)
    if late is not None:
        dated = [step for step in found if step.due_on]
        found = [*dated, late, *(step for step in found if not step.due_on)]
    return found


def ours_open(clocks: Iterable[Clock], on: dt.date) -> list[Clock]:
    """Windows of ours that are open: those with a day by that day, the others after them, a suit last."""
    windows = [c for c in clocks if c.owner is Owner.requester and c.state(on) in OPEN]
    return sorted(
        windows, key=lambda c: (c.due_on is None, c.due_on or dt.date.max, c.remedy is StepOf.suit, c.key)
    )


def next_of(page: RequestPage, whole: Sequence[str]) -> dict[str, Any] | None:
    """Context of partials/next.html: the first step as the panel, the others listed under it."""
    if page.standing and page.standing.stage == "closed":
        return None
    steps = steps_of(page, whole)
    if steps:
        first, *others = steps
        return {"title": "", "text": first.text, "acts": first.acts, "others": [_other(step) for step in others]}
    pid, on = page.request.public_id, page.today
    running = [
        c for c in page.clocks if c.state(on) is State.running and c.due_on and c.owner is not Owner.requester
    ]
    if running:
        clock = min(running, key=lambda c: c.due_on or dt.date.max)
        text = _("Wait for %(day)s: %(clock)s. Log what comes before.") % {
            "day": day_long(clock.due_on) if clock.due_on else "", "clock": label(clock, whole),
        }  # fmt: skip
        return {"title": _("Nothing to do today"), "text": text, "acts": [], "others": []}
    return {
        "title": _("Read what came"),
        "text": _("No clock runs. Check it against each part; close the request when nothing is missing."),
        "acts": [_act(reverse("request-close", args=[pid]), SPECS["closed"].words, first=True)],
        "others": [],
    }


def _other(step: Step) -> dict[str, Any]:
    return {"text": step.text, "acts": step.acts[:1], "ours": step.ours}


def _concerns(clock: Clock, part: str) -> bool:
    settled = {one for one, *_rest in (*clock.met_parts, *clock.gone_parts)}
    return (not clock.parts or part in clock.parts) and part not in settled


def _window(
    page: RequestPage, clock: Clock, by_key: Mapping[str, Clock], whole: Sequence[str], part: str
) -> Step:
    remedy = _remedy(clock)
    parts = _parts(clock, whole)
    if clock.rule_id == ORDER:
        return _ordered(page, clock, whole, parts)
    kind, log = BY_RULE.get(clock.rule_id) or STEPS[clock.remedy or StepOf.appeal]
    todo = _to_do(clock, remedy)
    since = _since(page, clock, by_key, whole)
    text = _("%(since)s: %(todo)s%(left)s.") % {"since": since, "todo": todo, "left": _left(clock, page.today)}
    first = remedy.requires_first if remedy else ()
    if first and (before := _before(first, by_key, clock, page.today)) is not None:
        text += " " + _("“%(name)s” comes first.") % {"name": before.name}
    pid = page.request.public_id
    acts = []
    if clock.rule_id not in BY_RULE and clock.remedy is not None:
        acts += _remedy_draft(pid, clock, parts)
    elif kind == "clarification_answered":
        acts += _letter_draft(pid, "answer", _("Draft our answer"))
    acts.append(_act(_log(pid, kind, parts), log, first=not acts))
    acts.append(_act(_log(pid, "waived", (), clock=clock.key), _("Let it go")))
    return Step(kind, label(clock, whole), text, tuple(acts), parts, clock.due_on, ours=True)


def _ordered(page: RequestPage, clock: Clock, whole: Sequence[str], parts: tuple[str, ...]) -> Step:
    """What a court wants of us is no window that could be let go."""
    text = _("%(order)s%(left)s.") % {"order": label(clock, whole), "left": _left(clock, page.today)}
    act = _act(reverse("request-remedies", args=[page.request.public_id]), _("Open the suit"), first=True)
    return Step("order_met", label(clock, whole), text, (act,), parts, clock.due_on, ours=True)


def _since(page: RequestPage, clock: Clock, by_key: Mapping[str, Clock], whole: Sequence[str]) -> str:
    """Why the window is open: what was silence, or what came on which day."""
    parts = _parts(clock, whole)
    of = _("Silence on %(parts)s") % {"parts": _and(parts)} if parts else _("Silence")
    parent = by_key.get(clock.parent or "")
    if parent is not None and parent.owner is not Owner.requester and parent.met_on is None and clock.opens_on:
        if parent.owes is Owes.decision:
            of = _("Silence on our appeal")
        named = {"silence": of, "day": day_long(clock.opens_on)}
        match _weightiest(parent.consequences):
            case Consequence.denied:
                return _("%(silence)s is a constructive denial since %(day)s") % named
            case Consequence.may_be_treated_as_denied:
                return _("%(silence)s may be treated as a denial since %(day)s") % named
            case Consequence.exhausted:
                return _("%(silence)s opens the next step since %(day)s") % named
        return _("%(silence)s since %(day)s") % named
    line = next((line for line in page.lines if line.event.uid == clock.started_by), None)
    if line is None:
        return clock.name + (f" ({_and(parts)})" if parts else "")
    what = outcome_words(line.event.outcome) if line.event.outcome else str(kind_words(line.event.kind))
    named = {"what": what, "parts": _and(parts), "day": day_long(line.on)}
    if parts:
        return _("%(parts)s: %(what)s, %(day)s") % named
    return _("%(what)s, %(day)s") % named


def _weightiest(consequences: Sequence[Consequence]) -> Consequence | None:
    order = (Consequence.denied, Consequence.may_be_treated_as_denied, Consequence.exhausted)
    return next((one for one in order if one in consequences), None)


def _to_do(clock: Clock, remedy: Remedy | None) -> str:
    if clock.rule_id in BY_RULE or clock.remedy is None:
        return clock.name[:1].lower() + clock.name[1:]
    todo = str(TO_DO[clock.remedy])
    return f"{todo} ({remedy.body})" if remedy and remedy.body else todo


def _left(clock: Clock, on: dt.date) -> str:
    if clock.due_on is None:
        return _("; the law names no last day") if clock.remedy else ""
    if clock.due_on < on and clock.latest is not None:
        return _("; the stricter reading ended %(day)s, the other runs until %(latest)s") % {
            "day": day_long(clock.due_on), "latest": day_long(clock.latest),
        }  # fmt: skip
    days = (clock.due_on - on).days
    if days == 0:
        return _("; today is the last day")
    named = {"n": days, "day": day_long(clock.due_on)}
    return ngettext("; %(n)d day left, until %(day)s", "; %(n)d days left, until %(day)s", days) % named


def _before(
    first: Sequence[str], by_key: Mapping[str, Clock], clock: Clock, on: dt.date
) -> Clock | None:
    """What the law wants first and we have not done, while it can still be done."""
    return next(
        (
            other
            for other in by_key.values()
            if other.rule_id in first
            and other.state(on) in OPEN
            and (not other.parts or not clock.parts or set(other.parts) & set(clock.parts))
        ),
        None,
    )


def _late(page: RequestPage, clocks: Sequence[Clock], whole: Sequence[str], part: str) -> Step | None:
    late = [clock for clock in clocks if clock.late(page.today) and clock.owner is not Owner.requester]
    late = [clock for clock in late if clock.owes not in NEVER_LATE]
    if not late:
        return _asked(page, clocks, whole, part)
    clock = min(late, key=lambda c: c.latest or dt.date.max)
    silent = (part,) if part else _silent(clock, whole)
    text = _("%(clock)s ended %(day)s and nothing came%(parts)s: ask where the answer is.") % {
        "clock": clock.name,
        "day": day_long(clock.latest) if clock.latest else "",
        "parts": _(" on %(parts)s") % {"parts": _and(silent)} if silent else "",
    }
    return _follow_up(page, text, silent)


def _follow_up(page: RequestPage, text: str, silent: tuple[str, ...]) -> Step:
    pid = page.request.public_id
    acts = _letter_draft(pid, "follow_up", _("Draft a follow-up"))
    acts.append(_act(_log(pid, "follow_up_sent", ()), _("Log a follow-up"), first=not acts))
    return Step("follow_up_sent", _("Ask again"), text, tuple(acts), silent, None, ours=False)


def _asked(page: RequestPage, clocks: Sequence[Clock], whole: Sequence[str], part: str) -> Step | None:
    """A law without a number: our own interval for asking again has passed."""
    on = page.today
    due = [
        (c.follow_up_on, c) for c in clocks
        if c.follow_up_on and c.follow_up_on <= on and c.due_on is None and c.state(on) is State.running
        and c.owner is not Owner.requester
    ]  # fmt: skip
    if not due:
        return None
    asked_on, clock = min(due, key=lambda row: row[0])
    text = _("“%(clock)s” has no number of days in the law. By our own interval it is time to ask since %(day)s.") % {
        "clock": label(clock, whole), "day": day_long(asked_on),
    }  # fmt: skip
    return _follow_up(page, text, (part,) if part else _silent(clock, whole))


def _answer(page: RequestPage, clocks: Sequence[Clock]) -> Step | None:
    paused = next(
        (c for c in clocks if c.state(page.today) is State.paused and c.waits_for_us(page.today)), None
    )
    if paused is None:
        return None
    kinds = {line.event.kind for line in page.lines if line.retracted_by is None}
    answer = "deposit_paid" if "deposit_asked" in kinds and "deposit_paid" not in kinds else "clarification_answered"
    rest = paused.left_when_paused
    text = _("The agency waits for us, and its clock stands still.")
    if rest is not None:
        text += " " + _("It has %(left)s once we answer.") % {"left": count_words(rest.count, rest.unit)}
    pid = page.request.public_id
    acts = _letter_draft(pid, "answer", _("Draft our answer")) if answer == "clarification_answered" else []
    acts.append(_act(_log(pid, answer, ()), SPECS[answer].words, first=not acts))
    return Step(answer, str(SPECS[answer].words), text, tuple(acts), (), None, ours=True)


def _silent(clock: Clock, whole: Sequence[str]) -> tuple[str, ...]:
    settled = {one for one, *_rest in (*clock.met_parts, *clock.gone_parts)}
    left = tuple(one for one in clock.parts if one not in settled)
    return () if set(left) == set(whole) else left


def _parts(clock: Clock, whole: Sequence[str]) -> tuple[str, ...]:
    """The parts a window is about, without those that were settled; () where it is all of them."""
    settled = {one for one, *_rest in (*clock.met_parts, *clock.gone_parts)}
    left = tuple(one for one in clock.parts if one not in settled)
    return () if not left or set(left) >= set(whole) else left


def _remedy(clock: Clock) -> Remedy | None:
    """What the law says of this step; None for a law that is not in the library any more."""
    if clock.remedy is None:
        return None
    try:
        rule = library().law(clock.law_ref.partition("@")[0]).current.by_id.get(clock.rule_id)
    except Refused:
        return None
    return rule.remedy if rule else None


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(most)s and %(last)s") % {"most": ", ".join(parts[:-1]), "last": parts[-1]}


def _log(pid: str, kind: str, parts: Sequence[str], **more: str) -> str:
    params = [("part", part) for part in parts] + list(more.items())
    address = reverse("event-new", args=[pid, kind])
    return f"{address}?{urlencode(params)}" if params else address


def _remedy_draft(pid: str, clock: Clock, parts: Sequence[str]) -> list[dict[str, Any]]:
    """The page that drafts it, begun for this window."""
    assert clock.remedy is not None, "only a remedy is drafted there"
    about = {"kind": clock.remedy.value, "clock_key": clock.key} | ({"part": parts[0]} if len(parts) == 1 else {})
    url = f"{reverse('remedy-new', args=[pid])}?{urlencode(about)}"
    return [_act(url, DRAFTS[clock.remedy], first=True)]


def _letter_draft(pid: str, kind: str, words: Words) -> list[dict[str, Any]]:
    """A button rather than a link, for it makes the draft."""
    url = reverse("letter-draft", args=[pid])
    return [_act(url, words, first=True) | {"post": {"kind": kind, "once": public_id()}}]


def _act(url: str, words: Words, *, first: bool = False) -> dict[str, Any]:
    return {"url": url, "words": words, "first": first}
