"""Publishing: what the public would see, the checklist, the embargo, the consent, and the way back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import publishing as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.shares import Grants
from requests_app.models import Campaign, Organisation, Publication, RecordsRequest, Share
from requests_app.queries import publishing as query
from requests_app.queries.publishing import Looked, Subject

from . import campaigns, request_page
from .current import current_organisation
from .organisations import add_refusal
from .paging import page_number, posted, shown
from .reauthentication import proof_first
from .requests import invented
from .shell import Looking, reader_zone

PER_PAGE = 50
# Asked of an owner who just proved who they are.
OWNERS_ACTS = ("agree", "publish", "extend", "unpublish")
ITEMS = {
    "titles": gettext_lazy("Titles of the requests, of their parts and of the campaign"),
    "letters": gettext_lazy("Letters and replies"),
    "metadata": gettext_lazy("Names of the files"),
}
MASKED = {
    "name": gettext_lazy("names"), "address": gettext_lazy("addresses"), "email": gettext_lazy("e-mail addresses"),
    "phone": gettext_lazy("telephone numbers"), "signature": gettext_lazy("signatures"),
}  # fmt: skip
SUSPECT = {
    "social_security": gettext_lazy("social security numbers"), "birth": gettext_lazy("dates of birth"),
    "card": gettext_lazy("card numbers"), "phone": gettext_lazy("telephone numbers"),
    "home": gettext_lazy("words about a home"), "minor": gettext_lazy("words about children"),
}  # fmt: skip


class EmbargoFields(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Embargo until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write a day, such as 2026-06-30.")},
    )  # fmt: skip
    hour = forms.TimeField(
        label=gettext_lazy("Hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write an hour, such as 09:00.")},
    )  # fmt: skip
    zone = forms.CharField(label=gettext_lazy("Time zone"), required=False, max_length=64)

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip()
        try:
            return ZoneInfo(zone).key if zone else ""
        except (KeyError, ValueError, OSError):
            raise forms.ValidationError(_("Choose a time zone, such as America/Chicago.")) from None

    def until(self) -> dt.datetime | None:
        day = self.cleaned_data.get("day")
        if day is None:
            return None
        hour = self.cleaned_data.get("hour") or dt.time(9)
        return dt.datetime.combine(day, hour, ZoneInfo(self.cleaned_data.get("zone") or "UTC"))


class ProposeForm(EmbargoFields):
    correspondence = forms.BooleanField(
        label=gettext_lazy("Letters, numbers and fees"), required=False,
        help_text=gettext_lazy("Names and addresses of whoever asked are taken out."),
    )  # fmt: skip
    documents = forms.BooleanField(label=gettext_lazy("Released documents"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why now"), required=False, max_length=500)
    by_itself = forms.BooleanField(
        label=gettext_lazy("Publish it by itself when the embargo ends"), required=False,
        help_text=gettext_lazy("Without this, an owner publishes it by hand after that day."),
    )  # fmt: skip
    field_order = ("correspondence", "documents", "reason", "day", "hour", "zone", "by_itself")


def _subject(request: Looking, kind: str, pid: str) -> Subject:
    """One that the viewer edits. Missing, strange and only read are one answer."""
    table: Any = Campaign if kind == "campaign" else RecordsRequest
    rows = table.objects.visible_to(request.viewer).editable_by(request.viewer).select_related("organisation")
    found: Subject | None = (rows.select_related("agency") if kind == "request" else rows).filter(public_id=pid).first()
    if found is None:
        raise Http404
    return found


def _kind(subject: Subject) -> str:
    return "campaign" if isinstance(subject, Campaign) else "request"


def _publish(request: Looking, kind: str, pid: str) -> HttpResponse:
    subject = _subject(request, kind, pid)
    act = posted(request, "act")
    owners = request.method == "GET" or act in OWNERS_ACTS
    if owners and request.viewer.may_own(subject.organisation_id) and (asked := proof_first(request)):
        return asked
    publication = query.open_publication(request.viewer, subject)
    zone = reader_zone(request).key
    propose, extend = ProposeForm(initial={"zone": zone, "hour": "09:00"}), None
    refused, status = "", 200
    if request.method == "POST":
        if act == "propose":
            propose = ProposeForm(request.POST)
        form: EmbargoFields | None = propose if act == "propose" else None
        if act == "extend":
            form = extend = EmbargoFields(request.POST)
        status = 400
        if form is None or form.is_valid():
            try:
                said = _act(request, subject, publication, act, form)
            except NotYours:
                raise Http404 from None
            except Refused as problem:
                status = problem.status
                if form is not None and problem.field in ("embargo_until", "embargo_zone", *form.fields):
                    names = {"embargo_until": "day", "embargo_zone": "zone"}
                    field = names.get(problem.field, problem.field)
                    add_refusal(form, Refused(problem.code, problem.sentence, field=field))
                else:
                    refused = problem.sentence
            else:
                messages.success(request, said)
                response = HttpResponseRedirect(reverse(f"{kind}-publish", args=[pid]))
                response.status_code = 303
                return response
    context = _context(request, subject, publication, propose, extend)
    context |= {"refused": refused, "form_failed": status != 200}
    return render(request, "publish.html", context, status=status)


def _act(
    request: Looking, subject: Subject, publication: Publication | None, act: str, form: EmbargoFields | None
) -> str:
    who: dict[str, Any] = {"viewer": request.viewer, "actor": request.user}
    if act == "unpublish":
        acts.unpublish(subject=subject, whole="whole" in request.POST, **who)
        return _("It is no longer public.")
    if act == "propose" and form is not None:
        given = form.cleaned_data
        acts.propose(
            subject=subject, now=request.now, reason=given["reason"], embargo_until=form.until(),
            embargo_zone=given["zone"], by_itself=given["by_itself"],
            grants=Grants(correspondence=given["correspondence"], documents=given["documents"]), **who,
        )  # fmt: skip
        return _("Proposed. Owners find it in their inbox.")
    if publication is None:
        raise Refused("decided", _("Somebody has decided on it meanwhile. Look again."), status=409)
    match act:
        case "confirm":
            seen = dict(one.split("|", 1) for one in request.POST.getlist("seen") if "|" in one)
            n = acts.confirm(publication=publication, seen=seen, **who)
            return ngettext("%(n)d line is looked at.", "%(n)d lines are looked at.", n) % {"n": n}
        case "agree":
            made = acts.agree(publication=publication, now=request.now, **who)
            return _("It is public now.") if made.state == "published" else _("Agreed. It waits for its embargo.")
        case "publish":
            acts.publish_now(publication=publication, now=request.now, **who)
            return _("It is public now.")
        case "extend" if form is not None:
            until = form.until()
            if until is None:
                raise Refused("embargo_missing", _("Say until when it waits."), field="embargo_until")
            acts.extend(publication=publication, embargo_until=until, now=request.now, **who)
            return _("The embargo is extended.")
        case "withdraw":
            acts.withdraw(publication=publication, **who)
            return _("Taken back. Nothing became public.")
    raise Refused("act_unknown", _("Choose what to do."))


def _context(
    request: Looking, subject: Subject, publication: Publication | None, propose: ProposeForm, extend: Any
) -> dict[str, Any]:
    kind = _kind(subject)
    may_own = request.viewer.may_own(subject.organisation_id)
    shares, own = list(query.public_shares(subject)), query.own_public_share(subject)
    if not may_own:
        del propose.fields["by_itself"]
    context: dict[str, Any] = {
        "kind": kind,
        "subject": {
            "public_id": subject.public_id, "title": subject.public_title,
            "url": reverse(kind, args=[subject.public_id]),
            "preview_url": reverse(f"{kind}-preview", args=[subject.public_id]),
            "agency": subject.agency.name if isinstance(subject, RecordsRequest) else "",
        },
        "may_own": may_own,
        "two": Organisation.objects.filter(pk=subject.organisation_id, two_to_publish=True).exists(),
        "public": [
            {"words": _level(one), "by_campaign": one.campaign_id is not None and kind == "request"} for one in shares
        ],
        "alone": query.published_alone(subject) if isinstance(subject, Campaign) and shares else 0,
        "propose": propose,
        "may_propose": own is None or not query.covers(own, Share(correspondence=True, documents=True)),
        "noindex": True,
        "has_sample": subject.is_sample if isinstance(subject, Campaign) else invented(subject),
    }  # fmt: skip
    if publication is not None and publication.state in ("proposed", "agreed"):
        rows = query.looked_at(publication)
        zone = ZoneInfo(publication.embargo_zone or "UTC")
        until = publication.embargo_until
        context["publication"] = {
            **_row(publication, request),
            "preview_query": "&".join(name for name in ("correspondence", "documents") if getattr(publication, name)),
            "items": [_item(one) for one in rows],
            "all_done": all(one.done for one in rows),
            "own": publication.proposed_by_id == request.user.pk,
            "may_publish": may_own and publication.state == "agreed" and (until is None or request.now >= until),
            "may_extend": may_own and until is not None and request.now < until,
        }
        if until is not None:
            ends = until.astimezone(zone)
            start = {"day": ends.date(), "hour": ends.time().strftime("%H:%M"), "zone": zone.key}
            context["extend"] = extend or EmbargoFields(initial=start)
    context["form"] = extend if extend is not None and extend.errors else propose
    return context


def _level(found: Any) -> str:
    words = [_("status")]
    if found.correspondence:
        words.append(_("letters"))
    if found.documents:
        words.append(_("documents"))
    return ", ".join(words)


def _row(found: Publication, request: Looking) -> dict[str, Any]:
    kind = "campaign" if found.campaign_id else "request"
    zone = ZoneInfo(found.embargo_zone or "UTC")
    return {
        "url": reverse(f"{kind}-publish", args=[found.subject.public_id]),
        "title": found.subject.public_title,
        "kind": _("Campaign") if kind == "campaign" else _("Request"),
        "level": _level(found),
        "state": found.state,
        "by": str(found.proposed_by or _("somebody who left")),
        "at": found.proposed_at.astimezone(reader_zone(request)),
        "agreed_by": str(found.agreed_by or "") if found.agreed_at else "",
        "reason": found.reason,
        "until": found.embargo_until.astimezone(zone) if found.embargo_until else None,
        "zone": zone.key,
        "by_itself": found.by_itself,
        "over": found.embargo_until is not None and request.now >= found.embargo_until,
    }


def _item(one: Looked) -> dict[str, Any]:
    item = one.item
    return {
        "value": f"{item.key}|{item.fingerprint}",
        "id": f"item-{item.key.replace(':', '-')}",
        "words": ITEMS.get(item.key) or item.name,
        "n": item.n if item.key in ITEMS else 0,
        "masked": _counted(item.masked, MASKED),
        "suspect": _counted(item.suspect, SUSPECT),
        "blocks": item.blocks,
        "done": one.done,
        "stale": one.stale,
        "by": str(one.check.person or "") if one.check else "",
        "at": one.check.at if one.check else None,
    }


def _counted(found: dict[str, int], words: dict[str, Any]) -> str:
    return ", ".join(f"{words[kind]}: {n}" for kind, n in found.items())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_publish(request: Looking, pid: str) -> HttpResponse:
    return _publish(request, "request", pid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_publish(request: Looking, pid: str) -> HttpResponse:
    return _publish(request, "campaign", pid)


def _preview(request: Looking, kind: str, pid: str) -> HttpResponse:
    """The very page of the public, drawn by the view that draws it for everybody, from rows that are taken back."""
    subject = _subject(request, kind, pid)
    grants = Grants(correspondence="correspondence" in request.GET, documents="documents" in request.GET)
    mine = request.viewer
    request.preview_published = query.public_shares(subject).exists()  # type: ignore[attr-defined]
    with acts.as_the_public(viewer=mine, subject=subject, grants=grants) as eyes:
        request.viewer = eyes
        request.preview_back = reverse(f"{kind}-publish", args=[pid])  # type: ignore[attr-defined]
        view = campaigns.campaign if kind == "campaign" else request_page.request_page
        try:
            response = view(request, pid)
        finally:
            request.viewer = mine
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_safe
def request_preview(request: Looking, pid: str) -> HttpResponse:
    return _preview(request, "request", pid)


@login_required
@require_safe
def campaign_preview(request: Looking, pid: str) -> HttpResponse:
    return _preview(request, "campaign", pid)


@login_required
@require_safe
def index(request: Looking) -> HttpResponse:
    organisation_id = current_organisation(request)
    if organisation_id is None or not request.viewer.may_own(organisation_id):
        raise Http404
    rows = query.waiting(request.viewer, organisation_id)
    total, number = rows.count(), page_number(request)
    number = min(number, max(1, -(-total // PER_PAGE)))
    found = [_row(one, request) for one in rows[(number - 1) * PER_PAGE : number * PER_PAGE]]
    context = {
        "rows": found, "page": shown(found, total=total, number=number, size=PER_PAGE), "noindex": True,
        "two": Organisation.objects.filter(pk=organisation_id, two_to_publish=True).exists(),
    }  # fmt: skip
    return render(request, "publishing.html", context)


urlpatterns = [
    path("publishing/", index, name="publishing"),
    path("requests/<slug:pid>/publish/", request_publish, name="request-publish"),
    path("requests/<slug:pid>/publish/preview/", request_preview, name="request-preview"),
    path("campaigns/<slug:pid>/publish/", campaign_publish, name="campaign-publish"),
    path("campaigns/<slug:pid>/publish/preview/", campaign_preview, name="campaign-preview"),
]
