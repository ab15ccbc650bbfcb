from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("requests_app.api.urls")),
    path("", include("requests_app.web.urls")),
]
