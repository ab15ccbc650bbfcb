"""The scheduler's door. Imported at start-up, so that every process knows each task by name."""

from . import imports, invitations, letters, reminders, revisions

__all__ = ["imports", "invitations", "letters", "reminders", "revisions"]
