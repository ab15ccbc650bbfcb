"""A campaign as it is filed: its kits, its universe of agencies, and waves of letters that go out together.

Every statement covers the whole wave, so that eighty letters cost what one does. What goes out once is held by the
letters' own constraint: one letter a campaign, agency and kit.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import F, Max
from django.db.models.functions import Now

from requests_app.kits.errors import Refused as NoKit
from requests_app.models import (
    Agency,
    AgencyContact,
    AgencyCustodian,
    Ask,
    Campaign,
    CampaignAgency,
    CampaignKit,
    Channel,
    Letter,
    LetterKind,
    Organisation,
    Person,
    Wave,
)
from requests_app.models.visibility import Viewer
from requests_app.queries import letter_words, own_kits
from requests_app.queries import letters as query

from . import letter_queue
from .campaigns import create_campaign
from .filing import uid_of
from .refusals import NotYours, Refused
from .rights import must_edit

MOST_AGENCIES = 5_000
MOST_KITS = 14
MOST_LETTERS = 2_000


def open_campaign(
    *,
    viewer: Viewer,
    organisation: Organisation,
    public_title: str,
    kits: Sequence[str],
    actor: Person,
    once: str,
    public_summary: str = "",
    working_title: str = "",
    strategy: str = "",
) -> Campaign:
    """A campaign with its kits. The same `once` returns the one it made: its public id comes from the act."""
    must_edit(viewer, organisation.pk)
    pid = uid_of(organisation.public_id, once)
    known: Campaign | None = Campaign.objects.filter(organisation=organisation, public_id=pid).first()
    if known is not None:
        return known
    campaign = create_campaign(
        viewer=viewer,
        organisation=organisation,
        public_title=public_title.replace("\x00", ""),
        public_summary=public_summary.replace("\x00", ""),
        working_title=working_title.replace("\x00", ""),
        strategy=strategy.replace("\x00", ""),
        kit=kits[0] if kits else "",
        lead=actor,
        is_sample=organisation.is_sample,
        pid=pid,
    )
    set_kits(viewer=viewer, campaign=campaign, kits=kits)
    return campaign


def set_kits(*, viewer: Viewer, campaign: Campaign, kits: Sequence[str]) -> None:
    """The kits from now on, each at its newest version. Letters that are written stay as they are."""
    must_edit(viewer, campaign.organisation_id)
    refs = list(dict.fromkeys(kits))
    if len(refs) > MOST_KITS:
        raise Refused("too_many_kits", f"A campaign has at most {MOST_KITS} kits.", field="kits")
    loaded = []
    for ref in refs:
        try:
            loaded.append((ref, own_kits.load(viewer, ref).version))
        except NoKit as refusal:
            raise Refused(refusal.code, refusal.sentence, field="kits") from None
    CampaignKit.objects.filter(campaign=campaign).exclude(kit__in=refs).delete()
    for place, (ref, version) in enumerate(loaded):
        CampaignKit.objects.update_or_create(
            campaign=campaign,
            kit=ref,
            defaults={"organisation_id": campaign.organisation_id, "version": version, "position": place},
        )
    Campaign.objects.filter(pk=campaign.pk).update(kit=refs[0] if refs else "")


def put_agencies(*, viewer: Viewer, campaign: Campaign, agencies: Iterable[Agency]) -> int:
    """Into the universe, each once; merged ones go in as their survivor. How many are new."""
    must_edit(viewer, campaign.organisation_id)
    wanted = {(agency.merged_into_id or agency.pk) for agency in agencies}
    known = set(CampaignAgency.objects.filter(campaign=campaign).values_list("agency_id", flat=True))
    if len(wanted | known) > MOST_AGENCIES:
        raise Refused(
            "too_many_agencies", f"A campaign has at most {MOST_AGENCIES:,} agencies.", field="agencies"
        )
    custodians: dict[int, int] = {}
    for pk, agency, law in (
        AgencyCustodian.objects.filter(agency__in=wanted - known)
        .order_by("pk")
        .values_list("pk", "agency_id", "law_id")
    ):
        if law:
            custodians.setdefault(agency, pk)
    CampaignAgency.objects.filter(campaign=campaign, agency__in=wanted).update(left_out=False)
    CampaignAgency.objects.bulk_create(
        [
            CampaignAgency(
                campaign=campaign,
                organisation_id=campaign.organisation_id,
                agency_id=agency,
                custodian_id=custodians.get(agency),
            )
            for agency in sorted(wanted - known)
        ],
        ignore_conflicts=True,
    )
    return len(wanted - known)


def take_out(*, viewer: Viewer, campaign: Campaign, agencies: Collection[int]) -> int:
    """Out of the universe. One that was written to stays, marked as left out of what comes."""
    must_edit(viewer, campaign.organisation_id)
    rows = CampaignAgency.objects.filter(campaign=campaign, agency__in=agencies)
    written = set(
        Letter.objects.filter(campaign=campaign, agency__in=agencies).values_list("agency_id", flat=True)
    )
    left = rows.filter(agency__in=written).update(left_out=True)
    gone, _ = rows.exclude(agency__in=written).delete()
    return left + gone


def prepare_wave(
    *,
    viewer: Viewer,
    campaign: Campaign,
    actor: Person,
    now: dt.datetime,
    once: str,
    planned_for: dt.date | None = None,
    most: int | None = None,
    agencies: Collection[int] | None = None,
    requester: str = "",
) -> Wave:
    """Drafts for everybody of the universe who has none yet, as many agencies as `most`, in the order of place.

    Called twice with one `once`, or by two people at once, nobody gets two letters.
    """
    must_edit(viewer, campaign.organisation_id)
    # One at a time a campaign: the second sees the drafts of the first.
    row = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=campaign.pk)
        .first()
    )
    if row is None:
        raise NotYours
    again = Wave.objects.filter(organisation=row.organisation, once=once).first()
    if again is not None:
        return again
    kits = list(CampaignKit.objects.filter(campaign=row))
    if not kits:
        raise Refused("kit_missing", "Choose a kit for the campaign first.", field="kits")
    waiting = _waiting(row, kits, agencies)
    if not waiting:
        raise Refused(
            "nobody_left",
            "Everybody in the campaign has a letter already. Add agencies first, or open an earlier wave.",
            field="agencies",
        )
    chosen = {one.agency_id for one, _kit in waiting}
    if most is not None and most < len(chosen):
        ordered = list(dict.fromkeys(one.agency_id for one, _kit in waiting))
        chosen = set(ordered[:most])
    todo = [(one, kit) for one, kit in waiting if one.agency_id in chosen]
    if len(todo) > MOST_LETTERS:
        raise Refused(
            "wave_too_large",
            f"A wave has at most {MOST_LETTERS:,} letters; this one would have {len(todo):,}. Take fewer agencies.",
            field="most",
        )
    number = (Wave.objects.filter(campaign=row).aggregate(top=Max("number"))["top"] or 0) + 1
    wave = Wave.objects.create(
        campaign=row, organisation=row.organisation, number=number, planned_for=planned_for, once=once
    )
    _draft(viewer, wave, todo, actor, now, requester)
    return wave


def _waiting(
    campaign: Campaign, kits: Sequence[CampaignKit], agencies: Collection[int] | None
) -> list[tuple[CampaignAgency, CampaignKit]]:
    """Whom a letter of which kit is still to be written to: nobody drafted it, and nobody filed it by hand."""
    universe = CampaignAgency.objects.filter(campaign=campaign, left_out=False, agency__merged_into=None)
    if agencies is not None:
        universe = universe.filter(agency__in=agencies)
    done = set(
        Letter.objects.filter(campaign=campaign, kind=LetterKind.REQUEST).values_list("agency_id", "kit")
    ) | set(Ask.objects.filter(campaign=campaign, requests__isnull=False).values_list("agency_id", "kit"))
    rows = universe.select_related("agency", "custodian").order_by(
        "agency__jurisdiction", "agency__name", "agency_id"
    )
    return [(one, kit) for one in rows for kit in kits if (one.agency_id, kit.kit) not in done]


def _draft(
    viewer: Viewer,
    wave: Wave,
    todo: Sequence[tuple[CampaignAgency, CampaignKit]],
    actor: Person,
    now: dt.datetime,
    requester: str,
) -> None:
    contacts: dict[int, list[AgencyContact]] = defaultdict(list)
    for contact in AgencyContact.objects.filter(agency__in={one.agency_id for one, _ in todo}):
        contacts[contact.agency_id].append(contact)
    laws = query.governing_laws({one.agency_id for one, _ in todo})
    askers = letter_words.askers_of(viewer, wave.organisation, actor, requester)
    loaded = {kit.kit: own_kits.load(viewer, kit.kit, kit.version) for _, kit in todo}
    dues: dict[tuple[str, str, dt.date], query.Due | None] = {}
    rows = []
    for one, chosen in todo:
        agency, custodian = one.agency, one.custodian
        law_id = (custodian.law_id if custodian else "") or laws.get(agency.pk, "")
        on = now.astimezone(ZoneInfo(agency.zone)).date()
        channel, address = query.best_address(contacts[agency.pk])
        office = custodian.kind if custodian else agency.kind
        key = (law_id, office, on)
        if key not in dues:
            dues[key] = (
                query.due_if_sent(law_id, on=on, agency_kind=office, agency=agency.slug, channel=channel)
                if law_id
                else None
            )
        asker = askers.under(law_id)
        kit = loaded[chosen.kit]
        words = letter_words.write(
            kit, agency=agency, custodian=custodian, law_id=law_id, asker=asker, on=on, channel=channel,
            contacts=contacts[agency.pk], chosen=chosen.parts, due=dues[key],
        )  # fmt: skip
        rows.append(
            Letter(
                organisation_id=wave.organisation_id,
                agency=agency,
                custodian=custodian,
                campaign_id=wave.campaign_id,
                wave=wave,
                kind=LetterKind.REQUEST,
                kit=chosen.kit,
                kit_version=kit.version,
                law_id=law_id,
                public_title=kit.name[:300],
                subject=words.subject,
                body=words.body,
                parts=[list(part) for part in words.parts],
                event_kind="sent",
                facts={"requester": list(asker.standing)} if asker.standing else {},
                channel=channel,
                recipient=custodian.name if custodian else agency.name,
                address=address,
                requester=dict(asker.told),
                dated=dict(words.dated),
                edited_by=actor,
                created_by=actor,
                once=f"wave:{wave.pk}:{agency.pk}:{chosen.kit}"[:64],
            )
        )
    Letter.objects.bulk_create(rows, batch_size=500)


def skip(*, viewer: Viewer, wave: Wave, letter_pids: Collection[str], skipped: bool) -> int:
    """Left out of the wave, or taken in again. What has gone out is not touched."""
    must_edit(viewer, wave.organisation_id)
    return Letter.objects.filter(
        wave=wave, public_id__in=letter_pids, state__in=[Letter.State.DRAFT, Letter.State.STOPPED]
    ).update(skipped=skipped, version=F("version") + 1)


@dataclass(frozen=True, slots=True)
class Queued:
    """queued: letters now in the queue; left: those that were not, by the code of what stands in the way."""

    queued: int
    left: dict[str, int]


def queue_wave(
    *,
    viewer: Viewer,
    wave: Wave,
    actor: Person,
    now: dt.datetime,
    accepted: Collection[str] = (),
) -> Queued:
    """Put the wave into the queue: what nothing stands in the way of. Pressed twice, each letter goes once.

    accepted: codes of warnings over which the whole wave is sent. A letter with another warning stays a draft.
    """
    row = _locked(viewer, wave)
    rows = list(
        Letter.objects.select_for_update(of=("self",))
        .select_related("agency", "custodian")
        .filter(wave=row, skipped=False, state__in=[Letter.State.DRAFT, Letter.State.STOPPED])
        .order_by("pk")
    )
    told = query.warnings_of(viewer, rows)
    left: dict[str, int] = defaultdict(int)
    ready: list[Letter] = []
    for letter in rows:
        stops = [one.code for one in told[letter.pk] if one.blocks or one.code not in accepted]
        if letter.channel != Channel.EMAIL:
            stops.insert(0, "not_email")
        if stops:
            left[stops[0]] += 1
        else:
            ready.append(letter)
    if ready:
        letter_queue.redate(ready, now)
        letter_queue.queue_rows(ready, actor, accepted=sorted(accepted))
    if ready or not left:
        Wave.objects.filter(pk=row.pk).update(state=Wave.State.QUEUED, queued_by=actor, queued_at=Now())
    letter_queue.wake_worker()
    return Queued(len(ready), dict(left))


def stop_wave(*, viewer: Viewer, wave: Wave, actor: Person) -> int:
    """STOP: what is not handed over stays here. How many were held back."""
    row = _locked(viewer, wave)
    stopped = letter_queue.stop_rows(Letter.objects.filter(wave=row))
    Wave.objects.filter(pk=row.pk).update(state=Wave.State.STOPPED)
    return stopped


def _locked(viewer: Viewer, wave: Wave) -> Wave:
    must_edit(viewer, wave.organisation_id)
    row: Wave | None = Wave.objects.select_for_update().filter(pk=wave.pk).first()
    if row is None:
        raise NotYours
    return row
