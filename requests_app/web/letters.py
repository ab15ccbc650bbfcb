"""Letters: the list, one letter from draft to proof, and the letters of one request."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from requests_app.actions import letter_attachments as taking
from requests_app.actions import letter_paper, letter_queue, letter_record, letter_sending, letters
from requests_app.laws.errors import Refused
from requests_app.models import Letter, LetterAside, LetterKind, LetterSending, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.models.letters import STAGES
from requests_app.notices import letter_pdf
from requests_app.queries import letter_words, letters_list
from requests_app.queries import letters as query

from . import letter_attachments
from .events import refuse
from .filing import CHANNELS
from .letter_autosave import autosave, keeping
from .letter_form import LetterForm, PaperForm
from .paging import all_posted, page_number, param, posted, select, shown
from .partner_warnings import partner_warnings
from .requests import invented
from .shell import Looking, reader_zone
from .templatetags.look import day_long

PER_PAGE = 50
STAGE_WORDS = {
    "draft": gettext_lazy("Draft"),
    "queued": gettext_lazy("Waiting to go out"),
    "sending": gettext_lazy("Going out now"),
    "uncertain": gettext_lazy("Nobody knows whether it arrived"),
    "failed": gettext_lazy("Refused"),
    "sent": gettext_lazy("Sent by e-mail"),
    "printed": gettext_lazy("Sent on paper or by hand"),
    "stopped": gettext_lazy("Stopped"),
    "discarded": gettext_lazy("Thrown away"),
}
LISTED = ("draft", "queued", "failed", "sent", "printed", "stopped", "discarded")
CHANNEL_WORDS = dict(CHANNELS)


def _letter(request: Looking, pid: str) -> Letter:
    rows = Letter.objects.visible_to(request.viewer).select_related(
        "agency__merged_into", "custodian", "request", "campaign", "edited_by", "organisation"
    )
    found: Letter = get_object_or_404(rows, public_id=pid)
    return found


def legal_day(request: Looking, letter: Letter) -> Any:
    return request.now.astimezone(ZoneInfo(letter.agency.zone)).date()


@login_required
@require_safe
def index(request: Looking) -> HttpResponse:
    if not request.viewer.roles:
        raise Http404
    stage = param(request, "stage")
    if stage not in LISTED:
        stage = ""
    kind = param(request, "kind")
    kind = kind if kind in LetterKind.values else ""
    kinds = [(value, str(words)) for value, words in LetterKind.choices]
    number = page_number(request)
    rows, total = letters_list.page(
        request.viewer, stage=stage, kind=kind, first=(number - 1) * PER_PAGE, most=PER_PAGE
    )
    context = {
        "rows": [row_of(row) for row in rows],
        "page": shown(rows, total=total, number=number, size=PER_PAGE),
        "filters": [
            select("stage", _("State"), [("", _("Any state")), *((s, str(STAGE_WORDS[s])) for s in LISTED)], stage),
            select("kind", _("Kind"), [("", _("Any kind")), *kinds], kind),
        ],
        "filters_clear_url": request.path if stage or kind else "",
        "noindex": True,
    }  # fmt: skip
    return render(request, "letters.html", context)


def row_of(letter: Letter) -> dict[str, Any]:
    sending = getattr(letter, "sending_state", "")
    stage = STAGES.get(sending, "queued") if letter.state == Letter.State.QUEUED else letter.state
    return {
        "url": reverse("letter", args=[letter.public_id]),
        "subject": letter.subject,
        "kind": letter.get_kind_display(),
        "agency": letter.agency.name,
        "is_sample": letter.agency.is_sample,
        "stage": stage,
        "stage_words": STAGE_WORDS[stage],
        "on": letter.sent_on or letter.edited_at.date(),
        "by": str(letter.edited_by) if letter.edited_by else "",
        "bad": stage in ("failed", "uncertain"),
    }


@login_required
@require_safe
def of_request(request: Looking, pid: str) -> HttpResponse:
    """The letters of one request: what waits, what went out, with its proof."""
    rows = RecordsRequest.objects.of_organisation(request.viewer).select_related("agency")
    found: RecordsRequest = get_object_or_404(rows, public_id=pid)
    context = {
        "records_request": {
            "public_id": found.public_id, "title": found.public_title, "agency": found.agency.name,
            "is_sample": invented(found), "url": reverse("request", args=[pid]),
        },
        "rows": [row_of(row) for row in letters_list.of_request(request.viewer, found)],
        "may_write": request.viewer.may_edit(found.organisation_id),
        "kinds": [choice for choice in LetterKind.choices if choice[0] != LetterKind.REQUEST],
        "once": public_id(),
        "has_sample": invented(found),
        "noindex": True,
    }  # fmt: skip
    return render(request, "request_letters.html", context)


@login_required
@require_POST
def draft(request: Looking, pid: str) -> HttpResponse:
    """A letter of an existing request, begun from the template of its kind."""
    rows = RecordsRequest.objects.of_organisation(request.viewer).editable_by(request.viewer)
    found: RecordsRequest = get_object_or_404(
        rows.select_related("agency", "organisation", "custodian"), public_id=pid
    )
    kind = request.POST.get("kind", "")
    if kind not in LetterKind.values or kind == LetterKind.REQUEST:
        raise Http404
    label = str(LetterKind(kind).label)
    made = letters.put_draft(
        viewer=request.viewer,
        records_request=found,
        kind=kind,
        subject=_("%(kind)s: %(title)s") % {"kind": label, "title": found.public_title[:250]},
        body=opening(found),
        actor=request.user,
        once=posted(request, "once", 64) or public_id(),
    )
    return redirect("letter", pid=made.public_id)


def opening(found: RecordsRequest) -> str:
    """How a letter begins that nobody has written yet."""
    return _("To the records officer:\n\nWe write about our request of %(day)s, “%(title)s”.\n") % {
        "day": day_long(found.filed_on), "title": found.public_title,
    }  # fmt: skip


@csrf_exempt
@login_required
def one(request: Looking, pid: str) -> HttpResponse:
    """The limit on files is set before anything reads the form; the token is checked right after, in `_one`."""
    letter_attachments.limit(request)
    return _one(request, pid)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _one(request: Looking, pid: str) -> HttpResponse:
    letter = _letter(request, pid)
    if request.method == "POST":
        if not request.viewer.may_edit(letter.organisation_id):
            raise Http404
        if request.content_type == "application/json":
            return autosave(request, letter)
        return _act(request, letter)
    return _page(request, letter)


def _act(request: Looking, letter: Letter) -> HttpResponse:
    who: dict[str, Any] = {"viewer": request.viewer, "letter": letter, "actor": request.user}
    step = request.POST.get("step", "")
    try:
        match step:
            case "save" | "preview" | "attach":
                form = LetterForm(request.POST, letter=letter)
                if not form.is_valid():
                    return _page(request, letter, form=form, status=400)
                try:
                    letters.save(**who, **form.words())
                except letters.Overtaken as overtaken:
                    return keeping(_overtaken(request, overtaken))
                except Refused as refused:
                    said = refuse(form, refused)
                    return _page(
                        request, letter, form=form, refused=said, status=getattr(refused, "status", 400)
                    )
                if step == "attach":
                    return _attach(request, letter, form)
                if step == "preview":
                    return redirect(f"{reverse('letter', args=[letter.public_id])}?view=preview")
                messages.success(request, _("Saved."))
            case _ if step.startswith("take-off:"):
                return _take_off(request, letter, step.removeprefix("take-off:"))
            case "send":
                letter_queue.queue(
                    **who,
                    now=request.now,
                    seen_version=_seen(request),
                    accepted=all_posted(request, "accepted", 20),
                )
                messages.success(request, _("In the queue. It goes out within a minute."))
            case "stop":
                letter_queue.stop(**who)
                messages.success(request, _("Stopped. Nothing went out."))
            case "again":
                letter_queue.write_again(**who)
            case "retry":
                letter_queue.retry(**who)
                messages.success(request, _("In the queue again."))
            case "discard":
                letters.discard(**who)
            case "out":
                letters.take_back_out(**who)
            case "arrived" | "not-arrived":
                letter_sending.settle(**who, arrived=step == "arrived")
            case "record":
                letter_record.file_again(**who, today=legal_day(request, letter))
            case "paper":
                paper = PaperForm(request.POST, letter=letter, today=legal_day(request, letter))
                if not paper.is_valid():
                    return _page(request, letter, paper=paper, status=400)
                try:
                    letter_paper.mark_sent(**who, today=legal_day(request, letter), **paper.cleaned_data)
                except Refused as refused:
                    said = refuse(paper, refused)
                    return _page(
                        request, letter, paper=paper, refused=said, status=getattr(refused, "status", 400)
                    )
                messages.success(request, _("Marked as sent. Its dates are counted from that day."))
            case _:
                raise Refused("step_unknown", _("The form did not say what to do."))
    except Refused as refused:
        status = getattr(refused, "status", 400)
        if status == 404:
            raise Http404 from None
        letter = _letter(request, letter.public_id)
        return _page(request, letter, refused=refused.sentence, preview=step == "send", status=status)
    return redirect("letter", pid=letter.public_id)


def _attach(request: Looking, letter: Letter, form: LetterForm) -> HttpResponse:
    """The words were saved just before. What was enclosed stays enclosed, whatever else was refused."""
    made, errors = letter_attachments.take_in(request, letter)
    if errors:
        form = form if not made else LetterForm(letter=_letter(request, letter.public_id))
        letter = _letter(request, letter.public_id)
        return _page(request, letter, form=form, attach_errors=errors, status=200 if made else 400)
    messages.success(request, ngettext("%(n)d file enclosed.", "%(n)d files enclosed.", made) % {"n": made})
    return redirect(f"{reverse('letter', args=[letter.public_id])}#enclosures")


def _take_off(request: Looking, letter: Letter, attachment: str) -> HttpResponse:
    """What was typed is saved first, for the button stands in the form of the letter."""
    form = LetterForm(request.POST, letter=letter)
    if not form.is_valid():
        return _page(request, letter, form=form, status=400)
    who: dict[str, Any] = {"viewer": request.viewer, "letter": letter, "actor": request.user}
    try:
        letters.save(**who, **form.words())
    except letters.Overtaken as overtaken:
        return keeping(_overtaken(request, overtaken))
    taking.take_off(**who, attachment=attachment)
    messages.success(request, _("Taken off."))
    return redirect(f"{reverse('letter', args=[letter.public_id])}#enclosures")


def _seen(request: Looking) -> int | None:
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _overtaken(request: Looking, overtaken: letters.Overtaken) -> HttpResponse:
    """Both versions side by side: what stands, and what was typed here, ready to be saved on top of it."""
    row = overtaken.letter
    form = LetterForm({**request.POST.dict(), "version": str(row.version)}, letter=row, auto_id="id_%s")
    form.is_valid()
    context = {
        "letter": _facts(request, row),
        "form": form,
        "theirs": {
            "subject": row.subject, "body": row.body, "by": str(row.edited_by or _("Somebody")),
            "at": row.edited_at.astimezone(reader_zone(request)),
        },
        "refused": overtaken.sentence,
        "form_failed": True,
        "noindex": True,
    }  # fmt: skip
    return render(request, "letter_both.html", context, status=409)


def _facts(request: Looking, letter: Letter) -> dict[str, Any]:
    zone = reader_zone(request)
    stage = letter.stage
    return {
        "public_id": letter.public_id,
        "url": reverse("letter", args=[letter.public_id]),
        "kind": letter.get_kind_display(),
        "kind_is_request": letter.kind == LetterKind.REQUEST,
        "subject": letter.subject,
        "body": letter.body,
        "agency": letter.agency.name,
        "agency_url": reverse("agency", args=[letter.agency.slug]),
        "is_sample": letter.agency.is_sample,
        "recipient": letter.recipient,
        "address": letter.address,
        "channel": letter.channel,
        "channel_words": CHANNEL_WORDS.get(letter.channel, letter.channel),
        "version": letter.version,
        "stage": stage,
        "stage_words": STAGE_WORDS[stage],
        "problem": letter.problem,
        "sent_on": letter.sent_on,
        "parts": [part if isinstance(part, list) else [part, ""] for part in letter.parts],
        "title": letter.public_title,
        "request_url": reverse("request", args=[letter.request.public_id]) if letter.request else "",
        "request_title": letter.request.public_title if letter.request else "",
        "request_pid": letter.request.public_id if letter.request else "",
        "campaign_url": reverse("campaign", args=[letter.campaign.public_id]) if letter.campaign else "",
        "campaign_title": letter.campaign.public_title if letter.campaign else "",
        "by": str(letter.edited_by) if letter.edited_by else "",
        "edited_at": letter.edited_at.astimezone(zone),
        "from_": letter.requester.get("organisation") or letter.organisation.name,
        "reply_to": letter.requester.get("email", ""),
    }


def _page(
    request: Looking,
    letter: Letter,
    *,
    form: forms.Form | None = None,
    paper: PaperForm | None = None,
    refused: str = "",
    attach_errors: list[str] | None = None,
    preview: bool = False,
    status: int = 200,
) -> HttpResponse:
    may_write = request.viewer.may_edit(letter.organisation_id)
    facts = _facts(request, letter)
    drafting = letter.state in (Letter.State.DRAFT, Letter.State.STOPPED)
    preview = (preview or param(request, "view") == "preview") and drafting
    today = legal_day(request, letter)
    if preview:
        facts["body"] = letter_words.redated(letter, today)[0]
    context: dict[str, Any] = {
        "letter": facts,
        "may_write": may_write,
        "preview": preview,
        "drafting": drafting and may_write,
        "refused": refused or " ".join(attach_errors or []),
        "form_failed": status >= 400,
        "has_sample": letter.agency.is_sample,
        "noindex": True,
        "asides": _asides(request, letter) if drafting else [],
        "attach_errors": attach_errors or [],
        **letter_attachments.facts(request, letter, drafting=drafting and may_write),
    }
    if drafting:
        context["form"] = form or LetterForm(letter=letter)
        context["warnings"] = [warned(one) for one in query.warnings_of(request.viewer, [letter])[letter.pk]]
        if may_write and letter.kind == LetterKind.REQUEST and letter.request_id is None:
            pair = (letter.agency_id, letter.kit)
            context["partners"] = partner_warnings(request, letter.organisation_id, [pair]).get(pair)
        context["blocked"] = any(one["blocks"] for one in context["warnings"])
        printed = [letter.subject, letter.body, letter.recipient, *(one["name"] for one in context["enclosed"])]
        context["missing"] = " ".join(letter_pdf.missing(*printed))
        context["paper"] = paper or PaperForm(letter=letter, today=today)
        if letter.kind == LetterKind.REQUEST and letter.request_id is None:
            context["due"] = query.dues_of([letter], today={letter.agency.zone: today})[letter.pk]
    else:
        context.update(_proof(request, letter))
    context["errors_of"] = paper if paper is not None and paper.is_bound else context.get("form")
    return render(request, "letter.html", context, status=status)


def warned(one: query.Warned) -> dict[str, Any]:
    return {
        "code": one.code,
        "sentence": one.sentence,
        "fix": one.fix,
        "blocks": one.blocks,
        "earlier": [
            {
                "url": reverse("letter" if twin.is_letter else "request", args=[twin.public_id]),
                "title": twin.title,
                "on": twin.on,
            }
            for twin in one.earlier
        ],
    }


def _asides(request: Looking, letter: Letter) -> list[dict[str, Any]]:
    """What was refused as a save and kept."""
    rows = LetterAside.objects.visible_to(request.viewer).filter(letter=letter).select_related("by")
    zone = reader_zone(request)
    return [
        {
            "by": str(row.by or _("Somebody")),
            "at": row.at.astimezone(zone),
            "subject": row.subject,
            "body": row.body,
        }
        for row in rows.order_by("-pk")[:5]
    ]


def _proof(request: Looking, letter: Letter) -> dict[str, Any]:
    zone = reader_zone(request)
    sending = LetterSending.objects.visible_to(request.viewer).filter(letter=letter).first()
    copy = letter.copies.order_by("-round").first()
    return {
        "copy": copy,
        "copy_at": copy.at.astimezone(zone) if copy else None,
        "sending": sending,
        "next_at": sending.next_at.astimezone(zone) if sending and sending.next_at > request.now else None,
        "journal": [
            {"at": step.at.astimezone(zone), "step": step.step, "code": step.code, "text": step.text}
            for step in (sending.journal.order_by("pk") if sending else [])
        ],
    }


@login_required
@require_safe
def pdf(request: Looking, pid: str) -> HttpResponse:
    """The letter on paper: as it would be printed today, or as it was on the day it went out."""
    letter = _letter(request, pid)
    on = letter.sent_on or legal_day(request, letter)
    if letter.state not in Letter.GONE:
        letter.body = letter_words.redated(letter, on)[0]
    content = letter_pdf.draw(letter_paper.page_of(letter, on))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{letter.public_id}.pdf"'
    return response


urlpatterns = [
    path("letters/", index, name="letters"),
    path("letters/<slug:pid>/", one, name="letter"),
    path("letters/<slug:pid>/letter.pdf", pdf, name="letter-pdf"),
    path("requests/<slug:pid>/letters/", of_request, name="request-letters"),
    path("requests/<slug:pid>/letters/new/", draft, name="letter-draft"),
]
