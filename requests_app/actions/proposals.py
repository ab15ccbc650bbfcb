"""Proposals: a partner or a guest offers, the owner's people decide, once.

Offered by a right to do, read by both sides. Nothing of the owner's changes before somebody of theirs accepts it, and
that goes through the same act as if they had done it themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from requests_app.clock import words
from requests_app.intake import storage
from requests_app.models import (
    JointRight,
    LetterKind,
    Person,
    Proposal,
    ProposalAuthor,
    ProposalDecision,
    RecordsRequest,
)
from requests_app.models.visibility import Viewer
from requests_app.queries import joint_rights, proposals

from . import audit, correspondence, documents, letters, nudge
from .effects import Effect
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit

NOTE_MAX = 2_000
REASON_MAX = 1_000
# Of one partner or guest, on one request: an inbox is no letter box.
MOST_WAITING = 20
EDITORS_ONLY = "Only an editor or an owner may decide on what others propose."
# What an agency did, told by a day and little more: which day that is, which more is needed.
DAY_OF = {
    "acknowledged": "received_on",
    "extension_noticed": "sent_on",
    "date_promised": "received_on",
    "produced": "received_on",
    "determined": "dated_on",
    "agency_closed": "received_on",
}
NEEDS_UNTIL = ("extension_noticed", "date_promised")
OUTCOMES_OF = {
    "produced": ("produced", "produced_in_part"),
    "determined": (
        "granted", "denied", "denied_in_part", "no_records", "neither_confirms_nor_denies", "not_ours",
        "not_a_public_body", "not_subject", "not_found_as_described", "directed_to_web", "destroyed",
    ),
}  # fmt: skip
SWEEP = "requests_app.tasks.proposals.sweep"
# The first that stands: what may be logged need not wait.
RIGHTS_FOR = {
    "event": (JointRight.Kind.LOG_EVENT, JointRight.Kind.PROPOSE_EVENT),
    "draft": (JointRight.Kind.DRAFT,),
    "document": (JointRight.Kind.UPLOAD,),
}
# The first letter is what made the request.
LETTERS = tuple(kind for kind in LetterKind if kind != LetterKind.REQUEST)
DECIDED = {
    "accepted": "This was accepted already.",
    "declined": "This was declined already.",
    "withdrawn": "Whoever proposed this has withdrawn it.",
}
NO_RIGHT = {
    "event": "You only read here. Ask whoever shares this for the right to propose events.",
    "draft": "You only read here. Ask whoever shares this for the right to draft letters.",
    "document": "You only read here. Ask whoever shares this for the right to hand in documents.",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """repeated: the same was decided before, and nothing was written."""

    decision: ProposalDecision
    repeated: bool = False


def propose_event(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    what: str,
    happened_on: dt.date,
    actor: Person,
    once: str,
    today: dt.date,
    until_on: dt.date | None = None,
    outcome: str = "",
    note: str = "",
) -> Proposal:
    """Offer an event to whoever owns the request. today: the day in the agency's zone."""
    right = right_for(viewer, records_request, "event")
    if what not in DAY_OF:
        raise Refused("kind_unknown", "Choose what happened.", field="what")
    if happened_on > today:
        raise Refused("in_the_future", f"{words.date(happened_on)} has not come yet.", field="happened_on")
    if happened_on < records_request.filed_on:
        raise Refused(
            "before_filing",
            f"The request was sent on {words.date(records_request.filed_on)}; this cannot have happened before.",
            field="happened_on",
        )
    if outcome and outcome not in OUTCOMES_OF.get(what, ()):
        raise Refused("outcome_unknown", "This outcome does not go with what happened.", field="outcome")
    if what in OUTCOMES_OF and not outcome:
        raise Refused("outcome_missing", "Say how it was decided.", field="outcome")
    if what in NEEDS_UNTIL and until_on is None:
        raise Refused("until_missing", "Enter the day until which the agency takes.", field="until_on")
    if what not in NEEDS_UNTIL and until_on is not None:
        raise Refused("until_unused", "This names no later day. Leave it empty.", field="until_on")
    if until_on is not None and until_on < happened_on:
        raise Refused("until_before", "This day lies before the one on which it happened.", field="until_on")
    made = offer(
        viewer, records_request, right, actor, once, kind=Proposal.Kind.EVENT, what=what, outcome=outcome,
        happened_on=happened_on, until_on=until_on, in_advance=right.kind == JointRight.Kind.LOG_EVENT,
        note=clean(note, code="note", field="note", most=NOTE_MAX),
    )  # fmt: skip
    if made.in_advance:
        nudge.worker_should_look(SWEEP)
    return made


