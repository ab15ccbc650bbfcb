"""Who may see what: the only place that answers.

Two walls hold the same rule. This module narrows every queryset (`visible_to`); row-level security in the
database (`migrations/*_walls.py`) holds it again for whoever forgets. `viewing()` opens the transaction that tells
the database who looks; without it the database refuses to answer, rather than answer with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DatabaseError, connections, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject, Now

if TYPE_CHECKING:
    from .people import Person


class Level(IntEnum):
    """What a share shows. Correspondence and documents are two independent grants over status."""

    STATUS = 1
    CORRESPONDENCE = 2
    DOCUMENTS = 3
    EVERYTHING = 9


@dataclass(frozen=True, slots=True)
class AsIf:
    """Whom an owner of `home` imagines to be: a coalition's tier, a partner organisation, a guest. Only what `home`
    shared reaches it: what others share with that partner, and the partner's own, are not the owner's to see."""

    home: int
    kind: Literal["coalition", "organisation", "guest"]
    id: int
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks. `key` is what the database is told.

    kinds: public (anybody), person (with the union of the memberships), token (a program: a person narrowed to one
    organisation and a role, never an owner), feed (a calendar: the same, and it only reads), organisation (the system
    acting for one organisation: deriving its dates, planning its reminders), schedule (the sweep: sees reminder rows,
    no content), as-if (an owner asks what somebody else sees: no organisation, and it only reads).
    """

    kind: Literal["public", "person", "token", "feed", "organisation", "schedule", "operator", "as-if"]
    id: int = 0
    roles: dict[int, str] = field(default_factory=dict, hash=False)  # organisation id to role
    names: dict[int, str] = field(default_factory=dict, hash=False)  # organisation id to its name
    # The role of the membership, where it sleeps until the person has a second factor; `roles` then says viewer.
    waiting: dict[int, str] = field(default_factory=dict, hash=False)
    keys: dict[int, str] = field(default_factory=dict, hash=False)  # organisation id to its public id
    unread: dict[int, int] = field(default_factory=dict, hash=False)  # organisation id to inbox items, at most 100
    as_if: AsIf | None = None

    @property
    def key(self) -> str:
        if self.as_if is not None:
            return f"as-if:{self.as_if.home}:{self.as_if.kind}:{self.as_if.id}:{self.as_if.tier}"
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def organisations(self) -> list[int]:
        return sorted(self.roles)

    @property
    def editable(self) -> list[int]:
        return sorted(k for k, role in self.roles.items() if role in ("editor", "owner"))

    @property
    def owned(self) -> list[int]:
        return sorted(k for k, role in self.roles.items() if role == "owner")

    def belongs_to(self, organisation_id: int) -> bool:
        return organisation_id in self.roles

    def may_edit(self, organisation_id: int) -> bool:
        return self.roles.get(organisation_id) in ("editor", "owner")

    def may_own(self, organisation_id: int) -> bool:
        return self.roles.get(organisation_id) == "owner"


PUBLIC = Viewer("public")
SCHEDULE = Viewer("schedule")
OPERATOR = Viewer("operator")


def organisation_viewer(organisation_id: int) -> Viewer:
    """The system acting for one organisation. Only tasks and commands may ask for it."""
    return Viewer("organisation", organisation_id, {organisation_id: "owner"})


def look_as(person: Person, using: str = "default") -> Viewer:
    """Tell the database that this person looks, for the rest of the transaction; the memberships come back."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A viewer is set inside a transaction only.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id, role, name, given, key, unread FROM app_look_as(%s)", [person.pk])
        rows = cursor.fetchall()
    return Viewer(
        "person",
        person.pk,
        {row[0]: row[1] for row in rows},
        {row[0]: row[2] for row in rows},
        waiting={row[0]: row[3] for row in rows if row[3] != row[1]},
        keys={row[0]: row[4] for row in rows},
        unread={row[0]: row[5] for row in rows if row[5]},
    )


def look_by_token(digest: bytes, using: str = "default") -> tuple[Viewer, int] | None:
    """Tell the database that the bearer of a live token looks; the viewer comes back with the person behind it.

    None: there is no such token, or it ended, or its person left. The database is then told that the public looks.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A viewer is set inside a transaction only.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT token_id, person_id, organisation_id, role, name, key FROM app_look_by_token(%s)",
            [digest],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    token, person, organisation, role, name, key = row
    narrowed = Viewer("token", token, {organisation: role}, {organisation: name}, keys={organisation: key})
    return narrowed, person


