"""The way back: whole or not at all, by an editor, with a line in the audit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from requests_app.actions import bulk, import_undo, imports
from requests_app.actions.refusals import Refused
from requests_app.models import (
    AuditEntry,
    Deadline,
    ImportBatch,
    OfferedMove,
    RecordsRequest,
    Reminder,
    RequestPrivate,
    RevisionOffer,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.builders import Cast
from tests.imports.conftest import TODAY, Importer, log, seen, take_in, three_rows


def rows_everywhere() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("requests_app").get_models()
        if model.__name__
        not in (
            "ImportBatch", "ImportRow", "StoredFile", "AuditEntry", "UnsealedEntry", "Person", "LawReport", "StaleFact",
        )
    }


def undo(people: Cast, batch: ImportBatch) -> int:
    with viewing_as(people.edgar) as viewer:
        return import_undo.undo(viewer=viewer, batch=batch, actor=people.edgar)


def test_undone_nothing_of_it_is_left_but_the_file_and_the_audit(bring: Importer, people: Cast) -> None:
    with viewing_as(people.olive):
        before = rows_everywhere()
    batch = bring(three_rows(), apply=True)
    with viewing_as(people.olive):
        assert rows_everywhere() != before
    assert undo(people, batch) == 3
    with viewing_as(people.olive):
        assert rows_everywhere() == before
        entry = AuditEntry.objects.get(act="import.undone")
        assert (entry.actor, entry.subject, entry.detail) == (
            people.edgar,
            f"import {batch.public_id}",
            {"requests": 3},
        )
    assert seen(people, batch).state == "undone"


@pytest.mark.parametrize("applied", [False, True])
def test_a_newer_reading_that_was_only_offered_does_not_hold_an_import(
    bring: Importer, people: Cast, applied: bool
) -> None:
    batch = bring(three_rows(), apply=True)
    with viewing_as(people.olive):
        one = RecordsRequest.objects.first()
        assert one is not None
        offer = RevisionOffer.objects.create(organisation=people.harbor, law_id=one.law_id, revision=2)
        move = OfferedMove.objects.create(
            offer=offer, organisation=people.harbor, request=one, from_revision=1, changes=[], ours=False
        )
        if applied:
            OfferedMove.objects.filter(pk=move.pk).update(decision="applied", event=one.events.first())
    if applied:
        with pytest.raises(Refused):
            undo(people, batch)
    else:
        assert undo(people, batch) == 3


@pytest.mark.parametrize("taken_back", [True, False])
def test_an_act_on_many_that_was_taken_back_does_not_hold_an_import(
    bring: Importer, people: Cast, taken_back: bool
) -> None:
    batch = bring(three_rows(), apply=True)
    with viewing_as(people.edgar) as viewer:
        ids = list(RecordsRequest.objects.values_list("pk", flat=True))
        given = {"viewer": viewer, "actor": people.edgar, "now": dt.datetime(2026, 3, 9, 15, tzinfo=dt.UTC)}
        act = bulk.act(
            **given, organisation=people.harbor, ids=ids, wanted=bulk.Wanted(kind="tag", tag="Spring"), once="many"
        )
        if taken_back:
            assert bulk.undo(**given, bulk=act) == []
    if taken_back:
        assert undo(people, batch) == 3
    else:
        with pytest.raises(Refused):
            undo(people, batch)


def test_undone_twice_is_undone_once(bring: Importer, people: Cast) -> None:
    batch = bring(three_rows(), apply=True)
    assert [undo(people, batch), undo(people, batch)] == [3, 0]


def test_the_same_file_can_be_taken_in_again_after_an_undo(bring: Importer, people: Cast) -> None:
    batch = bring(three_rows(), source="county", apply=True)
    undo(people, batch)
    assert bring(three_rows(), source="county", apply=True).counts["made"] == 3
    with viewing_as(people.edgar) as viewer:
        again = imports.start_over(
            viewer=viewer, batch=seen(people, batch), actor=people.edgar, once=public_id()
        )
        assert (again.file_id, again.state, again.source) == (batch.file_id, "uploaded", "county")


def test_the_other_imports_rows_stay(bring: Importer, people: Cast) -> None:
    bring(log("B-1,Sangamon Bend Fusion Center,2024-03-04,,Text,"), source="county", apply=True)
    second = bring(
        log(
            "B-1,Sangamon Bend Fusion Center,2024-03-04,,Text,",
            "B-2,Sangamon Bend Fusion Center,2024-03-04,,Text,",
        ),
        source="county",
        apply=True,
    )
    assert undo(people, second) == 1
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.get().external_numbers.get().number == "B-1"


def test_an_import_half_applied_can_be_undone(bring: Importer, people: Cast) -> None:
    batch = bring(three_rows())
    with viewing_as(people.edgar) as viewer:
        imports.begin_apply(viewer=viewer, batch=batch, actor=people.edgar)
    imports.apply_next(actor=people.edgar, batch_id=batch.pk, on=TODAY, most=2)
    assert undo(people, batch) == 2
    assert imports.apply_next(actor=people.edgar, batch_id=batch.pk, on=TODAY) is False
    with viewing_as(people.edgar):
        assert not RecordsRequest.objects.exists()


def logged(people: Cast, made: RecordsRequest) -> None:
    with viewing_as(people.edgar):
        builders.event(made, "acknowledged", dated_on=dt.date(2024, 3, 11))


def shared(people: Cast, made: RecordsRequest) -> None:
    builders.publish(people.olive, made)


def reminded(people: Cast, made: RecordsRequest) -> None:
    with viewing_as(people.edgar):
        Reminder.objects.create(
            organisation_id=made.organisation_id, request=made, deadline=Deadline.objects.filter(request=made)[0],
            clock_key="k", due_on=TODAY, kind="lapsed", recipient=people.edgar, state="sent",
            next_at=dt.datetime(2024, 4, 1, tzinfo=dt.UTC), message_id="<1@x>",
        )  # fmt: skip


def assigned(people: Cast, made: RecordsRequest) -> None:
    with viewing_as(people.edgar):
        RequestPrivate.objects.filter(request=made).update(assignee=people.edgar)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (logged, "1 with events logged since"),
        (shared, "1 shared"),
        (reminded, "1 with a reminder sent"),
        (assigned, "1 assigned, renamed or put into a campaign"),
    ],
)
def test_what_somebody_built_upon_is_not_taken_away(build, words: str, bring: Importer, people: Cast) -> None:
    batch = bring(three_rows(), apply=True)
    with viewing_as(people.edgar):
        made = RecordsRequest.objects.get(external_numbers__number="A-3")
    build(people, made)
    with pytest.raises(Refused) as refused:
        undo(people, batch)
    assert words in refused.value.sentence
    assert "1 of its requests" in refused.value.sentence
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 3
    assert seen(people, batch).state == "applied"


def test_a_reminder_that_was_only_planned_goes_with_its_request(bring: Importer, people: Cast) -> None:
    batch = bring(three_rows(), apply=True)
    with viewing_as(people.edgar):
        made = RecordsRequest.objects.get(external_numbers__number="A-3")
    reminded(people, made)
    with viewing_as(people.edgar):
        Reminder.objects.update(state="planned")
    assert undo(people, batch) == 3


@pytest.mark.parametrize("who", ["vera", "ravi", "noor", "omar"])
def test_the_database_itself_refuses_the_undo_of_readers_and_strangers(
    who: str, bring: Importer, people: Cast
) -> None:
    batch = bring(three_rows(), apply=True)
    with (
        viewing_as(getattr(people, who)),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="no such import"),
        transaction.atomic(),
    ):
        cursor.execute("SELECT app_undo_import(%s)", [batch.pk])
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 3


def test_a_batch_that_was_only_looked_at_has_nothing_to_undo(bring: Importer, people: Cast) -> None:
    batch = bring(three_rows())
    with pytest.raises(Refused, match="that step is over"):
        undo(people, batch)
    assert take_in(people, batch).counts["made"] == 3
