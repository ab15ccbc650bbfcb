"""For staff: open one request or campaign with a written reason, for half an hour. Its owners are told at once."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import break_glass as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import BreakGlass

from .organisations import add_refusal
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_zone

LISTED = 50


class BreakGlassForm(forms.Form):
    key = forms.CharField(
        label=gettext_lazy("Number of the request or campaign"), max_length=12,
        help_text=gettext_lazy("The twelve letters and digits of its address."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why you have to look"), max_length=acts.REASON_MOST,
        help_text=gettext_lazy("The owners get these words by mail at once, and keep them in their audit."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def break_glass(request: Looking) -> HttpResponse:
    if not request.user.is_staff:
        raise Http404
    form, status = BreakGlassForm(), 200
    if request.method == "POST":
        form, status = BreakGlassForm(request.POST), 400
        if form.is_valid():
            try:
                made = acts.open_glass(viewer=request.viewer, actor=request.user, **form.cleaned_data)
            except NotYours:
                raise Http404 from None
            except Refused as refused:
                add_refusal(form, refused)
                status = refused.status
            else:
                messages.success(request, _("It is open to you for 30 minutes. Its owners are told by mail."))
                return HttpResponseRedirect(_url(made), status=303)
    zone = reader_zone(request)
    rows = BreakGlass.objects.visible_to(request.viewer).filter(person=request.user).order_by("-opened_at", "-pk")
    context = {
        "form": form,
        "form_failed": status != 200,
        "rows": [
            {
                "url": _url(one),
                "number": one.subject.partition(" ")[2],
                "at": one.opened_at.astimezone(zone),
                "until": one.until_at.astimezone(zone),
                "open": one.until_at > request.now,
                "reason": one.reason,
            }
            for one in rows[:LISTED]
        ],
        "noindex": True,
    }
    return render(request, "break_glass.html", context, status=status)


def _url(one: BreakGlass) -> str:
    kind, _space, key = one.subject.partition(" ")
    return reverse(kind, args=[key])


urlpatterns = [path("break-glass/", break_glass, name="break-glass")]
