"""Both walls, each with the other taken away: nothing of ours reaches a stranger, and no grant is forged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, models, transaction
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from requests_app.models import (
    AuditEntry,
    Campaign,
    Deadline,
    Event,
    EventCorrespondence,
    EventNote,
    Membership,
    Organisation,
    Person,
    PublicStandingSpan,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    Share,
    StandingSpan,
)
from requests_app.models.visibility import PUBLIC, SCHEDULE, Level, Viewer, tell_database, viewing, viewing_as
from tests import builders

pytestmark = pytest.mark.django_db

CONTENT = [
    Campaign, RecordsRequest, RequestPrivate, RequestCorrespondence, Event, EventNote, EventCorrespondence,
    Deadline, StandingSpan, PublicStandingSpan,
]  # fmt: skip
# Tables without an organisation: accounts, facts about agencies, the machine's own state.
OPEN_TABLES = {
    "person", "person_groups", "person_user_permissions", "agency", "agencyname", "agencycontact",
    "agencycustodian", "agencylaw", "agencyclosure", "agencyidentifier", "jobrun", "sendinghold",
    "opendatafile", "publicationgeneration",
}  # fmt: skip


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    """A request of Harbor's in a campaign, with a row of every kind."""
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)
    with viewing_as(cast.olive):
        asked = builders.event(made, "clarification_asked", sent_on=dt.date(2026, 3, 4))
        builders.event(made, "waived", dated_on=dt.date(2026, 3, 5))
        for model, field in ((EventNote, "our note"), (EventCorrespondence, "their letter")):
            model.objects.create(event=asked, request=made, organisation=cast.harbor, text=field)
        builders.deadline(made)
        builders.deadline(made, owner="requester", clock_key="appeal-by|request|r1")
        builders.span(made)
        builders.span(made, public=True)
    return made


def seen(viewer: Callable[[], Any], *, by_policy: bool) -> dict[str, int]:
    """Rows per table through one wall: the bare table under the viewer's own policies, or `visible_to` the
    viewer while the database is told that Olive looks, whose policies hide nothing."""
    with viewer() as who:
        if by_policy:
            return {m.__name__: m.objects.count() for m in CONTENT}
        with viewing_as(Person.objects.get(name="Olive")):
            return {m.__name__: m.objects.visible_to(who).count() for m in CONTENT}


WALLS = pytest.mark.parametrize("by_policy", [True, False], ids=["database policy alone", "queryset"])
NOTHING = {m.__name__: 0 for m in CONTENT}
ALL = {
    "Campaign": 1, "RecordsRequest": 1, "RequestPrivate": 1, "RequestCorrespondence": 1, "Event": 3,
    "EventNote": 1, "EventCorrespondence": 1, "Deadline": 2, "StandingSpan": 1, "PublicStandingSpan": 1,
}  # fmt: skip
PUBLISHED = NOTHING | {"RecordsRequest": 1, "Event": 1, "Deadline": 1, "PublicStandingSpan": 1}
PARTNER = NOTHING | {
    "RecordsRequest": 1,
    "Event": 2,
    "Deadline": 2,
    "StandingSpan": 1,
    "PublicStandingSpan": 1,
}


@WALLS
def test_members_see_all_of_their_own(cast: builders.Cast, ours: RecordsRequest, by_policy: bool) -> None:
    for member in (cast.olive, cast.edgar, cast.vera):
        assert seen(lambda who=member: viewing_as(who), by_policy=by_policy) == ALL


@WALLS
def test_strangers_staff_and_the_public_see_nothing_unshared(
    cast: builders.Cast, ours: RecordsRequest, by_policy: bool
) -> None:
    for stranger in (cast.ravi, cast.noor, cast.omar):
        assert seen(lambda who=stranger: viewing_as(who), by_policy=by_policy) == NOTHING
    assert seen(lambda: viewing(PUBLIC), by_policy=by_policy) == NOTHING


@WALLS
def test_the_public_reads_its_own_projection_of_a_published_request(
    cast: builders.Cast, ours: RecordsRequest, by_policy: bool
) -> None:
    builders.publish(cast.olive, ours)
    for viewer in (
        lambda: viewing(PUBLIC),
        lambda: viewing_as(cast.noor),
        lambda: viewing_as(cast.ravi),
        lambda: viewing_as(cast.omar),
    ):
        assert seen(viewer, by_policy=by_policy) == PUBLISHED


@WALLS
def test_a_published_campaign_opens_its_requests_but_not_one_held_back(
    cast: builders.Cast, ours: RecordsRequest, by_policy: bool
) -> None:
    builders.publish(cast.olive, ours.campaign)
    assert seen(lambda: viewing(PUBLIC), by_policy=by_policy) == PUBLISHED | {"Campaign": 1}
    with viewing_as(cast.olive):
        RecordsRequest.objects.filter(pk=ours.pk).update(held_back=True)
    assert seen(lambda: viewing(PUBLIC), by_policy=by_policy) == NOTHING | {"Campaign": 1}


