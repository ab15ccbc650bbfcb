"""What a partner or a guest proposes changes nothing before the owner's people accept it; by either wall."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from requests_app.actions import joint_rights
from requests_app.actions import proposals as acts
from requests_app.actions.filing import file_request
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    CoalitionMember,
    Event,
    EventNote,
    Guest,
    InboxItem,
    JointRight,
    Membership,
    Person,
    Proposal,
    ProposalAuthor,
    ProposalDecision,
    RecordsRequest,
    Share,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing, viewing_as
from requests_app.queries import proposals as queries
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
JSON = "application/json"
NOW = dt.datetime.now(dt.UTC)
TODAY = dt.date(2026, 4, 1)
TABLES = (Proposal, ProposalDecision, ProposalAuthor)


@pytest.fixture
def filed(scene: Scene) -> RecordsRequest:
    """A real request of Harbor's in the campaign, sent on a Monday: it has clocks."""
    return file(scene.cast.olive, scene)


def file(who: Person, scene: Scene) -> RecordsRequest:
    with viewing_as(who) as viewer:
        made = file_request(
            viewer=viewer, organisation=scene.cast.harbor, agency=scene.cast.agency, law_id="us-il",
            public_title="Drone policies", sent_on=dt.date(2026, 3, 9), channel="email", actor=who, once=public_id(),
            today=TODAY, campaign=scene.campaign,
        )  # fmt: skip
        return RecordsRequest.objects.get(pk=made.pk)


def share(scene: Scene, subject: Any, grantee: Any = None) -> Share:
    return builders.share_with(scene.cast.olive, subject, grantee or scene.cast.prairie)


def give(scene: Scene, subject: Any, kind: str = "propose_event", key: str = "", **more: Any) -> JointRight:
    with viewing_as(scene.cast.olive) as viewer:
        return joint_rights.grant_right(
            viewer=viewer, subject=subject, grantee=key or scene.key(scene.cast.prairie), kind=kind,
            actor=scene.cast.olive, now=NOW, **more,
        )  # fmt: skip


def guest_of(scene: Scene, who: Person, subject: Any) -> Guest:
    with viewing_as(scene.cast.olive):
        guest = Guest.objects.create(organisation=scene.cast.harbor, email=who.email)
        Share.objects.create(
            organisation=scene.cast.harbor, grantee_kind="guest", grantee_id=guest.pk, guest=guest, campaign=subject,
            until_at=NOW + dt.timedelta(days=30),
        )  # fmt: skip
        return guest


def propose(who: Person, request: RecordsRequest, **said: Any) -> Proposal:
    with viewing_as(who) as viewer:
        return acts.propose_event(
            viewer=viewer, records_request=request, actor=who, today=TODAY,
            **{"what": "acknowledged", "happened_on": dt.date(2026, 3, 16), "once": public_id(), **said},
        )  # fmt: skip


def accept(who: Person, proposal: Proposal, **more: Any) -> acts.Decided:
    with viewing_as(who) as viewer:
        return acts.accept(viewer=viewer, proposal=proposal, actor=who, today=TODAY, **more)


def decline(who: Person, proposal: Proposal, reason: str = "It was another letter.") -> acts.Decided:
    with viewing_as(who) as viewer:
        return acts.decline(viewer=viewer, proposal=proposal, actor=who, reason=reason)


def told(who: Person | None) -> list[tuple[str, str, bool]]:
    """State, note and whether the request is shown, newest first; the policy and the walls must count the same."""
    with viewing(PUBLIC) if who is None else viewing_as(who) as viewer:
        for table in TABLES:
            assert table.objects.count() == table.objects.visible_to(viewer).count(), table
        rows = queries.shown(viewer, Proposal.objects.visible_to(viewer).order_by("-pk"))
        return [(one.state, one.row.note, one.request is not None) for one in rows]


