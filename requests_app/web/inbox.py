"""What waits for one person: reminders, mentions, what was handed to them. Read when opened, or when they say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from requests_app.actions import inbox as acts
from requests_app.models import InboxItem
from requests_app.queries import inbox as query
from requests_app.queries.inbox import Line
from requests_app.queries.places import place_name

from . import proposals
from .current import current_organisation
from .event_specs import Words
from .paging import page_number, param, posted, select, shown, with_params
from .shell import Looking, reader_day, reader_zone
from .templatetags.look import day_short

KINDS: dict[str, Words] = {
    "reminder": gettext_lazy("Reminders"),
    "escalated": gettext_lazy("Nobody answered"),
    "correction": gettext_lazy("Dates that moved"),
    "assigned": gettext_lazy("Handed to you"),
    "mention": gettext_lazy("Mentions"),
    "offer": gettext_lazy("New readings of the law"),
    "webhook": gettext_lazy("Webhooks"),
    "publishing": gettext_lazy("Publishing"),
    "proposal": gettext_lazy("Proposals"),
}
ANSWERED = ("reminder", "escalated", "correction")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: Looking) -> HttpResponse:
    organisation_id = current_organisation(request)
    if request.method == "POST":
        if organisation_id is None:
            raise Http404
        return _act(request, organisation_id)
    if organisation_id is None:
        return render(request, "inbox.html", {"nowhere": True})
    kind = param(request, "kind")
    kind = kind if kind in KINDS else ""
    unread = param(request, "show") == "unread"
    rows = query.items(request.viewer, request.user, organisation_id, kind=kind, unread=unread)
    total = rows.count()
    number = min(page_number(request), max(1, -(-total // query.PAGE)))
    found = list(rows[(number - 1) * query.PAGE : number * query.PAGE])
    count = request.viewer.unread.get(organisation_id, 0)
    lines = [_row(line, request) for line in query.lines(request.viewer, found)]
    context = {
        "rows": lines,
        "has_sample": any(line["is_sample"] for line in lines),
        "page": shown(found, total=total, number=number, size=query.PAGE),
        "filters": [
            select("kind", _("Kind"), [("", _("All kinds")), *((one, str(KINDS[one])) for one in KINDS)], kind),
            select("show", _("State"), [("", _("All")), ("unread", _("Unread"))], unread * "unread"),
        ],
        "filters_clear_url": with_params(request, kind="", show="") if kind or unread else "",
        "filtered": bool(kind or unread),
        "count": count,
        "newest": found[0].public_id if found and number == 1 else "",
    }  # fmt: skip
    return render(request, "inbox.html", context)


def _act(request: Looking, organisation_id: int) -> HttpResponse:
    act, item = posted(request, "act"), _line(request, organisation_id, "item")
    if act == "all":
        newest = _line(request, organisation_id, "upto")
        n = acts.mark_all_read(
            viewer=request.viewer, actor=request.user, organisation_id=organisation_id,
            upto=newest.pk if newest is not None else 0,
        )  # fmt: skip
        messages.success(request, ngettext("%(n)d line is read.", "%(n)d lines are read.", n) % {"n": n})
    elif act in ("open", "read", "unread") and item is not None:
        acts.mark(viewer=request.viewer, actor=request.user, items=[item.public_id], read=act != "unread")
        if act == "open":
            [line] = query.lines(request.viewer, [item])
            return _see_other(_row(line, request)["url"] or reverse("inbox"))
    else:
        raise Http404
    kept = {name: posted(request, name) for name in ("kind", "show", "page") if posted(request, name)}
    return _see_other(f"{reverse('inbox')}?{urlencode(kept)}" if kept else reverse("inbox"))


def _see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _line(request: Looking, organisation_id: int, name: str) -> InboxItem | None:
    """The line of the reader's own that a form names."""
    try:
        key = UUID(posted(request, name))
    except ValueError:
        return None
    rows = query.items(request.viewer, request.user, organisation_id)
    found: InboxItem | None = rows.filter(public_id=key).first()
    return found


