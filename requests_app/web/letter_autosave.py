"""A letter saved by the script while it is written: the same act as the button, answered as data."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from requests_app.actions import letters
from requests_app.laws.errors import Refused
from requests_app.models import Letter

from .shell import Looking, reader_zone


def autosave(request: Looking, letter: Letter) -> HttpResponse:
    try:
        said = json.loads(request.body)
        words = {name: str(said[name]) for name in ("subject", "body")}
        seen = int(said["version"])
        more = {
            name: str(said[name])
            for name in ("recipient", "address", "channel", "public_title")
            if name in said
        }
        # Half of a pair of surrogates is no letter, and JSON may hold one: it cannot be stored.
        "".join([*words.values(), *more.values()]).encode()
        if not 0 <= seen < 2**31:
            raise ValueError(seen)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JsonResponse({"problem": _("This save could not be read.")}, status=400)
    try:
        row = letters.save(
            viewer=request.viewer, letter=letter, actor=request.user, seen_version=seen, **words, **more
        )
    except letters.Overtaken as overtaken:
        return keeping(
            JsonResponse(
                {
                    "problem": overtaken.sentence,
                    "version": overtaken.letter.version,
                    "subject": overtaken.letter.subject,
                    "body": overtaken.letter.body,
                },
                status=409,
            )
        )
    except Refused as refused:
        return JsonResponse(
            {"problem": refused.sentence, "field": refused.field}, status=getattr(refused, "status", 400)
        )
    at = date_format(row.edited_at.astimezone(reader_zone(request)), "P")
    return JsonResponse({"version": row.version, "said": _("Saved at %(time)s") % {"time": at}})


def keeping(response: HttpResponse) -> HttpResponse:
    """Refused, and yet something was written that must stay: what was typed upon an older version."""
    response.keep_writes = True  # type: ignore[attr-defined]
    return response
