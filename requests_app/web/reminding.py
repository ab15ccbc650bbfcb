"""Who is reminded of what: the rules of an organization, a campaign, a request and oneself, and what comes of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from requests_app.actions import reminding as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.reminder_stages import Stages, Want
from requests_app.actions.reminding import Change, Saved, Standing, Subject
from requests_app.models import Campaign, Organisation, Person, PersonalReminding, RecordsRequest
from requests_app.notices.reminding import STANDARD
from requests_app.queries import reminding as query

from .current import current_organisation
from .events import heading_of
from .paging import page_number, shown
from .reminding_forms import PersonalForm, RuleForm, initial_of, zones
from .reminding_words import KINDS, SOURCES, STATES, WAYS, listed, row_of, stage_words
from .shell import Looking, reader_zone
from .work import ours

NEW = "new"


@dataclass(frozen=True, slots=True)
class Place:
    """Where rules are read and changed. page: its address; rule: the name of the route of one rule."""

    subject: Subject
    title: str
    crumb: str
    crumb_url: str
    page: str
    rule: str
    keys: tuple[str, ...]
    may_change: bool

    def rule_url(self, place: int | str) -> str:
        return reverse(self.rule, args=[*self.keys, place])


def _organisation(request: Looking) -> Organisation:
    found = Organisation.objects.visible_to(request.viewer).filter(pk=current_organisation(request) or 0).first()
    if found is None:
        raise Http404
    return found


def _of_organisation(request: Looking) -> Place:
    found = _organisation(request)
    return Place(
        Subject(found), _("Reminders"), _("Settings"), reverse("settings"), reverse("reminder-policy"), "reminder-rule",
        (), request.viewer.may_own(found.pk),
    )  # fmt: skip


def _of_campaign(request: Looking, pid: str) -> Place:
    rows = Campaign.objects.of_organisation(request.viewer).select_related("organisation")
    found: Campaign = get_object_or_404(rows, public_id=pid)
    return Place(
        Subject(found.organisation, campaign=found), _("Reminders of the campaign"), found.public_title,
        reverse("campaign", args=[pid]), reverse("campaign-reminders", args=[pid]), "campaign-reminder-rule", (pid,),
        request.viewer.may_edit(found.organisation_id),
    )  # fmt: skip


def _of_request(request: Looking, pid: str) -> Place:
    found = ours(request, pid)
    return Place(
        Subject(found.organisation, request=found), _("Reminders"), str(found.agency.name),
        reverse("request", args=[pid]), reverse("request-reminders", args=[pid]), "request-reminder-rule", (pid,),
        request.viewer.may_edit(found.organisation_id),
    )  # fmt: skip


def _of_person(request: Looking) -> Place:
    found = _organisation(request)
    person = Person.objects.get(pk=request.viewer.id)
    return Place(
        Subject(found, person=person), _("Reminders for you"), _("Settings"), reverse("settings"),
        reverse("personal-reminding"), "personal-reminder-rule", (), may_change=True,
    )  # fmt: skip


# The rules -----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: Looking) -> HttpResponse:
    return _policy(request, _of_organisation(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_policy(request: Looking, pid: str) -> HttpResponse:
    return _policy(request, _of_campaign(request, pid))


def _policy(request: Looking, place: Place) -> HttpResponse:
    standing = acts.standing(viewer=request.viewer, subject=place.subject)
    if request.method == "POST":
        return _forget(request, place)
    context = {**_rules(place, standing), "noindex": True}
    return render(request, "reminder_policy.html", context)


def _rules(place: Place, standing: Standing) -> dict[str, Any]:
    return {
        "place": place,
        "subject": place.subject.name,
        "source": SOURCES[standing.source.subject],
        "own": standing.own,
        "version": standing.version,
        "rules": [
            {**row_of(rule), "url": place.rule_url(number)} for number, rule in enumerate(standing.source.rules)
        ],
        "new_url": place.rule_url(NEW),
    }


def _forget(request: Looking, place: Place) -> HttpResponse:
    try:
        saved = acts.forget(
            viewer=request.viewer, subject=place.subject, actor=request.user, now=request.now,
            seen_version=_version(request),
        )  # fmt: skip
    except NotYours:
        raise Http404 from None
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect(place.page)
    _say(request, saved, _("These rules are taken away; the next wider ones hold."))
    return redirect(place.page)


def _version(request: Looking) -> int:
    given = request.POST.get("seen_version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: Looking, number: str) -> HttpResponse:
    return _rule(request, _of_organisation(request), number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_rule(request: Looking, pid: str, number: str) -> HttpResponse:
    return _rule(request, _of_campaign(request, pid), number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_rule(request: Looking, pid: str, number: str) -> HttpResponse:
    return _rule(request, _of_request(request, pid), number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def personal_rule(request: Looking, number: str) -> HttpResponse:
    return _rule(request, _of_person(request), number)


def _rule(request: Looking, place: Place, number: str) -> HttpResponse:
    if not place.may_change:
        raise Http404
    standing = acts.standing(viewer=request.viewer, subject=place.subject)
    rules = list(standing.source.rules)
    at = len(rules) if number == NEW else (int(number) if number.isascii() and number.isdigit() else -1)
    if not 0 <= at <= len(rules) or (number != NEW and at == len(rules)):
        raise Http404
    start = rules[at] if number != NEW else replace(STANDARD[1], days=(), repeat_every=None, repeat_until=0)
    personal = place.subject.person is not None
    form = RuleForm(request.POST or None, initial=initial_of(start, standing.version), personal=personal)
    refused, status, change = "", 200, None
    if request.method == "POST":
        status = 400
        removing = request.POST.get("act") == "remove"
        if removing or form.is_valid():
            changed = [*rules[:at], *([] if removing else [form.rule()]), *rules[at + 1 :]]
            try:
                if request.POST.get("act") == "preview":
                    change = acts.preview(
                        viewer=request.viewer, subject=place.subject, rules=changed, now=request.now
                    )
                    status = 200
                else:
                    saved = acts.save(
                        viewer=request.viewer, subject=place.subject, rules=changed, actor=request.user,
                        seen_version=_version(request), now=request.now,
                    )  # fmt: skip
                    _say(request, saved, _("Saved."))
                    return redirect(place.page)
            except NotYours:
                raise Http404 from None
            except Refused as refusal:
                status = refusal.status
                field = (refusal.field or "").rpartition(".")[2]
                if not removing and field in form.fields and not form.fields[field].widget.is_hidden:
                    form.add_error(field, refusal.sentence)
                else:
                    refused = refusal.sentence
    context = {
        "place": place, "form": form, "refused": refused, "form_failed": status >= 400, "number": number,
        "is_new": number == NEW, "only_one": len(rules) == 1, "change": _change(change), "personal": personal,
        "subject": place.subject.name, "noindex": True,
    }  # fmt: skip
    return render(request, "reminder_rule.html", context, status=status)


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "added": ngettext("%(n)d reminder is added", "%(n)d reminders are added", change.added) % {"n": change.added},
        "dropped": ngettext("%(n)d falls away", "%(n)d fall away", change.dropped) % {"n": change.dropped},
        "requests": change.requests,
        "whole": change.whole,
        "nothing": not change.added and not change.dropped,
    }


def _say(request: Looking, saved: Saved, words: str) -> None:
    if saved.planned:
        more = ngettext(
            "The reminders of %(n)d request are planned anew.", "The reminders of %(n)d requests are planned anew.",
            saved.requests,
        )  # fmt: skip
    else:
        more = _("The reminders of %(n)d requests are planned anew within a few minutes.")
    messages.success(request, f"{words} {more % {'n': saved.requests}}" if saved.requests else words)


# One request ---------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_reminders(request: Looking, pid: str) -> HttpResponse:
    place = _of_request(request, pid)
    records_request = place.subject.request
    assert records_request is not None
    if request.method == "POST":
        if not place.may_change:
            raise Http404
        return _forget(request, place)
    standing = acts.standing(viewer=request.viewer, subject=place.subject)
    names, zone = query.names_of(request.viewer, records_request), reader_zone(request)
    number = page_number(request)
    rows = query.sent_of(request.viewer, records_request)
    start = (number - 1) * query.PAGE
    sent = [
        {
            "kind": KINDS.get(row.kind, row.kind), "clock": names.get(row.clock_key, row.clock_key), "due": row.due_on,
            "at": (row.sent_at or row.next_at).astimezone(zone), "to": str(row.recipient), "state": STATES[row.state],
            "is_sent": row.state == "sent", "how": listed(WAYS.get(way, way) for way in row.channels),
            "outcome": "" if row.outcome == "accepted" else row.outcome,
        }
        for row in rows[start : start + query.PAGE]
    ]  # fmt: skip
    context = {
        **_rules(place, standing),
        "records_request": heading_of(records_request),
        "to_come": to_come(request, records_request, names, zone),
        "beside": [
            {
                "kind": KINDS[row.kind], "clock": names.get(row.clock_key, ""), "due": row.due_on,
                "to": str(row.recipient), "at": row.next_at.astimezone(zone),
            }
            for row in query.beside_of(request.viewer, records_request)[: query.PAGE]
        ],
        "page": shown(sent, total=rows.count(), number=number, size=query.PAGE),
        "noindex": True,
    }  # fmt: skip
    return render(request, "request_reminders.html", context)


def to_come(request: Looking, records_request: RecordsRequest, names: dict[str, str], zone: dt.tzinfo) -> list[Any]:
    """Every reminder that the rules make from now on, with who reads it."""
    stages = Stages([records_request.pk], request.now)
    found: dict[tuple[int, str, int, dt.date], list[Want]] = defaultdict(list)
    for one in stages.wanted():
        if isinstance(one, Want) and one.at > request.now:
            found[one.clock.deadline, one.stage.kind, one.stage.number, one.stage.on].append(one)
    people = Person.objects.in_bulk({one.person for wants in found.values() for one in wants})
    return [
        {
            "on": wants[0].stage.on,
            "at": min(one.at for one in wants).astimezone(zone),
            "kind": KINDS[wants[0].stage.kind],
            "clock": names.get(wants[0].clock.key, ""),
            "due": wants[0].clock.remind_on,
            "why": stage_words(wants[0].stage),
            "last_day": wants[0].stage.is_last_day,
            "to": listed(sorted(str(people[one.person]) for one in wants)),
            "how": listed(WAYS[way] for way in wants[0].stage.channels),
        }
        for wants in sorted(found.values(), key=_soonest)
    ]


def _soonest(wants: Sequence[Want]) -> tuple[dt.datetime, int]:
    return min(one.at for one in wants), wants[0].clock.deadline


# Oneself -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def personal(request: Looking) -> HttpResponse:
    place = _of_person(request)
    if request.method == "POST" and request.POST.get("act") == "forget":
        return _forget(request, place)
    person, organisation = place.subject.person, place.subject.organisation
    assert person is not None
    form = PersonalForm(request.POST or None, initial=_personal(person, organisation))
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved = acts.save_personal(
                    viewer=request.viewer, organisation=organisation, actor=request.user, now=request.now,
                    **form.cleaned_data,
                )  # fmt: skip
            except Refused as refusal:
                status = refusal.status
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            else:
                _say(request, saved, _("Saved."))
                return redirect(place.page)
    standing = acts.standing(viewer=request.viewer, subject=place.subject)
    context = {
        **_rules(place, standing), "form": form, "refused": refused, "form_failed": status >= 400,
        "organisation": organisation, "zones": zones(), "noindex": True,
    }  # fmt: skip
    return render(request, "personal_reminding.html", context, status=status)


def _personal(person: Person, organisation: Organisation) -> dict[str, Any]:
    row = PersonalReminding.objects.filter(organisation=organisation, person=person).first()
    row = row or PersonalReminding()
    return {
        "zone": person.zone, "quiet_from": row.quiet_from, "quiet_until": row.quiet_until,
        "quiet_weekdays": [str(day) for day in row.quiet_weekdays], "digest": row.digest, "digest_at": row.digest_at,
        "digest_weekday": str(row.digest_weekday),
    }  # fmt: skip


urlpatterns = [
    path("settings/reminders/", policy, name="reminder-policy"),
    path("settings/reminders/you/", personal, name="personal-reminding"),
    path("settings/reminders/you/<slug:number>/", personal_rule, name="personal-reminder-rule"),
    path("settings/reminders/rules/<slug:number>/", rule, name="reminder-rule"),
    path("campaigns/<slug:pid>/reminders/", campaign_policy, name="campaign-reminders"),
    path("campaigns/<slug:pid>/reminders/<slug:number>/", campaign_rule, name="campaign-reminder-rule"),
    path("requests/<slug:pid>/reminders/", request_reminders, name="request-reminders"),
    path("requests/<slug:pid>/reminders/<slug:number>/", request_rule, name="request-reminder-rule"),
]
