"""The documents of one request: uploaded, listed by what they came with, handed out through a check at each fetch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from requests_app.actions import audit, documents
from requests_app.actions.refusals import Refused
from requests_app.intake import storage
from requests_app.intake.handing_out import as_attachment
from requests_app.intake.uploads import LimitedUpload, too_large
from requests_app.models import Document, Event
from requests_app.models.ids import public_id
from requests_app.models.visibility import PUBLIC
from requests_app.queries import proposals
from requests_app.queries.documents import Bundle, Kept, Shelf, document_of, shelf_of

from . import privileged
from .citing import cited
from .event_specs import kind_words
from .paging import posted
from .reauthentication import proof_first
from .requests import invented
from .shell import Looking
from .templatetags.look import day_mid
from .words import outcome_words


class PagesForm(forms.Form):
    pages = forms.IntegerField(
        required=False, min_value=0, max_value=documents.MOST_PAGES, label=gettext_lazy("Pages, as the letter states"),
        error_messages={"invalid": gettext_lazy("Enter a number of pages, such as 340.")},
    )  # fmt: skip


def _shelf(request: Looking, pid: str) -> Shelf:
    shelf = shelf_of(request.viewer, pid)
    if shelf is None:
        raise Http404
    return shelf


@csrf_exempt
def request_documents(request: Looking, pid: str) -> HttpResponse:
    """The limit is set before anything reads the form; the token is checked right after, in `_documents`."""
    if request.method == "POST" and not request.viewer.editable:
        raise Http404
    request.upload_handlers = [LimitedUpload(request)]
    return _documents(request, pid)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _documents(request: Looking, pid: str) -> HttpResponse:
    shelf = _shelf(request, pid)
    if request.method != "POST":
        return _page(request, shelf)
    if not shelf.may_edit:
        raise Http404
    return _upload(request, shelf)


def _upload(request: Looking, shelf: Shelf) -> HttpResponse:
    event, chosen = None, request.POST.get("event", "")
    if chosen:
        event = next((one for one in shelf.events if one.uid == chosen), None)
    files = request.FILES.getlist("files")
    errors = [
        _("%(name)s is larger than 50 MB. It was not kept. Split it.") % {"name": documents.clean_name(name)}
        for name in too_large(request)
    ]
    if chosen and event is None:
        errors.append(_("Choose an event of this request."))
        files = []
    elif not files and not errors:
        errors.append(_("Choose at least one file."))
    kept, known, once = [], [], posted(request, "once")
    for number, file in enumerate(files):
        try:
            added = documents.add_document(
                viewer=request.viewer, records_request=shelf.request, actor=request.user, name=file.name or "",
                chunks=file.chunks(storage.MEGABYTE), event=event, content_type=file.content_type or "",
                once=f"{once[:50]}-{number}" if once else "", privileged="privileged" in request.POST,
                circle=posted(request, "circle", 12) if "privileged" in request.POST else "",
            )  # fmt: skip
        except Refused as refused:
            errors.append(refused.sentence)
            continue
        kept.append(added.document.title)
        if added.same_as is not None:
            same = _("%(name)s has the same bytes as a file that is here already.")
            known.append(same % {"name": added.document.title})
    said = ngettext("%(n)d file kept.", "%(n)d files kept.", len(kept)) % {"n": len(kept)} if kept else ""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"kept": kept, "said": [*known], "errors": errors}, status=400 if errors else 200)
    for sentence in filter(None, [said, *known]):
        messages.success(request, sentence)
    if errors:
        # What was kept stays kept: the page says which files, and the rest is asked for again.
        shelf = _shelf(request, shelf.request.public_id) if kept else shelf
        return _page(request, shelf, errors=errors, status=200 if kept else 400)
    return _to(shelf.request.public_id)


def _to(pid: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("request-documents", args=[pid]))
    response.status_code = 303
    return response


def _page(request: Looking, shelf: Shelf, *, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
    found = shelf.request
    context: dict[str, Any] = {
        "records_request": {
            "public_id": found.public_id, "title": found.public_title, "agency": found.agency.name,
            "is_sample": invented(found), "url": reverse("request", args=[found.public_id]),
        },
        "ours": shelf.ours,
        "may_edit": shelf.may_edit,
        "files": shelf.files,
        "size": shelf.size,
        "bundles": [_bundle(shelf, one) for one in shelf.bundles],
        "events": [{"uid": event.uid, "words": event_words(event)} for event in shelf.events],
        "chosen": request.POST.get("event") or request.GET.get("event", ""),
        "once": public_id(),
        "circles": privileged.circle_choices(request.viewer, found.organisation_id) if shelf.may_edit else [],
        "handed_in": [_handed_in(one) for one in proposals.waiting_files(request.viewer, found)] if shelf.ours else [],
        "upload_errors": errors or [],
        "form_failed": bool(errors),
        "has_sample": invented(found),
        "noindex": shelf.ours or found.is_sample,
    }  # fmt: skip
    if request.viewer is PUBLIC:
        context["cite"] = cited(
            request, kind="request", key=found.public_id,
            title=_("Documents of %(agency)s: %(title)s") % {
                "agency": found.agency.name, "title": found.public_title,
            },
            about=_("Files that %(agency)s gave out, as they came.") % {"agency": found.agency.name},
            address=reverse("request-documents", args=[found.public_id]),
            schema={"@type": "Collection", "about": {"@type": "GovernmentOrganization", "name": found.agency.name}},
        )  # fmt: skip
    return render(request, "documents.html", context, status=status)


def _handed_in(one: proposals.Shown) -> dict[str, Any]:
    row = one.row
    return {
        "title": row.title, "url": reverse("proposal", args=[row.public_id]), "name": one.name or _("A partner"),
        "size": row.size, "received_on": row.happened_on,
    }  # fmt: skip


def event_words(event: Event) -> str:
    """What, when, how it was decided, for which parts: enough to tell two letters apart."""
    on = event.received_on or event.sent_on or event.dated_on
    said = [str(kind_words(event.kind)), outcome_words(event.outcome) if event.outcome else "", ", ".join(event.parts)]
    return " · ".join([*filter(None, said), *([day_mid(on)] if on else [])])


def _bundle(shelf: Shelf, bundle: Bundle) -> dict[str, Any]:
    event = bundle.event
    pages_url = ""
    if shelf.may_edit and event is not None and event.kind == "produced":
        pages_url = reverse("production-pages", args=[shelf.request.public_id, event.uid])
    return {
        "words": event_words(event).rpartition(" · ")[0] or kind_words(event.kind) if event else _("Beside no event"),
        "on": bundle.on,
        "pages": bundle.pages,
        "pages_url": pages_url,
        "uid": event.uid if event else "",
        "files": [_row(one) for one in bundle.kept],
    }


def _row(kept: Kept) -> dict[str, Any]:
    found, private = kept.document, kept.private
    return {
        "title": found.title,
        "url": reverse("document", args=[found.public_id]) if private else "",
        "file_url": "" if found.erased_at else reverse("document-file", args=[found.public_id]),
        "size": found.size,
        "sha256": found.sha256,
        "added_at": found.added_at,
        "added_by": str(private.added_by) if private and private.added_by else "",
        "released": found.released_at is not None,
        "withdrawn": found.withdrawn_at is not None,
        "erased": found.erased_at is not None,
        "note": private.note if private else "",
        "private": private is not None,
        "privileged": found.privileged,
        "handed_in_by": private.handed_in_by if private else "",
        "received_on": private.received_on if private else None,
    }


@login_required
@require_POST
def production_pages(request: Looking, pid: str, uid: str) -> HttpResponse:
    shelf = _shelf(request, pid)
    event = next((one for one in shelf.events if one.uid == uid and one.kind == "produced"), None)
    if event is None or not shelf.may_edit:
        raise Http404
    form = PagesForm(request.POST)
    if not form.is_valid():
        return _page(request, shelf, errors=[str(e) for e in form.errors["pages"]], status=400)
    documents.state_pages(
        viewer=request.viewer, records_request=shelf.request, event=event, pages=form.cleaned_data["pages"]
    )
    messages.success(request, _("Saved: the pages that the letter states."))
    return _to(pid)


# What shows it to others, and what takes it away for good: asked of an owner who just proved who they are.
OWNERS_ACTS = ("release", "erase", privileged.END)


def _document(request: Looking, pid: str) -> Document:
    found = document_of(request.viewer, pid)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: Looking, pid: str) -> HttpResponse:
    """For our own people: its name and place, who may see it, and the ways to take it away."""
    found = _document(request, pid)
    shelf = _shelf(request, found.request.public_id)
    kept = next((one for b in shelf.bundles for one in b.kept if one.document.pk == found.pk), None)
    if not shelf.ours or kept is None or kept.private is None:
        raise Http404
    refused, tried = "", privileged.Tried()
    owners = request.method == "GET" or request.POST.get("act") in OWNERS_ACTS
    if owners and shelf.may_own and (asked := proof_first(request)):
        return asked
    if request.method == "POST":
        if not shelf.may_edit:
            raise Http404
        if privileged.asked(request):
            tried = privileged.tried(request, found)
            refused, done = tried.refused, tried.done
        else:
            refused = _tried(request, found, shelf)
            done = not refused
        if done:
            response = HttpResponseRedirect(reverse("document", args=[pid]))
            response.status_code = 303
            return response
    offered = proposals.of_document(request.viewer, found) if kept.private.handed_in_by else None
    context = {
        "document": _row(kept) | {"event": found.event.uid if found.event else ""},
        "proposal_url": reverse("proposal", args=[offered.public_id]) if offered else "",
        "records_request": {"public_id": shelf.request.public_id, "agency": shelf.request.agency.name},
        "may_edit": shelf.may_edit,
        "may_own": shelf.may_own,
        "events": [{"uid": event.uid, "words": event_words(event)} for event in shelf.events],
        "privilege": privileged.panel(request, found, shelf.may_edit and not found.erased_at, tried),
        "form": tried.form,
        "typed": {} if tried.form else request.POST,
        "refused": refused,
        "form_failed": bool(refused) or tried.status != 200,
        "has_sample": invented(shelf.request),
        "noindex": True,
    }
    status = tried.status if tried.form else 400 if refused else 200
    return render(request, "document.html", context, status=status)


def _tried(request: Looking, found: Document, shelf: Shelf) -> str:
    """Do what was posted; why it was refused, or nothing."""
    try:
        said = _act(request, found, shelf)
    except Refused as problem:
        return str(problem.sentence)
    messages.success(request, said)
    return ""


def _act(request: Looking, found: Document, shelf: Shelf) -> str:
    viewer, actor, posted = request.viewer, request.user, request.POST
    match posted.get("act", ""):
        case "describe":
            event = next((one for one in shelf.events if one.uid == posted.get("event")), None)
            if posted.get("event") and event is None:
                raise Refused("event_unknown", _("Choose an event of this request."), field="event")
            documents.describe(viewer=viewer, document=found, title=posted.get("title", ""), event=event)
            return _("Saved.")
        case "release":
            out = documents.release(
                viewer=viewer, document=found, actor=actor, looked_through="looked_through" in posted
            )
            if not out:
                return _("You looked through it. Two persons publish here: another owner releases it, too.")
            return _("Released: whoever documents of this request are shared with may fetch it.")
        case "hold_back":
            documents.hold_back(viewer=viewer, document=found, actor=actor)
            return _("Held back, at once.")
        case "withdraw":
            documents.withdraw(viewer=viewer, document=found, actor=actor, reason=posted.get("reason", ""))
            return _("Withdrawn.")
        case "restore":
            documents.restore(viewer=viewer, document=found, actor=actor)
            return _("Restored.")
        case "erase":
            documents.erase(viewer=viewer, document=found, actor=actor, reason=posted.get("reason", ""))
            return _("Erased. The hash stays as proof of what was here.")
    raise Refused("act_unknown", _("Choose what to do."))


@require_safe
def document_file(request: Looking, pid: str) -> HttpResponseBase:
    """The third wall: asked of the database at every fetch, handed back as an attachment of no type that opens."""
    found = _document(request, pid)
    if found.erased_at is not None:
        raise Http404
    audit.downloaded(request.viewer, found, request.user)
    return as_attachment(found)


urlpatterns = [
    path("requests/<slug:pid>/documents/", request_documents, name="request-documents"),
    path("requests/<slug:pid>/documents/<slug:uid>/pages/", production_pages, name="production-pages"),
    path("documents/<slug:pid>/", document, name="document"),
    path("documents/<slug:pid>/file/", document_file, name="document-file"),
]
