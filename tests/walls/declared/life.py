"""Request life: notes, calls, tags and numbers of both requests, each with the canary."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from requests_app.models import (
    Event,
    LoggedContact,
    NoteMention,
    NoteVersion,
    RecordsRequest,
    RequestNote,
    RequestTag,
    Tag,
    TrackingNumber,
)
from tests.walls.matrix import ANYBODY, OURS, POST_ONLY, _row

from . import CANARY, Stage

OUR_PEOPLE = _row(302, 404, 404, 404, 200, 200, 200)
OUR_WRITERS = _row(302, 404, 404, 404, 404, 200, 200)
EXPECTED = {
    "request-work": (OUR_PEOPLE, None),
    "note": (OUR_PEOPLE, None),
    "contact-strike": (OUR_WRITERS, None),
    "request-close": (OUR_WRITERS, None),
    "request-edit": (OUR_WRITERS, None),
    "request-parts": (OUR_WRITERS, None),
    "tags": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "api-notes": (OURS, None),
    "api-note": (OURS, None),
    "api-people": (OURS, None),
    "api-contacts": (OURS, None),
    "api-contact-strike": (POST_ONLY, None),
    "api-tags": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-tag": (POST_ONLY, None),
    "api-tag-merge": (POST_ONLY, None),
    "api-request-tags": (OURS, None),
    "api-request-tag": (POST_ONLY, None),
    "api-numbers": (OURS, ANYBODY),
    "api-number": (POST_ONLY, None),
    "api-parts": (OURS, None),
    "api-part": (POST_ONLY, None),
    "api-details": (OURS, None),
    "api-close": (OURS, None),
}
SHOWS_OURS = {
    "request-work", "note", "contact-strike", "request-close", "request-edit", "request-parts", "tags",
    "api-notes", "api-note", "api-contacts", "api-tags", "api-request-tags", "api-numbers", "api-details",
}  # fmt: skip

TABLES = (RequestNote, NoteVersion, NoteMention, LoggedContact, Tag, RequestTag, TrackingNumber)


def fill(dice: random.Random, request: RecordsRequest, event: Event) -> None:
    of = request.organisation
    note = RequestNote.objects.create(organisation=of, request=request, text="a")
    NoteVersion.objects.create(organisation=of, note=note, number=1, text="a")
    NoteMention.objects.create(organisation=of, note=note, person=of.created_by)
    LoggedContact.objects.create(
        organisation=of, request=request, way="call", on=dt.date(2026, 3, 3), said="a"
    )
    tag = Tag.objects.create(organisation=of, name=f"tag {request.pk}")
    RequestTag.objects.create(organisation=of, request=request, tag=tag)
    for number in range(dice.randint(0, 2)):
        TrackingNumber.objects.create(organisation=of, request=request, kind="portal", number=str(number))


def prepare(stage: Stage) -> None:
    of, olive = stage.cast.harbor, stage.cast.olive
    for word, request in (("private", stage.private), ("published", stage.published)):
        note = RequestNote.objects.create(
            organisation=of, request=request, author=olive, text=f"{CANARY} note", version=2
        )
        NoteVersion.objects.create(organisation=of, note=note, number=1, text=f"{CANARY} before")
        contact = LoggedContact.objects.create(
            organisation=of, request=request, way="call", on=dt.date(2026, 3, 3), said=f"{CANARY} said",
            with_whom=f"{CANARY} clerk",
        )  # fmt: skip
        tag = Tag.objects.create(organisation=of, name=f"{CANARY} {word}")
        RequestTag.objects.create(organisation=of, request=request, tag=tag)
        stage.rows["tag"] = tag
        TrackingNumber.objects.create(
            organisation=of, request=request, kind="portal", number=f"{CANARY}-portal"
        )
        stage.rows[f"note of {request.pk}"], stage.rows[f"contact of {request.pk}"] = note, contact


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    pid = request.public_id
    note, contact = stage.rows[f"note of {request.pk}"], stage.rows[f"contact of {request.pk}"]
    tag = stage.rows["tag"]
    return {
        "api-notes": [pid], "api-note": [pid, note.public_id], "api-people": [pid], "api-contacts": [pid],
        "api-contact-strike": [pid, contact.public_id], "api-tag": [tag.public_id],
        "api-tag-merge": [tag.public_id], "api-request-tags": [pid], "api-request-tag": [pid, tag.public_id],
        "api-numbers": [pid], "api-number": [pid, "nothing"], "api-parts": [pid], "api-part": [pid, "A1"],
        "api-details": [pid], "api-close": [pid],
        "request-work": [pid], "request-close": [pid], "request-edit": [pid], "request-parts": [pid],
        "note": [pid, note.public_id], "contact-strike": [pid, contact.public_id],
    }  # fmt: skip
