#!/usr/bin/env python
import os
import sys


def main() -> None:
    # In a fresh clone nothing is set: the commands then work on what bin/run keeps in var/.
    if "FOIA_ENV" not in os.environ and "DATABASE_URL" not in os.environ:
        os.environ["FOIA_ENV"] = "development"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
