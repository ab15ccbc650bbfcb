from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.drills import post  # noqa: F401
from tests.letters.scene import with_address
from tests.reminders.conftest import mail_server  # noqa: F401


@pytest.fixture
def cast(db: Any, settings: Any, tmp_path: Path) -> builders.Cast:
    settings.MEDIA_ROOT = tmp_path / "media"
    return with_address(builders.cast())
