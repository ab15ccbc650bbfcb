"""Filing: a request and its first event, in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction

from requests_app.clock import words
from requests_app.clock.book import Book
from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import (
    Agency,
    AgencyCustodian,
    Ask,
    Campaign,
    Event,
    EventNote,
    Organisation,
    Part,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
)
from requests_app.models.ids import ALPHABET, public_id
from requests_app.models.visibility import Viewer
from requests_app.queries.publishing import own_public_share

from . import deadlines
from .campaigns import put_ask
from .refusals import NotYours, Refused
from .rights import must_edit

FIRST_ACT = 1966  # The federal Act of July 4, 1966 is the oldest of these laws in use.
TITLE_MAX = 300
# How a receipt may be shown, in the words of a form, and the clock's word for it.
BASES = {
    "accepted_email": "accepted",
    "email_accepted": "accepted",
    "portal_receipt": "receipt",
    "portal": "receipt",
    "return_receipt": "receipt",
    "certified_post": "certified_post",
    "ordinary_post": "ordinary_post",
    "by_hand": "by_hand",
    "stated": "stated",
    "acknowledgement": "acknowledgement",
    "receipt": "receipt",
    "accepted": "accepted",
}


def file_request(
    *,
    viewer: Viewer,
    organisation: Organisation,
    agency: Agency,
    law_id: str,
    public_title: str,
    sent_on: dt.date,
    channel: str,
    actor: Person | None,
    once: str,
    today: dt.date,
    custodian: AgencyCustodian | None = None,
    working_title: str = "",
    campaign: Campaign | None = None,
    ask: Ask | None = None,
    parts: Sequence[tuple[str, str]] = (),
    sent_at: dt.time | None = None,
    received_on: dt.date | None = None,
    received_at: dt.time | None = None,
    receipt_basis: str | None = None,
    tracking_number: str = "",
    requester: Sequence[str] = (),
    record_types: Sequence[str] = (),
    law_facts: Mapping[str, Any] | None = None,
    letter: str = "",
    assignee: Person | None = None,
    alarms_from: dt.date | None = None,
    is_imported: bool = False,
    is_sample: bool = False,
    book: Book | None = None,
) -> RecordsRequest:
    """File one request with one custodian. `today` is the legal day in the agency's zone.

    The same `once` returns the request it made the first time.
    """
    must_edit(viewer, organisation.pk, "Only an editor or an owner may file a request.")
    again = filed_before(organisation, once)
    if again is not None:
        return again
    public_title = public_title.strip()
    _check_words(public_title, working_title, tracking_number, parts)
    _check_place(organisation, agency, custodian, campaign, ask, law_id)
    _check_days(law_id, sent_on, received_on, today)
    if receipt_basis is not None and receipt_basis not in BASES:
        raise Refused("basis_unknown", "Say how the day of receipt is known.", field="receipt_basis")
    pid = public_id()
    revision = revision_of(law_id)
    facts: dict[str, Any] = {
        "requester": list(requester),
        "record_types": list(record_types),
        # Whatever else this law asks of a request (`laws.questions`); nothing of what is pinned below.
        **(law_facts or {}),
        "law": law_id,
        # Pinned: a newer reading of the law moves no date until an owner applies it.
        "revision": revision,
        "zone": agency.zone,
        "agency_kind": custodian.kind if custodian else agency.kind,
        "agency": agency.slug,
        "channel": channel,
        "parts": [label for label, _ in parts],
    }
    if receipt_basis is not None:
        facts["basis"] = BASES[receipt_basis]
    try:
        with transaction.atomic():
            records_request = RecordsRequest.objects.create(
                public_id=pid,
                organisation=organisation,
                campaign=campaign,
                ask=ask
                or put_ask(
                    viewer=viewer,
                    organisation=organisation,
                    campaign=campaign,
                    agency=agency,
                    kit=campaign.kit if campaign else "",
                ),
                agency=agency,
                custodian=custodian,
                law_id=law_id,
                law_revision=revision,
                zone=agency.zone,
                public_title=public_title,
                filed_on=sent_on,
                is_sample=is_sample,
                is_imported=is_imported,
                alarms_from=alarms_from,
                ledger_version=1,
                # Nothing is born public: it is looked through and agreed to by itself.
                held_back=campaign is not None and own_public_share(campaign) is not None,
            )
            RequestPrivate.objects.create(
                request=records_request,
                organisation=organisation,
                working_title=working_title,
                assignee=assignee,
                created_by=actor,
            )
            RequestCorrespondence.objects.create(
                request=records_request,
                organisation=organisation,
                tracking_number=tracking_number,
                letter=letter,
            )
            Part.objects.bulk_create(
                Part(
                    request=records_request,
                    organisation=organisation,
                    label=label,
                    title=title,
                    position=place,
                )
                for place, (label, title) in enumerate(parts)
            )
            event = Event.objects.create(
                uid=uid_of(pid, once),
                organisation=organisation,
                request=records_request,
                kind="sent",
                sent_on=sent_on,
                sent_at=sent_at,
                received_on=received_on,
                received_at=received_at,
                facts=facts,
                once=once,
            )
            EventNote.objects.create(
                event=event, request=records_request, organisation=organisation, actor=actor
            )
            deadlines.derive(records_request, book=book)
    except IntegrityError as problem:
        if "one_filing_an_act" not in str(problem):
            raise
        # The same form came twice at once, and the other one was first.
        again = filed_before(organisation, once)
        if again is None:
            raise
        return again
    return records_request


def revision_of(law_id: str) -> int:
    """What a request of today is pinned to: the latest publication of the law in the library."""
    try:
        return library().law(law_id).newest
    except NoAnswer as problem:
        raise Refused("law_unknown", problem.sentence, field="law") from None


def filed_before(organisation: Organisation, once: str) -> RecordsRequest | None:
    event = (
        Event.objects.filter(organisation=organisation, kind="sent", once=once)
        .select_related("request")
        .first()
    )
    return event.request if event else None


def uid_of(request_public_id: str, once: str) -> str:
    """The event's id comes from its act, so that a preview sorts events of one day exactly as the record will."""
    number = int.from_bytes(hashlib.sha256(f"{request_public_id}:{once}".encode()).digest(), "big")
    letters = []
    for _ in range(12):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def _check_words(
    public_title: str, working_title: str, tracking_number: str, parts: Sequence[tuple[str, str]]
) -> None:
    if not public_title:
        raise Refused("title_missing", "Give the request a public title.", field="public_title")
    for field, value in (("public_title", public_title), ("working_title", working_title)):
        if len(value) > TITLE_MAX:
            raise Refused(
                "title_too_long",
                f"A title has at most {TITLE_MAX} characters; this one has {len(value)}.",
                field=field,
            )
    if len(tracking_number) > 120:
        raise Refused(
            "number_too_long", "A tracking number has at most 120 characters.", field="tracking_number"
        )
    labels = [label for label, _ in parts]
    if len(set(labels)) != len(labels):
        raise Refused("part_twice", "Two parts carry the same number.", field="parts")
    if any(not label or len(label) > 12 or len(title) > 200 for label, title in parts):
        raise Refused(
            "part_too_long",
            "A part has a number of up to 12 characters and a title of up to 200.",
            field="parts",
        )


