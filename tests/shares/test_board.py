"""An owner decides who sees what: granted, changed, ended, in bulk and by either wall."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from requests_app.actions import share_board as acts
from requests_app.actions import shares
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.share_board import Wish
from requests_app.models import (
    AuditEntry,
    Event,
    EventCorrespondence,
    Organisation,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    Share,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries import share_board
from requests_app.queries.share_board import LEVELS, NOTHING
from tests import builders

from .conftest import Scene

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)
STATUS = LEVELS["status"]


def settle(scene: Scene, *wishes: Wish, subject: Any = None, by: Person | None = None, **more: Any) -> Any:
    person = by or scene.cast.olive
    with viewing_as(person) as viewer:
        return acts.settle(
            viewer=viewer, subject=subject or scene.campaign, wishes=wishes, actor=person, now=NOW, **more
        )


def sees(person: Person, *tables: Any) -> list[int]:
    """How many rows of each table; the policy and the walls must say the same."""
    found = []
    with viewing_as(person) as viewer:
        for table in tables or (RecordsRequest,):
            both, wall = table.objects.visible_to(viewer).count(), table.objects.count()
            assert both == wall, table
            found.append(both)
    return found


def test_a_partner_named_by_its_place_in_the_coalition_is_given_a_level_and_loses_it(scene: Scene) -> None:
    assert sees(scene.cast.ravi) == [0]
    key = scene.key(scene.cast.prairie)
    settle(scene, Wish(key, STATUS), reason="Joint release")
    assert sees(scene.cast.ravi, RecordsRequest, RequestCorrespondence, RequestPrivate) == [1, 0, 0]
    settle(scene, Wish(key, LEVELS["correspondence"]))
    assert sees(scene.cast.ravi, RequestCorrespondence, EventCorrespondence, RequestPrivate) == [1, 1, 0]
    settle(scene, Wish(key, LEVELS["everything"]))
    assert sees(scene.cast.ravi, RequestPrivate) == [1]
    with viewing_as(scene.cast.olive):
        [share] = Share.objects.all()
        assert (share.note.reason, share.note.granted_to) == ("Joint release", "Prairie Watch")
    settle(scene, Wish(key, NOTHING))
    assert sees(scene.cast.ravi, RecordsRequest, Event) == [0, 0]
    assert sees(scene.stan) == [0]


def test_a_tier_reaches_itself_and_those_above(scene: Scene) -> None:
    settle(scene, Wish(scene.tier(2), STATUS))
    assert (sees(scene.cast.ravi), sees(scene.cast.noor)) == ([1], [0])
    settle(scene, Wish(scene.tier(1), STATUS))
    assert (sees(scene.cast.ravi), sees(scene.cast.noor), sees(scene.stan)) == ([1], [1], [0])


def test_a_guest_looks_by_a_confirmed_address_alone_and_until_the_day(scene: Scene) -> None:
    stan = scene.stan
    with viewing_as(scene.cast.olive) as viewer:
        acts.share_with_guest(
            viewer=viewer, subject=scene.ours, email=" Counsel@Example.org ", level=LEVELS["both"],
            until=NOW + dt.timedelta(days=30), actor=scene.cast.olive, now=NOW,
        )  # fmt: skip
    assert sees(stan) == [0]
    address = EmailAddress.objects.create(user=stan, email="Counsel@example.org", verified=False)
    assert sees(stan) == [0]
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    assert sees(stan, RecordsRequest, RequestCorrespondence, EventCorrespondence, RequestPrivate) == [
        1,
        1,
        1,
        0,
    ]
    with viewing_as(scene.cast.olive):
        Share.objects.update(from_at=NOW - dt.timedelta(days=3), until_at=NOW - dt.timedelta(days=2))
    assert sees(stan) == [0]


@pytest.mark.parametrize(
    ("days", "code"), [(None, "guest_until_missing"), (-1, "until_past"), (92, "guest_too_long")]
)
def test_a_guest_has_an_end_within_ninety_days(scene: Scene, days: int | None, code: str) -> None:
    until = NOW + dt.timedelta(days=days) if days is not None else None
    with viewing_as(scene.cast.olive) as viewer, pytest.raises(Refused) as refused:
        acts.share_with_guest(
            viewer=viewer, subject=scene.ours, email="c@example.org", level=STATUS, until=until,
            actor=scene.cast.olive, now=NOW,
        )  # fmt: skip
    assert refused.value.code == code


def test_naming_a_guest_says_the_same_whether_or_not_there_is_an_account(scene: Scene) -> None:
    def asked(email: str) -> tuple[int, str]:
        with viewing_as(scene.cast.olive) as viewer, CaptureQueriesContext(connection) as queries:
            made = acts.share_with_guest(
                viewer=viewer, subject=scene.ours, email=email, level=STATUS, until=NOW + dt.timedelta(days=5),
                actor=scene.cast.olive, now=NOW,
            )  # fmt: skip
        return len(queries), made.kind

    assert asked(scene.stan.email) == asked("nobody-at-all@example.org")


def test_a_change_is_no_second_row_and_a_grant_that_ran_out_makes_room(scene: Scene) -> None:
    key = scene.key(scene.cast.prairie)
    settle(scene, Wish(key, LEVELS["documents"], NOW + dt.timedelta(days=2)))
    settle(scene, Wish(key, STATUS, NOW + dt.timedelta(days=9)))
    with viewing_as(scene.cast.olive):
        [share] = Share.objects.all()
        assert (share.documents, share.until_at) == (False, NOW + dt.timedelta(days=9))
        Share.objects.update(from_at=NOW - dt.timedelta(days=3), until_at=NOW - dt.timedelta(days=2))
    settle(scene, Wish(key, STATUS))
    with viewing_as(scene.cast.olive) as viewer:
        assert Share.objects.filter(revoked_at=None).count() == 1
        assert share_board.ended(viewer, scene.campaign, now=NOW).count() == 1
        assert sorted(AuditEntry.objects.values_list("act", flat=True)).count("share.changed") == 1


@pytest.mark.parametrize(
    ("case", "code"),
    [("self", "self_grant"), ("outside", "grantee_unknown"), ("past", "until_past"),
     ("public", "not_to_the_public"), ("twice", "named_twice"), ("stale", "changed_meanwhile")],
)  # fmt: skip
def test_what_is_refused_is_said_and_changes_nothing(scene: Scene, case: str, code: str) -> None:
    prairie = scene.key(scene.cast.prairie)
    wishes = {
        "self": [Wish(prairie, STATUS), Wish(scene.key(scene.cast.harbor), STATUS)],
        "outside": [Wish("o-zzzzzzzzzzzz", STATUS)],
        "past": [Wish(prairie, STATUS, NOW - dt.timedelta(days=1))],
        "public": [Wish("public", LEVELS["everything"])],
        "twice": [Wish(prairie, STATUS), Wish(prairie, NOTHING)],
        "stale": [Wish(prairie, STATUS)],
    }[case]
    with pytest.raises(Refused) as refused:
        settle(scene, *wishes, seen="another" if case == "stale" else "")
    assert refused.value.code == code
    with viewing_as(scene.cast.olive):
        assert not Share.objects.exists()


def test_nobody_grants_on_anothers_request_and_what_is_shared_is_not_shared_on(scene: Scene) -> None:
    settle(scene, Wish(scene.key(scene.cast.prairie), LEVELS["everything"]))
    with pytest.raises(NotYours):
        settle(scene, Wish("public", STATUS), by=scene.cast.ravi)
    with pytest.raises(Refused) as refused:
        settle(scene, Wish("public", STATUS), by=scene.cast.edgar)
    assert refused.value.code == "owners_only"
    with viewing_as(scene.cast.ravi), pytest.raises(DatabaseError), transaction.atomic():
        Share.objects.create(organisation=scene.cast.harbor, campaign=scene.campaign, grantee_kind="public")
    with viewing_as(scene.cast.ravi), pytest.raises(DatabaseError), transaction.atomic():
        Share.objects.create(organisation=scene.cast.prairie, request=scene.ours, grantee_kind="public")


def test_the_preview_tells_of_everybody_whose_sight_changes(scene: Scene) -> None:
    prairie = scene.key(scene.cast.prairie)
    settle(scene, Wish(prairie, LEVELS["correspondence"]))
    with viewing_as(scene.cast.olive) as viewer:
        told = acts.preview(
            viewer=viewer, subject=scene.campaign, wishes=[Wish(scene.tier(2), LEVELS["documents"])], now=NOW
        )
        by_key = {change.grantee.key: change for change in told.changes}
        assert set(by_key) == {scene.tier(2), scene.tier(3), prairie}
        assert (by_key[prairie].sees.code, by_key[prairie].then_sees.code) == ("correspondence", "both")
        assert not by_key[prairie].of_grant
        assert Share.objects.count() == 1


def test_the_board_of_a_request_knows_what_comes_through_its_campaign(scene: Scene) -> None:
    prairie = scene.key(scene.cast.prairie)
    settle(scene, Wish(prairie, LEVELS["correspondence"]))
    with viewing_as(scene.cast.olive) as viewer:
        line = share_board.load(viewer, scene.ours, now=NOW).line(prairie)
        assert line is not None and (line.given, line.sees.code) == (NOTHING, "correspondence")
        shares.hold_back(viewer=viewer, records_request=scene.ours, actor=scene.cast.olive)
        line = share_board.load(viewer, scene.ours, now=NOW).line(prairie)
        assert line is not None and line.sees == NOTHING
    assert sees(scene.cast.ravi) == [0]


def test_the_board_costs_the_same_for_one_partner_and_for_many(scene: Scene) -> None:
    def cost() -> int:
        with viewing_as(scene.cast.olive) as viewer, CaptureQueriesContext(connection) as queries:
            share_board.load(viewer, scene.ours, now=NOW)
        return len(queries)

    few = cost()
    for n in range(4):
        person = builders.person(f"Partner{n}")
        joining: Organisation = builders.organisation(f"Partner {n}", person)
        builders.joins(scene.table, scene.cast.olive, scene.cast.harbor, person, joining, 2)
        settle(scene, Wish(scene.key(joining), STATUS), subject=scene.ours)
    assert cost() == few
