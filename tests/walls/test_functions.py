"""What runs past the walls, asked of the database's own catalog: functions, views, and how policies lead on."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
OURS = (
    "FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d "
    "WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')"
)
# They run past the walls and ask no viewer: what each of them tells anybody, or does for anybody.
FOR_ANYBODY = {
    "app_look_as": "says who looks; the doors call it with the person of the session",
    "app_look_by_feed": "asks for the secret of a feed",
    "app_look_by_token": "asks for the secret of a token",
    "app_invitation": "asks for the secret of an invitation",
    "app_coalition_invitation": "asks for the secret of an invitation",
    "app_guest_link": "asks for the secret of the mail to a guest",
    "app_has_members": "yes or no, of an organization by its number",
    "app_has_second_factor": "yes or no, of a person by the number",
    "app_hangs_on_notice": "yes or no, of the name of a scope",
    "app_is_held": "yes or no, of a request by its number",
    "app_is_retracted": "yes or no, of an event by its number",
    "app_retracted_events": "numbers of events, no words",
    "app_law_reports_today": "a count",
    "app_public_reports_today": "a count",
    "app_public_ends_in": "seconds until something public ends, not what",
    "app_analyze_agencies": "statistics of a public table",
    "app_beside_agency": "words for what was published beside it: whether to ask, and never what",
    "app_beside_request": "the same, beside a request by its number",
    "app_forget_keys": "removes what has expired",
}
# Views run as the owner of the tables, past the walls, unless they say otherwise.
PAST_THE_WALLS = {
    "requests_app_knownorganisation": "for the staff: that organizations are there, without a name",
    "requests_app_knownlawreport": "for the staff: that reports are there, without their words",
    "app_reach": "the live grants that reach whoever looks: numbers and levels",
    "app_reached": "the requests that those grants show: numbers and levels",
}


def rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def test_every_function_that_runs_as_its_owner_has_a_fixed_search_path_with_the_temporary_one_last() -> None:
    found = rows(f"SELECT p.oid::regprocedure::text, p.proconfig {OURS} AND p.prosecdef")
    assert len(found) > 40
    assert [one for one in found if "search_path=public, pg_temp" not in (one[1] or [])] == []  # type: ignore[operator]


def test_every_function_that_runs_as_its_owner_asks_who_looks_or_is_named_as_meant_for_anybody() -> None:
    """Trigger functions cannot be called, and those that only the owner may execute are not."""
    found = rows(
        "SELECT p.proname::text, strpos(p.prosrc, 'app_viewer') + strpos(p.prosrc, 'app_as_if') > 0 "
        f"{OURS} AND p.prosecdef AND p.prorettype <> 'trigger'::regtype "
        "AND has_function_privilege(current_user, p.oid, 'execute')"
    )
    asks_nobody = {name for name, asks in found if not asks}
    assert asks_nobody == set(FOR_ANYBODY)


def test_what_writes_for_other_functions_is_executed_by_nobody_else() -> None:
    by_the_owner_alone = rows(
        f"SELECT p.proname::text {OURS} AND NOT has_function_privilege('foia_web', p.oid, 'execute')"
    )
    assert ("app_coalition_noted",) in by_the_owner_alone

def test_no_function_is_executed_by_whoever_has_no_name_here() -> None:
    """Whoever reads for a backup calls none, and so writes nothing by one that runs as its owner."""
    assert rows(f"SELECT p.proname::text {OURS} AND has_function_privilege('public', p.oid, 'execute')") == []


def test_every_view_asks_the_walls_of_whoever_reads_it_or_is_named() -> None:
    found = rows(
        "SELECT relname::text FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace "
        "AND NOT coalesce('security_invoker=true' = ANY(reloptions) OR 'security_invoker=on' = ANY(reloptions), false)"
    )
    assert {name for (name,) in found} == set(PAST_THE_WALLS)
    words = rows(
        "SELECT attrelid::regclass::text, attname::text FROM pg_attribute WHERE attnum > 0 AND attrelid = ANY("
        f"ARRAY{sorted(PAST_THE_WALLS)}::regclass[]) AND attname IN "
        "('name', 'email', 'title', 'working_title', 'text', 'note', 'words', 'reason', 'said')"
    )
    assert words == []


def test_no_policy_leads_back_to_its_own_table() -> None:
    """Tables that policies read, by the catalog's own account; a circle is an error at the first statement."""
    found = rows(
        "SELECT DISTINCT p.polrelid::regclass::text, d.refobjid::regclass::text FROM pg_policy p JOIN pg_depend d "
        "ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass "
        "AND (d.deptype = 'n' AND d.refobjid <> p.polrelid)"
    )
    leads: dict[str, set[str]] = {}
    for table, read in found:
        leads.setdefault(str(table), set()).add(str(read))
    assert "app_reach" in leads["requests_app_recordsrequest"]
    for table in leads:
        reached, ahead = set[str](), [*leads[table]]
        while ahead:
            one = ahead.pop()
            if one not in reached:
                reached.add(one)
                ahead += leads.get(one, ())
        assert table not in reached
