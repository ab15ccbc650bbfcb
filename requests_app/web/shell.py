"""What the frame of every page needs: the reader's day, where we are, who is signed in, light or dark."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from requests_app.models import Person
from requests_app.models.visibility import PUBLIC, Viewer
from requests_app.queries import sample_sign_ins

from .current import back_to, current_organisation

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
PUBLIC_ZONE = "America/New_York"
# Pages that a report names by their address; addresses of other pages may hold secrets.
REPORTED = {
    "agencies", "agency", "brief", "campaign", "campaigns", "centers", "dashboard", "documents", "law", "laws",
    "method", "newest-documents", "request", "requests",
}  # fmt: skip
SECTIONS = {
    "inbox": "inbox", "reminder-answer": "requests", "absence": "settings",
    "today": "today", "calendar": "calendar", "search": "search", "request-views": "requests",
    "requests-bulk": "requests", "bulk-act": "requests",
    "dashboard": "dashboard", "requests": "requests", "request": "requests", "request-new": "requests",
    "request-documents": "requests", "document": "requests",
    "request-work": "requests", "note": "requests", "contact-strike": "requests", "request-close": "requests",
    "request-edit": "requests", "request-parts": "requests", "tags": "requests",
    "event-new": "requests", "event-retract": "requests", "campaigns": "campaigns", "campaign": "campaigns",
    "letters": "requests", "letter": "requests", "request-letters": "requests", "letter-new": "requests",
    "kits": "campaigns", "kit": "campaigns", "kit-new": "campaigns", "kit-built-in": "campaigns",
    "campaign-shares": "campaigns", "request-shares": "requests",
    "campaign-new": "campaigns", "campaign-plan": "campaigns", "campaign-wave": "campaigns", "follow-ups": "campaigns",
    "request-withholdings": "requests", "withholding-new": "requests", "withholding-edit": "requests",
    "withholding-retract": "requests", "withholding-compare": "requests", "withholdings": "requests",
    "withholdings-csv": "requests", "request-fees": "requests", "fee-new": "requests", "fees": "requests",
    "request-preservation": "requests", "preservation-demand": "requests", "preservation-date": "requests",
    "request-hold": "requests", "campaign-hold": "campaigns",
    "agencies": "agencies", "agency": "agencies", "laws": "laws", "law": "laws",
    "revisions": "laws", "revision": "laws",
    "law-print": "laws", "law-report": "laws", "calculator": "calculator",
    "request-remedies": "requests", "remedy": "requests", "remedies": "requests", "remedy-new": "requests",
    "remedy-edit": "requests", "remedy-file": "requests", "remedy-decide": "requests", "remedy-order": "requests",
    "remedy-order-met": "requests",
    "report-page": "report", "corrections": "corrections", "reports": "reports", "report-one": "reports",
    "statements": "reports", "statement-new": "reports", "statement": "reports",
    "settings": "settings", "security": "settings", "second-factor": "settings", "usersessions_list": "settings",
    "organisation-new": "settings", "organisation": "settings", "ownership": "settings", "members": "settings",
    "organisation-leave": "settings", "member": "settings", "organisation-audit": "settings",
    "requesters": "settings", "requester-new": "settings", "requester": "settings",
    "mfa_index": "settings", "mfa_activate_totp": "settings", "mfa_list_webauthn": "settings",
    "mfa_add_webauthn": "settings", "mfa_view_recovery_codes": "settings", "account_email": "settings",
    "account_change_password": "settings", "tokens": "settings",
    "feeds": "settings", "webhooks": "settings", "webhook": "settings",
    "archives": "settings",
    "request-publish": "requests", "campaign-publish": "campaigns", "publishing": "settings",
    "coalitions": "coalitions", "coalition": "coalitions", "coalition-new": "coalitions",
    "coalition-rename": "coalitions", "coalition-invite": "coalitions", "coalition-member": "coalitions",
    "partner-tasks": "coalitions", "partner-task": "coalitions", "request-tasks": "requests",
    "coalition-tier": "coalitions", "coalition-end": "coalitions", "coalition-dissolve": "coalitions",
    "imports": "imports", "import-new": "imports", "import": "imports", "mail": "mail", "mail-message": "mail",
}  # fmt: skip


class Looking(HttpRequest):
    """A request after `ViewerMiddleware`: who looks, and the instant that every date of the answer goes by."""

    viewer: Viewer
    now: dt.datetime
    user: Person


def reader_zone(request: HttpRequest) -> ZoneInfo:
    """The signed-in person's zone; for the public the capital's, and the page says which."""
    return ZoneInfo(request.user.zone if request.user.is_authenticated else PUBLIC_ZONE)


def reader_day(request: Looking) -> dt.date:
    """Today where the reader is."""
    return request.now.astimezone(reader_zone(request)).date()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. It must cost no query: error pages run it outside any transaction."""
    viewer = getattr(request, "viewer", PUBLIC)
    now = getattr(request, "now", None) or timezone.now()
    match = request.resolver_match
    who = ""
    current = None
    zone = ZoneInfo(PUBLIC_ZONE)
    if viewer.kind == "person":
        zone = reader_zone(request)
        who = str(request.user)
        current = current_organisation(request)
    return {
        "viewer": viewer,
        "preview_back": getattr(request, "preview_back", ""),
        "preview_published": getattr(request, "preview_published", False),
        "today": now.astimezone(zone).date(),
        "now": now.astimezone(zone),
        "section": SECTIONS.get(match.url_name or "", "") if match else "",
        "report_about": request.get_full_path() if match and match.url_name in REPORTED else "",
        "is_member": bool(viewer.roles),
        "may_edit": bool(viewer.editable),
        "who": who,
        "working_in": current,
        "working_in_name": viewer.names.get(current, "") if current else "",
        "look": getattr(request, "look", None),
        "unread": viewer.unread.get(current, 0) if current else 0,
        "waiting_in": [viewer.names[key] for key in viewer.waiting],
        "organisations": sorted(
            ((key, viewer.keys[key], name) for key, name in viewer.names.items()), key=lambda one: one[2].casefold()
        ),
        "sample_sign_ins": match is not None and match.url_name == "account_login" and sample_sign_ins.are_kept(),
        "keys_off": request.COOKIES.get("keys") == "off",
        "theme": theme if (theme := request.COOKIES.get(THEME_COOKIE, "")) in THEMES else "",
    }


@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """A choice kept in a cookie that says nothing else; anything but light or dark follows the system.

    Without a secret of its own, so that a page with nothing but this form is the same for everybody and may be kept:
    whoever forges it changes colors.
    """
    response = HttpResponseRedirect(back_to(request, request.POST.get("next", "/")))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=365 * 24 * 3600, secure=request.is_secure(), samesite="Lax"
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response
