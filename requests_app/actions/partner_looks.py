"""Looking whether partners have asked an office already: told by their consent, logged, so many a day."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from django.db import connection

from requests_app.models.visibility import Viewer

from .rights import must_edit

# Offices and kits that an organization may look for in a day; the database holds the same number.
A_DAY = 200
MOST = 1_000
EDITORS_ONLY = "Only who may file is told what partners have asked."
Pair: TypeAlias = tuple[int, str]


def look(*, viewer: Viewer, organisation_id: int, pairs: Collection[Pair]) -> dict[Pair, bool | None]:
    """By agency and kit: whether some partner who agreed has asked. None: not looked for, the day is used up.

    Who, when and how often is told to nobody. Looking again on the same day costs nothing.
    """
    must_edit(viewer, organisation_id, EDITORS_ONLY)
    asked = list(dict.fromkeys(pairs))[:MOST]
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT office, kit, told FROM app_partners_asked(%s, %s::bigint[], %s::text[])",
            [organisation_id, [agency for agency, _kit in asked], [kit for _agency, kit in asked]],
        )
        return {(agency, kit): told for agency, kit, told in cursor.fetchall()}
