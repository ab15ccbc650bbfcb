"""What a request is called, by us and in public, and the agency's number."""

from __future__ import annotations

from requests_app.models import Person, RecordsRequest, RequestCorrespondence, RequestPrivate
from requests_app.models.visibility import Viewer

from . import audit, shares
from .assignments import save_private
from .filing import TITLE_MAX
from .rights import clean, must_edit


def edit_details(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    public_title: str,
    working_title: str,
    tracking_number: str,
    actor: Person,
    seen_version: int | None = None,
    held_back: bool | None = None,
) -> None:
    """held_back: only an owner changes it; None leaves it as it is."""
    must_edit(viewer, records_request.organisation_id)
    public_title = clean(
        public_title, code="title", field="public_title", most=TITLE_MAX, missing="Give the request a public title."
    )
    working_title = clean(working_title, code="title", field="working_title", most=TITLE_MAX)
    tracking_number = clean(tracking_number, code="number", field="tracking_number", most=120)
    save_private(records_request, seen_version, working_title=working_title)
    RequestCorrespondence.objects.filter(request=records_request).update(tracking_number=tracking_number)
    if RecordsRequest.objects.filter(pk=records_request.pk).exclude(public_title=public_title).update(
        public_title=public_title
    ):
        # Whoever sees the request at all reads this title.
        audit.record(
            act="request.renamed", subject=f"request {records_request.public_id}",
            organisation=records_request.organisation, actor=actor,
        )  # fmt: skip
    if held_back is not None and held_back != records_request.held_back:
        shares.hold_back(viewer=viewer, records_request=records_request, actor=actor, held=held_back)
    records_request.public_title = public_title


def details_of(records_request: RecordsRequest) -> dict[str, object]:
    """As they stand: what a form begins with, and what a stale one is shown beside."""
    private = RequestPrivate.objects.filter(request=records_request).first()
    said = RequestCorrespondence.objects.filter(request=records_request).first()
    return {
        "public_title": records_request.public_title,
        "working_title": private.working_title if private else "",
        "tracking_number": said.tracking_number if said else "",
        "held_back": records_request.held_back,
        "seen_version": private.version if private else 0,
    }
