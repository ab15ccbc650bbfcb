"""A few an hour from one address, for forms that need no account. The address is kept for that hour as a keyed hash
and nowhere else."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from requests_app.actions.refusals import Refused

from .address import household, seen_address

HOUR = 3600


def slow_down(request: HttpRequest, salt: str, once: str, most: int) -> None:
    mark = salted_hmac(salt, household(seen_address(request))).hexdigest()
    if not cache.add(f"{salt}:once:{hashlib.sha256(once.encode()).hexdigest()}", 1, HOUR):
        return  # the same form again is no second report
    key = f"{salt}:{mark}"
    cache.add(key, 0, HOUR)
    try:
        count = cache.incr(key)
    except ValueError:  # forgotten between the two
        return
    if count > most:
        says = _("%(n)d reports came from your address within an hour. Please send this one later.")
        raise Refused("too_many", says % {"n": most}, status=429)
