"""Who truly keeps us waiting: the answer late on every reading, and nothing that makes asking again wrong or rude."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from requests_app.clock import codec, words
from requests_app.clock.events import REQUESTERS_OWN
from requests_app.clock.rules import Owes
from requests_app.clock.standing import Clock
from requests_app.kits.letters import Draft, Lapse, Matter, follow_up
from requests_app.kits.merge import MergeFacts
from requests_app.models import (
    AgencyContact,
    Campaign,
    Channel,
    Deadline,
    Event,
    Letter,
    LetterKind,
    Organisation,
    Person,
    RecordsRequest,
    StandingSpan,
)
from requests_app.models.visibility import Viewer

from . import letter_words
from .letters import best_address
from .open_days import OpenDays

AGAIN_DAYS = 14
HEARD_DAYS = 3
MOST = 500
NOT_HEARD = ("retracted", "law_applied", "override", "override_released", "closed", "waived", "disputed")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request whose answer is due. skip: why it is not asked now; empty: it truly waits.

    late_open: open days of the agency since its time ended. asked_on, heard_on: the last of our follow-ups and the last
    word of theirs."""

    request: RecordsRequest
    clock: Clock
    today: dt.date
    address: str
    skip: str = ""
    late_open: int = 0
    asked_on: dt.date | None = None
    heard_on: dt.date | None = None

    @property
    def late_days(self) -> int:
        return (self.today - self.clock.latest).days if self.clock.latest else 0


def waiting(
    viewer: Viewer,
    organisation_id: int,
    *,
    now: dt.datetime,
    campaign: Campaign | None = None,
    again_days: int = AGAIN_DAYS,
    only: Collection[str] | None = None,
) -> list[Waiting]:
    """Requests with an answer that is owed and begins to be late, those that truly wait first. Eight queries.

    only: public ids; None: every one of the organization, or of the campaign.
    """
    own = RecordsRequest.objects.of_organisation(viewer).filter(organisation_id=organisation_id)
    if campaign is not None:
        own = own.filter(campaign=campaign)
    if only is not None:
        own = own.filter(public_id__in=only)
    soonest = now.date() + dt.timedelta(days=1)
    rows = (
        Deadline.objects.of_organisation(viewer)
        .standing()
        .filter(request__in=own, owner="agency", scope="request", met_on=None, ended_on=None)
        .filter(Q(earliest_on__lt=soonest) | Q(paused_since__isnull=False))
        .order_by("request_id", F("latest_on").asc(nulls_last=True))
        .values_list("request_id", "clock")[: MOST * 4]
    )
    clocks: dict[int, Clock] = {}
    for request_id, stored in rows:
        clock = codec.from_json(stored)
        if clock.owes not in (Owes.determination, Owes.records):
            continue
        known = clocks.get(request_id)
        if known is None or clock.round > known.round:
            clocks[request_id] = clock
    requests = list(
        own.filter(pk__in=list(clocks)[:MOST])
        .select_related("agency", "custodian", "organisation", "correspondence", "campaign")
        .order_by("filed_on", "pk")
    )
    reasons = _Reasons(viewer, requests, again_days, now.date())
    found = []
    days = OpenDays(requests)
    for request in requests:
        today = now.astimezone(ZoneInfo(request.zone)).date()
        clock = clocks[request.pk]
        if clock.paused_since is None and (clock.earliest is None or clock.earliest >= today):
            continue
        channel, address = best_address(reasons.contacts[request.agency_id])
        skip = reasons.of(request, clock, today, channel, address)
        late = days.between(request, clock.latest, today) if clock.latest is not None and not skip else 0
        found.append(
            Waiting(
                request, clock, today, address, skip, late, reasons.asked.get(request.pk), reasons.heard.get(request.pk)
            )
        )
    return sorted(found, key=lambda one: (bool(one.skip), one.clock.latest or dt.date.max, one.request.pk))


