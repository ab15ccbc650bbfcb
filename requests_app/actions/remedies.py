"""Appeals, reviews, notices and suits: drafted, filed, decided, put aside. What happened goes into the ledger by
`correspondence`, in the same transaction; the rest stands here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from requests_app.clock.standing import Clock
from requests_app.models import Event, Letter, Part, Person, RecordsRequest, Remedy, RemedyEvent
from requests_app.models.visibility import Viewer
from requests_app.queries import remedies as reading
from requests_app.queries.remedy_letter import Draft, contested, drafted

from . import audit, correspondence, deadlines, letters
from .effects import Effect
from .refusals import NotYours, Refused
from .rights import must_edit

EDITORS_ONLY = "Only an editor or an owner may work on remedies."
KINDS = frozenset(Remedy.Kind.values)
LIMITS = {
    "body": 300, "subject": 300, "court": 300, "docket": 120, "judge": 200, "counsel": 300,
    "grounds": 20_000, "relief": 20_000, "letter": 100_000, "notes": 20_000,
}  # fmt: skip
SECTIONS_MOST = 60
BASES = (
    "records_law", "state_statute", "federal", "part_23", "marking", "contract", "third_party", "privilege", "none",
)  # fmt: skip
DECISIONS = ("upheld", "reversed", "denied_in_part", "withdrawn")


@dataclass(frozen=True, slots=True)
class Filed:
    """A remedy, the event that was recorded for it, and what a person should hear."""

    remedy: Remedy
    recorded: correspondence.Recorded

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(warned.sentence for warned in self.recorded.warnings)


@transaction.atomic
def open_remedy(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    kind: str,
    actor: Person | None,
    once: str,
    now: dt.datetime,
    clock_key: str = "",
    parts: Sequence[str] = (),
    body: str = "",
    level: int = 1,
    adopts: str = "",
) -> Remedy:
    """A page for one remedy, with a letter drafted from ledger and law. Nothing is filed by it.

    clock_key: the window it uses. adopts: uid of a filing the ledger holds already, to which the page belongs."""
    must_edit(viewer, records_request.organisation_id, EDITORS_ONLY)
    again = Remedy.objects.filter(organisation=records_request.organisation_id, once=once).first()
    if again is not None:
        return again
    if kind not in KINDS:
        raise Refused("kind_unknown", "Choose an appeal, a review, a notice or a suit.", field="kind")
    found = reading.load(viewer, records_request.public_id, now=now)
    if found is None:
        raise NotYours
    event = _adoptable(found, kind, adopts) if adopts else None
    window = found.window(clock_key) if clock_key else None
    if clock_key and (window is None or window.kind.value != kind):
        raise Refused("window_unknown", "The request has no such window; open its page again.", field="clock_key")
    chosen = tuple(parts) or (tuple(event.parts) if event else ()) or (window.clock.parts if window else ())
    values = _checked(records_request, {"body": body or (window.body if window else ""), "parts": chosen})
    try:
        with transaction.atomic():
            made = Remedy.objects.create(
                organisation_id=records_request.organisation_id, request=records_request, kind=kind,
                level=_level(level), round=_round(found, values["parts"]), clock_key=clock_key, once=_once(once),
                created_by=actor, **values,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_remedy_an_act" not in str(problem):
            raise
        return Remedy.objects.get(organisation=records_request.organisation_id, once=once)
    if event is not None:
        link(made, event, RemedyEvent.Step.FILED)
    else:
        made.challenged = contested(viewer, found, made.parts)[:SECTIONS_MOST]
        _keep_letter(made, drafted(viewer, found, made))
    return made


@transaction.atomic
def save_remedy(*, viewer: Viewer, remedy: Remedy, seen_version: int, changes: Mapping[str, Any]) -> Remedy:
    """Change what is written about a remedy. A form opened before somebody else's change is refused (409)."""
    row = locked(viewer, remedy)
    if seen_version != row.version:
        raise Refused(
            "stale",
            "Somebody changed this page since you opened it. Both versions stand below: keep what is right, "
            "then save again.",
            status=409,
        )
    values = _checked(row.request, changes, row.challenged)
    for name, value in values.items():
        setattr(row, name, value)
    if "level" in changes:
        row.level = _level(changes["level"])
        values["level"] = row.level
    if values:
        Remedy.objects.filter(pk=row.pk).update(**values, version=F("version") + 1)
        row.version += 1
    return row


