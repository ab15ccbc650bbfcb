"""The API behind both walls: every operation asked by programs, live and dead, and written to by the wrong ones."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from requests_app.actions.organisations import end_membership
from requests_app.actions.tokens import make_token, revoke_token
from requests_app.models import Membership, Person, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests.api.described import Operation, operations, unlike

from .declared import CANARY, Stage
from .test_matrix import EXPECTED, SHOWS_OURS, address, client_of

pytestmark = pytest.mark.django_db
DEAD = ("expired", "revoked", "left")
LIVE = {"reads": "vera", "writes": "edgar", "ravis": "ravi"}
"""A token and the person whose answer it gets: it reads like a viewer, writes like an editor."""
OWN_TO_KEEP = {
    "vera": {
        "api-views", "api-view", "api-organisations", "api-inbox-read", "api-digest-stop",
        "api-personal-reminding", "api-personal-reminder-policy",
        "api-personal-reminder-preview",
    },
    "omar": {"api-organisations", "api-inbox-read", "api-digest-stop"},
}  # fmt: skip
"""What somebody does for themselves alone: a view kept, an inbox read, digests ended, an organization begun."""
OVER_CONTENT = [one for one in operations() if one.over_content]
READING = [one for one in OVER_CONTENT if one.method == "get"]
WRITING = [one for one in OVER_CONTENT if one.method != "get"]


@dataclass
class Caller:
    client: Client
    headers: dict[str, str]

    def ask(self, one: Operation, path: str, **more: Any) -> Any:
        cache.clear()
        body: Any = one.example
        if one.takes == "multipart/form-data":
            words = {**(body or {}), "file": SimpleUploadedFile("log.csv", b"Number,Sent\n1,2026-03-02\n")}
            return getattr(self.client, one.method)(path, words, headers={**self.headers, **more})
        return getattr(self.client, one.method)(
            path, body, content_type="application/json", headers={**self.headers, **more}
        )

    def get(self, path: str) -> Any:
        cache.clear()
        return self.client.get(path, headers=self.headers)


@pytest.fixture
def tokens(stage: Stage) -> dict[str, Caller]:
    cast = stage.cast
    with viewing_as(cast.olive):
        Membership.objects.create(organisation=cast.harbor, person=cast.noor, role="owner")

    def made(person: Person, organisation: Any, scope: str, **more: Any) -> tuple[Any, Caller]:
        words: dict[str, Any] = {
            "name": "a program",
            "days": 30,
            "now": timezone.now(),
            "once": public_id(),
            **more,
        }
        with viewing_as(person) as viewer:
            token, secret = make_token(
                viewer=viewer, organisation=organisation, actor=person, scope=scope, **words
            )
        return token, Caller(Client(), {"Authorization": f"Bearer {secret}"})

    found = {
        "reads": made(cast.olive, cast.harbor, "read"),
        "writes": made(cast.olive, cast.harbor, "write"),
        "ravis": made(cast.ravi, cast.prairie, "write"),
        "expired": made(cast.olive, cast.harbor, "write", days=1, now=timezone.now() - dt.timedelta(days=9)),
        "revoked": made(cast.olive, cast.harbor, "write"),
        "left": made(cast.noor, cast.harbor, "write"),
    }
    with viewing_as(cast.olive) as viewer:
        revoke_token(viewer=viewer, token=found["revoked"][0], actor=cast.olive)
        membership = Membership.objects.get(organisation=cast.harbor, person=cast.noor)
        end_membership(viewer=viewer, membership=membership, actor=cast.olive)
    return {name: caller for name, (_token, caller) in found.items()}


@pytest.mark.parametrize("name", LIVE)
def test_a_token_gets_the_answer_of_the_person_it_is_narrowed_to(
    stage: Stage,
    tokens: dict[str, Caller],
    name: str,
) -> None:
    wrong = []
    for one in READING:
        private, published = EXPECTED[one.route]
        for request, answers in ((stage.private, private), (stage.published, published or private)):
            got = tokens[name].get(address(one.route, stage, request)).status_code
            # What only owners decide has no page for the editor that a token writes as, even for an owner.
            want = max(answers[LIVE[name]], answers["edgar"])
            if got != want:
                wrong.append(f"{one.route}: {got}, expected {want}")
    assert wrong == []


@pytest.mark.parametrize("name", DEAD)
def test_a_dead_token_opens_nothing_anywhere(
    stage: Stage,
    tokens: dict[str, Caller],
    name: str,
) -> None:
    for one in OVER_CONTENT:
        answer = tokens[name].ask(one, address(one.route, stage, stage.published))
        assert answer.status_code == 401, one.route
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", [*LIVE, *DEAD])
def test_private_words_reach_no_strangers_program(
    stage: Stage,
    tokens: dict[str, Caller],
    name: str,
) -> None:
    leaks = set()
    for one in OVER_CONTENT:
        for request in (stage.private, stage.published):
            path = address(one.route, stage, request)
            answers = [tokens[name].get(path)]
            if one.method != "get" and name not in ("reads", "writes"):
                answers.append(tokens[name].ask(one, path))
            for answer in answers:
                body = b"".join(answer) if answer.streaming else answer.content
                text = body.decode("utf-8", "replace") + str(answer.headers)
                if CANARY in text or ("Sharing lists, private" in text and name not in ("reads", "writes")):
                    leaks.add(one.route)
    assert leaks <= (SHOWS_OURS if name in ("reads", "writes") else set())


@pytest.mark.parametrize("name", ["reads", "writes", "public", "noor", "ravi", "vera", "olive"])
def test_every_answer_is_as_it_is_described(
    stage: Stage,
    tokens: dict[str, Caller],
    name: str,
) -> None:
    caller = tokens.get(name) or Caller(client_of(stage, name), {})
    wrong = []
    for one in READING:
        for request in (stage.private, stage.published):
            answer = caller.get(address(one.route, stage, request))
            assert str(answer.status_code) in one.told["responses"], (one.route, answer.status_code)
            content = one.told["responses"][str(answer.status_code)]["content"]
            kind = answer.headers["Content-Type"].split(";")[0]
            if answer.streaming:
                # A file, handed back as bytes and nothing else.
                assert "attachment" in answer.headers["Content-Disposition"], one.route
                continue
            wrong += [f"{one.route}: {said}" for said in unlike(answer.json(), content[kind]["schema"])]
    assert not wrong, "\n".join(sorted(set(wrong)))


def everything_of_ours(stage: Stage) -> str:
    """A mark of every row that Harbor's owner sees, but for when a token was last used."""
    marks = []
    with viewing_as(stage.cast.olive), connection.cursor() as cursor:
        for model in sorted(
            apps.get_app_config("requests_app").get_models(), key=lambda one: one._meta.db_table
        ):
            table = model._meta.db_table
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(
                f"SELECT md5(coalesce(string_agg((to_jsonb(t) - 'last_used_at')::text, '' ORDER BY "
                f"(to_jsonb(t) - 'last_used_at')::text), '')) FROM {table} t"
            )
            marks.append(f"{table}:{cursor.fetchone()[0]}")
    return hashlib.sha256("".join(marks).encode()).hexdigest()


