"""What django-allauth asks of us."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from requests_app.actions import sign_ins
from requests_app.models import Person

# Set by the page of an invitation that stands: its holder may make an account where accounts are by invitation.
INVITED_KEY = "invited"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN or request.session.get(INVITED_KEY))

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

    def signup(self, request: HttpRequest, user: Person) -> None:
        user.name = " ".join(self.cleaned_data["name"].split())
        user.save(update_fields=["name"])


class FactorAdapter(DefaultMFAAdapter):
    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays while the password is too short to stand alone."""
        person = Person.objects.get(pk=authenticator.user_id)
        if not person.short_password or authenticator.type not in sign_ins.FACTORS:
            return True
        others = Authenticator.objects.filter(user_id=person.pk, type__in=sign_ins.FACTORS)
        return others.exclude(pk=authenticator.pk).exists()
