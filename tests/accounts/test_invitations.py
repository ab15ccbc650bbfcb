"""An owner asks somebody in; the link works once, for that address, for fourteen days."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import invitation_mail, invitations, organisations
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, Invitation, Membership, Person, SendingHold
from requests_app.models.visibility import viewing_as
from tests.builders import Cast, second_factor

from .scene import invited, sent_link, signed_in

pytestmark = pytest.mark.django_db


def roles_of(person: Person) -> dict[int, str]:
    with viewing_as(person) as viewer:
        return viewer.roles


def invite_by_page(cast: Cast, email: str, role: str = "editor") -> str:
    page = reverse("members", args=[cast.harbor.public_id])
    answer = signed_in(cast.olive).post(page, {"email": email, "role": role})
    assert answer.status_code == 303
    return sent_link()


def test_who_is_invited_accepts_with_a_verified_address_and_works_there(cast: Cast) -> None:
    link = invite_by_page(cast, cast.noor.email.upper())
    assert cast.noor.email in mail.outbox[-1].to
    noor = signed_in(cast.noor)
    page = noor.get(link)
    assert page.status_code == 200 and b"Harbor Rights Clinic" in page.content and b"Olive" in page.content
    assert roles_of(cast.noor) == {}, "reading the page accepts nothing"
    assert noor.post(link).headers["Location"] == reverse("settings")
    assert roles_of(cast.noor) == {cast.harbor.pk: "editor"}
    assert noor.get(reverse("settings")).context["working_in"] == cast.harbor.pk
    with viewing_as(cast.olive):
        assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == [
            "invitation.sent",
            "invitation.accepted",
        ]


def test_a_link_used_twice_changes_nothing_the_second_time(cast: Cast) -> None:
    link = invite_by_page(cast, cast.noor.email)
    noor = signed_in(cast.noor)
    noor.post(link)
    again = noor.post(link)
    assert again.status_code == 303, "it is their own: they are let in"
    with viewing_as(cast.olive) as viewer:
        there = Membership.objects.get(organisation=cast.harbor, person=cast.noor)
        organisations.end_membership(viewer=viewer, membership=there, actor=cast.olive)
    refused = signed_in(cast.noor).post(link)
    assert refused.status_code == 404 and b"does not work any more" in refused.content
    assert roles_of(cast.noor) == {}, "a used link does not bring back who was removed"


def test_another_address_is_refused_in_words_and_learns_nothing_of_the_invited_one(cast: Cast) -> None:
    link = invite_by_page(cast, cast.noor.email)
    refused = signed_in(cast.ravi).post(link)
    assert refused.status_code == 403
    assert b"sent to another address" in refused.content
    assert cast.noor.email.encode() not in refused.content
    assert cast.harbor.pk not in roles_of(cast.ravi)
    assert signed_in(cast.noor).post(link).status_code == 303, "the right one can still use it"


def test_an_address_that_is_not_confirmed_does_not_count(cast: Cast) -> None:
    _made, token = invited(cast.olive, cast.harbor, cast.noor.email, "owner", timezone.now())
    cast.noor.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]
    assert signed_in(cast.noor).post(reverse("invitation", args=[token])).status_code == 403
    assert roles_of(cast.noor) == {}


def test_expired_withdrawn_replaced_and_mistyped_links_give_one_answer(cast: Cast) -> None:
    now = timezone.now()
    _old, expired = invited(cast.olive, cast.harbor, "a@a.example", "viewer", now - dt.timedelta(days=15))
    gone, withdrawn = invited(cast.olive, cast.harbor, "b@b.example", "viewer", now)
    again, replaced = invited(cast.olive, cast.harbor, cast.noor.email, "viewer", now)
    with viewing_as(cast.olive) as viewer:
        invitations.revoke(viewer=viewer, invitation=gone, actor=cast.olive)
        fresh = invitations.resend(viewer=viewer, invitation=again, actor=cast.olive, now=now)
    noor = signed_in(cast.noor)
    pages = set()
    for token in (expired, withdrawn, replaced, "x" * 40, replaced[:-1], "%00", "é", "a" * 500):
        for answer in (noor.get(f"/invitations/{token}/"), noor.post(f"/invitations/{token}/")):
            assert answer.status_code == 404, token
            body = answer.content.decode()
            pages.add(body[body.index("<main") : body.index("</main>")])
    assert len(pages) == 1
    assert roles_of(cast.noor) == {}
    assert noor.post(reverse("invitation", args=[invitations.token_of(fresh.public_id, fresh.turn)]))
    assert roles_of(cast.noor) == {cast.harbor.pk: "viewer"}


def test_sending_again_makes_a_new_link_and_a_new_fortnight(cast: Cast) -> None:
    first = invite_by_page(cast, "dee@new.example")
    with viewing_as(cast.olive):
        row = Invitation.objects.get()
        before = row.expires_at
    act = reverse("invitation-act", args=[cast.harbor.public_id, row.public_id])
    signed_in(cast.olive).post(act, {"act": "resend"})
    second = sent_link()
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    with viewing_as(cast.olive):
        row.refresh_from_db()
        assert row.expires_at > before and row.mail_state == "sent"
    signed_in(cast.olive).post(act, {"act": "revoke"})
    assert Client().get(second).status_code == 404


def test_somebody_without_an_account_signs_up_on_the_way_and_comes_back(cast: Cast, settings: object) -> None:
    settings.SIGNUP_OPEN = False  # type: ignore[attr-defined]
    link = invite_by_page(cast, "dee@new.example", "viewer")
    dee = Client()
    assert dee.get("/accounts/signup/").status_code == 200
    assert b"by invitation" in dee.get("/accounts/signup/").content
    assert dee.post(link).headers["Location"].startswith("/accounts/login/?next=/invitations/")
    assert dee.get(link).status_code == 200
    words = {
        "name": "Dee",
        "password1": "copper kettle morning rain",
        "password2": "copper kettle morning rain",
    }
    other = dee.post(f"/accounts/signup/?next={link}", {**words, "email": "other@new.example"})
    assert other.status_code == 200 and b"the invitation was sent to" in other.content
    done = dee.post(f"/accounts/signup/?next={link}", {**words, "email": "dee@new.example", "next": link})
    assert done.headers["Location"] == link, "the link came to that mailbox: no second proof is asked"
    dee.post(link)
    person = Person.objects.get(email="dee@new.example")
    assert (person.name, roles_of(person)) == ("Dee", {cast.harbor.pk: "viewer"})


def test_who_is_invited_already_or_belongs_already_is_not_asked_again(cast: Cast) -> None:
    members = reverse("members", args=[cast.harbor.public_id])
    olive = signed_in(cast.olive)
    for email, says in (
        (cast.vera.email, b"is a member already"),
        ("not an address", b"Write one e-mail address"),
        ("a@b.example\x00", b"Null characters are not allowed"),
        ("x" * 300 + "@b.example", b"at most 254 characters"),
    ):
        answer = olive.post(members, {"email": email, "role": "viewer"})
        assert answer.status_code == 400 and says in answer.content, email
    olive.post(members, {"email": "dee@new.example", "role": "viewer"})
    again = olive.post(members, {"email": "DEE@new.example", "role": "owner"})
    assert again.status_code == 400 and b"still stands" in again.content
    assert olive.post(members, {"email": "e@new.example", "role": "king"}).status_code == 400


def test_only_owners_invite(cast: Cast) -> None:
    for person, status in ((cast.edgar, 404), (cast.vera, 404), (cast.ravi, 404), (cast.omar, 404)):
        page = reverse("members", args=[cast.harbor.public_id])
        assert signed_in(person).post(page, {"email": "z@z.example", "role": "owner"}).status_code == status
        with viewing_as(person) as viewer, pytest.raises(Refused):
            invitations.invite(
                viewer=viewer, organisation=cast.harbor, email="z@z.example", role="owner", actor=person,
                now=timezone.now(),
            )  # fmt: skip
        with viewing_as(person):
            assert not Invitation.objects.exists(), "the database shows them to owners alone"
    with viewing_as(cast.olive) as viewer, pytest.raises(NotYours):
        invitations.invite(
            viewer=viewer, organisation=cast.prairie, email="z@z.example", role="owner", actor=cast.olive,
            now=timezone.now(),
        )  # fmt: skip


def test_the_link_is_stored_nowhere(cast: Cast) -> None:
    made, token = invited(cast.olive, cast.harbor, "dee@new.example", "viewer", timezone.now())
    with viewing_as(cast.olive), connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(i)::text FROM requests_app_invitation i WHERE id = %s", [made.pk])
        assert token[12:] not in cursor.fetchone()[0]


def test_a_mail_that_the_server_does_not_take_is_tried_again_and_says_so(
    cast: Cast, settings: object
) -> None:
    invited(cast.olive, cast.harbor, "dee@new.example", "viewer", timezone.now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # type: ignore[attr-defined]
    assert invitation_mail.send_due() == {"sent": 0, "later": 1, "failed": 0}
    assert invitation_mail.send_due() == {"sent": 0, "later": 0, "failed": 0}, "it waits its minute"
    with viewing_as(cast.olive):
        row = Invitation.objects.get()
        assert (row.mail_state, row.mail_attempts) == ("planned", 1) and "refused" in row.mail_outcome
    page = signed_in(cast.olive).get(reverse("members", args=[cast.harbor.public_id]))
    assert b"tried, and will be again" in page.content


def test_a_worker_that_died_with_a_mail_in_hand_leaves_it_to_the_next(cast: Cast) -> None:
    made, token = invited(cast.olive, cast.harbor, "dee@new.example", "viewer", timezone.now())
    assert invitation_mail._claim(invitation_mail.MEMBERS, made.pk, cast.harbor.pk) is not None
    assert invitation_mail.send_due()["sent"] == 0, "somebody holds it"
    with viewing_as(cast.olive):
        Invitation.objects.update(mail_next_at=timezone.now() - dt.timedelta(seconds=1))  # the lease is over
    assert invitation_mail.send_due()["sent"] == 1
    assert token in str(mail.outbox[-1].body)


def test_nothing_goes_out_while_a_hold_stands(cast: Cast) -> None:
    invited(cast.olive, cast.harbor, "dee@new.example", "viewer", timezone.now())
    SendingHold.objects.create(reason="restored")
    assert invitation_mail.send_due()["sent"] == 0
    assert mail.outbox == []


def test_an_installation_whose_secret_changed_sends_no_dead_link(cast: Cast, settings: object) -> None:
    invited(cast.olive, cast.harbor, "dee@new.example", "viewer", timezone.now())
    settings.SECRET_KEY = "another secret of fifty characters or more, for this test"  # type: ignore[attr-defined]
    assert invitation_mail.send_due() == {"sent": 0, "later": 0, "failed": 1}
    assert mail.outbox == []


def test_a_name_with_a_line_break_writes_no_header_of_its_own(cast: Cast) -> None:
    with viewing_as(cast.olive):
        type(cast.harbor).objects.filter(pk=cast.harbor.pk).update(name="Harbor\r\nBcc: all@x.example")
    invited(cast.olive, cast.harbor, "dee@new.example", "viewer", timezone.now())
    invitation_mail.send_due()
    assert "\n" not in mail.outbox[-1].subject and mail.outbox[-1].recipients() == ["dee@new.example"]


def test_what_a_removed_owner_sent_is_withdrawn_with_them(cast: Cast) -> None:
    with viewing_as(cast.olive) as viewer:
        edgar = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)
        organisations.change_role(viewer=viewer, membership=edgar, role="owner", actor=cast.olive)
    _made, token = invited(cast.edgar, cast.harbor, "back@door.example", "owner", timezone.now())
    with viewing_as(cast.olive) as viewer:
        edgar.refresh_from_db()
        organisations.end_membership(viewer=viewer, membership=edgar, actor=cast.olive)
    assert Client().get(reverse("invitation", args=[token])).status_code == 404


def test_who_is_removed_does_not_come_back_by_an_invitation_to_another_address_of_theirs(cast: Cast) -> None:
    EmailAddress.objects.create(user=cast.edgar, email="Edgar@elsewhere.example", verified=True)
    _made, second = invited(cast.olive, cast.harbor, "edgar@elsewhere.example", "editor", timezone.now())
    _made, others = invited(cast.olive, cast.harbor, cast.noor.email, "editor", timezone.now())
    with viewing_as(cast.olive) as viewer:
        edgar = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)
        organisations.end_membership(viewer=viewer, membership=edgar, actor=cast.olive)
    assert signed_in(cast.edgar).post(reverse("invitation", args=[second])).status_code == 404
    assert roles_of(cast.edgar) == {}
    assert signed_in(cast.noor).get(reverse("invitation", args=[others])).status_code == 200


def test_an_owner_without_the_second_factor_that_is_asked_for_invites_nobody(cast: Cast) -> None:
    second_factor(cast.olive)
    with viewing_as(cast.olive) as viewer:
        organisations.change_organisation(
            viewer=viewer, organisation=cast.harbor, name=cast.harbor.name, requires_second_factor=True,
            actor=cast.olive,
        )  # fmt: skip
    cast.olive.authenticator_set.all().delete()  # type: ignore[attr-defined]
    answer = signed_in(cast.olive).post(
        reverse("members", args=[cast.harbor.public_id]), {"email": "z@z.example", "role": "owner"}
    )
    assert answer.headers["Location"].startswith(reverse("second-factor"))
    with viewing_as(cast.ravi):
        assert not Invitation.objects.exists()
