"""What agencies answer: taken as received, private until an owner publishes it beside the request and the agency."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import statements as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.statements import Beside, Said
from requests_app.models import Agency, AgencyStatement, Document, RecordsRequest, SubjectKind
from requests_app.models.ids import public_id
from requests_app.queries import reports as report_query
from requests_app.queries import statements as query

from .event_form import DayField
from .organisations import add_refusal, redirect
from .paging import page_number, param, posted, shown
from .reauthentication import fresh_sign_in
from .reports import may_read
from .shell import Looking, reader_day, reader_zone
from .work_forms import OnceField

STATES = {
    "draft": gettext_lazy("Draft, private"), "published": gettext_lazy("Published"),
    "withdrawn": gettext_lazy("Taken back"),
}  # fmt: skip
TONES = {"draft": "ours", "published": "done", "withdrawn": "rev"}


class StatementForm(forms.Form):
    once = OnceField()
    text = forms.CharField(
        label=gettext_lazy("What the agency wrote"), max_length=acts.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 10}), help_text=gettext_lazy("As received, in full."),
        error_messages={"required": gettext_lazy("Put in what the agency wrote.")},
    )  # fmt: skip
    sent_by = forms.CharField(
        label=gettext_lazy("Who sent it"), max_length=acts.SENT_BY_MAX,
        help_text=gettext_lazy("Office, role and channel, as far as you know. The public reads this."),
        error_messages={"required": gettext_lazy("Say who sent it, as far as you know.")},
    )  # fmt: skip
    verified = forms.CharField(
        label=gettext_lazy("How you made sure that the agency sent it"), max_length=acts.VERIFIED_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Such as: we called the number on the agency’s own page. The public reads this."),
        error_messages={"required": gettext_lazy("Say how you made sure that the agency sent it.")},
    )  # fmt: skip
    received_on = DayField(label=gettext_lazy("Day it came"))
    attachment_url = forms.CharField(
        label=gettext_lazy("Address of an attachment"), required=False, max_length=acts.URL_MAX,
        help_text=gettext_lazy("Where the agency has put it on the web."),
    )  # fmt: skip

    def said(self) -> Said:
        return Said(**{name: value for name, value in self.cleaned_data.items() if name != "once"})


@require_safe
@login_required
def statements(request: Looking) -> HttpResponse:
    home, site = may_read(request)
    rows = query.own(request.viewer, home, site=site)
    number = page_number(request)
    start = (number - 1) * query.PAGE
    found = [_row(one) for one in rows[start : start + query.PAGE]]
    context = {"page": shown(found, total=rows.count(), number=number, size=query.PAGE), "noindex": True}
    return render(request, "statements.html", context)


def _row(one: AgencyStatement) -> dict[str, Any]:
    return {
        "url": reverse("statement", args=[one.public_id]),
        "agency": one.agency.name,
        "agency_url": reverse("agency", args=[one.agency.slug]),
        "request_url": reverse("request", args=[one.request_key]) if one.request_key else "",
        "received_on": one.received_on,
        "state": STATES[one.state],
        "tone": TONES[one.state],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def statement_new(request: Looking) -> HttpResponse:
    home, site = may_read(request)
    beside, start = _beside(request, home, site=site)
    form, status = StatementForm(initial={"once": public_id(), **start}), 200
    if request.method == "POST":
        form, status = StatementForm(request.POST), 400
        if form.is_valid():
            try:
                made = acts.draft(
                    viewer=request.viewer, beside=beside, said=form.said(), actor=request.user,
                    once=form.cleaned_data["once"], today=reader_day(request),
                )  # fmt: skip
            except NotYours:
                raise Http404 from None
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("Kept as a draft. Nobody outside reads it before it is published."))
                return redirect("statement", made.public_id)
    context = {
        "agency": beside.agency.name,
        "request_url": reverse("request", args=[beside.request_key]) if beside.request_key else "",
        "form": form,
        "form_failed": status != 200,
        "noindex": True,
    }
    return render(request, "statement.html", context, status=status)


def _beside(request: Looking, home: int | None, *, site: bool) -> tuple[Beside, dict[str, Any]]:
    """Where it belongs, by a report, a request of ours, or an agency; and what the report tells already."""
    start: dict[str, Any] = {}
    pid, slug, reference = (param(request, name, 120) for name in ("request", "agency", "report"))
    if reference:
        report = report_query.one(request.viewer, reference)
        if report is None:
            raise Http404
        start = {"text": report.text, "sent_by": report.name, "received_on": reader_day(request)}
        row = report_query.subject_row(request.viewer, report.subject_kind, report.subject_key)
        about = row.request if isinstance(row, Document) else row
        pid = about.public_id if isinstance(about, RecordsRequest) else ""
        slug = report.subject_key if report.subject_kind == SubjectKind.AGENCY else ""
    if pid:
        rows = RecordsRequest.objects.visible_to(request.viewer).editable_by(request.viewer).select_related("agency")
        found = rows.filter(public_id=pid).first()
        if found is not None:
            return Beside(found.organisation_id, found.agency, found.public_id), start
    elif slug and site:
        agency = Agency.objects.filter(slug=slug).first()
        if agency is not None:
            return Beside(None, agency, ""), start
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def statement(request: Looking, pid: str) -> HttpResponse:
    home, site = may_read(request)
    found = query.own(request.viewer, home, site=site).filter(public_id=pid).first()
    if found is None:
        raise Http404
    kept = {
        name: getattr(found, name) for name in ("text", "sent_by", "verified", "received_on", "attachment_url")
    }  # fmt: skip
    form, refused, status = StatementForm(initial={"once": found.once, **kept}), "", 200
    if request.method == "POST":
        status, act = 400, posted(request, "act")
        if act == "change":
            form = StatementForm(request.POST)
        try:
            if act != "change" or form.is_valid():
                messages.success(request, _act(request, found, act, form))
                return redirect("statement", pid)
        except NotYours:
            raise Http404 from None
        except Refused as problem:
            status = problem.status
            if act == "change":
                add_refusal(form, problem)
            else:
                refused = problem.sentence
    published = found.published_at.astimezone(reader_zone(request)) if found.published_at else None
    context = {
        "agency": found.agency.name,
        "request_url": reverse("request", args=[found.request_key]) if found.request_key else "",
        "one": _row(found) | kept | {"published_at": published},
        "may_publish": found.organisation_id is None or request.viewer.may_own(found.organisation_id),
        "is_draft": found.state == AgencyStatement.State.DRAFT,
        "is_public": found.state == AgencyStatement.State.PUBLISHED,
        "form": form,
        "refused": refused,
        "form_failed": status != 200,
        "has_sample": found.agency.is_sample,
        "noindex": True,
    }
    return render(request, "statement.html", context, status=status)


def _act(request: Looking, found: AgencyStatement, act: str, form: StatementForm) -> str:
    of: dict[str, Any] = {"viewer": request.viewer, "statement": found}
    match act:
        case "change":
            acts.change(**of, said=form.said(), today=reader_day(request))
            return _("Saved.")
        case "publish":
            acts.publish(**of, actor=request.user)
            return _("Published, in full.")
        case "withdraw":
            acts.withdraw(**of, actor=request.user)
            return _("Taken back. Nobody outside reads it any more.")
    raise Refused("act_unknown", _("Choose what to do."))


urlpatterns = [
    path("statements/", statements, name="statements"),
    path("statements/new/", statement_new, name="statement-new"),
    path("statements/<slug:pid>/", statement, name="statement"),
]
