"""The scheduler's process. Its tasks carry ids or nothing; see docs/running.md."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")

if os.environ.get("FOIA_ENV") != "production":
    # A first run as root; messages are JSON with ids, so there is no pickle to fear.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("foia_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is the point: Celery then leaves the logging of the settings alone."""


@worker_init.connect
def read_the_routes_once(**_: Any) -> None:
    """A mail holds a link. Read here, the routes are there for every child, however often one is replaced."""
    from django.urls import get_resolver

    get_resolver()._populate()


@worker_init.connect
def refuse_a_powerful_role(**_: Any) -> None:
    from foia_tracker.rolecheck import (
        refuse_in_process,  # the models need Django's set-up, done by Celery's fixup
    )

    refuse_in_process()
