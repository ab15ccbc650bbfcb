"""Who there is to sign in as, on a first run: for the machine that runs it, and only while a sample is loaded."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from requests_app.queries import sample_sign_ins

from .address import from_this_machine

ROLES = {"owner": _("Owner"), "editor": _("Editor"), "viewer": _("Viewer")}


@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    if not sample_sign_ins.are_kept() or not from_this_machine(request):
        raise Http404
    houses = [
        {"name": name, "people": [{"told": one, "role": ROLES[one.role]} for one in people]}
        for name, people in groupby(sample_sign_ins.kept(), key=lambda one: one.organisation)
    ]
    return render(request, "sample_sign_ins.html", {"houses": houses})


urlpatterns = [path("sample/", sign_ins, name="sample-sign-ins")]
