"""The sample: loaded by its own acts, loaded twice without doubling, and removed without a trace but one line."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from requests_app.actions.agencies import read_agencies
from requests_app.actions.sample import load_sample, read_scenario, rehearse, remove_sample
from requests_app.models import (
    Agency,
    AuditEntry,
    Coalition,
    CoalitionMember,
    Deadline,
    Event,
    Organisation,
    Person,
    RecordsRequest,
    Reminder,
    Share,
)
from requests_app.models.visibility import PUBLIC, organisation_viewer, viewing
from requests_app.queries.requests import Filters, list_requests
from tests import builders

pytestmark = pytest.mark.committed
DATA = Path(__file__).parents[2] / "requests_app" / "data"
NOW = dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC)
SCENARIO = read_scenario(DATA / "sample" / "scenario.yaml")


def rows() -> dict[str, int]:
    found = {
        model.__name__: model.objects.using("owner").count()
        for model in (Organisation, RecordsRequest, Event, Deadline, Reminder, Coalition, CoalitionMember, Share)
    }
    return found | {"Person": Person.objects.count(), "Agency": Agency.objects.count()}


def test_loading_twice_adds_nothing_and_removing_leaves_everything_else() -> None:
    cast = builders.cast()
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency, is_sample=False)
    before = rows()
    done = load_sample(SCENARIO, now=NOW)
    assert done.requests == len(SCENARIO["requests"])
    assert done.events == sum(len(story["events"]) - 1 for story in SCENARIO["requests"])
    assert all(one.password for one in done.sign_ins)
    loaded = rows()
    assert (loaded["Coalition"], loaded["CoalitionMember"]) == (1, 3)
    assert loaded["RecordsRequest"] == before["RecordsRequest"] + done.requests

    again = load_sample(SCENARIO, now=NOW + dt.timedelta(days=3))
    assert again.rows == 0
    assert not any(one.password for one in again.sign_ins)
    assert rows() == loaded

    with viewing(PUBLIC):
        public = list_requests(PUBLIC, now=NOW, size=200)
        closed = {one["key"] for one in SCENARIO["campaigns"] if not one["published"]}
        hidden = sum(
            not story.get("published", True) or story["campaign"] in closed for story in SCENARIO["requests"]
        )
        assert public.total == done.requests - hidden
        assert all(row.is_sample for row in public.rows)
        assert {row.whose_move for row in public.rows}.isdisjoint({"requester"})
        assert list_requests(PUBLIC, now=NOW, filters=Filters(late=True)).total > 3

    removed = remove_sample()
    assert (removed.requests, removed.organisations) == (done.requests, len(SCENARIO["organisations"]))
    # The center of the cast is marked as a sample too, but a request of ours leans on it.
    assert rows() == before
    with viewing(organisation_viewer(cast.harbor.pk)):
        assert RecordsRequest.objects.get() == ours
    entry = AuditEntry.objects.using("owner").get()
    assert (entry.act, entry.organisation_id, entry.detail["requests"]) == (
        "sample.removed",
        None,
        done.requests,
    )


def test_the_command_keeps_the_sign_ins_where_only_their_owner_reads(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    out = StringIO()
    call_command("load_sample", "--no-log", verbosity=0, stdout=out)
    kept = tmp_path / "sample-sign-ins.txt"
    assert kept.stat().st_mode & 0o777 == 0o600
    printed = StringIO()
    call_command("load_sample", "--print-sign-ins", stdout=printed)
    first = printed.getvalue()
    assert first.count("@") == sum(len(one["people"]) for one in SCENARIO["organisations"])
    email, password, *_ = first.splitlines()[0].split()
    assert Person.objects.get(email=email).check_password(password)

    call_command("load_sample", "--no-log", verbosity=0, stdout=out)
    assert kept.read_text(encoding="utf-8") == first, "the passwords of the first load still hold"
    call_command("remove_sample", "--yes", stdout=out)
    assert not kept.exists()
    assert f"{len(SCENARIO['requests'])} requests" in out.getvalue()


def test_production_refuses_the_sample(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never loaded in production"):
        call_command("load_sample")
    with pytest.raises(CommandError, match="never loaded in production"):
        call_command("lapse_sample")


def test_a_rehearsal_is_late_at_any_hour_of_the_day_it_is_made() -> None:
    load_sample(SCENARIO, now=NOW)
    ruth = SCENARIO["rehearsal"]["assignee"]
    for hour in (6, 12, 23):
        made = rehearse(SCENARIO, now=NOW.replace(hour=hour))
        with viewing(organisation_viewer(made.organisation_id)):
            due = Reminder.objects.get(request=made, state="planned", kind="lapsed", recipient__email=ruth)
        assert due.next_at < NOW.replace(hour=0), hour
    assert made.is_sample
    removed = remove_sample()
    assert removed.requests == len(SCENARIO["requests"]) + 3


def test_a_rehearsal_needs_the_sample() -> None:
    with pytest.raises(CommandError, match="load_sample"):
        call_command("lapse_sample")


def test_centers_load_twice_without_change() -> None:
    for expected in ("80 added, 0 changed, 0 unchanged", "0 added, 0 changed, 80 unchanged"):
        out = StringIO()
        call_command("load_centers", stdout=out)
        assert expected in out.getvalue()
    renamed = [row for row in read_agencies(DATA / "fusion_centers.yaml") if row.get("other_names")]
    assert set(renamed[0]["other_names"][0]["name"].split()) <= set(
        " ".join(Agency.objects.get(slug=renamed[0]["slug"]).names.values_list("name", flat=True)).split()
    )
    assert not Agency.objects.filter(is_sample=True).exists()
