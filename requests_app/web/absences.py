"""Who is away and who stands in: one's own absences, and for owners everybody's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from requests_app.actions import absences as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Absence, Organisation, Person
from requests_app.queries.answers import absences
from requests_app.queries.members import members

from .current import current_organisation
from .events import refuse
from .organisations import redirect
from .shell import Looking, reader_day

NO_DAY = gettext_lazy("This is no day. Write it like 2026-03-20.")


class AbsenceForm(forms.Form):
    """owner: may say it of somebody else."""

    from_on = forms.DateField(
        label=gettext_lazy("First day away"), widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Say from which day on."), "invalid": NO_DAY},
    )  # fmt: skip
    until_on = forms.DateField(
        label=gettext_lazy("Last day away"), widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Say until which day."), "invalid": NO_DAY},
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[Person], me: int, owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = [(str(one.pk), str(one)) for one in people]
        unknown = {"invalid_choice": _("Choose somebody who belongs to your organization.")}
        if owner:
            self.fields["person"] = forms.ChoiceField(
                label=_("Who is away"), choices=everybody, initial=str(me), error_messages=unknown
            )
        others = everybody if owner else [one for one in everybody if one[0] != str(me)]
        self.fields["cover"] = forms.ChoiceField(
            label=_("Who is told instead"), choices=[("", _("Choose")), *others],
            error_messages=unknown | {"required": _("Choose who stands in.")},
        )  # fmt: skip
        self.order_fields(["person", "from_on", "until_on", "cover"])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def absence(request: Looking) -> HttpResponse:
    organisation = get_object_or_404(
        Organisation.objects.visible_to(request.viewer), pk=current_organisation(request)
    )
    owner, me, today = request.viewer.may_own(organisation.pk), request.user.pk, reader_day(request)
    given: dict[str, Any] = {"people": members(organisation.pk), "me": me, "owner": owner}
    form = AbsenceForm(initial={"from_on": today, "until_on": today + dt.timedelta(days=7)}, **given)
    refused, status = "", 200
    if request.method == "POST":
        form, status = AbsenceForm(request.POST, **given), 400
        if form.is_valid():
            said = form.cleaned_data
            try:
                acts.set_absence(
                    viewer=request.viewer, actor=request.user, organisation=organisation,
                    person=int(said.get("person", me)), cover=int(said["cover"]), from_on=said["from_on"],
                    until_on=said["until_on"], today=today,
                )  # fmt: skip
            except Refused as problem:
                refused, status = refuse(form, problem), problem.status
            else:
                messages.success(request, _("The absence is set."))
                return redirect("absence")
    rows = absences(request.viewer, organisation.pk, since=today)
    context = {
        "organisation": organisation,
        "owner": owner,
        "form": form,
        "refused": refused,
        "form_failed": status >= 400,
        "rows": [
            {
                "pid": one.public_id, "person": str(one.person), "cover": str(one.cover), "from_on": one.from_on,
                "until_on": one.until_on, "now": one.from_on <= today, "mine": owner or one.person_id == me,
            }
            for one in rows
        ],
    }  # fmt: skip
    return render(request, "absence.html", context, status=status)


@require_POST
@login_required
def absence_end(request: Looking, pid: str) -> HttpResponse:
    rows = Absence.objects.visible_to(request.viewer).select_related("organisation")
    found = get_object_or_404(rows, public_id=pid)
    try:
        acts.end_absence(viewer=request.viewer, actor=request.user, absence=found)
    except Refused as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("The absence is taken back."))
    return redirect("absence")


urlpatterns = [
    path("settings/absence/", absence, name="absence"),
    path("settings/absence/<slug:pid>/end/", absence_end, name="absence-end"),
]
