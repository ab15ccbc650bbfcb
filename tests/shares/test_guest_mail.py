"""A guest gets one mail: who shares, until when, and a link that shows nothing by itself and is dead with the share."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from requests_app.actions import guest_mail, share_board
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, GuestMail, Person, Share
from requests_app.models.visibility import viewing_as
from requests_app.queries.share_board import LEVELS, NOTHING
from tests import builders
from tests.accounts.scene import signed_in

from .conftest import CANARY, Scene

pytestmark = pytest.mark.django_db
SENT = {"sent": 1, "later": 0, "failed": 0}
NONE = {"sent": 0, "later": 0, "failed": 0}


def share(scene: Scene, email: str, *, days: float = 40, subject: Any = None, **more: Any) -> str:
    """The key of the guest."""
    now = dt.datetime.now(dt.UTC)
    with viewing_as(scene.cast.olive) as viewer:
        return share_board.share_with_guest(
            viewer=viewer, subject=subject or scene.ours, email=email, level=LEVELS["status"],
            until=now + dt.timedelta(days=days), actor=scene.cast.olive, now=now, **more,
        ).key  # fmt: skip


def end(scene: Scene, key: str) -> None:
    with viewing_as(scene.cast.olive) as viewer:
        share_board.settle(
            viewer=viewer, subject=scene.ours, wishes=[share_board.Wish(key, NOTHING)], actor=scene.cast.olive,
            now=dt.datetime.now(dt.UTC),
        )  # fmt: skip


def link() -> str:
    """The path in the last mail."""
    found = re.search(r"https?://[^/\s]+(/invitations/guest/\w+/)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.group(1)


def body(client: Client, address: str) -> tuple[int, str]:
    """Without what is drawn anew for each answer."""
    answer = client.get(address)
    said = answer.content.decode().replace(address, "[address]")
    return answer.status_code, re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', r"\1", said)


def test_a_guest_is_written_to_once_without_a_word_of_what_is_shared(scene: Scene) -> None:
    share(scene, scene.stan.email.upper(), shown_as="Harbor Counsel\nTeam")
    assert guest_mail.send_due() == SENT
    assert guest_mail.send_due() == NONE
    letter = mail.outbox[-1]
    said = " ".join([str(letter.subject), str(letter.body), *(str(part[0]) for part in letter.alternatives)])
    assert letter.to == [scene.stan.email]
    assert letter.subject == "Harbor Counsel Team shares a request with you"
    for hidden in (
        scene.ours.public_title, scene.campaign.public_title, scene.agency.name, scene.ours.public_id, CANARY,
        scene.cast.harbor.name, scene.cast.olive.name, scene.cast.olive.email,
    ):  # fmt: skip
        assert hidden not in said, hidden
    last = dt.datetime.now(dt.UTC) + dt.timedelta(days=40)
    assert str(last.year) in said


def test_a_guest_of_old_reads_the_organization_as_partners_do(scene: Scene) -> None:
    share(scene, scene.stan.email, subject=scene.campaign)
    guest_mail.send_due()
    with viewing_as(scene.cast.olive):
        assert GuestMail.objects.get().shown_as in str(mail.outbox[-1].subject)
    assert "shares a campaign with you" in str(mail.outbox[-1].subject)


def test_reading_the_page_does_nothing_and_the_button_leads_to_what_is_shared_any_number_of_times(
    scene: Scene,
) -> None:
    share(scene, scene.stan.email)
    guest_mail.send_due()
    address, stan = link(), signed_in(scene.stan)
    with viewing_as(scene.cast.olive):
        before = list(GuestMail.objects.values()), AuditEntry.objects.count()
    page = stan.get(address)
    assert page.status_code == 200 and scene.ours.public_title not in page.content.decode()
    for _again in range(2):
        answer = stan.post(address)
        assert (answer.status_code, answer["Location"]) == (303, reverse("request", args=[scene.ours.public_id]))
    assert stan.get(answer["Location"]).status_code == 200
    with viewing_as(scene.cast.olive):
        assert (list(GuestMail.objects.values()), AuditEntry.objects.count()) == before


def test_somebody_without_an_account_makes_one_by_the_button_and_their_address_counts_as_read(scene: Scene) -> None:
    share(scene, "counsel@outside.example")
    guest_mail.send_due()
    address, nobody = link(), Client()
    assert b"counsel@outside.example" in nobody.get(address).content
    assert "account_verified_email" not in nobody.session
    there = nobody.post(address, {"step": "in"})
    assert there.status_code == 302 and reverse("account_login") in there["Location"]
    assert "account_verified_email" not in nobody.session
    there = nobody.post(address, {"step": "new"})
    assert there.status_code == 302 and reverse("account_signup") in there["Location"]
    assert nobody.session["account_verified_email"] == "counsel@outside.example"
    made = nobody.post(
        there["Location"],
        {"name": "Counsel", "email": "counsel@outside.example", "password1": builders.PASSWORD,
         "password2": builders.PASSWORD},
    )  # fmt: skip
    assert made.status_code == 302
    assert Person.objects.filter(email="counsel@outside.example").exists()
    answer = nobody.post(address)
    assert answer.status_code == 303 and nobody.get(answer["Location"]).status_code == 200


def test_another_address_opens_nothing_and_does_not_learn_whose_it_is(scene: Scene) -> None:
    share(scene, "counsel@outside.example")
    guest_mail.send_due()
    refused = signed_in(scene.cast.ravi).post(link())
    assert refused.status_code == 403 and b"shared with another address" in refused.content
    assert b"counsel@outside" not in refused.content and scene.ours.public_id.encode() not in refused.content


def test_a_link_that_is_dead_for_any_reason_is_the_same_bytes_as_one_that_never_was(scene: Scene) -> None:
    addresses = []
    key = share(scene, scene.stan.email)
    guest_mail.send_due()
    addresses.append(link())
    with viewing_as(scene.cast.olive) as viewer:
        guest_mail.resend(
            viewer=viewer, share=Share.objects.get(guest__isnull=False), actor=scene.cast.olive,
            now=dt.datetime.now(dt.UTC),
        )  # fmt: skip
    assert guest_mail.send_due() == SENT
    assert Client().get(link()).status_code == 200
    addresses.append(link())
    end(scene, key)
    share(scene, "late@outside.example")
    guest_mail.send_due()
    addresses.append(link())
    with viewing_as(scene.cast.olive):
        now = dt.datetime.now(dt.UTC)
        Share.objects.filter(revoked_at=None, guest__isnull=False).update(
            from_at=now - dt.timedelta(days=2), until_at=now - dt.timedelta(days=1)
        )
    addresses += [reverse("guest-link", args=["a" * 76]), reverse("guest-link", args=["never"])]
    for who in (Client(), signed_in(scene.cast.ravi)):
        answers = {body(who, address) for address in addresses}
        assert len(answers) == 1 and answers.pop()[0] == 404
        assert {who.post(address).status_code for address in addresses} == {404}


def test_a_mail_of_a_share_that_ended_meanwhile_does_not_go_out(scene: Scene) -> None:
    end(scene, share(scene, scene.stan.email))
    assert guest_mail.send_due() == NONE and not mail.outbox


def test_the_board_says_how_the_mail_fares_sends_it_again_and_ends_the_share(scene: Scene) -> None:
    key = share(scene, scene.stan.email)
    address, olive = reverse("request-shares", args=[scene.ours.public_id]), signed_in(scene.cast.olive)
    api = reverse("api-request-shares", args=[scene.ours.public_id])
    assert "on its way" in olive.get(address).content.decode()
    assert [one["mail"] for one in olive.get(api).json()["items"] if one["kind"] == "guest"] == ["planned"]
    guest_mail.send_due()
    first = link()
    assert [one["mail"] for one in olive.get(api).json()["items"] if one["kind"] == "guest"] == ["sent"]
    assert olive.post(address, {"step": "guest-again", "guest": key}).status_code == 303
    guest_mail.send_due()
    assert len(mail.outbox) == 2 and link() != first and Client().get(first).status_code == 404
    again = reverse("api-request-shares-guest-mail", args=[scene.ours.public_id, key])
    assert olive.post(again, "", content_type="application/json").status_code == 200
    assert signed_in(scene.cast.edgar).post(address, {"step": "guest-again", "guest": key}).status_code == 404
    assert olive.post(address, {"step": "guest-again", "guest": "g-nobody"}).status_code == 404
    assert olive.post(address, {"step": "guest-end", "guest": key}).status_code == 303
    assert signed_in(scene.stan).get(reverse("request", args=[scene.ours.public_id])).status_code == 404
    assert olive.post(address, {"step": "guest-end", "guest": key}).status_code == 409
    assert guest_mail.send_due() == NONE
    with viewing_as(scene.cast.olive):
        acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts.count("share.told_again") == 2 and acts[-1] == "share.revoked"


def test_only_owners_send_and_read_of_the_mails_and_nobody_for_another_organization(scene: Scene) -> None:
    share(scene, scene.stan.email)
    with viewing_as(scene.cast.olive):
        row, one = Share.objects.get(guest__isnull=False), GuestMail.objects.get()
    now = dt.datetime.now(dt.UTC)
    for person in (scene.cast.edgar, scene.cast.ravi):
        with viewing_as(person) as viewer:
            assert not GuestMail.objects.exists()
            with pytest.raises((NotYours, Refused)):
                guest_mail.resend(viewer=viewer, share=row, actor=person, now=now)
    with viewing_as(scene.cast.ravi), pytest.raises(DatabaseError), transaction.atomic():
        GuestMail.objects.create(organisation=scene.cast.prairie, share=row, shown_as="x", token_hash="x")
    with viewing_as(scene.stan):
        assert not GuestMail.objects.filter(pk=one.pk).exists(), "who is written to reads the mail, not the row"
