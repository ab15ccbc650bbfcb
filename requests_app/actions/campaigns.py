"""Campaigns: one question set put to many agencies."""

from __future__ import annotations

from requests_app.models import Agency, Ask, Campaign, CampaignPrivate, Organisation, Person
from requests_app.models.visibility import Viewer

from .refusals import Refused
from .rights import must_edit

TITLE_MAX = 200


def create_campaign(
    *,
    viewer: Viewer,
    organisation: Organisation,
    public_title: str,
    public_summary: str = "",
    working_title: str = "",
    strategy: str = "",
    kit: str = "",
    lead: Person | None = None,
    is_sample: bool = False,
    pid: str = "",
) -> Campaign:
    """The public title may be published one day; the working title and the strategy are read by our own people,
    and by partners with everything."""
    must_edit(viewer, organisation.pk)
    public_title = public_title.strip()
    if not public_title:
        raise Refused("title_missing", "Give the campaign a public title.", field="public_title")
    for field, value in (("public_title", public_title), ("working_title", working_title)):
        if len(value) > TITLE_MAX:
            raise Refused("title_too_long", f"A title has at most {TITLE_MAX} characters.", field=field)
    campaign = Campaign.objects.create(
        organisation=organisation,
        public_title=public_title,
        public_summary=public_summary,
        kit=kit,
        is_sample=is_sample,
        **({"public_id": pid} if pid else {}),
    )
    CampaignPrivate.objects.create(
        campaign=campaign,
        organisation=organisation,
        working_title=working_title,
        strategy=strategy,
        lead=lead,
    )
    return campaign


def put_ask(
    *, viewer: Viewer, organisation: Organisation, campaign: Campaign | None, agency: Agency, kit: str = ""
) -> Ask:
    """One kit put to one agency. Within a campaign the second call finds the first ask: its custodians share it."""
    must_edit(viewer, organisation.pk)
    if campaign is None:
        return Ask.objects.create(organisation=organisation, agency=agency, kit=kit)
    ask, _ = Ask.objects.get_or_create(organisation=organisation, campaign=campaign, agency=agency, kit=kit)
    return ask
