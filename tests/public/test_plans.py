"""Public pages find their rows along indexes, whatever has grown: with whole tables made dear, no page walks one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests import builders

from .conftest import Scene

# What grows with what is filed; of the others a site holds a few hundred rows.
GROWS = (
    "recordsrequest", "event", "eventcorrespondence", "requestcorrespondence", "deadline", "standingspan",
    "publicstandingspan", "part", "document", "trackingnumber", "publicfact", "correction", "agencystatement", "agency",
    "agencylaw", "agencyname", "agencycontact", "ask", "withholding",
)  # fmt: skip
WALKED = re.compile(r"Seq Scan on requests_app_(\w+)")


@contextmanager
def plans() -> Iterator[list[str]]:
    """The plan of each question that is asked meanwhile."""
    found: list[str] = []

    def explained(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH")) and "set_config" not in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("EXPLAIN " + cursor.mogrify(sql, params).decode())
                found.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        yield found


@pytest.mark.parametrize(
    "address",
    [
        "/requests/", "/requests/?late=1", "/requests/?sort=late", "/requests/?sort=stage", "/requests/?sort=agency",
        "/requests/?agency={agency}", "/requests/?campaign={campaign}", "/requests/{request}/", "/agencies/{agency}/",
        "/campaigns/{campaign}/", "/documents/", "/documents/?agency={agency}", "/corrections/", "/agencies/",
        "/feed.atom", "/requests/{request}/feed.atom", "/agencies/{agency}/feed.atom",
        "/campaigns/{campaign}/feed.atom", "/requests/feed.atom", "/sitemap.xml", "/api/v1/requests/",
        "/api/v1/requests/{request}/events/", "/api/v1/requests/{request}/documents/", "/api/v1/agencies/",
    ],
)  # fmt: skip
def test_no_public_page_walks_a_table_that_grows(scene: Scene, client: Client, address: str) -> None:
    of = {
        "agency": scene.cast.agency.slug, "campaign": scene.campaign.public_id, "request": scene.shown.public_id,
    }  # fmt: skip
    builders.publish(scene.cast.olive, scene.campaign)
    with plans() as found:
        answer = client.get(address.format(**of))
    assert answer.status_code == 200, answer.content
    assert found
    walked = {name for plan in found for name in WALKED.findall(plan)} & set(GROWS)
    assert not walked, "\n\n".join(plan for plan in found if WALKED.search(plan))
