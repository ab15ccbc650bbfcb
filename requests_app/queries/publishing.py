"""What would become public: what a person has to look at before, what waits for whom, and what is public now."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now

from requests_app.clock.events import REQUESTERS_OWN
from requests_app.models import (
    Campaign,
    Document,
    EventCorrespondence,
    Part,
    Publication,
    PublicationCheck,
    RecordsRequest,
    RequestCorrespondence,
    Share,
)
from requests_app.models.visibility import Viewer

from .masking import found_in, identities_of

Subject = RecordsRequest | Campaign
TITLES, LETTERS, METADATA, FILE = "titles", "letters", "metadata", "file"
# What no list of names finds. A person decides; the machine only points.
SUSPECT = {
    "social_security": re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"),
    "birth": re.compile(r"(?i)\b(?:date of birth|d\.?o\.?b\.?|born on)\b"),
    "card": re.compile(r"(?<![\d\-])(?:\d[ \-]?){15,16}(?![\d\-])"),
    "phone": re.compile(r"(?<!\d)(?:\+?1[\s.\-]*)?\(?\d{3}\)?[\s.\-]+\d{3}[\s.\-]+\d{4}(?!\d)"),
    "home": re.compile(r"(?i)\b(?:home address|my address|i live at|resides? at|driver'?s licen[cs]e)\b"),
    "minor": re.compile(r"(?i)\b(?:juvenile|minor child|year-old (?:boy|girl|child))\b"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist. masked: what others will not read, by kind; suspect: what nobody takes out.
    blocks: it must be changed first, for it stands where nothing is masked."""

    key: str
    name: str
    n: int
    masked: dict[str, int]
    suspect: dict[str, int]
    fingerprint: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A line with who looked at it. stale: it has changed since they did."""

    item: Item
    check: PublicationCheck | None
    stale: bool

    @property
    def done(self) -> bool:
        return self.check is not None and not self.stale and not self.item.blocks


def requests_of(subject: Subject) -> Any:
    """The requests that would become public with it."""
    if isinstance(subject, Campaign):
        return RecordsRequest.objects.filter(
            campaign=subject, organisation=subject.organisation_id, held_back=False
        )
    return RecordsRequest.objects.filter(pk=subject.pk)


def checklist(subject: Subject, *, correspondence: bool, documents: bool) -> list[Item]:
    """Seven queries at most, whatever the number of requests. Inside the look of the organization's own people."""
    titles = list(requests_of(subject).order_by("pk").values_list("pk", "public_title"))
    ids = [pk for pk, _title in titles]
    who = identities_of(ids)
    everybody = {one for some in who.values() for one in some}
    told: list[tuple[int | None, str, bool]] = [(pk, title, False) for pk, title in titles]
    if isinstance(subject, Campaign):
        told += [(None, subject.public_title, False), (None, subject.public_summary, False)]
    parts = Part.objects.filter(request__in=ids).order_by("pk").values_list("request_id", "title")
    headings = [*told, *((pk, title, False) for pk, title in parts)]
    found = [_item(TITLES, headings, who, everybody, blocks=True)]
    if correspondence:
        ours = RequestCorrespondence.objects.filter(request__in=ids).order_by("pk").values_list("request_id", "letter")
        said = EventCorrespondence.objects.filter(request__in=ids).order_by("pk")
        letters = [(pk, text, True) for pk, text in ours if text]
        letters += [
            (pk, text, kind in REQUESTERS_OWN)
            for pk, text, kind in said.values_list("request_id", "text", "event__kind")
            if text
        ]
        found.append(_item(LETTERS, letters, who, everybody))
    if documents:
        files = list(
            Document.objects.filter(
                request__in=ids, released_at__isnull=False, withdrawn_at=None, erased_at=None
            )
            .order_by("pk")
            .values_list("request_id", "title", "public_id", "sha256")
        )
        found.append(_item(METADATA, [(pk, title, False) for pk, title, _pid, _sum in files], who, everybody))
        found += [
            Item(item, title, 1, {}, {}, fingerprint)
            for _pk, title, pid, sha256 in files
            for item, fingerprint in [file_item(pid, title, sha256)]
        ]
    return found


def file_item(public_id: str, title: str, sha256: str) -> tuple[str, str]:
    """Its line of the checklist, and the fingerprint of what is looked at there."""
    return f"{FILE}:{public_id}", hashlib.sha256(f"{title}\0{sha256}".encode()).hexdigest()


