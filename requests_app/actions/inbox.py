"""What lands in people's inboxes, and what they have read of it. Once for each thing: the unique key decides.

Reminders are put in by `put`, at the start of each sweep, whether or not mail can be sent. The others are put in by
the acts that they come from. A line holds ids; what it says is asked when it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from requests_app.models import InboxItem, Person
from requests_app.models.visibility import SCHEDULE, Viewer, viewing

AT_ONCE = 2000
# Beside these, the last day of a window of ours: in the inbox whatever the channel.
ALWAYS_KINDS = ("moved", "gone", "escalated")


def put() -> int:
    """Every reminder that is due and meant for the inbox; how many. The alarms of our own windows, notices that a date
    moved and escalations lie there whatever their channel."""
    done = 0
    while True:
        with viewing(SCHEDULE), connection.cursor() as cursor:
            cursor.execute(PUT, {"most": AT_ONCE})
            found, changed = cursor.fetchone()
        done += changed
        if found < AT_ONCE or not changed:
            return done


def put_sent(reminder_id: int) -> None:
    """A reminder that fell due and went out between two steps. Inside `viewing(SCHEDULE)`."""
    with connection.cursor() as cursor:
        cursor.execute(PUT_SENT, {"id": reminder_id})


def put_in(
    *, organisation_id: int, people: Collection[int], kind: str, source: str, request_id: int | None
) -> None:
    """A line for each of some members, inside the act it comes from. Written without RETURNING: who writes it does
    not read another's inbox."""
    if not people:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO requests_app_inboxitem (organisation_id, person_id, source, kind, request_id) "
            "SELECT %s, person, %s, %s, %s FROM unnest(%s::bigint[]) AS person ON CONFLICT DO NOTHING",
            [organisation_id, source, kind, request_id, sorted(set(people))],
        )


def mark(*, viewer: Viewer, actor: Person, items: Iterable[UUID], read: bool) -> int:
    """Some lines of one's own by the ids they are told by, read or unread again. Others' are not there."""
    rows = InboxItem.objects.of(viewer, actor).filter(public_id__in=list(items)[:200])
    if read:
        return int(rows.filter(read_at=None).update(read_at=Now()))
    return int(rows.exclude(read_at=None).update(read_at=None))


def mark_all_read(*, viewer: Viewer, actor: Person, organisation_id: int, upto: int) -> int:
    """All up to the newest that the page showed: what came since then is still to be seen."""
    rows = InboxItem.objects.of(viewer, actor).filter(
        organisation=organisation_id, read_at=None, pk__lte=upto
    )
    return int(rows.update(read_at=Now()))


SOURCE = "concat_ws('|', 'reminder', r.request_id, r.clock_key, r.due_on, r.kind, r.offset_days)"
KIND = (
    "CASE WHEN r.kind IN ('moved', 'gone') THEN 'correction' WHEN r.kind = 'escalated' THEN 'escalated' "
    "ELSE 'reminder' END"
)
ALWAYS = (
    "('inbox' = ANY(r.channels) OR (r.kind = 'closing' AND r.offset_days = 0) "
    f"OR r.kind IN {ALWAYS_KINDS})"
)

# Of several stages of one date that wait together only the latest comes as news. A row of the channel "inbox" has
# arrived then; one that is to be mailed goes its own way.
PUT = f"""
WITH due AS (
    SELECT r.*, {SOURCE} AS source,
           row_number() OVER (PARTITION BY r.recipient_id, r.request_id, r.clock_key, r.due_on, r.kind, r.channel
                              ORDER BY (r.kind IN ('moved', 'gone'))::int * -r.offset_days, r.offset_days) AS place
      FROM (SELECT r.* FROM requests_app_reminder r
             WHERE r.state IN ('planned', 'claimed', 'unknown') AND r.next_at <= statement_timestamp()
               AND (r.channel = 'inbox' OR ({ALWAYS} AND NOT EXISTS (
                   SELECT FROM requests_app_inboxitem i
                    WHERE i.organisation_id = r.organisation_id AND i.person_id = r.recipient_id
                      AND i.source = {SOURCE})))
             ORDER BY r.next_at, r.id LIMIT %(most)s FOR UPDATE OF r SKIP LOCKED) r
), put_in AS (
    INSERT INTO requests_app_inboxitem (organisation_id, person_id, source, kind, request_id, reminder_id, read_at)
    SELECT r.organisation_id, r.recipient_id, r.source, {KIND}, r.request_id, r.id,
           CASE WHEN r.place > 1 THEN statement_timestamp() END
      FROM due r ORDER BY r.next_at, r.id
    ON CONFLICT DO NOTHING
    RETURNING 1
), arrived AS (
    UPDATE requests_app_reminder r
       SET state = CASE WHEN due.place = 1 THEN 'sent' ELSE 'skipped' END,
           handed_over_at = CASE WHEN due.place = 1 THEN clock_timestamp() END,
           sent_at = CASE WHEN due.place = 1 THEN clock_timestamp() END,
           outcome = CASE WHEN due.place = 1 THEN 'in the inbox'
                          ELSE 'a later reminder of the same date is due' END
      FROM due WHERE due.id = r.id AND r.channel = 'inbox'
    RETURNING r.id, r.organisation_id, r.state, r.outcome
), noted AS (
    INSERT INTO requests_app_sendattempt (organisation_id, reminder_id, step, text)
    SELECT organisation_id, id, CASE state WHEN 'sent' THEN 'accepted' ELSE 'skipped' END, outcome FROM arrived
)
SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM put_in) + (SELECT count(*) FROM arrived)
"""

PUT_SENT = f"""
INSERT INTO requests_app_inboxitem (organisation_id, person_id, source, kind, request_id, reminder_id)
SELECT r.organisation_id, r.recipient_id, {SOURCE}, {KIND}, r.request_id, r.id
  FROM requests_app_reminder r WHERE r.id = %(id)s AND {ALWAYS}
ON CONFLICT DO NOTHING
"""
