"""A request of another organisation is a 404 with either wall removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from requests_app.models.visibility import ContentQuerySet
from tests import builders


def ask(as_whom: Any, address: str) -> int:
    client = Client()
    client.force_login(as_whom, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(address).status_code


@pytest.fixture
def without_policies() -> Iterator[None]:
    """The web signs in as the owner of the tables, whom row-level security does not bind."""
    web, owner = connections["default"], connections["owner"]
    before = dict(web.settings_dict)
    web.close()
    web.settings_dict.update({key: owner.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")})
    yield
    web.close()
    web.settings_dict.update(before)


@pytest.mark.committed
def test_without_row_level_security_the_queryset_still_hides_it(without_policies: None) -> None:
    cast = builders.cast()
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM requests_app_recordsrequest")
        assert cursor.fetchone() == (1,), "the wall is really down: no viewer is set, and the row is seen"
    address = reverse("request", args=[ours.public_id])
    assert ask(cast.ravi, address) == 404
    assert ask(cast.noor, address) == 404
    assert Client().get(address).status_code == 404
    assert ask(cast.vera, address) == 200


@pytest.mark.django_db
def test_without_the_queryset_row_level_security_still_hides_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = builders.cast()
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    monkeypatch.setattr(ContentQuerySet, "visible_to", lambda self, viewer, at_least=None: self.all())
    address = reverse("request", args=[ours.public_id])
    assert ask(cast.ravi, address) == 404
    assert ask(cast.noor, address) == 404
    assert Client().get(address).status_code == 404
    assert ask(cast.vera, address) == 200
