"""A full copy: made in steps, whole, an owner's alone; taken into an empty instance without loss."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as project
from django.db import connections, models
from django.test import Client
from django.urls import reverse

from requests_app.actions import archive_import, archives, documents
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.sample import load_sample, read_scenario, remove_sample
from requests_app.intake import storage
from requests_app.models import (
    Archive,
    AuditEntry,
    CoalitionMember,
    CustomField,
    CustomValue,
    Letter,
    LetterSending,
    Membership,
    Organisation,
    Person,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import organisation_viewer, viewing, viewing_as
from requests_app.queries import archives as query
from tests import builders

DATA = Path(__file__).parents[2] / "requests_app" / "data"
NOW = dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def always() -> bool:
    return True


def ask(owner: Person, of: Organisation, once: str = "k") -> Archive:
    with viewing_as(owner) as viewer:
        return archives.ask(viewer=viewer, organisation=of, actor=owner, once=once)


def make(owner: Person, of: Organisation, *, go_on: Callable[[], bool] = always, once: str = "k") -> Archive:
    made = ask(owner, of, once)
    while archives.work(organisation_id=of.pk, archive_id=made.pk, go_on=go_on):
        continue
    with viewing_as(owner):
        made.refresh_from_db()
    return made


def bundle(archive: Archive) -> zipfile.ZipFile:
    with storage.opened(archive.blob) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"data/{name}.jsonl").splitlines()]


def told(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Everything but the numbers of rows: each is named by its place in its table, or by its name outside."""
    places: dict[str, dict[int, Any]] = {}
    for name, key in (("person", "email"), ("agency", "slug"), ("agencycustodian", "name")):
        places[name] = {row["id"]: row[key] for row in lines(archive, name)}
    for model in query.tables():
        key = model._meta.pk
        if key.remote_field is None:
            rows = lines(archive, query.label(model))
            places[query.label(model)] = {row["id"]: place for place, row in enumerate(rows)}
    found: dict[str, Any] = {}
    for model in query.tables():
        refers = {one.attname: query.label(one.related_model) for one in query.references(model)}
        rows = lines(archive, query.label(model))
        for place, row in enumerate(rows):
            for column, target in refers.items():
                if row[column] is not None:
                    row[column] = places[target][row[column]]
            row["id"] = place
            if row.get("grantee_kind") == "person":
                row["grantee_id"] = places["person"][row["grantee_id"]]
            row.pop(query.BLOBS.get(query.label(model), ""), None)
        found[query.label(model)] = rows
    return found