@transaction.atomic
def draft_again(*, viewer: Viewer, remedy: Remedy, seen_version: int, now: dt.datetime) -> Remedy:
    """Write the letter anew from ledger and law; what stood in it goes."""
    row = locked(viewer, remedy)
    if row.letter_pid:
        raise Refused("lettered", "It is a letter now; write it among the letters.", status=409)
    found = reading.load(viewer, row.request.public_id, now=now)
    if found is None:
        raise NotYours
    draft = drafted(viewer, found, row)
    return save_remedy(
        viewer=viewer, remedy=row, seen_version=seen_version,
        changes={"subject": draft.subject, "letter": draft.body},
    )  # fmt: skip


@transaction.atomic
def file_remedy(
    *,
    viewer: Viewer,
    remedy: Remedy,
    actor: Person | None,
    once: str,
    today: dt.date,
    now: dt.datetime,
    sent_on: dt.date | None,
    received_on: dt.date | None = None,
    seen_version: int | None = None,
    note: str = "",
) -> Filed:
    """Record that it was filed. A late one is recorded as late, and warned of: a court may still hear it."""
    row = locked(viewer, remedy)
    not_filed(row, once)
    _by_hand(viewer, row, actor)
    recorded = correspondence.record_event(
        **_filing(viewer, row, now, sent_on, received_on),
        actor=actor, once=once, today=today, seen_version=seen_version, note=note,
        text=f"{row.subject}\n\n{row.letter}".strip(),
    )  # fmt: skip
    link(row, recorded.event, RemedyEvent.Step.FILED)
    return Filed(row, recorded)


def preview_filing(
    *,
    viewer: Viewer,
    remedy: Remedy,
    once: str,
    today: dt.date,
    now: dt.datetime,
    sent_on: dt.date | None,
    received_on: dt.date | None = None,
    seen_version: int | None = None,
) -> Effect:
    """What filing would change: whose clock starts, which window is met. Nothing is written."""
    not_filed(remedy, once)
    return correspondence.preview_event(
        **_filing(viewer, remedy, now, sent_on, received_on), once=once, today=today, seen_version=seen_version
    )


def _filing(
    viewer: Viewer, row: Remedy, now: dt.datetime, sent_on: dt.date | None, received_on: dt.date | None
) -> dict[str, Any]:
    facts: dict[str, Any] = {"about": "suit"} if row.kind == Remedy.Kind.NOTICE else {}
    of = ground_of(viewer, row, now)
    if of:
        facts["of"] = of
    return {
        "viewer": viewer, "records_request": row.request, "kind": reading.FILED_BY[row.kind],
        "sent_on": sent_on, "received_on": received_on, "parts": tuple(row.parts), "facts": facts,
    }  # fmt: skip


def ground_of(viewer: Viewer, row: Remedy, now: dt.datetime) -> str:
    """The event it answers, said only where two windows of one kind are open for the same parts: without it, one
    letter meets every window whose parts it touches."""
    found = reading.load(viewer, row.request.public_id, now=now) if row.clock_key else None
    window = found.window(row.clock_key) if found else None
    if found is None or window is None or window.clock.started_by is None:
        return ""
    rivals = [
        one
        for one in found.of("open", "locked", "closed")
        if one.clock.rule_id == window.clock.rule_id and _same_parts(one.clock, window.clock)
    ]
    return window.clock.started_by if len(rivals) > 1 else ""


def _by_hand(viewer: Viewer, row: Remedy, actor: Person | None) -> None:
    """It was filed some other way: its letter, not sent yet, is thrown away, so that nothing is filed twice."""
    letter = Letter.objects.filter(
        organisation=row.organisation_id, public_id=row.letter_pid or None, state__in=Letter.OPEN
    ).first()
    if letter is None:
        return
    if letter.state == Letter.State.QUEUED:
        raise Refused(
            "letter_waits",
            "Its letter is waiting to go out and will file it. Stop the letter first, or let it go.",
            status=409,
        )
    letters.discard(viewer=viewer, letter=letter, actor=actor)


def _same_parts(one: Clock, other: Clock) -> bool:
    return set(one.parts) == set(other.parts)


