from typing import Any

from django.core.management.base import BaseCommand

from requests_app.actions import holds


class Command(BaseCommand):
    help = (
        "Lets reminders go out again after a restore, once you know which went out after the backup was made."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        reasons = holds.release_sending()
        for reason in reasons:
            self.stdout.write(f"Released: {reason}")
        if not reasons:
            self.stdout.write("No hold stands.")
