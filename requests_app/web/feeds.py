"""Calendar feeds: made, named and revoked by their people, and fetched by calendar programs."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from requests_app.actions import feeds as acts
from requests_app.actions.refusals import Refused
from requests_app.models import CalendarFeed, Campaign, CoalitionMember, Organisation, SavedView
from requests_app.models.ids import public_id
from requests_app.models.visibility import PUBLIC, FeedLook, Viewer, look_by_feed, tell_database
from requests_app.notices import feeds as notices
from requests_app.queries import desk_list
from requests_app.queries import feeds as query

from .address import household, seen_address
from .current import current_organisation
from .desk_list import asking
from .paging import param
from .reauthentication import fresh_sign_in
from .requests import filters_of
from .shell import Looking, reader_zone
from .words import OWNERS

MINUTE = 60
MOST_LISTED = 200
SHOWS = {
    "person": gettext_lazy("What is assigned to me"),
    "organisation": gettext_lazy("Everything of the organization"),
}


# The page ------------------------------------------------------------------------------------------


class FeedForm(forms.Form):
    subject = forms.ChoiceField(
        label=gettext_lazy("What it shows"),
        error_messages={"invalid_choice": gettext_lazy("Choose what the calendar shows.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=acts.NAME_MAX,
        help_text=gettext_lazy("The calendar shows it: Due days of the clinic."),
        error_messages={"required": gettext_lazy("Give the feed a name: which calendar will show it?")},
    )
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)


def _here(request: Looking) -> Organisation:
    key = current_organisation(request)
    found: Organisation = get_object_or_404(Organisation.objects.visible_to(request.viewer), pk=key)
    return found


def _choices(request: Looking, organisation: Organisation) -> list[Any]:
    campaigns = Campaign.objects.visible_to(request.viewer).filter(organisation=organisation)
    titles = campaigns.order_by("public_title").values_list("public_id", "public_title")[:300]
    views = desk_list.views(request.viewer, organisation.pk, request.user.pk)
    groups: list[Any] = list(SHOWS.items())
    if titles:
        groups.append((_("A campaign"), [(f"campaign:{pid}", title) for pid, title in titles]))
    stays = CoalitionMember.objects.live().filter(organisation=organisation).select_related("coalition")
    if stays:
        named = [(f"coalition:{row.coalition.public_id}", row.coalition.name) for row in stays]
        groups.append((_("What partners share in a coalition"), named))
    if views:
        groups.append((_("A saved view"), [(f"view:{row.public_id}", row.name) for row in views]))
    return groups


def _asked(request: Looking) -> str:
    """What a link on another page wants to be chosen already."""
    for name in ("campaign", "view", "coalition"):
        if found := param(request, name, 12):
            return f"{name}:{found}"
    return "person" if param(request, "who") == "mine" else "organisation"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in
def feeds(request: Looking) -> HttpResponse:
    organisation = _here(request)
    choices = _choices(request, organisation)
    form = FeedForm(initial={"once": public_id(), "subject": _asked(request)})
    status, refused, made = 200, "", {}
    if request.method == "POST":
        form, status = FeedForm(request.POST), 400
    form.fields["subject"].choices = choices  # type: ignore[attr-defined]
    if form.is_bound and form.is_valid():
        try:
            feed, secret = _make(request, organisation, form.cleaned_data)
        except Refused as problem:
            status = problem.status
            if problem.field in form.fields:
                form.add_error(problem.field, problem.sentence)
            else:
                refused = problem.sentence
        else:
            # Shown in the answer to the form and kept nowhere: a page to go on to would have to keep it.
            url = settings.BASE_URL + reverse("feed", args=[secret])
            made = {"name": feed.name, "url": url, "webcal": "webcal://" + url.partition("://")[2]}
            form, status = FeedForm(initial={"once": public_id(), "subject": "organisation"}), 200
            form.fields["subject"].choices = choices  # type: ignore[attr-defined]
    rows = CalendarFeed.objects.visible_to(request.viewer).filter(organisation=organisation, revoked_at=None)
    rows = rows.select_related("person", "campaign", "view", "stay__coalition").order_by("-pk")
    listed = [_row(request, row) for row in rows]
    context = {
        "organisation": organisation,
        "own": [row for row in listed if row["mine"]],
        "others": [row for row in listed if not row["mine"]][:MOST_LISTED],
        "form": form,
        "form_failed": status >= 400,
        "refused": refused,
        "made": made,
    }
    return render(request, "feeds.html", context, status=status)


def _make(request: Looking, organisation: Organisation, given: dict[str, Any]) -> tuple[CalendarFeed, str]:
    subject, _colon, pid = given["subject"].partition(":")
    rows: dict[str, Any] = {"campaign": Campaign.objects, "view": SavedView.objects}
    which: dict[str, Any] = {}
    if subject in rows:
        which[subject] = rows[subject].visible_to(request.viewer).filter(public_id=pid).first()
    if subject == "coalition":
        stays = CoalitionMember.objects.live().filter(organisation=organisation, coalition__public_id=pid)
        which["stay"] = stays.first()
    return acts.make_feed(
        viewer=request.viewer, organisation=organisation, actor=request.user, subject=subject, name=given["name"],
        once=given["once"], **which,
    )  # fmt: skip


def _row(request: Looking, row: CalendarFeed) -> dict[str, Any]:
    zone = reader_zone(request)
    mine = row.person_id == request.user.pk
    shows = str(SHOWS["organisation"])
    if row.subject == "person":
        shows = str(SHOWS["person"]) if mine else _("What is assigned to %(person)s") % {"person": row.person}
    elif row.campaign is not None:
        shows = _("Campaign: %(title)s") % {"title": row.campaign.public_title}
    elif row.stay is not None:
        shows = _("What partners share in %(name)s") % {"name": row.stay.coalition.name}
    elif row.view_id is not None:
        # A view that is one person's own keeps its name from the owners.
        kept = row.view.name if row.view is not None and (mine or row.view.shared) else _("their own")
        shows = _("Saved view: %(name)s") % {"name": kept}
    return {
        "name": row.name,
        "shows": shows,
        "mine": mine,
        "by": str(row.person),
        "made": row.created_at.astimezone(zone),
        "fetched": row.last_fetched_at.astimezone(zone) if row.last_fetched_at else None,
        "revoke_url": reverse("feed-revoke", args=[row.public_id]),
    }


@require_POST
@login_required
def revoke(request: Looking, pid: str) -> HttpResponse:
    rows = CalendarFeed.objects.visible_to(request.viewer).select_related("organisation")
    feed = get_object_or_404(rows, public_id=pid)
    acts.revoke_feed(viewer=request.viewer, feed=feed, actor=request.user)
    messages.success(request, _("The address of %(name)s shows nothing any more.") % {"name": feed.name})
    response = HttpResponseRedirect(reverse("feeds"))
    response.status_code = 303
    return response


# The feed ------------------------------------------------------------------------------------------


def _look(request: HttpRequest) -> Viewer:
    """Who holds the address looks, and nobody else: a session beside it adds nothing."""
    request.feed = None  # type: ignore[attr-defined]
    guesses = _count_key("guess", household(seen_address(request)))
    request.feed_stopped = cache.get(guesses, 0) >= settings.FEEDS_A_MINUTE["guesses"]  # type: ignore[attr-defined]
    match = request.resolver_match
    secret = str(match.kwargs.get("secret", "")) if match else ""
    found = None if request.feed_stopped else look_by_feed(acts.digest_of(secret))  # type: ignore[attr-defined]
    if found is None:
        tell_database(PUBLIC)
        _one_more(guesses)
        return PUBLIC
    viewer, request.feed = found  # type: ignore[attr-defined]
    return viewer


@require_safe
def feed(request: Looking, secret: str) -> HttpResponse:
    look: FeedLook | None = request.feed  # type: ignore[attr-defined]
    if request.feed_stopped:  # type: ignore[attr-defined]
        return _slow_down()
    if look is None:
        # Revoked, guessed, its person gone: one answer.
        raise Http404(_("There is nothing at this address."))
    if _one_more(_count_key("feed", str(look.feed_id))) > settings.FEEDS_A_MINUTE["one"]:
        return _slow_down()
    filters = filters_of(asking(request, _as_its_person(look))) if look.subject == "view" else None
    shown = query.shown(request.viewer, look, now=request.now, filters=filters)
    entries = [_entry(row) for row in shown.rows]
    mark = notices.mark_of(look.name, entries, cut=shown.cut, language=get_language() or "")
    etag = f'"{mark}"'
    same = get_conditional_response(request, etag=etag)
    response = same if isinstance(same, HttpResponseNotModified) else HttpResponse(
        notices.write(look.name, entries, cut=shown.cut), content_type=notices.TYPE
    )  # fmt: skip
    response["ETag"] = etag
    # A calendar keeps it and asks each time whether it still holds; nobody between keeps it at all.
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="due-days.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


feed.looks = _look  # type: ignore[attr-defined]


def _as_its_person(look: FeedLook) -> str:
    """“me” in a view is whoever looks: here the person whose feed it is."""
    pairs = [part.split("=", 1) for part in look.query.split("&") if "=" in part]
    return "&".join(
        f"{name}={look.person_id if (name, value) == ('assignee', 'me') else value}" for name, value in pairs
    )


def _entry(row: query.Dated) -> notices.Entry:
    return notices.Entry(
        pid=row.pid,
        clock_key=row.clock_key,
        on=row.on,
        other_on=row.other_on,
        name=row.name,
        owner=row.owner,
        whose=str(OWNERS.get(row.owner, row.owner)),
        rule_id=row.rule_id,
        agency=row.agency,
        title=row.title,
        filed_on=row.filed_on,
        is_sample=row.is_sample,
        gone=row.gone,
        sequence=row.sequence,
        changed_at=row.changed_at,
        link=settings.BASE_URL + reverse("request", args=[row.pid]),
    )


def _slow_down() -> HttpResponse:
    response = HttpResponse(
        _("Too many fetches. Come back in a minute."), status=429, content_type="text/plain"
    )
    response["Retry-After"] = str(MINUTE)
    return response


def _count_key(kind: str, who: str) -> str:
    return f"feeds:{kind}:{int(time.time() // MINUTE)}:{salted_hmac('feeds', who).hexdigest()}"


def _one_more(key: str) -> int:
    cache.add(key, 0, 2 * MINUTE)
    try:
        return int(cache.incr(key))
    except ValueError:  # forgotten between the two
        return 1


urlpatterns = [
    path("settings/feeds/", feeds, name="feeds"),
    path("settings/feeds/<slug:pid>/revoke/", revoke, name="feed-revoke"),
    path("feeds/<str:secret>.ics", feed, name="feed"),
]
