"""The public log of corrections, and the short page where something was taken down."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from requests_app.models import Correction, SubjectKind
from requests_app.models.visibility import PUBLIC, Viewer, viewing
from requests_app.queries import corrections as query
from requests_app.queries.corrections import Note, Statement

from .paging import page_number, shown
from .shell import Looking
from .templatetags.look import day_long

# Where something may have been taken down: what stands at the address, and by which name the route carries its id.
PLACES = {
    "request": SubjectKind.REQUEST, "document-file": SubjectKind.DOCUMENT, "campaign": SubjectKind.CAMPAIGN,
}  # fmt: skip
KINDS = {
    "request": gettext_lazy("A request"), "document": gettext_lazy("A document"),
    "campaign": gettext_lazy("A campaign"), "agency": gettext_lazy("An agency"), "law": gettext_lazy("A law"),
    "statistic": gettext_lazy("A figure"), "other": gettext_lazy("Another page"),
}  # fmt: skip
GONE = {
    "request": gettext_lazy("This request was taken down on %(day)s."),
    "document": gettext_lazy("This document was taken down on %(day)s."),
    "campaign": gettext_lazy("This campaign was taken down on %(day)s."),
}
GONE_FOR = {
    "request": gettext_lazy("This request was taken down on %(day)s, at the request of %(who)s."),
    "document": gettext_lazy("This document was taken down on %(day)s, at the request of %(who)s."),
    "campaign": gettext_lazy("This campaign was taken down on %(day)s, at the request of %(who)s."),
}
WHO = {
    "person": gettext_lazy("a private person"), "agency": gettext_lazy("an agency"),
    "requester": gettext_lazy("whoever made it"), "other": gettext_lazy("somebody else"),
}  # fmt: skip


def gone_words(row: Correction) -> str:
    day = day_long(row.on)
    if row.asked_by:
        return str(GONE_FOR[row.subject_kind]) % {"day": day, "who": WHO[row.asked_by]}
    return str(GONE[row.subject_kind]) % {"day": day}


def words_of(row: Correction) -> str:
    """What a line of the log says by itself, before what its owner wrote."""
    if row.kind == Correction.Kind.TAKEDOWN:
        return gone_words(row)
    return _("Corrected at the request of %(who)s.") % {"who": WHO[row.asked_by]} if row.asked_by else ""


def note_row(note: Note) -> dict[str, Any]:
    row, kind = note.row, str(KINDS[note.row.subject_kind])
    taken = row.kind == Correction.Kind.TAKEDOWN
    return {
        "pid": row.public_id,
        "on": row.on,
        "page": f"{kind}: {note.agency}" if note.agency else kind,
        "url": "" if taken else row.path,
        "words": words_of(row),
        "text": note.text,
        "taken_down": taken,
        "withdrawn": row.withdrawn_at is not None,
    }


def statement_row(one: Statement) -> dict[str, Any]:
    row = one.row
    return {
        "pid": row.public_id,
        "agency": row.agency.name,
        "text": one.text,
        "sent_by": one.sent_by,
        "verified": one.verified,
        "received_on": row.received_on,
        "published_at": row.published_at,
        "attachment_url": row.attachment_url,
        "request_url": reverse("request", args=[row.request_key]) if row.request_key else "",
    }


def beside_request(viewer: Viewer, records_request: Any) -> dict[str, Any]:
    """For the page of a request: what was corrected there, and what the agency says."""
    beside = records_request.beside
    notes = query.of_request(viewer, records_request) if "corrections" in beside else []
    said = query.statements_of_request(viewer, records_request) if "statements" in beside else []
    return {"corrections": [note_row(one) for one in notes], "statements": [statement_row(one) for one in said]}


def beside_agency(viewer: Viewer, agency: Any) -> dict[str, Any]:
    notes = query.of_agency(viewer, agency) if "corrections" in agency.beside else []
    said = query.statements_of_agency(viewer, agency) if "statements" in agency.beside else []
    return {"corrections": [note_row(one) for one in notes], "statements": [statement_row(one) for one in said]}


@require_safe
def corrections(request: Looking) -> HttpResponse:
    """The same for everybody."""
    with viewing(PUBLIC):
        rows = query.log()
        number = page_number(request)
        start = (number - 1) * query.PAGE
        found = [note_row(one) for one in query.notes(PUBLIC, rows[start : start + query.PAGE])]
        page = shown(found, total=rows[: query.MOST].count(), number=number, size=query.PAGE)
    return render(request, "corrections.html", {"page": page, "report_url": reverse("report-page")})


def gone_page(request: HttpRequest) -> HttpResponse | None:
    """In place of the answer that nothing is there, where its owner chose to say what was. Asked of every address of
    these kinds, whatever stands behind it; asked of the public's rows, whoever looks."""
    match = request.resolver_match
    kind = PLACES.get(match.url_name or "") if match is not None else None
    if match is None or kind is None or request.method not in ("GET", "HEAD"):
        return None
    with viewing(PUBLIC):
        row = query.taken_down(kind, str(match.kwargs["pid"]))
    if row is None:
        return None
    context = {"words": gone_words(row), "text": row.text, "noindex": True}
    return render(request, "gone.html", context, status=410)


urlpatterns = [path("corrections/", corrections, name="corrections")]
