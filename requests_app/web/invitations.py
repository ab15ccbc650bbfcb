"""The page behind the link of an invitation."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app.actions import invitations as acts
from requests_app.actions.refusals import Refused

from .address import household, seen_address
from .current import work_in
from .members import MAY, NAMES
from .organisations import redirect
from .shell import Looking, reader_zone

TRIES = 60  # an hour, from one address; a link has 256 bits, so this keeps the log quiet rather than the door shut
# What `foia_tracker.accounts` reads: the holder of a link that stands may make an account.
INVITED, VERIFIED = "invited", "account_verified_email"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: Looking, token: str) -> HttpResponse:
    if too_often(request):
        return render(request, "429.html", status=429)
    asked = acts.look(token)
    signed_in = request.viewer.kind == "person"
    if request.method == "POST" and not signed_in:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        try:
            organisation_id, new = acts.accept(viewer=request.viewer, token=token, actor=request.user)
        except Refused as refused:
            return _gone(request, refused)
        work_in(request, organisation_id)
        words = _("Welcome. You work in this organization now.") if new else _("You belong here already.")
        messages.success(request, words)
        return redirect("settings")
    if asked is None:
        return _gone(request, acts.gone())
    if not signed_in:
        # Who holds the link reads that mailbox: an account made now, for that address, needs no second proof of it.
        request.session[INVITED] = True
        request.session[VERIFIED] = asked.email
    context = {
        "asked": asked,
        "until": asked.expires_at.astimezone(reader_zone(request)),
        "role": NAMES[asked.role],  # type: ignore[index]
        "may": MAY[asked.role],  # type: ignore[index]
        "signed_in": signed_in,
        "noindex": True,
    }
    return render(request, "invitation.html", context)


invitation.own_refusals = True  # type: ignore[attr-defined]


def _gone(request: Looking, refused: Refused) -> HttpResponse:
    context = {"refused": refused.sentence, "other": refused.code == "other_address", "noindex": True}
    return render(request, "invitation_gone.html", context, status=refused.status)


def too_often(request: Looking) -> bool:
    mark = salted_hmac("invitation", household(seen_address(request)), secret=settings.SECRET_KEY).hexdigest()
    key = f"invitation:{mark}"
    cache.add(key, 0, 3600)
    try:
        return bool(cache.incr(key) > TRIES)
    except ValueError:  # forgotten between the two
        return False
