"""What is shared with a coalition reaches whoever is in it now, at their tier, and nobody else; by either wall."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from requests_app.models import (
    Campaign,
    CoalitionMember,
    Event,
    EventCorrespondence,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    Share,
    Tier,
)
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
STATUS, LETTERS = (RecordsRequest, Event, Campaign), (RequestCorrespondence, EventCorrespondence)


@pytest.fixture
def scene(cast: builders.Cast) -> Any:
    """Harbor and two others in one coalition; Noor's organisation observes it, Stan's stands outside."""
    ida, stan = builders.person("Ida"), builders.person("Stan")
    lake, outside = builders.organisation("Lake Table", cast.noor), builders.organisation("Elsewhere", stan)
    island = builders.organisation("Island Press", ida)
    cast.table = builders.coalition(  # type: ignore[attr-defined]
        cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER), (cast.noor, lake, Tier.OBSERVER),
        (ida, island, Tier.STEERING),
    )  # fmt: skip
    cast.ida, cast.stan, cast.lake, cast.island, cast.outside = ida, stan, lake, island, outside  # type: ignore[attr-defined]
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)
    with viewing_as(cast.olive):
        letter = builders.event(made, "acknowledged", received_on=made.filed_on)
        EventCorrespondence.objects.create(
            event=letter, request=made, organisation=cast.harbor, text="their letter"
        )
    cast.campaign, cast.ours = campaign, made  # type: ignore[attr-defined]
    return cast


def share(scene: Any, tier: int = Tier.MEMBER, **fields: Any) -> Share:
    subject = fields.pop("subject", {"campaign": scene.campaign})
    with viewing_as(scene.olive):
        stay = CoalitionMember.objects.live().get(organisation=scene.harbor)
        made: Share = Share.objects.create(
            organisation=scene.harbor, grantee_kind="coalition", grantee_id=scene.table.pk, stay=stay, tier=tier,
            **subject, **fields,
        )  # fmt: skip
    return made


def seen(person: Person | None, *models: Any) -> dict[str, int]:
    """How many rows of Harbor's; the policy and the walls must say the same, each without the other."""
    found = {}
    with viewing(PUBLIC) if person is None else viewing_as(person) as viewer:
        for model in models:
            wall = model.objects.count()
            both = model.objects.visible_to(viewer).count()
            assert wall == both, (model.__name__, wall, both)
            found[model.__name__] = both
    return found


@pytest.mark.parametrize("tier", Tier.values)
@pytest.mark.parametrize("by", ["request", "campaign"])
def test_a_grant_reaches_its_tier_and_those_above(scene: Any, tier: int, by: str) -> None:
    share(scene, tier, subject={by: scene.ours if by == "request" else scene.campaign})
    for person, theirs in ((scene.noor, 1), (scene.ravi, 2), (scene.ida, 3)):
        n = seen(person, RecordsRequest)["RecordsRequest"]
        assert n == (1 if theirs >= tier else 0), (person, tier)
    assert seen(scene.stan, *STATUS) == {"RecordsRequest": 0, "Event": 0, "Campaign": 0}
    assert seen(None, *STATUS) == {"RecordsRequest": 0, "Event": 0, "Campaign": 0}


def test_levels_hold_for_coalitions_too(scene: Any) -> None:
    status = share(scene)
    assert seen(scene.ravi, *LETTERS, RequestPrivate) == {
        "RequestCorrespondence": 0, "EventCorrespondence": 0, "RequestPrivate": 0,
    }  # fmt: skip
    share(scene, Tier.STEERING, correspondence=True)
    assert seen(scene.ida, *LETTERS) == {"RequestCorrespondence": 1, "EventCorrespondence": 1}
    assert seen(scene.ravi, *LETTERS) == {"RequestCorrespondence": 0, "EventCorrespondence": 0}
    assert seen(scene.ravi, RecordsRequest) == {"RecordsRequest": 1}
    with viewing_as(scene.olive):
        Share.objects.filter(pk=status.pk).update(revoked_at=status.from_at)
    assert seen(scene.ravi, *STATUS) == {"RecordsRequest": 0, "Event": 0, "Campaign": 0}


def test_a_request_held_back_is_left_out_of_its_campaigns_grant(scene: Any) -> None:
    share(scene)
    with viewing_as(scene.olive):
        RecordsRequest.objects.filter(pk=scene.ours.pk).update(held_back=True)
    assert seen(scene.ravi, RecordsRequest, Event) == {"RecordsRequest": 0, "Event": 0}


@pytest.mark.parametrize("who", ["partner", "owner", "coalition"])
def test_what_was_shared_ends_with_the_stay_of_either_side(scene: Any, who: str) -> None:
    share(scene)
    assert seen(scene.ravi, RecordsRequest) == {"RecordsRequest": 1}
    ends = {"partner": (scene.ravi, scene.prairie), "owner": (scene.olive, scene.harbor)}
    if who == "coalition":
        assert call(scene.olive, "SELECT app_dissolve_coalition(%s)", scene.table.pk) is True
        assert call(scene.olive, "SELECT app_dissolve_coalition(%s)", scene.table.pk) is False
    else:
        person, organisation = ends[who]
        with viewing_as(person):
            stay = CoalitionMember.objects.live().get(organisation=organisation)
        if who == "owner":
            assert call(person, "SELECT app_end_stay(%s)", stay.pk) == "last_coordinator"
            [partner] = stays(scene.ida, scene.island)
            assert call(scene.olive, "SELECT app_set_stay(%s, 3, true)", partner) == "done"
        assert call(person, "SELECT app_end_stay(%s)", stay.pk) == "left"
        assert call(person, "SELECT app_end_stay(%s)", stay.pk) == "gone"
    assert seen(scene.ravi, *STATUS) == {"RecordsRequest": 0, "Event": 0, "Campaign": 0}


def test_who_comes_back_does_not_bring_old_grants_along(scene: Any) -> None:
    share(scene)
    [partner] = stays(scene.ida, scene.island)
    assert call(scene.olive, "SELECT app_set_stay(%s, 3, true)", partner) == "done"
    [mine] = stays(scene.olive, scene.harbor)
    assert call(scene.olive, "SELECT app_end_stay(%s)", mine) == "left"
    builders.joins(scene.table, scene.ida, scene.island, scene.olive, scene.harbor, Tier.MEMBER)
    assert seen(scene.ravi, RecordsRequest) == {"RecordsRequest": 0}


def test_a_partner_removed_by_a_coordinator_is_out_at_once(scene: Any) -> None:
    share(scene)
    [theirs] = stays(scene.ravi, scene.prairie)
    assert call(scene.stan, "SELECT app_end_stay(%s)", theirs) == "gone"
    assert call(scene.noor, "SELECT app_end_stay(%s)", theirs) == "gone", "an observer removes nobody"
    assert call(scene.olive, "SELECT app_end_stay(%s)", theirs) == "removed"
    assert seen(scene.ravi, RecordsRequest) == {"RecordsRequest": 0}
    assert seen(scene.ida, RecordsRequest) == {"RecordsRequest": 1}


def stays(person: Person, organisation: Any) -> list[int]:
    with viewing_as(person):
        return list(CoalitionMember.objects.live().filter(organisation=organisation).values_list("pk", flat=True))


def call(person: Person, statement: str, *given: Any) -> Any:
    with viewing_as(person), connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()[0]
