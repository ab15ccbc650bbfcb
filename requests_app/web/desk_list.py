"""What the list of requests is for its own people: saved views, columns, and acts on many at once."""

from __future__ import annotations

import copy
import csv
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import bulk as acts
from requests_app.actions import saved_views
from requests_app.actions.refusals import Refused
from requests_app.models import Campaign, Organisation, SavedView
from requests_app.models.ids import public_id
from requests_app.notices.cells import neutral
from requests_app.queries import desk_list as query
from requests_app.queries.members import members
from requests_app.queries.requests import SORTS as KNOWN_SORTS

from .current import current_organisation
from .event_specs import Words
from .paging import posted
from .reauthentication import proof_first
from .requests import filters_of
from .shell import Looking

ACTS: dict[str, Words] = {
    "assign": gettext_lazy("Say who is responsible"),
    "tag": gettext_lazy("Put a tag on"),
    "campaign": gettext_lazy("Add to a campaign"),
    "hold": gettext_lazy("Hold back from shares, or let go"),
    "close": gettext_lazy("Close"),
}
OWNERS = ("hold",)


def asking(request: Looking, said: str) -> Looking:
    """The same person with another address: filters that a form carries are read as those of the list."""
    other = copy.copy(request)
    other.GET = QueryDict(said[:2000].lstrip("?"))
    return other


def _place(request: Looking) -> Organisation:
    organisation_id = current_organisation(request)
    if organisation_id is None:
        raise Http404
    return Organisation.objects.visible_to(request.viewer).get(pk=organisation_id)


# Views ----------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def views(request: Looking) -> HttpResponse:
    organisation = _place(request)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return _change_view(request, organisation)
        except Refused as problem:
            refused = problem
    rows = query.views(request.viewer, organisation.pk, request.user.pk)
    context = {
        "organisation": organisation,
        "own": [view for view in rows if view.person_id == request.user.pk],
        "shared": [view for view in rows if view.person_id != request.user.pk],
        "query": request.POST.get("query", request.GET.urlencode())[:2000],
        "name": request.POST.get("name", "")[:200],
        "refused": refused,
        "form_failed": refused is not None,
        "may_share": request.viewer.may_edit(organisation.pk),
    }
    return render(request, "saved_views.html", context, status=refused.status if refused else 200)


def _change_view(request: Looking, organisation: Organisation) -> HttpResponse:
    step, given = request.POST.get("step", ""), request.POST
    if step == "save":
        view = saved_views.save_view(
            viewer=request.viewer, organisation=organisation, actor=request.user, name=given.get("name", ""),
            query=given.get("query", "")[:2000], shared=given.get("shared") == "on",
            is_default=given.get("default") == "on",
        )  # fmt: skip
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(_open_url(view))
    rows = SavedView.objects.visible_to(request.viewer).filter(organisation=organisation)
    found = rows.select_related("organisation").filter(public_id=posted(request, "view")).first()
    if found is None:
        raise Http404
    same: dict[str, Any] = {"viewer": request.viewer, "view": found, "actor": request.user}
    if step in ("up", "down"):
        saved_views.move_view(**same, up=step == "up")
    elif step in ("default", "plain"):
        saved_views.set_default(**same, on=step == "default")
    elif step in ("share", "unshare"):
        saved_views.share_view(**same, shared=step == "share")
    elif step == "drop":
        saved_views.drop_view(**same)
        messages.success(request, _("The view “%(name)s” is gone.") % {"name": found.name})
    else:
        raise Http404
    return redirect("request-views")


def _open_url(view: SavedView) -> str:
    return f"{reverse('requests')}?saved={view.public_id}{'&' if view.query else ''}{view.query}"


# Acts on many ---------------------------------------------------------------------------------------


@login_required
def bulk(request: Looking) -> HttpResponse:
    """What was about to be done when a fresh proof was asked for is shown once by GET; else it is POST alone."""
    if request.method == "POST":
        return _bulk(request)
    return proof_first(request) or HttpResponseNotAllowed(["POST"])


