"""Reports of errors: anybody sends one, nobody of the web reads one, an operator settles it."""

from __future__ import annotations

import io
import re
from contextlib import nullcontext
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction
from django.test import Client

from requests_app.actions import law_reports as acts
from requests_app.laws.registry import library
from requests_app.models import LawReport
from requests_app.models.visibility import viewing_as
from requests_app.web import law_report as door
from tests import builders

ADDRESS = "/laws/us-il/report/"
ASK: dict[str, str] = {
    "clock": "determine",
    "problem": "Section 3(d) says five business days; the page forgets the extension by agreement.",
    "source_url": "https://www.ilga.gov/3d",
    "email": "reporter@example.org",
    "website": "",
}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def form(**changes: str) -> dict[str, str]:
    """The form as a browser gets it, filled in."""
    text = Client().get(ADDRESS).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(law_ref|once)" value="([^"]+)"', text))
    assert set(hidden) == {"law_ref", "once"}
    return {**ASK, **hidden, **changes}


def send(given: dict[str, str], **extra: Any) -> Any:
    return Client().post(ADDRESS, given, **extra)


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("law_reports", *words, stdout=out)
    return out.getvalue()


def kept() -> list[Any]:
    return list(LawReport.objects.using("owner").order_by("pk"))


@pytest.mark.committed
def test_a_report_needs_no_account_and_is_thanked_for_with_a_reference() -> None:
    sent = send(form())
    assert sent.status_code == 302
    page = Client().get(sent.headers["Location"]).content.decode()
    (report,) = kept()
    assert report.reference in page
    assert "reporter@example.org" not in page
    assert (report.clock, report.law_ref) == ("determine", library().law("us-il").current.ref)
    assert report.problem == ASK["problem"]


@pytest.mark.committed
def test_the_same_form_sent_twice_is_one_report_with_one_reference() -> None:
    given = form()
    first, second = send(given), send(given)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(kept()) == 1


@pytest.mark.committed
def test_a_program_that_fills_in_every_field_is_thanked_and_nothing_is_kept() -> None:
    sent = send(form(website="https://spam.example"))
    assert sent.status_code == 302
    assert "Thank you" in Client().get(sent.headers["Location"]).content.decode()
    assert kept() == []


@pytest.mark.committed
def test_a_few_an_hour_are_taken_from_one_address_and_more_from_another() -> None:
    for _turn in range(door.MOST_AN_HOUR):
        assert send(form(), REMOTE_ADDR="203.0.113.7").status_code == 302
    refused = send(given := form(), REMOTE_ADDR="203.0.113.7")
    assert refused.status_code == 429
    assert "within an hour" in refused.content.decode()
    assert given["problem"].partition(";")[0] in refused.content.decode(), "what was typed is not lost"
    assert send(form(), REMOTE_ADDR="203.0.113.8").status_code == 302
    assert len(kept()) == door.MOST_AN_HOUR + 1


@pytest.mark.committed
def test_the_many_addresses_of_one_ipv6_network_count_as_one() -> None:
    for number in range(door.MOST_AN_HOUR):
        assert send(form(), REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}").status_code == 302
    assert send(form(), REMOTE_ADDR="2001:db8:1:2:ffff::9").status_code == 429
    assert send(form(), REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


@pytest.mark.committed
def test_an_address_before_our_own_proxies_cannot_be_made_up(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(door.MOST_AN_HOUR + 1):
        sent = send(form(), HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 198.51.100.9")
    assert sent.status_code == 429


@pytest.mark.committed
def test_a_flood_from_everywhere_is_stopped_by_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_A_DAY", 2)
    answers = [send(form(), REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(3)]
    assert answers == [302, 302, 429]
    assert len(kept()) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"problem": ""}, "Say in a sentence what is wrong."),
        ({"problem": "bad"}, "Say in a sentence what is wrong."),
        ({"clock": "no-such-clock"}, "This clock is not on the page."),
        ({"source_url": "javascript:alert(1)"}, "Give the address of the source with https://"),
        ({"email": "not an address"}, "This is not an e-mail address."),
        ({"once": "short"}, "This form is too old."),
        ({"problem": "x" * 4001}, "4000"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_a_sentence_and_what_was_typed(
    changes: dict[str, str], says: str
) -> None:
    response = send(form(**changes))
    assert response.status_code == 400
    text = response.content.decode()
    assert says in text
    assert "There is a problem" in text
    if "email" not in changes:
        assert 'value="reporter@example.org"' in text


@pytest.mark.django_db
def test_a_law_that_is_not_there_and_a_thank_you_nobody_earned_are_404() -> None:
    assert Client().get("/laws/us-zz/report/").status_code == 404
    assert send(form(law_ref="us-il@1900-01-01.r1")).status_code == 404
    assert Client().get(f"{ADDRESS}?sent=abcdefgh").status_code == 404


@pytest.mark.django_db
def test_a_report_needs_the_token_of_its_own_page() -> None:
    assert Client(enforce_csrf_checks=True).post(ADDRESS, form()).status_code == 403


@pytest.mark.django_db
def test_the_clock_one_came_from_is_chosen_already() -> None:
    text = Client().get(f"{ADDRESS}?clock=review-by").content.decode()
    assert '<option value="review-by" selected>' in text


def ask(person: Any, statement: str) -> None:
    """A statement as somebody who looks, or as nobody, in a transaction of its own."""
    looks = viewing_as(person) if person else nullcontext()
    with transaction.atomic(), looks, connections["default"].cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.committed
@pytest.mark.parametrize("who", ["public", "olive", "omar"])
def test_nobody_of_the_web_reads_a_report_by_any_statement(who: str) -> None:
    assert send(form()).status_code == 302
    cast = builders.cast()
    for statement in (
        "SELECT email FROM requests_app_lawreport",
        "SELECT count(*) FROM requests_app_lawreport",
        "UPDATE requests_app_lawreport SET note = 'seen' RETURNING email",
        "DELETE FROM requests_app_lawreport RETURNING email",
        "INSERT INTO requests_app_lawreport (reference, once, law_ref, clock, problem, source_url, email, note) "
        "VALUES ('r', 'o', '', '', '', '', '', '') RETURNING email",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            ask(None if who == "public" else getattr(cast, who), statement)
    assert len(kept()) == 1


@pytest.mark.committed
def test_no_page_of_the_web_shows_what_was_reported() -> None:
    assert send(form()).status_code == 302
    cast, client = builders.cast(), Client()
    client.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    for path in (ADDRESS, "/laws/us-il/", "/laws/", "/api/v1/laws/us-il/", "/"):
        text = client.get(path).content.decode()
        assert "reporter@example.org" not in text
        assert "forgets the extension" not in text


@pytest.mark.committed
def test_an_operator_lists_reports_and_settles_one_and_the_address_is_gone() -> None:
    send(form())
    (report,) = kept()
    told = command()
    assert f"{report.law_ref}#determine" in told
    assert "reporter@example.org" in told
    settled = command("--resolve", report.reference.upper(), "--note", "Right; the next reading says so.")
    assert report.reference in settled
    (report,) = kept()
    assert report.email == ""
    assert report.settled_at is not None
    assert command() == "No report waits.\n"
    assert "Right; the next reading says so." in command("--settled")


@pytest.mark.committed
def test_what_a_stranger_wrote_commands_no_terminal() -> None:
    send(form(problem="The page is wrong.\x1b[2J\x1b]0;owned\x07\rRight it \u202eis", email=""))
    (report,) = kept()
    told = command()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", told)
    assert "The page is wrong." in told and report.reference in told


@pytest.mark.committed
def test_a_report_is_settled_once_with_a_word_why() -> None:
    send(form())
    (report,) = kept()
    with pytest.raises(CommandError, match="--note"):
        command("--resolve", report.reference)
    with pytest.raises(CommandError, match="no report"):
        command("--resolve", "zzzzzzzz", "--note", "x")
    command("--resolve", report.reference, "--note", "No: see section 3(e).")
    with pytest.raises(CommandError, match="is settled: No"):
        command("--resolve", report.reference, "--note", "again")
