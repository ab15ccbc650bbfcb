"""The coalition of the sample: founded, joined and shared with by the acts of everybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from requests_app.models import (
    Campaign,
    Coalition,
    CoalitionMember,
    Organisation,
    Person,
    RecordsRequest,
    Tier,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries import partner_tasks as partner_task_queries
from requests_app.queries.share_board import LEVELS

from . import (
    coalition_invitations,
    coalitions,
    joint,
    joint_rights,
    kit_offers,
    letters,
    model_letters,
    own_kits,
    partner_tasks,
    proposals,
    share_board,
)
from .invitations import token_of

Homes = Mapping[str, tuple[Organisation, Person]]


def load(
    row: Mapping[str, Any], homes: Homes, campaigns: Mapping[str, Campaign], *, now: dt.datetime
) -> None:
    """Whole or not at all: a sweep between two acts would mail links that are used by then."""
    home, owner = homes[row["organisation"]]
    with transaction.atomic():
        with viewing_as(owner) as viewer:
            known = Coalition.objects.visible_to(viewer).filter(is_sample=True, name=row["name"])
            if known.exists():
                return
            made = coalitions.found_coalition(
                viewer=viewer, organisation=home, name=row["name"], purpose=row["purpose"], shown_as=home.name,
                actor=owner, is_sample=True,
            )  # fmt: skip
        for told in row["members"]:
            _joins(made, owner, *homes[told["organisation"]], told, now)
        for told in row["shares"]:
            _shares(made, campaigns[told["campaign"]], homes, told, now)
        for told in row.get("joint", ()):
            _together(made, owner, told, campaigns, homes, now)
        for told in row.get("tasks", ()):
            _asks(campaigns[told["campaign"]], homes, told, now)
        for told in row.get("proposals", ()):
            _proposes(campaigns[told["campaign"]], homes, told, now)
        for told in row.get("models", ()):
            _offers(made, campaigns[told["campaign"]], homes, told)
        for told in row.get("kits", ()):
            _offers_kit(made, *homes[told["organisation"]], told)


def _joins(
    made: Coalition,
    founder: Person,
    joining: Organisation,
    owner: Person,
    told: Mapping[str, Any],
    now: dt.datetime,
) -> None:
    with viewing_as(founder) as viewer:
        asked = coalition_invitations.invite(
            viewer=viewer, coalition=made, email=owner.email, tier=Tier[told["tier"].upper()], message="",
            actor=founder, now=now,
        )  # fmt: skip
    token = token_of(asked.public_id, asked.turn, coalition_invitations.SALT)
    with viewing_as(owner) as viewer:
        stay, _new = coalition_invitations.join(
            viewer=viewer, token=token, organisation=joining, shown_as=joining.name, actor=owner
        )
        if told.get("tells_counts"):
            coalitions.set_own(
                viewer=viewer, member=stay, shown_as=stay.shown_as, tells_counts=True, tells_collisions=False,
                actor=owner,
            )  # fmt: skip


def _shares(
    made: Coalition, campaign: Campaign, homes: Homes, told: Mapping[str, Any], now: dt.datetime
) -> None:
    owner = next(person for home, person in homes.values() if home.pk == campaign.organisation_id)
    with viewing_as(owner) as viewer:
        wish = share_board.Wish(f"c-{made.public_id}-{Tier[told['tier'].upper()].value}", LEVELS["status"])
        share_board.settle(
            viewer=viewer, subject=campaign, wishes=[wish], actor=owner, now=now, reason="Sample"
        )


def _together(
    made: Coalition,
    founder: Person,
    told: Mapping[str, Any],
    campaigns: Mapping[str, Campaign],
    homes: Homes,
    now: dt.datetime,
) -> None:
    with viewing_as(founder) as viewer:
        one = joint.make(viewer=viewer, coalition=made, name=told["name"], question=told["question"])
    for part in told["parts"]:
        campaign = campaigns[part["campaign"]]
        owner = next(person for home, person in homes.values() if home.pk == campaign.organisation_id)
        with viewing_as(owner) as viewer:
            joint.put_in(
                viewer=viewer, joint=one, campaign=campaign, ask=part["ask"], tier=Tier[part["tier"].upper()].value,
                level="status", actor=owner, now=now,
            )  # fmt: skip


def _asks(campaign: Campaign, homes: Homes, told: Mapping[str, Any], now: dt.datetime) -> None:
    owner = next(person for home, person in homes.values() if home.pk == campaign.organisation_id)
    with viewing_as(owner) as viewer:
        about = (
            RecordsRequest.objects.of_organisation(viewer)
            .filter(campaign=campaign, held_back=False)
            .select_related("organisation")
            .order_by("pk")[0]
        )
        asked = homes[told["partner"]][0].name
        partner = next(
            one for one in partner_task_queries.askable(viewer, about, now=now) if one.name == asked
        )
        today = now.astimezone(ZoneInfo(owner.zone)).date()
        partner_tasks.ask(
            viewer=viewer, records_request=about, partner=partner.key, title=told["title"], note=told["note"],
            due_on=today + dt.timedelta(days=told["days"]), actor=owner, today=today, now=now, once="sample-task",
        )  # fmt: skip


def _proposes(campaign: Campaign, homes: Homes, told: Mapping[str, Any], now: dt.datetime) -> None:
    """By a right to it; it waits for the owner."""
    owner = next(person for home, person in homes.values() if home.pk == campaign.organisation_id)
    partner, person = homes[told["partner"]]
    with viewing_as(owner) as viewer:
        stay = CoalitionMember.objects.live().visible_to(viewer).get(shown_as=partner.name)
        joint_rights.grant_right(
            viewer=viewer, subject=campaign, grantee=f"o-{stay.public_id}", kind="propose_event", actor=owner, now=now,
        )  # fmt: skip
    with viewing_as(person) as viewer:
        about = RecordsRequest.objects.visible_to(viewer).filter(campaign=campaign).order_by("-pk")[0]
        today = now.astimezone(ZoneInfo(about.zone)).date()
        proposals.propose_event(
            viewer=viewer, records_request=about, what=told["what"], note=told["note"], actor=person,
            happened_on=today - dt.timedelta(days=told["days_ago"]), today=today, once="sample-proposal",
        )  # fmt: skip


def _offers(made: Coalition, campaign: Campaign, homes: Homes, told: Mapping[str, Any]) -> None:
    """A letter that was written for it and thrown away: partners keep the model, and nobody has a draft to send."""
    owner = next(person for home, person in homes.values() if home.pk == campaign.organisation_id)
    with viewing_as(owner) as viewer:
        about = (
            RecordsRequest.objects.of_organisation(viewer)
            .filter(campaign=campaign)
            .select_related("organisation", "agency", "custodian", "campaign")
            .order_by("pk")[0]
        )
        letter = letters.put_draft(
            viewer=viewer, records_request=about, kind=told["kind"], subject=told["subject"], body=told["body"],
            actor=owner, once="sample-model",
        )  # fmt: skip
        model = model_letters.offer(
            viewer=viewer, coalition=made, letter=letter, tier=Tier[told["tier"].upper()].value, title=told["title"],
            actor=owner, once="sample-model",
        )  # fmt: skip
        letters.discard(viewer=viewer, letter=letter, actor=owner)
    taker, person = homes[told["copied_by"]]
    with viewing_as(person) as viewer:
        model_letters.copy(viewer=viewer, organisation=taker, model=model, actor=person)


def _offers_kit(made: Coalition, home: Organisation, owner: Person, told: Mapping[str, Any]) -> None:
    with viewing_as(owner) as viewer:
        kit = own_kits.begin(
            viewer=viewer, organisation=home, name=told["name"], copy_from=told["copy_from"], actor=owner,
            once="sample-kit",
        )  # fmt: skip
        draft = kit.versions.get()
        own_kits.save(
            viewer=viewer, kit=kit, text=draft.text, actor=owner, seen=own_kits.seen_of(draft), ready=True
        )
        kit_offers.offer(
            viewer=viewer, coalition=made, kit=kit, tier=Tier[told["tier"].upper()].value, title=told["name"],
            actor=owner, once="sample-kit",
        )  # fmt: skip


def remove(cursor: Any, organisations: list[int]) -> None:
    """Coalitions that only sample organizations were ever in; where others joined, what they wrote stays theirs.

    Through the owner of the database, in the transaction that takes the organizations and their rows away.
    """
    cursor.execute(
        "UPDATE requests_app_coalitioninvitation SET accepted_as_id = NULL WHERE accepted_as_id IN "
        "(SELECT id FROM requests_app_coalitionmember WHERE organisation_id = ANY(%s))",
        [organisations],
    )
    cursor.execute(
        "DELETE FROM requests_app_jointcampaign j USING requests_app_coalition c WHERE c.id = j.coalition_id AND "
        "c.is_sample AND NOT EXISTS (SELECT FROM requests_app_coalitionmember m WHERE m.coalition_id = c.id AND "
        "m.organisation_id <> ALL(%s))",
        [organisations],
    )
    cursor.execute(
        "DELETE FROM requests_app_coalition c WHERE c.is_sample AND NOT EXISTS (SELECT FROM "
        "requests_app_coalitionmember m WHERE m.coalition_id = c.id AND m.organisation_id <> ALL(%s))",
        [organisations],
    )
