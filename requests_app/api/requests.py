"""Requests for programs: the list with the filters of the page, one with its clocks, and filing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import audit, filing
from requests_app.actions.refusals import Refused
from requests_app.laws.questions import of_request
from requests_app.laws.registry import library
from requests_app.models import Agency, AgencyCustodian, Campaign
from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import everything
from requests_app.queries.request_page import PartNow, RequestPage, StandingNow, Superseded, load
from requests_app.queries.request_walk import ORDERS, count_requests, request_rows
from requests_app.queries.requests import Filters, Row

from .base import ApiView, Given, Words, operation, page_of
from .clocks import ClockShape, clock_shown
from .law_facts import facts_given
from .paging import COUNTED, WALK, PageAsked, Place, Walked, after, cut, paged, turned

NOTE_MAX = 5_000
LETTER_MAX = 50_000
MOST_PARTS = 40
CHANNELS = ["email", "portal", "post", "certified_post", "fax", "hand", "in_person", "phone"]


class AgencyRef(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Its slug.")
    name = serializers.CharField()
    jurisdiction = serializers.CharField()


class NextDate(serializers.Serializer[Any]):
    on = serializers.DateField()
    name = serializers.CharField()
    owner = serializers.CharField(help_text="Who must act by then.")


class RequestRow(serializers.Serializer[Any]):
    """One request on its own local day. Of another organization it is the public projection: no move and no window of
    the requester."""

    id = serializers.CharField()
    title = serializers.CharField(help_text="The public title.")
    ours = serializers.BooleanField()
    agency = AgencyRef()
    law = serializers.CharField()
    filed_on = serializers.DateField()
    today = serializers.DateField(help_text="The day in the agency's zone.")
    stage = serializers.CharField(allow_null=True)
    outcome = serializers.CharField(allow_null=True)
    whose_move = serializers.CharField(allow_null=True)
    late = serializers.BooleanField()
    days_late = serializers.IntegerField()
    next = NextDate(allow_null=True)
    sample = serializers.BooleanField(help_text="An invented row of the sample.")


class RequestsAsked(PageAsked):
    q = serializers.CharField(required=False, max_length=200, help_text="Words of agency, title or number.")
    jurisdiction = serializers.CharField(required=False, max_length=12)
    agency = serializers.CharField(required=False, max_length=120, help_text="Slug of the agency.")
    campaign = serializers.CharField(required=False, max_length=12, help_text="Id of the campaign.")
    organisation = serializers.CharField(required=False, max_length=12, help_text="Id of the organization.")
    stage = serializers.CharField(required=False, max_length=24)
    move = serializers.CharField(required=False, max_length=16, help_text="Whose move it is.")
    outcome = serializers.CharField(required=False, max_length=32)
    group = serializers.CharField(required=False, max_length=24)
    population = serializers.CharField(required=False, max_length=24)
    kind = serializers.CharField(required=False, max_length=40, help_text="Kind of the agency.")
    law = serializers.CharField(required=False, max_length=40)
    late = serializers.BooleanField(required=False, allow_null=True, default=None)
    within = serializers.IntegerField(
        required=False, min_value=0, max_value=366, help_text="Days until the next date."
    )
    view = serializers.ChoiceField(["public"], required=False, help_text="As the public sees it.")
    sort = serializers.ChoiceField(list(ORDERS), required=False, help_text="newest unless told.")
    ordering = serializers.ChoiceField(
        ["filed_on", "-filed_on"], required=False, help_text="The same by the name of the field."
    )
    updated_since = serializers.DateTimeField(
        required=False,
        help_text="Requests of which you can read more since this instant: a new event, document or share. A date that "
        "passes, or a new title, is none of these.",
    )


class RequestPartGiven(Given):
    label = Words(max_length=12, help_text="A1, A2 …")  # type: ignore[assignment]
    title = Words(max_length=200, required=False, allow_blank=True, default="")


class RequestGiven(Given):
    organisation = Words(required=False, max_length=12, help_text="Needed where you edit several.")
    agency = Words(max_length=120, help_text="Slug of the agency.")
    custodian = Words(required=False, max_length=300, help_text="Name of a custodian of the agency.")
    law = Words(required=False, max_length=40, help_text="Left out: the one that governs, where it is one.")
    public_title = Words(max_length=3_000)
    working_title = Words(required=False, allow_blank=True, default="", max_length=3_000)
    campaign = Words(required=False, max_length=12, help_text="Id of a campaign of the organization.")
    parts = serializers.ListField(child=RequestPartGiven(), required=False, max_length=MOST_PARTS)
    sent_on = serializers.DateField()
    channel = serializers.ChoiceField(CHANNELS)
    received_on = serializers.DateField(required=False, allow_null=True)
    receipt_basis = serializers.ChoiceField(sorted(filing.BASES), required=False)
    tracking_number = Words(required=False, allow_blank=True, default="", max_length=120)
    letter = Words(required=False, allow_blank=True, default="", max_length=LETTER_MAX, trim_whitespace=False)
    law_facts = serializers.DictField(
        required=False, help_text="What this law asks of a request: /laws/{law_id}/ names the facts."
    )


class StandingShape(serializers.Serializer[Any]):
    stage = serializers.CharField()
    outcome = serializers.CharField()
    whose_move = serializers.CharField()
    late = serializers.BooleanField()
    late_since = serializers.DateField(allow_null=True)
    next = NextDate(allow_null=True)


class RequestPartShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()
    outcome = serializers.CharField(allow_null=True)
    stage = serializers.CharField(allow_null=True, required=False)
    whose_move = serializers.CharField(allow_null=True, required=False)
    late = serializers.BooleanField(allow_null=True, required=False)


class SupersededShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    superseded_at = serializers.DateTimeField()


class CampaignRef(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()


class RequestShape(serializers.Serializer[Any]):
    """One request at the viewer's own level: what the viewer may not read is absent, not empty."""

    id = serializers.CharField()
    title = serializers.CharField()
    ours = serializers.BooleanField()
    agency = AgencyRef()
    custodian = serializers.CharField(allow_null=True)
    law = serializers.CharField()
    filed_on = serializers.DateField()
    today = serializers.DateField()
    zone = serializers.CharField()
    sample = serializers.BooleanField()
    campaign = CampaignRef(allow_null=True)
    standing = StandingShape(allow_null=True)
    parts = RequestPartShape(many=True)
    clocks = ClockShape(many=True)
    version = serializers.IntegerField(required=False, help_text="Ours: send it back as seen_version.")
    law_revision = serializers.IntegerField(
        required=False, help_text="Ours: the reading the dates are pinned to."
    )
    working_title = serializers.CharField(required=False)
    assignee = serializers.CharField(required=False, allow_null=True)
    backup = serializers.CharField(required=False, help_text="Only to whom everything is shared.")
    notes = serializers.CharField(required=False, help_text="Only to whom everything is shared.")
    superseded = SupersededShape(many=True, required=False)
    published = serializers.BooleanField(required=False)
    tracking_number = serializers.CharField(required=False, help_text="From the level of correspondence on.")
    letter = serializers.CharField(required=False, help_text="From the level of correspondence on.")


