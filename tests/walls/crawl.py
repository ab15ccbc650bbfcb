"""One cell of the whole matrix: a route asked by somebody about one subject, and what must come back."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_app.models.visibility import viewing_as

from .declared import modules
from .subjects import WORD, Subject, Viewing, World
from .words import OURS_ALONE, STAFF

DECLARED = modules()
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    route: answers for module in DECLARED for route, answers in module.EXPECTED.items()
}
OPENS: dict[str, str] = {
    route: level for module in DECLARED for route, level in getattr(module, "OPENS", {}).items()
}
# Whoever holds such a link was written to: what it tells of the organization was told in the letter.
BY_LINK: set[str] = set().union(*(getattr(module, "BY_LINK", set()) for module in DECLARED))
# Read as the public by whoever asks: what is not published is not there, for its own people neither.
PUBLIC_ALONE: set[str] = set().union(*(getattr(module, "PUBLIC_ALONE", set()) for module in DECLARED))
# The staff closes accounts: whose they are it is told, and nothing else of an organization.
STAFF_KNOWS = "admin:requests_app_person_"
SIGNED = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|zzzzzzzzzzzz|;r=\d+;t=\d+')
OWN_ROLES = {"partner's owner": "olive", "stranger's owner": "olive", "stranger's program": "edgar"}
ID = re.compile(r"^[0-9a-z]{12}$")
NOWHERE = "zzzzzzzzzzzz"


@dataclass
class Crawl:
    """Everything one viewer is answered."""

    world: World
    who: Viewing
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    wrong: list[str] = field(default_factory=list)
    seen: dict[tuple[int, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    asked: Counter[str] = field(default_factory=Counter)
    words_only: bool = False
    _events: dict[int, Any] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _missing: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.who.person is not None:
            self.client.force_login(self.who.person, backend=settings.AUTHENTICATION_BACKENDS[0])

    # Where -------------------------------------------------------------------------------------------------

    def args(self, route: str, of: Subject) -> list[Any] | None:
        """None: the route leads to rows that this subject has none of."""
        if route == "api-not-found":
            return []
        if of.number not in self._events:
            with viewing_as({"harbor": self.world.cast.olive}.get(of.home) or self._owner(of)):
                self._events[of.number] = of.request.events.order_by("pk").last()
        for module in DECLARED:
            if route in module.EXPECTED and hasattr(module, "params"):
                try:
                    return list(module.params(of.stage, of.request, self._events[of.number]).get(route, []))
                except KeyError:
                    return None
        return []

    def _owner(self, of: Subject) -> Any:
        return next(one.person for one in self.world.viewers.values() if one.home == of.home and one.person)

    def kind(self, route: str) -> str:
        """What a route is about: a request, a campaign, or neither ("")."""
        if route not in self._kinds:
            some = [one for one in self.world.subjects if one.home == "harbor" and one.to][::2][:2]
            args, others = (self.args(route, one) or [] for one in some)
            pids = (campaign_of(some[0]), some[0].request.public_id)
            self._kinds[route] = (
                "" if args == others else "campaign" if pids[0] in args and pids[1] not in args else "request"
            )
        return self._kinds[route]

    def routes(self, *, about: bool) -> list[str]:
        return [route for route in EXPECTED if bool(self.kind(route)) is about]

    def opens(self, route: str) -> str:
        """The least level at which a share opens it; "": none does."""
        return OPENS.get(route, "s" if EXPECTED[route][1] not in (None, EXPECTED[route][0]) else "")

    # What is answered --------------------------------------------------------------------------------------

    def expected(self, route: str, of: Subject | None) -> int:
        private, published = EXPECTED[route]
        anybody = self.world.viewers["anonymous"]
        # A page knows no tokens.
        who = anybody if self.who.secret and not route.startswith("api-") else self.who
        role = who.role
        if of is None:
            # Its owner's row is declared; of what an owner alone may do, a reader is told as ours is.
            reads_only = who.name == "partner's viewer" and private[role] < 400
            return private["vera" if reads_only else role]
        if who.home == of.home:
            role = OWN_ROLES.get(who.name, role if of.home == "harbor" else "vera")
        elif who.home == "harbor":
            role = "ravi" if who.person else "noor"
        whole, need = self.kind(route) == "campaign", self.opens(route)
        public = need and need in of.reads(anybody, of_campaign=whole)
        if route in PUBLIC_ALONE:
            return ((published if public else private) or private)[role]
        if public or (need and who.home != of.home and need in of.reads(who, of_campaign=whole)):
            return (published or {}).get(role, 200) if public or who.home != of.home else private[role]
        return private[role]

    def ask(self, address: str, method: str = "get", **more: Any) -> Any:
        # A crawl asks more often in a minute than anybody may.
        cache.clear()
        headers = {"Authorization": f"Bearer {self.who.secret}"} if self.who.secret else {}
        self.asked[method] += 1
        return getattr(self.client, method)(address, headers={**headers, **more.pop("headers", {})}, **more)

    def cell(self, route: str, of: Subject | None) -> None:
        args = self.args(route, of or self.world.subjects[0])
        if args is None or (of is not None and of.home != "harbor" and not self._of_itself(args, of)):
            return
        address = "/api/v1/nowhere" if route == "api-not-found" else reverse(route, args=args)
        answer = self.ask(address)
        where = f"{self.who.name}: {route}" + (f" of {of}" if of else "")
        if not self.words_only:
            self._as_declared(route, of, args, answer, where)
        told = route in BY_LINK or (route.startswith(STAFF_KNOWS) and self.who.role == "omar")
        self.read(said(answer), where, told=told)

    def _as_declared(self, route: str, of: Subject | None, args: list[Any], answer: Any, where: str) -> None:
        got, wanted = answer.status_code, self.expected(route, of)
        # Declared is what its person is told by session: of one's own, a token may be told less.
        if self.who.secret and of is None and wanted == 200 and got in (403, 404):
            return
        if got != wanted:
            why = repr(answer.exc_info[1])[:200] if getattr(answer, "exc_info", None) else ""
            self.wrong.append(f"{where}: {got}, declared {wanted}{_hint(got, wanted)} {why}")
        elif wanted == 404 and of is not None and of.home != self.who.home:
            self._same_as_missing(route, of, args, answer, where)

    def _of_itself(self, args: list[Any], of: Subject) -> bool:
        """Of others' requests only the addresses are known; what else a route leads to is a row of Harbor's."""
        return bool(args) and set(map(str, args)) <= {of.request.public_id, campaign_of(of)}

    def _same_as_missing(self, route: str, of: Subject, args: list[Any], answer: Any, where: str) -> None:
        known = {of.request.public_id, campaign_of(of)}
        nowhere = [NOWHERE if arg in known else arg for arg in args]
        if nowhere == args:
            nowhere = [NOWHERE if ID.match(str(arg)) else arg for arg in args]
        key = reverse(route, args=nowhere)
        ids = {str(arg) for arg in args if ID.match(str(arg))} | {NOWHERE}
        if key not in self._missing:
            self._missing[key] = _bytes(self.ask(key), ids)
        if self._missing[key] != _bytes(answer, ids):
            self.wrong.append(f"{where}: forbidden differs from missing")

    def read(self, text: str, where: str, *, told: bool = False) -> None:
        """Each word that was told, against what reaches the viewer. told: it knows, by its office or by a letter."""
        for hit in WORD.finditer(text):
            number, level = int(hit[1]), hit[2].lower()
            of = next((one for one in self.world.subjects if one.number == number), None)
            allowed = of.reads(self.who) if of else "spcqdeo" if self.who.home == "harbor" else ""
            allowed += "o" * (told or (self._named(hit) and text[hit.end() : hit.end() + 1] != "@"))
            if level in allowed:
                self.seen[number, level].add(int(hit[3]))
            else:
                self.wrong.append(f"{where}: tells {self.world.word(hit)}")


    def _named(self, hit: re.Match[str]) -> bool:
        """Who works on it, by name, to whom everything of something is shared; by address to nobody."""
        return int(hit[1]) == OURS_ALONE and hit[3] in STAFF and any("e" in one.reads(self.who) for one in self._shared)

    @property
    def _shared(self) -> list[Subject]:
        return [one for one in self.world.subjects if one.home == "harbor" and one.home != self.who.home]


def campaign_of(one: Subject) -> str:
    assert one.request.campaign is not None
    return one.request.campaign.public_id


def said(answer: Any) -> str:
    """Body and headers; of an archive, what lies in it."""
    body = b"".join(answer) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as kept:
            body = b"".join(name.encode() + kept.read(name) for name in kept.namelist())
    return body.decode("utf-8", "replace") + str(answer.headers)


def _bytes(answer: Any, ids: Iterable[str]) -> tuple[int, str, str]:
    text = said(answer)
    for one in ids:
        text = text.replace(one, "")
    return answer.status_code, SIGNED.sub("", text), answer.headers.get("Content-Type", "")


def _hint(got: int, wanted: int) -> str:
    if wanted == 404 and got == 200:
        return (
            " (if a share may open it: name the least level in OPENS of its module in tests/walls/declared)"
        )
    return ""


def closed_sample(subjects: Iterable[Subject], who: Viewing) -> Iterator[Subject]:
    """For routes that no share opens: of each state the one that shares most."""
    for one in subjects:
        most = one.level == ("everything" if one.to == "partner" else "both")
        untouched = not (one.embargoed or one.held)
        one_of_both = who.is_partner and one.embargoed != one.held
        if (not one.to and (one.number != 2 or who.home == one.home)) or (
            most and (untouched or one_of_both)
        ):
            yield one
