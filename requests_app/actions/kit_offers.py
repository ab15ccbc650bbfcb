"""Kits of one's own offered to partners, as a text that names nobody, and copied by them into kits of their own."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import (
    Coalition,
    CoalitionMember,
    KitOffer,
    Organisation,
    OrganisationKit,
    OrganisationKitVersion,
    Person,
    Tier,
)
from requests_app.models.visibility import Viewer
from requests_app.queries import kit_offers as queries
from requests_app.queries import model_letters, own_kits
from requests_app.queries.kit_offers import Told

from . import audit, shares
from .coalitions import one_line
from .own_kits import EDITORS_ONLY
from .refusals import NotYours, Refused
from .rights import checked_once, must_edit, must_own

TITLE_MAX = 120


def preview(*, viewer: Viewer, coalition: Coalition, kit: OrganisationKit) -> Told:
    """As partners would read its newest ready version. Nothing is saved."""
    _stay(viewer, coalition, kit)
    return _read(viewer, kit)


def offer(
    *,
    viewer: Viewer,
    coalition: Coalition,
    kit: OrganisationKit,
    tier: int,
    title: str,
    actor: Person,
    once: str,
) -> KitOffer:
    """The same `once` finds the first. What partners read is masked here, whatever was looked at before."""
    stay = _stay(viewer, coalition, kit)
    checked_once(once)
    if tier not in Tier.values:
        raise Refused("tier_unknown", "A tier is observer, member or steering.", field="tier")
    title = one_line(title, code="title", field="title", most=TITLE_MAX, missing="Give the kit a title.")
    again = KitOffer.objects.filter(organisation=kit.organisation_id, once=once).first()
    if again is not None:
        return again
    told = _read(viewer, kit)
    named = model_letters.unnamed_at(kit.organisation_id)(title)[:TITLE_MAX]
    try:
        with transaction.atomic():
            made = KitOffer.objects.create(
                organisation_id=kit.organisation_id, coalition=coalition, stay=stay, tier=tier,
                began_from=kit.copied_from, title=named, text=told.text, once=once,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_kit_offer_an_act" not in str(problem):
            raise
        return KitOffer.objects.get(organisation=kit.organisation_id, once=once)
    _log("kit_offer.made", made, kit.organisation, actor, coalition=coalition.public_id, tier=tier)
    return made


def withdraw(*, viewer: Viewer, offer: KitOffer, actor: Person) -> bool:
    """Whether it was this click. Partners read it no more; kits that they made of it stay theirs."""
    must_own(viewer, offer.organisation_id, shares.OWNERS_ONLY)
    if not KitOffer.objects.filter(pk=offer.pk, withdrawn_at=None).update(withdrawn_at=Now()):
        return False
    _log("kit_offer.withdrawn", offer, offer.stay.organisation, actor)
    return True


def copy(*, viewer: Viewer, organisation: Organisation, offer: KitOffer, actor: Person) -> OrganisationKit:
    """A kit of one's own with the offer's words, as a draft. A second copy finds the first."""
    must_edit(viewer, organisation.pk, EDITORS_ONLY)
    row = KitOffer.objects.live().visible_to(viewer).filter(pk=offer.pk).select_related("stay").first()
    here = CoalitionMember.objects.live().filter(
        coalition=offer.coalition_id, organisation=organisation, tier__gte=offer.tier
    )
    if row is None or not here.exists():
        raise NotYours
    if row.organisation_id == organisation.pk:
        raise Refused("own_kit", "You offer it yourselves: it is among your kits.", status=409)
    try:
        with transaction.atomic():
            made = OrganisationKit.objects.create(
                organisation=organisation, name=row.title, copied_from=row.began_from, offer=row.public_id,
                by_partner=row.stay.shown_as, created_by=actor,
            )  # fmt: skip
            OrganisationKitVersion.objects.create(
                kit=made, organisation=organisation, number=1, text=row.text, made_by=actor
            )
    except IntegrityError as problem:
        if "one_copy_a_kit_offer" not in str(problem):
            raise
        return OrganisationKit.objects.get(organisation=organisation, offer=row.public_id)
    return made


def _stay(viewer: Viewer, coalition: Coalition, kit: OrganisationKit) -> CoalitionMember:
    must_own(viewer, kit.organisation_id, shares.OWNERS_ONLY)
    stay = (
        CoalitionMember.objects.live().filter(coalition=coalition, organisation=kit.organisation_id).first()
    )
    if stay is None:
        raise Refused(
            "kit_elsewhere", "The organization of this kit is not in the coalition now.", field="kit"
        )
    return stay


def _read(viewer: Viewer, kit: OrganisationKit) -> Told:
    text = queries.ready_text(viewer, kit)
    if text is None or kit.retired:
        raise Refused(
            "kit_not_ready", "Make a version of this kit ready first: partners get what letters are written from.",
            field="kit",
        )  # fmt: skip
    told = queries.told(kit.organisation_id, text)
    if told is None or own_kits.problems(told.text):
        raise Refused(
            "kit_breaks",
            "Without your names and numbers this is no kit any more. Take them out of it yourself, then offer it.",
            field="kit",
        )
    return told


def _log(act: str, row: KitOffer, organisation: Organisation, actor: Person, **detail: object) -> None:
    audit.record(
        act=act, subject=f"kit_offer {row.public_id}", organisation=organisation, actor=actor, detail=detail
    )
