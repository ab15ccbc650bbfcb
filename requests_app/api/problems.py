"""Errors of the API as problem documents (RFC 9457): type, title, status, detail, code, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from django.views.defaults import server_error
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from requests_app.actions.refusals import Refused as NotDone
from requests_app.laws.errors import Refused
from requests_app.queries.too_long import TRY_AGAIN, took_too_long

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be answered as it is",
    401: "Sign in or send a token",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Format not offered",
    409: "Something changed in between",
    413: "Too large",
    415: "Content type not understood",
    422: "The key was used for something else",
    429: "Too many requests",
    500: "Something broke here",
    503: "This takes too long",
}


class FieldError(serializers.Serializer[Any]):
    field = serializers.CharField(
        help_text="Name of the field or parameter, with a dot for what lies within."
    )
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Why there is no answer. `code` is stable for programs, `detail` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(required=False)
    errors = FieldError(many=True, required=False)  # type: ignore[assignment]
    seen_version = serializers.IntegerField(required=False, help_text="409: the version you wrote from.")
    current_version = serializers.IntegerField(required=False, help_text="409: the version that stands.")
    current = serializers.JSONField(
        required=False, help_text="409: what stands now, as a reading would give it."
    )


class Conflict(NotDone):
    """Somebody was faster: both versions are told, and nothing was written."""

    def __init__(self, refused: Refused, **told: Any) -> None:
        super().__init__(refused.code, refused.sentence, field=refused.field, status=409)
        self.told = told


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "What you sent is larger than 2.5 megabytes."


def document(
    status: int, *, detail: str, code: str = "", errors: list[dict[str, str]] | None = None, **more: Any
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
    return {**body, **more}


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. An unknown error stays unknown here and reaches the log under its own name."""
    if isinstance(error, Refused):
        set_rollback()
        status = getattr(error, "status", 400)
        named = [{"field": error.field, "detail": error.sentence}] if error.field else []
        told = getattr(error, "told", {})
        body = document(status, detail=error.sentence, code=error.code, errors=named, **told)
        return Response(body, status=status, content_type=MEDIA_TYPE)
    if isinstance(error, OperationalError) and took_too_long(error):
        set_rollback()
        says = "The answer took longer than we let a question take, and nothing was saved. Narrow what you ask."
        told = {"Retry-After": str(TRY_AGAIN)}
        body = document(503, detail=says, code="too_long")
        return Response(body, status=503, headers=told, content_type=MEDIA_TYPE)
    if isinstance(error, (Http404, PermissionDenied)):
        error = exceptions.NotFound()
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    if isinstance(error, (SuspiciousOperation, MultiPartParserError)):
        error = exceptions.ParseError("What you sent cannot be read as its content type says.")
    response = exception_handler(error, context)
    if response is None:
        return None
    errors: list[dict[str, str]] = []
    detail = "There is nothing at this address."
    code = "not_found"
    if isinstance(error, exceptions.ValidationError):
        errors = [{"field": name, "detail": sentence} for name, sentence in _named(error.detail, "")]
        detail = " ".join(f"{e['field']}: {e['detail']}" if e["field"] else e["detail"] for e in errors)
        errors, code = [e for e in errors if e["field"]], "invalid"
    elif isinstance(error, exceptions.APIException) and response.status_code != 404:
        detail = str(error.detail if not isinstance(error.detail, list) else " ".join(map(str, error.detail)))
        code = str(error.default_code)
    response.data = document(response.status_code, detail=detail, code=code, errors=errors)
    response.content_type = MEDIA_TYPE
    return response


def _named(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every sentence with the path of its field: parts.2.title."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from _named(inner, here)
    elif isinstance(detail, (list, tuple)):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, (dict, list))
            yield from _named(inner, f"{path}.{place}" if nested and path else path)
    else:
        yield path, str(detail)


@csrf_exempt
def not_found(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Addresses below /api/ that lead nowhere answer like those that lead to nothing one may see."""
    body = document(404, detail="There is nothing at this address.", code="not_found")
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE)


def failed(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """What broke is in the log. Nothing of it is told, and nothing was half-done."""
    if not request.path.startswith("/api/"):
        return server_error(request)
    says = "Nothing was half-done. The failure is in the log; try again in a minute."
    body = document(500, detail=says, code="failed")
    return JsonResponse(body, status=500, content_type=MEDIA_TYPE)
