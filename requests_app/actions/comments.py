"""Comments on a request or a campaign: said to one's own organization, to partners, or to everybody."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.models import Campaign, CommentAuthor, PartnerComment, Person, PrivateComment, PublicComment
from requests_app.models.ids import public_id
from requests_app.models.visibility import Viewer
from requests_app.queries import comments as queries
from requests_app.queries import privilege as queries_of_circles
from requests_app.queries.comments import Audience
from requests_app.queries.share_board import Subject

from . import audit
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit, must_own

TEXT_MAX = 10_000
PUBLIC_OWNERS = "Only an owner of the organization speaks to the public for it."


def say(
    *,
    viewer: Viewer,
    subject: Subject,
    audience: Audience,
    text: str,
    actor: Person,
    once: str,
    privileged: bool = False,
    circle: str = "",
) -> PrivateComment | PartnerComment | PublicComment:
    """Sent twice it is said once. circle: who reads a privileged one beside owners and its author, by its id."""
    fields = _allowed(viewer, subject, audience, actor) | _privileged(
        viewer, subject, audience, privileged, circle
    )
    text = _said(text)
    of = {"campaign": subject} if isinstance(subject, Campaign) else {"request": subject}
    table = queries.TABLES[audience]
    try:
        with transaction.atomic():
            thread = public_id()
            if audience == "partners":
                # First: the wall of a partner's own words asks who said them.
                CommentAuthor.objects.create(
                    thread=thread, organisation_id=fields.get("said_by_id"), person=actor
                )
            made = table.objects.create(
                organisation_id=subject.organisation_id, **of, **fields, text=text, thread=thread,
                once=checked_once(once),
            )  # fmt: skip
    except IntegrityError as problem:
        if "_an_act" not in str(problem):
            raise
        again = (
            table.objects.visible_to(viewer).filter(organisation=subject.organisation_id, once=once).first()
        )
        if again is None:
            raise Refused("once_taken", "The form has lost its key; open it again.", field="once") from None
        return again
    if audience == "public":
        _log("comment.published", made, subject, actor)
    return made


def change(
    *,
    viewer: Viewer,
    subject: Subject,
    audience: Audience,
    comment: Any,
    text: str,
    actor: Person,
    seen_version: int,
) -> Any:
    """A new version of the thread; what it said before is kept, and read by the owner's people alone."""
    fields = _allowed(viewer, subject, audience, actor)
    _must_be_theirs(viewer, audience, comment, actor)
    if audience == "private":
        fields |= {"privileged": comment.privileged, "circle_id": comment.circle_id}
    text = _said(text)
    with transaction.atomic():
        current = _locked(viewer, comment)
        if current.version != seen_version:
            raise Refused(
                "stale",
                "This comment was changed since you opened it. Open it again, then change it.",
                status=409,
            )
        if current.text == text:
            return current
        _only_one(type(current).objects.filter(pk=current.pk).update(superseded_at=Now()))
        of = {"campaign": subject} if isinstance(subject, Campaign) else {"request": subject}
        made = type(current).objects.create(
            organisation_id=subject.organisation_id, **of, **fields, text=text, thread=current.thread,
            version=current.version + 1, said_at=current.said_at,
        )  # fmt: skip
    if audience == "public":
        _log("comment.changed", made, subject, actor)
    return made


def withdraw(*, viewer: Viewer, subject: Subject, audience: Audience, comment: Any, actor: Person) -> None:
    """By whoever said it, or by an owner of the subject. Nobody outside reads it from here on."""
    if not viewer.may_own(subject.organisation_id):
        _allowed(viewer, subject, audience, actor)
        _must_be_theirs(viewer, audience, comment, actor)
    with transaction.atomic():
        current = _locked(viewer, comment)
        _only_one(type(current).objects.filter(pk=current.pk).update(withdrawn_at=Now()))
    if viewer.may_own(subject.organisation_id) and audience != "private":
        _log("comment.withdrawn", current, subject, actor)


def _allowed(viewer: Viewer, subject: Subject, audience: Audience, actor: Person) -> dict[str, Any]:
    """What a row says of its author; refused for who may not write there."""
    home = subject.organisation_id
    if audience == "private":
        must_edit(viewer, home)
        return {"author": actor}
    if audience == "public":
        must_own(viewer, home, PUBLIC_OWNERS)
        if not queries.is_published(subject):
            raise Refused(
                "not_published", "This is not published, so nobody would read it. Publish it first."
            )
        return {}
    if viewer.belongs_to(home):
        must_edit(viewer, home)
        return {"said_by_id": home}
    right = queries.right_of(viewer, subject)
    if right is not None:
        return {
            "said_by_id": right.partner_id, "right_id": right.pk, "stay_id": right.stay_id, "guest_id": right.guest_id,
        }  # fmt: skip
    if "partners" not in queries.audiences(viewer, subject):
        raise NotYours
    raise Refused(
        "right_missing", "You only read here. Ask whoever shares this for the right to comment.", status=403
    )


def _privileged(
    viewer: Viewer, subject: Subject, audience: Audience, privileged: bool, circle: str
) -> dict[str, Any]:
    if not privileged:
        if circle:
            raise Refused(
                "not_privileged", "Only a privileged comment names who else reads it.", field="circle"
            )
        return {}
    if audience != "private":
        raise Refused(
            "privileged_is_private", "What is said to others is not privileged. Say it to your own organization.",
            field="privileged",
        )  # fmt: skip
    if viewer.kind != "person":
        raise Refused(
            "people_only",
            "Programs neither read nor write what is privileged.",
            field="privileged",
            status=403,
        )
    if not circle:
        return {"privileged": True}
    found = queries_of_circles.circle(viewer, subject.organisation_id, circle)
    if found is None:
        raise Refused("circle_unknown", "Choose counsel or a group of your organization.", field="circle")
    return {"privileged": True, "circle_id": found.pk}


def _must_be_theirs(viewer: Viewer, audience: Audience, comment: Any, actor: Person) -> None:
    if audience == "public":
        return
    if audience == "private":
        mine = comment.author_id == actor.pk
    else:
        mine = CommentAuthor.objects.visible_to(viewer).filter(thread=comment.thread, person=actor).exists()
    if not mine or viewer.kind != "person":
        raise Refused("author_only", "Only whoever said it may change or withdraw it.", status=403)


def _locked(viewer: Viewer, comment: Any) -> Any:
    current = (
        type(comment)
        .objects.visible_to(viewer)
        .select_for_update(of=("self",))
        .filter(organisation=comment.organisation_id, thread=comment.thread, superseded_at=None)
        .first()
    )
    if current is None:
        raise NotYours
    if current.withdrawn_at is not None:
        raise Refused("comment_withdrawn", "This comment was withdrawn meanwhile.", status=409)
    return current


def _only_one(written: int) -> None:
    if written != 1:
        raise NotYours


def _said(text: str) -> str:
    return clean(text, code="comment", field="text", most=TEXT_MAX, missing="Write the comment first.")


def _log(act: str, comment: Any, subject: Subject, actor: Person) -> None:
    kind = "campaign" if isinstance(subject, Campaign) else "request"
    audit.record(
        act=act,
        subject=f"{kind} {subject.public_id}",
        organisation=subject.organisation,
        actor=actor,
        detail={"comment": comment.thread, "version": comment.version},
    )
