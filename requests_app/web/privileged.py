"""What is privileged: the part of a page that marks a document or a note, or ends it; and the list of one request,
where those read, too, who are named from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from requests_app.actions import privileged as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Document
from requests_app.models.visibility import Viewer
from requests_app.queries import privilege as circles
from requests_app.queries import privileged as queries
from requests_app.queries.privileged import Item

from .events import refuse
from .paging import page_number, posted, shown
from .shell import Looking

MARK, END = "privilege", "end_privilege"


def circle_choices(viewer: Viewer, organisation_id: int) -> list[tuple[str, str]]:
    return [(one.public_id, one.name) for one in circles.circles(viewer, organisation_id)]


class MarkForm(forms.Form):
    circle = forms.ChoiceField(label=gettext_lazy("Who else reads it"), required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["circle"].choices = [("", _("Nobody else")), *choices]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is privileged no more"),
        max_length=acts.REASON_MAX,
        help_text=gettext_lazy("Kept in the audit."),
        error_messages={"required": gettext_lazy("Say why it is privileged no more.")},
    )


@dataclass(slots=True)
class Tried:
    """What was posted and not done; status 200: nothing was posted."""

    mark: MarkForm | None = None
    end: EndForm | None = None
    refused: str = ""
    status: int = 200
    done: bool = False

    @property
    def form(self) -> forms.Form | None:
        return self.mark or self.end


def asked(request: Looking) -> bool:
    return request.method == "POST" and posted(request, "act", 20) in (MARK, END)


def tried(request: Looking, item: Item) -> Tried:
    """Do what was posted of privilege."""
    found = Tried(status=400)
    form: Any
    if posted(request, "act", 20) == MARK:
        choices = circle_choices(request.viewer, item.organisation_id)
        form = found.mark = MarkForm(request.POST, choices=choices)
    else:
        form = found.end = EndForm(request.POST)
    if not form.is_valid():
        return found
    who: dict[str, Any] = {"viewer": request.viewer, "item": item, "actor": request.user}
    try:
        if found.mark is not None:
            acts.mark(**who, circle=form.cleaned_data["circle"])
            messages.success(request, _("It is privileged, at once. No share reaches it, and no program."))
        else:
            acts.end(**who, reason=form.cleaned_data["reason"])
            messages.success(request, _("It is privileged no more. Why stands in the audit."))
    except NotYours:
        raise Http404 from None
    except Refused as refusal:
        found.status, found.refused = refusal.status, refuse(form, refusal)
    else:
        found.done = True
    return found


def panel(request: Looking, item: Item, may_mark: bool, before: Tried) -> dict[str, Any]:
    """The part of a page: what it is now, and the forms that this reader may send."""
    viewer = request.viewer
    owns = viewer.may_own(item.organisation_id)
    mark = None
    if may_mark and (owns or not item.privileged):
        choices = circle_choices(viewer, item.organisation_id)
        start = {"circle": item.circle.public_id if item.circle else ""}
        mark = before.mark or MarkForm(choices=choices, initial=start)
    return {
        "on": item.privileged,
        "circle": item.circle.name if item.circle else "",
        "by": str(item.privileged_by or "") if isinstance(item, Document) else str(item.author or ""),
        "is_document": isinstance(item, Document),
        "mark": mark,
        "end": (before.end or EndForm()) if owns and item.privileged else None,
    }


@login_required
@require_safe
def request_privileged(request: Looking, pid: str) -> HttpResponse:
    found = queries.request_of(request.viewer, pid)
    if found is None:
        raise Http404
    viewer, ours = request.viewer, request.viewer.belongs_to(found.organisation_id)
    rows = queries.notes(viewer, found)
    number = page_number(request)
    some = rows[(number - 1) * queries.PAGE : number * queries.PAGE]
    context = {
        "records_request": {
            "public_id": found.public_id, "title": found.public_title if ours else "", "agency": found.agency.name,
            "url": reverse("request", args=[found.public_id]),
        },
        "ours": ours,
        "documents": [
            {
                "title": one.title, "size": one.size, "circle": one.circle.name if one.circle else "",
                "added_at": one.added_at,
                "by": str(one.privileged_by or "") if ours else "",
                "url": reverse("document", args=[one.public_id]) if ours else "",
                "file_url": reverse("document-file", args=[one.public_id]),
            }
            for one in queries.documents(viewer, found)
        ],
        "page": shown(
            [
                {
                    "pid": one.public_id, "text": one.text, "at": one.written_at,
                    "by": str(one.author or "") if ours else "", "circle": one.circle.name if one.circle else "",
                    "url": reverse("note", args=[found.public_id, one.public_id]) if ours else "",
                }
                for one in some
            ],
            total=rows.count(), number=number, size=queries.PAGE,
        ),
        "comments_url": f"{reverse('request-comments', args=[found.public_id])}?to=private",
        "has_sample": found.is_sample,
        "noindex": True,
    }  # fmt: skip
    return render(request, "privileged.html", context)


urlpatterns = [path("requests/<slug:pid>/privileged/", request_privileged, name="request-privileged")]
