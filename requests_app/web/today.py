"""Today: what one organization's people have to do, grouped by what to do, one action a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models import LetterKind
from requests_app.models.visibility import Viewer
from requests_app.queries import operation
from requests_app.queries import today as query
from requests_app.queries.places import place_name
from requests_app.queries.today import Mark, Todo

from .current import current_organisation
from .event_specs import Words, kind_words
from .paging import page_number, param, shown
from .shell import Looking, reader_day
from .templatetags.look import day_short, late_words, relative_words

FIRST = 8
"""Rows of a group on the page of the day; the rest is one link away."""
PAGE = 100
TITLES: dict[str, tuple[Words, Words]] = {
    "closing": (
        gettext_lazy("Our windows closing"),
        gettext_lazy("Missing one loses a right. The last day is in the date."),
    ),
    "owed": (
        gettext_lazy("Answers and payments we owe"),
        gettext_lazy("While the agency waits for us, its clock may stand still."),
    ),
    "closed": (
        gettext_lazy("Windows that closed"),
        gettext_lazy("In the last two weeks. Each page says what is still open."),
    ),
    "late": (
        gettext_lazy("Late answers"),
        gettext_lazy("Counted on the later reading where the law is in doubt."),
    ),
    "promised": (
        gettext_lazy("Promised dates that passed"),
        gettext_lazy("A promise moves no date of the law; it is still worth a call."),
    ),
    "today": (gettext_lazy("Due today"), gettext_lazy("Due today is not late.")),
    "court": (gettext_lazy("In court"), gettext_lazy("Dates that the court or its orders set.")),
    "check": (
        gettext_lazy("Time to ask again"),
        gettext_lazy("The law names no number here, so we set a day to ask."),
    ),
    "asked": (
        gettext_lazy("Asked by partners"),
        gettext_lazy("The request stays theirs; who of you does it, only you read."),
    ),
    "drafts": (gettext_lazy("Letters that wait"), gettext_lazy("Nothing is sent without a preview.")),
    "waves": (gettext_lazy("Letters of campaigns"), ""),
    "readings": (
        gettext_lazy("Newer readings of the law"),
        gettext_lazy("No date moves until an owner decides."),
    ),
    "imports": (gettext_lazy("Imports that wait"), ""),
}
REMEDY = {
    "appeal": (gettext_lazy("Appeal"), "appeal_filed"),
    "review": (gettext_lazy("Ask for review"), "review_filed"),
    "suit": (gettext_lazy("Sue, or let it go"), "sued"),
    "notice": (gettext_lazy("Give notice"), "notice_sent"),
}
OWES = {
    "acknowledgement": gettext_lazy("No acknowledgment"),
    "determination": gettext_lazy("No answer"),
    "records": gettext_lazy("No records"),
    "decision": gettext_lazy("No decision"),
    "ruling": gettext_lazy("No ruling"),
}
ANSWERS = {
    "clarification_asked": (gettext_lazy("Answer the question"), "clarification_answered"),
    "fee_estimated": (gettext_lazy("Answer the fee estimate"), ""),
    "deposit_asked": (gettext_lazy("Pay the deposit, or ask for a waiver"), "deposit_paid"),
    "fee_invoiced": (gettext_lazy("Pay the invoice"), "fee_paid"),
}


@login_required
@require_safe
def today(request: Looking) -> HttpResponse:
    organisation_id = current_organisation(request)
    if organisation_id is None:
        return render(request, "today.html", {"nowhere": True})
    mine = param(request, "who") == "mine"
    day = reader_day(request)
    desk = query.load(
        request.viewer,
        organisation_id,
        now=request.now,
        day=day,
        person_id=request.user.pk if mine else None,
    )
    show = param(request, "show")
    chosen = [show] if show in TITLES else list(TITLES)
    whole = show in TITLES
    groups: list[dict[str, Any]] = []
    page = None
    for name in chosen:
        rows: Sequence[Todo] = desk.groups[name]
        total = len(rows)
        if whole:
            number = min(page_number(request), max(1, -(-total // PAGE)))
            rows = rows[(number - 1) * PAGE : number * PAGE]
            page = shown(rows, total=total, number=number, size=PAGE)
        elif total == 0:
            continue
        else:
            rows = rows[: FIRST + 1 if total == FIRST + 1 else FIRST]
        groups.append(
            {
                "name": name,
                "title": TITLES[name][0],
                "words": TITLES[name][1],
                "total": total,
                "more": total - len(rows) if not whole else 0,
                "url": _url(show=name, who="mine" if mine else ""),
                "rows": [row_of(todo, request.viewer, organisation_id, day) for todo in rows],
            }
        )
    context = {
        "day": day,
        "whole": whole,
        "lead": lead(desk, day),
        "mine": mine,
        "all_url": _url(show=show if whole else ""),
        "mine_url": _url(show=show if whole else "", who="mine"),
        "back_url": _url(who="mine" if mine else ""),
        "strip": [] if whole else strip(desk.marks, day),
        "groups": groups,
        "page": page,
        "nothing": desk.rows == 0,
        "any_request": desk.any_request,
        "has_sample": any(row["is_sample"] for group in groups for row in group["rows"]),
        "keys": True,
        "reminders_late": operation.late_for(request.viewer),
    }
    context["sending_held"] = context["reminders_late"] and bool(operation.standing_holds())
    return render(request, "today.html", context)


def _url(**params: str) -> str:
    given = {name: value for name, value in params.items() if value}
    return f"{reverse('today')}?{urlencode(given)}" if given else reverse("today")


def lead(desk: query.Desk, day: dt.date) -> str:
    """The day in a sentence or two; the first thing first."""
    said = []
    closing = [todo for todo in desk.groups["closing"] + desk.groups["owed"] if todo.on]
    if closing:
        first = min(todo.on for todo in closing if todo.on)
        n = len(closing)
        said.append(
            ngettext(
                "One date of ours falls in the next 30 days, on %(first)s.",
                "%(n)d dates of ours fall in the next 30 days; the first is %(first)s.",
                n,
            )
            % {"n": n, "first": f"{day_short(first)}, {relative_words(first, day)}"}
        )
    late = len(desk.groups["late"])
    if late:
        said.append(ngettext("One answer is late.", "%(n)d answers are late.", late) % {"n": late})
    letters = len(desk.groups["drafts"])
    if letters:
        said.append(ngettext("One letter waits.", "%(n)d letters wait.", letters) % {"n": letters})
    return " ".join(said)


def strip(marks: Sequence[Mark], day: dt.date) -> list[dict[str, Any]]:
    """Two working weeks, from Monday. A date on a weekend stands on the Friday before, and says so."""
    monday = query.monday_of(day)
    days = [monday + dt.timedelta(days=n) for n in range(12) if n % 7 < 5]
    out = []
    for on in days:
        span = 3 if on.weekday() == 4 else 1
        here = [m for m in marks if 0 <= (m.on - on).days < span]
        here.sort(key=lambda m: (m.owner != "requester", m.agency))
        entries = [
            {
                "url": reverse("request", args=[mark.pid]),
                "words": mark.agency if mark.on == on else f"{mark.agency} ({day_short(mark.on)})",
                "title": mark.name,
                "ours": mark.owner == "requester",
            }
            for mark in here[: 3 if len(here) == 3 else 2]
        ]
        out.append(
            {
                "on": on,
                "now": on == day,
                "past": on < day,
                "week": on.weekday() == 0 and on != monday,
                "entries": entries,
                "more": len(here) - len(entries),
                "url": f"{calendar_url(on)}",
            }
        )
    return out


def calendar_url(on: dt.date) -> str:
    return f"{reverse('calendar')}?{urlencode({'view': 'weeks', 'from': on.isoformat()})}#d{on.isoformat()}"


def row_of(todo: Todo, viewer: Viewer, organisation_id: int, day: dt.date) -> dict[str, Any]:
    """One row: its day, what to do and why, and one action with its key. A viewer is offered the page, not the act."""
    may_edit = viewer.may_edit(organisation_id)
    row = {
        "on": todo.on,
        "relative": relative_words(todo.on, todo.today or day) if todo.on else "",
        "tone": "",
        "agency": todo.agency,
        "place": place_name(todo.jurisdiction) if todo.jurisdiction and todo.pid else "",
        "url": reverse("request", args=[todo.pid]) if todo.pid else "",
        "is_sample": todo.is_sample,
        "why": "",
        "assignee": todo.assignee if todo.group not in ("drafts",) else "",
        "title": todo.title,
        "answer_url": answer_url(todo),
    }
    row |= BUILDERS[todo.group](todo, day)
    if todo.pid and not may_edit and todo.group not in ("asked", "drafts"):
        row |= {"act": _("Open"), "key": "O", "act_url": row["url"]}
    return row


def answer_url(todo: Todo) -> str:
    """Where the reminders of a row's date are answered, in the groups that people are reminded of."""
    if not todo.clock_key or todo.group not in ("closing", "owed", "late"):
        return ""
    return f"{reverse('reminder-answer', args=[todo.pid])}?{urlencode({'clock': todo.clock_key})}"


