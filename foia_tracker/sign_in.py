"""Signing in and resetting ask the database the same questions whether or not there is an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress

from requests_app.models import Person

NOBODY = 0


def accounts(email: str) -> list[Person]:
    """Whoever has the address, confirmed before unconfirmed: always two look-ups, where the library asks the second
    one only of an address that nobody has confirmed."""
    email = email.lower()
    addresses = list(EmailAddress.objects.filter(email=email).select_related("user"))
    people = list(Person.objects.filter(email=email))
    confirmed = [one.user for one in addresses if one.verified]
    return list({one.pk: one for one in confirmed or [*(one.user for one in addresses), *people]}.values())


class Backend(AuthenticationBackend):
    def _authenticate_by_email(self, email: str, password: str) -> Any:
        for person in accounts(email) if email else []:
            if self._check_password(person, password):
                return person
        return None


class PasswordResetForm(ResetPasswordForm):
    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        self.users = [one for one in accounts(get_adapter().clean_email(email)) if one.is_active]
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        if not self.users:
            # The link of an account is made from its addresses; for nobody they are looked for, too.
            EmailAddress.objects.filter(user_id=NOBODY, email=self.cleaned_data["email"]).exists()
            list(EmailAddress.objects.filter(user_id=NOBODY).values_list("email", flat=True))
        email: str = super().save(request, **kwargs)
        return email