def _row(line: Line, request: Looking) -> dict[str, Any]:
    item = line.item
    build = BUILDERS.get(line.origin, _gone)
    row = {
        "id": item.public_id,
        "new": item.read_at is None,
        "at": item.at.astimezone(reader_zone(request)),
        "kind": KINDS[item.kind],
        "agency": line.request.agency.name if line.request else "",
        "title": line.request.public_title if line.request else "",
        "is_sample": line.request.is_sample if line.request else False,
        "url": reverse("request", args=[line.request.public_id]) if line.request else "",
        "why": "",
        "answer_url": "",
        "tone": "",
    }
    return row | build(line, reader_day(request))


def _gone(line: Line, day: dt.date) -> dict[str, Any]:
    return {"words": _("This is no longer here."), "url": "", "agency": "", "title": ""}


def _reminder(line: Line, day: dt.date) -> dict[str, Any]:
    told = line.about
    if told is None or line.request is None:
        return _gone(line, day)
    clock, on = told.deadline, told.due_on  # type: ignore[union-attr]
    names = {"clock": clock.name, "day": day_short(on)}
    ours = clock.owner == "requester"
    match told.kind:  # type: ignore[union-attr]
        case "moved":
            words = _("A date moved: “%(clock)s” is now due on %(day)s")
        case "gone":
            words = _("A date no longer stands: “%(clock)s”, %(day)s")
        case "escalated":
            words = _("Nobody has answered: “%(clock)s”, %(day)s")
        case "lapsed":
            words = _("Time ended on %(day)s: “%(clock)s”")
        case "opened":
            words = _("A window of ours opened: “%(clock)s”, until %(day)s")
        case _ if ours and on == day:
            words = _("Our last day is today: “%(clock)s”")
        case _ if ours:
            words = _("Our own time ends on %(day)s: “%(clock)s”")
        case _:
            words = _("Due on %(day)s: “%(clock)s”")
    over = clock.superseded_at is not None or clock.met_on is not None or told.kind == "gone"  # type: ignore[union-attr]
    why = ""
    if clock.met_on is not None:
        why = _("Met on %(day)s.") % {"day": day_short(clock.met_on)}
    elif clock.superseded_at is not None:
        why = _("This date has changed since.")
    answer = (
        f"{reverse('reminder-answer', args=[line.request.public_id])}?{urlencode({'clock': told.clock_key})}"  # type: ignore[union-attr]
    )
    return {
        "words": words % names, "why": why, "tone": "" if over else "ours" if ours else "late",
        "answer_url": "" if over else answer,
    }  # fmt: skip


def _mention(line: Line, day: dt.date) -> dict[str, Any]:
    found = line.about
    if found is None or line.request is None:
        return {"words": _("You were mentioned in a note that is gone.")}
    note = found.note  # type: ignore[union-attr]
    url = f"{reverse('request-work', args=[line.request.public_id])}#note-{note.public_id}"
    author = str(note.author) if note.author else _("Somebody who left")
    return {"words": _("%(name)s mentions you in a note") % {"name": author}, "url": url}


def _offer(line: Line, day: dt.date) -> dict[str, Any]:
    offer: Any = line.about
    if offer is None:
        return _gone(line, day)
    return {
        "words": _("A newer reading of the law of %(place)s would move dates") % {"place": place_name(offer.law_id)},
        "why": _("No date moves until an owner decides."), "url": reverse("revision", args=[offer.public_id]),
    }  # fmt: skip


def _handed(line: Line, day: dt.date) -> dict[str, Any]:
    answer: Any = line.about
    if answer is None or line.request is None:
        return _gone(line, day)
    return {
        "words": _("%(name)s hands you the reminders of a date, %(day)s")
        % {"name": answer.person, "day": day_short(answer.due_on)},
        "answer_url": f"{reverse('reminder-answer', args=[line.request.public_id])}?"
        f"{urlencode({'clock': answer.clock_key})}",
    }


def _assigned(line: Line, day: dt.date) -> dict[str, Any]:
    backup = ":backup:" in line.item.source
    return {"words": _("You are the backup for a request") if backup else _("A request is assigned to you")}


