"""Mails to guests on the share board, and the page behind the link in such a mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app.actions import guest_mail as acts
from requests_app.actions import share_board
from requests_app.actions.refusals import Refused
from requests_app.models import Share
from requests_app.queries.share_board import Line, Subject

from .invitations import INVITED, VERIFIED, too_often
from .paging import posted
from .shell import Looking, reader_zone

SAID = {
    "planned": gettext_lazy("on its way"),
    "sent": gettext_lazy("sent"),
    "failed": gettext_lazy("could not be sent"),
}


def rows_of(lines: Iterable[Line], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Guests who are shared with now, and how the mail to each fares. Whether they read it is not known here."""
    found = []
    for line in lines:
        if line.share is None or line.grantee.kind != Share.Grantee.GUEST:
            continue
        mail = getattr(line.share, "guest_mail", None)
        found.append(
            {
                "key": line.grantee.key,
                "name": line.grantee.name,
                "shown_as": mail.shown_as if mail else "",
                "state": SAID[mail.mail_state] if mail else _("none has gone out"),
                "failed": mail is not None and mail.mail_state == "failed",
                "at": mail.mail_sent_at.astimezone(zone) if mail and mail.mail_sent_at else None,
            }
        )
    return found


def resend(request: Looking, subject: Subject) -> None:
    share = _share(request, subject)
    acts.resend(viewer=request.viewer, share=share, actor=request.user, now=request.now)
    messages.success(
        request, _("A new mail is on its way; the link in the one before does not work any more.")
    )


def end(request: Looking, subject: Subject) -> None:
    share_board.end(viewer=request.viewer, share=_share(request, subject), actor=request.user)
    messages.success(request, _("The share is ended. The link in the mail does not work any more."))


def _share(request: Looking, subject: Subject) -> Share:
    of = {"campaign": subject.pk} if subject._meta.model_name == "campaign" else {"request": subject.pk}
    key = posted(request, "guest", 20).removeprefix("g-")
    rows = Share.objects.visible_to(request.viewer).filter(
        organisation=subject.organisation_id, grantee_kind=Share.Grantee.GUEST, guest__public_id=key, **of
    )
    # One that stands, else the last that did: then the refusal says that it is over.
    row = rows.filter(revoked_at=None).first() or rows.order_by("-revoked_at").first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def guest_link(request: Looking, token: str) -> HttpResponse:
    """Reading the page does nothing: programs that look at mail open every link in it."""
    if too_often(request):
        return render(request, "429.html", status=429)
    shared = acts.look(token)
    if shared is None:
        return _refused(request, acts.gone())
    if request.method != "POST":
        context = {
            "shared": shared,
            "is_campaign": shared.kind == "campaign",
            "until": (shared.until - dt.timedelta(microseconds=1)).astimezone(reader_zone(request)),
            "signed_in": request.viewer.kind == "person",
            "noindex": True,
        }
        return render(request, "guest_link.html", context)
    if request.viewer.kind == "person":
        try:
            shared = acts.follow(token=token, actor=request.user)
        except Refused as refused:
            return _refused(request, refused)
        return _to(reverse(shared.kind, args=[shared.subject]))
    if posted(request, "step") == "new":
        # Who holds the link reads that mailbox: an account made now, for that address, needs no second proof of it.
        request.session[INVITED] = True
        request.session[VERIFIED] = shared.email
        return redirect_to_login(request.get_full_path(), reverse("account_signup"))
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


guest_link.own_refusals = True  # type: ignore[attr-defined]


def _to(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


def _refused(request: Looking, refused: Refused) -> HttpResponse:
    context = {"refused": refused.sentence, "other": refused.code == "other_address", "noindex": True}
    return render(request, "guest_link_gone.html", context, status=refused.status)


urlpatterns = [path("invitations/guest/<str:token>/", guest_link, name="guest-link")]
