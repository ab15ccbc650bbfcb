"""A campaign before and while it is filed: kits, universe, waves, the preview of each letter, and the stop button."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import waves
from requests_app.laws.errors import Refused
from requests_app.models import AgencyKind, Campaign, CampaignAgency, Organisation, Wave
from requests_app.models.ids import public_id
from requests_app.queries import letter_words, own_kits
from requests_app.queries import letters as letter_query
from requests_app.queries import waves as query
from requests_app.queries.places import jurisdictions, place_name

from .current import current_organisation
from .event_form import NOTE_LIMIT, DayField
from .events import refuse
from .letters import STAGE_WORDS, row_of, warned
from .paging import all_posted, page_number, shown
from .partner_warnings import partner_warnings
from .shell import Looking, reader_day

PER_PAGE = 100
MOST_LINES = 2_000
WAVE_STAGES = (
    "draft", "queued", "sending", "sent", "printed", "failed", "uncertain", "stopped", "skipped", "discarded",
)  # fmt: skip
WARNING_WORDS = {
    "no_address": gettext_lazy("no address"),
    "asked_before": gettext_lazy("asked before with this kit"),
    "residency": gettext_lazy("the law answers residents only"),
    "bounced": gettext_lazy("mail to the address came back before"),
    "agency_merged": gettext_lazy("merged into another agency"),
    "no_law": gettext_lazy("no law is known"),
    "gaps": gettext_lazy("words are missing"),
    "unfilled": gettext_lazy("a merge field is unknown"),
    "not_email": gettext_lazy("goes by paper, portal or fax"),
}


class CampaignForm(forms.Form):
    public_title = forms.CharField(
        label=gettext_lazy("Public title"), max_length=200,
        help_text=gettext_lazy("Partners and the public read it once the campaign is shared."),
        error_messages={
            "required": gettext_lazy("Give the campaign a public title."),
            "max_length": gettext_lazy("A title has at most %(limit_value)d characters; this one has %(show_value)d."),
        },
    )  # fmt: skip
    public_summary = forms.CharField(
        label=gettext_lazy("What is asked, in a sentence"), required=False, max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    kits = forms.MultipleChoiceField(
        label=gettext_lazy("Kits"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each kit is a letter of its own to each agency."),
        error_messages={"required": gettext_lazy("Choose at least one kit.")},
    )
    working_title = forms.CharField(
        label=gettext_lazy("Working title"), max_length=200, required=False,
        help_text=gettext_lazy(
            "Your organization reads it, and what follows; so does whoever you share everything with."
        ),
    )  # fmt: skip
    strategy = forms.CharField(
        label=gettext_lazy("Strategy"), required=False, max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)

    def __init__(self, request: Looking, organisation_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kits"].choices = kit_choices(request, organisation_id)  # type: ignore[attr-defined]


def kit_choices(request: Looking, organisation_id: int) -> list[tuple[str, str]]:
    return [
        (one.ref, f"{one.name} ({_('ours')})" if one.own else one.name)
        for one in own_kits.offered(request.viewer, organisation_id)
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Looking) -> HttpResponse:
    here = current_organisation(request)
    if here is None or not request.viewer.may_edit(here):
        raise Http404
    form = CampaignForm(request, here, request.POST or None, initial={"once": public_id()})
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = waves.open_campaign(
                    viewer=request.viewer, organisation=Organisation.objects.get(pk=here), actor=request.user,
                    **form.cleaned_data,
                )  # fmt: skip
                return redirect("campaign-plan", pid=made.public_id)
            except Refused as refusal:
                refused, status = refuse(form, refusal), getattr(refusal, "status", 400)
    context = {"form": form, "refused": refused, "form_failed": status >= 400, "noindex": True}
    return render(request, "campaign_new.html", context, status=status)


class ChooseForm(forms.Form):
    """Agencies by kind, place and words, or by a pasted list."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("State or territory"), required=False)
    words = forms.CharField(label=gettext_lazy("Words in the name"), required=False, max_length=120)
    pasted = forms.CharField(
        label=gettext_lazy("Or paste a list"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One agency a line, by its full name or its address here; a CSV’s first column will do."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(code, place.name) for code, place in jurisdictions().items()]
        self.fields["kind"].choices = [("", _("Any kind")), *AgencyKind.choices]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", _("Anywhere")), *sorted(places, key=lambda p: p[1])]  # type: ignore[attr-defined]


class WaveForm(forms.Form):
    planned_for = DayField(label=gettext_lazy("Planned for"), required=False)
    most = forms.IntegerField(
        label=gettext_lazy("At most so many agencies"), required=False, min_value=1, max_value=2_000,
        help_text=gettext_lazy("Empty: everybody who has no letter yet."),
    )  # fmt: skip
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)


def _campaign(request: Looking, pid: str) -> Campaign:
    found = query.campaign_of(request.viewer, pid)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Looking, pid: str) -> HttpResponse:
    campaign = _campaign(request, pid)
    if request.method == "POST":
        if not request.viewer.may_edit(campaign.organisation_id):
            raise Http404
        return _act_on_plan(request, campaign)
    return _plan_page(request, campaign)


