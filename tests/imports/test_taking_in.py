"""From a file to requests: dry run, apply, once and again, killed in between, and without alarms for old rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from requests_app.actions import import_filing, import_undo, import_work, imports
from requests_app.actions.refusals import NotYours, Refused
from requests_app.intake import storage
from requests_app.models import (
    AgencyName,
    Event,
    EventNote,
    ExternalNumber,
    ImportBatch,
    RecordsRequest,
    StandingSpan,
    StoredFile,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests.builders import Cast, agency
from tests.imports.conftest import (
    TODAY,
    Importer,
    log,
    seen,
    sentences,
    take_in,
    three_rows,
    verdict_of,
    workbook,
)

OURS = "Sangamon Bend Fusion Center"


def row(number: str = "A-1", **cells: str) -> str:
    given = {
        "agency": OURS, "received": "2024-03-04", "closed": "2024-03-08", "text": "Agreements", "out": "Full grant",
        **cells,
    }  # fmt: skip
    return f"{number},{given['agency']},{given['received']},{given['closed']},{given['text']},{given['out']}"


def test_a_dry_run_writes_no_request(bring: Importer, people: Cast) -> None:
    batch = bring(three_rows())
    assert batch.state == "checked"
    assert [batch.counts[v] for v in ("new", "warned", "known", "refused", "open")] == [3, 0, 0, 0, 1]
    with viewing_as(people.edgar):
        assert not RecordsRequest.objects.exists()


def test_rows_become_requests_with_their_events_and_the_agencys_own_date(
    bring: Importer, people: Cast
) -> None:
    batch = bring(three_rows(), apply=True)
    assert (batch.state, batch.counts["made"]) == ("applied", 3)
    with viewing_as(people.edgar):
        denied = RecordsRequest.objects.get(external_numbers__number="A-2")
        sent, answer = denied.events.order_by("pk")
        assert (sent.kind, sent.received_on, sent.facts["law"]) == ("sent", dt.date(2024, 3, 5), "us-il")
        assert (answer.kind, answer.outcome, answer.dated_on) == (
            "determined",
            "denied",
            dt.date(2024, 3, 20),
        )
        assert EventNote.objects.get(event=answer).actor == people.edgar
        assert denied.correspondence.letter == "Vendor contracts"
        assert answer.correspondence.text == "In the log: Full denial"
        assert (denied.is_imported, denied.alarms_from, denied.filed_on) == (True, TODAY, dt.date(2024, 3, 5))
        due = denied.deadlines.get(rule_id="determine", owner="agency")
        # Five business days from Tuesday, March 5, 2024; the agency took until the 20th.
        assert (due.due_on, due.met_on) == (dt.date(2024, 3, 12), dt.date(2024, 3, 20))
        silent = RecordsRequest.objects.get(external_numbers__number="A-3")
        assert StandingSpan.objects.get(request=silent, until_on=None).late is True


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (row(received="2024-03-04", closed="2024-03-01"), "Answered on 2024-03-01, before the request came"),
        (row(received="0202-03-04"), "The year 0202"),
        (row(received="2024-02-30"), "There is no February 30 in 2024"),
        (row(received="2027-01-04"), "2027-01-04 lies in the future"),
        (row(received=""), "neither when the request was sent nor when it was received"),
        (row(number=""), "The row has no number"),
        (row(number="9" * 121), "The number has 121 characters"),
        (row(agency="Sangamon Bent Fusion Centre"), "The nearest: Sangamon Bend Fusion Center"),
        (row(agency="Qzx"), "None is spelled like it"),
        (row(agency=""), "names no agency"),
        (row() + ",stray", "7 cells under 6 headings"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_in_a_sentence_and_stops_no_other(
    bring: Importer, people: Cast, line: str, sentence: str
) -> None:
    batch = bring(log(line, row("A-2")), apply=True)
    assert verdict_of(people, batch) == {2: "refused", 3: "new"}
    assert sentence in " ".join(sentences(people, batch)[2])
    with viewing_as(people.edgar):
        assert ExternalNumber.objects.get().number == "A-2"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (row(received="45355"), "45355 read as an Excel day number: Monday, March 4, 2024"),
        (row(received="2009-03-04"), "outside the calendar (2010 to 2040)"),
        (row(received="2024-03-03"), "was no business day (Sunday)"),
        (row(closed=""), "an answer and no day for it"),
        (row(out=""), "a day of answer and no outcome"),
        (row(out="Fnord"), "“Fnord” is no outcome we know"),
        (row(text=""), "does not say what was asked for"),
        ("A-1," + OURS + ",2024-03-04", "3 of 6 cells"),
    ],
)
def test_a_doubtful_row_is_taken_with_a_warning(
    bring: Importer, people: Cast, line: str, sentence: str
) -> None:
    batch = bring(log(line), apply=True)
    assert verdict_of(people, batch) == {2: "warned"}
    assert sentence in " ".join(sentences(people, batch)[2])
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 1


def test_a_number_twice_in_one_file_names_the_first_line(bring: Importer, people: Cast) -> None:
    batch = bring(log(row("A-1"), row("A-2"), row("A-1", text="Other")), apply=True)
    assert verdict_of(people, batch) == {2: "new", 3: "new", 4: "refused"}
    assert sentences(people, batch)[4] == ["The number A-1 stands already on line 2 of this file."]


def test_the_first_of_two_may_stand_in_another_chunk(
    bring: Importer, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHECKED_AT_ONCE", 2)
    batch = bring(log(*(row(f"A-{n}") for n in range(5)), row("A-0")))
    assert verdict_of(people, batch)[7] == "refused"


def test_the_same_file_twice_changes_nothing(bring: Importer, people: Cast) -> None:
    bring(three_rows(), source="county", apply=True)
    with viewing_as(people.edgar):
        before = list(Event.objects.order_by("pk").values_list("uid", "recorded_at"))
    again = bring(three_rows(), source="county")
    assert verdict_of(people, again) == {2: "known", 3: "known", 4: "known"}
    with viewing_as(people.edgar) as viewer, pytest.raises(Refused, match="No row of this file"):
        imports.begin_apply(viewer=viewer, batch=again, actor=people.edgar)
    with viewing_as(people.edgar):
        assert list(Event.objects.order_by("pk").values_list("uid", "recorded_at")) == before


def test_a_longer_copy_of_the_log_brings_only_its_new_rows(bring: Importer, people: Cast) -> None:
    bring(log(row("A-1")), source="county", apply=True)
    batch = bring(log(row("A-1", text="rewritten"), row("A-2")), source="county", apply=True)
    assert verdict_of(people, batch) == {2: "known", 3: "new"}
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 2
        assert not RecordsRequest.objects.filter(public_title="rewritten").exists()


def test_two_batches_checked_at_once_do_not_take_a_number_in_twice(bring: Importer, people: Cast) -> None:
    first, second = bring(three_rows(), source="county"), bring(three_rows(), source="county")
    assert first.counts["new"] == second.counts["new"] == 3
    take_in(people, first)
    second = take_in(people, second)
    assert second.counts["made"] == 0
    assert verdict_of(people, second) == {2: "known", 3: "known", 4: "known"}
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 3


def test_another_organization_may_have_the_same_number(bring: Importer, people: Cast) -> None:
    bring(three_rows(), source="county", apply=True)
    with viewing_as(people.ravi) as viewer:
        batch = imports.start_import(
            viewer=viewer, organisation=people.prairie, actor=people.ravi, name="log.csv", chunks=[three_rows()],
            once=public_id(), source="county",
        )  # fmt: skip
        imports.map_columns(
            viewer=viewer, batch=batch, actor=people.ravi, mapping=imports.Mapping.of(batch.mapping)
        )
    imports.check(actor=people.ravi, batch_id=batch.pk, on=TODAY)
    with viewing_as(people.ravi):
        assert ImportBatch.objects.get().counts["new"] == 3


def test_what_a_killed_chunk_had_begun_is_gone_and_the_next_goes_on(
    bring: Importer, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bring(log(*(row(f"A-{n}") for n in range(10))))
    with viewing_as(people.edgar) as viewer:
        imports.begin_apply(viewer=viewer, batch=batch, actor=people.edgar)
    assert imports.apply_next(actor=people.edgar, batch_id=batch.pk, on=TODAY, most=4) is True
    whole = import_filing.deadlines.derive_requests

    def killed(*args: Any, **kwargs: Any) -> Any:
        whole(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(import_filing.deadlines, "derive_requests", killed)
    with pytest.raises(KeyboardInterrupt):
        imports.apply_next(actor=people.edgar, batch_id=batch.pk, on=TODAY, most=4)
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 4
    assert (seen(people, batch).rows_done, seen(people, batch).state) == (4, "applying")
    monkeypatch.undo()
    while import_work.work(actor=people.edgar, batch_id=batch.pk, on=TODAY):
        continue
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == Event.objects.filter(kind="sent").count() == 10
    assert seen(people, batch).counts["made"] == 10


def test_a_check_that_was_killed_goes_on_from_its_last_thousand(
    people: Cast, bring: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHECKED_AT_ONCE", 3)
    batch = bring(log(*(row(f"A-{n}") for n in range(10)), row("A-0")))
    with viewing_as(people.edgar):
        batch.rows.filter(line__gt=7).delete()
        ImportBatch.objects.filter(pk=batch.pk).update(state="checking", rows_done=6)
    imports.check(actor=people.edgar, batch_id=batch.pk, on=TODAY)
    batch = seen(people, batch)
    assert (batch.state, batch.counts["new"], batch.counts["refused"]) == ("checked", 10, 1)


def test_a_check_for_the_mapping_of_before_writes_nothing_more(people: Cast, bring: Importer) -> None:
    batch = bring(three_rows())
    with viewing_as(people.edgar) as viewer:
        imports.map_columns(
            viewer=viewer, batch=batch, actor=people.edgar, mapping=imports.Mapping.of(batch.mapping)
        )
    judge_of_before = import_filing.judge_of(batch, TODAY)
    assert not imports._write_checked(
        people.edgar, batch.pk, 1, 0, judge_of_before, [{"line": 2, "cells": [""] * 6}]
    )


def test_the_same_upload_twice_is_one_batch_and_one_file(people: Cast, media: Path) -> None:
    with viewing_as(people.edgar) as viewer:
        made = [
            imports.start_import(
                viewer=viewer, organisation=people.harbor, actor=people.edgar, name="log.csv",
                chunks=[three_rows()], once="one press",
            )
            for _ in range(2)
        ]  # fmt: skip
        assert made[0] == made[1]
        assert StoredFile.objects.count() == 1
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_file_that_is_no_log_leaves_nothing_behind(people: Cast, media: Path) -> None:
    with viewing_as(people.edgar) as viewer, pytest.raises(Refused, match="binary file"):
        imports.start_import(
            viewer=viewer, organisation=people.harbor, actor=people.edgar, name="log.csv",
            chunks=[bytes(range(256)) * 99], once="x",
        )  # fmt: skip
    with viewing_as(people.edgar):
        assert not StoredFile.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_hundred_megabytes_are_refused_while_they_come_and_not_kept(people: Cast, media: Path) -> None:
    taken = 0

    def chunks() -> Any:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield b"x" * storage.MEGABYTE

    with viewing_as(people.edgar) as viewer, pytest.raises(Refused, match="larger than 50 MB"):
        imports.start_import(
            viewer=viewer,
            organisation=people.harbor,
            actor=people.edgar,
            name="log.csv",
            chunks=chunks(),
            once="x",
        )
    assert taken == 51
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_kept_file_is_the_bytes_that_came_under_a_name_that_says_nothing(
    bring: Importer, media: Path
) -> None:
    batch = bring(three_rows(), name="../../Secret plan.csv")
    with storage.opened(batch.file.name) as file:
        assert file.read() == three_rows()
    path = storage.path_of(batch.file.name)
    assert path.stat().st_mode & 0o777 == 0o400
    assert batch.file.original_name == "Secret plan.csv"
    assert "Secret" not in str(path)
    assert len(batch.file.sha256) == 64
    with pytest.raises(ValueError, match="letters and digits"):
        storage.opened("../../etc/passwd")


def test_readers_and_strangers_bring_nothing_in(people: Cast, bring: Importer) -> None:
    batch = bring(three_rows())
    for who, home in (
        (people.vera, people.harbor),
        (people.ravi, people.harbor),
        (people.noor, people.harbor),
    ):
        with viewing_as(who) as viewer:
            with pytest.raises(NotYours):
                imports.start_import(
                    viewer=viewer, organisation=home, actor=who, name="l.csv", chunks=[three_rows()], once="x"
                )
            for act in (imports.begin_apply, import_undo.undo):
                with pytest.raises(NotYours):
                    act(viewer=viewer, batch=batch, actor=who)


def test_who_has_left_the_organization_applies_nothing_more(people: Cast, bring: Importer) -> None:
    batch = bring(three_rows())
    with viewing_as(people.edgar) as viewer:
        imports.begin_apply(viewer=viewer, batch=batch, actor=people.edgar)
    with viewing_as(people.olive):
        people.harbor.memberships.filter(person=people.edgar).update(role="viewer")
    assert import_work.work(actor=people.edgar, batch_id=batch.pk, on=TODAY) is False
    with viewing_as(people.olive):
        assert not RecordsRequest.objects.exists()


def test_one_agency_can_stand_for_the_whole_file_and_words_can_be_taught(
    bring: Importer, people: Cast
) -> None:
    content = log(
        "1,2024-03-04,2024-03-06,Given out",
        "2,2024-03-05,2024-03-07,Given out",
        head="No,Received,Closed,Status",
    )
    batch = bring(
        content,
        fixed={"agency": people.agency.slug},
        words={"given out": "determined|produced|"},
        apply=True,
    )
    with viewing_as(people.edgar):
        assert set(Event.objects.filter(kind="determined").values_list("outcome", flat=True)) == {"produced"}
    again = bring(content.replace(b"1,", b"3,"))
    assert again.mapping["words"] == {"given out": "determined|produced|"}
    assert again.source == batch.source


def test_an_agency_answers_to_its_former_name_and_to_what_was_chosen_for_a_word(
    bring: Importer, people: Cast
) -> None:
    AgencyName.objects.create(agency=people.agency, name="Old Bend Center")
    batch = bring(
        log(
            row("A-1", agency="old bend center"),
            row("A-2", agency="SBFC"),
            row("A-3", agency=people.agency.slug),
        ),
        agencies={"sbfc": people.agency.slug},
    )
    assert set(verdict_of(people, batch).values()) == {"new"}


def test_two_agencies_of_one_abbreviation_are_asked_about(bring: Importer, people: Cast) -> None:
    for name in ("Muddy Intelligence Center", "Maple Intelligence Center"):
        made = agency(name)
        made.abbreviation = "MIC"
        made.save()
    batch = bring(log(row(agency="MIC")))
    assert verdict_of(people, batch) == {2: "refused"}
    assert "Muddy" in sentences(people, batch)[2][0]
    assert "Maple" in sentences(people, batch)[2][0]


def test_a_formula_without_a_value_is_refused_and_a_title_too_long_is_shortened(
    bring: Importer, people: Cast
) -> None:
    head = ("Number", "Agency", "Received", "Title")
    content = workbook(
        head,
        ("A-1", OURS, "=DATE(2024,3,4)", "One"),
        ("A-2", OURS, dt.date(2024, 3, 4), "word " * 600),
        ("A-3", OURS, 45355, "=1+1"),
    )
    batch = bring(content, name="log.xlsx", apply=True)
    assert verdict_of(people, batch) == {2: "refused", 3: "warned", 4: "refused"}
    assert "formula without a stored value" in sentences(people, batch)[2][0]
    assert "2999 characters" in sentences(people, batch)[3][0]
    with viewing_as(people.edgar):
        title = RecordsRequest.objects.get().public_title
    assert len(title) <= 300
    assert title.endswith("word…")


def test_the_order_of_day_and_month_is_taken_from_the_row_that_decides(bring: Importer, people: Cast) -> None:
    batch = bring(
        log(row("A-1", received="03/04/2024", closed=""), row("A-2", received="25/04/2024", closed="")),
        apply=True,
    )
    with viewing_as(people.edgar):
        filed = RecordsRequest.objects.get(external_numbers__number="A-1").filed_on
    assert filed == dt.date(2024, 4, 3)
    assert batch.counts["refused"] == 0


def test_a_mapping_without_number_agency_or_day_is_refused_by_name(bring: Importer, people: Cast) -> None:
    for content, words in (
        (log("x,2024-03-04", head="Agency,Received"), "number"),
        (log("1,2024-03-04", head="Number,Received"), "agency"),
        (log("1,x", head="Number,Agency"), "clocks start there"),
    ):
        with pytest.raises(Refused, match=words):
            bring(content)


def test_old_rows_of_a_published_log_run_no_clock_on(bring: Importer, people: Cast) -> None:
    content = log(
        row("A-1", received="2016-03-04", closed="", out=""),
        row("A-2", received="2016-03-04", closed="", out="Full denial"),
        row("A-3", received="2016-03-04", closed="2016-09-01", out="Duplicate"),
    )
    bring(content, history=True, log_on={"": "2016-12-30"}, apply=True)
    with viewing_as(people.edgar):
        spans = StandingSpan.objects.filter(until_on=None)
        assert spans.count() == 3
        assert not spans.filter(late=True).exists()
        without_day = Event.objects.get(kind="determined")
        assert without_day.facts == {"day_unknown": True}
        assert Event.objects.filter(kind="closed").count() == 3
        assert set(spans.values_list("stage", "whose_move", "outcome")) == {
            ("closed", "nobody", ""), ("closed", "nobody", "denied"),
        }  # fmt: skip
