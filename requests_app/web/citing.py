"""How a public page is cited, and what it tells programs of itself: a card, structured data, its lasting address.

Titles and texts are handed in as the public reads them. The day of retrieval is the door's.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .shell import PUBLIC_ZONE, Looking
from .templatetags.look import day_long

SITE = "Public Records Tracker"
INERT = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


def cited(
    request: Looking, *, kind: str, key: str, title: str, about: str, address: str, schema: dict[str, Any]
) -> dict[str, Any]:
    """Context of partials/cite.html and partials/cite_head.html. about: one sentence. schema: what schema.org calls
    the thing, besides its name, its words and its address."""
    url = request.build_absolute_uri(address)
    on = request.now.astimezone(ZoneInfo(PUBLIC_ZONE)).date()
    data = {"@context": "https://schema.org", "name": title, "description": about, "url": url} | schema
    return {
        "title": title,
        "about": about,
        "url": url,
        "card": request.build_absolute_uri(reverse("card", args=[kind, key])),
        "text": _("“%(title)s.” %(site)s. As of %(day)s. Retrieved %(day)s. %(url)s") % {
            "title": title.rstrip("."), "site": SITE, "day": day_long(on), "url": url,
        },
        "bibtex": _bibtex(kind, key, title, url, on),
        "data": _inert(data),
    }  # fmt: skip


def _bibtex(kind: str, key: str, title: str, url: str, on: dt.date) -> str:
    plain = "".join(char for char in title if char not in "{}\\")
    return (
        f"@misc{{{kind}-{key},\n  title = {{{{{plain}}}}},\n  author = {{{{{SITE}}}}},\n  year = {{{on.year}}},\n"
        f"  url = {{{url}}},\n  urldate = {{{on.isoformat()}}}\n}}"
    )


def _inert(data: dict[str, Any]) -> SafeString:
    """JSON that ends no element of the page, whatever a title says."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(INERT))


def dataset(**more: Any) -> dict[str, Any]:
    return {"@type": "Dataset", "isAccessibleForFree": True, "creator": {"@type": "Organization", "name": SITE}} | more
