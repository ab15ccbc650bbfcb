"""Acts that ask for a fresh proof of who acts: members, tokens, sharing, export."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from requests_app.actions.sign_ins import is_fresh

from .current import current_organisation
from .shell import Looking

KEPT = "kept_form"
LARGEST = 100_000  # characters of a form that is kept meanwhile
SECRET = ("password", "secret", "token", "csrf")
"""Fields whose names hold one of these are never kept, whoever put them into a form."""
View = Callable[..., HttpResponse]


def fresh_sign_in(view: View) -> View:
    """A view whose POST needs a recent proof; its page does not.

    Put it below `require_http_methods`. What was typed waits in the session, is shown after the proof and sent by its
    author: nothing acts by itself, nothing is lost. Files are not kept; a view that takes some asks on its page too,
    by `fresh_page`.
    """

    @wraps(view)
    def asked(request: Looking, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return proof_first(request) or view(request, *args, **kwargs)

    return asked


def proof_first(request: Looking) -> HttpResponse | None:
    """For a view in which only some acts ask for a proof. None: go on; else what to answer instead.

    A view that takes POST alone calls it for GET as well, for there the form that waited is shown.
    """
    if request.method == "POST" and not is_fresh(request):
        _keep(request)
        return _to_proof(request)
    if request.method == "POST":
        request.session.pop(KEPT, None)
    elif request.method == "GET" and is_fresh(request) and (kept := _kept(request)):
        return render(request, "account/go_on.html", {"kept": kept, "action": request.get_full_path()})
    return None


def fresh_page(view: View) -> View:
    """A view whose page itself needs a recent proof: what it shows is worth as much as what it does."""

    @wraps(view)
    def asked(request: Looking, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_fresh(request):
            return _to_proof(request)
        return view(request, *args, **kwargs)

    return asked


def _to_proof(request: HttpRequest) -> HttpResponse:
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")


def _keep(request: HttpRequest) -> None:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in SECRET)
        for value in values
        if isinstance(value, str)
    ]
    if sum(len(name) + len(value) for name, value in fields) <= LARGEST:
        request.session[KEPT] = {
            "path": request.get_full_path(), "fields": fields, "at": time.time(), "in": current_organisation(request),
        }  # fmt: skip


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The form that waited for this page; taken once, only while it is young, and only in the organization that its
    author worked in: the address of some pages names none."""
    kept = request.session.get(KEPT)
    if not kept or kept["path"] != request.get_full_path() or kept["in"] != current_organisation(request):
        return []
    del request.session[KEPT]
    young = time.time() - kept["at"] < float(app_settings.REAUTHENTICATION_TIMEOUT)
    return [(name, value) for name, value in kept["fields"]] if young else []
