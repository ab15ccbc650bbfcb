"""Errors of the API as problem documents (RFC 9457): type, title, status, detail, errors."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from requests_app.laws.errors import Refused

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be answered as it is",
    401: "Sign in or send a token",
    403: "Sign in or send a token",
    404: "Not found",
    405: "Method not allowed",
    406: "Format not offered",
    413: "Too large",
    415: "Content type not understood",
    429: "Too many requests",
}


def document(
    status: int, *, detail: str, code: str = "", errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
    }
    if code:
        body["code"] = code
    if errors:
        body["errors"] = errors
    return body


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. An unknown error stays unknown here and reaches the log under its own name."""
    if isinstance(error, Refused):
        set_rollback()
        status = getattr(error, "status", 400)
        named = [{"field": error.field, "detail": error.sentence}] if error.field else []
        body = document(status, detail=error.sentence, code=error.code, errors=named)
        return Response(body, status=status, content_type=MEDIA_TYPE)
    if isinstance(error, (Http404, PermissionDenied)):
        error = exceptions.NotFound()
    response = exception_handler(error, context)
    if response is None:
        return None
    errors = []
    detail = "There is nothing at this address."
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        errors = [
            {"field": str(name), "detail": str(sentence)}
            for name, sentences in error.detail.items()
            for sentence in (sentences if isinstance(sentences, list) else [sentences])
        ]
        detail = " ".join(f"{e['field']}: {e['detail']}" for e in errors)
    elif isinstance(error, exceptions.APIException) and response.status_code != 404:
        detail = str(error.detail if not isinstance(error.detail, list) else " ".join(map(str, error.detail)))
    response.data = document(response.status_code, detail=detail, errors=errors)
    response.content_type = MEDIA_TYPE
    return response


def not_found(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Addresses below /api/ that lead nowhere answer like those that lead to nothing one may see."""
    body = document(404, detail="There is nothing at this address.")
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE)
