"""Tokens for programs: an owner makes one, reads its secret once, and revokes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from requests_app.actions import tokens as acts
from requests_app.actions.refusals import Refused
from requests_app.models import ApiToken, Organisation
from requests_app.models.ids import public_id

from .current import current_organisation
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_zone

SCOPES = (
    ("read", gettext_lazy("Read what the organization reads")),
    ("write", gettext_lazy("Read, and work like an editor")),
)
DAYS = (
    ("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")), ("180", gettext_lazy("half a year")),
    ("365", gettext_lazy("a year")),
)  # fmt: skip
STATES = {
    "live": gettext_lazy("in use"),
    "revoked": gettext_lazy("revoked"),
    "expired": gettext_lazy("expired"),
}


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=acts.NAME_MAX,
        help_text=gettext_lazy("Which program will use it, and where: nightly report on the office server."),
        error_messages={"required": gettext_lazy("Give the token a name: what will use it?")},
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What it may do"), choices=SCOPES, initial="read", widget=forms.RadioSelect
    )
    days = forms.ChoiceField(label=gettext_lazy("It ends after"), choices=DAYS, initial="90")
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)


def _here(request: Looking) -> Organisation:
    key = current_organisation(request)
    found: Organisation = get_object_or_404(Organisation.objects.visible_to(request.viewer), pk=key)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def tokens(request: Looking) -> HttpResponse:
    organisation = _here(request)
    form, status, refused, made = TokenForm(initial={"once": public_id()}), 200, "", {}
    if request.method == "POST":
        if not request.viewer.may_own(organisation.pk):
            raise Http404
        form, status = TokenForm(request.POST), 400
        if form.is_valid():
            given = form.cleaned_data
            try:
                token, secret = acts.make_token(
                    viewer=request.viewer, organisation=organisation, actor=request.user, name=given["name"],
                    scope=given["scope"], days=int(given["days"]), now=request.now, once=given["once"],
                )  # fmt: skip
            except Refused as problem:
                status = problem.status
                if problem.field and problem.field in form.fields:
                    form.add_error(problem.field, problem.sentence)
                else:
                    refused = problem.sentence
            else:
                # Shown in the answer to the form and kept nowhere: a page to go on to would have to keep it.
                made = {"name": token.name, "secret": secret}
                form, status = TokenForm(initial={"once": public_id()}), 200
    return _page(
        request, organisation, form=form, form_failed=status >= 400, refused=refused, made=made, status=status
    )


def _page(request: Looking, organisation: Organisation, *, status: int, **more: Any) -> HttpResponse:
    rows = ApiToken.objects.visible_to(request.viewer).filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "may_own": request.viewer.may_own(organisation.pk),
        "tokens": [_row(request, row) for row in rows.select_related("person").order_by("-pk")[:200]],
        "api": request.build_absolute_uri(reverse("api-requests")),
        **more,
    }
    return render(request, "tokens.html", context, status=status)


def _row(request: Looking, row: ApiToken) -> dict[str, Any]:
    zone = reader_zone(request)
    state = "revoked" if row.revoked_at else "expired" if row.expires_at <= request.now else "live"
    return {
        "name": row.name,
        "start": row.start,
        "by": str(row.person),
        "scope": dict(SCOPES)[row.scope],
        "until": row.expires_at.astimezone(zone),
        "used": row.last_used_at.astimezone(zone) if row.last_used_at else None,
        "state": STATES[state],
        "live": state == "live",
        "revoke_url": reverse("token-revoke", args=[row.public_id]),
    }


@require_POST
@login_required
@fresh_sign_in
def revoke(request: Looking, pid: str) -> HttpResponse:
    rows = ApiToken.objects.visible_to(request.viewer).select_related("organisation")
    token = get_object_or_404(rows, public_id=pid)
    acts.revoke_token(viewer=request.viewer, token=token, actor=request.user)
    messages.success(request, _("The token %(name)s opens nothing any more.") % {"name": token.name})
    response = HttpResponseRedirect(reverse("tokens"))
    response.status_code = 303
    return response


urlpatterns = [
    path("settings/tokens/", tokens, name="tokens"),
    path("settings/tokens/<slug:pid>/revoke/", revoke, name="token-revoke"),
]
