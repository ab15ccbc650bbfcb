"""An organization's own kits: begun as a copy, written in versions, tried against an agency before they are ready."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import own_kits
from requests_app.kits.errors import KitFileError
from requests_app.kits.fields import FIELDS
from requests_app.kits.registry import kits
from requests_app.laws.errors import Refused
from requests_app.models import Agency, Organisation, OrganisationKit, OrganisationKitVersion
from requests_app.models.ids import public_id
from requests_app.queries import kit_sheet, letter_words
from requests_app.queries import letters as letter_query
from requests_app.queries import own_kits as query

from . import own_kit_form
from .current import current_organisation
from .filing import _today
from .paging import param
from .shell import Looking


class NewForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=own_kits.NAME_MAX,
        error_messages={"required": gettext_lazy("Give the kit a name.")},
    )  # fmt: skip
    copy_from = forms.ChoiceField(label=gettext_lazy("Begin from"))
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copy_from"].choices = [(one.id, one.name) for one in kits()]  # type: ignore[attr-defined]


class TextForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=own_kits.NAME_MAX)
    text = forms.CharField(
        label=gettext_lazy("The kit"), max_length=query.LONGEST, strip=False,
        widget=forms.Textarea(attrs={"rows": 34, "spellcheck": "true", "wrap": "off"}),
        help_text=gettext_lazy("Parts, their narrower alternatives, and fields in braces such as {agency}."),
    )  # fmt: skip
    seen = forms.RegexField(r"^\d{1,9}\.\d{1,9}\Z", widget=forms.HiddenInput)


@login_required
@require_safe
def index(request: Looking) -> HttpResponse:
    here = current_organisation(request)
    if here is None:
        raise Http404
    rows = OrganisationKit.objects.visible_to(request.viewer).filter(organisation_id=here)
    versions: dict[int, list[OrganisationKitVersion]] = {}
    for one in OrganisationKitVersion.objects.visible_to(request.viewer).filter(kit__in=rows).defer("text"):
        versions.setdefault(one.kit_id, []).append(one)
    context = {
        "kits": [
            {
                "name": row.name, "url": reverse("own-kit", args=[row.public_id]), "retired": row.retired,
                "ready": max((v.number for v in versions[row.pk] if v.state == "ready"), default=None),
                "drafted": any(v.state == "draft" for v in versions[row.pk]),
                "on": max(v.made_at for v in versions[row.pk]).date(),
            }
            for row in rows.order_by("retired", "name")
        ],
        "may_write": request.viewer.may_edit(here),
        "noindex": True,
    }  # fmt: skip
    return render(request, "own_kits.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Looking) -> HttpResponse:
    here = current_organisation(request)
    if here is None or not request.viewer.may_edit(here):
        raise Http404
    start = {"once": public_id(), "copy_from": request.GET.get("copy", "")[:80]}
    form = NewForm(request.POST or None, initial=start)
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = own_kits.begin(
                    viewer=request.viewer, organisation=Organisation.objects.get(pk=here), actor=request.user,
                    **form.cleaned_data,
                )  # fmt: skip
                return redirect("own-kit", pid=made.public_id)
            except Refused as refusal:
                refused, status = refusal.sentence, getattr(refusal, "status", 400)
    context = {"form": form, "refused": refused, "form_failed": status >= 400, "noindex": True}
    return render(request, "own_kit_new.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Looking, pid: str) -> HttpResponse:
    rows = OrganisationKit.objects.visible_to(request.viewer).select_related("organisation")
    kit: OrganisationKit = get_object_or_404(rows, public_id=pid)
    may_write = request.viewer.may_edit(kit.organisation_id)
    newest = kit.versions.order_by("-number").first()
    assert newest is not None
    start = {"name": kit.name, "text": newest.text, "seen": own_kits.seen_of(newest)}
    form, problems, refused, theirs, status = TextForm(initial=start), [], "", None, 200
    sheet, wrong = kit_sheet.sheet_of(newest.text), dict[str, list[str]]()
    if request.method == "POST":
        if not may_write:
            raise Http404
        if request.POST.get("step") in ("retire", "restore"):
            retired = request.POST["step"] == "retire"
            own_kits.retire(viewer=request.viewer, kit=kit, actor=request.user, retired=retired)
            return redirect("own-kit", pid=pid)
        step, data = request.POST.get("step", ""), request.POST.dict()
        if "sheet" in request.POST:
            standing = kit_sheet.sheet_of(newest.text) or kit_sheet.Sheet()
            sheet = kit_sheet.moved(own_kit_form.posted(request, standing), step)
            data["text"] = kit_sheet.text_of(sheet)
        form, status = TextForm(data), 400
        if "sheet" in request.POST and not step.startswith("sheet-"):
            # A part was added, moved or removed: everything else comes back as typed, and nothing is saved yet.
            status = 200
        elif form.is_valid():
            ready = step in ("ready", "sheet-ready")
            try:
                made = own_kits.save(
                    viewer=request.viewer, kit=kit, actor=request.user, ready=ready, **form.cleaned_data
                )
                messages.success(
                    request,
                    _("Version %(n)d is ready: letters are written from it.") % {"n": made.number}
                    if ready
                    else _("Saved as a draft."),
                )
                return redirect("own-kit", pid=pid)
            except own_kits.NotReady as refusal:
                problems = refusal.problems
                wrong = kit_sheet.wrong_with(sheet) if sheet is not None and "sheet" in request.POST else {}
                refused = _("The kit is not ready yet. Mend the lines below, or save it as a draft.")
            except Refused as refusal:
                refused, status = refusal.sentence, getattr(refusal, "status", 400)
                if status == 409:
                    newest.refresh_from_db()
                    theirs = {"by": str(newest.made_by or _("Somebody")), "text": newest.text}
                    form = TextForm({**data, "seen": own_kits.seen_of(newest)})
                    form.is_valid()
    context = {
        "kit": {"name": kit.name, "url": reverse("own-kit", args=[pid]), "retired": kit.retired,
                "by_partner": kit.by_partner, "preview_url": reverse("own-kit-preview", args=[pid])},
        "versions": [
            {"number": v.number, "ready": v.state == "ready", "on": v.made_at.date(), "by": str(v.made_by or "")}
            for v in kit.versions.select_related("made_by").defer("text").order_by("-number")
        ],
        "form": form,
        "sheet": own_kit_form.shown(sheet, wrong) if sheet is not None and may_write else sheet,
        "kit_name": form["name"].value(),
        "seen": form["seen"].value(),
        "as_text": sheet is None or (request.method == "POST" and "sheet" not in request.POST),
        "theirs": theirs,
        "problems": problems,
        "refused": refused,
        "fields": FIELDS.items(),
        "may_write": may_write,
        "draft": newest.state == "draft",
        "form_failed": status >= 400,
        "noindex": True,
    }  # fmt: skip
    return render(request, "own_kit.html", context, status=status)


@login_required
@require_safe
def preview(request: Looking, pid: str) -> HttpResponse:
    """The newest text as a letter to an agency, ready or not."""
    rows = OrganisationKit.objects.visible_to(request.viewer).select_related("organisation")
    kit: OrganisationKit = get_object_or_404(rows, public_id=pid)
    newest = kit.versions.order_by("-number").first()
    assert newest is not None
    asked = param(request, "agency", 300)
    agencies = Agency.objects.surviving().filter(kind="fusion_center", is_sample=kit.organisation.is_sample)
    agency = Agency.objects.filter(slug=asked).first() or agencies.order_by("jurisdiction", "name").first()
    problems, made = query.problems(newest.text), None
    if agency is not None:
        try:
            loaded = query.parsed(newest.text, name=kit.name, version=str(newest.number))
            custodian = agency.custodians.exclude(law_id="").order_by("pk").first()
            law_id = (
                custodian.law_id if custodian else letter_query.governing_laws([agency.pk]).get(agency.pk, "")
            )
            askers = letter_words.askers_of(request.viewer, kit.organisation, request.user)
            made = letter_words.write(
                loaded, agency=agency, custodian=custodian, law_id=law_id, asker=askers.under(law_id),
                on=_today(request, agency), channel="email",
            )  # fmt: skip
        except (KitFileError, Refused):
            made = None
    context = {
        "kit": {"name": kit.name, "url": reverse("own-kit", args=[pid])},
        "agency": agency,
        "agencies": agencies.order_by("jurisdiction", "name")[:100],
        "made": made,
        "problems": problems,
        "noindex": True,
    }
    return render(request, "own_kit_preview.html", context)


urlpatterns = [
    path("our-kits/", index, name="own-kits"),
    path("our-kits/new/", new, name="own-kit-new"),
    path("our-kits/<slug:pid>/", one, name="own-kit"),
    path("our-kits/<slug:pid>/preview/", preview, name="own-kit-preview"),
]
