"""What outsiders read of a request, kind by kind of event and level by level, on every page that could tell it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from requests_app.actions import statistics
from requests_app.actions.correspondence import record_event
from requests_app.clock.events import Kind
from requests_app.models import Deadline, EventCorrespondence, EventNote, RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries.request_page import load
from tests import builders

from .test_attack import stopped
from .test_second_wall import owned_tables

pytestmark = pytest.mark.django_db
__all__ = ["stopped"]

# Written out a second time on purpose: what leaves one list in the code has to leave this one, too.
OURS_ALONE = {
    "override", "override_released", "waived", "disputed", "law_applied", "closed", "destruction_scheduled",
}  # fmt: skip
NOT_PUBLIC = OURS_ALONE | {
    "clarification_asked", "clarification_answered", "deposit_asked", "deposit_paid", "fee_estimated", "fee_invoiced",
    "fee_paid", "fee_refunded", "fee_waiver_asked", "fee_waiver_decided", "narrowed", "follow_up_sent", "notice_sent",
    "ordered_us", "order_met", "preservation_demanded",
}  # fmt: skip
KINDS = {kind.value for kind in Kind} - {"sent", "retracted"}
# No address, instant or number of its own making looks like it.
AMOUNT = 80_613_577
LEVELS: dict[str, dict[str, bool]] = {
    "status": {},
    "correspondence": {"correspondence": True},
    "documents": {"documents": True},
    "everything": {"everything": True},
}


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def told(cast: builders.Cast) -> RecordsRequest:
    """A request in a campaign with one event of every kind, each with a letter and a note that name it."""
    of = builders.campaign(cast.olive, cast.harbor)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=of, canary="canary")
    with viewing_as(cast.olive):
        for kind in sorted(KINDS):
            row = builders.event(made, kind, sent_on=dt.date(2026, 3, 4), once=f"once-{kind}")
            belongs = {"event": row, "request": made, "organisation": cast.harbor}
            EventCorrespondence.objects.create(text=f"letter<{kind}>", amount=AMOUNT, **belongs)
            EventNote.objects.create(text=f"note<{kind}>", actor=cast.edgar, **belongs)
        builders.span(made)
        builders.span(made, public=True)
    return made


def client_of(person: Any) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def read_everywhere(client: Client, made: RecordsRequest) -> str:
    """Every answer that could tell of the request, one after the other."""
    assert made.campaign is not None
    pid, campaign = made.public_id, made.campaign.public_id
    asked = [
        reverse("request", args=[pid]), reverse("requests"), reverse("requests-csv"), reverse("dashboard"),
        reverse("campaign", args=[campaign]), reverse("campaign-csv", args=[campaign]),
        reverse("agency", args=[made.agency.slug]), reverse("request-documents", args=[pid]),
        reverse("api-request", args=[pid]), reverse("api-campaign-matrix", args=[campaign]), reverse("api-dashboard"),
        reverse("api-statistics"), reverse("statistics-csv", args=["silence"]),
        f"{reverse('calendar')}?month=2026-03", reverse("today"),
        f"{reverse('api-due-days')}?from=2026-03-01&until=2026-03-31",
        *(f"{reverse(name)}?q={word}" for name in ("search", "api-search") for word in ("letter", "note", "canary")),
    ]  # fmt: skip
    statistics.refresh()
    found = []
    for path in asked:
        cache.clear()
        answer = client.get(path, follow=True)
        assert answer.status_code < 500, path
        found.append(b"".join(answer) if answer.streaming else answer.content)
    cache.clear()
    events = client.get(reverse("api-events", args=[pid]))
    assert events.status_code == 200
    found.append(str(events.json()).encode())
    text = b"\n".join(found).decode()
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("\\u003C", "<").replace("\\u003E", ">")


def named(text: str, what: str) -> set[str]:
    return set(re.findall(rf"{what}<(\w+)>", text))


@pytest.mark.parametrize("level", LEVELS)
def test_a_partner_reads_each_kind_at_its_level_and_notes_at_everything_alone(
    cast: builders.Cast, told: RecordsRequest, level: str
) -> None:
    builders.share_with(cast.olive, told, cast.prairie, **LEVELS[level])
    text = read_everywhere(client_of(cast.ravi), told)
    letters = KINDS - OURS_ALONE if level in ("correspondence", "everything") else set()
    whole = level == "everything"
    assert named(text, "letter") == letters
    assert named(text, "note") == (KINDS - OURS_ALONE if whole else set())
    assert ("Edgar" in text) == whole, "who works on it, and who wrote it down"
    assert ("working canary" in text) == whole
    assert ("letter canary" in text) == (level in ("correspondence", "everything"))
    told_kinds = set(re.findall(r"'kind': '(\w+)'", text))
    assert told_kinds >= KINDS - OURS_ALONE
    assert not told_kinds & OURS_ALONE
    assert bool(re.search(f"{AMOUNT}|{AMOUNT:,}", text)) == (level in ("correspondence", "everything"))


@pytest.mark.parametrize("level", ["status", "correspondence", "documents"])
@pytest.mark.parametrize("who", [None, "noor", "ravi", "omar"])
def test_the_public_reads_no_kind_that_tells_what_we_do_next(
    cast: builders.Cast, told: RecordsRequest, level: str, who: str | None
) -> None:
    builders.publish(cast.olive, told, **LEVELS[level])
    text = read_everywhere(client_of(getattr(cast, who) if who else None), told)
    assert named(text, "letter") == (KINDS - NOT_PUBLIC if level == "correspondence" else set())
    assert named(text, "note") == set()
    assert "Edgar" not in text and "working canary" not in text
    told_kinds = set(re.findall(r"'kind': '(\w+)'", text))
    assert told_kinds >= KINDS - NOT_PUBLIC
    assert not told_kinds & NOT_PUBLIC


def test_a_viewer_reads_all_of_it(cast: builders.Cast, told: RecordsRequest) -> None:
    text = read_everywhere(client_of(cast.vera), told)
    assert named(text, "letter") == named(text, "note") == KINDS


def test_a_share_of_one_request_tells_nothing_of_its_neighbour(
    cast: builders.Cast, told: RecordsRequest
) -> None:
    other = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=told.campaign)
    builders.share_with(cast.olive, other, cast.prairie, everything=True)
    client = client_of(cast.ravi)
    assert client.get(reverse("request", args=[told.public_id])).status_code == 404
    for path in (reverse("requests"), reverse("requests-csv"), reverse("dashboard"), "/api/v1/requests/"):
        body = client.get(path).content.decode()
        assert told.public_id not in body, path
    assert other.public_id in client.get(reverse("requests")).content.decode()


def test_a_pause_that_is_over_is_told_to_partners_and_not_to_the_public(
    cast: builders.Cast, stopped: RecordsRequest
) -> None:
    """From when until when an agency waited for us is ours to tell; the day that follows from it is not hidden."""
    now = dt.datetime(2026, 3, 12, 18, tzinfo=dt.UTC)
    with viewing_as(cast.olive) as viewer:
        record_event(
            viewer=viewer, records_request=stopped, kind="clarification_answered", actor=cast.olive, once="answer",
            today=now.date(), sent_on=dt.date(2026, 3, 10), received_on=dt.date(2026, 3, 10),
        )  # fmt: skip
        hidden = list(stopped.events.filter(kind__startswith="clarification").values_list("uid", flat=True))
    with viewing(PUBLIC):
        seen = load(PUBLIC, stopped.public_id, now=now)
    assert seen is not None
    clock = next(one for one in seen.clocks if one.rule_id == "determine")
    assert clock.due_on is not None and clock.trail == () and clock.pauses == ()
    for client in (client_of(None), client_of(cast.ravi)):
        page = client.get(reverse("request", args=[stopped.public_id])).content.decode()
        told = client.get(reverse("api-request", args=[stopped.public_id])).content.decode()
        for word in ("stood still", "went on", '"pause"', '"resume"', "2026-03-04", *hidden):
            assert word not in page + told, word
        assert not [one for one in re.findall(r'href="#([^"]+)"', page) if f'id="{one}"' not in page]
    builders.share_with(cast.olive, stopped, cast.prairie)
    partner = client_of(cast.ravi).get(reverse("api-request", args=[stopped.public_id])).json()
    steps = {step["kind"] for one in partner["clocks"] for step in one["trail"]}
    assert {"pause", "resume"} <= steps


def test_that_a_person_set_a_day_is_told_and_not_who_or_why(
    cast: builders.Cast, stopped: RecordsRequest
) -> None:
    with viewing_as(cast.olive) as viewer:
        for kind, facts in (
            ("clarification_answered", {}),
            ("override", {"clock": "determine|request|r1", "due_on": "2026-05-01"}),
        ):
            row = record_event(
                viewer=viewer, records_request=stopped, kind=kind, actor=cast.olive, once=kind, facts=facts,
                today=dt.date(2026, 3, 12), dated_on=dt.date(2026, 3, 11), sent_on=dt.date(2026, 3, 11),
                note="canary-reason",
            )  # fmt: skip
    builders.share_with(cast.olive, stopped, cast.prairie, correspondence=True, documents=True)
    for client in (client_of(None), client_of(cast.ravi)):
        page = client.get(reverse("request", args=[stopped.public_id])).content.decode()
        told = client.get(reverse("api-request", args=[stopped.public_id])).content.decode()
        assert "2026-05-01" in told
        for word in ("canary-reason", "Olive", str(getattr(row, "uid", "x" * 9))):
            assert word not in page + told, word


WHY, PAUSE_NOTE = "canary-why-51", "canary-pause-51"


@pytest.fixture
def by_hand(cast: builders.Cast, stopped: RecordsRequest) -> RecordsRequest:
    """A clock that stood still and goes on again, and a day that Edgar set by hand; with notes to each."""
    with viewing_as(cast.edgar) as viewer:
        still = Deadline.objects.standing().filter(request=stopped, paused_since__isnull=False).first()
        assert still is not None, "the question stops the clock"

        def said(kind: str, **more: Any) -> None:
            record_event(
                viewer=viewer, records_request=stopped, kind=kind, actor=cast.edgar, once=f"hand-{kind}",
                today=dt.date(2026, 3, 20), **more,
            )  # fmt: skip

        said("clarification_answered", sent_on=dt.date(2026, 3, 6), received_on=dt.date(2026, 3, 6), note=PAUSE_NOTE)
        facts = {"clock": still.clock_key, "due_on": "2026-05-01", "reason": WHY, "by": cast.edgar.name}
        said("override", sent_on=dt.date(2026, 3, 9), note=WHY, facts=facts)
    return stopped


@pytest.mark.parametrize("level", LEVELS)
def test_a_partner_reads_the_trail_and_not_why_or_by_whom_a_day_was_set(
    cast: builders.Cast, by_hand: RecordsRequest, level: str
) -> None:
    builders.share_with(cast.olive, by_hand, cast.prairie, **LEVELS[level])
    ravi, pid = client_of(cast.ravi), by_hand.public_id
    clocks = ravi.get(reverse("api-request", args=[pid])).json()["clocks"]
    moved = [one for one in clocks if one["due_on"] == "2026-05-01"]
    assert moved and not any({"override", "follow_up_on"} & set(one) for one in clocks)
    told = read_all(ravi, pid)
    assert WHY not in told, "why a day was set by hand is ours at every level"
    assert [word in told for word in (PAUSE_NOTE, "Edgar")] == [level == "everything"] * 2
    ours = read_all(client_of(cast.olive), pid)
    assert WHY in ours and PAUSE_NOTE in ours


def read_all(client: Client, pid: str) -> str:
    cache.clear()
    routes = ("request", "api-request", "api-events")
    return "".join(client.get(reverse(name, args=[pid])).content.decode() for name in routes)


def test_the_rows_that_row_level_security_alone_gives_a_partner_hold_no_such_word(
    cast: builders.Cast, by_hand: RecordsRequest
) -> None:
    """Past every queryset: all tables with an organization, each row as one text, whatever its columns."""
    builders.share_with(cast.olive, by_hand, cast.prairie)
    tables = [model._meta.db_table for model in owned_tables()]

    def rows() -> list[tuple[str, str]]:
        found = []
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute("SELECT has_table_privilege(%s, 'select')", [table])
                if cursor.fetchone()[0]:
                    cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE organisation_id = %s", [home])
                    found += [(table, text) for (text,) in cursor.fetchall()]
        return found

    home = cast.harbor.pk
    with viewing_as(cast.olive):
        assert {table for table, text in rows() if WHY in text} == {"requests_app_eventnote"}
    with viewing_as(cast.ravi):
        seen = rows()
    assert [text for table, text in seen if table == "requests_app_deadline" and '"override"' in text]
    assert not [one for one in seen if WHY in one[1] or PAUSE_NOTE in one[1] or "Edgar" in one[1]]


def test_why_a_day_was_set_cannot_be_written_where_partners_read(
    cast: builders.Cast, told: RecordsRequest
) -> None:
    with viewing_as(cast.olive), pytest.raises(IntegrityError, match="event_keeps_no_reason"), transaction.atomic():
        builders.event(told, "override", sent_on=dt.date(2026, 3, 5), once="hand", facts={"reason": WHY})