def _act_on_plan(request: Looking, campaign: Campaign) -> HttpResponse:
    who: dict[str, Any] = {"viewer": request.viewer, "campaign": campaign}
    here = redirect("campaign-plan", pid=campaign.public_id)
    try:
        match request.POST.get("step"):
            case "centers":
                found = query.choose(sample=campaign.organisation.is_sample, kind="fusion_center")
                _say_added(request, waves.put_agencies(**who, agencies=found), [])
                return here
            case "choose":
                form = ChooseForm(request.POST)
                if not form.is_valid():
                    return _plan_page(request, campaign, choose=form, status=400)
                found, lost = _chosen(campaign, form)
                if not found and not lost:
                    form.add_error(None, _("Say which agencies: a kind, a state, words, or a list."))
                    return _plan_page(request, campaign, choose=form, status=400)
                _say_added(request, waves.put_agencies(**who, agencies=found), lost)
                return here
            case "take-out":
                slugs = all_posted(request, "agency", MOST_LINES)
                rows = CampaignAgency.objects.visible_to(request.viewer).filter(campaign=campaign)
                picked = rows.filter(agency__slug__in=slugs).values_list("agency_id", flat=True)
                waves.take_out(**who, agencies=list(picked))
                return here
            case "kits":
                waves.set_kits(**who, kits=all_posted(request, "kits", 50))
                return here
            case "wave":
                planned = WaveForm(request.POST)
                if not planned.is_valid():
                    return _plan_page(request, campaign, wave=planned, status=400)
                made = waves.prepare_wave(**who, actor=request.user, now=request.now, **planned.cleaned_data)
                return redirect("campaign-wave", pid=campaign.public_id, number=made.number)
            case _:
                raise Refused("step_unknown", _("The form did not say what to do."))
    except Refused as refusal:
        return _plan_page(request, campaign, refused=refusal.sentence, status=getattr(refusal, "status", 400))


def _chosen(campaign: Campaign, form: ChooseForm) -> tuple[list[Any], list[str]]:
    data = form.cleaned_data
    found: list[Any] = []
    lost: list[str] = []
    if data["pasted"].strip():
        lines = [line.replace("\x00", "").split("\t")[0] for line in data["pasted"].splitlines()]
        cells = [_first_cell(line) for line in lines][:MOST_LINES]
        found, lost = query.named([cell for cell in dict.fromkeys(cells) if cell])
    if data["kind"] or data["place"] or data["words"].strip():
        found += query.choose(
            sample=campaign.organisation.is_sample, kind=data["kind"], place=data["place"],
            words=data["words"].replace("\x00", ""),
        )  # fmt: skip
    return found, lost


def _first_cell(line: str) -> str:
    line = line.strip()
    if line.startswith('"') and '"' in line[1:]:
        return line[1:].partition('"')[0].strip()
    # A name may hold a comma itself; only what looks like columns is cut.
    return line.split(";")[0].strip() if ";" in line else line


def _say_added(request: Looking, added: int, lost: list[str]) -> None:
    said = ngettext("%(n)d agency added.", "%(n)d agencies added.", added) % {"n": added}
    messages.success(request, said)
    if lost:
        shown_ones = "; ".join(lost[:10])
        messages.warning(
            request,
            ngettext(
                "%(n)d line names no agency we know, or more than one: %(lines)s",
                "%(n)d lines name no agency we know, or more than one: %(lines)s",
                len(lost),
            )
            % {"n": len(lost), "lines": shown_ones},
        )


