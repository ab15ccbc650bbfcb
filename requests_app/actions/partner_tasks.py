"""Tasks asked of partners: who owns the request asks and takes back, the partner accepts, declines and finishes."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import CoalitionMember, PartnerTask, PartnerTaskTaken, Person, RecordsRequest
from requests_app.models.visibility import Viewer
from requests_app.queries import partner_tasks as queries
from requests_app.queries.members import members

from . import audit
from .coalitions import one_line
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit

TITLE_MAX, NOTE_MAX, REASON_MAX = 200, 2_000, 500
State = PartnerTask.State


def ask(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    partner: str,
    title: str,
    actor: Person,
    today: dt.date,
    now: dt.datetime,
    once: str,
    due_on: dt.date | None = None,
    note: str = "",
) -> PartnerTask:
    """partner: its key on the share board. The same `once` finds the first."""
    must_edit(viewer, records_request.organisation_id)
    checked_once(once)
    title = one_line(
        title, code="title", field="title", most=TITLE_MAX, missing="Say what the partner is asked to do."
    )
    note = clean(note, code="note", field="note", most=NOTE_MAX)
    if due_on is not None and due_on < today:
        raise Refused("due_past", "This day is over. Choose today or a later one.", field="due_on")
    found = next(
        (one for one in queries.askable(viewer, records_request, now=now) if one.key == partner), None
    )
    if found is None:
        raise Refused(
            "partner_unknown", "Choose a partner that is in a coalition with you and is shown this request.",
            field="partner",
        )  # fmt: skip
    stay = CoalitionMember.objects.live().visible_to(viewer).filter(public_id=partner[2:]).first()
    home = None
    if stay is not None:
        home = (
            CoalitionMember.objects.live()
            .filter(coalition=stay.coalition_id, organisation=records_request.organisation_id)
            .first()
        )
    if stay is None or home is None:
        raise NotYours
    try:
        with transaction.atomic():
            made: PartnerTask = PartnerTask.objects.create(
                organisation_id=records_request.organisation_id, request=records_request,
                partner_id=stay.organisation_id, coalition_id=stay.coalition_id, stay=stay, home_stay=home,
                title=title, note=note, due_on=due_on, once=once,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_partner_task_an_act" not in str(problem):
            raise
        again: PartnerTask | None = (
            PartnerTask.objects.visible_to(viewer)
            .filter(organisation=records_request.organisation_id, request=records_request, once=once)
            .first()
        )
        if again is None:
            raise Refused("once_taken", "The form has lost its key; open it again.", field="once") from None
        return again
    _log("task.asked", records_request, actor, made)
    return made


def accept(*, viewer: Viewer, task: PartnerTask, person: int | None) -> None:
    """By the partner, for one of its own people or for nobody yet; again to give it to somebody else. Who it is, the
    partner alone reads."""
    _must_answer(viewer, task)
    if person is not None and person not in {one.pk for one in members(task.partner_id)}:
        raise Refused("not_a_member", "Choose somebody who belongs to your organization.", field="person")
    with transaction.atomic():
        _settle(task, State.ACCEPTED)
        PartnerTaskTaken.objects.filter(task=task.pk, organisation=task.partner_id).update(person=person)


def decline(*, viewer: Viewer, task: PartnerTask, reason: str) -> None:
    """reason: who asked reads it."""
    _must_answer(viewer, task)
    said = one_line(
        reason, code="reason", field="reason", most=REASON_MAX, missing="Say why: who asked reads it."
    )
    _settle(task, State.DECLINED, reason=said)


def finish(*, viewer: Viewer, task: PartnerTask) -> None:
    _must_answer(viewer, task)
    _settle(task, State.DONE)


def withdraw(*, viewer: Viewer, task: PartnerTask, actor: Person) -> None:
    """By who asked. The partner reads no more of it than that it ended."""
    must_edit(viewer, task.organisation_id)
    with transaction.atomic():
        _settle(task, State.WITHDRAWN)
        _log("task.withdrawn", task.request, actor, task)


def _must_answer(viewer: Viewer, task: PartnerTask) -> None:
    """The partner's editors; who asked reads it and does not answer for them."""
    if viewer.belongs_to(task.organisation_id) and not viewer.belongs_to(task.partner_id):
        raise Refused("partner_answers", "The partner answers it. You may withdraw it.", status=403)
    must_edit(viewer, task.partner_id)


def _settle(task: PartnerTask, state: str, **more: str) -> None:
    if not PartnerTask.objects.open().filter(pk=task.pk).update(state=state, answered_at=Now(), **more):
        raise Refused("task_over", "This task was finished, declined or ended meanwhile.", status=409)


def _log(act: str, records_request: RecordsRequest, actor: Person, task: PartnerTask) -> None:
    audit.record(
        act=act,
        subject=f"request {records_request.public_id}",
        organisation=records_request.organisation,
        actor=actor,
        detail={"task": task.public_id},
    )
