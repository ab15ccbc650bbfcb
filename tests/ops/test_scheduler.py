"""Redis is a bell: how the scheduler is set, and what a broken Redis costs a page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache.backends.base import BaseCache

from foia_tracker import env
from foia_tracker.cache import ForgetfulClient, ForgetfulRedisCache
from foia_tracker.celery import app
from foia_tracker.embedded import place


def test_the_settings_are_those_that_the_drills_passed() -> None:
    conf = app.conf
    assert (conf.task_serializer, conf.accept_content, conf.result_backend) == ("json", ["json"], None)
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert (conf.worker_prefetch_multiplier, conf.task_time_limit, conf.task_soft_time_limit) == (1, 120, 90)
    assert conf.broker_transport_options["visibility_timeout"] == 300
    assert conf.broker_connection_max_retries is None
    assert conf.task_publish_retry_policy["max_retries"] == 1
    assert (conf.timezone, conf.enable_utc) == ("UTC", True)


def test_ticks_are_intervals_that_expire_before_the_next() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} == {
        "requests_app.tasks.reminders.sweep",
        "requests_app.tasks.reminders.plan",
        "requests_app.tasks.archives.sweep",
        "requests_app.tasks.open_data.sweep",
        "requests_app.tasks.audit.seal",
        "requests_app.tasks.imports.sweep",
        "requests_app.tasks.letters.sweep",
        "requests_app.tasks.letters.follow_ups",
        "requests_app.tasks.revisions.sweep",
        "requests_app.tasks.invitations.sweep",
        "requests_app.tasks.proposals.sweep",
        "requests_app.tasks.statistics.sweep",
        "requests_app.tasks.publishing.sweep",
        "requests_app.tasks.webhooks.sweep",
    }
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks, "a process that knows the task by name"
        assert entry["options"]["expires"] < entry["schedule"], "a number of seconds, never a crontab"
        assert "args" not in entry
        assert "kwargs" not in entry
    assert env.BY_NAME["FOIA_REMINDER_SWEEP_SECONDS"].default == 30
    assert env.BY_NAME["FOIA_REMINDER_PLAN_SECONDS"].default == 300


def test_a_web_process_knows_every_task_by_name() -> None:
    program = (
        "import django; django.setup()\n"
        "from celery import current_app\n"
        "print(current_app.main, *sorted(t for t in current_app.tasks if t.startswith('requests_app')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=place.REPOSITORY,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("foia_tracker ")
    assert "requests_app.tasks.reminders.nudge" in done.stdout


@pytest.fixture
def black_hole() -> Iterator[str]:
    """It takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


PUBLISH = """
import django
django.setup()
from foia_tracker.celery import app
from kombu.exceptions import OperationalError
try:
    app.send_task("requests_app.tasks.reminders.nudge")
except OperationalError:
    print("refused")
"""


@pytest.mark.parametrize("dead", [True, False])
def test_a_broken_broker_ends_the_call_with_an_error_and_hangs_no_page(black_hole: str, dead: bool) -> None:
    # In a process of its own: Celery keeps its pool of connections for the life of one.
    address = "redis://127.0.0.1:1/0" if dead else black_hole
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH],
        cwd=place.REPOSITORY,
        env={**os.environ, "REDIS_URL": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "refused\n"


def cache_at(address: str) -> BaseCache:
    ForgetfulClient.rest_until = 0.0
    return ForgetfulRedisCache(address, {"OPTIONS": settings_for_cache()})


def settings_for_cache() -> dict[str, int]:
    return {"socket_timeout": 1, "socket_connect_timeout": 1}


def test_a_cache_that_is_gone_forgets_and_fails_no_page(black_hole: str) -> None:
    for address in ("redis://127.0.0.1:1/0", black_hole):
        cache = cache_at(address)
        cache.set("a", 1)
        assert cache.get("a", "nothing") == "nothing"
        assert cache.add("a", 1) is True
        assert cache.get_many(["a"]) == {}
        assert cache.incr("a") == 1
        cache.delete("a")
        assert ForgetfulClient.rest_until > time.monotonic(), "after one time-out it rests, not one a call"


def test_a_cache_that_answers_remembers() -> None:
    cache = cache_at(os.environ["REDIS_URL"])
    cache.set("remembered", {"on": "2026-01-15"}, 30)
    assert cache.get("remembered") == {"on": "2026-01-15"}
    cache.delete("remembered")
    assert cache.get("remembered") is None