def test_a_partner_proposes_and_the_owner_accepts(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, scene.campaign)
    with pytest.raises(Refused, match="only read here"):
        propose(scene.cast.ravi, filed)
    give(scene, scene.campaign)
    made = propose(scene.cast.ravi, filed, note="Their portal says so.")
    with viewing_as(scene.cast.olive) as viewer:
        assert not Event.objects.filter(request=filed, kind="acknowledged").exists()
        effect = acts.preview(viewer=viewer, proposal=made, records_request=filed, today=TODAY)
        assert effect is not None and InboxItem.objects.of(viewer, scene.cast.olive).get().kind == "proposal"
    assert told(scene.cast.ravi) == [("waiting", "Their portal says so.", True)]
    accept(scene.cast.edgar, made)
    with viewing_as(scene.cast.olive):
        event = Event.objects.get(request=filed, kind="acknowledged")
        note = EventNote.objects.get(event=event)
        assert event.received_on == dt.date(2026, 3, 16) and note.actor == scene.cast.edgar
        assert note.text == "Proposed by a partner.\n\nTheir portal says so."
        entry = AuditEntry.objects.get(act="proposal.accepted")
        assert entry.actor == scene.cast.edgar and entry.detail["proposal"] == made.public_id
    with viewing_as(scene.cast.ravi):
        assert AuditEntry.objects.filter(act="proposal.made", organisation=scene.cast.prairie).count() == 1
    assert told(scene.cast.ravi) == told(scene.cast.vera) == [("accepted", "Their portal says so.", True)]


def test_nobody_else_reads_of_it(scene: Scene, filed: RecordsRequest) -> None:
    """Neither another partner who sees the same request, nor the public that it is published to."""
    share(scene, scene.campaign)
    share(scene, scene.campaign, scene.lake)
    builders.publish(scene.cast.olive, scene.campaign)
    give(scene, scene.campaign)
    made = propose(scene.cast.ravi, filed)
    decline(scene.cast.olive, made)
    for who in (None, scene.cast.noor, scene.stan, scene.cast.omar):
        assert told(who) == []
    with viewing(SCHEDULE):
        assert not any(table.objects.exists() for table in TABLES)
    with viewing_as(scene.cast.olive) as viewer:
        assert queries.shown(viewer, [made])[0].person == ""


def test_a_second_click_is_harmless_and_a_decision_is_final(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, filed)
    give(scene, filed)
    once = public_id()
    made = propose(scene.cast.ravi, filed, once=once)
    assert propose(scene.cast.ravi, filed, once=once) == made
    assert not accept(scene.cast.olive, made).repeated and accept(scene.cast.edgar, made).repeated
    for act, sentence in ((decline, "accepted already"),):
        with pytest.raises(Refused, match=sentence):
            act(scene.cast.olive, made)
    with viewing_as(scene.cast.ravi) as viewer, pytest.raises(Refused, match="accepted already"):
        acts.withdraw(viewer=viewer, proposal=made, actor=scene.cast.ravi)
    other = propose(scene.cast.ravi, filed)
    with pytest.raises(Refused, match="Say why"):
        decline(scene.cast.olive, other, " ")
    assert not decline(scene.cast.olive, other).repeated and decline(scene.cast.olive, other, "No.").repeated
    with pytest.raises(Refused, match="declined already"):
        accept(scene.cast.olive, other)
    with viewing_as(scene.cast.ravi) as viewer:
        assert queries.shown(viewer, [other])[0].decision.reason == "It was another letter."  # type: ignore[union-attr]
    gone = propose(scene.cast.ravi, filed)
    with viewing_as(scene.cast.ravi) as viewer:
        acts.withdraw(viewer=viewer, proposal=gone, actor=scene.cast.ravi)
    with pytest.raises(Refused, match="has withdrawn it"):
        accept(scene.cast.olive, gone)
    with viewing_as(scene.cast.olive):
        assert Event.objects.filter(request=filed, kind="acknowledged").count() == 1


@pytest.mark.parametrize("how", ["share", "stay", "right", "held back"])
def test_without_the_share_the_proposer_keeps_their_words_alone(
    scene: Scene, filed: RecordsRequest, how: str
) -> None:
    share(scene, scene.campaign)
    right = give(scene, scene.campaign)
    made = propose(scene.cast.ravi, filed, note="Seen in the portal.")
    with viewing_as(scene.cast.olive) as viewer:
        if how == "share":
            Share.objects.update(revoked_at=NOW)
        elif how == "held back":
            RecordsRequest.objects.filter(pk=filed.pk).update(held_back=True)
            filed.held_back = True
        elif how == "right":
            joint_rights.revoke_right(viewer=viewer, right=right, actor=scene.cast.olive)
        else:
            stay = CoalitionMember.objects.live().get(organisation=scene.cast.prairie)
            with connection.cursor() as cursor:
                cursor.execute("SELECT app_end_stay(%s)::text", [stay.pk])
            Share.objects.update(revoked_at=NOW)
    with pytest.raises((NotYours, Refused)):
        propose(scene.cast.ravi, filed)
    assert told(scene.cast.olive) == [("waiting", "Seen in the portal.", True)]
    accept(scene.cast.olive, made)
    if how == "right":
        assert told(scene.cast.ravi) == [("accepted", "Seen in the portal.", True)]
        return
    assert told(scene.cast.ravi) == [("", "Seen in the portal.", False)]
    with viewing_as(scene.cast.ravi) as viewer:
        with pytest.raises(NotYours):
            acts.withdraw(viewer=viewer, proposal=made, actor=scene.cast.ravi)
        assert not ProposalDecision.objects.exists()