@WALLS
@pytest.mark.parametrize(
    ("grant", "more"),
    [
        ({}, {}),
        ({"correspondence": True}, {"RequestCorrespondence": 1, "EventCorrespondence": 1}),
        ({"documents": True}, {}),
        (
            {"everything": True},
            {"RequestCorrespondence": 1, "EventCorrespondence": 1, "RequestPrivate": 1, "EventNote": 1},
        ),
    ],
    ids=["status", "correspondence", "documents", "everything"],
)
def test_a_partner_sees_what_the_level_says(
    cast: builders.Cast, ours: RecordsRequest, by_policy: bool, grant: dict[str, bool], more: dict[str, int]
) -> None:
    builders.share_with(cast.olive, ours, cast.prairie, **grant)
    assert seen(lambda: viewing_as(cast.ravi), by_policy=by_policy) == PARTNER | more
    assert seen(lambda: viewing_as(cast.noor), by_policy=by_policy) == NOTHING


@WALLS
@pytest.mark.parametrize(
    "when",
    [
        {"revoked_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"embargo_until": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)},
        {"from_at": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)},
        {
            "from_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
            "until_at": dt.datetime(2020, 2, 1, tzinfo=dt.UTC),
        },
    ],
    ids=["revoked", "under embargo", "not begun", "over"],
)
def test_a_share_outside_its_time_shows_nothing(
    cast: builders.Cast, ours: RecordsRequest, by_policy: bool, when: dict[str, dt.datetime]
) -> None:
    builders.publish(cast.olive, ours, **when)
    builders.share_with(cast.olive, ours, cast.prairie, everything=True, **when)
    assert seen(lambda: viewing(PUBLIC), by_policy=by_policy) == NOTHING
    assert seen(lambda: viewing_as(cast.ravi), by_policy=by_policy) == NOTHING


def test_everything_is_never_granted_to_the_public(cast: builders.Cast, ours: RecordsRequest) -> None:
    with pytest.raises(IntegrityError, match="share_grantee_named"):
        builders.publish(cast.olive, ours, everything=True)


def test_a_stranger_cannot_grant_himself_a_request(cast: builders.Cast, ours: RecordsRequest) -> None:
    def forge(of: Organisation) -> None:
        with viewing_as(cast.ravi):
            Share.objects.create(
                organisation=of, request=ours, grantee_kind="organisation", grantee_id=cast.prairie.pk
            )
            connection.check_constraints()

    with pytest.raises((IntegrityError, ProgrammingError)):
        forge(cast.prairie)
    with pytest.raises(ProgrammingError, match="row-level security"):
        forge(cast.harbor)


def test_no_grant_can_be_made_of_anothers_campaign(cast: builders.Cast, ours: RecordsRequest) -> None:
    def grant() -> None:
        with viewing_as(cast.ravi):
            Share.objects.create(organisation=cast.prairie, campaign=ours.campaign, grantee_kind="public")
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="share_campaign_of_its_owner"):
        grant()


def test_no_row_can_be_hung_on_a_strangers_request(cast: builders.Cast, ours: RecordsRequest) -> None:
    for of in (cast.harbor, cast.prairie):
        with pytest.raises((IntegrityError, ProgrammingError)), viewing_as(cast.ravi):
            Event.objects.create(
                organisation=of, request=ours, kind="acknowledged", sent_on=dt.date(2026, 3, 3)
            )


def test_a_member_who_only_reads_cannot_write(cast: builders.Cast, ours: RecordsRequest) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), viewing_as(cast.vera):
        builders.event(ours, "acknowledged", sent_on=dt.date(2026, 3, 3))
    with viewing_as(cast.vera):
        assert RecordsRequest.objects.filter(pk=ours.pk).update(public_title="changed") == 0


def test_only_an_owner_shares_and_admits_members(cast: builders.Cast, ours: RecordsRequest) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        builders.publish(cast.edgar, ours)
    with pytest.raises(ProgrammingError, match="row-level security"), viewing_as(cast.edgar):
        Membership.objects.create(organisation=cast.harbor, person=cast.noor, role="viewer")
    with viewing_as(cast.edgar):
        Membership.objects.filter(person=cast.edgar).update(role="owner")
        assert Membership.objects.get(person=cast.edgar).role == "editor"


def test_a_person_cannot_make_himself_owner_of_anothers_organisation(cast: builders.Cast) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), viewing_as(cast.noor):
        Membership.objects.create(organisation=cast.harbor, person=cast.noor, role="owner")