@pytest.mark.committed
def test_a_copy_taken_into_an_empty_instance_and_copied_again_says_the_same(media: Path) -> None:
    load_sample(read_scenario(DATA / "sample" / "scenario.yaml"), now=NOW)
    owner = Person.objects.get(email="ruth.okafor@harbor-rights.example")
    with viewing_as(owner) as viewer:
        home = Organisation.objects.visible_to(viewer).get()
        request = RecordsRequest.objects.visible_to(viewer).filter(organisation=home).order_by("pk")[0]
        for number, (name, data) in enumerate((("a.pdf", b"one"), ("same.pdf", b"one"), ("b.pdf", b"two"))):
            last = documents.add_document(
                viewer=viewer, records_request=request, actor=owner, name=name, chunks=[data], once=f"d{number}"
            ).document
        documents.erase(viewer=viewer, document=last, actor=owner, reason="a name in it")
        field = CustomField.objects.create(organisation=home, name="Box ☂")
        CustomValue.objects.create(request=request, organisation=home, field=field, text="=1+1\nמסמך")
        queued = Letter.objects.create(
            organisation=home, agency=request.agency, kind="request", subject="Records", body="…", state="queued"
        )
        LetterSending.objects.create(organisation=home, letter=queued, message_id="<1@example.org>")
    guest = builders.person("Gus")
    builders.share_with(owner, request, guest, documents=True)
    Share.objects.using("owner").filter(grantee_kind="coalition").delete()
    archive = make(owner, home)
    assert archive.state == "ready", archive.problem
    first = bundle(archive)
    shares = sum(row["grantee_kind"] == "organisation" for row in lines(first, "share"))
    remove_sample()
    assert not Organisation.objects.using("owner").exists()

    done = archive_import.take_in(io.BytesIO(b"".join(_bytes(first))))
    assert done.organisation.public_id == home.public_id
    assert done.left_out == []
    new_owner = Person.objects.get(email=owner.email)
    assert not new_owner.has_usable_password()
    with viewing_as(new_owner) as viewer:
        new_home = Organisation.objects.visible_to(viewer).get()
    second = bundle(make(new_owner, new_home, once="again"))
    before, after = told(first), told(second)
    # Planned anew by this instance; the audit has a line more of taking it in, and one of asking again.
    assert [row["state"] for row in before["letter"]] == ["queued"]
    assert [row["state"] for row in after["letter"]] == ["stopped"], "the other instance may still send it"
    before["letter"][0]["state"] = "stopped"
    before["lettersending"][0]["state"] = "cancelled"
    before["reminder"] = [row for row in before["reminder"] if row["state"] not in ("planned", "claimed")]
    after["reminder"] = [row for row in after["reminder"] if row["state"] not in ("planned", "claimed")]
    for table in (before["reminder"], after["reminder"], before["sendattempt"], after["sendattempt"]):
        for row in table:
            row.pop("id")
            row.pop("reminder_id", None)
    acts = [row["act"] for row in after.pop("auditentry")]
    assert acts == [row["act"] for row in before.pop("auditentry")] + ["archive.imported", "archive.asked"]
    assert shares == 0, "the sample shares with no other organization, so nothing is left out"
    assert set(before) == set(after)
    for name in before:
        assert after[name] == before[name], name
    assert second.read(f"files/{hashlib.sha256(b'one').hexdigest()}") == b"one"
    assert f"files/{hashlib.sha256(b'two').hexdigest()}" not in second.namelist()

    with pytest.raises(Refused, match="here already"):
        archive_import.take_in(io.BytesIO(b"".join(_bytes(first))))


@pytest.mark.committed
def test_what_is_shared_with_a_coalition_stays_with_it(media: Path) -> None:
    cast = builders.cast()
    wave = builders.campaign(cast.olive, cast.harbor)
    table = builders.coalition(cast.olive, cast.harbor, (cast.ravi, cast.prairie, 2))
    with viewing_as(cast.olive):
        stay = CoalitionMember.objects.get(coalition=table, organisation=cast.harbor)
        Share.objects.create(
            organisation=cast.harbor, campaign=wave, grantee_kind="coalition", grantee_id=table.pk, stay=stay, tier=2
        )
    whole = bundle(make(cast.olive, cast.harbor))
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE requests_app_organisation CASCADE")
    done = archive_import.take_in(io.BytesIO(b"".join(_bytes(whole))))
    assert done.left_out == ["Left out: 1 shares with organizations, coalitions or guests that are not here."]
    assert not Share.objects.using("owner").filter(organisation=done.organisation).exists()


def _bytes(archive: zipfile.ZipFile) -> Iterator[bytes]:
    assert archive.fp is not None
    archive.fp.seek(0)
    yield archive.fp.read()


@pytest.mark.committed
@pytest.mark.parametrize("wrong", ["data", "file", "extra", "gone", "format", "table", "column", "law", "no zip"])
def test_an_archive_that_was_tampered_with_is_refused_and_leaves_nothing(wrong: str, media: Path) -> None:
    cast = builders.cast()
    request = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive) as viewer:
        documents.add_document(
            viewer=viewer, records_request=request, actor=cast.olive, name="a", chunks=[b"one"], once="1"
        )
    whole = bundle(make(cast.olive, cast.harbor))
    members = {name: whole.read(name) for name in whole.namelist()}
    manifest = json.loads(members["manifest.json"])
    path = next(name for name in members if name.startswith("files/"))
    match wrong:
        case "data":
            members["data/event.jsonl"] += b"\n"
        case "file":
            members[path] = b"two"
        case "extra":
            members["files/../../evil"] = b"x"
        case "gone":
            del members[path]
        case "format":
            manifest["format"] = 2
        case "table":
            manifest["tables"]["plans"] = {"columns": ["id"], "rows": 0}
        case "column":
            manifest["tables"]["event"]["columns"].append("mood")
        case "law":
            data = members["data/recordsrequest.jsonl"].replace(b"us-il", b"xx-yy")
            members["data/recordsrequest.jsonl"] = data
            for one in manifest["members"]:
                if one["path"] == "data/recordsrequest.jsonl":
                    one |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    members["manifest.json"] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    Organisation.objects.using("owner").filter(pk=cast.harbor.pk).update(public_id="another00000")
    files = sum(1 for one in media.rglob("*") if one.is_file())
    with pytest.raises(Refused):
        archive_import.take_in(io.BytesIO(b"PK nonsense" if wrong == "no zip" else out.getvalue()))
    assert Organisation.objects.using("owner").count() == 2
    assert sum(1 for one in media.rglob("*") if one.is_file()) == files


