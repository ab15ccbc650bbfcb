"""The mail to a guest for programs: sent again with a new link."""

from __future__ import annotations

from django.http import Http404
from django.urls import path

from requests_app.actions import guest_mail as acts
from requests_app.models import Share

from .base import Answer, operation
from .share_board import BoardView, SharesShape


class CampaignGuestMailView(BoardView):
    @operation("campaign-shares-guest-mail", "Send the mail to a guest of a campaign again", answer=SharesShape)
    def post(self, pid: str, key: str) -> Answer:
        """A new link; the one before is dead. `key` is the `grantee` of the guest's row."""
        return _again(self, pid, key)


class RequestGuestMailView(BoardView):
    kind = "request"

    @operation("request-shares-guest-mail", "Send the mail to a guest of a request again", answer=SharesShape)
    def post(self, pid: str, key: str) -> Answer:
        """A new link; the one before is dead. `key` is the `grantee` of the guest's row."""
        return _again(self, pid, key)


def _again(view: BoardView, pid: str, key: str) -> Answer:
    subject = view.subject(pid, acting=True)
    share = (
        Share.objects.visible_to(view.viewer)
        .filter(organisation=subject.organisation_id, guest__public_id=key.removeprefix("g-"), revoked_at=None)
        .filter(**{view.kind: subject.pk})
        .first()
    )
    if share is None:
        raise Http404
    acts.resend(viewer=view.viewer, share=share, actor=view.actor, now=view.now)
    return view.shown(subject)


urlpatterns = [
    path("campaigns/<slug:pid>/shares/guests/<slug:key>/mail/", CampaignGuestMailView.door(),
         name="api-campaign-shares-guest-mail"),
    path("requests/<slug:pid>/shares/guests/<slug:key>/mail/", RequestGuestMailView.door(),
         name="api-request-shares-guest-mail"),
]  # fmt: skip
