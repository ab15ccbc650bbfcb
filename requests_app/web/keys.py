"""Whether the keys of the lists work: a choice kept in a cookie that says nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST

from .current import back_to

COOKIE = "keys"


@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(back_to(request, request.POST.get("next", "/")))
    if request.POST.get("keys") == "off":
        response.set_cookie(
            COOKIE, "off", max_age=365 * 24 * 3600, secure=request.is_secure(), samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


urlpatterns = [path("keys/", keys, name="keys")]
