"""The description of the API for machines (OpenAPI 3.1), made once a process, and what else it says."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.models import Webhook

from .laws import LawsAPIView
from .sparse import NAME

SPARSE = "Sparse"
LOCAL_TIME = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"
TOO_LONG = {
    "description": "The address is longer than 4,094 characters; the server says so before anything is read.",
    "content": {"text/html": {"schema": {"type": "string"}}},
}
METHODS = ("get", "post", "put", "patch", "delete")
KINDS = (*Webhook.Kind.values, "test")


TEXT = {"type": "string"}
DELIVERY = {
    "type": "object",
    "description": "Ids and kinds alone. Ask the API for the rest, with your own rights.",
    "properties": {
        "id": {**TEXT, "description": "The same at each try: keep those you have seen."},
        "kind": {**TEXT, "enum": list(KINDS)},
        "at": {**TEXT, "format": "date-time"},
        "organization": TEXT,
        "request": {"type": ["string", "null"], "description": "null: about none, or it is gone."},
        "reminder": {**TEXT, "description": "lapsed, opened or closing."},
        "clock": {**TEXT, "description": "Key of a clock of the request."},
        "event": TEXT,
        "event_kind": TEXT,
        "letter": TEXT,
    },
    "required": ["at", "id", "kind", "organization", "request"],
}
TOLD = {
    "at": "2026-03-10T14:00:00+00:00", "clock": "determine|request|r1", "id": "6f1c0a8e9b7d4c3a2e1f0d5b",
    "kind": "reminder.due", "organization": "7h3kq2m9x4ap", "reminder": "lapsed", "request": "c8wz4n6r2tjy",
}  # fmt: skip
WEBHOOK = {
    "summary": "Something happened",
    "description": "Sent to the webhooks of an organization that ask for JSON. `X-Records-Delivery` is the id, "
    "`X-Records-Signature` is `t=SECONDS,v1=HEX`: HMAC-SHA256, under the webhook's secret, of the seconds, a full stop "
    "and the body as it came. Any 2xx accepts; anything else is tried again for five days.",
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/WebhookDelivery"},
                "examples": {"ADeadlinePassed": {"summary": "A deadline passed", "value": TOLD}},
            }
        },
    },
    "responses": {"2XX": {"description": "Heard."}},
}


def with_webhooks(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    result["components"]["schemas"]["WebhookDelivery"] = DELIVERY
    result["webhooks"] = {"delivery": {"post": WEBHOOK}}
    return result


def by_the_server(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """What is answered before the program is asked."""
    for methods in result["paths"].values():
        for method in METHODS:
            if any(one["in"] == "query" for one in methods.get(method, {}).get("parameters", ())):
                methods[method]["responses"]["414"] = TOO_LONG
    return result


def local_times(result: Any, **_: Any) -> Any:
    """A time of day in the agency's own zone has no offset; the format `time` would promise one."""
    if isinstance(result, dict):
        if result.get("format") == "time":
            result |= {"format": "time-local", "pattern": LOCAL_TIME}
        for inner in result.values():
            local_times(inner)
    elif isinstance(result, list):
        for inner in result:
            local_times(inner)
    return result


def sparse_too(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Where some fields may be asked for alone, an answer may also be of these: the same, and none is needed."""
    shapes: dict[str, Any] = result["components"]["schemas"]
    for methods in result["paths"].values():
        told = methods.get("get", {})
        if NAME not in (one["name"] for one in told.get("parameters", ())):
            continue
        content = told["responses"]["200"]["content"]["application/json"]
        whole = _named(content["schema"])
        either = shapes[whole].get("oneOf")
        if not either:
            content["schema"] = _either(shapes, whole)
            continue
        for page in either:
            fields = shapes[_named(page)]["properties"]
            rows = fields.get("items") or fields["results"]
            if "$ref" in rows["items"]:
                rows["items"] = _either(shapes, _named(rows["items"]))
    return result


def _named(reference: dict[str, Any]) -> str:
    return str(reference["$ref"].rpartition("/")[2])


def _either(shapes: dict[str, Any], whole: str) -> dict[str, Any]:
    if whole + SPARSE not in shapes:
        some = copy.deepcopy(shapes[whole])
        some.pop("required", None)
        some["description"] = f"Of `{whole}` the fields that were asked for."
        shapes[whole + SPARSE] = some
    return {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in (whole, whole + SPARSE)]}


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class SchemaView(LawsAPIView):
    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        self.known(request, ())
        return Response(description())
