"""Calls and visits to the portal, logged in seconds. They move no clock; an event made of one does."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.clock import words
from requests_app.models import Event, LoggedContact, Person, RecordsRequest
from requests_app.models.visibility import Viewer

from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit

SAID_MAX = 5_000
EARLIEST = 1966


def log_contact(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    way: str,
    on: dt.date,
    said: str,
    actor: Person,
    once: str,
    today: dt.date,
    with_whom: str = "",
) -> LoggedContact:
    must_edit(viewer, records_request.organisation_id)
    if way not in LoggedContact.Way.values:
        raise Refused("way_unknown", "Say whether it was a call, the portal or a talk in person.", field="way")
    if on > today:
        raise Refused("in_the_future", f"{words.date(on)} has not come yet.", field="on")
    if on.year < EARLIEST:
        raise Refused("year_impossible", f"The year {on.year} cannot be right.", field="on")
    nothing = "Say what was said, or what the portal showed."
    row = {
        "said": clean(said, code="said", field="said", most=SAID_MAX, missing=nothing),
        "with_whom": clean(with_whom, code="name", field="with_whom", most=200),
    }  # fmt: skip
    try:
        with transaction.atomic():
            made: LoggedContact = LoggedContact.objects.create(
                request=records_request, organisation_id=records_request.organisation_id, way=way, on=on, author=actor,
                once=checked_once(once), **row,
            )  # fmt: skip
            return made
    except IntegrityError as problem:
        if "one_contact_an_act" not in str(problem):
            raise
    again: LoggedContact = LoggedContact.objects.get(
        organisation_id=records_request.organisation_id, once=once
    )
    return again


def strike_contact(*, viewer: Viewer, contact: LoggedContact, why: str) -> None:
    """It stays where it was, struck through, with the reason."""
    must_edit(viewer, contact.organisation_id)
    why = clean(why, code="reason", field="why", most=500, missing="Say why this is struck out.")
    LoggedContact.objects.filter(pk=contact.pk, struck_at=None).update(struck_at=Now(), struck_why=why)


def became(*, viewer: Viewer, contact: LoggedContact, event: Event) -> None:
    """The event that a call was logged as, so that nobody logs it a second time."""
    must_edit(viewer, contact.organisation_id)
    if event.request_id != contact.request_id:
        raise NotYours
    LoggedContact.objects.filter(pk=contact.pk).update(event=event)
