"""A calendar of what partners share in a coalition: their days at the level shared, dead at once with the stay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from requests_app.actions import feeds as acts
from requests_app.actions.refusals import Refused
from requests_app.models import (
    CalendarFeed,
    CoalitionMember,
    Deadline,
    Event,
    RecordsRequest,
    RequestPrivate,
    Share,
    Tier,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import PUBLIC, look_by_feed, viewing, viewing_as
from requests_app.queries import coalitions as coalition_queries
from tests import builders
from tests.accounts.scene import signed_in
from tests.feeds.conftest import events, fetch

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(cast: builders.Cast) -> Any:
    """Prairie shares a campaign with the members of a coalition that Harbor coordinates; Noor's Lake observes."""
    one: Any = cast
    one.lake = builders.organisation("Lake", cast.noor)
    one.coalition = builders.coalition(
        cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER), (cast.noor, one.lake, Tier.OBSERVER)
    )
    one.theirs = builders.campaign(cast.ravi, cast.prairie)
    one.shown, one.held = (dated(one, held_back=held) for held in (False, True))
    one.stays = {}
    with viewing_as(cast.ravi):
        one.stays = {stay.organisation_id: stay for stay in CoalitionMember.objects.all()}
        one.share = Share.objects.create(
            organisation=cast.prairie, campaign=one.theirs, grantee_kind="coalition", grantee_id=one.coalition.pk,
            stay=one.stays[cast.prairie.pk], tier=Tier.MEMBER,
        )  # fmt: skip
    return one


def dated(table: Any, **fields: Any) -> RecordsRequest:
    made = builders.bare_request(
        table.ravi, table.prairie, table.agency, campaign=table.theirs, public_title="canary-title", canary="canary",
        **fields,
    )  # fmt: skip
    soon = timezone.now().date() + dt.timedelta(days=9)
    with viewing_as(table.ravi):
        builders.deadline(made, due_on=soon, name="Answer")
        builders.deadline(made, due_on=soon, name="When records go", rule_id="destroys-on")
    return made


def feed_of(table: Any, who: Any, home: Any) -> str:
    with viewing_as(who) as viewer:
        return acts.make_feed(
            viewer=viewer, organisation=home, actor=who, subject="coalition", name="Partners", once=public_id(),
            stay=table.stays[home.pk],
        )[1]  # fmt: skip


def test_it_shows_partners_days_as_shared_and_nothing_else(table: Any) -> None:
    ours = builders.bare_request(table.olive, table.harbor, table.agency)
    with viewing_as(table.olive):
        builders.deadline(ours, due_on=timezone.now().date() + dt.timedelta(days=3), name="Ours")
    secret = feed_of(table, table.vera, table.harbor)
    found = events(secret)
    assert len(found) == 1, "held back, strategy and our own are not in it"
    text = fetch(secret).content.decode()
    assert "Prairie Watch" in text and "canary" not in text, "by whom; no titles"
    assert events(feed_of(table, table.noor, table.lake)) == {}, "not at her tier"


def test_a_share_that_ends_takes_its_days_along_at_the_next_fetch(table: Any) -> None:
    secret = feed_of(table, table.vera, table.harbor)
    with viewing_as(table.ravi):
        Share.objects.filter(pk=table.share.pk).update(revoked_at=timezone.now())
    assert events(secret) == {}


@pytest.mark.parametrize("how", ["left", "dissolved", "member", "revoked"])
def test_it_is_dead_at_once_when_the_stay_ends(table: Any, how: str) -> None:
    secret, olives = feed_of(table, table.noor, table.lake), feed_of(table, table.olive, table.harbor)
    assert fetch(secret).status_code == 200
    if how == "left":
        with viewing_as(table.noor), connection.cursor() as cursor:
            assert coalition_queries.of_leaving([table.stays[table.lake.pk]]).joint.feeds == 1
            cursor.execute("SELECT app_end_stay(%s)", [table.stays[table.lake.pk].pk])
    elif how == "dissolved":
        with viewing_as(table.olive), connection.cursor() as cursor:
            cursor.execute("SELECT app_dissolve_coalition(%s)", [table.coalition.pk])
    elif how == "revoked":
        with viewing_as(table.noor) as viewer:
            acts.revoke_feed(viewer=viewer, feed=CalendarFeed.objects.get(), actor=table.noor)
    else:
        with viewing_as(table.noor), connection.cursor() as cursor:
            cursor.execute("UPDATE requests_app_membership SET ended_at = now() WHERE person_id = %s", [table.noor.pk])
    assert fetch(secret).status_code == 404
    assert fetch(olives).status_code == (404 if how == "dissolved" else 200)
    if how == "left":
        builders.joins(table.coalition, table.olive, table.harbor, table.noor, table.lake, Tier.MEMBER)
        assert fetch(secret).status_code == 404, "coming back revives nothing"


def test_the_feed_reads_through_both_walls_no_more_than_status(table: Any) -> None:
    secret = feed_of(table, table.vera, table.harbor)
    with viewing(PUBLIC):
        found = look_by_feed(acts.digest_of(secret))
        assert found is not None
        for model in (RecordsRequest, Deadline, Event, RequestPrivate):
            wall = model.objects.filter(organisation_id=table.prairie.pk).count()
            both = model.objects.visible_to(found[0]).filter(organisation_id=table.prairie.pk).count()
            assert wall == both == (0 if model is RequestPrivate else 1), model


def test_nobody_makes_one_of_a_coalition_they_are_not_in(table: Any) -> None:
    stan = builders.person("Stan")
    outside = builders.organisation("Elsewhere", stan)
    with viewing_as(stan) as viewer, pytest.raises(Refused, match="coalition"):
        acts.make_feed(
            viewer=viewer, organisation=outside, actor=stan, subject="coalition", name="x", once="a",
            stay=table.stays[table.harbor.pk],
        )  # fmt: skip
    with viewing_as(stan), pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(
            organisation=outside, person=stan, subject="coalition", name="x", digest=b"x" * 32,
            stay=table.stays[table.harbor.pk],
        )  # fmt: skip
    page = signed_in(table.vera).get("/settings/feeds/", {"coalition": table.coalition.public_id}).content.decode()
    assert f'value="coalition:{table.coalition.public_id}" selected' in page
    assert "What partners share in a coalition" not in signed_in(stan).get("/settings/feeds/").content.decode()
