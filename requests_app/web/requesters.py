"""Requesters of record: under which name an organization asks, and by whom where only citizens or residents may."""

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

from requests_app.actions import requesters as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Organisation, RequesterProfile
from requests_app.models.requesters import FeeCategory, Standing
from requests_app.queries import requesters as queries
from requests_app.queries.places import jurisdictions, place_name

from .organisations import add_refusal, own, redirect
from .shell import Looking

FIELDS = (
    "name", "signs_as", "postal_address", "email", "phone", "residency", "fee_category", "attestation", "protected",
)  # fmt: skip


class RequesterForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("The person who asks. It stands under every letter."),
        error_messages={"required": gettext_lazy("Write the name of the person who asks.")},
    )
    signs_as = forms.CharField(
        label=gettext_lazy("Organization, as it signs"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leave it empty where a person asks alone."),
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Some agencies answer by post only."),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address"), max_length=254, required=False, widget=forms.EmailInput
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=60, required=False)
    residency = forms.ChoiceField(label=gettext_lazy("State of residence"), required=False)
    fee_category = forms.ChoiceField(
        label=gettext_lazy("Fee category"),
        required=False,
        help_text=gettext_lazy("What the letter says about fees. The agency decides."),
    )
    attestation = forms.CharField(
        label=gettext_lazy("Why this category holds"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It goes into the letter word by word."),
    )
    protected = forms.BooleanField(
        label=gettext_lazy("Protected identity"),
        required=False,
        help_text=gettext_lazy(
            "The name stands in the letter to the agency and in nothing else that leaves us."
        ),
    )
    make_default = forms.BooleanField(
        label=gettext_lazy("Use for new requests unless another is chosen"), required=False
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(code, place.name) for code, place in jurisdictions().items() if code != "us"]
        self.fields["residency"].choices = [("", _("Not stated")), *sorted(places, key=lambda p: p[1])]  # type: ignore[attr-defined]
        self.fields["fee_category"].choices = FeeCategory.choices  # type: ignore[attr-defined]


class ProxyForm(forms.Form):
    """One state whose law not everybody may use. Empty: nobody stands in for us there."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    standing = forms.ChoiceField(
        label=gettext_lazy("Is"),
        choices=Standing.choices,
        required=False,
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address in the state"), max_length=1000, required=False
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address"), max_length=254, required=False, widget=forms.EmailInput
    )


def proxy_forms(data: Any = None, profile: RequesterProfile | None = None) -> list[dict[str, Any]]:
    known = {one.state: one for one in profile.proxies.all()} if profile else {}
    out = []
    for state, words in acts.states_that_ask().items():
        one = known.get(state)
        initial = (
            {
                "name": one.name,
                "standing": one.standing,
                "postal_address": one.postal_address,
                "email": one.email,
            }
            if one
            else {"standing": Standing.RESIDENT if "esident" in words else Standing.CITIZEN}
        )
        form = ProxyForm(data, prefix=state, initial=initial)
        out.append(
            {"state": state, "place": place_name(state), "words": words, "form": form, "open": bool(one)}
        )
    return out


@require_safe
@login_required
def requesters(request: Looking, pid: str) -> HttpResponse:
    found = own(request, pid)
    rows = [
        {
            "row": one,
            "category": FeeCategory(one.fee_category).label,
            "residency": place_name(one.residency) if one.residency else "",
            "proxies": [place_name(proxy.state) for proxy in one.proxies.all()],
        }
        for one in queries.profiles(request.viewer, found)
    ]
    context = {
        "organisation": found,
        "rows": rows,
        "may_edit_here": request.viewer.may_edit(found.pk),
        "states": [(place_name(law), words) for law, words in acts.states_that_ask().items()],
    }
    return render(request, "requesters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Looking, pid: str) -> HttpResponse:
    found = own(request, pid)
    if not request.viewer.may_edit(found.pk):
        raise Http404
    return _edit(request, found, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: Looking, pid: str, key: str) -> HttpResponse:
    found = own(request, pid)
    profile = queries.profiles(request.viewer, found).filter(public_id=key).first()
    if profile is None or not request.viewer.may_edit(found.pk):
        raise Http404
    if request.method == "POST" and request.POST.get("act") == "retire":
        try:
            acts.retire(viewer=request.viewer, profile=profile, actor=request.user)
        except NotYours:
            raise Http404 from None
        except Refused as refused:
            return _page(request, found, profile, refused=refused)
        messages.success(request, _("%(name)s is no longer offered.") % {"name": profile.name})
        return redirect("requesters", found.public_id)
    return _edit(request, found, profile)


def _edit(request: Looking, found: Organisation, profile: RequesterProfile | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, found, profile)
    form, proxies = RequesterForm(request.POST), proxy_forms(request.POST, profile)
    good = all([form.is_valid(), *(one["form"].is_valid() for one in proxies)])
    if not good:
        return _page(request, found, profile, form=form, proxies=proxies)
    given = form.cleaned_data
    try:
        acts.put_profile(
            viewer=request.viewer,
            organisation=found,
            words={name: given[name] for name in FIELDS},
            proxies=[
                acts.Proxy(state=one["state"], **one["form"].cleaned_data)
                for one in proxies
                if one["form"].cleaned_data["name"].strip()
            ],
            profile=profile,
            seen_version=given["seen_version"],
            make_default=given["make_default"],
            actor=request.user,
        )
    except NotYours:
        raise Http404 from None
    except Refused as refused:
        if refused.field and refused.code != "stale":
            add_refusal(form, refused)
            return _page(request, found, profile, form=form, proxies=proxies, status=refused.status)
        return _page(request, found, profile, form=form, proxies=proxies, refused=refused)
    messages.success(request, _("The requester is saved. Requests already filed keep what they said."))
    return redirect("requesters", found.public_id)


def _page(
    request: Looking,
    found: Organisation,
    profile: RequesterProfile | None,
    *,
    form: RequesterForm | None = None,
    proxies: list[dict[str, Any]] | None = None,
    refused: Refused | None = None,
    status: int | None = None,
) -> HttpResponse:
    failed = form is not None or refused is not None
    theirs: list[dict[str, str]] = []
    if refused is not None and refused.code == "stale" and profile is not None and form is not None:
        # What stands now, beside what was typed; saving again saves over it, knowingly.
        theirs = _differences(profile, form)
        form.data = {**form.data.dict(), "seen_version": str(profile.version)}  # type: ignore[attr-defined]
    if form is None:
        start = (
            {name: getattr(profile, name) for name in FIELDS} if profile else {"email": request.user.email}
        )
        if profile:
            start |= {"make_default": profile.is_default, "seen_version": profile.version}
        form = RequesterForm(initial=start)
    context = {
        "organisation": found,
        "profile": profile,
        "form": form,
        "proxies": proxies or proxy_forms(profile=profile),
        "refused": refused.sentence if refused else "",
        "theirs": theirs,
        "form_failed": failed,
    }
    code = status or (refused.status if refused else 400 if failed else 200)
    return render(request, "requester.html", context, status=code)


def _differences(profile: RequesterProfile, form: RequesterForm) -> list[dict[str, str]]:
    given = form.cleaned_data
    return [
        {"label": str(form.fields[name].label), "now": str(getattr(profile, name)), "yours": str(given[name])}
        for name in FIELDS
        if str(getattr(profile, name)) != str(given[name])
    ]
