from django.http import HttpRequest, HttpResponse
from django.urls import include, path

NAMES = (
    "dashboard",
    "requests",
    "request-new",
    "campaigns",
    "agencies",
    "laws",
    "calculator",
    "theme",
    "method",
)


def page(request: HttpRequest, pid: str = "") -> HttpResponse:
    return HttpResponse(pid)


urlpatterns = [
    path("", include("foia_tracker.urls")),
    path("requests/<str:pid>/", page, name="request"),
    *(path(f"{name}/", page, name=name) for name in NAMES),
]
