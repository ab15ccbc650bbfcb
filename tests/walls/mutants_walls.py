"""Mutants of row-level security: each policy dropped, each of its halves open.

The web's role tries what the policy decides on: to read every row of its table, to add a row as it stands there
already (the wall answers before the key does), to write one row's words over another's, to remove it. Each policy is
asked alone: whoever tries to write is let read that one table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction

from .mutants_scene import Scene

MOST = 24  # rows tried of a table; more where several columns decide together
MORE = dict.fromkeys(
    (
        "partnercomment", "jointright", "jointpart", "privatecomment", "publiccomment", "share", "partnertask",
        "proposal", "proposaldecision", "document", "documentprivate", "requestnote", "noteversion", "notemention",
        "publicfact",
    ), 80,
)  # fmt: skip
# Most is told by these; the others are asked where they tell nothing.
FIRST = (
    "the public", "the schedule", "Harbor itself", "Olive", "Edgar", "Vera", "Ravi", "Lena", "Gina", "as a partner",
)  # fmt: skip
# Who tries to write: the others differ from these by what they read.
WRITERS = (
    "the public", "the schedule", "the operator", "Harbor itself", "as a partner", "Olive", "Edgar", "Vera", "Ed",
    "Ravi", "Dora", "Lena", "Sid", "Vlad", "Vic", "Dual", "Both", "Gina", "Gus", "Fay", "Omar", "Stan", "Stew",
    "writes for Olive",
    "writes for Edgar",
    "writes for Vera", "reads for Olive", "expired", "revoked", "of one who left", "of one who is closed",
    "without a factor", "with a factor", "feed of Olive",
)  # fmt: skip


@dataclass(frozen=True)
class Policy:
    table: str
    name: str
    verb: str
    using: str | None
    check: str | None


@dataclass(frozen=True)
class Mutant:
    name: str
    statement: str
    asked: tuple[tuple[str, str], ...]  # tables and verbs that may answer otherwise


def execute(statement: str, values: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def policies() -> list[Policy]:
    return [Policy(*row) for row in execute(
        "SELECT tablename::text, policyname::text, cmd, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public' ORDER BY 1, 2"
    )]  # fmt: skip


def whole_policies() -> Iterator[Mutant]:
    """Dropped, and open. What is refused to everybody may only be opened."""
    for one in policies():
        on, asked = f'"{one.name}" ON "{one.table}"', ((one.table, one.verb),)
        shut = "false" in (one.using, one.check)
        if not shut:
            yield Mutant(f"{one.table}: {one.name} dropped", f"DROP POLICY {on}", asked)
        if one.using is not None and not shut:
            kept = f" WITH CHECK ({one.check or one.using})" if one.verb == "UPDATE" else ""
            yield Mutant(
                f"{one.table}: {one.name} for any row", f"ALTER POLICY {on} USING (true){kept}", asked
            )
        if one.check is not None and not shut:
            yield Mutant(f"{one.table}: {one.name} to any row", f"ALTER POLICY {on} WITH CHECK (true)", asked)
        if shut:
            halves = ("USING (true) " * (one.using is not None)) + (
                "WITH CHECK (true)" * (one.verb != "DELETE")
            )
            yield Mutant(f"{one.table}: {one.name} open", f"ALTER POLICY {on} {halves}", asked)


TRY = r"""
CREATE SCHEMA mutants;
GRANT USAGE ON SCHEMA mutants TO foia_web;
GRANT ALL ON ALL TABLES IN SCHEMA public TO foia_web;
CREATE FUNCTION mutants.read(place text, pk text, key text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE told text;
BEGIN
  PERFORM set_config('app.viewer', key, true);
  EXECUTE format('SELECT md5(coalesce(string_agg(%1$I::text, '','' ORDER BY %1$I), '''')) FROM public.%2$I', pk, place)
     INTO told;
  RETURN told;
END $$;
CREATE FUNCTION mutants.done(statement text, n int, m int) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE touched int;
BEGIN
  EXECUTE statement USING n, m;
  GET DIAGNOSTICS touched = ROW_COUNT;
  RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = touched::text;
EXCEPTION
  WHEN insufficient_privilege THEN RETURN false;
  WHEN SQLSTATE 'ZZ001' THEN RETURN SQLERRM <> '0';
  -- Another rule than the wall's: the wall let it through.
  WHEN OTHERS THEN RETURN true;
END $$;
CREATE FUNCTION mutants.add(place text, columns text, most int, key text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE told text := ''; statement text := format(
  'INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM mutants.%1$I WHERE n = $1 AND $2 = 0',
  place, columns);
BEGIN
  PERFORM set_config('app.viewer', key, true);
  FOR n IN 1..most LOOP
    told := told || mutants.done(statement, n, 0)::int;
  END LOOP;
  RETURN told;
END $$;
CREATE FUNCTION mutants.remove(place text, pk text, most int, key text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE told text := ''; statement text := format(
  'DELETE FROM public.%1$I WHERE %2$I = (SELECT %2$I FROM mutants.%1$I WHERE n = $1) AND $2 = 0', place, pk);
BEGIN
  PERFORM set_config('app.viewer', key, true);
  FOR n IN 1..most LOOP
    told := told || mutants.done(statement, n, 0)::int;
  END LOOP;
  RETURN told;
END $$;
CREATE FUNCTION mutants.change(place text, pk text, columns text, most int, another bool, key text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE told text := ''; mine int; words int; statement text := format(
  'UPDATE public.%1$I SET (%2$s) = (SELECT %2$s FROM mutants.%1$I WHERE n = $2) '
  'WHERE %3$I = (SELECT %3$I FROM mutants.%1$I WHERE n = $1)', place, columns, pk);
BEGIN
  PERFORM set_config('app.viewer', key, true);
  FOR n IN 1..most LOOP
    IF mutants.done(statement, n, n) THEN mine := n; words := n; EXIT; END IF;
  END LOOP;
  -- Where a row may become only what it is not.
  FOR n IN 1..least(most, 24) LOOP
    EXIT WHEN mine IS NOT NULL OR NOT another;
    FOR m IN 1..least(most, 24) LOOP
      IF mutants.done(statement, n, m) THEN mine := n; words := m; EXIT; END IF;
    END LOOP;
  END LOOP;
  IF mine IS NULL THEN RETURN 'none'; END IF;
  -- Words of one's own over each row, and the words of each row over one's own.
  FOR n IN 1..most LOOP
    told := told || mutants.done(statement, n, words)::int || mutants.done(statement, mine, n)::int;
  END LOOP;
  RETURN told;
END $$;
"""


class Walls:
    """What the walls as they are answer, kept for each table and verb."""

    def __init__(self, scene: Scene) -> None:
        self.keys = scene.keys
        execute(TRY)
        self.columns: dict[str, str] = {}
        self.pk: dict[str, str] = {}
        self.most: dict[str, int] = {}
        self.whole: dict[tuple[str, str], dict[str, str]] = {}
        # What is refused of a row before it changes is not what is refused after.
        self.halved = {
            one.table for one in policies() if one.verb == "UPDATE" and one.using != (one.check or one.using)
        }
        for (table,) in execute(
            "SELECT DISTINCT tablename::text FROM pg_policies WHERE schemaname = 'public'"
        ):
            self._prepare(table)
        # What stands nowhere yet: the first of an organization, by who made it and by others.
        for person, home in (("Fay", "empty"), ("Fay", "void"), ("Dora", "lake"), ("Ravi", "void")):
            row = {"id": -next(scene.numbers), "person_id": scene.people[person].pk, "role": "owner"}
            self._tried("requests_app_membership", {**row, "organisation_id": scene.homes[home].pk})
        for act in ("report.decided", "share.made"):
            line = {"id": -next(scene.numbers), "actor_id": scene.people["Stan"].pk, "act": act}
            self._tried("requests_app_auditentry", {**line, "organisation_id": None})
        execute("GRANT SELECT ON ALL TABLES IN SCHEMA mutants TO foia_web")

    def _tried(self, table: str, row: dict[str, Any]) -> None:
        self.most[table] += 1
        execute(
            f'INSERT INTO mutants."{table}" SELECT (jsonb_populate_record(c, %s::jsonb)).* '
            f'FROM mutants."{table}" c WHERE n = 1', [json.dumps({**row, "n": self.most[table]})],
        )  # fmt: skip

    def _prepare(self, table: str) -> None:
        self.columns[table] = execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''", [table],
        )[0][0]  # fmt: skip
        self.pk[table] = execute(
            "SELECT attname::text FROM pg_index i JOIN pg_attribute a "
            "ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
            "WHERE i.indrelid = %s::regclass AND i.indisprimary", [table],
        )[0][0]  # fmt: skip
        # Drawn, but always the same.
        execute(
            f'CREATE TABLE mutants."{table}" AS '
            f'SELECT row_number() OVER (ORDER BY md5("{self.pk[table]}"::text)) AS n, * '
            f'FROM public."{table}" ORDER BY 1 LIMIT {MORE.get(table.removeprefix("requests_app_"), MOST)}'
        )
        self.most[table] = execute(f'SELECT count(*) FROM mutants."{table}"')[0][0]

    def answer(self, table: str, verb: str, key: str) -> str:
        pk, columns, most = self.pk[table], self.columns[table], self.most[table]
        asked: dict[str, tuple[str, list[Any]]] = {
            "SELECT": ("SELECT mutants.read(%s, %s, %s)", [table, pk, key]),
            "INSERT": ("SELECT mutants.add(%s, %s, %s, %s)", [table, columns, most, key]),
            "DELETE": ("SELECT mutants.remove(%s, %s, %s, %s)", [table, pk, most, key]),
            "UPDATE": (
                "SELECT mutants.change(%s, %s, %s, %s, %s, %s)",
                [table, pk, columns, most, table in self.halved, key],
            ),
        }
        return str(execute(*asked[verb])[0][0])

    def _asking(self, verb: str) -> dict[str, str]:
        return self.keys if verb == "SELECT" else {name: self.keys[name] for name in WRITERS}

    def _ready(self, table: str, verb: str) -> None:
        if verb in ("UPDATE", "DELETE"):
            execute(f'CREATE POLICY tried ON public."{table}" FOR SELECT USING (true)')
        execute("SET LOCAL ROLE foia_web")

    def _answers(self, table: str, verb: str, names: list[str]) -> dict[str, str]:
        """Told by the walls as they are."""
        kept = self.whole.setdefault((table, verb), {})
        if set(names) - set(kept):
            with transaction.atomic():
                self._ready(table, verb)
                kept |= {
                    name: self.answer(table, verb, self.keys[name]) for name in names if name not in kept
                }
                transaction.set_rollback(True)
        return kept

    def tells(self, mutant: Mutant) -> str | None:
        """Where the mutant answers otherwise; None: nowhere."""
        for first in (True, False):
            for table, verb in mutant.asked:
                names = [name for name in self._asking(verb) if (name in FIRST) == first]
                told = self._told(mutant, table, verb, names)
                if told is not None:
                    return told
        return None

    def _told(self, mutant: Mutant, table: str, verb: str, names: list[str]) -> str | None:
        whole, found = self._answers(table, verb, names), None
        with transaction.atomic():
            execute(mutant.statement)
            try:
                with transaction.atomic():
                    self._ready(table, verb)
                    for name in names:
                        if self.answer(table, verb, self.keys[name]) != whole[name]:
                            found = f"{verb} {table} by {name}"
                            break
            except DatabaseError as problem:
                # Whatever it breaks, it is seen.
                found = f"{type(problem).__name__}: {problem}"
            transaction.set_rollback(True)
        return found
