"""Requests by the tens of thousands, in the mix of the sample: its ledgers under five laws, on many days.

Set-based, past the actions, through the owner: this lays ground for measurements and is no way to file a request.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg2

from requests_app.actions.sample import Days, read_scenario
from requests_app.clock.events import REQUESTERS_OWN, Kind
from requests_app.laws.registry import library
from requests_app.models.ids import ALPHABET

SCENARIO = Path(__file__).parents[1] / "requests_app" / "data" / "sample" / "scenario.yaml"
ZONES = {
    "us": "America/New_York", "us-ca": "America/Los_Angeles", "us-il": "America/Chicago",
    "us-ny": "America/New_York", "us-tx": "America/Chicago",
}  # fmt: skip
AT_ONCE = 50_000  # rows
Resolved = list[tuple[str, dict[str, dt.date], list[str], str, dict[str, Any]]]


class Stories:
    """The sample's stories, resolved for any day of loading."""

    def __init__(self) -> None:
        scenario = read_scenario(SCENARIO)
        laws = {
            (agency["slug"], custodian["name"]): (custodian["law"], custodian["kind"])
            for agency in scenario["agencies"]
            for custodian in agency["custodians"]
        }
        kits = {kit["key"]: [part["label"] for part in kit["parts"]] for kit in scenario["kits"]}
        campaigns = {campaign["key"]: kits[campaign["kit"]] for campaign in scenario["campaigns"]}
        self.defaults = scenario["defaults"]
        self.all = [
            (story, *laws[story["agency"], story["custodian"]], campaigns[story["campaign"]])
            for story in scenario["requests"]
        ]

    @cache  # noqa: B019 - lives as long as the bench
    def ledger(self, number: int, today: dt.date) -> Resolved:
        story, law, kind, labels = self.all[number]
        days = Days(library().calendar(law), today)
        found: Resolved = []
        for event in story["events"]:
            on = days.of(event)
            what = Kind(event["kind"])
            facts = {
                name: days.of(value).isoformat() if isinstance(value, dict) else value
                for name, value in event.get("facts", {}).items()
                if not str(value).startswith("@")
            }
            if what is Kind.sent:
                when = {"sent_on": on, "received_on": on}
                facts = {
                    "law": law, "revision": 1, "zone": ZONES[law], "agency_kind": kind, "requester": ["nonprofit"],
                    "record_types": [], "channel": "email", "basis": "accepted",
                    "parts": story.get("parts", labels),
                } | facts  # fmt: skip
            elif what is Kind.receipt_confirmed:
                when = {"received_on": on}
            else:
                when = {"sent_on": on, "received_on": on}
                if what not in REQUESTERS_OWN:
                    when["dated_on"] = on
            found.append((what.value, when, list(event.get("parts", ())), event.get("outcome", ""), facts))
        return found


