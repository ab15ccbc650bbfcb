"""The import as its users meet it: plain forms, no script, each button harmless when pressed twice."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_app.actions import import_work, imports
from requests_app.models import ImportBatch, Person, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests.builders import PASSWORD, Cast
from tests.imports.conftest import TODAY, Importer, log, seen, three_rows

OURS = "Sangamon Bend Fusion Center"


def signed_in(who: Person, **kwargs: Any) -> Client:
    client = Client(**kwargs)
    assert client.login(email=who.email, password=PASSWORD)
    return client


@pytest.fixture
def edgar(people: Cast) -> Client:
    return signed_in(people.edgar)


def upload(client: Client, content: bytes, *, name: str = "log.csv", once: str = "press") -> Any:
    page = client.get(reverse("import-new")).content.decode()
    home = re.search(r'name="organization" value="(\w+)"', page)
    assert home
    return client.post(
        reverse("import-new"),
        {"once": once, "organization": home[1], "source": "", "file": SimpleUploadedFile(name, content)},
    )


def form_of(client: Client, url: str) -> dict[str, Any]:
    form = client.get(url).context["form"]
    held = {name: form[name].value() for name in form.fields if name != "history"}
    return {name: value if isinstance(value, list) else str(value or "") for name, value in held.items()}


def test_the_whole_way_from_file_to_requests_and_back(edgar: Client, people: Cast) -> None:
    answer = upload(edgar, three_rows())
    assert answer.status_code == 303
    url = answer["Location"]
    page = edgar.get(url).content.decode()
    assert "What their outcomes mean" in page
    assert edgar.post(url, {**form_of(edgar, url), "step": "map"}).status_code == 303
    page = edgar.get(url).content.decode()
    assert "Import 3 rows" in page
    assert "Sharing agreements" in page
    assert edgar.post(url, {"step": "apply"}).status_code == 303
    page = edgar.get(url).content.decode()
    assert "See how far it is" in page
    assert "0 of 3 rows" in page
    assert edgar.post(url, {"step": "continue"}).status_code == 303
    page = edgar.get(url).content.decode()
    assert "Undo this import" in page
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 3
    assert edgar.post(url, {"step": "undo"}).status_code == 303
    assert "taken out again" in edgar.get(url).content.decode()
    with viewing_as(people.edgar):
        assert not RecordsRequest.objects.exists()
    again = edgar.post(url, {"step": "again", "once": "k"})
    assert again["Location"] == edgar.post(url, {"step": "again", "once": "k"})["Location"] != url
    assert "log.csv" in edgar.get(reverse("imports")).content.decode()


def test_every_button_pressed_twice_does_it_once(edgar: Client, people: Cast) -> None:
    first, second = upload(edgar, three_rows()), upload(edgar, three_rows())
    url = first["Location"]
    assert url == second["Location"]
    for step in ("map", "map", "apply", "apply", "continue", "continue", "apply"):
        given = form_of(edgar, url) if step == "map" else {}
        assert edgar.post(url, {**given, "step": step}).status_code == 303, step
    with viewing_as(people.edgar):
        assert (ImportBatch.objects.count(), RecordsRequest.objects.count()) == (1, 3)


def test_a_wrong_delimiter_is_said_and_mended_on_the_page(edgar: Client) -> None:
    url = upload(edgar, three_rows())["Location"]
    edgar.post(url, {"step": "read", "delimiter": ";", "encoding": "utf-8"})
    page = edgar.get(url).content.decode()
    assert "Commas would give 6" in page
    refused = edgar.post(url, {**form_of(edgar, url), "step": "map"})
    assert refused.status_code == 400
    edgar.post(url, {"step": "read", "delimiter": ",", "encoding": "utf-8"})
    assert edgar.get(url).context["form"]["column_number"].value() == "Number"


def test_a_refused_choice_of_columns_keeps_what_was_chosen(edgar: Client) -> None:
    url = upload(edgar, three_rows())["Location"]
    given = {**form_of(edgar, url), "step": "map", "source": "My own name"}
    for field, sentence in (
        ("column_number", "Choose the column with the number"),
        ("column_received_on", "clocks start there"),
        ("column_agency", "or name one for the whole file"),
    ):
        answer = edgar.post(url, {**given, field: ""})
        assert answer.status_code == 400
        assert sentence in answer.content.decode()
        assert "My own name" in answer.content.decode()
    assert edgar.post(url, {**given, "column_title": "Description"}).status_code == 400


def test_unknown_agencies_and_words_are_named_on_the_page_and_kept(edgar: Client, people: Cast) -> None:
    content = log(
        "A-1,Sangamon Bend,2024-03-04,2024-03-05,Text,Fnord",
        f"A-2,{OURS},2024-03-04,2024-03-05,Text,Full grant",
    )
    url = upload(edgar, content)["Location"]
    form = edgar.get(url).context["form"]
    (pick, other, rows), ((fnord, _), _) = form.agency_fields[0], form.word_fields
    assert (pick.label, rows, fnord.label) == ("Sangamon Bend", 1, "Fnord")
    given = {**form_of(edgar, url), "step": "map"}
    wrong = edgar.post(url, {**given, other.html_name: "Nowhere Bend"})
    assert wrong.status_code == 400
    assert "Nowhere Bend" in wrong.content.decode()
    edgar.post(url, {**given, other.html_name: OURS, fnord.html_name: "determined|no_records|"})
    with viewing_as(people.edgar):
        batch = ImportBatch.objects.get()
        assert batch.mapping["agencies"] == {"sangamon bend": people.agency.slug}
        assert batch.mapping["words"] == {"fnord": "determined|no_records|"}
        assert batch.counts["new"] == 2
    form = edgar.get(url).context["form"]
    assert form.word_fields[0][0].value() == "determined|no_records|"
    assert form.agency_fields[0][0].value() == people.agency.slug


def test_what_is_spelled_alike_is_offered_with_its_place_and_never_taken_unasked(edgar: Client, people: Cast) -> None:
    url = upload(edgar, three_rows("Sangamon Bent Fusion Centre"))["Location"]
    given = {**form_of(edgar, url), "step": "map"}
    edgar.post(url, given)
    with viewing_as(people.edgar):
        assert ImportBatch.objects.get().counts["refused"] == 3
    seen = edgar.get(url)
    pick = seen.context["form"].agency_fields[0][0]
    assert [value for value, _words in pick.field.choices] == [people.agency.slug, ""]
    assert pick.value() == ""
    assert f"{OURS} · Fusion center · Illinois · sample" in html.unescape(seen.content.decode())
    edgar.post(url, {**given, pick.html_name: people.agency.slug})
    with viewing_as(people.edgar):
        assert ImportBatch.objects.get().counts["new"] == 3


def test_the_rows_with_problems_come_as_a_file_that_runs_nothing(edgar: Client) -> None:
    content = log(f'A-1,{OURS},soon,,"=HYPERLINK(""http://x"")",', f"A-2,{OURS},2024-03-04,,Text,")
    url = upload(edgar, content)["Location"]
    edgar.post(url, {**form_of(edgar, url), "step": "map"})
    answer = edgar.get(f"{url}problems.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("2,refused,received_on,")
    assert "'=HYPERLINK" in lines[1]
    assert ",=HYPERLINK" not in lines[1]


def test_readers_strangers_and_the_public_find_nothing(people: Cast, bring: Importer) -> None:
    batch = bring(three_rows())
    one = reverse("import", args=[batch.public_id])
    for who in (people.vera, people.ravi, people.noor, people.omar):
        client = signed_in(who)
        for url in (one, f"{one}problems.csv"):
            assert client.get(url).status_code == 404, (who, url)
        assert client.post(one, {"step": "apply"}).status_code == 404
        missing = client.get(reverse("import", args=["aaaaaaaaaaaa"]))
        assert without_token(client.get(one), batch.public_id) == without_token(missing, "aaaaaaaaaaaa")
    for who in (people.vera, people.noor, people.omar):
        for name in ("imports", "import-new"):
            assert signed_in(who).get(reverse(name)).status_code == 404, (who, name)
    assert Client().get(one).status_code == 404
    assert Client().get(reverse("import-new")).status_code == 302
    assert seen(people, batch).state == "checked"
    assert "log.csv" not in signed_in(people.ravi).get(reverse("imports")).content.decode()


def without_token(answer: Any, pid: str) -> bytes:
    """The form token is another one in every answer, and the page repeats its own address."""
    return re.sub(rb'value="\w{64}"', b"", answer.content).replace(pid.encode(), b"PID")


def test_a_form_without_its_token_brings_nothing_in(people: Cast, media: Path) -> None:
    client = signed_in(people.edgar, enforce_csrf_checks=True)
    answer = client.post(
        reverse("import-new"),
        {
            "once": "x",
            "organization": people.harbor.public_id,
            "file": SimpleUploadedFile("l.csv", three_rows()),
        },
    )
    assert answer.status_code == 403
    with viewing_as(people.edgar):
        assert not ImportBatch.objects.exists()


def test_a_file_of_sixty_megabytes_gets_a_sentence_and_is_not_kept(edgar: Client, media: Path) -> None:
    answer = upload(edgar, b"a,b\n" + b"x" * 60 * 1024 * 1024)
    assert answer.status_code == 413
    assert "larger than 50 MB" in answer.content.decode()
    assert not media.exists() or not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_that_is_no_log_says_so_beside_the_field(edgar: Client) -> None:
    answer = upload(edgar, b"%PDF-1.7 not a log", name="log.csv")
    assert answer.status_code == 400
    assert "This is a PDF, not a table" in answer.content.decode()


def test_an_undo_that_cannot_be_says_why_on_the_page(edgar: Client, people: Cast, bring: Importer) -> None:
    from tests.builders import publish

    batch = bring(three_rows(), apply=True)
    with viewing_as(people.edgar):
        made = RecordsRequest.objects.filter(external_numbers__batch=batch)[0]
    publish(people.olive, made)
    answer = edgar.post(reverse("import", args=[batch.public_id]), {"step": "undo"})
    assert answer.status_code == 409
    assert "1 shared" in answer.content.decode()
    with viewing_as(people.edgar):
        assert RecordsRequest.objects.count() == 3


def test_a_large_file_is_left_to_the_worker_and_its_page_says_how_far_it_is(
    edgar: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHECKED_IN_PAGE", 2)
    url = upload(edgar, three_rows())["Location"]
    edgar.post(url, {**form_of(edgar, url), "step": "map"})
    assert "Every row is looked at" in edgar.get(url).content.decode()
    with viewing_as(people.edgar):
        batch = ImportBatch.objects.get()
    import_work.work(actor=people.edgar, batch_id=batch.pk, on=TODAY)
    assert "Import 3 rows" in edgar.get(url).content.decode()


def test_a_page_of_a_thousand_rows_asks_the_database_no_more_than_one_of_three(
    edgar: Client, bring: Importer, django_assert_max_num_queries: Any
) -> None:
    content = log(*(f"A-{n},{OURS},2024-03-04,,Text,Full grant" for n in range(1000)))
    url = reverse("import", args=[bring(content).public_id])
    with django_assert_max_num_queries(16):
        edgar.get(url)
