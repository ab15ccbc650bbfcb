"""The comments of a request or a campaign that a viewer reads, with who said them as far as the viewer may know."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from django.db import connection
from django.db.models import QuerySet

from requests_app.models import (
    Campaign,
    CoalitionMember,
    CommentAuthor,
    Guest,
    JointRight,
    JointRightNote,
    PartnerComment,
    Person,
    PrivateComment,
    PrivilegedCircle,
    PublicComment,
    RecordsRequest,
)
from requests_app.models.visibility import Viewer, live_shares

from . import joint_rights
from .masking import Identity, identities, identities_of, masked
from .share_board import Subject

PAGE = 50
Audience: TypeAlias = Literal["private", "partners", "public"]
TABLES: dict[Audience, Any] = {
    "private": PrivateComment, "partners": PartnerComment, "public": PublicComment,
}  # fmt: skip
# The owner of the subject, for readers who know no name of it; a partner, a guest, likewise.
THE_OWNER, A_PARTNER, A_GUEST = "owner", "partner", "guest"


@dataclass(frozen=True, slots=True)
class Shown:
    """name: who said it, or empty where the viewer knows none; then `known_as` says what they are. person: of the
    viewer's own organization only. mine: the viewer may change it; may_end: or take it down."""

    row: Any
    text: str
    name: str
    known_as: str
    person: str
    mine: bool
    may_end: bool
    circle: str = ""


def subject_of(viewer: Viewer, kind: str, public_id: str) -> Subject | None:
    table: Any = Campaign if kind == "campaign" else RecordsRequest
    found: Subject | None = table.objects.visible_to(viewer).filter(public_id=public_id).first()
    return found


def audiences(viewer: Viewer, subject: Subject) -> list[Audience]:
    """Those that the viewer reads of."""
    if viewer.belongs_to(subject.organisation_id):
        return ["private", "partners", "public"]
    shares = live_shares(viewer, public=False)
    shared = (
        type(subject).objects.filter(pk=subject.pk).reached_by(shares).exists()
        if viewer.kind != "public"
        else False
    )
    found: list[Audience] = ["partners", "public"] if shared else ["public"]
    # Counsel, and a common-interest group, from outside: where something privileged is theirs to read.
    return (
        ["private", *found]
        if viewer.kind == "person" and rows(viewer, subject, "private").exists()
        else found
    )


def is_published(subject: Subject) -> bool:
    shares = live_shares(Viewer("public"), public=True)
    return bool(type(subject).objects.filter(pk=subject.pk).reached_by(shares).exists())


def right_of(viewer: Viewer, subject: Subject) -> JointRight | None:
    return joint_rights.usable(viewer, subject, JointRight.Kind.COMMENT)


def rows(viewer: Viewer, subject: Subject, audience: Audience) -> QuerySet[Any]:
    """What stands, newest first. Whoever is told of withdrawn ones reads that there was one."""
    found: QuerySet[Any] = (
        TABLES[audience]
        .objects.visible_to(viewer)
        .standing()
        .filter(joint_rights.of(subject), organisation=subject.organisation_id)
        .order_by("-said_at", "-pk")
    )
    return found if viewer.belongs_to(subject.organisation_id) else found.filter(withdrawn_at=None)


def thread(viewer: Viewer, subject: Subject, key: str) -> tuple[Audience, Any] | None:
    for audience in audiences(viewer, subject):
        found = rows(viewer, subject, audience).filter(thread=key).first()
        if found is not None:
            return audience, found
    return None


def before(viewer: Viewer, row: Any) -> list[Any]:
    """Earlier versions, newest first, for whoever may read them."""
    found = type(row).objects.visible_to(viewer).filter(thread=row.thread, organisation=row.organisation_id)
    return list(found.exclude(superseded_at=None).order_by("-version"))


