"""To whom everything is shared reads the words that were written for our own people, each day in our audit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.actions import comments
from requests_app.models import AuditEntry, EventNote, Membership, RequestPrivate, RequestRequester
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene

pytestmark = pytest.mark.django_db
WORDS = ("zworking", "znoted", "zremark", "Vera", "Edgar")


@pytest.fixture
def told(scene: Scene) -> Scene:
    cast = scene.cast
    with viewing_as(cast.olive) as viewer:
        comments.say(
            viewer=viewer, subject=scene.ours, audience="private", text="zsecret", actor=cast.olive, once="one",
            privileged=True, circle="",
        )  # fmt: skip
        RequestPrivate.objects.filter(pk=scene.ours.pk).update(
            working_title="zworking for Ottoline Quillfeather", notes="znoted", assignee=cast.vera, backup=cast.edgar
        )
        RequestRequester.objects.create(request=scene.ours, organisation=cast.harbor, name="Ottoline Quillfeather")
        row = builders.event(scene.ours, "determined", received_on=scene.ours.filed_on)
        EventNote.objects.create(
            event=row, request=scene.ours, organisation=cast.harbor, text="zremark", actor=cast.edgar
        )
    return scene


def doors(scene: Scene) -> dict[str, str]:
    pid = scene.ours.public_id
    return {name: reverse(name, args=[pid]) for name in ("request", "api-request", "api-events")}


def read(client: Any, scene: Scene) -> str:
    return "\n".join(client.get(url).content.decode() for url in doors(scene).values())


@pytest.mark.parametrize("level", ["correspondence", "documents"])
def test_less_than_everything_shows_no_word_of_it(told: Scene, level: str) -> None:
    builders.share_with(told.cast.olive, told.ours, told.cast.prairie, **{level: True})
    text = read(signed_in(told.cast.ravi), told)
    assert not [word for word in WORDS if word in text]
    with viewing_as(told.cast.olive):
        assert not AuditEntry.objects.filter(act="share.read_everything").exists()


def test_everything_is_read_on_the_page_and_by_program_but_for_who_asked(told: Scene) -> None:
    builders.share_with(told.cast.olive, told.ours, told.cast.prairie, everything=True)
    ravi = signed_in(told.cast.ravi)
    page = ravi.get(doors(told)["request"]).content.decode()
    assert not [word for word in WORDS if word not in page]
    shown = ravi.get(doors(told)["api-request"]).json()
    assert (shown["working_title"], shown["notes"]) == ("zworking for [name withheld]", "znoted")
    assert (shown["assignee"], shown["backup"]) == ("Vera", "Edgar")
    [noted] = [one for one in ravi.get(doors(told)["api-events"]).json()["items"] if "note" in one]
    assert (noted["note"], noted["recorded_by"]) == ("zremark", "Edgar")
    text = read(ravi, told)
    assert "Quillfeather" not in text and "zsecret" not in text, "who asked, and what is privileged"
    assert "version" not in shown and "published" not in shown, "what only who works on it needs"


def test_a_protected_identity_is_named_to_nobody_outside(told: Scene) -> None:
    with viewing_as(told.cast.olive):
        Membership.objects.filter(organisation=told.cast.harbor, person=told.cast.vera).update(protected=True)
    builders.share_with(told.cast.olive, told.ours, told.cast.prairie, everything=True)
    text = read(signed_in(told.cast.ravi), told)
    assert "Vera" not in text and "Edgar" in text


@pytest.mark.parametrize("door", ["request", "api-request", "api-events"])
def test_each_door_to_it_leaves_a_line_in_the_audit(told: Scene, door: str) -> None:
    builders.share_with(told.cast.olive, told.ours, told.cast.prairie, everything=True)
    assert signed_in(told.cast.ravi).get(doors(told)[door]).status_code == 200
    with viewing_as(told.cast.olive):
        [line] = AuditEntry.objects.filter(act="share.read_everything")
        assert line.subject == f"request {told.ours.public_id}"


def test_an_owner_who_looks_as_the_partner_sees_the_same(told: Scene) -> None:
    builders.share_with(told.cast.olive, told.ours, told.cast.prairie, everything=True)
    address = f"/looks/{told.cast.harbor.public_id}/{told.key(told.cast.prairie)}{doors(told)['request']}"
    page = signed_in(told.cast.olive).get(address).content.decode()
    assert not [word for word in WORDS if word not in page] and "Quillfeather" not in page
    with viewing_as(told.cast.olive):
        assert not AuditEntry.objects.filter(act="share.read_everything").exists()


def test_more_events_ask_no_more_queries(told: Scene) -> None:
    builders.share_with(told.cast.olive, told.ours, told.cast.prairie, everything=True)
    ravi = signed_in(told.cast.ravi)

    def cost() -> int:
        with CaptureQueriesContext(connection) as said:
            assert ravi.get(doors(told)["request"]).status_code == 200
        return len(said)

    cost()
    few = cost()
    with viewing_as(told.cast.olive):
        for _n in range(4):
            row = builders.event(told.ours, "acknowledged", received_on=told.ours.filed_on)
            EventNote.objects.create(event=row, request=told.ours, organisation=told.cast.harbor, text="again")
    assert cost() == few
