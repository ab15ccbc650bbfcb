"""A sign of life to a watcher outside: whoever hears nothing any more raises the alarm.

It says nothing but that a sweep was completed, and it delays none: it is sent by a thread of its own, with a short
limit, at most one at a time.
"""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

SECONDS = 5.0
_at_work = threading.Lock()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Only the address that the operator gave is called."""

    def redirect_request(self, *_: object) -> None:
        return None


def sweep_completed() -> threading.Thread | None:
    """Returns the thread that calls, or None where nobody asked for it or the last call still hangs."""
    if not settings.PING_URL or not _at_work.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_call, args=(settings.PING_URL,), name="ping", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        _at_work.release()
        raise
    return thread


def _call(address: str) -> None:
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(urllib.request.Request(address, method="GET"), timeout=SECONDS) as answer:
            answer.read(1024)
    except (OSError, urllib.error.URLError, http.client.HTTPException, ValueError) as error:
        # The address may hold a secret: the log does not name it.
        log.warning("ping not answered", outcome=type(error).__name__)
    finally:
        _at_work.release()
