"""The rows that the public statistics count: after each act no row that the public cannot see, and soon again just
what a rebuild would make. The connection looks past the walls, so that nothing hides behind them."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.utils import DatabaseError

from requests_app.actions import statistics
from requests_app.actions.correspondence import record_event, retract_event
from requests_app.actions.filing import file_request
from requests_app.actions.shares import hold_back
from requests_app.models import Event, PublicFact, RecordsRequest, Share, StaleFact
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing, viewing_as
from tests import builders
from tests.coalitions.walk import past_the_walls
from tests.publishing import road

TODAY = dt.date(2026, 3, 20)
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FAR = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_once = (f"once-{n}" for n in itertools.count())


class Ground:
    def __init__(self) -> None:
        self.cast = builders.cast()
        self.campaign = builders.campaign(self.cast.olive, self.cast.harbor)
        self.made: list[RecordsRequest] = []

    def file(self, **fields: Any) -> RecordsRequest:
        with viewing_as(self.cast.olive) as viewer:
            made = file_request(
                viewer=viewer, organisation=self.cast.harbor, agency=self.cast.agency, law_id="us-il",
                public_title="Sharing lists", sent_on=dt.date(2026, 3, 2), channel="email", actor=self.cast.olive,
                once=next(_once), today=TODAY, is_sample=True, **fields,
            )  # fmt: skip
        self.made.append(made)
        return made

    def log(self, of: RecordsRequest, kind: str, on: dt.date, **fields: Any) -> None:
        with viewing_as(self.cast.olive) as viewer:
            record_event(
                viewer=viewer, records_request=of, kind=kind, actor=self.cast.olive, once=next(_once), today=TODAY,
                received_on=on, dated_on=on, **fields,
            )  # fmt: skip

    def take_back(self, of: RecordsRequest, kind: str) -> bool:
        with viewing_as(self.cast.olive) as viewer:
            event = Event.objects.filter(request=of, kind=kind, retracted_by=None).first()
            if event is not None:
                retract_event(
                    viewer=viewer, records_request=of, event=event, reason="Of another request.",
                    actor=self.cast.olive, once=next(_once), today=TODAY,
                )  # fmt: skip
        return event is not None

    def take_in(self, of: RecordsRequest) -> None:
        """Past the action, which asks for a publication of its own first."""
        with viewing_as(self.cast.olive):
            RecordsRequest.objects.filter(pk=of.pk).update(held_back=False)

    def shares(self, **changed: Any) -> None:
        with viewing_as(self.cast.olive):
            Share.objects.filter(grantee_kind="public", revoked_at=None).update(**changed)


@pytest.fixture
def ground(superuser_url: str, transactional_db: None) -> Iterator[Ground]:
    web = connections["default"]
    before = dict(web.settings_dict)
    past_the_walls(superuser_url)
    yield Ground()
    web.close()
    web.settings_dict.clear()
    web.settings_dict.update(before)


def visible() -> set[int]:
    with viewing(PUBLIC):
        return set(RecordsRequest.objects.visible_to(PUBLIC).values_list("pk", flat=True))


def counted() -> dict[int, dict[str, Any]]:
    rows = PublicFact.objects.values()
    return {row["request_id"]: row for row in rows}


def nothing_hidden() -> None:
    """Before any worker has looked."""
    assert set(counted()) <= visible()


def as_rebuilt() -> dict[int, dict[str, Any]]:
    nothing_hidden()
    statistics.refresh()
    fresh = counted()
    assert set(fresh) == visible()
    statistics.rebuild()
    assert counted() == fresh
    return fresh


def test_after_each_act_the_table_holds_what_the_public_sees_and_what_a_rebuild_makes(ground: Ground) -> None:
    cast = ground.cast
    one = ground.file(campaign=ground.campaign)
    other = ground.file()
    assert as_rebuilt() == {}

    alone = road.publish(cast.olive, other)
    assert set(as_rebuilt()) == {other.pk}
    road.publish(cast.olive, ground.campaign)
    assert set(as_rebuilt()) == {one.pk, other.pk}
    late = ground.file(campaign=ground.campaign)
    assert late.held_back, "what is filed into a public campaign waits for a look of its own"
    assert late.pk not in as_rebuilt()
    ground.take_in(late)
    assert late.pk in as_rebuilt()

    ground.log(one, "acknowledged", dt.date(2026, 3, 4))
    ground.log(one, "determined", dt.date(2026, 3, 6), outcome="denied")
    row = as_rebuilt()[one.pk]
    assert (row["acknowledged_on"], row["determined_on"]) == (dt.date(2026, 3, 4), dt.date(2026, 3, 6))
    assert row["groups"][-1] == "denied"
    assert ground.take_back(one, "determined")
    assert one.pk not in counted(), "what was taken back is counted no more, at once"
    assert as_rebuilt()[one.pk]["determined_on"] is None

    with viewing_as(cast.olive) as viewer:
        hold_back(viewer=viewer, records_request=one, actor=cast.olive)
    assert one.pk not in counted()
    assert set(as_rebuilt()) == {late.pk, other.pk}
    ground.take_in(one)
    assert one.pk in as_rebuilt()

    with viewing_as(cast.olive):
        RecordsRequest.objects.filter(pk=late.pk).update(campaign=None)
    assert late.pk not in counted()
    as_rebuilt()

    with viewing_as(cast.olive):
        Share.objects.filter(pk=alone.pk).update(revoked_at=LONG_AGO)
    assert set(counted()) == {one.pk}
    assert set(as_rebuilt()) == {one.pk}

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM requests_app_publicfact WHERE request_id = %s", [one.pk])
        cursor.execute("SET session_replication_role = origin")
    statistics.rebuild()
    assert set(counted()) == {one.pk}, "a row that was lost comes back"
    ground.shares(embargo_until=FAR)
    assert counted() == {}, "an embargo that is set again hides at once"
    assert as_rebuilt() == {}


def test_what_the_public_never_read_takes_no_number_away_and_dates_none(ground: Ground) -> None:
    one = ground.file()
    road.publish(ground.cast.olive, one)
    before = as_rebuilt()
    with viewing_as(ground.cast.olive) as viewer:
        record_event(
            viewer=viewer, records_request=one, kind="follow_up_sent", actor=ground.cast.olive, once=next(_once),
            today=TODAY, sent_on=dt.date(2026, 3, 18),
        )  # fmt: skip
    assert ground.take_back(one, "follow_up_sent")
    assert set(counted()) == {one.pk}, "a number that falls for a moment tells that something was there"
    after = as_rebuilt()[one.pk]
    assert after["groups"][-1] == before[one.pk]["groups"][-1]
    steps = {"turns": None, "groups": None}
    assert after | steps == before[one.pk] | steps

    ground.log(one, "withdrawn", dt.date(2026, 3, 10))
    with viewing_as(ground.cast.olive) as viewer:
        record_event(
            viewer=viewer, records_request=one, kind="follow_up_sent", actor=ground.cast.olive, once=next(_once),
            today=TODAY, sent_on=dt.date(2026, 3, 19),
        )  # fmt: skip
    assert as_rebuilt()[one.pk]["ended_on"] == dt.date(2026, 3, 10)


def test_a_request_that_is_deleted_takes_its_row_along(ground: Ground) -> None:
    made = builders.bare_request(ground.cast.olive, ground.cast.harbor, ground.cast.agency)
    builders.publish(ground.cast.olive, made)
    assert set(as_rebuilt()) == {made.pk}
    with connection.cursor() as cursor:
        for table in ("share", "requestprivate", "requestcorrespondence", "event", "recordsrequest"):
            name = "id" if table == "recordsrequest" else "request_id"
            cursor.execute(f"DELETE FROM requests_app_{table} WHERE {name} = %s", [made.pk])
            nothing_hidden()
    assert as_rebuilt() == {}


@pytest.mark.parametrize("name", ["until_at", "embargo_until", "from_at"])
def test_a_grant_that_begins_or_ends_by_time_alone_is_looked_at_then(ground: Ground, name: str) -> None:
    made = ground.file()
    builders.publish(ground.cast.olive, made, **{name: FAR})
    statistics.refresh()
    assert set(counted()) == visible() == ({made.pk} if name == "until_at" else set())
    assert StaleFact.objects.get(pk=made.pk).at == FAR
    assert statistics.refresh() == 0, "nothing is stale before"


def test_facts_are_the_publics_and_say_nothing_of_us(ground: Ground) -> None:
    """The agency waited for us, then granted; we asked it to hurry. None of it moves a day but the grant."""
    made = ground.file()
    road.publish(ground.cast.olive, made)
    ground.log(made, "clarification_asked", dt.date(2026, 3, 3))
    with viewing_as(ground.cast.olive) as viewer:
        record_event(
            viewer=viewer, records_request=made, kind="follow_up_sent", actor=ground.cast.olive, once=next(_once),
            today=TODAY, sent_on=dt.date(2026, 3, 5),
        )  # fmt: skip
    row = as_rebuilt()[made.pk]
    assert row["due_on"] is None, "the clock rests, and for whom is not told"
    assert set(row["groups"]) == {"pending"}
    assert (row["acknowledged_on"], row["last_on"], row["extensions"]) == (None, None, 0)


def test_any_walk_of_acts_ends_where_a_rebuild_does(ground: Ground) -> None:
    dice = random.Random()
    seed = dice.randrange(1 << 30)
    dice.seed(seed)
    cast = ground.cast
    ground.file()
    for step in range(40):
        one = dice.choice(ground.made)
        match dice.randrange(9):
            case 0:
                ground.file(campaign=dice.choice([None, ground.campaign]))
            case 1:
                ground.log(one, "acknowledged", dt.date(2026, 3, dice.randrange(3, 19)))
            case 2:
                ground.log(one, "produced", dt.date(2026, 3, dice.randrange(3, 19)), outcome="produced_in_part")
            case 3:
                ground.take_back(one, dice.choice(["acknowledged", "produced"]))
            case 4 | 5:
                what = dice.choice([one, ground.campaign])
                of = {"campaign": what} if what is ground.campaign else {"request": what}
                live = Share.objects.filter(grantee_kind="public", revoked_at=None, **of)
                if live.exists():
                    with viewing_as(cast.olive):
                        live.update(revoked_at=LONG_AGO)
                else:
                    builders.publish(cast.olive, what, **dice.choice([{}, {}, {"embargo_until": FAR}]))
            case 6:
                if RecordsRequest.objects.get(pk=one.pk).held_back:
                    ground.take_in(one)
                else:
                    with viewing_as(cast.olive) as viewer:
                        hold_back(viewer=viewer, records_request=one, actor=cast.olive)
            case 7:
                ground.shares(embargo_until=dice.choice([None, FAR]))
            case 8:
                statistics.refresh()
        nothing_hidden()
        if step % 10 == 9:
            as_rebuilt()
    assert as_rebuilt().keys() == visible(), f"seed {seed}"


@pytest.mark.django_db
def test_the_web_reads_no_row_of_a_hidden_request_and_writes_none() -> None:
    """The wall by itself: the row stands there, and the grant has ended."""
    cast = builders.cast()
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    share = builders.publish(cast.olive, made)
    statistics.refresh()
    for who in (cast.olive, cast.ravi, cast.noor):
        with viewing_as(who):
            assert PublicFact.objects.count() == 1
    with viewing_as(cast.ravi) as viewer:
        assert PublicFact.objects.visible_to(viewer).count() == 1
        assert PublicFact.objects.update(extensions=9) == 0, "only as the public, by a worker"
    with viewing_as(cast.olive):
        Share.objects.filter(pk=share.pk).update(revoked_at=LONG_AGO)
    for who in (cast.olive, cast.ravi, cast.noor):
        with viewing_as(who):
            assert PublicFact.objects.count() == 0
    for viewer, refused, statement in (
        (PUBLIC, "only the schedule", "SELECT app_take_stale_facts(10)"),
        (PUBLIC, "only the schedule", "SELECT app_all_facts_are_stale()"),
        (SCHEDULE, "permission denied", "SELECT count(*) FROM requests_app_stalefact"),
        (SCHEDULE, "permission denied", "DELETE FROM requests_app_publicfact"),
    ):
        with pytest.raises(DatabaseError, match=refused), viewing(viewer), connection.cursor() as cursor:
            cursor.execute(statement)
