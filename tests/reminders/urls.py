from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest, pid: str) -> HttpResponse:
    return HttpResponse(pid)


urlpatterns = [path("requests/<str:pid>/", page, name="request"), path("", include("foia_tracker.urls"))]
