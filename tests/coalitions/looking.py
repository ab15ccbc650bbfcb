"""Asking both walls who sees what, in one statement each that PostgreSQL plans once.

The policy is asked by a role that no wall binds, the walls by the web's role without the policy.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, CharField, F, Value
from django.db.models.functions import Cast

from requests_app.models import (
    Document,
    Event,
    Letter,
    PartnerComment,
    PartnerTask,
    PrivateComment,
    Proposal,
    ProposalDecision,
    RecordsRequest,
    RequestCorrespondence,
    RequestNote,
    RequestPrivate,
)
from requests_app.models.requests import InsideQuerySet
from requests_app.models.visibility import Level, Viewer

from .rules import TABLES, Seen

SEEN: dict[str, tuple[type[Any], str]] = {
    "request": (RecordsRequest, "id"), "event": (Event, "request_id"), "letter": (RequestCorrespondence, "request_id"),
    "document": (Document, "id"), "private": (RequestPrivate, "request_id"), "word": (PrivateComment, "id"),
    "partners": (PartnerComment, "id"), "draft": (Letter, "request_id"), "note": (RequestNote, "id"),
    "proposal": (Proposal, "id"), "decision": (ProposalDecision, "proposal_id"), "task": (PartnerTask, "id"),
}  # fmt: skip


class Looking:
    """Of one connection. A statement of the policy is kept by all that the policy knows of a viewer."""

    def __init__(self) -> None:
        self.kept: dict[Any, str] = {}

    def by_walls(self) -> Seen:
        name = self.kept.get("walls")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE foia_web")
            if name is None:
                name = self.kept["walls"] = self._prepare("walls", [model.objects.all() for model, _ in SEEN.values()])
            cursor.execute(f"EXECUTE {name}")
            rows = cursor.fetchall()
            cursor.execute("RESET ROLE")
        return _sorted(rows)

    def by_policy(self, viewer: Viewer) -> Seen:
        key = (viewer.kind, viewer.id if viewer.kind == "person" else 0, tuple(sorted(viewer.roles.items())))
        name = self.kept.get(key)
        if name is None:
            rows = [_by_policy(model.objects.all(), viewer) for model, _ in SEEN.values()]
            name = self.kept[key] = self._prepare(f"policy_{len(self.kept)}", rows)
        with connection.cursor() as cursor:
            cursor.execute(f"EXECUTE {name}")
            return _sorted(cursor.fetchall())

    def _prepare(self, name: str, querysets: list[Any]) -> str:
        first, *others = [
            rows.order_by()
            .annotate(told_by=Value(what, output_field=CharField()), told_key=Cast(F(column), BigIntegerField()))
            .values_list("told_by", "told_key")
            for rows, (what, (_, column)) in zip(querysets, SEEN.items(), strict=True)
        ]
        statement, given = first.union(*others, all=True).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"PREPARE {name} AS {cursor.mogrify(statement, given).decode()}")
        return name


def _by_policy(rows: Any, viewer: Viewer) -> Any:
    """What is written for our own people is told to others only where it is asked for."""
    inside = isinstance(rows, InsideQuerySet)
    return rows.visible_to(viewer, at_least=Level.EVERYTHING) if inside else rows.visible_to(viewer)


def _sorted(rows: list[tuple[str, int]]) -> Seen:
    found: Seen = {name: [] for name in TABLES}
    for name, pk in rows:
        found[name].append(pk)
    return {name: sorted(pks) for name, pks in found.items()}
