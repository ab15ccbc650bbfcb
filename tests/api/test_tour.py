"""The tour of the API is walked as it is written: its commands are run, and print what stands there."""

from __future__ import annotations

import datetime as dt
import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from foia_tracker.embedded.place import REPOSITORY
from requests_app.actions.sample import load_sample, read_scenario
from requests_app.models import Agency, Organisation, Person
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import token_of

TOUR = (REPOSITORY / "docs" / "api-tour.md").read_text(encoding="utf-8")
SCENARIO = REPOSITORY / "requests_app" / "data" / "sample" / "scenario.yaml"
WRITTEN = "http://localhost:8000"
pytestmark = pytest.mark.committed


@pytest.fixture
def client_is_there(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(REPOSITORY / "clients" / "python"))
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "records_tracker"]:
        del sys.modules[name]


def test_the_tour_is_walked(
    live_server: LiveServer, client_is_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    load_sample(read_scenario(SCENARIO), now=timezone.now())
    ruth = Person.objects.get(email="ruth.okafor@harbor-rights.example")
    with viewing_as(ruth) as viewer:
        harbor = Organisation.objects.editable_by(viewer).get()
        prairie_line = Agency.objects.get(slug="sample-prairie-line")
        stranger = builders.bare_request(
            ruth, harbor, prairie_line, filed_on=dt.date(2026, 3, 2), is_sample=False
        )
    monkeypatch.setenv("TRACKER_TOKEN", token_of(ruth, harbor, "write")[1])
    run_shell(live_server.url)
    run_python(live_server.url, {"private": stranger.public_id})


def run_shell(address: str) -> None:
    steps = re.findall(r"```sh\n(.*?)\n```\n```\n(.*?)\n```", TOUR, re.S)
    assert len(steps) == TOUR.count("```sh")
    for command, printed in steps:
        done = subprocess.run(
            command.replace(WRITTEN, address), shell=True, capture_output=True, text=True, check=False
        )
        assert done.stdout.strip() == printed, (command, done.stderr)


def run_python(address: str, names: dict[str, object]) -> None:
    examples = "\n".join(re.findall(r"```python\n(.*?)```", TOUR, re.S)).replace(WRITTEN, address)
    test = doctest.DocTestParser().get_doctest(examples, names, "api-tour", str(Path("docs/api-tour.md")), 0)
    assert len(test.examples) >= TOUR.count("```python")
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)
