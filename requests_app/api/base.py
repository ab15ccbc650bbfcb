"""What every operation of the API over content shares: one transaction, one viewer, declared words in and out.

    class NoteView(ApiView):
        @operation("note-add", "Add a note", body=NoteGiven, answer=NoteShown, status=201)
        def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
            return shown(actions.notes.add(viewer=self.viewer, actor=self.actor, once=self.once, …))

The view hands over checked words and gives back a plain dict; `operation` does the rest, and writes the description:

* `asked` (a `Given` of query parameters) and `body` (a `Given`) refuse what they do not know, by name;
* who writes must be known (401) and, by token, allowed to write (403); rights beyond that are the actions' to check;
* a write with an `Idempotency-Key` is done once, and told the same answer again for a day; `self.once` is the key that
  actions take, the same for the same `Idempotency-Key`;
* `Refused` becomes a problem document; missing and forbidden are one 404: `found()` raises it.

The door is `NoteView.door()` in `api/urls.py`. Errors, paging and examples: docs/api.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    inline_serializer,
)
from rest_framework import exceptions, serializers
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from requests_app.actions import keys
from requests_app.actions.refusals import Refused
from requests_app.models import Organisation, Person
from requests_app.models.ids import public_id
from requests_app.models.visibility import Viewer

from .callers import CallerAuthentication, Throttle, look, tell_rates
from .paging import COUNTED
from .problems import MEDIA_TYPE, Problem, TooLarge
from .sparse import HAVE, NAME, STANDS, fields_asked, fields_parameter, only, told_once

LARGEST = 2_621_440
KEY_HEADER = "Idempotency-Key"
READ_ERRORS = (400, 401, 403, 404, 406, 429)
WRITE_ERRORS = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429)
KEY = OpenApiParameter(
    KEY_HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="8 to 100 characters of your own. The same key with the same words is done once.",
)  # fmt: skip

EXAMPLES: dict[type[Any], Any] = {
    serializers.DateField: "2026-03-11",
    serializers.EmailField: "clerk@example.org",
    serializers.IntegerField: 1,
    serializers.DecimalField: "12.50",
    serializers.BooleanField: True,
    serializers.DictField: {},
}

Answer = dict[str, Any]


class Given(serializers.Serializer[Any]):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                known = ", ".join(sorted(self.fields)) or "none"
                raise serializers.ValidationError(
                    {name[:100]: [f"There is no such field here. Known: {known}."] for name in unknown[:20]}
                )
        return super().to_internal_value(data)


class Words(serializers.CharField):
    """Text, and only text: a number is not turned into it."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Json(JSONParser):
    """JSON of a size that fits, and of a depth that can be read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise TooLarge
        try:
            text = raw.decode("utf-8")
            read = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
            if "\\ud" in text.lower():
                # Half of a pair of surrogates is no letter: nothing can be stored or told that holds one.
                json.dumps(read, ensure_ascii=False).encode()
        except UnicodeError:
            raise exceptions.ParseError("This is not text in UTF-8.") from None
        except (ValueError, RecursionError) as wrong:
            raise exceptions.ParseError(f"This is not JSON: {wrong}") from None
        return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fields check their values; names are checked here, for they may be kept, too."""
    for name, _value in pairs:
        if "\x00" in name:
            raise ValueError("a name holds a character that is no text")
    return dict(pairs)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


