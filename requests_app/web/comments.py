"""Comments on a request or a campaign, by audience: read by whoever it is shared with, written as their right says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import comments as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Campaign
from requests_app.models.ids import public_id
from requests_app.queries import comments as queries
from requests_app.queries import privilege
from requests_app.queries.comments import Audience, Shown
from requests_app.queries.share_board import Subject

from .paging import page_number, param, posted, shown
from .shell import Looking
from .work_forms import OnceField

WORDS: dict[Audience, Any] = {
    "private": gettext_lazy("Your organization"),
    "partners": gettext_lazy("Partners"),
    "public": gettext_lazy("The public"),
}
WHO_READS: dict[Audience, Any] = {
    "private": gettext_lazy("Only your organization reads this, whatever is shared."),
    "partners": gettext_lazy(
        "Everybody reads this whom this is shared with by name: coalitions, partners, guests. The public does not."
    ),
    "public": gettext_lazy("Everybody reads this, while this is published."),
}
WHO_ARE = {
    queries.THE_OWNER: gettext_lazy("Whose request this is"),
    queries.A_PARTNER: gettext_lazy("A partner"),
    queries.A_GUEST: gettext_lazy("A guest"),
}


class CommentForm(forms.Form):
    once = OnceField()
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=acts.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write the comment first.")},
    )


class PrivateForm(CommentForm):
    """A comment to one's own organization, which may be privileged."""

    privileged = forms.BooleanField(
        label=gettext_lazy("Privileged"),
        required=False,
        help_text=gettext_lazy(
            "Read by owners, by you, and by those named below; by no program, and by no share."
        ),
    )
    circle = forms.ChoiceField(label=gettext_lazy("If privileged, read by"), required=False)

    def __init__(self, *args: Any, circles: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["circle"].choices = [("", _("Owners and me alone")), *circles]  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    seen_version = forms.IntegerField(min_value=1, max_value=32_000, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=acts.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write the comment first.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def request_comments(request: Looking, pid: str) -> HttpResponse:
    return _comments(request, "request", pid)


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_comments(request: Looking, pid: str) -> HttpResponse:
    return _comments(request, "campaign", pid)


@require_http_methods(["GET", "HEAD", "POST"])
def request_comment(request: Looking, pid: str, key: str) -> HttpResponse:
    return _comment(request, "request", pid, key)


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_comment(request: Looking, pid: str, key: str) -> HttpResponse:
    return _comment(request, "campaign", pid, key)


def _comments(request: Looking, kind: str, pid: str) -> HttpResponse:
    subject = _subject(request, kind, pid)
    known = queries.audiences(request.viewer, subject)
    asked = param(request, "to", 10)
    if asked and asked not in known:
        raise Http404
    to: Audience = next(
        (one for one in known if one == asked), "partners" if "partners" in known else "public"
    )
    form, refused, status = _form(request, subject, to), "", 200
    if request.method == "POST":
        if request.viewer.kind != "person":
            raise Http404
        form = _form(request, subject, to, request.POST)
        status = 400
        if form.is_valid():
            try:
                acts.say(
                    viewer=request.viewer,
                    subject=subject,
                    audience=to,
                    actor=request.user,
                    **form.cleaned_data,
                )
            except NotYours:
                raise Http404 from None
            except Refused as refusal:
                status = refusal.status
                if refusal.field in form.fields and refusal.field != "once":
                    form.add_error(refusal.field, refusal.sentence)
                else:
                    refused = refusal.sentence
            else:
                messages.success(request, _("The comment is there. %(who)s") % {"who": WHO_READS[to]})
                return _back(subject, to)
    number = page_number(request)
    rows = queries.rows(request.viewer, subject, to)
    start = (number - 1) * queries.PAGE
    some = queries.shown(request.viewer, subject, to, rows[start : start + queries.PAGE])
    names = [_name(one) for one in some]
    ours = request.viewer.belongs_to(subject.organisation_id)
    context = _heading(request, subject) | {
        "to": to,
        "who_reads": WHO_READS[to]
        if to != "private" or ours
        else _("You are named to read this. It is privileged: pass it on to nobody."),
        "tabs": [
            {
                "url": f"{_address(subject)}?to={one}",
                "words": WORDS[one] if one != "private" or ours else _("Privileged"),
                "here": one == to,
            } for one in known
        ]
        if len(known) > 1
        else [],
        "page": shown(
            [_row(subject, one, name) for one, name in zip(some, names, strict=True)],
            total=rows.count(), number=number, size=queries.PAGE,
        ),
        "form": form,
        "refused": refused,
        "form_failed": status != 200,
        "may_write": _may_write(request, subject, to),
        "not_published": to == "public" and "private" in known and not queries.is_published(subject),
    }  # fmt: skip
    return render(request, "comments.html", context, status=status)


def _comment(request: Looking, kind: str, pid: str, key: str) -> HttpResponse:
    """One comment: changed and withdrawn by whoever said it, taken down by an owner of what it is about."""
    subject = _subject(request, kind, pid)
    found = queries.thread(request.viewer, subject, key)
    if found is None or request.viewer.kind != "person":
        raise Http404
    to, row = found
    [told] = queries.shown(request.viewer, subject, to, [row])
    before = (
        queries.before(request.viewer, row)
        if told.mine or "private" in queries.audiences(request.viewer, subject)
        else []
    )
    if not (told.mine or told.may_end or before):
        raise Http404
    start = {"seen_version": row.version, "text": row.text}
    form, refused, status = ChangeForm(initial=start), "", 200
    if request.method == "POST":
        given: dict[str, Any] = {
            "viewer": request.viewer, "subject": subject, "audience": to, "comment": row, "actor": request.user,
        }  # fmt: skip
        try:
            if posted(request, "act") == "withdraw":
                acts.withdraw(**given)
                messages.success(request, _("It is withdrawn. Nobody outside reads it any more."))
                return _back(subject, to)
            form = ChangeForm(request.POST)
            if form.is_valid():
                acts.change(**given, **form.cleaned_data)
                messages.success(request, _("The comment is changed."))
                return _back(subject, to)
            status = 400
        except NotYours:
            raise Http404 from None
        except Refused as refusal:
            status, refused = refusal.status, refusal.sentence
    context = _heading(request, subject) | {
        "to": to,
        "comment": _row(subject, told, _name(told)),
        "back_url": f"{_address(subject)}?to={to}",
        "form": form,
        "refused": refused,
        "form_failed": status != 200,
        "mine": told.mine,
        "may_end": told.may_end,
        "before": before,
    }
    return render(request, "comment.html", context, status=status)


def _form(request: Looking, subject: Subject, to: Audience, data: Any = None) -> CommentForm:
    start = {"once": public_id()}
    if to != "private" or not request.viewer.belongs_to(subject.organisation_id):
        return CommentForm(data, initial=start)
    named = privilege.circles(request.viewer, subject.organisation_id)
    return PrivateForm(data, initial=start, circles=[(one.public_id, one.name) for one in named])


def _subject(request: Looking, kind: str, pid: str) -> Subject:
    found = queries.subject_of(request.viewer, kind, pid)
    if found is None:
        raise Http404
    return found


def _may_write(request: Looking, subject: Subject, to: Audience) -> bool:
    viewer = request.viewer
    if viewer.kind != "person":
        return False
    if to == "public":
        return viewer.may_own(subject.organisation_id) and queries.is_published(subject)
    if viewer.belongs_to(subject.organisation_id):
        return viewer.may_edit(subject.organisation_id)
    return to == "partners" and queries.right_of(viewer, subject) is not None


def _name(one: Shown) -> str:
    return one.name or str(WHO_ARE[one.known_as])


def _row(subject: Subject, one: Shown, name: str) -> dict[str, Any]:
    address = reverse(f"{_kind(subject)}-comment", args=[subject.public_id, one.row.thread])
    return {
        "pid": one.row.thread,
        "name": name,
        "person": one.person,
        "text": one.text,
        "at": one.row.said_at,
        "changed_at": one.row.written_at if one.row.version > 1 else None,
        "withdrawn_at": one.row.withdrawn_at,
        "url": address if one.mine or one.may_end else "",
        "mine": one.mine,
        "privileged": getattr(one.row, "privileged", False),
        "circle": one.circle,
    }


def _heading(request: Looking, subject: Subject) -> dict[str, Any]:
    ours = request.viewer.belongs_to(subject.organisation_id)
    title = subject.public_title
    return {
        "is_campaign": isinstance(subject, Campaign),
        "ours": ours,
        "pid": subject.public_id,
        "title": title if ours else queries.masked(title, queries.whose(subject)),
        "subject_url": reverse(_kind(subject), args=[subject.public_id]),
        "has_sample": subject.is_sample,
        "noindex": True,
    }


def _kind(subject: Subject) -> str:
    return "campaign" if isinstance(subject, Campaign) else "request"


def _address(subject: Subject) -> str:
    return reverse(f"{_kind(subject)}-comments", args=[subject.public_id])


def _back(subject: Subject, to: Audience) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{_address(subject)}?to={to}", status=303)


urlpatterns = [
    path("requests/<slug:pid>/comments/", request_comments, name="request-comments"),
    path("requests/<slug:pid>/comments/<slug:key>/", request_comment, name="request-comment"),
    path("campaigns/<slug:pid>/comments/", campaign_comments, name="campaign-comments"),
    path("campaigns/<slug:pid>/comments/<slug:key>/", campaign_comment, name="campaign-comment"),
]
