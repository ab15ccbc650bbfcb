"""The words of a mail to the sender of a report. Nothing that the sender wrote: an address may be another's."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .outbox import Letter, own_domain

CAME_OF_IT = {
    "corrected": gettext_lazy("We corrected it."),
    "removed": gettext_lazy("We removed it."),
    "partly": gettext_lazy("We did so in part."),
    "declined": gettext_lazy("We did not follow it."),
    "duplicate": gettext_lazy("It had been reported before."),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """kind: received or decided. page: its address, or empty where we know none."""

    to: str
    kind: str
    reference: str
    page: str
    decision: str
    reason: str


def write(facts: Facts) -> Letter:
    words = _("Your report %(reference)s came in") if facts.kind == "received" else _("Your report %(reference)s")
    context = {"facts": facts, "came": CAME_OF_IT.get(facts.decision, "")}
    return Letter(
        to=facts.to,
        subject=words % {"reference": facts.reference},
        text=render_to_string("mail/report.txt", context),
        html="",
        message_id=f"report.{facts.reference}.{facts.kind}@{own_domain()}",
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
