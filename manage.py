#!/usr/bin/env python
import os
import sys

from foia_tracker.embedded import place


def main() -> None:
    place.take_up(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
