"""What the tests of accounts share: signing in as people do, and reading the mail that was sent."""

from __future__ import annotations

import re
import time
from typing import Any

from django.conf import settings
from django.core import mail
from django.test import Client

from requests_app.actions import invitation_mail, invitations
from requests_app.models import Invitation, Organisation, Person
from requests_app.models.visibility import viewing_as
from tests import builders


def signed_in(person: Person, *, fresh: bool = True) -> Client:
    """fresh: the password was given a moment ago."""
    client = Client()
    person.refresh_from_db()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    if fresh:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
    return client


def by_password(person: Person, password: str = builders.PASSWORD, **headers: Any) -> tuple[Client, Any]:
    client = Client(**headers)
    return client, client.post("/accounts/login/", {"login": person.email, "password": password})


def invited(by: Person, to: Organisation, email: str, role: str, now: Any) -> tuple[Invitation, str]:
    """An invitation and its link's token."""
    with viewing_as(by) as viewer:
        made = invitations.invite(viewer=viewer, organisation=to, email=email, role=role, actor=by, now=now)
    return made, invitations.token_of(made.public_id, made.turn)


def sent_link() -> str:
    """The path of the link in the last mail, once the worker has sent what is due."""
    invitation_mail.send_due()
    found = re.search(r"https?://[^/\s]+(/invitations/\w+/)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.group(1)
