"""A small world of five organizations, told twice: in the database by the acts and statements of the product, and in
`rules`. Every act is tried by people who may and by people who may not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from requests_app.actions import share_board, tokens
from requests_app.models import CoalitionMember, Membership, RecordsRequest, Share
from requests_app.models.visibility import PUBLIC, Viewer, look_as, look_by_token, tell_database, viewing_as
from requests_app.queries import share_board as board
from tests import builders

from .deeds import Deeds
from .ground import HALF, as_web
from .rules import Asked, Granted, Stay

LEVEL_NAMES = {"status": (), "correspondence": ("correspondence",), "documents": ("documents",),
               "both": ("correspondence", "documents"), "everything": ("everything",)}  # fmt: skip


class World(Deeds):
    """Inside a transaction that is taken back afterwards."""

    # Coalitions ----------------------------------------------------------------------------------------

    def found(self, name: str) -> None:
        with as_web():
            self.coalition = builders.coalition(self.people[name], self.homes[name])
        self.rules.stays.append(Stay(self._stay(name), name, 3, True))

    def join(self, name: str, tier: int) -> None:
        host = next(one for one in self.rules.here() if one.coordinates)
        assert self.coalition is not None
        with as_web():
            builders.joins(
                self.coalition, self.people[host.home], self.homes[host.home], self.people[name], self.homes[name], tier
            )
        self.rules.stays.append(Stay(self._stay(name), name, tier, False))

    def _stay(self, name: str) -> int:
        return CoalitionMember.objects.live().get(organisation=self.homes[name], coalition=self.coalition).pk

    def end_stay(self, by: str, stay: Stay) -> bool:
        """By its organization, by a coordinator, or by somebody who may not."""
        said = self.call(by, "SELECT app_end_stay(%s)", stay.pk)
        may = stay.live and (self.rules.home(by) == stay.home == by or self.rules.coordinates(by))
        last = self._is_last(stay)
        assert said == ("gone" if not may else "last_coordinator" if last else "left" if stay.home == by else "removed")
        if may and not last:
            self._ended(stay)
        return may and not last

    def set_stay(self, by: str, stay: Stay, tier: int, coordinates: bool) -> bool:
        said = self.call(by, "SELECT app_set_stay(%s, %s, %s)", stay.pk, tier, coordinates)
        may = stay.live and self.rules.coordinates(by)
        last = not coordinates and self._is_last(stay)
        assert said == ("gone" if not may else "last_coordinator" if last else "done")
        if may and not last:
            stay.tier, stay.coordinates = tier, coordinates
        return may and not last

    def _is_last(self, stay: Stay) -> bool:
        return stay.coordinates and sum(one.coordinates for one in self.rules.here()) == 1

    def dissolve(self, by: str) -> bool:
        assert self.coalition is not None
        may = self.rules.coordinates(by)
        assert self.call(by, "SELECT app_dissolve_coalition(%s)", self.coalition.pk) is may
        if may:
            for stay in self.rules.here():
                self._ended(stay)
            self.coalition = None
        return may

    def _ended(self, stay: Stay) -> None:
        """What it shared there ends; what was given to it by name stands."""
        stay.live = stay.coordinates = False
        self.rules.end([one for one in self.rules.grants if one.stay == stay.pk])

    # Shares --------------------------------------------------------------------------------------------

    def grant(
        self, subject: str | int, kind: str, to: str, levels: frozenset[str], tier: int, lasts: int | None,
        embargo: int | None,
    ) -> bool:  # fmt: skip
        """Twice to the same is refused by a key of the database, and is no step here."""
        home = self.rules.owner_of(subject)
        here = (one for one in self.rules.here() if one.home == home)
        stay = next(here, None) if kind == "coalition" else None
        tier = tier if stay else 0
        standing = [(one.subject, one.kind, one.to, one.tier) for one in self.rules.grants if not one.over]
        if (kind == "coalition" and stay is None) or (subject, kind, to, tier) in standing or home in self.rules.out:
            return False
        now, hour = dt.datetime.now(dt.UTC), self.rules.hour
        ids = {"organisation": lambda: self.homes[to].pk, "person": lambda: self.people[to].pk,
               "coalition": lambda: self.coalition.pk}  # type: ignore[union-attr]  # fmt: skip
        with as_web(), viewing_as(self.people[home]):
            made = Share.objects.create(
                organisation=self.homes[home], grantee_kind=kind, grantee_id=ids[kind](),
                stay_id=stay.pk if stay else None, tier=tier or None,
                **{name: name in levels for name in ("correspondence", "documents", "everything")},
                **self.of(subject), from_at=now - HALF, until_at=self.at(lasts), embargo_until=self.at(embargo),
            )  # fmt: skip
        self.rules.grants.append(Granted(
            made.pk, home, subject, kind, to, levels, None if lasts is None else hour + lasts + 1,
            None if embargo is None else hour + embargo + 1, tier, stay.pk if stay else 0,
        ))  # fmt: skip
        return True

    def invite_guest(self, by: str, subject: str | int, who: str, level: str, lasts: int) -> bool:
        """By the board: what stands is changed, what ran out makes room."""
        rules, until, shared = self.rules, self.at(lasts), self.subject(subject)

        def act(viewer: Viewer) -> None:
            share_board.share_with_guest(
                viewer=viewer, subject=shared, email=self.people[who].email,
                level=board.LEVELS[level], until=until, actor=self.people[by], now=dt.datetime.now(dt.UTC),
            )  # fmt: skip

        if not self.attempt(by, act, may=rules.home(by) == rules.owner_of(subject) == by):
            return False
        stands = rules.standing(subject, "guest", who)
        if stands and not rules.live(stands):
            rules.end([stands])
            stands = None
        if stands is None:
            row = Share.objects.get(**self.of(subject), guest__email=self.people[who].email, revoked_at=None)
            stands = Granted(row.pk, rules.owner_of(subject), subject, "guest", who, frozenset())
            rules.grants.append(stands)
        stands.levels, stands.until = frozenset(LEVEL_NAMES[level]), rules.hour + lasts + 1
        self.settle()
        return True

    def answer_mail(self, confirmed: bool) -> None:
        """The guest confirms the address, or loses it to somebody else."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE account_emailaddress SET verified = %s WHERE user_id = %s", [confirmed, self.people["guest"].pk]
            )
        (self.rules.confirmed.add if confirmed else self.rules.confirmed.discard)("guest")

    def revoke(self, by: str, grant: Granted) -> bool:
        share = Share.objects.select_related("request", "campaign", "organisation").get(pk=grant.pk)
        done = self.attempt(
            by, lambda viewer: share_board.end(viewer=viewer, share=share, actor=self.people[by]),
            may=self.rules.home(by) == grant.home == by,
        )  # fmt: skip
        if done:
            self.rules.end([grant])
        return done

    def hold(self, pk: int, held: bool) -> bool:
        one = self.rules.requests[pk]
        return self._write(one, held_back=held) and self._set(one, "held", held)

    def move_out(self, pk: int, campaign: bool) -> bool:
        one = self.rules.requests[pk]
        to = self.ground.campaigns[one.home] if campaign else None
        return self._write(one, campaign=to) and self._set(one, "campaign", one.home if campaign else "")

    def _write(self, one: Asked, **what: Any) -> bool:
        """Into a public campaign two persons let a request, where two persons publish: that is refused below."""
        pk = next(key for key, value in self.rules.requests.items() if value is one)
        held = what.get("held_back", one.held)
        joins = bool(what.get("campaign", one.campaign)) and not held and one.home == "harbor"
        public = self.rules.standing(one.home, "public", "")
        own = self.rules.standing(pk, "public", "")
        if joins and public and not (own and own.levels >= public.levels):
            return False
        with as_web(), viewing_as(self.people[one.home]):
            assert RecordsRequest.objects.filter(pk=pk).update(**what)
        return True

    def _set(self, one: Asked, name: str, value: Any) -> bool:
        if getattr(one, name) != value:
            self.rules.moved.add(next(key for key, asked in self.rules.requests.items() if asked is one))
        setattr(one, name, value)
        return True

    # Time, people --------------------------------------------------------------------------------------

    def pass_hours(self, hours: int) -> None:
        """The walls ask the database what time it is: it is the rows that move."""
        self.rules.hour += hours
        columns = {"share": ("from_at", "until_at", "embargo_until"), "apitoken": ("expires_at",),
                   "publication": ("embargo_until",), "jointright": ("from_at", "until_at")}  # fmt: skip
        with connection.cursor() as cursor:
            for table, names in columns.items():
                moved = ", ".join(f"{name} = {name} - make_interval(hours => {hours})" for name in names)
                cursor.execute(f"UPDATE requests_app_{table} SET {moved}")

    def leave(self, name: str, back: bool) -> None:
        """Whoever owns an organization is closed out of it, and let in again; programs made by them stay dead."""
        Membership.objects.filter(person=self.people[name]).update(
            ended_at=None if back else dt.datetime.now(dt.UTC)
        )
        (self.rules.out.discard if back else self.rules.out.add)(name)
        for one in self.rules.programs:
            one.over = one.over or one.home == name

    # Both walls ----------------------------------------------------------------------------------------

    def check(self, *names: str) -> None:
        for name in names:
            wanted = self.rules.sees(name)
            viewer = self._look(name)
            for told, what in (
                (self.ground.looking.by_walls(), "the walls"), (self.ground.looking.by_policy(viewer), "the policy")
            ):  # fmt: skip
                assert told == wanted, f"{what}, for {name}: {told}, by the rules {wanted}"
        for one in self.rules.programs:
            if not self.rules.runs(one):
                assert look_by_token(tokens.digest_of(one.secret)) is None, "a program that is over finds nobody"

    def _look(self, name: str) -> Viewer:
        if name in self.people:
            return look_as(self.people[name])
        if name == "public":
            tell_database(PUBLIC)
            return PUBLIC
        one = next(one for one in self.rules.programs if name == f"program {one.pk}")
        found = look_by_token(tokens.digest_of(one.secret))
        assert found is not None, f"{name} runs"
        assert found[0].editable == ([self.homes[one.home].pk] if one.writes else [])
        return found[0]
