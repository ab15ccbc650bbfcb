"""A word in every text column of every row of one organization, which says whose it is and at which level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models

from requests_app.intake import storage
from requests_app.models import (
    Campaign,
    CenterClaim,
    Document,
    DocumentPrivate,
    Letter,
    RecordsRequest,
    RequestNote,
)
from requests_app.models.ledger import INTERNAL_KINDS, OUR_TURN_KINDS

if TYPE_CHECKING:
    from .subjects import World

STATUS, CORRESPONDENCE, DOCUMENTS, EVERYTHING, OWN = "s", "c", "d", "e", "o"
"""o: of no share at all. p, q: of status and correspondence, what partners read and the public does not."""
OURS_ALONE = 99
"""The organization itself, its people, and rows that hang on no request."""
STAFF = ("901", "902", "903")
"""Its people: where a column stands in other words."""
# Everything else that hangs on a request is Harbor's own: a table that is not named here may show nothing to a partner.
LEVEL_OF = {
    "Campaign": STATUS, "CampaignPrivate": EVERYTHING, "CustomValue": EVERYTHING, "Document": DOCUMENTS,
    "DocumentPrivate": EVERYTHING, "EventCorrespondence": CORRESPONDENCE, "EventNote": EVERYTHING, "Part": STATUS,
    "RecordsRequest": STATUS, "RequestCorrespondence": CORRESPONDENCE, "RequestPrivate": EVERYTHING,
    "TrackingNumber": CORRESPONDENCE, "Withholding": CORRESPONDENCE, "WithholdingPrivate": EVERYTHING,
}  # fmt: skip
# No text of anybody's: keys, names of states, hashes; and what the deadlines are derived from.
NO_WORDS = {
    "public_id", "uid", "kind", "blob", "sha256", "fingerprint", "clock_key", "rule_id", "law_ref", "calendar_ref",
    "law_id", "zone", "once", "token_hash", "digest", "stage", "outcome", "whose_move", "owner", "scope", "kit",
    "kit_version", "event_kind", "content_type", "message_id", "part", "label", "next_name", "next_owner",
    "next_clock_key", "item", "about", "residency", "start", "query", "step", "period", "subject_kind", "act",
    "embargo_zone", "clock", "letter_pid", "copied_from", "source", "url", "nonce", "name_of_file", "key", "sizes",
    "unit", "what", "repeat_unit", "escalate_to", "clocks", "channel", "pdf_sha256", "text_sha256", "state",
}  # fmt: skip
# Rows that are reckoned from others, or whose words open doors.
DERIVED = {
    "AuditEntry", "CoalitionInvitation", "CoalitionMember", "Deadline", "Digest", "Guest", "JointPart",
    "PublicStandingSpan",
    "ReminderRule", "StandingSpan",
}  # fmt: skip
CLAIM_STANDS = "{0}.published_at IS NOT NULL AND {0}.withdrawn_at IS NULL AND {0}.superseded_at IS NULL"
KEYS = {"StoredFile.name"}
SHORTEST = 14


def say(world: World, admin: Any) -> None:
    """As a superuser, who alone writes past the triggers of what is only ever added to."""
    of_campaign = {one.request.campaign_id: one.number for one in reversed(world.subjects)}
    with admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        # Filled by chance, and of no clock that a page could read.
        cursor.execute("DELETE FROM requests_app_deadline WHERE clock = '{}'")
        # What else was asked in a campaign is shared as it is: it counts as the one that is not held back.
        cursor.execute(
            "SELECT id, campaign_id FROM requests_app_recordsrequest WHERE campaign_id IS NOT NULL"
        )
        of_request = {pk: of_campaign[campaign] for pk, campaign in cursor.fetchall()}
        of_request |= {one.request.pk: one.number for one in world.subjects}
        for model, level, names in _tables():
            joined, key, by_campaign = _way(model)
            # What was deleted says nothing, and may not.
            gone = "AND t.deleted_at IS NULL" if any(one.name == "deleted_at" for one in model._meta.fields) else ""
            if model is CenterClaim:
                # What was published of a center, and leans on no document, is everybody's.
                gone = f"AND NOT ({CLAIM_STANDS.format('t')} AND t.document_id IS NULL)"
            known = _unzip(of_campaign if by_campaign else of_request)
            table = model._meta.db_table
            for name in names:
                column: Any = model._meta.get_field(name)
                world.columns.append(f"{model.__name__}.{name}")
                host = "|| '@words.example'" if isinstance(column, models.EmailField) else ""
                cursor.execute(
                    f"""
                    UPDATE {table} t SET "{column.column}" = left(
                        'zq' || lpad(coalesce(u.n, {OURS_ALONE})::text, 2, '0') || w.told
                        || '{len(world.columns) - 1:03d}x' || translate(t.ctid::text, '(),', 'y') {host},
                        {column.max_length or 300})
                      FROM (SELECT r.ctid AS at, {key} AS key, {_level(model, level)} AS told, r.organisation_id AS home
                              FROM {table} r {joined}) w
                      LEFT JOIN unnest(%s::bigint[], %s::int[]) AS u(id, n) ON u.id = w.key
                     WHERE w.at = t.ctid AND w.home = %s {gone}""",
                    [*known, world.cast.harbor.pk],
                )
        _names(world, cursor)
        _files(world, cursor)
    admin.commit()


def _unzip(known: dict[Any, int]) -> list[list[int]]:
    return [[int(key) for key in known], list(known.values())]


def _tables() -> Iterator[tuple[type[models.Model], str, list[str]]]:
    for model in sorted(apps.get_app_config("requests_app").get_models(), key=lambda one: one.__name__):
        meta = model._meta
        known = {one.name for one in meta.fields}
        if not meta.managed or "organisation" not in known or model.__name__ in DERIVED:
            continue
        names = [
            one.name for one in meta.concrete_fields
            if isinstance(one, (models.CharField, models.TextField)) and not one.choices
            and one.name not in NO_WORDS and f"{model.__name__}.{one.name}" not in KEYS
            and (one.max_length or 300) >= SHORTEST and not one.primary_key
        ]  # fmt: skip
        if names:
            yield model, LEVEL_OF.get(model.__name__, OWN), names


def _way(model: type[models.Model]) -> tuple[str, str, bool]:
    """From a row to its request: what to join, the column with the id, whether that is a campaign's."""
    if model is RecordsRequest:
        return "", "r.id", False
    if model is Campaign:
        return "", "r.id", True
    if model is CenterClaim:
        return "LEFT JOIN requests_app_document j ON j.id = r.document_id", "j.request_id", False
    known = {one.name: one for one in model._meta.concrete_fields}
    if "request" in known:
        return "", "r.request_id", False
    for one in known.values():
        of = one.related_model if isinstance(one, models.ForeignKey) else None
        if of and any(f.name == "request" for f in of._meta.concrete_fields) and not one.null:
            key = of._meta.pk.column
            return f"LEFT JOIN {of._meta.db_table} j ON j.{key} = r.{one.column}", "j.request_id", False
    if "campaign" in known:
        return "", "r.campaign_id", True
    return "", "NULL::bigint", False


