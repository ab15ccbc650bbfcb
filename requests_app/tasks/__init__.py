"""The scheduler's door. Imported at start-up, so that every process knows each task by name."""

from . import archives, imports, invitations, letters, reminders, revisions

__all__ = ["archives", "imports", "invitations", "letters", "reminders", "revisions"]
