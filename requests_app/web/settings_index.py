"""What may be set, of the organization one works in and of oneself."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.models import Organisation

from .current import current_organisation
from .shell import Looking


@require_safe
@login_required
def index(request: Looking) -> HttpResponse:
    key = current_organisation(request)
    found = Organisation.objects.visible_to(request.viewer).filter(pk=key).first() if key else None
    context = {
        "organisation": found,
        "may_own": bool(key and request.viewer.may_own(key)),
        "role": request.viewer.waiting.get(key, request.viewer.roles[key]) if key else "",
        "is_staff": request.user.is_staff,
        "may_start": settings.SIGNUP_OPEN or request.user.is_staff,
    }
    return render(request, "settings.html", context)
