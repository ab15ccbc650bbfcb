"""What a letter that has gone out leaves behind: the request it made, or the event it was, in the ledger.

Each is written under the letter's own key, so that a sweep, a reconciliation and a person's button write it once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import (
    AgencyContact,
    Channel,
    Letter,
    LetterCopy,
    LetterKind,
    Organisation,
    Person,
    RecordsRequest,
    RequesterProfile,
)
from requests_app.models.visibility import Viewer
from requests_app.queries import letter_attachments

from . import correspondence, filing, remedy_letters, requesters
from .campaigns import put_ask
from .refusals import Refused

PROBLEM_MAX = 500


def copy_of(letter: Letter, actor: Person | None, **more: Any) -> LetterCopy:
    """The letter as it goes out in this round, frozen. A second handing over of a round finds the first's copy."""
    known = LetterCopy.objects.filter(letter=letter, round=letter.round).first()
    if known is not None:
        return known
    attachments = [
        {"name": one.name, "size": one.size, "sha256": one.sha256} for one in letter_attachments.enclosed(letter)
    ]
    contacts = AgencyContact.objects.filter(agency=letter.agency_id).order_by("pk")
    return LetterCopy.objects.create(
        letter=letter,
        organisation_id=letter.organisation_id,
        round=letter.round,
        by=actor,
        agency_name=letter.agency.name,
        custodian_name=letter.custodian.name if letter.custodian else "",
        recipient=letter.recipient,
        address=letter.address,
        contacts=[{"purpose": c.purpose, "channel": c.channel, "value": c.value} for c in contacts],
        law_ref=_law_ref(letter.law_id),
        requester=letter.requester,
        reply_to=str(letter.requester.get("email", ""))[:254],
        subject=letter.subject,
        body=letter.body,
        text_sha256=hashlib.sha256(letter.body.encode()).hexdigest(),
        attachments=attachments,
        **{"channel": letter.channel, **more},
    )


def record(*, viewer: Viewer, letter: Letter, actor: Person | None, at: dt.datetime) -> None:
    """A letter handed over at an instant: in the agency's zone that is a day of its ledger.

    Whatever the ledger refuses is kept on the letter as its problem: the mail is out, and that stands first.
    """
    local = at.astimezone(ZoneInfo(letter.agency.zone))
    record_on(
        viewer=viewer, letter=letter, actor=actor, on=local.date(), at=local.time().replace(microsecond=0),
        today=local.date(), channel=Channel.EMAIL, state=Letter.State.SENT,
    )  # fmt: skip


def record_on(
    *,
    viewer: Viewer,
    letter: Letter,
    actor: Person | None,
    on: dt.date,
    today: dt.date,
    channel: str,
    state: str,
    at: dt.time | None = None,
    facts: Mapping[str, Any] | None = None,
    strict: bool = False,
) -> None:
    """strict: raise what the ledger refuses (a person is there to mend it), instead of keeping it."""
    problem, made = "", letter.request
    try:
        with transaction.atomic():
            if letter.kind == LetterKind.REQUEST and letter.request_id is None:
                made = _file(viewer, letter, actor, on, at, today, channel)
            elif letter.event_kind:
                _event(viewer, letter, actor, on, at, today, channel, dict(facts or {}))
    except NoAnswer as refusal:
        if strict:
            raise
        problem = refusal.sentence[:PROBLEM_MAX]
    Letter.objects.filter(pk=letter.pk).update(
        state=state, sent_on=on, request=made, problem=problem, version=F("version") + 1
    )
    letter.state, letter.sent_on, letter.request, letter.problem = state, on, made, problem


def once_of(letter: Letter) -> str:
    return f"letter:{letter.public_id}"


def _file(
    viewer: Viewer, letter: Letter, actor: Person | None, on: dt.date, at: dt.time | None, today: dt.date,
    channel: str,
) -> RecordsRequest:  # fmt: skip
    organisation = Organisation.objects.get(pk=letter.organisation_id)
    facts = dict(letter.facts)
    before = filing.filed_before(organisation, once_of(letter))
    if before is not None:
        return before
    ask = put_ask(
        viewer=viewer,
        organisation=organisation,
        campaign=letter.campaign,
        agency=letter.agency,
        kit=letter.kit,
    )
    made = filing.file_request(
        viewer=viewer,
        organisation=organisation,
        agency=letter.agency,
        custodian=letter.custodian,
        law_id=letter.law_id,
        public_title=letter.public_title or letter.subject,
        campaign=letter.campaign,
        ask=ask,
        parts=[(label, title[:200]) for label, title in letter.parts],
        sent_on=on,
        sent_at=at,
        channel=channel,
        requester=facts.pop("requester", ()),
        record_types=facts.pop("record_types", ()),
        law_facts=facts,
        letter=f"{letter.subject}\n\n{letter.body}",
        assignee=actor,
        actor=actor,
        is_sample=letter.agency.is_sample and organisation.is_sample,
        once=once_of(letter),
        today=today,
    )
    if actor is not None:
        profile = RequesterProfile.objects.filter(
            organisation=organisation, public_id=str(letter.requester.get("profile", ""))
        ).first()
        requesters.snapshot(viewer=viewer, records_request=made, profile=profile, actor=actor)
    return made


def _event(
    viewer: Viewer, letter: Letter, actor: Person | None, on: dt.date, at: dt.time | None, today: dt.date,
    channel: str, facts: dict[str, Any],
) -> None:  # fmt: skip
    assert letter.request is not None
    said = {"channel": channel, **letter.facts, **facts}
    if letter.about:
        said["of"] = letter.about
    recorded = correspondence.record_event(
        viewer=viewer,
        records_request=letter.request,
        kind=letter.event_kind,
        actor=actor,
        once=once_of(letter),
        today=today,
        sent_on=on,
        times={"sent_at": at} if at else None,
        parts=_labels(letter.parts),
        facts=said,
        text=f"{letter.subject}\n\n{letter.body}",
    )
    remedy_letters.sent(letter, recorded.event)


def _labels(parts: Sequence[Any]) -> list[str]:
    return [part if isinstance(part, str) else part[0] for part in parts]


def _law_ref(law_id: str) -> str:
    try:
        entry = library().law(law_id)
    except NoAnswer:
        return law_id
    return f"{entry.current.ref}"[:80]


def file_again(*, viewer: Viewer, letter: Letter, actor: Person | None, today: dt.date) -> None:
    """A letter went out and the ledger refused it; whatever stood in the way has been mended since."""
    if letter.state not in Letter.GONE or not letter.problem or letter.sent_on is None:
        raise Refused("nothing_open", "There is nothing left to record of this letter.", status=409)
    record_on(
        viewer=viewer, letter=letter, actor=actor, on=letter.sent_on, today=max(today, letter.sent_on),
        channel=letter.channel, state=letter.state, strict=True,
    )  # fmt: skip
