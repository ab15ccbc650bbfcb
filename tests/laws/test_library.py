from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from requests_app.laws.errors import Refused
from requests_app.laws.plain import rule_words
from requests_app.laws.registry import library

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 22)
BARE = """
import sys

class NoOthers:
    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root in {"django", "celery", "rest_framework", "holidays", "numpy"}:
            raise ImportError(f"{name} must not be imported here")
        if name.startswith("requests_app.") and name.split(".")[1] not in {"clock", "laws"}:
            raise ImportError(f"{name} is a floor above")

sys.meta_path.insert(0, NoOthers())
import datetime, pkgutil, requests_app.clock, requests_app.laws
for room in (requests_app.clock, requests_app.laws):
    for module in pkgutil.iter_modules(room.__path__, room.__name__ + "."):
        __import__(module.name)
from requests_app.laws.deadline import answer
day = datetime.date(2017, 2, 10)
print(answer("us-il", received_on=day, on=day).clock("determine").due_on)
"""


def test_clock_and_laws_run_where_django_celery_and_the_holidays_package_are_absent() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BARE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "2017-02-21"


def test_the_library_knows_its_places_and_their_calendars() -> None:
    codes = [place.code for place in library().jurisdictions]
    assert codes == ["us", *sorted(set(codes) - {"us"})]
    for place in library().jurisdictions:
        assert library().calendar(place.code) is library().calendar(place.calendar)
        assert library().calendar(place.code).first == date(2010, 1, 1)
        assert library().calendar(place.code).last == date(2040, 12, 31)


def test_the_calendar_page_shows_source_and_doubt() -> None:
    page = library().calendar_page("us-ny")
    lincoln = next(row for row in page.year(2026) if row.name == "Lincoln's Birthday")
    assert "open under union contracts" in lincoln.doubt
    assert "Gen. Constr. Law § 24" in lincoln.source
    contested = {row.on: row for row in page.contested_in(2026)}
    assert contested[date(2026, 7, 3)].certainty == "medium"


def test_an_unknown_calendar_and_an_unknown_text_are_refused_by_name() -> None:
    with pytest.raises(Refused, match=r"no calendar us-il\.c7"):
        library().calendar("us-il.c7")
    with pytest.raises(Refused, match=r"no text us-il@1999-01-01\.r1"):
        library().revision("us-il@1999-01-01.r1")
    with pytest.raises(LookupError, match=r"Known: us, us-ak"):
        library().book().law("us-xx", ON)
    with pytest.raises(LookupError, match=r"no calendar us-il\.c7"):
        library().book().calendar("us-il.c7")


@pytest.mark.parametrize("law_id", [entry.id for entry in library().laws])
def test_every_rule_is_said_in_plain_words(law_id: str) -> None:
    version = library().law(law_id).current
    for words in (rule_words(rule, version, on=ON) for rule in version.rules):
        everything = " ".join(
            [words.sentence, words.met_by, words.if_missed, words.counting, words.confidence, *words.starts,
             *words.longer, *words.stops, *words.variants, *words.remedy]
        )  # fmt: skip
        assert words.sentence.endswith(".")
        assert words.starts
        assert all(words.starts)
        assert words.citation
        assert "None" not in everything
        assert "_" not in everything
        assert words.checked == "Checked on November 22, 2026"


def test_the_plain_words_of_illinois() -> None:
    version = library().law("us-il").current
    illinois = {rule.id: rule_words(rule, version, on=date(2028, 1, 1)) for rule in version.rules}
    determine = illinois["determine"]
    assert (determine.count, determine.unit, determine.owner) == ("5", "business days", "Agency")
    assert (
        determine.sentence
        == "The agency has 5 business days from the receipt of the request to answer the request."
    )
    assert "once" in determine.longer[0]
    assert determine.if_missed.startswith("The request counts as denied")
    assert determine.checked == "Not re-checked since November 22, 2026"
    assert illinois["review-by"].sentence.startswith(
        "We have 60 calendar days from the date of an answer that does not"
    )
