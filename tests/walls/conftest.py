"""The stage of the walls: what every route is asked about."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from requests_app.actions.filing import file_request
from requests_app.models import Campaign, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

from .declared import CANARY, Stage, modules
from .whole import world

__all__ = ["world"]
DECLARED = modules()
TODAY = dt.date(2026, 3, 10)


def filed(cast: builders.Cast, campaign: Campaign, word: str, canary: str = CANARY) -> RecordsRequest:
    with viewing_as(cast.olive) as viewer:
        return file_request(
            viewer=viewer, organisation=cast.harbor, agency=cast.agency, law_id="us-il",
            public_title=f"Sharing lists, {word}", working_title=f"{canary}-working", letter=f"{canary}-letter",
            tracking_number=f"{canary}-number", campaign=campaign, parts=(("A1", "Contracts"), ("A2", "Lists")),
            sent_on=dt.date(2026, 3, 2), channel="email", actor=cast.olive, once=f"filed-{word}", today=TODAY,
        )  # fmt: skip


@pytest.fixture
def stage(db: Any, settings: Any, tmp_path: Path) -> Stage:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_CATCHER_DIR = tmp_path
    cast = builders.cast()
    closed, opened = (
        builders.campaign(cast.olive, cast.harbor, "Quiet"),
        builders.campaign(cast.olive, cast.harbor, "Open"),
    )
    private, published = filed(cast, closed, "private"), filed(cast, opened, "published")
    builders.publish(cast.olive, opened)
    made = Stage(cast, private, published)
    with viewing_as(cast.olive):
        for one in (private, published):
            builders.event(one, "acknowledged", received_on=dt.date(2026, 3, 4))
        for module in DECLARED:
            if hasattr(module, "prepare"):
                module.prepare(made)
    return made