def _also(todo: Todo) -> str:
    if not todo.also:
        return ""
    named = [f"{name} ({day_short(on)})" if on else name for name, on in todo.also[:2]]
    more = len(todo.also) - len(named)
    if more:
        named.append(ngettext("one more", "%(n)d more", more) % {"n": more})
    return _("Also: %(names)s.") % {"names": "; ".join(named)}


def _sentence(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _until(todo: Todo) -> str:
    if todo.until is None:
        return ""
    return _("Earliest reading; may run to %(day)s.") % {"day": day_short(todo.until)}


def _act(todo: Todo, kind: str, words: str, key: str) -> dict[str, str]:
    """The letter that somebody began comes before a new one; else the page on which the step is taken."""
    if todo.draft:
        return {"act": _("Open draft"), "key": "D", "act_url": reverse("letter", args=[todo.draft])}
    return {"act": words, "key": key, "act_url": reverse("event-new", args=[todo.pid, kind])}


def _closing(todo: Todo, day: dt.date) -> dict[str, Any]:
    words: Words
    words, kind = REMEDY.get(todo.remedy, (gettext_lazy("Act"), ""))
    why = _sentence(_until(todo), _also(todo))
    if todo.rule_id == "destroys-on":
        words, kind = gettext_lazy("Ask to preserve"), "preservation_demanded"
    act = {"act": str(words), "key": "A", "act_url": reverse("request", args=[todo.pid])}
    if todo.remedy in REMEDY:
        act["act_url"] = _remedies(todo.pid) or reverse("event-new", args=[todo.pid, kind])
    elif kind:
        act["act_url"] = _preservation(todo.pid)
    if todo.draft:
        act = _act(todo, kind, "", "D")
    last = todo.on == (todo.today or day)
    return {
        "what": todo.name,
        "why": why,
        "tone": "ours",
        "relative": _("last day, today") if last else relative_words(todo.on or day, todo.today or day),
        **act,
    }


def _remedies(pid: str) -> str:
    try:
        return reverse("request-remedies", args=[pid])
    except NoReverseMatch:
        return ""


def _preservation(pid: str) -> str:
    try:
        return reverse("request-preservation", args=[pid])
    except NoReverseMatch:
        return reverse("request", args=[pid])


def _owed(todo: Todo, day: dt.date) -> dict[str, Any]:
    if todo.kind:
        words, kind = ANSWERS[todo.kind]
        asked = _("%(what)s, %(day)s.") % {
            "what": kind_words(todo.kind),
            "day": day_short(todo.since) if todo.since else "",
        }
        act = _act(todo, kind or "clarification_answered", _("Answer"), "N")
        if not kind and not todo.draft:
            act["act_url"] = reverse("request", args=[todo.pid])
            act["act"] = _("Decide")
        return {
            "what": words, "why": asked, "on": todo.since, "tone": "", **act,
            "relative": relative_words(todo.since, todo.today or day) if todo.since else "",
        }  # fmt: skip
    kind = "fee_paid" if todo.rule_id == "invoice-by" else "deposit_paid"
    kind = kind if todo.owes == "payment" else "clarification_answered"
    said = _("Pay") if todo.owes == "payment" else _("Answer")
    return {
        "what": todo.name, "why": _sentence(_until(todo), _also(todo)), "tone": "ours",
        **_act(todo, kind, said, "P" if todo.owes == "payment" else "N"),
    }  # fmt: skip


def _closed(todo: Todo, day: dt.date) -> dict[str, Any]:
    return {
        "what": todo.name,
        "why": _sentence(_("This window ended and nothing of ours was logged."), _also(todo)),
        "act": _("See what is open"),
        "key": "O",
        "act_url": reverse("request", args=[todo.pid]),
    }


def _late(todo: Todo, day: dt.date) -> dict[str, Any]:
    here = todo.today or day
    since = todo.since or (todo.on or here) + dt.timedelta(days=1)
    return {
        "what": OWES.get(todo.owes, todo.name),
        "why": _sentence(
            _("%(clock)s: time ended %(day)s.") % {"clock": todo.name, "day": day_short(todo.on or here)},
            _also(todo),
        ),
        "tone": "late",
        "relative": late_words((here - since).days + 1),
        **_act(todo, "follow_up_sent", _("Follow up"), "F"),
    }


def _promised(todo: Todo, day: dt.date) -> dict[str, Any]:
    return {
        "what": _("Nothing by the day they named"),
        "why": _sentence(todo.name + ".", _also(todo)),
        **_act(todo, "follow_up_sent", _("Follow up"), "F"),
    }


def _due(todo: Todo, day: dt.date) -> dict[str, Any]:
    kind = "appeal_decided" if todo.owner == "reviewer" else "determined"
    return {
        "what": todo.name,
        "why": _sentence(_("It lapses when the day ends where the agency is."), _also(todo)),
        **_act(todo, kind, _("Log the answer"), "L"),
    }


def _court(todo: Todo, day: dt.date) -> dict[str, Any]:
    return {
        "what": todo.name, "why": _sentence(_until(todo), _also(todo)), "act": _("Open"), "key": "O",
        "act_url": _remedies(todo.pid) or reverse("request", args=[todo.pid]),
    }  # fmt: skip


def _check(todo: Todo, day: dt.date) -> dict[str, Any]:
    return {
        "what": _("Ask where it is"),
        "why": _sentence(_("%(clock)s: the law names no number.") % {"clock": todo.name}, _also(todo)),
        **_act(todo, "follow_up_sent", _("Follow up"), "F"),
    }


def _asked(todo: Todo, day: dt.date) -> dict[str, Any]:
    late = todo.on is not None and todo.on < day
    words = _("Answer") if todo.kind == "asked" else _("Open")
    url = reverse("partner-task", args=[todo.draft])
    return {
        "what": todo.title, "why": _("%(who)s asks.") % {"who": todo.name or _("A partner")}, "title": "", "place": "",
        "tone": "late" if late else "", "act": words, "key": "N" if todo.kind == "asked" else "O", "act_url": url,
        "url": url,
    }  # fmt: skip


def _draft(todo: Todo, day: dt.date) -> dict[str, Any]:
    states = {
        "draft": _("A draft; nobody has sent it."),
        "stopped": _("Stopped before it went out."),
        "failed": _("Could not be sent."),
        "unknown": _("Not known whether it went out: look before it is sent again."),
    }
    written = _("Last changed by %(name)s.") % {"name": todo.assignee} if todo.assignee else ""
    return {
        "what": f"{LetterKind(todo.kind).label}: {todo.title}", "why": _sentence(states.get(todo.owes, ""), written),
        "tone": "late" if todo.owes in ("failed", "unknown") else "", "place": "", "act": _("Open"), "key": "O",
        "act_url": reverse("letter", args=[todo.draft]), "url": reverse("letter", args=[todo.draft]), "title": "",
    }  # fmt: skip


def _wave(todo: Todo, day: dt.date) -> dict[str, Any]:
    url = reverse("campaign", args=[todo.draft])
    said = ngettext("%(n)d first letter is not sent", "%(n)d first letters are not sent", todo.number)
    return {
        "what": said % {"n": todo.number}, "agency": todo.title, "why": "", "act": _("Open"), "key": "O",
        "act_url": url, "url": url, "title": "",
    }  # fmt: skip


def _reading(todo: Todo, day: dt.date) -> dict[str, Any]:
    url = reverse("revision", args=[todo.draft])
    known = todo.jurisdiction in library().codes
    said = ngettext("would move dates of %(n)d request", "would move dates of %(n)d requests", todo.number)
    return {
        "what": _("A newer reading of the law"),
        "agency": place_name(todo.jurisdiction) if known else todo.jurisdiction, "why": said % {"n": todo.number},
        "act": _("Decide"), "key": "D", "act_url": url, "url": url, "title": "",
    }  # fmt: skip


def _import(todo: Todo, day: dt.date) -> dict[str, Any]:
    url = reverse("import", args=[todo.draft])
    states = {
        "uploaded": _("Its columns are not matched yet."),
        "checked": _("Checked; nothing is taken in until you say so."),
        "failed": _("It stopped with a problem."),
    }
    return {
        "what": todo.title, "agency": "", "why": states.get(todo.kind, ""), "act": _("Open"), "key": "O",
        "act_url": url, "url": url, "title": "",
    }  # fmt: skip


BUILDERS = {
    "closing": _closing, "owed": _owed, "closed": _closed, "late": _late, "promised": _promised, "today": _due,
    "court": _court, "check": _check, "asked": _asked, "drafts": _draft,
    "waves": _wave, "readings": _reading, "imports": _import,
}  # fmt: skip

urlpatterns = [path("today/", today, name="today")]