class ApiView(APIView):
    """Base. Everybody may ask; what they are told is what the viewer may see."""

    authentication_classes = (CallerAuthentication,)
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)
    parser_classes: tuple[type[BaseParser], ...] = (Json,)
    throttle_classes = (Throttle,)

    request: Request
    once: str

    @classmethod
    def door(cls) -> Callable[..., Any]:
        view: Any = cls.as_view()
        view.looks = look
        return view

    @property
    def viewer(self) -> Viewer:
        found: Viewer = self.request._request.viewer  # type: ignore[attr-defined]
        return found

    @property
    def now(self) -> Any:
        return self.request._request.now  # type: ignore[attr-defined]

    @property
    def actor(self) -> Person:
        return cast(Person, self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Counted before anybody is let in, so that guessing at tokens is slowed like everything else.
        self.check_throttles(request)
        super().initial(request, *args, **kwargs)

    def check_throttles(self, request: Request) -> None:
        if not getattr(request, "counted", False):
            request.counted = True  # type: ignore[attr-defined]
            super().check_throttles(request)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        made = super().finalize_response(request, response, *args, **kwargs)
        # What anybody may read may be kept by whoever read it, who asks whether it still stands.
        made["Cache-Control"] = "private, no-cache" if self.viewer.kind == "public" else "private, no-store"
        patch_vary_headers(made, ("Authorization", "Cookie"))
        tell_rates(self.request, made)
        return told_once(self.request, made)

    def check_body(self, request: Request) -> None:
        """Called once the body is read, before its fields are looked at; uploads say here what was cut off."""

    def found(self, rows: QuerySet[Any], **names: Any) -> Any:
        """The one row of what the viewer may see, or the one 404."""
        row = rows.filter(**names).first()
        if row is None:
            raise Http404
        return row

    def organisation(self, pid: str | None) -> Organisation:
        """Where to write: the one that is named, or the only one where the viewer may."""
        rows = Organisation.objects.editable_by(self.viewer).order_by("pk")
        if pid:
            found = rows.filter(public_id=pid).first()
            if found is None:
                raise Refused(
                    "organisation_unknown", "You edit no organization with this id.", field="organisation"
                )
            return found
        own = list(rows[:2])
        if len(own) != 1:
            says = "Say for which of your organizations." if own else "You edit no organization."
            raise Refused("organisation_missing", says, field="organisation", status=400 if own else 403)
        return own[0]


def page_of(shape: type[serializers.Serializer[Any]], **more: serializers.Field[Any, Any, Any, Any]) -> Any:
    """The shape of a page of such rows: as it is walked, or as it is numbered where `?page=` asked for that. more: what
    is told beside the rows."""
    made = _PAGES.get(shape)
    if made is None:
        name = shape.__name__
        along = {
            "next": serializers.URLField(allow_null=True, help_text="Address of the next page."),
            "previous": serializers.URLField(allow_null=True, help_text="Address of the page before."),
        }
        count = serializers.IntegerField(help_text=f"Of all pages, as far as {COUNTED:,}.")
        exact = serializers.BooleanField(help_text="false: there are more than that.")
        numbered: dict[str, Any] = {"count": count, "count_exact": exact, **along, "results": shape(many=True), **more}
        walked = inline_serializer(f"{name}Page", {"items": shape(many=True), **along, **more})
        both = [walked, inline_serializer(f"{name}Numbered", numbered)]
        made = _PAGES[shape] = PolymorphicProxySerializer(f"{name}List", both, None, many=False)
        _ROWS[id(made)] = shape
    return made


_PAGES: dict[type[Any], Any] = {}
_ROWS: dict[int, type[Any]] = {}


def operation(
    operation_id: str,
    summary: str,
    *,
    answer: Any,
    asked: type[serializers.Serializer[Any]] | None = None,
    body: type[Given] | None = None,
    status: int = 200,
    example: Any = None,
    upload: bool = False,
    signed_in: bool = False,
    plain: bool = False,
    sparse: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """See the top of this file. plain: a preview, which stores nothing, its key neither. sparse: some fields of it may
    be asked for alone, as of every list."""
    row = _ROWS.get(id(answer))
    shape = row or (answer if sparse else None)

    def decorate(method: Callable[..., Any]) -> Callable[..., Response]:
        writes = method.__name__ != "get"

        @wraps(method)
        def act(self: ApiView, request: Request, **where: Any) -> Response:
            told = _asked(request, asked, *([NAME] if shape and not writes else []))
            if not writes:
                names = fields_asked(request, shape) if shape else []
                if signed_in and self.viewer.kind == "public":
                    raise exceptions.NotAuthenticated("Sign in, or send a token: this is not public.")
                words = {"asked": told} if asked is not None else {}
                found = only(method(self, **words, **where), names, rows=row is not None)
                return Response(found, status=status)
            _may_write(self)
            given = _given(self, request, body)
            words = {"given": given} if body is not None else {}

            def do() -> Answer:
                done: Answer = method(self, **words, **where)
                return done

            key = _key_of(self, request)
            done, said = (do(), status) if plain or not key else _once(self, request, key, do, status)
            return Response(done, said)

        words = example if example is not None or body is None else _example_of(body())
        kind = "multipart/form-data" if upload else "application/json"
        shown = [
            OpenApiExample(
                "Example", value=words, response_only=not writes, request_only=writes, media_type=kind
            )
        ]
        described: Any = extend_schema(
            operation_id=operation_id,
            summary=summary,
            description=(method.__doc__ or summary).strip(),
            parameters=[
                *([asked] if asked else []),
                *([fields_parameter(shape)] if shape and not writes else []),
                KEY if writes else HAVE,
            ],
            request=({"multipart/form-data": body} if upload else body) if body else None,
            responses={
                status: answer,
                **({} if writes else {304: STANDS}),
                **{(code, MEDIA_TYPE): Problem for code in (WRITE_ERRORS if writes else READ_ERRORS)},
            },
            auth=cast(Any, [{"token": []}, {"session": []}, *([] if writes or signed_in else [{}])]),
            examples=shown if words is not None else None,
        )(act)
        return described

    return decorate


def _example_of(field: serializers.Field[Any, Any, Any, Any]) -> Any:
    """The least that would be taken, for an operation that shows no words of its own."""
    if isinstance(field, serializers.ListSerializer):
        return [_example_of(cast(Any, field.child))]
    if isinstance(field, serializers.Serializer):
        return {name: _example_of(one) for name, one in field.fields.items() if one.required}
    if isinstance(field, serializers.ListField):
        return [_example_of(field.child)]
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices))
    for kind, words in EXAMPLES.items():
        if isinstance(field, kind):
            return words
    return "7h3kq2m9x4ap"


