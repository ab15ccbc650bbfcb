"""Staff sees rows and not words, unless with a written reason, for half an hour, and its owners know."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from requests_app.actions import break_glass
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    BreakGlass,
    BreakGlassMail,
    RecordsRequest,
    RequestPrivate,
    Share,
)
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import signed_in
from tests.builders import Cast

pytestmark = pytest.mark.django_db
WHY = "The owner wrote that dates are missing, ticket 12."


@pytest.fixture
def ours(cast: Cast) -> RecordsRequest:
    return builders.bare_request(cast.olive, cast.harbor, cast.agency, canary="canary-8e")


def opened(cast: Cast, key: str, reason: str = WHY) -> BreakGlass:
    with viewing_as(cast.omar) as viewer:
        return break_glass.open_glass(viewer=viewer, actor=cast.omar, key=key, reason=reason)


def reads(cast: Cast) -> tuple[int, int]:
    """How many requests, and how many of their private rows; the policy and the wall say the same."""
    with viewing_as(cast.omar) as viewer:
        found = []
        for table in (RecordsRequest, RequestPrivate):
            found.append(table.objects.visible_to(viewer).count())
            assert found[-1] == table.objects.count()
        return found[0], found[1]


def test_staff_opens_one_request_with_a_reason_and_every_owner_is_told(cast: Cast, ours: RecordsRequest) -> None:
    other = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    assert reads(cast) == (0, 0)
    page = signed_in(cast.omar).post(reverse("break-glass"), {"key": ours.public_id, "reason": WHY})
    assert page.headers["Location"] == reverse("request", args=[ours.public_id])
    assert reads(cast) == (1, 1)
    assert signed_in(cast.omar).get(reverse("request", args=[other.public_id])).status_code == 404
    assert break_glass.send_due()["told"] == 1
    assert break_glass.send_due()["told"] == 0, "once"
    [told] = mail.outbox
    assert told.to == [cast.olive.email] and WHY in told.body and "canary" not in told.body
    audit = signed_in(cast.olive).get(reverse("organisation-audit", args=[cast.harbor.public_id])).content.decode()
    assert "for half an hour" in audit and WHY in audit
    with viewing_as(cast.olive):
        share = Share.objects.get()
        assert share.until_at is not None
        assert share.until_at < dt.datetime.now(dt.UTC) + dt.timedelta(minutes=31)


def test_it_closes_by_itself_and_an_owner_ends_it_before(cast: Cast, ours: RecordsRequest) -> None:
    opened(cast, ours.public_id)
    with viewing_as(cast.olive):
        early = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
        Share.objects.update(from_at=early, until_at=early + dt.timedelta(minutes=30))
    assert reads(cast) == (0, 0)
    opened(cast, ours.public_id)
    assert reads(cast) == (1, 1)
    with viewing_as(cast.olive):
        Share.objects.filter(revoked_at=None).update(revoked_at=dt.datetime.now(dt.UTC))
    assert reads(cast) == (0, 0)


@pytest.mark.parametrize("reason", ["", "   ", "too short"])
def test_without_a_reason_nothing_opens(cast: Cast, ours: RecordsRequest, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(cast, ours.public_id, reason)
    assert refused.value.field == "reason" and reads(cast) == (0, 0)
    said = signed_in(cast.omar).post(reverse("break-glass"), {"key": ours.public_id, "reason": reason})
    assert said.status_code == 400


def test_nobody_but_the_staff_has_it_by_either_wall(cast: Cast, ours: RecordsRequest) -> None:
    for who in (cast.ravi, cast.noor, cast.vera, cast.olive):
        assert signed_in(who).get(reverse("break-glass")).status_code == 404
        with viewing_as(who) as viewer, pytest.raises(NotYours):
            break_glass.open_glass(viewer=viewer, actor=who, key=ours.public_id, reason=WHY)
        with pytest.raises(DatabaseError), transaction.atomic(), viewing_as(who), connection.cursor() as cursor:
            cursor.execute("SELECT app_break_glass(%s, %s)", [ours.public_id, WHY])
    opened(cast, ours.public_id)
    with viewing_as(cast.ravi):
        assert not BreakGlass.objects.exists() and not BreakGlassMail.objects.exists()
    with viewing_as(cast.omar), pytest.raises(DatabaseError), transaction.atomic():
        Share.objects.create(
            organisation=cast.harbor, request=ours, grantee_kind="person", grantee_id=cast.omar.pk, everything=True
        )


def test_an_unknown_number_and_what_is_open_already_are_one_answer(cast: Cast, ours: RecordsRequest) -> None:
    opened(cast, ours.public_id)
    said = set()
    for key in (ours.public_id, "zzzzzzzzzzzz", "\x7f"):
        with pytest.raises(Refused) as refused:
            opened(cast, key)
        said.add((refused.value.code, refused.value.sentence))
    assert len(said) == 1


def test_who_reads_everything_of_anothers_leaves_one_line_a_day(cast: Cast, ours: RecordsRequest) -> None:
    half = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    builders.share_with(cast.olive, ours, cast.prairie, everything=True)
    builders.share_with(cast.olive, half, cast.prairie, correspondence=True)
    builders.share_with(cast.olive, half, cast.noor, everything=True)
    ravi = signed_in(cast.ravi)
    for _time in range(2):
        for one in (ours, half):
            assert ravi.get(reverse("request", args=[one.public_id])).status_code == 200
            assert ravi.get(reverse("api-request", args=[one.public_id])).status_code == 200
    assert signed_in(cast.vera).get(reverse("request", args=[ours.public_id])).status_code == 200
    with viewing_as(cast.olive):
        [line] = AuditEntry.objects.filter(act="share.read_everything")
        assert (line.subject, line.actor_id) == (f"request {ours.public_id}", None)
    page = signed_in(cast.olive).get(reverse("organisation-audit", args=[cast.harbor.public_id])).content.decode()
    assert "read everything of" in page and "Ravi" not in page, "whom a partner employs is the partner's"
