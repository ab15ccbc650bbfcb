"""What was withheld in one request, on which ground, what we think of it, and what other agencies did."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import withholdings as acts
from requests_app.actions.refusals import Refused
from requests_app.kits import rebuttals
from requests_app.models import Event, RecordsRequest, Withholding
from requests_app.models.ids import public_id
from requests_app.models.withholdings import GroundType, OurView
from requests_app.queries import comparison
from requests_app.queries import withholdings as query

from .event_specs import kind_words
from .paging import param
from .requests import invented
from .shell import Looking
from .templatetags.look import day_long
from .withholding_forms import ChangeForm, HeadForm, RetractForm, Rows
from .words import outcome_words

GROUP_WORDS = {
    "released": lambda n: ngettext("%(n)d released it", "%(n)d released it", n),
    "part": lambda n: ngettext("%(n)d released part of it", "%(n)d released part of it", n),
    "granted": lambda n: ngettext("%(n)d granted it, not sent yet", "%(n)d granted it, not sent yet", n),
    "withheld": lambda n: ngettext("%(n)d withheld it", "%(n)d withheld it", n),
    "neither": lambda n: ngettext("%(n)d neither confirms nor denies", "%(n)d neither confirm nor deny", n),
    "none": lambda n: ngettext("%(n)d has no records", "%(n)d have no records", n),
    "destroyed": lambda n: ngettext("%(n)d says it was destroyed", "%(n)d say it was destroyed", n),
    "elsewhere": lambda n: ngettext("%(n)d says it is not theirs", "%(n)d say it is not theirs", n),
    "withdrawn": lambda n: ngettext("%(n)d withdrawn by us", "%(n)d withdrawn by us", n),
    "open": lambda n: ngettext("%(n)d not decided yet", "%(n)d not decided yet", n),
}


def of_ours(request: Looking, pid: str, *, edit: bool = False) -> RecordsRequest:
    """A request of the viewer's own organization; for anybody else there is none."""
    rows = RecordsRequest.objects.of_organisation(request.viewer)
    if edit:
        rows = rows.editable_by(request.viewer)
    found: RecordsRequest = get_object_or_404(
        rows.select_related("agency", "campaign", "organisation"), public_id=pid
    )
    return found


def heading(request: Looking, found: RecordsRequest) -> dict[str, Any]:
    """What the frame of each page of one request reads."""
    return {
        "records_request": {
            "public_id": found.public_id,
            "title": found.public_title,
            "agency": found.agency.name,
            "is_sample": invented(found),
            "url": reverse("request", args=[found.public_id]),
        },
        "may_change": request.viewer.may_edit(found.organisation_id),
        "has_sample": invented(found),
        "noindex": True,
    }


def legal_day(request: Looking, found: RecordsRequest) -> dt.date:
    return request.now.astimezone(ZoneInfo(found.zone)).date()


def event_words(event: Event) -> str:
    on = event.sent_on or event.dated_on or event.received_on
    said = [str(kind_words(event.kind)), outcome_words(event.outcome), ", ".join(event.parts)]
    if on is not None:
        said.append(day_long(on))
    return " · ".join(word for word in said if word)


@require_safe
@login_required
def request_withholdings(request: Looking, pid: str) -> HttpResponse:
    found = of_ours(request, pid)
    rows = query.of_request(request.viewer, found)
    decisions = query.decisions_of(request.viewer, found, acts.ASSERTS)
    standing = {event.pk for event in decisions}
    shown = [row for row in rows if row.retracted_at is None and row.event_id in standing]
    groups: dict[int, list[dict[str, Any]]] = {event.pk: [] for event in decisions}
    for row in shown:
        groups[row.event_id].append(line_of(row))
    context = heading(request, found) | {
        "decisions": [
            {
                "words": event_words(event),
                "rows": groups[event.pk],
                "new_url": f"{reverse('withholding-new', args=[pid])}?event={event.uid}"
                if event.outcome not in acts.GIVES
                else "",
            }
            for event in decisions
            if groups[event.pk] or event.outcome in acts.WITHHOLDS
        ],
        "gone": [line_of(row) for row in rows if row not in shown],
        "parts": _parts(request, found),
        "pages": {
            "full": sum(row.pages_full or 0 for row in shown),
            "part": sum(row.pages_part or 0 for row in shown),
        },
        "count": len(shown),
        "answers": _answers(found, [row.ground for row in shown]),
        "new_url": reverse("withholding-new", args=[pid]),
        "log_url": reverse("event-new", args=[pid, "determined"]),
    }
    return render(request, "request_withholdings.html", context)


