"""The scheduler's door. Imported at start-up, so that every process knows each task by name."""

from . import (
    archives,
    audit,
    imports,
    invitations,
    letters,
    proposals,
    publishing,
    reminders,
    revisions,
    webhooks,
)

__all__ = [
    "archives", "audit", "imports", "invitations", "letters", "proposals", "publishing", "reminders", "revisions",
    "webhooks",
]  # fmt: skip
