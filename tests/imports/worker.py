"""A worker of its own for the drill: `python -m tests.imports.worker EMAIL BATCH`, fifty rows a transaction."""

from __future__ import annotations

import datetime as dt
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")
    import django

    django.setup()
    from requests_app.actions import imports
    from requests_app.models import Person

    person = Person.objects.get(email=sys.argv[1])
    print("ready", flush=True)
    while imports.apply_next(actor=person, batch_id=int(sys.argv[2]), on=dt.date(2026, 11, 20), most=50):
        print("chunk", flush=True)


if __name__ == "__main__":
    main()
