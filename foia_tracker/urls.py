from django.urls import include, path

from requests_app.admin import staff_site
from requests_app.web import sign_ins

# A program that meets a fault of ours reads JSON, as of every other trouble.
handler500 = "requests_app.api.problems.failed"

urlpatterns = [
    # Before the library's own: what it would do a little less carefully.
    path("accounts/sessions/", sign_ins.sessions, name="usersessions_list"),
    path("accounts/2fa/", sign_ins.security, name="mfa_index"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", sign_ins.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/", include("allauth.urls")),
    path("operation/", staff_site.urls),
    path("api/v1/", include("requests_app.api.urls")),
    path("", include("requests_app.web.urls")),
]
