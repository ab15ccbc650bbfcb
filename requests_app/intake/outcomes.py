"""Their words for how a request came out, in ours. A referral, a duplicate and a withdrawal are not denials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from requests_app.clock.events import Outcome


@dataclass(frozen=True, slots=True)
class Meaning:
    """The event that closes the row. `event` empty: the log shows no answer. `also`: a kind that goes with it."""

    event: str = ""
    outcome: str = ""
    also: str = ""

    @property
    def key(self) -> str:
        return "|".join((self.event, self.outcome, self.also))

    @classmethod
    def of(cls, key: str) -> Meaning:
        event, outcome, also = (*key.split("|"), "", "", "")[:3]
        return cls(event, outcome, also)


OPEN = Meaning()
CLOSED = Meaning("agency_closed")
# What a person may choose for a word, in the order of the list on the page.
CHOICES: tuple[tuple[Meaning, str], ...] = (
    (OPEN, "Still open: no answer in the log"),
    (Meaning("determined", Outcome.produced), "Produced in full"),
    (Meaning("determined", Outcome.granted), "Granted, records to follow"),
    (Meaning("determined", Outcome.produced_in_part), "Produced in part"),
    (Meaning("determined", Outcome.denied), "Denied"),
    (Meaning("determined", Outcome.denied_in_part), "Denied in part"),
    (Meaning("determined", Outcome.no_records), "No records"),
    (Meaning("determined", Outcome.neither_confirms_nor_denies), "Neither confirmed nor denied"),
    (Meaning("determined", Outcome.not_ours), "Not ours: another agency has the records"),
    (Meaning("determined", Outcome.not_ours, "referred"), "Referred to another agency"),
    (Meaning("determined", Outcome.not_a_public_body), "Not a public body"),
    (Meaning("determined", Outcome.not_subject), "Not subject to this law"),
    (Meaning("determined", Outcome.not_found_as_described), "Not found as described"),
    (Meaning("determined", Outcome.directed_to_web), "Directed to the web: already published"),
    (Meaning("determined", Outcome.destroyed), "Destroyed"),
    (Meaning("withdrawn", Outcome.withdrawn), "Withdrawn by the requester"),
    (CLOSED, "Closed by the agency for another reason: nothing decided"),
)
KNOWN = frozenset(meaning for meaning, _ in CHOICES)


def _answer(outcome: str, also: str = "") -> Meaning:
    return Meaning("determined", outcome, also)


# First match wins: "partial grant" before "grant", "not released" and "no records" before "released" and "denial".
GUESSES: tuple[tuple[str, Meaning], ...] = (
    (r"withdr[ae]w|cancell?ed by requester", Meaning("withdrawn", Outcome.withdrawn)),
    (r"duplicate|administrative(ly)? clos|litigation|not responsive|abandon|unpaid|fees?\b", CLOSED),
    (r"no (responsive )?(records?|documents?)|records? not found|none found", _answer(Outcome.no_records)),
    (r"glomar|neither confirm", _answer(Outcome.neither_confirms_nor_denies)),
    (r"not an? (agency|public) record|not subject|exempt agency", _answer(Outcome.not_subject)),
    (r"not an? public (body|agency)", _answer(Outcome.not_a_public_body)),
    (r"reasonably described|insufficient(ly)? describ|too vague", _answer(Outcome.not_found_as_described)),
    (r"publi(c|cal)ly (available|posted)|already (public|posted)", _answer(Outcome.directed_to_web)),
    (r"posted online|on (the )?web", _answer(Outcome.directed_to_web)),
    (r"referr", _answer(Outcome.not_ours, "referred")),
    (r"directed .*(another|other)|wrong agency|not (our|this) agency|misdirected", _answer(Outcome.not_ours)),
    (r"destroyed|retention", _answer(Outcome.destroyed)),
    (r"denied in part|partially denied", _answer(Outcome.denied_in_part)),
    (r"partial|in part|redact", _answer(Outcome.produced_in_part)),
    (r"not (granted|released|provided|produced|disclosed)", _answer(Outcome.denied)),
    (r"full denial|total denial|withheld|denied|denial|refus|reject", _answer(Outcome.denied)),
    (
        r"full(y)? grant|total grant|grant|fulfilled|released|produced|provided|complied",
        _answer(Outcome.produced),
    ),
    (
        r"open|pending|in process|in progress|active|awaiting|received|acknowledged|assigned|on hold|perfected",
        OPEN,
    ),
    (r"closed|completed?", CLOSED),
)


def normal(words: str) -> str:
    return " ".join(words.split()).casefold()


def guess(words: str) -> Meaning | None:
    text = normal(words)
    if not text:
        return OPEN
    spelled = text.replace(" ", "_")
    for meaning in KNOWN:
        if meaning.outcome and not meaning.also and spelled == meaning.outcome:
            return meaning
    for pattern, meaning in GUESSES:
        if re.search(rf"\b(?:{pattern})", text):
            return meaning
    return None


def table(entries: list[dict[str, Any]]) -> dict[str, str]:
    """The words of a shipped list (sample/dispositions.yaml), as a mapping holds them."""
    return {
        normal(entry["as_logged"]): Meaning(
            entry["event"], entry.get("outcome", ""), entry.get("also", "")
        ).key
        for entry in entries
    }
