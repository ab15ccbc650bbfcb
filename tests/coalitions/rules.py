"""Who sees what, said in a few lines that know neither the database nor the policy: what both walls are held against.

Hours are counted from the beginning. Who is asked about is a person by name, a program by its number, or the public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

OWNERS = ("harbor", "prairie", "lake", "island", "outside")
"""Five organizations, each with an owner of that name."""
HOMES = {**{name: name for name in OWNERS}, "edgar": "harbor"}
PEOPLE = (*HOMES, "guest")
TABLES = (
    "request", "event", "letter", "document", "private", "word", "partners", "draft", "note", "proposal", "decision",
    "task",
)  # fmt: skip
Seen = dict[str, list[int]]


@dataclass
class Asked:
    home: str
    campaign: str
    files: dict[int, str]
    """By document: kept, released, withdrawn, erased."""
    held: bool = False
    secrets: dict[int, Word] = field(default_factory=dict)
    """By document: who marked it as privileged, and whether counsel's circle reads it."""
    drafts: int = 1


@dataclass
class Granted:
    pk: int
    home: str
    subject: str | int
    """A campaign by its organization, a request by its key."""
    kind: str
    to: str
    levels: frozenset[str]
    until: int | None = None
    embargo: int | None = None
    tier: int = 0
    stay: int = 0
    over: bool = False


@dataclass
class Stay:
    pk: int
    home: str
    tier: int
    coordinates: bool
    live: bool = True


@dataclass
class Program:
    pk: int
    home: str
    writes: bool
    until: int
    secret: str
    over: bool = False


@dataclass
class Word:
    """A comment, a note, or what makes a document privileged. privileged: for owners, who said it, and whom counsel's
    circle names."""

    pk: int
    request: int
    by: str
    privileged: bool = False
    circle: bool = False
    withdrawn: bool = False


@dataclass
class Right:
    """Of an organization by its stay, or of a guest. what: to comment, or to draft letters."""

    pk: int
    home: str
    subject: str | int
    kind: str
    to: str
    until: int | None
    stay: int
    what: str = "comment"
    over: bool = False


@dataclass
class Offer:
    """The words of a letter: waiting, accepted, declined, withdrawn."""

    pk: int
    request: int
    right: Right
    state: str = "waiting"


@dataclass
class Task:
    """stays: of the partner and of who asks, in one coalition."""

    pk: int
    request: int
    partner: str
    stays: tuple[int, int]
    state: str = "asked"

    @property
    def is_open(self) -> bool:
        return self.state in ("asked", "accepted")


@dataclass
class Proposal:
    pk: int
    home: str
    subject: str | int
    by: str
    levels: frozenset[str]
    embargo: int | None
    state: str = "proposed"


