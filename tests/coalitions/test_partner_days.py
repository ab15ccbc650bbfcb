"""The weekly digest's last section: what comes at partners this week, as they share it when the mail is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from requests_app.actions import sending
from requests_app.models import CoalitionMember, RecordsRequest, Share, Tier
from requests_app.models.visibility import viewing_as
from requests_app.queries.partner_days import coming
from tests import builders
from tests.reminders.scene import Sink, serving, today
from tests.reminders.test_catching_up import told_in, wait_is_over
from tests.reminders.test_digests import due, in_an_hour, wishes

pytestmark = pytest.mark.django_db(databases=["default", "direct"])


@pytest.fixture
def table(cast: builders.Cast) -> Any:
    """Prairie shares a campaign with the members of a coalition that Harbor coordinates."""
    one: Any = cast
    made = builders.coalition(cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER))
    one.theirs = builders.campaign(cast.ravi, cast.prairie)
    one.soon, one.held, one.far = (
        dated(one, days, held_back=held) for days, held in ((3, False), (3, True), (9, False))
    )
    with viewing_as(cast.ravi):
        stay = CoalitionMember.objects.get(organisation=cast.prairie)
        one.share = Share.objects.create(
            organisation=cast.prairie, campaign=one.theirs, grantee_kind="coalition", grantee_id=made.pk, stay=stay,
            tier=Tier.MEMBER,
        )  # fmt: skip
    return one


def dated(table: Any, days: int, **fields: Any) -> RecordsRequest:
    made = builders.bare_request(
        table.ravi, table.prairie, table.agency, campaign=table.theirs, public_title="canary-title", canary="canary",
        **fields,
    )  # fmt: skip
    with viewing_as(table.ravi):
        builders.deadline(made, due_on=today() + dt.timedelta(days=days), name="Answer")
        builders.deadline(made, due_on=today() + dt.timedelta(days=days), name="Records go", rule_id="destroys-on")
    return made


def mailed(table: Any, mail_server: Any, period: str) -> Any:
    wishes(table, table.olive, digest=period, **in_an_hour(table.olive))
    own = due(table)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None)
        wait_is_over()
        if period == "weekly" and table.share.revoked_at is not None:
            with viewing_as(table.ravi):
                Share.objects.filter(pk=table.share.pk).update(revoked_at=table.share.revoked_at)
        assert sending.sweep(oracle=None).sent == 1
    (mail,) = sink.taken
    assert own[0].request.public_id in told_in(mail)
    return mail


def test_the_weekly_digest_tells_partners_days_as_they_are_shared(table: Any, mail_server: Any) -> None:
    mail = mailed(table, mail_server, "weekly")
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for said in (text, html):
        assert "Of partners" in said and "Prairie Watch: Answer" in said
        assert "canary" not in said and "Records go" not in said
        assert table.held.public_id not in said and table.far.public_id not in said
    assert table.soon.public_id in told_in(mail)


def test_a_share_that_ended_before_the_mail_is_written_is_not_in_it(table: Any, mail_server: Any) -> None:
    table.share.revoked_at = timezone.now()
    assert "Of partners" not in mailed(table, mail_server, "weekly").get_body(("plain",)).get_content()


def test_the_daily_digest_is_of_ones_own_alone(table: Any, mail_server: Any) -> None:
    assert "Of partners" not in mailed(table, mail_server, "daily").get_body(("plain",)).get_content()


def test_what_reaches_another_organization_of_the_reader_is_not_told_in_this_ones_digest(table: Any) -> None:
    both = builders.organisation("Both", table.olive)
    builders.coalition(table.olive, both, (table.ravi, table.prairie, Tier.MEMBER))
    with viewing_as(table.olive) as viewer:
        assert [one.request for one in coming(viewer, table.harbor.pk, now=timezone.now()).days] == [
            table.soon.public_id
        ]
        assert coming(viewer, both.pk, now=timezone.now()).days == ()