@pytest.mark.parametrize("name", ["reads", "ravis", *DEAD, "public", "omar", "vera"])
def test_writing_by_the_wrong_ones_changes_nothing(
    stage: Stage,
    tokens: dict[str, Caller],
    name: str,
) -> None:
    caller = tokens.get(name) or Caller(client_of(stage, name), {})
    before = everything_of_ours(stage)
    for one in WRITING:
        if one.route in OWN_TO_KEEP.get(name, ()):
            continue
        for request in (stage.private, stage.published):
            key = {"Idempotency-Key": f"{one.told['operationId']}-{request.public_id}"}
            answer = caller.ask(one, address(one.route, stage, request), **key)
            # A stranger's program may write to its own organization; whatever it does, ours stays as it is.
            refused = answer.status_code < 500 if name == "ravis" else 400 <= answer.status_code < 500
            assert refused, f"{one.route}: {answer.status_code}"
            if name in DEAD or name == "public":
                assert answer.status_code == 401, one.route
            elif name == "reads":
                assert answer.status_code == 403, one.route
    assert everything_of_ours(stage) == before


def test_missing_and_forbidden_are_one_to_every_write(
    stage: Stage,
    tokens: dict[str, Caller],
) -> None:
    """What a stranger's program is told of our rows is what it is told of none."""
    nowhere = RecordsRequest(public_id="zzzzzzzzzzzz", campaign=stage.private.campaign)
    for one in WRITING:
        there = address(one.route, stage, stage.private)
        if stage.private.public_id in there:
            told = tokens["ravis"].ask(one, there)
            missing = tokens["ravis"].ask(one, there.replace(stage.private.public_id, nowhere.public_id))
            assert (told.status_code, told.json()) == (missing.status_code, missing.json()), one.route