def _bulk(line: Line, day: dt.date) -> dict[str, Any]:
    return {
        "words": _("Several requests are assigned to you"), "url": f"{reverse('today')}?who=mine",
    }  # fmt: skip


def _absence(line: Line, day: dt.date) -> dict[str, Any]:
    away: Any = line.about
    if away is None:
        return _gone(line, day)
    names = {
        "name": away.person, "cover": away.cover, "first": day_short(away.from_on), "last": day_short(away.until_on),
    }  # fmt: skip
    if line.item.person_id == away.cover_id:
        words = _("You stand in for %(name)s from %(first)s to %(last)s")
    else:
        words = _("%(cover)s stands in for you from %(first)s to %(last)s")
    why = _("Taken back since.") if away.withdrawn_at else ""
    return {"words": words % names, "why": why, "url": reverse("absence")}


def _webhook(line: Line, day: dt.date) -> dict[str, Any]:
    hook: Any = line.about
    if hook is None:
        return _gone(line, day)
    return {
        "words": _("The webhook “%(name)s” was switched off: nothing was taken for days") % {"name": hook.name},
        "url": reverse("webhook", args=[hook.public_id]),
    }


def _publication(line: Line, day: dt.date) -> dict[str, Any]:
    found: Any = line.about
    if found is None:
        return _gone(line, day)
    what = line.item.source.split(":", 2)[2].partition("-")[0]
    words = {
        "proposed": _("Proposed to be published: “%(title)s”"),
        "warned": _("An embargo ends soon: “%(title)s”"),
        "file": _("A file of what is public waits for a second person: “%(title)s”"),
        "held": _("An embargo has ended, and somebody has to look before it is published: “%(title)s”"),
        "published": _("Published, as an owner chose: “%(title)s”"),
    }.get(what, _("Publishing: “%(title)s”"))
    return {
        "words": words % {"title": found.subject.public_title},
        "why": "" if found.state in ("proposed", "agreed") or what == "file" else _("Decided since."),
        "url": reverse(
            "campaign-publish" if found.campaign_id else "request-publish", args=[found.subject.public_id]
        ),
    }


def _report(line: Line, day: dt.date) -> dict[str, Any]:
    found: Any = line.about
    if found is None:
        return _gone(line, day)
    words = {
        "error": _("A reader reports an error on a public page"),
        "removal": _("Somebody asks that something public is removed"),
        "answer": _("An agency answers on a public page"),
    }[found.wants]
    return {
        "words": words,
        "why": _("Decided since.") if found.decision else found.path,
        "url": reverse("report-one", args=[found.reference]),
    }


def _two(line: Line, day: dt.date) -> dict[str, Any]:
    asked = line.item.source.split(":")[2:3] == ["asked"]
    return {
        "words": _("An owner asks that one person is enough to publish; it takes you, too")
        if asked
        else _("One person is enough to publish from now on: an owner switched the second one off"),
        "url": reverse("settings"),
    }


def _proposal(line: Line, day: dt.date) -> dict[str, Any]:
    found: Any = line.about
    if found is None:
        return _gone(line, day)
    waits = found.state == "waiting"
    logged = found.row.in_advance and found.state == "accepted"
    words = _("%(name)s logged: %(what)s") if logged else _("%(name)s proposes: %(what)s")
    return {
        "words": words % {"name": found.name or proposals.SOMEBODY, "what": proposals.in_short(found.row)},
        "why": "" if waits else str(proposals.STATES[found.state]),
        "url": reverse("proposal", args=[found.row.public_id]),
        "answer_url": reverse("proposal", args=[found.row.public_id]) if waits else "",
    }


BUILDERS: dict[str, Callable[[Line, dt.date], dict[str, Any]]] = {
    "reminder": _reminder, "mention": _mention, "offer": _offer, "handed": _handed, "assigned": _assigned,
    "bulk": _bulk, "absence": _absence, "webhook": _webhook,
    "publication": _publication, "two": _two, "proposal": _proposal, "report": _report,
}  # fmt: skip

urlpatterns = [path("inbox/", inbox, name="inbox")]
