"""One act on many requests, seen before it is done, and taken back row by row.

A row that somebody changed since is left as it is, and named: taking back must not undo another's work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models.functions import Now

from requests_app.models import (
    BulkAct,
    BulkItem,
    Campaign,
    Event,
    Organisation,
    Person,
    RecordsRequest,
    RequestPrivate,
    RequestTag,
    Share,
    Tag,
)
from requests_app.models.visibility import Viewer
from requests_app.queries.publishing import own_public_share, would_open

from . import audit, deadlines
from .assignments import assign
from .closing import close_request, windows_of
from .correspondence import retract_event
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit, must_own
from .shares import hold_back
from .tags import make_tag

MOST = 1000
MOST_CLOSED = 200
"""Closing folds each ledger anew, so fewer fit into one transaction."""
Kind = BulkAct.Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do. assign: `person`, None takes the name off. tag: its name. close: `reason`. hold: on or off."""

    kind: str
    person: int | None = None
    tag: str = ""
    campaign: str = ""
    held: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """`skipped`: requests that are left alone, each with why. `warning`: what to know before."""

    todo: tuple[RecordsRequest, ...]
    skipped: tuple[tuple[RecordsRequest, str], ...]
    warning: str = ""


def plan(
    *, viewer: Viewer, organisation: Organisation, ids: Sequence[int], wanted: Wanted, now: dt.datetime
) -> Planned:
    """What `act` would do now. Nothing is written."""
    _checked(viewer, organisation, ids, wanted)
    return _planned(viewer, organisation, ids, wanted, now)


def act(
    *,
    viewer: Viewer,
    organisation: Organisation,
    ids: Sequence[int],
    wanted: Wanted,
    actor: Person,
    once: str,
    now: dt.datetime,
    query: str = "",
) -> BulkAct:
    """All of it in one transaction; the same `once` finds what it did the first time."""
    once = checked_once(once)
    _checked(viewer, organisation, ids, wanted)
    with transaction.atomic(), deadlines.together():
        # Two clicks at once: the second waits here, and finds the first.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 27))", [f"{organisation.pk}:{once}"]
            )
        again = BulkAct.objects.filter(organisation=organisation, once=once).first()
        if again is not None:
            return again
        planned = _planned(viewer, organisation, ids, wanted, now)
        value = _value(viewer, organisation, wanted)
        made = BulkAct.objects.create(
            organisation=organisation, actor=actor, kind=wanted.kind, value=value, query=query[:1000], once=once,
            done=len(planned.todo), skipped=len(planned.skipped),
        )  # fmt: skip
        doing = DOING[wanted.kind]
        items = []
        for row in planned.todo:
            before, after = doing(viewer, row, wanted, value, actor, f"bulk-{made.public_id}-{row.pk}", now)
            items.append(
                BulkItem(organisation=organisation, act=made, request=row, before=before, after=after)
            )
        items += [
            BulkItem(organisation=organisation, act=made, request=row, skipped=why[:300])
            for row, why in planned.skipped
        ]
        BulkItem.objects.bulk_create(items)
        audit.record(
            act=f"requests.{wanted.kind}", subject=f"bulk {made.public_id}", organisation=organisation, actor=actor,
            detail={"done": made.done, "skipped": made.skipped},
        )  # fmt: skip
    return made


def undo(*, viewer: Viewer, bulk: BulkAct, actor: Person, now: dt.datetime) -> list[BulkItem]:
    """Put back what still stands as this act left it. Returns the rows that were left alone."""
    must_edit(viewer, bulk.organisation_id)
    if bulk.kind == Kind.HOLD:
        must_own(viewer, bulk.organisation_id)
    with transaction.atomic(), deadlines.together():
        # The first undo takes the row; a second click finds it taken and does nothing.
        if not BulkAct.objects.filter(pk=bulk.pk, undone_at=None).update(undone_at=Now(), undone_by=actor):
            return list(bulk.items.exclude(left="").select_related("request"))
        left = []
        for item in bulk.items.filter(skipped="").select_related("request").order_by("pk"):
            why = UNDOING[bulk.kind](viewer, item, bulk, actor, now)
            if why:
                item.left = why
                BulkItem.objects.filter(pk=item.pk).update(left=why)
                left.append(item)
        audit.record(
            act="bulk.undone", subject=f"bulk {bulk.public_id}", organisation=bulk.organisation, actor=actor,
            detail={"left": len(left)},
        )  # fmt: skip
    return left


def _checked(viewer: Viewer, organisation: Organisation, ids: Sequence[int], wanted: Wanted) -> None:
    must_edit(viewer, organisation.pk)
    if wanted.kind not in Kind.values:
        raise Refused("act_unknown", "Choose what to do with these requests.", field="act")
    if wanted.kind == Kind.HOLD:
        must_own(viewer, organisation.pk)
    if not ids:
        raise Refused("nothing_chosen", "Choose at least one request.", field="pick")
    most = MOST_CLOSED if wanted.kind == Kind.CLOSE else MOST
    if len(ids) > most:
        raise Refused(
            "too_many_chosen",
            f"At most {most:,} at once; these are {len(ids):,}. Narrow the filters, and do the rest after.",
            field="pick",
        )


