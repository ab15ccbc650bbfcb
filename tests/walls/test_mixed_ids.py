"""Ravi writes with our ids mixed in, wherever anything can be written to: nothing of ours changes, no row of his
points at one of ours, and no answer holds a word of ours."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from requests_app.models import RecordsRequest
from requests_app.models.visibility import viewing_as
from tests.api.described import Operation, description, operations

from .declared import CANARY, Stage
from .mixing import FILE, Form, Forms, Ids, crossings, ids_of, marks, mixed, mixed_path, twin_of
from .test_matrix import DECLARED, EXPECTED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WRITES = [one for one in operations() if one.over_content and one.method != "get"]
PAGES = sorted(name for name in EXPECTED if not name.startswith(("api-", "healthz")))
PEOPLE = ("person", "assignee", "backup", "member", "successor", "mention")
MEANT = {
    "request": "recordsrequest", "into": "tag", "proof": "document", "released": "document", "adopt": "letter",
    "kit": "organisationkit", "copyfrom": "organisationkit",
}  # fmt: skip
FEW = 8
"""A word that lets choose among more kinds than this is sent with the kind of its example."""
BY_ITS_LINK = {"digest-unsubscribe"}
"""Whoever holds the link from a letter does this one thing for its reader; a stranger cannot make one."""
PARTS = 6
"""The routes are asked in parts, so that several processes share them."""


@dataclass
class Scene:
    ours: Stage
    theirs: Stage
    client: Client
    our_ids: Ids
    their_ids: Ids
    before: dict[str, str]
    wrong: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    tried: int = 0

    def answer(self, method: str, path: str, **more: Any) -> tuple[Any, str]:
        """What Ravi is answered, which holds nothing of ours; he stays signed in whatever he did."""
        cache.clear()
        kept = self.client.cookies[settings.SESSION_COOKIE_NAME].value
        answer = getattr(self.client, method)(path, **more)
        self.client.cookies[settings.SESSION_COOKIE_NAME] = kept
        said = f"{method} {path} {more.get('data', '')}"
        # Files that are being made say when to come back.
        if answer.status_code >= 500 and not answer.has_header("Retry-After"):
            self.wrong.append(f"{said} failed")
        body = (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")
        if CANARY in body + str(answer.headers):
            self.wrong.append(f"{said} showed a word of ours")
        return answer, body

    def write(self, route: str, path: str, data: Any, *, method: str = "post", **more: Any) -> str:
        """One attempt; what was taken is undone, that the next one finds what it needs."""
        self.tried += 1
        if isinstance(data, dict) and FILE in data.values():
            data = {name: _file() if one == FILE else one for name, one in data.items()}
        with transaction.atomic():
            answer, body = self.answer(method, path, data=data, **more)
            if answer.status_code < 400 and "/accounts/login/" not in answer.headers.get("Location", ""):
                self.taken.add(route)
                self.check(f"{method} {path} {data}")
                transaction.set_rollback(True)
        return body

    def check(self, where: str) -> None:
        after = marks(self.ours.cast.olive, self.ours.cast.harbor.pk)
        self.wrong += [f"{where} changed {name}" for name, mark in self.before.items() if after[name] != mark]
        hung = crossings(self.theirs.cast.olive, self.theirs.cast.harbor, self.our_ids)
        self.wrong += [f"{where} hung {one} on a row of ours" for one in sorted(set(hung))]


@pytest.fixture
def scene(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Scene:
    theirs = twin_of(stage, monkeypatch)
    client = Client(raise_request_exception=False)
    client.force_login(theirs.cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(theirs.cast.olive.pk)
    session.save()
    client.get(reverse("settings"))
    ours, prairie = stage.cast.harbor, theirs.cast.harbor
    return Scene(
        stage, theirs, client, ids_of(stage.cast.olive, ours), ids_of(theirs.cast.olive, prairie),
        marks(stage.cast.olive, ours.pk),
    )  # fmt: skip


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.csv", b"Number,Sent\n1,2026-03-02\n")


def arguments(route: str, of: Stage, request: RecordsRequest) -> list[Any]:
    with viewing_as(of.cast.olive):
        event = request.events.order_by("pk").last()
    assert event is not None
    for module in DECLARED:
        if route in module.EXPECTED and hasattr(module, "params"):
            return list(module.params(of, request, event).get(route, []))
    return []


def paths(route: str, scene: Scene) -> tuple[list[str], list[str]]:
    """The addresses with their own arguments; and those with one of ours instead, or with ours alone."""
    own, foreign = {}, {}
    for ours, theirs in (
        (scene.ours.private, scene.theirs.private),
        (scene.ours.published, scene.theirs.published),
    ):
        here, there = arguments(route, scene.theirs, theirs), arguments(route, scene.ours, ours)
        own[reverse(route, args=here)] = True
        for at, one in enumerate(there):
            foreign[reverse(route, args=[*here[:at], one, *here[at + 1 :]])] = True
        foreign[reverse(route, args=there)] = True
    return list(own), [path for path in foreign if path not in own]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_with_our_ids_in_it_changes_anything_of_ours(scene: Scene, part: int) -> None:
    known: set[tuple[Any, ...]] = set()
    for route in PAGES[part::PARTS]:
        own, foreign = paths(route, scene)
        with transaction.atomic():
            for path in foreign if route not in BY_ITS_LINK else ():
                scene.write(route, path, {})
            for path in own:
                _answer, page = scene.answer("get", path)
                for form in Forms(page).found:
                    _try_form(scene, form, path, known)
            scene.check(route)
            transaction.set_rollback(True)
    assert scene.wrong == []
    assert len(scene.taken) > 4 and scene.tried > 50, "the forms are not filled as they were"


def _try_form(
    scene: Scene, form: Form, page: str, known: set[tuple[Any, ...]], *, further: bool = True
) -> None:
    """A form as it stands; then with one id of ours at a time, in its address or in a word; then with all of them."""
    path = urlsplit(form.action).path or page
    try:
        route = resolve(unquote(path)).view_name
    except Resolver404:
        return
    fitting = {"agency": scene.theirs.cast.agency.name, "law_id": "us-il", "backup": ""}
    for given in form.sent():
        words = given | {name: one for name, one in fitting.items() if name in given}
        kind = (
            route,
            *sorted(words),
            *(f"{name}={words[name]}" for name in ("act", "step", "kind") if name in words),
        )
        if kind in known:
            continue
        known.add(kind)
        said = scene.write(route, path, words)
        elsewhere = mixed_path(path, scene.their_ids, scene.our_ids)
        for other in elsewhere:
            scene.write(route, other, words)
        for sent in (tries := list(mixed(words, form, scene.their_ids, scene.our_ids))):
            scene.write(route, path, sent)
        if elsewhere:
            scene.write(route, elsewhere[-1], tries[-1])
        if further:
            # What is asked back before it is done names its rows a second time.
            for second in Forms(said).found:
                _try_form(scene, second, path, known, further=False)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_operation_of_the_api_with_our_ids_in_it_changes_anything_of_ours(scene: Scene, part: int) -> None:
    for one in WRITES[part::PARTS]:
        own, foreign = paths(one.route, scene)
        with transaction.atomic():
            for path in own[:1]:
                good, *tries = bodies(one, scene, path)
                for body in (good, *tries):
                    _call(scene, one, path, body)
                for other in foreign:
                    _call(scene, one, other, good)
                    _call(scene, one, other, tries[-1])
            scene.check(f"{one.method} {one.route}")
            transaction.set_rollback(True)
    assert scene.wrong == []
    assert len(scene.taken) > 4 and scene.tried > 50, "the examples are not taken as they were"


def _call(scene: Scene, one: Operation, path: str, body: Any) -> None:
    if one.takes == "multipart/form-data":
        scene.write(one.route, path, {**body, "file": FILE})
    else:
        scene.write(one.route, path, body, method=one.method, content_type="application/json")


def bodies(one: Operation, scene: Scene, path: str) -> Iterator[dict[str, Any]]:
    """The example with rows of theirs; then each word that may name something naming something of ours; then all."""
    dice = random.Random(f"{one.method} {one.route}")
    fields = _fields(one)
    body = dict(one.example or {})
    for name in body:
        if found := _fitting(name, scene.their_ids):
            body[name] = [found[0], found[-1]] if isinstance(body[name], list) else found[0]
    theirs = scene.theirs.cast
    fitting = {"agency": theirs.agency.slug, "agencies": [theirs.agency.slug]}
    fitting |= dict.fromkeys(PEOPLE, theirs.edgar.email) | {"successor": theirs.olive.email, "backup": None}
    body |= {name: one for name, one in fitting.items() if name in body}
    if "seen_version" in body:
        body["seen_version"] = _version(scene, path)
    yield body
    every: dict[str, Any] = {}
    for name, shape in fields.items():
        many = shape.get("type") == "array"
        for value in _values(name, shape.get("items", {}) if many else shape, scene, dice):
            every[name] = [value] if many else value
            yield {**body, name: [value] if many else value}
        rows = body.get(name)
        if many and isinstance(rows, list) and rows and isinstance(rows[0], dict):
            for key in rows[0]:
                for value in _fitting(key, scene.our_ids)[:1]:
                    yield {**body, name: [{**rows[0], key: value}]}
    for name in ("act", "kind"):
        if len(kinds := _choices(fields.get(name, {}))) <= FEW:
            yield from ({**body, name: kind, key: value} for kind in kinds for key, value in every.items())
    yield {**body, **every, **_unasked(scene.our_ids)}


def _values(name: str, shape: dict[str, Any], scene: Scene, dice: random.Random) -> list[Any]:
    if "email" in (name, shape.get("format")) or name in PEOPLE:
        return [scene.ours.cast.edgar.pk if shape.get("type") == "integer" else scene.ours.cast.olive.email]
    if shape.get("type") == "integer":
        return [dice.choice([known[0] for known in scene.our_ids.numbers.values() if known])]
    if shape.get("type") == "string" and not shape.get("enum") and not shape.get("format"):
        return _fitting(name, scene.our_ids)[:2] or [dice.choice(scene.our_ids.all_addresses)]
    return []


def _unasked(ours: Ids) -> dict[str, Any]:
    """Names that no body has, in case one is read from it all the same."""
    return {
        "organisation": ours.addresses["Organisation"][0], "organisation_id": ours.numbers["Organisation"][0],
        "request_id": ours.numbers["RecordsRequest"][0], "id": ours.numbers["RecordsRequest"][0],
    }  # fmt: skip


def _fields(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for content in one.told.get("requestBody", {}).get("content", {}).values():
        shape = content.get("schema", {})
        name = shape.get("$ref", "").rpartition("/")[2]
        found |= description()["components"]["schemas"].get(name, shape).get("properties", {})
    return found


def _choices(shape: dict[str, Any]) -> list[str]:
    referred = [one.get("$ref", "") for one in [shape, *shape.get("allOf", ())]]
    known = [description()["components"]["schemas"].get(one.rpartition("/")[2], {}) for one in referred]
    return [value for one in (shape, *known) for value in one.get("enum", ())]


def _version(scene: Scene, path: str) -> int:
    with viewing_as(scene.theirs.cast.olive):
        for request in (scene.theirs.private, scene.theirs.published):
            if f"/requests/{request.public_id}/" in path and "/notes/" not in path:
                return int(request.events.count())
    return 2 if "/notes/" in path else 1


def _fitting(name: str, ids: Ids) -> list[str]:
    """Addresses of the rows that the word names, by its name."""
    plain = name.lower().removesuffix("_id").rstrip("s").replace("_", "")
    plain = MEANT.get(plain, plain)
    return [one for table, found in ids.addresses.items() if table.lower() == plain for one in found]
