from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests import builders


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    """Attempts are counted in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()