@dataclass(frozen=True, slots=True)
class FeedLook:
    """What a live feed shows. query: of its saved view, as the address of the list says it."""

    feed_id: int
    organisation_id: int
    person_id: int
    subject: str
    campaign_id: int | None
    query: str
    name: str
    coalition_id: int | None


def look_by_feed(digest: bytes, using: str = "default") -> tuple[Viewer, FeedLook] | None:
    """Tell the database that the holder of a live feed's address looks.

    None: no such feed, or it was revoked, its person left or was closed, its view is no longer theirs, its stay in the
    coalition ended. The database is then told that the public looks.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A viewer is set inside a transaction only.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT feed_id, organisation_id, person_id, subject, campaign_id, query, name, coalition_id "
            "FROM app_look_by_feed(%s)",
            [digest],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    found = FeedLook(*row)
    return Viewer("feed", found.feed_id, {found.organisation_id: "viewer"}), found


def tell_database(viewer: Viewer, using: str = "default") -> None:
    """Set the viewer for the rest of the current transaction. Never a session `SET`: it leaks through a pooler."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A viewer is set inside a transaction only.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.viewer', %s, true)", [viewer.key])


@contextmanager
def viewing(viewer: Viewer, using: str = "default") -> Iterator[Viewer]:
    """One transaction, seen by one viewer. Nested: the outer viewer is put back at the end."""
    # What is set for a transaction ends with it: the outermost has nothing to put back.
    outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('app.viewer', true), set_config('app.viewer', %s, true)", [viewer.key]
            )
            before = cursor.fetchone()[0] or ""
        yield viewer
        if not outermost:
            with connections[using].cursor() as cursor:
                cursor.execute("SELECT set_config('app.viewer', %s, true)", [before])


@contextmanager
def viewing_as(person: Person, using: str = "default") -> Iterator[Viewer]:
    """`viewing` for a person, with the memberships read inside."""
    with viewing(Viewer("person", person.pk), using):
        yield look_as(person, using)


@contextmanager
def glancing_as(person: Person, back_to: Viewer, using: str = "default") -> Iterator[Viewer]:
    """`viewing_as` for a look inside somebody's transaction, without a savepoint: a database error ends the whole."""
    viewer = look_as(person, using)
    try:
        yield viewer
    finally:
        if connections[using].connection is not None and not connections[using].needs_rollback:
            with suppress(DatabaseError):
                tell_database(back_to, using)


@contextmanager
def looking_as_if(owner: Viewer, home: int, who: AsIf | None, using: str = "default") -> Iterator[Viewer]:
    """Inside an owner's transaction: all that is read is read as the other, and all that is written is undone.

    who: None is the public. The database refuses whoever does not own `home`, and whomever `home` cannot share with.
    """
    if not owner.may_own(home) or (who is not None and who.home != home):
        raise PermissionError("Only an owner looks as somebody else.")
    kind, of, tier = (who.kind, who.id, who.tier) if who is not None else ("public", 0, 0)
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT app_look_as_if(%s, %s, %s, %s)", [home, kind, of, tier])
        try:
            yield PUBLIC if who is None else Viewer("as-if", as_if=who)
        finally:
            # Going back to the savepoint also puts the owner back as the viewer.
            transaction.set_rollback(True, using=using)


