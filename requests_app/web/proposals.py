"""What partners and guests propose on a request of another's: forms where the right stands, one list, one page each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import letters
from requests_app.actions import proposals as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import JointRight, LetterKind, Proposal, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.queries import joint_rights, masking, privileged
from requests_app.queries import proposals as queries
from requests_app.queries.proposals import Shown

from .effects import effect_context
from .event_form import DayField
from .event_specs import OUTCOME_WORDS, kind_words
from .events import legal_day, refuse
from .paging import page_number, param, posted, shown
from .shell import Looking, reader_zone
from .templatetags.look import day_long
from .work_forms import OnceField

STATES = {
    "waiting": gettext_lazy("Waits for an answer"),
    "accepted": gettext_lazy("Accepted"),
    "declined": gettext_lazy("Declined"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
TONES = {"accepted": "done", "declined": "late", "withdrawn": "off", "waiting": "wait"}
SOMEBODY = gettext_lazy("A partner")
PROPOSED = gettext_lazy("It is proposed. Nothing changes before they accept it.")
LOGS, PROPOSES = JointRight.Kind.LOG_EVENT, JointRight.Kind.PROPOSE_EVENT
# A page each, by the first right to it that stands.
OFFERS = {
    "proposal-event": ((LOGS, gettext_lazy("Log an event")), (PROPOSES, gettext_lazy("Propose an event"))),
    "proposal-letter": ((JointRight.Kind.DRAFT, gettext_lazy("Draft a letter for them")),),
    "proposal-document": ((JointRight.Kind.UPLOAD, gettext_lazy("Hand in a document")),),
}


def choice_of(what: str, outcome: str = "") -> str:
    return f"{what}:{outcome}" if outcome else what


def what_words(what: str, outcome: str = "") -> str:
    said = str(kind_words(what))
    return f"{said}: {OUTCOME_WORDS[outcome]}" if outcome else said


def _whats() -> list[tuple[str, str]]:
    found = [("", _("Choose what happened"))]
    for what in acts.DAY_OF:
        for outcome in acts.OUTCOMES_OF.get(what, ("",)):
            found.append((choice_of(what, outcome), what_words(what, outcome)))
    return found


class EventForm(forms.Form):
    once = OnceField()
    what = forms.ChoiceField(
        label=gettext_lazy("What the agency did"),
        error_messages={"required": gettext_lazy("Choose what happened.")},
    )
    happened_on = DayField(
        label=gettext_lazy("Day it happened"),
        help_text=gettext_lazy(
            "Of a decision the date on the letter, of more time the day the agency sent it; else the day it arrived."
        ),
    )
    until_on = DayField(
        label=gettext_lazy("Until which day"),
        required=False,
        help_text=gettext_lazy("Only where the agency takes more time or promises a day."),
    )
    note = forms.CharField(
        label=gettext_lazy("How you know"),
        required=False,
        max_length=acts.NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Read by whoever shares this with you. Accepted, it is kept with the event."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["what"].choices = _whats()  # type: ignore[attr-defined]

    def act(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said["what"], _colon, said["outcome"] = said["what"].partition(":")
        return said


class LetterForm(forms.Form):
    once = OnceField()
    letter = forms.ChoiceField(
        label=gettext_lazy("What kind of letter"),
        choices=[("", gettext_lazy("Choose the kind of letter")), *((kind, kind.label) for kind in acts.LETTERS)],
        error_messages={"required": gettext_lazy("Choose what kind of letter it is.")},
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=letters.SUBJECT_MAX,
        error_messages={"required": gettext_lazy("Give the letter a subject.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Letter"),
        max_length=letters.BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=gettext_lazy("They may change every word. It goes out in their name, and only when they send it."),
        error_messages={"required": gettext_lazy("The letter says nothing yet.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What they should know about it"),
        required=False,
        max_length=acts.NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Read by whoever shares this with you; it is no part of the letter."),
    )


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=acts.REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever proposed it reads this."),
        error_messages={"required": gettext_lazy("Say why: whoever proposed it reads this.")},
    )


def offers_on(request: Looking, records_request: RecordsRequest) -> list[dict[str, Any]]:
    """Links on the page of a request that is another's: what the reader may offer there, or is named to read."""
    if request.viewer.kind != "person" or request.viewer.belongs_to(records_request.organisation_id):
        return []
    kinds = joint_rights.kinds(request.viewer, records_request)
    found = []
    for name, rights in OFFERS.items():
        words = next((words for kind, words in rights if kind in kinds), None)
        if words is not None:
            found.append({"url": reverse(name, args=[records_request.public_id]), "words": words})
    if privileged.is_named(request.viewer, records_request.organisation_id):
        url = reverse("request-privileged", args=[records_request.public_id])
        found.append({"url": url, "words": gettext_lazy("Privileged documents and notes")})
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_event(request: Looking, pid: str) -> HttpResponse:
    found = request_of(request, pid)
    form = EventForm(request.POST or None, initial={"once": public_id()})
    refused, status = "", 200
    kinds = joint_rights.kinds(request.viewer, found)
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = acts.propose_event(
                    viewer=request.viewer, records_request=found, actor=request.user,
                    today=legal_day(request, found), **form.act(),
                )  # fmt: skip
            except NotYours:
                raise Http404 from None
            except Refused as refusal:
                status = refusal.status
                refused = refuse(form, refusal)
            else:
                messages.success(
                    request,
                    _("It is on its way to the timeline. Where it does not fit, it waits for them.")
                    if made.in_advance
                    else PROPOSED,
                )
                return see_other(f"{reverse('proposals')}?of=us")
    elif not kinds & {LOGS, PROPOSES}:
        raise Http404
    logs = LOGS in kinds
    context = heading(found, masked=True) | {
        "form": form,
        "refused": refused,
        "form_failed": status != 200,
        "heading": _("Log an event") if logs else _("Propose an event"),
        "lead": _("You tell what happened. It goes on the timeline, and moves dates: they agreed to it in advance.")
        if logs
        else _("You tell what happened. It goes on the timeline, and moves dates, once they accept it."),
        "button": _("Log it") if logs else _("Propose it"),
    }
    return render(request, "proposal_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_letter(request: Looking, pid: str) -> HttpResponse:
    found = request_of(request, pid)
    form = LetterForm(request.POST or None, initial={"once": public_id()})
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                acts.propose_draft(
                    viewer=request.viewer, records_request=found, actor=request.user, **form.cleaned_data
                )
            except NotYours:
                raise Http404 from None
            except Refused as refusal:
                status, refused = refusal.status, refuse(form, refusal)
            else:
                messages.success(request, PROPOSED)
                return see_other(f"{reverse('proposals')}?of=us")
    elif JointRight.Kind.DRAFT not in joint_rights.kinds(request.viewer, found):
        raise Http404
    context = heading(found, masked=True) | {
        "form": form,
        "refused": refused,
        "form_failed": status != 200,
        "heading": _("Draft a letter for them"),
        "lead": _("You write, they decide. Accepted, it is a draft of theirs; nothing is sent by that."),
        "button": _("Propose it"),
    }
    return render(request, "proposal_form.html", context, status=status)


@login_required
@require_safe
def proposals(request: Looking) -> HttpResponse:
    """of=us: what we offered to others. Else: what was offered to us."""
    by_us = param(request, "of") == "us" or not request.viewer.roles
    rows = queries.by_us(request.viewer) if by_us else queries.to_us(request.viewer)
    number = page_number(request)
    start = (number - 1) * queries.PAGE
    some = queries.shown(request.viewer, rows[start : start + queries.PAGE])
    here = reverse("proposals")
    context = {
        "by_us": by_us,
        "tabs": [
            {"url": here, "words": _("To us"), "here": not by_us},
            {"url": f"{here}?of=us", "words": _("By us"), "here": by_us},
        ]
        if request.viewer.roles
        else [],
        "page": shown([_row(request, one) for one in some], total=rows.count(), number=number, size=queries.PAGE),
        "noindex": True,
    }  # fmt: skip
    return render(request, "proposals.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: Looking, key: str) -> HttpResponse:
    """What is proposed, and what it would change: accepted or declined by the owner's people, withdrawn by its own."""
    found = queries.one(request.viewer, key)
    if found is None:
        raise Http404
    form, refused, status = DeclineForm(), "", 200
    if request.method == "POST":
        act = posted(request, "act")
        try:
            if act == "decline":
                form = DeclineForm(request.POST)
                if form.is_valid():
                    acts.decline(
                        viewer=request.viewer, proposal=found.row, actor=request.user, **form.cleaned_data
                    )
                    messages.success(request, _("It is declined. They read why."))
                    return see_other(request.path)
                status = 400
            elif act == "accept":
                return _accepted(request, found)
            elif act == "withdraw":
                acts.withdraw(viewer=request.viewer, proposal=found.row, actor=request.user)
                messages.success(request, _("It is withdrawn."))
                return see_other(request.path)
            else:
                raise Http404
        except NotYours:
            raise Http404 from None
        except Refused as refusal:
            status, refused = refusal.status, refuse(form, refusal)
            found = queries.one(request.viewer, key) or found
    return render(request, "proposal.html", _page(request, found, form, refused, status), status=status)


def _accepted(request: Looking, found: Shown) -> HttpResponse:
    if found.request is None:
        raise Http404
    seen = posted(request, "seen_version", 10)
    decided = acts.accept(
        viewer=request.viewer, proposal=found.row, actor=request.user, today=legal_day(request, found.request),
        seen_version=int(seen) if seen.isascii() and seen.isdigit() else -1,
    )  # fmt: skip
    if found.row.kind == Proposal.Kind.DRAFT:
        messages.success(request, _("It is accepted, and is a draft of yours now. Nothing was sent."))
        return see_other(reverse("letter", args=[decided.decision.made]))
    if found.row.kind == Proposal.Kind.DOCUMENT:
        messages.success(request, _("It is accepted, and kept with the request, unreleased."))
        return see_other(reverse("document", args=[decided.decision.made]))
    messages.success(request, _("It is accepted, and stands on the timeline."))
    return see_other(reverse("request", args=[found.request.public_id]))


def _page(request: Looking, found: Shown, form: DeclineForm, refused: str, status: int) -> dict[str, Any]:
    viewer = request.viewer
    waits = found.state == queries.WAITING
    decides = waits and found.ours and viewer.may_edit(found.row.organisation_id)
    effect, cannot = None, ""
    if decides and found.request is not None:
        try:
            effect = acts.preview(
                viewer=viewer, proposal=found.row, records_request=found.request,
                today=legal_day(request, found.request),
            )  # fmt: skip
        except Refused as refusal:
            cannot = refusal.sentence
    whole = list(found.request.parts.values_list("label", flat=True)) if effect and found.request else []
    theirs = Proposal.objects.offered_by(viewer, editing=True).filter(pk=found.row.pk)
    return heading(found.request) | {
        "title": found.title,
        "one": _row(request, found),
        "ours": found.ours,
        "decides": decides,
        "withdraws": waits and not found.ours and theirs.exists(),
        "effect": effect_context(effect, whole) if effect else None,
        "cannot": cannot,
        "seen_version": found.request.ledger_version if found.request else "",
        "form": form,
        "refused": refused,
        "form_failed": status != 200,
    }


def _row(request: Looking, one: Shown) -> dict[str, Any]:
    row, zone = one.row, reader_zone(request)
    return {
        "url": reverse("proposal", args=[row.public_id]),
        "words": in_short(row),
        "name": one.name or SOMEBODY,
        "person": one.person,
        "agency": one.request.agency.name if one.request else "",
        "title": one.title,
        "note": row.note,
        "subject": row.title,
        "text": row.text,
        "file": _file(one) if row.kind == Proposal.Kind.DOCUMENT else None,
        "at": row.offered_at.astimezone(zone),
        "state": STATES.get(one.state, ""),
        "tone": TONES.get(one.state, ""),
        "reason": one.decision.reason if one.decision else "",
        "decided_at": one.decision.at.astimezone(zone) if one.decision else None,
        "is_sample": one.request.is_sample if one.request else False,
    }


def _file(one: Shown) -> dict[str, Any]:
    """url: empty where its bytes are not handed out, for it was decided, or is not followed any more."""
    row = one.row
    waits = one.state == queries.WAITING
    return {
        "url": reverse("proposal-file", args=[row.public_id]) if waits else "",
        "title": row.title,
        "size": row.size,
        "sha256": row.sha256,
        "received_on": row.happened_on,
    }


def in_short(row: Proposal) -> str:
    """In one line: what, and on which day."""
    if row.kind == Proposal.Kind.DRAFT:
        return _("%(letter)s: %(subject)s") % {"letter": LetterKind(row.what).label, "subject": row.title}
    if row.kind == Proposal.Kind.DOCUMENT:
        return _("Document: %(name)s") % {"name": row.title}
    said = what_words(row.what, row.outcome)
    if row.happened_on is not None:
        said = _("%(what)s on %(day)s") % {"what": said, "day": day_long(row.happened_on)}
    if row.until_on is not None:
        said = _("%(said)s, until %(day)s") % {"said": said, "day": day_long(row.until_on)}
    return said


def heading(found: RecordsRequest | None, *, masked: bool = False) -> dict[str, Any]:
    if found is None:
        return {"agency": "", "title": "", "request_url": "", "has_sample": False, "noindex": True}
    title = found.public_title
    if masked:
        title = masking.masked(title, masking.identities_of([found.pk]).get(found.pk, ()))
    return {
        "agency": found.agency.name,
        "title": title,
        "request_url": reverse("request", args=[found.public_id]),
        "has_sample": found.is_sample,
        "noindex": True,
    }


def request_of(request: Looking, pid: str) -> RecordsRequest:
    """One that is another's, and shown to the reader by name."""
    rows = RecordsRequest.objects.visible_to(request.viewer).select_related("agency")
    found: RecordsRequest | None = rows.filter(public_id=pid).first()
    if found is None or request.viewer.belongs_to(found.organisation_id):
        raise Http404
    return found


def see_other(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)


urlpatterns = [
    path("proposals/", proposals, name="proposals"),
    path("proposals/<slug:key>/", proposal, name="proposal"),
    path("requests/<slug:pid>/propose/event/", proposal_event, name="proposal-event"),
    path("requests/<slug:pid>/propose/letter/", proposal_letter, name="proposal-letter"),
]
