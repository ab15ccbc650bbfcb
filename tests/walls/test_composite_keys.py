"""A row of an organization leads to rows of the same organization alone: keys of the database say so, pair by pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from requests_app.models import Guest, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
# table.column: why no key of two columns stands there.
BY_ITS_REQUEST = "the key of its own request holds the organization, and every read goes by the request"
OURS_ALONE = "read by its own organization alone, whatever is shared"
LEFT = {
    **dict.fromkeys(
        ("document.event", "eventcorrespondence.event", "eventnote.event", "event.retracts", "feebasis.event",
         "loggedcontact.event", "offeredmove.event", "production.event", "remedyevent.event", "retention.event",
         "withholding.event", "withholding.released", "withholdingprivate.challenged", "reminder.deadline",
         "externalnumber.batch", "letterattachment.file", "lettercopy.pdf", "requestrequester.profile"),
        BY_ITS_REQUEST,
    ),
    **dict.fromkeys(
        ("ask.campaign", "importbatch.file", "importrow.batch", "importrow.request", "inboxitem.reminder",
         "lettersendattempt.sending", "reminder.escalates", "reminderanswer.reminder",
         "sealedentry.seal", "sendattempt.reminder"),
        OURS_ALONE,
    ),
    "recordsrequest.ask": "an ask is read by a request of its own organization alone: the policy asks for both",
    "coalitioninvitation.accepted_as": "the stay of the organization that joined, not of the one that asked",
}  # fmt: skip
# What grants, guests, tokens, feeds, webhooks and looks hold on to: none of these may ever stand in LEFT.
REACHED = {
    "share", "sharenote", "guest", "guestmail", "apitoken", "calendarfeed", "webhook", "webhookdelivery",
    "webhookattempt", "jointright", "jointrightnote", "jointpart", "publication", "publicationcheck", "breakglass",
    "circlemember", "partnercomment", "publiccomment", "privatecomment", "campaignprivate", "requestprivate",
    "requestcorrespondence", "documentprivate",
}  # fmt: skip


@pytest.fixture
def cast(db: None) -> builders.Cast:
    return builders.cast()


def owned(model: type[models.Model]) -> bool:
    return any(field.name == "organisation" for field in model._meta.concrete_fields)


def references() -> dict[str, tuple[str, str, str]]:
    """Columns that lead from a row of an organization to another: table, column, table led to."""
    found = {}
    for model in apps.get_app_config("requests_app").get_models():
        if not model._meta.managed or not owned(model):
            continue
        for field in model._meta.concrete_fields:
            to = field.related_model
            if isinstance(field, models.ForeignKey) and isinstance(to, type) and to._meta.managed and owned(to):
                table = model._meta.db_table
                found[f"{model._meta.model_name}.{field.name}"] = (table, str(field.column), to._meta.db_table)
    return found


def composite() -> set[tuple[str, str, str]]:
    """Columns that a valid key of two or more columns holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) "
            "WHERE c.contype = 'f' AND c.convalidated AND cardinality(c.conkey) > 1 "
            "AND c.connamespace = 'public'::regnamespace"
        )
        return set(cursor.fetchall())


def test_every_reference_between_rows_of_an_organization_has_a_key_with_the_organization_or_is_named() -> None:
    stand = composite()
    missing = {name for name, one in references().items() if one not in stand}
    assert missing == set(LEFT), f"{sorted(missing - set(LEFT))}; {sorted(set(LEFT) - missing)}"
    assert not [name for name in LEFT if name.partition(".")[0] in REACHED]
    assert {name.partition(".")[0] for name in references()} >= REACHED - {"apitoken", "guest", "webhook"}


def test_nobody_hangs_a_grant_a_request_or_private_words_on_what_is_another_organizations(cast: builders.Cast) -> None:
    theirs = builders.campaign(cast.ravi, cast.prairie)
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    until = timezone.now() + dt.timedelta(days=3)
    with viewing_as(cast.ravi):
        guest = Guest.objects.create(organisation=cast.prairie, email="one@guest.example")

    def checked(act: Callable[[], object]) -> None:
        with transaction.atomic():
            act()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def refused(act: Callable[[], object], by: str = "foreign key") -> None:
        with pytest.raises(DatabaseError, match=by):
            checked(act)

    with viewing_as(cast.olive):
        refused(lambda: RecordsRequest.objects.filter(pk=ours.pk).update(campaign=theirs.pk), "security")
        refused(
            lambda: Share.objects.create(
                organisation=cast.harbor, campaign=theirs, grantee_kind="organisation", grantee_id=cast.harbor.pk
            )
        )
        refused(
            lambda: Share.objects.create(
                organisation=cast.harbor, request=ours, grantee_kind="guest", grantee_id=guest.pk, guest=guest,
                until_at=until,
            )
        )  # fmt: skip
