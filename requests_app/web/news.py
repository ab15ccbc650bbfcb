"""Feeds of what happened in public, for any feed reader: the whole site, a request, an agency, a campaign, a search.

Whoever fetches one is the public; a session beside it adds nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models import Agency, Campaign
from requests_app.models.agencies import AgencyKind
from requests_app.models.visibility import PUBLIC, Viewer, tell_database
from requests_app.notices import news as notices
from requests_app.queries import news as query
from requests_app.queries.groups import POPULATIONS, TOGETHER
from requests_app.queries.masking import campaigns_outside
from requests_app.queries.places import place_name
from requests_app.queries.requests import bare_halves, filtered_halves

from .event_specs import OUTCOME_WORDS
from .news_words import LABELS, WORDS, label_of
from .requests import WITHIN, filters_of
from .shell import PUBLIC_ZONE, Looking
from .templatetags.look import day_long
from .words import STAGES, outcome_words

DAYS = ("from", "until")
# Of the list alone: how it is shown, not what it holds.
LEFT_OUT = ("view", "sort", "page")


class Misread(Exception):
    """A sentence that names the part of the address, and what it may be."""


def _public(request: HttpRequest) -> Viewer:
    tell_database(PUBLIC)
    return PUBLIC


def _feed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def answer(request: Looking, *args: Any, form: str, **kwargs: Any) -> HttpResponse:
        if form not in notices.TYPES:
            raise Http404
        try:
            return view(request, *args, form, **kwargs)
        except Misread as problem:
            return HttpResponse(str(problem), status=400, content_type="text/plain; charset=utf-8")

    answer.looks = _public  # type: ignore[attr-defined]
    return require_safe(answer)


@_feed
def site(request: Looking, form: str) -> HttpResponse:
    _only(request, ())
    about = _("What agencies did, and what was published, in all public requests.")
    return _answer(request, form, "site", _("Public Records Tracker"), about, reverse("dashboard"))


@_feed
def of_request(request: Looking, form: str, pid: str) -> HttpResponse:
    _only(request, ())
    rows = query.request_of(pid)
    found = get_object_or_404(rows.select_related("agency", "custodian"))
    agency = found.custodian.name if found.custodian else found.agency.name
    title = _("%(agency)s: request %(pid)s") % {"agency": agency, "pid": pid}
    about = _("What happened in this request.")
    home = reverse("request", args=[pid])
    return _answer(request, form, f"request:{pid}", title, about, home, requests=rows, since=found.created_at)


@_feed
def of_agency(request: Looking, form: str, slug: str) -> HttpResponse:
    _only(request, ())
    found = get_object_or_404(Agency.objects.select_related("merged_into"), slug=slug)
    if found.merged_into is not None:
        return redirect("news-agency", slug=found.merged_into.slug, form=form, permanent=True)
    rows = query.requests().filter(agency__in=Agency.objects.together(slug))
    about = _("What happened in public requests to this agency.")
    return _answer(request, form, f"agency:{slug}", found.name, about, reverse("agency", args=[slug]), requests=rows)


@_feed
def of_campaign(request: Looking, form: str, pid: str) -> HttpResponse:
    _only(request, ())
    found = get_object_or_404(Campaign.objects.visible_to(PUBLIC), public_id=pid)
    rows = query.requests().filter(campaign=found)
    campaigns_outside(PUBLIC, [found])
    about = _("What happened in the public requests of this campaign.")
    home = reverse("campaign", args=[pid])
    return _answer(
        request, form, f"campaign:{pid}", found.public_title, about, home, requests=rows, campaign=found,
        since=found.created_at,
    )  # fmt: skip


@_feed
def of_search(request: Looking, form: str) -> HttpResponse:
    asked = _asked(request)
    filters = filters_of(request)
    (rows,) = filtered_halves(bare_halves(PUBLIC, now=request.now, spans=filters.by_standing), PUBLIC, filters)
    said = urlencode(sorted(asked.items()))
    title = _("Requests: %(what)s") % {"what": ", ".join(_said(asked))} if asked else _("Requests")
    about = _("What happened in public requests that match these filters today.")
    home = f"{reverse('requests')}?{said}".rstrip("?")
    return _answer(request, form, f"search:{said}", title, about, home, requests=rows, asked=asked)


# The answer ----------------------------------------------------------------------------------------


def _answer(
    request: Looking, form: str, key: str, title: str, about: str, home: str, *, since: dt.datetime | None = None,
    asked: Mapping[str, str] | None = None, **of: Any,
) -> HttpResponse:  # fmt: skip
    beyond = _beyond(request)
    found = query.news(beyond=beyond, **of)
    here, said = settings.BASE_URL + request.path, dict(asked or {})
    before = {"before": request.GET["before"]} if beyond else {}
    next_url = ""
    if found.more:
        last = found.items[-1]
        next_url = f"{here}?{urlencode(said | {'before': f'{last.at.isoformat()},{last.key}'})}"
    feed = notices.Feed(
        key=key, title=title, about=about, author=_("Public Records Tracker"), home_url=settings.BASE_URL + home,
        self_url=f"{here}?{urlencode(said | before)}".rstrip("?"), next_url=next_url, language=get_language() or "en",
        since=since or _midnight(request), entries=[_entry(item) for item in found.items],
    )  # fmt: skip
    written = notices.write(feed, form)
    etag = f'"{hashlib.sha256(written).hexdigest()[:40]}"'
    # By the mark of its bytes alone: what is taken back makes no feed newer, and must leave it all the same.
    same = get_conditional_response(request, etag=etag)
    response = same if isinstance(same, HttpResponseNotModified) else HttpResponse(written, headers={
        "Content-Type": notices.TYPES[form],
    })  # fmt: skip
    response["ETag"] = etag
    response["Last-Modified"] = http_date(feed.changed.timestamp())
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _midnight(request: Looking) -> dt.datetime:
    """An empty feed is the same all day long."""
    return request.now.astimezone(ZoneInfo(PUBLIC_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)


def _entry(item: query.Item) -> notices.Entry:
    words = str(WORDS[item.what])
    told = f"{words}: {outcome_words(item.outcome)}" if item.outcome else words
    if item.campaign:
        url, title = reverse("campaign", args=[item.campaign]), f"{item.title}: {words}"
    else:
        url, title = reverse("request", args=[item.request]), f"{item.agency}: {told}"
    lines = [item.title, told]
    if item.on is not None:
        lines[-1] = _("%(what)s, %(day)s") % {"what": told, "day": day_long(item.on)}
    if item.parts:
        lines.append(_("Parts: %(parts)s") % {"parts": ", ".join(item.parts)})
    if item.file:
        lines.append(item.file_name)
    return notices.Entry(
        key=f"item:{item.key}", at=item.at, text="\n".join(lines), url=settings.BASE_URL + url,
        title=_("Sample: %(title)s") % {"title": title} if item.is_sample else title,
        words=(item.what, *filter(None, [item.outcome, item.jurisdiction])),
        file_url=settings.BASE_URL + reverse("document-file", args=[item.file]) if item.file else "",
        file_name=item.file_name, size=item.size,
    )  # fmt: skip


# The address ---------------------------------------------------------------------------------------


def _only(request: Looking, names: Iterable[str]) -> None:
    for name in request.GET:
        if name not in (*names, "before"):
            said = _("%(name)s: this feed has no such filter. Leave it out of the address.")
            raise Misread(said % {"name": name[:40]})


def _asked(request: Looking) -> dict[str, str]:
    """The filters of the list of requests, as the public has them."""
    known = _known()
    _only(request, (*LABELS, *LEFT_OUT))
    asked: dict[str, str] = {name: value[:200] for name in LABELS if (value := str(request.GET.get(name, "")))}
    for name, value in asked.items():
        if name in known and value not in known[name]:
            raise Misread(
                _("%(name)s: “%(value)s” is none of the choices. Choose one on the list of requests.")
                % {"name": label_of(name), "value": value[:60]}
            )
        if name in DAYS and _day(value) is None:
            raise Misread(
                _("%(name)s: “%(value)s” is no day. Write it as year, month and day: 2026-03-31.")
                % {"name": label_of(name), "value": value[:60]}
            )
    return asked


def _known() -> dict[str, Any]:
    return {
        "jurisdiction": library().codes, "law": library().codes, "kind": AgencyKind.values, "group": TOGETHER,
        "population": POPULATIONS, "stage": [stage for stage in STAGES if stage != "appeal_open"],
        "outcome": OUTCOME_WORDS, "late": ("1",), "within": WITHIN,
    }  # fmt: skip


def _day(said: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        return None


def _said(asked: Mapping[str, str]) -> list[str]:
    out = []
    for name, value in sorted(asked.items()):
        words = place_name(value) if name in ("jurisdiction", "law") else value
        out.append(f"{label_of(name)} {words}")
    return out


def _beyond(request: Looking) -> query.Place | None:
    said = request.GET.get("before", "")
    if not said:
        return None
    day, _comma, key = said.partition(",")
    lost = Misread(_("before: this is no place in the feed. Begin without it, and follow the link “next”."))
    try:
        said_at = dt.datetime.fromisoformat(day)
        # One at the end of all time has no other zone.
        at = said_at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise lost from None
    if said_at.tzinfo is None or not key.isascii() or not key.isalnum() or len(key) > 12:
        raise lost
    return query.Place(at, key)


urlpatterns = [
    path("feed.<slug:form>", site, name="news"),
    path("requests/feed.<slug:form>", of_search, name="news-search"),
    path("requests/<slug:pid>/feed.<slug:form>", of_request, name="news-request"),
    path("agencies/<slug:slug>/feed.<slug:form>", of_agency, name="news-agency"),
    path("campaigns/<slug:pid>/feed.<slug:form>", of_campaign, name="news-campaign"),
]