@transaction.atomic
def decide_remedy(
    *,
    viewer: Viewer,
    remedy: Remedy,
    outcome: str,
    actor: Person | None,
    once: str,
    today: dt.date,
    dated_on: dt.date | None,
    sent_on: dt.date | None = None,
    received_on: dt.date | None = None,
    seen_version: int | None = None,
    text: str = "",
    note: str = "",
    remanded: bool = False,
    remanded_parts: Sequence[str] = (),
) -> Filed:
    """Record the decision, and with it that the agency must decide anew: then round two begins."""
    row = locked(viewer, remedy)
    act = _deciding(viewer, row, outcome, dated_on, sent_on, received_on)
    with deadlines.together():
        recorded = correspondence.record_event(
            **act, actor=actor, once=once, today=today, seen_version=seen_version, text=text, note=note
        )
        link(row, recorded.event, RemedyEvent.Step.DECIDED)
        if remanded and not recorded.repeated:
            back = correspondence.record_event(
                viewer=viewer, records_request=row.request, kind="remanded", actor=actor, once=f"{once[:60]}-re",
                today=today, dated_on=dated_on, received_on=received_on,
                parts=tuple(remanded_parts) or tuple(row.parts),
            )  # fmt: skip
            link(row, back.event, RemedyEvent.Step.REMANDED)
    return Filed(row, recorded)


def preview_decision(
    *,
    viewer: Viewer,
    remedy: Remedy,
    outcome: str,
    once: str,
    today: dt.date,
    dated_on: dt.date | None,
    sent_on: dt.date | None = None,
    received_on: dt.date | None = None,
    seen_version: int | None = None,
) -> Effect:
    """What the decision would change. Nothing is written."""
    act = _deciding(viewer, remedy, outcome, dated_on, sent_on, received_on)
    return correspondence.preview_event(**act, once=once, today=today, seen_version=seen_version)


def _deciding(
    viewer: Viewer,
    row: Remedy,
    outcome: str,
    dated_on: dt.date | None,
    sent_on: dt.date | None,
    received_on: dt.date | None,
) -> dict[str, Any]:
    kind = reading.DECIDED_BY.get(row.kind)
    if kind is None:
        raise Refused("nobody_decides", "A notice is not decided by anybody.", status=409)
    filed = standing_step(row, RemedyEvent.Step.FILED)
    if filed is None:
        raise Refused("not_filed", "Record first when it was filed.", status=409)
    if outcome not in DECISIONS:
        raise Refused("outcome_missing", "Say how it was decided.", field="outcome")
    return {
        "viewer": viewer, "records_request": row.request, "kind": kind, "outcome": outcome,
        "dated_on": dated_on, "sent_on": sent_on, "received_on": received_on, "parts": tuple(row.parts),
        "facts": {"of": filed.uid},
    }  # fmt: skip


@transaction.atomic
def drop_remedy(*, viewer: Viewer, remedy: Remedy, actor: Person | None) -> Remedy:
    """Put a draft aside. What was filed stays: take its event back in the timeline instead."""
    row = locked(viewer, remedy)
    if standing_step(row, RemedyEvent.Step.FILED) is not None:
        raise Refused("filed_before", "It was filed; a step that was taken stays on the record.", status=409)
    if row.dropped_at is None:
        Remedy.objects.filter(pk=row.pk).update(dropped_at=Now(), version=F("version") + 1)
        audit.record(
            act="remedy.dropped", subject=f"remedy {row.public_id}", organisation=row.organisation, actor=actor
        )
    row.refresh_from_db()
    return row


def locked(viewer: Viewer, remedy: Remedy) -> Remedy:
    """The row, held until the end of the act: two acts on one remedy take turns."""
    must_edit(viewer, remedy.organisation_id, EDITORS_ONLY)
    row: Remedy | None = (
        Remedy.objects.select_for_update(of=("self",))
        .select_related("request", "organisation")
        .filter(pk=remedy.pk)
        .first()
    )
    if row is None:
        raise NotYours
    return row


def link(remedy: Remedy, event: Event, step: str) -> None:
    """The event is a step of this remedy; said twice, it is said once."""
    made, _new = RemedyEvent.objects.get_or_create(
        organisation_id=remedy.organisation_id, event=event, defaults={"remedy": remedy, "step": step}
    )
    if made.remedy_id != remedy.pk:
        raise Refused("event_taken", "This step belongs to another remedy.", status=409)


