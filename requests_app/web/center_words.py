"""Words about fusion centers: what a recommendation asks, how a fact is known, which part of which kit would tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.kits.centers import Test
from requests_app.kits.registry import kit
from requests_app.models import ClaimStatus, Finding
from requests_app.queries.centers import Told

from .event_specs import Words
from .templatetags.look import day_mid

STATES: dict[str, Words] = {
    **{one.value: one.label for one in Finding},
    "unknown": gettext_lazy("Unknown"),
    "not_asked": gettext_lazy("Not asked"),
}
# What each value means, beneath the table.
MEANINGS: dict[str, Words] = {
    "yes": gettext_lazy("a source says that it is done"),
    "partly": gettext_lazy("a source says that some of it is done"),
    "no": gettext_lazy("a source says that it is not done"),
    "withheld": gettext_lazy("the answer was refused"),
    "no_records": gettext_lazy("the center said that it has no records of it"),
    "unknown": gettext_lazy("it was publicly asked, and no source recorded here tells yet"),
    "not_asked": gettext_lazy("no public request has asked for the records that would tell"),
}
# As the head of a column.
SHORT: dict[str, Words] = {
    "left": gettext_lazy("Left or reduced"),
    "no_immigration_staff": gettext_lazy("No immigration staff"),
    "not_with_ice": gettext_lazy("Not beside ICE"),
    "public_audits": gettext_lazy("Public audits"),
    "audits_of_ice": gettext_lazy("Audits: ICE"),
    "audits_of_speech": gettext_lazy("Audits: speech"),
    "audits_of_spending": gettext_lazy("Audits: spending"),
    "informal_sharing": gettext_lazy("Mail and phone audited"),
    "pass_through": gettext_lazy("Vendor pass-through"),
    "plate_opt_out": gettext_lazy("Plates: ICE opt-out"),
    "court_orders": gettext_lazy("Court order needed"),
    "grant_share": gettext_lazy("Grant share published"),
}
QUESTIONS: dict[str, Words] = {
    "left": gettext_lazy("What does membership oblige us to, and what would leaving or reducing it take?"),
    "no_immigration_staff": gettext_lazy("Does anybody who enforces immigration law work there, and since when?"),
    "not_with_ice": gettext_lazy("Which agencies work in the same building, and is ICE one of them?"),
    "public_audits": gettext_lazy("Who from outside has audited the center, and where can the public read the report?"),
    "audits_of_ice": gettext_lazy("Has any audit looked at requests from ICE and the answers to them?"),
    "audits_of_speech": gettext_lazy("Has any audit looked at files on protest, labor or faith?"),
    "audits_of_spending": gettext_lazy("Has any audit looked at what the center spends, and what did it find?"),
    "informal_sharing": gettext_lazy("Who checks what is shared by mail and telephone, outside the logged systems?"),
    "pass_through": gettext_lazy("Which vendors receive our data, and to whom may they pass it on?"),
    "plate_opt_out": gettext_lazy("Is sharing with ICE switched off in the plate readers, since when, and who checks?"),
    "court_orders": gettext_lazy("Do our agreements let others have our data without an order of a court?"),
    "grant_share": gettext_lazy("How much of which grants goes to the center, and where is that published?"),
}  # fmt: skip


def tests(asked_for: Iterable[Test]) -> list[dict[str, str]]:
    """Parts of kits, each with its words and where the kit is read."""
    found = []
    for test in asked_for:
        of = kit(test.kit)
        part = of.part(test.label)
        found.append(
            {
                "words": f"{of.name} {test.label}",
                "title": part.title if part else "",
                "url": reverse("kit", args=[test.kit]),
            }
        )
    return found


def days(told: Told) -> str:
    if told.from_on is None:
        return told.year
    if told.until_on is None or told.until_on == told.from_on:
        return day_mid(told.from_on)
    return _("%(first)s to %(last)s") % {"first": day_mid(told.from_on), "last": day_mid(told.until_on)}


def how_known(told: Told) -> str:
    """Reported elsewhere; documented, page 4."""
    words = str(ClaimStatus(told.status).label)
    return _("%(words)s, page %(page)s") % {"words": words, "page": told.page} if told.page else words


def source(told: Told) -> dict[str, str]:
    """The document where the public may fetch it, else the address; named by its citation, else by its host."""
    url = told.address
    if told.request:
        url = reverse("request-documents", args=[told.request])
    host = told.address.split("/")[2].removeprefix("www.") if "://" in told.address else told.address
    return {"words": told.citation or host, "url": url if url.startswith(("http://", "https://", "/")) else ""}


def one_told(told: Told) -> dict[str, Any]:
    """solid: a record says so, and its page is named."""
    return {
        "finding": STATES[told.finding] if told.finding else "",
        "value": told.value,
        "known": how_known(told),
        "solid": told.status == ClaimStatus.DOCUMENTED,
        "status": told.status,
        "days": days(told),
        "source": source(told),
    }
