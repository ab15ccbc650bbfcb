"""`manage.py law_changes`: after an upgrade that brought a newer reading of a law, count what it would move.

The worker does the same by itself within minutes; this shows it at once. Nothing moves until an owner says so.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from requests_app.actions import revisions
from requests_app.models import RevisionOffer
from requests_app.models.visibility import organisation_viewer, viewing


class Command(BaseCommand):
    help = "Find newer readings of the law and count, per organization, the requests they would move."

    def handle(self, *args: Any, **options: Any) -> None:
        found = revisions.find()
        for organisation_id, offer_id in found:
            while revisions.work(organisation_id=organisation_id, offer_id=offer_id):
                self._progress(organisation_id, offer_id)
            with viewing(organisation_viewer(organisation_id)):
                offer = RevisionOffer.objects.select_related("organisation").get(pk=offer_id)
                moved = offer.moves.filter(decision="waiting").count()
            self.stdout.write(
                f"{offer}, {offer.organisation.name}: {offer.counted} requests counted, {moved} would move."
            )
        if not found:
            self.stdout.write("Every organization has been offered the newest reading of its laws.")

    def _progress(self, organisation_id: int, offer_id: int) -> None:
        if not self.stderr.isatty():
            return
        with viewing(organisation_viewer(organisation_id)):
            offer = RevisionOffer.objects.get(pk=offer_id)
        self.stderr.write(f"\r{offer}: {offer.counted:7} of {offer.total} requests counted", ending="")
