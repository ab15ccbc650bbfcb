"""Whether the audit still is what was sealed. The bytes and hashes are made here anew, not asked of the database."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

# A line may be sealed late, never written late: its transaction lasts minutes. More is a line with a false date.
LATEST = dt.timedelta(days=1)
KEPT_AT_LEAST = dt.timedelta(days=2 * 365)


@dataclass(slots=True)
class Chain:
    """What was found of one organization; `key` is its public id, or "installation"."""

    key: str
    links: int = 0
    lines: int = 0
    let_go: int = 0
    waiting: int = 0
    sealed_at: dt.datetime | None = None
    head: str = ""
    wrong: str = ""  # the first thing that does not fit; empty: all does


def canonical(
    pk: int, organisation: int | None, actor: int | None, act: str, subject: str, detail: str, at: dt.datetime
) -> bytes:
    """The bytes of a line: each field by its length, so that no two lines share theirs. detail: as jsonb prints it."""
    fields = [pk, organisation, actor, act, subject, detail, stamp(at)]
    said = []
    for field in fields:
        if field is None:
            said.append(b"-")
        else:
            words = str(field).encode()
            said.append(b"%d:%s" % (len(words), words))
    return b",".join(said)


def stamp(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(
    previous: bytes, organisation: int | None, number: int, at: dt.datetime, covers: list[tuple[int, bytes]]
) -> bytes:
    lines = ",".join(f"{pk}:{digest.hex()}" for pk, digest in covers)
    home = "-" if organisation is None else str(organisation)
    return hashlib.sha256(previous + f"{home}|{number}|{stamp(at)}|{lines}".encode()).digest()


def verify(using: str = "owner", expected: dict[tuple[str, int], str] | None = None) -> list[Chain]:
    """Every chain, in one look that nobody's writing moves. expected: hashes of links that were kept elsewhere."""
    outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            if outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(
                "SELECT o.id, coalesce(o.public_id, 'installation') FROM (SELECT id, public_id FROM "
                "requests_app_organisation UNION ALL SELECT NULL, NULL) o ORDER BY o.id NULLS FIRST"
            )
            homes = cursor.fetchall()
        return [_verify(using, home, key, expected or {}) for home, key in homes]


def _verify(using: str, home: int | None, key: str, expected: dict[tuple[str, int], str]) -> Chain:
    found = Chain(key)
    gone = _let_go(using, home)
    heads: dict[int, str] = {}
    found.wrong = _first_wrong(using, home, found, gone, heads) or _not_covered(using, home, found)
    if not found.wrong:
        for (chain, number), head in sorted(expected.items()):
            if chain == key and heads.get(number) != head:
                found.wrong = (
                    f"Seal {number} is not the one that was kept elsewhere: the chain was written anew."
                )
                break
    return found


def _first_wrong(
    using: str, home: int | None, found: Chain, gone: list[tuple[int, dt.datetime]], heads: dict[int, str]
) -> str:
    before, sealed_before = b"", None
    for pk, number, at, entries, previous, head in _rows(
        using,
        "SELECT id, number, sealed_at, entries, previous, hash FROM requests_app_auditseal "
        "WHERE organisation_id IS NOT DISTINCT FROM %s ORDER BY number",
        home,
    ):
        if number != found.links + 1:
            return f"Seal {found.links + 1} is missing."
        covers = [(row[0], bytes(row[1])) for row in _rows(using, COVERED, pk)]
        allowed = any(number <= through and at <= when - KEPT_AT_LEAST for through, when in gone)
        for line in _rows(using, LINES, pk):
            entry, digest, there, *fields = line
            if there is None:
                if not allowed:
                    return f"Entry {entry}, sealed by seal {number}, is missing."
                found.let_go += 1
                continue
            if hashlib.sha256(canonical(entry, *fields)).digest() != bytes(digest):
                return f"Entry {entry}, sealed by seal {number}, was changed."
            if sealed_before is not None and fields[-1] < sealed_before - LATEST:
                return f"Entry {entry}, sealed by seal {number}, was inserted later than it says."
            found.lines += 1
        if (
            len(covers) != entries
            or bytes(previous) != before
            or link(before, home, number, at, covers) != bytes(head)
        ):
            return f"Seal {number} was changed, or what it covers."
        before, sealed_before = bytes(head), at
        found.links, found.sealed_at, found.head = number, at, before.hex()
        heads[number] = found.head
    return ""


COVERED = "SELECT entry_id, digest FROM requests_app_sealedentry WHERE seal_id = %s ORDER BY entry_id"
LINES = (
    "SELECT d.entry_id, d.digest, e.id, e.organisation_id, e.actor_id, e.act, e.subject, e.detail::text, e.at "
    "FROM requests_app_sealedentry d LEFT JOIN requests_app_auditentry e ON e.id = d.entry_id "
    "WHERE d.seal_id = %s ORDER BY d.entry_id"
)


def _not_covered(using: str, home: int | None, found: Chain) -> str:
    """Lines that neither a seal nor the queue knows, and lines of the queue that are gone."""
    for (entry,) in _rows(
        using,
        "SELECT e.id FROM requests_app_auditentry e WHERE e.organisation_id IS NOT DISTINCT FROM %s AND NOT EXISTS "
        "(SELECT FROM requests_app_sealedentry d WHERE d.entry_id = e.id) AND NOT EXISTS "
        "(SELECT FROM requests_app_unsealedentry u WHERE u.entry_id = e.id) ORDER BY e.id LIMIT 1",
        home,
    ):
        return f"Entry {entry} was inserted past the seals."
    for entry, there, at in _rows(
        using,
        "SELECT u.entry_id, e.id, e.at FROM requests_app_unsealedentry u LEFT JOIN requests_app_auditentry e "
        "ON e.id = u.entry_id WHERE u.organisation_id IS NOT DISTINCT FROM %s ORDER BY u.entry_id",
        home,
    ):
        if there is None:
            return f"Entry {entry}, which waited for its seal, is missing."
        if found.sealed_at is not None and at < found.sealed_at - LATEST:
            return f"Entry {entry}, which waits for its seal, was inserted later than it says."
        found.waiting += 1
    return ""


def _let_go(using: str, home: int | None) -> list[tuple[int, dt.datetime]]:
    """Through which seal lines were let go, as lines of the same audit say it, and when."""
    return [
        (int(through), at)
        for through, at in _rows(
            using,
            "SELECT detail ->> 'through', at FROM requests_app_auditentry WHERE act = 'audit.let_go' "
            "AND organisation_id = %s AND detail ->> 'through' ~ '^[0-9]{1,9}$'",
            home,
        )
    ]


def _rows(using: str, sql: str, *params: Any) -> Iterator[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        yield from cursor.fetchall()
