"""Who is responsible for a request, and who steps in."""

from __future__ import annotations

from django.db.models import F

from requests_app.models import RecordsRequest, RequestPrivate
from requests_app.models.visibility import Viewer
from requests_app.queries.members import members

from . import inbox, reminders
from .deadlines import database_now
from .refusals import Refused
from .rights import must_edit

CHANGED = "Somebody changed this since you opened it. Both versions are shown; save yours on top, or leave it."


def assign(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    assignee: int | None,
    backup: int | None,
    seen_version: int | None = None,
    one_of_many: str = "",
) -> None:
    """Ids of members, or None. Alarms planned for whoever it was go to whoever it is now.

    one_of_many: names the act on many requests that this is a part of, which is one line in an inbox."""
    must_edit(viewer, records_request.organisation_id)
    here = {person.pk: person for person in members(records_request.organisation_id)}
    for field, person in (("assignee", assignee), ("backup", backup)):
        if person is not None and person not in here:
            raise Refused("not_a_member", "Choose somebody who belongs to your organization.", field=field)
    if backup is not None and backup == assignee:
        raise Refused("backup_is_assignee", "The backup is somebody else than the one responsible.", field="backup")
    if backup is not None and assignee is None:
        raise Refused("backup_alone", "Say first who is responsible.", field="assignee")
    before = RequestPrivate.objects.filter(request=records_request).values_list("assignee_id", "backup_id", "version")
    old_assignee, old_backup, version = before.get()
    save_private(records_request, seen_version, assignee_id=assignee, backup_id=backup)
    for person, old, role in ((assignee, old_assignee, "assignee"), (backup, old_backup, "backup")):
        if person is not None and person not in (old, viewer.id if viewer.kind == "person" else None):
            inbox.put_in(
                organisation_id=records_request.organisation_id, people=[person], kind="assigned",
                source=one_of_many or f"assigned:{records_request.pk}:{role}:{version}",
                request_id=None if one_of_many else records_request.pk,
            )  # fmt: skip
    reminders.plan_for_requests([records_request.pk], now=database_now())


def save_private(records_request: RecordsRequest, seen_version: int | None, **fields: object) -> None:
    """The row that titles and people share, if it is still the one that the form showed."""
    rows = RequestPrivate.objects.filter(request=records_request)
    if seen_version is not None:
        rows = rows.filter(version=seen_version)
    if not rows.update(**fields, version=F("version") + 1):
        raise Refused("stale", CHANGED, status=409)


