"""`manage.py open_data`: make the files of the open data now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from requests_app.actions import open_data


class Command(BaseCommand):
    help = "Make the files of the open data now; the worker does so each night."

    def handle(self, *args: Any, **options: Any) -> None:
        made = open_data.make(timezone.now())
        self.stdout.write(f"{made} files made." if made else "They are being made already.")
