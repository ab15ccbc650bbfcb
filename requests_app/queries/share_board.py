"""The share board of a request or a campaign: everybody it could be shared with, what each is granted and sees now."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from requests_app.models import Campaign, CoalitionMember, Guest, RecordsRequest, Share, Tier
from requests_app.models.visibility import AsIf, Viewer

Subject: TypeAlias = RecordsRequest | Campaign
Kind = Share.Grantee
PAGE = 50
MOST_HELD = 200


@dataclass(frozen=True, slots=True)
class Level:
    """What a grant shows: nothing at all, status, or more over it."""

    status: bool = False
    correspondence: bool = False
    documents: bool = False
    everything: bool = False

    def __or__(self, other: Level) -> Level:
        return Level(
            self.status or other.status,
            self.correspondence or other.correspondence,
            self.documents or other.documents,
            self.everything or other.everything,
        )

    @property
    def code(self) -> str:
        """As forms and programs say it: an empty word is nothing."""
        return next((code for code, level in LEVELS.items() if level == self), "everything")


NOTHING = Level()
LEVELS = {
    "": NOTHING,
    "status": Level(True),
    "correspondence": Level(True, correspondence=True),
    "documents": Level(True, documents=True),
    "both": Level(True, correspondence=True, documents=True),
    "everything": Level(True, True, True, True),
}


@dataclass(frozen=True, slots=True)
class Grantee:
    """Somebody to share with. key: as addresses and forms name it. stay: of the sharing organization, for a
    coalition; tiers: of a partner, by coalition both are in. gone: an earlier partner, who is only taken away from."""

    key: str
    kind: str
    name: str
    id: int = 0
    tier: int = 0
    stay: int = 0
    coalition: str = ""
    tiers: Mapping[int, int] = field(default_factory=dict)
    gone: bool = False

    def as_if(self, home: int) -> AsIf | None:
        """None: the public."""
        match self.kind:
            case Kind.COALITION:
                return AsIf(home, "coalition", self.id, self.tier)
            case Kind.ORGANISATION:
                return AsIf(home, "organisation", self.id)
            case Kind.GUEST:
                return AsIf(home, "guest", self.id)
        return None


PUBLIC = Grantee("public", Kind.PUBLIC, "")


@dataclass(frozen=True, slots=True)
class Line:
    """given: by the grant of this row. sees: by all grants together. above: by those of the request's campaign."""

    grantee: Grantee
    share: Share | None
    given: Level
    sees: Level
    above: Level

    @property
    def until(self) -> dt.datetime | None:
        return self.share.until_at if self.share else None


@dataclass(frozen=True, slots=True)
class Board:
    subject: Subject
    lines: tuple[Line, ...]
    requests: int
    held: tuple[RecordsRequest, ...]
    held_total: int
    seen: str

    def line(self, key: str) -> Line | None:
        return next((line for line in self.lines if line.grantee.key == key), None)

    def would(self, levels: Mapping[str, Level]) -> dict[str, Level]:
        """What each would see once these rows were given these levels."""
        given = [(line.grantee, levels.get(line.grantee.key, line.given)) for line in self.lines]
        return {line.grantee.key: line.above | seen_by(line.grantee, given) for line in self.lines}


def seen_by(who: Grantee, given: Iterable[tuple[Grantee, Level]]) -> Level:
    found = NOTHING
    for to, level in given:
        if level != NOTHING and _reaches(to, who):
            found |= level
    return found


def _reaches(to: Grantee, who: Grantee) -> bool:
    """Whether what is granted to `to` is seen by `who`, too."""
    if to.kind == Kind.PUBLIC or to.key == who.key:
        return True
    if to.kind != Kind.COALITION:
        return False
    if who.kind == Kind.COALITION:
        return to.id == who.id and to.tier <= who.tier
    return to.tier <= who.tiers.get(to.id, 0)


