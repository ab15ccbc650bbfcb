"""What was withheld, for programs: recorded, changed on what was read, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import withholdings as acts
from requests_app.actions.refusals import Refused
from requests_app.actions.withholdings import Asserted
from requests_app.models import Event, Withholding
from requests_app.models.withholdings import GroundType, OurView
from requests_app.queries import comparison, withholdings

from .base import ApiView, Given, Words, operation, page_of
from .own import HERE, MOST, RequestView
from .paging import WALK, PageAsked, paged, walk
from .problems import Conflict

NOTE, SECTION = acts.WORDS_MAX, acts.SECTION_MAX


class WithholdingShape(serializers.Serializer[Any]):
    """One ground as a letter asserts it. Our view, notes and challenge are there for our own people alone."""

    id = serializers.CharField()
    request = serializers.CharField()
    agency = serializers.CharField()
    event = serializers.CharField(help_text="The decision that asserts it.")
    part = serializers.CharField(help_text="Empty: the whole request.")
    section = serializers.CharField()
    citation = serializers.CharField()
    ground = serializers.ChoiceField(GroundType.choices)
    pages_full = serializers.IntegerField(allow_null=True)
    pages_part = serializers.IntegerField(allow_null=True)
    ranges = serializers.CharField()
    reason = serializers.CharField(help_text="In the words of the letter.")
    released = serializers.CharField(allow_null=True, help_text="The event by which it came after all.")
    retracted = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Send it back as seen_version.")
    our_view = serializers.ChoiceField(OurView.choices, required=False)
    challenged = serializers.CharField(required=False, allow_null=True)
    notes = serializers.CharField(required=False)


class WithholdingsAsked(PageAsked):
    q = serializers.CharField(required=False, max_length=120, help_text="Words of section or letter.")
    section = serializers.CharField(required=False, max_length=SECTION)
    ground = serializers.ChoiceField(GroundType.choices, required=False)
    jurisdiction = serializers.CharField(required=False, max_length=12)
    kind = serializers.CharField(required=False, max_length=32, help_text="Kind of the agency.")
    campaign = serializers.CharField(required=False, max_length=12)
    part = serializers.CharField(required=False, max_length=12)
    view = serializers.ChoiceField(OurView.choices, required=False)
    challenged = serializers.ChoiceField(["yes", "no"], required=False)
    released = serializers.ChoiceField(["yes", "no"], required=False)


class GroundGiven(Given):
    part = Words(required=False, allow_blank=True, default="", max_length=12)
    code = Words(required=False, allow_blank=True, default="", max_length=60, help_text="Of the law's list.")
    section = Words(required=False, allow_blank=True, default="", max_length=SECTION)
    ground = serializers.ChoiceField(GroundType.choices, required=False, allow_blank=True, default="")
    pages_full = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=acts.PAGES_MAX
    )
    pages_part = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=acts.PAGES_MAX
    )
    ranges = Words(required=False, allow_blank=True, default="", max_length=acts.RANGES_MAX)
    reason = Words(required=False, allow_blank=True, default="", max_length=NOTE)
    our_view = serializers.ChoiceField(OurView.choices, required=False, default=OurView.UNSEEN)
    notes = Words(required=False, allow_blank=True, default="", max_length=NOTE)
    released = Words(required=False, allow_blank=True, default="", max_length=12)
    challenged = Words(required=False, allow_blank=True, default="", max_length=12)


class WithholdingsGiven(Given):
    event = Words(max_length=12, help_text="Id of the decision.")
    grounds = serializers.ListField(child=GroundGiven(), max_length=acts.ROWS_MAX)


class ChangeGiven(GroundGiven):
    seen_version = serializers.IntegerField(min_value=1, max_value=MOST)


class BackGiven(Given):
    reason = Words(max_length=NOTE)
    seen_version = serializers.IntegerField(min_value=1, max_value=MOST)


class ListShape(serializers.Serializer[Any]):
    items = WithholdingShape(many=True)


class WithholdingsView(ApiView):
    @operation(
        "withholdings", "Grounds of all requests of your organizations", asked=WithholdingsAsked,
        answer=page_of(WithholdingShape), signed_in=True,
    )  # fmt: skip
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Newest first; the filters of the page."""
        names = {name: value for name, value in asked.items() if name not in WALK}
        rows = withholdings.with_all(withholdings.standing(self.viewer, None, withholdings.Filters(**names)))
        keys = ("-pk",)
        return paged(self.request, asked, keys, lambda place, limit: walk(rows, keys, place, limit), shown)


