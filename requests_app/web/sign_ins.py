"""One's own security: second factors, passwords, sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from requests_app.actions import sign_ins as acts
from requests_app.actions.refusals import NotYours

from .current import back_to
from .shell import Looking, reader_zone


@require_safe
@login_required
def security(request: Looking) -> HttpResponse:
    factors = list(acts.factors_of(request.user))
    context = {
        "apps": [one for one in factors if one.type == "totp"],
        "passkeys": [one for one in factors if one.type == "webauthn"],
        "codes_left": acts.recovery_codes_left(request.user),
        "sessions": len(acts.live_sessions(request.user)),
        "waiting": [request.viewer.names[key] for key in request.viewer.waiting],
    }
    return render(request, "security.html", context)


@require_safe
@login_required
def second_factor(request: Looking) -> HttpResponse:
    """Where a refusal leads an editor or owner whose role waits for a second factor."""
    names = [request.viewer.names[key] for key in request.viewer.waiting]
    go_on = back_to(request, request.GET.get("next", "/"))
    if not names:
        return HttpResponseRedirect(go_on)
    return render(request, "second_factor.html", {"names": names, "go_on": go_on})


@require_safe
@login_required
def sessions(request: Looking) -> HttpResponse:
    """Where one is signed in. In the place of the list of the library, which can end only all of them."""
    zone = reader_zone(request)
    rows = [
        {
            "id": one.pk,
            "since": one.created_at.astimezone(zone),
            "address": one.ip,
            "browser": one.user_agent,
            "here": one.session_key == request.session.session_key,
        }
        for one in acts.live_sessions(request.user)[:100]
    ]
    return render(request, "sessions.html", {"rows": rows, "others": sum(not row["here"] for row in rows)})


@require_POST
@login_required
def end_session(request: Looking) -> HttpResponse:
    which = request.POST.get("session", "")
    if which == "others":
        ended = acts.end_other_sessions(actor=request.user, but=request.session.session_key or "")
        says = ngettext("%(n)d other session has ended.", "%(n)d other sessions have ended.", ended)
        messages.success(request, says % {"n": ended})
        return HttpResponseRedirect(reverse("usersessions_list"))
    try:
        number = int(which) if which.isascii() and which.isdigit() and len(which) < 19 else 0
        key = acts.end_session(actor=request.user, session_id=number)
    except NotYours:
        raise Http404 from None
    if key == request.session.session_key:
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))
    messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("usersessions_list"))


class RemovePasskey(RemoveWebAuthnView):
    """The library asks only for an app's codes whether they may go; a passkey may be the last factor too."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not acts.may_remove(self.get_object()):
            messages.error(
                self.request,
                _(
                    "Your password is too short to stand alone. Choose one of 15 characters or more, or set up "
                    "another second factor, and then remove this one."
                ),
            )
            return HttpResponseRedirect(reverse("security"))
        response: HttpResponse = super().form_valid(form)
        return response


remove_passkey = RemovePasskey.as_view()
# The library's middleware asks for the fresh proof, and it must run the view itself for that.
remove_passkey.without_viewer = True
