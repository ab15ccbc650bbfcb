"""A request of Harbor's in a campaign, with letters and files that name whoever asked."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models.functions import Now

from requests_app.actions import publishing
from requests_app.actions.shares import Grants
from requests_app.models import (
    Document,
    EventCorrespondence,
    Membership,
    Organisation,
    Person,
    Publication,
    RequestCorrespondence,
    RequestRequester,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries import publishing as query
from tests import builders

NOW = dt.datetime(2026, 6, 1, 15, 30, tzinfo=dt.UTC)
# Each stands in a letter, a reply that quotes it, or the name of a file.
SECRETS = ("quillfeather", "ottoline", "quill.example", "0142", "4417", "fullerton", "ursula")
# A seal, a length or a stamp is any letters and numbers there are, and holds a short number by chance.
CHANCE = {"etag", "content-length"}
LETTER = """Please send the sharing lists of the plate readers.

Ottoline Quillfeather, 4417 West Fullerton Avenue, Chicago, IL 60639
(312) 555-0142, ottoline.q@quill.example

Sincerely,

Undersigned Ursula
"""
REPLY = """Dear Ms. Quillfeather, we found 12 pages.

> On March 2 Ottoline Quillfeather <OTTOLINE.Q@quill.example> wrote, from 4417 West
> Fullerton Avenue, tel. 312.555.0142
Officer Bent, records@bend.example.gov"""


def read(answer: Any) -> str:
    """Body and headers as one text in small letters."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.headers.items() if name.casefold() not in CHANCE}
    return (body.decode("utf-8", "replace") + str(headers)).casefold()


def secrets_in(text: str) -> list[str]:
    """Which secrets a text tells. A number counts where it stands alone, not amid a digest."""
    return [one for one in SECRETS if re.search(rf"(?<![0-9a-z]){one}(?![0-9a-z])" if one.isdigit() else one, text)]


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    cache.clear()


@pytest.fixture
def cast(db: None) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def scene(cast: builders.Cast) -> Any:
    """cast with .campaign, .ours (a request), .fred (a second owner of Harbor)."""
    fred = builders.person("Fred")
    with viewing_as(cast.olive):
        Membership.objects.create(organisation=cast.harbor, person=fred, role="owner")
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)
    with viewing_as(cast.olive):
        RequestCorrespondence.objects.filter(request=made).update(letter=LETTER, tracking_number="F-1")
        reply = builders.event(made, "acknowledged", received_on=made.filed_on)
        EventCorrespondence.objects.create(event=reply, request=made, organisation=cast.harbor, text=REPLY)
        RequestRequester.objects.create(
            request=made, organisation=cast.harbor, name="Ottoline Quillfeather", signs_as="Quill & Daughters",
            postal_address="4417 West Fullerton Avenue\nChicago, IL 60639", email="ottoline.q@quill.example",
            phone="312 555 0142",
        )  # fmt: skip
        document = Document.objects.create(
            request=made, organisation=cast.harbor, event=reply, title="quillfeather_ottoline-reply.pdf", blob="b1",
            size=1, sha256="0" * 64,
        )  # fmt: skip
        Document.objects.filter(pk=document.pk).update(released_at=Now())
    cast.campaign, cast.ours, cast.fred, cast.document = campaign, made, fred, document  # type: ignore[attr-defined]
    return cast


def two(scene: Any, asked: bool = True) -> None:
    with viewing_as(scene.olive):
        Organisation.objects.filter(pk=scene.harbor.pk).update(two_to_publish=asked)


def propose(scene: Any, who: Person, what: Any = None, *, grants: Grants | None = None, **fields: Any) -> Publication:
    with viewing_as(who) as viewer:
        return publishing.propose(
            viewer=viewer, subject=what or scene.ours, actor=who, now=fields.pop("now", NOW),
            grants=grants or Grants(correspondence=True, documents=True), **fields,
        )  # fmt: skip


def look_through(who: Person, publication: Publication) -> None:
    with viewing_as(who) as viewer:
        rows = query.looked_at(Publication.objects.get(pk=publication.pk))
        publishing.confirm(
            viewer=viewer, publication=publication, actor=who,
            seen={one.item.key: one.item.fingerprint for one in rows},
        )  # fmt: skip


def agree(who: Person, publication: Publication, now: dt.datetime = NOW) -> Publication:
    with viewing_as(who) as viewer:
        return publishing.agree(viewer=viewer, publication=publication, actor=who, now=now)


def publish(scene: Any, what: Any = None) -> Publication:
    made = propose(scene, scene.olive, what)
    look_through(scene.olive, made)
    return agree(scene.olive, made)
