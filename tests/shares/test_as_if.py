"""Looking as somebody else: what Harbor shared with them, by either wall, nothing else, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from requests_app.actions.share_board import Wish
from requests_app.models import (
    Campaign,
    CoalitionMember,
    Event,
    EventCorrespondence,
    Membership,
    Organisation,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    Share,
    ShareNote,
)
from requests_app.models.visibility import AsIf, Viewer, looking_as_if, viewing_as
from requests_app.queries import share_board
from requests_app.queries.share_board import LEVELS
from tests import builders

from .conftest import Scene
from .test_board import settle

pytestmark = pytest.mark.django_db
CONTENT = (RecordsRequest, Campaign, Event, RequestCorrespondence, EventCorrespondence, RequestPrivate)


def rows(viewer: Viewer) -> dict[str, set[int]]:
    found = {}
    for table in CONTENT:
        both = set(table.objects.visible_to(viewer).values_list("pk", flat=True))
        assert both == set(table.objects.values_list("pk", flat=True)), table
        found[table.__name__] = both
    return found


def as_if(scene: Scene, key: str) -> dict[str, set[int]]:
    with viewing_as(scene.cast.olive) as owner:
        one = share_board.grantee(owner, scene.cast.harbor.pk, key)
        assert one is not None
        with looking_as_if(owner, scene.cast.harbor.pk, one.as_if(scene.cast.harbor.pk)) as viewer:
            found = rows(viewer)
        assert RecordsRequest.objects.filter(pk=scene.ours.pk).exists(), "the owner looks again"
    return found


def as_they(person: Person) -> dict[str, set[int]]:
    with viewing_as(person) as viewer:
        return rows(viewer)


@pytest.mark.parametrize("level", [code for code in LEVELS if code])
@pytest.mark.parametrize("to", ["partner", "tier"])
def test_it_shows_what_they_get(scene: Scene, level: str, to: str) -> None:
    prairie = scene.key(scene.cast.prairie)
    settle(scene, Wish(prairie if to == "partner" else scene.tier(2), LEVELS[level]))
    theirs = as_they(scene.cast.ravi)
    assert theirs["RecordsRequest"] == {scene.ours.pk}
    assert as_if(scene, prairie) == theirs
    assert as_if(scene, scene.tier(1))["RecordsRequest"] == set()
    assert bool(as_if(scene, scene.tier(3))["RecordsRequest"]) is (to == "tier")
    assert as_if(scene, "public")["RecordsRequest"] == set()


def test_what_others_share_with_a_partner_is_not_the_owners_to_see(scene: Scene) -> None:
    theirs = builders.bare_request(scene.cast.ravi, scene.cast.prairie, scene.agency)
    with viewing_as(scene.cast.noor):
        lake_stay = CoalitionMember.objects.get(organisation=scene.lake)
    lakes = builders.bare_request(scene.cast.noor, scene.lake, scene.agency)
    builders.share_with(scene.cast.noor, lakes, scene.cast.prairie, everything=True)
    with viewing_as(scene.cast.noor):
        Share.objects.create(
            organisation=scene.lake, request=lakes, grantee_kind="coalition", grantee_id=scene.table.pk,
            stay=lake_stay, tier=2,
        )  # fmt: skip
    assert as_they(scene.cast.ravi)["RecordsRequest"] == {theirs.pk, lakes.pk}
    assert as_if(scene, scene.key(scene.cast.prairie))["RecordsRequest"] == set()
    assert as_if(scene, scene.tier(3))["RecordsRequest"] == set()


def test_nothing_of_the_owners_is_left_in_the_eye(scene: Scene) -> None:
    settle(scene, Wish(scene.key(scene.cast.prairie), LEVELS["status"]))
    with viewing_as(scene.cast.olive) as owner:
        one = share_board.grantee(owner, scene.cast.harbor.pk, scene.key(scene.cast.prairie))
        assert one is not None
        with looking_as_if(owner, scene.cast.harbor.pk, one.as_if(scene.cast.harbor.pk)) as viewer:
            for table in (Organisation, Membership, ShareNote, RequestPrivate):
                assert not table.objects.exists(), table
            named = CoalitionMember.objects.visible_to(viewer)
            assert [row.shown_as for row in named] == ["Harbor Rights Clinic"]
            assert not CoalitionMember.objects.filter(organisation=scene.lake).exists()


def test_it_never_writes(scene: Scene) -> None:
    with viewing_as(scene.cast.olive) as owner:
        with (
            looking_as_if(owner, scene.cast.harbor.pk, None),
            pytest.raises(DatabaseError, match="read-only"),
            transaction.atomic(),
        ):
            Person.objects.filter(pk=scene.stan.pk).update(name="Changed")
        Person.objects.filter(pk=scene.cast.olive.pk).update(name="Olive still writes")


@pytest.mark.parametrize("who", ["ravi", "edgar", "vera", "noor"])
def test_only_an_owner_may_and_only_as_whom_they_share_with(scene: Scene, who: str) -> None:
    person, harbor = getattr(scene.cast, who), scene.cast.harbor.pk

    def ask(by: Person, *given: Any) -> None:
        with viewing_as(by), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT app_look_as_if(%s, %s, %s, %s)", given)

    with pytest.raises(DatabaseError):
        ask(person, harbor, "organisation", scene.cast.prairie.pk, 0)
    prairie = AsIf(harbor, "organisation", scene.cast.prairie.pk)
    with (
        viewing_as(person) as viewer,
        pytest.raises(PermissionError),
        looking_as_if(viewer, harbor, prairie),
    ):
        raise AssertionError("it opened")
    for given in (
        ("organisation", scene.elsewhere.pk, 0), ("organisation", harbor, 0), ("guest", 1, 0),
        ("coalition", scene.table.pk, 4), ("coalition", 0, 1), ("person", person.pk, 0),
    ):  # fmt: skip
        with pytest.raises(DatabaseError):
            ask(scene.cast.olive, harbor, *given)
