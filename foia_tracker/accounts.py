"""What django-allauth asks of us."""

from __future__ import annotations

import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from requests_app.actions import sign_ins
from requests_app.models import Person
from requests_app.web.address import seen_address

# Set by the page of an invitation that stands: its holder may make an account where accounts are by invitation.
INVITED_KEY = "invited"
VERIFIED_KEY = "account_verified_email"  # the library's own


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN or request.session.get(INVITED_KEY))

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not within the minutes after a proof, be it the sign-in itself."""
        return not sign_ins.is_fresh(context.request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """What attempts are counted by. A server behind a socket sees no address: then all are one."""
        try:
            return str(ipaddress.ip_address(seen_address(request)))
        except ValueError:
            return "0.0.0.0"

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("organisation-new")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("organisation-new")


class SignupForm(forms.Form):
    """The name is what colleagues see beside what one did."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1", "password2")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        invited = context.request.session.get(VERIFIED_KEY) or ""
        if not settings.SIGNUP_OPEN and given.get("email", invited).lower() != invited.lower():
            self.add_error("email", _("Use the address that the invitation was sent to."))
        return given

    def signup(self, request: HttpRequest, user: Person) -> None:
        user.name = " ".join(self.cleaned_data["name"].split())
        user.save(update_fields=["name"])


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "Your password is too short to stand alone. Choose one of 15 characters or more first."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return sign_ins.may_remove(authenticator)
