"""A date that a court set is told like any other: to us before it, and of the agency once it has passed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from requests_app.actions import orders, remedies
from requests_app.models import Reminder
from requests_app.models.visibility import viewing_as
from tests import builders

from .scene import D, filed, happens

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("owes", "what"), [("requester", "status_report"), ("agency", "production")])
def test_reminders_are_planned_for_what_was_ordered(db: Any, owes: str, what: str) -> None:
    cast = builders.cast()
    today = timezone.now().date()
    request = filed(cast, "us-ca", parts=("A1",), sent=today - dt.timedelta(days=60), today=today)
    happens(cast, request, "determined", today - dt.timedelta(days=40), outcome="denied", today=today)
    due: D = today + dt.timedelta(days=20)
    with viewing_as(cast.edgar) as viewer:
        made = remedies.open_remedy(
            viewer=viewer, records_request=request, kind="suit", actor=cast.edgar, once="suit", now=timezone.now()
        )
        remedies.file_remedy(
            viewer=viewer, remedy=made, actor=cast.edgar, once="file", today=today, now=timezone.now(), sent_on=today
        )
        event = orders.record_order(
            viewer=viewer, remedy=made, actor=cast.edgar, once="order", today=today, what=what, owes=owes, due_on=due,
            dated_on=today,
        ).recorded.event  # fmt: skip
        planned = Reminder.objects.filter(request=request, clock_key=f"order|event:{event.uid}|r1")
        assert planned.exists()
        assert set(planned.values_list("due_on", flat=True)) == {due}
        orders.meet_order(
            viewer=viewer, remedy=made, order=event.uid, actor=cast.edgar, once="met", today=today, sent_on=today
        )
        assert not planned.filter(state="planned").exists()