def live_shares(
    viewer: Viewer, level: Level = Level.STATUS, *, public: bool | None = None
) -> models.QuerySet[Any]:
    """Grants that reach the viewer now, at this level. public: only those to the public, or only the others."""
    from .coalitions import CoalitionMember
    from .shares import Guest, Share

    grantees = Q(grantee_kind="public") if public is not False else Q(pk=None)
    if public is not True and viewer.kind == "person":
        grantees |= Q(grantee_kind="person", grantee_id=viewer.id)
        grantees |= Q(grantee_kind="guest", guest__in=Guest.objects.of_person(viewer.id))
    if public is not True and viewer.as_if is not None:
        grantees |= _granted_to(viewer.as_if)
    if public is not True and viewer.roles:
        grantees |= Q(grantee_kind="organisation", grantee_id__in=viewer.organisations)
        # Both are in it now: whoever granted, by the stay they granted in, and one of the viewer's.
        together = CoalitionMember.objects.live().filter(
            organisation_id__in=viewer.organisations, tier__gte=OuterRef("tier"), coalition=OuterRef("grantee_id")
        )
        grantees |= Q(Exists(together), grantee_kind="coalition", stay__left_at=None)
    live = Share.objects.filter(
        grantees,
        Q(until_at=None) | Q(until_at__gt=Now()),
        Q(embargo_until=None) | Q(embargo_until__lte=Now()),
        revoked_at=None,
        from_at__lte=Now(),
    )
    match level:
        case Level.CORRESPONDENCE:
            return live.filter(Q(correspondence=True) | Q(everything=True))
        case Level.DOCUMENTS:
            return live.filter(Q(documents=True) | Q(everything=True))
        case Level.EVERYTHING:
            return live.filter(everything=True)
    return live


def _granted_to(who: AsIf) -> Q:
    from .coalitions import CoalitionMember

    if who.kind == "guest":
        return Q(organisation_id=who.home, grantee_kind="guest", guest=who.id)
    by_stay = Q(organisation_id=who.home, grantee_kind="coalition", stay__left_at=None)
    if who.kind == "coalition":
        return by_stay & Q(grantee_id=who.id, tier__lte=who.tier, stay__coalition__dissolved_at=None)
    theirs = CoalitionMember.objects.live().filter(
        organisation=who.id, tier__gte=OuterRef("tier"), coalition=OuterRef("grantee_id")
    )
    return Q(organisation_id=who.home, grantee_kind="organisation", grantee_id=who.id) | (
        by_stay & Q(Exists(theirs))
    )


class Grant(NamedTuple):
    """What one live share shows, to whom: the public or not."""

    public: bool
    of_campaign: bool
    correspondence: bool
    documents: bool
    everything: bool

    def shows(self, level: Level) -> bool:
        match level:
            case Level.CORRESPONDENCE:
                return self.correspondence or self.everything
            case Level.DOCUMENTS:
                return self.documents or self.everything
            case Level.EVERYTHING:
                return self.everything
        return True


@dataclass(frozen=True, slots=True)
class Reach:
    """By what one request reaches a viewer. campaign_grants: those of its campaign, held back or not."""

    request: int
    campaign: int | None
    own: bool
    grants: tuple[Grant, ...] = ()
    campaign_grants: tuple[Grant, ...] = ()

    def __bool__(self) -> bool:
        return self.own or bool(self.grants)

    def by(self, *, public: bool, level: Level) -> bool:
        return any(grant.shows(level) and grant.public is public for grant in self.grants)


def with_grants(requests: models.QuerySet[Any], viewer: Viewer) -> models.QuerySet[Any]:
    """Requests, each with the live grants of it and of its campaign that reach the viewer: for `reach_of`."""
    of_it = Q(request=OuterRef("pk")) | Q(campaign=OuterRef("campaign_id"))
    grants = live_shares(viewer).filter(of_it, organisation=OuterRef("organisation_id"))
    said = JSONObject(
        kind="grantee_kind", campaign="campaign_id", correspondence="correspondence", documents="documents",
        everything="everything",
    )  # fmt: skip
    return requests.annotate(seen_grants=ArraySubquery(grants.values(found=said)))


