"""The picture of each kind of public page, drawn by the server: as the public sees it, whoever looks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.laws.registry import library
from requests_app.models.visibility import PUBLIC
from requests_app.queries import agencies, matrix, request_page
from requests_app.queries.groups import ANSWERED, Group
from requests_app.queries.places import place_name

from .citing import SITE
from .draw.alone import png
from .draw.card import Card, card_svg
from .embed_parts import counter
from .embeds import as_public
from .figures import GROUPS, answer_words, per_group
from .requests import invented
from .shell import Looking
from .templatetags.look import day_mid


def _of_campaign(request: Looking, pid: str) -> Card:
    found = matrix.load(PUBLIC, pid, now=request.now)
    if found is None:
        raise Http404
    sample = found.campaign.is_sample or any(line.is_sample for line in found.lines)
    counts = found.counts
    return Card(
        _("Campaign"), found.campaign.public_title, found.campaign.public_summary,
        [
            (str(found.total), _("requests")),
            (str(per_group(counts, *ANSWERED)), _("answered, in full or in part")),
            (str(counts.get(Group.late, 0)), _("late under the law")),
        ],
        sample,
    )  # fmt: skip


def _of_request(request: Looking, pid: str) -> Card:
    page = request_page.load(PUBLIC, pid, now=request.now)
    if page is None:
        raise Http404
    found = page.request
    clock = next((one for one in page.clocks if one.due_on and one.live(page.today)), None)
    numbers = [(day_mid(found.filed_on), _("filed"))]
    if clock is not None and clock.due_on is not None:
        numbers.append((day_mid(clock.due_on), clock.name))
    agency = found.custodian.name if found.custodian else found.agency.name
    return Card(agency, found.public_title, place_name(found.agency.jurisdiction), numbers, invented(found))


def _of_agency(request: Looking, slug: str) -> Card:
    found = agencies.load(PUBLIC, slug, now=request.now)
    if found is None:
        raise Http404
    numbers = [
        (str(found.total), _("requests")),
        (str(per_group(found.counts, *ANSWERED)), _("answered, in full or in part")),
        (str(per_group(found.counts, Group.late)), str(GROUPS[Group.late])),
    ]
    kind = found.agency.get_kind_display()
    place = place_name(found.agency.jurisdiction)
    return Card(kind, found.agency.name, place, numbers if found.total else [], found.agency.is_sample)


def _of_law(_request: Looking, law_id: str) -> Card:
    if law_id not in library().codes:
        raise Http404
    law = library().law(law_id).law
    return Card(place_name(law_id), law.name, law.citation, [(answer_words(law_id), _("for an answer"))], False)


def _of_dashboard(request: Looking, key: str) -> Card:
    if key != "all":
        raise Http404
    found = counter(request)
    numbers = [(f"{one.n} {one.of}".strip(), one.term) for one in found.shown["numbers"]][:3]
    return Card(_("Dashboard"), found.title, found.sentence, numbers, found.is_sample)


CARDS: dict[str, Callable[[Looking, str], Card]] = {
    "campaign": _of_campaign, "request": _of_request, "agency": _of_agency, "law": _of_law,
    "dashboard": _of_dashboard,
}  # fmt: skip


@require_safe
def card(request: Looking, kind: str, key: str) -> HttpResponse:
    """What is shown where a page is linked to: as the public sees it, whoever looks."""
    if kind not in CARDS:
        raise Http404
    found = CARDS[kind](request, key)
    response = HttpResponse(png(card_svg(found, SITE), zoom=1), content_type="image/png")
    response["Cache-Control"] = "public, no-cache"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


card.looks = as_public  # type: ignore[attr-defined]

urlpatterns = [path("cards/<slug:kind>/<slug:key>.png", card, name="card")]
