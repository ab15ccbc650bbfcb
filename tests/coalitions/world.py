"""A small world of five organizations, told twice: in the database by statements of the product, and here by rules
of a few lines. Who sees what must be the same in both, whatever happened before."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import CharField, Value

from requests_app.models import (
    ApiToken,
    Campaign,
    Coalition,
    CoalitionMember,
    Document,
    Event,
    Membership,
    Organisation,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    Share,
)
from requests_app.models.visibility import PUBLIC, Viewer, look_by_token, viewing, viewing_as
from tests import builders

NAMES = ("harbor", "prairie", "lake", "island", "outside")
LEVELS = ("status", "correspondence", "documents", "everything")
# What is looked at: a name, its table, the column of the request, how it is asked for.
SEEN: dict[str, tuple[type[Any], str]] = {
    "request": (RecordsRequest, "id"), "event": (Event, "request_id"), "letter": (RequestCorrespondence, "request_id"),
    "document": (Document, "request_id"), "private": (RequestPrivate, "request_id"),
}  # fmt: skip
_numbers = itertools.count(1)


@dataclass
class Asked:
    """A request as the rules know it."""

    home: str
    campaign: str | None
    held: bool = False


@dataclass
class Granted:
    pk: int
    home: str
    subject: tuple[str, Any]
    kind: str
    to: Any
    levels: frozenset[str]
    from_at: int
    until_at: int | None
    embargo: int | None
    tier: int = 0
    stay: int = 0
    over: bool = False


@dataclass
class Stay:
    pk: int
    name: str
    tier: int
    coordinates: bool
    live: bool = True


@contextmanager
def as_web() -> Iterator[None]:
    """The rest of the block is what the web's role may do; outside of it nobody is bound by the walls."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE foia_web")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("RESET ROLE")


