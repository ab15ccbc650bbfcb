"""The words of a digest: what lapsed and what closes this week first, then the rest. A link and dates, no strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import reminder_mail
from .outbox import Letter, own_domain

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Facts:
    """organisation: the name of the reader's own. stop_link: where the reader ends these mails."""

    to: str
    organisation: str
    period: str
    lines: tuple[reminder_mail.Facts, ...]
    message_id: str
    stop_link: str = ""
    partners: tuple[PartnerLine, ...] = ()
    partners_more: int = 0


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A day of a partner, as it is shared: who, which office, which clock; no title."""

    on: date
    who: str
    agency: str
    clock: str
    link: str
    is_sample: bool

    @property
    def due(self) -> str:
        return date_format(self.on, "D, M j")


@dataclass(frozen=True, slots=True)
class Line:
    due: str
    agency: str
    words: str
    notes: tuple[str, ...]
    link: str
    answer_link: str
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: str
    lines: tuple[Line, ...]


def write(facts: Facts) -> Letter:
    groups = grouped(facts.lines)
    subject = subject_of(facts, groups)
    context = {
        "facts": facts,
        "subject": subject,
        "summary": summary_of(groups),
        "groups": groups,
        "lead": _lead(facts),
    }
    domain = own_domain()
    headers = {
        **reminder_mail.AUTOMATIC,
        "List-Id": f"Digests <digests.{domain}>",
        # To one reader, yet regular: what answers by itself should not answer this.
        "Precedence": "bulk",
    }
    if facts.stop_link:
        headers["List-Unsubscribe"] = f"<{facts.stop_link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Letter(
        to=facts.to,
        subject=" ".join(subject.split())[:200],
        text=render_to_string("mail/digest.txt", context),
        html=render_to_string("mail/digest.html", context),
        message_id=facts.message_id,
        headers=headers,
    )


def grouped(lines: Sequence[reminder_mail.Facts]) -> list[Group]:
    """In the order in which somebody should look; within a group the earliest date first."""
    titles = {
        "lapsed": _("Lapsed"),
        "week": _("Our windows that close this week"),
        "later": _("Our windows that close later"),
        "moved": _("Dates that moved"),
        "awaited": _("Answers still to come"),
    }
    found: dict[str, list[reminder_mail.Facts]] = {name: [] for name in titles}
    for one in sorted(lines, key=lambda one: (one.due_on, one.agency, one.clock)):
        found[_group_of(one)].append(one)
    return [
        Group(name, str(titles[name]), tuple(_line(one) for one in those))
        for name, those in found.items()
        if those
    ]


def _group_of(one: reminder_mail.Facts) -> str:
    if one.kind in ("moved", "gone"):
        return "moved"
    if one.owner == "requester":
        return "week" if one.due_on - one.today <= A_WEEK else "later"
    return "lapsed" if one.due_on < one.today else "awaited"


def _line(one: reminder_mail.Facts) -> Line:
    notes = [
        _("It was %(old)s before.") % {"old": reminder_mail.long_day(one.old_on)}
        if one.kind == "moved" and one.old_on
        else "",
        reminder_mail.offered_of(one),
        reminder_mail.readings_of(one),
        _("This date is unverified: check it with counsel.") if one.doubtful else "",
        _("Recorded since then: %(what)s.") % {"what": "; ".join(reminder_mail.happened(h) for h in one.why)}
        if one.why
        else "",
    ]
    return Line(
        due=date_format(one.due_on, "D, M j"),
        agency=one.agency,
        words=reminder_mail.opening_of(one),
        notes=tuple(note for note in notes if note),
        link=one.link,
        answer_link=one.answer,
        is_sample=one.is_sample,
    )


def summary_of(groups: Sequence[Group]) -> str:
    """3 lapsed, 2 windows close this week"""
    counts = {group.name: len(group.lines) for group in groups}
    said = []
    if n := counts.get("lapsed"):
        said.append(ngettext("%(n)d lapsed", "%(n)d lapsed", n) % {"n": n})
    if n := counts.get("week"):
        said.append(ngettext("%(n)d window closes this week", "%(n)d windows close this week", n) % {"n": n})
    if n := counts.get("later"):
        said.append(ngettext("%(n)d window closes later", "%(n)d windows close later", n) % {"n": n})
    if n := counts.get("moved"):
        said.append(ngettext("%(n)d date moved", "%(n)d dates moved", n) % {"n": n})
    if n := counts.get("awaited"):
        said.append(ngettext("%(n)d answer to come", "%(n)d answers to come", n) % {"n": n})
    return ", ".join(said)


def subject_of(facts: Facts, groups: Sequence[Group]) -> str:
    subject = _("%(summary)s: %(organisation)s") % {
        "summary": summary_of(groups),
        "organisation": facts.organisation,
    }
    if all(one.is_sample for one in facts.lines):
        subject = _("Sample: %(subject)s") % {"subject": subject}
    return subject


def _lead(facts: Facts) -> str:
    names = {"organisation": facts.organisation}
    match facts.period:
        case "daily":
            return _("Your daily digest of %(organisation)s.") % names
        case "weekly":
            return _("Your weekly digest of %(organisation)s.") % names
    return (
        _("So much came due for you in %(organisation)s at once that it comes in one mail, not in many.")
        % names
    )
