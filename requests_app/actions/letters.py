"""Letters as drafts that several people write.

How they leave stands in `letter_queue`, `letter_sending` and `letter_record`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from requests_app.models import (
    Agency,
    AgencyContact,
    AgencyCustodian,
    Campaign,
    Channel,
    Letter,
    LetterAside,
    LetterKind,
    Organisation,
    Person,
    RecordsRequest,
    Wave,
)
from requests_app.models.visibility import Viewer
from requests_app.queries import letters as query

from .refusals import NotYours, Refused
from .rights import must_edit

EDITORS_ONLY = "Only an editor or an owner may write letters."
SUBJECT_MAX = 300
BODY_MAX = 60_000
ADDRESS_MAX = 500
EVENT_OF = {
    LetterKind.REQUEST: "sent",
    LetterKind.FOLLOW_UP: "follow_up_sent",
    LetterKind.APPEAL: "appeal_filed",
    LetterKind.REVIEW: "review_filed",
    LetterKind.NOTICE: "notice_sent",
    LetterKind.DEMAND: "preservation_demanded",
    LetterKind.ANSWER: "clarification_answered",
    LetterKind.OTHER: "",
}


class Overtaken(Refused):
    """Somebody saved since. `aside` keeps what was written here; the letter holds what was saved."""

    def __init__(self, letter: Letter, aside: LetterAside) -> None:
        by = letter.edited_by
        who = str(by) if by else "Somebody"
        super().__init__(
            "stale",
            f"{who} saved this letter while you were writing. Both versions are below; nothing is lost.",
            status=409,
        )
        self.letter, self.aside = letter, aside


def put_draft(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    kind: str,
    subject: str,
    body: str,
    actor: Person | None,
    once: str,
    event_kind: str = "",
    parts: Sequence[str] = (),
    about: str = "",
    facts: Mapping[str, Any] | None = None,
    address: str = "",
    recipient: str = "",
) -> Letter:
    """A draft of a later letter of a request. The same `once` returns the draft it made.

    event_kind: what is recorded in the ledger once the letter has gone out; "" takes the one of its kind.
    about: the uid of the event it answers. address, recipient: where it goes; "" takes the agency's own.
    """
    must_edit(viewer, records_request.organisation_id, EDITORS_ONLY)
    if kind not in LetterKind.values:
        raise Refused("kind_unknown", f"There is no kind of letter called {kind!r}.", field="kind")
    again = Letter.objects.filter(organisation=records_request.organisation_id, once=once).first()
    if again is not None:
        return again
    agency = records_request.agency
    channel = str(Channel.EMAIL)
    if not address:
        channel, address = address_of(agency, appeals=kind in (LetterKind.APPEAL, LetterKind.REVIEW))
    custodian = records_request.custodian
    return _write(
        organisation=records_request.organisation,
        request=records_request,
        agency=agency,
        custodian=custodian,
        campaign=records_request.campaign,
        kind=kind,
        law_id=records_request.law_id,
        parts=list(parts),
        event_kind=event_kind or EVENT_OF[LetterKind(kind)],
        about=about,
        facts=dict(facts or {}),
        channel=channel,
        recipient=recipient or (custodian.name if custodian else agency.name),
        address=address,
        requester=query.requester_of(records_request.organisation, actor),
        actor=actor,
        once=once,
        **checked_words(subject, body),
    )


def compose(
    *,
    viewer: Viewer,
    organisation: Organisation,
    agency: Agency,
    subject: str,
    body: str,
    public_title: str,
    law_id: str,
    actor: Person | None,
    once: str,
    custodian: AgencyCustodian | None = None,
    campaign: Campaign | None = None,
    kit: str = "",
    kit_version: str = "",
    wave: Wave | None = None,
    dated: Mapping[str, str] | None = None,
    parts: Sequence[tuple[str, str]] = (),
    facts: Mapping[str, Any] | None = None,
    requester: Mapping[str, Any] | None = None,
) -> Letter:
    """A draft of a first letter: sending it files the request."""
    must_edit(viewer, organisation.pk, EDITORS_ONLY)
    if campaign is not None and campaign.organisation_id != organisation.pk:
        raise NotYours
    again = Letter.objects.filter(organisation=organisation, once=once).first()
    if again is not None:
        return again
    channel, address = address_of(agency)
    return _write(
        organisation=organisation,
        agency=agency,
        custodian=custodian,
        campaign=campaign,
        kind=LetterKind.REQUEST,
        kit=kit,
        kit_version=kit_version,
        wave=wave,
        dated=dict(dated or {}),
        law_id=law_id,
        public_title=(_line(public_title) or _line(subject))[:300],
        parts=[list(part) for part in parts],
        event_kind="sent",
        facts=dict(facts or {}),
        channel=channel,
        recipient=custodian.name if custodian else agency.name,
        address=address,
        requester=dict(requester or query.requester_of(organisation, actor)),
        actor=actor,
        once=once,
        **checked_words(subject, body),
    )


def _write(*, actor: Person | None, once: str, organisation: Organisation, **fields: Any) -> Letter:
    if not once or len(once) > 64:
        raise Refused("once_missing", "The form has lost its key; open it again.", field="once")
    try:
        with transaction.atomic():
            return Letter.objects.create(
                organisation=organisation, created_by=actor, edited_by=actor, once=once, **fields
            )
    except IntegrityError as problem:
        if "one_letter_an_act" in str(problem):
            return Letter.objects.get(organisation=organisation, once=once)
        if "one_letter_a_campaign_agency_kit" in str(problem):
            raise Refused(
                "drafted_before",
                "This campaign has a letter of this kit to this agency already. Open that one.",
                field="agency",
                status=409,
            ) from None
        raise


def save(
    *,
    viewer: Viewer,
    letter: Letter,
    actor: Person | None,
    seen_version: int,
    subject: str,
    body: str,
    public_title: str | None = None,
    recipient: str | None = None,
    address: str | None = None,
    channel: str | None = None,
) -> Letter:
    """Save a draft. Upon an older version than the one saved, nothing is overwritten: `Overtaken`, with both kept."""
    row = locked(viewer, letter)
    words = checked_words(subject, body)
    if row.state not in (Letter.State.DRAFT, Letter.State.STOPPED):
        raise Refused(
            "not_a_draft",
            "This letter has been queued or has gone out. Stop it first to change it."
            if row.state == Letter.State.QUEUED
            else "This letter has gone out. What was sent is never changed; write another one.",
            status=409,
        )
    changes: dict[str, Any] = dict(words)
    for name, value in (("public_title", public_title), ("recipient", recipient)):
        if value is not None:
            changes[name] = _line(value)[:300]
    if address is not None:
        changes["address"] = _clean(address)
        if len(changes["address"]) > ADDRESS_MAX:
            raise Refused(
                "address_too_long", f"An address has at most {ADDRESS_MAX} characters.", field="address"
            )
    if channel is not None:
        if channel not in Channel.values:
            raise Refused("channel_unknown", "Say how the letter goes out.", field="channel")
        changes["channel"] = channel
    if row.kind == LetterKind.REQUEST and "public_title" in changes and not changes["public_title"]:
        raise Refused("title_missing", "Give the request a public title.", field="public_title")
    changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not changes:
        return row
    if seen_version != row.version:
        aside = LetterAside(
            letter=row,
            organisation_id=row.organisation_id,
            by=actor,
            seen_version=max(seen_version, 0),
            **words,
        )
        if not _kept(row, aside):
            aside.save()
        raise Overtaken(row, aside)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.edited_by = actor
    Letter.objects.filter(pk=row.pk).update(**changes, version=row.version, edited_by=actor, edited_at=Now())
    row.refresh_from_db(fields=["edited_at"])
    return row


def _kept(row: Letter, aside: LetterAside) -> bool:
    """An autosave that comes again with the same words adds no second copy."""
    return LetterAside.objects.filter(
        letter=row, by=aside.by, seen_version=aside.seen_version, subject=aside.subject, body=aside.body
    ).exists()


def discard(*, viewer: Viewer, letter: Letter, actor: Person | None) -> Letter:
    """Thrown away, never deleted: it can be taken out again."""
    row = locked(viewer, letter)
    if row.state not in (Letter.State.DRAFT, Letter.State.STOPPED, Letter.State.DISCARDED):
        raise Refused("not_a_draft", "Only a draft can be thrown away. Stop the letter first.", status=409)
    return turn(row, Letter.State.DISCARDED, actor)


def take_back_out(*, viewer: Viewer, letter: Letter, actor: Person | None) -> Letter:
    row = locked(viewer, letter)
    if row.state != Letter.State.DISCARDED:
        return row
    return turn(row, Letter.State.DRAFT, actor)


def address_of(agency: Agency, *, appeals: bool = False) -> tuple[str, str]:
    """How a letter reaches the agency best: an e-mail address that did not bounce, else what there is."""
    return query.best_address(list(AgencyContact.objects.filter(agency=agency)), appeals=appeals)


def locked(viewer: Viewer, letter: Letter) -> Letter:
    """The row itself, for this transaction, by somebody who may write it."""
    must_edit(viewer, letter.organisation_id, EDITORS_ONLY)
    row: Letter | None = (
        Letter.objects.select_for_update(of=("self",))
        .select_related("agency", "custodian", "edited_by", "request")
        .filter(pk=letter.pk)
        .first()
    )
    if row is None:
        raise NotYours
    return row


def turn(row: Letter, state: str, actor: Person | None) -> Letter:
    """Into another state, as a change that a save upon the older version does not overwrite."""
    Letter.objects.filter(pk=row.pk).update(
        state=state, version=F("version") + 1, edited_by=actor, edited_at=Now(), problem=""
    )
    row.refresh_from_db()
    return row


def checked_words(subject: str, body: str) -> dict[str, str]:
    subject, body = _line(subject), _clean(body)
    if not subject:
        raise Refused("subject_missing", "Give the letter a subject.", field="subject")
    if len(subject) > SUBJECT_MAX:
        raise Refused(
            "subject_too_long",
            f"A subject has at most {SUBJECT_MAX} characters; this one has {len(subject):,}.",
            field="subject",
        )
    if not body:
        raise Refused("body_missing", "The letter says nothing yet.", field="body")
    if len(body) > BODY_MAX:
        raise Refused(
            "body_too_long",
            f"A letter has at most {BODY_MAX:,} characters; this one has {len(body):,}.",
            field="body",
        )
    return {"subject": subject, "body": body}


def _clean(said: str) -> str:
    # PostgreSQL cannot store the character NUL; a browser sends lines with CR and LF.
    return said.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _line(said: str) -> str:
    """One line: a subject with a line break in it would be two headers."""
    return " ".join(_clean(said).split())
