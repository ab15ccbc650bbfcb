"""The open data: what the public reads as files, gone with the act that takes something of it back."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from requests_app.actions import open_data, statistics
from requests_app.models import Document, Membership, RecordsRequest, RequestRequester
from requests_app.models.publication import publication_generation
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing, viewing_as
from requests_app.queries import open_data as query
from tests import builders

from .conftest import Scene
from .test_news import FAR, LONG_AGO

NAMES = sorted(query.names())
# What is taken back raises the generation at a commit.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)


@pytest.fixture
def made(scene: Scene) -> Scene:
    """With a document, an event and a clock of the agency's and one of ours; the files are made."""
    scene.document(scene.shown, "reply to Ottoline Quillfeather.pdf", released=True)
    scene.document(scene.shown, "draft.pdf", released=False)
    scene.log(scene.shown, "acknowledged")
    scene.log(scene.shown, "fee_paid")
    with viewing_as(scene.cast.olive):
        for of in (scene.shown, scene.hidden):
            builders.deadline(of)
            builders.deadline(of, owner="requester", name="Our window to appeal", rule_id="appeal")
    make()
    return scene


def make() -> None:
    statistics.refresh()
    assert open_data.make(timezone.now()) == len(NAMES)


def fetched(client: Client, name: str) -> bytes:
    answer = client.get(f"/data/{name}")
    assert answer.status_code == 200, name
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def lines(client: Client, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in fetched(client, f"{table}.jsonl").decode().splitlines()]


def test_each_file_has_the_columns_of_the_dictionary_and_the_same_rows(made: Scene, client: Client) -> None:
    told = client.get("/data/dictionary.json").json()["fields"]
    for table in query.TABLES:
        heads = [field["field"] for field in told if field["table"] == table.name]
        sheet = fetched(client, f"{table.name}.csv")
        rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
        assert rows[0] == heads
        with viewing(PUBLIC):
            assert all(set(row) == set(heads) for row in table.rows(timezone.now())), table.name
        found = lines(client, table.name)
        assert len(found) == len(rows) - 1 > 0, table.name
        assert all(list(one) == heads for one in found)
        assert gzip.decompress(fetched(client, f"{table.name}.csv.gz")) == sheet
        assert gzip.decompress(fetched(client, f"{table.name}.jsonl.gz")) == fetched(client, f"{table.name}.jsonl")
    assert b"table,field,type,meaning,level" in client.get("/data/dictionary.csv").content


def test_the_files_hold_what_the_public_reads_and_nothing_else(made: Scene, client: Client) -> None:
    assert [one["title"] for one in lines(client, "requests")] == ["Sharing lists of [name withheld]"]
    assert {one["kind"] for one in lines(client, "events")} == {"sent", "acknowledged"}
    assert [one["name"] for one in lines(client, "deadlines")] == ["Answer"]
    assert [one["title"] for one in lines(client, "documents")] == ["reply to [name withheld].pdf"]
    whole = b"".join(fetched(client, name) for name in NAMES if not name.endswith("gz"))
    for word in (b"Kept to ourselves", b"Quillfeather", b"draft.pdf", made.hidden.public_id.encode(), b"Our window"):
        assert word not in whole


def test_checksums_are_those_of_the_bytes(made: Scene, client: Client) -> None:
    told = dict(line.split("  ")[::-1] for line in client.get("/data/SHA256SUMS").content.decode().splitlines())
    assert sorted(told) == NAMES
    for name in NAMES:
        assert hashlib.sha256(fetched(client, name)).hexdigest() == told[name]


def test_a_spreadsheet_runs_nothing_of_it(made: Scene, client: Client) -> None:
    with viewing_as(made.cast.olive):
        RecordsRequest.objects.filter(pk=made.shown.pk).update(public_title="=HYPERLINK(1)")
    make()
    assert ",'=HYPERLINK(1)," in fetched(client, "requests.csv").decode()
    assert lines(client, "requests")[0]["title"] == "=HYPERLINK(1)"


def ends(scene: Scene) -> None:
    scene.share_is(revoked_at=LONG_AGO)


def embargoed(scene: Scene) -> None:
    scene.share_is(embargo_until=FAR)


def shows_less(scene: Scene) -> None:
    scene.share_is(documents=False)


def renamed(scene: Scene) -> None:
    with viewing_as(scene.cast.olive):
        RecordsRequest.objects.filter(pk=scene.shown.pk).update(public_title="Without a name")


def taken_back(scene: Scene) -> None:
    wrong = scene.shown.events.filter(kind="acknowledged")
    with viewing_as(scene.cast.olive):
        builders.event(scene.shown, "retracted", retracts=wrong.get())


def unreleased(scene: Scene) -> None:
    with viewing_as(scene.cast.olive):
        Document.objects.filter(released_at__isnull=False).update(released_at=None)


