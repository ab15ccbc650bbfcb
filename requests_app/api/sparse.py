"""Less than the whole answer: some fields of it, or nothing where the reader has it already.

Both look at the answer after it was made, so that neither can tell anything that the answer does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags, quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.actions.refusals import Refused

NAME = "fields"
LONGEST = 1_000
READING = ("GET", "HEAD")
HAVE = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="The `ETag` of the answer that you have; 304 without a body where it still stands.",
)  # fmt: skip
STANDS = OpenApiResponse(description="The answer that you have still stands. There is no body.")


def fields_parameter(shape: type[serializers.Serializer[Any]]) -> OpenApiParameter:
    return OpenApiParameter(
        NAME, {"type": "string", "maxLength": LONGEST}, OpenApiParameter.QUERY,
        description=f"Some fields alone, by name, with commas between: {', '.join(shape().fields)}.",
    )  # fmt: skip


def fields_asked(request: Request, shape: type[serializers.Serializer[Any]]) -> list[str]:
    """Empty: all of them."""
    said = request.query_params.get(NAME, "")
    if len(said) > LONGEST:
        raise Refused("too_long", f"Name fields in at most {LONGEST:,} characters.", field=NAME)
    names = [name.strip() for name in said.split(",") if name.strip()]
    known = shape().fields
    unknown = sorted(set(names) - set(known))
    if unknown:
        says = f"There is no field {unknown[0][:100]!r} here. Known: {', '.join(known)}."
        raise Refused("unknown_field", says, field=NAME)
    return names


def only(answer: dict[str, Any], names: Iterable[str], *, rows: bool) -> dict[str, Any]:
    wanted = set(names)
    if not wanted:
        return answer
    if not rows:
        return {name: value for name, value in answer.items() if name in wanted}
    return {
        name: [only(row, wanted, rows=False) for row in value] if name in ("items", "results") else value
        for name, value in answer.items()
    }


def told_once(request: Any, made: HttpResponse) -> HttpResponse:
    """With its ETag; and without its body to whoever has it. Only an answer that would have been given is compared: for
    what one may not see there is no second way to be told so."""
    if request.method not in READING or made.status_code != 200 or not isinstance(made, Response):
        return made
    made.render()
    tag = quote_etag(hashlib.sha256(made.content).hexdigest()[:32])
    made["ETag"] = tag
    have = [one.removeprefix("W/") for one in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))]
    if tag not in have and have != ["*"]:
        return made
    same = HttpResponseNotModified()
    for name, value in made.items():
        if name != "Content-Type" and name != "Content-Length":
            same[name] = value
    same.cookies = made.cookies
    return same
