"""Comments on requests and campaigns for programs: read by audience, written as the person's right says."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers

from requests_app.actions import comments as acts
from requests_app.queries import comments as queries
from requests_app.queries.comments import Shown
from requests_app.queries.share_board import Subject

from .base import Answer, ApiView, Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

NEWEST = ("-said_at", "-public_id")
AUDIENCES = list(queries.TABLES)


class CommentShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    audience = serializers.ChoiceField(AUDIENCES)
    text = serializers.CharField(allow_null=True, help_text="null: withdrawn.")
    name = serializers.CharField(help_text="Of the organization, as you know it; empty where you know none.")
    by = serializers.ChoiceField([queries.THE_OWNER, queries.A_PARTNER, queries.A_GUEST])
    person = serializers.CharField(help_text="Of your own organization only.")
    said_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    privileged = serializers.BooleanField()
    circle = serializers.CharField(help_text="The name of those who read a privileged one, too.")
    version = serializers.IntegerField(help_text="Send it back as seen_version.")


class CommentsAsked(PageAsked):
    audience = serializers.ChoiceField(
        AUDIENCES, required=False, help_text="Left out: partners where you read them, else the public."
    )


class CommentGiven(Given):
    audience = serializers.ChoiceField(AUDIENCES)
    text = Words(max_length=acts.TEXT_MAX)
    privileged = serializers.BooleanField(
        required=False, default=False, help_text="Of a private one; by session, never by token."
    )
    circle = Words(
        max_length=12,
        required=False,
        allow_blank=True,
        default="",
        help_text="Who reads a privileged one, too.",
    )


class CommentChanged(Given):
    text = Words(max_length=acts.TEXT_MAX)
    seen_version = serializers.IntegerField(min_value=1, max_value=2**15 - 1)


EXAMPLE = {"audience": "partners", "text": "They sent us the same letter."}
CHANGE = {"text": "They sent us the same letter, on Monday.", "seen_version": 1}


class CommentsView(ApiView):
    kind = "request"

    def subject(self, pid: str) -> Subject:
        found = queries.subject_of(self.viewer, self.kind, pid)
        if found is None:
            raise Http404
        return found

    def listed(self, asked: dict[str, Any], pid: str) -> Answer:
        subject = self.subject(pid)
        known = queries.audiences(self.viewer, subject)
        audience = asked.get("audience") or ("partners" if "partners" in known else "public")
        if audience not in known:
            raise Http404
        rows = queries.rows(self.viewer, subject, audience)

        def read(place: Place, limit: int) -> Walked:
            page = walk(rows, NEWEST, place, limit)
            return Walked(queries.shown(self.viewer, subject, audience, page.rows), page.further, page.count)

        return paged(
            self.request, asked, NEWEST, read, lambda one: _shown(one, audience),
            of=lambda one, name: getattr(one.row, name),
        )  # fmt: skip

    def said(self, given: dict[str, Any], pid: str) -> Answer:
        subject = self.subject(pid)
        made = acts.say(viewer=self.viewer, subject=subject, actor=self.actor, once=self.once, **given)
        [told] = queries.shown(self.viewer, subject, given["audience"], [made])
        return _shown(told, given["audience"])

    def changed(self, given: dict[str, Any], pid: str, key: str) -> Answer:
        subject = self.subject(pid)
        found = queries.thread(self.viewer, subject, key)
        if found is None:
            raise Http404
        made = acts.change(
            viewer=self.viewer,
            subject=subject,
            audience=found[0],
            comment=found[1],
            actor=self.actor,
            **given,
        )
        [told] = queries.shown(self.viewer, subject, found[0], [made])
        return _shown(told, found[0])

    def withdrawn(self, pid: str, key: str) -> Answer:
        subject = self.subject(pid)
        found = queries.thread(self.viewer, subject, key)
        if found is None:
            raise Http404
        acts.withdraw(
            viewer=self.viewer, subject=subject, audience=found[0], comment=found[1], actor=self.actor
        )
        return {"done": True}


class RequestCommentsView(CommentsView):
    @operation("request-comments", "Comments on a request", asked=CommentsAsked, answer=page_of(CommentShape))
    def get(self, asked: dict[str, Any], pid: str) -> Answer:
        """One audience, the newest first."""
        return self.listed(asked, pid)

    @operation(
        "request-comment-add", "Comment on a request", body=CommentGiven, answer=CommentShape, status=201,
        example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Editors to their own and to partners, owners to the public; partners and guests by a right."""
        return self.said(given, pid)


class CampaignCommentsView(CommentsView):
    kind = "campaign"

    @operation(
        "campaign-comments", "Comments on a campaign", asked=CommentsAsked, answer=page_of(CommentShape)
    )
    def get(self, asked: dict[str, Any], pid: str) -> Answer:
        """One audience, the newest first."""
        return self.listed(asked, pid)

    @operation(
        "campaign-comment-add", "Comment on a campaign", body=CommentGiven, answer=CommentShape, status=201,
        example=EXAMPLE,
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> Answer:
        """Editors to their own and to partners, owners to the public; partners and guests by a right."""
        return self.said(given, pid)


class RequestCommentView(CommentsView):
    @operation(
        "request-comment-change", "Change a comment", body=CommentChanged, answer=CommentShape, example=CHANGE
    )
    def patch(self, given: dict[str, Any], pid: str, key: str) -> Answer:
        """Whoever said it, in person. What it said before is kept."""
        return self.changed(given, pid, key)

    @operation("request-comment-withdraw", "Withdraw a comment", answer=Done)
    def delete(self, pid: str, key: str) -> Answer:
        """Whoever said it, in person, or an owner of the request. Nobody outside reads it any more."""
        return self.withdrawn(pid, key)


class CampaignCommentView(CommentsView):
    kind = "campaign"

    @operation(
        "campaign-comment-change",
        "Change a comment",
        body=CommentChanged,
        answer=CommentShape,
        example=CHANGE,
    )
    def patch(self, given: dict[str, Any], pid: str, key: str) -> Answer:
        """Whoever said it, in person. What it said before is kept."""
        return self.changed(given, pid, key)

    @operation("campaign-comment-withdraw", "Withdraw a comment", answer=Done)
    def delete(self, pid: str, key: str) -> Answer:
        """Whoever said it, in person, or an owner of the campaign. Nobody outside reads it any more."""
        return self.withdrawn(pid, key)


def _shown(one: Shown, audience: str) -> Answer:
    row = one.row
    return {
        "id": row.thread,
        "audience": audience,
        "text": one.text if row.withdrawn_at is None else None,
        "name": one.name,
        "by": one.known_as,
        "person": one.person,
        "said_at": row.said_at,
        "changed_at": row.written_at if row.version > 1 else None,
        "withdrawn_at": row.withdrawn_at,
        "privileged": getattr(row, "privileged", False),
        "circle": one.circle,
        "version": row.version,
    }


urlpatterns = [
    path("requests/<slug:pid>/comments/", RequestCommentsView.door(), name="api-request-comments"),
    path("requests/<slug:pid>/comments/<slug:key>/", RequestCommentView.door(), name="api-request-comment"),
    path("campaigns/<slug:pid>/comments/", CampaignCommentsView.door(), name="api-campaign-comments"),
    path(
        "campaigns/<slug:pid>/comments/<slug:key>/", CampaignCommentView.door(), name="api-campaign-comment"
    ),
]
