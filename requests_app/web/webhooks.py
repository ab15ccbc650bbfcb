"""Webhooks: an owner says who is told what, sees what was told, and sends it again."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions import webhooks as acts
from requests_app.actions.refusals import Refused
from requests_app.models import Organisation, Webhook, WebhookDelivery
from requests_app.models.ids import public_id
from requests_app.notices.webhook_targets import LONGEST

from .current import current_organisation
from .paging import page_number, shown
from .reauthentication import fresh_sign_in
from .shell import Looking, reader_zone

SIZE = 30
FORMS = (
    ("json", gettext_lazy("JSON, signed: for a program of yours")),
    ("slack", gettext_lazy("Text: for a channel of Slack, or of a chat that reads the same form")),
)
KINDS = (
    ("reminder.due", gettext_lazy("A reminder is due: something lapsed, our window opens or closes")),
    ("request.filed", gettext_lazy("A request was filed")),
    ("event.recorded", gettext_lazy("An event was recorded")),
    ("letter.sent", gettext_lazy("A letter went out by e-mail")),
    ("letter.failed", gettext_lazy("A letter could not be sent")),
    ("date.moved", gettext_lazy("A date moved")),
)
KIND_WORDS = {
    "reminder.due": gettext_lazy("Reminder due"),
    "request.filed": gettext_lazy("Request filed"),
    "event.recorded": gettext_lazy("Event recorded"),
    "letter.sent": gettext_lazy("Letter sent"),
    "letter.failed": gettext_lazy("Letter not sent"),
    "date.moved": gettext_lazy("Date moved"),
    "test": gettext_lazy("Test"),
}
# The journal's own word and number before what happened.
PLAIN = re.compile(r"^(given up: )?later: (\d+ )?")
STATES = {
    "planned": gettext_lazy("waits"),
    "claimed": gettext_lazy("on its way"),
    "unknown": gettext_lazy("unknown; sent again soon"),
    "sent": gettext_lazy("delivered"),
    "skipped": gettext_lazy("left out"),
    "cancelled": gettext_lazy("left out"),
    "failed": gettext_lazy("given up"),
}


class WebhookForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=acts.NAME_MAX,
        help_text=gettext_lazy("Who is told: the channel of the clinic."),
        error_messages={"required": gettext_lazy("Give the webhook a name: who is told?")},
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        help_text=gettext_lazy("Begins with https:// and leads to a server on the open internet."),
        error_messages={"required": gettext_lazy("Write the address to call.")},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Form"), choices=FORMS, initial="json", widget=forms.RadioSelect
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is told"),
        choices=KINDS,
        initial=["reminder.due", "date.moved"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing to tell.")},
    )
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)


def _here(request: Looking) -> Organisation:
    """Where an owner works. For everybody else these pages are not there."""
    key = current_organisation(request)
    if key is None or not request.viewer.may_own(key):
        raise Http404(_("There is nothing at this address."))
    return get_object_or_404(Organisation.objects.visible_to(request.viewer), pk=key)


def _take(form: WebhookForm, problem: Refused) -> str:
    """Beside its field, or as the sentence that is told above."""
    if problem.field in form.fields:
        form.add_error(problem.field, problem.sentence)
        return ""
    return problem.sentence


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def webhooks(request: Looking) -> HttpResponse:
    organisation = _here(request)
    form, status, refused, made = WebhookForm(initial={"once": public_id()}), 200, "", {}
    if request.method == "POST":
        form, status = WebhookForm(request.POST), 400
        if form.is_valid():
            try:
                hook, secret = acts.make_webhook(
                    viewer=request.viewer, organisation=organisation, actor=request.user, **form.cleaned_data
                )
            except Refused as problem:
                status, refused = problem.status, _take(form, problem)
            else:
                # Shown in the answer to the form and kept nowhere: a page to go on to would have to keep it.
                made = {"name": hook.name, "secret": secret, "url": reverse("webhook", args=[hook.public_id])}
                form, status = WebhookForm(initial={"once": public_id()}), 200
    rows = Webhook.objects.visible_to(request.viewer).filter(organisation=organisation, removed_at=None)
    context = {
        "organisation": organisation,
        "hooks": [_row(request, row) for row in rows.order_by("pk")],
        "form": form,
        "form_failed": status >= 400,
        "refused": refused,
        "made": made,
    }
    return render(request, "webhooks.html", context, status=status)


def _row(request: Looking, row: Webhook) -> dict[str, Any]:
    zone = reader_zone(request)
    state = _("on") if row.active else _("switched off after failures") if row.switched_off_at else _("off")
    return {
        "name": row.name,
        "url": reverse("webhook", args=[row.public_id]),
        "host": row.url.split("/")[2],
        "form": dict(FORMS)[row.form],
        "state": state,
        "active": row.active,
        "failing": bool(row.failing_since),
        "gave_up": row.switched_off_at is not None and not row.active,
        "last_failure": row.last_failure,
        "failing_since": row.failing_since.astimezone(zone) if row.failing_since else None,
        "waits_until": row.waits_until.astimezone(zone)
        if row.waits_until and row.waits_until > request.now
        else None,
        "sent": row.last_sent_at.astimezone(zone) if row.last_sent_at else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def webhook(request: Looking, pid: str) -> HttpResponse:
    organisation = _here(request)
    rows = Webhook.objects.visible_to(request.viewer).select_related("organisation")
    hook = get_object_or_404(rows, organisation=organisation, public_id=pid, removed_at=None)
    form, status, refused, secret = WebhookForm(initial=_initial(hook)), 200, "", ""
    if request.method == "POST":
        if request.POST.get("step") == "save":
            form = WebhookForm(request.POST)
        try:
            answer = _act(request, hook, form)
        except Refused as problem:
            status, refused = problem.status, _take(form, problem)
        else:
            if isinstance(answer, HttpResponse):
                return answer
            secret, status = answer, 200 if answer else 400
        hook.refresh_from_db()
    listed = WebhookDelivery.objects.visible_to(request.viewer).filter(webhook=hook).order_by("-pk")
    total = listed.count()
    number = min(page_number(request), max(1, -(-total // SIZE)))
    part = listed.select_related("request__agency")[(number - 1) * SIZE : number * SIZE]
    context = {
        "organisation": organisation,
        "hook": _row(request, hook),
        "page": shown([_delivery(request, row) for row in part], total=total, number=number, size=SIZE),
        "form": form,
        "form_failed": status >= 400,
        "refused": refused,
        "secret": secret,
        "once": public_id(),
    }
    return render(request, "webhook.html", context, status=status)


def _initial(hook: Webhook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url, "form": hook.form, "kinds": hook.kinds, "once": public_id()}


def _act(request: Looking, hook: Webhook, form: WebhookForm) -> HttpResponse | str:
    """Where to go on; or the new secret, which its page shows; or nothing, where the form is to be mended."""
    step = request.POST.get("step", "")
    same: dict[str, Any] = {"viewer": request.viewer, "actor": request.user}
    if step == "save":
        if not form.is_valid():
            return ""
        given = {name: value for name, value in form.cleaned_data.items() if name != "once"}
        acts.change_webhook(**same, hook=hook, **given)
        messages.success(request, _("Saved."))
    elif step == "rotate":
        return acts.rotate_secret(**same, hook=hook)[1]
    elif step in ("on", "off"):
        acts.switch_webhook(**same, hook=hook, on=step == "on")
        messages.success(request, _("It is switched on.") if step == "on" else _("It is switched off."))
    elif step == "test":
        acts.test_webhook(**same, hook=hook, once=request.POST.get("once", ""))
        messages.success(request, _("A test is on its way. Look again in a minute."))
    elif step == "again":
        rows = WebhookDelivery.objects.visible_to(request.viewer).filter(webhook=hook)
        delivery = get_object_or_404(
            rows.select_related("webhook"), message_id=request.POST.get("delivery", "")
        )
        acts.send_again(**same, delivery=delivery)
        messages.success(request, _("It goes out once more, under the same id."))
    elif step == "remove":
        acts.remove_webhook(**same, hook=hook)
        messages.success(
            request, _("%(name)s is removed. Nobody is told there any more.") % {"name": hook.name}
        )
        return _to("webhooks")
    else:
        raise Http404(_("There is nothing at this address."))
    return _to("webhook", hook.public_id)


def _to(name: str, *where: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse(name, args=where))
    response.status_code = 303
    return response


def _delivery(request: Looking, row: WebhookDelivery) -> dict[str, Any]:
    zone = reader_zone(request)
    return {
        "id": row.message_id,
        "kind": KIND_WORDS.get(row.kind, row.kind),
        "request_url": reverse("request", args=[row.request.public_id]) if row.request else "",
        "agency": row.request.agency.name if row.request else "",
        "state": STATES[row.state],
        "bad": row.state == "failed" or (row.state == "planned" and row.attempts > 0),
        "why": "" if row.outcome == "accepted" else PLAIN.sub("", row.outcome),
        "at": row.created_at.astimezone(zone),
        "sent": row.sent_at.astimezone(zone) if row.sent_at else None,
        "next": row.next_at.astimezone(zone) if row.state == "planned" and row.attempts else None,
        "tries": row.attempts,
        "again": row.state not in ("claimed", "unknown"),
    }


urlpatterns = [
    path("settings/webhooks/", webhooks, name="webhooks"),
    path("settings/webhooks/<slug:pid>/", webhook, name="webhook"),
]
