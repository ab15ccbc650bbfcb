"""Who asked is blotted out of what others read: names, addresses, telephone numbers, signatures.

`masked` is the one function for it, over letters, quoted replies, titles and names of files alike. It would rather take
a word too many than leave a name: what is lost is a word of a letter, what is kept is somebody's home.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db import connection
from django.db.models import F, Func, JSONField

from requests_app.models.visibility import Viewer

NAME, ADDRESS, EMAIL, PHONE, SIGNATURE = "name", "address", "email", "phone", "signature"
WORDS = {
    NAME: "[name withheld]",
    ADDRESS: "[address withheld]",
    EMAIL: "[e-mail address withheld]",
    PHONE: "[telephone number withheld]",
    SIGNATURE: "[signature withheld]",
}
BLOT = re.compile("|".join(re.escape(words) for words in WORDS.values()))
# Between two words of a name: spaces, the signs of file names and of quoting, and nothing that one would see.
GAP = r"(?:[\s_.,+>|\-\u00a0\u00ad\u200b-\u200f\u2060\ufeff]|%20|=20)"
EDGE_LEFT, EDGE_RIGHT = r"(?<![^\W_])", r"(?![^\W_])"
TITLES = (
    r"(?:mr|mrs|ms|mx|miss|dr|prof|professor|attorney|counsel|rev|hon|sr|sra|dear|hi|hello|hey)\.?"
)
# Words that are names too; by themselves they say nothing, unless somebody is protected.
EVERYDAY = {
    "april", "august", "bill", "chase", "dawn", "faith", "frank", "grace", "grant", "hope", "joy", "june", "law",
    "mark", "may", "police", "price", "rose", "sue", "victor", "will",
}  # fmt: skip
# Of these hosts nobody is a requester: the offices themselves.
OFFICES = re.compile(r"(?:^|\.)(?:gov|mil)$|(?:^|\.)[a-z]{2}\.us$", re.IGNORECASE)
ADDRESSED = re.compile(r"[\w.+'%\-]{1,64}@(?P<host>[\w\-]+(?:\.[\w\-]+)+)")
CLOSING = re.compile(
    r"(?im)^(?P<mark>[>|\s]*)(?P<words>(?:yours|sincerely|respectfully|regards|best|kind regards|warm regards|"
    r"best regards|many thanks|thank you|thanks|cordially|very truly yours|in solidarity)"
    r"(?:\s+(?:yours|submitted|truly|sincerely|faithfully|regards|wishes))?)\s*[,.]?[ \t]*$"
)
SIGNED_LINES = 6
MOST_IN_A_PATTERN = 400
SEVEN_DIGITS = re.compile(r"(?:\d\D{0,3}){7}")


@dataclass(frozen=True, slots=True)
class Identity:
    """One person or organization of the requester's side. protected: every part of the name goes, wherever it is."""

    name: str = ""
    signs_as: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    protected: bool = False


class Identities(Func):
    """For `annotate`: the requester's side of the row with this id, as the database keeps it."""

    function = "app_identities"
    output_field = JSONField()


def identities(kept: Iterable[Sequence[Any]] | None) -> tuple[Identity, ...]:
    return tuple(Identity(*row) for row in kept or ())


