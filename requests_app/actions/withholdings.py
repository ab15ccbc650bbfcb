"""The register of what is withheld: grounds recorded, changed, taken back. The decision itself stays the ledger's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.laws.shapes import Basis, Exemption
from requests_app.models import Event, Part, Person, RecordsRequest, Withholding, WithholdingPrivate
from requests_app.models.ledger import RETRACTED
from requests_app.models.visibility import Viewer
from requests_app.models.withholdings import GroundType, OurView

from . import audit
from .refusals import NotYours, Refused
from .rights import must_edit

EDITORS_ONLY = "Only an editor or an owner may change the register of withholdings."
ASSERTS = ("determined", "produced", "appeal_decided", "review_decided", "ruling_issued")
"""Decisions that may withhold something."""
GIVES = frozenset({"granted", "reversed"})
"""Outcomes that withhold nothing."""
WITHHOLDS = frozenset(
    {"denied", "denied_in_part", "produced_in_part", "neither_confirms_nor_denies", "upheld"}
)
"""Outcomes that want their grounds recorded; the others may have some all the same."""
CHALLENGES = ("appeal_filed", "review_filed", "sued")
RELEASES = ("produced", "determined", "appeal_decided", "review_decided", "suit_decided")
SECTION_MAX, RANGES_MAX, WORDS_MAX, ROWS_MAX, PAGES_MAX = 200, 300, 5000, 40, 10_000_000


@dataclass(frozen=True, slots=True)
class Asserted:
    """One ground as a letter asserts it. code: of the law's list; else `section` and `ground` say what it is.
    released, challenged: uids of events of the same request."""

    part: str = ""
    code: str = ""
    section: str = ""
    ground: str = ""
    pages_full: int | None = None
    pages_part: int | None = None
    ranges: str = ""
    reason: str = ""
    our_view: str = OurView.UNSEEN
    notes: str = ""
    released: str = ""
    challenged: str = ""


def exemptions_of(law_id: str) -> tuple[Exemption, ...]:
    """The grounds that the law's page lists; none for a law the library does not hold."""
    try:
        return library().law(law_id).about.exemptions
    except NoAnswer:
        return ()


def ground_of(exemption: Exemption) -> str:
    """A section of the records law that only lets in other statutes is argued like those."""
    return GroundType.STATE_STATUTE if exemption.basis == (Basis.other_statute,) else GroundType.RECORDS_LAW


def record_withholdings(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    event: Event,
    rows: Sequence[Asserted],
    actor: Person | None,
    once: str,
) -> list[Withholding]:
    """Record what one decision withholds, all rows or none. The same form sent twice writes once."""
    must_edit(viewer, records_request.organisation_id, EDITORS_ONLY)
    if not once or len(once) > 64:
        raise Refused("once_missing", "The form has lost its key; open it again.", field="once")
    with transaction.atomic():
        # Two presses of one button take turns: the second finds what the first wrote.
        _locked(records_request)
        again = Withholding.objects.filter(request=records_request, once__startswith=f"{once}:").order_by("pk")
        if found := list(again):
            return found
        _check_event(records_request, event)
        if not rows:
            raise Refused("rows_missing", "Record at least one ground.", field="rows")
        if len(rows) > ROWS_MAX:
            raise Refused("rows_too_many", f"Record at most {ROWS_MAX} grounds at once.", field="rows")
        labels = _labels(records_request)
        return [
            _add(records_request, event, _checked(records_request, row, labels, n), actor, f"{once}:{n}")
            for n, row in enumerate(rows)
        ]


def change_withholding(
    *,
    viewer: Viewer,
    withholding: Withholding,
    said: Asserted,
    actor: Person | None,
    seen_version: int,
) -> Withholding:
    """Change one ground. Whoever saw an older version is refused, and loses nothing: the door shows both."""
    must_edit(viewer, withholding.organisation_id, EDITORS_ONLY)
    with transaction.atomic():
        held = _fresh(withholding, seen_version)
        asserted, ours = _checked(held.request, said, _labels(held.request), None)
        for name, value in asserted.items():
            setattr(held, name, value)
        held.version += 1
        held.save(update_fields=[*asserted, "version"])
        WithholdingPrivate.objects.filter(withholding=held).update(
            **ours, changed_by=actor, changed_at=Now()
        )
    return held


def retract_withholding(
    *, viewer: Viewer, withholding: Withholding, reason: str, actor: Person | None, seen_version: int
) -> Withholding:
    """Take one ground back that was recorded by mistake. It stays, with the reason, and counts nowhere."""
    must_edit(viewer, withholding.organisation_id, EDITORS_ONLY)
    reason = _clean(reason)
    if not reason:
        raise Refused("reason_missing", "Say why this is taken back.", field="reason")
    _short(reason, WORDS_MAX, "reason", "A reason")
    with transaction.atomic():
        held = _fresh(withholding, seen_version)
        Withholding.objects.filter(pk=held.pk).update(retracted_at=Now(), version=held.version + 1)
        WithholdingPrivate.objects.filter(withholding=held).update(
            retracted_because=reason, changed_by=actor, changed_at=Now()
        )
        audit.record(
            act="withholding.retracted",
            subject=f"withholding {held.public_id}",
            organisation=held.request.organisation,
            actor=actor,
            detail={"request": held.request.public_id},
        )
    held.refresh_from_db()
    return held