def _check_place(
    organisation: Organisation,
    agency: Agency,
    custodian: AgencyCustodian | None,
    campaign: Campaign | None,
    ask: Ask | None,
    law_id: str,
) -> None:
    if campaign is not None and campaign.organisation_id != organisation.pk:
        raise NotYours
    if ask is not None and (ask.organisation_id != organisation.pk or ask.agency_id != agency.pk):
        raise NotYours
    if agency.merged_into is not None:
        raise Refused(
            "agency_merged",
            f"{agency.name} was merged into {agency.merged_into.name}. Put the request to that one.",
            field="agency",
        )
    if custodian is not None and custodian.agency_id != agency.pk:
        raise Refused(
            "custodian_of_another", "This custodian does not belong to the agency.", field="custodian"
        )
    try:
        ZoneInfo(agency.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused("zone_unknown", f"{agency.name} has no known time zone.", field="agency") from None
    try:
        library().law(law_id)
    except NoAnswer:
        raise Refused(
            "law_unknown",
            f"The law {law_id} is not in the library yet, so no date can be computed."
            if law_id
            else "Which law governs this custodian is not known; choose one.",
            field="law_id",
        ) from None


def _check_days(law_id: str, sent_on: dt.date, received_on: dt.date | None, today: dt.date) -> None:
    calendar = library().calendar(law_id)
    for field, day in (("sent_on", sent_on), ("received_on", received_on)):
        if day is None:
            continue
        if day > today:
            raise Refused("in_the_future", f"{words.date(day)} has not come yet.", field=field)
        if day.year < FIRST_ACT:
            raise Refused(
                "year_impossible",
                f"The year {day.year:04} lies before the first of these laws ({FIRST_ACT}). "
                "Was another year meant?",
                field=field,
            )
        if not calendar.first <= day <= calendar.last:
            raise Refused(
                "outside_calendar",
                f"The calendar of open days is known from {calendar.first.year} to {calendar.last.year}; "
                f"{day.isoformat()} lies outside it.",
                field=field,
            )
    if received_on is not None and received_on < sent_on:
        raise Refused(
            "received_before_sent",
            f"Received on {words.date(received_on)}, but sent only on {words.date(sent_on)}. "
            "One of the two is wrong.",
            field="received_on",
        )
