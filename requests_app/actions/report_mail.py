"""The mails to senders of reports: that it came in, and what became of it. Once each; a lease says who sends it.

A mail that went out twice says the same twice: nothing is harmed, so no oracle is asked as for reminders.
"""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import connection

from requests_app.models.visibility import SCHEDULE, viewing
from requests_app.notices import report_mail
from requests_app.notices.outbox import Answer, Came, Outbox

from . import claims

log = structlog.get_logger(__name__)

# Longer than a mail server may take to answer: who is this late is gone.
LEASE_MINUTES = 3
WAITS = (1, 5, 15, 60, 240)  # minutes before another try
AT_ONCE = 200


def send_due() -> dict[str, int]:
    """Every mail that is due now. Any number of workers may do so at once."""
    counts = {"sent": 0, "later": 0, "failed": 0}
    with viewing(SCHEDULE):
        if claims.held():
            return counts
    with Outbox() as outbox:
        for _turn in range(AT_ONCE):
            taken = _take()
            if taken is None:
                break
            which, tries, facts = taken
            answer = outbox.hand_over(report_mail.write(facts))
            counts[_mark(which, tries, answer)] += 1
            if answer.came is Came.down:
                log.warning("mails about reports wait for the mail server", why=answer.text)
                break
    return counts


def _take() -> tuple[int, int, report_mail.Facts] | None:
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app_take_report_mail(make_interval(mins => %s))", [LEASE_MINUTES])
        row = cursor.fetchone()
    if row is None:
        return None
    which, tries, kind, reference, email, path, decision, reason = row
    address = settings.BASE_URL + path if path else ""
    return which, tries, report_mail.Facts(email, kind, reference, address, decision, reason)


def _mark(which: int, tries: int, answer: Answer) -> str:
    wait = 0
    if answer.came in (Came.accepted, Came.unknown):
        state = said = "sent"
    elif answer.came in (Came.bounced, Came.refused) or tries > len(WAITS):
        state = said = "failed"
    else:
        state, said, wait = "planned", "later", WAITS[tries - 1]
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute(
            "SELECT app_mark_report_mail(%s, %s, make_interval(mins => %s), %s)", [which, state, wait, answer.text]
        )
    return said