def test_only_editors_propose_and_decide(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, filed)
    give(scene, filed)
    vic = builders.person("Vic")
    with viewing_as(scene.cast.ravi):
        Membership.objects.create(organisation=scene.cast.prairie, person=vic, role="viewer")
    with pytest.raises(Refused, match="only read here"):
        propose(vic, filed)
    made = propose(scene.cast.ravi, filed)
    assert told(vic) == [("waiting", "", True)]
    with pytest.raises(Refused, match="Only an editor"):
        accept(scene.cast.vera, made)
    with viewing_as(vic) as viewer, pytest.raises(Refused, match="Only an editor"):
        acts.withdraw(viewer=viewer, proposal=made, actor=vic)
    for who in (scene.cast.ravi, scene.cast.noor):
        with pytest.raises(NotYours):
            accept(who, made)
        with pytest.raises(NotYours):
            decline(who, made)
    with pytest.raises(Refused, match="own: record it yourself"):
        propose(scene.cast.olive, filed)
    with pytest.raises(NotYours):
        propose(scene.stan, filed)


def test_a_guest_proposes_in_person_until_the_share_runs_out(scene: Scene, filed: RecordsRequest) -> None:
    stan = scene.stan
    guest = guest_of(scene, stan, scene.campaign)
    give(scene, scene.campaign, key=f"g-{guest.public_id}")
    made = propose(stan, filed, note="I was told.")
    with viewing_as(scene.cast.olive) as viewer:
        assert queries.shown(viewer, [made])[0].name == stan.email
    accept(scene.cast.olive, made)
    with viewing_as(scene.cast.olive):
        assert EventNote.objects.get(event__kind="acknowledged", request=filed).text.startswith("Proposed by a guest.")
        Share.objects.update(from_at=NOW - dt.timedelta(days=9), until_at=NOW - dt.timedelta(minutes=1))
    with pytest.raises(NotYours):
        propose(stan, filed)
    assert told(stan) == [("", "I was told.", False)]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"happened_on": dt.date(2026, 4, 2)}, "has not come yet"),
        ({"happened_on": dt.date(2026, 3, 8)}, "cannot have happened before"),
        ({"what": "override"}, "Choose what happened"),
        ({"what": "determined"}, "how it was decided"),
        ({"what": "acknowledged", "outcome": "denied"}, "does not go with"),
        ({"what": "date_promised"}, "until which"),
        ({"until_on": dt.date(2026, 3, 20)}, "Leave it empty"),
        ({"what": "extension_noticed", "until_on": dt.date(2026, 3, 10)}, "before the one"),
        ({"note": "x" * 2001}, "At most 2,000"),
    ],
)
def test_what_cannot_be_is_refused_by_a_sentence(
    scene: Scene, filed: RecordsRequest, said: dict[str, Any], sentence: str
) -> None:
    share(scene, filed)
    give(scene, filed)
    with pytest.raises(Refused, match=sentence):
        propose(scene.cast.ravi, filed, **said)


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("acknowledged", {}),
        ("extension_noticed", {"until_on": dt.date(2026, 3, 23)}),
        ("date_promised", {"until_on": dt.date(2026, 3, 30)}),
        ("produced", {"outcome": "produced_in_part"}),
        ("determined", {"outcome": "denied"}),
        ("agency_closed", {}),
    ],
)
def test_each_kind_that_can_be_proposed_can_be_accepted(
    scene: Scene, filed: RecordsRequest, what: str, more: dict[str, Any]
) -> None:
    share(scene, filed)
    give(scene, filed)
    made = propose(scene.cast.ravi, filed, what=what, **more)
    accept(scene.cast.olive, made)
    with viewing_as(scene.cast.olive):
        event = Event.objects.get(request=filed, kind=what)
        assert getattr(event, acts.DAY_OF[what]) == dt.date(2026, 3, 16)
        assert event.outcome == more.get("outcome", "")


