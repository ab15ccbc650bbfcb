"""The worker's door, the sweep behind it, and what old rows do to the reminders: nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import import_work, imports, reminders
from requests_app.models import ImportBatch, JobRun, Reminder
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from requests_app.tasks import imports as door
from tests.builders import Cast
from tests.imports.conftest import TODAY, Importer, log, seen

OURS = "Sangamon Bend Fusion Center"


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What was published to the broker, to be worked off by hand."""
    published: list[tuple[int, int]] = []
    monkeypatch.setattr(door.work, "delay", lambda *ids: published.append(ids))
    return published


def begun(bring: Importer, people: Cast) -> ImportBatch:
    batch = bring(log(*(f"A-{n},{OURS},2024-03-04,,Text," for n in range(5))))
    with viewing_as(people.edgar) as viewer:
        imports.begin_apply(viewer=viewer, batch=batch, actor=people.edgar)
    return batch


def test_each_message_does_one_chunk_and_publishes_the_next(
    bring: Importer, people: Cast, worker: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = imports.apply_next
    monkeypatch.setattr(imports, "apply_next", lambda **given: whole(**given, most=2))
    batch = begun(bring, people)
    worker.append((people.harbor.pk, batch.pk))
    done = []
    while worker:
        door.work(*worker.pop(0))
        done.append(seen(people, batch).rows_done)
    assert done == [2, 4, 5]
    assert seen(people, batch).state == "applied"


def test_a_message_that_comes_twice_or_names_another_organization_does_nothing(
    bring: Importer, people: Cast, worker: list[tuple[int, int]]
) -> None:
    batch = begun(bring, people)
    door.work(people.prairie.pk, batch.pk)
    assert seen(people, batch).rows_done == 0
    door.work(people.harbor.pk, batch.pk)
    door.work(people.harbor.pk, batch.pk)
    assert seen(people, batch).counts["made"] == 5
    assert worker == []


def test_who_may_no_longer_edit_ends_the_import_in_a_sentence_and_another_goes_on(
    bring: Importer, people: Cast, worker: list[tuple[int, int]]
) -> None:
    batch = begun(bring, people)
    with viewing_as(people.edgar) as viewer:
        imports.apply_next(actor=people.edgar, batch_id=batch.pk, on=TODAY, most=2)
    with viewing_as(people.olive):
        people.harbor.memberships.filter(person=people.edgar).update(role="viewer")
    door.work(people.harbor.pk, batch.pk)
    with viewing_as(people.olive) as viewer:
        stopped = ImportBatch.objects.get(pk=batch.pk)
        assert (stopped.state, stopped.rows_done) == ("failed", 2)
        assert "may no longer edit" in stopped.problem
        again = imports.start_over(viewer=viewer, batch=stopped, actor=people.olive, once="k")
        imports.map_columns(
            viewer=viewer, batch=again, actor=people.olive, mapping=imports.Mapping.of(again.mapping)
        )
    imports.check(actor=people.olive, batch_id=again.pk, on=TODAY)
    with viewing_as(people.olive) as viewer:
        imports.begin_apply(viewer=viewer, batch=again, actor=people.olive)
    door.work(people.harbor.pk, again.pk)
    with viewing_as(people.olive):
        again.refresh_from_db()
        assert (again.state, again.counts["known"], again.counts["made"]) == ("applied", 2, 3)


def test_a_check_can_be_done_piece_by_piece(
    bring: Importer, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHECKED_AT_ONCE", 2)
    batch = bring(log(*(f"A-{n},{OURS},2024-03-04,,Text," for n in range(5))))
    with viewing_as(people.edgar) as viewer:
        imports.map_columns(
            viewer=viewer, batch=batch, actor=people.edgar, mapping=imports.Mapping.of(batch.mapping)
        )
    done = [import_work.work(actor=people.edgar, batch_id=batch.pk, on=TODAY, most=2) for _ in range(3)]
    assert done == [True, True, False]
    assert seen(people, batch).counts["new"] == 5


def test_the_sweep_finds_what_a_lost_message_left(
    bring: Importer, people: Cast, worker: list[tuple[int, int]]
) -> None:
    batch = begun(bring, people)
    door.sweep()
    assert worker == [(people.harbor.pk, batch.pk)]
    door.work(*worker.pop())
    door.sweep()
    assert worker == []
    with viewing(SCHEDULE):
        assert JobRun.objects.get(job="imports.sweep").detail == {"waiting": 0}


def test_ancient_rows_plan_no_reminder_and_a_clock_that_still_runs_plans_one(
    bring: Importer, people: Cast
) -> None:
    old = [f"A-{n},{OURS},{day},,Text," for n, day in enumerate(["2012-03-05", "2020-03-05", "2026-11-02"])]
    bring(log(*old), apply=True)
    at = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
    reminders.plan_everything(now=at)
    with viewing_as(people.edgar):
        due = list(Reminder.objects.values_list("due_on", flat=True))
    assert all(day >= TODAY for day in due), due
    bring(log(f"B-1,{OURS},2026-11-17,,Text,"), source="new", apply=True)
    reminders.plan_everything(now=at)
    with viewing_as(people.edgar):
        assert Reminder.objects.filter(request__external_numbers__number="B-1").exists()


def test_an_import_whose_file_is_gone_ends_in_a_sentence(bring: Importer, people: Cast, media: Any) -> None:
    batch = bring(log(f"A-1,{OURS},2024-03-04,,Text,"))
    with viewing_as(people.edgar) as viewer:
        imports.map_columns(
            viewer=viewer, batch=batch, actor=people.edgar, mapping=imports.Mapping.of(batch.mapping)
        )
    for path in media.rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(FileNotFoundError):
        import_work.work(actor=people.edgar, batch_id=batch.pk, on=TODAY)
    batch = seen(people, batch)
    assert batch.state == "failed"
    assert "The import stopped" in batch.problem
