from __future__ import annotations

from dataclasses import dataclass

import pytest

from requests_app.models import (
    Agency,
    Campaign,
    Coalition,
    CoalitionMember,
    EventCorrespondence,
    Organisation,
    Person,
    RecordsRequest,
    Tier,
)
from requests_app.models.visibility import viewing_as
from tests import builders

CANARY = "canary-3c9d"


@dataclass
class Scene:
    """Harbor coordinates; Prairie is a member; Lake observes; Stan's stands outside. One request in one campaign."""

    cast: builders.Cast
    stan: Person
    lake: Organisation
    elsewhere: Organisation
    table: Coalition
    campaign: Campaign
    ours: RecordsRequest
    agency: Agency

    def key(self, organisation: Organisation) -> str:
        with viewing_as(self.cast.olive) as viewer:
            rows = CoalitionMember.objects.live().visible_to(viewer)
            return f"o-{rows.get(organisation=organisation).public_id}"

    def tier(self, tier: int) -> str:
        return f"c-{self.table.public_id}-{tier}"


@pytest.fixture
def scene() -> Scene:
    cast = builders.cast()
    stan = builders.person("Stan")
    lake, elsewhere = builders.organisation("Lake Table", cast.noor), builders.organisation("Elsewhere", stan)
    table = builders.coalition(
        cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER), (cast.noor, lake, Tier.OBSERVER)
    )
    campaign = builders.campaign(cast.olive, cast.harbor)
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign, canary=CANARY)
    with viewing_as(cast.olive):
        letter = builders.event(ours, "acknowledged", received_on=ours.filed_on)
        EventCorrespondence.objects.create(
            event=letter, request=ours, organisation=cast.harbor, text=f"said {CANARY}"
        )
    return Scene(cast, stan, lake, elsewhere, table, campaign, ours, cast.agency)
