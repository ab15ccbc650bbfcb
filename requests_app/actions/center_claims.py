"""Claims about fusion centers: recorded by editors, published by owners, replaced or withdrawn, never rewritten."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import (
    Agency,
    AgencyKind,
    CenterClaim,
    ClaimStatus,
    Document,
    FactField,
    Finding,
    Organisation,
    Person,
    Recommendation,
)
from requests_app.models.center_claims import CenterClaimQuerySet
from requests_app.models.visibility import PUBLIC, Viewer
from requests_app.queries.masking import masked
from requests_app.queries.model_letters import own_identities

from . import audit
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit, must_own

VALUE_MAX, CITATION_MAX, ADDRESS_MAX, PAGE_MAX, REASON_MAX = 600, 300, 500, 40, 300
EDITORS_ONLY = "Only an editor or an owner records what is said of a center."
OWNERS_ONLY = "Only an owner of the organization changes what the public reads of a center."
EARLIEST = dt.date(1900, 1, 1)
_is_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of a center. finding: of a recommendation; value: of a fact. document: of one's own."""

    topic: str
    status: str
    from_on: dt.date
    citation: str
    finding: str = ""
    value: str = ""
    until_on: dt.date | None = None
    address: str = ""
    page: str = ""
    document: Document | None = None


def record(
    *, viewer: Viewer, organisation: Organisation, agency: Agency, said: Said, actor: Person, once: str, today: dt.date
) -> CenterClaim:  # fmt: skip
    """Private to the organization until an owner publishes it. The same `once` records once."""
    must_edit(viewer, organisation.pk, EDITORS_ONLY)
    made, is_new = _keep(viewer, organisation, agency, said, once, today)
    if is_new:
        _log("claim.recorded", made, actor, topic=made.topic)
    return made


def supersede(
    *, viewer: Viewer, claim: CenterClaim, said: Said, actor: Person, once: str, today: dt.date
) -> CenterClaim:
    """Another takes its place, as public as it was; the one before stays in the history."""
    _must_write(viewer, claim)
    if said.topic != claim.topic:
        raise Refused("topic_other", "A claim is replaced by one of the same subject.", field="topic")
    with transaction.atomic():
        made, is_new = _keep(viewer, claim.organisation, claim.agency, said, once, today, after=claim)
        if is_new:
            if made.published_at is not None:
                _fit_for_all(made)
            _still_standing(claim).update(superseded_at=Now())
            _log("claim.superseded", made, actor, topic=made.topic, before=claim.public_id)
    return made


def publish(*, viewer: Viewer, claim: CenterClaim, actor: Person) -> None:
    """From here on everybody reads it. One that points to a document is read only while everybody may read that."""
    _must_know(viewer, claim)
    must_own(viewer, claim.organisation_id, OWNERS_ONLY)
    _fit_for_all(claim)
    if not _still_standing(claim).filter(published_at=None).update(published_at=Now()):
        raise Refused("claim_published", "It is public already, or it stands no more.", status=409)
    _log("claim.published", claim, actor, topic=claim.topic)


def withdraw(*, viewer: Viewer, claim: CenterClaim, reason: str, actor: Person) -> None:
    """It is read by its own people alone, with why."""
    _must_write(viewer, claim)
    because = clean(
        reason, code="reason", field="reason", most=REASON_MAX, missing="Say why it is withdrawn."
    )
    if not _still_standing(claim).update(withdrawn_at=Now(), withdrawn_because=because):
        raise Refused("claim_gone", "It stands no more.", status=409)
    _log("claim.withdrawn", claim, actor, topic=claim.topic)


def _must_know(viewer: Viewer, claim: CenterClaim) -> None:
    if not viewer.belongs_to(claim.organisation_id):
        raise NotYours


def _must_write(viewer: Viewer, claim: CenterClaim) -> None:
    _must_know(viewer, claim)
    must_edit(viewer, claim.organisation_id, EDITORS_ONLY)
    if claim.published_at is not None:
        must_own(viewer, claim.organisation_id, OWNERS_ONLY)
    if claim.withdrawn_at is not None or claim.superseded_at is not None:
        raise Refused("claim_gone", "It stands no more.", status=409)


def _fit_for_all(claim: CenterClaim) -> None:
    document = claim.document_id
    if document is not None and not Document.objects.visible_to(PUBLIC).filter(pk=document).exists():
        raise Refused(
            "document_not_public", "Publish the document it points to first: nobody could look it up.", status=409
        )  # fmt: skip
    who = own_identities(claim.organisation_id)
    if any(masked(words, who) != words for words in (claim.value, claim.citation, claim.address, claim.page)):
        raise Refused(
            "claim_names_us",
            "It holds a name or an address of your side, which is kept from the public. Replace it without.",
            status=409,
        )


