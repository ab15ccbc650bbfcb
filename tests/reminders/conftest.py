from __future__ import annotations

from typing import Any

import pytest

from tests import builders
from tests.drills import post  # noqa: F401


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def mail_server(settings: Any) -> Any:
    """Points the outgoing mail at a port, with short patience."""

    def use(port: int, timeout: float = 2.0) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = timeout

    return use