def shown(viewer: Viewer, subject: Subject, audience: Audience, some: Iterable[Any]) -> list[Shown]:
    """A page of rows: a fixed number of queries, whatever its length."""
    page = list(some)
    ours = viewer.belongs_to(subject.organisation_id)
    who = whose(subject) if page and not ours else ()

    def words(row: Any) -> str:
        return str(row.text) if ours or audience == "private" else masked(row.text, who)

    may_edit, may_own = viewer.may_edit(subject.organisation_id), viewer.may_own(subject.organisation_id)
    if audience != "partners":
        found = []
        authors = _names([row.author_id for row in page]) if audience == "private" else {}
        ids = [row.circle_id for row in page if getattr(row, "circle_id", None)]
        circles = dict(PrivilegedCircle.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
        for row in page:
            person = authors.get(getattr(row, "author_id", None) or 0, "") if ours else ""
            mine = may_own if audience == "public" else may_edit and row.author_id == _person(viewer)
            name = viewer.names.get(subject.organisation_id, "") if ours else ""
            stands = row.withdrawn_at is None
            found.append(
                Shown(
                    row,
                    words(row),
                    name,
                    THE_OWNER,
                    person,
                    mine and stands,
                    (mine or may_own) and stands,
                    circles.get(getattr(row, "circle_id", None) or 0, ""),
                )
            )
        return found
    names = _organisations(viewer, page)
    given = _granted_names(viewer, subject, page) if ours else {}
    guests = dict(
        Guest.objects.visible_to(viewer)
        .filter(pk__in={row.guest_id for row in page} - {None})
        .values_list("pk", "email")
    )
    said = {
        one.thread: one
        for one in CommentAuthor.objects.visible_to(viewer)
        .filter(thread__in=[row.thread for row in page])
        .select_related("person")
    }
    may_write = may_edit or (not ours and bool(page) and right_of(viewer, subject) is not None)
    found = []
    for row in page:
        author = said.get(row.thread)
        mine = author is not None and author.person_id == _person(viewer) and may_write
        stands = row.withdrawn_at is None
        if row.guest_id is not None:
            name, known_as = guests.get(row.guest_id, ""), A_GUEST
        else:
            name = names.get((row.said_by_id, row.stay_id)) or names.get((row.said_by_id, None), "")
            name = name or given.get(row.right_id, "")
            known_as = THE_OWNER if row.said_by_id == row.organisation_id else A_PARTNER
        person = str(author.person) if author is not None and author.organisation_id in viewer.roles else ""
        found.append(
            Shown(
                row,
                words(row),
                name,
                known_as,
                person,
                mine and stands,
                (mine or may_own) and stands,
            )
        )
    return found


def whose(subject: Subject) -> tuple[Identity, ...]:
    """Who is masked in words about the subject."""
    if isinstance(subject, RecordsRequest):
        return identities_of([subject.pk]).get(subject.pk, ())
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_campaign_identities(%s)::text", [subject.pk])
        return identities(json.loads(cursor.fetchone()[0]))


def _person(viewer: Viewer) -> int:
    """Programs change no comments of people: a token is nobody's author here."""
    return viewer.id if viewer.kind == "person" else -1


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {pk for pk in ids if pk}
    if not wanted:
        return {}
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=wanted)}


def _organisations(viewer: Viewer, page: list[Any]) -> dict[tuple[int, int | None], str]:
    """As they are called where the viewer meets them; the viewer's own by their own name."""
    authors = {row.said_by_id for row in page if row.said_by_id}
    found: dict[tuple[int, int | None], str] = {}
    stays = (
        CoalitionMember.objects.visible_to(viewer).filter(organisation__in=authors).order_by("left_at", "pk")
    )
    for stay in stays:
        found[stay.organisation_id, stay.pk] = stay.shown_as
        if stay.left_at is None:
            found.setdefault((stay.organisation_id, None), stay.shown_as)
    for pk in authors & set(viewer.roles):
        found = {key: name for key, name in found.items() if key[0] != pk} | {
            (pk, None): viewer.names.get(pk, "")
        }
    return found


def _granted_names(viewer: Viewer, subject: Subject, page: list[Any]) -> dict[int, str]:
    """What a partner was called when it was given the right: the owner keeps that when the partner has left."""
    ids = {row.right_id for row in page if row.right_id}
    notes = JointRightNote.objects.visible_to(viewer).filter(
        right__in=ids, organisation=subject.organisation_id
    )
    return dict(notes.values_list("right_id", "granted_to")) if ids else {}
