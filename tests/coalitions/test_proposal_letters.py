"""A letter that a partner or a guest drafts is a draft of the owner's once accepted, and sends nothing."""

from __future__ import annotations

import pytest
from django.db.utils import IntegrityError, ProgrammingError

from requests_app.actions import proposals as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    Event,
    Guest,
    JointRight,
    Letter,
    LetterSending,
    Person,
    Proposal,
    RecordsRequest,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests.accounts.scene import signed_in
from tests.coalitions.test_proposals import JSON, accept, decline, file, give, guest_of, share, told
from tests.shares.conftest import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
WORDS = {"letter": "follow_up", "subject": "Our request of March 9", "body": "Dear officer,\n\nthe time is over."}


@pytest.fixture
def filed(scene: Scene) -> RecordsRequest:
    return file(scene.cast.olive, scene)


def draft(who: Person, request: RecordsRequest, **said: str) -> Proposal:
    with viewing_as(who) as viewer:
        return acts.propose_draft(
            viewer=viewer, records_request=request, actor=who, **{"once": public_id(), **WORDS, **said}
        )


def test_accepted_it_is_a_draft_of_the_owners_and_nothing_is_sent(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, scene.campaign)
    give(scene, scene.campaign, "propose_event")
    with pytest.raises(Refused, match="right to draft letters"):
        draft(scene.cast.ravi, filed)
    give(scene, scene.campaign, "draft")
    made = draft(scene.cast.ravi, filed, note="Short, as they like it.")
    with viewing_as(scene.cast.olive):
        assert not Letter.objects.exists()
        events = Event.objects.filter(request=filed).count()
    done = accept(scene.cast.edgar, made)
    assert accept(scene.cast.olive, made).repeated
    with viewing_as(scene.cast.olive):
        letter = Letter.objects.get()
        assert done.decision.made == letter.public_id and letter.request == filed
        assert (letter.state, letter.kind) == ("draft", WORDS["letter"])
        assert (letter.subject, letter.body) == (WORDS["subject"], WORDS["body"])
        assert not LetterSending.objects.exists() and Event.objects.filter(request=filed).count() == events
    with viewing_as(scene.cast.ravi):
        assert not Letter.objects.exists(), "the draft is the owner's own"
    assert told(scene.cast.ravi) == [("accepted", "Short, as they like it.", True)]


def test_what_cannot_be_a_letter_of_theirs_is_refused_in_a_sentence(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, filed)
    give(scene, filed, "draft")
    for said, sentence in (
        ({"letter": "request"}, "what kind of letter"),
        ({"letter": "poem"}, "what kind of letter"),
        ({"subject": " \n "}, "a subject"),
        ({"body": "\x00"}, "says nothing yet"),
        ({"body": "x" * 60_001}, "at most 60,000"),
        ({"note": "x" * 2_001}, "2,000"),
        ({"once": ""}, "lost its key"),
    ):
        with pytest.raises(Refused, match=sentence):
            draft(scene.cast.ravi, filed, **said)
    with pytest.raises(Refused, match="your organization’s own"):
        draft(scene.cast.olive, filed)
    with pytest.raises(NotYours):
        draft(scene.cast.noor, filed)
    with viewing_as(scene.cast.ravi):
        assert not Proposal.objects.exists()


def test_the_right_to_draft_is_no_right_to_tell_what_happened(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, filed)
    right = give(scene, filed, "draft")
    of = {
        "organisation": scene.cast.harbor, "request": filed, "right": right, "partner": scene.cast.prairie,
        "stay_id": right.stay_id,
    }  # fmt: skip
    for said in (
        {"kind": "event", "what": "acknowledged", "happened_on": filed.filed_on},
        {"kind": "draft", "what": "follow_up", "text": "Dear", "in_advance": True},
        {"kind": "draft", "what": "follow_up"},
        {"kind": "document", "blob": "x"},
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), viewing_as(scene.cast.ravi):
            Proposal.objects.create(**of, **said)


def test_a_guest_drafts_and_reads_why_it_was_declined(scene: Scene, filed: RecordsRequest) -> None:
    guest_of(scene, scene.stan, scene.campaign)
    with viewing_as(scene.cast.olive):
        JointRight.objects.create(
            organisation=scene.cast.harbor, campaign=scene.campaign, guest=Guest.objects.get(), kind="draft"
        )
    made = draft(scene.stan, filed)
    decline(scene.cast.olive, made, "We wait a week.")
    page = signed_in(scene.stan).get(f"/proposals/{made.public_id}/").content.decode()
    assert "We wait a week." in page and "the time is over" in page
    with viewing_as(scene.cast.olive):
        assert not Letter.objects.exists()


def test_the_page_takes_a_letter_and_leads_to_the_draft_it_became(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, scene.campaign)
    ravi, olive = signed_in(scene.cast.ravi), signed_in(scene.cast.olive)
    form, here = f"/requests/{filed.public_id}/propose/letter/", f"/requests/{filed.public_id}/"
    assert ravi.get(form).status_code == 404 and form not in ravi.get(here).content.decode()
    give(scene, scene.campaign, "draft")
    assert form in ravi.get(here).content.decode() and olive.get(form).status_code == 404
    empty = ravi.post(form, {"once": public_id(), "letter": "", "subject": "", "body": "Kept"})
    assert empty.status_code == 400 and "Kept" in empty.content.decode()
    assert ravi.post(form, {"once": public_id(), **WORDS}).status_code == 303
    assert "Prairie Watch proposes: Follow-up: Our request of March 9" in olive.get("/inbox/").content.decode()
    with viewing_as(scene.cast.olive):
        made = Proposal.objects.get()
        version = RecordsRequest.objects.get(pk=filed.pk).ledger_version
    page = f"/proposals/{made.public_id}/"
    assert "the time is over" in olive.get(page).content.decode()
    became = olive.post(page, {"act": "accept", "seen_version": version})
    with viewing_as(scene.cast.olive):
        assert became["Location"] == f"/letters/{Letter.objects.get().public_id}/"
    assert "Nothing was sent" in olive.get(became["Location"]).content.decode()


def test_a_program_drafts_once(scene: Scene, filed: RecordsRequest) -> None:
    share(scene, filed)
    ravi, address = signed_in(scene.cast.ravi), f"/api/v1/requests/{filed.public_id}/proposals/letters/"
    assert ravi.post(address, WORDS, JSON).status_code == 403
    give(scene, filed, "draft")
    wrong = ravi.post(address, WORDS | {"letter": "request"}, JSON)
    assert wrong.status_code == 400 and "letter" in wrong.content.decode()
    for _again in range(2):
        told_ = ravi.post(address, WORDS, JSON, headers={"Idempotency-Key": "one-letter"})
        assert told_.status_code == 201
        assert (told_.json()["kind"], told_.json()["subject"]) == ("draft", WORDS["subject"])
    with viewing_as(scene.cast.ravi):
        assert Proposal.objects.count() == 1
