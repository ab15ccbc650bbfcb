"""A right to do lets nobody see, is worth nothing without a share, and ends with the stay; by either wall."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from requests_app.actions import joint_rights as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, CoalitionMember, JointRight, Person, RecordsRequest, Share
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries import joint_rights as queries
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
JSON = "application/json"
NOW = dt.datetime.now(dt.UTC)


def share(scene: Scene, by: str = "campaign", **fields: Any) -> Share:
    return builders.share_with(
        scene.cast.olive, getattr(scene, "ours" if by == "request" else by), scene.cast.prairie, **fields
    )


def give(
    scene: Scene, subject: Any = None, key: str = "", by: Person | None = None, **given: Any
) -> JointRight:
    who = by or scene.cast.olive
    with viewing_as(who) as viewer:
        return acts.grant_right(
            viewer=viewer, subject=subject or scene.campaign, grantee=key or scene.key(scene.cast.prairie),
            kind=given.pop("kind", "comment"), actor=who, now=NOW, **given,
        )  # fmt: skip


def has(scene: Scene, person: Person | None, subject: Any) -> bool:
    """By the policy and by the wall: both must say the same."""
    with viewing(PUBLIC) if person is None else viewing_as(person) as viewer:
        found = queries.usable(viewer, subject, "comment")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM app_viewer_may('comment')")
            by_wall = cursor.fetchone()[0] > 0
        assert JointRight.objects.count() == JointRight.objects.visible_to(viewer).count()
        assert JointRight.objects.doable_by(viewer).exists() is by_wall
        return found is not None


@pytest.mark.parametrize("by", ["request", "campaign"])
def test_a_right_counts_beside_a_share_of_its_subject(scene: Scene, by: str) -> None:
    given = share(scene, by)
    give(scene, scene.campaign if by == "campaign" else scene.ours)
    assert has(scene, scene.cast.ravi, scene.ours)
    assert has(scene, scene.cast.ravi, scene.campaign) is (by == "campaign")
    assert not has(scene, scene.cast.noor, scene.ours) and not has(scene, None, scene.ours)
    with viewing_as(scene.cast.olive):
        Share.objects.filter(pk=given.pk).update(revoked_at=NOW)
    assert not has(scene, scene.cast.ravi, scene.ours)
    with viewing_as(scene.cast.ravi):
        assert not RecordsRequest.objects.exists() and not JointRight.objects.exists()


def test_a_share_with_somebody_else_does_not_wake_a_right(scene: Scene) -> None:
    """Ravi sees it as a guest, too; what Prairie was given counts only while Prairie itself sees it."""
    given = share(scene)
    give(scene)
    builders.share_with(scene.cast.olive, scene.campaign, scene.cast.ravi)
    with viewing_as(scene.cast.olive):
        Share.objects.filter(pk=given.pk).update(revoked_at=NOW)
    assert not has(scene, scene.cast.ravi, scene.campaign)


def test_a_request_held_back_is_out_of_its_campaigns_rights(scene: Scene) -> None:
    share(scene)
    share(scene, "request")
    give(scene)
    with viewing_as(scene.cast.olive):
        RecordsRequest.objects.filter(pk=scene.ours.pk).update(held_back=True)
        scene.ours.refresh_from_db()
    assert not has(scene, scene.cast.ravi, scene.ours)


@pytest.mark.parametrize("how", ["left", "removed", "dissolved", "revoked", "over"])
def test_a_right_ends_with_the_stay_by_revoking_and_in_time(scene: Scene, how: str) -> None:
    share(scene)
    right = give(scene, until=NOW + dt.timedelta(days=3))
    assert has(scene, scene.cast.ravi, scene.campaign)
    if how == "revoked":
        with viewing_as(scene.cast.olive) as viewer:
            acts.revoke_right(viewer=viewer, right=right, actor=scene.cast.olive)
            with pytest.raises(Refused, match="taken back already"):
                acts.revoke_right(viewer=viewer, right=right, actor=scene.cast.olive)
            assert AuditEntry.objects.filter(act__startswith="right.").count() == 2
    elif how == "over":
        with viewing_as(scene.cast.olive) as viewer:
            acts.revoke_right(viewer=viewer, right=right, actor=scene.cast.olive)
            JointRight.objects.create(
                organisation=scene.cast.harbor, campaign=scene.campaign, kind="comment", partner=scene.cast.prairie,
                stay=right.stay, from_at=NOW - dt.timedelta(days=2), until_at=NOW - dt.timedelta(hours=1),
            )  # fmt: skip
    else:
        who = scene.cast.ravi if how == "left" else scene.cast.olive
        with viewing_as(who), connection.cursor() as cursor:
            stay = CoalitionMember.objects.live().get(organisation=scene.cast.prairie).pk
            cursor.execute(
                "SELECT app_dissolve_coalition(%s)"
                if how == "dissolved"
                else "SELECT app_end_stay(%s)::text",
                [scene.table.pk if how == "dissolved" else stay],
            )
    assert not has(scene, scene.cast.ravi, scene.campaign)
    with viewing_as(scene.cast.olive):
        assert not JointRight.objects.live().exists()


def test_only_owners_give_and_nobody_to_themselves_or_strangers(scene: Scene) -> None:
    share(scene)
    with pytest.raises(Refused, match="Only an owner"):
        give(scene, by=scene.cast.edgar)
    with pytest.raises(NotYours):
        give(scene, by=scene.cast.ravi, key="public")
    with viewing_as(scene.cast.olive):
        own = CoalitionMember.objects.live().get(organisation=scene.cast.harbor).public_id
    for key, sentence in (
        (f"o-{own}", "all of it already"),
        ("public", "partner or a guest"),
        ("o-nobody", "partner"),
    ):
        with pytest.raises(Refused, match=sentence):
            give(scene, key=key)
    builders.publish(scene.cast.olive, scene.campaign)
    with pytest.raises(Refused, match="Share it with them first"):
        give(scene, key=scene.key(scene.lake))
    for kind, sentence in (
        ("send", "Sending stays"),
        ("publish", "Publishing stays"),
        ("erase", "Choose what"),
    ):
        with pytest.raises(Refused, match=sentence):
            give(scene, kind=kind)
    with pytest.raises(Refused, match="This day is over"):
        give(scene, until=NOW - dt.timedelta(days=1))
    give(scene)
    with pytest.raises(Refused, match="already"):
        give(scene)


def forge(who: Person, scene: Scene, fields: dict[str, Any]) -> None:
    with viewing_as(who):
        JointRight.objects.create(campaign=scene.campaign, kind="comment", **fields)
        connection.check_constraints()


def test_the_database_refuses_forged_rights(scene: Scene) -> None:
    """Past the actions: to oneself, on another's subject, by another's stay, to whom nothing is shared."""
    share(scene)
    with viewing_as(scene.cast.olive):
        stays = {one.organisation_id: one.pk for one in CoalitionMember.objects.live()}
    forged: tuple[tuple[Person, dict[str, Any]], ...] = (
        (scene.cast.ravi, {"organisation": scene.cast.harbor, "partner": scene.cast.prairie}),
        (scene.cast.ravi, {"organisation": scene.cast.prairie, "partner": scene.lake, "stay_id": stays[scene.lake.pk]}),
        (scene.cast.edgar, {"organisation": scene.cast.harbor, "partner": scene.cast.prairie}),
        (scene.cast.olive, {"organisation": scene.cast.harbor, "partner": scene.elsewhere}),
        (scene.cast.olive, {"organisation": scene.cast.harbor, "partner": scene.cast.harbor}),
        (scene.cast.olive, {
            "organisation": scene.cast.harbor, "partner": scene.cast.prairie, "stay_id": stays[scene.lake.pk],
        }),
    )  # fmt: skip
    for who, fields in forged:
        with pytest.raises((IntegrityError, ProgrammingError)):
            forge(who, scene, fields)


def test_the_board_gives_and_takes_back_a_right(scene: Scene) -> None:
    share(scene)
    olive = signed_in(scene.cast.olive)
    here = f"/campaigns/{scene.campaign.public_id}/shares/"
    assert "only read" in olive.get(here).content.decode()
    given = {
        "step": "right",
        "grantee": scene.key(scene.cast.prairie),
        "right": "comment",
        "reason": "file 7",
    }
    wrong = olive.post(here, given | {"grantee": scene.key(scene.lake)})
    assert wrong.status_code == 400 and "are not shown this by name" in wrong.content.decode()
    assert olive.post(here, given | {"until": "2020-01-01"}).status_code == 400
    assert olive.post(here, given).status_code == 303
    page = olive.get(here).content.decode()
    assert "file 7" in page and "worth nothing</span>" not in page
    with viewing_as(scene.cast.olive):
        right = JointRight.objects.get()
        Share.objects.update(revoked_at=dt.datetime.now(dt.UTC))
    assert "not shown this by name now" in olive.get(here).content.decode()
    assert (
        signed_in(scene.cast.edgar).post(here, {"step": "right-end", "right": right.public_id}).status_code
        == 404
    )
    assert olive.post(here, {"step": "right-end", "right": "another00000"}).status_code == 404
    assert olive.post(here, {"step": "right-end", "right": right.public_id}).status_code == 303
    assert not has(scene, scene.cast.ravi, scene.campaign)


@pytest.mark.parametrize("kind", ["campaign", "request"])
def test_programs_read_rights_and_people_give_them(scene: Scene, kind: str) -> None:
    share(scene, kind)
    subject = scene.campaign if kind == "campaign" else scene.ours
    here = f"/api/v1/{kind}s/{subject.public_id}/rights/"
    olive, ravi = signed_in(scene.cast.olive), signed_in(scene.cast.ravi)
    words = {"grantee": scene.key(scene.cast.prairie), "right": "comment"}
    made = olive.post(here, words, content_type=JSON)
    assert made.status_code == 201, made.content
    [row] = made.json()["items"]
    assert (row["name"], row["counts"], row["right"]) == ("Prairie Watch", True, "comment")
    refused = olive.post(here, words | {"right": "publish"}, content_type=JSON)
    assert refused.status_code == 400 and "own people look first" in refused.json()["detail"]
    for method, address in (("get", here), ("post", here), ("delete", f"{here}{row['id']}/")):
        assert (
            getattr(ravi, method)(address, words if method == "post" else "", content_type=JSON).status_code
            == 404
        )
    gone = olive.delete(f"{here}{row['id']}/", "", content_type=JSON)
    assert gone.status_code == 200 and gone.json()["items"] == []
