"""The two walls say the same: random shares, campaigns and hands held back; each table read by both, id by id."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from requests_app.clock.events import Kind
from requests_app.models import (
    Campaign,
    CampaignPrivate,
    Deadline,
    Event,
    EventCorrespondence,
    EventNote,
    Part,
    Person,
    PublicStandingSpan,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    StandingSpan,
)
from requests_app.models.requests import InsideQuerySet
from requests_app.models.visibility import PUBLIC, Level, Viewer, viewing, viewing_as
from tests import builders

from .declared import modules

pytestmark = pytest.mark.django_db

TABLES = [
    Campaign, CampaignPrivate, RecordsRequest, RequestPrivate, RequestCorrespondence, Part, Event, EventNote,
    EventCorrespondence, Deadline, StandingSpan, PublicStandingSpan,
    *(table for module in modules() for table in getattr(module, "TABLES", ())),
]  # fmt: skip
# Every kind: a new one that only one of the walls knows is found here.
KINDS = tuple(kind.value for kind in Kind if kind not in (Kind.sent, Kind.retracted))
LONG_AGO, LATER = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
TIMES: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"embargo_until": LATER}, {"embargo_until": LONG_AGO}, {"revoked_at": LONG_AGO},
    {"from_at": LATER}, {"from_at": LONG_AGO, "until_at": LONG_AGO + dt.timedelta(days=9)},
    {"until_at": LATER},
)  # fmt: skip


def _fill(dice: random.Random, cast: builders.Cast, owner: Person, of: Any) -> None:
    campaigns = [builders.campaign(owner, of, f"Campaign {n}") for n in range(6)]
    with viewing_as(owner):
        for one in campaigns:
            CampaignPrivate.objects.create(campaign=one, organisation=of, working_title="ours")
    requests = [
        builders.bare_request(
            owner, of, cast.agency, campaign=dice.choice([*campaigns, None]), held_back=dice.random() < 0.3
        )
        for _ in range(5)
    ]
    for made in requests:
        with viewing_as(owner):
            Part.objects.create(request=made, organisation=of, label="A1", position=0)
            for kind in dice.sample(KINDS, 7):
                row = builders.event(made, kind, sent_on=dt.date(2026, 3, 4))
                for model in (EventNote, EventCorrespondence):
                    model.objects.create(event=row, request=made, organisation=of, text=kind)
                if dice.random() < 0.3:
                    back = builders.event(made, "retracted", retracts=row)
                    EventNote.objects.create(event=back, request=made, organisation=of)
                    if dice.random() < 0.4:
                        builders.event(made, "retracted", retracts=back)
            for n, clock_owner in enumerate(("agency", "requester", "counsel", "court", "agency", "agency")):
                builders.deadline(
                    made, owner=clock_owner, clock_key=f"clock-{n}",
                    rule_id=dice.choice(("determine", "order", "invoice-by", "destroys-on")),
                    scope=dice.choice(("request", f"event:{row.uid}")),
                    paused_since=dt.date(2026, 3, 5) if dice.random() < 0.3 else None,
                    superseded_at=LONG_AGO if dice.random() < 0.3 else None,
                )  # fmt: skip
            builders.span(made)
            builders.span(made, public=True)
            for module in modules():
                if hasattr(module, "fill"):
                    module.fill(dice, made, row)
    other = cast.prairie if of == cast.harbor else cast.harbor
    for what in [*campaigns, *requests]:
        for grantee in (None, other, cast.noor, cast.omar):
            if dice.random() < 0.6:
                continue
            level = {name: dice.random() < 0.3 for name in ("correspondence", "documents", "everything")}
            when = dice.choice(TIMES)
            if grantee is None:
                builders.publish(owner, what, **(level | {"everything": False}), **when)
            else:
                builders.share_with(owner, what, grantee, **level, **when)


def _viewers(cast: builders.Cast) -> Iterator[tuple[str, Callable[[], AbstractContextManager[Viewer]]]]:
    yield "the public", lambda: viewing(PUBLIC)
    for person in (cast.olive, cast.vera, cast.ravi, cast.noor, cast.omar):
        yield person.name, lambda who=person: viewing_as(who)  # type: ignore[misc]


def _seen(rows: Any, who: Viewer) -> Any:
    """What is written for our own people is told to others only where it is asked for."""
    inside = isinstance(rows, InsideQuerySet)
    return rows.visible_to(who, at_least=Level.EVERYTHING) if inside else rows.visible_to(who)


def _all_rows(cast: builders.Cast, who: Viewer) -> dict[str, set[Any]]:
    """By `visible_to` alone: the database is told that each owner in turn looks, and hides nothing of hers."""
    found: dict[str, set[Any]] = {table.__name__: set() for table in TABLES}
    for owner in (cast.olive, cast.ravi):
        with viewing_as(owner) as told:
            for table in TABLES:
                rows = _seen(table.objects.filter(organisation_id__in=told.organisations), who)
                found[table.__name__] |= set(rows.values_list("pk", flat=True))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_each_wall_alone_shows_exactly_what_the_other_shows(db: Any, seed: int) -> None:
    dice = random.Random(seed)
    cast = builders.cast()
    _fill(dice, cast, cast.olive, cast.harbor)
    _fill(dice, cast, cast.ravi, cast.prairie)
    wrong = []
    some = 0
    for name, viewer in _viewers(cast):
        with viewer() as who:
            by_policy = {table.__name__: set(table.objects.values_list("pk", flat=True)) for table in TABLES}
            both = {
                table.__name__: set(_seen(table.objects.all(), who).values_list("pk", flat=True))
                for table in TABLES
            }
        by_queryset = _all_rows(cast, who)
        for table in TABLES:
            rows = by_policy[table.__name__]
            some += len(rows)
            if not rows == by_queryset[table.__name__] == both[table.__name__]:
                wrong.append(
                    f"{table.__name__} for {name}: only the policy {rows - by_queryset[table.__name__]}, "
                    f"only the queryset {by_queryset[table.__name__] - rows}"
                )
    assert wrong == []
    assert some > 200, "the dice must show something, or the walls agree on nothing"