EXAMPLE = {
    "agency": "sangamon-bend-fusion-center", "public_title": "License-plate readers: sharing agreements",
    "parts": [{"label": "A1", "title": "Contracts"}], "sent_on": "2026-03-02", "channel": "email",
}  # fmt: skip


class RequestsView(ApiView):
    @operation(
        "requests-list", "Requests you may see, with the filters of the page",
        asked=RequestsAsked, answer=page_of(RequestRow),
    )  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Sorted by the day of filing. Rows of other organizations are what they published or share with yours."""
        viewer = self.viewer
        if asked.get("view") == "public":
            tell_database(PUBLIC)
            viewer = PUBLIC
        skipped = (*WALK, "view", "sort", "ordering", "updated_since")
        filters = Filters(**{name: value for name, value in asked.items() if name not in skipped})
        if "ordering" in asked and "sort" in asked:
            raise Refused("two_orders", "Ask for one order: by ordering or by sort.", field="ordering")
        sort = "oldest" if asked.get("ordering") == "filed_on" else asked.get("sort", "newest")
        keys, since = ORDERS[sort], asked.get("updated_since")

        def read(place: Place, limit: int) -> Walked:
            beyond: Q | None = after(keys, place) if place.values else None
            count = None
            if place.counted:
                count = count_requests(viewer, now=self.now, filters=filters, since=since, most=COUNTED + 1)
            rows = request_rows(
                viewer, now=self.now, filters=filters, since=since, keys=turned(keys, place), beyond=beyond,
                skip=place.skip, most=limit + 1,
            )  # fmt: skip
            return cut(rows, place, limit, count)

        return paged(self.request, asked, keys, read, row_shown)

    @operation(
        "request-file", "File a request", body=RequestGiven, answer=RequestShape, status=201, example=EXAMPLE
    )
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """The request as it was sent, with its first event; its clocks come back counted."""
        viewer = self.viewer
        organisation = self.organisation(given.get("organisation"))
        agency = agency_named(given["agency"])
        custodian = None
        if given.get("custodian"):
            custodian = AgencyCustodian.objects.filter(agency=agency, name=given["custodian"]).first()
            if custodian is None:
                raise Refused(
                    "custodian_unknown", "The agency has no custodian of this name.", field="custodian"
                )
        campaign = None
        if given.get("campaign"):
            campaign = Campaign.objects.editable_by(viewer).filter(public_id=given["campaign"]).first()
            if campaign is None:
                raise Refused("campaign_unknown", "You edit no campaign with this id.", field="campaign")
        law_id = given.get("law") or _governing(agency, custodian)
        made = filing.file_request(
            viewer=viewer, organisation=organisation, agency=agency, custodian=custodian, law_id=law_id,
            public_title=given["public_title"], working_title=given["working_title"], campaign=campaign,
            parts=[(part["label"], part["title"]) for part in given.get("parts", ())],
            sent_on=given["sent_on"], channel=given["channel"], received_on=given.get("received_on"),
            receipt_basis=given.get("receipt_basis"), tracking_number=given["tracking_number"],
            letter=given["letter"], law_facts=_facts(law_id, given.get("law_facts", {})), assignee=self.actor,
            actor=self.actor, once=self.once, today=self.now.astimezone(ZoneInfo(agency.zone)).date(),
            is_sample=agency.is_sample,
        )  # fmt: skip
        page = load(viewer, made.public_id, now=self.now)
        assert page is not None, "who files a request sees it"
        return request_shown(page)


class RequestView(ApiView):
    @operation(
        "request",
        "One request: standing, parts, clocks with the steps that led to each date",
        answer=RequestShape,
        sparse=True,
    )
    def get(self, pid: str) -> dict[str, Any]:
        """At your own level. `version` goes back as `seen_version` with whatever you write."""
        page = load(self.viewer, pid, now=self.now)
        if page is None:
            raise Http404
        page, inside = everything.of_request(self.viewer, page)
        if inside is None:
            return request_shown(page)
        audit.read_everything(self.viewer, page.request, self.actor, self.now.date())
        shown = {name: getattr(inside, name) for name in ("working_title", "notes", "backup")}
        return request_shown(page) | shown | {"assignee": inside.assignee or None}


def row_shown(row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": row.public_title,
        "ours": row.ours,
        "agency": {"id": row.agency_slug, "name": row.agency_name, "jurisdiction": row.jurisdiction},
        "law": row.law_id,
        "filed_on": row.filed_on,
        "today": row.today,
        "stage": row.stage,
        "outcome": row.outcome or None,
        "whose_move": row.whose_move,
        "late": bool(row.late),
        "days_late": row.days_late,
        "next": _next(row.next_on, row.next_name, row.next_owner),
        "sample": row.is_sample and not row.is_imported,
    }


def request_shown(page: RequestPage) -> dict[str, Any]:
    found = page.request
    agency = found.agency
    shown: dict[str, Any] = {
        "id": found.public_id,
        "title": found.public_title,
        "ours": page.ours,
        "agency": {"id": agency.slug, "name": agency.name, "jurisdiction": agency.jurisdiction},
        "custodian": found.custodian.name if found.custodian else None,
        "law": found.law_id,
        "filed_on": found.filed_on,
        "today": page.today,
        "zone": found.zone,
        "sample": found.is_sample and not found.is_imported,
        "campaign": {"id": page.campaign["public_id"], "title": page.campaign["title"]}
        if page.campaign
        else None,
        "standing": _standing(page.standing),
        "parts": [_part(part, ours=page.ours) for part in page.parts],
        "clocks": [clock_shown(clock, page.today, ours=page.ours) for clock in page.clocks],
    }
    if page.ours:
        private = page.private or {}
        shown |= {
            "version": found.ledger_version,
            "law_revision": found.law_revision,
            "working_title": private.get("working_title", ""),
            "assignee": private.get("assignee"),
            "superseded": [_superseded(row) for row in page.superseded],
            "published": page.published,
        }
    if page.correspondence is not None:
        shown |= {name: page.correspondence[name] for name in ("tracking_number", "letter")}
    return shown


def _standing(now: StandingNow | None) -> dict[str, Any] | None:
    if now is None:
        return None
    return {
        "stage": now.stage,
        "outcome": now.outcome,
        "whose_move": now.whose_move,
        "late": now.late,
        "late_since": now.late_since,
        "next": _next(now.next_on, now.next_name, now.next_owner),
    }


def _next(on: Any, name: str | None, owner: str | None) -> dict[str, Any] | None:
    return {"on": on, "name": name or "", "owner": owner or ""} if on else None


def _part(part: PartNow, *, ours: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"label": part.label, "title": part.title, "outcome": part.outcome or None}
    if ours:
        shown |= {"stage": part.stage, "whose_move": part.whose_move, "late": part.late}
    return shown


def _superseded(row: Superseded) -> dict[str, Any]:
    return {
        "key": row.clock_key,
        "name": row.name,
        "due_on": row.due_on,
        "superseded_at": row.superseded_at,
    }


def agency_named(slug: str) -> Agency:
    agency = Agency.objects.select_related("merged_into").filter(slug=slug).first()
    if agency is None:
        raise Refused("agency_unknown", "There is no agency with this id. Search /agencies/.", field="agency")
    return agency.merged_into or agency


def _governing(agency: Agency, custodian: AgencyCustodian | None) -> str:
    if custodian is not None and custodian.law_id:
        return custodian.law_id
    laws = list(agency.laws.values_list("law_id", flat=True)[:2])
    if len(laws) != 1:
        raise Refused(
            "law_missing", "Several laws may govern this agency, or none is known. Name one.", field="law"
        )
    return str(laws[0])


def _facts(law_id: str, given: dict[str, Any]) -> dict[str, Any]:
    known = {entry.id for entry in library().laws}
    asks: Sequence[Any] = of_request(library().law(law_id).current) if law_id in known else ()
    return facts_given(asks, given)


urlpatterns = [
    path("requests/", RequestsView.door(), name="api-requests"),
    path("requests/<slug:pid>/", RequestView.door(), name="api-request"),
]
