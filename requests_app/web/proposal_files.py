"""Documents that partners and guests hand in on a request of another's: the form, and the bytes while they wait."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import documents, proposal_files
from requests_app.actions import proposals as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.intake import storage
from requests_app.intake.handing_out import attachment
from requests_app.intake.uploads import LimitedUpload, too_large
from requests_app.models import JointRight, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.queries import joint_rights
from requests_app.queries import proposals as queries

from .event_form import DayField
from .events import legal_day, refuse
from .proposals import PROPOSED, heading, request_of, see_other
from .shell import Looking
from .work_forms import OnceField

TOO_LARGE = gettext_lazy("%(name)s is larger than 50 MB. It was not kept. Split it.")


class DocumentForm(forms.Form):
    once = OnceField()
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        max_length=3000,
        help_text=gettext_lazy("Up to 50 MB. It is kept byte for byte, under its own name."),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    received_on = DayField(
        label=gettext_lazy("Day you received it"),
        help_text=gettext_lazy("From the agency, or from whoever gave it to you."),
    )
    note = forms.CharField(
        label=gettext_lazy("What it is, and how you got it"),
        max_length=acts.NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Read by whoever shares this with you."),
        error_messages={"required": gettext_lazy("Say what it is and how you got it.")},
    )


@csrf_exempt
@login_required
def proposal_document(request: Looking, pid: str) -> HttpResponse:
    """The limit is set before anything reads the form, and nothing of a stranger's is read; the token is checked right
    after, in `_document`."""
    found = request_of(request, pid)
    if request.method == "POST" and JointRight.Kind.UPLOAD not in joint_rights.kinds(request.viewer, found):
        raise Http404
    request.upload_handlers = [LimitedUpload(request)]
    return _document(request, found)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _document(request: Looking, found: RecordsRequest) -> HttpResponse:
    form, refused, status = DocumentForm(initial={"once": public_id()}), "", 200
    if request.method == "POST":
        form, status = DocumentForm(request.POST, request.FILES), 400
        cut = too_large(request)
        if form.is_valid() and not cut:
            try:
                _hand_in(request, found, form.cleaned_data)
            except NotYours:
                raise Http404 from None
            except Refused as refusal:
                status, refused = refusal.status, refuse(form, refusal)
            else:
                messages.success(request, PROPOSED)
                return see_other(f"{reverse('proposals')}?of=us")
        if cut:
            form.errors.pop("file", None)
            form.add_error("file", TOO_LARGE % {"name": documents.clean_name(cut[0])})
            status = 413
    elif JointRight.Kind.UPLOAD not in joint_rights.kinds(request.viewer, found):
        raise Http404
    context = heading(found, masked=True) | {
        "form": form,
        "refused": refused,
        "form_failed": status != 200,
        "heading": _("Hand in a document"),
        "lead": _("You hand them a file, they decide. Accepted, it is kept with the request; else it is removed."),
        "button": _("Hand it in"),
    }
    return render(request, "proposal_form.html", context, status=status)


def _hand_in(request: Looking, found: RecordsRequest, said: dict[str, Any]) -> None:
    file = said.pop("file")
    proposal_files.propose_document(
        viewer=request.viewer, records_request=found, actor=request.user, today=legal_day(request, found),
        name=file.name or "", chunks=file.chunks(storage.MEGABYTE), content_type=file.content_type or "", **said,
    )  # fmt: skip


@login_required
@require_safe
def proposal_file(request: Looking, key: str) -> HttpResponseBase:
    """The third wall: asked of the database at every fetch, handed back as an attachment of no type that opens."""
    found = queries.file_of(request.viewer, key)
    if found is None:
        raise Http404
    return attachment(found.blob, found.title, found.size, "application/octet-stream")


urlpatterns = [
    path("proposals/<slug:key>/file/", proposal_file, name="proposal-file"),
    path("requests/<slug:pid>/propose/document/", proposal_document, name="proposal-document"),
]
