"""Report an error on a public page, ask for removal, or answer for an agency: a form for anybody, without a script."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode, urlsplit

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, path, resolve, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import reports as acts
from requests_app.actions.refusals import Refused
from requests_app.laws.errors import Refused as NoAnswer
from requests_app.laws.registry import library
from requests_app.models import SubjectKind
from requests_app.queries.reports import ANOTHER_PAGE, Subject, subject_for_the_public

from .organisations import add_refusal
from .paging import param
from .shell import Looking
from .slow_down import slow_down

MOST_AN_HOUR = 5
SALT = "public-report"
# How the routes of a subject's public pages begin, and by which name they carry its id.
PAGES_OF = (
    ("request", "pid", SubjectKind.REQUEST), ("document", "pid", SubjectKind.DOCUMENT),
    ("campaign", "pid", SubjectKind.CAMPAIGN), ("agency", "slug", SubjectKind.AGENCY),
    ("law", "law_id", SubjectKind.LAW),
)  # fmt: skip
FIGURES = ("dashboard", "method", "statistics")
WANTS = (
    ("error", gettext_lazy("Something on the page is wrong")),
    ("removal", gettext_lazy("Something should be removed")),
    ("answer", gettext_lazy("I answer for this agency, and this is our statement")),
)
ASKERS = (
    ("person", gettext_lazy("A private person who is named or shown")),
    ("agency", gettext_lazy("An agency")),
    ("requester", gettext_lazy("Whoever made the request")),
    ("other", gettext_lazy("Somebody else")),
)


class ReportForm(forms.Form):
    """`website` is a trap: people do not see it, programs fill it in."""

    wants = forms.ChoiceField(
        label=gettext_lazy("What is it about?"), choices=WANTS, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is about.")},
    )  # fmt: skip
    asked_by = forms.ChoiceField(
        label=gettext_lazy("Who are you in this?"), choices=ASKERS, widget=forms.RadioSelect,
        help_text=gettext_lazy("If something is removed, the page may say this in a word. It never says your name."),
        error_messages={"required": gettext_lazy("Choose who you are in this.")},
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("What is wrong, or what should be removed, and why"),
        max_length=acts.LONGEST, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("For an agency: your statement, as it is to be published."),
        error_messages={"required": gettext_lazy("Say in a sentence what it is.")},
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Your name"), required=False, max_length=acts.NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"), required=False, max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy(
            "Needed for a removal and for a statement, so that somebody can answer you. Name and address are read "
            "only by whoever decides, and erased after that."
        ),
    )  # fmt: skip
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"), required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    about = forms.CharField(widget=forms.HiddenInput, required=False)
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean_about(self) -> str:
        return page_of(str(self.cleaned_data["about"]))


def page_of(given: str) -> str:
    """A path of this site with its query, or the front page: never a whole address, which could be somebody else's."""
    parts = urlsplit(given[: acts.PATH_MAX].replace("\x00", "").replace("\\", "/"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or not parts.path.isprintable():
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def subject_at(page: str) -> Subject:
    """What a page is about, if the public sees it now; else another page, whatever stands behind it."""
    try:
        found = resolve(urlsplit(page).path)
    except Resolver404:
        return ANOTHER_PAGE
    route = (found.url_name or "").removeprefix("api-")
    if route.startswith(FIGURES):
        return Subject(SubjectKind.STATISTIC, "", None)
    for begins, key, kind in PAGES_OF:
        if key in found.kwargs and (route == begins or route.startswith(f"{begins}-")):
            asked = str(found.kwargs[key])
            if kind == SubjectKind.LAW and not _is_law(asked):
                return ANOTHER_PAGE
            return subject_for_the_public(kind, asked)
    return ANOTHER_PAGE


def _is_law(law_id: str) -> bool:
    try:
        library().law(law_id)
    except NoAnswer:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: Looking) -> HttpResponse:
    if request.method == "POST":
        return _taken(request)
    sent = request.GET.get("sent", "")
    if sent:
        return render(request, "report.html", {"reference": _reference(sent)})
    about = page_of(param(request, "about", acts.PATH_MAX))
    asked = param(request, "wants")
    start = {"about": about, "once": secrets.token_urlsafe(18), "wants": asked if asked in dict(WANTS) else None}
    return render(request, "report.html", {"about": about, "form": ReportForm(initial=start)})


def _taken(request: Looking) -> HttpResponse:
    form, status = ReportForm(request.POST), 400
    if form.is_valid():
        given = dict(form.cleaned_data)
        once = given.pop("once") or secrets.token_urlsafe(18)
        if given.pop("website"):
            # A program gets the page that a person gets, and learns nothing.
            return _thanks(acts.reference_of(once))
        about = given.pop("about")
        try:
            slow_down(request, SALT, once, MOST_AN_HOUR)
            reference = acts.take(subject=subject_at(about), path=about, once=once, **given)
        except Refused as refused:
            add_refusal(form, refused)
            status = refused.status
        else:
            return _thanks(reference)
    about = page_of(request.POST.get("about", ""))
    return render(request, "report.html", {"about": about, "form": form, "form_failed": True}, status=status)


def _thanks(reference: str) -> HttpResponseRedirect:
    query = urlencode({"sent": Signer(salt=SALT).sign(reference)})
    response = HttpResponseRedirect(f"{reverse('report-page')}?{query}")
    response.status_code = 303
    return response


def _reference(signed: str) -> str:
    """Only a reference that this site gave out is thanked for."""
    try:
        return Signer(salt=SALT).unsign(signed)
    except BadSignature:
        raise Http404 from None


urlpatterns = [path("report/", report_page, name="report-page")]
