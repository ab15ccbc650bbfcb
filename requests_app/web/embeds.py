"""What others put into their own pages: a counter, the map, a campaign's matrix, the clocks of one request.

Published rows only, whoever looks; no cookie is read or set. A kept copy is asked for again each time, so that what is
taken back is gone from other people's pages at once.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.cache import get_conditional_response
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from requests_app.models.visibility import PUBLIC, Viewer, tell_database

from . import embed_parts as parts
from .draw.alone import png
from .paging import param
from .shell import PUBLIC_ZONE, THEMES, Looking
from .statistics_filters import NAMES as FILTERS

FIGURES = ("counter", "map")
NARROWING = (*FILTERS, "from", "until")
Found = Callable[..., parts.Embedded]


def as_public(_request: HttpRequest) -> Viewer:
    tell_database(PUBLIC)
    return PUBLIC


def embedded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Within anybody's page, and never with more than the public sees."""

    @wraps(view)
    def answered(request: Looking, **named: Any) -> HttpResponse:
        response = view(request, **named)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["X-Robots-Tag"] = "noindex"
        if response.status_code != 200:
            return response
        response["Cache-Control"] = "public, no-cache"
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    shown = require_safe(xframe_options_exempt(answered))
    shown.looks = as_public  # type: ignore[attr-defined]
    return shown


def _policy(*style: str) -> str:
    return "; ".join(
        [
            "default-src 'none'", f"style-src {' '.join(style)}", "font-src 'self'", "img-src 'self'",
            "base-uri 'none'", "form-action 'none'", "frame-ancestors *",
        ]
    )  # fmt: skip


def _refused(sentences: Iterable[str]) -> HttpResponse:
    response = HttpResponse("\n".join(sentences), content_type="text/plain; charset=utf-8", status=400)
    response["Content-Security-Policy"] = _policy("'none'")
    return response


def _problems(request: Looking, known: Iterable[str]) -> list[str]:
    """Sentences about what the address says and nobody offered."""
    names = ["theme", *known]
    offered = ", ".join(names)
    problems = [
        _("“%(name)s” is nothing to choose here. Choose of: %(names)s.") % {"name": name[:40], "names": offered}
        for name in request.GET
        if name not in names
    ]
    theme = request.GET.get("theme", "")
    if theme and theme not in THEMES:
        said = _("theme: “%(value)s” is none of the choices. Write light or dark, or leave it out.")
        problems.append(said % {"value": theme[:40]})
    return problems


def _framed(request: Looking, found: parts.Embedded) -> HttpResponse:
    on = request.now.astimezone(ZoneInfo(PUBLIC_ZONE)).date()
    context = {"found": found, "chosen_theme": param(request, "theme"), "as_of": on}
    response = render(request, f"embeds/{found.kind}.html", context)
    response["Content-Security-Policy"] = _policy("'self'")
    return response


def _drawn(request: Looking, found: parts.Embedded, ending: str) -> HttpResponse:
    svg = parts.drawn(found, request, dark=param(request, "theme") == "dark")
    if ending == "png":
        picture = HttpResponse(png(svg), content_type="image/png")
        picture["Content-Security-Policy"] = _policy("'none'")
        return picture
    style = svg.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Content-Security-Policy"] = _policy(f"'sha256-{digest}'")
    return response


def _answer(request: Looking, known: Iterable[str], find: Callable[[], parts.Embedded], ending: str) -> HttpResponse:
    try:
        problems = _problems(request, known)
        found = None if problems else find()
    except parts.NotUnderstood as problem:
        problems = problem.sentences
    if problems or found is None:
        return _refused(problems)
    return _drawn(request, found, ending) if ending else _framed(request, found)


@embedded
def figure(request: Looking, name: str, ending: str = "") -> HttpResponse:
    if name not in FIGURES:
        raise Http404
    known = (*NARROWING, "measure") if name == "map" else NARROWING
    find = parts.counter if name == "counter" else parts.map_of
    return _answer(request, known, lambda: find(request), ending)


@embedded
def campaign(request: Looking, pid: str, ending: str = "") -> HttpResponse:
    return _answer(request, (), lambda: parts.matrix_of(request, pid), ending)


@embedded
def records_request(request: Looking, pid: str, ending: str = "") -> HttpResponse:
    return _answer(request, (), lambda: parts.clock_of(request, pid), ending)


@require_safe
def embed(request: Looking) -> HttpResponse:
    """The page with the lines to copy: of the dashboard as it is narrowed, of one campaign, or of one request."""
    as_public(request)
    of, pid = next(((kind, request.GET[kind]) for kind in ("request", "matrix") if request.GET.get(kind)), ("", ""))
    try:
        if of == "request":
            found = [parts.clock_of(request, pid[:40])]
        elif of == "matrix":
            found = [parts.matrix_of(request, pid[:40])]
        else:
            found = [parts.counter(request), parts.map_of(request)]
    except parts.NotUnderstood as problem:
        return render(request, "embeds/embed.html", {"problems": problem.sentences}, status=400)
    kept = {name: param(request, name) for name in (*NARROWING, "measure") if not of and param(request, name)}
    theme = param(request, "theme")
    context = {
        "back": found[0],
        "of": of, "pid": pid, "kept": kept, "chosen": theme if theme in THEMES else "",
        "snippets": [_snippet(request, one, kept) for one in found],
        "has_sample": any(one.is_sample for one in found),
    }  # fmt: skip
    return render(request, "embeds/embed.html", context)


def _snippet(request: Looking, found: parts.Embedded, kept: dict[str, str]) -> dict[str, Any]:
    theme = param(request, "theme")
    asked = kept | ({"theme": theme} if theme in THEMES else {})
    if found.kind == "counter":
        asked.pop("measure", None)
    tail = f"?{urlencode(asked)}" if asked else ""
    name, args = parts.ROUTES[found.kind], found.args
    addresses = {
        ending: request.build_absolute_uri(reverse(f"{name}{ending and '-'}{ending}", args=args)) + tail
        for ending in ("", "svg", "png")
    }
    link = request.build_absolute_uri(found.link)

    def picture(ending: str) -> str:
        return format_html(
            '<a href="{}"><img src="{}" alt="{}" width="1000"></a>', link, addresses[ending], found.sentence
        )

    return {
        "title": parts.TITLES[found.kind], "kind": found.kind, "alt": found.sentence,
        "frame": format_html(
            '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy"></iframe>',
            addresses[""], found.title, found.height,
        ),
        "svg": picture("svg"), "png": picture("png"),
        "preview": f"{reverse(f'{name}-svg', args=args)}{tail}",
    }  # fmt: skip


def _routes(address: str, view: Callable[..., HttpResponse], name: str) -> list[Any]:
    return [
        path(f"{address}/", view, name=name),
        *(path(f"{address}.{end}", view, {"ending": end}, name=f"{name}-{end}") for end in ("svg", "png")),
    ]


urlpatterns = [
    path("embed/", embed, name="embed"),
    *_routes("embed/campaigns/<slug:pid>", campaign, "embed-campaign"),
    *_routes("embed/requests/<slug:pid>", records_request, "embed-request"),
    *_routes("embed/<slug:name>", figure, "embed-figure"),
]
