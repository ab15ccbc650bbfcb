"""Copies of model letters: the list, and one of them, from which a letter is begun."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import model_letters as acts
from requests_app.actions.refusals import Refused
from requests_app.laws.registry import library
from requests_app.models import Agency, Letter, LetterKind, OwnModel, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.queries import model_letters as queries

from .organisations import add_refusal, redirect
from .paging import page_number, posted, shown
from .shell import Looking, reader_zone


class LaterForm(forms.Form):
    request = forms.CharField(
        label=gettext_lazy("Request of yours"),
        max_length=300,
        help_text=gettext_lazy("The address of its page, or the last piece of it."),
        error_messages={"required": gettext_lazy("Name the request that the letter belongs to.")},
    )
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)


class FirstForm(forms.Form):
    agency = forms.CharField(
        label=gettext_lazy("Agency"),
        max_length=300,
        help_text=gettext_lazy("Its whole name, or the last piece of its page’s address."),
        error_messages={"required": gettext_lazy("Name the agency that is asked.")},
    )
    law = forms.ChoiceField(label=gettext_lazy("Law"), required=False)
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        laws = sorted((queries.law_name(entry.id), entry.id) for entry in library().laws)
        self.fields["law"].choices = [  # type: ignore[attr-defined]
            ("", _("The one that governs them")), *((key, name) for name, key in laws)
        ]  # fmt: skip


@require_safe
@login_required
def index(request: Looking) -> HttpResponse:
    if not request.viewer.roles:
        raise Http404
    rows, number = queries.copied(request.viewer), page_number(request)
    start, total = (number - 1) * queries.PAGE, rows.count()
    lines = [_line(request, row) for row in rows.defer("body")[start : start + queries.PAGE]]
    context = {"page": shown(lines, total=total, number=number, size=queries.PAGE), "noindex": True}
    return render(request, "coalitions/own_models.html", context)


def _line(request: Looking, row: OwnModel) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": row.title,
        "kind": row.get_kind_display(),
        "law": queries.law_name(row.law_id) if row.law_id else "",
        "by": row.by_partner,
        "on": row.copied_at.astimezone(reader_zone(request)),
        "copied_by": str(row.copied_by or ""),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: Looking, key: str) -> HttpResponse:
    row = queries.copied(request.viewer).filter(public_id=key).first()
    if row is None:
        raise Http404
    may_write = request.viewer.may_edit(row.organisation_id)
    first = row.kind == LetterKind.REQUEST
    kind: type[forms.Form] = FirstForm if first else LaterForm
    form, status = kind(initial={"once": public_id()}), 200
    if request.method == "POST":
        if not may_write:
            raise Http404
        if posted(request, "act") == "throw":
            acts.throw_away(viewer=request.viewer, own=row)
            messages.success(request, _("The copy of “%(title)s” is gone.") % {"title": row.title})
            return redirect("own-models")
        form, status = kind(request.POST), 400
        if form.is_valid():
            try:
                return redirect("letter", _begun(request, row, form.cleaned_data).public_id)
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
    context = {
        "model": _line(request, row),
        "subject": row.subject,
        "body": row.body,
        "may_write": may_write,
        "first": first,
        "form": form,
        "form_failed": status != 200,
        "noindex": True,
    }
    return render(request, "coalitions/own_model.html", context, status=status)


def _begun(request: Looking, row: OwnModel, given: dict[str, Any]) -> Letter:
    if row.kind == LetterKind.REQUEST:
        return acts.begin_request(
            viewer=request.viewer, own=row, agency=agency_called(given["agency"]), law_id=given["law"],
            actor=request.user, once=given["once"],
        )  # fmt: skip
    rows = RecordsRequest.objects.of_organisation(request.viewer).filter(organisation=row.organisation_id)
    # The address of its page is what people have at hand.
    key = given["request"].rstrip("/").rpartition("/")[2]
    found = (
        rows.select_related("agency", "organisation", "custodian", "campaign").filter(public_id=key).first()
    )
    if found is None:
        raise Refused(
            "request_unknown",
            _("You have no request with this address. Copy it from the request’s page."),
            field="request",
        )
    return acts.begin_letter(
        viewer=request.viewer, own=row, records_request=found, actor=request.user, once=given["once"]
    )


def agency_called(said: str) -> Agency:
    """By the name in its address, or by its whole name where no other bears it."""
    words = said.replace("\x00", "").strip()[:300]
    found = Agency.objects.select_related("merged_into").filter(slug=words).first()
    named = list(Agency.objects.surviving().filter(name__iexact=words)[:2]) if found is None and words else []
    if found is None and len(named) == 1:
        found = named[0]
    if found is None:
        raise Refused(
            "agency_unknown",
            _("Several agencies have this name. Write the one in its page’s address.")
            if named
            else _("No agency has this name. Look it up under Agencies, and copy its name."),
            field="agency",
        )
    return found.merged_into or found
