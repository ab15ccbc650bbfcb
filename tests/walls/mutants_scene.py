"""One scene in which each clause of either wall decides something: rows of every table, and everybody who looks.

Rows are laid by the superuser, past triggers, keys and checks: a wall says what a row means, whether or not another
rule lets such a row come about. Nothing of it is kept.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import connection

from requests_app.clock.events import Kind
from requests_app.models import (
    Agency,
    Campaign,
    Coalition,
    CoalitionMember,
    Deadline,
    Document,
    Event,
    Guest,
    Membership,
    Organisation,
    Person,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import (
    OPERATOR,
    PUBLIC,
    SCHEDULE,
    AsIf,
    Viewer,
    look_as,
    look_by_feed,
    look_by_token,
    organisation_viewer,
    viewing,
)
from tests import builders

from .mutants_public import Beside
from .mutants_rows import DAY, FREE, LATER, LONG_AGO

LEVELS: tuple[dict[str, bool], ...] = (
    {}, {"correspondence": True}, {"documents": True}, {"correspondence": True, "documents": True},
    {"everything": True},
)  # fmt: skip
TIMES: tuple[dict[str, Any], ...] = (
    {"until_at": LATER}, {"until_at": LONG_AGO}, {"embargo_until": LATER}, {"embargo_until": LONG_AGO},
    {"revoked_at": LONG_AGO}, {"from_at": LATER},
)  # fmt: skip
# Who signs in with which role where; "ended" is over, and the second factor is asked for in the vault.
MEMBERS = (
    ("Olive", "harbor", "owner"), ("Edgar", "harbor", "editor"), ("Vera", "harbor", "viewer"),
    ("Ina", "harbor", "owner"), ("Ed", "harbor", "ended"), ("Ravi", "prairie", "owner"), ("Lena", "lake", "owner"),
    ("Leo", "lake", "viewer"),
    ("Cora", "cove", "owner"), ("Dora", "dune", "owner"), ("Sid", "summit", "owner"), ("Mia", "mesa", "owner"),
    ("Vic", "vault", "owner"), ("Vlad", "vault", "owner"), ("Dual", "harbor", "viewer"), ("Dual", "prairie", "editor"),
    ("Both", "prairie", "viewer"), ("Both", "lake", "viewer"), ("Both", "cove", "editor"), ("Both", "summit", "viewer"),
)  # fmt: skip


class Scene(Beside):
    def __init__(self) -> None:
        super().__init__()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(FREE)
        self._people()
        self._coalitions()
        self._shares()
        self._events()
        self._special()
        self._beside()
        self._all_tables()
        with connection.cursor() as cursor:
            # By name: the catalogs that all databases share would be locked until the end.
            cursor.execute(
                "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class "
                "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
            cursor.execute(f"ANALYZE {cursor.fetchone()[0]}")
        self._look()

    # Who there is.

    def _people(self) -> None:
        alone = ("Noor", "Gina", "Gus", "Gabe", "Fay", "Omar", "Stan", "Stew")
        names = [*dict.fromkeys(one[0] for one in MEMBERS), *alone]
        self.people = {name: builders.person(name) for name in names}
        for name in ("Ina", "Gabe"):
            Person.objects.filter(pk=self.people[name].pk).update(is_active=False)
        builders.second_factor(self.people["Vic"])
        self._staff()
        founders = {home: name for name, home, _role in reversed(MEMBERS)}
        self.homes = {
            home: Organisation.objects.create(
                name=home.title(), created_by=self.people[name], requires_second_factor=home == "vault"
            )
            for home, name in founders.items()
        }
        self.homes["empty"] = Organisation.objects.create(name="Empty", created_by=self.people["Fay"])
        self.homes["void"] = Organisation.objects.create(name="Void", created_by=self.people["Ravi"])
        # Made by somebody who is no member: it is theirs no more.
        Organisation.objects.filter(pk=self.homes["lake"].pk).update(created_by=self.people["Dora"])
        self.members: dict[int, list[Person]] = defaultdict(list)
        for name, home, role in MEMBERS:
            over = {"role": "owner", "ended_at": LONG_AGO} if role == "ended" else {"role": role}
            Membership.objects.create(organisation=self.homes[home], person=self.people[name], **over)
            self.members[self.homes[home].pk].append(self.people[name])
        self.members[self.homes["empty"].pk].append(self.people["Fay"])
        self.members[self.homes["void"].pk].append(self.people["Ravi"])
        for home, email in (
            ("harbor", self.people["Noor"].email), ("harbor", self.people["Gina"].email),
            ("harbor", self.people["Gus"].email), ("harbor", self.people["Gabe"].email),
            ("harbor", self.people["Both"].email), ("prairie", self.people["Gina"].email),
            ("prairie", "nobody@prairie.example"),
        ):  # fmt: skip
            Guest.objects.create(organisation=self.homes[home], email=email)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE account_emailaddress SET verified = false WHERE user_id = %s", [self.people["Gus"].pk]
            )
            cursor.execute(
                "UPDATE account_emailaddress SET email = upper(email) WHERE user_id = %s",
                [self.people["Noor"].pk],
            )
        self.guests = {
            one.email.split("@")[0]: one for one in Guest.objects.filter(organisation=self.homes["harbor"])
        }
        self.agency = Agency.objects.first() or builders.agency()

    def _coalitions(self) -> None:
        self.coalitions = {
            # By the numbers of organizations: what is granted to one is not granted to the other.
            name: Coalition.objects.create(
                pk=home.pk, name=name.title(), dissolved_at=LONG_AGO if name == "over" else None
            )
            for name, home in zip(
                ("table", "second", "past", "over", "far"),
                (self.homes[name] for name in ("summit", "prairie", "cove", "mesa", "dune")),
                strict=True,
            )
        }
        left = {"left_at": LONG_AGO, "ended": "left"}
        stays: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
            ("table", "harbor", 3, {"coordinates": True}), ("table", "lake", 2, {}), ("table", "cove", 1, {}),
            ("table", "summit", 3, {}), ("table", "vault", 2, {"coordinates": True}), ("table", "dune", 2, left),
            ("second", "harbor", 1, {}), ("second", "summit", 3, {"coordinates": True}), ("second", "lake", 1, {}),
            ("past", "harbor", 3, {**left, "coordinates": True}), ("past", "prairie", 3, {}), ("past", "cove", 2, {}),
            ("over", "harbor", 3, {"coordinates": True}), ("over", "mesa", 3, {}), ("over", "lake", 3, {}),
            ("far", "prairie", 3, {"coordinates": True}), ("far", "lake", 3, {}), ("far", "dune", 2, left),
        )  # fmt: skip
        self.stays = {
            (coalition, home): CoalitionMember.objects.create(
                coalition=self.coalitions[coalition],
                organisation=self.homes[home],
                shown_as=home,
                tier=tier,
                **more,
            )
            for coalition, home, tier, more in stays
        }

    # What is shared.

    def _asked(self, home: str, *, deep: bool = False, **fields: Any) -> RecordsRequest:
        fields = {
            "law_id": "us-il",
            "zone": "UTC",
            "public_title": "R",
            "filed_on": DAY,
            "agency": self.agency,
            **fields,
        }
        made = RecordsRequest.objects.create(organisation=self.homes[home], **fields)
        self.requests.append(made)
        if deep:
            self.deep.append(made)
        return made

    def _campaign(self, home: str) -> Campaign:
        made = Campaign.objects.create(organisation=self.homes[home], public_title="C")
        self.campaigns.append(made)
        return made

    def _shares(self) -> None:
        def stay(of: str, tier: int, by: str = "harbor") -> dict[str, Any]:
            mine = self.stays[of, by]
            return {"grantee_kind": "coalition", "grantee_id": mine.coalition_id, "stay": mine, "tier": tier}

        def guest(name: str) -> dict[str, Any]:
            return {"grantee_kind": "guest", "grantee_id": self.guests[name].pk, "guest": self.guests[name]}

        public: dict[str, Any] = {"grantee_kind": "public"}
        partner = {"grantee_kind": "organisation", "grantee_id": self.homes["prairie"].pk}
        noor = {"grantee_kind": "person", "grantee_id": self.people["Noor"].pk}
        lake = {"grantee_kind": "organisation", "grantee_id": self.homes["lake"].pk}
        everybody: tuple[dict[str, Any], ...] = (
            public, partner, noor, lake, guest("gina"), guest("gus"), guest("gabe"), guest("noor"),
            stay("table", 1), stay("table", 2), stay("table", 3), stay("second", 1), stay("second", 3), stay("past", 1),
            stay("over", 1), {**stay("table", 1), "grantee_id": self.coalitions["far"].pk},
            {"grantee_kind": "organisation", "grantee_id": self.people["Noor"].pk},
            {"grantee_kind": "person", "grantee_id": self.homes["prairie"].pk},
            {**stay("past", 1), "grantee_id": self.coalitions["table"].pk},
            {**stay("table", 1), "grantee_kind": "person"}, {**guest("gina"), "grantee_kind": "person"},
            {**partner, "guest": self.guests["both"], "tier": 1},
            {"grantee_kind": "organisation", "grantee_id": self.coalitions["table"].pk, "tier": 1},
        )  # fmt: skip
        made: list[Share] = []

        def share(home: str, **fields: Any) -> None:
            made.append(Share(organisation=self.homes[home], **fields))

        for to in everybody:
            for level in LEVELS:
                deep = to in (public, partner) or (
                    to in (stay("table", 2), guest("gina"), noor) and "everything" in level
                )
                share("harbor", request=self._asked("harbor", deep=deep), **to, **level)
        for to in (public, partner, stay("table", 2), guest("gina")):
            for level, when in [
                *((level, {}) for level in LEVELS),
                *(({"everything": True}, when) for when in TIMES),
            ]:
                campaign = self._campaign("harbor")
                for held in (False, True):
                    self._asked("harbor", campaign=campaign, held_back=held, deep=to == public and not when)
                share("harbor", campaign=campaign, **to, **level, **when)
        for to in (public, partner, guest("gina")):
            for when in TIMES:
                share("harbor", request=self._asked("harbor"), **to, everything=True, **when)
        # By itself, held back from a campaign that is not shared; and to a partner and the public at once.
        alone = self._asked("harbor", campaign=self._campaign("harbor"), held_back=True)
        share("harbor", request=alone, **partner, everything=True)
        twice = self._asked("harbor")
        share("harbor", request=twice, **partner)
        share("harbor", request=twice, **public)
        # Somebody's own; and grants of another's, which no key would let through.
        for home in self.homes:
            campaign = self._campaign(home)
            mine = [
                self._asked(home, deep=True),
                self._asked(home, campaign=campaign, held_back=True, deep=True),
            ]
            self._asked(home, campaign=campaign)
            if home != "prairie":
                share("prairie", campaign=campaign, everything=True, **lake)
                share("prairie", campaign=campaign, everything=True, **public)
                for subject in ({"request": one} for one in mine):
                    share("prairie", **subject, **{**guest("gina"), "everything": True})
                    share("prairie", **subject, **{**partner, "everything": True})
        for home, of in (("lake", "table"), ("prairie", "far"), ("vault", "table"), ("summit", "table")):
            for level in ({}, {"everything": True}):
                share(home, request=self._asked(home), **stay(of, 1, home), **level)
        Share.objects.bulk_create(made)
        self.shares = made
        self._keep(RecordsRequest, self.requests)
        self._keep(Campaign, self.campaigns)

    def _events(self) -> None:
        made: list[Event] = []

        def event(of: RecordsRequest, kind: str, **fields: Any) -> Event:
            made.append(
                Event(organisation_id=of.organisation_id, request=of, kind=kind, sent_on=DAY, **fields)
            )
            return made[-1]

        chains: list[tuple[RecordsRequest, Event]] = []
        for one in self.requests:
            event(one, "acknowledged")
        for one in self.deep:
            for kind in Kind:
                if kind is not Kind.retracted:
                    event(one, kind.value)
            chains += [(one, event(one, "determination")), (one, event(one, "determination"))]
        Event.objects.bulk_create(made)
        done = len(made)
        taken = [event(of, "retracted", retracts=one) for of, one in chains]
        Event.objects.bulk_create(made[done:])
        done = len(made)
        for back in taken[::2]:
            event(back.request, "retracted", retracts=back)
        Event.objects.bulk_create(made[done:])
        self.events = made
        self._keep(Event, made)
        uids = {(one.request_id, one.kind): one.uid for one in made}
        Deadline.objects.bulk_create(
            self.new(Deadline, {"request": one, "scope": f"event:{uid}", "owner": "agency"})
            for one in self.deep
            # Opened by a notice, by another letter, and by a notice in another request.
            for uid in (
                uids[one.pk, "notice_sent"], uids[one.pk, "acknowledged"], uids[self.deep[0].pk, "notice_sent"]
            )
        )  # fmt: skip
        self._keep(Document, Document.objects.bulk_create(
            self.new(Document, {"request": one, "released_at": released, "withdrawn_at": withdrawn})
            for one in self.deep for released in (LONG_AGO, None) for withdrawn in (None, LONG_AGO)
        ))  # fmt: skip

    # Who looks.

    def _look(self) -> None:
        home, other = self.homes["harbor"].pk, self.homes["prairie"].pk
        stranger = Guest.objects.filter(organisation_id=other).order_by("pk").first()
        assert stranger is not None
        self.viewers: dict[str, Viewer] = {
            "the public": PUBLIC, "the schedule": SCHEDULE, "the operator": OPERATOR,
            "Harbor itself": organisation_viewer(home), "Prairie itself": organisation_viewer(other),
            "as a dissolved tier": self._as_if(home, "coalition", self.coalitions["over"].pk, 3),
            "as a tier": self._as_if(home, "coalition", self.coalitions["table"].pk, 2),
            "as another tier": self._as_if(home, "coalition", self.coalitions["second"].pk, 3),
            "as a tier that one left": self._as_if(home, "coalition", self.coalitions["past"].pk, 3),
            "as a stranger": self._as_if(home, "organisation", other),
            "as a partner": self._as_if(home, "organisation", self.homes["lake"].pk),
            "as one who left": self._as_if(home, "organisation", self.homes["dune"].pk),
            "as one of the dissolved": self._as_if(home, "organisation", self.homes["mesa"].pk),
            "as a guest": self._as_if(home, "guest", self.guests["gina"].pk),
            "as another's guest": self._as_if(home, "guest", stranger.pk),
        }  # fmt: skip
        # What the database is told alone: it decides whether such a token is worth anything.
        self.keys = {name: one.key for name, one in self.viewers.items()}
        with viewing(PUBLIC):
            for name, person in self.people.items():
                self.keys[name] = f"person:{person.pk}"
                if person.is_active:
                    self.viewers[name] = look_as(person)
            for name, token in self.tokens.items():
                self.keys[name] = f"token:{token.pk}"
                by_token = look_by_token(name.encode())
                if by_token is not None:
                    self.viewers[name] = by_token[0]
            for name, feed in self.feeds.items():
                self.keys[name] = f"feed:{feed.pk}"
                by_feed = look_by_feed(name.encode())
                if by_feed is not None:
                    self.viewers[name] = by_feed[0]

    def _as_if(self, home: int, kind: Any, of: int, tier: int = 0) -> Viewer:
        return Viewer("as-if", as_if=AsIf(home, kind, of, tier))