def test_a_removed_member_sees_nothing_on_the_next_request(cast: builders.Cast, ours: RecordsRequest) -> None:
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(ended_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert seen(lambda: viewing_as(cast.edgar), by_policy=True) == NOTHING
    assert seen(lambda: viewing_as(cast.edgar), by_policy=False) == NOTHING


def test_without_a_viewer_the_database_refuses_rather_than_answers_nothing(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    for model in CONTENT:
        with transaction.atomic(), viewing(PUBLIC), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.viewer', '', true)")
            with pytest.raises(DatabaseError, match="no viewer is set"), transaction.atomic():
                model.objects.count()


@pytest.mark.parametrize("words", ["UPDATE", "DELETE"])
def test_the_ledger_and_the_audit_are_append_only(
    cast: builders.Cast, ours: RecordsRequest, words: str
) -> None:
    with viewing_as(cast.olive):
        AuditEntry.objects.create(organisation=cast.harbor, actor=cast.olive, act="x", subject="y")
    for model in (Event, EventNote, EventCorrespondence, AuditEntry):
        table = model._meta.db_table
        sql = f"UPDATE {table} SET organisation_id = 1" if words == "UPDATE" else f"DELETE FROM {table}"
        with pytest.raises(ProgrammingError, match="permission denied"), viewing_as(cast.olive):
            connection.cursor().execute(sql)


def test_a_stored_deadline_is_superseded_and_never_changed(cast: builders.Cast, ours: RecordsRequest) -> None:
    with viewing_as(cast.olive):
        assert Deadline.objects.update(superseded_at=dt.datetime(2026, 3, 10, tzinfo=dt.UTC)) == 2
    with pytest.raises(ProgrammingError, match="permission denied"), viewing_as(cast.olive):
        Deadline.objects.update(due_on=dt.date(2026, 4, 1))


def test_the_schedule_sees_rows_of_its_own_and_no_content(cast: builders.Cast, ours: RecordsRequest) -> None:
    assert seen(lambda: viewing(SCHEDULE), by_policy=True) == NOTHING
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT app_schedule_organisations()")
        assert len(cursor.fetchall()) == 2
    with pytest.raises(ProgrammingError, match="only the schedule"), viewing_as(cast.ravi):
        connection.cursor().execute("SELECT app_schedule_organisations()")


def test_the_viewer_ends_with_its_transaction_and_the_outer_one_comes_back(cast: builders.Cast) -> None:
    def told() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.viewer', true)")
            return str(cursor.fetchone()[0] or "")

    with viewing(PUBLIC):
        with viewing_as(cast.olive):
            assert told() == f"person:{cast.olive.pk}"
        assert told() == "public"


@pytest.mark.django_db(transaction=True)
def test_a_viewer_is_never_set_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        tell_database(PUBLIC)
    with viewing(PUBLIC):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.viewer', true)")
        assert not cursor.fetchone()[0]


def test_every_table_stands_behind_the_wall_or_is_named_as_open() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity FROM pg_class WHERE relkind = 'r' AND "
            "relnamespace = 'public'::regnamespace AND relname LIKE %s",
            ["requests_app_%"],
        )
        walled = {name.removeprefix("requests_app_"): on for name, on in cursor.fetchall()}
    assert {name for name, on in walled.items() if not on} == OPEN_TABLES
    ours = {
        m._meta.db_table.removeprefix("requests_app_")
        for m in apps.get_app_config("requests_app").get_models()
        if m._meta.managed  # a view for the staff shows no words: tests/accounts/test_staff.py
    }
    assert ours | OPEN_TABLES == set(walled)


def test_every_table_with_a_request_carries_its_owner_by_a_composite_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
            "AND confrelid = 'requests_app_recordsrequest'::regclass AND cardinality(conkey) = 2"
        )
        held = {row[0] for row in cursor.fetchall()}
    expected = {
        m._meta.db_table
        for m in apps.get_app_config("requests_app").get_models()
        if any(isinstance(f, models.ForeignKey) and f.related_model is RecordsRequest for f in m._meta.fields)
    }
    assert expected - held == {"requests_app_importrow"}, "an import row may lose its request when undone"


def test_the_tests_run_as_the_web_role_which_owns_nothing() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("foia_web", False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


def test_a_level_below_the_tables_own_never_widens_it(cast: builders.Cast, ours: RecordsRequest) -> None:
    builders.share_with(cast.olive, ours, cast.prairie)
    with viewing_as(cast.ravi) as viewer:
        assert not RequestPrivate.objects.visible_to(viewer, at_least=Level.STATUS)
        assert RecordsRequest.objects.visible_to(viewer, at_least=Level.STATUS).count() == 1
        assert not RecordsRequest.objects.visible_to(viewer, at_least=Level.CORRESPONDENCE)
    assert Viewer("public").key == "public"