def propose_draft(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    letter: str,
    subject: str,
    body: str,
    actor: Person,
    once: str,
    note: str = "",
) -> Proposal:
    """Offer the words of a letter to whoever owns the request. Accepted it is a draft of theirs; it sends nothing."""
    right = right_for(viewer, records_request, "draft")
    if letter not in LETTERS:
        raise Refused("kind_unknown", "Choose what kind of letter it is.", field="letter")
    said = letters.checked_words(subject, body)
    return offer(
        viewer, records_request, right, actor, once, kind=Proposal.Kind.DRAFT, what=letter, title=said["subject"],
        text=said["body"], note=clean(note, code="note", field="note", most=NOTE_MAX),
    )  # fmt: skip


def preview(*, viewer: Viewer, proposal: Proposal, records_request: RecordsRequest, today: dt.date) -> Effect | None:
    """What accepting would change in the clocks; refused with the sentence that says why it cannot be recorded."""
    must_edit(viewer, proposal.organisation_id, EDITORS_ONLY)
    if proposal.kind != Proposal.Kind.EVENT:
        return None
    return correspondence.preview_event(
        viewer=viewer, records_request=records_request, today=today, **_event(proposal)
    )


def accept(
    *,
    viewer: Viewer,
    proposal: Proposal,
    actor: Person,
    today: dt.date,
    seen_version: int | None = None,
    in_advance: bool = False,
) -> Decided:
    """As if whoever accepts had done it. Twice is once; of two who decide at the same time one does.

    in_advance: nobody looked; who gave the right to log agreed when giving it.
    """
    must_edit(viewer, proposal.organisation_id, EDITORS_ONLY)
    state = ProposalDecision.State.ACCEPTED
    before = _decided(viewer, proposal, state)
    if before is not None:
        return before
    request = RecordsRequest.objects.visible_to(viewer).filter(pk=proposal.request_id).first()
    if request is None:
        raise NotYours
    try:
        # The decision and what it makes, or neither.
        with transaction.atomic():
            made = _make(viewer, proposal, request, actor, today, seen_version, in_advance)
            decision = ProposalDecision.objects.create(
                proposal=proposal, organisation_id=proposal.organisation_id, state=state, made=made
            )
    except IntegrityError as problem:
        return _lost(viewer, proposal, state, problem)
    _log("proposal.logged" if in_advance else "proposal.accepted", proposal, request, actor, {"made": made})
    return Decided(decision)


def decline(*, viewer: Viewer, proposal: Proposal, actor: Person, reason: str) -> Decided:
    """For good. Whoever proposed it reads the reason, while they are shown the request."""
    must_edit(viewer, proposal.organisation_id, EDITORS_ONLY)
    state = ProposalDecision.State.DECLINED
    before = _decided(viewer, proposal, state)
    if before is not None:
        return before
    said = clean(
        reason, code="reason", field="reason", most=REASON_MAX, missing="Say why: whoever proposed it reads this."
    )
    decided = _end(viewer, proposal, state, said)
    request = RecordsRequest.objects.visible_to(viewer).filter(pk=proposal.request_id).first()
    if request is not None and not decided.repeated:
        _log("proposal.declined", proposal, request, actor, {})
    return decided


def withdraw(*, viewer: Viewer, proposal: Proposal, actor: Person) -> Decided:
    """By whoever proposed it, an editor of the same organization too, while they are shown the request."""
    theirs = Proposal.objects.offered_by(viewer, editing=True).filter(pk=proposal.pk)
    followed = Proposal.objects.followed_by(viewer).filter(pk=proposal.pk)
    if not followed.exists():
        raise NotYours
    if not theirs.exists():
        raise Refused("editors_only", "Only an editor or an owner may withdraw it.", status=403)
    state = ProposalDecision.State.WITHDRAWN
    before = _decided(viewer, proposal, state)
    if before is not None:
        return before
    decided = _end(viewer, proposal, state, "")
    request = RecordsRequest.objects.visible_to(viewer).filter(pk=proposal.request_id).first()
    if request is not None and not decided.repeated:
        _log_theirs("proposal.withdrawn", proposal, request, actor)
    return decided


def _make(
    viewer: Viewer,
    proposal: Proposal,
    request: RecordsRequest,
    actor: Person,
    today: dt.date,
    seen_version: int | None,
    in_advance: bool,
) -> str:
    """The id of what it becomes: a draft, which sends nothing, a document that nobody else sees, or an event."""
    if proposal.kind == Proposal.Kind.DRAFT:
        draft = letters.put_draft(
            viewer=viewer, records_request=request, kind=proposal.what, subject=proposal.title, body=proposal.text,
            actor=actor, once=once_of(proposal),
        )  # fmt: skip
        return str(draft.public_id)
    if proposal.kind == Proposal.Kind.DOCUMENT:
        kept = documents.take_in(
            viewer=viewer, records_request=request, actor=actor, title=proposal.title,
            stored=storage.Stored(proposal.blob, proposal.size, proposal.sha256), content_type=proposal.content_type,
            handed_in_by=_proposer(proposal), received_on=proposal.happened_on, once=once_of(proposal),
        )  # fmt: skip
        return str(kept.public_id)
    recorded = correspondence.record_event(
        viewer=viewer, records_request=request, actor=actor, today=today, seen_version=seen_version,
        **_event(proposal, in_advance),
    )  # fmt: skip
    return str(recorded.event.uid)