def protected(scene: Scene) -> None:
    with viewing_as(scene.cast.olive):
        Membership.objects.filter(person=scene.cast.edgar).update(protected=True)


LESS = (ends, embargoed, shows_less, renamed, taken_back, unreleased, protected)


def test_before_the_first_night_the_page_says_that_there_are_no_files_yet(scene: Scene, client: Client) -> None:
    page = client.get("/data/").content
    assert b"No files have been made yet" in page and b"made anew" not in page


@pytest.mark.parametrize("act", LESS, ids=lambda act: act.__name__)
def test_no_file_outlives_what_is_taken_back(made: Scene, client: Client, act: Any) -> None:
    act(made)
    for name in ("requests.csv", "SHA256SUMS"):
        answer = client.get(f"/data/{name}")
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert b"made anew" in answer.content
    page = client.get("/data/")
    assert page.status_code == 200
    assert b"made anew" in page.content
    assert open_data.is_due(timezone.now())
    make()
    assert client.get("/data/requests.csv").status_code == 200
    assert not open_data.is_due(timezone.now())


def test_a_request_held_back_from_its_campaign_leaves_the_files(scene: Scene, client: Client) -> None:
    builders.publish(scene.cast.olive, scene.campaign)
    make()
    assert len(lines(client, "requests")) == 2
    with viewing_as(scene.cast.olive):
        RecordsRequest.objects.filter(pk=scene.hidden.pk).update(held_back=True)
    assert client.get("/data/events.jsonl").status_code == 503
    make()
    assert len(lines(client, "requests")) == 1


def test_what_was_never_public_changes_nothing_of_the_files(made: Scene, client: Client) -> None:
    before = publication_generation()
    later = builders.publish(made.cast.olive, made.hidden, embargo_until=FAR)
    made.share_is(later, revoked_at=LONG_AGO)
    wrong = made.log(made.hidden, "acknowledged")
    made.log(made.hidden, "retracted", retracts=wrong)
    with viewing_as(made.cast.olive):
        RecordsRequest.objects.filter(pk=made.hidden.pk).update(public_title="Another", held_back=True)
        RequestRequester.objects.create(request=made.hidden, organisation=made.cast.harbor, name="Somebody")
    made.log(made.shown, "determined", outcome="denied")
    assert publication_generation() == before
    assert client.get("/data/requests.csv").status_code == 200


def test_files_end_with_a_share_that_ends_by_itself(made: Scene) -> None:
    soon = timezone.now() + dt.timedelta(hours=1)
    made.share_is(until_at=soon)
    make()
    with viewing(SCHEDULE):
        # So that the hour of the night does not lie between.
        open_data.OpenDataFile.objects.update(as_of=soon)
    assert not open_data.is_due(soon - dt.timedelta(minutes=1))
    assert open_data.is_due(soon)


def test_they_are_made_once_a_night(made: Scene) -> None:
    evening = dt.datetime(2030, 3, 4, 20, tzinfo=open_data.ZONE)
    with viewing(SCHEDULE):
        open_data.OpenDataFile.objects.update(as_of=evening)
    night = evening.replace(day=5, hour=open_data.HOUR)
    assert not open_data.is_due(night - dt.timedelta(minutes=1))
    assert open_data.is_due(night)


def test_a_night_that_was_missed_is_made_up_at_any_hour(made: Scene) -> None:
    noon = dt.datetime(2030, 3, 4, 12, tzinfo=open_data.ZONE)
    with viewing(SCHEDULE):
        open_data.OpenDataFile.objects.update(as_of=noon)
    assert open_data.is_due(noon.replace(day=6, hour=0))
    assert not open_data.is_due(noon.replace(hour=23))


def test_the_files_that_were_replaced_are_off_the_disk(made: Scene) -> None:
    make()
    kept = {row.blob for row in open_data.OpenDataFile.objects.all()}
    assert {path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()} == kept


def test_before_the_first_night_there_is_a_page_and_no_file(scene: Scene, client: Client) -> None:
    assert client.get("/data/").status_code == 200
    assert client.get("/data/requests.csv").status_code == 503
    assert client.get("/data/people.csv").status_code == 404
    assert client.get("/data/dictionary.xml").status_code == 404


def test_programs_are_told_the_files_while_they_stand(made: Scene, client: Client) -> None:
    told = client.get("/api/v1/open-data/").json()
    assert told["stands"] is True
    assert [one["name"] for one in told["files"]] == NAMES
    requests = next(one for one in told["files"] if one["name"] == "requests.csv")
    whole = fetched(client, "requests.csv")
    assert (requests["sha256"], requests["size"]) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert (requests["rows"], requests["url"], requests["table"]) == (1, "/data/requests.csv", "requests")
    ends(made)
    told = client.get("/api/v1/open-data/").json()
    assert (told["stands"], told["files"], told["as_of"]) == (False, [], None)
