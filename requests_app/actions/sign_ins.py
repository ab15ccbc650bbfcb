"""A person's sessions and second factors."""

from __future__ import annotations

from importlib import import_module

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from requests_app.models import Person

from .refusals import NotYours

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_fresh(request: HttpRequest) -> bool:
    """A password, a passkey or a code was given in this session within the last minutes, be it at the sign-in."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0.0)
    return request.now.timestamp() - newest < float(app_settings.REAUTHENTICATION_TIMEOUT)  # type: ignore[attr-defined]


def has_second_factor(person: Person) -> bool:
    """Recovery codes alone are none: they stand in for one that was lost."""
    return Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).exists()


def factors_of(person: Person) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).order_by("pk"))


def recovery_codes_left(person: Person) -> int | None:
    """None: none were ever made."""
    codes = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else None


def may_remove(factor: Authenticator) -> bool:
    """The last second factor stays while the password is too short to stand alone."""
    if factor.type not in FACTORS or not Person.objects.get(pk=factor.user_id).short_password:
        return True
    others = Authenticator.objects.filter(user_id=factor.user_id, type__in=FACTORS)
    return others.exclude(pk=factor.pk).exists()


def live_sessions(person: Person) -> list[UserSession]:
    """Newest first. Those that ended on the way leave the list."""
    live: list[UserSession] = UserSession.objects.purge_and_list(person)
    return sorted(live, key=lambda one: one.created_at, reverse=True)


def end_sessions(person: Person) -> None:
    """Every session of the person, in this transaction, also those that no list knows."""
    Person.objects.filter(pk=person.pk).update(session_turn=F("session_turn") + 1)
    for one in UserSession.objects.filter(user_id=person.pk):
        _forget(one)


def end_session(*, actor: Person, session_id: int) -> str:
    """One session of one's own. Returns its key, so that the door knows whether it was the present one."""
    one = UserSession.objects.filter(pk=session_id, user_id=actor.pk).first()
    if one is None:
        raise NotYours
    _forget(one)
    return one.session_key


def end_other_sessions(*, actor: Person, but: str) -> int:
    others = list(UserSession.objects.filter(user_id=actor.pk).exclude(session_key=but))
    for one in others:
        _forget(one)
    return len(others)


def note_password(*, person: Person, length: int, enough_alone: int) -> None:
    """Whether the password holds alone: a second factor that a short one leans on is not taken away."""
    Person.objects.filter(pk=person.pk).update(short_password=length < enough_alone)


def close_account(*, person: Person) -> None:
    """Nobody signs in with it any more. What the person wrote stays, and memberships are the owners' to end."""
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(is_active=False)
        end_sessions(person)


def _forget(one: UserSession) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore(one.session_key).delete()
    one.delete()