def reach_of(viewer: Viewer, found: Any) -> Reach:
    """Of a row of `with_grants`. What is false has nothing to show, and is to be answered as what is not there."""
    shown = ("correspondence", "documents", "everything")
    grants = [
        Grant(one["kind"] == "public", one["campaign"] is not None, *(one[name] for name in shown))
        for one in found.seen_grants
    ]
    return Reach(
        found.pk,
        found.campaign_id,
        viewer.belongs_to(found.organisation_id),
        tuple(grant for grant in grants if not (grant.of_campaign and found.held_back)),
        tuple(grant for grant in grants if grant.of_campaign),
    )


class ContentQuerySet(models.QuerySet[Any]):
    """Base of every queryset over content. `to_request` leads from the row to its request (empty: it is one)."""

    to_request = "request__"
    level = Level.STATUS

    def for_partners(self) -> Q:
        """Which rows of a shared request a partner reads; a table narrows it where some rows are ours alone."""
        return Q()

    def for_public(self) -> Q:
        """Which rows of a published request the public reads: its own projection, never the partners' view."""
        return self.for_partners()

    def visible_to(self, viewer: Viewer, at_least: Level | None = None) -> Self:
        """Rows the viewer may see, at this table's own level or a higher one: the union of the grants."""
        if viewer.kind == "schedule":
            return self.none()
        level = max(at_least or Level.STATUS, self.level)
        partner = viewer.kind in ("person", "token", "feed", "as-if")
        if partner and self.for_public() == self.for_partners():
            reached = self._shared(live_shares(viewer, level)) & self.for_partners()
        else:
            reached = self._shared(live_shares(viewer, level, public=True)) & self.for_public()
            if partner:
                reached |= self._shared(live_shares(viewer, level, public=False)) & self.for_partners()
        if viewer.roles:
            reached |= Q(organisation_id__in=viewer.organisations)
        return self.filter(reached)

    def within(self, reach: Reach) -> Self:
        """Rows of the one request: `visible_to`, where what reaches the viewer of it has been asked already."""
        rows = self.filter(**{self.to_request.removesuffix("__") or "pk": reach.request})
        if reach.own:
            return rows
        ways = [
            which()
            for public, which in ((False, self.for_partners), (True, self.for_public))
            if reach.by(public=public, level=self.level)
        ]
        if not ways:
            return rows.filter(pk=None)
        # An empty Q is every row; beside another it would only fall out.
        return rows.filter(reduce(or_, ways)) if all(ways) else rows

    def _shared(self, shares: models.QuerySet[Any]) -> Q:
        prefix = self.to_request
        # By sets, not row by row: what is granted by request is a small list, read once a statement.
        requests = shares.filter(request__isnull=False).values("request")
        by_request = Q(**{"request__in" if prefix == "request__" else f"{prefix}pk__in": requests})
        by_campaign = Exists(
            shares.filter(
                campaign_id=OuterRef(f"{prefix}campaign_id"), organisation_id=OuterRef("organisation_id")
            )
        )
        return by_request | Q(Q(**{f"{prefix}held_back": False}) & Q(by_campaign))

    def reached_by(self, shares: models.QuerySet[Any]) -> Self:
        """What these grants show, whoever asks: to tell beforehand what the end of some of them would take away."""
        return self.filter(self._shared(shares))

    def of_organisation(self, viewer: Viewer) -> Self:
        """Rows of the viewer's own organisations only: the work lists."""
        return self.filter(organisation_id__in=viewer.organisations)

    def editable_by(self, viewer: Viewer) -> Self:
        return self.filter(organisation_id__in=viewer.editable)


class OwnQuerySet(models.QuerySet[Any]):
    """Rows that no share reaches: import batches, files, audit, reminders."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(organisation_id__in=viewer.organisations)

    def of_organisation(self, viewer: Viewer) -> Self:
        return self.visible_to(viewer)

    def editable_by(self, viewer: Viewer) -> Self:
        return self.filter(organisation_id__in=viewer.editable)


class OrganisationQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(pk__in=viewer.organisations)

    def editable_by(self, viewer: Viewer) -> Self:
        return self.filter(pk__in=viewer.editable)
