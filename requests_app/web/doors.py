"""The door for people: who looks is told to the database before any view runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from requests_app.models.visibility import PUBLIC, Viewer, look_as, tell_database
from requests_app.queries.too_long import TRY_AGAIN, took_too_long

from .corrections import gone_page

# Sign-in pages run without a viewer: they read accounts, which no wall covers, and must commit a failed attempt.
WITHOUT_VIEWER = ("allauth.", "django.")
# What is asked by programs and machines, and by nobody in particular, costs the database nothing.
WITHOUT_FRAME = ("requests_app.api.", "requests_app.web.health")


class ViewerMiddleware:
    """One transaction a request, seen by one viewer, rendered before it ends.

    It calls the view itself (`process_view`): a template rendered later would read outside the transaction, and an
    exception turned into a response further in would commit half an act.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = PUBLIC  # type: ignore[attr-defined]
        request.now = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if view.__module__.startswith(WITHOUT_VIEWER) or getattr(view, "without_viewer", False):
            if not view.__module__.startswith(WITHOUT_FRAME) and request.user.is_authenticated:
                # For the frame of the page alone: the database is told of nobody when the view runs.
                with transaction.atomic():
                    request.viewer = look_as(request.user)  # type: ignore[attr-defined]
            return None
        try:
            viewer, response = self._answer(request, view, args, kwargs)
        except Http404:
            if _sleeps(request, view):
                return _wake(request)
            if (gone := gone_page(request)) is not None:
                return gone
            raise
        except OperationalError as error:
            if not took_too_long(error):
                raise
            response = render(request, "503.html", status=503)
            response.headers["Retry-After"] = str(TRY_AGAIN)
            response.headers["Cache-Control"] = "private, no-store"
            return response
        if response.status_code in (403, 404) and _sleeps(request, view):
            return _wake(request)
        if viewer is not PUBLIC:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    def _answer(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> tuple[Viewer, HttpResponse]:
        with transaction.atomic():
            # The door for programs knows tokens, too, and says by itself who looks.
            viewer = getattr(view, "looks", _look)(request)
            request.viewer = viewer  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            if callable(render) and not getattr(response, "is_rendered", True):
                response = render()
            # A refused save keeps what was typed, so that neither of two versions is lost: the one exception.
            if response.status_code >= 400 and not getattr(response, "keep_writes", False):
                transaction.set_rollback(True)
        return viewer, response


def _look(request: HttpRequest) -> Viewer:
    if request.user.is_authenticated:
        return look_as(request.user)
    tell_database(PUBLIC)
    return PUBLIC


def _sleeps(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    """A role of the reader waits for a second factor: what is refused to them may be open once they have one.

    Told of every refusal alike, so that it says nothing of what is there. Programs get their problem document, and a
    page that has words of its own for a refusal keeps them.
    """
    viewer = request.viewer  # type: ignore[attr-defined]
    return bool(viewer.waiting) and not hasattr(view, "looks") and not getattr(view, "own_refusals", False)


def _wake(request: HttpRequest) -> HttpResponse:
    query = urlencode({"next": request.get_full_path() if request.method in ("GET", "HEAD") else "/"})
    response = HttpResponseRedirect(f"{reverse('second-factor')}?{query}")
    response.headers["Cache-Control"] = "private, no-store"
    return response