def line_of(row: Any) -> dict[str, Any]:
    """One row as the tables show it."""
    private = getattr(row, "private", None)
    pid = row.request.public_id
    return {
        "part": row.part,
        "section": row.section,
        "citation": row.citation if row.citation != row.section else "",
        "ground": GroundType(row.ground).label,
        "pages_full": row.pages_full,
        "pages_part": row.pages_part,
        "ranges": row.ranges,
        "reason": row.reason,
        "view": OurView(private.our_view).label if private else "",
        "view_code": private.our_view if private else "",
        "notes": private.notes if private else "",
        "challenged": event_words(private.challenged) if private and private.challenged else "",
        "released": event_words(row.released) if row.released else "",
        "because": private.retracted_because if private else "",
        "edit_url": reverse("withholding-edit", args=[pid, row.public_id]) if row.retracted_at is None else "",
        "retract_url": reverse("withholding-retract", args=[pid, row.public_id])
        if row.retracted_at is None
        else "",
    }


def _answers(found: RecordsRequest, grounds: list[str]) -> list[dict[str, Any]]:
    """Notes on how to answer each kind of ground that was asserted here."""
    return [
        {"name": GroundType(basis.value).label, "means": said.means, "notes": rebuttals.notes(basis, found.law_id)}
        for basis, said in rebuttals.bases().items()
        if basis.value in grounds
    ]


def _parts(request: Looking, found: RecordsRequest) -> list[dict[str, Any]]:
    """Each part with what other agencies did with the same one; nothing where no kit or campaign joins them."""
    labels = list(found.parts.values_list("label", "title"))
    asked = [one for label, _title in labels if (one := comparison.same_part(found, label))]
    counted = comparison.counts(request.viewer, asked, on=legal_day(request, found), without=found.pk)
    by_label = {one.part: counts for one, counts in zip(asked, counted, strict=True)}
    own = comparison.outcomes(request.viewer, found, [one.part for one in asked], on=legal_day(request, found))
    out = []
    for label, title in labels:
        counts = by_label.get(label, Counter())
        url = reverse("withholding-compare", args=[found.public_id])
        others = [
            {"url": f"{url}?part={label}&group={group}", "words": words(counts[group]) % {"n": counts[group]}}
            for group, words in GROUP_WORDS.items()
            if counts.get(group)
        ]
        here = own.get(label, "")
        row = {
            "label": label, "title": title, "here": outcome_words(here), "others": others,
            "refused": comparison.OF.get(here) in comparison.REFUSED, "released": counts.get("released", 0),
        }  # fmt: skip
        out.append(row)
    out.sort(key=lambda row: not row["refused"])
    return out if any(part["others"] for part in out) else []


