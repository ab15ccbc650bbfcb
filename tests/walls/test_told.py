"""What is sent or fetched apart from the pages: mails to people outside, calendars by their address, refusals to the
hasty, and what the tasks behind them leave in the queue."""

from __future__ import annotations

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from requests_app.actions import (
    coalition_invitations,
    coalition_mail,
    comments,
    embargo_mail,
    guest_mail,
    invitation_mail,
    invitations,
    share_board,
)
from requests_app.actions.feeds import make_feed
from requests_app.models import CoalitionMember, Organisation
from requests_app.models.visibility import viewing_as
from requests_app.queries.share_board import LEVELS
from tests import builders
from tests.feeds.conftest import fetch

from .crawl import Crawl, campaign_of, said
from .subjects import WORD, World
from .test_traces import kept_in_redis, one_of

pytestmark = pytest.mark.django_db
# Whoever is invited is told by whom; the words are the invitation's own.
IN_LETTERS = {"Invitation.email", "GuestMail.shown_as", "a form"}


def text_of(letter: Any) -> str:
    parts = [str(part[0]) for part in letter.alternatives]
    return " ".join([str(letter.subject), str(letter.body), *parts, *letter.to, str(letter.extra_headers)])


def test_mails_to_people_outside_name_who_writes_and_no_word_of_what_is_shared(world: World, caplog: Any) -> None:
    olive, harbor, now = world.cast.olive, world.cast.harbor, dt.datetime.now(dt.UTC)
    shared, quiet = one_of(world, "partner", "everything").request, world.subjects[0].request
    with caplog.at_level(logging.DEBUG), viewing_as(olive) as viewer:
        by: dict[str, Any] = {"viewer": viewer, "actor": olive}
        for subject in (shared, quiet, quiet.campaign):
            share_board.share_with_guest(
                subject=subject, email="counsel@outside.example", level=LEVELS["everything"],
                until=now + dt.timedelta(days=9), now=now, **by,
            )  # fmt: skip
        assert world.coalition is not None
        coalition_invitations.invite(
            coalition=world.coalition, email="head@outside.example", tier=1, message="", now=now, **by
        )
        invitations.invite(organisation=harbor, email="new@outside.example", role="viewer", now=now, **by)
        comments.say(subject=shared, audience="partners", text="zq99o999 said", once="told", **by)
        for send in (invitation_mail, coalition_mail, guest_mail, embargo_mail):
            send.send_due()
    outside = [one for one in mail.outbox if not any(WORD.search(to) for to in one.to)]
    assert {to for one in outside for to in one.to} >= {
        "counsel@outside.example", "head@outside.example", "new@outside.example"
    }  # fmt: skip
    told = {world.word(hit).split(" (")[0] for one in outside for hit in WORD.finditer(text_of(one))}
    assert told - IN_LETTERS == set()
    assert [record.getMessage() for record in caplog.records if WORD.search(str(vars(record)))] == []
    assert [one for one in kept_in_redis() if WORD.search(one)] == [], "tasks are told ids alone"


@pytest.mark.parametrize("who", ["partner's owner", "coalition mate", "stranger's owner", "our viewer"])
def test_a_calendar_tells_the_days_that_its_person_reads(world: World, who: str) -> None:
    """Of the organization, and of the coalition, as whoever holds the address and nothing else."""
    crawl = Crawl(world, world.viewers[who])
    person, secrets = crawl.who.person, []
    assert person is not None
    ours = [one for one in world.subjects if one.home == "harbor"]
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    with viewing_as(world.cast.olive):
        for one in ours:
            builders.deadline(one.request, due_on=soon)
    with viewing_as(person) as viewer:
        home = Organisation.objects.get(pk=viewer.organisations[0])
        stay = CoalitionMember.objects.live().filter(organisation=home, coalition=world.coalition).first()
        for subject, more in (("organisation", {}), ("coalition", {"stay": stay})):
            if subject == "organisation" or stay is not None:
                _feed, secret = make_feed(
                    viewer=viewer, organisation=home, actor=person, subject=subject, name="Days",
                    once=f"told-{subject}", **more,
                )  # fmt: skip
                secrets.append(secret)
    texts = []
    for secret in secrets:
        cache.clear()
        answer = fetch(secret)
        assert answer.status_code == 200
        texts.append(said(answer))
        crawl.read(texts[-1], "a calendar")
    assert crawl.wrong == []
    told = {one.number for one in ours if one.request.public_id in "".join(texts).replace("\r\n ", "")}
    alone = who == "stranger's owner"  # in no coalition: others' days, published or not, are on no calendar of theirs
    assert told == {one.number for one in ours if "s" in one.reads(crawl.who) and not alone}


@pytest.mark.parametrize("who", ["anonymous", "stranger's owner", "partner's owner", "partner's program"])
def test_the_hasty_are_told_to_wait_and_nothing_else(world: World, who: str, settings: Any) -> None:
    """The same of what is there, and of what is not."""
    settings.API_A_MINUTE = dict.fromkeys(settings.API_A_MINUTE, 0)
    settings.FEEDS_A_MINUTE = dict.fromkeys(settings.FEEDS_A_MINUTE, 0)
    crawl = Crawl(world, world.viewers[who])
    of = world.subjects[0]
    pairs = [
        (reverse(route, args=[key]), reverse(route, args=["zzzzzzzzzzzz"]))
        for route, key in (
            ("api-request", of.request.public_id), ("api-events", of.request.public_id),
            ("api-campaign", campaign_of(of)),
        )
    ]  # fmt: skip
    for there, nowhere in [*pairs, (reverse("feed", args=["A" * 43]), reverse("feed", args=["B" * 43]))]:
        answers = [crawl.ask(address) for address in (there, nowhere)]
        assert [one.status_code for one in answers] == [429, 429], there
        # How many seconds are left is counted down meanwhile.
        bodies = [re.sub(r"\d+ seconds?", "", one.content.decode()) for one in answers]
        assert bodies[0].replace(there, "") == bodies[1].replace(nowhere, "")
        crawl.read(said(answers[0]), there)
    assert crawl.wrong == []
