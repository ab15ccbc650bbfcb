"""Logs that agencies published, read with no help but the name of the agency."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from requests_app.actions import agencies, import_work
from requests_app.actions.refusals import Refused
from requests_app.intake import presets
from requests_app.models import Event, ImportBatch, RecordsRequest, StandingSpan
from requests_app.models.visibility import viewing_as
from tests.builders import Cast
from tests.imports.conftest import TODAY, Importer, sentences

DATA = Path(presets.DATA)


@pytest.fixture
def federal(db: None) -> None:
    agencies.load_agencies(agencies.read_agencies(DATA.parent / "federal_agencies.yaml"))


def shipped(people: Cast) -> ImportBatch:
    return import_work.import_file(
        actor=people.edgar,
        organisation=people.harbor,
        path=DATA / "federal_log.csv",
        mapping=presets.federal_log(),
        on=TODAY,
    )


def test_the_shipped_log_comes_in_whole_as_its_notes_say(people: Cast, federal: None) -> None:
    batch = shipped(people)
    assert (batch.state, batch.rows_total, batch.counts["made"], batch.counts["refused"]) == (
        "applied",
        298,
        298,
        0,
    )
    notes = yaml.safe_load((DATA / "dispositions.yaml").read_text())["expected_warnings"]
    assert batch.counts["open"] == notes["no_answer_in_the_log"]
    assert batch.counts["without_day"] == notes["answered_without_a_date"]
    said = Counter(words.split("(")[0] for lines in sentences(people, batch).values() for words in lines)
    assert sum(n for words, n in said.items() if "was no business day" in words) == len(
        notes["received_on_a_closed_day"]
    )
    with viewing_as(people.edgar):
        counted = dict(
            Counter(
                Event.objects.exclude(kind__in=["sent", "referred", "closed"]).values_list("kind", "outcome")
            )
        )
        assert counted == {
            ("determined", "produced"): 52, ("determined", "produced_in_part"): 80, ("determined", "denied"): 15,
            ("determined", "no_records"): 55, ("determined", "not_ours"): 47, ("determined", "not_subject"): 7,
            ("determined", "directed_to_web"): 6, ("withdrawn", "withdrawn"): 7, ("agency_closed", ""): 7,
        }  # fmt: skip
        now = StandingSpan.objects.filter(until_on=None)
        assert now.count() == 298
        assert set(now.values_list("late", "whose_move")) == {(False, "nobody")}
        assert now.filter(outcome="denied").count() == 15
        slow = RecordsRequest.objects.get(external_numbers__number="DOJ-2017-000676")
        due = slow.deadlines.get(rule_id="determine")
        # Received November 8, 2016, answered August 1, 2017: their date beside our clock.
        assert due.met_on.isoformat() == "2017-08-01"
        assert due.due_on < due.met_on


def test_the_shipped_log_twice_is_the_shipped_log_once(people: Cast, federal: None) -> None:
    shipped(people)
    again = shipped(people)
    assert (again.counts["known"], again.counts["new"]) == (298, 0)
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 298


@pytest.mark.parametrize(
    ("name", "agency", "rows", "warned"),
    [
        ("doj_oip_2017_cleaned.csv", "us-doj-oip", 244, 5),
        ("dhs_oig_fy2013_foia_log.csv", "us-dhs-oig", 54, 33),
    ],
)
def test_the_logs_as_published_need_only_their_agency(
    name: str,
    agency: str,
    rows: int,
    warned: int,
    bring: Importer,
    people: Cast,
    federal: None,
    samples_dir: Path,
) -> None:
    content = (samples_dir / "logs" / name).read_bytes()
    batch = bring(content, name=name, fixed={"agency": agency}, apply=True)
    assert (batch.rows_total, batch.counts["made"], batch.counts["refused"]) == (rows, rows, 0)
    assert batch.counts["warned"] == warned
    assert bring(content, name=name, fixed={"agency": agency}).counts["known"] == rows


def test_a_table_that_is_no_request_log_is_refused_for_its_columns(
    bring: Importer, samples_dir: Path
) -> None:
    with pytest.raises(Refused, match="Choose the column"):
        bring((samples_dir / "logs" / "letter_templates.csv").read_bytes())
