"""Tables without content: jobs, holds, and that organizations and reports are there."""

from __future__ import annotations

from django.contrib import admin

from requests_app.models import JobRun, KnownLawReport, KnownOrganisation, SendingHold

from .site import ReadOnly, staff_site


@admin.register(KnownOrganisation, site=staff_site)
class KnownOrganisationAdmin(ReadOnly):
    list_display = ("public_id", "members", "requires_second_factor", "is_sample", "created_at")
    list_filter = ("is_sample", "requires_second_factor")
    ordering = ("-created_at",)


@admin.register(KnownLawReport, site=staff_site)
class KnownLawReportAdmin(ReadOnly):
    list_display = ("reference", "law_ref", "clock", "created_at", "settled_at")
    ordering = ("-created_at",)


@admin.register(JobRun, site=staff_site)
class JobRunAdmin(ReadOnly):
    list_display = ("job", "finished_at", "detail")
    ordering = ("job",)


@admin.register(SendingHold, site=staff_site)
class SendingHoldAdmin(ReadOnly):
    list_display = ("since", "reason", "released_at")
    ordering = ("-since",)
