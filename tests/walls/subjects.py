"""The world of the whole matrix: a request of Harbor's for each level × embargo × hold, and those who look at it.

Every text column holds a word that says where it belongs: `zq07c012x55` is a text of subject 7 at level c
(correspondence), column 12, row 55. Who is answered with a word is asked whether that subject reaches them at that
level; nothing else is known about a page.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from requests_app.actions.filing import file_request
from requests_app.actions.refusals import Refused
from requests_app.actions.tokens import make_token
from requests_app.models import (
    Campaign,
    CampaignPrivate,
    Coalition,
    CoalitionMember,
    Document,
    Guest,
    JointCampaign,
    JointPart,
    Membership,
    Person,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import viewing_as
from tests import builders

from .declared import Stage, modules
from .words import say

WORD = re.compile(r"zq(\d\d)([a-z])(\d{3})", re.IGNORECASE)
LEVELS: dict[str, dict[str, bool]] = {
    "status": {},
    "correspondence": {"correspondence": True},
    "documents": {"documents": True},
    "both": {"correspondence": True, "documents": True},
    "everything": {"everything": True},
}
READS = {
    "status": "sp", "correspondence": "spcq", "documents": "spd", "both": "spcqd", "everything": "spcqde",
    "own": "spcqdeo",
}  # fmt: skip
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass
class Subject:
    """A request and the grants over it. to: "partner" (a coalition's tier and guests), "public", or nobody."""

    number: int
    request: RecordsRequest
    stage: Stage
    to: str = ""
    level: str = ""
    embargoed: bool = False
    held: bool = False
    home: str = "harbor"

    def reads(self, who: Viewing, *, of_campaign: bool = False) -> str:
        """The letters of the levels at which it reaches the viewer."""
        found = set(READS["own"]) if who.home == self.home else set()
        if not self.embargoed and (of_campaign or not self.held) and self.level:
            if self.to == "partner" and who.is_partner:
                found |= set(READS[self.level])
            elif self.to == "public":
                found |= set(READS[self.level]) - {"p", "q"}
        return "".join(sorted(found))

    def __str__(self) -> str:
        kept = " embargoed" * self.embargoed + " held back" * self.held
        return f"{self.home}'s {self.number:02d} ({self.to or 'nobody'}: {self.level or 'nothing'}{kept})"


@dataclass
class Viewing:
    """role: whose declared answers it gets where no share has a part."""

    name: str
    role: str
    person: Person | None = None
    home: str = ""
    is_partner: bool = False
    secret: str = ""


@dataclass
class World:
    cast: builders.Cast
    subjects: list[Subject] = field(default_factory=list)
    viewers: dict[str, Viewing] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    coalition: Coalition | None = None
    joint: JointCampaign | None = None

    def word(self, hit: re.Match[str]) -> str:
        number, level, column = int(hit[1]), hit[2].lower(), int(hit[3])
        where = self.columns[column] if column < len(self.columns) else "a form"
        of = next((str(one) for one in self.subjects if one.number == number), "Harbor itself")
        return f"{where} (level {level}) of {of}"


def build(admin: Any) -> World:
    """Committed rows. admin: a superuser's connection, which alone writes past the ledger's triggers."""
    cast = builders.cast()
    world = World(cast)
    lena, cora, dora = (builders.person(name) for name in ("Lena", "Cora", "Dora"))
    gina, gus = builders.person("Gina"), builders.person("Gus")
    lake, cove, dune = (
        builders.organisation(name, who) for name, who in (("Lake", lena), ("Cove", cora), ("Dune", dora))
    )
    leo = builders.person("Leo")
    with viewing_as(lena):
        Membership.objects.create(organisation=lake, person=leo, role="viewer")
    coalition = builders.coalition(cast.olive, cast.harbor, (lena, lake, 2), (cora, cove, 1), (dora, dune, 2))
    world.coalition = coalition
    base = _stage(cast, "zq99o000", ("private", "published"), {})
    numbers = itertools.count(1)
    world.subjects += [Subject(next(numbers), one, base) for one in (base.private, base.published)]
    with viewing_as(cast.olive):
        stay = CoalitionMember.objects.live().get(organisation=cast.harbor, coalition=coalition)
        guests = [Guest.objects.create(organisation=cast.harbor, email=one.email) for one in (gina, gus)]
    for to, levels in (("partner", list(LEVELS)), ("public", list(LEVELS)[:-1])):
        for level, embargoed in itertools.product(levels, (False, True)):
            n = len(world.subjects)
            stage = _stage(cast, f"zq99o000x{n}", (f"{to}-{n}", f"{to}-{n}-held"), base.rows)
            for one, held in ((stage.private, False), (stage.published, True)):
                world.subjects.append(Subject(next(numbers), one, stage, to, level, embargoed, held))
            _grant(cast, stage, to, LEVELS[level], embargoed, stay, guests, coalition)
    _effort(world, stay)
    with viewing_as(dora), connection.cursor() as cursor:
        left = CoalitionMember.objects.live().get(organisation=dune, coalition=coalition)
        cursor.execute("SELECT app_end_stay(%s)", [left.pk])
    for owner, home, name in ((lena, lake, "lake"), (cast.ravi, cast.prairie, "prairie")):
        theirs = builders.campaign(owner, home, "Theirs")
        made = builders.bare_request(owner, home, cast.agency, campaign=theirs)
        world.subjects.append(Subject(next(numbers), made, base, home=name))
    _viewers(world, lake, lena=lena, leo=leo, cora=cora, dora=dora, gina=gina, gus=gus)
    say(world, admin)
    return world


def _effort(world: World, stay: CoalitionMember) -> None:
    """Harbor puts its campaigns, shared or not, into an effort of the coalition."""
    cast = world.cast
    with viewing_as(cast.olive), connection.cursor() as cursor:
        cursor.execute("SELECT app_make_joint(%s, 'An effort', 'Who reads plates?')", [stay.coalition_id])
        world.joint = JointCampaign.objects.get(pk=cursor.fetchone()[0])
        for number, one in enumerate(world.subjects[::2]):
            assert one.request.campaign is not None
            JointPart.objects.create(
                joint=world.joint, coalition_id=stay.coalition_id, organisation=cast.harbor, stay=stay,
                campaign=one.request.campaign, ask=f"Question {number}",
            )  # fmt: skip


def _stage(cast: builders.Cast, word: str, names: tuple[str, str], rows: dict[str, Any]) -> Stage:
    """Two requests in a campaign of their own, with the rows that the declared modules make for both."""
    campaign = builders.campaign(cast.olive, cast.harbor, f"Campaign {names[0]}")
    with viewing_as(cast.olive):
        CampaignPrivate.objects.create(
            campaign=campaign, organisation=cast.harbor, working_title="w", strategy="w"
        )
        Campaign.objects.filter(pk=campaign.pk).update(public_summary="w")
    made = Stage(cast, _filed(cast, campaign, names[0]), _filed(cast, campaign, names[1]), dict(rows))
    with viewing_as(cast.olive):
        RecordsRequest.objects.filter(pk=made.published.pk).update(held_back=True)
        made.published.held_back = True
        for one in (made.private, made.published):
            builders.event(one, "acknowledged", received_on=dt.date(2026, 3, 4))
    for module in modules():
        before, kept = getattr(module, "CANARY", None), dict(made.rows)
        # The first must all stand; of the others, those that may stand twice.
        once = (DatabaseError, ObjectDoesNotExist, MultipleObjectsReturned, Refused) if rows else ()
        with suppress(*once), viewing_as(cast.olive), transaction.atomic():
            try:
                if before is not None:
                    module.CANARY = word  # type: ignore[attr-defined]
                if hasattr(module, "prepare"):
                    module.prepare(made)
                kept = dict(made.rows)
            finally:
                # A row that may stand once alone stands already: its first one is asked about.
                made.rows.clear()
                made.rows.update(kept)
                if before is not None:
                    module.CANARY = before  # type: ignore[attr-defined]
    dice = random.Random(1)
    for one in (made.private, made.published):
        with viewing_as(cast.olive):
            event = one.events.order_by("pk").last()
        for module in modules():
            if hasattr(module, "fill"):
                with suppress(DatabaseError), viewing_as(cast.olive), transaction.atomic():
                    module.fill(dice, one, event)
    with viewing_as(cast.olive):
        for number, document in enumerate(Document.objects.filter(request__campaign=campaign).order_by("pk")):
            if number % 2 == 0 or document.title != "a":
                Document.objects.filter(
                    pk=document.pk, withdrawn_at=None, released_at=None, privileged=False
                ).update(released_at=timezone.now() + dt.timedelta(seconds=1))
    return made


def _filed(cast: builders.Cast, campaign: Campaign, name: str) -> RecordsRequest:
    with viewing_as(cast.olive) as viewer:
        return file_request(
            viewer=viewer, organisation=cast.harbor, agency=cast.agency, law_id="us-il", public_title=name,
            working_title="w", letter="w", tracking_number="w", campaign=campaign,
            parts=(("A1", "Contracts"), ("A2", "Lists")), sent_on=dt.date(2026, 3, 2), channel="email",
            actor=cast.olive, once=f"filed-{name}", today=dt.date(2026, 3, 10),
        )  # fmt: skip


def _grant(
    cast: builders.Cast, stage: Stage, to: str, level: dict[str, bool], embargoed: bool, stay: Any, guests: list[Guest],
    coalition: Coalition,
) -> None:  # fmt: skip
    times: dict[str, Any] = {"embargo_until": timezone.now() + dt.timedelta(days=300)} if embargoed else {}
    of = {"organisation": cast.harbor, "campaign": stage.private.campaign, **level, **times}
    with viewing_as(cast.olive):
        if to == "public":
            Share.objects.create(grantee_kind="public", **of)
            return
        Share.objects.create(grantee_kind="coalition", grantee_id=coalition.pk, stay=stay, tier=2, **of)
        live = {"from_at": LONG_AGO, "until_at": timezone.now() + dt.timedelta(days=30)}
        for guest, until in zip(guests, (live["until_at"], LONG_AGO + dt.timedelta(days=9)), strict=True):
            Share.objects.create(
                grantee_kind="guest", grantee_id=guest.pk, guest=guest, **(of | live | {"until_at": until})
            )


def _viewers(world: World, lake: Any, **people: Person) -> None:
    cast, lena, leo, cora = world.cast, people["lena"], people["leo"], people["cora"]
    dora, gina, gus = people["dora"], people["gina"], people["gus"]

    def secret_of(person: Person, home: Any, scope: str) -> str:
        with viewing_as(person) as viewer:
            return make_token(
                viewer=viewer, organisation=home, actor=person, scope=scope, name="a program", days=30,
                now=timezone.now(), once=f"whole-{scope}-{home.pk}",
            )[1]  # fmt: skip

    found = [
        Viewing("anonymous", "public"), Viewing("of no organization", "noor", cast.noor),
        Viewing("operator", "omar", cast.omar), Viewing("stranger's owner", "ravi", cast.ravi, "prairie"),
        Viewing("our viewer", "vera", cast.vera, "harbor"), Viewing("our editor", "edgar", cast.edgar, "harbor"),
        Viewing("our owner", "olive", cast.olive, "harbor"), Viewing("partner's owner", "ravi", lena, "lake", True),
        Viewing("partner's viewer", "ravi", leo, "lake", True),
        Viewing("coalition mate", "ravi", cora, "cove"), Viewing("partner who left", "ravi", dora, "dune"),
        Viewing("guest", "noor", gina, "", True), Viewing("expired guest", "noor", gus),
        Viewing("partner's program", "ravi", None, "lake", True, secret_of(lena, lake, "read")),
        Viewing("our program", "vera", None, "harbor", False, secret_of(cast.olive, cast.harbor, "read")),
        Viewing("stranger's program", "ravi", None, "prairie", False, secret_of(cast.ravi, cast.prairie, "write")),
    ]  # fmt: skip
    world.viewers = {one.name: one for one in found}
