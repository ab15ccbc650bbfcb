"""`manage.py lapse_sample`: a sample request whose agency's time is over, to see its reminder come and answer it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from requests_app.actions.refusals import Refused
from requests_app.actions.sample import read_scenario, rehearse

from .load_sample import SAMPLE


class Command(BaseCommand):
    help = "File one more sample request whose agency's time is over: its reminder goes out at once."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The sample is invented; it is never loaded in production.")
        try:
            made = rehearse(read_scenario(SAMPLE / "scenario.yaml"), now=timezone.now())
        except Refused as problem:
            raise CommandError(problem.sentence) from None
        self.stdout.write(
            f"{made.agency.name} was asked, and its time to answer is over.\n"
            f"The request: {settings.BASE_URL}{reverse('request', args=[made.public_id])}\n"
            f"Its reminder comes within half a minute: {settings.BASE_URL}{reverse('mail')}"
        )
