from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg2
import pytest


@pytest.fixture
def as_role(superuser_url: str) -> Callable[[str], AbstractContextManager[Any]]:
    """A cursor of the test's own database, signed in as the role; everything is rolled back."""
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]

    @contextmanager
    def sign_in(role: str) -> Iterator[Any]:
        address = superuser_url.replace("/postgres?", f"/{name}?").replace("postgres@", f"{role}@")
        connection = psycopg2.connect(address)
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.rollback()
            connection.close()

    return sign_in
