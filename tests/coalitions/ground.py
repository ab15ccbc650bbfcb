"""The ground that every life of the world begins on, and how anybody acts there."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from requests_app.actions.refusals import Refused
from requests_app.models import (
    Campaign,
    Coalition,
    Document,
    Letter,
    Organisation,
    Person,
    PrivilegedCircle,
    RecordsRequest,
)
from requests_app.models.visibility import Viewer, viewing_as
from tests import builders

from .looking import Looking
from .rules import OWNERS, Asked, Rules

HALF = dt.timedelta(minutes=30)
"""What ends does so between two full hours, so that the seconds of a run decide nothing."""
numbers = itertools.count(1)


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
class Ground:
    """What every run begins with, and finds as it was: made once, and only looked at."""

    people: dict[str, Person] = field(default_factory=dict)
    homes: dict[str, Organisation] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    requests: dict[int, Asked] = field(default_factory=dict)
    circle: PrivilegedCircle | None = None
    looking: Looking = field(default_factory=Looking)

    @classmethod
    def lay(cls) -> Ground:
        made = cls()
        agency = builders.agency()
        for name in OWNERS:
            made.people[name] = builders.person(name.title())
            edgar = builders.person("Edgar") if name == "harbor" else None
            made.homes[name] = builders.organisation(name.title(), made.people[name], editor=edgar)
            made.people |= {"edgar": edgar} if edgar else {}
        made.people["guest"] = builders.person("Guest")
        # Two persons publish at Harbor, one at Prairie.
        Organisation.objects.filter(pk=made.homes["harbor"].pk).update(two_to_publish=True)
        made.circle = PrivilegedCircle.objects.create(organisation=made.homes["harbor"], kind="counsel", name="Counsel")
        for name, n in (("harbor", 3), ("prairie", 2)):
            made.campaigns[name] = builders.campaign(made.people[name], made.homes[name])
            for i in range(n):
                made._ask(name, agency, "" if i == 0 else name)
        return made

    def _ask(self, home: str, agency: Any, campaign: str) -> None:
        made = builders.bare_request(
            self.people[home], self.homes[home], agency, campaign=self.campaigns.get(campaign)
        )
        files = {}
        for state in ("kept", "released"):
            document = Document.objects.create(
                organisation=self.homes[home], request=made, title=state, blob=f"b{next(numbers)}", size=1,
                sha256="0" * 64,
            )  # fmt: skip
            files[document.pk] = state
            if state == "released":
                Document.objects.filter(pk=document.pk).update(released_at=dt.datetime.now(dt.UTC) + HALF)
        Letter.objects.create(
            organisation=self.homes[home], request=made, agency=agency, kind="other", subject="A draft", body="Words."
        )
        self.requests[made.pk] = Asked(home, campaign, files)

    def asked(self) -> dict[int, Asked]:
        return {pk: Asked(one.home, one.campaign, dict(one.files)) for pk, one in self.requests.items()}


class Acting:
    """Inside a transaction that is taken back afterwards."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.rules = ground, Rules(requests=ground.asked())
        self.people, self.homes = ground.people, ground.homes
        self.coalition: Coalition | None = None
        with connection.cursor() as cursor:
            # The guest has an account, and answers the mail later.
            cursor.execute(
                "UPDATE account_emailaddress SET verified = false WHERE user_id = %s", [self.people["guest"].pk]
            )

    def attempt(self, by: str, act: Callable[[Viewer], Any], *, may: bool, exactly: bool = False) -> bool:
        """Whether it was done. Nothing is done that the rules forbid; exactly: all is done that they allow."""
        try:
            with as_web(), viewing_as(self.people[by]) as viewer:
                act(viewer)
        except Refused as no:
            refused = str(no)
        else:
            assert may, f"{by} may not"
            return True
        assert not (may and exactly), f"refused to {by}: {refused}"
        return False

    def call(self, name: str, statement: str, *given: Any) -> Any:
        with as_web(), viewing_as(self.people[name]), connection.cursor() as cursor:
            cursor.execute(statement, given)
            return cursor.fetchone()[0]

    def subject(self, subject: str | int) -> Any:
        if isinstance(subject, str):
            return self.ground.campaigns[subject]
        return RecordsRequest.objects.select_related("organisation", "campaign").get(pk=subject)

    def of(self, subject: str | int) -> dict[str, Any]:
        return {"campaign": self.ground.campaigns[subject]} if isinstance(subject, str) else {"request_id": subject}

    @staticmethod
    def at(hours: int | None) -> dt.datetime | None:
        return None if hours is None else dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours) + HALF

    @staticmethod
    def settle() -> None:
        """What begins now begins before the transaction did."""
        with connection.cursor() as cursor:
            for table in ("share", "jointright"):
                cursor.execute(
                    f"UPDATE requests_app_{table} SET from_at = from_at - interval '30 minutes' "
                    "WHERE from_at > statement_timestamp() - interval '5 minutes'"
                )
