"""What an organization recorded of a fusion center: written by editors, published by owners, read by its members."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import center_claims as acts
from requests_app.actions.refusals import Refused
from requests_app.kits.centers import TESTS
from requests_app.models import (
    Agency,
    AgencyKind,
    CenterClaim,
    ClaimStatus,
    Document,
    FactField,
    Finding,
    Organisation,
    Recommendation,
)
from requests_app.models.ids import public_id
from requests_app.queries.centers import told_of

from .center_words import one_told, tests
from .current import current_organisation
from .paging import posted
from .shell import Looking

MOST_DOCUMENTS, MOST_CLAIMS = 200, 200
TOPIC_WORDS = dict([*FactField.choices, *Recommendation.choices])


class ClaimForm(forms.Form):
    topic = forms.ChoiceField(label=gettext_lazy("What it is about"))
    finding = forms.ChoiceField(
        label=gettext_lazy("Of a recommendation: what the source says"), required=False,
        choices=[("", "–"), *Finding.choices],
    )  # fmt: skip
    value = forms.CharField(
        label=gettext_lazy("In words"), required=False, max_length=acts.VALUE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Of a fact what it is; beside a recommendation what it rests on."),
    )  # fmt: skip
    status = forms.ChoiceField(
        label=gettext_lazy("How it is known"),
        choices=[one for one in ClaimStatus.choices if one[0] != ClaimStatus.ASKED],
    )
    citation = forms.CharField(
        label=gettext_lazy("Source, as one cites it"), max_length=acts.CITATION_MAX,
        error_messages={"required": gettext_lazy("Name the source.")},
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Address of the source"), required=False, max_length=acts.ADDRESS_MAX
    )
    document = forms.ChoiceField(label=gettext_lazy("Document of ours that says so"), required=False)
    page = forms.CharField(label=gettext_lazy("Page"), required=False, max_length=acts.PAGE_MAX)
    from_on = forms.DateField(
        label=gettext_lazy("Day, or the first of several"), widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Give the day it was so.")},
    )  # fmt: skip
    until_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, documents: dict[str, Document], topic: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = documents
        topics: Any = [(_("Facts"), FactField.choices), (_("Twelve recommendations"), Recommendation.choices)]
        self.fields["topic"].choices = [(topic, TOPIC_WORDS[topic])] if topic else topics  # type: ignore[attr-defined]
        kept = [(key, row.title) for key, row in documents.items()]
        self.fields["document"].choices = [("", "–"), *kept]  # type: ignore[attr-defined]

    def said(self) -> acts.Said:
        given = dict(self.cleaned_data)
        given.pop("once")
        return acts.Said(**(given | {"document": self.documents.get(given["document"])}))


def _center(request: Looking, slug: str) -> tuple[Agency, Organisation]:
    here = current_organisation(request)
    center = get_object_or_404(Agency.objects.surviving(), slug=slug, kind=AgencyKind.FUSION_CENTER)
    if here is None:
        raise Http404
    return center, Organisation.objects.get(pk=here)


def _documents(request: Looking, center: Agency, home: Organisation) -> dict[str, Document]:
    rows = Document.objects.of_organisation(request.viewer).filter(
        organisation=home, request__agency=center, withdrawn_at=None, privileged=False
    )
    return {row.public_id: row for row in rows.order_by("-pk")[:MOST_DOCUMENTS]}


def _shown(row: Any, request: Looking) -> dict[str, Any]:
    return {
        "topic": TOPIC_WORDS[row.topic],
        "told": one_told(told_of(row)),
        "url": reverse("center-claim", args=[row.agency.slug, row.public_id]),
        "public": row.published_at is not None,
        "replaced": row.superseded_at is not None,
        "withdrawn": row.withdrawn_because,
        "stands": row.superseded_at is None and row.withdrawn_at is None,
        "tests": tests(TESTS[row.topic]),
        "may_change": request.viewer.may_own(row.organisation_id)
        or (row.published_at is None and request.viewer.may_edit(row.organisation_id)),
        "may_publish": request.viewer.may_own(row.organisation_id) and row.published_at is None,
    }


def _rows(request: Looking) -> Any:
    rows = CenterClaim.objects.visible_to(request.viewer).select_related("agency")
    return rows.annotate(document_key=F("document__public_id"), request_key=F("document__request__public_id"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claims(request: Looking, slug: str) -> HttpResponse:
    center, home = _center(request, slug)
    may_write = request.viewer.may_edit(home.pk)
    form = ClaimForm(request.POST or None, documents=_documents(request, center, home), initial={"once": public_id()})
    refused, status = "", 200
    if request.method == "POST":
        if not may_write:
            raise Http404
        status = 400
        if form.is_valid():
            try:
                made = acts.record(
                    viewer=request.viewer, organisation=home, agency=center, said=form.said(), actor=request.user,
                    once=form.cleaned_data["once"], today=_today(request, center),
                )  # fmt: skip
                messages.success(request, _("Recorded. Nobody outside reads it before an owner publishes it."))
                return redirect("center-claim", slug=slug, pid=made.public_id)
            except Refused as refusal:
                refused = _tell(form, refusal)
    rows = _rows(request).filter(organisation=home, agency=center).order_by("-pk")[:MOST_CLAIMS]
    context = {
        "agency": {"name": center.name, "url": reverse("agency", args=[slug]), "is_sample": center.is_sample},
        "rows": [_shown(row, request) for row in rows],
        "form": form if may_write else None,
        "refused": refused, "form_failed": status >= 400, "has_sample": center.is_sample, "noindex": True,
    }  # fmt: skip
    return render(request, "center_claims.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: Looking, slug: str, pid: str) -> HttpResponse:
    center, home = _center(request, slug)
    row = get_object_or_404(_rows(request), organisation=home, agency=center, public_id=pid)
    shown = _shown(row, request)
    start = {
        name: getattr(row, name)
        for name in ("topic", "finding", "value", "status", "citation", "address", "page", "from_on", "until_on")
    } | {"document": row.document_key, "once": public_id()}
    documents = _documents(request, center, home)
    act = posted(request, "act")
    given = request.POST if act == "replace" else None
    form = ClaimForm(given, documents=documents, topic=row.topic, initial=start)
    refused, status = "", 200
    if request.method == "POST":
        if not request.viewer.may_edit(home.pk):
            raise Http404
        try:
            done = _act(request, row, act, form, _today(request, center))
            if done is not None:
                return redirect("center-claim", slug=slug, pid=done.public_id)
            status = 400
        except Refused as refusal:
            refused, status = _tell(form, refusal) if act == "replace" else refusal.sentence, refusal.status
    context = {
        "agency": {"name": center.name, "url": reverse("agency", args=[slug]), "is_sample": center.is_sample},
        "claims_url": reverse("center-claims", args=[slug]),
        "claim": shown,
        "form": form if shown["may_change"] and shown["stands"] else None,
        "refused": refused, "form_failed": status >= 400, "has_sample": center.is_sample, "noindex": True,
    }  # fmt: skip
    return render(request, "center_claim.html", context, status=status)


def _act(request: Looking, row: CenterClaim, act: str, form: ClaimForm, today: Any) -> CenterClaim | None:
    who: Any = {"viewer": request.viewer, "claim": row, "actor": request.user}
    match act:
        case "publish":
            acts.publish(**who)
            messages.success(request, _("Published: everybody reads it."))
            return row
        case "withdraw":
            acts.withdraw(**who, reason=posted(request, "reason", 1000))
            messages.success(request, _("Withdrawn. Your own people still read it, with the reason."))
            return row
        case "replace":
            if not form.is_valid():
                return None
            made = acts.supersede(**who, said=form.said(), once=form.cleaned_data["once"], today=today)
            messages.success(request, _("Replaced."))
            return made
    raise Refused("act_unknown", _("Choose what to do with it: publish, replace or withdraw."), field="act")


def _tell(form: ClaimForm, refusal: Refused) -> str:
    """Beside its field where there is one, else above the form."""
    if refusal.field in form.fields:
        form.add_error(refusal.field, refusal.sentence)
        return ""
    return refusal.sentence


def _today(request: Looking, center: Agency) -> Any:
    return request.now.astimezone(ZoneInfo(center.zone)).date()


urlpatterns = [
    path("agencies/<slug:slug>/claims/", claims, name="center-claims"),
    path("agencies/<slug:slug>/claims/<slug:pid>/", claim, name="center-claim"),
]