def _event(proposal: Proposal, in_advance: bool = False) -> dict[str, Any]:
    """Keyword arguments of `record_event`. The ledger's own note says that it was proposed."""
    by = _proposer(proposal)
    said = f"Logged by {by}, by a right given in advance." if in_advance else f"Proposed by {by}."
    facts: Mapping[str, Any] = {"until": proposal.until_on.isoformat()} if proposal.until_on else {}
    return {
        "kind": proposal.what,
        DAY_OF[proposal.what]: proposal.happened_on,
        "outcome": proposal.outcome or None,
        "facts": facts,
        "note": f"{said}\n\n{proposal.note}".strip(),
        "once": once_of(proposal),
    }


def _proposer(proposal: Proposal) -> str:
    """As it is kept with what it becomes, without a name: partners who are shown everything read it, and may be in no
    coalition with whoever proposed it. The proposal and the audit tell the owner."""
    return "a guest" if proposal.guest_id else "a partner"


def once_of(proposal: Proposal) -> str:
    return f"proposal-{proposal.public_id}"


def right_for(viewer: Viewer, request: RecordsRequest, kind: str) -> JointRight:
    """The right by which the viewer offers this. Who is shown nothing does not learn that there is anything."""
    if viewer.belongs_to(request.organisation_id):
        raise Refused("own_request", "This request is your organization’s own: record it yourself.", status=403)
    for one in RIGHTS_FOR[kind]:
        right = joint_rights.usable(viewer, request, one)
        if right is not None:
            return right
    if not joint_rights.named(viewer, request):
        raise NotYours
    raise Refused("right_missing", NO_RIGHT[kind], status=403)


def offer(
    viewer: Viewer, request: RecordsRequest, right: JointRight, actor: Person, once: str, **fields: Any
) -> Proposal:
    """By a right that `right_for` found. The same act twice gives what the first one made."""
    once = checked_once(once)
    mine = Proposal.objects.offered_by(viewer).filter(request=request)
    again = mine.filter(once=once).first()
    if again is not None:
        return again
    if proposals.undecided(mine, viewer).count() >= MOST_WAITING:
        raise Refused(
            "too_many_waiting",
            f"{MOST_WAITING} of your proposals wait here already. Withdraw one, or wait for an answer.",
            status=409,
        )
    try:
        with transaction.atomic():
            made: Proposal = Proposal.objects.create(
                organisation_id=request.organisation_id, request=request, right=right, partner_id=right.partner_id,
                stay_id=right.stay_id, guest_id=right.guest_id, once=once, **fields,
            )  # fmt: skip
            ProposalAuthor.objects.create(
                key=made.public_id, organisation_id=right.partner_id, person=actor
            )
    except IntegrityError as problem:
        if "one_proposal_an_act" not in str(problem):
            raise
        raise Refused("once_taken", "The form has lost its key; open it again.", field="once") from None
    _log_theirs("proposal.made", made, request, actor)
    return made


def _decided(viewer: Viewer, proposal: Proposal, state: str) -> Decided | None:
    found = ProposalDecision.objects.visible_to(viewer).filter(proposal=proposal).first()
    if found is None:
        return None
    if found.state != state:
        raise Refused("decided", DECIDED[found.state], status=409)
    return Decided(found, repeated=True)


def _end(viewer: Viewer, proposal: Proposal, state: str, reason: str) -> Decided:
    try:
        with transaction.atomic():
            made = ProposalDecision.objects.create(
                proposal=proposal, organisation_id=proposal.organisation_id, state=state, reason=reason
            )
    except IntegrityError as problem:
        return _lost(viewer, proposal, state, problem)
    if proposal.kind == Proposal.Kind.DOCUMENT:
        nudge.worker_should_look(SWEEP)
    return Decided(made)


def _lost(viewer: Viewer, proposal: Proposal, state: str, problem: IntegrityError) -> Decided:
    """Somebody decided in the same moment."""
    if "proposaldecision_pkey" not in str(problem):
        raise problem
    found = _decided(viewer, proposal, state)
    if found is None:
        raise problem
    return found


def _log_theirs(act: str, proposal: Proposal, request: RecordsRequest, actor: Person) -> None:
    """In the audit of whoever proposed it; a guest has none."""
    if proposal.partner is not None:
        audit.record(
            act=act,
            subject=f"request {request.public_id}",
            organisation=proposal.partner,
            actor=actor,
            detail={"proposal": proposal.public_id, "what": proposal.kind},
        )


def _log(act: str, proposal: Proposal, request: RecordsRequest, actor: Person, detail: Mapping[str, Any]) -> None:
    audit.record(
        act=act,
        subject=f"request {request.public_id}",
        organisation=request.organisation,
        actor=actor,
        detail={"proposal": proposal.public_id, "what": proposal.kind, **detail},
    )
