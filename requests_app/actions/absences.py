"""Who is away, and who stands in. Said by the person, or by an owner for a member."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from requests_app.models import Absence, Organisation, Person, Reminder
from requests_app.models.visibility import Viewer, organisation_viewer, viewing
from requests_app.queries.members import members

from . import audit, inbox, reminders
from .deadlines import database_now
from .refusals import NotYours, Refused

LONGEST = timedelta(days=366)
# More wait for the planner's next pass, a few minutes later; the last look before each mail knows the absence already.
PLANNED_AT_ONCE = 200


def set_absence(
    *,
    viewer: Viewer,
    actor: Person,
    organisation: Organisation,
    person: int,
    cover: int,
    from_on: date,
    until_on: date,
    today: date,
) -> Absence:
    """Both days counted. today: of the reader."""
    _may(viewer, actor, organisation, person)
    here = {one.pk: one for one in members(organisation.pk)}
    if person not in here:
        raise Refused("not_a_member", "Choose somebody who belongs to your organization.", field="person")
    if cover not in here:
        raise Refused("not_a_member", "Choose somebody who belongs to your organization.", field="cover")
    if cover == person:
        raise Refused("cover_is_away", "The cover is somebody else than who is away.", field="cover")
    if until_on < from_on:
        raise Refused("absence_backwards", "The last day lies before the first.", field="until_on")
    if until_on < today:
        raise Refused("absence_over", "Both days have passed. Choose days to come.", field="until_on")
    if until_on - from_on > LONGEST:
        raise Refused("absence_too_long", "An absence lasts a year at most.", field="until_on")
    standing = Absence.objects.filter(
        organisation=organisation, withdrawn_at=None, from_on__lte=until_on, until_on__gte=from_on
    )
    if standing.filter(person=person).exists():
        raise Refused(
            "absent_already",
            "Some of these days are set already. Take that absence back first.",
            field="from_on",
        )
    if standing.filter(person=cover).exists():
        raise Refused("cover_away", f"{here[cover]} is away then, too. Choose another member.", field="cover")
    made: Absence = Absence.objects.create(
        organisation=organisation,
        person_id=person,
        cover_id=cover,
        from_on=from_on,
        until_on=until_on,
        set_by=actor,
    )
    _follow(made, actor, "absence.set")
    with viewing(organisation_viewer(organisation.pk)):
        others = {cover, person} - {actor.pk}
        inbox.put_in(
            organisation_id=organisation.pk, people=others, kind="assigned", source=f"absence:{made.pk}",
            request_id=None,
        )  # fmt: skip
    return made


def end_absence(*, viewer: Viewer, actor: Person, absence: Absence) -> None:
    """Taken back, or over sooner: from now on the person is told again."""
    _may(viewer, actor, absence.organisation, absence.person_id)
    if Absence.objects.filter(pk=absence.pk, withdrawn_at=None).update(withdrawn_at=Now()):
        _follow(absence, actor, "absence.ended")


def _may(viewer: Viewer, actor: Person, organisation: Organisation, person: int) -> None:
    if not viewer.belongs_to(organisation.pk):
        raise NotYours
    if person != actor.pk and not viewer.may_own(organisation.pk):
        raise Refused("owners_only", "Only an owner says of somebody else that they are away.", status=403)


def _follow(absence: Absence, actor: Person, act: str) -> None:
    """The line in the audit, and the reminders of both people planned anew. The house does it: a viewer may not."""
    with viewing(organisation_viewer(absence.organisation_id)):
        audit.record(
            act=act, subject=f"absence {absence.public_id}", organisation=absence.organisation, actor=actor,
            detail={"person": str(absence.person_id), "cover": str(absence.cover_id)},
        )  # fmt: skip
        theirs = Reminder.objects.filter(
            Q(recipient=absence.person_id) | Q(recipient=absence.cover_id), organisation=absence.organisation_id,
            state=Reminder.State.PLANNED, next_at__date__gte=absence.from_on - timedelta(days=1),
            next_at__date__lte=absence.until_on + timedelta(days=1),
        )  # fmt: skip
        ids = list(theirs.order_by("next_at").values_list("request", flat=True)[: PLANNED_AT_ONCE * 4])
        reminders.plan_for_requests(list(dict.fromkeys(ids))[:PLANNED_AT_ONCE], now=database_now())
