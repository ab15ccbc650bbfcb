"""Embargoes: owners are warned seven days and one day before an end, and what was chosen to publish itself does so.

A warning is a line in the inbox of each owner and a mail. The end moves by as much as a warning was late, so that
nobody is surprised because a worker stood still. The unique key of the warning is why a task that runs twice warns
once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from requests_app.models import EmbargoWarning, Membership, Organisation, Publication, Role
from requests_app.models.visibility import SCHEDULE, Viewer, organisation_viewer, viewing

from . import audit, publishing

DAY = dt.timedelta(days=1)
# A sweep runs each minute; what is this late is missed.
IN_TIME = dt.timedelta(hours=1)
SOON, LAST = 7, 1


def sweep(now: dt.datetime) -> dict[str, int]:
    """Each in a transaction of its own: one that fails holds up no other."""
    counts = {"warned": 0, "delayed": 0, "published": 0, "held": 0}
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT publication, organisation FROM app_embargoes_due(%s)", [now])
        due = cursor.fetchall()
    for pk, organisation_id in due:
        with viewing(organisation_viewer(organisation_id)) as viewer:
            for word in _one(viewer, pk, now):
                counts[word] += 1
    return counts


def _one(viewer: Viewer, pk: int, now: dt.datetime) -> list[str]:
    found: Publication | None = (
        Publication.objects.visible_to(viewer)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("request", "campaign", "organisation", "agreed_by", "proposed_by")
        .filter(pk=pk, state=Publication.State.AGREED, embargo_until__isnull=False)
        .first()
    )
    if found is None:
        return []
    done = _warn(found, now)
    if found.embargo_until is not None and now >= found.embargo_until and found.by_itself:
        done.append(_open(viewer, found, now))
    return done


def _warn(found: Publication, now: dt.datetime) -> list[str]:
    """The warnings that are due. A missed one moves the end."""
    ends, chosen = found.embargo_until, found.embargo_set_at or found.proposed_at
    assert ends is not None
    before = EmbargoWarning.objects.filter(publication=found, organisation=found.organisation_id)
    done: list[str] = []
    soon = chosen <= ends - SOON * DAY <= now
    if soon and not before.filter(days=SOON, planned_at__gte=chosen).exists():
        done += _delay(found, SOON, now)
        done += _say(found, SOON, now)
    ends = found.embargo_until
    assert ends is not None
    if now >= ends - LAST * DAY and not before.filter(days=LAST, embargo_until=ends).exists():
        done += _delay(found, LAST, now)
        done += _say(found, LAST, now)
    return done


def _delay(found: Publication, days: int, now: dt.datetime) -> list[str]:
    assert found.embargo_until is not None
    if now <= found.embargo_until - days * DAY + IN_TIME:
        return []
    was, found.embargo_until = found.embargo_until, now.replace(second=0, microsecond=0) + days * DAY
    found.save(update_fields=["embargo_until"])
    audit.record(
        act="embargo.delayed", subject=f"publication {found.public_id}", organisation=found.organisation, actor=None,
        detail={"was": was.isoformat(), "until": found.embargo_until.isoformat(), "warning": days},
    )  # fmt: skip
    return ["delayed"]


def _say(found: Publication, days: int, now: dt.datetime) -> list[str]:
    assert found.embargo_until is not None
    owners = Membership.objects.filter(
        organisation=found.organisation_id, role=Role.OWNER, ended_at=None, person__is_active=True
    )
    EmbargoWarning.objects.bulk_create(
        [
            EmbargoWarning(
                organisation_id=found.organisation_id, publication=found, embargo_until=found.embargo_until, days=days,
                person_id=person, planned_at=now,
            )
            for person in owners.order_by("person_id").values_list("person_id", flat=True)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    publishing.tell_owners(found, f"warned-{days}-{found.embargo_until:%Y%m%d%H%M}")
    audit.record(
        act="embargo.warned", subject=f"publication {found.public_id}", organisation=found.organisation, actor=None,
        detail={"days": days, "until": found.embargo_until.isoformat()},
    )  # fmt: skip
    return ["warned"]


def _open(viewer: Viewer, found: Publication, now: dt.datetime) -> str:
    """It publishes itself, as an owner chose; unless something came in that nobody has looked at."""
    two: Any = Organisation.objects.filter(pk=found.organisation_id).values_list("two_to_publish", flat=True).get()
    assert found.embargo_until is not None
    unsent = EmbargoWarning.objects.filter(
        publication=found, organisation=found.organisation_id, embargo_until=found.embargo_until, days=LAST,
        mail_state=EmbargoWarning.MailState.PLANNED,
    )  # fmt: skip
    if unsent.exists():
        # No owner was told by mail yet: the mail server is down. It waits with it.
        return "held"
    chosen_by = found.agreed_by
    if chosen_by is None or (two and not found.by_two) or not publishing.ready(found, now):
        publishing.tell_owners(found, f"held-{found.embargo_until:%Y%m%d%H%M}")
        return "held"
    publishing.show(viewer=viewer, publication=found, actor=chosen_by, now=now)
    publishing.tell_owners(found, "published")
    return "published"
