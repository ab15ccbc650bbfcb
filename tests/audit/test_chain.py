"""The audit is a chain: sealed once, in order, by whoever comes first; and what was touched afterwards is named."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, connections, transaction

from foia_tracker.embedded.place import REPOSITORY
from requests_app.actions import audit, audit_seals
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, AuditSeal, Organisation, SealedEntry, UnsealedEntry
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries import audit_chain
from tests.builders import Cast
from tests.drills import in_threads

pytestmark = pytest.mark.committed
LINE = "INSERT INTO requests_app_auditentry (organisation_id, act, subject, detail) VALUES (%s, %s, 'request x', '{}')"


def note(cast: Cast, *acts: str, of: Organisation | None = None) -> None:
    with viewing_as(cast.ravi if of == cast.prairie else cast.olive):
        for act in acts:
            audit.record(
                act=act, subject="request x", organisation=of or cast.harbor, actor=cast.olive,
                detail={"to": "public “ü” \\ \"", "n": 3},
            )  # fmt: skip


def owner(sql: str, *params: Any) -> None:
    """As somebody with the owner's password, who switches the triggers off."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in ("auditentry", "auditseal", "sealedentry"):
            cursor.execute(f"ALTER TABLE requests_app_{table} DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("auditentry", "auditseal", "sealedentry"):
            cursor.execute(f"ALTER TABLE requests_app_{table} ENABLE TRIGGER USER")


def verified(*words: str) -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("verify_audit", *words, stdout=said, stderr=said)
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()


def entries() -> list[int]:
    return list(AuditEntry.objects.using("owner").order_by("pk").values_list("pk", flat=True))


def sealed() -> list[int]:
    return list(
        SealedEntry.objects.using("owner")
        .order_by("seal__number", "entry_id")
        .values_list("entry_id", flat=True)
    )


def test_lines_are_sealed_in_order_and_once_and_the_chain_is_whole(cast: Cast) -> None:
    note(cast, "a", "b", "c")
    note(cast, "d", of=cast.prairie)
    assert audit_seals.seal() == {"links": 2, "lines": 4}
    assert audit_seals.seal() == {"links": 0, "lines": 0}, "again changes nothing"
    note(cast, "e")
    assert audit_seals.seal() == {"links": 1, "lines": 1}
    mine = AuditSeal.objects.using("owner").filter(organisation=cast.harbor).order_by("number")
    assert [(one.number, one.entries) for one in mine] == [(1, 3), (2, 1)]
    assert bytes(mine[1].previous) == bytes(mine[0].hash)
    code, said = verified()
    assert code == 0
    assert f"{cast.harbor.public_id}: whole. 2 seals, 4 lines, 0 wait." in said


def test_the_line_of_a_transaction_that_commits_late_is_sealed_after_it(cast: Cast) -> None:
    with other() as late:
        with late.cursor() as cursor:
            cursor.execute("SELECT set_config('app.viewer', %s, true)", [f"person:{cast.olive.pk}"])
            cursor.execute(LINE, [cast.harbor.pk, "late"])
        note(cast, "early")
        assert audit_seals.seal()["lines"] == 1
        late.commit()
    assert entries() != sealed()
    assert audit_seals.seal()["lines"] == 1
    assert sorted(sealed()) == entries()
    assert verified()[0] == 0


def test_a_line_that_was_taken_back_was_never_there(cast: Cast) -> None:
    with viewing_as(cast.olive):
        audit.record(act="a", subject="x", organisation=cast.harbor, actor=cast.olive)
        transaction.set_rollback(True)
    assert not UnsealedEntry.objects.using("owner").exists()
    assert audit_seals.seal()["lines"] == 0


def test_many_sealers_at_once_make_one_chain(cast: Cast) -> None:
    note(cast, *(f"act {n}" for n in range(40)))

    def work() -> int:
        try:
            return sum(audit_seals.seal_next(cast.harbor.pk) for _turn in range(20))
        finally:
            connection.close()

    assert sum(in_threads(*[work] * 6)) + sum(audit_seals.seal_next(cast.harbor.pk) for _ in range(2)) == 40
    assert sealed() == entries()
    assert verified()[0] == 0


def test_lines_written_while_sealers_run_are_all_sealed(cast: Cast) -> None:
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(60):
                note(cast, f"act {number}")
        finally:
            connection.close()
            done.set()

    def work() -> None:
        try:
            while not done.is_set():
                audit_seals.seal()
        finally:
            connection.close()

    in_threads(write, work, work)
    audit_seals.seal()
    assert len(entries()) == 60
    assert sorted(sealed()) == entries()
    assert verified()[0] == 0


@contextmanager
def other() -> Iterator[Any]:
    given = connections["default"].settings_dict
    made = psycopg2.connect(
        dbname=given["NAME"], user=given["USER"], host=given["HOST"], port=given["PORT"] or 5432
    )
    try:
        yield made
    finally:
        made.close()


def test_a_sealer_killed_before_its_commit_leaves_the_lines_waiting(cast: Cast) -> None:
    note(cast, "a", "b")
    program = (
        "import django; django.setup()\n"
        "from requests_app.actions import audit_seals\n"
        "from requests_app.models.visibility import SCHEDULE, viewing\n"
        "from django.db import connection\n"
        "import time\n"
        "with viewing(SCHEDULE):\n"
        f"    audit_seals.seal_next({cast.harbor.pk})\n"
        "    print('sealed', flush=True)\n"
        "    time.sleep(60)\n"
    )
    given = connections["default"].settings_dict
    url = f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
    here = {
        "DATABASE_URL": url,
        "DATABASE_DIRECT_URL": url,
        "DJANGO_SETTINGS_MODULE": "foia_tracker.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **here},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "sealed"
        assert audit_seals.seal_next(cast.harbor.pk) == 0, "the other is at it"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    for _turn in range(100):
        if audit_seals.seal_next(cast.harbor.pk):
            break
        threading.Event().wait(0.05)
    assert sealed() == entries()
    assert verified()[0] == 0


# What was touched -----------------------------------------------------------------------------------


@pytest.fixture
def chain(cast: Cast) -> Cast:
    note(cast, "a", "b")
    audit_seals.seal()
    note(cast, "c", "d")
    audit_seals.seal()
    return cast


@pytest.mark.parametrize(
    "change",
    [
        "act = 'x'", "subject = 'x'", "detail = '{}'", "at = at - interval '1 second'", "actor_id = NULL",
        "organisation_id = NULL",
    ],
)  # fmt: skip
def test_a_changed_line_is_named(chain: Cast, change: str) -> None:
    second = entries()[1]
    owner(f"UPDATE requests_app_auditentry SET {change} WHERE id >= %s", second)
    code, said = verified()
    assert code == 1
    assert f"{chain.harbor.public_id}: Entry {second}, sealed by seal 1, was changed." in said


def test_a_missing_line_is_named(chain: Cast) -> None:
    third = entries()[2]
    owner("DELETE FROM requests_app_auditentry WHERE id >= %s", third)
    assert f"Entry {third}, sealed by seal 2, is missing." in verified()[1]
    assert verified()[0] == 1


def test_an_inserted_line_is_named_whether_it_went_past_the_queue_or_bears_a_false_date(chain: Cast) -> None:
    owner(LINE, chain.harbor.pk, "forged")
    assert f"Entry {max(entries())} was inserted past the seals." in verified()[1]
    owner("DELETE FROM requests_app_auditentry WHERE id = %s", max(entries()))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            LINE.replace("detail)", "detail, at)").replace("'{}')", "'{}', '2020-01-01')"),
            [chain.harbor.pk, "z"],
        )
    assert (
        f"Entry {max(entries())}, which waits for its seal, was inserted later than it says." in verified()[1]
    )
    audit_seals.seal()
    assert f"Entry {max(entries())}, sealed by seal 3, was inserted later than it says." in verified()[1]


def test_a_line_that_vanishes_before_its_seal_is_named(cast: Cast) -> None:
    note(cast, "a")
    owner("DELETE FROM requests_app_auditentry")
    assert "which waited for its seal, is missing" in verified()[1]


def test_a_seal_that_is_changed_or_missing_is_named(chain: Cast) -> None:
    owner("UPDATE requests_app_auditseal SET sealed_at = sealed_at + interval '1 second' WHERE number = 1")
    assert "Seal 1 was changed, or what it covers." in verified()[1]
    owner("UPDATE requests_app_auditseal SET sealed_at = sealed_at - interval '1 second' WHERE number = 1")
    assert verified()[0] == 0
    owner(
        "DELETE FROM requests_app_sealedentry d USING requests_app_auditseal s WHERE d.seal_id = s.id AND s.number = 1"
    )
    assert "Seal 1 was changed, or what it covers." in verified()[1]
    owner("DELETE FROM requests_app_auditseal WHERE number = 1")
    assert "Seal 1 is missing." in verified()[1]


def test_a_chain_written_anew_does_not_fit_the_heads_that_were_kept_elsewhere(
    chain: Cast, tmp_path: Path
) -> None:
    heads = tmp_path / "heads"
    heads.write_text(verified("--heads")[1])
    assert verified("--against", str(heads))[0] == 0
    owner(
        "UPDATE requests_app_auditentry SET act = 'x'; DELETE FROM requests_app_sealedentry; "
        "DELETE FROM requests_app_auditseal; "
        "INSERT INTO requests_app_unsealedentry SELECT id, organisation_id FROM requests_app_auditentry"
    )
    audit_seals.seal_next(chain.harbor.pk)
    assert verified()[0] == 0, "by itself it cannot know"
    code, said = verified("--against", str(heads))
    assert code == 1
    assert "the chain was written anew" in said


# Who may do what ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["auditseal", "sealedentry", "unsealedentry"])
@pytest.mark.parametrize(
    "words", ["UPDATE {} SET organisation_id = NULL", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"]
)
def test_neither_web_nor_worker_changes_a_seal(
    chain: Cast, table: str, words: str, superuser_url: str
) -> None:
    sql = words.format(f"requests_app_{table}")
    with pytest.raises(ProgrammingError, match="permission denied"), viewing_as(chain.olive):
        connection.cursor().execute(sql)
    given = connections["default"].settings_dict
    made = psycopg2.connect(
        dbname=given["NAME"], user="foia_worker", host=given["HOST"], port=given["PORT"] or 5432
    )
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), made.cursor() as cursor:
        cursor.execute(sql)
    made.close()


def test_the_owner_of_the_tables_meets_a_trigger(chain: Cast) -> None:
    for table in ("auditentry", "auditseal", "sealedentry"):
        with pytest.raises(Exception, match="append-only"), connections["owner"].cursor() as cursor:
            cursor.execute(f"DELETE FROM requests_app_{table}")


def test_only_the_schedule_seals(chain: Cast) -> None:
    for sql in ("SELECT app_seal_audit(1)", "SELECT app_audit_to_seal()"):
        with pytest.raises(ProgrammingError, match="only the schedule"), viewing_as(chain.olive):
            connection.cursor().execute(sql)


def test_seals_are_read_by_owners_of_their_organization_alone(chain: Cast) -> None:
    with viewing_as(chain.olive) as viewer:
        assert AuditSeal.objects.count() == 2
        assert AuditSeal.objects.visible_to(viewer).count() == 2
    for person in (chain.edgar, chain.vera, chain.ravi, chain.noor, chain.omar):
        with viewing_as(person):
            assert (
                AuditSeal.objects.count() == SealedEntry.objects.count() == UnsealedEntry.objects.count() == 0
            )
    with viewing(PUBLIC):
        assert AuditSeal.objects.count() == 0


# Letting go -----------------------------------------------------------------------------------------


def aged(cast: Cast, years: float, *acts: str) -> None:
    """A link of so many years ago, as its sealer would have made it then."""
    at = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(days=365.25 * years)
    last = AuditSeal.objects.using("owner").filter(organisation=cast.harbor).order_by("-number").first()
    number, previous = (last.number + 1, bytes(last.hash)) if last else (1, b"")
    covers = []
    with connections["owner"].cursor() as cursor:
        for act in acts:
            cursor.execute(
                LINE.replace("detail)", "detail, at)").replace("'{}')", "'{}', %s) RETURNING id"),
                [cast.harbor.pk, act, at],
            )
            pk = cursor.fetchone()[0]
            line = audit_chain.canonical(pk, cast.harbor.pk, None, act, "request x", "{}", at)
            covers.append((pk, hashlib.sha256(line).digest()))
    with transaction.atomic(using="owner"):
        made = AuditSeal.objects.using("owner").create(
            organisation_id=cast.harbor.pk, number=number, sealed_at=at, entries=len(acts), previous=previous,
            hash=audit_chain.link(previous, cast.harbor.pk, number, at, covers),
        )  # fmt: skip
        for pk, digest in covers:
            SealedEntry.objects.using("owner").create(
                entry_id=pk, organisation_id=cast.harbor.pk, seal_id=made.pk, digest=digest
            )
            UnsealedEntry.objects.using("owner").filter(pk=pk).delete()


def keep(cast: Cast, years: int | None) -> None:
    with viewing_as(cast.olive) as viewer:
        audit_seals.keep_for(viewer=viewer, organisation=cast.harbor, years=years, actor=cast.olive)


def test_old_lines_are_let_go_where_the_organization_said_so_and_the_chain_still_verifies(cast: Cast) -> None:
    aged(cast, 7, "old", "older")
    aged(cast, 4, "young")
    assert verified()[0] == 0
    assert audit_seals.let_go() == {}, "kept for good unless an owner says otherwise"
    keep(cast, 5)
    said = StringIO()
    call_command("release_audit", stdout=said)
    assert said.getvalue() == f"{cast.harbor.public_id}: 2 lines let go.\n"
    assert audit_seals.let_go() == {}, "again removes nothing"
    acts = list(AuditEntry.objects.using("owner").order_by("pk").values_list("act", flat=True))
    assert acts == ["young", "audit.kept_for", "audit.let_go"]
    assert AuditSeal.objects.using("owner").count() == 2
    code, words = verified()
    assert code == 0
    assert "2 let go, 2 wait" in words
    audit_seals.seal()
    assert verified()[0] == 0


def test_a_line_younger_than_two_years_is_not_let_go_by_anybody(cast: Cast) -> None:
    aged(cast, 1, "young")
    for years in (0, 1, 101):
        with pytest.raises(Refused, match="2 to 100 years"):
            keep(cast, years)
    with pytest.raises(Exception, match="append-only"), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM requests_app_auditentry")
    owner("DELETE FROM requests_app_auditentry")
    with connections["owner"].cursor() as cursor:
        cursor.execute(LINE.replace("'{}'", """'{"through": 9}'"""), [cast.harbor.pk, "audit.let_go"])
    assert "sealed by seal 1, is missing" in verified()[1], "no line that says so makes up for it"


def test_only_owners_say_how_long_the_audit_is_kept(cast: Cast) -> None:
    for person, refusal in ((cast.edgar, Refused), (cast.ravi, NotYours)):
        with pytest.raises(refusal), viewing_as(person) as viewer:
            audit_seals.keep_for(viewer=viewer, organisation=cast.harbor, years=5, actor=person)