def _locked(records_request: RecordsRequest) -> None:
    if not RecordsRequest.objects.select_for_update(of=("self",)).filter(pk=records_request.pk).exists():
        raise NotYours


def _fresh(withholding: Withholding, seen_version: int) -> Withholding:
    held = (
        Withholding.objects.select_for_update(of=("self",))
        .select_related("request__organisation")
        .filter(pk=withholding.pk)
        .first()
    )
    if held is None:
        raise NotYours
    if held.retracted_at is not None:
        raise Refused("retracted_before", "This was taken back already.", status=409)
    if held.version != seen_version:
        raise Refused(
            "stale",
            "Somebody changed this since the form was opened. Both versions are shown; save again to keep yours.",
            status=409,
        )
    return held


def _check_event(records_request: RecordsRequest, event: Event) -> None:
    if event.request_id != records_request.pk:
        raise NotYours
    if event.kind not in ASSERTS or event.outcome in GIVES:
        raise Refused("event_withholds_nothing", "Choose the decision that withholds something.", field="event")
    if Event.objects.filter(pk=event.pk, pk__in=RETRACTED).exists():
        raise Refused("event_retracted", "This decision was taken back; choose one that stands.", field="event")


def _labels(records_request: RecordsRequest) -> frozenset[str]:
    return frozenset(Part.objects.filter(request=records_request).values_list("label", flat=True))


def _checked(
    request: RecordsRequest, said: Asserted, labels: Collection[str], row: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What goes into the two tables, or a sentence that names the row and the field."""

    def at(field: str) -> str:
        return field if row is None else f"{row}-{field}"

    if said.part and said.part not in labels:
        raise Refused("part_unknown", f"The request has no part {said.part}.", field=at("part"))
    section, citation, ground = _clean(said.section), "", said.ground
    if said.code:
        listed = next((one for one in exemptions_of(request.law_id) if one.code == said.code), None)
        if listed is None:
            raise Refused("section_unknown", "The law's list has no such section.", field=at("code"))
        section, citation, ground = listed.code, listed.citation, ground or ground_of(listed)
    if ground not in GroundType.values:
        raise Refused("ground_unknown", "Choose the kind of ground.", field=at("ground"))
    if not section and ground != GroundType.NONE:
        raise Refused(
            "section_missing",
            "Choose a section of the list, or type what the letter cites; if it cites nothing, choose "
            "“No ground cited”.",
            field=at("section"),
        )
    _short(section, SECTION_MAX, at("section"), "A section")
    for field, pages in (("pages_full", said.pages_full), ("pages_part", said.pages_part)):
        if pages is not None and not 0 <= pages <= PAGES_MAX:
            raise Refused(
                "pages_impossible", f"A count of pages lies between 0 and {PAGES_MAX:,}.", field=at(field)
            )
    ranges, reason, notes = _clean(said.ranges), _clean(said.reason), _clean(said.notes)
    _short(ranges, RANGES_MAX, at("ranges"), "A list of pages")
    _short(reason, WORDS_MAX, at("reason"), "A reason")
    _short(notes, WORDS_MAX, at("notes"), "A note")
    if said.our_view not in OurView.values:
        raise Refused("view_unknown", "Our view is one of the four offered.", field=at("our_view"))
    asserted = {
        "part": said.part, "section": section, "citation": citation, "ground": ground,
        "pages_full": said.pages_full, "pages_part": said.pages_part, "ranges": ranges, "reason": reason,
        "released": _event(request, said.released, RELEASES, at("released")),
    }  # fmt: skip
    ours = {
        "our_view": said.our_view, "notes": notes,
        "challenged": _event(request, said.challenged, CHALLENGES, at("challenged")),
    }  # fmt: skip
    return asserted, ours


def _event(request: RecordsRequest, uid: str, kinds: Sequence[str], field: str) -> Event | None:
    if not uid:
        return None
    found = Event.objects.filter(request=request, uid=uid, kind__in=kinds).exclude(pk__in=RETRACTED).first()
    if found is None:
        raise Refused("event_unknown", "The request has no such event.", field=field)
    return found


def _add(
    request: RecordsRequest,
    event: Event,
    said: tuple[dict[str, Any], dict[str, Any]],
    actor: Person | None,
    once: str,
) -> Withholding:
    asserted, ours = said
    belongs = {"request": request, "organisation_id": request.organisation_id}
    made = Withholding.objects.create(**belongs, event=event, once=once, **asserted)
    WithholdingPrivate.objects.create(
        withholding=made, **belongs, recorded_by=actor, changed_by=actor, **ours
    )
    return made


def _short(words: str, most: int, field: str, what: str) -> None:
    if len(words) > most:
        raise Refused(
            "too_long", f"{what} has at most {most:,} characters; this one has {len(words):,}.", field=field
        )


def _clean(said: str) -> str:
    # PostgreSQL cannot store the character NUL; a pasted mail sometimes holds one.
    return said.replace("\x00", "").strip()
