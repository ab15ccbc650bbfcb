"""The parts of a request after it was filed: more of them, one split in two, another title.

Their numbers stand in the ledger, so a number is never changed and a part never removed: withdraw it instead.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from django.db.models import Max

from requests_app.clock.events import Event, Kind
from requests_app.clock.ledger import split, standing_events
from requests_app.models import Event as EventRow
from requests_app.models import Part, Person, RecordsRequest
from requests_app.models.visibility import Viewer
from requests_app.queries.ledger import book_of, ledger_of

from .correspondence import write_event
from .filing import uid_of
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit

LABEL_MAX, TITLE_MAX, MOST = 12, 200, 60
LABEL = re.compile(r"[^\W_][\w.\-]*\Z")


def add_parts(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    parts: Sequence[tuple[str, str]],
    actor: Person | None,
    once: str,
    today: dt.date,
    split_from: str = "",
) -> EventRow:
    """Parts as (number, title); an empty number is the next free one. split_from: the part that these were taken
    from; what the agency said of it so far, it said of these too."""
    must_edit(viewer, records_request.organisation_id)
    checked_once(once)
    request = RecordsRequest.objects.select_for_update(of=("self",)).filter(pk=records_request.pk).first()
    if request is None:
        raise NotYours
    again = EventRow.objects.filter(request=request, once=once).first()
    if again is not None:
        return again
    known = list(Part.objects.filter(request=request).values_list("label", flat=True))
    if split_from and split_from not in known:
        raise Refused("part_unknown", f"The request has no part {split_from}.", field="split_from")
    new = _numbered(parts, known, split_from)
    rows = list(EventRow.objects.filter(request=request).in_order())
    facts: dict[str, object] = {}
    if split_from:
        facts = {"of": split_from, "also": _spoke_of(rows, split_from)}
    place = Part.objects.filter(request=request).aggregate(last=Max("position"))["last"]
    start = 0 if place is None else place + 1
    Part.objects.bulk_create(
        Part(
            request=request, organisation_id=request.organisation_id, label=label, title=title, position=start + n
        )
        for n, (label, title) in enumerate(new)
    )  # fmt: skip
    event = Event(
        uid=uid_of(request.public_id, once), kind=Kind.parts_named, dated_on=max(today, request.filed_on),
        parts=tuple(label for label, _ in new), facts=facts,  # type: ignore[arg-type]
    )  # fmt: skip
    row = write_event(
        request, event, once, actor, text="", note="", amount=None, book=book_of([request.agency_id])
    )
    records_request.ledger_version = request.ledger_version
    return row


def rename_part(
    *, viewer: Viewer, records_request: RecordsRequest, label: str, title: str, seen_title: str | None = None
) -> Part:
    """seen_title: what the form showed; another one by now is refused."""
    must_edit(viewer, records_request.organisation_id)
    title = clean(title, code="title", field="title", most=TITLE_MAX)
    part: Part | None = Part.objects.select_for_update().filter(request=records_request, label=label).first()
    if part is None:
        raise Refused("part_unknown", f"The request has no part {label}.", field="label")
    if seen_title is not None and part.title != seen_title and part.title != title:
        raise Refused(
            "stale",
            f"Meanwhile part {label} was named “{part.title}”. Save again to name it “{title}” instead.",
            field="title",
            status=409,
        )
    Part.objects.filter(pk=part.pk).update(title=title)
    part.title = title
    return part


def _numbered(
    parts: Sequence[tuple[str, str]], known: Sequence[str], split_from: str
) -> list[tuple[str, str]]:
    taken = list(known)
    found = []
    for label, title in parts:
        title = clean(title, code="title", field="title", most=TITLE_MAX)
        label = label.replace("\x00", "").strip() or next_label(taken, split_from)
        if len(label) > LABEL_MAX or not LABEL.match(label):
            raise Refused(
                "label_impossible",
                f"A part’s number has up to {LABEL_MAX} letters and digits, such as A4.",
                field="label",
            )
        if label in taken:
            raise Refused("part_twice", f"The request has a part {label} already.", field="label")
        taken.append(label)
        found.append((label, title))
    if not found:
        raise Refused("part_missing", "Describe the part.", field="title")
    if len(taken) > MOST:
        raise Refused("too_many_parts", f"A request has at most {MOST} parts.", field="label")
    return found


def next_label(taken: Sequence[str], split_from: str = "") -> str:
    """A4 after A3; of a split, A1b, A1c …"""
    if split_from:
        for letter in "bcdefghijklmnopqrstuvwxyz":
            if split_from + letter not in taken:
                return split_from + letter
    numbers = [int(found[2]) for one in taken if (found := re.match(r"([A-Za-z]*)(\d{1,4})\Z", one))]
    letters = next((found[1] for one in taken if (found := re.match(r"([A-Za-z]+)\d+\Z", one))), "A")
    return f"{letters}{max(numbers, default=0) + 1}"


def _spoke_of(rows: Sequence[EventRow], label: str) -> list[str]:
    """Events that name the part, by themselves or through an earlier split."""
    standing = standing_events(ledger_of(rows))
    more = split(standing)
    return [event.uid for event in standing if label in more.get(event.uid, event.parts)]