def _plan_page(
    request: Looking,
    campaign: Campaign,
    *,
    choose: ChooseForm | None = None,
    wave: WaveForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    found = query.plan(request.viewer, campaign)
    number = page_number(request)
    members, total = query.members(request.viewer, campaign, first=(number - 1) * PER_PAGE, most=PER_PAGE)
    chosen = {kit.kit for kit in found.kits}
    offered = own_kits.offered(request.viewer, campaign.organisation_id)
    newest = {one.ref: one.version for one in offered}
    context = {
        "campaign": {
            "name": campaign.public_title, "url": reverse("campaign", args=[campaign.public_id]),
            "is_sample": campaign.is_sample, "question": campaign.public_summary,
        },
        "campaign_pid": campaign.public_id,
        "may_edit_this": request.viewer.may_edit(campaign.organisation_id),
        "kits": [
            {"ref": one.ref, "name": one.name, "own": one.own, "on": one.ref in chosen,
             "newer": next((k.version != newest[one.ref] for k in found.kits if k.kit == one.ref), False)}
            for one in offered
        ],
        "n_kits": len(found.kits),
        "agencies": found.agencies,
        "written": found.written,
        "left": found.agencies - found.written,
        "members": [
            {"name": one.agency.name, "slug": one.agency.slug, "url": reverse("agency", args=[one.agency.slug]),
             "is_sample": one.agency.is_sample, "place": place_name(one.agency.jurisdiction),
             "left_out": one.left_out, "written": one.written}
            for one in members
        ],
        "page": shown(members, total=total, number=number, size=PER_PAGE),
        "waves": [_wave_line(campaign, line) for line in found.waves],
        "choose": choose or ChooseForm(),
        "wave": wave or WaveForm(initial={"once": public_id(), "planned_for": reader_day(request)}),
        "errors_of": choose if choose is not None else wave,
        "refused": refused,
        "form_failed": status >= 400,
        "has_sample": campaign.is_sample,
        "noindex": True,
    }  # fmt: skip
    return render(request, "campaign_plan.html", context, status=status)


def _wave_line(campaign: Campaign, line: query.WaveLine) -> dict[str, Any]:
    return {
        "number": line.wave.number,
        "url": reverse("campaign-wave", args=[campaign.public_id, line.wave.number]),
        "planned_for": line.wave.planned_for,
        "state": line.wave.state,
        "total": line.total,
        "counts": _count_words(line.counts),
        "bad": bool(line.counts.get("failed") or line.counts.get("uncertain")),
    }


def _count_words(counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {**STAGE_WORDS, "skipped": _("Skipped"), "draft": _("in draft")}
    return [
        {"stage": stage, "n": counts[stage], "words": str(words[stage]).lower()}
        for stage in WAVE_STAGES
        if counts.get(stage)
    ]


def _wave(request: Looking, pid: str, number: int) -> tuple[Campaign, Wave]:
    campaign = _campaign(request, pid)
    rows = Wave.objects.visible_to(request.viewer).filter(campaign=campaign)
    return campaign, get_object_or_404(rows, number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wave(request: Looking, pid: str, number: int) -> HttpResponse:
    campaign, found = _wave(request, pid, number)
    if request.method == "POST":
        if not request.viewer.may_edit(campaign.organisation_id):
            raise Http404
        return _act_on_wave(request, campaign, found)
    return _wave_page(request, campaign, found)


def _act_on_wave(request: Looking, campaign: Campaign, found: Wave) -> HttpResponse:
    who: dict[str, Any] = {"viewer": request.viewer, "wave": found}
    try:
        match request.POST.get("step"):
            case "queue":
                accepted = all_posted(request, "accepted", 20)
                done = waves.queue_wave(**who, actor=request.user, now=request.now, accepted=accepted)
                said = ngettext(
                    "%(n)d letter is in the queue.", "%(n)d letters are in the queue.", done.queued
                ) % {"n": done.queued}
                left = sum(done.left.values())
                if left:
                    why = "; ".join(f"{n} {WARNING_WORDS.get(code, code)}" for code, n in done.left.items())
                    said += " " + ngettext(
                        "%(n)d stays a draft: %(why)s.", "%(n)d stay drafts: %(why)s.", left
                    ) % {"n": left, "why": why}
                (messages.warning if left else messages.success)(request, said)
            case "stop":
                n = waves.stop_wave(**who, actor=request.user)
                messages.success(
                    request,
                    ngettext("Stopped. %(n)d letter stays here.", "Stopped. %(n)d letters stay here.", n)
                    % {"n": n},
                )
            case "skip" | "unskip" as step:
                pids = all_posted(request, "letter", MOST_LINES)
                waves.skip(**who, letter_pids=pids, skipped=step == "skip")
            case _:
                raise Refused("step_unknown", _("The form did not say what to do."))
    except Refused as refusal:
        status = getattr(refusal, "status", 400)
        return _wave_page(request, campaign, found, refused=refusal.sentence, status=status)
    return redirect("campaign-wave", pid=campaign.public_id, number=found.number)


def _wave_page(
    request: Looking, campaign: Campaign, found: Wave, *, refused: str = "", status: int = 200
) -> HttpResponse:
    found.refresh_from_db()
    counts = query.counts_of(request.viewer, found)
    number = page_number(request)
    rows = query.letters_of(request.viewer, found)
    total = rows.count()
    here = list(rows[(number - 1) * PER_PAGE : number * PER_PAGE])
    open_ones = [row for row in here if row.state in ("draft", "stopped")]
    told = letter_query.warnings_of(request.viewer, open_ones)
    today = query.days_by_zone({row.agency.zone for row in open_ones}, request.now)
    dues = letter_query.dues_of(open_ones, today=today)
    names = own_kits.names(request.viewer, {row.kit for row in here})
    partners = partner_warnings(request, campaign.organisation_id, [(row.agency_id, row.kit) for row in open_ones])
    over: Counter[str] = Counter()
    if counts.get("draft") or counts.get("stopped"):
        # Of the whole wave, not of this page: a tick covers all of it.
        everyone = [row for row in rows if row.state in ("draft", "stopped") and not row.skipped]
        whole = (
            told if len(everyone) == len(open_ones) else letter_query.warnings_of(request.viewer, everyone)
        )
        over = Counter(one.code for row in everyone for one in whole[row.pk] if not one.blocks)
    waiting = counts.get("queued", 0) + counts.get("sending", 0)
    ready = counts.get("draft", 0) + counts.get("stopped", 0)
    gone = counts.get("sent", 0) + counts.get("printed", 0)
    whole_count = sum(counts.values()) - counts.get("skipped", 0) - counts.get("discarded", 0)
    context = {
        "campaign": {
            "name": campaign.public_title, "is_sample": campaign.is_sample,
            "url": reverse("campaign", args=[campaign.public_id]),
            "plan_url": reverse("campaign-plan", args=[campaign.public_id]),
        },
        "wave": {
            "number": found.number, "state": found.state, "planned_for": found.planned_for,
            "url": reverse("campaign-wave", args=[campaign.public_id, found.number]),
            "progress_url": reverse("campaign-wave-progress", args=[campaign.public_id, found.number]),
        },
        "counts": _count_words(counts),
        "waiting": waiting,
        "ready": ready,
        "gone": gone,
        "whole": whole_count,
        "percent": 100 * gone // max(1, whole_count),
        "over": [{"code": code, "n": n, "words": WARNING_WORDS.get(code, code)} for code, n in sorted(over.items())],
        "rows": [
            {
                **row_of(row),
                "pid": row.public_id,
                "kit": names.get(row.kit, row.kit),
                "place": place_name(row.agency.jurisdiction),
                "address": row.address,
                "skipped": row.skipped and row.state in ("draft", "stopped"),
                "open": row.state in ("draft", "stopped"),
                "due": dues.get(row.pk),
                "warnings": [warned(one) for one in told.get(row.pk, [])],
                "partners": partners.get((row.agency_id, row.kit)) if row in open_ones else None,
                "outcome": getattr(row, "outcome", "") or "",
                "request_url": reverse("request", args=[row.request.public_id]) if row.request else "",
            }
            for row in here
        ],
        "page": shown(here, total=total, number=number, size=PER_PAGE),
        "sample_letter": _first_letter(request, open_ones),
        "may_edit_this": request.viewer.may_edit(campaign.organisation_id),
        "refused": refused,
        "form_failed": status >= 400,
        "has_sample": campaign.is_sample,
        "noindex": True,
    }  # fmt: skip
    return render(request, "campaign_wave.html", context, status=status)


def _first_letter(request: Looking, rows: list[Any]) -> dict[str, str] | None:
    """One letter in full, so that the wave is read before it goes."""
    row = next((row for row in rows if not row.skipped), None)
    if row is None:
        return None
    today = query.days_by_zone({row.agency.zone}, request.now)[row.agency.zone]
    return {
        "agency": row.agency.name,
        "subject": row.subject,
        "body": letter_words.redated(row, today)[0],
        "url": reverse("letter", args=[row.public_id]),
    }


@login_required
@require_safe
def progress(request: Looking, pid: str, number: int) -> JsonResponse:
    _campaign_row, found = _wave(request, pid, number)
    counts = query.counts_of(request.viewer, found)
    whole = sum(counts.values()) - counts.get("skipped", 0) - counts.get("discarded", 0)
    gone = counts.get("sent", 0) + counts.get("printed", 0)
    waiting = counts.get("queued", 0) + counts.get("sending", 0)
    said = _("%(gone)d of %(whole)d sent, %(waiting)d on their way") % {
        "gone": gone, "whole": whole, "waiting": waiting,
    }  # fmt: skip
    return JsonResponse({"counts": counts, "gone": gone, "whole": whole, "waiting": waiting, "said": said})


urlpatterns = [
    path("campaigns/new/", new, name="campaign-new"),
    path("campaigns/<slug:pid>/plan/", plan, name="campaign-plan"),
    path("campaigns/<slug:pid>/waves/<int:number>/", wave, name="campaign-wave"),
    path("campaigns/<slug:pid>/waves/<int:number>/progress.json", progress, name="campaign-wave-progress"),
]
