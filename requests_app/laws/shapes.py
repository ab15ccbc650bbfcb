"""What a law file holds besides its rules: words for the page, the worked examples, the sources.

The rules themselves have the shapes of `clock.rules`. `schema.py` writes the published JSON Schema
from these classes and those, so that file, schema and engine cannot drift apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from requests_app.clock.events import JSON, Kind, Outcome
from requests_app.clock.rules import Law, LawVersion


class Basis(StrEnum):
    """What kind of ground an exemption is, so that denials can be compared across jurisdictions."""

    enforcement = "enforcement"
    privacy = "privacy"
    technique = "technique"
    safety = "safety"
    source = "source"
    security = "security"
    other_statute = "other_statute"
    deliberative = "deliberative"
    personnel = "personnel"
    recording = "recording"
    balancing = "balancing"


@dataclass(frozen=True, slots=True)
class Exemption:
    """A ground to withhold. `code` is how agencies stamp it."""

    code: str
    citation: str
    summary: str
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A statement of the page with its citation."""

    words: str
    citation: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fees:
    """What may be charged. `search`: whether search time may be charged at all; null where that was not read."""

    search: bool | None
    copies: str
    waiver: str
    citation: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who may look at a denial from outside the office that made it."""

    body: str
    words: str
    citation: str
    binding: bool | None = None
    required_before_court: bool = False


@dataclass(frozen=True, slots=True)
class Court:
    """Where a suit goes, how long there is, and who pays the lawyers."""

    venue: str
    limitation: str
    fee_shifting: str
    citation: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A bill that would change the law. Never a version until it is law."""

    bill: str
    words: str
    url: str
    checked_on: dt.date


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    what: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One of the two independent readings of the law as a whole; rules carry their own confidence."""

    confidence: str
    notes: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question the two readings leave open, for the page."""

    question: str
    words: str
    citation: str


@dataclass(frozen=True, slots=True)
class About:
    """The page around the clocks. `lead` is the law in two or three sentences."""

    lead: str
    who_may_ask: Words
    counting: Words
    fees: Fees
    exemptions: tuple[Exemption, ...]
    reviewers: tuple[Reviewer, ...]
    courts: tuple[Court, ...]
    readings: tuple[Reading, ...]
    readings_differ: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    pending: tuple[Pending, ...] = ()
    prior_rule: str = ""
    notes: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class ExampleEvent:
    """A step of a worked example. `on` fills sent, dated and received where they are not given."""

    kind: Kind
    on: dt.date | None = None
    dated: dt.date | None = None
    sent: dt.date | None = None
    received: dt.date | None = None
    at: dt.time | None = None
    outcome: Outcome | None = None
    parts: tuple[str, ...] = ()
    facts: Mapping[str, JSON] | None = None
    id: str = ""


class Bound(StrEnum):
    """Which date of a clock an example states: the one it shows, or an end of its interval of doubt."""

    due = "due"
    earliest = "earliest"
    latest = "latest"


@dataclass(frozen=True, slots=True)
class Due:
    """A date an example expects. `how` is the derivation a second, independent calculator reads;
    `words` is the same for people; `quote` the sentence it rests on (else the rule's citation stands).
    `of`: the id of the event that opened the clock, where a rule opened several.
    `state` on `state_on`: how the clock stands on a day."""

    clock: str
    due: dt.date
    how: str
    words: str
    quote: str = ""
    of: str = ""
    bound: Bound = Bound.due
    state: str = ""
    state_on: dt.date | None = None

    @property
    def counted_from(self) -> dt.date:
        """The day the derivation begins with."""
        return dt.date.fromisoformat(self.how.strip()[:10])


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: shown on the law's page, run by the engine and by the independent calculator.

    absent: rules of which no clock may exist; present: rules whose clock runs although the law gives it no day."""

    id: str
    title: str
    received: dt.date
    due: tuple[Due, ...] = ()
    sent: dt.date | None = None
    facts: Mapping[str, JSON] | None = None
    events: tuple[ExampleEvent, ...] = ()
    absent: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A law with its page and its examples (by version ref). `law.versions` holds the newest revision of
    each version, oldest first; `revisions` every revision ever published."""

    law: Law
    about: About
    revisions: tuple[LawVersion, ...]
    examples: Mapping[str, tuple[Example, ...]]
    file: str

    @property
    def id(self) -> str:
        return self.law.id

    @property
    def current(self) -> LawVersion:
        return self.law.versions[-1]

    @property
    def newest(self) -> int:
        """The latest publication of this law: what a request filed now is pinned to."""
        return max(version.revision for version in self.revisions)


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A place with its laws, its calendar and its legal time."""

    code: str
    name: str
    zone: str
    calendar: str
    laws: tuple[Entry, ...]