def _asked(
    request: Request, asked: type[serializers.Serializer[Any]] | None, *also: str
) -> dict[str, Any]:
    """also: parameters that are not the operation's own."""
    names = {*(asked().fields if asked is not None else ()), *also}
    unknown = sorted(set(request.query_params) - names)
    if unknown:
        listed = f"Known: {', '.join(sorted(names))}." if names else "There are none here."
        says = f"There is no parameter {unknown[0][:100]!r}. {listed}"
        raise Refused("unknown_parameter", says, field=unknown[0][:100])
    twice = sorted(name for name in names if len(request.query_params.getlist(name)) > 1)
    if twice:
        raise Refused("parameter_twice", f"The parameter {twice[0]} is given twice.", field=twice[0])
    if asked is None:
        return {}
    # An empty parameter asks for nothing.
    given = request.query_params.items()
    read = asked(data={name: value for name, value in given if value != "" and name not in also})
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def _may_write(view: ApiView) -> None:
    if view.viewer.kind == "public":
        raise exceptions.NotAuthenticated("Sign in, or send a token that writes.")
    if view.viewer.kind == "token" and not view.viewer.editable:
        raise Refused("read_only", "This token reads and does not write.", status=403)


def _given(view: ApiView, request: Request, body: type[Given] | None) -> dict[str, Any]:
    data = request.data
    view.check_body(request)
    if body is None:
        if data:
            raise Refused("body_unexpected", "Nothing is to be sent here; leave the body empty.")
        return {}
    if not isinstance(data, Mapping):
        raise exceptions.ParseError("Send one JSON object.")
    read = body(data=data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def _key_of(view: ApiView, request: Request) -> str:
    """The caller's key, and `once` made of it; without one an act is always a new one."""
    key = str(request.headers.get(KEY_HEADER, ""))
    who = f"{view.viewer.key}:{key}"
    view.once = f"api-{hashlib.sha256(who.encode()).hexdigest()[:48]}" if key else public_id()
    return key


def _once(
    view: ApiView, request: Request, key: str, do: Callable[[], Answer], status: int
) -> tuple[Answer, int]:
    viewer, actor = view.viewer, view.actor
    act = f"{request.method} {request.path}"
    told = keys.begin(viewer=viewer, actor=actor, key=key, act=act, digest=_digest(request), now=view.now)
    if told is not None:
        return told.answer, told.status
    answer = do()
    # As it will be sent: what is stored must be what the first sender reads.
    sent = json.loads(JSONRenderer().render(answer))
    keys.finish(viewer=viewer, key=key, status=status, answer=sent)
    return sent, status


def _digest(request: Request) -> bytes:
    """Of what was sent, whatever its order and spaces."""
    told = hashlib.sha256()
    for name in sorted(request.data):
        value = request.data[name]
        told.update(f"\x00{name}\x00".encode("utf-8", "surrogatepass"))
        if isinstance(value, UploadedFile):
            for chunk in value.chunks():
                told.update(chunk)
            value.seek(0)
        else:
            told.update(json.dumps(value, sort_keys=True).encode())
    return told.digest()