@require_safe
@login_required
def compare(request: Looking, pid: str) -> HttpResponse:
    """One part at every agency that was asked for it."""
    found = of_ours(request, pid)
    label, group = param(request, "part", 12), param(request, "group", 12)
    part = get_object_or_404(found.parts, label=label) if label else found.parts.first()
    if part is None:
        raise Http404
    label = part.label
    asked = comparison.same_part(found, label)
    answers = comparison.answers(request.viewer, asked, on=legal_day(request, found)) if asked else []
    counted = [answer.group for answer in answers]
    url = reverse("withholding-compare", args=[pid])
    context = heading(request, found) | {
        "part": part,
        "groups": [
            {
                "url": f"{url}?part={label}&group={name}",
                "words": words(counted.count(name)) % {"n": counted.count(name)},
                "here": name == group,
            }
            for name, words in GROUP_WORDS.items()
            if name in counted
        ],
        "all_url": f"{url}?part={label}",
        "group": group if group in GROUP_WORDS else "",
        "answers": [
            {
                "url": reverse("request-withholdings", args=[answer.request.public_id]),
                "agency": answer.request.agency.name,
                "is_sample": invented(answer.request),
                "title": answer.title,
                "outcome": outcome_words(answer.outcome) or _("Not decided yet"),
                "sections": [str(dict(GroundType.choices).get(one, one)) for one in answer.sections],
                "own": answer.request.pk == found.pk,
            }
            for answer in answers
            if group not in GROUP_WORDS or answer.group == group
        ],
    }
    return render(request, "withholding_compare.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def withholding_new(request: Looking, pid: str) -> HttpResponse:
    found = of_ours(request, pid, edit=True)
    decisions = [
        event
        for event in query.decisions_of(request.viewer, found, acts.ASSERTS)
        if event.outcome not in acts.GIVES
    ]
    by_uid = {event.uid: event for event in decisions}
    asked = request.GET.get("event", "")
    likely = [event for event in decisions if event.outcome in acts.WITHHOLDS] or decisions
    chosen = by_uid.get(asked) or (likely[-1] if likely else None)
    head = HeadForm(
        request.POST or None,
        decisions=[(event.uid, event_words(event)) for event in reversed(decisions)],
        initial={"event": chosen.uid if chosen else "", "once": public_id()},
    )
    rows = Rows(
        request.POST or None, parts=_part_choices(found), exemptions=acts.exemptions_of(found.law_id),
        part=chosen.parts[0] if chosen and len(chosen.parts) == 1 else "",
    )  # fmt: skip
    refused, status = "", 200
    more = request.method == "POST" and request.POST.get("step") == "more"
    if more:
        head = HeadForm(initial=request.POST.dict(), decisions=head.fields["event"].choices)  # type: ignore[attr-defined]
    shown = rows.forms(more=more)
    if request.method == "POST" and not more:
        if all([head.is_valid(), *(form.is_valid() for form in shown)]):
            try:
                made = acts.record_withholdings(
                    viewer=request.viewer, records_request=found, event=by_uid[head.cleaned_data["event"]],
                    rows=[form.asserted() for form in shown], actor=request.user, once=head.cleaned_data["once"],
                )  # fmt: skip
                messages.success(
                    request,
                    ngettext("%(n)d ground recorded.", "%(n)d grounds recorded.", len(made)) % {"n": len(made)},
                )
                return redirect("request-withholdings", pid=pid)
            except Refused as refusal:
                refused, status = _refuse(head, shown, refusal), refusal.status
        else:
            status = 400
    context = heading(request, found) | {
        "head": head, "rows": shown, "count": len(shown), "blank": rows.blank, "refused": refused,
        "form_failed": status >= 400, "none_yet": not decisions, "law_list": bool(acts.exemptions_of(found.law_id)),
        "log_url": reverse("event-new", args=[pid, "determined"]),
    }  # fmt: skip
    return render(request, "withholding_new.html", context, status=status)


def _refuse(head: HeadForm, rows: list[Any], refusal: Refused) -> str:
    """The sentence beside its field: "2-section" is a field of the third row."""
    number, _dash, name = (refusal.field or "").partition("-")
    if number.isdigit() and int(number) < len(rows) and name in rows[int(number)].fields:
        rows[int(number)].add_error(name, refusal.sentence)
        return ""
    if refusal.field in ("event",):
        head.add_error(refusal.field, refusal.sentence)
        return ""
    return refusal.sentence


def _part_choices(found: RecordsRequest) -> list[tuple[str, str]]:
    return [(label, f"{label} {title}".strip()) for label, title in found.parts.values_list("label", "title")]


def _one(request: Looking, found: RecordsRequest, wid: str) -> Any:
    rows = Withholding.objects.visible_to(request.viewer).filter(request=found)
    return get_object_or_404(
        rows.select_related("event", "released", "request", "private__challenged", "private__changed_by"),
        public_id=wid,
    )


def _said(row: Any, exemptions: Any) -> dict[str, Any]:
    """The row as its form shows it."""
    codes = {one.code for one in exemptions}
    listed = row.section in codes and bool(row.citation)
    return {
        "part": row.part, "code": row.section if listed else "", "section": "" if listed else row.section,
        "ground": row.ground, "pages_full": row.pages_full, "pages_part": row.pages_part, "ranges": row.ranges,
        "reason": row.reason, "our_view": row.private.our_view, "notes": row.private.notes,
        "released": row.released.uid if row.released else "",
        "challenged": row.private.challenged.uid if row.private.challenged else "", "seen_version": row.version,
    }  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def withholding_edit(request: Looking, pid: str, wid: str) -> HttpResponse:
    found = of_ours(request, pid, edit=True)
    row = _one(request, found, wid)
    exemptions = acts.exemptions_of(found.law_id)
    choices: dict[str, Any] = {
        "parts": _part_choices(found),
        "exemptions": exemptions,
        "challenges": _choices(request, found, acts.CHALLENGES),
        "releases": _choices(request, found, acts.RELEASES),
    }
    form = ChangeForm(request.POST or None, initial=_said(row, exemptions), **choices)
    refused, status, both = "", 200, []
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                acts.change_withholding(
                    viewer=request.viewer, withholding=row, said=form.asserted(), actor=request.user,
                    seen_version=form.cleaned_data["seen_version"],
                )  # fmt: skip
                messages.success(request, _("Saved."))
                return redirect("request-withholdings", pid=pid)
            except Refused as refusal:
                status = refusal.status
                if refusal.code == "stale":
                    row = _one(request, found, wid)
                    both = _both(form, _said(row, exemptions))
                    typed = request.POST.copy()
                    typed["seen_version"] = str(row.version)
                    form = ChangeForm(typed, **choices)
                refused = _beside(form, refusal)
    context = heading(request, found) | {
        "form": form, "refused": refused, "form_failed": status >= 400, "both": both,
        "decision": event_words(row.event),
        "changed_by": str(row.private.changed_by or ""),
        "retract_url": reverse("withholding-retract", args=[pid, wid]),
    }  # fmt: skip
    return render(request, "withholding_edit.html", context, status=status)


def _choices(request: Looking, found: RecordsRequest, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(event.uid, event_words(event)) for event in query.decisions_of(request.viewer, found, kinds)]


def _beside(form: forms.Form, refusal: Refused) -> str:
    if refusal.field and refusal.field in form.fields and not form.fields[refusal.field].widget.is_hidden:
        form.add_error(refusal.field, refusal.sentence)
        return ""
    return refusal.sentence


def _both(form: ChangeForm, saved: dict[str, Any]) -> list[dict[str, str]]:
    """Field by field where the two differ: what is saved now, and what was about to be."""
    out = []
    for name, field in form.fields.items():
        mine, theirs = form.cleaned_data.get(name), saved.get(name)
        if name == "seen_version" or (mine or "") == (theirs or ""):
            continue
        named = dict(getattr(field, "choices", ()))
        out.append(
            {
                "label": str(field.label),
                "theirs": str(named.get(theirs, "" if theirs is None else theirs)) or "–",
                "mine": str(named.get(mine, "" if mine is None else mine)) or "–",
            }
        )
    return out


@login_required
@require_http_methods(["GET", "POST"])
def withholding_retract(request: Looking, pid: str, wid: str) -> HttpResponse:
    found = of_ours(request, pid, edit=True)
    row = _one(request, found, wid)
    form = RetractForm(request.POST or None, initial={"seen_version": row.version})
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                acts.retract_withholding(
                    viewer=request.viewer, withholding=row, actor=request.user, **form.cleaned_data
                )
                messages.success(request, _("Taken back."))
                return redirect("request-withholdings", pid=pid)
            except Refused as refusal:
                status = refusal.status
                refused = _beside(form, refusal)
    context = heading(request, found) | {
        "form": form, "refused": refused, "form_failed": status >= 400, "row": line_of(row),
        "decision": event_words(row.event),
    }  # fmt: skip
    return render(request, "withholding_retract.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("requests/<slug:pid>/withholdings/", request_withholdings, name="request-withholdings"),
    path("requests/<slug:pid>/withholdings/new/", withholding_new, name="withholding-new"),
    path("requests/<slug:pid>/withholdings/compare/", compare, name="withholding-compare"),
    path("requests/<slug:pid>/withholdings/<slug:wid>/edit/", withholding_edit, name="withholding-edit"),
    path("requests/<slug:pid>/withholdings/<slug:wid>/retract/", withholding_retract, name="withholding-retract"),
]
