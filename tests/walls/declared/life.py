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
from tests.walls.matrix import _row

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
}
SHOWS_OURS = {
    "request-work", "note", "contact-strike", "request-close", "request-edit", "request-parts", "tags",
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
            organisation=of, request=request, author=olive, text=f"{CANARY} note"
        )
        NoteVersion.objects.create(organisation=of, note=note, number=1, text=f"{CANARY} before")
        contact = LoggedContact.objects.create(
            organisation=of, request=request, way="call", on=dt.date(2026, 3, 3), said=f"{CANARY} said",
            with_whom=f"{CANARY} clerk",
        )  # fmt: skip
        tag = Tag.objects.create(organisation=of, name=f"{CANARY} {word}")
        RequestTag.objects.create(organisation=of, request=request, tag=tag)
        TrackingNumber.objects.create(
            organisation=of, request=request, kind="portal", number=f"{CANARY}-portal"
        )
        stage.rows[f"note of {request.pk}"], stage.rows[f"contact of {request.pk}"] = note, contact


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    pid = request.public_id
    return {
        "request-work": [pid], "request-close": [pid], "request-edit": [pid], "request-parts": [pid],
        "note": [pid, stage.rows[f"note of {request.pk}"].public_id],
        "contact-strike": [pid, stage.rows[f"contact of {request.pk}"].public_id],
    }  # fmt: skip
