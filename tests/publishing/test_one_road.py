"""Nothing shows the public more but publishing: not the board, not a campaign, not a file, not one owner alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from requests_app.actions import bulk, documents, filing, organisations, publishing, share_board, shares
from requests_app.actions.refusals import Refused
from requests_app.actions.share_board import Wish
from requests_app.actions.shares import Grants
from requests_app.models import (
    AuditEntry,
    Document,
    InboxItem,
    Membership,
    Organisation,
    Publication,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries.share_board import LEVELS, NOTHING
from tests import builders
from tests.accounts.scene import signed_in
from tests.publishing import road
from tests.publishing.conftest import NOW, agree, look_through, propose, two

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def public(what: Any = RecordsRequest) -> int:
    with viewing(PUBLIC) as viewer:
        n = int(what.objects.visible_to(viewer).count())
        assert n == what.objects.count(), "the wall says the same"
    return n


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda problem: problem.code == code)


def settle(scene: Any, *wishes: Wish, subject: Any = None, now: dt.datetime | None = None) -> Any:
    with viewing_as(scene.olive) as viewer:
        return share_board.settle(
            viewer=viewer, subject=subject or scene.ours, wishes=wishes, actor=scene.olive,
            now=now or dt.datetime.now(dt.UTC),
        )  # fmt: skip


def share_of(scene: Any) -> Share:
    with viewing_as(scene.olive):
        return Share.objects.get(request=scene.ours, revoked_at=None)


@pytest.mark.parametrize("level", ["status", "correspondence", "documents", "both"])
def test_the_board_makes_nothing_public(scene: Any, level: str) -> None:
    for subject in (scene.ours, scene.campaign):
        with refused("publishing_first"):
            settle(scene, Wish("public", LEVELS[level]), subject=subject)
    assert public() == 0


def test_the_board_narrows_at_once_and_never_widens(scene: Any) -> None:
    soon = dt.datetime.now(dt.UTC) + 5 * DAY
    road.publish(scene.olive, scene.ours, grants=Grants(correspondence=True))
    for wider in ("documents", "both"):
        with refused("publishing_first"):
            settle(scene, Wish("public", LEVELS[wider]))
    settle(scene, Wish("public", LEVELS["status"], soon))
    share = share_of(scene)
    assert (share.correspondence, share.until_at) == (False, soon)
    for wish in (
        Wish("public", LEVELS["correspondence"], soon), Wish("public", LEVELS["status"]),
        Wish("public", LEVELS["status"], soon + DAY),
    ):  # fmt: skip
        with refused("publishing_first"):
            settle(scene, wish)
    settle(scene, Wish("public", NOTHING))
    assert public() == 0


def test_the_page_and_the_api_of_the_board_say_where_to_go(scene: Any) -> None:
    olive, board = signed_in(scene.olive), reverse("request-shares", args=[scene.ours.public_id])
    shown = olive.get(board).content.decode()
    assert reverse("request-publish", args=[scene.ours.public_id]) in shown
    for step in ("preview", "save"):
        said = olive.post(board, {"step": step, "level-public": "status", "until-public": ""})
        assert said.status_code == 409 and "publishing page" in said.content.decode()
    path = f"/api/v1/requests/{scene.ours.public_id}/shares/"
    words = {"changes": [{"grantee": "public", "level": "status"}]}
    told = olive.put(path, words, content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (409, "publishing_first")
    assert public() == 0 and Client().get(reverse("request", args=[scene.ours.public_id])).status_code == 404


def test_more_is_proposed_looked_through_and_agreed_to_while_the_rest_stays_public(scene: Any) -> None:
    road.publish(scene.olive, scene.ours)
    settle(scene, Wish("public", LEVELS["status"], dt.datetime.now(dt.UTC) + 5 * DAY))
    more = propose(scene, scene.edgar, grants=Grants(documents=True))
    assert (public(), public(Document)) == (1, 0)
    with refused("not_looked_at"):
        agree(scene.olive, more)
    look_through(scene.edgar, more)
    agree(scene.olive, more)
    share = share_of(scene)
    assert (share.documents, share.until_at) == (True, None), "and the end is lifted with the same consent"
    assert (public(), public(Document)) == (1, 1)
    with viewing_as(scene.olive):
        states = sorted(Publication.objects.values_list("state", flat=True))
    assert states == ["ended", "published"]
    with refused("already_published"):
        propose(scene, scene.edgar, grants=Grants(documents=True))


def test_what_is_public_already_is_looked_through_with_what_is_added(scene: Any) -> None:
    road.publish(scene.olive, scene.ours, grants=Grants(correspondence=True))
    more = propose(scene, scene.olive, grants=Grants(documents=True))
    assert more.correspondence and more.documents


def test_a_request_held_back_from_a_public_campaign_is_published_before_it_is_taken_in(scene: Any) -> None:
    with viewing_as(scene.olive) as viewer:
        shares.hold_back(viewer=viewer, records_request=scene.ours, actor=scene.olive)
    road.publish(scene.olive, scene.campaign)
    assert public() == 0
    edit = reverse("request-edit", args=[scene.ours.public_id])
    with refused("publishing_first"), viewing_as(scene.olive) as viewer:
        shares.hold_back(viewer=viewer, records_request=scene.ours, actor=scene.olive, held=False)
    with viewing_as(scene.olive) as viewer:
        found = RecordsRequest.objects.get(pk=scene.ours.pk)
        done = bulk.act(
            viewer=viewer, organisation=scene.harbor, ids=[found.pk], actor=scene.olive, once="b", now=NOW,
            wanted=bulk.Wanted(kind="hold", held=False),
        )  # fmt: skip
    assert (done.done, done.skipped) == (0, 1)
    olive = signed_in(scene.olive)
    assert olive.post(edit, {"public_title": found.public_title}).status_code in (400, 409)
    board = reverse("campaign-shares", args=[scene.campaign.public_id])
    assert olive.post(board, {"step": "take", "request": found.public_id}).status_code == 409
    assert public() == 0
    road.publish(scene.olive, found)
    with viewing_as(scene.olive) as viewer:
        shares.hold_back(viewer=viewer, records_request=found, actor=scene.olive, held=False)
    assert public() == 1


def test_undoing_a_holding_back_shows_the_public_nothing(scene: Any) -> None:
    with viewing_as(scene.olive) as viewer:
        done = bulk.act(
            viewer=viewer, organisation=scene.harbor, ids=[scene.ours.pk], actor=scene.olive, once="b", now=NOW,
            wanted=bulk.Wanted(kind="hold", held=True),
        )  # fmt: skip
    road.publish(scene.olive, scene.campaign)
    with viewing_as(scene.olive) as viewer:
        bulk.undo(viewer=viewer, bulk=done, actor=scene.olive, now=NOW)
    assert public() == 0


def test_what_is_filed_into_a_public_campaign_is_held_back(scene: Any) -> None:
    road.publish(scene.olive, scene.campaign)
    before = public()
    with viewing_as(scene.olive) as viewer:
        made = filing.file_request(
            viewer=viewer, organisation=scene.harbor, agency=scene.agency, law_id="us-il", public_title="Later one",
            sent_on=dt.date(2026, 3, 2), received_on=dt.date(2026, 3, 2), receipt_basis="stated", channel="email",
            actor=scene.olive, once="later", today=dt.date(2026, 3, 3), campaign=scene.campaign,
        )  # fmt: skip
    assert made.held_back and public() == before


@pytest.mark.parametrize("how", ["insert", "hold", "move"])
def test_where_two_persons_publish_the_database_lets_nothing_join_a_public_campaign(scene: Any, how: str) -> None:
    two(scene)
    road.publish(scene.olive, scene.campaign, second=scene.fred)
    held = how == "hold"
    apart = builders.bare_request(
        scene.olive, scene.harbor, scene.agency, campaign=scene.campaign if held else None, held_back=held
    )

    def join() -> None:
        if how == "insert":
            builders.bare_request(scene.olive, scene.harbor, scene.agency, campaign=scene.campaign)
            return
        with transaction.atomic(), viewing_as(scene.olive):
            RecordsRequest.objects.filter(pk=apart.pk).update(
                **({"held_back": False} if held else {"campaign": scene.campaign})
            )

    with pytest.raises(IntegrityError), transaction.atomic():
        join()


def test_an_embargo_is_not_passed_by_publishing_what_stands_around_it(scene: Any) -> None:
    later = dt.datetime.now(dt.UTC) + 30 * DAY
    now = dt.datetime.now(dt.UTC)
    waits = propose(scene, scene.olive, grants=Grants(), embargo_until=later, embargo_zone="UTC", now=now)
    look_through(scene.olive, waits)
    agree(scene.olive, waits, now)
    with refused("embargoed_with"):
        road.publish(scene.olive, scene.campaign)
    assert public() == 0
    with viewing_as(scene.olive) as viewer:
        publishing.withdraw(viewer=viewer, publication=waits, actor=scene.olive)
        [open_one] = Publication.objects.open()
    agree(scene.olive, open_one)
    assert public() == 1


def released(scene: Any, who: Any, document: Document) -> bool:
    with viewing_as(who) as viewer:
        return documents.release(
            viewer=viewer, document=Document.objects.select_related("request__organisation").get(pk=document.pk),
            actor=who, looked_through=True,
        )  # fmt: skip


def test_where_two_persons_publish_a_file_of_what_is_public_takes_two(scene: Any) -> None:
    two(scene)
    road.publish(scene.olive, scene.ours, second=scene.fred, grants=Grants(documents=True))
    with viewing_as(scene.olive):
        late = Document.objects.create(
            request=scene.ours, organisation=scene.harbor, title="late.pdf", blob="b2", size=1, sha256="1" * 64
        )
    assert not released(scene, scene.olive, late)
    assert not released(scene, scene.olive, late), "the same person twice is one person"
    assert public(Document) == 1
    with viewing_as(scene.fred):
        assert InboxItem.objects.filter(person=scene.fred, source__contains=":file-").count() == 1
        Document.objects.filter(pk=late.pk).update(title="another.pdf")
    assert not released(scene, scene.fred, late), "what was looked at has changed"
    assert released(scene, scene.olive, late)
    assert public(Document) == 2


# The question of two persons ----------------------------------------------------------------------


def switch(scene: Any, who: Any, wanted: bool) -> bool:
    with viewing_as(who) as viewer:
        found = Organisation.objects.get(pk=scene.harbor.pk)
        organisations.two_persons(viewer=viewer, organisation=found, wanted=wanted, actor=who)
        return Organisation.objects.get(pk=scene.harbor.pk).two_to_publish


def test_one_owner_alone_does_not_switch_the_second_person_off(scene: Any) -> None:
    assert switch(scene, scene.olive, True)
    assert switch(scene, scene.olive, False)
    assert switch(scene, scene.olive, False), "asking twice is one owner still"
    with viewing_as(scene.fred):
        assert InboxItem.objects.filter(person=scene.fred, source__contains=":asked:").exists()
    assert not switch(scene, scene.fred, False)
    assert switch(scene, scene.fred, True)
    assert switch(scene, scene.fred, False), "what was asked before it was switched on again counts no more"


def test_what_was_asked_long_ago_or_by_who_is_no_owner_any_more_does_not_count(scene: Any) -> None:
    switch(scene, scene.olive, True)
    switch(scene, scene.olive, False)
    with viewing_as(scene.fred):
        Organisation.objects.filter(pk=scene.harbor.pk).update(one_asked_at=dt.datetime.now(dt.UTC) - 15 * DAY)
    assert switch(scene, scene.fred, False)
    gus = builders.person("Gus")
    with viewing_as(scene.olive):
        Membership.objects.create(organisation=scene.harbor, person=gus, role="owner")
        Membership.objects.filter(organisation=scene.harbor, person=scene.fred).update(role="editor")
    assert switch(scene, gus, False)


def test_an_only_owner_does_it_alone_and_every_member_is_told(scene: Any) -> None:
    with viewing_as(scene.olive):
        Membership.objects.filter(organisation=scene.harbor, person=scene.fred).update(role="editor")
    switch(scene, scene.olive, True)
    assert not switch(scene, scene.olive, False)
    for who in (scene.edgar, scene.fred, scene.vera):
        with viewing_as(who):
            assert InboxItem.objects.filter(person=who, source__contains=":off:").count() == 1
    with viewing_as(scene.olive):
        last = AuditEntry.objects.filter(act="organisation.two_to_publish").latest("pk")
    assert last.detail["alone"] == "True"


def test_the_page_and_the_api_ask_the_second_owner(scene: Any) -> None:
    olive, fred = signed_in(scene.olive), signed_in(scene.fred)
    page = reverse("organisation", args=[scene.harbor.public_id])
    path = f"/api/v1/organisations/{scene.harbor.public_id}/"
    on = {"two_to_publish": True}
    assert olive.patch(path, on, content_type="application/json").json()["two_to_publish"]
    asked = olive.post(page, {"name": "Harbor Rights Clinic"}, follow=True).content.decode()
    assert "Two persons still publish" in asked and "Olive asked that one person is enough" in asked
    told = fred.patch(path, {"two_to_publish": False}, content_type="application/json").json()
    assert (told["two_to_publish"], told["one_asked"]) == (False, False)