@pytest.mark.django_db
class TestMaking:
    def test_every_table_of_an_organization_is_of_the_archive_or_said_why_not(self) -> None:
        names = {query.label(model) for model in query.tables()}
        every = {
            query.label(model)
            for model in apps.get_app_config("requests_app").get_models()
            if any(one.name == "organisation" for one in model._meta.concrete_fields)
        }
        assert every - names == every & set(query.LEFT_OUT)
        for model in query.tables():
            assert not list(model._meta.local_many_to_many), f"{model} has rows that nobody copies"
            for one in query.references(model):
                assert query.label(one.related_model) in names | set(query.OUTSIDE), (model, one.name)
            for one in query.columns(model):
                assert not isinstance(one, models.BinaryField | models.FileField), (model, one.name)

    def test_every_member_is_in_the_manifest_and_tables_are_for_people_too(self) -> None:
        cast = builders.cast()
        request = builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title="=HYPERLINK(1)")
        made = make(cast.olive, cast.harbor)
        archive = bundle(made)
        manifest = json.loads(archive.read("manifest.json"))
        assert {one["path"] for one in manifest["members"]} == set(archive.namelist()) - {"manifest.json"}
        for one in manifest["members"]:
            assert hashlib.sha256(archive.read(one["path"])).hexdigest() == one["sha256"]
        rows = list(csv.DictReader(io.StringIO(archive.read("tables/recordsrequest.csv").decode("utf-8-sig"))))
        assert [row["public_title"] for row in rows] == ["'=HYPERLINK(1)"]
        assert lines(archive, "recordsrequest")[0]["public_id"] == request.public_id
        assert manifest["tables"]["recordsrequest"]["rows"] == 1
        assert made.sha256 == hashlib.sha256(b"".join(_bytes(archive))).hexdigest()

    def test_nothing_of_another_organization_is_in_it(self) -> None:
        cast = builders.cast()
        builders.bare_request(cast.olive, cast.harbor, cast.agency)
        words = {"public_title": "canary-77", "canary": "canary-77"}
        theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency, **words)
        builders.share_with(cast.ravi, theirs, cast.harbor, everything=True)
        archive = bundle(make(cast.olive, cast.harbor))
        for name in archive.namelist():
            assert b"canary-77" not in archive.read(name), name

    def test_files_go_in_over_as_many_steps_as_they_need_and_a_lost_file_begins_anew(self, media: Path) -> None:
        cast = builders.cast()
        request = builders.bare_request(cast.olive, cast.harbor, cast.agency)
        with viewing_as(cast.olive) as viewer:
            for number in range(5):
                documents.add_document(
                    viewer=viewer, records_request=request, actor=cast.olive, name=f"{number}",
                    chunks=[str(number).encode()], once=str(number),
                )  # fmt: skip
        archive = ask(cast.olive, cast.harbor)

        def two_files() -> Callable[[], bool]:
            turns = itertools.count()
            return lambda: next(turns) < 2

        def step() -> bool:
            return archives.work(organisation_id=cast.harbor.pk, archive_id=archive.pk, go_on=two_files())

        assert step()
        with storage.aside(archive.public_id) as file:
            file.truncate(10)  # as a killed worker may leave it
        assert [step(), step(), step()] == [True, True, False]
        with viewing_as(cast.olive):
            archive.refresh_from_db()
        assert (archive.state, archive.files, archive.attempts) == ("ready", 5, 2)
        assert bundle(archive).testzip() is None
        assert not step(), "a second worker finds nothing to do"

    def test_what_fails_again_and_again_is_given_up_with_a_sentence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cast = builders.cast()
        archive = ask(cast.olive, cast.harbor)

        def broken(*_: Any) -> int:
            raise OSError("disk full")

        monkeypatch.setattr(archives, "_rows", broken)
        for _ in range(archives.MOST_ATTEMPTS):
            with pytest.raises(OSError, match="disk full"):
                archives.work(organisation_id=cast.harbor.pk, archive_id=archive.pk, go_on=always)
        assert not archives.work(organisation_id=cast.harbor.pk, archive_id=archive.pk, go_on=always)
        with viewing_as(cast.olive):
            archive.refresh_from_db()
        assert archive.state == "failed"
        assert "failed five times" in archive.problem

    def test_only_owners_ask_and_one_at_a_time(self) -> None:
        cast = builders.cast()
        for who, problem in ((cast.edgar, Refused), (cast.vera, Refused), (cast.ravi, NotYours)):
            with pytest.raises(problem):
                ask(who, cast.harbor)
        first = ask(cast.olive, cast.harbor)
        assert ask(cast.olive, cast.harbor) == first
        with pytest.raises(Refused, match="being made already"):
            ask(cast.olive, cast.harbor, "other")

    def test_who_is_no_owner_any_more_gets_no_copy(self) -> None:
        cast = builders.cast()
        archive = ask(cast.olive, cast.harbor)
        with viewing(organisation_viewer(cast.harbor.pk)):
            Membership.objects.filter(person=cast.edgar).update(role="owner")
            Membership.objects.filter(person=cast.olive).update(role="editor")
        assert not archives.work(organisation_id=cast.harbor.pk, archive_id=archive.pk, go_on=always)
        with viewing_as(cast.edgar):
            archive.refresh_from_db()
        assert archive.state == "failed"
        assert "no longer an owner" in archive.problem

    def test_a_copy_goes_after_a_week(self, media: Path, django_capture_on_commit_callbacks: Any) -> None:
        cast = builders.cast()
        archive = make(cast.olive, cast.harbor)
        assert archives.clear(cast.harbor.pk) == 0
        with viewing_as(cast.olive):
            Archive.objects.update(ready_at=archive.ready_at - dt.timedelta(days=8))
        with django_capture_on_commit_callbacks(execute=True):
            assert archives.clear(cast.harbor.pk) == 1
        assert not [one for one in media.rglob("*") if one.is_file()]


