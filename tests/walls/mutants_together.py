"""Rows of which several columns decide together, and the tokens and feeds that look for somebody."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.db import connection
from django.utils import timezone

from requests_app.models import (
    ApiToken,
    AuditEntry,
    CalendarFeed,
    CircleMember,
    Coalition,
    CoalitionMember,
    CommentAuthor,
    Document,
    Guest,
    IdempotencyKey,
    JointCampaign,
    JointPart,
    JointRight,
    KitOffer,
    ModelLetter,
    NoteMention,
    NoteVersion,
    PartnerComment,
    PartnerTask,
    PrivateComment,
    PrivilegedCircle,
    Proposal,
    ProposalAuthor,
    ProposalDecision,
    PublicComment,
    RecordsRequest,
    RequestNote,
    Share,
)

from .mutants_rows import LATER, LONG_AGO, WORDS, Rows


class Together(Rows):
    guests: dict[str, Guest]
    coalitions: dict[str, Coalition]
    stays: dict[tuple[str, str], CoalitionMember]
    shares: list[Share]

    # Rights, comments, offers, efforts.

    def _special(self) -> None:
        any_of, dice = self.dice.choice, self.dice
        homes, people = list(self.homes.values()), list(self.people.values())
        guests, stays = list(Guest.objects.all()), list(self.stays.values())
        circles = PrivilegedCircle.objects.bulk_create(
            self.new(PrivilegedCircle, {"organisation": one, "name": "Counsel"})
            for one in homes
            for _ in range(3)
        )
        self._keep(PrivilegedCircle, circles)
        self._add(CircleMember, (
            {"organisation_id": one.organisation_id, "circle": one, "ended_at": over, **who}
            for one in circles for over in (None, LONG_AGO)
            for who in ({"person": any_of(people)}, {"guest": any_of(guests)},
                        {"person": any_of(self.members[one.organisation_id])})
        ))  # fmt: skip
        harbors = [one for one in circles if one.organisation_id == self.homes["harbor"].pk]
        # Two who were named and are named no more, two who were members, and guests of either kind.
        self._add(CircleMember, (
            {"organisation_id": one.organisation_id, "circle": one, **who}
            for one, who in zip(itertools.cycle(harbors), (
                {"person": self.people["Vera"], "ended_at": LONG_AGO}, {"person": self.people["Ed"]},
                {"person": self.people["Ravi"]}, {"guest": self.guests["gina"]}, {"person": self.people["Dual"]},
                {"guest": self.guests["gus"]}, {"guest": self.guests["gabe"]}, {"guest": self.guests["noor"]},
                {"guest": self.guests["gina"], "ended_at": LONG_AGO},
            ))
        ))  # fmt: skip
        subjects = [{"request": one} for one in self.requests] + [{"campaign": one} for one in self.campaigns]
        rights = []
        for share in self.shares:
            if share.grantee_kind in ("public", "person"):
                continue
            to: dict[str, Any] = {"partner": any_of(homes)}
            if share.guest is not None:
                to = {"guest": share.guest}
            elif share.stay is not None:
                inside = [one for one in stays if one.coalition_id == share.stay.coalition_id]
                to = {"partner_id": any_of(inside).organisation_id, "stay": share.stay}
            elif any(one.pk == share.grantee_id for one in homes):
                to = {"partner_id": share.grantee_id}
            about: dict[str, Any] = (
                {"request": share.request} if share.request else {"campaign": share.campaign}
            )
            under = [one for one in self.requests if share.campaign and one.campaign_id == share.campaign_id]
            for when in (
                {},
                any_of(
                    [
                        {},
                        {"until_at": LATER},
                        {"until_at": LONG_AGO},
                        {"revoked_at": LONG_AGO},
                        {"from_at": LATER},
                    ]
                ),
            ):
                for subject in [about, *({"request": one} for one in under)]:
                    rights.append({"organisation_id": share.organisation_id, **subject, **to, **when})
        for share in self.shares:
            if share.request is not None and share.revoked_at is None:
                for to in (
                    {"partner": any_of(homes)},
                    {"partner": self.homes["lake"]},
                    {"guest": any_of(guests)},
                    {"guest": self.guests["both"]},
                ):
                    rights.append({"organisation_id": share.organisation_id, "request": share.request, **to})
        for _ in range(120):
            to = any_of([{"partner": any_of(homes)}, {"guest": any_of(guests)}])
            rights.append(
                {
                    "organisation": any_of(homes),
                    **any_of(subjects),
                    **to,
                    "stay": any_of([None, any_of(stays)]),
                }
            )
        for one in rights:
            one["kind"] = (
                "comment"
                if dice.random() < 0.6
                else any_of(["upload", "draft", "log_event", "propose_event"])
            )
        given = self._add(JointRight, rights)
        self._offered(given)
        said = []
        for right in given:
            row: dict[str, Any] = {
                "organisation_id": right.organisation_id, "request": right.request, "campaign": right.campaign,
                "said_by_id": right.partner_id, "guest": right.guest, "stay": right.stay, "right": right,
            }  # fmt: skip
            if dice.random() < 0.35:
                row[any_of(["organisation", "guest", "stay", "said_by"])] = None
                row["organisation_id"] = row.pop("organisation", None) or any_of(homes).pk
            said.append(row)
        for _ in range(60):
            home = any_of(homes)
            said.append(
                {"organisation": home, "said_by": any_of([home, home, any_of(homes)]), **any_of(subjects)}
            )
        for one in [*self.deep, *self.campaigns]:
            about = {"request": one} if isinstance(one, RecordsRequest) else {"campaign": one}
            for over in ({}, {"superseded_at": LONG_AGO}, {"withdrawn_at": LONG_AGO}):
                said.append(
                    {
                        "organisation_id": one.organisation_id,
                        "said_by_id": one.organisation_id,
                        **about,
                        **over,
                    }
                )
        for one in self.deep:
            for over in ({"superseded_at": LONG_AGO}, {"withdrawn_at": LONG_AGO}):
                said += [{"organisation_id": one.organisation_id, "request": one, **over}] * 4
        told = self._add(PartnerComment, ({"thread": f"t{n:011d}"} | one for n, one in enumerate(said)))
        self._add(CommentAuthor, (
            {"thread": one.thread, "organisation_id": any_of([None, one.organisation_id]),
             "person": any_of([any_of(people), *self.members[one.organisation_id],
                               *(self.people[name] for name in ("Ravi", "Gina", "Noor", "Lena"))])}
            for one in told if dice.random() < 0.8
        ))  # fmt: skip
        self._add(PublicComment, (
            {"organisation_id": one.organisation_id, "thread": f"p{next(self.numbers):011d}", **over,
             **({"request": one} if isinstance(one, RecordsRequest) else {"campaign": one})}
            for one in [*self.requests, *self.campaigns]
            for over in ({}, {"superseded_at": LONG_AGO}, {"withdrawn_at": LONG_AGO})
        ))  # fmt: skip
        self._add(PrivateComment, (
            {"organisation": home, "thread": f"q{next(self.numbers):011d}", "author": author, "privileged": privileged,
             "circle": circle, "request": self.near[RecordsRequest, "organisation", home.pk]}
            for home in homes for author in (*self.members[home.pk], any_of(people)) for privileged in (False, True)
            for circle in (None, *(one for one in circles if one.organisation_id == home.pk))
        ))  # fmt: skip
        secret = [
            {"organisation": home, "privileged": privileged, "circle": circle, "author": author,
             "request": self.near[RecordsRequest, "organisation", home.pk]}
            for home in homes for privileged in (False, True) for author in (*self.members[home.pk], any_of(people))
            for circle in (None, *(one for one in circles if one.organisation_id == home.pk))
        ]  # fmt: skip
        for one in self._add(RequestNote, secret):
            for hangs in (NoteVersion, NoteMention):
                self._add(hangs, [{"organisation_id": one.organisation_id, "note": one}])
        self._add(Document, (
            {**{name: value for name, value in one.items() if name != "author"}, "privileged_by": one["author"], **over}
            for one in secret for over in ({}, {"released_at": LONG_AGO}, {"withdrawn_at": LONG_AGO})
        ))  # fmt: skip
        self._add(ModelLetter, (
            {"organisation_id": by.organisation_id, "coalition_id": by.coalition_id, "stay": by, "tier": tier, **over}
            for by in stays for tier in (1, 2, 3) for over in ({}, {"withdrawn_at": LONG_AGO})
        ))  # fmt: skip
        self._add(KitOffer, (
            {"organisation_id": by.organisation_id, "coalition_id": by.coalition_id, "stay": by, "tier": tier, **over}
            for by in stays for tier in (1, 2, 3) for over in ({}, {"withdrawn_at": LONG_AGO})
        ))  # fmt: skip
        self._add(KitOffer, (
            {"organisation_id": by.organisation_id, "coalition": other, "stay": by, "tier": 1}
            for by in stays for other in self.coalitions.values()
        ))  # fmt: skip
        tasks = []
        for share in self.shares:
            if share.grantee_kind in ("public", "guest", "person"):
                continue
            under = [one for one in self.requests if share.campaign and one.campaign_id == share.campaign_id]
            for one in [share.request] if share.request else under:
                for home in (self.homes["prairie"], self.homes["lake"], self.homes["summit"], any_of(homes)):
                    theirs = [stay for stay in stays if stay.organisation_id == home.pk] or stays
                    # Asked by who shares it, and by whose it is; by a stay that ended.
                    for stay, by in (
                        (dice.choice(theirs), share.organisation_id), (theirs[0], one.organisation_id),
                        (self.stays["table", "dune"], share.organisation_id),
                    ):  # fmt: skip
                        tasks.append(
                            {"organisation_id": by, "request": one, "partner": home, "stay": stay,
                             "home_stay": any_of(stays), "coalition_id": stay.coalition_id,
                             "state": any_of(["asked", "accepted", "done", *PartnerTask.State.values])}
                        )  # fmt: skip
        self._keep(PartnerTask, self._add(PartnerTask, tasks))
        # Offered to one coalition by a stay in another.
        self._add(ModelLetter, (
            {"organisation_id": by.organisation_id, "coalition": other, "stay": by, "tier": 1}
            for by in stays for other in self.coalitions.values()
        ))  # fmt: skip
        efforts = self._add(JointCampaign, (
            {"coalition": one, "name": "E", "closed_at": over}
            for one in self.coalitions.values() for over in (None, LONG_AGO)
        ))  # fmt: skip
        self._add(JointPart, (
            {"joint": joint, "coalition_id": by.coalition_id, "organisation_id": by.organisation_id, "stay": by,
             "campaign": campaign, "taken_out_at": over}
            for by in stays for joint in efforts if joint.coalition_id in (by.coalition_id, self.coalitions["far"].pk)
            for campaign in dice.sample([one for one in self.campaigns if one.organisation_id == by.organisation_id], 1)
            for over in (None, LONG_AGO)
        ))  # fmt: skip
        shown = [one.campaign for one in self.shares if one.campaign is not None and one.revoked_at is None]
        self._add(JointPart, (
            {"joint": joint, "coalition_id": by.coalition_id, "organisation_id": by.organisation_id, "stay": by,
             "campaign": campaign, "taken_out_at": over}
            for by in stays if by.organisation_id == self.homes["harbor"].pk for campaign in shown
            for joint in efforts if joint.coalition_id == by.coalition_id and joint.closed_at is None
            for over in (None, LONG_AGO)
        ))  # fmt: skip
        self._programs()

    def _offered(self, rights: list[JointRight]) -> None:
        """What partners and guests offered by their rights, and what became of it."""
        any_of, dice = self.dice.choice, self.dice
        homes, people = list(self.homes.values()), list(self.people.values())
        rows = []
        for right in rights:
            under = [one for one in self.requests if right.campaign and one.campaign_id == right.campaign_id]
            row: dict[str, Any] = {
                "organisation_id": right.organisation_id, "right": right, "partner_id": right.partner_id,
                "stay": right.stay, "guest": right.guest, "in_advance": dice.random() < 0.2,
                "request": right.request or (any_of(under) if under else any_of(self.requests)),
                "kind": {"upload": "document", "draft": "draft"}.get(right.kind, "event"),
            }  # fmt: skip
            if dice.random() < 0.25:
                row |= any_of([
                    {"guest": None}, {"stay": None}, {"partner_id": any_of(homes).pk}, {"kind": "draft"},
                    {"request": any_of(self.requests)}, {"organisation_id": any_of(homes).pk},
                ])  # fmt: skip
            rows.append(row)
        for one in self._add(Proposal, rows):
            home = one.organisation_id if dice.random() < 0.8 else any_of(homes).pk
            state = any_of(ProposalDecision.State.values)
            self._add(ProposalDecision, [{"proposal": one, "organisation_id": home, "state": state}])
        self._add(ProposalAuthor, (
            {"key": f"a{next(self.numbers):011d}", "organisation": home, "person": person}
            for home in (None, *homes) for person in people
        ))  # fmt: skip

    def _programs(self) -> None:
        """What looks for somebody: tokens and feeds, live and not."""
        soon = timezone.now() + dt.timedelta(days=30)
        # By the number of somebody else: what is a token's or a feed's is not that person's.
        first = [self.people[name] for name in ("Gina", "Noor", "Vera", "Olive", "Ravi", "Both")]
        others = [*first, *(one for one in self.people.values() if one not in first)]
        tokens: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
            ("reads for Lena", "Lena", "lake", "read", {}), ("writes for Lena", "Lena", "lake", "write", {}),
            ("writes for Olive", "Olive", "harbor", "write", {}), ("reads for Olive", "Olive", "harbor", "read", {}),
            ("writes for Edgar", "Edgar", "harbor", "write", {}), ("writes for Vera", "Vera", "harbor", "write", {}),
            ("expired", "Olive", "harbor", "write", {"expires_at": LONG_AGO}),
            ("revoked", "Olive", "harbor", "write", {"revoked_at": LONG_AGO}),
            ("of one who left", "Ed", "harbor", "write", {}), ("of one who is closed", "Ina", "harbor", "write", {}),
            ("without a factor", "Vlad", "vault", "write", {}), ("with a factor", "Vic", "vault", "write", {}),
            ("of one's other", "Dual", "harbor", "write", {}),
        )  # fmt: skip
        self.tokens = {
            name: ApiToken.objects.create(
                pk=other.pk, organisation=self.homes[home], person=self.people[person], name=name, start="s",
                scope=scope,
                digest=name.encode(), **{"expires_at": soon, **over},
            )
            for (name, person, home, scope, over), other in zip(tokens, others, strict=False)
        }  # fmt: skip
        feeds: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
            ("feed of Vera", "Vera", "harbor", {}), ("feed of Lena", "Lena", "lake", {}),
            ("feed of Olive", "Olive", "harbor", {}), ("feed that ended", "Olive", "harbor", {"revoked_at": LONG_AGO}),
            ("feed of one who left", "Ed", "harbor", {}), ("feed of one who is closed", "Ina", "harbor", {}),
        )  # fmt: skip
        self.feeds = {
            name: CalendarFeed.objects.create(
                pk=other.pk, organisation=self.homes[home], person=self.people[person], subject="organisation",
                name=name, digest=name.encode(), **over,
            )
            for (name, person, home, over), other in zip(feeds, others, strict=False)
        }  # fmt: skip
        with connection.cursor() as cursor:
            for model in (ApiToken, CalendarFeed):
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), 1000)", [model._meta.db_table]
                )
        homes = list(self.homes.values())
        self._add(IdempotencyKey, (
            {"person": person, "token": token, "organisations": of, "expires_at": soon, "digest": b"x"}
            for person in self.people.values()
            for token in (None, *(t for t in self.tokens.values() if t.person == person))
            for of in ([], [self.homes["harbor"].pk], [self.homes["prairie"].pk], [homes[0].pk, homes[1].pk])
        ))  # fmt: skip
        self._add(IdempotencyKey, (
            {"person": self.people["Ravi"], "token": token, "organisations": [], "expires_at": soon, "digest": b"x"}
            for token in self.tokens.values()
        ))  # fmt: skip
        self._add(AuditEntry, (
            {"organisation": home, "actor": person, "act": act}
            for home in homes for person in self.members[home.pk] for act in WORDS["AuditEntry", "act"]
        ))  # fmt: skip
