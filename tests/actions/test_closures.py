"""An office was closed: shown first, written with its source, told to whoever knew another date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from requests_app.actions import closures
from requests_app.actions.closures import Closing
from requests_app.actions.refusals import Refused
from requests_app.models import AgencyClosure, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests.builders import Cast, agency

pytestmark = pytest.mark.django_db
File = Callable[..., RecordsRequest]
STORM = dt.date(2026, 11, 5)


def due(made: RecordsRequest, rule: str = "determine") -> dt.date | None:
    found: dt.date | None = made.deadlines.standing().get(rule_id=rule).due_on
    return found


def storm(cast: Cast, **fields: object) -> Closing:
    return Closing(cast.agency, STORM, STORM, "Snow emergency", "https://city.example/notice", **fields)  # type: ignore[arg-type]


def test_what_a_closed_day_moves_is_shown_before_it_is_written(cast: Cast, file: File) -> None:
    made = file()
    (moved,) = closures.preview(storm(cast))
    assert (moved.organisation, moved.public_id) == ("Harbor Rights Clinic", made.public_id)
    assert next((one.key.split("|")[0], one.old_due, one.new_due) for one in moved.changes) == (
        "determine", dt.date(2026, 11, 10), dt.date(2026, 11, 12),
    )  # fmt: skip
    with viewing_as(cast.olive):
        assert due(made) == dt.date(2026, 11, 10)
    assert not AgencyClosure.objects.exists()


def test_the_day_is_written_with_its_source_and_moves_only_this_office(cast: Cast, file: File) -> None:
    made = file()
    other = file(agency=agency("Another Center"), once="elsewhere")
    assert len(closures.enter(storm(cast))) == 1
    assert closures.enter(storm(cast)) == []
    with viewing_as(cast.olive):
        assert due(made) == dt.date(2026, 11, 12)
        assert due(other) == dt.date(2026, 11, 10)
    assert AgencyClosure.objects.get().source == "https://city.example/notice"


def test_a_day_can_be_taken_back(cast: Cast, file: File) -> None:
    made = file()
    closures.enter(storm(cast))
    closures.enter(storm(cast, reopen=True))
    with viewing_as(cast.olive):
        assert due(made) == dt.date(2026, 11, 10)
    assert AgencyClosure.objects.get().taken_back


def test_the_command_shows_and_then_writes(cast: Cast, file: File) -> None:
    file()
    words = [cast.agency.slug, "--on", "2026-11-05", "--name", "Snow emergency", "--source", "city.example"]
    shown = StringIO()
    call_command("office_closed", *words, stdout=shown)
    assert "Harbor Rights Clinic: dates of 1 request move." in shown.getvalue()
    assert "Tuesday, November 10, 2026 → Thursday, November 12, 2026" in shown.getvalue()
    assert "Nothing is written" in shown.getvalue()
    call_command("office_closed", *words, "--apply", stdout=shown)
    assert AgencyClosure.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere", "--on", "2026-11-05"], "There is no agency nowhere"),
        (["--on", "2026-02-30", "--name", "x", "--source", "y"], "has 28 days"),
        (["--on", "2026-11-05"], "where that is known from"),
        (["--on", "2026-11-05", "--until", "2026-11-01", "--name", "x", "--source", "y"], "before the first"),
        (["--on", "2026-11-05", "--until", "2028-11-01", "--name", "x", "--source", "y"], "At most 366"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(cast: Cast, words: list[str], says: str) -> None:
    given = words if words[0] == "nowhere" else [cast.agency.slug, *words]
    with pytest.raises(CommandError, match=says):
        call_command("office_closed", *given)


def test_a_name_that_is_too_long_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="more than 200"):
        Closing(cast.agency, STORM, STORM, "x" * 201, "y")
