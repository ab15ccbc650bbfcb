"""An event that a partner may log is recorded once, in the name of who gave the right, while all of it stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from requests_app.actions import audit, joint_rights
from requests_app.actions.proposal_logging import log_due
from requests_app.models import (
    AuditEntry,
    CoalitionMember,
    Event,
    EventNote,
    InboxItem,
    JobRun,
    JointRight,
    Membership,
    Person,
    Proposal,
    ProposalDecision,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing, viewing_as
from requests_app.tasks.proposals import sweep
from tests.accounts.scene import signed_in
from tests.coalitions.test_proposals import accept, file, give, propose, share, told
from tests.shares.conftest import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 1, 15, tzinfo=dt.UTC)


@pytest.fixture
def filed(scene: Scene) -> RecordsRequest:
    share(scene, scene.campaign)
    return file(scene.cast.olive, scene)


def events(scene: Scene, filed: RecordsRequest) -> list[str]:
    with viewing_as(scene.cast.olive):
        return list(EventNote.objects.filter(event__kind="acknowledged", request=filed).values_list("text", flat=True))


def offer(
    scene: Scene, filed: RecordsRequest, right: JointRight, ago: dt.timedelta, on: dt.date = dt.date(2026, 3, 16)
) -> None:
    """Past the action, which takes neither another hour nor a day before the request."""
    with viewing_as(scene.cast.ravi):
        Proposal.objects.create(
            organisation=scene.cast.harbor, request=filed, right=right, partner=scene.cast.prairie,
            stay_id=right.stay_id, kind="event", what="acknowledged", happened_on=on, in_advance=True,
            offered_at=dt.datetime.now(dt.UTC) - ago,
        )  # fmt: skip


def test_it_is_recorded_in_the_name_of_who_gave_the_right_and_once(scene: Scene, filed: RecordsRequest) -> None:
    give(scene, scene.campaign, "propose_event")
    give(scene, scene.campaign, "log_event")
    made = propose(scene.cast.ravi, filed, note="In their portal.")
    assert events(scene, filed) == [] and made.in_advance
    assert log_due(NOW) == {"logged": 1, "left": 0}
    assert log_due(NOW) == {"logged": 0, "left": 0}
    assert events(scene, filed) == ["Logged by a partner, by a right given in advance.\n\nIn their portal."]
    with viewing_as(scene.cast.olive) as viewer:
        assert EventNote.objects.get(event__kind="acknowledged", request=filed).actor == scene.cast.olive
        assert AuditEntry.objects.get(act="proposal.logged").actor == scene.cast.olive
        assert InboxItem.objects.of(viewer, scene.cast.olive).count() == 1
    assert told(scene.cast.ravi) == [("accepted", "In their portal.", True)]
    assert accept(scene.cast.olive, made).repeated
    inbox = signed_in(scene.cast.olive).get("/inbox/").content.decode()
    assert "Prairie Watch logged: Acknowledgment on Monday, March 16, 2026" in inbox


def test_killed_between_the_event_and_the_decision_it_is_recorded_once(
    scene: Scene, filed: RecordsRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, neither stands; run again, both do."""
    give(scene, scene.campaign, "log_event")
    propose(scene.cast.ravi, filed)

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    for owner, name in ((ProposalDecision.objects, "create"), (audit, "record")):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, killed)
            with pytest.raises(KeyboardInterrupt):
                log_due(NOW)
        assert events(scene, filed) == [] and told(scene.cast.olive)[0][0] == "waiting"
    assert log_due(NOW)["logged"] == 1 and len(events(scene, filed)) == 1


@pytest.mark.parametrize(
    "how", ["right", "share", "stay", "held back", "demoted", "left", "a day later", "nobody gave it", "closed account"]
)
def test_where_something_ended_meanwhile_it_waits_in_the_inbox(
    scene: Scene, filed: RecordsRequest, how: str
) -> None:
    if how == "nobody gave it":
        with viewing_as(scene.cast.olive):
            stay = CoalitionMember.objects.live().get(organisation=scene.cast.prairie)
            right = JointRight.objects.create(
                organisation=scene.cast.harbor, campaign=scene.campaign, partner=scene.cast.prairie, stay=stay,
                kind="log_event",
            )  # fmt: skip
    else:
        right = give(scene, scene.campaign, "log_event")
    offer(scene, filed, right, dt.timedelta(hours=25 if how == "a day later" else 0))
    with viewing_as(scene.cast.olive) as viewer:
        if how == "right":
            joint_rights.revoke_right(viewer=viewer, right=right, actor=scene.cast.olive)
        elif how == "share":
            Share.objects.update(revoked_at=dt.datetime.now(dt.UTC))
        elif how == "held back":
            RecordsRequest.objects.filter(pk=filed.pk).update(held_back=True)
        elif how == "stay":
            stay = CoalitionMember.objects.live().get(organisation=scene.cast.prairie)
            with connection.cursor() as cursor:
                cursor.execute("SELECT app_end_stay(%s)::text", [stay.pk])
        elif how == "demoted":
            Membership.objects.filter(person=scene.cast.edgar).update(role="owner")
            Membership.objects.filter(person=scene.cast.olive).update(role="viewer")
        elif how == "left":
            Membership.objects.filter(person=scene.cast.edgar).update(role="owner")
            Membership.objects.filter(person=scene.cast.olive).update(ended_at=dt.datetime.now(dt.UTC))
    if how == "closed account":
        Person.objects.filter(pk=scene.cast.olive.pk).update(is_active=False)
    assert log_due(NOW)["logged"] == 0
    assert told(scene.cast.edgar)[0][0] == "waiting"
    with viewing_as(scene.cast.edgar):
        [waiting] = Proposal.objects.all()
    accept(scene.cast.edgar, waiting)
    with viewing_as(scene.cast.edgar):
        assert Event.objects.filter(request=filed, kind="acknowledged").count() == 1


def test_what_does_not_fit_waits_and_the_sweep_goes_on(scene: Scene, filed: RecordsRequest) -> None:
    right = give(scene, scene.campaign, "log_event")
    offer(scene, filed, right, dt.timedelta(0), dt.date(2026, 3, 1))
    propose(scene.cast.ravi, filed)
    assert log_due(NOW) == {"logged": 1, "left": 1}
    sweep()
    with viewing(SCHEDULE):
        assert JobRun.objects.get(job="proposals.sweep").detail == {"logged": 0, "left": 1, "dropped": 0}


def test_nobody_but_the_sweep_is_told_what_is_to_be_logged(scene: Scene, filed: RecordsRequest) -> None:
    give(scene, scene.campaign, "log_event")
    propose(scene.cast.ravi, filed)
    for who in (scene.cast.ravi, scene.cast.olive, None):
        with viewing(PUBLIC) if who is None else viewing_as(who), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM app_proposals_to_log(NULL)")
            assert cursor.fetchall() == []


def test_the_page_says_that_it_is_recorded_at_once(scene: Scene, filed: RecordsRequest) -> None:
    give(scene, scene.campaign, "log_event")
    ravi = signed_in(scene.cast.ravi)
    here = f"/requests/{filed.public_id}/"
    assert "Log an event" in ravi.get(here).content.decode()
    form = f"{here}propose/event/"
    assert "agreed to it in advance" in ravi.get(form).content.decode()
    said = {"once": "log-1", "what": "acknowledged", "happened_on": "2026-03-16"}
    assert "on its way to the timeline" in ravi.post(form, said, follow=True).content.decode()
