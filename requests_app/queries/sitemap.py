"""What search engines may read: addresses of what is public, with the day on which the public last read something new.

Walked by keys, so that the thousandth page costs what the first does. Invented rows stand in no sitemap, as their pages
tell search engines to stay away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Greatest

from requests_app.models import Agency, Campaign, Document, Event, RecordsRequest
from requests_app.models.visibility import PUBLIC, live_shares

SIZE = 10_000
FIRSTS = """
SELECT key FROM (SELECT key, row_number() OVER (ORDER BY key) AS n FROM ({keys}) rows) numbered
WHERE n %% %s = 1 ORDER BY key
"""


def sections() -> dict[str, QuerySet[Any]]:
    """Name to rows, each with a `key` that its address holds."""
    real = Q(is_sample=False) | Q(is_imported=True)
    return {
        "requests": RecordsRequest.objects.visible_to(PUBLIC).filter(real).annotate(key=F("public_id")),
        "campaigns": Campaign.objects.visible_to(PUBLIC).filter(is_sample=False).annotate(key=F("public_id")),
        "agencies": Agency.objects.real().surviving().annotate(key=F("slug")),
    }


def firsts(section: str) -> list[str]:
    """The key with which each page of a section begins. One query."""
    keys, params = sections()[section].order_by().values("key").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(FIRSTS.format(keys=keys), [*params, SIZE])
        return [row[0] for row in cursor.fetchall()]


def page(section: str, first: str) -> Iterator[tuple[str, dt.date | None]]:
    """Keys from this one on, at most SIZE, each with the day of its last change. One query."""
    rows = sections()[section].filter(key__gte=first).order_by("key")
    if section == "requests":
        rows = rows.annotate(changed=Greatest(_last(Event, "recorded_at"), _last(Document, "released_at"), _shown()))
    else:
        rows = rows.annotate(changed=Value(None, output_field=TextField()))
    for key, changed in rows.values_list("key", "changed")[:SIZE]:
        yield key, changed.date() if changed else None


def _last(model: Any, at: str) -> Subquery:
    rows = model.objects.visible_to(PUBLIC).filter(request=OuterRef("pk")).order_by()
    return Subquery(rows.values("request").annotate(last=Max(at)).values("last"))


def _shown() -> Subquery:
    """A request's own publication, where it has one."""
    rows = live_shares(PUBLIC).filter(request=OuterRef("pk")).annotate(at=Greatest("from_at", "embargo_until"))
    return Subquery(rows.order_by("-at").values("at")[:1])
