"""`manage.py release_audit`: let go of old sealed lines, where an organization said how long they are kept."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from requests_app.actions.audit_seals import let_go


class Command(BaseCommand):
    help = (
        "Remove lines of the audit that are older than their organization keeps them (two years at least). "
        "The seals stay. Needs DATABASE_OWNER_URL."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: web and worker may remove nothing of the audit.")
        done = let_go()
        for key, lines in done.items():
            self.stdout.write(f"{key}: {lines} lines let go.")
        if not done:
            self.stdout.write("Nothing is old enough.")
