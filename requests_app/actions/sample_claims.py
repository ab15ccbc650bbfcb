"""What the sample organizations recorded of the invented centers: by the acts of everybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from requests_app.models import Agency, CenterClaim, Organisation, Person
from requests_app.models.visibility import viewing_as

from . import center_claims


def load(
    rows: Iterable[Mapping[str, Any]], homes: Mapping[str, tuple[Organisation, Person]], *, now: dt.datetime
) -> None:
    """Each once, and public where its row says so."""
    today = now.date()
    for number, row in enumerate(rows):
        home, owner = homes[row["organisation"]]
        once = f"sample:claim:{number}"
        with viewing_as(owner) as viewer:
            if CenterClaim.objects.visible_to(viewer).filter(organisation=home, once=once).exists():
                continue
            said = center_claims.Said(
                topic=row["topic"], status=row["status"], citation=row["citation"], value=row.get("value", ""),
                finding=row.get("finding", ""), page=row.get("page", ""),
                from_on=today - dt.timedelta(days=row["days_ago"]),
            )  # fmt: skip
            made = center_claims.record(
                viewer=viewer, organisation=home, agency=Agency.objects.get(slug=row["agency"]), said=said, actor=owner,
                once=once, today=today,
            )  # fmt: skip
            if row["published"]:
                center_claims.publish(viewer=viewer, claim=made, actor=owner)