@dataclass
class World:
    hour: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    homes: dict[str, Organisation] = field(default_factory=dict)
    members: set[str] = field(default_factory=lambda: set(NAMES))
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    requests: dict[int, Asked] = field(default_factory=dict)
    grants: list[Granted] = field(default_factory=list)
    coalition: Coalition | None = None
    stays: list[Stay] = field(default_factory=list)
    token: bytes | None = None

    def __post_init__(self) -> None:
        with as_web():
            agency = builders.agency()
            for name in NAMES:
                self.people[name] = builders.person(name.title())
                self.homes[name] = builders.organisation(name.title(), self.people[name])
            self.people["guest"] = builders.person("Guest")
            for name, n in (("harbor", 3), ("prairie", 2)):
                self.campaigns[name] = builders.campaign(self.people[name], self.homes[name])
                for i in range(n):
                    self._ask(name, agency, self.campaigns[name] if i else None)

    def _ask(self, name: str, agency: Any, campaign: Campaign | None) -> None:
        made = builders.bare_request(self.people[name], self.homes[name], agency, campaign=campaign)
        with viewing_as(self.people[name]):
            for _ in range(2):
                n = next(_numbers)
                document = Document.objects.create(
                    organisation=self.homes[name], request=made, title=f"d{n}", blob=f"b{n}-{made.pk}", size=1,
                    sha256="0" * 64,
                )  # fmt: skip
            # One of the two is released.
            Document.objects.filter(pk=document.pk).update(
                released_at=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
            )
        self.requests[made.pk] = Asked(name, name if campaign else None)

    # What may happen ----------------------------------------------------------------------------------

    def found(self, name: str) -> None:
        with as_web():
            self.coalition = builders.coalition(self.people[name], self.homes[name])
        self.stays = [Stay(self._stay(name), name, 3, True)]

    def join(self, name: str, tier: int) -> None:
        host = next(one for one in self.stays if one.live and one.coordinates)
        with as_web():
            builders.joins(
                self.coalition, self.people[host.name], self.homes[host.name], self.people[name],  # type: ignore[arg-type]
                self.homes[name], tier,
            )  # fmt: skip
        self.stays.append(Stay(self._stay(name), name, tier, False))

    def _stay(self, name: str) -> int:
        with as_web(), viewing_as(self.people[name]):
            return CoalitionMember.objects.live().get(organisation=self.homes[name], coalition=self.coalition).pk

    def end_stay(self, by: str, stay: Stay) -> None:
        """By its organization, by a coordinator, or by somebody who may not."""
        said = self._call(by, "SELECT app_end_stay(%s)", stay.pk)
        coordinates = any(one.live and one.coordinates and one.name == by for one in self.stays)
        last = stay.coordinates and sum(one.live and one.coordinates for one in self.stays) == 1
        may = stay.live and by in self.members and (stay.name == by or coordinates)
        assert said == ("gone" if not may else "last_coordinator" if last else "left" if stay.name == by else "removed")
        if may and not last:
            self._ended(stay)

    def set_stay(self, by: str, stay: Stay, tier: int, coordinates: bool) -> None:
        said = self._call(by, "SELECT app_set_stay(%s, %s, %s)", stay.pk, tier, coordinates)
        may = stay.live and by in self.members and any(
            one.live and one.coordinates and one.name == by for one in self.stays
        )
        last = stay.coordinates and not coordinates and sum(one.live and one.coordinates for one in self.stays) == 1
        assert said == ("gone" if not may else "last_coordinator" if last else "done")
        if may and not last:
            stay.tier, stay.coordinates = tier, coordinates

    def dissolve(self, by: str) -> None:
        assert self.coalition is not None
        may = by in self.members and any(one.live and one.coordinates and one.name == by for one in self.stays)
        assert self._call(by, "SELECT app_dissolve_coalition(%s)", self.coalition.pk) is may
        if may:
            for stay in self.stays:
                if stay.live:
                    self._ended(stay)
            self.coalition = None

    def _ended(self, stay: Stay) -> None:
        stay.live = stay.coordinates = False
        for grant in self.grants:
            if grant.stay == stay.pk:
                grant.over = True

    def grant(
        self, home: str, subject: tuple[str, Any], kind: str, to: Any, levels: frozenset[str], tier: int,
        lasts: int | None, embargo: int | None,
    ) -> None:  # fmt: skip
        """Twice to the same is refused by a key of the database, and is no step here."""
        stay = next((one for one in self.stays if one.live and one.name == home), None)
        if kind == "coalition" and stay is None:
            return
        if kind == "public":
            levels = levels - {"everything"}
        same = (home, subject, kind, to, tier if kind == "coalition" else 0)
        if any(not g.over and (g.home, g.subject, g.kind, g.to, g.tier) == same for g in self.grants):
            return
        now = dt.datetime.now(dt.UTC)
        ids = {"organisation": lambda: self.homes[to].pk, "person": lambda: self.people[to].pk, "public": lambda: None,
               "coalition": lambda: self.coalition.pk}  # type: ignore[union-attr]  # fmt: skip
        of = {"request_id": subject[1]} if subject[0] == "request" else {"campaign": self.campaigns[subject[1]]}
        hours = {
            "from_at": now - dt.timedelta(minutes=30),
            "until_at": now + dt.timedelta(hours=lasts, minutes=30) if lasts is not None else None,
            "embargo_until": now + dt.timedelta(hours=embargo, minutes=30) if embargo is not None else None,
        }
        with as_web(), viewing_as(self.people[home]):
            made = Share.objects.create(
                organisation=self.homes[home], grantee_kind=kind, grantee_id=ids[kind](),
                stay_id=stay.pk if kind == "coalition" and stay else None, tier=tier if kind == "coalition" else None,
                **{name: name in levels for name in LEVELS[1:]}, **of, **hours,
            )  # fmt: skip
        self.grants.append(Granted(
            made.pk, home, subject, kind, to, levels, self.hour,
            self.hour + lasts + 1 if lasts is not None else None,
            self.hour + embargo + 1 if embargo is not None else None,
            tier if kind == "coalition" else 0, stay.pk if kind == "coalition" and stay else 0,
        ))  # fmt: skip

    def revoke(self, grant: Granted) -> None:
        with as_web(), viewing_as(self.people[grant.home]):
            Share.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=dt.datetime.now(dt.UTC))
        grant.over = True

    def hold(self, pk: int, held: bool) -> None:
        one = self.requests[pk]
        with as_web(), viewing_as(self.people[one.home]):
            assert RecordsRequest.objects.filter(pk=pk).update(held_back=held)
        one.held = held

    def move_out(self, pk: int, campaign: bool) -> None:
        one = self.requests[pk]
        with as_web(), viewing_as(self.people[one.home]):
            to = self.campaigns[one.home] if campaign else None
            assert RecordsRequest.objects.filter(pk=pk).update(campaign=to)
        one.campaign = one.home if campaign else None

    def pass_hours(self, hours: int) -> None:
        self.hour += hours
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE requests_app_share SET from_at = from_at - make_interval(hours => %(h)s), "
                "until_at = until_at - make_interval(hours => %(h)s), "
                "embargo_until = embargo_until - make_interval(hours => %(h)s)",
                {"h": hours},
            )

    def leave(self, name: str, back: bool) -> None:
        """Whoever owns an organization is closed out of it, and let in again."""
        Membership.objects.filter(organisation=self.homes[name]).update(
            ended_at=None if back else dt.datetime.now(dt.UTC)
        )
        (self.members.add if back else self.members.discard)(name)
        if name == "prairie" and not back:
            self.token = None

    def rotate_token(self) -> None:
        """A program of Prairie's."""
        secret = f"secret-{next(_numbers)}".encode()
        if "prairie" not in self.members:
            return
        with as_web(), viewing_as(self.people["prairie"]):
            ApiToken.objects.filter(revoked_at=None).update(revoked_at=dt.datetime.now(dt.UTC))
            ApiToken.objects.create(
                organisation=self.homes["prairie"], person=self.people["prairie"], name="t", start="s", scope="read",
                digest=hashlib.sha256(secret).digest(), expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=9),
            )  # fmt: skip
        self.token = secret

    def _call(self, name: str, statement: str, *given: Any) -> Any:
        with as_web(), viewing_as(self.people[name]), connection.cursor() as cursor:
            cursor.execute(statement, given)
            return cursor.fetchone()[0]

    # Who sees what, by the rules ----------------------------------------------------------------------

    def expected(self, viewer: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {name: [] for name in SEEN}
        for pk, one in self.requests.items():
            own = viewer == one.home and viewer in self.members
            grants = [grant for grant in self.grants if self._live(grant) and self._reaches(grant, viewer)]
            over = [grant for grant in grants if self._covers(grant, pk, one)]
            levels = {level for grant in over for level in grant.levels}
            partners = {level for grant in over if grant.kind != "public" for level in grant.levels}
            everything = own or "everything" in partners
            if own or over:
                found["request"].append(pk)
                found["event"].append(pk)
            if everything or "correspondence" in levels:
                found["letter"].append(pk)
            if everything:
                found["private"].append(pk)
                found["document"] += [pk, pk]
            elif "documents" in levels:
                found["document"].append(pk)
        return found

    def _live(self, grant: Granted) -> bool:
        return (
            not grant.over
            and (grant.until_at is None or self.hour < grant.until_at)
            and (grant.embargo is None or self.hour >= grant.embargo)
        )

    def _reaches(self, grant: Granted, viewer: str) -> bool:
        home = "prairie" if viewer == "token" else viewer
        match grant.kind:
            case "public":
                return True
            case "person":
                return viewer == grant.to
            case "organisation":
                return home == grant.to and home in self.members
        return home in self.members and any(
            stay.live and stay.name == home and stay.tier >= grant.tier for stay in self.stays
        )

    def _covers(self, grant: Granted, pk: int, one: Asked) -> bool:
        if grant.subject[0] == "request":
            return bool(grant.subject[1] == pk)
        return grant.subject[1] == one.campaign and not one.held

    # Who sees what, by either wall --------------------------------------------------------------------

    def viewers(self) -> list[str]:
        return ["public", *NAMES, "guest", *(["token"] if self.token else [])]

    def check(self, *names: str) -> None:
        for name in names or self.viewers():
            wanted = self.expected("prairie" if name == "token" else name) if name != "token" else self._of_token()
            with self._looking(name) as viewer:
                with as_web():
                    by_wall = _rows(model._default_manager.all() for model, _ in SEEN.values())
                by_policy = _rows(model._default_manager.visible_to(viewer) for model, _ in SEEN.values())
            for told, what in ((by_wall, "the walls"), (by_policy, "the policy")):
                assert told == wanted, f"{what}, for {name}"

    def _of_token(self) -> dict[str, list[int]]:
        """Prairie's program reads what Prairie reads; a grant to the person behind it is not the program's."""
        return self.expected("prairie")

    @contextmanager
    def _looking(self, name: str) -> Iterator[Viewer]:
        if name == "public":
            with viewing(PUBLIC) as viewer:
                yield viewer
        elif name == "token":
            with viewing(PUBLIC):
                found = look_by_token(hashlib.sha256(self.token or b"").digest())
                assert found is not None
                yield found[0]
        else:
            with viewing_as(self.people[name]) as viewer:
                yield viewer


def _rows(querysets: Any) -> dict[str, list[int]]:
    """In one statement."""
    first, *others = [
        rows.order_by().annotate(what=Value(name, output_field=CharField())).values_list("what", column)
        for rows, (name, (_, column)) in zip(querysets, SEEN.items(), strict=True)
    ]
    found: dict[str, list[int]] = {name: [] for name in SEEN}
    for name, pk in first.union(*others, all=True):
        found[name].append(pk)
    return {name: sorted(ids) for name, ids in found.items()}
