"""Which organization a person works in: desk pages show its rows, and new rows are born there.

It narrows, it never opens: what may be seen is decided by the memberships, which are read anew for each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

if TYPE_CHECKING:
    from .shell import Looking

SESSION_KEY = "organisation"


def current_organisation(request: HttpRequest) -> int | None:
    """The one that was chosen in this session; else the first. None: the viewer belongs to none."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.roles:
        return None
    session = getattr(request, "session", None)
    chosen = session.get(SESSION_KEY) if session is not None else None
    return chosen if chosen in viewer.roles else min(viewer.roles)


def work_in(request: HttpRequest, organisation_id: int) -> None:
    request.session[SESSION_KEY] = organisation_id


def back_to(request: HttpRequest, given: str) -> str:
    """An address of ours to go back to, or the front page."""
    ours = url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure())
    return given if ours else "/"


@require_POST
def switch(request: Looking) -> HttpResponse:
    given = request.POST.get("organisation", "")
    # An organization that is not there and one that is not yours are one answer.
    chosen = next((key for key, public in request.viewer.keys.items() if public == given), None)
    if chosen is None:
        raise Http404(_("There is nothing at this address."))
    work_in(request, chosen)
    return HttpResponseRedirect(back_to(request, request.POST.get("next", "/")))
