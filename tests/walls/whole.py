"""The world of the whole matrix, built once a module and taken away after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connections
from django.test.utils import override_settings

from tests.conftest import _put_back

from .subjects import World, build


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: Any,
    superuser_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    name = connections["default"].settings_dict["NAME"]
    admin = psycopg2.connect(superuser_url.replace("/postgres?", f"/{name}?"))
    folder = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=folder, MAIL_CATCHER_DIR=folder), django_db_blocker.unblock():
        try:
            yield build(admin)
        finally:
            for alias in connections:
                connections[alias].close()
            admin.rollback()
            admin.autocommit = True
            _put_back(admin)
            admin.close()
