"""`manage.py seal_audit`: what the worker does every minute, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from requests_app.actions.audit_seals import seal


class Command(BaseCommand):
    help = "Seal the lines of the audit that wait for it. The worker does so every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        done = seal()
        self.stdout.write(f"Sealed {done['lines']} lines in {done['links']} links.")
