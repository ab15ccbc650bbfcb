"""The right of reply: what an agency says, taken as received, made sure of, then published in full by an owner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models.functions import Now

from requests_app.models import Agency, AgencyStatement, Person
from requests_app.models.visibility import Viewer

from .refusals import NotYours, Refused
from .reports import log, must_decide
from .rights import checked_once, clean

TEXT_MAX, SENT_BY_MAX, VERIFIED_MAX, URL_MAX = 20_000, 300, 500, 1000
State = AgencyStatement.State


@dataclass(frozen=True, slots=True)
class Beside:
    """Where it will stand: on a request of an organization's, or, taken by staff, on the agency alone."""

    organisation: int | None
    agency: Agency
    request_key: str


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    sent_by: str
    verified: str
    received_on: dt.date
    attachment_url: str


def draft(*, viewer: Viewer, beside: Beside, said: Said, actor: Person, once: str, today: dt.date) -> AgencyStatement:
    """Only its own people read it. The same form sent twice is one draft."""
    must_decide(viewer, beside.organisation)
    words, key = _checked(said, today), checked_once(once)
    with transaction.atomic():
        made, new = AgencyStatement.objects.get_or_create(
            once=key,
            defaults={
                "organisation_id": beside.organisation, "agency": beside.agency, "request_key": beside.request_key,
                **words,
            },
        )  # fmt: skip
        if new:
            log("statement.drafted", made.organisation_id, _subject(made), actor, statement=made.public_id)
    return made


def change(*, viewer: Viewer, statement: AgencyStatement, said: Said, today: dt.date) -> None:
    """While it is a draft. What was published stands as it was received."""
    must_decide(viewer, statement.organisation_id)
    words = _checked(said, today)
    with transaction.atomic():
        locked = _locked(viewer, statement, State.DRAFT)
        AgencyStatement.objects.filter(pk=locked.pk).update(**words)


def publish(*, viewer: Viewer, statement: AgencyStatement, actor: Person) -> None:
    """In full, beside the request and the agency. Nobody outside reads one on a request that they do not see."""
    must_decide(viewer, statement.organisation_id, says_something=True)
    with transaction.atomic():
        locked = _locked(viewer, statement, State.DRAFT)
        AgencyStatement.objects.filter(pk=locked.pk).update(state=State.PUBLISHED, published_at=Now())
        log("statement.published", locked.organisation_id, _subject(locked), actor, statement=locked.public_id)


def withdraw(*, viewer: Viewer, statement: AgencyStatement, actor: Person) -> None:
    """A draft is given up, what is public taken back: by an owner."""
    must_decide(viewer, statement.organisation_id, says_something=True)
    with transaction.atomic():
        locked = _locked(viewer, statement, State.DRAFT, State.PUBLISHED)
        AgencyStatement.objects.filter(pk=locked.pk).update(state=State.WITHDRAWN)
        log("statement.withdrawn", locked.organisation_id, _subject(locked), actor, statement=locked.public_id)


def _locked(viewer: Viewer, statement: AgencyStatement, *states: str) -> AgencyStatement:
    rows = AgencyStatement.objects.visible_to(viewer).select_for_update(of=("self",)).select_related("agency")
    locked: AgencyStatement | None = rows.filter(pk=statement.pk).first()
    if locked is None:
        raise NotYours
    if locked.state not in states:
        raise Refused("decided", "Somebody has decided on it meanwhile. Look again.", status=409)
    return locked


def _subject(one: AgencyStatement) -> str:
    return (f"request {one.request_key}" if one.request_key else f"agency {one.agency.slug}")[:80]


def _checked(said: Said, today: dt.date) -> dict[str, Any]:
    url = said.attachment_url.strip()
    if url:
        try:
            URLValidator(schemes=["http", "https"])(url[: URL_MAX + 1])
        except ValidationError:
            url = " " * (URL_MAX + 1)
        if len(url) > URL_MAX:
            raise Refused(
                "attachment_wrong",
                "Give the address of the attachment with https:// in front, or leave it empty.",
                field="attachment_url",
            )
    if said.received_on > today:
        raise Refused("in_the_future", "It cannot have come after today.", field="received_on")
    return {
        "text": clean(said.text, code="text", field="text", most=TEXT_MAX, missing="Put in what the agency wrote."),
        "sent_by": clean(
            said.sent_by, code="sent_by", field="sent_by", most=SENT_BY_MAX,
            missing="Say who sent it, as far as you know.",
        ),
        "verified": clean(
            said.verified, code="verified", field="verified", most=VERIFIED_MAX,
            missing="Say how you made sure that the agency sent it.",
        ),
        "received_on": said.received_on,
        "attachment_url": url,
    }  # fmt: skip
