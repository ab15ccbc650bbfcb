"""The parts of a request after it was filed: one more, one out of another, another title."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from requests_app.actions import parts
from requests_app.laws.errors import Refused
from requests_app.models.ids import public_id

from .events import heading_of, legal_day, refuse
from .shell import Looking
from .work import ours
from .work_forms import PartForm


@login_required
@require_http_methods(["GET", "POST"])
def request_parts(request: Looking, pid: str) -> HttpResponse:
    records_request = ours(request, pid, editing=True)
    known = list(records_request.parts.values_list("label", "title"))
    form = PartForm(None, parts=known, initial={"once": public_id()})
    refused, status, typed = "", 200, {}
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "add":
                form = PartForm(request.POST, parts=known)
                status = 400
                if form.is_valid():
                    data = form.cleaned_data
                    parts.add_parts(
                        viewer=request.viewer, records_request=records_request, actor=request.user,
                        parts=[(data["label"], data["title"])], split_from=data.get("split_from", ""),
                        once=data["once"], today=legal_day(request, records_request),
                    )  # fmt: skip
                    messages.success(request, _("The part is set out."))
                    return redirect("request-parts", pid=pid)
            elif act == "rename":
                label = request.POST.get("label", "")[:12].replace("\x00", "")
                typed = {label: request.POST.get("title", "").replace("\x00", "")}
                part = parts.rename_part(
                    viewer=request.viewer, records_request=records_request, label=label, title=typed[label],
                    seen_title=request.POST.get("seen_title", "").replace("\x00", ""),
                )  # fmt: skip
                messages.success(request, _("Part %(label)s is renamed.") % {"label": part.label})
                return redirect("request-parts", pid=pid)
            else:
                raise Http404
        except Refused as refusal:
            status = getattr(refusal, "status", 400)
            refused = refuse(form, refusal) if act == "add" else refusal.sentence
    context = {
        "records_request": heading_of(records_request),
        "parts": [
            {"label": label, "title": title, "typed": typed.get(label, title)} for label, title in known
        ],
        "form": form, "refused": refused, "form_failed": status >= 400,
        "has_sample": records_request.is_sample, "noindex": True,
    }  # fmt: skip
    return render(request, "request_parts.html", context, status=status)
