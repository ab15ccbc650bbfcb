"""One request as one viewer may see it: everything its page needs, at the viewer's own level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    Count,
    Exists,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import JSONObject

from requests_app.clock import codec
from requests_app.clock.book import Book
from requests_app.clock.course import Course
from requests_app.clock.events import REQUESTERS_OWN
from requests_app.clock.fold import course
from requests_app.clock.ledger import standing_events
from requests_app.clock.standing import Clock
from requests_app.models import (
    AgencyClosure,
    Campaign,
    CoalitionMember,
    Deadline,
    Document,
    LegalHold,
    LoggedContact,
    OfferedMove,
    Part,
    PublicStandingSpan,
    RecordsRequest,
    RequestCorrespondence,
    RequestPrivate,
    RequestTag,
    RevisionOffer,
    Share,
    StandingSpan,
    TrackingNumber,
)
from requests_app.models import Event as EventRow
from requests_app.models.visibility import PUBLIC, Level, Reach, Viewer, reach_of, with_grants

from .compiled import Compiled, Hole, rows_within
from .corrections import anything_beside
from .days import day_in, local_day, quarter_of
from .deadlines import told_outside
from .ledger import book_with, ledger_of
from .masking import annotated, identities, masked
from .revisions import WAITING, Move, waiting_for

# Page of a request: the table whose rows it lists. Each row names its request as `request`.
SHELVES = {
    "letters": "Letter",
    "documents": "Document",
    "withholdings": "Withholding",
    "remedies": "Remedy",
    "notes": "RequestNote",
}
FILES_SHOWN = 6
DECISIONS = ("determined", "produced", "appeal_decided", "review_decided", "withdrawn")
STANDING = ("stage", "outcome", "whose_move", "late", "late_since", "next_on", "next_name", "next_owner")


@dataclass(frozen=True, slots=True)
class Line:
    """One event. text, amount: None below correspondence; note, actor: None for everybody but the owner.
    `retracted_by`: the event that took it back, while that one stands."""

    event: EventRow
    on: dt.date
    text: str | None
    amount: Decimal | None
    note: str | None
    actor: str | None
    retracted_by: EventRow | None


class ContactLine(NamedTuple):
    """A call or a visit. event_uid: the event that it was recorded as, or empty."""

    public_id: str
    way: str
    on: dt.date
    with_whom: str
    said: str
    author: str
    event_uid: str
    struck: bool
    struck_why: str
    logged_at: dt.datetime


class File(NamedTuple):
    """A received document that may be fetched. size: bytes."""

    public_id: str
    title: str
    size: int


class Superseded(NamedTuple):
    """A date that stood once. `due_on` is the day it named."""

    clock_key: str
    name: str
    due_on: dt.date | None
    superseded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class StandingNow:
    """The standing on the local day. In the public projection nothing of it is the requester's."""

    stage: str
    outcome: str
    whose_move: str
    late: bool
    late_since: dt.date | None
    next_on: dt.date | None
    next_name: str
    next_owner: str


