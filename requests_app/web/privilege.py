"""Counsel and common-interest groups: who is named to read privileged items. Members read it, owners change it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import privilege as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import CircleMember, Organisation, PrivilegedCircle
from requests_app.queries import privilege as queries

from .current import current_organisation
from .paging import posted
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_day

KINDS = {
    PrivilegedCircle.Kind.COUNSEL: gettext_lazy("Counsel"),
    PrivilegedCircle.Kind.COMMON_INTEREST: gettext_lazy("Common-interest group"),
}


class CircleForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=list(KINDS.items()))
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=acts.NAME_MAX,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )  # fmt: skip
    agreed_on = forms.DateField(
        label=gettext_lazy("Agreed on"), required=False,
        help_text=gettext_lazy("Of a common interest: the day of the agreement."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def circles(request: Looking) -> HttpResponse:
    key = current_organisation(request)
    home = Organisation.objects.visible_to(request.viewer).filter(pk=key).first() if key else None
    if home is None:
        raise Http404
    form, wrong, status = CircleForm(), ("", ""), 200
    if request.method == "POST":
        if not request.viewer.may_own(home.pk):
            raise Http404
        step = posted(request, "step")
        try:
            if step == "make":
                form = CircleForm(request.POST)
                if form.is_valid() and _made(request, home, form):
                    return redirect("privilege")
                status = 400
            else:
                _named(request, home, step)
                return redirect("privilege")
        except NotYours:
            raise Http404 from None
        except Refused as refused:
            status, wrong = refused.status, (posted(request, "circle", 12), refused.sentence)
    rows = [_row(one, wrong) for one in queries.circles(request.viewer, home.pk)]
    context = {
        "organisation": home,
        "may_own": request.viewer.may_own(home.pk),
        "rows": rows,
        "form": form,
        "refused": wrong[1],
        "form_failed": status != 200,
        "typed": posted(request, "email", 254),
        "noindex": True,
    }
    return render(request, "privilege.html", context, status=status)


def _made(request: Looking, home: Organisation, form: CircleForm) -> bool:
    try:
        acts.make_circle(
            viewer=request.viewer,
            organisation=home,
            actor=request.user,
            today=reader_day(request),
            **form.cleaned_data,
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    messages.success(request, _("It is there. Name who belongs to it."))
    return True


def _named(request: Looking, home: Organisation, step: str) -> None:
    if step == "end":
        rows = CircleMember.objects.visible_to(request.viewer).filter(organisation=home)
        member = (
            rows.select_related("circle__organisation")
            .filter(public_id=posted(request, "member", 12))
            .first()
        )
        if member is None:
            raise NotYours
        acts.end_in_circle(viewer=request.viewer, member=member, actor=request.user)
        messages.success(request, _("They read nothing privileged by it any more."))
        return
    circle = queries.circle(request.viewer, home.pk, posted(request, "circle", 12))
    if circle is None or step != "name":
        raise NotYours
    acts.name_in_circle(
        viewer=request.viewer, circle=circle, email=posted(request, "email", 254), actor=request.user
    )
    messages.success(
        request,
        _("They are named. Nobody is written to: tell them, and that this address must be confirmed here."),
    )


def _row(one: Any, wrong: tuple[str, str]) -> dict[str, Any]:
    return {
        "pid": one.public_id,
        "name": one.name,
        "kind": KINDS[PrivilegedCircle.Kind(one.kind)],
        "agreed_on": one.agreed_on,
        "members": [
            {
                "pid": member.public_id,
                "name": str(member.person) if member.person else member.guest.email,
                "outside": member.person is None,
            }
            for member in one.named
        ],
        "wrong": wrong[1] if wrong[0] == one.public_id else "",
    }


urlpatterns = [path("privilege/", circles, name="privilege")]