def shown_by_name(viewer: Viewer, subject: Subject, *, now: dt.datetime) -> Callable[[Grantee], bool]:
    """Whether a grantee is shown the subject now, by a grant other than that to the public. One query for all of
    them."""
    named = [
        (share.grantee_kind, share.grantee_id or 0, share.tier or 0)
        for share in _live(viewer, subject, now)
        if share.grantee_kind != Kind.PUBLIC and (share.embargo_until is None or share.embargo_until <= now)
    ]

    def shown(who: Grantee) -> bool:
        return any(
            tier <= who.tiers.get(pk, 0) if kind == Kind.COALITION else (kind, pk) == (who.kind, who.id)
            for kind, pk, tier in named
        )

    return shown


def subject_of(viewer: Viewer, kind: str, public_id: str) -> Subject | None:
    """One of the viewer's own. A partner who sees it has no board of it."""
    table: Any = Campaign if kind == "campaign" else RecordsRequest
    found: Subject | None = (
        table.objects.filter(organisation_id__in=viewer.organisations)
        .select_related("organisation")
        .filter(public_id=public_id)
        .first()
    )
    return found


def load(viewer: Viewer, subject: Subject, *, now: dt.datetime, also: Iterable[str] = ()) -> Board:
    """Four queries, whatever the data. also: keys of guests who have no grant here yet, for one query more."""
    live = _live(viewer, subject, now)
    own = [share for share in live if _is_of(share, subject)]
    above = [share for share in live if not _is_of(share, subject)]
    grantees = [PUBLIC, *partners(viewer, subject.organisation_id)]
    known = {(one.kind, one.id, one.tier) for one in grantees}
    for share in live:
        if _key(share) not in known:
            known.add(_key(share))
            grantees.append(_named(share))
    named = {one.key for one in grantees}
    asked = [key[2:] for key in also if key.startswith("g-") and key not in named]
    if asked:
        guests = Guest.objects.visible_to(viewer).filter(organisation=subject.organisation_id)
        grantees += map(_guest, guests.filter(public_id__in=asked))
    by_grantee = {_key(share): share for share in own}
    given_above = [(one, level_of(share)) for share in above for one in grantees if _is(one, share)]
    given = [(one, level_of(by_grantee.get((one.kind, one.id, one.tier)))) for one in grantees]
    lines = []
    for one, level in given:
        from_above = seen_by(one, given_above)
        lines.append(
            Line(
                one, by_grantee.get((one.kind, one.id, one.tier)), level,
                from_above | seen_by(one, given), from_above,
            )
        )  # fmt: skip
    held, n_held, total = _requests(viewer, subject)
    return Board(subject, tuple(lines), total, held, n_held, _seen(own))


def is_own_stay(organisation_id: int, key: str) -> bool:
    return CoalitionMember.objects.filter(
        organisation=organisation_id, public_id=key.removeprefix("o-")
    ).exists()


def partners(viewer: Viewer, organisation_id: int) -> list[Grantee]:
    """Coalitions that the organization is in now, each at its three tiers, and every partner there, once."""
    here = CoalitionMember.objects.live().filter(
        coalition=OuterRef("coalition_id"), organisation_id=organisation_id
    )
    rows = list(
        CoalitionMember.objects.live()
        .visible_to(viewer)
        .filter(Exists(here))
        .select_related("coalition")
        .order_by("coalition__name", "coalition_id", "shown_as", "pk")
    )
    tiers: dict[int, dict[int, int]] = {}
    for row in rows:
        tiers.setdefault(row.organisation_id, {})[row.coalition_id] = row.tier
    found, seen = [], {organisation_id}
    for row in rows:
        if row.organisation_id == organisation_id:
            for tier in Tier.values:
                key = f"c-{row.coalition.public_id}-{tier}"
                found.append(
                    Grantee(
                        key, Kind.COALITION, row.coalition.name, row.coalition_id, tier, row.pk,
                        row.coalition.name,
                    )
                )  # fmt: skip
    for row in rows:
        if row.organisation_id not in seen:
            seen.add(row.organisation_id)
            found.append(
                Grantee(
                    f"o-{row.public_id}", Kind.ORGANISATION, row.shown_as, row.organisation_id,
                    coalition=row.coalition.name, tiers=tiers[row.organisation_id],
                )
            )  # fmt: skip
    return found


