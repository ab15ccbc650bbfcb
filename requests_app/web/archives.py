"""A full copy of the organization, for its owners: asked for, watched, fetched."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import archives
from requests_app.actions.refusals import Refused
from requests_app.intake.handing_out import attachment
from requests_app.models import Archive, Organisation
from requests_app.models.ids import public_id

from .current import current_organisation
from .paging import posted
from .reauthentication import fresh_page, fresh_sign_in
from .shell import Looking, reader_zone

SHOWN = 50
State = Archive.State
STATE_WORDS = {
    State.WAITING: gettext_lazy("being made"),
    State.READY: gettext_lazy("ready"),
    State.FAILED: gettext_lazy("failed"),
    State.GONE: gettext_lazy("gone: copies are kept for a week"),
}


def _organisation(request: Looking) -> Organisation:
    chosen = current_organisation(request) or 0
    found: Organisation | None = Organisation.objects.visible_to(request.viewer).filter(pk=chosen).first()
    if found is None or not request.viewer.may_own(found.pk):
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def index(request: Looking) -> HttpResponse:
    organisation = _organisation(request)
    refused = ""
    if request.method == "POST":
        try:
            archives.ask(
                viewer=request.viewer, organisation=organisation, actor=request.user,
                once=posted(request, "once"),
            )  # fmt: skip
        except Refused as problem:
            refused = problem.sentence
        else:
            messages.success(request, _("A copy is being made. This page says when it is ready."))
            response = HttpResponseRedirect(reverse("archives"))
            response.status_code = 303
            return response
    rows = Archive.objects.owned_by(request.viewer).filter(organisation=organisation)
    found = list(rows.select_related("asked_by").order_by("-asked_at", "-pk")[:SHOWN])
    zone = reader_zone(request)
    context = {
        "organization": organisation.name,
        "archives": [
            {
                "asked_at": one.asked_at.astimezone(zone),
                "by": str(one.asked_by or "–"),
                "words": STATE_WORDS[State(one.state)],
                "problem": one.problem,
                "rows": one.rows,
                "files": one.files,
                "size": one.size if one.state == State.READY else 0,
                "sha256": one.sha256 if one.state == State.READY else "",
                "file_url": reverse("archive-file", args=[one.public_id]) if one.state == State.READY else "",
                "fetched_at": one.fetched_at.astimezone(zone) if one.fetched_at else None,
            }
            for one in found
        ],
        "waiting": any(one.state == State.WAITING for one in found),
        "once": public_id(),
        "refused": refused,
        "form_failed": bool(refused),
        "noindex": True,
    }
    return render(request, "archives.html", context, status=400 if refused else 200)


@login_required
@require_safe
@fresh_page
def file(request: Looking, pid: str) -> Any:
    rows = Archive.objects.owned_by(request.viewer).select_related("organisation")
    found = rows.filter(public_id=pid, state=State.READY).first()
    if found is None:
        raise Http404
    archives.fetched(viewer=request.viewer, archive=found, actor=request.user)
    return attachment(found.blob, f"records-{found.asked_at:%Y-%m-%d}.zip", found.size, "application/zip")


urlpatterns = [
    path("archives/", index, name="archives"),
    path("archives/<slug:pid>/file/", file, name="archive-file"),
]