class _Reasons:
    """What is known of many requests at once, for the rules that hold a follow-up back."""

    def __init__(
        self, viewer: Viewer, requests: list[RecordsRequest], again_days: int, until: dt.date
    ) -> None:
        ids = [request.pk for request in requests]
        self.again_days = again_days
        self.contacts: dict[int, list[AgencyContact]] = {request.agency_id: [] for request in requests}
        for contact in AgencyContact.objects.filter(agency__in=list(self.contacts)):
            self.contacts[contact.agency_id].append(contact)
        self.asked: dict[int, dt.date] = {}
        self.heard: dict[int, dt.date] = {}
        taken_back = Event.objects.filter(request__in=ids, retracts__isnull=False).values("retracts")
        events = Event.objects.of_organisation(viewer).filter(request__in=ids).exclude(pk__in=taken_back)
        ours = {kind.value for kind in REQUESTERS_OWN}
        for request_id, kind, sent, received, dated in events.values_list(
            "request_id", "kind", "sent_on", "received_on", "dated_on"
        ):
            if kind == "follow_up_sent":
                day = sent or dated or received
                if day:
                    self.asked[request_id] = max(day, self.asked.get(request_id, day))
            elif kind not in ours and kind not in (
                "retracted",
                "law_applied",
                "override",
                "override_released",
                "closed",
            ):
                day = received or sent or dated
                if day:
                    self.heard[request_id] = max(day, self.heard.get(request_id, day))
        self.drafted = dict(
            Letter.objects.visible_to(viewer)
            .open()
            .filter(request__in=ids, kind=LetterKind.FOLLOW_UP)
            .values_list("request_id", "public_id")
        )
        self.stages: dict[int, str] = {}
        spans = StandingSpan.objects.of_organisation(viewer).filter(request__in=ids)
        for request_id, _from, stage in spans.order_by("from_on").values_list(
            "request_id", "from_on", "stage"
        ):
            if _from <= dt.date.max:
                self.stages[request_id] = stage

    def of(self, request: RecordsRequest, clock: Clock, today: dt.date, channel: str, address: str) -> str:
        if self.stages.get(request.pk) in ("closed", "suit"):
            return (
                "closed by us" if self.stages[request.pk] == "closed" else "a suit is pending; counsel writes"
            )
        if clock.paused_since is not None:
            return f"the clock stands still since {words.date(clock.paused_since)}: it waits for us"
        if clock.latest is None or clock.latest >= today:
            until = f" until {words.date(clock.latest)}" if clock.latest else ""
            if clock.extensions:
                return f"the agency’s extension runs{until}"
            return f"on the later reading of the law it is in time{until}"
        asked = self.asked.get(request.pk)
        if asked is not None and (today - asked).days < self.again_days:
            return f"asked again on {words.date(asked)}, less than {self.again_days} days ago"
        if request.pk in self.drafted:
            return "a follow-up is written already and has not gone out"
        heard = self.heard.get(request.pk)
        if heard is not None and 0 <= (today - heard).days < HEARD_DAYS:
            return f"the agency wrote on {words.date(heard)}; read that first"
        if channel != Channel.EMAIL or not address:
            return "no e-mail address is known"
        return ""


def draft(one: Waiting, organisation: Organisation, person: Person | None) -> Draft:
    """The follow-up to one agency, dated today there."""
    request, clock = one.request, one.clock
    told = letter_words.Askers(organisation, person).under(request.law_id).told
    facts = MergeFacts(
        agency=request.agency.name,
        law_id=request.law_id,
        requester=str(told.get("name", "")),
        organization=str(told.get("organisation", "")),
        email=str(told.get("email", "")),
        custodian=letter_words.addressed(request.custodian, request.agency),
        tracking=request.correspondence.tracking_number,
        subject=request.public_title,
        date=words.date(one.today),
    )
    assert clock.latest is not None
    return follow_up(
        Matter(facts, today=one.today, sent_on=request.filed_on),
        Lapse(clock.latest, citation=clock.citation, late=one.late_open or None),
    )
