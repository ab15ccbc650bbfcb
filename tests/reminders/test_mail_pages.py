"""The mail catcher's pages: a person reads their own mail there and nobody else's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from foia_tracker.embedded import mailcatcher
from requests_app.models import Person
from requests_app.notices import catcher
from tests import builders

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
MAIL = b"""From: tracker@localhost.localdomain\r
To: whoever@example.org\r
Subject: Lapsed on Mon, Mar 9: Sangamon Bend\r
Message-ID: <abc@localhost.localdomain>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=X\r
\r
--X\r
Content-Type: text/plain; charset=utf-8\r
\r
WORDS in plain\r
--X\r
Content-Type: text/html; charset=utf-8\r
\r
<p>WORDS <script>alert(1)</script><img src="https://evil.example/x.png"></p>\r
--X--\r
"""


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Path:
    mailcatcher.prepare(tmp_path)
    settings.MAIL_CATCHER_DIR = tmp_path
    return tmp_path


def caught(box: Path, to: str, message: bytes = MAIL) -> str:
    return mailcatcher.keep(box, message, sender="tracker@localhost.localdomain", recipients=[to], at=AT)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_person_reads_the_mail_to_their_own_address(cast: builders.Cast, box: Path) -> None:
    key = caught(box, cast.olive.email.upper())
    client = signed_in(cast.olive)
    assert b"Lapsed on Mon, Mar 9" in client.get("/mail/").content
    page = client.get(f"/mail/{key}/")
    assert page.status_code == 200
    assert b"WORDS in plain" in page.content


def test_nobody_reads_anothers_mail_staff_least_of_all(cast: builders.Cast, box: Path) -> None:
    key = caught(box, cast.olive.email)
    for other in (cast.edgar, cast.ravi, cast.noor, cast.omar):
        client = signed_in(other)
        assert b"Lapsed" not in client.get("/mail/").content
        missing = client.get("/mail/20260310T120000.000000-00000000/")
        hers = client.get(f"/mail/{key}/")
        assert (hers.status_code, missing.status_code) == (404, 404)
    assert Client().get("/mail/").status_code == 302
    assert Client().get(f"/mail/{key}/").status_code == 302


def test_a_part_in_html_is_shown_as_its_text_only(cast: builders.Cast, box: Path) -> None:
    only_html = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: <b>Hi</b>\r\nContent-Type: text/html\r\n\r\n"
        b'<script>alert(1)</script><img src="https://evil.example/x.png">\r\n'
    )
    key = caught(box, cast.olive.email, only_html)
    page = signed_in(cast.olive).get(f"/mail/{key}/").content.decode()
    assert "<script>alert" not in page
    assert '<img src="https://evil' not in page
    assert "&lt;script&gt;" in page
    assert "<b>Hi</b>" not in page


@pytest.mark.parametrize(
    "key",
    ["../secret", "..%2fsecret", "%2e%2e%2fsecret", "20260310T120000.000000-0000000g", "x" * 300, "a\x00b"],
)
def test_a_key_is_never_a_path(cast: builders.Cast, box: Path, key: str) -> None:
    (box / "secret.eml").write_bytes(MAIL)
    (box / "secret.json").write_text(f'{{"to": ["{cast.olive.email}"]}}')
    assert signed_in(cast.olive).get(f"/mail/{key}/").status_code == 404
    assert catcher.mail_to(cast.olive.email, key) is None
    assert catcher.mail_to(cast.olive.email, "../../secret") is None


def test_a_link_in_the_folder_is_not_followed(cast: builders.Cast, box: Path) -> None:
    key = caught(box, cast.olive.email)
    kept = box / "new" / f"{key}.eml"
    kept.rename(box / "elsewhere")
    kept.symlink_to(box / "elsewhere")
    assert signed_in(cast.olive).get(f"/mail/{key}/").status_code == 404


def test_a_mail_without_its_envelope_is_nobodys(cast: builders.Cast, box: Path) -> None:
    key = caught(box, cast.olive.email)
    (box / "new" / f"{key}.json").write_text("{ broken")
    assert signed_in(cast.olive).get(f"/mail/{key}/").status_code == 404


def test_without_a_catcher_there_is_no_such_page(cast: builders.Cast, settings: Any) -> None:
    settings.MAIL_CATCHER_DIR = None
    assert signed_in(cast.olive).get("/mail/").status_code == 404


def test_the_oracle_is_asked_only_where_the_mail_goes_to_the_catcher(box: Path, settings: Any) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    found = catcher.oracle()
    assert found is not None
    caught(box, "b@example.org")
    now = dt.datetime.now(dt.UTC)
    assert found.arrived("abc@localhost.localdomain", now)
    assert not found.arrived("abd@localhost.localdomain", now)
    settings.EMAIL_HOST = "mail.example.org"
    assert catcher.oracle() is None