def _bulk(request: Looking) -> HttpResponse:
    """First what would be done, then doing it. Nothing is written before the second button."""
    organisation = _place(request)
    if not request.viewer.may_edit(organisation.pk):
        raise Http404
    given = request.POST
    kind, said = given.get("act", ""), given.get("filter", "")[:2000]
    whole = given.get("all") == "1"
    if kind not in ACTS or (kind in OWNERS and not request.viewer.may_own(organisation.pk)):
        messages.error(request, _("Choose what to do with these requests."))
        return redirect(_back(said))
    if whole:
        filters = filters_of(asking(request, said))
        ids = query.own_matching(
            request.viewer, organisation.pk, now=request.now, filters=filters, most=acts.MOST
        )
    else:
        ids = query.picked(request.viewer, organisation.pk, given.getlist("pick")[: acts.MOST + 1])
    if not ids:
        messages.error(request, _("Choose at least one request."))
        return redirect(_back(said))
    wanted = _wanted(request, kind)
    refused: Refused | None = None
    planned = None
    step = given.get("step", "")
    if step == "save" and kind in OWNERS and (asked := proof_first(request)):
        return asked
    try:
        if step == "save" and whole and given.get("seen") != str(len(ids)):
            raise Refused(
                "stale",
                _("Meanwhile other requests match: %(now)d, where you saw %(seen)s. Look again.")
                % {"now": len(ids), "seen": given.get("seen", "")[:9]},
                status=409,
            )
        same: dict[str, Any] = {
            "viewer": request.viewer, "organisation": organisation, "ids": ids, "wanted": wanted, "now": request.now,
        }  # fmt: skip
        if step == "save":
            made = acts.act(
                **same, actor=request.user, once=given.get("once", ""), query=said if whole else ""
            )
            return redirect("bulk-act", pid=made.public_id)
        if step == "look":
            planned = acts.plan(**same)
    except Refused as problem:
        if problem.code in ("nothing_chosen", "too_many_chosen"):
            messages.error(request, problem.sentence)
            return redirect(_back(said))
        refused = problem
    context = {
        "organisation": organisation,
        "kind": kind,
        "words": ACTS[kind],
        "picks": [] if whole else given.getlist("pick")[: acts.MOST],
        "whole": whole,
        "n": len(ids),
        "filter": said,
        "back_url": _back(said),
        "wanted": wanted,
        "planned": planned,
        "refused": refused,
        "form_failed": refused is not None,
        "once": given.get("once") or public_id(),
        "people": members(organisation.pk) if kind == "assign" else [],
        "campaigns": _campaigns(request, organisation) if kind == "campaign" else [],
        "tags": query.tags(request.viewer, organisation.pk) if kind == "tag" else [],
    }
    return render(request, "bulk.html", context, status=refused.status if refused else 200)


def _campaigns(request: Looking, organisation: Organisation) -> list[Campaign]:
    rows = Campaign.objects.visible_to(request.viewer).filter(organisation=organisation)
    return list(rows.order_by("public_title")[:300])


def _wanted(request: Looking, kind: str) -> acts.Wanted:
    given = request.POST
    person = given.get("person", "")
    return acts.Wanted(
        kind=kind,
        person=int(person) if person.isascii() and person.isdigit() and len(person) < 19 else None,
        tag=given.get("tag", "")[:200],
        campaign=given.get("campaign", "")[:12],
        held=given.get("held", "1") == "1",
        reason=given.get("reason", "")[:3000].replace("\x00", ""),
    )


def _back(said: str) -> str:
    return f"{reverse('requests')}?{said}" if said else f"{reverse('requests')}?view=all"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_act(request: Looking, pid: str) -> HttpResponse:
    """What one act did, which requests it left alone, and taking it back."""
    found = query.act_of(request.viewer, pid)
    if found is None:
        raise Http404
    if found.kind in OWNERS and (asked := proof_first(request)):
        return asked
    if request.method == "POST":
        if not request.viewer.may_edit(found.organisation_id):
            raise Http404
        try:
            left = acts.undo(viewer=request.viewer, bulk=found, actor=request.user, now=request.now)
        except Refused as problem:
            messages.error(request, problem.sentence)
            return redirect("bulk-act", pid=pid)
        said = ngettext(
            "%(n)d request was left as it is.", "%(n)d requests were left as they are.", len(left)
        )
        messages.success(request, f"{_('Undone.')} {said % {'n': len(left)}}" if left else _("Undone."))
        return redirect("bulk-act", pid=pid)
    items = list(found.items.select_related("request__agency").order_by("skipped", "pk"))
    context = {
        "act": found,
        "words": ACTS[found.kind],
        "items": items,
        "may_undo": request.viewer.may_edit(found.organisation_id)
        and found.undone_at is None
        and (found.kind not in OWNERS or request.viewer.may_own(found.organisation_id)),
        "back_url": _back(found.query),
        "has_sample": any(item.request.is_sample for item in items),
    }
    return render(request, "bulk_act.html", context)


@require_safe
def requests_csv(request: Looking) -> HttpResponse:
    """The list at its filters as a table. For others the public projection, as on the page."""
    sort = request.GET.get("sort", "")
    rows = query.all_rows(
        request.viewer,
        now=request.now,
        filters=filters_of(request),
        sort=sort if sort in KNOWN_SORTS else "newest",
    )
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        ["request", "address", "sample", "agency", "jurisdiction", "law", "title", "filed", "stage", "outcome",
         "whose_move", "days_late", "next_date", "next_clock"]
    )  # fmt: skip
    for row in rows:
        address = request.build_absolute_uri(reverse("request", args=[row.public_id]))
        cells = [
            row.public_id, address, row.is_sample and not row.is_imported, row.agency_name, row.jurisdiction,
            row.law_id, row.public_title, row.filed_on, row.stage, row.outcome, row.whose_move, row.days_late,
            row.next_on, row.next_name,
        ]  # fmt: skip
        table.writerow([neutral("" if cell is None else str(cell)) for cell in cells])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="requests.csv"'
    return response


urlpatterns = [
    path("requests/requests.csv", requests_csv, name="requests-csv"),
    path("requests/views/", views, name="request-views"),
    path("requests/bulk/", bulk, name="requests-bulk"),
    path("bulk/<slug:pid>/", bulk_act, name="bulk-act"),
]
