"""The request kits as anybody may read them: parts, narrower alternatives, refusals to expect, the letter."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.kits import merge, rebuttals
from requests_app.kits.fields import MergeFacts
from requests_app.kits.registry import kits as all_kits
from requests_app.kits.shapes import Kit, Part, Refusal
from requests_app.laws.registry import library

from .shell import Looking

PART = re.compile(r"A\d+\. .*\n")


@require_safe
def kits(request: Looking) -> HttpResponse:
    rows = [{"kit": one, "url": reverse("kit", args=[one.id])} for one in all_kits()]
    return render(request, "kits.html", {"kits": rows})


@require_safe
def kit(request: Looking, kit_id: str) -> HttpResponse:
    found = find(kit_id)
    law_id = request.GET.get("law", "")
    if law_id and law_id not in laws():
        raise Http404
    rendered = merge.render(found, MergeFacts(law_id=law_id))
    context = {
        "kit": found,
        "parts": [_part(found, part) for part in found.parts],
        "refusals": [_refusal(number, one) for number, one in enumerate(found.refusals, 1)],
        "definitions": [{"term": one.term, "means": _plain(found, one.means)} for one in found.definitions],
        "laws": laws(),
        "law_id": law_id,
        "law_name": laws().get(law_id, ""),
        "law_url": reverse("law", args=[law_id]) if law_id else "",
        "subject": rendered.subject,
        "letter": letter_blocks(rendered.body),
        "cautions": rendered.cautions if law_id else (),
        "api_url": reverse("api-kit", args=[found.id]),
    }
    return render(request, "kit.html", context)


def find(kit_id: str) -> Kit:
    found = next((one for one in all_kits() if one.id == kit_id), None)
    if found is None:
        raise Http404
    return found


def laws() -> dict[str, str]:
    return {
        entry.id: f"{place.name}: {entry.law.name}"
        for place in library().jurisdictions
        for entry in place.laws
    }


def letter_blocks(body: str) -> list[dict[str, Any]]:
    """The letter by paragraphs; a line in capitals is a heading, and a part begins with its title."""
    blocks = body.rstrip("\n").split("\n\n")
    return [
        {
            "heading": block.isupper() and "\n" not in block,
            "part": PART.match(block) is not None,
            "lines": block.split("\n"),
        }
        for block in blocks
    ]


def _part(kit: Kit, part: Part) -> dict[str, Any]:
    numbered = enumerate(kit.refusals, 1)
    return {
        "part": part,
        "text": _plain(kit, part.text),
        "fallback": _plain(kit, part.fallback),
        "refusals": [_refusal(number, one) for number, one in numbered if part.label in one.parts],
    }


def _refusal(number: int, one: Refusal) -> dict[str, Any]:
    return {"n": number, "one": one, "basis": rebuttals.bases()[one.basis], "answer": _words(one.answer)}


def _plain(kit: Kit, text: str) -> str:
    """A text of the kit as it reads before an agency and a law are chosen."""
    return merge.fill(text, _anybody(), kit=kit).text.strip()


def _words(text: str) -> str:
    return merge.fill(text, _anybody()).text.strip()


def _anybody() -> MergeFacts:
    return MergeFacts(
        agency=_("the agency"),
        center=_("the center"),
        requester=_("the requester"),
        law=_("the records law"),
        local_law=_("the local law"),
        local_law_on=_("the day it came into force"),
    )


urlpatterns = [
    path("", kits, name="kits"),
    path("<slug:kit_id>/", kit, name="kit"),
]
