"""Logs hold ids, never titles, notes, addresses or tokens: what is not on the list below does not get out."""

from __future__ import annotations

import re
from typing import Any

import structlog

ALLOWED = {
    "event", "level", "logger", "timestamp", "exception", "method", "route", "status", "ms", "count", "task",
    "kind", "state", "attempt", "role", "job", "law_ref", "on", "code", "host", "pid", "signal", "outcome",
}  # fmt: skip
_DETAIL = re.compile(r"^(DETAIL|CONTEXT|QUERY|STATEMENT|LINE \d+):.*$", re.MULTILINE)
# Addresses that are keys: whoever reads them in a log could use them.
_KEY = re.compile(r"(/(?:feeds|invitations|invitations/guest|r)/)[^/\s\"']{20,}")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:=]+\.[A-Za-z]{2,}")


def ids_only(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    dropped = []
    for key, value in event.items():
        if (
            key in ALLOWED
            or key.startswith("_")
            or key.endswith(("_id", "_ids", "_at", "_count", "_seconds"))
        ):
            kept[key] = value
        else:
            dropped.append(key)
    if dropped:
        kept["dropped_count"] = len(dropped)
    return kept


def without_row_contents(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL's DETAIL lines quote the row ("Key (email)=(…) already exists"), and so do some messages."""
    for key in ("event", "exception"):
        value = event.get(key)
        if isinstance(value, str):
            said = _KEY.sub(r"\1[key]", _DETAIL.sub(r"\1: [left out]", value))
            event[key] = _ADDRESS.sub("[address]", said)
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, level: str, form: str) -> dict[str, Any]:
    """Configures structlog and returns Django's LOGGING."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    quiet = {"handlers": ["stderr"], "level": "WARNING", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "ids": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    without_row_contents,
                    ids_only,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ids"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # A statement with its parameters is content; it is never logged, whatever the level.
            "django.db.backends": quiet,
            "django.server": quiet,
            "mail.log": quiet,
            # One line a tick says nothing that the last success of each job does not say better.
            "celery.beat": quiet,
            "celery.worker.strategy": quiet,
            "celery.app.trace": quiet,
        },
    }