def build(
    owner_url: str, *, requests: int, organisations: int = 3, agencies: int = 120, today: dt.date, whole: bool = False,
    centers: int | None = None, seed: int = 2,
) -> None:  # fmt: skip
    """Rows of people, organizations, agencies, requests and ledgers. The first organization owns nine in ten.

    whole: also parts, letters, notes and one published campaign an organization, as the pages read them.
    centers: how many of the agencies are fusion centers, the first ones; all, unless told.
    """
    chance = random.Random(seed)
    stories = Stories()
    with psycopg2.connect(owner_url) as connection, connection.cursor() as cursor:
        _put(cursor, "person", "id email password name zone is_staff is_active is_sample is_superuser short_password "
             "session_turn", (
            (n, f"owner{n}@bench.example", "!", f"Owner {n}", "America/New_York", False, True, True, False, False, 0)
            for n in range(1, organisations + 1)
        ))  # fmt: skip
        _put(cursor, "organisation", "id public_id name created_by_id is_sample requires_second_factor", (
            (n, f"bench{n:07}", f"Organization {n}", n, True, False) for n in range(1, organisations + 1)
        ))  # fmt: skip
        _put(cursor, "membership", "id organisation_id person_id role", (
            (n, n, n, "owner") for n in range(1, organisations + 1)
        ))  # fmt: skip
        laws = list(ZONES)
        _put(cursor, "agency", "id slug name abbreviation kind jurisdiction zone city area governance designation "
             "confidence notes sources claims is_sample county", (
            (n, f"agency-{n}", f"Agency {n} of the Bench", f"A{n}",
             "fusion_center" if centers is None or n <= centers else "city_police",
             laws[n % 5], ZONES[laws[n % 5]], "", "", "", "", "high", "", "[]", "[]", True, "")
            for n in range(1, agencies + 1)
        ))  # fmt: skip
        if whole:
            _put(cursor, "campaign", "id public_id organisation_id public_title public_summary kit is_sample", (
                (n, f"camp{n:08}", n, f"Campaign {n}", "", "kit", True) for n in range(1, organisations + 1)
            ))  # fmt: skip
            _put(cursor, "share", "id organisation_id campaign_id grantee_kind correspondence documents everything", (
                (n, n, n, "public", False, False, False) for n in range(1, organisations + 1)
            ))  # fmt: skip
        plan = list(_plan(stories, chance, requests, organisations, agencies, today))
        _put(cursor, "recordsrequest", "id public_id organisation_id campaign_id agency_id law_id law_revision zone "
             "public_title filed_on held_back is_sample is_imported alarms_from ledger_version", (
            (pk, _pid(chance), org, org if whole else None, agency, law, 1, ZONES[law],
             f"Request {pk} about license-plate readers", ledger[0][1]["sent_on"], pk % 20 == 0, True, False,
             None, len(ledger))
            for pk, org, agency, law, _, ledger in plan
        ))  # fmt: skip
        _put(cursor, "event", "id uid organisation_id request_id kind dated_on sent_on received_on parts outcome facts "
             "once", _events(plan, chance))  # fmt: skip
        if whole:
            _put(cursor, "requestprivate", "request_id organisation_id working_title notes version", (
                (pk, org, f"Working title {pk}", "", 0) for pk, org, *_ in plan
            ))  # fmt: skip
            _put(cursor, "requestcorrespondence", "request_id organisation_id tracking_number letter", (
                (pk, org, f"T-{pk}", "We request the records described below.\n" * 8) for pk, org, *_ in plan
            ))  # fmt: skip
            _put(cursor, "part", "request_id organisation_id label title position", (
                (pk, org, label, f"Part {label}", place)
                for pk, org, _, _, labels, _ in plan
                for place, label in enumerate(labels)
            ))  # fmt: skip
            cursor.execute(
                "INSERT INTO requests_app_eventnote (event_id, request_id, organisation_id, actor_id, text) "
                "SELECT id, request_id, organisation_id, organisation_id, 'noted' FROM requests_app_event"
            )
            cursor.execute(
                "INSERT INTO requests_app_eventcorrespondence (event_id, request_id, organisation_id, text) SELECT id, "
                "request_id, organisation_id, 'The letter said so.' FROM requests_app_event WHERE kind <> 'sent'"
            )
        for table in (
            "person",
            "organisation",
            "membership",
            "agency",
            "campaign",
            "share",
            "recordsrequest",
            "event",
        ):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('requests_app_{table}', 'id'), "
                f"greatest(1, (SELECT max(id) FROM requests_app_{table})))"
            )
    analyse(owner_url)


def analyse(owner_url: str) -> None:
    connection = psycopg2.connect(owner_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connection.close()


def _plan(
    stories: Stories, chance: random.Random, requests: int, organisations: int, agencies: int, today: dt.date
) -> Iterator[tuple[int, int, int, str, list[str], Resolved]]:
    by_law: dict[str, list[int]] = {}
    for n in range(1, agencies + 1):
        by_law.setdefault(list(ZONES)[n % 5], []).append(n)
    for pk in range(1, requests + 1):
        number = chance.randrange(len(stories.all))
        story, law, _, labels = stories.all[number]
        loaded = today - dt.timedelta(days=int(chance.triangular(0, 500, 0)))
        org = 1 if organisations == 1 or chance.random() < 0.9 else chance.randrange(2, organisations + 1)
        ledger = stories.ledger(number, loaded)
        yield pk, org, chance.choice(by_law[law]), law, story.get("parts", labels), ledger


def _events(plan: Iterable[Any], chance: random.Random) -> Iterator[Sequence[Any]]:
    pk = 0
    for request, org, agency, _, _, ledger in plan:
        for place, (kind, when, parts, outcome, facts) in enumerate(ledger):
            pk += 1
            facts = {**facts, "agency": f"agency-{agency}"} if kind == "sent" else facts
            yield (
                pk, _pid(chance), org, request, kind, when.get("dated_on"), when.get("sent_on"),
                when.get("received_on"), "{" + ",".join(parts) + "}", outcome, json.dumps(facts),
                f"bench:{request}:{place}",
            )  # fmt: skip


def _pid(chance: random.Random) -> str:
    return "".join(chance.choices(ALPHABET, k=12))


def _put(cursor: Any, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    waiting = iter(rows)
    while text := "".join("\t".join(map(_cell, row)) + "\n" for row in islice(waiting, AT_ONCE)):
        cursor.copy_expert(f"COPY requests_app_{table} ({', '.join(columns.split())}) FROM STDIN", io.StringIO(text))


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
