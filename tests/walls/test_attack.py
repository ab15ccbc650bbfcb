"""A capable other side: reads the public pages for our turn, bends forms and addresses, keeps an old session."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from requests_app.actions import statistics
from requests_app.actions.correspondence import record_event
from requests_app.actions.filing import file_request
from requests_app.models import Deadline, Membership, RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries.request_page import load
from tests import builders

from .matrix import routes

pytestmark = pytest.mark.django_db
FILED = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 3, 6, 18, tzinfo=dt.UTC)
ODD = (
    "\x00", "a\x00b", "9" * 30, "9" * 4400, "-1", "\u202eevil", "😀" * 40, "x" * 20_000, "0001-01-01",
    "9999-12-31", "2026-02-30", "%s", "²", "=cmd|' /C calc'!A0", "'\"><script>", "\n",
)  # fmt: skip
NAMES = (
    "page", "q", "jurisdiction", "agency", "campaign", "stage", "move", "outcome", "late", "within", "law", "sort",
    "view", "group", "population", "kind", "mark", "version", "year", "received", "sent", "on", "event", "fact",
    "event_1", "event_1_on", "show", "next",
)  # fmt: skip


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def stopped(cast: builders.Cast) -> RecordsRequest:
    """Published, acknowledged, and then the agency asked what we mean: its clock waits for us."""
    federal = builders.agency("Potomac Ridge Liaison Office", law="us", zone="America/New_York")
    with viewing_as(cast.olive) as viewer:
        made = file_request(
            viewer=viewer, organisation=cast.harbor, agency=federal, law_id="us", public_title="Sharing lists",
            sent_on=FILED, received_on=FILED, channel="email", actor=cast.olive, once="filed", today=NOW.date(),
        )  # fmt: skip
        for n, kind in enumerate(("acknowledged", "clarification_asked"), 3):
            record_event(
                viewer=viewer, records_request=made, kind=kind, actor=cast.olive, once=kind, today=NOW.date(),
                received_on=dt.date(2026, 3, n), sent_on=dt.date(2026, 3, n),
            )  # fmt: skip
    builders.publish(cast.olive, made)
    return made


def client_of(person: Any) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_public_does_not_read_that_a_clock_stands_still_for_us(
    cast: builders.Cast, stopped: RecordsRequest
) -> None:
    with viewing_as(cast.olive):
        still = list(Deadline.objects.standing().filter(paused_since__isnull=False))
        assert still, "the question stops the clock"
        assert Deadline.objects.exclude(superseded_at=None).exists(), "and another date stood before"
    with viewing(PUBLIC):
        for rows in (Deadline.objects.all(), Deadline.objects.visible_to(PUBLIC)):
            assert not rows.exclude(paused_since=None, superseded_at=None).exists()
        seen = load(PUBLIC, stopped.public_id, now=NOW)
    assert seen is not None and seen.standing is not None
    assert (seen.standing.stage, seen.standing.whose_move) == ("acknowledged", "agency")
    assert not any(clock.paused_since or clock.follow_up_on for clock in seen.clocks)
    public = client_of(None)
    page = public.get(reverse("request", args=[stopped.public_id]))
    assert page.status_code == 200
    for word in ("paused", "stands still", "waits for us", "Question to us", "follow up"):
        assert word not in page.content.decode(), word
    assert stopped.public_id not in public.get("/requests/?move=nobody").content.decode()
    assert stopped.public_id in public.get("/requests/?move=agency").content.decode()
    statistics.refresh()
    dashboard = public.get("/").content.decode()
    assert reverse("request", args=[stopped.public_id]) not in dashboard, (
        "no silence is counted while it waits"
    )


def test_the_public_is_told_that_we_closed_it_and_not_when(cast: builders.Cast) -> None:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive):
        builders.event(made, "closed", sent_on=dt.date(2026, 3, 4))
        builders.span(made, public=True, stage="closed", whose_move="nobody")
    builders.publish(cast.olive, made)
    page = client_of(None).get(reverse("request", args=[made.public_id])).content.decode()
    assert re.search(r'<li class="done"><b>Closed</b></li>', page)


def test_a_partner_reads_the_whole_standing(cast: builders.Cast, stopped: RecordsRequest) -> None:
    builders.share_with(cast.olive, stopped, cast.prairie)
    with viewing_as(cast.ravi) as viewer:
        for rows in (Deadline.objects.all(), Deadline.objects.visible_to(viewer)):
            assert rows.standing().exclude(paused_since=None).exists()


@pytest.mark.slow
@pytest.mark.parametrize("who", [None, "olive"])
def test_no_odd_value_of_any_parameter_is_an_error(
    cast: builders.Cast, stopped: RecordsRequest, who: str | None
) -> None:
    client = client_of(getattr(cast, who) if who else None)
    args = {
        "request": [stopped.public_id], "agency": [stopped.agency.slug], "law": ["us-il"],
        "event-new": [stopped.public_id, "acknowledged"],
    }  # fmt: skip
    wrong = []
    for route in routes():
        if (route.params and route.name not in args) or route.name.startswith(("account_", "mfa_", "admin:")):
            continue
        address = (
            "/api/v1/nowhere"
            if route.name == "api-not-found"
            else reverse(route.name, args=args.get(route.name))
        )
        if route.name.startswith("healthz"):
            continue
        for number, odd in enumerate(ODD):
            # A few names at a time; the byte that the database refuses goes into every one.
            thirds = range(3) if "\x00" in odd else (number % 3,)
            for third in thirds:
                asked = "&".join(f"{name}={quote(odd)}" for name in NAMES[third::3])
                answer = client.get(f"{address}?{asked}")
                # Files that are being made say when to come back, whatever was asked.
                if answer.status_code >= 500 and not answer.has_header("Retry-After"):
                    wrong.append(f"{route.name}: {odd[:20]!r}")
    assert wrong == []


@pytest.mark.slow
def test_no_odd_value_of_any_field_is_an_error(cast: builders.Cast, stopped: RecordsRequest) -> None:
    client = client_of(cast.olive)
    with viewing_as(cast.olive):
        event = stopped.events.exclude(kind="sent").first()
    forms: dict[str, dict[str, Any]] = {
        reverse("request-new"): {
            "organisation": cast.harbor.public_id, "agency": cast.agency.name, "law_id": "us-il",
            "public_title": "Lists", "sent_on": "2026-03-02", "channel": "email", "once": "new",
            "parts": "A1 x", "custodian": "", "campaign": "", "letter": "", "tracking_number": "",
        },
        reverse("event-new", args=[stopped.public_id, "extension_noticed"]): {
            "sent_on": "2026-03-05", "received_on": "", "days": "5", "unit": "business_days", "until": "",
            "once": "e", "seen_version": "3", "text": "", "note": "",
        },
        reverse("event-new", args=[stopped.public_id, "override"]): {
            "dated_on": "2026-03-05", "clock": "x", "due_on": "2026-04-01", "note": "n", "once": "o",
            "seen_version": "3",
        },
        reverse("event-retract", args=[stopped.public_id, event.uid]): {
            "once": "r", "seen_version": "3", "reason": "mistake",
        },
    }  # fmt: skip
    wrong = []
    for address, good in forms.items():
        for name in [*good, "step"]:
            for odd in ODD:
                status = client.post(address, {**good, name: odd}).status_code
                if status >= 500:
                    wrong.append(f"{address} {name}: {odd[:20]!r}")
    assert wrong == []


@pytest.mark.parametrize(
    ("route", "of", "words"),
    [
        ("letter-draft", "request", {"kind": "answer", "once": "a\x00b"}),
        ("request-views", "", {"step": "up", "view": "a\x00b"}),
        ("follow-ups", "", {"request": "a\x00b", "once": "a\x00b"}),
        ("campaign-plan", "campaign", {"step": "take-out", "agency": "a\x00b"}),
        ("campaign-plan", "campaign", {"step": "kits", "kits": "a\x00b"}),
    ],
)
def test_a_form_that_no_class_reads_takes_no_byte_that_the_database_refuses(
    cast: builders.Cast, stopped: RecordsRequest, route: str, of: str, words: dict[str, str]
) -> None:
    asked = {"request": stopped, "campaign": builders.campaign(cast.olive, cast.harbor)}.get(of)
    address = reverse(route, args=[asked.public_id] if asked else [])
    assert client_of(cast.olive).post(address, words).status_code < 500


def test_no_form_can_pass_its_act_off_as_an_imports(cast: builders.Cast, stopped: RecordsRequest) -> None:
    """The undo of an import removes the events whose key is the import's; nobody else's may look like it."""
    client = client_of(cast.edgar)
    words = {
        "received_on": "2026-03-05",
        "seen_version": "3",
        "step": "save",
        "once": "import:abcdefghjkmn:zz",
    }
    address = reverse("event-new", args=[stopped.public_id, "acknowledged"])
    assert client.post(address, words).status_code == 400
    with viewing_as(cast.edgar):
        assert not stopped.events.filter(once__startswith="import:").exists()


def test_a_session_of_yesterday_carries_no_right_of_yesterday(
    cast: builders.Cast, stopped: RecordsRequest
) -> None:
    client = client_of(cast.edgar)
    form = reverse("event-new", args=[stopped.public_id, "acknowledged"])
    private = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    page = reverse("request", args=[private.public_id])
    edgars = {"organisation": cast.harbor, "person": cast.edgar}
    assert [client.get(url).status_code for url in (form, page, reverse("imports"))] == [200, 200, 200]
    with viewing_as(cast.olive):
        Membership.objects.filter(**edgars).update(role="viewer")
    assert [client.get(url).status_code for url in (form, page, reverse("imports"))] == [404, 200, 404]
    assert client.post(form, {"step": "save"}).status_code == 404
    with viewing_as(cast.olive):
        Membership.objects.filter(**edgars).update(ended_at=Now())
    assert [client.get(url).status_code for url in (form, page, reverse("imports"))] == [404, 404, 404]


def test_every_form_asks_for_its_token(cast: builders.Cast, stopped: RecordsRequest) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    with viewing_as(cast.olive):
        event = stopped.events.exclude(kind="sent").first()
    for route, args in (
        ("keys", []), ("request-new", []), ("import-new", []), ("account_logout", []), ("account_email", []),
        ("event-new", [stopped.public_id, "acknowledged"]), ("event-retract", [stopped.public_id, event.uid]),
    ):  # fmt: skip
        assert client.post(reverse(route, args=args), {"step": "save"}).status_code == 403, route


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\x00"]
)
def test_no_form_leads_away_from_the_house(db: Any, to: str) -> None:
    assert Client().post(reverse("theme"), {"theme": "dark", "next": to}).headers["Location"] == "/"


def test_nobody_asks_the_database_for_another_undo(cast: builders.Cast) -> None:
    from requests_app.models import ImportBatch, StoredFile

    with viewing_as(cast.olive):
        file = StoredFile.objects.create(
            name="random", organisation=cast.harbor, original_name="a.csv", size=1, sha256="0" * 64
        )
        batch = ImportBatch.objects.create(
            organisation=cast.harbor, file=file, source="log", once="1", state="applied"
        )
    for who in (cast.ravi, cast.vera, cast.noor):
        with pytest.raises(Exception, match="no such import"), viewing_as(who), connection.cursor() as cursor:
            cursor.execute("SELECT app_undo_import(%s)", [batch.pk])
