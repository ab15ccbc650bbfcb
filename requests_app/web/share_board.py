"""The share board of a campaign or a request: who sees it, at which level, until when; previewed before it is saved."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from requests_app.actions import share_board as acts
from requests_app.actions import shares
from requests_app.actions.guest_mail import NAME_MAX
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Campaign, RecordsRequest, Share, Tier
from requests_app.queries import share_board as queries
from requests_app.queries.share_board import LEVELS, NOTHING, Board, Grantee, Level, Line

from . import guest_mail, joint_rights
from .paging import page_number, posted, shown
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_zone

WORDS = {
    "": gettext_lazy("Nothing"),
    "status": gettext_lazy("Status"),
    "correspondence": gettext_lazy("Status, correspondence"),
    "documents": gettext_lazy("Status, documents"),
    "both": gettext_lazy("Status, correspondence, documents"),
    "everything": gettext_lazy("Everything"),
}
TIERS = {
    Tier.OBSERVER: gettext_lazy("Everybody in it"),
    Tier.MEMBER: gettext_lazy("Members and steering"),
    Tier.STEERING: gettext_lazy("Steering alone"),
}
EARLIER = gettext_lazy("An earlier partner")


class GuestForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("E-mail address of the guest"),
        max_length=254,
        help_text=gettext_lazy("It opens for whoever has confirmed this address here."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the address of the guest.")},
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Sees"), choices=[(code, words) for code, words in WORDS.items() if code]
    )
    until = forms.DateField(
        label=gettext_lazy("Until the end of"),
        help_text=gettext_lazy("At most 90 days."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Say until when the guest may look.")},
    )
    shown_as = forms.CharField(
        label=gettext_lazy("You, as the guest reads you"), required=False, max_length=NAME_MAX,
        help_text=gettext_lazy("In the mail. Empty: as partners read you, or the name of your organization."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=acts.REASON_MAX,
        help_text=gettext_lazy("Only your organization reads it."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def campaign_shares(request: Looking, pid: str) -> HttpResponse:
    return _board(request, "campaign", pid)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def request_shares(request: Looking, pid: str) -> HttpResponse:
    return _board(request, "request", pid)


def _board(request: Looking, kind: str, pid: str) -> HttpResponse:
    subject = queries.subject_of(request.viewer, kind, pid)
    if subject is None:
        raise Http404
    if request.method == "POST":
        if not request.viewer.may_own(subject.organisation_id):
            raise Http404
        return _post(request, subject)
    if request.GET.get("as"):
        return _look(request, subject)
    return _page(request, subject)


def _post(request: Looking, subject: queries.Subject) -> HttpResponse:
    step = posted(request, "step")
    try:
        if step == "guest":
            return _guest(request, subject)
        if step in ("guest-again", "guest-end"):
            act = guest_mail.resend if step == "guest-again" else guest_mail.end
            act(request, subject)
            return _back(subject)
        if step in ("hold", "take"):
            return _hold(request, subject, held=step == "hold")
        if step == "right":
            return _give(request, subject)
        if step == "right-end":
            joint_rights.take_back(request, subject)
            return _back(subject)
        return _settle(request, subject, save=step == "save")
    except NotYours:
        raise Http404 from None
    except Refused as refused:
        return _page(request, subject, refused=refused)


def _settle(request: Looking, subject: queries.Subject, *, save: bool) -> HttpResponse:
    found = queries.load(request.viewer, subject, now=request.now)
    wishes = _wishes(request, found)
    reason = posted(request, "reason", 2000)
    if not wishes:
        raise Refused("nothing_changed", _("Nothing was changed on the board."))
    if save:
        changes = acts.settle(
            viewer=request.viewer, subject=subject, wishes=wishes, actor=request.user, now=request.now,
            reason=reason, seen=posted(request, "seen"),
        )  # fmt: skip
        n = sum(change.of_grant for change in changes)
        messages.success(
            request, ngettext("%(n)d share is changed.", "%(n)d shares are changed.", n) % {"n": n}
        )
        return _back(subject)
    told = acts.preview(viewer=request.viewer, subject=subject, wishes=wishes, now=request.now)
    zone = reader_zone(request)
    context = _heading(subject) | {
        "changes": [
            {
                "name": name_of(change.grantee),
                "detail": detail_of(change.grantee),
                "own": change.of_grant,
                "now": _level(change.sees),
                "then": _level(change.then_sees),
                "until": _last_day(change.then_until, zone),
            }
            for change in told.changes
        ],
        "fields": [
            pair
            for wish in wishes
            for pair in (
                (f"level-{wish.key}", wish.level.code),
                (f"until-{wish.key}", _iso(_last_day(wish.until, zone))),
            )
        ],
        "reason": reason,
        "seen": told.seen,
        "requests": found.requests - found.held_total,
    }
    return render(request, "share_preview.html", context)


def _wishes(request: Looking, found: Board) -> list[acts.Wish]:
    """Rows that say something else than what stands. A name that is on no row is refused, not passed over."""
    zone = reader_zone(request)
    keys = [name[6:] for name in request.POST if name.startswith("level-")][: acts.MOST + 1]
    wishes = []
    for key in keys:
        line = found.line(key)
        code = posted(request, f"level-{key}", 20)
        if code not in LEVELS:
            raise Refused("level_unknown", _("Choose one of the levels."), field=f"level-{key}")
        until = _until(posted(request, f"until-{key}", 20), zone, f"until-{key}")
        level = LEVELS[code]
        stands = (line.given, _last_day(line.until, zone)) if line is not None else (NOTHING, None)
        if (level, _last_day(until, zone) if level != NOTHING else stands[1]) != stands:
            wishes.append(acts.Wish(key, level, until if level != NOTHING else None))
    return wishes


def _guest(request: Looking, subject: queries.Subject) -> HttpResponse:
    form = GuestForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = acts.share_with_guest(
                viewer=request.viewer, subject=subject, email=given["email"], level=LEVELS[given["level"]],
                until=_end_of(given["until"], reader_zone(request)), actor=request.user, now=request.now,
                reason=given["reason"], shown_as=given["shown_as"],
            )  # fmt: skip
        except Refused as refused:
            name = (refused.field or "").partition("-")[0]
            form.add_error(name if name in form.fields else None, refused.sentence)
        else:
            words = _("%(email)s may look once signed in with this address, confirmed. A mail says so.")
            messages.success(request, words % {"email": made.name})
            return _back(subject)
    return _page(request, subject, form=form)


def _give(request: Looking, subject: queries.Subject) -> HttpResponse:
    found = queries.load(request.viewer, subject, now=request.now)
    form = joint_rights.form_of(request, subject, found.lines, request.POST)
    if joint_rights.give(request, subject, form):
        return _back(subject)
    return _page(request, subject, rights_form=form)


def _hold(request: Looking, subject: queries.Subject, *, held: bool) -> HttpResponse:
    pid = posted(request, "request", 12)
    rows = RecordsRequest.objects.of_organisation(request.viewer).select_related("organisation")
    if isinstance(subject, Campaign):
        rows = rows.filter(campaign=subject)
    else:
        pid = subject.public_id
    row = rows.filter(public_id=pid.strip().lower()).first()
    if row is None:
        raise Refused("request_unknown", _("No request of this campaign has this id."), field="request")
    shares.hold_back(viewer=request.viewer, records_request=row, actor=request.user, held=held)
    words = (
        _("It is held back: the campaign’s shares do not show it.")
        if held
        else _("The campaign’s shares show it again.")
    )
    messages.success(request, words)
    return _back(subject)


def _look(request: Looking, subject: queries.Subject) -> HttpResponse:
    if not request.viewer.may_own(subject.organisation_id):
        raise Http404
    rest = {
        "list": reverse("requests"),
        "csv": reverse("campaign-csv", args=[subject.public_id]),
        "api": reverse(f"api-{_kind(subject)}", args=[subject.public_id]),
    }.get(request.GET.get("page", ""), reverse(_kind(subject), args=[subject.public_id]))
    if rest.endswith(".csv") and not isinstance(subject, Campaign):
        rest = reverse("requests")
    key = request.GET["as"][:60]
    if queries.grantee(request.viewer, subject.organisation_id, key) is None:
        raise Http404
    return redirect("look", subject.organisation.public_id, key, rest.lstrip("/"))


def _page(
    request: Looking,
    subject: queries.Subject,
    *,
    form: GuestForm | None = None,
    rights_form: joint_rights.RightForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    zone = reader_zone(request)
    found = queries.load(request.viewer, subject, now=request.now)
    may_own = request.viewer.may_own(subject.organisation_id)
    number = page_number(request)
    over = queries.ended(request.viewer, subject, now=request.now)
    n_over = over.count()
    start = (number - 1) * queries.PAGE
    rows = [_row(request, subject, line, zone, refused) for line in found.lines]
    status = (
        refused.status if refused is not None else 400 if form is not None or rights_form is not None else 200
    )
    context = _heading(subject) | {
        "may_own": may_own,
        "rows": rows,
        "n_given": sum(line.share is not None for line in found.lines),
        "alone": len(found.lines) == 1,
        "requests": found.requests,
        "held": [
            {"id": row.public_id, "name": str(row.agency if isinstance(subject, Campaign) else row)}
            for row in found.held
        ],
        "held_total": found.held_total,
        "in_campaign": isinstance(subject, RecordsRequest) and subject.campaign_id is not None,
        "page": shown(
            [_over(one, zone) for one in over[start : start + queries.PAGE]],
            total=n_over,
            number=number,
            size=queries.PAGE,
        ),
        "form": form or GuestForm(),
        "guest_mails": guest_mail.rows_of(found.lines, zone) if may_own else [],
        "rights": joint_rights.rows_of(request, subject, found.lines),
        "rights_form": rights_form or joint_rights.form_of(request, subject, found.lines),
        "refused": refused.sentence if refused is not None and not _has_place(refused, rows) else "",
        "wrong": [row for row in rows if row["wrong"]],
        "wrong_request": refused.sentence if refused is not None and refused.field == "request" else "",
        "reason": posted(request, "reason", 2000),
        "wrong_reason": refused.sentence if refused is not None and refused.field == "reason" else "",
        "levels": list(WORDS.items()),
        "form_failed": status != 200,
    }
    return render(request, "shares.html", context, status=status)


def _has_place(refused: Refused, rows: list[dict[str, Any]]) -> bool:
    return refused.field in ("request", "reason") or any(row["wrong"] for row in rows)


def _row(
    request: Looking, subject: queries.Subject, line: Line, zone: ZoneInfo, refused: Refused | None
) -> dict[str, Any]:
    """As it stands; after a refusal, as it was typed."""
    key, note = line.grantee.key, getattr(line.share, "note", None)
    typed = request.method == "POST" and f"level-{key}" in request.POST
    level = posted(request, f"level-{key}", 20) if typed else line.given.code
    until = posted(request, f"until-{key}", 20) if typed else _iso(_last_day(line.until, zone))
    wrong = refused is not None and refused.field in (f"level-{key}", f"until-{key}")
    public = line.grantee.kind == Share.Grantee.PUBLIC
    return {
        "key": key,
        "name": name_of(line.grantee),
        "detail": detail_of(line.grantee),
        "given": line.share is not None,
        "sees": _level(line.sees),
        "more": line.sees != line.given,
        "level": level,
        # The public is given more by publishing alone.
        "levels": [
            (code, words) for code, words in WORDS.items() if not public or LEVELS[code] | line.given == line.given
        ],
        "publish_url": reverse(f"{_kind(subject)}-publish", args=[subject.public_id]) if public else "",
        "until": until,
        "until_on": _last_day(line.until, zone),
        "since": line.share.from_at.astimezone(zone) if line.share else None,
        "by": str(note.granted_by or "") if note else "",
        "reason": note.reason if note else "",
        "wrong": refused.sentence if wrong and refused is not None else "",
        "look_url": f"{request.path}?as={key}"
        if not (line.grantee.gone and line.grantee.kind == "person")
        else "",
    }


def _over(share: Share, zone: ZoneInfo) -> dict[str, Any]:
    note = getattr(share, "note", None)
    over_at = share.revoked_at or share.until_at
    name = share.guest.email if share.guest is not None else note.granted_to if note is not None else ""
    return {
        "name": _("The public") if share.grantee_kind == Share.Grantee.PUBLIC else name or str(EARLIER),
        "detail": str(TIERS[Tier(share.tier)]) if share.tier else "",
        "level": _level(queries.level_of(share)),
        "since": share.from_at.astimezone(zone),
        "over": over_at.astimezone(zone) if over_at else None,
        "by": str(note.granted_by or "") if note else "",
        "reason": note.reason if note else "",
    }


def _heading(subject: queries.Subject) -> dict[str, Any]:
    campaign = isinstance(subject, Campaign)
    return {
        "is_campaign": campaign,
        "pid": subject.public_id,
        "title": subject.public_title,
        "subject_url": reverse(_kind(subject), args=[subject.public_id]),
        "board_url": reverse(f"{_kind(subject)}-shares", args=[subject.public_id]),
        "has_sample": subject.is_sample,
        "noindex": True,
    }


def _kind(subject: queries.Subject) -> str:
    return "campaign" if isinstance(subject, Campaign) else "request"


def _back(subject: queries.Subject) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"{_kind(subject)}-shares", args=[subject.public_id]), status=303)


def name_of(one: Grantee) -> str:
    return _("The public") if one.kind == Share.Grantee.PUBLIC else one.name or str(EARLIER)


def detail_of(one: Grantee) -> str:
    match one.kind:
        case Share.Grantee.COALITION:
            return str(TIERS[Tier(one.tier)])
        case Share.Grantee.GUEST | Share.Grantee.PERSON:
            return _("Guest")
        case Share.Grantee.ORGANISATION if one.gone:
            return _("In no coalition with you now")
        case Share.Grantee.ORGANISATION:
            return _("Partner in %(coalition)s") % {"coalition": one.coalition}
    return _("Anybody, without signing in; never windows or moves of ours")


def _level(level: Level) -> dict[str, Any]:
    steps = [
        ("S", level.status), ("C", level.correspondence), ("D", level.documents), ("E", level.everything),
    ]  # fmt: skip
    words = str(WORDS[level.code])
    return {
        "words": words,
        "steps": [
            {"letter": letter, "on": on or level.everything, "x": 1 + 26 * n, "at": 12 + 26 * n}
            for n, (letter, on) in enumerate(steps)
        ],
        "any": level != NOTHING,
    }


def _until(said: str, zone: ZoneInfo, field: str) -> dt.datetime | None:
    if not said.strip():
        return None
    try:
        return _end_of(dt.date.fromisoformat(said.strip()), zone)
    except (ValueError, OverflowError):
        raise Refused("until_wrong", _("Write the day as 2026-12-31."), field=field) from None


def _end_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first instant after the day, where the reader is."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)


def _last_day(until: dt.datetime | None, zone: ZoneInfo) -> dt.date | None:
    return (until.astimezone(zone) - dt.timedelta(microseconds=1)).date() if until else None


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


urlpatterns = [
    path("campaigns/<slug:pid>/shares/", campaign_shares, name="campaign-shares"),
    path("requests/<slug:pid>/shares/", request_shares, name="request-shares"),
]
