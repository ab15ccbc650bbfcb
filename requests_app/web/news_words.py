"""The words of feeds: what happened, as somebody reads it who was not there."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .event_specs import Words

WORDS: dict[str, Words] = {
    "sent": _("Request filed"),
    "acknowledged": _("Acknowledged"),
    "transferred": _("Passed on to another office"),
    "extension_noticed": _("More time taken"),
    "date_promised": _("Date promised"),
    "ruling_requested": _("Ruling sought from the Attorney General"),
    "ruling_issued": _("Ruling of the Attorney General"),
    "determined": _("Decision"),
    "produced": _("Records came"),
    "appeal_filed": _("Appeal filed"),
    "appeal_decided": _("Appeal decided"),
    "review_filed": _("Outside review asked for"),
    "review_decided": _("Outside review decided"),
    "sued": _("Suit filed"),
    "ordered": _("Court order"),
    "suit_decided": _("Suit decided"),
    "remanded": _("Sent back to the agency"),
    "records_destroyed": _("Records said to be destroyed"),
    "agency_closed": _("Agency closed the request"),
    "agency_reopened": _("Agency reopened the request"),
    "withdrawn": _("Request withdrawn"),
    "released": _("Document released"),
    "published": _("Published"),
}
LABELS: dict[str, Words] = {
    "q": _("Words"),
    "jurisdiction": _("Jurisdiction"),
    "law": _("Law"),
    "kind": _("Agency kind"),
    "agency": _("Agency"),
    "campaign": _("Campaign"),
    "kit": _("Request kit"),
    "group": _("Standing"),
    "population": _("Which requests"),
    "stage": _("Stage"),
    "outcome": _("Outcome"),
    "late": _("Late"),
    "within": _("Next date within"),
    "from": _("Filed from"),
    "until": _("Filed until"),
}


def label_of(name: str) -> str:
    return str(LABELS[name])


def follow(what: Words, route: str = "news", asked: QueryDict | None = None, **of: str) -> dict[str, Any]:
    """For partials/follow.html and the head of the page: the feed of what is shown."""
    said = ""
    if asked is not None:
        kept = QueryDict(mutable=True)
        kept.update({name: value for name in LABELS if (value := asked.get(name, ""))})
        said = f"?{kept.urlencode()}".rstrip("?")
    urls = {form: reverse(route, kwargs={**of, "form": form}) + said for form in ("atom", "json")}
    return {"what": what, **urls}
