"""“What does partner B see?”: the ordinary pages, called by an owner for somebody else's eye.

Everything below `/looks/ORGANIZATION/GRANTEE/` is the page of the same address, from the same code; its links stay
below. Nothing is written: the database is told to read only, and what was done is taken back.
"""

from __future__ import annotations

import copy
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, path, resolve, reverse, set_script_prefix
from django.views.decorators.http import require_safe

from requests_app.models import Organisation
from requests_app.models.visibility import looking_as_if
from requests_app.queries import share_board

from .share_board import detail_of, name_of
from .shell import Looking

PAGES = {
    "requests", "request", "request-inside", "campaigns", "campaign", "campaign-csv", "search",
    "request-comments", "campaign-comments", "api-request-comments", "api-campaign-comments",
    "api-requests", "api-request", "api-inside-drafts", "api-inside-notes", "api-campaigns", "api-campaign",
    "api-campaign-matrix",
}  # fmt: skip


@require_safe
@login_required
def look(request: Looking, pid: str, key: str, rest: str) -> HttpResponse:
    home = Organisation.objects.visible_to(request.viewer).filter(public_id=pid).first()
    if home is None or not request.viewer.may_own(home.pk):
        raise Http404
    one = share_board.grantee(request.viewer, home.pk, key)
    try:
        match = resolve(f"/{rest}")
    except Resolver404:
        raise Http404 from None
    if one is None or one.kind == "person" or match.url_name not in PAGES:
        raise Http404
    told = {
        "name": name_of(one),
        "detail": detail_of(one),
        "same_url": f"/{rest}",
        "back_url": _board_of(match.url_name or "", match.kwargs),
        "list_url": reverse("look", args=[pid, key, reverse("requests").lstrip("/")]),
    }
    prefix = get_script_prefix()
    # Links of the page are made by the same names; with this they stay in the other's eye.
    root = reverse("look", args=[pid, key, "x"])[:-1]
    try:
        with looking_as_if(request.viewer, home.pk, one.as_if(home.pk)) as viewer:
            asked: Any = copy.copy(request)
            asked.viewer, asked.user, asked.look, asked.resolver_match = viewer, AnonymousUser(), told, match
            set_script_prefix(root)
            try:
                response: Any = match.func(asked, *match.args, **match.kwargs)
                if not getattr(response, "is_rendered", True):
                    response.render()
            except Http404:
                response = None
    finally:
        set_script_prefix(prefix)
    if response is None:
        return render(request, "look_nothing.html", {"look": told, "noindex": True}, status=404)
    assert isinstance(response, HttpResponse)
    return response


def _board_of(name: str, given: dict[str, Any]) -> str:
    kind = name.removeprefix("api-").partition("-")[0]
    if kind in ("request", "campaign") and "pid" in given:
        return reverse(f"{kind}-shares", args=[given["pid"]])
    return reverse("requests")


urlpatterns = [path("looks/<slug:pid>/<slug:key>/<path:rest>", look, name="look")]
