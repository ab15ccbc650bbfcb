"""kill -9, at moments nobody chooses, until the import is through: no row lost, none twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connections

from foia_tracker.embedded import place
from requests_app.actions import import_undo, import_work, imports
from requests_app.models import Event, EventNote, ExternalNumber, RecordsRequest, StandingSpan
from requests_app.models.visibility import viewing_as
from tests.builders import cast
from tests.imports.conftest import TODAY, log

pytestmark = [pytest.mark.committed, pytest.mark.fault]
ROWS = 600


def worker(email: str, batch_id: int) -> subprocess.Popen[str]:
    def url(alias: str) -> str:
        given = connections[alias].settings_dict
        return (
            f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
        )

    return subprocess.Popen(
        [sys.executable, "-m", "tests.imports.worker", email, str(batch_id)],
        cwd=place.REPOSITORY,
        env={**os.environ, "DATABASE_URL": url("default"), "DATABASE_DIRECT_URL": url("direct")},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_again_and_again_the_import_ends_whole(tmp_path: Path) -> None:
    people = cast()
    path = tmp_path / "log.csv"
    path.write_bytes(
        log(
            *(
                f"A-{n},Sangamon Bend Fusion Center,2024-03-04,2024-04-04,Text,Full denial"
                for n in range(ROWS)
            )
        )
    )
    batch = import_work.import_file(
        actor=people.edgar, organisation=people.harbor, path=path, mapping=None, on=TODAY, dry_run=True
    )
    with viewing_as(people.edgar) as viewer:
        imports.begin_apply(viewer=viewer, batch=batch, actor=people.edgar)
    moments, kills = random.Random(7), 0
    for _ in range(60):
        process = worker(people.edgar.email, batch.pk)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        for _ in range(moments.randrange(3)):
            process.stdout.readline()
        time.sleep(moments.uniform(0, 0.2))
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with viewing_as(people.edgar):
            batch.refresh_from_db()
        if batch.state == "applied":
            break
    assert kills >= 3
    assert (batch.state, batch.counts["made"]) == ("applied", ROWS)
    with viewing_as(people.edgar):
        for rows, per_request in ((RecordsRequest, 1), (ExternalNumber, 1), (Event, 2), (EventNote, 2)):
            assert rows.objects.count() == per_request * ROWS
        assert StandingSpan.objects.values("request").distinct().count() == ROWS
        assert import_undo.undo(viewer=viewer, batch=batch, actor=people.edgar) == ROWS
        assert not RecordsRequest.objects.exists()
