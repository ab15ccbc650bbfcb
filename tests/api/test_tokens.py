"""A token is its owner narrowed: one organization, no more than its scope, and dead in time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from requests_app.actions import organisations, tokens
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import ApiToken, AuditEntry, Membership, Organisation, Person, RecordsRequest
from requests_app.models.visibility import Viewer, look_by_token, tell_database, viewing, viewing_as
from tests import builders

from .conftest import Program, token_of

pytestmark = pytest.mark.django_db


def seen_by(secret: str) -> int:
    """How many requests the database shows to this token, with the first wall taken away."""
    with transaction.atomic():
        look_by_token(tokens.digest_of(secret))
        return RecordsRequest.objects.count()


def test_a_reading_token_reads_what_its_organization_may_read(reader: Program, ours: RecordsRequest) -> None:
    told = reader.get(f"/requests/{ours.public_id}/").json()
    assert told["working_title"] == "canary-working"
    assert [row["id"] for row in reader.get("/requests/").json()["items"]] == [ours.public_id]


def test_the_secret_is_stored_nowhere(cast: builders.Cast) -> None:
    token, secret = token_of(cast.olive, cast.harbor)
    with connection.cursor() as cursor, viewing_as(cast.olive):
        cursor.execute("SELECT t::text FROM requests_app_apitoken t")
        [(row,)] = cursor.fetchall()
    assert secret not in row
    assert secret.startswith(token.start)
    assert len(secret) - len(token.start) > 40


@pytest.mark.parametrize("how", ["never", "expired", "revoked", "left", "closed", "cut", "long"])
def test_every_dead_token_gets_the_same_answer(cast: builders.Cast, ours: RecordsRequest, how: str) -> None:
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(role="owner")
    token, secret = token_of(cast.edgar, cast.harbor, days=1)
    assert Program(secret).get("/requests/").status_code == 200
    match how:
        case "never":
            secret = "prt_nothing_of_the_kind"
        case "expired":
            token, secret = token_of(
                cast.edgar, cast.harbor, days=1, now=timezone.now() - dt.timedelta(days=2)
            )
        case "revoked":
            with viewing_as(cast.olive) as viewer:
                tokens.revoke_token(viewer=viewer, token=token, actor=cast.olive)
        case "left":
            with viewing_as(cast.olive) as viewer:
                membership = Membership.objects.get(person=cast.edgar)
                organisations.end_membership(viewer=viewer, membership=membership, actor=cast.olive)
        case "closed":
            Person.objects.filter(pk=cast.edgar.pk).update(is_active=False)
        case "cut":
            secret = secret[:-1]
        case "long":
            secret += "x" * 10_000
    answer = Program(secret).get(f"/requests/{ours.public_id}/")
    never = Program("prt_another").get(f"/requests/{ours.public_id}/")
    assert answer.status_code == 401
    assert answer.content == never.content
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert seen_by(secret) == 0, "the second wall by itself"


def test_a_token_does_not_come_back_with_its_person(cast: builders.Cast) -> None:
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(role="owner")
    _token, secret = token_of(cast.edgar, cast.harbor)
    with viewing_as(cast.olive) as viewer:
        membership = Membership.objects.get(person=cast.edgar)
        organisations.end_membership(viewer=viewer, membership=membership, actor=cast.olive)
        organisations.add_member(
            viewer=viewer, organisation=cast.harbor, email=cast.edgar.email, role="owner", actor=cast.olive
        )
    assert Program(secret).get("/requests/").status_code == 401


def test_a_token_shrinks_with_the_role_of_its_person(cast: builders.Cast, ours: RecordsRequest) -> None:
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(role="owner")
    _token, secret = token_of(cast.edgar, cast.harbor, "write")
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(role="viewer")
    with transaction.atomic():
        viewer, person = look_by_token(tokens.digest_of(secret)) or (None, 0)
        assert viewer is not None
        assert (viewer.kind, viewer.editable, viewer.owned, person) == ("token", [], [], cast.edgar.pk)
        assert RecordsRequest.objects.count() == 1
        assert RecordsRequest.objects.update(public_title="taken") == 0, "the second wall by itself"


def test_a_token_waits_for_the_second_factor_that_its_person_owes(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    _token, secret = token_of(cast.olive, cast.harbor, "write")
    with viewing_as(cast.olive):
        Organisation.objects.filter(pk=cast.harbor.pk).update(requires_second_factor=True)
    with transaction.atomic():
        viewer, _person = look_by_token(tokens.digest_of(secret)) or (Viewer("public"), 0)
        assert (viewer.organisations, viewer.editable) == ([cast.harbor.pk], [])
        assert RecordsRequest.objects.count() == 1
        assert RecordsRequest.objects.update(public_title="taken") == 0


def test_a_token_sees_one_organization_though_its_person_has_two(cast: builders.Cast) -> None:
    with viewing_as(cast.ravi):
        Membership.objects.create(organisation=cast.prairie, person=cast.olive, role="owner")
    builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    mine = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    _token, secret = token_of(cast.olive, cast.harbor, "write")
    rows = Program(secret).get("/requests/").json()["items"]
    assert [row["id"] for row in rows] == [mine.public_id]
    assert seen_by(secret) == 1
    with transaction.atomic():
        look_by_token(tokens.digest_of(secret))
        assert Organisation.objects.count() == 1
        assert Membership.objects.filter(organisation=cast.prairie).count() == 0


def test_what_is_shared_with_the_person_alone_does_not_reach_the_token(cast: builders.Cast) -> None:
    theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    builders.share_with(cast.ravi, theirs, cast.olive, everything=True)
    _token, secret = token_of(cast.olive, cast.harbor)
    assert Program(secret).get(f"/requests/{theirs.public_id}/").status_code == 404
    assert seen_by(secret) == 0
    builders.share_with(cast.ravi, theirs, cast.harbor)
    assert Program(secret).get(f"/requests/{theirs.public_id}/").status_code == 200
    assert seen_by(secret) == 1


def test_no_token_acts_as_an_owner(cast: builders.Cast, ours: RecordsRequest) -> None:
    _token, secret = token_of(cast.olive, cast.harbor, "write")
    with transaction.atomic():
        viewer, _person = look_by_token(tokens.digest_of(secret)) or (Viewer("public"), 0)
        assert viewer.editable == [cast.harbor.pk]
        assert viewer.owned == []
        assert ApiToken.objects.count() == 0
        assert AuditEntry.objects.count() == 0
        assert Membership.objects.filter(person=cast.vera).update(role="owner") == 0
        assert Organisation.objects.update(name="Ours now") == 0
        with pytest.raises(Refused, match="Only an owner"):
            tokens.make_token(
                viewer=viewer, organisation=cast.harbor, actor=cast.olive, name="x", scope="read", days=1,
                now=timezone.now(), once="x",
            )  # fmt: skip


def test_only_owners_make_tokens_and_only_for_themselves(cast: builders.Cast) -> None:
    words: dict[str, Any] = {"name": "x", "scope": "read", "days": 1, "now": timezone.now(), "once": "x"}
    for person in (cast.edgar, cast.vera):
        with viewing_as(person) as viewer, pytest.raises(Refused, match="Only an owner"):
            tokens.make_token(viewer=viewer, organisation=cast.harbor, actor=person, **words)
    with viewing_as(cast.ravi) as viewer, pytest.raises(NotYours):
        tokens.make_token(viewer=viewer, organisation=cast.harbor, actor=cast.ravi, **words)
    with viewing_as(cast.olive) as viewer, pytest.raises(NotYours):
        tokens.make_token(viewer=viewer, organisation=cast.harbor, actor=cast.edgar, **words)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "  ", "name_missing"), ("name", "x" * 81, "name_too_long"), ("scope", "own", "scope_unknown"),
        ("days", 0, "days_impossible"), ("days", 3_000, "days_impossible"),
    ],
)  # fmt: skip
def test_what_makes_no_token(cast: builders.Cast, field: str, value: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        token_of(cast.olive, cast.harbor, **{"scope": "read", field: value})
    assert (refused.value.code, refused.value.field) == (code, field)


def test_making_and_revoking_stand_in_the_audit(cast: builders.Cast) -> None:
    token, _secret = token_of(cast.olive, cast.harbor)
    with viewing_as(cast.olive) as viewer:
        tokens.revoke_token(viewer=viewer, token=token, actor=cast.olive)
        tokens.revoke_token(viewer=viewer, token=token, actor=cast.olive)
        rows = AuditEntry.objects.visible_to(viewer).filter(subject=f"token {token.public_id}")
        assert sorted(rows.values_list("act", flat=True)) == ["token.made", "token.revoked"]


def test_last_use_is_kept_and_not_to_the_second(cast: builders.Cast) -> None:
    token, secret = token_of(cast.olive, cast.harbor)
    for _time in range(2):
        assert Program(secret).get("/requests/").status_code == 200
    with viewing_as(cast.olive):
        used = ApiToken.objects.get(pk=token.pk).last_used_at
    assert used is not None
    assert (used.second, used.microsecond) == (0, 0)


def test_a_bad_token_is_not_saved_by_a_good_session(cast: builders.Cast, ours: RecordsRequest) -> None:
    client = Client()
    client.force_login(cast.olive)
    assert Program("prt_wrong", client).get(f"/requests/{ours.public_id}/").status_code == 401
    assert Program("", client).get(f"/requests/{ours.public_id}/").status_code == 200


def test_a_token_opens_no_page(cast: builders.Cast, ours: RecordsRequest) -> None:
    _token, secret = token_of(cast.olive, cast.harbor)
    page = Client().get(f"/requests/{ours.public_id}/", headers={"Authorization": f"Bearer {secret}"})
    assert page.status_code == 404


def test_a_session_writes_only_with_its_csrf_token(cast: builders.Cast, ours: RecordsRequest) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.olive)
    words = {"kind": "acknowledged", "seen_version": 1, "received_on": "2026-03-04"}
    answer = Program("", client).post(f"/requests/{ours.public_id}/events/", words)
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]
    _token, secret = token_of(cast.olive, cast.harbor, "write")
    bare = Client(enforce_csrf_checks=True)
    assert Program(secret, bare).post(f"/requests/{ours.public_id}/events/", words).status_code == 201


def test_who_is_told_to_the_database_ends_with_the_request(reader: Program, ours: RecordsRequest) -> None:
    assert reader.get("/requests/").status_code == 200
    with viewing(Viewer("public")):
        assert RecordsRequest.objects.count() == 0
    with transaction.atomic():
        tell_database(Viewer("token", 99_999_999))
        assert RecordsRequest.objects.count() == 0