def test_an_inbox_is_no_letter_box(scene: Scene, filed: RecordsRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_WAITING", 2)
    share(scene, filed)
    give(scene, filed)
    first = propose(scene.cast.ravi, filed)
    propose(scene.cast.ravi, filed)
    with pytest.raises(Refused, match="wait here already"):
        propose(scene.cast.ravi, filed)
    decline(scene.cast.olive, first)
    propose(scene.cast.ravi, filed)


def forge(who: Person, fields: dict[str, Any]) -> None:
    with viewing_as(who):
        Proposal.objects.create(**fields)
        connection.check_constraints()


def test_the_database_refuses_forged_proposals_and_decisions(scene: Scene, filed: RecordsRequest) -> None:
    """Past the actions: without a right, by another's, of another kind; and nobody outside decides."""
    share(scene, scene.campaign)
    share(scene, scene.campaign, scene.lake)
    right = give(scene, scene.campaign)
    comment = give(scene, scene.campaign, "comment")
    made = propose(scene.cast.ravi, filed)
    fields = {
        "organisation": scene.cast.harbor, "request": filed, "kind": "event", "what": "acknowledged",
        "happened_on": TODAY, "right": right, "partner": scene.cast.prairie, "stay_id": right.stay_id,
    }  # fmt: skip
    with viewing_as(scene.cast.olive):
        stays = {one.organisation_id: one.pk for one in CoalitionMember.objects.live()}
    forged: list[tuple[Person, dict[str, Any]]] = [
        (scene.cast.noor, {}),
        (scene.cast.noor, {"partner": scene.lake, "stay_id": stays[scene.lake.pk]}),
        (scene.cast.ravi, {"right": comment}),
        (scene.cast.ravi, {"in_advance": True}),
        (scene.cast.ravi, {"kind": "draft", "text": "Dear"}),
        (scene.cast.ravi, {"partner": scene.lake}),
        (scene.cast.ravi, {"organisation": scene.cast.prairie}),
        (scene.cast.olive, {}),
    ]
    for who, changed in forged:
        with pytest.raises((IntegrityError, ProgrammingError)):
            forge(who, fields | changed)
    for who, state in (
        (scene.cast.ravi, "accepted"), (scene.cast.ravi, "declined"), (scene.cast.noor, "withdrawn"),
        (scene.cast.vera, "declined"), (scene.cast.olive, "withdrawn"),
    ):  # fmt: skip
        with pytest.raises((IntegrityError, ProgrammingError)), viewing_as(who):
            ProposalDecision.objects.create(
                proposal=made, organisation=scene.cast.harbor, state=state, reason="x",
                made="x" if state == "accepted" else "",
            )  # fmt: skip
    decline(scene.cast.olive, made)
    for who in (scene.cast.olive, scene.cast.ravi):
        with viewing_as(who):
            for rows in (Proposal.objects.all(), ProposalDecision.objects.all()):
                with pytest.raises(ProgrammingError, match="permission denied"), viewing_as(who):
                    rows.update(organisation=scene.cast.harbor)


def test_the_pages_propose_decide_and_say_what_became_of_it(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, scene.campaign)
    ravi, olive, vera = (signed_in(one) for one in (scene.cast.ravi, scene.cast.olive, scene.cast.vera))
    form = f"/requests/{filed.public_id}/propose/event/"
    here = f"/requests/{filed.public_id}/"
    assert ravi.get(form).status_code == 404 and form not in ravi.get(here).content.decode()
    give(scene, scene.campaign)
    assert form in ravi.get(here).content.decode() and form not in olive.get(here).content.decode()
    assert olive.get(form).status_code == 404 and ravi.get(form).status_code == 200
    said = {"once": public_id(), "what": "determined:denied", "happened_on": "2026-03-16", "note": "Seen <b>there</b>."}
    wrong = ravi.post(form, said | {"happened_on": "2026-03-01"})
    assert wrong.status_code == 400 and "cannot have happened before" in wrong.content.decode()
    assert ravi.post(form, said).status_code == 303 and ravi.post(form, said).status_code == 303
    mine = ravi.get("/proposals/?of=us").content.decode()
    assert mine.count("Decision: Denied on Monday, March 16, 2026") == 1 and "Waits for an answer" in mine
    inbox = olive.get("/inbox/").content.decode()
    assert "Prairie Watch proposes: Decision: Denied on Monday, March 16, 2026" in inbox
    with viewing_as(scene.cast.olive):
        made = Proposal.objects.get()
        version = RecordsRequest.objects.get(pk=filed.pk).ledger_version
    page = f"/proposals/{made.public_id}/"
    shown = olive.get(page).content.decode()
    assert "If you accept this" in shown and "Seen &lt;b&gt;there" in shown and "Withdraw" not in shown
    read = vera.get(page).content.decode()
    assert "Decline" not in read and "If you accept" not in read
    assert "Withdraw" in ravi.get(page).content.decode()
    assert vera.post(page, {"act": "accept", "seen_version": version}).status_code == 403
    assert signed_in(scene.cast.noor).get(page).status_code == 404
    assert olive.post(page, {"act": "accept", "seen_version": version - 1}).status_code == 409
    empty = olive.post(page, {"act": "decline", "reason": ""})
    assert empty.status_code == 400 and "Say why" in empty.content.decode()
    for _click in range(2):
        assert olive.post(page, {"act": "accept", "seen_version": version}).status_code == 303
    late = olive.post(page, {"act": "decline", "reason": "Too late"})
    assert late.status_code == 409 and "accepted already" in late.content.decode()
    assert "Accepted" in ravi.get("/proposals/?of=us").content.decode()
    assert "Accepted" in olive.get("/inbox/").content.decode()
    assert ravi.post(page, {"act": "burn"}).status_code == 404


def test_a_proposal_that_no_longer_fits_says_why_and_can_only_be_declined(
    scene: Scene, filed: RecordsRequest
) -> None:
    share(scene, filed)
    give(scene, filed)
    with viewing_as(scene.cast.ravi) as viewer:
        right = JointRight.objects.get()
        made = Proposal.objects.create(
            organisation=scene.cast.harbor, request=filed, right=right, partner=scene.cast.prairie,
            stay_id=right.stay_id, kind="event", what="acknowledged", happened_on=dt.date(2026, 3, 1),
        )  # fmt: skip
        assert viewer.kind == "person"
    shown = signed_in(scene.cast.olive).get(f"/proposals/{made.public_id}/").content.decode()
    assert "cannot be recorded as it stands" in shown and 'value="accept"' not in shown
    with pytest.raises(Refused, match="was sent on"):
        accept(scene.cast.olive, made)
    assert told(scene.cast.olive)[0][0] == "waiting"


def test_programs_propose_and_decide(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, filed)
    ravi, olive = signed_in(scene.cast.ravi), signed_in(scene.cast.olive)
    offer = f"/api/v1/requests/{filed.public_id}/proposals/events/"
    said = {"what": "acknowledged", "happened_on": "2026-03-16", "note": "Seen."}
    assert ravi.post(offer, said, content_type=JSON).status_code == 403
    give(scene, filed)
    made = ravi.post(offer, said, content_type=JSON)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert ravi.post(offer, said | {"happened_on": "2026-03-01"}, content_type=JSON).status_code == 400
    assert signed_in(scene.stan).post(offer, said, content_type=JSON).status_code == 404
    [row] = ravi.get("/api/v1/proposals/?by_us=true").json()["items"]
    assert (row["state"], row["to_us"], row["person"]) == ("waiting", False, str(scene.cast.ravi))
    here = f"/api/v1/proposals/{key}/"
    told_us = olive.get(here).json()
    assert told_us["name"] == "Prairie Watch" and told_us["effect"] and told_us["person"] == ""
    assert ravi.get(here).json()["effect"] is None and ravi.get(here).json()["version"] is None
    assert olive.post(here, {"state": "accepted"}, content_type=JSON).status_code == 400
    assert olive.post(here, {"state": "declined"}, content_type=JSON).status_code == 400
    stale = olive.post(here, {"state": "accepted", "seen_version": 0}, content_type=JSON)
    assert stale.status_code == 409
    assert ravi.post(here, {"state": "declined", "reason": "x"}, content_type=JSON).status_code == 404
    given = {"state": "accepted", "seen_version": told_us["version"]}
    done = olive.post(here, given, content_type=JSON)
    assert done.status_code == 200 and done.json()["state"] == "accepted"
    assert ravi.get(here).json()["state"] == "accepted"
    assert signed_in(scene.cast.noor).get(here).status_code == 404


def test_a_page_of_proposals_takes_a_fixed_number_of_queries(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, filed)
    give(scene, filed)
    olive = signed_in(scene.cast.olive)

    def queries_of() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert olive.get("/proposals/").status_code == 200
        return len(asked)

    propose(scene.cast.ravi, filed)
    olive.get("/proposals/")
    one = queries_of()
    for _more in range(5):
        propose(scene.cast.ravi, filed)
    assert queries_of() == one