def _planned(
    viewer: Viewer, organisation: Organisation, ids: Sequence[int], wanted: Wanted, now: dt.datetime
) -> Planned:
    rows = list(
        RecordsRequest.objects.editable_by(viewer)
        .filter(organisation=organisation, pk__in=ids)
        .select_related("agency", "organisation")
        .order_by("pk")
    )
    if len(rows) != len(set(ids)):
        raise NotYours
    value = _value(viewer, organisation, wanted, make=False)
    asking: Callable[[RecordsRequest], str] = ASKING[wanted.kind](rows, wanted, value, now)
    todo, skipped = [], []
    for row in rows:
        why = asking(row)
        if why:
            skipped.append((row, why))
        else:
            todo.append(row)
    return Planned(tuple(todo), tuple(skipped), _warning(wanted, value))


def _value(
    viewer: Viewer, organisation: Organisation, wanted: Wanted, *, make: bool = True
) -> dict[str, Any]:
    if wanted.kind == Kind.ASSIGN:
        return {"person": wanted.person}
    if wanted.kind == Kind.TAG:
        if make:
            tag = make_tag(viewer=viewer, organisation_id=organisation.pk, name=wanted.tag)
            return {"tag": tag.pk}
        name = clean(wanted.tag, code="tag", field="tag", most=60, missing="Say which tag.")
        found = Tag.objects.filter(organisation=organisation, name__iexact=name).first()
        return {"tag": found.pk if found else None}
    if wanted.kind == Kind.CAMPAIGN:
        campaign = Campaign.objects.filter(organisation=organisation, public_id=wanted.campaign).first()
        if campaign is None:
            raise Refused("campaign_unknown", "Choose one of your campaigns.", field="campaign")
        shared = Share.objects.filter(campaign=campaign, revoked_at=None).exists()
        if shared:
            # Whoever reads the campaign will read what joins it: that is an owner's to decide.
            must_own(viewer, organisation.pk)
        public = own_public_share(campaign) is not None
        return {"campaign": campaign.pk, "shared": shared, "public": public}
    if wanted.kind == Kind.HOLD:
        return {"held": wanted.held}
    clean(wanted.reason, code="reason", field="reason", most=2000, missing="Say why they are closed.")
    return {}


def _warning(wanted: Wanted, value: dict[str, Any]) -> str:
    if wanted.kind == Kind.CAMPAIGN and value["public"]:
        return (
            "This campaign is public: these requests join it held back, from partners, too. Publish each by itself, "
            "then take it in."
        )
    if wanted.kind == Kind.CAMPAIGN and value["shared"]:
        return "This campaign is shared: whoever reads it will read these requests too, unless they are held back."
    if wanted.kind == Kind.HOLD and not wanted.held:
        return "Whoever reads the campaign of such a request will read the request again."
    return ""


# What is left alone, and why ------------------------------------------------------------------------


def _ask_assign(rows: Any, wanted: Wanted, value: Any, now: Any) -> Callable[[RecordsRequest], str]:
    private = {p.pk: p for p in RequestPrivate.objects.filter(request__in=rows)}

    def why(row: RecordsRequest) -> str:
        if private[row.pk].assignee_id == wanted.person:
            return "is so already"
        if wanted.person is not None and private[row.pk].backup_id == wanted.person:
            return "this person is its backup; change that on its page"
        return ""

    return why


def _ask_tag(rows: Any, wanted: Wanted, value: Any, now: Any) -> Callable[[RecordsRequest], str]:
    there = set(
        RequestTag.objects.filter(request__in=rows, tag=value["tag"]).values_list("request", flat=True)
    )
    return lambda row: "has the tag already" if row.pk in there else ""


def _ask_campaign(rows: Any, wanted: Wanted, value: Any, now: Any) -> Callable[[RecordsRequest], str]:
    def why(row: RecordsRequest) -> str:
        if row.campaign_id == value["campaign"]:
            return "is in it already"
        return "belongs to another campaign" if row.campaign_id else ""

    return why


def _ask_hold(rows: Any, wanted: Wanted, value: Any, now: Any) -> Callable[[RecordsRequest], str]:
    def why(row: RecordsRequest) -> str:
        if row.held_back == wanted.held:
            return "is so already"
        if not wanted.held and would_open(row):
            return "its campaign is public: publish it by itself first"
        return ""

    return why


def _ask_close(rows: Any, wanted: Wanted, value: Any, now: dt.datetime) -> Callable[[RecordsRequest], str]:
    def why(row: RecordsRequest) -> str:
        today = _today(row, now)
        if row.spans.filter(from_on__lte=today, stage="closed").exclude(until_on__lte=today).exists():
            return "is closed already"
        windows = windows_of(row, today)
        if not windows:
            return ""
        return f"“{windows[0].name}” is still open; close it on its page"

    return why


# Doing, and taking back -----------------------------------------------------------------------------


def _today(row: RecordsRequest, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(row.zone)).date()


