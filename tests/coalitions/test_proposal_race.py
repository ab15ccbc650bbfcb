"""Two who decide on a proposal at the same time, on connections of their own: one wins, the other is told."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections

from requests_app.actions import proposal_files
from requests_app.actions import proposals as acts
from requests_app.actions.filing import file_request
from requests_app.actions.refusals import Refused
from requests_app.intake import storage
from requests_app.models import (
    CoalitionMember,
    Document,
    Event,
    JointRight,
    Person,
    Proposal,
    ProposalDecision,
    RecordsRequest,
    Tier,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests import builders

from .test_proposals import TODAY, propose


@pytest.fixture
def committed(transactional_db: None) -> tuple[builders.Cast, RecordsRequest, Proposal]:
    cast = builders.cast()
    builders.coalition(cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER))
    with viewing_as(cast.olive) as viewer:
        request = file_request(
            viewer=viewer, organisation=cast.harbor, agency=cast.agency, law_id="us-il", public_title="Drones",
            sent_on=dt.date(2026, 3, 9), channel="email", actor=cast.olive, once=public_id(), today=TODAY,
        )  # fmt: skip
        request = RecordsRequest.objects.get(pk=request.pk)
        stay = CoalitionMember.objects.live().get(organisation=cast.prairie)
        JointRight.objects.create(
            organisation=cast.harbor, request=request, partner=cast.prairie, stay=stay, kind="propose_event"
        )
    builders.share_with(cast.olive, request, cast.prairie)
    return cast, request, propose(cast.ravi, request)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["accept", "decline"])
def test_of_two_who_decide_at_once_one_wins(
    committed: tuple[builders.Cast, RecordsRequest, Proposal], other: str
) -> None:
    cast, request, made = committed
    said = decided_at_once(cast, made, other)
    with viewing_as(cast.olive):
        decision = ProposalDecision.objects.get()
        events = Event.objects.filter(request=request, kind="acknowledged").count()
    if other == "accept":
        assert sorted(said) == ["accept", "repeated"] and events == 1
    else:
        won = "accept" if decision.state == "accepted" else "decline"
        assert sorted(said) == sorted([won, f"This was {decision.state} already."])
        assert events == (1 if won == "accept" else 0)


def decided_at_once(cast: builders.Cast, made: Proposal, other: str) -> list[str]:
    """What each is told: Olive accepts, Edgar does the other."""
    ready, said = threading.Barrier(2), list[str]()

    def act(who: Person, what: str) -> None:
        try:
            with viewing_as(who) as viewer:
                ready.wait(10)
                if what == "accept":
                    done = acts.accept(viewer=viewer, proposal=made, actor=who, today=TODAY)
                else:
                    done = acts.decline(viewer=viewer, proposal=made, actor=who, reason="No.")
                said.append("repeated" if done.repeated else what)
        except Refused as refused:
            said.append(refused.sentence)
        except DatabaseError as wrong:
            said.append(repr(wrong))
        finally:
            connections.close_all()

    both = [threading.Thread(target=act, args=args) for args in ((cast.olive, "accept"), (cast.edgar, other))]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    return said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["accept", "decline"])
def test_of_two_who_decide_on_a_file_at_once_one_wins_and_there_is_one_document_or_none(
    committed: tuple[builders.Cast, RecordsRequest, Proposal], other: str, tmp_path: Path, settings: Any
) -> None:
    cast, request, _event = committed
    settings.MEDIA_ROOT = tmp_path
    with viewing_as(cast.olive):
        stay = CoalitionMember.objects.live().get(organisation=cast.prairie)
        JointRight.objects.create(
            organisation=cast.harbor, request=request, partner=cast.prairie, stay=stay, kind="upload"
        )
    with viewing_as(cast.ravi) as viewer:
        made = proposal_files.propose_document(
            viewer=viewer, records_request=request, name="a.pdf", chunks=[b"x"], received_on=TODAY, note="Theirs.",
            actor=cast.ravi, once=public_id(), today=TODAY,
        )  # fmt: skip
    said = decided_at_once(cast, made, other)
    proposal_files.drop_due()
    with viewing_as(cast.olive):
        accepted = ProposalDecision.objects.get(proposal=made).state == "accepted"
        assert Document.objects.count() == storage.path_of(made.blob).exists() == accepted
    assert len(said) == 2 and said.count("accept") == (1 if accepted else 0), said
