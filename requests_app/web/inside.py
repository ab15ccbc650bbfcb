"""Drafts of letters and notes of one request, as partners with everything read them. Its own people look on."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from requests_app.actions import audit
from requests_app.models import LetterKind
from requests_app.queries import everything

from .letters import STAGE_WORDS
from .paging import page_number, param, shown
from .requests import invented
from .shell import Looking

SHELVES = {"drafts": gettext_lazy("Drafts of letters"), "notes": gettext_lazy("Notes")}


@require_safe
def request_inside(request: Looking, pid: str) -> HttpResponse:
    found = everything.request_of(request.viewer, pid)
    if found is None:
        raise Http404
    audit.read_everything(request.viewer, found, request.user, request.now.date())
    here = param(request, "show") if param(request, "show") in SHELVES else "drafts"
    rows: dict[str, Any] = {
        "drafts": everything.drafts(request.viewer, found), "notes": everything.notes(request.viewer, found),
    }  # fmt: skip
    counts = {name: some.count() for name, some in rows.items()}
    number = page_number(request)
    some = rows[here][(number - 1) * everything.PAGE : number * everything.PAGE]
    as_read = everything.AsRead(found)
    told: list[Any] = [_draft(as_read.draft(row)) if here == "drafts" else as_read.note(row) for row in some]
    context = {
        "records_request": {
            "public_id": pid, "title": found.public_title, "agency": (found.custodian or found.agency).name,
            "url": reverse("request", args=[pid]),
        },
        "ours": request.viewer.belongs_to(found.organisation_id),
        "here": here,
        "shelves": [
            {"name": name, "words": words, "n": counts[name], "url": f"{request.path}?show={name}"}
            for name, words in SHELVES.items()
        ],
        "page": shown(told, total=counts[here], number=number, size=everything.PAGE),
        "has_sample": invented(found),
        "noindex": True,
    }  # fmt: skip
    return render(request, "request_inside.html", context)


def _draft(one: everything.Draft) -> dict[str, Any]:
    return {
        "pid": one.public_id, "kind": LetterKind(one.kind).label, "stage": STAGE_WORDS[one.state],
        "subject": one.subject, "body": one.body, "by": one.by, "at": one.edited_at,
    }  # fmt: skip


urlpatterns = [path("requests/<slug:pid>/inside/", request_inside, name="request-inside")]