class RequestWithholdingsView(RequestView):
    @operation("request-withholdings", "Grounds of one request", answer=ListShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """Also what was taken back."""
        return {"items": [shown(row) for row in withholdings.of_request(self.viewer, self.own(pid))]}

    @operation(
        "withholdings-record", "Record what a decision withholds", body=WithholdingsGiven, answer=ListShape, status=201,
        example={"event": "k3j4h5g6f7d8", "grounds": [{"part": "A2", "code": "7(1)(d)", "pages_full": 12}]},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """All grounds or none; a wrong one is named by its place and field, such as `2-section`."""
        found = self.own(pid, edit=True)
        event = Event.objects.visible_to(self.viewer).filter(request=found, uid=given["event"]).first()
        if event is None:
            raise Refused("event_unknown", "The request has no such event.", field="event")
        made = acts.record_withholdings(
            viewer=self.viewer, records_request=found, event=event, rows=[Asserted(**row) for row in given["grounds"]],
            actor=self.actor, once=self.once,
        )  # fmt: skip
        rows = withholdings.with_all(
            Withholding.objects.visible_to(self.viewer).filter(pk__in=[m.pk for m in made])
        )
        return {"items": [shown(row) for row in rows.order_by("pk")]}


class OneWithholding(RequestView):
    def one(self, pid: str, wid: str) -> Withholding:
        found = self.own(pid, edit=True)
        rows = withholdings.with_all(Withholding.objects.visible_to(self.viewer).filter(request=found))
        made: Withholding = self.found(rows, public_id=wid)
        return made

    def stale(self, refused: Refused, pid: str, wid: str, given: Mapping[str, Any]) -> Refused:
        if refused.code != "stale":
            return refused
        current = self.one(pid, wid)
        return Conflict(
            refused,
            seen_version=given["seen_version"],
            current_version=current.version,
            current=shown(current),
        )


class WithholdingView(OneWithholding):
    @operation("withholding-change", "Change one ground", body=ChangeGiven, answer=WithholdingShape)
    def put(self, given: dict[str, Any], pid: str, wid: str) -> dict[str, Any]:
        """The whole ground as it shall stand. 409 with both versions where somebody was faster."""
        said = {name: value for name, value in given.items() if name != "seen_version"}
        try:
            acts.change_withholding(
                viewer=self.viewer, withholding=self.one(pid, wid), said=Asserted(**said), actor=self.actor,
                seen_version=given["seen_version"],
            )  # fmt: skip
        except Refused as refused:
            raise self.stale(refused, pid, wid, given) from None
        return shown(self.one(pid, wid))


class WithholdingBackView(OneWithholding):
    @operation("withholding-retract", "Take one ground back", body=BackGiven, answer=WithholdingShape)
    def post(self, given: dict[str, Any], pid: str, wid: str) -> dict[str, Any]:
        """It stays, with the reason, and counts nowhere."""
        try:
            acts.retract_withholding(
                viewer=self.viewer, withholding=self.one(pid, wid), actor=self.actor, **given
            )
        except Refused as refused:
            raise self.stale(refused, pid, wid, given) from None
        return shown(self.one(pid, wid))


def shown(row: Any) -> dict[str, Any]:
    private = getattr(row, "private", None)
    found = {
        "id": row.public_id, "request": row.request.public_id, "agency": row.request.agency.name,
        "event": row.event.uid, "part": row.part, "section": row.section, "citation": row.citation,
        "ground": row.ground, "pages_full": row.pages_full, "pages_part": row.pages_part, "ranges": row.ranges,
        "reason": row.reason, "released": row.released.uid if row.released else None,
        "retracted": row.retracted_at is not None, "version": row.version,
    }  # fmt: skip
    if private is not None:
        challenged = private.challenged.uid if private.challenged else None
        found |= {"our_view": private.our_view, "challenged": challenged, "notes": private.notes}
    return found


class CompareAsked(serializers.Serializer[Any]):
    part = serializers.CharField(
        required=False, max_length=12, help_text="Label of the part, such as A2; the first unless told."
    )


class ComparedShape(serializers.Serializer[Any]):
    request = serializers.CharField()
    agency = serializers.CharField()
    title = serializers.CharField(help_text="Of the part.")
    outcome = serializers.CharField(help_text="Empty: not decided yet.")
    group = serializers.ChoiceField(list(comparison.GROUPS))
    sections = serializers.ListField(child=serializers.CharField())


class ComparisonShape(serializers.Serializer[Any]):
    items = ComparedShape(many=True)


class ComparisonView(RequestView):
    @operation("withholding-compare", "The same part at other agencies", asked=CompareAsked, answer=ComparisonShape,
               signed_in=True)  # fmt: skip
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """Everywhere it was asked from the same kit, else in the same campaign, this request too. None where neither
        joins them."""
        found = self.own(pid)
        named = {"label": asked["part"]} if "part" in asked else {}
        part = found.parts.filter(**named).first()
        if part is None and named:
            raise Http404
        same = comparison.same_part(found, part.label) if part else None
        answers = comparison.answers(self.viewer, same, on=self.today(found)) if same else []
        return {
            "items": [
                {
                    "request": one.request.public_id, "agency": one.request.agency.name, "title": one.title,
                    "outcome": one.outcome, "group": one.group, "sections": list(one.sections),
                }
                for one in answers
            ]
        }  # fmt: skip


urlpatterns = [
    path(f"{HERE}/withholdings/compare/", ComparisonView.door(), name="api-withholding-compare"),
    path("withholdings/", WithholdingsView.door(), name="api-withholdings"),
    path(f"{HERE}/withholdings/", RequestWithholdingsView.door(), name="api-request-withholdings"),
    path(f"{HERE}/withholdings/<slug:wid>/", WithholdingView.door(), name="api-withholding"),
    path(
        f"{HERE}/withholdings/<slug:wid>/retract/", WithholdingBackView.door(), name="api-withholding-retract"
    ),
]
