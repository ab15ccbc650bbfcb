"""The organization's tags: each with its requests, renamed and merged everywhere at once."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from requests_app.actions import tags
from requests_app.laws.errors import Refused
from requests_app.models import Tag

from .current import current_organisation
from .shell import Looking


@login_required
@require_http_methods(["GET", "POST"])
def tag_list(request: Looking) -> HttpResponse:
    organisation = current_organisation(request)
    if organisation is None:
        raise Http404
    known = Tag.objects.visible_to(request.viewer).filter(organisation=organisation)
    refused, status, typed = "", 200, ("", "")
    if request.method == "POST":
        if not request.viewer.may_edit(organisation):
            raise Http404
        tag = get_object_or_404(known, public_id=_typed(request, "row", 12))
        act, name = request.POST.get("act", ""), _typed(request, "name", 200)
        try:
            if act == "rename":
                tags.rename_tag(viewer=request.viewer, tag=tag, name=name)
                messages.success(request, _("The tag is renamed everywhere."))
            elif act == "merge":
                into = get_object_or_404(known, public_id=_typed(request, "into", 12))
                n = tags.merge_tags(viewer=request.viewer, tag=tag, into=into, actor=request.user)
                said = ngettext("Merged: %(n)d request moved.", "Merged: %(n)d requests moved.", n)
                messages.success(request, said % {"n": n})
            elif act == "delete":
                tags.delete_tag(viewer=request.viewer, tag=tag, actor=request.user)
                messages.success(request, _("The tag is deleted."))
            else:
                raise Http404
            return redirect("tags")
        except Refused as refusal:
            refused, status, typed = refusal.sentence, getattr(refusal, "status", 400), (tag.public_id, name)
    rows = known.annotate(n=Count("request_tags")).order_by("name")[:1000]
    context = {
        "tags": [
            {
                "pid": tag.public_id, "name": tag.name, "n": tag.n,
                "typed": typed[1] if typed[0] == tag.public_id else tag.name,
            }
            for tag in rows
        ],
        "may_edit": request.viewer.may_edit(organisation),
        "refused": refused, "form_failed": status >= 400, "noindex": True,
    }  # fmt: skip
    return render(request, "tags.html", context, status=status)


def _typed(request: Looking, name: str, most: int) -> str:
    return request.POST.get(name, "")[:most].replace("\x00", "")
