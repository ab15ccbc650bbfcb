"""Logs hold ids, never titles, notes, addresses or what a row holds."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from django.conf import settings

from foia_tracker import logs

CANARY = "canary-7f3a"


@pytest.fixture
def lines() -> Iterator[Any]:
    out = StringIO()
    configured = logs.configure(level="INFO", form="json")
    handler = logging.StreamHandler(out)
    logging.config.dictConfig({**configured, "root": {"handlers": [], "level": "INFO"}})
    formatter = logging.config.DictConfigurator(configured).configure_formatter(
        dict(configured["formatters"]["ids"])
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    structlog.reset_defaults()
    logs.configure(level="INFO", form="json")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    logging.config.dictConfig(settings.LOGGING)


def test_ids_stay_and_all_else_is_dropped_and_counted(lines: Any) -> None:
    structlog.get_logger("t").info("filed", request_id="r7", title=CANARY, note=CANARY, count=3)
    (line,) = lines()
    assert line["event"] == "filed"
    assert (line["request_id"], line["count"], line["dropped_count"]) == ("r7", 3, 2)
    assert CANARY not in json.dumps(line)


def test_the_database_s_quotations_of_a_row_are_left_out(lines: Any) -> None:
    try:
        raise ValueError(f'duplicate key value violates "x"\nDETAIL:  Key (email)=({CANARY}) already exists.')
    except ValueError:
        structlog.get_logger("t").exception("failed")
    (line,) = lines()
    assert "duplicate key value" in line["exception"]
    assert CANARY not in json.dumps(line)


def test_addresses_are_left_out_of_sentences_of_other_libraries(lines: Any) -> None:
    logging.getLogger("smtp").warning("550 mailbox of %s is full", f"{CANARY}@example.org")
    (line,) = lines()
    assert line["event"] == "550 mailbox of [address] is full"


def test_statements_with_their_values_are_never_logged(lines: Any) -> None:
    logging.getLogger("django.db.backends").debug("select %s", CANARY)
    assert lines() == []
