"""The words of a reminder: a link and dates, no strategy. A mail lies in many boxes; the page behind it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .outbox import Letter, own_domain

# A program answers nobody: no vacation notice should answer it, either.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the ledger, by its kind and best day."""

    kind: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reminder may say. today: the legal day at the agency, when the mail is written.

    offer_passed: the date told before was that of an offered reading, which passed undecided.
    stands_on: the date that counts, where the alarm goes by what a newer reading of the law would make it.
    answer: where it is answered, by whoever reads the mail; empty: there is nothing to answer."""

    kind: str
    to: str
    agency: str
    clock: str
    owner: str
    due_on: date
    earliest_on: date | None
    latest_on: date | None
    today: date
    filed_on: date
    old_on: date | None
    stands_on: date | None
    offer_passed: bool
    citation: str
    verified: bool
    overridden: bool
    why: tuple[Happened, ...]
    link: str
    is_sample: bool
    message_id: str
    answer: str = ""

    @property
    def doubtful(self) -> bool:
        return not self.verified and not self.overridden


def long_day(on: date) -> str:
    """Friday, March 13, 2026"""
    return date_format(on, "l, F j, Y")


def write(facts: Facts) -> Letter:
    subject = subject_of(facts)
    if facts.is_sample:
        subject = _("Sample: %(subject)s") % {"subject": subject}
    context = {
        "facts": facts,
        "subject": subject,
        "opening": opening_of(facts),
        "due": long_day(facts.due_on),
        "filed": long_day(facts.filed_on),
        "readings": readings_of(facts),
        "old": long_day(facts.old_on) if facts.old_on else "",
        "offered": offered_of(facts),
        "why": [happened(one) for one in facts.why],
    }
    domain = own_domain()
    return Letter(
        to=facts.to,
        # A name with a line break in it must not write a header of its own.
        subject=" ".join(subject.split())[:200],
        text=render_to_string("mail/reminder.txt", context),
        html=render_to_string("mail/reminder.html", context),
        message_id=facts.message_id,
        headers={
            **AUTOMATIC,
            "List-Id": f"Reminders <reminders.{domain}>",
        },
    )


def subject_of(facts: Facts) -> str:
    """Plain, with the date, and nothing of what is asked for."""
    agency, due = facts.agency, date_format(facts.due_on, "D, M j")
    match facts.kind:
        case "lapsed":
            # Two clocks of one agency may end on one day; which of ours ends is nobody's business in a subject.
            return _("Lapsed on %(due)s: %(clock)s, %(agency)s") % {
                "due": due,
                "clock": facts.clock,
                "agency": agency,
            }
        case "closing":
            days = (facts.due_on - facts.today).days
            if days < 0:
                return _("Our last day was %(due)s: %(agency)s") % {"due": due, "agency": agency}
            if days == 0:
                return _("Last day today: %(agency)s") % {"agency": agency}
            return ngettext(
                "%(days)d day left, until %(due)s: %(agency)s",
                "%(days)d days left, until %(due)s: %(agency)s",
                days,
            ) % {"days": days, "due": due, "agency": agency}
        case "opened":
            return _("Open until %(due)s: %(clock)s, %(agency)s") % {"due": due, "clock": facts.clock, "agency": agency}
        case "awaited":
            return _("Due on %(due)s: %(clock)s, %(agency)s") % {"due": due, "clock": facts.clock, "agency": agency}
        case "escalated":
            if facts.owner == "requester":
                return _("Nobody has answered; our last day is %(due)s: %(agency)s") % {"due": due, "agency": agency}
            return _("Nobody has answered: %(clock)s, %(agency)s") % {"clock": facts.clock, "agency": agency}
        case "moved":
            return _("A date moved to %(due)s: %(agency)s") % {"due": due, "agency": agency}
        case "gone":
            return _("A date no longer stands: %(agency)s") % {"agency": agency}
    raise ValueError(f"no words for a reminder of kind {facts.kind!r}")


def opening_of(facts: Facts) -> str:
    names = {"agency": facts.agency, "clock": facts.clock, "due": long_day(facts.due_on)}
    match facts.kind:
        case "lapsed":
            if facts.owner == "reviewer":
                return (
                    _(
                        "The reviewer’s time for “%(clock)s” ended on %(due)s; nothing that meets it is recorded."
                    )
                    % names
                )
            return (
                _(
                    "The time of %(agency)s for “%(clock)s” ended on %(due)s; nothing that meets it is recorded."
                )
                % names
            )
        case "closing":
            days = (facts.due_on - facts.today).days
            if days < 0:
                if facts.latest_on and facts.latest_on >= facts.today:
                    return _("By the earliest reading our own time for “%(clock)s” ended on %(due)s.") % names
                return _("Our own time for “%(clock)s” ended on %(due)s.") % names
            if days == 0:
                return _("Today, %(due)s, is our own last day for “%(clock)s”.") % names
            return _("Our own time for “%(clock)s” ends on %(due)s.") % names
        case "opened":
            return _("Our own time for “%(clock)s” is open, until %(due)s.") % names
        case "awaited":
            return _("The time of %(agency)s for “%(clock)s” ends on %(due)s.") % names
        case "escalated":
            return _escalated(facts) % names
        case "moved":
            return _("A date we told you of has moved. “%(clock)s” is now due on %(due)s.") % names
        case "gone":
            return _("A date we told you of no longer stands: “%(clock)s”, %(due)s.") % names
    raise ValueError(f"no words for a reminder of kind {facts.kind!r}")


def _escalated(facts: Facts) -> str:
    if facts.owner != "requester":
        return _(
            "Those who were reminded of “%(clock)s” have not answered. The time of %(agency)s ended on %(due)s."
        )
    if facts.due_on < facts.today:
        return _("Those who were reminded of “%(clock)s” have not answered. Our own time ended on %(due)s.")
    return _("Those who were reminded of “%(clock)s” have not answered. Our own time ends on %(due)s.")


def readings_of(facts: Facts) -> str:
    """Both readings where they differ; the one that binds us is the earlier, the one that binds them the later."""
    if facts.earliest_on is None or facts.latest_on is None or facts.earliest_on == facts.latest_on:
        return ""
    return _("The law can be read in two ways: %(early)s at the earliest, %(late)s at the latest.") % {
        "early": long_day(facts.earliest_on),
        "late": long_day(facts.latest_on),
    }


def offered_of(facts: Facts) -> str:
    if facts.offer_passed:
        return _(
            "The earlier day came from a newer reading of the law that no owner has decided about, and it has passed. "
            "By the reading that counts, this is the day."
        )
    if facts.stands_on is None:
        return ""
    return _(
        "This day comes from a newer reading of the law that waits for a decision of an owner. "
        "The date that stands is %(stands)s; until it is decided, we go by the earlier."
    ) % {"stands": long_day(facts.stands_on)}


def happened(one: Happened) -> str:
    words = one.kind.replace("_", " ").capitalize()
    return f"{words}, {long_day(one.on)}" if one.on else words
