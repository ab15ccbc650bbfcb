"""The page that says whom one may sign in as, on a first run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
LINES = """\
ruth@harbor.example  copper-kettle  (Ruth Okafor, owner of Harbor Rights Clinic)
lina@harbor.example  morning-rain  (Lina (the second) Haddad, editor of Harbor Rights Clinic)
della@prairie.example  tin-roof  (Della Voss, owner of Prairie Watch)
"""


@pytest.fixture
def loaded(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "sample-sign-ins.txt").write_text(LINES)
    settings.VAR_DIR = tmp_path


def test_this_machine_is_told_everybody_by_organization(loaded: None) -> None:
    page = Client().get("/sample/").content.decode()
    assert page.count("<h2>Harbor Rights Clinic</h2>") == page.count("<h2>Prairie Watch</h2>") == 1
    for word in ("Ruth Okafor", "Owner", "ruth@harbor.example", "copper-kettle", "Lina (the second) Haddad"):
        assert word in page
    assert b'href="/sample/"' in Client().get("/accounts/login/").content


@pytest.mark.parametrize(
    "asked", [{"REMOTE_ADDR": "203.0.113.9"}, {"REMOTE_ADDR": "unix:"}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}]
)
def test_nobody_elsewhere_is_told(loaded: None, asked: dict[str, Any]) -> None:
    assert Client().get("/sample/", **asked).status_code == 404


def test_without_a_sample_and_in_production_there_is_no_such_page(
    loaded: None, tmp_path: Path, settings: Any
) -> None:
    settings.PRODUCTION = True
    assert Client().get("/sample/").status_code == 404
    settings.PRODUCTION = False
    (tmp_path / "sample-sign-ins.txt").unlink()
    assert Client().get("/sample/").status_code == 404
    assert b'href="/sample/"' not in Client().get("/accounts/login/").content
