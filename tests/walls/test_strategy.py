"""What a request of ours plans reaches nobody it was not shared with: notices, waits, newer readings of the law."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.actions import correspondence, filing
from requests_app.models import (
    Deadline,
    Event,
    OfferedMove,
    PublicStandingSpan,
    RecordsRequest,
    RevisionOffer,
)
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
PAGES: tuple[str, ...] = ("dashboard", "requests", "agencies")
Ask = Callable[[str], str]


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def noticed(cast: builders.Cast, law: str, about: str) -> RecordsRequest:
    agency = builders.agency("Notice Bend Police", law=law)
    with viewing_as(cast.olive) as viewer:
        made = filing.file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id=law, public_title="Sharing lists",
            sent_on=dt.date(2026, 11, 2), channel="email", actor=cast.olive, once="form", today=TODAY,
        )  # fmt: skip
        said = {"viewer": viewer, "records_request": made, "actor": cast.olive, "today": TODAY}
        day = dt.date(2026, 11, 5)
        correspondence.record_event(
            kind="determined", once="no", dated_on=day, sent_on=day, received_on=day, outcome="denied", **said
        )  # fmt: skip
        sent = dt.date(2026, 11, 13)
        correspondence.record_event(
            kind="notice_sent", once="notice", sent_on=sent, received_on=sent, facts={"about": about},
            note="canary-note", **said,
        )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("law", "about"),
    [
        ("us-co-ccjra", "grounds"),
        ("us-ks", "grounds"),
        ("us-mo", "grounds"),
        ("us-co", "suit"),
        ("us-fl", "suit"),
    ],
)
def test_a_notice_of_ours_is_told_to_no_public(law: str, about: str) -> None:
    cast = builders.cast()
    made = noticed(cast, law, about)
    builders.publish(cast.olive, made)
    with viewing_as(cast.olive):
        notice = Event.objects.get(request=made, kind="notice_sent").uid
        ours = [row.name for row in made.deadlines.standing() if notice in str(row.clock)]
        waits = [row.name for row in made.deadlines.standing().filter(owner="nobody")]
    with viewing(PUBLIC):
        assert not Event.objects.filter(kind="notice_sent").exists()
        seen = Deadline.objects.filter(request=made)
        assert not [
            row.name for row in seen if notice in str(row.clock) or row.owner in ("nobody", "requester")
        ]
        spans = PublicStandingSpan.objects.filter(request=made)
        assert not {row.next_name for row in spans} & {*ours, *waits}
        assert not spans.filter(next_owner__in=["nobody", "requester"]).exists()
    hidden = [notice, "notice_sent", "Formal notice", "canary-note", "November 13", *ours, *waits]
    for client in (Client(), signed_in(cast.noor), signed_in(cast.ravi)):
        for address in [reverse("request", args=[made.public_id]), *map(reverse, PAGES)]:
            body = client.get(address).content.decode()
            assert not [word for word in hidden if word in body], address


def test_an_offer_and_what_became_of_it_reach_no_partner_and_no_public() -> None:
    cast = builders.cast()
    made = noticed(cast, "us-il", "suit")
    builders.publish(cast.olive, made)
    builders.share_with(cast.olive, made, cast.prairie, everything=True)
    with viewing_as(cast.olive) as viewer:
        offer = RevisionOffer.objects.create(
            organisation=cast.harbor, law_id="us-il", revision=9, state="applying"
        )
        applied = builders.event(made, "law_applied", sent_on=TODAY, facts={"law": "us-il", "revision": 9})
        OfferedMove.objects.create(
            offer=offer, organisation=cast.harbor, request=made, from_revision=1, changes=[], ours=True,
            decision="applied", event=applied,
        )  # fmt: skip
        assert OfferedMove.objects.count() == 1
        assert viewer.may_own(cast.harbor.pk)
    address = reverse("request", args=[made.public_id])
    inside = [reverse("revisions"), reverse("revision", args=[offer.public_id])]
    for person in (cast.ravi, cast.noor, None):
        client = signed_in(person) if person else Client()
        body = client.get(address).content.decode()
        assert not [word for word in ("law_applied", "Law revision applied", "ewer reading") if word in body]
        assert client.get(inside[1]).status_code == (404 if person else 302)
        assert offer.public_id not in client.get(inside[0], follow=True).content.decode()
        with viewing_as(person) if person else viewing(PUBLIC):
            assert not OfferedMove.objects.exists() and not RevisionOffer.objects.exists()
            assert not Event.objects.filter(kind="law_applied").exists()