def identities_of(request_ids: Iterable[int]) -> Mapping[int, tuple[Identity, ...]]:
    """For lists: one query, however many rows."""
    wanted = sorted(set(request_ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, app_identities(id)::text FROM unnest(%s::bigint[]) AS id", [wanted])
        return {pk: identities(json.loads(said)) for pk, said in cursor.fetchall()}


def annotated(rows: Any, request: str = "pk") -> Any:
    return rows.annotate(seen_identities=Identities(F(request)))


class Outside:
    """For lists: what of others' rows the viewer may read. One query where there is a row that is not the viewer's
    own, none where there is not. By everybody of the requesters' sides in the list, so that twenty thousand titles are
    masked as quickly as they are read."""

    def __init__(
        self, viewer: Viewer, *, requests: Iterable[tuple[int, int]] = (), campaigns: Iterable[tuple[int, int]] = ()
    ) -> None:
        """requests, campaigns: the row's number and its organization's."""
        self._own = viewer.organisations
        asked = [
            sorted({pk for pk, organisation in rows if organisation not in self._own})
            for rows in (requests, campaigns)
        ]
        self._who: tuple[Identity, ...] = ()
        if any(asked):
            with connection.cursor() as cursor:
                cursor.execute("SELECT app_identities_among(%s::bigint[], %s::bigint[])::text", asked)
                self._who = identities(json.loads(cursor.fetchone()[0]))
        self.needles = _needles(self._who)

    def __call__(self, text: str, organisation_id: int) -> str:
        if organisation_id in self._own or not text:
            return text
        return self._masked(text) if self._may_name(text) else text

    def _masked(self, text: str) -> str:
        """By those alone whose words stand in it, or whose telephone number may."""
        plain, digits = _plain(text), bool(SEVEN_DIGITS.search(text))
        near = [one for one, words in self._words if (digits and one.phone) or any(word in plain for word in words)]
        return masked(text, near)

    @cached_property
    def _words(self) -> list[tuple[Identity, frozenset[str]]]:
        return [(one, _needles_of(one)) for one in self._who]

    def named(self, person: Any, organisation_id: int) -> str:
        """One of the organization's people, unless that is a protected identity. Empty: nobody."""
        if person is None or organisation_id in self._own:
            return str(person or "")
        return masked(str(person), [one for one in self._who if one.protected])

    def _may_name(self, text: str) -> bool:
        plain = _plain(text)
        return "@" in text or bool(SEVEN_DIGITS.search(text)) or any(one in plain for one in self.needles)

    @property
    def signs(self) -> str:
        """For a search in the database: a pattern of every text that may name somebody. Empty: any may, or there are
        too many names for a pattern."""
        if "" in self.needles or len(self.needles) > MOST_IN_A_PATTERN:
            return ""
        return "|".join([r"@", r"(\d\D{0,3}){7}", r"[^\x01-\x7f]", *map(re.escape, sorted(self.needles))])

    def may_hide(self, word: str) -> bool:
        """Whether the word, or a piece of it, may stand in what is blotted out: of numbers, of single letters and of
        signs alone nobody knows without a look at the text."""
        pieces = re.findall(r"[^\W_]+", _plain(word))
        return (
            not pieces
            or any(len(piece) < 2 or re.search(r"\d", piece) for piece in pieces)
            # A name is blotted out with its initial grown on to it, too.
            or any(piece in needle or needle in piece for piece in pieces for needle in self.needles)
        )

    def shows(self, text: str, word: str) -> bool:
        """Whether the word stands in what is left of somebody else's text."""
        if not self._may_name(text):
            return True
        left = self._masked(text)
        return left == text or word.casefold() in BLOT.sub("\n", left).casefold()

    def titled(self, rows: Iterable[Any], *names: str) -> list[Any]:
        """Rows of a table, each with these columns as the viewer may read them."""
        found = list(rows)
        for row in found:
            for name in names or ("public_title",):
                setattr(row, name, self(getattr(row, name), row.organisation_id))
        return found


def campaigns_outside(viewer: Viewer, rows: Iterable[Any]) -> list[Any]:
    """Campaigns, each with title and summary as the viewer may read them."""
    found = list(rows)
    outside = Outside(viewer, campaigns=[(row.pk, row.organisation_id) for row in found])
    return outside.titled(found, "public_title", "public_summary")


def _needles(who: Iterable[Identity]) -> frozenset[str]:
    """Of each word that a pattern needs. A text without any of them, without an e-mail address and without seven
    digits has nothing to be masked; an empty word is found everywhere."""
    return frozenset().union(*map(_needles_of, who))


@lru_cache(maxsize=2_048)
def _needles_of(one: Identity) -> frozenset[str]:
    found = set()
    for said in (one.name, one.signs_as, one.email, one.address):
        words = re.findall(r"[^\W_]+", _plain(said))
        found |= {word for word in words if len(word) > 1} or ({""} if said.strip() else set())
    return frozenset(found)


def _plain(text: str) -> str:
    if text.isascii():
        return text.casefold()
    spelled = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in spelled if not unicodedata.combining(sign))


def masked(text: str, who: Iterable[Identity], *, ours: bool = False) -> str:
    """The text as others may read it. ours: a letter of the requester's, whose signature goes too, whoever signed."""
    if not text:
        return text
    text = unicodedata.normalize("NFC", text)
    if ours:
        text = _unsigned(text)
    text = ADDRESSED.sub(_address, text)
    for pattern, words in _patterns(tuple(sorted(set(who), key=str))):
        text = pattern.sub(lambda hit, words=words: (hit.groupdict().get("kept") or "") + words, text)  # type: ignore[misc]
    return text


def found_in(text: str, who: Iterable[Identity], *, ours: bool = False) -> dict[str, int]:
    """How often each kind of thing would be blotted out of the text: for the checklist before publishing."""
    kinds = {words: kind for kind, words in WORDS.items()}
    found: dict[str, int] = {}
    for hit in BLOT.findall(masked(BLOT.sub("", text), who, ours=ours)):
        found[kinds[hit]] = found.get(kinds[hit], 0) + 1
    return found


def _address(hit: re.Match[str]) -> str:
    return hit[0] if OFFICES.search(hit["host"]) else WORDS[EMAIL]


def _unsigned(text: str) -> str:
    """What stands below “Sincerely,” up to the next empty line after it began."""
    hit = CLOSING.search(text)
    while hit is not None:
        head, tail = text[: hit.end()], text[hit.end() :].split("\n")
        below, taken = tail[1:], 0
        while taken < len(below) and not below[taken].strip(">| \t\r"):
            taken += 1
        first = taken
        while taken < len(below) and taken - first < SIGNED_LINES and below[taken].strip(">| \t\r"):
            taken += 1
        if taken > first:
            below[:taken] = [hit["mark"].replace("\n", "") + WORDS[SIGNATURE]]
        text = head + "\n" + "\n".join(below) if below else head
        hit = CLOSING.search(text, len(head) + len(WORDS[SIGNATURE]))
    return text


@lru_cache(maxsize=256)
def _patterns(who: tuple[Identity, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Of the longest first, so that a street that bears the name goes as an address."""
    kept: dict[tuple[str, str, int], None] = {}
    for one in who:
        for kind, pattern, flags in _of(one):
            kept[kind, pattern, flags] = None
    order = (EMAIL, PHONE, ADDRESS, NAME)
    ranked = sorted(kept, key=lambda one: (order.index(one[0]), -len(one[1])))
    return tuple((re.compile(pattern, flags), WORDS[kind]) for kind, pattern, flags in ranked)


def _of(one: Identity) -> Iterator[tuple[str, str, int]]:
    any_case = re.IGNORECASE
    if one.email:
        yield EMAIL, EDGE_LEFT + re.escape(one.email) + EDGE_RIGHT, any_case
        local, _at, _host = one.email.partition("@")
        # The part before the sign, as a name of a file or of an account.
        if len(local) >= 6 and re.search(r"[._\-]|\d", local):
            yield EMAIL, EDGE_LEFT + re.escape(local) + EDGE_RIGHT, any_case
    digits = re.sub(r"\D", "", one.phone)[-10:]
    if len(digits) >= 7:
        yield PHONE, r"(?<!\d)(?:\+?1[\s.\-]*)?\(?" + r"[\s.()\-/_\u2010-\u2015]*".join(digits) + r"(?!\d)", 0
    yield from ((ADDRESS, pattern, any_case) for pattern in _places(one.address))
    yield from _names(one.name, protected=one.protected, person=True)
    yield from _names(one.signs_as, protected=one.protected, person=False)


def _places(address: str) -> Iterator[str]:
    lines = [line.strip(" ,") for line in re.split(r"[\r\n]+|,\s*", address) if line.strip(" ,")]
    if len(lines) > 1:
        yield r"[\s,>|]+".join(_loose(line) for line in lines)
    for line in lines:
        # “Chicago” alone is everybody's; a number makes it a house.
        if len(line) >= 5 and re.search(r"\d", line):
            yield EDGE_LEFT + _loose(line) + EDGE_RIGHT


def _loose(words: str) -> str:
    return rf"{GAP}+".join(re.escape(word) for word in words.split())


def _letters(word: str) -> str:
    """As it is written, and as a keyboard without accents writes it."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    spelled = re.escape(word).replace("'", "['\u2019]").replace("\u2019", "['\u2019]")
    return spelled if plain == word else f"(?:{spelled}|{re.escape(plain)})"


def _titled(letters: str) -> str:
    return EDGE_LEFT + rf"(?P<kept>{TITLES}{GAP}+)" + letters + EDGE_RIGHT


def _names(name: str, *, protected: bool, person: bool) -> Iterator[tuple[str, str, int]]:
    words = [word for word in unicodedata.normalize("NFC", name).split() if word.strip(".,")]
    if not words:
        return
    any_case = re.IGNORECASE
    spelled = [_letters(word.strip(",")) for word in words]
    if len(words) == 1:
        everyday = words[0].casefold() in EVERYDAY
        if protected or (len(words[0]) > 2 and not everyday):
            yield NAME, EDGE_LEFT + spelled[0] + EDGE_RIGHT, any_case if protected or len(words[0]) > 3 else 0
        yield NAME, _titled(spelled[0]), any_case
        return
    middle = rf"(?:{GAP}+[^\W\d_]\.?)?{GAP}+"
    yield NAME, EDGE_LEFT + rf"{GAP}+".join(spelled) + EDGE_RIGHT, any_case
    if not person:
        return
    first, last = spelled[0], spelled[-1]
    initial = re.escape(words[0][0])
    yield NAME, EDGE_LEFT + first + middle + last + EDGE_RIGHT, any_case
    yield NAME, EDGE_LEFT + last + rf"{GAP}+" + first + rf"(?:{GAP}+[^\W\d_]\.?)?" + EDGE_RIGHT, any_case
    yield NAME, EDGE_LEFT + initial + rf"\.?{GAP}*" + last + EDGE_RIGHT, any_case
    yield NAME, EDGE_LEFT + last + rf"{GAP}+" + initial + EDGE_RIGHT, any_case
    for word, letters in ((words[0], first), (words[-1], last)):
        whole = protected or (len(word) >= 4 and word.casefold() not in EVERYDAY)
        if whole:
            # A last name stands alone in answers and in names of files.
            yield NAME, EDGE_LEFT + letters + r"(?:['\u2019]s)?" + EDGE_RIGHT, any_case
        yield NAME, _titled(letters), any_case
    if protected:
        for word, letters in zip(words[1:-1], spelled[1:-1], strict=True):
            if len(word.strip(".")) > 1:
                yield NAME, EDGE_LEFT + letters + EDGE_RIGHT, any_case
