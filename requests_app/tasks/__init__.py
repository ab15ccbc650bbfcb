"""The scheduler's door. Imported at start-up, so that every process knows each task by name."""

from . import reminders

__all__ = ["reminders"]
