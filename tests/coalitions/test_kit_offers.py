"""Kits offered to partners: what they read of one, who reads it, and what stays when the offer ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from requests_app.actions import kit_offers as acts
from requests_app.actions import own_kits
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    CoalitionMember,
    KitOffer,
    OrganisationKit,
    OrganisationKitVersion,
    Person,
    RequestCorrespondence,
    Tier,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from requests_app.queries import coalitions as coalition_queries
from requests_app.queries import kit_offers as queries
from requests_app.queries import own_kits as kit_queries
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
JSON = "application/json"
KIT = "grants-and-spending"


@pytest.fixture
def table(cast: builders.Cast) -> Any:
    """Harbor coordinates; Prairie is a member, Noor's Lake observes; Stan's stands outside. Harbor has a kit."""
    stan = builders.person("Stan")
    lake, outside = builders.organisation("Lake", cast.noor), builders.organisation("Elsewhere", stan)
    one: Any = cast
    one.lake, one.stan, one.outside = lake, stan, outside
    one.coalition = builders.coalition(
        cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER), (cast.noor, lake, Tier.OBSERVER)
    )
    Person.objects.filter(pk=cast.olive.pk).update(name="Olive Ostrander")
    cast.olive.refresh_from_db()
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive) as viewer:
        RequestCorrespondence.objects.update_or_create(
            request=ours, defaults={"organisation": cast.harbor, "tracking_number": "FOIA-24-0117"}
        )
        one.kit = own_kits.begin(
            viewer=viewer,
            organisation=cast.harbor,
            name="Spending",
            copy_from=KIT,
            actor=cast.olive,
            once="a-kit",
        )
        draft = one.kit.versions.get()
        text = draft.text.replace("subject: ", "subject: FOIA-24-0117, by Olive Ostrander, ", 1)
        assert text != draft.text
        own_kits.save(
            viewer=viewer, kit=one.kit, text=text, actor=cast.olive, seen=own_kits.seen_of(draft), ready=True
        )
    return one


def offer(table: Any, tier: int = Tier.MEMBER, **more: Any) -> KitOffer:
    with viewing_as(table.olive) as viewer:
        return acts.offer(
            viewer=viewer, coalition=table.coalition, kit=table.kit, tier=tier, actor=table.olive,
            **{"title": "Who pays for it", "once": public_id(), **more},
        )  # fmt: skip


def copy(who: Person, home: Any, row: KitOffer) -> OrganisationKit:
    with viewing_as(who) as viewer:
        return acts.copy(viewer=viewer, organisation=home, offer=row, actor=who)


def readers(table: Any, row: KitOffer) -> set[str]:
    """By the policy and by the wall: both must say the same."""
    found = set()
    for name in ("olive", "vera", "ravi", "noor", "stan", "omar"):
        with viewing_as(getattr(table, name)) as viewer:
            by_policy = KitOffer.objects.live().visible_to(viewer).filter(pk=row.pk).exists()
            assert by_policy is KitOffer.objects.filter(pk=row.pk, withdrawn_at=None).exists(), name
        found |= {name} if by_policy else set()
    return found


def test_what_partners_read_names_nobody_and_is_a_kit_all_the_same(table: Any) -> None:
    made = offer(table, title="Spending, by Olive Ostrander")
    for word in ("Ostrander", "Olive", "0117"):
        assert word not in made.title + made.text
    assert "[number withheld]" in made.text and not kit_queries.problems(made.text)
    with viewing_as(table.olive) as viewer:
        told = acts.preview(viewer=viewer, coalition=table.coalition, kit=table.kit)
        assert told.text == made.text and told.withheld == 2


def test_where_no_kit_would_be_left_that_is_said(table: Any) -> None:
    with viewing_as(table.olive) as viewer:
        assert queries.told(table.harbor.pk, "no kit: [") is None
        fresh = own_kits.begin(
            viewer=viewer,
            organisation=table.harbor,
            name="Draft",
            copy_from=KIT,
            actor=table.olive,
            once="b-kit",
        )
        with pytest.raises(Refused, match="ready first"):
            acts.preview(viewer=viewer, coalition=table.coalition, kit=fresh)


@pytest.mark.parametrize(
    ("tier", "who"),
    [(Tier.OBSERVER, {"olive", "vera", "ravi", "noor"}), (Tier.MEMBER, {"olive", "vera", "ravi"}),
     (Tier.STEERING, {"olive", "vera"})],
)  # fmt: skip
def test_each_tier_reads_what_is_offered_to_it_by_either_wall(table: Any, tier: int, who: set[str]) -> None:
    assert readers(table, offer(table, tier)) == who


def test_owners_offer_and_withdraw_editors_copy(table: Any) -> None:
    for who, code in ((table.edgar, "owners_only"), (table.ravi, "not_found")):
        with viewing_as(who) as viewer, pytest.raises(Refused) as refused:
            acts.offer(
                viewer=viewer,
                coalition=table.coalition,
                kit=table.kit,
                tier=1,
                title="x",
                actor=who,
                once="x" * 9,
            )
        assert refused.value.code == code
    for given, field in (({"title": ""}, "title"), ({"tier": 9}, "tier"), ({"once": ""}, "once")):
        with pytest.raises(Refused) as refused:
            offer(table, **given)
        assert refused.value.field == field
    row = offer(table)
    assert offer(table, once=row.once).pk == row.pk
    with pytest.raises(NotYours):
        copy(table.noor, table.lake, row)
    with pytest.raises(NotYours):
        copy(table.stan, table.outside, row)
    with pytest.raises(Refused, match="among your kits"):
        copy(table.edgar, table.harbor, row)
    with viewing_as(table.ravi) as viewer, pytest.raises(NotYours):
        acts.withdraw(viewer=viewer, offer=row, actor=table.ravi)
    with viewing_as(table.olive) as viewer:
        assert acts.withdraw(viewer=viewer, offer=row, actor=table.olive)
        assert not acts.withdraw(viewer=viewer, offer=row, actor=table.olive)
        acts_told = AuditEntry.objects.filter(act__startswith="kit_offer.").order_by("pk")
        assert [one.act for one in acts_told] == ["kit_offer.made", "kit_offer.withdrawn"]
    assert readers(table, row) == set()


@pytest.mark.parametrize("how", ["withdrawn", "left", "removed", "dissolved"])
def test_however_it_ends_a_copy_is_a_kit_of_its_own_and_stays(table: Any, how: str) -> None:
    row = offer(table)
    made = copy(table.ravi, table.prairie, row)
    assert copy(table.ravi, table.prairie, row).pk == made.pk
    assert (made.by_partner, made.copied_from, made.name) == (table.harbor.name, KIT, "Who pays for it")
    with viewing_as(table.olive) as viewer, connection.cursor() as cursor:
        stays = {one.organisation_id: one for one in CoalitionMember.objects.all()}
        if how == "withdrawn":
            acts.withdraw(viewer=viewer, offer=row, actor=table.olive)
        elif how == "dissolved":
            effect = coalition_queries.of_leaving([stays[table.harbor.pk]])
            assert (effect.kits.ending, effect.models.ending) == (1, 0)
            cursor.execute("SELECT app_dissolve_coalition(%s)", [table.coalition.pk])
        elif how == "left":
            cursor.execute("SELECT app_set_stay(%s, %s, %s)", [stays[table.prairie.pk].pk, 2, True])
            cursor.execute("SELECT app_end_stay(%s)", [stays[table.harbor.pk].pk])
        else:
            cursor.execute("SELECT app_end_stay(%s)", [stays[table.prairie.pk].pk])
    assert "ravi" not in readers(table, row)
    with viewing_as(table.olive):
        ended = how in ("left", "dissolved")
        assert AuditEntry.objects.filter(act="kit_offer.ended").count() == int(ended)
        assert not OrganisationKit.objects.filter(pk=made.pk).exists()
    with viewing_as(table.ravi):
        assert OrganisationKitVersion.objects.get(kit=made).text == row.text


def test_what_a_partner_reads_no_more_is_counted_before(table: Any) -> None:
    offer(table)
    with viewing_as(table.ravi):
        stays = list(CoalitionMember.objects.filter(organisation=table.prairie))
        assert coalition_queries.of_leaving(stays).kits.lost == 1
        assert coalition_queries.of_tier(stays, stays[0], Tier.OBSERVER).kits.lost == 1


def test_the_database_alone_lets_nobody_change_or_forge_one(table: Any) -> None:
    row = offer(table)
    with viewing_as(table.olive):
        stays = {one.organisation_id: one for one in CoalitionMember.objects.all()}
        with pytest.raises(DatabaseError), transaction.atomic():
            KitOffer.objects.filter(pk=row.pk).update(text="Another")
    base = {"coalition": table.coalition, "tier": 1, "title": "Forged", "text": "x"}
    for who, home, stay in (
        (table.ravi, table.prairie, stays[table.harbor.pk]), (table.edgar, table.harbor, stays[table.harbor.pk]),
        (table.ravi, table.harbor, stays[table.harbor.pk]),
    ):  # fmt: skip
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), viewing_as(who):
            KitOffer.objects.create(organisation=home, stay=stay, **base)


def test_pages_offer_and_copy(table: Any) -> None:
    ours, theirs = signed_in(table.olive), signed_in(table.ravi)
    address = reverse("coalition-kit-offer", args=[table.coalition.public_id])
    assert b"Spending" in ours.get(address).content
    assert ours.get(address + "?kit=000000000000").status_code == 400
    assert ours.get(address + f"?kit={table.kit.public_id}").status_code == 200
    said = {"kit": table.kit.public_id, "title": "Who pays for it", "tier": "2", "once": "a-form"}
    assert ours.post(address, said | {"title": "", "step": "look"}).status_code == 400
    look = ours.post(address, said | {"step": "look"}).content.decode()
    assert "go along" in look and "Ostrander, " not in look and "[number withheld]" in look
    assert ours.post(address, said | {"step": "offer"}).status_code == 303
    with viewing_as(table.ravi):
        row = KitOffer.objects.get()
    one = reverse("coalition-kit", args=[table.coalition.public_id, row.public_id])
    assert (
        b"Who pays for it" in theirs.get(reverse("coalition-kits", args=[table.coalition.public_id])).content
    )
    assert b"1 kit is offered" in theirs.get(reverse("coalition", args=[table.coalition.public_id])).content
    assert (
        signed_in(table.noor).get(one).status_code == 404
        and signed_in(table.stan).get(one).status_code == 404
    )
    assert theirs.post(one, {"act": "withdraw"}).status_code == 404
    went = theirs.post(one, {"act": "copy", "organisation": table.prairie.public_id})
    assert went.status_code == 303 and b"Copied from what" in theirs.get(went["Location"]).content
    assert ours.post(one, {"act": "withdraw"}).status_code == 303
    assert theirs.get(one).status_code == 404


def test_programs_read_offer_and_copy_alike(table: Any) -> None:
    ours, theirs = signed_in(table.olive), signed_in(table.ravi)
    address = f"/api/v1/coalitions/{table.coalition.public_id}/kits/"
    said = {"kit": table.kit.public_id, "tier": "member", "title": "Who pays for it"}
    look = ours.post(address + "preview/", {"kit": table.kit.public_id}, content_type=JSON)
    assert look.json()["withheld"] == 2
    made = ours.post(address, said, content_type=JSON)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert [(one["id"], one["ours"]) for one in theirs.get(address).json()["items"]] == [(key, False)]
    assert theirs.get(f"{address}{key}/").json()["text"] == look.json()["text"]
    assert signed_in(table.noor).get(f"{address}{key}/").status_code == 404
    copied = theirs.post(f"{address}{key}/copy/", {}, content_type=JSON)
    assert copied.status_code == 201 and copied.json()["state"] == "draft"
    assert ours.delete(f"{address}{key}/", "", content_type=JSON).status_code == 200
    assert theirs.get(f"{address}{key}/").status_code == 404