def standing_step(remedy: Remedy, step: str) -> Event | None:
    """The last event of a step that was not taken back."""
    events = Event.objects.filter(request=remedy.request_id)
    stands = {event.uid for event in correspondence.standing(events)}
    mine = events.filter(pk__in=remedy.steps.filter(step=step).values("event"), uid__in=stands)
    found: Event | None = mine.order_by("recorded_at", "pk").last()
    return found


def not_filed(row: Remedy, once: str) -> None:
    """Refuses a second filing; the same act again is no second one."""
    filed = standing_step(row, RemedyEvent.Step.FILED)
    if filed is not None and filed.once != once:
        raise Refused("filed_before", "This was filed already; its day stands on the page.", status=409)


def _adoptable(found: reading.RemediesPage, kind: str, uid: str) -> Event:
    event = next((line.event for line in found.unpaged if line.event.uid == uid), None)
    if event is None or reading.KIND_OF[event.kind] != kind:
        raise Refused("event_unknown", "The request has no such step without a page.", field="adopts")
    return event


def _keep_letter(remedy: Remedy, draft: Draft) -> None:
    """Where a drafted letter goes."""
    remedy.subject, remedy.letter = draft.subject[: LIMITS["subject"]], draft.body[: LIMITS["letter"]]
    Remedy.objects.filter(pk=remedy.pk).update(
        subject=remedy.subject, letter=remedy.letter, challenged=remedy.challenged
    )


def _round(found: reading.RemediesPage, parts: Sequence[str]) -> int:
    """Two after a remand that touches these parts."""
    number = 1
    for line in found.page.lines:
        back = line.event.kind == "remanded" and line.retracted_by is None
        if back and (not parts or not line.event.parts or set(parts) & set(line.event.parts)):
            number += 1
    return number


def _level(level: Any) -> int:
    if not isinstance(level, int) or not 1 <= level <= 9:
        raise Refused("level_impossible", "The instance is a number from 1 to 9.", field="level")
    return level


def _once(once: str) -> str:
    if not once or len(once) > 64:
        raise Refused("once_missing", "The form has lost its key; open it again.", field="once")
    return once


def _checked(
    request: RecordsRequest, changes: Mapping[str, Any], before: Sequence[Mapping[str, str]] | None = None
) -> dict[str, Any]:
    """What may be stored, cleaned; or a sentence on what is wrong with it."""
    values: dict[str, Any] = {}
    for name, most in LIMITS.items():
        if name not in changes:
            continue
        said = str(changes[name] or "").replace("\x00", "").strip()
        if len(said) > most:
            raise Refused(
                "too_long", f"At most {most:,} characters fit here; this has {len(said):,}.", field=name
            )
        values[name] = said
    if "parts" in changes or "challenged" in changes:
        labels = list(Part.objects.filter(request=request).order_by("position").values_list("label", flat=True))
    if "parts" in changes:
        wanted = set(changes["parts"])
        for part in wanted - set(labels):
            raise Refused("part_unknown", f"The request has no part {part}.", field="parts")
        values["parts"] = [label for label in labels if label in wanted]
    if "challenged" in changes:
        values["challenged"] = _sections(changes["challenged"], labels, before or [])
    return values


def _sections(
    rows: Sequence[Mapping[str, Any]], labels: Sequence[str], stored: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """What the register said of a section stays with it while the section stands."""
    before = {(row.get("part", ""), row["section"]): row for row in stored}
    if len(rows) > SECTIONS_MOST:
        raise Refused("too_many", f"At most {SECTIONS_MOST} sections fit here.", field="challenged")
    kept = []
    for row in rows:
        section = str(row.get("section") or "").replace("\x00", "").strip()
        part, basis = str(row.get("part") or ""), str(row.get("basis") or "records_law")
        if not section:
            continue
        if len(section) > 300:
            raise Refused("too_long", "A section has at most 300 characters.", field="challenged")
        if part and part not in labels:
            raise Refused("part_unknown", f"The request has no part {part}.", field="challenged")
        if basis not in BASES:
            raise Refused("basis_unknown", f"There is no kind of basis called {basis!r}.", field="challenged")
        known = before.get((part, section), {})
        kept.append({**known, "part": part, "section": section, "basis": basis})
    return kept
