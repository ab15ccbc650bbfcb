from django.urls import URLPattern, URLResolver, include, path

from . import health, mail

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", include("requests_app.web.imports")),
    path("mail/", mail.mail, name="mail"),
    path("mail/<str:key>/", mail.message, name="mail-message"),
    path("healthz", health.healthz, name="healthz"),
    path("healthz/live", health.live, name="healthz-live"),
    path("healthz/ready", health.ready, name="healthz-ready"),
    path("healthz/reminders", health.reminders, name="healthz-reminders"),
]