def _item(
    key: str, texts: Sequence[tuple[int | None, str, bool]], who: Any, everybody: Iterable[Any], *, blocks: bool = False
) -> Item:
    masked: dict[str, int] = {}
    suspect: dict[str, int] = {}
    for pk, text, ours in texts:
        for kind, n in found_in(text, who.get(pk, ()) if pk else everybody, ours=ours).items():
            masked[kind] = masked.get(kind, 0) + n
        for kind, pattern in SUSPECT.items():
            if n := len(pattern.findall(text)):
                suspect[kind] = suspect.get(kind, 0) + n
    seen = hashlib.sha256(json.dumps([[pk, text] for pk, text, _ours in texts]).encode()).hexdigest()
    return Item(key, "", len(texts), masked, suspect, seen, blocks and bool(masked))


def looked_at(publication: Publication) -> list[Looked]:
    items = checklist(
        publication.subject, correspondence=publication.correspondence, documents=publication.documents
    )
    checks = {
        one.item: one
        for one in PublicationCheck.objects.filter(
            publication=publication, organisation=publication.organisation_id
        ).select_related("person")
    }
    found = []
    for item in items:
        check = checks.get(item.key)
        found.append(Looked(item, check, check is not None and check.fingerprint != item.fingerprint))
    return found


def open_publication(viewer: Viewer, subject: Subject) -> Publication | None:
    """What waits, before what is published already: more may be proposed of it."""
    of = {"campaign": subject} if isinstance(subject, Campaign) else {"request": subject}
    found: Publication | None = (
        rows(viewer)
        .open()
        .filter(organisation=subject.organisation_id, **of)
        .order_by(F("published_at").asc(nulls_first=True), "-pk")
        .first()
    )
    return found


def rows(viewer: Viewer) -> Any:
    return Publication.objects.visible_to(viewer).select_related(
        "request__agency", "campaign", "proposed_by", "agreed_by", "organisation"
    )


def waiting(viewer: Viewer, organisation_id: int) -> Any:
    """Proposals and embargoes, the nearest end first, then the oldest."""
    return rows(viewer).waiting().filter(organisation=organisation_id).order_by("embargo_until", "pk")


def public_shares(subject: Subject) -> Any:
    """Grants that make it public: its own, and of a request that of its campaign, unless it is held back."""
    of = Q(campaign=subject) if isinstance(subject, Campaign) else Q(request=subject)
    if isinstance(subject, RecordsRequest) and subject.campaign_id and not subject.held_back:
        of |= Q(campaign=subject.campaign_id)
    return _standing().filter(of, organisation=subject.organisation_id).order_by("pk")


def own_public_share(subject: Subject) -> Share | None:
    of = Q(campaign=subject) if isinstance(subject, Campaign) else Q(request=subject)
    found: Share | None = _standing().filter(of, organisation=subject.organisation_id).first()
    return found


def would_open(row: RecordsRequest, campaign_id: int | None = None) -> bool:
    """Whether the public would see more of the request by the grant of its campaign (or of that one), were it not
    held back."""
    campaign_id = campaign_id or row.campaign_id
    if campaign_id is None:
        return False
    above = _standing().filter(campaign=campaign_id, organisation=row.organisation_id).first()
    return above is not None and not covers(own_public_share(row), above)


def covers(share: Share | None, wanted: Share) -> bool:
    """Whether the public sees by the one all it would see by the other, and for as long."""
    if share is None or share.correspondence < wanted.correspondence or share.documents < wanted.documents:
        return False
    return share.until_at is None or (wanted.until_at is not None and share.until_at >= wanted.until_at)


def embargoed_with(subject: Subject, now: dt.datetime) -> bool:
    """Whether something waits for the end of an embargo that the public would see with this: a request of the
    campaign, or the campaign of the request."""
    waits = Publication.objects.waiting().filter(organisation=subject.organisation_id, embargo_until__gt=now)
    if isinstance(subject, Campaign):
        return bool(waits.filter(request__campaign=subject, request__held_back=False).exists())
    if subject.campaign_id is None or subject.held_back:
        return False
    return bool(waits.filter(campaign=subject.campaign_id).exists())


def _standing() -> Any:
    """Grants to the public that have not ended; one that begins later counts."""
    return Share.objects.filter(
        Q(until_at=None) | Q(until_at__gt=Now()), grantee_kind=Share.Grantee.PUBLIC, revoked_at=None
    )


def published_alone(campaign: Campaign) -> int:
    """Requests of the campaign that a grant of their own makes public."""
    return int(
        Share.objects.filter(
            request__campaign=campaign, organisation=campaign.organisation_id,
            grantee_kind=Share.Grantee.PUBLIC, revoked_at=None,
        ).count()
    )  # fmt: skip
