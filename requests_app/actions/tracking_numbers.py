"""The several numbers that one request carries: the portal's, the police report's, the appeal's."""

from __future__ import annotations

from requests_app.models import Person, RecordsRequest, TrackingNumber
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import Refused
from .rights import clean, must_edit

NUMBER_MAX = 120


def add_number(*, viewer: Viewer, records_request: RecordsRequest, kind: str, number: str) -> TrackingNumber:
    """The same number told twice is one row."""
    must_edit(viewer, records_request.organisation_id)
    if kind not in TrackingNumber.Kind.values:
        raise Refused("number_kind_unknown", "Say whose number it is.", field="kind")
    number = clean(number, code="number", field="number", most=NUMBER_MAX, missing="Enter the number.")
    row = {
        "organisation_id": records_request.organisation_id, "request": records_request, "kind": kind,
        "number": number,
    }  # fmt: skip
    TrackingNumber.objects.bulk_create([TrackingNumber(**row)], ignore_conflicts=True)
    found: TrackingNumber = TrackingNumber.objects.get(**row)
    return found


def drop_number(*, viewer: Viewer, number: TrackingNumber, actor: Person) -> None:
    must_edit(viewer, number.organisation_id)
    if TrackingNumber.objects.filter(pk=number.pk).delete()[0]:
        audit.record(
            act="number.removed", subject=f"request {number.request.public_id}", organisation=number.organisation,
            actor=actor, detail={"number": number.public_id, "kind": number.kind},
        )  # fmt: skip
