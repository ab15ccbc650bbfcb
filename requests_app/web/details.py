"""What a request is called: titles, the agency's number, and whether its campaign's shares leave it out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from requests_app.actions import details
from requests_app.laws.errors import Refused

from .events import heading_of, refuse
from .shell import Looking
from .work import ours
from .work_forms import DetailsForm


@login_required
@require_http_methods(["GET", "POST"])
def request_edit(request: Looking, pid: str) -> HttpResponse:
    records_request = ours(request, pid, editing=True)
    may_own = request.viewer.may_own(records_request.organisation_id)
    stands = details.details_of(records_request)
    form = DetailsForm(request.POST or None, initial=stands, may_own=may_own)
    refused, status, meanwhile = "", 200, []
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                details.edit_details(
                    viewer=request.viewer, records_request=records_request, actor=request.user,
                    public_title=data["public_title"], working_title=data["working_title"],
                    tracking_number=data["tracking_number"], held_back=data.get("held_back"),
                    seen_version=data["seen_version"],
                )  # fmt: skip
                messages.success(request, _("Saved."))
                return redirect("request", pid=pid)
            except Refused as refusal:
                status, refused = getattr(refusal, "status", 400), refuse(form, refusal)
                if refusal.code == "stale":
                    meanwhile = _differences(form, stands)
                    again = request.POST.copy()
                    again["seen_version"] = str(stands["seen_version"])
                    form = DetailsForm(again, may_own=may_own)
    context = {
        "records_request": heading_of(records_request), "form": form, "refused": refused,
        "form_failed": status >= 400, "meanwhile": meanwhile, "has_sample": records_request.is_sample,
        "noindex": True,
    }  # fmt: skip
    return render(request, "request_edit.html", context, status=status)


def _differences(form: DetailsForm, stands: dict[str, object]) -> list[dict[str, Any]]:
    """Field by field where the two versions part: what stands now, and what was typed."""
    rows = []
    for field in form.visible_fields():
        now, typed = stands.get(field.name), form.cleaned_data.get(field.name)
        if now != typed:
            told = {True: _("yes"), False: _("no"), "": _("empty")}
            rows.append({"label": field.label, "now": told.get(now, now), "typed": told.get(typed, typed)})
    return rows