@dataclass
class Rules:
    hour: int = 0
    out: set[str] = field(default_factory=set)
    """Whose membership has ended."""
    confirmed: set[str] = field(default_factory=lambda: set(HOMES))
    """Who has confirmed the address that a guest is known by."""
    requests: dict[int, Asked] = field(default_factory=dict)
    grants: list[Granted] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    programs: list[Program] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    partners: list[Word] = field(default_factory=list)
    circle: dict[str, bool] = field(default_factory=dict)
    """Whom counsel's circle names: as a member, or else by their address, as whoever is of no organization there."""
    rights: list[Right] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[Word] = field(default_factory=list)
    unshared: set[str] = field(default_factory=set)
    """Who ended a share in this step."""
    moved: set[int] = field(default_factory=set)
    """Requests that were held back, let go, or put elsewhere in this step."""

    def viewers(self) -> list[str]:
        return ["public", *PEOPLE, *(f"program {one.pk}" for one in self.programs if self.runs(one))]

    def sees(self, who: str) -> Seen:
        found: Seen = {name: [] for name in TABLES}
        home, person = self.home(who), who in PEOPLE
        reaching = [one for one in self.grants if self.live(one) and self.reaches(one, who)]
        for pk, one in self.requests.items():
            own = home == one.home
            over = [grant for grant in reaching if self.covers(grant.subject, pk)]
            by_name = {level for grant in over if grant.kind != "public" for level in grant.levels}
            levels = by_name | {level for grant in over for level in grant.levels}
            everything = own or "everything" in by_name
            if own or over:
                found["request"].append(pk)
                found["event"].append(pk)
            if everything or "correspondence" in levels:
                found["letter"].append(pk)
            if everything:
                found["private"].append(pk)
                found["draft"] += [pk] * one.drafts
            found["note"] += [
                note.pk for note in self.notes if note.request == pk
                and (self._reads(note, who, home, person) or (everything and not note.privileged | note.withdrawn))
            ]  # fmt: skip
            for file, state in one.files.items():
                there = state in ("kept", "released")
                if file in one.secrets:
                    if (own or there) and self._reads(one.secrets[file], who, home, person):
                        found["document"].append(file)
                elif own or (everything and there) or ("documents" in levels and state == "released"):
                    found["document"].append(file)
        for word in self.words:
            if self._reads(word, who, home, person):
                found["word"].append(word.pk)
        for word in self.partners:
            named = any(self.covers(grant.subject, word.request) for grant in reaching if grant.kind != "public")
            mine = person and word.by == who
            if home == self.requests[word.request].home or (named and (mine or not word.withdrawn)):
                found["partners"].append(word.pk)
        for offer in self.offers:
            ours = home == self.requests[offer.request].home
            if ours or self._given(offer.right, who):
                found["proposal"].append(offer.pk)
            if offer.state != "waiting" and (ours or self.follows(who, offer, found["request"])):
                found["decision"].append(offer.pk)
        for task in self.tasks:
            told = task.state in ("asked", "accepted", "declined", "done") and home == task.partner
            told = told and any(stay.pk == task.stays[0] for stay in self.here())
            if home == self.requests[task.request].home or (told and self.shown_to(task.partner, task.request)):
                found["task"].append(task.pk)
        return {name: sorted(pks) for name, pks in found.items()}

    def home(self, who: str) -> str:
        """The organization that somebody belongs to now."""
        if who.startswith("program "):
            return next(one.home for one in self.programs if who == f"program {one.pk}")
        return "" if who in self.out else HOMES.get(who, "")

    def runs(self, one: Program) -> bool:
        return not one.over and self.hour < one.until

    def live(self, one: Granted) -> bool:
        return (
            not one.over
            and (one.until is None or self.hour < one.until)
            and (one.embargo is None or self.hour >= one.embargo)
        )

    def reaches(self, one: Granted, who: str) -> bool:
        if one.kind == "public":
            return True
        if one.kind in ("person", "guest"):
            return who == one.to and (one.kind == "person" or who in self.confirmed)
        home = self.home(who)
        if one.kind == "organisation":
            return home == one.to
        return any(stay.home == home and stay.tier >= one.tier for stay in self.here())

    def covers(self, subject: str | int, request: int) -> bool:
        one = self.requests[request]
        return subject == request if isinstance(subject, int) else subject == one.campaign and not one.held

    def here(self) -> list[Stay]:
        return [one for one in self.stays if one.live]

    def coordinates(self, who: str) -> bool:
        home = self.home(who)
        return home == who and any(one.coordinates and one.home == home for one in self.here())

    def may_comment(self, who: str, request: int) -> bool:
        """To partners: whoever works where the request belongs, and whoever was given the right to."""
        return self.home(who) == self.requests[request].home or any(
            right.what == "comment" and self._usable(right, who)
            for right in self.rights if self.covers(right.subject, request)
        )  # fmt: skip

    def may_offer(self, who: str, request: int) -> bool:
        """The words of a letter: on another's request, by a right to."""
        return self.home(who) != self.requests[request].home and any(
            right.what == "draft" and self._usable(right, who)
            for right in self.rights if self.covers(right.subject, request)
        )  # fmt: skip

    def follows(self, who: str, offer: Offer, shown: list[int] | None = None) -> bool:
        """Whoever offered it hears of it while the request, and its right, are shown."""
        if not self._given(offer.right, who):
            return False
        if shown is None:
            shown = self.sees(who)["request"]
        return offer.request in shown and any(self._shows(offer.right, grant) for grant in self._with(offer.right))

    def shown_to(self, partner: str, request: int) -> bool:
        """By a share of its own or its tier's, with the organization."""
        tiers = [one.tier for one in self.here() if one.home == partner]
        return any(
            self.live(one) and one.home == self.requests[request].home and self.covers(one.subject, request)
            and ((one.kind, one.to) == ("organisation", partner)
                 or (one.kind == "coalition" and any(tier >= one.tier for tier in tiers)))
            for one in self.grants
        )  # fmt: skip

    def reads_own(self, word: Word, who: str) -> bool:
        return self._reads(word, who, self.home(who), who in PEOPLE)

    def end_tasks(self) -> None:
        """What its partner is shown no more: asked whenever who asks ends a share, or puts the request elsewhere."""
        here = {one.pk for one in self.here()}
        for task in self.tasks:
            asked = task.request in self.moved or self.requests[task.request].home in self.unshared
            gone = not here.issuperset(task.stays) or (asked and not self.shown_to(task.partner, task.request))
            if task.is_open and gone:
                task.state = "ended"
        self.unshared, self.moved = set(), set()

    def owner_of(self, subject: str | int) -> str:
        return subject if isinstance(subject, str) else self.requests[subject].home

    def standing(self, subject: str | int, kind: str, to: str) -> Granted | None:
        """What was granted to them there, unless it is over."""
        same = (subject, kind, to)
        return next((one for one in self.grants if not one.over and (one.subject, one.kind, one.to) == same), None)

    def end(self, grants: Iterable[Granted]) -> None:
        for one in grants:
            one.over = True
            self.unshared.add(one.home)
            if one.kind == "public":
                for proposal in self.proposals:
                    if proposal.subject == one.subject and proposal.state == "published":
                        proposal.state = "ended"

    def _reads(self, word: Word, who: str, home: str, person: bool) -> bool:
        ours = home == self.requests[word.request].home
        if not word.privileged:
            return ours
        named = self.circle.get(who) if word.circle else None
        counsel = named is not None and (ours if named else who in self.confirmed)
        return person and ((ours and who in (home, word.by)) or counsel)

    def _given(self, right: Right, who: str) -> bool:
        return who in self.confirmed and who == right.to if right.kind == "guest" else self.home(who) == right.to

    def _usable(self, right: Right, who: str) -> bool:
        """While it stands, and while a share with the very same grantee shows its subject."""
        stands = (
            not right.over
            and (right.until is None or self.hour < right.until)
            and (not right.stay or any(one.pk == right.stay for one in self.here()))
        )
        return self._given(right, who) and stands and any(self._shows(right, grant) for grant in self._with(right))

    def _with(self, right: Right) -> Iterator[Granted]:
        tiers = [one.tier for one in self.here() if right.kind == "organisation" and one.home == right.to]
        for one in self.grants:
            by_tier = one.kind == "coalition" and any(tier >= one.tier for tier in tiers)
            if self.live(one) and one.home == right.home and (by_tier or (one.kind, one.to) == (right.kind, right.to)):
                yield one

    def _shows(self, right: Right, grant: Granted) -> bool:
        if isinstance(right.subject, int):
            return self.covers(grant.subject, right.subject)
        return grant.subject == right.subject
