"""A campaign to the 80 fusion centers: previews ready, the wave in the queue, as the web role with both walls on."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from typing import Any

from bench.result import Result

CENTERS = 80
PREVIEWS, QUEUED = 2.0, 3.0


def bench() -> list[Result]:
    # In a process of its own: Django reads its settings once.
    done = subprocess.run(
        [sys.executable, "-m", "bench.campaign"], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    whole = found["letters"] == CENTERS
    return [
        Result(
            "campaign, previews ready", f"{found['previews_s']:.2f} s", f"≤ {PREVIEWS:.0f} s",
            whole and found["previews_s"] <= PREVIEWS,
            f"{found['letters']} letters written in {found['written_s']:.2f} s, the page of all of them in "
            f"{found['page_s']:.2f} s ({found['page_queries']} queries); laws read first in {found['cold_s']:.2f} s",
        ),
        Result(
            "campaign, filed to queued", f"{found['queued_s']:.2f} s", f"≤ {QUEUED:.0f} s",
            found["queued"] == CENTERS and found["queued_s"] <= QUEUED,
            f"{found['queued']} queued, {found['queue_queries']} queries; the button pressed again: {found['again']}",
        ),
    ]  # fmt: skip


BENCHES = {"campaign": bench}


def main() -> None:
    from bench.database import fresh_database

    with fresh_database():
        from django.core.management import call_command

        call_command("load_centers", verbosity=0, stdout=sys.stderr)
        print(json.dumps(_measured()))


def _measured() -> dict[str, Any]:
    from django.db import connection
    from django.test import Client

    from requests_app.actions import waves
    from requests_app.actions.organisations import create_organisation, open_account
    from requests_app.laws.registry import library
    from requests_app.models import AgencyContact, Letter, Wave
    from requests_app.models.visibility import Viewer, viewing, viewing_as
    from requests_app.queries.letters import due_if_sent
    from requests_app.queries.waves import choose

    now = dt.datetime.now(dt.UTC)
    person = open_account("bench@campaign.example", "a long enough password", name="Bench")
    with viewing(Viewer("person", person.pk)) as viewer:
        # As in the sample: no second factor stands between the bench and its pages.
        organisation = create_organisation(viewer=viewer, name="Bench", actor=person, is_sample=True)
    centers = choose(sample=False, kind="fusion_center")
    # Every center is given an address: what is measured is a wave in which nothing is held back.
    AgencyContact.objects.bulk_create(
        [
            AgencyContact(
                agency=one, purpose="records", channel="email", value=f"records-{one.pk}@center.example"
            )
            for one in centers
        ],
        ignore_conflicts=True,
    )
    with viewing_as(person) as viewer:
        campaign = waves.open_campaign(
            viewer=viewer, organisation=organisation, public_title="Plate readers", kits=["plate-readers"],
            actor=person, once="bench",
        )  # fmt: skip
        waves.put_agencies(viewer=viewer, campaign=campaign, agencies=centers)
    client = Client()
    client.force_login(person, backend="foia_tracker.sign_in.Backend")
    plan = f"/campaigns/{campaign.public_id}/plan/"
    client.get(plan)
    # Laws and their calendars are read once a process; what that costs is told apart.
    began = time.perf_counter()
    for entry in library().laws:
        due_if_sent(entry.id, on=now.date(), agency_kind="fusion_center", agency="", channel="email")
    cold = time.perf_counter() - began
    began = time.perf_counter()
    answer = client.post(plan, {"step": "wave", "once": "wave-bench"})
    written = time.perf_counter() - began
    asked: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    began = time.perf_counter()
    with connection.execute_wrapper(count):
        page = client.get(answer.headers["Location"])
    shown = time.perf_counter() - began
    page_queries = len(asked)
    if page.status_code != 200:
        raise SystemExit(f"{answer.headers['Location']} answered {page.status_code}")
    ticks = re.findall(r'name="accepted" value="(\w+)"', page.content.decode())
    with viewing_as(person):
        letters = Letter.objects.filter(campaign=campaign).count()
        without_law = Letter.objects.filter(campaign=campaign, law_id="").count()
        wave = Wave.objects.get(campaign=campaign)
    asked.clear()
    address = f"/campaigns/{campaign.public_id}/waves/{wave.number}/"
    began = time.perf_counter()
    with connection.execute_wrapper(count):
        client.post(address, {"step": "queue", "accepted": ticks})
    queued_in = time.perf_counter() - began
    queue_queries = len(asked)
    with viewing_as(person) as viewer:
        queued = Letter.objects.filter(campaign=campaign, state="queued").count()
        again = waves.queue_wave(viewer=viewer, wave=wave, actor=person, now=now, accepted=ticks).queued
    print(f"without a law: {without_law}; ticked: {ticks}", file=sys.stderr)
    return {
        "letters": letters, "written_s": written, "page_s": shown, "previews_s": written + shown,
        "page_queries": page_queries, "queued": queued, "queued_s": queued_in, "queue_queries": queue_queries,
        "again": again, "cold_s": cold,
    }  # fmt: skip


if __name__ == "__main__":
    main()