def _assign(viewer: Viewer, row: Any, wanted: Wanted, value: Any, actor: Any, once: str, now: Any) -> Any:
    private = RequestPrivate.objects.get(request=row)
    backup = private.backup_id if wanted.person is not None else None
    before = {"assignee": private.assignee_id, "backup": private.backup_id}
    assign(
        viewer=viewer,
        records_request=row,
        assignee=wanted.person,
        backup=backup,
        seen_version=private.version,
        one_of_many=f"bulk:{once.rpartition('-')[0]}",
    )
    return before, {"version": private.version + 1}


def _unassign(viewer: Viewer, item: BulkItem, bulk: BulkAct, actor: Any, now: Any) -> str:
    try:
        assign(
            viewer=viewer, records_request=item.request, assignee=item.before["assignee"],
            backup=item.before["backup"], seen_version=item.after["version"], one_of_many=f"bulk:undo-{bulk.public_id}",
        )  # fmt: skip
    except Refused as problem:
        if problem.code == "stale":
            return "Somebody changed its people or titles since."
        return problem.sentence
    return ""


def _tag(viewer: Viewer, row: Any, wanted: Wanted, value: Any, actor: Any, once: str, now: Any) -> Any:
    made = RequestTag.objects.create(organisation_id=row.organisation_id, request=row, tag_id=value["tag"])
    return {}, {"row": made.pk}


def _untag(viewer: Viewer, item: BulkItem, bulk: BulkAct, actor: Any, now: Any) -> str:
    gone, _ = RequestTag.objects.filter(pk=item.after["row"], request=item.request).delete()
    return "" if gone else "The tag was taken off or changed since."


def _join(viewer: Viewer, row: Any, wanted: Wanted, value: Any, actor: Any, once: str, now: Any) -> Any:
    held = row.held_back or would_open(row, value["campaign"])
    if not RecordsRequest.objects.filter(pk=row.pk, campaign=None).update(
        campaign=value["campaign"], held_back=held
    ):
        raise Refused(
            "stale", "A request was put into a campaign meanwhile. Look at the list again.", status=409
        )
    return {"campaign": None, "held": row.held_back}, {"campaign": value["campaign"]}


def _leave(viewer: Viewer, item: BulkItem, bulk: BulkAct, actor: Any, now: Any) -> str:
    rows = RecordsRequest.objects.filter(pk=item.request_id, campaign=item.after["campaign"])
    held = item.before.get("held", item.request.held_back)
    return "" if rows.update(campaign=None, held_back=held) else "It was put into another campaign since."


def _hold(viewer: Viewer, row: Any, wanted: Wanted, value: Any, actor: Any, once: str, now: Any) -> Any:
    hold_back(viewer=viewer, records_request=row, actor=actor, held=wanted.held)
    return {"held": not wanted.held}, {"held": wanted.held}


def _unhold(viewer: Viewer, item: BulkItem, bulk: BulkAct, actor: Any, now: Any) -> str:
    if item.request.held_back != item.after["held"]:
        return "An owner changed this since."
    if not item.before["held"] and would_open(item.request):
        return "Its campaign is public: publish it by itself first."
    hold_back(viewer=viewer, records_request=item.request, actor=actor, held=item.before["held"])
    return ""


def _close(
    viewer: Viewer, row: Any, wanted: Wanted, value: Any, actor: Any, once: str, now: dt.datetime
) -> Any:
    today = _today(row, now)
    close_request(
        viewer=viewer, records_request=row, answers={}, on=today, actor=actor, once=once[:56], today=today,
        note=wanted.reason,
    )  # fmt: skip
    row.refresh_from_db(fields=["ledger_version"])
    return {}, {"once": once[:56], "version": row.ledger_version}


def _reopen(viewer: Viewer, item: BulkItem, bulk: BulkAct, actor: Any, now: dt.datetime) -> str:
    event = Event.objects.filter(request=item.request, once=item.after["once"]).first()
    if event is None or item.request.ledger_version != item.after["version"]:
        return "Something was recorded since."
    retract_event(
        viewer=viewer, records_request=item.request, event=event, reason="Closed together with others; undone.",
        actor=actor, once=f"undo-{item.after['once']}"[:64], today=_today(item.request, now),
        seen_version=item.after["version"],
    )  # fmt: skip
    return ""


ASKING: dict[str, Any] = {
    Kind.ASSIGN: _ask_assign, Kind.TAG: _ask_tag, Kind.CAMPAIGN: _ask_campaign, Kind.HOLD: _ask_hold,
    Kind.CLOSE: _ask_close,
}  # fmt: skip
DOING: dict[str, Any] = {
    Kind.ASSIGN: _assign, Kind.TAG: _tag, Kind.CAMPAIGN: _join, Kind.HOLD: _hold, Kind.CLOSE: _close,
}  # fmt: skip
UNDOING: dict[str, Any] = {
    Kind.ASSIGN: _unassign, Kind.TAG: _untag, Kind.CAMPAIGN: _leave, Kind.HOLD: _unhold, Kind.CLOSE: _reopen,
}  # fmt: skip
