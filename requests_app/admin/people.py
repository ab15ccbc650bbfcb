"""People: that an account is there, and closing it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from requests_app.actions import sign_ins
from requests_app.models import Person

from .site import ReadOnly, staff_site


@admin.register(Person, site=staff_site)
class PersonAdmin(ReadOnly):
    list_display = ("email", "name", "is_active", "is_staff", "is_sample", "date_joined")
    list_filter = ("is_active", "is_staff", "is_sample")
    search_fields = ("email", "name")
    ordering = ("-date_joined",)
    fields = ("email", "name", "zone", "is_active", "is_staff", "is_sample", "date_joined", "last_login")
    actions = ("close",)

    @admin.action(description=_("Close these accounts and end their sessions"))
    def close(self, request: HttpRequest, people: QuerySet[Any]) -> None:
        closed = 0
        for person in people.exclude(pk=request.user.pk):
            sign_ins.close_account(person=person)
            closed += 1
        says = ngettext("%(n)d account is closed.", "%(n)d accounts are closed.", closed)
        self.message_user(request, says % {"n": closed}, messages.SUCCESS)
