"""To whom everything is shared reads drafts, notes and strategy, sends none of it, and leaves a line a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.models import (
    AuditEntry,
    CampaignPrivate,
    Letter,
    Membership,
    RequestNote,
    RequestPrivate,
    RequestRequester,
)
from requests_app.models.visibility import Level, Viewer, organisation_viewer, viewing, viewing_as
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene

pytestmark = pytest.mark.django_db
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SHOWN = ("zdraft", "zbody", "zqueued", "zstopped", "znote", "Edgar", "Vera")
HIDDEN = ("zsent", "zgone", "zprivileged", "Quillfeather", "zfirst")


@pytest.fixture
def inside(scene: Scene) -> Scene:
    cast, of = scene.cast, {"organisation": scene.cast.harbor, "request": scene.ours}
    with viewing_as(cast.olive):
        RequestRequester.objects.create(**of, name="Ottoline Quillfeather")
        for state in ("draft", "queued", "stopped", "sent", "discarded"):
            Letter.objects.create(
                **of, agency=cast.agency, kind="follow_up", state=state, edited_by=cast.edgar,
                subject=f"z{state}" if state != "discarded" else "zgone", body="zbody, for Ottoline Quillfeather",
            )  # fmt: skip
        Letter.objects.create(organisation=cast.harbor, agency=cast.agency, kind="request", subject="zfirst", body="a")
        for more in ({"text": "znote"}, {"text": "zprivileged", "privileged": True}, {"deleted_at": LONG_AGO}):
            RequestNote.objects.create(**of, author=cast.vera, **more)
    return scene


def addresses(scene: Scene) -> list[str]:
    pid = scene.ours.public_id
    page = reverse("request-inside", args=[pid])
    return [
        f"{page}?show=drafts", f"{page}?show=notes", reverse("api-inside-drafts", args=[pid]),
        reverse("api-inside-notes", args=[pid]),
    ]  # fmt: skip


def text_of(client: Any, scene: Scene) -> str:
    answers = [client.get(address) for address in addresses(scene)]
    assert [one.status_code for one in answers] == [200] * 4
    return "\n".join(one.content.decode() for one in answers)


def test_drafts_and_notes_are_read_by_page_and_by_program(inside: Scene) -> None:
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, everything=True)
    ravi = signed_in(inside.cast.ravi)
    text = text_of(ravi, inside)
    assert not [word for word in SHOWN if word not in text]
    assert not [word for word in HIDDEN if word in text]
    page = ravi.get(reverse("request", args=[inside.ours.public_id])).content.decode()
    assert "3 drafts" in page and "1 note" in page and addresses(inside)[0].partition("?")[0] in page
    drafts = ravi.get(addresses(inside)[2]).json()["items"]
    assert {one["state"] for one in drafts} == {"draft", "queued", "stopped"}
    assert all(one["body"] == "zbody, for [name withheld]" and one["by"] == "Edgar" for one in drafts)


@pytest.mark.parametrize("level", [{}, {"correspondence": True}, {"documents": True}])
def test_less_than_everything_opens_none_of_it(inside: Scene, level: dict[str, bool]) -> None:
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, **level)
    ravi = signed_in(inside.cast.ravi)
    assert [ravi.get(address).status_code for address in addresses(inside)] == [404] * 4
    with viewing_as(inside.cast.ravi):
        assert not Letter.objects.exists() and not RequestNote.objects.exists(), "the second wall says so, too"


def test_a_feed_and_the_system_itself_are_shown_none_of_it(inside: Scene) -> None:
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, everything=True)
    home = inside.cast.prairie.pk
    with viewing(organisation_viewer(home)):
        assert RequestPrivate.objects.exists(), "the grant is there"
        assert not Letter.objects.exists() and not RequestNote.objects.exists()
    for viewer in (Viewer("feed", 1, {home: "viewer"}), organisation_viewer(home)):
        with viewing_as(inside.cast.olive):
            assert not Letter.objects.visible_to(viewer, at_least=Level.EVERYTHING).exists()
            assert not RequestNote.objects.visible_to(viewer, at_least=Level.EVERYTHING).exists()


def test_a_draft_of_another_is_nobodys_to_change_send_or_list(inside: Scene) -> None:
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, everything=True)
    with viewing_as(inside.cast.ravi):
        draft = Letter.objects.get(subject="zdraft")
        assert Letter.objects.filter(pk=draft.pk).update(subject="mine") == 0
        note = RequestNote.objects.get(text="znote")
        assert RequestNote.objects.filter(pk=note.pk).update(text="mine") == 0
    ravi = signed_in(inside.cast.ravi)
    for step in ("save", "send", "discard", "paper"):
        given = {"step": step, "version": 1, "subject": "mine", "body": "mine"}
        assert ravi.post(reverse("letter", args=[draft.public_id]), given).status_code == 404
    for name in ("letter", "letter-pdf", "api-letter"):
        assert ravi.get(reverse(name, args=[draft.public_id])).status_code == 404
    listed = ravi.get(reverse("letters")).content.decode() + ravi.get(reverse("api-letters")).content.decode()
    assert "zdraft" not in listed, "a list of letters is a list of work"


def test_our_own_people_see_what_partners_read(inside: Scene) -> None:
    text = text_of(signed_in(inside.cast.vera), inside)
    assert "zdraft" in text and "znote" in text and "Quillfeather" not in text
    with viewing_as(inside.cast.olive):
        assert not AuditEntry.objects.filter(act="share.read_everything").exists()


def test_an_owner_who_looks_as_the_partner_sees_the_same(inside: Scene) -> None:
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, everything=True)
    root = f"/looks/{inside.cast.harbor.public_id}/{inside.key(inside.cast.prairie)}"
    olive = signed_in(inside.cast.olive)
    text = "\n".join(olive.get(root + address).content.decode() for address in addresses(inside))
    assert not [word for word in SHOWN if word not in text]
    assert not [word for word in HIDDEN if word in text]


def test_who_is_protected_is_named_beside_nothing(inside: Scene) -> None:
    with viewing_as(inside.cast.olive):
        Membership.objects.filter(organisation=inside.cast.harbor, person=inside.cast.vera).update(protected=True)
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, everything=True)
    text = text_of(signed_in(inside.cast.ravi), inside)
    assert "Vera" not in text and "Edgar" in text


def test_reading_it_stands_once_a_day_in_the_audit(inside: Scene) -> None:
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, everything=True)
    text_of(signed_in(inside.cast.ravi), inside)
    with viewing_as(inside.cast.olive):
        [line] = AuditEntry.objects.filter(act="share.read_everything")
        assert line.subject == f"request {inside.ours.public_id}"


def test_more_drafts_ask_no_more_queries(inside: Scene) -> None:
    builders.share_with(inside.cast.olive, inside.ours, inside.cast.prairie, everything=True)
    ravi, [page, *_] = signed_in(inside.cast.ravi), addresses(inside)

    def cost() -> int:
        with CaptureQueriesContext(connection) as said:
            assert ravi.get(page).status_code == 200
        return len(said)

    cost()
    few = cost()
    with viewing_as(inside.cast.olive):
        for _n in range(5):
            Letter.objects.create(
                organisation=inside.cast.harbor, request=inside.ours, agency=inside.cast.agency, kind="other",
                subject="again", body="again",
            )  # fmt: skip
    assert cost() == few


@pytest.mark.parametrize("level", ["documents", "everything"])
def test_the_strategy_of_a_campaign_is_read_where_everything_of_it_is_shared(scene: Scene, level: str) -> None:
    cast = scene.cast
    campaign = builders.campaign(cast.olive, cast.harbor, "Plate readers")
    with viewing_as(cast.olive):
        CampaignPrivate.objects.create(
            campaign=campaign, organisation=cast.harbor, working_title="zworking", strategy="zstrategy", lead=cast.vera
        )
    builders.share_with(cast.olive, campaign, cast.prairie, **{level: True})
    doors = [reverse(name, args=[campaign.public_id]) for name in ("campaign", "api-campaign")]
    ours = [signed_in(cast.vera).get(door).content.decode() for door in doors]
    assert all("zworking" in one and "zstrategy" in one for one in ours)
    theirs = [signed_in(cast.ravi).get(door).content.decode() for door in doors]
    found = [word in one for one in theirs for word in ("zworking", "zstrategy", "Vera")]
    assert found == [level == "everything"] * 6
    with viewing_as(cast.olive):
        lines = AuditEntry.objects.filter(act="share.read_everything").values_list("subject", flat=True)
        assert list(lines) == [f"campaign {campaign.public_id}"] * (level == "everything")