def _still_standing(claim: CenterClaim) -> CenterClaimQuerySet:
    return CenterClaim.objects.standing().filter(pk=claim.pk)


def _keep(
    viewer: Viewer, organisation: Organisation, agency: Agency, said: Said, once: str, today: dt.date,
    after: CenterClaim | None = None,
) -> tuple[CenterClaim, bool]:  # fmt: skip
    words = _checked(viewer, organisation, agency, said, today)
    before = CenterClaim.objects.filter(organisation=organisation, once=checked_once(once)).first()
    if before is not None:
        return before, False
    try:
        with transaction.atomic():
            made = CenterClaim.objects.create(
                organisation=organisation, agency=agency, topic=said.topic, finding=said.finding, status=said.status,
                from_on=said.from_on, until_on=said.until_on, document=said.document, supersedes=after, once=once,
                published_at=Now() if after is not None and after.published_at is not None else None, **words,
            )  # fmt: skip
    except IntegrityError as problem:
        if "supersedes" in str(problem):
            raise Refused("claim_gone", "Somebody has replaced it meanwhile.", status=409) from None
        if "one_claim_an_act" not in str(problem):
            raise
        return CenterClaim.objects.get(organisation=organisation, once=once), False
    return made, True


def _checked(
    viewer: Viewer, organisation: Organisation, agency: Agency, said: Said, today: dt.date
) -> dict[str, str]:
    """The texts, as they are kept."""
    if agency.kind != AgencyKind.FUSION_CENTER or agency.merged_into_id is not None:
        raise Refused("not_a_center", "Claims are recorded of fusion centers.", field="agency")
    is_fact = said.topic in FactField.values
    if not is_fact and said.topic not in Recommendation.values:
        raise Refused("topic_unknown", "Choose what it is about from the list.", field="topic")
    if said.status == ClaimStatus.ASKED:
        raise Refused("asked_is_counted", "What was asked is read from the requests themselves.", field="status")
    if said.status not in ClaimStatus.values:
        raise Refused("status_unknown", "Choose how it is known from the list.", field="status")
    if is_fact and said.finding:
        raise Refused("finding_of_a_fact", "A fact is told in words, not by yes or no.", field="finding")
    if not is_fact and said.finding not in Finding.values:
        raise Refused("finding_missing", "Say what the source says of the recommendation.", field="finding")
    _check_days(said, today)
    _check_document(viewer, organisation, said)
    address = clean(said.address, code="address", field="address", most=ADDRESS_MAX)
    if address:
        try:
            _is_address(address)
        except ValidationError:
            raise Refused(
                "address_wrong", "Write the whole address of the page, from https:// on.", field="address"
            ) from None
    page = clean(said.page, code="page", field="page", most=PAGE_MAX)
    if not page and (said.status == ClaimStatus.DOCUMENTED or said.document is not None):
        raise Refused("page_missing", "Name the page on which the document says so.", field="page")
    missing = "Say what the source says." if is_fact else ""
    return {
        "value": clean(said.value, code="value", field="value", most=VALUE_MAX, missing=missing),
        "citation": clean(
            said.citation, code="citation", field="citation", most=CITATION_MAX, missing="Name the source."
        ),
        "address": address,
        "page": page,
    }  # fmt: skip


def _check_days(said: Said, today: dt.date) -> None:
    if not EARLIEST <= said.from_on <= today:
        raise Refused("from_on_wrong", "Give a day that has come, from 1900 on.", field="from_on")
    if said.until_on is not None and not said.from_on <= said.until_on <= today:
        raise Refused(
            "until_on_wrong", "The last day is not before the first, and has come.", field="until_on"
        )


def _check_document(viewer: Viewer, organisation: Organisation, said: Said) -> None:
    if said.document is None:
        return
    own = Document.objects.of_organisation(viewer).filter(organisation=organisation, withdrawn_at=None)
    if not own.filter(pk=said.document.pk).exists():
        raise Refused("document_unknown", "Your organization has no such document.", field="document")
    if said.status == ClaimStatus.REPORTED:
        raise Refused(
            "reported_by_a_document", "What a document of yours says is documented, not reported.", field="status"
        )  # fmt: skip


def _log(act: str, claim: CenterClaim, actor: Person, **detail: str) -> None:
    audit.record(
        act=act, subject=f"claim {claim.public_id}", organisation=claim.organisation, actor=actor,
        detail={"agency": claim.agency.slug, **detail},
    )  # fmt: skip
