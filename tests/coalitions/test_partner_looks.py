"""Before filing: what partners asked already is told as they share it, or by consent as a bare yes; never more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import partner_looks as acts
from requests_app.actions import waves
from requests_app.actions.refusals import NotYours, Refused
from requests_app.kits.registry import kits
from requests_app.models import (
    Ask,
    AuditEntry,
    Campaign,
    CoalitionMember,
    OrganisationKit,
    PartnerLook,
    RecordsRequest,
    Share,
    Tier,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries.partner_requests import asked_by_partners
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
KIT = "plate-readers-and-mail"


@pytest.fixture
def table(cast: builders.Cast) -> Any:
    """Harbor coordinates, Prairie is in it; Prairie has put the kit to the agency."""
    one: Any = cast
    one.coalition = builders.coalition(cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER))
    one.theirs = builders.campaign(cast.ravi, cast.prairie)
    one.made = asked(cast, cast.ravi, cast.prairie, one.theirs, cast.agency)
    return one


def asked(cast: Any, who: Any, home: Any, campaign: Any, to: Any, kit: str = KIT, **fields: Any) -> RecordsRequest:
    with viewing_as(who):
        Campaign.objects.filter(pk=campaign.pk).update(kit=kit)
        ask = Ask.objects.create(organisation=home, campaign=campaign, agency=to, kit=kit)
    return builders.bare_request(who, home, to, campaign=campaign, ask=ask, **fields)


def agrees(who: Any, home: Any, tells: bool = True) -> None:
    with viewing_as(who):
        CoalitionMember.objects.filter(organisation=home).update(tells_collisions=tells)


def look(table: Any, *pairs: tuple[int, str], who: Any = None) -> list[bool | None]:
    pairs = pairs or ((table.agency.pk, KIT),)
    with viewing_as(who or table.edgar) as viewer:
        told = acts.look(viewer=viewer, organisation_id=table.harbor.pk, pairs=pairs)
    return [told[pair] for pair in pairs]


def lines(who: Any) -> list[tuple[str, dict[str, Any], int | None]]:
    with viewing_as(who) as viewer:
        rows = AuditEntry.objects.visible_to(viewer).filter(act__startswith="collision.").order_by("pk")
        return [(row.act, row.detail, row.actor_id) for row in rows]


def test_only_by_consent_and_only_the_same_office_and_kit(table: Any) -> None:
    assert look(table) == [False], "nobody agreed: it is as if nobody had asked"
    assert lines(table.ravi) == [] and lines(table.olive) == [], "and nobody's rows were looked at"
    agrees(table.ravi, table.prairie)
    other = builders.agency("Elsewhere Center")
    pairs = [(table.agency.pk, KIT), (other.pk, KIT), (table.agency.pk, "other-kit"), (table.agency.pk, "")]
    assert look(table, *pairs) == [True, False, False, False]
    agrees(table.ravi, table.prairie, tells=False)
    assert look(table) == [False], "what was agreed to can be taken back"


def test_what_is_held_back_is_not_told_of(table: Any) -> None:
    agrees(table.ravi, table.prairie)
    with viewing_as(table.ravi):
        RecordsRequest.objects.filter(pk=table.made.pk).update(held_back=True)
    assert look(table) == [False]


def test_each_look_is_in_both_audits_as_numbers_and_once_a_day(table: Any) -> None:
    agrees(table.ravi, table.prairie)
    other = builders.agency("Elsewhere Center")
    for _again in range(2):
        assert look(table, (table.agency.pk, KIT), (other.pk, KIT)) == [True, False]
    assert lines(table.olive) == [("collision.looked", {"looks": 2, "told": 1}, table.edgar.pk)]
    assert lines(table.ravi) == [("collision.told", {"looks": 2, "told": 1}, None)], "who looked, it does not say"
    page = signed_in(table.ravi).get(reverse("organisation-audit", args=[table.prairie.public_id]))
    said = " ".join(re.sub("<[^>]+>", " ", page.content.decode()).split())
    assert "2 offices by kit, of which your organization 1" in said and "Edgar" not in said and "Harbor" not in said


def test_nobody_sweeps_the_map(table: Any) -> None:
    agrees(table.ravi, table.prairie)
    with viewing_as(table.edgar) as viewer:
        pairs = [(table.agency.pk, f"kit-{n}") for n in range(acts.A_DAY - 1)]
        assert set(acts.look(viewer=viewer, organisation_id=table.harbor.pk, pairs=pairs).values()) == {False}
    assert look(table, (table.agency.pk, KIT), (table.agency.pk, "one-more")) == [True, None], "over it: not checked"
    assert look(table) == [True], "what was looked for today is told again"
    with viewing_as(table.edgar):
        assert PartnerLook.objects.count() == acts.A_DAY
    with viewing_as(table.edgar), pytest.raises(DatabaseError), transaction.atomic():
        PartnerLook.objects.all().delete()
    assert look(table, (table.agency.pk, "one-more"), who=table.olive) == [None], "the day is the organization's"


def test_only_who_may_file_for_an_organization_in_it_is_told(table: Any) -> None:
    agrees(table.ravi, table.prairie)
    with pytest.raises(Refused, match="may file"):
        look(table, who=table.vera)
    with pytest.raises(NotYours):
        look(table, who=table.noor)
    for who in (table.vera, table.ravi, table.noor):
        with viewing_as(who), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM app_partners_asked(%s, %s, %s)", [table.harbor.pk, [table.agency.pk], [KIT]]
            )
    outside = builders.organisation("Elsewhere", table.noor)
    with viewing_as(table.noor) as viewer:
        told = acts.look(viewer=viewer, organisation_id=outside.pk, pairs=[(table.agency.pk, KIT)])
    assert list(told.values()) == [False], "who is in no coalition learns nothing"
    for inner in ("app_has_asked(1, 1, 'x')", "app_telling_partners(1)", "app_kit_key('x')"):
        with viewing_as(table.edgar), pytest.raises(DatabaseError, match="permission"), transaction.atomic():
            connection.cursor().execute(f"SELECT {inner}")


def test_it_ends_with_the_stay(table: Any) -> None:
    agrees(table.ravi, table.prairie)
    with viewing_as(table.ravi), connection.cursor() as cursor:
        stay = CoalitionMember.objects.get(organisation=table.prairie)
        cursor.execute("SELECT app_end_stay(%s)", [stay.pk])
    assert look(table) == [False]


def test_a_kit_that_began_as_a_shipped_one_is_the_same_question(table: Any) -> None:
    agrees(table.ravi, table.prairie)
    with viewing_as(table.olive):
        own = OrganisationKit.objects.create(organisation=table.harbor, name="Ours", copied_from=KIT)
    assert look(table, (table.agency.pk, f"own:{own.public_id}")) == [True]


def test_what_is_shared_is_named_and_linked_and_what_is_not_is_not(table: Any) -> None:
    pair = (table.agency.pk, KIT)
    with viewing_as(table.edgar) as viewer:
        assert asked_by_partners(viewer, table.harbor.pk, [pair]) == {}
    with viewing_as(table.ravi):
        stay = CoalitionMember.objects.get(organisation=table.prairie)
        share = Share.objects.create(
            organisation=table.prairie, campaign=table.theirs, grantee_kind="coalition", stay=stay, tier=1,
            grantee_id=table.coalition.pk,
        )  # fmt: skip
    with viewing_as(table.edgar) as viewer:
        [one] = asked_by_partners(viewer, table.harbor.pk, [pair])[pair]
        assert (one.public_id, one.who) == (table.made.public_id, "Prairie Watch")
        assert asked_by_partners(viewer, table.harbor.pk, [(table.agency.pk, "other")]) == {}
    with viewing_as(table.ravi):
        Share.objects.filter(pk=share.pk).update(revoked_at=share.from_at)
    with viewing_as(table.edgar) as viewer:
        assert asked_by_partners(viewer, table.harbor.pk, [pair]) == {}


def test_the_wave_and_the_api_warn_and_the_wave_still_goes(table: Any) -> None:
    agrees(table.ravi, table.prairie)
    kit = next(iter(kits())).id
    asked(table, table.ravi, table.prairie, builders.campaign(table.ravi, table.prairie), table.agency, kit)
    with viewing_as(table.edgar) as viewer:
        campaign = waves.open_campaign(
            viewer=viewer, organisation=table.harbor, actor=table.edgar, public_title="Plates", kits=[kit], once="a"
        )
        waves.put_agencies(viewer=viewer, campaign=campaign, agencies=[table.agency])
        wave = waves.prepare_wave(viewer=viewer, campaign=campaign, actor=table.edgar, now=timezone.now(), once="w")
    address = reverse("campaign-wave", args=[campaign.public_id, wave.number])
    edgar = signed_in(table.edgar)
    said = edgar.get(address).content.decode()
    assert "Somebody in your coalition has asked this agency" in said and "Prairie" not in said
    assert "Somebody in your coalition" not in signed_in(table.vera).get(address).content.decode()
    told = edgar.get(reverse("api-campaign-partners-asked", args=[campaign.public_id])).json()
    assert [(one["somebody"], one["asked"]) for one in told["items"]] == [(True, [])]
    one = edgar.get(reverse("api-partners-asked"), {"agency": table.agency.slug, "kit": kit}).json()
    assert one["somebody"] is True
    assert signed_in(table.vera).get(
        reverse("api-partners-asked"), {"agency": table.agency.slug, "kit": kit}
    ).status_code == 403
