"""The queue of reports about public pages: an organization's by its editors and owners, the site's by staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from requests_app.actions import reports as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Correction, Document, PublicReport, SubjectKind
from requests_app.queries import corrections as notes
from requests_app.queries import reports as query
from requests_app.queries.reports import Reach

from .corrections import KINDS, note_row
from .current import current_organisation
from .organisations import add_refusal, redirect
from .paging import page_number, param, shown
from .reauthentication import fresh_sign_in
from .report import ASKERS
from .requests import invented
from .shell import Looking, reader_day, reader_zone

WANTS = {
    "error": gettext_lazy("An error"), "removal": gettext_lazy("A removal"),
    "answer": gettext_lazy("An agency’s statement"),
}  # fmt: skip
DECISIONS = (
    ("corrected", gettext_lazy("Corrected")), ("removed", gettext_lazy("Removed")),
    ("partly", gettext_lazy("Done in part")), ("declined", gettext_lazy("Declined")),
    ("duplicate", gettext_lazy("Reported before")),
)  # fmt: skip
TABS = (
    ("open", gettext_lazy("Open")), ("decided", gettext_lazy("Decided")), ("notes", gettext_lazy("Public notes")),
)  # fmt: skip
MAILS = {"planned": gettext_lazy("on its way"), "sent": gettext_lazy("sent"), "failed": gettext_lazy("not taken")}


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=DECISIONS, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what came of it.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=acts.REASON_MAX, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The sender reads it, if you tell them. It is kept with the report."),
        error_messages={"required": gettext_lazy("Write the reason. The sender reads it.")},
    )  # fmt: skip
    tell = forms.BooleanField(label=gettext_lazy("Tell the sender by mail"), required=False, initial=True)
    says_note = forms.BooleanField(
        label=gettext_lazy("Publish a note"), required=False,
        help_text=gettext_lazy(
            "On the public page of corrections, and on the page itself. Where something was taken down, the note "
            "stands at its address; without one, nothing is there."
        ),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("What the note says"), required=False, max_length=acts.NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads it. It may stay empty where something was taken down."),
    )  # fmt: skip
    says_who = forms.BooleanField(
        label=gettext_lazy("Say in a word who asked, such as “a private person”"), required=False
    )

    def __init__(self, *args: Any, may_note: bool, may_tell: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in [] if may_note else ["says_note", "note", "says_who"]:
            del self.fields[name]
        if not may_tell:
            del self.fields["tell"]


def may_read(request: Looking) -> tuple[int | None, bool]:
    """The organization they work in and edit for, and whether they run the site; to others there is no page."""
    home = current_organisation(request)
    editing = home if home is not None and request.viewer.may_edit(home) else None
    site = query.runs_the_site(request.viewer)
    if editing is None and not site:
        raise Http404
    return editing, site


@require_safe
@login_required
def reports(request: Looking) -> HttpResponse:
    home, site = may_read(request)
    tab = param(request, "show")
    tab = tab if tab in dict(TABS) else "open"
    number = page_number(request)
    start = (number - 1) * query.PAGE
    some = slice(start, start + query.PAGE)
    if tab == "notes":
        rows = notes.own(request.viewer, home, site=site)
        found = [_note(request, one) for one in notes.notes(request.viewer, rows[some])]
    else:
        rows = query.queue(request.viewer, home, state=tab)
        found = [_row(request, one) for one in rows[some]]
    context = {
        "tab": tab,
        "tabs": [{"url": f"{request.path}?show={key}", "words": words, "here": key == tab} for key, words in TABS],
        "page": shown(found, total=rows.count(), number=number, size=query.PAGE),
        "noindex": True,
    }
    return render(request, "reports.html", context)


def _row(request: Looking, one: PublicReport) -> dict[str, Any]:
    zone = reader_zone(request)
    return {
        "url": reverse("report-one", args=[one.reference]),
        "reference": one.reference,
        "wants": WANTS[one.wants],
        "who": dict(ASKERS)[one.asked_by],
        "subject": KINDS[one.subject_kind],
        "path": one.path,
        "at": one.created_at.astimezone(zone),
        "decision": dict(DECISIONS).get(one.decision, ""),
        "decided_at": one.decided_at.astimezone(zone) if one.decided_at else None,
        "ours": one.organisation_id is not None,
    }


def _note(request: Looking, one: notes.Note) -> dict[str, Any]:
    home = one.row.organisation_id
    return note_row(one) | {"may_withdraw": home is None or request.viewer.may_own(home)}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def report_one(request: Looking, reference: str) -> HttpResponse:
    found = query.one(request.viewer, reference)
    if found is None:
        raise Http404
    form, status = _form(request, found), 200
    if request.method == "POST":
        form, status = _form(request, found, request.POST), 400
        if form.is_valid():
            try:
                made = _decide(request, found, form.cleaned_data)
            except NotYours:
                raise Http404 from None
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                said = _("Decided, and the note is public.") if made else _("Decided.")
                messages.success(request, said)
                return redirect("report-one", reference)
    return render(request, "report_one.html", _context(request, found, form, status), status=status)


def _form(request: Looking, found: PublicReport, data: Any = None) -> DecideForm:
    home = found.organisation_id
    may_note = home is None or request.viewer.may_own(home)
    return DecideForm(data, may_note=may_note, may_tell=bool(found.email), initial={"tell": True})


def _decide(request: Looking, found: PublicReport, said: dict[str, Any]) -> Correction | None:
    note = acts.Note(said["note"], said["says_who"]) if said.get("says_note") else None
    return acts.decide(
        viewer=request.viewer, report=found, actor=request.user, decision=said["decision"], reason=said["reason"],
        tell=said.get("tell", False), note=note, on=reader_day(request),
    )  # fmt: skip


def _context(request: Looking, found: PublicReport, form: DecideForm, status: int) -> dict[str, Any]:
    row = query.subject_row(request.viewer, found.subject_kind, found.subject_key)
    reach = query.reach_of(request.viewer, found.subject_kind, row)
    about = row.request if isinstance(row, Document) else row
    is_open = found.state == PublicReport.State.OPEN
    return {
        "one": _row(request, found),
        "text": found.text,
        "name": found.name,
        "email": found.email,
        "reason": found.reason,
        "decided_by": str(found.decided_by or ""),
        "mails": [
            {
                "words": _("Mail that it came in") if mail.kind == "received" else _("Mail with the decision"),
                "state": MAILS[mail.mail_state],
            }
            for mail in query.mails(request.viewer, found)
        ],
        "reach": _reach_words(reach) if reach else [],
        "acts": _ways(request, found, row, reach),
        "statement_url": f"{reverse('statement-new')}?report={found.reference}"
        if found.wants == PublicReport.Wants.ANSWER and is_open
        else "",
        "form": form if is_open else None,
        "form_failed": status != 200,
        "has_sample": about is not None and invented(about) if found.subject_kind != "campaign" else row.is_sample,
        "noindex": True,
    }


def _reach_words(reach: Reach) -> list[str]:
    public = _("The public sees it now.") if reach.public else _("The public does not see it now.")
    n = reach.grants
    if not n:
        return [public, _("It is shared with no partner and no guest.")]
    return [public, ngettext("%(n)d grant to partners or guests.", "%(n)d grants to partners or guests.", n) % {"n": n}]


def _ways(request: Looking, found: PublicReport, row: Any, reach: Reach | None) -> list[dict[str, Any]]:
    """Where it can be taken back: the pages that do so, with their own rights and proofs."""
    if row is None or reach is None:
        return []
    kind, key = found.subject_kind, found.subject_key
    if kind == SubjectKind.DOCUMENT:
        request_key = row.request.public_id
        return [
            {"url": reverse("document", args=[key]), "words": _("Hold the document back")},
            {"url": reverse("request-shares", args=[request_key]), "words": _("Who sees its request")},
        ]
    ways = [{"url": reverse(f"{kind}-shares", args=[key]), "words": _("Who sees what")}]
    if reach.public and request.viewer.may_own(row.organisation_id):
        ways.insert(0, {"url": reverse(f"{kind}-publish", args=[key]), "words": _("Take it back from the public")})
    return ways


@require_POST
@login_required
@fresh_sign_in
def note_withdraw(request: Looking, pid: str) -> HttpResponse:
    home, site = may_read(request)
    found = notes.own(request.viewer, home, site=site).filter(public_id=pid).first()
    if found is None:
        raise Http404
    try:
        acts.withdraw_note(viewer=request.viewer, note=found, actor=request.user)
    except NotYours:
        raise Http404 from None
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The note is taken back. Nobody outside reads it any more."))
    response = redirect("reports")
    response["Location"] += "?show=notes"
    return response


urlpatterns = [
    path("reports/", reports, name="reports"),
    path("reports/<slug:reference>/", report_one, name="report-one"),
    path("reports/notes/<slug:pid>/withdraw/", note_withdraw, name="note-withdraw"),
]
