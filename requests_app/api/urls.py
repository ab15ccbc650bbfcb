from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from .deadline import DeadlineView
from .problems import not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("deadline/", DeadlineView.as_view(), name="api-deadline"),
    path("schema/", SpectacularJSONAPIView.as_view(permission_classes=[AllowAny]), name="api-schema"),
    re_path("", not_found, name="api-not-found"),
]