@dataclass(frozen=True, slots=True)
class PartNow:
    """One part of the letter. For the owner as the fold has it; for others from the decisions they may read."""

    label: str
    title: str
    outcome: str
    stage: str | None
    whose_move: str | None
    late: bool | None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """`ours`: the viewer belongs to the organization; only then are private, clocks of ours and shares filled.
    `earlier`: `today` is a day that has passed."""

    request: RecordsRequest
    today: dt.date
    ours: bool
    may_edit: bool
    may_own: bool
    campaign: Mapping[str, str] | None
    private: Mapping[str, Any] | None
    correspondence: Mapping[str, Any] | None
    standing: StandingNow | None
    clocks: tuple[Clock, ...]
    superseded: tuple[Superseded, ...]
    parts: tuple[PartNow, ...]
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    offered: tuple[tuple[RevisionOffer, Move], ...]
    course: Course | None
    contacts: tuple[ContactLine, ...] = ()
    tags: tuple[str, ...] = ()
    numbers: tuple[Mapping[str, str], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    shared_by: str = ""
    files: tuple[File, ...] = ()
    is_held: bool = False
    earlier: bool = False

    @property
    def is_public_view(self) -> bool:
        return not self.ours

    @property
    def published(self) -> bool:
        return any(share.grantee_kind == Share.Grantee.PUBLIC for share in self.shares)


def load(viewer: Viewer, public_id: str, *, now: dt.datetime) -> RequestPage | None:
    """None where there is nothing to see, whether or not there is a request. Three queries for its own people, and one
    for each of shares, offers and contacts that there are; four for others, one more for who may be a partner."""
    asked = _request(viewer, public_id, now)
    if asked is None:
        return None
    found, reach = asked
    ours = reach.own
    if not ours:
        _mask(found)
    today = day_in(found.zone, now)
    lines = _lines(viewer, found, reach)
    clocks, superseded = _deadlines(viewer, reach, {line.event.uid for line in lines})
    whole = course(ledger_of(line.event for line in lines), book=_book(found)) if ours else None
    return RequestPage(
        request=found,
        today=today,
        ours=ours,
        may_edit=viewer.may_edit(found.organisation_id),
        may_own=viewer.may_own(found.organisation_id),
        campaign=found.seen_campaign,
        private=found.seen_private if ours else None,
        correspondence=found.seen_correspondence,
        standing=_standing(found.seen_standing),
        clocks=clocks,
        superseded=superseded,
        parts=_parts(found.seen_parts, lines, whole, today),
        lines=lines,
        shares=tuple(_shares(viewer, found)) if ours and found.has_shares else (),
        offered=tuple(waiting_for(found.pk)) if ours and found.has_offers else (),
        course=whole,
        contacts=_contacts(found) if ours and found.has_contacts else (),
        tags=tuple(found.seen_tags) if ours else (),
        numbers=tuple(found.seen_numbers),
        counts={name: getattr(found, f"count_{name}") or 0 for name in shelves()} if ours else {},
        shared_by="" if ours else _shared_by(viewer, found, reach),
        files=() if ours else tuple(File(**one) for one in found.seen_files),
        is_held=ours and found.is_held,
    )


def _shared_by(viewer: Viewer, found: Any, reach: Reach) -> str:
    """The name that partners read, where it was shared with them. Whose a published request is, is told to nobody."""
    if not reach.by(public=False, level=Level.STATUS):
        return ""
    stays = CoalitionMember.objects.live().visible_to(viewer).filter(organisation=found.organisation_id)
    return str(stays.order_by("pk").values_list("shown_as", flat=True).first() or "")


def _request(viewer: Viewer, public_id: str, now: dt.datetime) -> tuple[Any, Reach] | None:
    """The viewer's own first: there one column decides, and nobody asks about shares. Of others' first what reaches the
    viewer, then what it shows: to refuse costs little, and no table asks for the shares again."""
    if viewer.roles:
        own = RecordsRequest.objects.of_organisation(viewer).filter(public_id=public_id)
        found = _with_all(own, now, lambda table: table.objects.of_organisation(viewer), StandingSpan).first()
        if found is not None:
            return found, Reach(found.pk, found.campaign_id, own=True)
    asked = _public_grants()(key=public_id) if viewer.kind == "public" else _with_grants(viewer, public_id)
    reach = reach_of(viewer, asked[0]) if asked else None
    if not reach:
        return None
    for found in rows_within(viewer, reach, _of_others, viewer, quarter_of(now), "files" in asked[0].beside):
        found.beside = asked[0].beside
        return found, reach
    return None


def _with_grants(viewer: Viewer, key: Any) -> QuerySet[Any]:
    return with_grants(RecordsRequest.objects.filter(public_id=key), viewer).annotate(beside=anything_beside())


@cache
def _public_grants() -> Compiled:
    return Compiled(_with_grants(PUBLIC, Hole("key", CharField())))


def _of_others(reach: Reach, viewer: Viewer, now: dt.datetime, files: bool) -> QuerySet[Any]:
    """files: whether any were released."""

    def seen(table: Any) -> Any:
        # A received file is judged by more than a level, and by its own table, where somebody may be named for it.
        by_table = table is Document and viewer.kind != "public"
        return table.objects.visible_to(viewer) if by_table else table.objects.within(reach)

    requests = RecordsRequest.objects.filter(pk=reach.request)
    shown: Any = Value([], output_field=JSONField())
    if files or viewer.kind != "public":
        newest = seen(Document).filter(request=OuterRef("pk"), withdrawn_at=None, erased_at=None).order_by("-pk")
        found = newest.values(found=JSONObject(public_id="public_id", title="title", size="size"))
        shown = ArraySubquery(found[:FILES_SHOWN])
    return annotated(_with_all(requests, now, seen, PublicStandingSpan).annotate(seen_files=shown))


def _with_all(requests: Any, now: dt.datetime, rows: Callable[[Any], Any], spans: type[Model]) -> Any:
    here = OuterRef("pk")
    parts = rows(Part).filter(request=here).order_by("position")
    numbers = rows(TrackingNumber).filter(request=here).order_by("pk")
    closures = AgencyClosure.objects.filter(agency_id=OuterRef("agency_id"), taken_back=False)
    requests = requests.select_related("agency", "custodian").annotate(
        today=local_day(now),
        seen_standing=_span_today(rows(spans)),
        seen_campaign=_one(
            rows(Campaign).filter(pk=OuterRef("campaign_id")), public_id="public_id", title="public_title"
        ),
        seen_correspondence=_one(
            rows(RequestCorrespondence).filter(pk=here), tracking_number="tracking_number", letter="letter"
        ),
        seen_parts=ArraySubquery(parts.values(found=JSONObject(label="label", title="title"))),
        seen_numbers=ArraySubquery(numbers.values(found=JSONObject(kind="kind", number="number"))),
    )
    if spans is PublicStandingSpan:
        return requests
    return requests.annotate(
        beside=anything_beside(),
        seen_private=_one(
            rows(RequestPrivate).filter(pk=here), working_title="working_title", notes="notes",
            assignee="assignee__name", assignee_id="assignee_id", assignee_email="assignee__email",
            backup="backup__name", backup_email="backup__email",
        ),
        seen_tags=ArraySubquery(
            RequestTag.objects.filter(request=here).order_by("tag__name").values_list("tag__name")
        ),
        has_contacts=Exists(LoggedContact.objects.filter(request=here)),
        has_offers=Exists(OfferedMove.objects.filter(WAITING, request=here)),
        has_shares=Exists(_shares_of(Share.objects.all(), here, OuterRef("campaign_id"))),
        is_held=Exists(LegalHold.objects.filter(Q(request=here) | Q(campaign=OuterRef("campaign_id")), lifted_at=None)),
        closures=ArraySubquery(closures.values(found=JSONObject(on="on", name="name", source="source"))),
        **{f"count_{name}": _count(rows(model).filter(request=here)) for name, model in shelves().items()},
    )  # fmt: skip


def _mask(found: Any) -> None:
    """Who asked is not theirs to read, at whatever level."""
    who = found.who = identities(found.seen_identities)
    found.public_title = masked(found.public_title, who)
    for file in found.seen_files:
        file["title"] = masked(file["title"], who)
    if found.seen_correspondence is not None:
        letter = found.seen_correspondence
        letter |= {
            "letter": masked(letter["letter"], who, ours=True),
            "tracking_number": masked(letter["tracking_number"], who),
        }
    if found.seen_campaign is not None:
        found.seen_campaign["title"] = masked(found.seen_campaign["title"], who)
    for row, name in [(part, "title") for part in found.seen_parts] + [(one, "number") for one in found.seen_numbers]:
        row[name] = masked(row[name], who)


@cache
def shelves() -> Mapping[str, Any]:
    """The tables of a request's other pages, by the name of the page: each shows its count on the first page."""
    known = {model.__name__: model for model in apps.get_app_config("requests_app").get_models()}
    return {
        page: known[name]
        for page, name in SHELVES.items()
        if name in known and any(column.name == "request" for column in known[name]._meta.fields)
    }


def _count(rows: Any) -> Subquery:
    if any(column.name == "deleted_at" for column in rows.model._meta.fields):
        rows = rows.filter(deleted_at=None)
    return Subquery(rows.order_by().values("request").annotate(n=Count("pk")).values("n"))


def _contacts(found: Any) -> tuple[ContactLine, ...]:
    rows = LoggedContact.objects.filter(request=found.pk, organisation=found.organisation_id)
    return tuple(
        ContactLine(
            row.public_id, row.way, row.on, row.with_whom, row.said, str(row.author or ""),
            row.event.uid if row.event else "", row.struck_at is not None, row.struck_why, row.logged_at,
        )
        for row in rows.select_related("author", "event").order_by("on", "pk")
    )  # fmt: skip


def _one(rows: Any, **fields: str) -> Subquery:
    return Subquery(rows.values(found=JSONObject(**fields))[:1])


def _span_today(spans: Any) -> Subquery:
    today = OuterRef("today")
    holds = spans.filter(Q(until_on=None) | Q(until_on__gt=today), request=OuterRef("pk"), from_on__lte=today)
    return _one(holds, **{name: name for name in STANDING})


def _standing(row: dict[str, Any] | None) -> StandingNow | None:
    if row is None:
        return None
    days = {name: dt.date.fromisoformat(row[name]) for name in ("late_since", "next_on") if row[name]}
    return StandingNow(**(row | days))


def _book(found: Any) -> Book:
    return book_with(
        (found.agency.slug, dt.date.fromisoformat(row["on"]), row["name"], row["source"])
        for row in found.closures
    )


def _events(reach: Reach, said: bool) -> QuerySet[Any]:
    """said: with the words of its letters."""
    beside = (["note__actor"] if reach.own else []) + (["correspondence"] if said else [])
    rows = EventRow.objects.within(reach).in_order()
    return rows.select_related(*beside) if beside else rows


def _lines(viewer: Viewer, found: Any, reach: Reach) -> tuple[Line, ...]:
    ours = reach.own
    events = rows_within(viewer, reach, _events, found.seen_correspondence is not None)
    ledger = {event.uid: event for event in ledger_of(events)}
    stands = {event.uid for event in standing_events(ledger.values())}
    taken_back = {row.retracts_id: row for row in events if row.retracts_id and row.uid in stands}
    lines = []
    for row in events:
        note = getattr(row, "note", None) if ours else None
        said = getattr(row, "correspondence", None) if found.seen_correspondence is not None else None
        lines.append(
            Line(
                event=row,
                on=ledger[row.uid].on or row.recorded_at.date(),
                text=_text(found, row, said, ours=ours),
                amount=said.amount if said else None,
                note=note.text if note else None,
                actor=str(note.actor) if note and note.actor else None,
                retracted_by=taken_back.get(row.pk),
            )
        )
    return tuple(lines)


def _text(found: Any, row: EventRow, said: Any, *, ours: bool) -> str | None:
    if said is None:
        return None
    return str(said.text) if ours else masked(said.text, found.who, ours=row.kind in REQUESTERS_OWN)


def _deadline_rows(reach: Reach) -> QuerySet[Any]:
    rows = Deadline.objects.within(reach).order_by("opens_on", "pk")
    return rows.values_list("clock", "clock_key", "name", "due_on", "superseded_at")


def _deadlines(
    viewer: Viewer, reach: Reach, seen: Collection[str]
) -> tuple[tuple[Clock, ...], tuple[Superseded, ...]]:
    standing, superseded = [], []
    for clock, key, name, due_on, superseded_at in rows_within(viewer, reach, _deadline_rows):
        if superseded_at is None:
            read = codec.from_json(clock)
            standing.append(read if reach.own else told_outside(read, seen))
        else:
            superseded.append(Superseded(key, name, due_on, superseded_at))
    return tuple(standing), tuple(superseded)


def _parts(
    parts: list[dict[str, str]], lines: Iterable[Line], whole: Course | None, today: dt.date
) -> tuple[PartNow, ...]:
    """For the owner the fold's own standing of each part; for others the last decision they may read."""
    if whole is not None:
        folded = {part.part: part for part in whole.on(today).parts}
        found = []
        for part in parts:
            now = folded.get(part["label"])
            found.append(
                PartNow(part["label"], part["title"], now.outcome or "", now.stage, now.whose_move, now.late)
                if now
                else PartNow(part["label"], part["title"], "", None, None, None)
            )
        return tuple(found)
    return parts_told(parts, lines)


def parts_told(parts: Iterable[Mapping[str, str]], lines: Iterable[Line]) -> tuple[PartNow, ...]:
    """Of each part the last decision that the reader may read."""
    parts = list(parts)
    decided: dict[str, str] = {}
    for line in sorted(lines, key=lambda line: line.on):
        event = line.event
        if event.kind in DECISIONS and event.outcome and line.retracted_by is None:
            decided |= dict.fromkeys(event.parts or [part["label"] for part in parts], event.outcome)
    return tuple(
        PartNow(part["label"], part["title"], decided.get(part["label"], ""), None, None, None)
        for part in parts
    )


def _shares(viewer: Viewer, found: Any) -> Any:
    campaign = None if found.held_back else found.campaign_id
    return _shares_of(Share.objects.visible_to(viewer), found.pk, campaign).order_by("pk")


def _shares_of(shares: Any, request: Any, campaign: Any) -> Any:
    """Grants that are not ended: of the request, and of its campaign unless that is None."""
    of_it = Q(request=request)
    if campaign is not None:
        of_it |= Q(campaign=campaign)
    return shares.filter(of_it, revoked_at=None)
