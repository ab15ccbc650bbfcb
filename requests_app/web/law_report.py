"""What is wrong with a law of ours: a form for anybody, without a sign-in and without a script."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions.law_reports import LONGEST, reference_of, report_law
from requests_app.actions.refusals import Refused
from requests_app.clock.rules import LawVersion

from .law_words import facts_of, find
from .shell import Looking, reader_day
from .slow_down import slow_down

MOST_AN_HOUR = 5
SALT = "law-report"


class LawReportForm(forms.Form):
    """`website` is a trap: people do not see it, programs fill it in."""

    clock = forms.ChoiceField(label=gettext_lazy("What it is about"), required=False)
    problem = forms.CharField(
        label=gettext_lazy("What is wrong"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("What the page says, and what the law says instead."),
        error_messages={"required": gettext_lazy("Say in a sentence what is wrong.")},
    )
    source_url = forms.CharField(
        label=gettext_lazy("Where it stands"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("The address of the statute, rule or decision, if you have it."),
    )
    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy(
            "Only for a question back. Only the operators of this site see it; it is erased when the report is settled."
        ),
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    law_ref = forms.CharField(widget=forms.HiddenInput, required=False)
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, version: LawVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clocks = [(rule.id, rule.name) for rule in version.rules]
        self.fields["clock"].choices = [("", _("The page as a whole")), *clocks]  # type: ignore[attr-defined]
        self.fields["clock"].error_messages["invalid_choice"] = _(
            "This clock is not on the page. Choose one of the list."
        )


@require_http_methods(["GET", "HEAD", "POST"])
def law_report(request: Looking, law_id: str) -> HttpResponse:
    ref = request.POST.get("law_ref", "") if request.method == "POST" else request.GET.get("version", "")
    entry, version = find(law_id, ref)
    if request.method == "POST":
        return _taken(request, law_id, version)
    sent = request.GET.get("sent", "")
    context: dict[str, Any] = {
        "law": facts_of(entry, version, reader_day(request)),
        "reference": _reference(sent) if sent else "",
    }
    if not sent:
        clock = request.GET.get("clock", "")
        start: dict[str, Any] = {
            "clock": clock if clock in version.by_id else "",
            "law_ref": version.ref,
            "once": secrets.token_urlsafe(18),
        }
        context["form"] = LawReportForm(initial=start, version=version)
    return render(request, "law_report.html", context)


def _taken(request: Looking, law_id: str, version: LawVersion) -> HttpResponse:
    form = LawReportForm(request.POST, version=version)
    status = 400
    if form.is_valid():
        given = form.cleaned_data
        once = given["once"] or secrets.token_urlsafe(18)
        if given["website"]:
            # A program gets the page that a person gets, and learns nothing.
            return _thanks(law_id, reference_of(once))
        try:
            slow_down(request, SALT, once, MOST_AN_HOUR)
            reference = report_law(
                law_ref=version.ref,
                clock=given["clock"],
                problem=given["problem"],
                source_url=given["source_url"],
                email=given["email"],
                once=once,
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
            status = refused.status
        else:
            return _thanks(law_id, reference)
    entry, _version = find(law_id, version.ref)
    context: dict[str, Any] = {
        "law": facts_of(entry, version, reader_day(request)),
        "form": form,
        "form_failed": True,
    }
    return render(request, "law_report.html", context, status=status)


def _thanks(law_id: str, reference: str) -> HttpResponseRedirect:
    signed = Signer(salt=SALT).sign(reference)
    return HttpResponseRedirect(f"{reverse('law-report', args=[law_id])}?sent={signed}")


def _reference(signed: str) -> str:
    """Only a reference that this site gave out is thanked for."""
    try:
        return Signer(salt=SALT).unsign(signed)
    except BadSignature:
        raise Http404 from None
