"""Tasks asked of partners for programs: asked on a request, listed for both sides, answered by the partner."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import partner_tasks as acts
from requests_app.actions.refusals import Refused
from requests_app.models import PartnerTask
from requests_app.queries import partner_tasks as queries
from requests_app.queries.partner_tasks import Asked

from .base import Answer, Given, Words, operation, page_of
from .desk import Asked as PlaceAsked
from .desk import place
from .paging import PageAsked, Place, Walked, paged, walk
from .work import OursView

NEWEST = ("-asked_at", "-public_id")
LATEST = ("-given_at", "-task_id")
ACTS = ("accept", "decline", "done", "withdraw")


class TaskShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Empty: of this one no more is known than that it ended.")
    state = serializers.ChoiceField(PartnerTask.State.values)
    title = serializers.CharField()
    note = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    request = serializers.CharField(help_text="Id of the request.")
    ours = serializers.BooleanField(help_text="Your own organization asks.")
    partner = serializers.CharField(help_text="Who is asked, as partners are called.")
    asked_by = serializers.CharField()
    person = serializers.CharField(help_text="Who of your own organization does it; of partners never told.")
    reason = serializers.CharField(help_text="Why it was declined.")
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class PartnerShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class RequestTasksShape(serializers.Serializer[Any]):
    items = TaskShape(many=True)
    partners = PartnerShape(many=True, help_text="Who can be asked now.")


class TasksAsked(PageAsked, PlaceAsked):
    side = serializers.ChoiceField(
        ["of-us", "by-us"], required=False, help_text="Left out: what partners ask of you."
    )


class TaskGiven(Given):
    partner = Words(max_length=60, help_text="As `partners` names it.")
    title = Words(max_length=acts.TITLE_MAX)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = Words(max_length=acts.NOTE_MAX, required=False, allow_blank=True, default="")


class TaskAnswered(Given):
    act = serializers.ChoiceField(ACTS)
    person = serializers.EmailField(
        required=False, help_text="accept: who of you does it; left out: nobody yet."
    )
    reason = Words(max_length=acts.REASON_MAX, required=False, allow_blank=True, default="")


EXAMPLE = {"partner": "o-7h3kq2m9x4ap", "title": "Call the clerk", "due_on": "2026-12-04"}


class TasksView(OursView):
    @operation(
        "partner-tasks", "Tasks among partners", asked=TasksAsked, answer=page_of(TaskShape), signed_in=True
    )
    def get(self, asked: dict[str, Any]) -> Answer:
        """The newest first. Of a task that ended, whoever was asked reads only that there was one."""
        home = place(self, asked.get("organisation")).pk
        if asked.get("side") == "by-us":
            rows = queries.asked_by(self.viewer, home)

            def read(place: Place, limit: int) -> Walked:
                page = walk(rows, NEWEST, place, limit)
                told = queries.by_id(self.viewer, [row.pk for row in page.rows])
                return Walked([told[row.pk] for row in page.rows if row.pk in told], page.further, page.count)

            return paged(
                self.request, asked, NEWEST, read, task_shown, of=lambda one, name: getattr(one.task, name)
            )
        taken = queries.taken_of(self.viewer, home)

        def look(place: Place, limit: int) -> Walked:
            page = walk(taken, LATEST, place, limit)
            told = queries.by_id(self.viewer, [row.task_id for row in page.rows])
            return Walked([(row, told.get(row.task_id)) for row in page.rows], page.further, page.count)

        return paged(
            self.request, asked, LATEST, look, lambda pair: task_shown(pair[1]) if pair[1] else _ended(pair[0]),
            of=lambda pair, name: getattr(pair[0], name),
        )  # fmt: skip


class TaskView(OursView):
    def one(self, key: str) -> Asked:
        found = queries.one(self.viewer, key)
        if found is None:
            raise Http404
        return found

    @operation("partner-task", "A task among partners", answer=TaskShape, signed_in=True)
    def get(self, key: str) -> Answer:
        """For who asked, and for the partner while the request is shown to it."""
        return task_shown(self.one(key))

    @operation(
        "partner-task-answer", "Accept, decline, finish or withdraw a task", body=TaskAnswered, answer=TaskShape,
        example={"act": "accept", "person": "clerk@example.org"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], key: str) -> Answer:
        """Editors of the partner answer; editors of who asked withdraw."""
        task = self.one(key).task
        match given["act"]:
            case "accept":
                person = None
                if given.get("person"):
                    if not self.viewer.belongs_to(task.partner_id):
                        raise Refused("partner_answers", "The partner answers it.", status=403)
                    [person] = self.named([given["person"]], task.partner_id, "person")
                acts.accept(viewer=self.viewer, task=task, person=person)
            case "decline":
                acts.decline(viewer=self.viewer, task=task, reason=given["reason"])
            case "done":
                acts.finish(viewer=self.viewer, task=task)
            case _:
                acts.withdraw(viewer=self.viewer, task=task, actor=self.actor)
        return task_shown(self.one(key))


class RequestTasksView(OursView):
    @operation("request-tasks", "Tasks asked on a request", answer=RequestTasksShape, signed_in=True)
    def get(self, pid: str) -> Answer:
        """Of a request of your own, the newest 200; and who can be asked."""
        found = self.ours(pid)
        rows = queries.of_request(self.viewer, found)[:200]
        partners = queries.askable(self.viewer, found, now=self.now)
        return {
            "items": [task_shown(one) for one in queries.shown(self.viewer, rows)],
            "partners": [{"id": one.key, "name": one.name} for one in partners],
        }

    @operation(
        "request-task-ask", "Ask a partner to take a task", body=TaskGiven, answer=TaskShape, status=201,
        example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Editors; a partner in a coalition with you that is shown the request by name."""
        today = self.now.astimezone(ZoneInfo(self.actor.zone)).date()
        made = acts.ask(
            viewer=self.viewer, records_request=self.ours(pid), actor=self.actor, today=today, now=self.now,
            once=self.once, **given,
        )  # fmt: skip
        return task_shown(queries.by_id(self.viewer, [made.pk])[made.pk])


def task_shown(one: Asked) -> Answer:
    task = one.task
    return {
        "id": task.public_id,
        "state": task.state,
        "title": one.title,
        "note": one.note,
        "due_on": task.due_on,
        "request": one.pid,
        "ours": one.ours,
        "partner": one.partner,
        "asked_by": one.asked_by,
        "person": one.person,
        "reason": task.reason,
        "asked_at": task.asked_at,
        "answered_at": task.answered_at,
    }


def _ended(row: Any) -> Answer:
    return {
        **dict.fromkeys(("id", "title", "note", "request", "partner", "asked_by", "person", "reason"), ""),
        "state": PartnerTask.State.ENDED,
        "due_on": None,
        "ours": False,
        "asked_at": row.given_at,
        "answered_at": None,
    }


urlpatterns = [
    path("tasks/", TasksView.door(), name="api-partner-tasks"),
    path("tasks/<slug:key>/", TaskView.door(), name="api-partner-task"),
    path("requests/<slug:pid>/tasks/", RequestTasksView.door(), name="api-request-tasks"),
]
