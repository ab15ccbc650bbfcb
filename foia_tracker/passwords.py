"""What a password must be: long, and nothing that a stranger tries first."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.actions import sign_ins

OWN_NAMES = (
    "public records tracker", "publicrecords", "recordstracker", "public", "records", "record", "tracker", "request",
    "requests", "foia", "freedom", "information", "organization", "organisation", "password", "passphrase", "welcome",
    "letmein", "secret", "admin",
)  # fmt: skip


class LengthValidator:
    """`alone` characters; `with_factor` where a second factor stands beside the password."""

    def __init__(self, alone: int, with_factor: int) -> None:
        self.alone, self.with_factor = alone, with_factor

    def validate(self, password: str, user: Any = None) -> None:
        least = self.with_factor if _has_factor(user) else self.alone
        if len(password) < least:
            raise ValidationError(
                ngettext(
                    "A password here has at least %(least)d character; this one has %(given)d.",
                    "A password here has at least %(least)d characters; this one has %(given)d.",
                    least,
                )
                % {"least": least, "given": len(password)},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _(
            "At least %(alone)d characters, or %(with_factor)d with a second factor. A sentence you can remember "
            "is better than a word with signs in it."
        ) % {"alone": self.alone, "with_factor": self.with_factor}

    def password_changed(self, password: str, user: Any = None) -> None:
        """Django's hook after a password was stored."""
        if user is not None and user.pk is not None:
            sign_ins.note_password(person=user, length=len(password), enough_alone=self.alone)


class OwnNamesValidator:
    """Refuses what is made of this service's own names and of digits, and what repeats a few signs."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password.casefold())) < 5:
            raise ValidationError(
                _("This password repeats a few characters. Use a sentence."), code="password_repeats"
            )
        rest = re.sub(r"[^a-z]", "", password.casefold())
        for name in sorted(OWN_NAMES, key=len, reverse=True):
            rest = rest.replace(name.replace(" ", ""), "")
        if len(rest) < 4:
            raise ValidationError(
                _("This password is made of words that everybody here would try first, or of digits alone."),
                code="password_own_names",
            )

    def get_help_text(self) -> str:
        return _("Not made of this service’s own words, of digits alone, or of a few repeated characters.")


def _has_factor(user: Any) -> bool:
    return user is not None and user.pk is not None and sign_ins.has_second_factor(user)
