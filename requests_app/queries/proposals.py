"""What was offered to us by partners and guests, and by us to others; with what the viewer may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from requests_app.models import (
    CoalitionMember,
    Document,
    Guest,
    JointRightNote,
    Proposal,
    ProposalAuthor,
    ProposalDecision,
    RecordsRequest,
)
from requests_app.models.visibility import Viewer

from .masking import identities_of, masked

PAGE = 50
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Shown:
    """ours: it was offered to the viewer's organization. state: empty where the viewer may no longer know it; then
    there is no request either. name: of whoever offered it, to the owner. person: to that one's own people."""

    row: Proposal
    ours: bool
    request: RecordsRequest | None
    title: str
    name: str
    person: str
    state: str
    decision: ProposalDecision | None


def to_us(viewer: Viewer, organisation_id: int | None = None) -> QuerySet[Proposal]:
    """Newest first. Of one organization, or of all the viewer's."""
    homes = [pk for pk in viewer.organisations if organisation_id in (None, pk)]
    return Proposal.objects.visible_to(viewer).filter(organisation__in=homes).order_by("-pk")


def by_us(viewer: Viewer) -> QuerySet[Proposal]:
    return Proposal.objects.offered_by(viewer).order_by("-pk")


def undecided(rows: QuerySet[Proposal], viewer: Viewer) -> QuerySet[Proposal]:
    decisions = ProposalDecision.objects.visible_to(viewer).filter(proposal=OuterRef("pk"))
    return rows.exclude(Exists(decisions))


def one(viewer: Viewer, key: str) -> Shown | None:
    found = Proposal.objects.visible_to(viewer).filter(public_id=key).first()
    return shown(viewer, [found])[0] if found is not None else None


def file_of(viewer: Viewer, key: str) -> Proposal | None:
    """The row that lets its bytes be handed out, asked anew on every fetch: of what waits, to whoever is told so."""
    found = one(viewer, key)
    if found is None or found.row.kind != Proposal.Kind.DOCUMENT or found.state != WAITING:
        return None
    return found.row


def waiting_files(viewer: Viewer, request: RecordsRequest) -> list[Shown]:
    """What was handed in for a request of the viewer's own, and waits; the newest first."""
    rows = to_us(viewer, request.organisation_id).filter(request=request, kind=Proposal.Kind.DOCUMENT)
    return shown(viewer, undecided(rows, viewer)[:PAGE])


def of_document(viewer: Viewer, document: Document) -> Proposal | None:
    """What a document of the viewer's own was handed in by."""
    accepted = ProposalDecision.objects.visible_to(viewer).filter(
        organisation=document.organisation_id, made=document.public_id, proposal=OuterRef("pk")
    )
    rows = to_us(viewer, document.organisation_id).filter(
        request=document.request_id, kind=Proposal.Kind.DOCUMENT
    )
    return rows.filter(Exists(accepted)).first()


def shown(viewer: Viewer, some: Iterable[Proposal]) -> list[Shown]:
    """A page of rows: a fixed number of queries, whatever its length."""
    page = list(some)
    if not page:
        return []
    ids = [row.pk for row in page]
    followed = set(Proposal.objects.followed_by(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    open_to = {row.pk for row in page if row.pk in followed or viewer.belongs_to(row.organisation_id)}
    requests = (
        RecordsRequest.objects.visible_to(viewer)
        .filter(pk__in={row.request_id for row in page if row.pk in open_to})
        .select_related("agency")
        .in_bulk()
    )
    decisions = ProposalDecision.objects.visible_to(viewer).filter(proposal__in=ids).in_bulk()
    authors = {
        author.key: str(author.person)
        for author in ProposalAuthor.objects.visible_to(viewer)
        .filter(key__in=[row.public_id for row in page])
        .select_related("person")
    }
    names = names_of(viewer, [row for row in page if viewer.belongs_to(row.organisation_id)])
    others = {pk for pk, found in requests.items() if not viewer.belongs_to(found.organisation_id)}
    who = identities_of(others)
    found = []
    for row in page:
        ours = viewer.belongs_to(row.organisation_id)
        request = requests.get(row.request_id) if row.pk in open_to else None
        decision = decisions.get(row.pk)
        title = request.public_title if request else ""
        found.append(
            Shown(
                row,
                ours,
                request,
                masked(title, who.get(row.request_id, ())) if title and not ours else title,
                names.get(row.pk, ""),
                authors.get(row.public_id, ""),
                (decision.state if decision else WAITING) if row.pk in open_to else "",
                decision,
            )
        )
    return found


def names_of(viewer: Viewer, page: list[Proposal]) -> dict[int, str]:
    """For the owner: a partner as it is called in the coalition, also when it has left; a guest by the address."""
    stays = dict(
        CoalitionMember.objects.visible_to(viewer)
        .filter(pk__in={row.stay_id for row in page if row.stay_id})
        .values_list("pk", "shown_as")
    )
    guests = dict(
        Guest.objects.visible_to(viewer)
        .filter(pk__in={row.guest_id for row in page if row.guest_id})
        .values_list("pk", "email")
    )
    given = dict(
        JointRightNote.objects.visible_to(viewer)
        .filter(right__in={row.right_id for row in page})
        .values_list("right_id", "granted_to")
    )
    return {
        row.pk: guests.get(row.guest_id or 0)
        or stays.get(row.stay_id or 0)
        or given.get(row.right_id, "")
        for row in page
    }