def grantee(viewer: Viewer, organisation_id: int, key: str) -> Grantee | None:
    """By its key: the public, a coalition at a tier, a partner, a guest of the organization, or who has a grant."""
    if key == "public":
        return PUBLIC
    kind, _dash, public = key.partition("-")
    if kind == "g":
        guest = (
            Guest.objects.visible_to(viewer).filter(organisation=organisation_id, public_id=public).first()
        )
        return _guest(guest) if guest is not None else None
    if kind == "s":
        share = (
            Share.objects.visible_to(viewer)
            .select_related("note", "guest")
            .filter(organisation=organisation_id, public_id=public, revoked_at=None)
            .first()
        )
        return _named(share) if share is not None else None
    return next((one for one in partners(viewer, organisation_id) if one.key == key), None)


def ended(viewer: Viewer, subject: Subject, *, now: dt.datetime) -> Any:
    """Grants that are over, the latest first."""
    return (
        Share.objects.visible_to(viewer)
        .filter(_of(subject), organisation=subject.organisation_id)
        .filter(Q(revoked_at__isnull=False) | Q(until_at__lte=now))
        .select_related("note__granted_by", "guest")
        .order_by(Coalesce("revoked_at", "until_at").desc(), "-pk")
    )


def _live(viewer: Viewer, subject: Subject, now: dt.datetime) -> list[Share]:
    of = _of(subject)
    if isinstance(subject, RecordsRequest) and subject.campaign_id and not subject.held_back:
        of |= Q(campaign=subject.campaign_id)
    rows = (
        Share.objects.visible_to(viewer)
        .filter(
            of, Q(until_at=None) | Q(until_at__gt=now), organisation=subject.organisation_id, revoked_at=None
        )
        .select_related("note__granted_by", "guest", "guest_mail")
        .order_by("pk")
    )
    return list(rows)


def _of(subject: Subject) -> Q:
    return Q(campaign=subject.pk) if isinstance(subject, Campaign) else Q(request=subject.pk)


def _is_of(share: Share, subject: Subject) -> bool:
    return (share.campaign_id if isinstance(subject, Campaign) else share.request_id) == subject.pk


def _key(share: Share) -> tuple[str, int, int]:
    return share.grantee_kind, share.grantee_id or 0, share.tier or 0


def _is(one: Grantee, share: Share) -> bool:
    return (one.kind, one.id, one.tier) == _key(share)


def _guest(guest: Guest) -> Grantee:
    return Grantee(f"g-{guest.public_id}", Kind.GUEST, guest.email, guest.pk)


def _named(share: Share) -> Grantee:
    if share.guest is not None:
        return _guest(share.guest)
    note = getattr(share, "note", None)
    name = note.granted_to if note is not None else ""
    return Grantee(
        f"s-{share.public_id}", share.grantee_kind, name, share.grantee_id or 0, share.tier or 0, gone=True
    )


def level_of(share: Share | None) -> Level:
    if share is None:
        return NOTHING
    if share.everything:
        return LEVELS["everything"]
    return Level(True, share.correspondence, share.documents)


def _requests(viewer: Viewer, subject: Subject) -> tuple[tuple[RecordsRequest, ...], int, int]:
    """Held back, as many as a page shows and how many in all; and all there are."""
    if isinstance(subject, RecordsRequest):
        return (subject,) if subject.held_back else (), int(subject.held_back), 1
    rows = RecordsRequest.objects.of_organisation(viewer).filter(campaign=subject.pk)
    counts = rows.aggregate(n=Count("pk"), held=Count("pk", filter=Q(held_back=True)))
    held = rows.filter(held_back=True).select_related("agency").order_by("agency__name", "pk")[:MOST_HELD]
    return tuple(held) if counts["held"] else (), counts["held"], counts["n"]


def _seen(own: Sequence[Share]) -> str:
    """Changes whenever a grant of the subject does: a save goes by what was previewed, or not at all."""
    words = [f"{s.pk}:{s.correspondence:d}{s.documents:d}{s.everything:d}:{s.until_at}" for s in own]
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:24]
