"""The scheduler's door. Imported at start-up, so that every process knows each task by name."""

from . import imports, reminders

__all__ = ["imports", "reminders"]
