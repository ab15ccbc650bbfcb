"""Calendar feeds for programs that work by session: one's own, and for owners those of everybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import path, reverse
from rest_framework import serializers

from requests_app.actions import feeds as acts
from requests_app.models import CalendarFeed, Campaign, CoalitionMember, SavedView

from .base import Given, Words, operation, page_of
from .owners import HERE, OrganisationView
from .paging import PageAsked, Place, Walked, paged, walk
from .work import Done

NEWEST = ("-created_at", "-public_id")


class FeedShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    shows = serializers.ChoiceField(CalendarFeed.Subject.values)
    campaign = serializers.CharField(help_text="Its id, where the feed shows one.")
    coalition = serializers.CharField(help_text="Its id, where the feed shows what partners share there.")
    by = serializers.CharField(help_text="Address of who made it, as whom it reads.")
    created_at = serializers.DateTimeField()
    last_fetched_at = serializers.DateTimeField(allow_null=True, help_text="To the quarter of an hour.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class MadeFeedShape(FeedShape):
    url = serializers.CharField(help_text="The address for the calendar. It is told this one time.")


class FeedGiven(Given):
    shows = serializers.ChoiceField(CalendarFeed.Subject.values)
    name = Words(max_length=200)
    campaign = Words(
        required=False, allow_blank=True, default="", max_length=12, help_text="Id; shows: campaign."
    )
    view = Words(required=False, allow_blank=True, default="", max_length=12, help_text="Id; shows: view.")
    coalition = Words(
        required=False, allow_blank=True, default="", max_length=12, help_text="Id; shows: coalition."
    )


class FeedsView(OrganisationView):
    @operation(
        "feeds",
        "Calendar feeds of yours; for owners, of everybody",
        asked=PageAsked,
        answer=page_of(FeedShape),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any], pid: str) -> dict[str, Any]:
        """The newest first, revoked ones too. An address is told nowhere; a token has no feeds."""
        rows = CalendarFeed.objects.visible_to(self.viewer).filter(organisation=self.own(pid))

        def read(place: Place, limit: int) -> Walked:
            return walk(rows.select_related("person", "campaign", "stay__coalition"), NEWEST, place, limit)

        return paged(self.request, asked, NEWEST, read, _shown)

    @operation(
        "feed-make",
        "Make a calendar feed for yourself",
        body=FeedGiven,
        answer=MadeFeedShape,
        status=201,
        plain=True,
        example={"shows": "person", "name": "My due days"},
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """By session, after a fresh proof. The answer alone holds the address; the same `Idempotency-Key` again is
        told that the feed was made, not its address."""
        organisation = self.acting_member(pid)
        campaigns, views = Campaign.objects.visible_to(self.viewer), SavedView.objects.visible_to(self.viewer)
        stays = CoalitionMember.objects.live().filter(organisation=organisation)
        feed, secret = acts.make_feed(
            viewer=self.viewer,
            organisation=organisation,
            actor=self.actor,
            subject=given["shows"],
            name=given["name"],
            once=self.once,
            campaign=campaigns.filter(public_id=given["campaign"]).first() if given["campaign"] else None,
            view=views.filter(public_id=given["view"]).first() if given["view"] else None,
            stay=stays.filter(coalition__public_id=given["coalition"]).first() if given["coalition"] else None,
        )
        feed.refresh_from_db()
        return _shown(feed) | {"url": settings.BASE_URL + reverse("feed", args=[secret])}


class FeedView(OrganisationView):
    @operation("feed-revoke", "Revoke a calendar feed", answer=Done)
    def delete(self, pid: str, key: str) -> dict[str, Any]:
        """It shows nothing from here on; a second time changes nothing. One's own, or as an owner anybody's."""
        rows = CalendarFeed.objects.visible_to(self.viewer).filter(organisation=self.own(pid))
        feed = self.found(rows.select_related("organisation"), public_id=key)
        acts.revoke_feed(viewer=self.viewer, feed=feed, actor=self.actor)
        return {"done": True}


def _shown(row: CalendarFeed) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "shows": row.subject,
        "campaign": row.campaign.public_id if row.campaign is not None else "",
        "coalition": row.stay.coalition.public_id if row.stay is not None else "",
        "by": row.person.email,
        "created_at": row.created_at,
        "last_fetched_at": row.last_fetched_at,
        "revoked_at": row.revoked_at,
    }


urlpatterns = [
    path(f"{HERE}/feeds/", FeedsView.door(), name="api-feeds"),
    path(f"{HERE}/feeds/<slug:key>/", FeedView.door(), name="api-feed"),
]