def _level(model: type[models.Model], level: str) -> str:
    """The letter of a row. Some rows of a table go further than others: what the rules say of each, said again."""
    if model is Document:
        return (
            "CASE WHEN r.withdrawn_at IS NOT NULL OR r.privileged THEN 'o' "
            "WHEN r.released_at IS NULL THEN 'e' ELSE 'd' END"
        )
    if model is CenterClaim:
        shown = "j.released_at IS NOT NULL AND j.withdrawn_at IS NULL AND NOT j.privileged"
        return f"CASE WHEN {CLAIM_STANDS.format('r')} AND {shown} THEN 'd' ELSE 'o' END"
    if model is DocumentPrivate:
        it = "(SELECT privileged FROM requests_app_document d WHERE d.id = r.document_id)"
        return f"CASE WHEN {it} THEN 'o' ELSE 'e' END"
    if model is RequestNote:
        return "CASE WHEN r.privileged OR r.deleted_at IS NOT NULL THEN 'o' ELSE 'e' END"
    if model is Letter:
        # What goes to partners of it are its words; where it goes to, and what went wrong, they do not read.
        return "CASE WHEN r.request_id IS NOT NULL AND r.state IN ('draft', 'queued', 'stopped') THEN 'e' ELSE 'o' END"
    if model.__name__ in ("EventCorrespondence", "Withholding"):
        inner = ", ".join(f"'{kind}'" for kind in INTERNAL_KINDS)
        turn = ", ".join(f"'{kind}'" for kind in OUR_TURN_KINDS)
        gone = "r.retracted_at IS NOT NULL OR" if model.__name__ == "Withholding" else ""
        kind = "(SELECT kind FROM requests_app_event e WHERE e.id = r.event_id)"
        return f"CASE WHEN {gone} {kind} IN ({inner}) THEN 'o' WHEN {kind} IN ({turn}) THEN 'q' ELSE 'c' END"
    return f"'{level}'"


def _names(world: World, cursor: Any) -> None:
    """The organization's own name, and those of its people with their addresses."""
    cast = world.cast
    cursor.execute("UPDATE requests_app_organisation SET name = 'zq99o900' WHERE id = %s", [cast.harbor.pk])
    for number, one in enumerate((cast.olive, cast.edgar, cast.vera), 901):
        email = f"zq99o{number}@words.example"
        cursor.execute("UPDATE requests_app_person SET name = %s, email = %s WHERE id = %s",
                       [f"zq99o{number} Zq99o{number}b", email, one.pk])  # fmt: skip
        cursor.execute(
            f"UPDATE {EmailAddress._meta.db_table} SET email = %s WHERE user_id = %s", [email, one.pk]
        )


def _files(world: World, cursor: Any) -> None:
    cursor.execute(
        "SELECT id, request_id, withdrawn_at, released_at FROM requests_app_document WHERE erased_at IS NULL"
    )
    number = {one.request.pk: one.number for one in world.subjects}
    for pk, request, withdrawn, released in cursor.fetchall():
        level = OWN if withdrawn else DOCUMENTS if released else EVERYTHING
        stored = storage.keep([f"%PDF-1.4 zq{number.get(request, OURS_ALONE):02d}{level}999".encode()])
        cursor.execute(
            "UPDATE requests_app_document SET blob = %s, size = %s, sha256 = %s WHERE id = %s",
            [stored.name, stored.size, stored.sha256, pk],
        )
