"""Who may act for an organization: asked first by every act."""

from __future__ import annotations

from requests_app.models.visibility import Viewer

from .refusals import NotYours, Refused

EDITORS_ONLY = "Only an editor or an owner may do this."
OWNERS_ONLY = "Only an owner of the organization may do this."


def must_edit(viewer: Viewer, organisation_id: int, sentence: str = EDITORS_ONLY) -> None:
    """A stranger does not learn that there is anything; a member who only reads is told, in the words of the act."""
    if not viewer.belongs_to(organisation_id):
        raise NotYours
    if not viewer.may_edit(organisation_id):
        raise Refused("editors_only", sentence, status=403)


def must_own(viewer: Viewer, organisation_id: int, sentence: str = OWNERS_ONLY) -> None:
    if not viewer.belongs_to(organisation_id):
        raise NotYours
    if not viewer.may_own(organisation_id):
        raise Refused("owners_only", sentence, status=403)


def clean(said: str, *, code: str, field: str, most: int, missing: str = "") -> str:
    """What was typed, without the character NUL, which PostgreSQL cannot store. `missing`: it may not be empty."""
    said = said.replace("\x00", "").replace("\r\n", "\n").strip()
    if missing and not said:
        raise Refused(f"{code}_missing", missing, field=field)
    if len(said) > most:
        raise Refused(
            f"{code}_too_long", f"At most {most:,} characters; this has {len(said):,}.", field=field
        )
    return said


def checked_once(once: str) -> str:
    if not once or len(once) > 64:
        raise Refused("once_missing", "The form has lost its key; open it again.", field="once")
    return once