def signed_in(who: Person) -> Client:
    """Through the page, as people do: it leaves the proof that a full copy asks for."""
    client = Client()
    answer = client.post(reverse("account_login"), {"login": who.email, "password": builders.PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.mark.django_db
def test_the_page_asks_for_a_fresh_proof_and_every_fetch_leaves_a_line() -> None:
    cast = builders.cast()
    olive = Client()
    olive.force_login(cast.olive, backend=project.AUTHENTICATION_BACKENDS[0])
    stale = olive.post(reverse("archives"), {"once": "k"})
    assert stale.status_code == 302
    assert "reauthenticate" in stale["Location"]
    archive = make(cast.olive, cast.harbor)
    address = reverse("archive-file", args=[archive.public_id])
    assert olive.get(address).status_code == 302
    ravi = Client()
    ravi.force_login(cast.ravi, backend=project.AUTHENTICATION_BACKENDS[0])
    assert ravi.get(address).status_code == 302, "no proof yet"
    proven, ravi = signed_in(cast.olive), signed_in(cast.ravi)
    assert ravi.get(address).status_code == 404
    answer = proven.get(address)
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == archive.sha256
    assert proven.post(reverse("archives"), {"once": "k2"}).status_code == 303
    assert "being made" in proven.get(reverse("archives")).content.decode()
    with viewing_as(cast.olive):
        acts = list(AuditEntry.objects.values_list("act", flat=True))
    assert acts.count("archive.fetched") == 1
