"""The frame of the staff's pages: who comes in, and that nothing is written past the actions."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from requests_app.actions.sign_ins import has_second_factor

from . import operation

KEPT = ("index", "app_list")


class StaffSite(AdminSite):
    site_title = site_header = _("Operation")
    index_title = _("What there is")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """To others the pages are not there; staff needs a second factor, whatever an organization asks for."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise Http404
            if not has_second_factor(request.user):
                return HttpResponseRedirect(reverse("security"))
            response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return guarded

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Signing in and out has its own pages here."""
        return operation.urls(self) + [
            one
            for one in super().get_urls()
            if isinstance(one, URLResolver) or getattr(one, "name", None) in KEPT
        ]


class ReadOnly(ModelAdmin):
    """A list and a row, to look at."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<path:object_id>/", view(self.change_view), name=f"{name}_change"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


staff_site = StaffSite(name="admin")
