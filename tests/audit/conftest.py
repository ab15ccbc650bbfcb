from __future__ import annotations

from tests.reminders.conftest import cast, mail_server

__all__ = ["cast", "mail_server"]
